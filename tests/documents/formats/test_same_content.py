"""The same content in each format gives the same sections and lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import made
import pytest

from assistant.documents import markdown
from assistant.documents.content import Content
from assistant.documents.formats import LOADERS
from assistant.documents.shown import shown

GUIDES = Path(__file__).parents[3] / "scripts" / "training" / "guides"
SAMPLE = Path(__file__).with_name("leave.md").read_text()

MAKERS: dict[str, Callable[[str], bytes]] = {
    ".html": made.html,
    ".docx": made.word,
    ".pdf": made.pdf,
    ".epub": made.epub,
}


def lines(text: str) -> list[tuple[str, str, tuple[str, ...], str | None]]:
    """The lines of a canonical text: kind, words, section path, and the words of what they stand under."""
    found = markdown.structure(text).lines
    said = [shown(text[n.start : n.end], n.kind) for n in found]
    return [
        (n.kind, words, n.section_path, None if n.parent is None else said[n.parent])
        for n, words in zip(found, said, strict=True)
    ]


def read(suffix: str, text: str) -> Content:
    return LOADERS[suffix][1](MAKERS[suffix](text), f"a{suffix}")


@pytest.mark.parametrize("suffix", MAKERS)
def test_a_page_with_lists_and_tables_is_the_same_in_each_format(suffix: str) -> None:
    data = made.pdf(SAMPLE, head=False) if suffix == ".pdf" else MAKERS[suffix](SAMPLE)
    content = LOADERS[suffix][1](data, f"a{suffix}")
    assert lines(content.text) == lines(SAMPLE)
    assert content.title == "Leave at Acme"


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("name", ["bike-workshop", "city-archive"])
def test_a_guide_of_several_pages_is_the_same_in_each_format(name: str, suffix: str) -> None:
    text = (GUIDES / f"{name}.md").read_text()
    want, found = lines(text), lines(read(suffix, text).text)
    same = len(set(want) & set(found)) / len(set(want) | set(found))
    assert same >= (0.97 if suffix == ".pdf" else 1.0), [*set(want) - set(found)][:5]
