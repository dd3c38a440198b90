from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.building import build_index
from assistant.compose import open_answerer
from assistant.documents.citations import cite
from assistant.documents.corpus import load_corpus
from assistant.feedback.suggestions import Suggester, near, suggest
from assistant.server import create_app
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Block, Document, Filters, Turn

GUIDE = """# Salary guide
# 1. Salary Ranges (US, 2024)
The salary of a head of AI varies with the place.
## Head of AI
- Median salary: $234,750
- Notes: as of 2024
## Head of Sales
- Median salary: $99,000
# 2. Key Requirements
- Proficiency in programming
- A degree from Vienna
- Patience
# How long is the Vienna course?
It takes two years in Vienna.
# Status
Open to all who come.
"""


class Willing(StaticAnswerer):
    """Answers any question with the line that shares the most words with it."""

    refused: frozenset[str] = frozenset()

    def __init__(self, *documents: Document, index_id: str = "willing") -> None:
        super().__init__(*documents, index_id=index_id)
        self.asked: list[str] = []

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        self.asked.append(question)
        refusal = super().ask("zebra")
        if question in self.refused:
            return refusal
        lines = [(d, line) for d in self.documents.values() for line in d.lines]
        known = set(question.casefold().strip("?").split())

        def shared(each: Document, text: str) -> int:
            return len(known & set(f"{text} {each.title}".casefold().split()))

        best, line = max(lines, key=lambda pair: shared(pair[0], pair[0].text[pair[1].start : pair[1].end]))
        citation = cite(best, line.start, line.end)
        blocks = (Block(citation.cited_text, (0,)),)
        return replace(refusal, status="answered", blocks=blocks, citations=(citation,), closest=())


def load(folder: Path, kind: str = "txt", **files: str) -> list[Document]:
    for name, text in files.items():
        (folder / f"{name}.{kind}").write_text(text, "utf-8")
    return list(load_corpus(folder).documents)


@pytest.fixture
def guide(tmp_path: Path) -> Document:
    [document] = load(tmp_path, "md", guide=GUIDE)
    return document


def test_only_what_is_answered_from_that_very_place_is_suggested(guide: Document) -> None:
    answerer = Willing(guide)
    answerer.refused = frozenset({"How long is the Vienna course?"})
    suggested = suggest(answerer)
    assert "What are the key requirements?" in suggested
    assert "How long is the Vienna course?" in answerer.asked and "How long is the Vienna course?" not in suggested
    assert "What is the median salary for Head of Sales?" in answerer.asked  # answered with the other figure's line
    assert "What is the median salary for Head of Sales?" not in suggested


def test_of_several_documents_each_has_its_turn_and_is_named_where_others_would_answer(tmp_path: Path) -> None:
    names = ["Baker", "Miller", "Cook", "Smith", "Tailor", "Potter", "Cooper", "Weaver", "Mason", "Joiner"]
    files = {name: f"# {name}\nA trade.\n## Key Tools\n- A saw of a {name}\n- A plane\n" for name in names}
    answerer = Willing(*load(tmp_path, "md", **files))
    suggested = suggest(answerer, k=8)
    titles = [document.title for document in answerer.documents.values()]
    assert suggested == tuple(f"What are the key tools for {title}?" for title in titles[:8])


def test_a_title_made_of_a_file_name_is_not_said(tmp_path: Path) -> None:
    files = {f"scan_{n}_final": f"Trade {n}.\nKey Tools\n- A saw\n- A plane\n" for n in range(3)}
    answerer = Willing(*load(tmp_path, **files))
    suggest(answerer)
    assert not any("final" in question.casefold() for question in answerer.asked)


def test_what_is_about_a_whole_document_comes_last(tmp_path: Path) -> None:
    leave = "What I know about leave of the sick is what the office should say.\n"
    pay = "# Pay rules\nThey hold.\n## Night shifts\nAll I know about night shifts is what should be paid.\n"
    load(tmp_path, **{"sick-leave": leave})
    suggested = suggest(Willing(*load(tmp_path, "md", zoo_pay=pay)))
    topics = [question.removeprefix("What should I know about ") for question in suggested]
    assert topics == ["night shifts?", "sick leave?", "pay rules?"]  # the latter two are their documents' titles


def test_near_a_question_others_are_suggested_from_the_passages_that_it_finds(guide: Document) -> None:
    answerer = Willing(guide)
    assert near(answerer, "two years?") == ("How long is the Vienna course?",)
    assert "How long is the Vienna course?" not in near(answerer, "how long is the Vienna course")
    assert near(answerer, "zebra") == ()


def test_no_more_are_suggested_than_asked_for_and_none_where_nothing_is_answered(guide: Document) -> None:
    assert len(suggest(Willing(guide), k=1)) == 1
    assert suggest(StaticAnswerer(document("Nothing to ask about."))) == ()
    assert suggest(StaticAnswerer()) == ()


def test_an_index_is_tried_out_once(guide: Document) -> None:
    suggester = Suggester()
    first, second = Willing(guide), Willing(guide, index_id="another")
    assert suggester(first) == suggester(first) == suggest(first)
    asked = len(first.asked)
    assert suggester(first) and len(first.asked) == asked
    suggester(second)
    assert second.asked


@pytest.mark.model
def test_what_is_suggested_of_the_shipped_guide_is_answered_at_the_promise(tmp_path: Path) -> None:
    settings = load_settings({"corpus": Path(__file__).parent.parent.parent / "corpus", "index": tmp_path / "index"})
    build_index(settings)
    answerer = open_answerer(settings)
    suggested = suggest(answerer)
    assert len(suggested) == 8
    assert "What is the median salary for Head of AI?" in suggested
    assert {answerer.ask(question).status for question in suggested} == {"answered"}


def test_the_server_suggests_questions(guide: Document) -> None:
    answerer = Willing(guide)
    client = TestClient(create_app(lambda: answerer))
    assert client.get("/v1/suggestions").json() == {"questions": list(suggest(answerer)), "index_id": "willing"}
