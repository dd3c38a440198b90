"""What the styles and the lists of a Word document make of its paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from assistant.documents.formats.numbers import whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = f"{W}val"
_HEADING = re.compile(r"heading (\d)")
_DEEP = re.compile(r"list (?:bullet|number|continue)? ?(\d)")
_PLACE = re.compile(r"%(\d)")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MAX_CHAIN = 20
_MOST_LETTERED = 10 * 26  # aaaaaaaaaa); what comes after it is counted in figures


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style, with what it has from the styles that it is based on."""

    name: str = ""
    level: int = 0  # of a heading; 0 for none
    number: tuple[str, int] | None = None  # the list and the level in it
    bold: bool = False
    hidden: bool = False

    @property
    def depth(self) -> int:
        """How deep in a list its name puts a paragraph."""
        found = _DEEP.match(self.name)
        return int(found[1]) - 1 if found else 0


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str  # how it counts
    text: str  # with %1 for the number of the first level
    start: int


class Numbering:
    """The lists of a document. It counts their items, in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self.levels: dict[tuple[str, int], _Level] = {}
        self.lists: dict[str, str] = {}  # by number: the list that it is an instance of
        self.restarts: dict[str, dict[int, int]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()
        for each in root.findall(f"{W}abstractNum") if root is not None else ():
            for level in each.findall(f"{W}lvl"):
                number = whole(level.get(f"{W}ilvl"))
                self.levels[each.get(f"{W}abstractNumId", ""), number] = _Level(
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    whole(_value(level, "start"), 1),
                )
        for each in root.findall(f"{W}num") if root is not None else ():
            name = each.get(f"{W}numId", "")
            self.lists[name] = _value(each, "abstractNumId") or ""
            for override in each.findall(f"{W}lvlOverride"):
                if (start := whole(_value(override, "startOverride"), -1)) >= 0:
                    self.restarts.setdefault(name, {})[whole(override.get(f"{W}ilvl"))] = start

    def label(self, name: str, level: int) -> str | None:
        """What is printed before the next item of a list: "" for a bullet, None where it is no list."""
        held = self.lists.get(name)
        found = self.levels.get((held or "", level))
        if held is None or found is None or name == "0":
            return None
        counts = self.counts.setdefault(held, {})
        if name not in self.begun:
            self.begun.add(name)
            for at, start in self.restarts.get(name, {}).items():
                counts[at] = start - 1
        counts[level] = counts.get(level, found.start - 1) + 1
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if found.kind in ("bullet", "none"):
            return "" if found.kind == "bullet" else None
        return _PLACE.sub(lambda match: self._counted(held, int(match[1]) - 1), found.text).strip()

    def _counted(self, held: str, level: int) -> str:
        found = self.levels.get((held, level), _Level("decimal", "", 1))
        return counted(self.counts[held].get(level, found.start), found.kind)


class Styles:
    """The paragraph styles of a document, by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        self.known: dict[str, etree._Element] = {}
        self.made: dict[str, Style] = {}
        self.default = ""
        for each in root.findall(f"{W}style") if root is not None else ():
            name = each.get(f"{W}styleId", "")
            self.known[name] = each
            if each.get(f"{W}type") == "paragraph" and each.get(f"{W}default") in ("1", "true"):
                self.default = name

    def style(self, name: str | None) -> Style:
        name = name or self.default
        if name not in self.made:
            self.made[name] = self._make(name)
        return self.made[name]

    def _make(self, name: str) -> Style:
        own, level, number, bold, hidden = "", 0, None, None, None
        for _ in range(_MAX_CHAIN):
            each = self.known.get(name)
            if each is None:
                break
            said = (_value(each, "name") or "").lower()
            own = own or said
            properties, runs = each.find(f"{W}pPr"), each.find(f"{W}rPr")
            level = level or heading_level(said, properties)
            number = number or list_of(properties)
            bold = is_on(runs, "b") if bold is None else bold
            hidden = is_on(runs, "vanish") if hidden is None else hidden
            name = _value(each, "basedOn") or ""
        return Style(own, level, number, bool(bold), bool(hidden))


def heading_level(name: str, properties: etree._Element | None) -> int:
    """The level that a style of this name, or a paragraph with these properties, gives a heading; 0 for none."""
    if found := _HEADING.match(name):
        return int(found[1])
    outline = whole(_value(properties, "outlineLvl"), 9)
    return outline + 1 if outline < 9 else 0


def list_of(properties: etree._Element | None) -> tuple[str, int] | None:
    """The list that paragraph properties name, and the level in it."""
    number = properties.find(f"{W}numPr") if properties is not None else None
    name = _value(number, "numId")
    if name is None:
        return None
    return name, whole(_value(number, "ilvl"))


def is_on(properties: etree._Element | None, name: str) -> bool | None:
    """Whether a property such as bold is on; None where nothing is said of it."""
    found = properties.find(f"{W}{name}") if properties is not None else None
    return None if found is None else found.get(_VALUE, "1") not in ("0", "false", "off")


def counted(number: int, kind: str) -> str:
    """A number as a list of this kind shows it."""
    if kind in ("lowerLetter", "upperLetter") and 0 < number <= _MOST_LETTERED:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 50:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman if kind == "lowerRoman" else roman.upper()
    return str(number)


def _value(element: etree._Element | None, name: str) -> str | None:
    found = element.find(f"{W}{name}") if element is not None else None
    return None if found is None else found.get(_VALUE)
