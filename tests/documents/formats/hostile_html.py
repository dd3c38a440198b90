"""Web pages that are made to do harm."""

from __future__ import annotations

from hostile import HERE, LAUGHS, OLE, OUTSIDE, WORDS, Hostile, refused, sound, zipped

_SAID = f"<p>{WORDS}</p>"
_LINKS = "".join(f"<ul><li><a href='#{n}'>Link {n}</a>" for n in range(900))
_ATTRIBUTES = " ".join(f"a{n}=x" for n in range(50_000))
_TERMS = "<dl>" + "<dt>a<dd>b" * 2_000
_BEYOND = '<ol start="9999999999"><li value="-999999999">a<li value="\u00b2">b</ol>'
_SPANS = '<table><tr><td colspan="999999999" rowspan="999999999">a<td>b<tr><td>c'
_ENTITIES = "&#x110000;&#0;&#xD800;&#99999999999999999999;&nosuch;&" * 100


def page(body: str = "", head: str = "") -> bytes:
    """A web page with this after its words."""
    return f"<!doctype html><html><head>{head}</head><body>{_SAID}{body}</body></html>".encode()


def _encoded(charset: str, more: str = "") -> bytes:
    """A page that is no UTF-8 and says that it is of this encoding."""
    return page(more, f'<meta charset="{charset}">') + b"<p>Caf\xe9</p>"


def _fetching(address: str) -> str:
    return (
        f'<script src="{address}/x.js"></script><link rel=stylesheet href="{address}/x.css"><video src="{address}/v">'
        f'</video><iframe src="{address}/f"></iframe><img src="{address}/i.png"><object data="{address}/o"></object>'
        f'<meta http-equiv=refresh content="0;{address}/m"><base href="{address}/b"><form action="{address}/a"></form>'
    )


def files(address: str) -> dict[str, Hostile]:
    """Web pages. The address is one that nothing may be asked of."""
    return {
        **sound({
            "inline-elements-nested": lambda: page("<b><span>" * 20_000 + "deep"),
            "elements-of-no-name-nested": lambda: page("<x-y>" * 20_000 + "deep"),
            "lists-of-links-nested": lambda: page(_LINKS),
            "tables-nested": lambda: page("<table><tr><td>a<td>" * 600),
            "quotes-nested": lambda: page("<blockquote>" * 2_000 + "deep"),
            "folds-nested": lambda: page("<details><summary>a</summary>" * 1_500),
            "frames-nested": lambda: page("<iframe srcdoc='" + "&lt;iframe srcdoc=" * 10_000 + "'></iframe>"),
            "misnested": lambda: page("<a><b><p></a></b>" * 3_000),
            "comments-that-never-end": lambda: page("<!-- " * 50_000),
            "tags-that-never-end": lambda: page('<a href="' * 50_000),
            "brackets-without-end": lambda: page("<" * 50_000),
            "selects-without-end": lambda: page("<select>" * 5_000 + "<option>a" * 5_000),
            "terms-without-end": lambda: page(_TERMS),
            "a-title-without-end": lambda: page(head=f"<title>{'long ' * 200_000}</title>"),
            "colors-without-end": lambda: page(f'<p style="{"color:a;" * 40_000}">x</p>'),
            "grounds-without-end": lambda: page(f'<p style="{"background:b;" * 20_000}">x</p>'),
            "a-sheet-of-braces": lambda: page(head=f"<style>{'{' * 100_000}{'.a{}' * 50_000}</style>"),
            "a-sheet-of-comments": lambda: page(head=f"<style>{'/* ' * 60_000}</style>"),
            "entities-out-of-range": lambda: page(_ENTITIES),
            "entities-of-its-own": lambda: f"<!DOCTYPE html {LAUGHS}>{_SAID}<p>&e;</p>".encode(),
            "an-entity-that-names-a-file": lambda: f"<!DOCTYPE html {OUTSIDE}>{_SAID}<p>&e;</p>".encode(),
            "links-to-files": lambda: page(f'<iframe src="{HERE}"></iframe><a href="{HERE}">x</a><img src="{HERE}">'),
            "all-that-is-on-the-web": lambda: page(_fetching(address), _fetching(address)),
            "an-address-that-is-none": lambda: page(head="<base href='http://['><link rel=canonical href='//[x'>"),
            "null-bytes": lambda: page("a\0b").replace(b"<p>", b"<p>\0"),
            "broken-letters": lambda: page() + b"\xc0\xaf\xed\xa0\x80\xff",
            "an-encoding-that-is-none": lambda: _encoded("x-none"),
            "an-encoding-of-names": lambda: _encoded("punycode"),
            "an-encoding-of-escapes": lambda: _encoded("unicode_escape"),
            "an-encoding-of-bytes": lambda: _encoded("hex"),
            "an-encoding-of-seven-bits": lambda: _encoded("utf-7", "+ADw-script+AD4-alert+ADw-/script+AD4-"),
            "a-list-from-beyond": lambda: page(_BEYOND),
            "spans-past-counting": lambda: page(_SPANS),
            "cut-off": lambda: page("<table><tr><td>a</td><td>b" * 3)[:-30],
        }),
        **refused("nested more than 3,000 deep", blocks_nested=lambda: page("<div>" * 20_000)),
        **refused("more than 5,000 attributes", attributes_without_end=lambda: page(f"<p {_ATTRIBUTES}>x</p>")),
        **refused(
            "holds more than",
            rows_of_wide_cells=lambda: page(f"<table><tr><td>a<td>b{'<tr><td colspan=300>a' * 22_500}</table>"),
        ),
        **refused(
            "holds no text",
            nothing_but_scripts=lambda: b"<script>evil()</script><style>x{}</style>",
            hidden=lambda: b"<div hidden><p>a</p></div>",
            empty=lambda: b"",
        ),
        **refused(
            "is not text",
            an_archive=lambda: zipped({"a.html": _SAID}),
            an_older_document=lambda: OLE,
            wide_letters_without_their_mark=lambda: page("\u00e9" * 50).decode().encode("utf-16-be"),
            noise=lambda: bytes(range(256)) * 400,
        ),
    }  # fmt: skip
