"""The marks of a web page."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from assistant.documents.formats.html_seen import Seen, is_chrome, root
from assistant.documents.tags import tags
from assistant.lint.marked import MOST, Hidden, Link, Marks, worth_telling

_ATTRIBUTE = re.compile(r"""(?i)(?<=[\s"'])(href|src|id|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LEADING = {"a": "href", "area": "href", "img": "src"}
_FOUND = 40  # characters of a text by which it is looked for in its file


def marks(text: str) -> Marks:
    """The marks of a page."""
    links, anchors = links_and_anchors(text)
    based = any(tag.name == "base" for tag in tags(text, 0, len(text)))
    return Marks(tuple(links[:MOST]), tuple(anchors), tuple(_hidden(text)), based=based, has_anchors=True)


def links_and_anchors(text: str, *, markdown: bool = False, first: int = 1) -> tuple[list[Link], list[str]]:
    """What the tags in a text lead to, and what they can be led to by. Its first line is the `first` of the file."""
    links: list[Link] = []
    anchors: list[str] = []
    rows = [match.start() for match in re.finditer("\n", text)]
    for tag in tags(text, 0, len(text), markdown=markdown):
        if tag.closes or not tag.name:
            continue
        for found in _ATTRIBUTE.finditer(text, tag.start, tag.end):
            value = html.unescape(found[2] or found[3] or found[4] or "").strip()
            named = found[1].lower()
            if value and named == _LEADING.get(tag.name):
                links.append(Link(value, first + bisect_right(rows, tag.start - 1)))
            elif value and (named == "id" or (named == "name" and tag.name == "a")):
                anchors.append(value)
    return links, anchors


def _hidden(text: str) -> Iterator[Hidden]:
    """What of a page's content is hidden."""
    tree = LexborHTMLParser(text)
    seen = Seen(tree)
    for node in tree.css("script, style, template, noscript, svg"):
        node.decompose()
    main = root(tree)
    at = found = 0
    waiting = [] if main is None else list(main.iter())[::-1]
    while waiting and found < MOST:
        node = waiting.pop()
        attributes = node.attributes
        if is_chrome(node, attributes, inside=True):
            continue
        if seen.hides(node, attributes):
            if said := worth_telling(node.text(deep=True, separator=" ")):
                place = _place(text, node, at)
                at = max(at, place)
                yield Hidden(said, None if place < 0 else text.count("\n", 0, place) + 1)
                found += 1
        elif seen.shows(node, attributes):
            waiting += list(node.iter())[::-1]


def _place(text: str, node: LexborNode, at: int) -> int:
    """Where the words of an element stand, at a place or after it, or anywhere; -1 where they are written otherwise."""
    words = node.text(deep=True, separator="\n").strip().split("\n")[0].strip()[:_FOUND]
    place = text.find(words, at)
    return text.find(words) if place < 0 else place
