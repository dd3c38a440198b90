"""OpenDocument texts that are made to do harm."""

from __future__ import annotations

from hostile import LOCKED, WORDS, Hostile, attacks, packed, refused, sound, zipped
from hostile_docx import ODD

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{"drawing" if name == "draw" else name}:1.0"'
    for name in ("office", "text", "table", "style", "draw", "manifest")
)


def parts(body: str = "", styles: str = "", **more: str) -> dict[str, str]:
    """The parts of an OpenDocument text, with this body after its words."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": (
            f"<office:document-content {_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text><text:p>{WORDS}</text:p>{body}</office:text></office:body>"
            "</office:document-content>"
        ),
        "META-INF/manifest.xml": "<manifest/>",
        "styles.xml": f"<office:document-styles {_NAMES}> </office:document-styles>",
        **more,
    }


def _text(body: str = "", styles: str = "", **more: str) -> bytes:
    return zipped(parts(body, styles, **more))


def _in(times: int, opening: str, inner: str = "<text:p>Deep.</text:p>") -> str:
    """The inner within so many of these elements."""
    names = [part.split()[0].strip("<>") for part in opening.split("><")]
    return opening * times + inner + "".join(f"</{name}>" for name in reversed(names)) * times


def _repeated(times: str, *, text: str = "<text:p>a</text:p>", rows: int = 1) -> str:
    """A table whose cells and rows stand there so many times."""
    cell = f'<table:table-cell table:number-columns-repeated="{times}">{text}</table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{times}">{cell}{cell}</table:table-row>'
    return f"<table:table>{row * rows}</table:table>"


def _tables(depth: int) -> str:
    """Tables of two cells, one in the other."""
    opening = "<table:table><table:table-row><table:table-cell><text:p>b</text:p></table:table-cell><table:table-cell>"
    return opening * depth + "</table:table-cell></table:table-row></table:table>" * depth


_CIRCLE = "".join(
    f'<style:style style:name="{name}" style:parent-style-name="{base}"/>' for name, base in (("a", "b"), ("b", "a"))
)
_COUNTED = "".join(
    f'<text:h text:outline-level="{n}">Head.</text:h><text:list text:style-name="L"><text:list-item '
    f'text:start-value="{n}"><text:h text:outline-level="{n}">Head.</text:h><text:p>Item.</text:p></text:list-item>'
    f"</text:list>{_repeated(n)}"
    for n in ODD
)
_LISTS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'text:start-value="\u00b2"/></text:list-style>'
)
_LOCKED = (
    f"<manifest:manifest {_NAMES}><manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    "</manifest:manifest>"
)


def files(address: str) -> dict[str, Hostile]:
    """OpenDocument texts. The address is one that nothing may be asked of."""
    image = f'<draw:image xlink:href="{address}/i.png" xmlns:xlink="http://www.w3.org/1999/xlink"/>'
    note = "<text:note><text:note-body><text:p>"
    table = "<table:table><table:table-row><table:table-cell>"
    return {
        **attacks(parts(), "content.xml", read=("content.xml", "styles.xml")),
        **sound({
            "styles-in-a-circle": lambda: _text('<text:p text:style-name="a">x</text:p>', _CIRCLE),
            "numbers-that-are-none": lambda: _text(_COUNTED, _LISTS),
            "cells-and-rows-a-million-times": lambda: _text(_repeated("1048576")),
            "an-empty-table-as-large-as-can-be": lambda: _text(_repeated("1048576", text="")),
            "notes-in-notes": lambda: _text(f"<text:p>{_in(50, note, 'Note.')}</text:p>"),
            "lists-in-lists": lambda: _text(_in(100, "<text:list><text:list-item>")),
            "tables-in-tables": lambda: _text(_in(60, table)),
            "tables-of-two-in-tables": lambda: _text(_tables(50)),
            "boxes-in-boxes": lambda: _text(_in(70, "<text:p><draw:frame><draw:text-box>")),
            "spaces-a-billion-times": lambda: _text('<text:p>a<text:s text:c="999999999"/>b</text:p>'),
            "linked-from-the-web": lambda: _text(f"<text:p><draw:frame>{image}</draw:frame></text:p>"),
            "with-macros": lambda: _text(**{"Basic/Standard/Module1.xml": "<x/>", "Scripts/python/x.py": "1/0"}),
            "spans-in-spans": lambda: _text(f"<text:p>{_in(200, '<text:span>', 'Deep.')}</text:p>"),
        }),
        **refused("holds more than", rows_of_repeated_cells=lambda: _text(_repeated("100", rows=5_000))),
        **refused(
            "is no sound XML",
            nested_past_all_bounds=lambda: _text(f"<text:p>{_in(20_000, '<text:span>', 'Deep.')}</text:p>"),
        ),
        **refused(LOCKED, with_a_password=lambda: _text(**{"META-INF/manifest.xml": _LOCKED})),
        **refused("holds no text", no_text=lambda: zipped(
            {**parts(), "content.xml": parts()["content.xml"].replace(WORDS, "")}
        )),
        **refused("is no OpenDocument text", a_document=packed(lambda: {"word/document.xml": "<x/>"})),
    }  # fmt: skip
