"""What a document is called: by its title, its first heading, its metadata, and by itself in its first lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.types import Document, Json

OPENING = 600  # characters of a document within which it says what else it is called
LONGEST = 12  # words of a name

_ALIASES = ("aliases", "alias", "also_known_as", "also_called", "other_names", "names")
_BRACKETED = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_ALSO = re.compile(
    r"(?:^|[.\n·|]\s*|[,(–—-]\s*|\bis |\bare )(?:also|formerly|otherwise|commonly|sometimes) (?:called|known as|named)"
    r"[: ]\s*(?:the |an? )?(?P<name>[^.,;:()\n·|–—]+)",
    re.IGNORECASE,
)
_AND = re.compile(r",\s+(?:and|or|&)\s+|\s+(?:and|or|&)\s+|,\s+", re.IGNORECASE)
_MARKS = " \"'\u201c\u201d\u2018\u2019*_#.,:;\u2013\u2014-"
_EITHER = re.compile(r"\s+or\s+(?:the |an? )?")


def names_of(document: Document, *, joined: bool = True) -> tuple[str, ...]:
    """The names of a document, its title first, each once.

    What stands in brackets in a name is a name of its own, and so is, where `joined`, each of the several things that
    it joins: "Physicists and Astronomers".
    """
    found: dict[str, str] = {}
    for whole in _given(document):
        for name in _parts(whole):
            for one in (name, *(_joined(name) if joined else ())):
                found.setdefault(one.casefold(), one)
    return tuple(found.values())


def _given(document: Document) -> Iterator[str]:
    yield document.title
    if document.lines and document.lines[0].kind == "heading":
        heading = document.text[document.lines[0].start : document.lines[0].end]
        whole = any(section.start < OPENING and section.end == len(document.text) for section in document.sections[:1])
        if whole or _words(heading) & _words(document.title):  # it is no title where it only heads the first section
            yield heading
    for key in _ALIASES:
        yield from _texts(document.metadata.get(key))
    for match in _ALSO.finditer(document.text, 0, OPENING):
        yield from _EITHER.split(match["name"])


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part for part in value.split(","))
    elif isinstance(value, (list, tuple)):
        yield from (part for part in value if isinstance(part, str))


def _parts(whole: str) -> Iterator[str]:
    plain = _BRACKETED.sub("", whole)
    for name in (plain, *_BRACKETED.findall(whole)):
        stripped = " ".join(name.split()).strip(_MARKS)
        if stripped and len(stripped.split()) <= LONGEST:
            yield stripped


def _joined(name: str) -> list[str]:
    """The things that a name joins, where each of them is a plural; none where it is one thing."""
    parts = [part.strip() for part in _AND.split(name) if part.strip()]
    return parts if len(parts) > 1 and all(part.endswith("s") for part in parts) else []


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))
