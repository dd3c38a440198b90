"""The marks of a Markdown file, and of the HTML in it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.documents.shown import shown
from assistant.documents.tags import UNSEEN, tags
from assistant.lint.marked import MOST, Hidden, Link, Marks, worth_telling
from assistant.lint.marks_in_html import links_and_anchors

_NAMED = re.compile(r"\{[^{}]*#([\w-]+)[^{}]*\}\s*$")
_TAG = re.compile(r"<[^<>]*>")


def marks(text: str, *, before: int) -> Marks:
    """The marks of a text that begins after so many lines of its file."""
    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").parse(text)
    links, anchors = links_and_anchors(text, markdown=True, first=before + 1)
    links += [Link(target, before + row + 1) for target, row in _links(tokens)]
    anchors += _headings(tokens)
    links.sort(key=lambda link: link.line)
    hidden = _hidden(text, before)
    return Marks(tuple(links[:MOST]), tuple(anchors), tuple(hidden), before=before, has_anchors=True)


def _links(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    for token in tokens:
        row = token.map[0] if token.map else 0
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                row += 1
            elif child.type in ("link_open", "image"):
                yield str(child.attrGet("href" if child.type == "link_open" else "src") or ""), row


def _headings(tokens: list[Token]) -> Iterator[str]:
    """How the headings are named in links, in the spellings that are in use."""
    counts: Counter[str] = Counter()
    for token, after in pairwise(tokens):
        if token.type != "heading_open":
            continue
        if named := _NAMED.search(after.content):
            yield named[1]
        plain = shown(after.content, "heading").strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        yield from ((slug, f"{slug}-{counts[slug]}", f"{slug}_{counts[slug]}") if counts[slug] else (slug,))
        counts[slug] += 1
        letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
        yield re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", letters).strip())
        yield re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _hidden(text: str, before: int) -> Iterator[Hidden]:
    """What the HTML in the text hides; scripts and the like hold nothing to be read."""
    opened: tuple[str, int, int] | None = None  # what hides, where its text begins, and how many of its name are open
    for tag in tags(text, 0, len(text), markdown=True):
        if opened is None:
            if tag.hides and not tag.empty and tag.name not in UNSEEN:
                opened = tag.name, tag.end, 1
        elif tag.name == opened[0] and not tag.empty:
            depth = opened[2] + (-1 if tag.closes else 1)
            if depth:
                opened = opened[0], opened[1], depth
                continue
            if said := worth_telling(_TAG.sub(" ", text[opened[1] : tag.start])):
                begins = opened[1] + len(text[opened[1] :]) - len(text[opened[1] :].lstrip())
                yield Hidden(said, before + text.count("\n", 0, begins) + 1)
            opened = None
