"""Plain text as Markdown that shows it: nothing in it becomes markup, a link, an image, or HTML."""

from __future__ import annotations

import re

_LINE = r"(?:\A|(?<=[\r\n]))[ \t]*"
# What begins a heading, a list, a quotation, a rule, a table or the line below a heading.
_AT_LINE_START = (
    rf"(?P<begun>{_LINE})(?P<mark>#(?=[\s#]|\Z)|[>|]|\+(?=\s|\Z)|-(?=[\s|:-]|\Z)|:(?=-)|=(?==*[ \t]*(?:[\r\n]|\Z)))"
    rf"|(?P<number>{_LINE}\d{{1,9}})(?P<stop>[.)])(?=\s|\Z)"
)
# Of brackets that a backslash stands before, some renderers still make links: so what follows them is escaped, too.
_ANYWHERE = (
    r"(?P<inline>[\\`*\[\]]|(?<=\])[(:]|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_]))"
    r"|(?P<tag><(?=[A-Za-z/!?]))|(?P<entity>&(?=#?\w+;))"
)
_MARKUP = re.compile(f"{_AT_LINE_START}|{_ANYWHERE}")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(lt|amp);")
_ENTITIES = {"lt": "<", "amp": "&"}


def escaped(text: str) -> str:
    """The text, so that renderers of Markdown show its very characters. What none takes for markup stays as it is.

    Tags are written with entities, because not all renderers know a backslash before them.
    """
    return _MARKUP.sub(_escape, text)


def unescaped(text: str) -> str:
    """The text that was escaped."""
    return _ESCAPED.sub(lambda match: match[1] or _ENTITIES[match[2]], text)


def _escape(match: re.Match[str]) -> str:
    if match["tag"]:
        return "&lt;"
    if match["entity"]:
        return "&amp;"
    if match["stop"]:
        return f"{match['number']}\\{match['stop']}"
    return f"{match['begun'] or ''}\\{match['mark'] or match['inline']}"
