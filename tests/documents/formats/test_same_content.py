"""The same content in each format gives the same sections and lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import made
import pytest

from assistant.answer.pipeline import Assistant
from assistant.cli import main
from assistant.compose import open_answerer
from assistant.documents import markdown
from assistant.documents.chunking import Budget, passages_of
from assistant.documents.content import Content
from assistant.documents.formats import LOADERS
from assistant.documents.shown import shown
from assistant.settings import Settings
from assistant.types import Document, Filters

GUIDES = Path(__file__).parents[3] / "scripts" / "training" / "guides"
SAMPLE = Path(__file__).with_name("leave.md").read_text()

MAKERS: dict[str, Callable[[str], bytes]] = {
    ".html": made.html,
    ".docx": made.word,
    ".pdf": made.pdf,
    ".epub": made.epub,
    ".odt": made.odt,
}
FILES: dict[str, Callable[[str], bytes]] = {".md": str.encode, **MAKERS}


def lines(text: str) -> list[tuple[str, str, tuple[str, ...], str | None]]:
    """The lines of a canonical text: kind, words, section path, and the words of what they stand under."""
    found = markdown.structure(text).lines
    said = [shown(text[n.start : n.end], n.kind) for n in found]
    return [
        (n.kind, words, n.section_path, None if n.parent is None else said[n.parent])
        for n, words in zip(found, said, strict=True)
    ]


def passages(text: str, title: str) -> list[tuple[tuple[str, ...], list[str]]]:
    """The passages of a canonical text: section path, and the words of their lines."""
    read = markdown.structure(text)
    document = Document("a", "1", title, "a", "", text, sections=read.sections, lines=read.lines)
    return [
        (
            passage.section_path,
            [shown(text[n.start : n.end], n.kind) for n in read.lines if passage.start <= n.start < passage.end],
        )
        for passage in passages_of(document, budgets=[Budget(60, lambda part: len(part.split()))])
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
def test_a_page_is_cut_into_the_same_passages_in_each_format(suffix: str) -> None:
    data = made.pdf(SAMPLE, head=False) if suffix == ".pdf" else MAKERS[suffix](SAMPLE)
    content = LOADERS[suffix][1](data, f"a{suffix}")
    assert passages(content.text, content.title or "") == passages(SAMPLE, "Leave at Acme")


ANSWERS = {
    "How many days of annual leave does everyone have?": "Everyone has 27 days a year.",
    "How many days may a principal engineer carry over?": "Grade: Principal engineer · Days: 30 · Carry over: 10",
    "Can I take half a day?": "Yes, from 8:00 or from 13:00.",
    "What is the second step of applying?": "2. Choose the dates",
    "Is sick leave possible without a note?": "Sick leave\nwith a note after three days\nwithout one before that",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over the page in all formats, that answers whatever it can."""
    corpus, index = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("index")
    for suffix, make in FILES.items():
        (corpus / f"a{suffix}").write_bytes(make(SAMPLE))
    assert main(["index", "--corpus", str(corpus), "--index", str(index)]) == 0
    return open_answerer(Settings.model_validate({"index": index, "max_false_answer_rate": 1.0}))


@pytest.mark.model
@pytest.mark.parametrize("suffix", FILES)
def test_a_question_has_the_same_answer_in_each_format(asked: Assistant, suffix: str) -> None:
    for question, said in ANSWERS.items():
        answer = asked.ask(question, filters=Filters(document_ids=(f"a{suffix}",)))
        assert (question, "\n".join(block.text for block in answer.blocks)) == (question, said)
        assert {citation.page for citation in answer.citations} == {1 if suffix == ".pdf" else None}


@pytest.mark.parametrize("suffix", MAKERS)
@pytest.mark.parametrize("name", ["bike-workshop", "city-archive"])
def test_a_guide_of_several_pages_is_the_same_in_each_format(name: str, suffix: str) -> None:
    text = (GUIDES / f"{name}.md").read_text()
    want, found = lines(text), lines(read(suffix, text).text)
    same = len(set(want) & set(found)) / len(set(want) | set(found))
    assert same >= (0.97 if suffix == ".pdf" else 1.0), [*set(want) - set(found)][:5]
