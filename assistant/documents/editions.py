"""What a document says of when it holds: its version, its dates, and what it replaces or is replaced by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.names import names_of
from assistant.types import Document, Json

OPENING = 600  # characters of a document within which it says what holds of all of it

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_MONTH = "|".join((*_MONTHS, *(month[:3] for month in _MONTHS), "sept"))
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?:(?P<iso>{_YEAR})[-/.](?P<isomonth>0\d|1[0-2])(?:[-/.](?P<isoday>[0-3]?\d))?"
    rf"|(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?: of)?[ -])?(?P<month>{_MONTH})\.?[ -]"
    rf"(?:(?P<after>[0-3]?\d)(?:st|nd|rd|th)?,? )?(?P<year>{_YEAR})|(?P<alone>{_YEAR}))"
)
DATE = re.compile(rf"(?<![\w$€£.]){_DATE}(?![\w%]|[.,]\d)", re.IGNORECASE)
VERSION = re.compile(
    r"(?<![\w.])(?:v(?=\d)|(?:version|ver|rev|revision|edition|issue|release)\b\.?\s*)(?P<number>\d+(?:\.\d+)*)(?![\w])"
    r"|(?<![\w.])(?P<ordinal>\d+)(?:st|nd|rd|th) (?:edition|version|revision|issue)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:valid|effective|in force|in effect|applies|applicable|holds|approved|adopted|issued|published|updated|"
    r"revised)\b[^.\n]{0,40}?$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|to|through|expires?(?: on)?|–|-)\s*$", re.IGNORECASE)
_REPLACES = re.compile(r"\b(?:replaces|supersedes|replacing|superseding)\b(?P<what>[^.\n]*)", re.IGNORECASE)
_REPLACED = re.compile(
    r"\b(?:superseded|replaced|succeeded) by\b(?P<what>[^.\n]*)|\bno longer (?:in force|valid|in effect|applies)\b"
    r"|\bthis (?:document|policy|version|page) (?:is|has been) (?:withdrawn|obsolete|archived|superseded|replaced)\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:draft|final|old|new|current|superseded|obsolete|archived?|copy|latest|updated?|revised|as of|valid from|"
    r"since|version|edition|rev(?:ision)?|issue)\b",
    re.IGNORECASE,
)
_KINDS = frozenset("policy policies document guide rules page".split())  # noqa: SIM905
_GONE = frozenset(
    """superseded obsolete archived archive withdrawn expired replaced retired deprecated old
    inactive""".split()  # noqa: SIM905, read as words
)
_DRAFT = frozenset(["draft", "proposed", "planned", "upcoming"])
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Edition:
    """What tells a version of a document from the others. Dates are ISO, of the first day that is meant."""

    document_id: str
    keys: frozenset[tuple[str, ...]]  # its names without what tells versions apart
    years: frozenset[str]  # that its names give
    number: tuple[int, ...] = ()
    start: str = ""
    end: str = ""
    gone: bool = False  # it says that it is no longer in force
    draft: bool = False
    replaces: tuple[str, ...] = ()  # what it says that it replaces, in its own words

    @property
    def marked(self) -> bool:
        """Whether anything tells when it holds."""
        return bool(self.years or self.number or self.start or self.end or self.gone or self.draft or self.replaces)


def edition_of(document: Document) -> Edition:
    """What a document says of when it holds: in its metadata, its names, its file's name, and its first lines."""
    given = _given(document)
    names = names_of(document)
    stem = document.id.rsplit("/", 1)[-1].rsplit(".", 1)[0].replace("_", " ")
    opening = document.text[:OPENING]
    status = _first(given, "status", "state").casefold()
    titled = [*_titled(document), re.sub(r"(?<=\D)-|-(?=\D)", " ", stem)]
    dates = [day for name in titled for day, _ in _dates(name)]
    start = _day(_first(given, "valid_from", "effective_from", "effective_date", "effective", "in_force_from", "from"))
    end = _day(_first(given, "valid_until", "valid_to", "expires", "effective_until", "until"))
    since, until = _held(opening)
    dated = _day(_first(given, "date", "published", "updated", "last_updated", "modified"))
    return Edition(
        document.id,
        keys=keys_of(names),
        years=frozenset(day[:4] for day in dates),
        number=_number(_first(given, "version", "revision", "edition"), *titled, opening[:200]),
        start=start or since or max(dates, default="") or dated,
        end=end or until,
        gone=status in _GONE
        or bool(_REPLACED.search(opening) or given.get("superseded_by") or given.get("replaced_by")),
        draft=status in _DRAFT,
        replaces=_said(given, ("supersedes", "replaces"), _REPLACES, opening),
    )


def trust(document: Document) -> float:
    """How much a document is to be trusted against others, by its metadata: `priority` or `trust`; 0 where unsaid."""
    value: Json = document.metadata.get("priority", document.metadata.get("trust"))
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def keys_of(names: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Names without what tells versions apart."""
    return frozenset(key for name in names if (key := key_of(name)))


def others_of(document: Document) -> tuple[str, ...]:
    """The documents that one says that it replaces or is replaced by, in its own words."""
    given, opening = _given(document), document.text[:OPENING]
    return (
        *_said(given, ("supersedes", "replaces"), _REPLACES, opening),
        *_said(given, ("superseded_by", "replaced_by"), _REPLACED, opening),
    )


def key_of(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case and order, without dates, version numbers and kinds of document."""
    bare = _STATE.sub(" ", VERSION.sub(" ", DATE.sub(" ", name)))
    return tuple(word for word in _WORD.findall(bare.casefold()) if word not in _KINDS)


def day_of(match: re.Match[str], *, last: bool = False) -> str:
    """The first day that a date means, or the last: "March 2024" is 2024-03-01, or 2024-03-31."""
    year = match["iso"] or match["year"] or match["alone"]
    month = int(match["isomonth"]) if match["isomonth"] else 0
    if match["month"]:
        month = 1 + next(n for n, name in enumerate(_MONTHS) if name.startswith(match["month"].casefold()[:3]))
    day = int(match["isoday"] or match["day"] or match["after"] or 0)
    if last:
        return f"{year}-{month or 12:02}-{day or 31:02}"
    return f"{year}-{month or 1:02}-{day or 1:02}"


def numbers_in(text: str) -> Iterator[tuple[tuple[int, ...], tuple[int, int]]]:
    """The version numbers in a text, each with its place."""
    for match in VERSION.finditer(text):
        yield tuple(int(part) for part in (match["number"] or match["ordinal"]).split(".")), match.span()


def _given(document: Document) -> dict[str, Json]:
    return {key.casefold().replace("-", "_").replace(" ", "_"): value for key, value in document.metadata.items()}


def _titled(document: Document) -> list[str]:
    heads = [document.text[line.start : line.end] for line in document.lines[:1] if line.kind == "heading"]
    return [document.title, *heads]


def _dates(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in DATE.finditer(text):
        yield day_of(match), match


def _held(opening: str) -> tuple[str, str]:
    """From when and until when a document says, in its first lines, that it holds."""
    since = until = ""
    for match in DATE.finditer(opening):
        before = opening[max(0, match.start() - 60) : match.start()]
        if _UNTIL.search(before) and (since or re.search(r"\b(?:valid|in force|expires?)\b", before, re.IGNORECASE)):
            until = until or day_of(match, last=True)
        elif _SINCE.search(before):
            since = since or day_of(match)
    return since, until


def _number(*texts: str) -> tuple[int, ...]:
    if texts[0] and (plain := re.fullmatch(r"v?(\d+(?:\.\d+)*)", texts[0].strip(), re.IGNORECASE)):
        return tuple(int(part) for part in plain[1].split("."))
    return next((number for text in texts for number, _ in numbers_in(text)), ())


def _first(given: dict[str, Json], *keys: str) -> str:
    return next((str(given[key]) for key in keys if isinstance(given.get(key), (str, int, float))), "")


def _day(text: str) -> str:
    match = DATE.search(text)
    return day_of(match) if match else ""


def _said(given: dict[str, Json], keys: Sequence[str], pattern: re.Pattern[str], opening: str) -> tuple[str, ...]:
    found: list[str] = []
    for key in keys:
        value = given.get(key)
        found += [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list) else []
    found += [what.strip() for match in pattern.finditer(opening) if (what := match["what"]) and what.strip()]
    return tuple(found)
