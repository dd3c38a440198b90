"""Every language has every word, in forms that fit it; an operator's file adds a language or changes words."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale

from assistant import errors
from assistant.errors import AssistantError, SettingsError
from assistant.languages.catalogue import english, faults, load_languages, places, say, shipped, words_of
from assistant.languages.messages import BETWEEN, BY, Forms, Language

PACKAGE = Path(errors.__file__).parent
TAGS = ["en", "ar", "de", "es", "fr"]


def others() -> list[Language]:
    return [language for language in shipped() if language.tag != "en"]


def own(language: Language) -> dict[str, Forms]:
    """The words in a language's own file."""
    return words_of(json.loads((PACKAGE / "languages" / f"{language.tag}.json").read_text("utf-8")))


def texts(forms: Forms) -> Iterator[str]:
    yield from [forms] if isinstance(forms, str) else [text for form, text in forms.items() if form != BY]


def test_english_german_french_spanish_and_arabic_ship() -> None:
    assert [language.tag for language in shipped()] == TAGS
    assert {language.tag: language.direction for language in shipped()} == dict.fromkeys(TAGS, "ltr") | {"ar": "rtl"}


@pytest.mark.parametrize("language", others(), ids=lambda language: str(language.tag))
def test_every_language_has_every_word_and_no_other(language: Language) -> None:
    assert list(own(language)) == list(own(english()))


@pytest.mark.parametrize("language", others(), ids=lambda language: str(language.tag))
def test_every_language_puts_the_same_values_into_its_words(language: Language) -> None:
    known = english().words
    for key, forms in own(language).items():
        assert places(forms) == places(known[key]), key
    assert list(faults(own(language), language.locale)) == []


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
def test_what_is_counted_has_every_plural_form_of_its_language(language: Language) -> None:
    for key, forms in language.words.items():
        if not isinstance(forms, str) and BETWEEN not in forms:
            assert set(forms) - {BY} == {*language.locale.plural_form.tags, "other"}, key


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
def test_no_words_are_empty_or_hold_markup_or_white_space_at_their_ends(language: Language) -> None:
    for key, forms in language.words.items():
        if not key.startswith("lists."):
            assert all(text and text == text.strip() and not re.search("[<>&]", text) for text in texts(forms)), key


@pytest.mark.parametrize("language", others(), ids=lambda language: str(language.tag))
def test_sentences_are_translated(language: Language) -> None:
    known = english().words
    same = [key for key, text in language.words.items() if isinstance(text, str) and text == known[key]]
    assert [key for key in same if len(str(known[key]).split()) > 2] == []


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
def test_every_error_has_a_title(language: Language) -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AssistantError)]
    assert {key for key in language.words if key.startswith("titles.")} == {f"titles.{kind.code}" for kind in kinds}
    if language.tag == "en":
        assert all(language.say(f"titles.{kind.code}") == kind.title for kind in kinds)


def test_every_word_is_used_somewhere() -> None:
    """Those of the widget are held to its files by `test_widget.py`, titles to the errors above."""
    written = "\n".join(path.read_text("utf-8") for kind in ("*.py", "*.html") for path in sorted(PACKAGE.rglob(kind)))
    whole = set(re.findall(r"""["']((?:lists|answers|errors|fields|pages|admin|batch|batch_page)\.\w+)["']""", written))
    built = {f"answers.{kind}" for kind in ("greeting", "thanks", "farewell", "identity")}
    built |= {f"answers.{kind}" for kind in re.findall(r'"(\w+)"', written.partition("AnswerType = Literal[")[2][:200])}
    built |= {f"fields.{kind}" for kind in re.findall(r'"(\w+)": \{', written.partition("_ADVISED: ")[2][:2000])}
    built |= {f"pages.{kind}" for kind in ("moved", "several", "gone", "changed")}
    built |= {f"batch.{status}" for status in ("answered", "refused", "error", "skipped")}
    script = (PACKAGE / "server" / "static" / "batch.js").read_text("utf-8")
    built |= {f"batch_page.{name}" for name in re.findall(r'say\("(\w+)"', script)} | {
        "batch_page.stop",
        "batch_page.delete",
    }
    there = {key for key in english().words if key.split(".")[0] not in ("widget", "titles")}
    assert there - whole - built == set()
    assert {
        key for key in whole - there if not key.endswith((".html", ".csv", ".css", ".js"))
    } == set()  # names of files


def test_a_file_of_ones_own_adds_a_language_and_what_it_leaves_out_is_english(tmp_path: Path) -> None:
    words = {"answers": {"unrelated": "Nessun documento ne parla."}, "lists": {"or": {"between": ", ", "last": " o "}}}
    (tmp_path / "it.json").write_text(json.dumps(words), "utf-8")
    languages = load_languages(tmp_path, "it")
    italian = languages.default
    assert italian.say("answers.unrelated") == "Nessun documento ne parla."
    assert italian.say("answers.unsupported") == say("answers.unsupported")
    assert [language.tag for language in languages] == [*TAGS, "it"]


def test_a_file_of_ones_own_changes_words_of_a_language_that_ships(tmp_path: Path) -> None:
    (tmp_path / "en.json").write_text('{"answers": {"unrelated": "Not in our handbook."}}', "utf-8")
    changed = load_languages(tmp_path).default
    assert changed.tell(say("answers.unrelated")) == "Not in our handbook."
    assert changed.tell(say("answers.filtered")) == say("answers.filtered")
    assert say("answers.unrelated") == "Nothing in the documents is about this."


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("it.json", "{", "holds no words"),
        ("it.json", "[]", "should be one object"),
        ("it.json", '{"answers": "no"}', "answers: should be an object of words"),
        ("it.json", '{"answers": {"unrelated": 3}}', "answers.unrelated: should be a text, or an object of texts"),
        ("it.json", '{"answers": {"unrelatd": "x"}}', "answers.unrelatd: is no key here"),
        ("it.json", '{"answers": {"word": "«{wort}»"}}', "answers.word: has no value {wort}: use word"),
        ("it.json", '{"pages": {"count_pages": {"few": "x", "other": "y"}}}', "no plural form 'few' in this language"),
        ("it.json", '{"pages": {"count_pages": {"one": "x"}}}', "lacks the plural form 'other'"),
        ("it.json", '{"lists": {"or": " o "}}', "joins a list: give 'between' and 'last'"),
        ("words.json", "{}", "name it by the tag of a language"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_what_to_do(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=re.escape(told)):
        load_languages(tmp_path)


def test_a_folder_without_a_file_and_a_default_without_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no language in"):
        load_languages(tmp_path)
    with pytest.raises(SettingsError, match="no words in the language 'ja': choose one of ar, de, en, es, fr"):
        load_languages(None, "ja")


def test_arabic_counts_in_six_forms() -> None:
    arabic = next(language for language in shipped() if language.tag == "ar")
    counted = [arabic.say("pages.count_words", count=count) for count in (0, 1, 2, 3, 11, 100)]
    assert len(set(counted)) == 6 and arabic.locale == Locale("ar")
