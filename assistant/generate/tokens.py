"""A text as tokens that can be compared: figures, units and words in one form, in their order and their clauses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from text_to_num import alpha2digit

from assistant.question.parse import FUNCTION_WORDS
from assistant.question.stems import words

Kind: TypeAlias = Literal["figure", "name", "word", "function"]

_SPACE = re.compile(r"\s+")
_TIME = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(a\.?m\b\.?|p\.?m\b\.?|o['’]clock)", re.I)
_TIMES = re.compile(
    r"\b(\d{1,2})(?:[:.](\d{2}))?(\s*(?:-|to|until|and)\s*\d{1,2}(?:[:.]\d{2})?\s*)(a\.?m\b|p\.?m\b)", re.I
)
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s?(k|thousand|m|million|bn|billion)\b(?!\s?/)", re.I)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_MONEY = re.compile(r"[$€£¥]\s?\d[\d.]*(?:\s?(?:k|m|bn))?\b", re.I)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CONTRACTED = re.compile(r"\b(can)not\b|\b(\w+?)n['’]t\b", re.I)
_RANGE = re.compile(r"(?<=\d)\s?[-\u2013\u2014]\s?(?=[$€£¥]?\d)")
_TOKEN = re.compile(
    r"(?P<figure>\d{1,2}:\d{2}|\d+(?:[./-]\d+)*(?=\D|$))"
    r"|(?P<unit>[$€£¥%°])"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*\.?(?:[^\W\d_]\.)*|[^\W_]+)"
    r"|(?P<stop>[;:,.!?()|\u00b7\u2013\u2014/]|(?<=\s)-(?=\s))"
)
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[^\W_]+")
_PARTING = frozenset({"and", "but", "or", "while", "whereas", "although", "though", "because", "plus"})
_CURRENCIES = frozenset({"$", "€", "£", "¥"})
_UNIT_NAMES = {
    "$": "$", "dollar": "$", "usd": "$", "€": "€", "euro": "€", "eur": "€", "£": "£", "pound": "£", "gbp": "£",
    "¥": "¥", "yen": "¥", "%": "%", "percent": "%", "percentag": "%", "cent": "cent", "penc": "cent",
    "second": "s", "sec": "s", "minut": "min", "min": "min", "hour": "h", "hr": "h", "h": "h", "day": "day",
    "week": "week", "fortnight": "fortnight", "month": "month", "quarter": "quarter", "year": "year", "yr": "year",
    "decad": "decade", "centuri": "century", "mm": "mm", "millimetr": "mm", "millimet": "mm", "cm": "cm",
    "centimetr": "cm", "centimet": "cm", "metr": "m", "meter": "m", "m": "m", "km": "km", "kilometr": "km",
    "kilomet": "km", "mile": "mile", "inch": "inch", "feet": "foot", "foot": "foot", "ft": "foot", "yard": "yard",
    "mg": "mg", "milligram": "mg", "g": "g", "gram": "g", "kg": "kg", "kilogram": "kg", "kilo": "kg", "tonn": "t",
    "ton": "t", "lb": "lb", "ounc": "oz", "oz": "oz", "ml": "ml", "millilitr": "ml", "millilit": "ml", "l": "l",
    "litr": "l", "liter": "l", "gallon": "gallon", "kb": "kb", "kilobyt": "kb", "mb": "mb", "megabyt": "mb",
    "gb": "gb", "gigabyt": "gb", "tb": "tb", "byte": "byte", "bit": "bit", "hz": "hz", "khz": "khz", "mhz": "mhz",
    "ghz": "ghz", "v": "v", "volt": "v", "w": "w", "watt": "w", "kw": "kw", "kwh": "kwh", "a": "", "amp": "amp",
    "°": "°", "degre": "°", "mph": "mph", "bar": "bar", "db": "db", "px": "px", "pixel": "px", "point": "point",
}  # fmt: skip
CALENDAR = frozenset(
    """january february march april june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday weekday weekdays weekend weekends spring summer autumn winter noon midday midnight
    christmas easter""".split()  # noqa: SIM905, read as words
)


@dataclass(frozen=True, slots=True)
class Token:
    """A figure, a name, or a word."""

    text: str  # in lower case; of a figure its value
    stem: str
    kind: Kind
    clause: int  # counted from 0
    unit: str = ""  # of a figure, where one that is known stands beside it
    forms: frozenset[str] = frozenset()  # of a figure: the values that it may be, as a time of day is 9, 9:00 and 9.00


@lru_cache(maxsize=4096)
def tokens(text: str, *, opens: bool = True) -> tuple[Token, ...]:
    """The tokens of a text in order. A capital at its beginning makes no name, where it `opens` a sentence."""
    plain = _normal(text)
    found: list[Token] = []
    clause, begins, units = 0, opens, dict[int, str]()
    for match in _TOKEN.finditer(plain):
        if match["stop"]:
            clause += 1
            begins = begins or match["stop"] in ".!?:|\u00b7"
            continue
        if match["figure"]:
            found.append(Token(match["figure"], match["figure"], "figure", clause, forms=_forms(match["figure"])))
            begins = False
            continue
        written = match["unit"] or match["word"].rstrip(".")
        low = written.casefold().replace("’", "'").removesuffix("'s")
        stem = _stem(low)
        if low in _PARTING:
            clause += 1
        if low in _UNIT_NAMES or stem in _UNIT_NAMES:
            units[len(found)] = _UNIT_NAMES.get(low, _UNIT_NAMES.get(stem, ""))
        found.append(Token(low, stem, _kind(written, low, begins), clause))
        begins = False
    return tuple(_with_units(found, units))


def content(of: tuple[Token, ...]) -> list[Token]:
    """The tokens that say something by themselves."""
    return [token for token in of if token.kind != "function"]


def _kind(written: str, low: str, begins: bool) -> Kind:
    if low in CALENDAR or _CODE.fullmatch(written):
        return "name"
    capitals = sum(letter.isupper() for letter in written)
    if low in "$€£¥%°" or (low in FUNCTION_WORDS and (begins or not capitals or low == "i")):
        return "function"
    return "name" if capitals > 1 or (capitals and written[0].isupper() and not begins) else "word"


def _with_units(found: list[Token], units: dict[int, str]) -> list[Token]:
    """The figures with the unit that stands just before them (money) or after them."""
    made: list[Token] = []
    for n, token in enumerate(found):
        if units.get(n, "") in _CURRENCIES and n and found[n - 1].kind == "figure":
            token = replace(token, kind="function")  # as the sign of the same money is
        if token.kind == "figure":
            before = units.get(n - 1, "")
            after = next((units[m] for m in (n + 1, n + 2) if units.get(m) and found[m].clause == token.clause), "")
            unit = before if before in _CURRENCIES else after
            token = Token(token.text, token.stem, "figure", token.clause, unit, token.forms)
        made.append(token)
    return made


def _normal(text: str) -> str:
    """The text with numbers in digits, times of day on a 24-hour clock, and contractions written out."""
    text = _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    text = _CONTRACTED.sub(
        lambda m: f"{m[1] or {'wo': 'will', 'ca': 'can', 'sha': 'shall'}.get(m[2].lower(), m[2])} not", text
    )
    text = re.sub(r"\bper cent\b", "percent", _THOUSANDS.sub("", text), flags=re.I)
    text = _digits(re.sub(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])", " ", text))
    text = re.sub(r"\b[Tt]wo\b", "2", re.sub(r"\b[Tt]wice\b", "2 times", re.sub(r"\b(?:a|1) dozen\b", "12", text)))
    text = re.sub(r"(\d+) and a half\b", r"\1.5", text)
    text = _TIMES.sub(lambda m: f"{m[1]}{':' + m[2] if m[2] else ''} {m[4]}{m[3]}{m[4]}", text)
    text = _TIME.sub(_clock, text)
    text = _MONEY.sub(lambda m: _SCALED.sub(_scaled, m[0]), text)
    text = re.sub(_SCALED.pattern.replace("k|", "").replace("|m|", "|").replace("|bn|", "|"), _scaled, text, flags=re.I)
    text = _RANGE.sub(" to ", text)
    return re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", text)


@lru_cache(maxsize=4096)
def _digits(text: str) -> str:
    """Numbers in words as digits; one and two stay, as "one of them" counts nothing."""
    written: str = alpha2digit(text, "en")
    return written


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 24 or minute > 59:
        return match[0]
    half = match[3].casefold()[0]
    hour = hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
    return f"{hour}:{minute:02}"


def _scaled(match: re.Match[str]) -> str:
    return f"{float(match[1]) * _SCALES[match[2].casefold()]:.10g}" if float(match[1]) < 1e6 else match[0]


def _forms(figure: str) -> frozenset[str]:
    forms = {figure}
    if clock := re.fullmatch(r"(\d{1,2})[:.](\d{2})", figure):
        forms |= {f"{int(clock[1])}:{clock[2]}", f"{int(clock[1])}.{clock[2]}"}
        forms |= {str(int(clock[1]))} if clock[2] == "00" else set()
    if re.fullmatch(r"\d+(?:\.\d+)?", figure):
        forms.add(f"{float(figure):.12g}")
    return frozenset(forms)


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    return "".join(words(word, leave_out=())) or word
