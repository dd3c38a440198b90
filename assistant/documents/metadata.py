"""What a file says about itself: YAML front matter, and a JSON file beside it."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping

import yaml

from assistant.documents.text_fragments import is_web_address
from assistant.types import Json

MAX_CHARACTERS = 64_000  # of front matter, and of a sidecar
_MAX_DEPTH = 20

_OPENING = re.compile(r"---[ \t]*(?=[\r\n])")
_CLOSING = re.compile(r"(?:\r\n?|\n)(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)")
_KEY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*(?:\{|[^\s:#>*|`-][^:\r\n]*:(?:[ \t\r\n]|\Z)|\Z)")


class BadMetadata(ValueError):
    """Metadata that cannot be used; the message says why, and does not name the file."""


def split(text: str) -> tuple[dict[str, Json], str]:
    """Front matter and the text without it; the text as it is when its first lines do not look like front matter."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end(), MAX_CHARACTERS) if opening else None
    if opening is None or closing is None:
        return {}, text
    matter = text[opening.end() : closing.start()]
    if not _KEY.match(matter):
        return {}, text
    try:
        _refuse_bombs(matter)
        found = yaml.safe_load(matter)
    except yaml.YAMLError as error:
        raise BadMetadata(f"its front matter is not YAML: {' '.join(str(error).split())}") from error
    except BadMetadata:
        raise
    except (ValueError, OverflowError) as error:
        raise BadMetadata(f"its front matter holds a value that is none: {error}") from error
    return _mapping({} if found is None else found, "its front matter"), text[closing.end() :]


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
    title, url = metadata.get("title"), metadata.get("url")
    if title is not None and (not isinstance(title, (str, int, float)) or not str(title).strip()):
        raise BadMetadata("its title must be text")
    if url is not None and not (isinstance(url, str) and is_web_address(url)):
        raise BadMetadata(f"its url must be an http or https address, not {json.dumps(url, ensure_ascii=False)[:200]}")


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
    if isinstance(value, (datetime.date, datetime.datetime)):
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
