"""What a file says about itself: front matter in YAML or TOML, and a JSON file beside it."""

from __future__ import annotations

import datetime
import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from assistant.documents.text_fragments import is_web_address
from assistant.types import Json

MAX_CHARACTERS = 64_000  # of front matter, and of a sidecar
_MAX_DEPTH = 20
_MAX_BRACKETS = 500  # in TOML, whose parser calls itself for each

_OPENING = re.compile(r"(?:---|(?P<toml>\+\+\+))[ \t]*(?=[\r\n])")
_CLOSING = re.compile(r"(?:\r\n?|\n)(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)")
_TOML_CLOSING = re.compile(r"(?:\r\n?|\n)\+\+\+[ \t]*(?:\r\n?|\n|\Z)")
_KEY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*(?:\{|[^\s:#>*|`-][^:\r\n]*:(?:[ \t\r\n]|\Z)|\Z)")
_TOML_KEY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*(?:\[|[\w.\"'-]+[ \t]*=|\Z)")
_NAMED = re.compile(r"(?P<key>[^\s:#>*|`{}\[\],-][^:\r\n]{0,100}?)[ \t]*:(?:[ \t]+(?P<value>\S.*)|[ \t]*\Z)")
_NEWLINE = re.compile(r"\r\n?|\n")
_MOST_NAMED = 5  # names in a warning


class BadMetadata(ValueError):
    """Metadata that cannot be used; the message says why, and does not name the file."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before a text: its metadata, and what was wrong with it."""

    metadata: dict[str, Json]
    text: str  # what comes after
    warnings: tuple[str, ...] = ()


def split(text: str) -> FrontMatter:
    """Front matter and the text without it; the text as it is when its first lines do not look like front matter.

    What cannot be understood is left out of the metadata, and said.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter({}, text)
    is_toml = opening["toml"] is not None
    closing = (_TOML_CLOSING if is_toml else _CLOSING).search(text, opening.end(), MAX_CHARACTERS)
    looks = _TOML_KEY if is_toml else _KEY
    if closing is None:
        unclosed = not is_toml and _NAMED.match(_NEWLINE.sub("\n", text[opening.end() : MAX_CHARACTERS]).split("\n")[1])
        return FrontMatter({}, text, ("its front matter never ends with ---: it is read as text",) if unclosed else ())
    matter = text[opening.end() : closing.start()]
    lines = _NEWLINE.sub("\n", matter).removeprefix("\n")
    if not looks.match(matter) or lines.startswith("\n"):  # an empty row comes after a rule, not before a name
        return FrontMatter({}, text)
    matter = lines
    warnings: list[str] = []
    if is_toml:
        found = _toml(matter, warnings)
    elif (read := _yaml(matter, warnings)) is not None:
        found = read
    else:
        return FrontMatter({}, text)
    for name in [*_unfit(found)]:
        del found[name]
        warnings.append(_UNFIT[name])
    return FrontMatter(found, text[closing.end() :], tuple(warnings))


def parse(text: str, name: str) -> dict[str, Json]:
    """The metadata in the text of a sidecar."""
    if len(text) > MAX_CHARACTERS:
        raise BadMetadata(f"{name} is longer than {MAX_CHARACTERS:,} characters")
    try:
        return _mapping(json.loads(text), name)
    except RecursionError as error:
        raise BadMetadata(f"{name} is nested too deeply") from error
    except BadMetadata:
        raise
    except ValueError as error:
        raise BadMetadata(f"{name} is not JSON: {error}") from error


def check(metadata: Mapping[str, Json]) -> None:
    """Refuse a title that is no title and a url that a browser should not be sent to."""
    unfit = _unfit(metadata)
    if "title" in unfit:
        raise BadMetadata("its title must be text")
    if "url" in unfit:
        url = json.dumps(metadata["url"], ensure_ascii=False)[:200]
        raise BadMetadata(f"its url must be an http or https address, not {url}")


_UNFIT = {
    "title": "the title in its front matter is no text: it is left out",
    "url": "the url in its front matter is no http or https address: it is left out",
}


def _unfit(metadata: Mapping[str, Json]) -> list[str]:
    title, url = metadata.get("title"), metadata.get("url")
    found = []
    if title is not None and (not isinstance(title, (str, int, float)) or not str(title).strip()):
        found.append("title")
    if url is not None and not (isinstance(url, str) and is_web_address(url)):
        found.append("url")
    return found


def _yaml(matter: str, warnings: list[str]) -> dict[str, Json] | None:
    """The values in front matter, as many as can be read; None if it is no front matter after all."""
    try:
        found = _load(matter)
    except BadMetadata as error:
        wrong = str(error)
    else:
        _say_doubles(matter, warnings)
        return found
    if matter.startswith(("{", "[")):
        warnings.append(f"{wrong[:200]}: it is left out")
        return {}
    if (spaced := re.sub(r"(?m)^\t+", lambda tabs: "  " * len(tabs[0]), matter)) != matter:
        try:
            found = _load(spaced)
            warnings.append("its front matter is indented by tabs: they are read as spaces")
            return found
        except BadMetadata:
            pass
    return _piecewise(matter, warnings)


def _piecewise(matter: str, warnings: list[str]) -> dict[str, Json] | None:
    """The values of front matter that is no YAML as a whole, name by name."""
    chunks: list[list[str]] = []
    odd = 0
    for line in matter.split("\n"):
        if _NAMED.fullmatch(line):
            chunks.append([line])
        elif not line.strip() or line.lstrip().startswith("#"):
            continue
        elif chunks and (line[0].isspace() or line.startswith(("- ", "-\t", "]", "}"))):
            chunks[-1].append(line)
        else:
            odd += 1
    if not matter.strip() or not chunks or odd > len(chunks) or matter[:1].isspace():
        return None
    found: dict[str, Json] = {}
    literal: list[str] = []
    dropped: list[str] = []
    for chunk in chunks:
        try:
            found.update(_load("\n".join(chunk)))
            continue
        except BadMetadata:
            pass
        for line in [line.strip() for line in chunk]:
            named = _NAMED.fullmatch(line)
            if named is None:
                continue
            key = named["key"]
            if len(chunk) > 1:
                try:
                    found.update(_load(line))
                    continue
                except BadMetadata:
                    pass
            if named["value"] and named["value"][0].isalnum() and len(chunk) == 1:
                try:
                    found.update(_mapping({key: named["value"].strip()}, "its front matter"))
                    literal.append(key)
                    continue
                except BadMetadata:
                    pass
            dropped.append(key)
    said = "its front matter is not all YAML"
    if literal:
        said += f"; read as plain text: {_names(literal)}"
    if dropped or odd:
        said += f"; left out: {_names([*dropped, *(['lines without a name'] if odd else [])])}"
    warnings.append(said)
    return found


def _toml(matter: str, warnings: list[str]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    try:
        if matter.count("[") + matter.count("{") > _MAX_BRACKETS:
            raise BadMetadata("its front matter is nested too deeply")
        read = tomllib.loads(matter)
    except BadMetadata as error:
        warnings.append(f"{error}: it is left out")
        return found
    except (ValueError, RecursionError) as error:
        warnings.append(f"its front matter is not TOML: {' '.join(str(error).split())[:200]}: it is left out")
        return found
    dropped = []
    for name, value in read.items():
        try:
            found[_text(name)] = _json(value)
        except BadMetadata:
            dropped.append(name)
    if dropped:
        warnings.append(f"its front matter holds values that cannot be used; left out: {_names(dropped)}")
    return found


def _load(matter: str) -> dict[str, Json]:
    """The values of YAML. Raises BadMetadata for whatever is wrong with it."""
    try:
        _refuse_bombs(matter)
        found = yaml.safe_load(matter)
    except yaml.YAMLError as error:
        raise BadMetadata(f"its front matter is not YAML: {' '.join(str(error).split())}") from error
    except BadMetadata:
        raise
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadMetadata(f"its front matter holds a value that is none: {error}") from error
    return _mapping({} if found is None else found, "its front matter")


def _say_doubles(matter: str, warnings: list[str]) -> None:
    names = [named["key"] for line in matter.split("\n") if (named := _NAMED.fullmatch(line))]
    doubles = sorted({name for name, count in Counter(names).items() if count > 1})
    if doubles:
        warnings.append(f"its front matter gives a name more than once, and the last counts: {_names(doubles)}")


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(" ".join(name.split())[:40] for name in names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown


def _refuse_bombs(matter: str) -> None:
    """Refuse what is small as YAML and would be huge, or slow, as values: aliases and deep nesting."""
    depth = 0
    for event in yaml.parse(matter, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise BadMetadata("its front matter uses aliases (*name): write the values out")
        if depth > _MAX_DEPTH:
            raise BadMetadata(f"its front matter is nested more than {_MAX_DEPTH} deep")


def _mapping(value: object, name: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise BadMetadata(f"{name} must hold names with values")
    return {_text(str(key)): _json(item) for key, item in value.items()}


def _json(value: object) -> Json:
    """The value as JSON has it: dates become ISO strings."""
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {_text(str(key)): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**63):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise BadMetadata("its metadata may hold text, dates, finite numbers, true, false, null, lists and mappings only")


def _text(value: str) -> str:
    if re.search(r"[\x00\ud800-\udfff]", value):
        raise BadMetadata("its metadata holds a character that is no text (NUL or half a surrogate pair)")
    return value
