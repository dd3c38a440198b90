"""The languages that there are: a JSON file each, those that ship and those of a folder that the operator names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from assistant.errors import SettingsError
from assistant.languages.choice import Languages
from assistant.languages.messages import BETWEEN, BY, LAST, PLACE, Forms, Language, Message

SHIPPED = Path(__file__).parent
ENGLISH = "en"


def say(key: str, **values: object) -> Message:
    """A message of the catalogue."""
    return Message(english().say(key, **values), key, values)


def listed(key: str, items: Iterable[object]) -> Message:
    """Several things as a sentence lists them; the key tells how: with "and", with "or", as sentences, as clauses."""
    return say(key, items=tuple(items))


def english() -> Language:
    """The English that ships."""
    return shipped().default


def read_all() -> None:
    """Reads what saying English needs, for a process that may open no file later."""
    say("pages.count_words", count=1000)


@cache
def shipped() -> Languages:
    """The languages that ship."""
    files = {path.stem: path for path in sorted(SHIPPED.glob("*.json"))}
    first = _language(files[ENGLISH], {})
    others = [_language(path, first.words) for tag, path in files.items() if tag != ENGLISH]
    return Languages((first, *others), first)


def load_languages(folder: Path | None = None, default: str = ENGLISH) -> Languages:
    """The languages that ship, and over them those of a folder.

    Of a language that ships, a file need only hold the words that it changes; what another one leaves out is said in
    English. Raises SettingsError where a file is none of a language, or the default is not among them.
    """
    known = {language.tag: language for language in shipped()}
    if folder is not None:
        paths = sorted(folder.glob("*.json"))
        if not paths:
            raise SettingsError(
                f"no language in {folder}: put files such as de.json there, or unset ASSISTANT_LANGUAGES"
            )
        for path in paths:
            under = known.get(path.stem, english()).words
            known[path.stem] = _language(path, under)
    if default not in known:
        raise SettingsError(f"no words in the language {default!r}: choose one of {', '.join(sorted(known))}")
    return Languages(tuple(known.values()), known[default])


def words_of(data: object) -> dict[str, Forms]:
    """The words of a file, by section and name: "answers.unrelated". Raises ValueError where they have another form."""
    if not isinstance(data, dict):
        raise ValueError("should be one object")
    found: dict[str, Forms] = {}
    for section, words in data.items():
        if not isinstance(words, dict):
            raise ValueError(f"{section}: should be an object of words")
        for name, forms in words.items():
            texts = [forms] if isinstance(forms, str) else list(forms.values()) if isinstance(forms, dict) else []
            if not texts or not all(isinstance(text, str) for text in texts):
                raise ValueError(f"{section}.{name}: should be a text, or an object of texts")
            found[f"{section}.{name}"] = forms
    return found


def places(forms: Forms) -> set[str]:
    """The names of the values that go into the words."""
    texts = [forms] if isinstance(forms, str) else [text for form, text in forms.items() if form != BY]
    return {place[1] for text in texts for place in PLACE.finditer(text)}


def faults(words: Mapping[str, Forms], locale: Locale) -> Iterator[str]:
    """What is wrong with words, a sentence each, beside those in English."""
    known = english().words if words is not english().words else words
    for key, forms in words.items():
        if key not in known:
            yield f"{key}: is no key here: remove it or correct its name"
        elif strange := places(forms) - places(known[key]):
            yield f"{key}: has no value {{{min(strange)}}}: use {', '.join(sorted(places(known[key]))) or 'none'}"
        elif isinstance(forms, str):
            if isinstance(known[key], Mapping) and BETWEEN in known[key]:
                yield f"{key}: joins a list: give {BETWEEN!r} and {LAST!r}"
        elif BETWEEN in forms:
            if set(forms) != {BETWEEN, LAST}:
                yield f"{key}: joins a list: give {BETWEEN!r} and {LAST!r}, and no more"
        else:
            yield from _plural_faults(key, forms, locale)


def _plural_faults(key: str, forms: Mapping[str, str], locale: Locale) -> Iterator[str]:
    wanted = {*locale.plural_form.tags, "other"}
    if strange := set(forms) - wanted - {BY}:
        yield f"{key}: has no plural form {min(strange)!r} in this language: it has {', '.join(sorted(wanted))}"
    elif "other" not in forms:
        yield f"{key}: lacks the plural form 'other'"


def _language(path: Path, under: Mapping[str, Forms]) -> Language:
    """The language of a file, its words over others."""
    try:
        locale = Locale.parse(path.stem, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise SettingsError(f"{path}: name it by the tag of a language, such as de.json or pt-BR.json") from error
    try:
        words = words_of(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # not UTF-8, not JSON, or of another form
        raise SettingsError(f"{path} holds no words: {error}") from error
    if path.parent != SHIPPED and (wrong := next(faults(words, locale), None)):
        raise SettingsError(f"{path}: {wrong}")
    return Language(path.stem, locale, {**under, **words})
