"""Web pages: the main content of HTML and XHTML, by its structure."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from assistant.documents.content import Content
from assistant.documents.decoding import BOMS, decode
from assistant.documents.formats.blocks import Block, Heading, Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.html_reader import Reader
from assistant.documents.formats.html_seen import Seen, root
from assistant.documents.text_fragments import is_web_address
from assistant.errors import UnreadableDocument
from assistant.types import Json

_CHARSET = re.compile(rb"""(?i)<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]+)""")
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_OF_PYTHON = ("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7")  # and of no page
_NESTING = re.compile(
    r"(?i)<(/?)(?:article|aside|blockquote|center|details|div|dl|fieldset|footer|header|main|nav|ol|section|table|ul)[\s>]"
)
_MOST_NESTED = 3_000  # the parser's time grows with the square of it, as with that of an element's attributes
_MOST_ATTRIBUTES = 5_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{10000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAMED = re.compile(r"[\s/]+[^\s/=]")
_SITE = re.compile(r"\s+[|\u2013\u2014\u00b7\u00bb:-]+\s+")


def load(data: bytes, name: str) -> Content:
    """The content of a page; its address where it names its canonical link, its language where it names that."""
    return content(parse(text_of(data, name)), name)


def parse(text: str) -> Parsed:
    """The blocks of a page, and what it says of itself."""
    tree = LexborHTMLParser(text)
    seen = Seen(tree)
    for node in tree.css("script, style, template, noscript, svg"):
        node.decompose()
    found = blocks(tree, seen)
    return Parsed(tuple(found), _title(tree, seen), _metadata(tree))


def blocks(tree: LexborHTMLParser, seen: Seen) -> list[Block]:
    """The blocks of the page's content. Its heading is taken from around the content if that has none."""
    main = root(tree)
    if main is None:
        return []
    reader = Reader(seen, inside=main.tag != "body")
    found = reader.read(main)
    if not any(isinstance(block, Heading) and block.level == 1 for block in found):
        for heading in tree.css("h1"):
            if seen.shows(heading, heading.attributes) and (text := Reader(seen, inside=True).text(heading)):
                return [Heading(1, text), *found]
    return found


def text_of(data: bytes, name: str) -> str:
    """The bytes as text. Raises where elements are nested so deeply, or have so much, that no parser should see it."""
    text = _decoded(data, name)
    if any(len(_NAMED.findall(_QUOTED.sub("", tag))) > _MOST_ATTRIBUTES for tag in _LONG_TAG.findall(text)):
        raise UnreadableDocument(
            f"{name}: an element has more than {_MOST_ATTRIBUTES:,} attributes: save it in a simpler form"
        )
    if _is_too_deep(text):
        raise UnreadableDocument(
            f"{name}: its elements are nested more than {_MOST_NESTED:,} deep: save it in a simpler form"
        )
    return text


def _decoded(data: bytes, name: str) -> str:
    """The bytes as text: by their mark, as UTF-8 if they are, else by the encoding that the page names."""
    if not any(data.startswith(mark) for mark, _ in BOMS):
        try:
            return data.decode("utf-8").replace("\0", "")
        except UnicodeDecodeError:
            pass
        if named := _CHARSET.search(data[:4096]):
            try:
                codec = codecs.lookup(named[1].decode("ascii")).name
                if codec not in _OF_PYTHON:
                    return data.decode(_AS_BROWSERS_DO.get(codec, codec)).replace("\0", "")
            except (LookupError, UnicodeError, ValueError):
                pass
    return decode(data, name)


def _is_too_deep(text: str) -> bool:
    depth = 0
    for tag in _NESTING.finditer(text):
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        if depth > _MOST_NESTED:
            return True
    return False


def _title(tree: LexborHTMLParser, seen: Seen) -> str | None:
    """The title in the page's head, without the name of the site behind it."""
    head = tree.css_first("head > title")
    if head is None:
        return None
    whole = " ".join(head.text(deep=True).split())
    return _SITE.split(whole)[0] or whole or None


def _metadata(tree: LexborHTMLParser) -> dict[str, Json]:
    found: dict[str, Json] = {}
    base = tree.css_first("base[href]")
    link = tree.css_first("link[rel=canonical]")
    if link is not None:
        address = (link.attributes.get("href") or "").strip()
        if base is not None:
            with suppress(ValueError):  # one of them is no address
                address = urljoin((base.attributes.get("href") or "").strip(), address)
        if is_web_address(address):
            found["url"] = address
    html = tree.css_first("html")
    language = ((html.attributes.get("lang") if html is not None else None) or "").strip()
    if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", language):
        found["language"] = language
    return found
