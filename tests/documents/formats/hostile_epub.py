"""Books that are made to do harm."""

from __future__ import annotations

from functools import cache

import made
from hostile import HERE, LAUGHS, OUTSIDE, WORDS, Hostile, attacks, packed, parts_of, refused, sound, zipped

CHAPTER, BOOK, CONTAINER = "OPS/c0.xhtml", "OPS/book.opf", "META-INF/container.xml"
_ENDS = "</manifest>", "</spine>"


@cache
def parts() -> dict[str, bytes]:
    """The parts of a book of two chapters."""
    return parts_of(made.epub(f"# Leave\n\n{WORDS}", "# Sick\n\nSay so.", title="Handbook"))


def _with(part: str, *changes: tuple[str, str]) -> bytes:
    """The book, with some things in one part put in the place of others."""
    text = parts()[part].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return zipped({**parts(), part: text})


def _listed(*paths: str) -> bytes:
    """The book, with these as its chapters, too."""
    items = "".join(
        f'<item id="i{n}" href="{path}" media-type="application/xhtml+xml"/>' for n, path in enumerate(paths)
    )
    read = "".join(f'<itemref idref="i{n}"/>' for n in range(len(paths)))
    return _with(BOOK, *((end, more + end) for end, more in zip(_ENDS, (items, read), strict=True)))


def _chapter(more: str) -> bytes:
    return _with(CHAPTER, ("</body>", f"{more}</body>"))


def files(address: str) -> dict[str, Hostile]:
    """Books. The address is one that nothing may be asked of."""
    locked = '<x xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherReference URI="OPS/c0.xhtml"/></x>'
    again = '<itemref idref="c0.xhtml"/>' * 50_000
    entity = "<!DOCTYPE html {}><html><body><p>{}</p><p>&e;</p></body></html>"
    return {
        **attacks(parts(), BOOK, read=(BOOK, CONTAINER)),
        **sound({
            "one-chapter-many-times": lambda: _with(BOOK, ("</spine>", f"{again}</spine>")),
            "one-chapter-by-many-names": lambda: _listed(*["c0.xhtml"] * 20_000),
            "chapters-that-lead-out": lambda: _listed("../../../../../../../etc/passwd", "/etc/passwd", HERE),
            "chapters-that-are-missing": lambda: _listed("none.xhtml", "", "."),
            "chapters-on-the-web": lambda: _listed(f"{address}/c.xhtml"),
            "with-scripts": lambda: _chapter(f'<script src="{address}/x.js"></script><script>evil()</script>'),
            "pictures-from-the-web": lambda: _chapter(f'<img src="{address}/i.png"/>'),
            "a-chapter-of-entities": lambda: zipped({**parts(), CHAPTER: entity.format(LAUGHS, WORDS)}),
            "a-chapter-that-names-a-file": lambda: zipped({**parts(), CHAPTER: entity.format(OUTSIDE, WORDS)}),
            "a-chapter-of-broken-letters": lambda: zipped({**parts(), CHAPTER: WORDS.encode() + b"\xff\xfe\xc0"}),
            "contents-that-contain-themselves": lambda: _listed("nav.xhtml", "book.opf"),
            "a-title-without-end": lambda: _with(BOOK, (">Handbook<", f">{'long ' * 50_000}<")),
            "a-chapter-that-is-empty": lambda: zipped({**parts(), "OPS/c1.xhtml": ""}),
        }),
        **refused("its elements are nested", a_chapter_nested=lambda: _chapter("<div>" * 20_000)),
        **refused(
            "is no EPUB book",
            its_book_is_elsewhere=lambda: _with(CONTAINER, ("OPS", "..")),
            a_document=packed(lambda: {"word/document.xml": "<x/>"}),
        ),
        **refused(
            "holds no text",
            a_container_of_itself=lambda: _with(CONTAINER, ("OPS/book.opf", CONTAINER)),
            without_chapters=lambda: zipped({**parts(), BOOK: "<package/>"}),
        ),
        **refused(
            "is protected against copying", protected=lambda: zipped({**parts(), "META-INF/encryption.xml": locked})
        ),
    }  # fmt: skip
