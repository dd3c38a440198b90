"""Relative links that lead nowhere are told with their lines; what cannot be known here is left alone."""

from __future__ import annotations

from pathlib import Path

from looked import found, told

GUIDE = """---
language: en
---
# Guide

[a](other.md), [b](other.md#second-part), [c](sub/), [d](picture%201.png), [e](other), [f](#guide),
[g](https://example.org/x), [h](/root.md), [i](../outside.md), [j](mailto:a@b.c), `[k](code.md)`

[gone](gone.md) and [anchor](other.md#third)
and ![picture](gone.png), <a href="sub/page.html#nowhere">tag</a>.

[reference]

[reference]: lost.md
"""
OTHER = """# Other

Text.

## Second part

Text.

## Second part

Text. [twice](#second-part-1), [no](#second-part-2)
"""
PAGE = """<main><h1 id="a&amp;b">Page</h1><p>Text. <a href="#a&amp;b">x</a> <a href="../gone.md">y</a>
<a href="#z">z</a></p></main>"""


def test_links_to_files_and_anchors_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "picture 1.png").write_bytes(b"")
    texts = {"guide.md": GUIDE, "other.md": OTHER, "sub/page.html": PAGE}
    assert told(found(tmp_path, texts, "link")) == [
        ("guide.md", 9, "leads to #third in other.md, which is not there"),
        ("guide.md", 9, "leads to gone.md, which is not there"),
        ("guide.md", 10, "leads to #nowhere in sub/page.html, which is not there"),
        ("guide.md", 10, "leads to gone.png, which is not there"),
        ("guide.md", 12, "leads to lost.md, which is not there"),
        ("other.md", 11, "leads to #second-part-2 in other.md, which is not there"),
        ("sub/page.html", 1, "leads to gone.md, which is not there"),
        ("sub/page.html", 2, "leads to #z in sub/page.html, which is not there"),
    ]


def test_a_page_whose_links_count_from_another_address_is_left_alone(tmp_path: Path) -> None:
    page = '<head><base href="https://example.org/"></head><main><p>Text. <a href="gone.html">x</a></p></main>'
    assert found(tmp_path, {"page.html": page}, "link") == []
