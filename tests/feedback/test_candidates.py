"""Questions are made where a person would ask them so, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.documents.citations import cite
from assistant.documents.corpus import load_corpus
from assistant.feedback.candidates import Candidate, candidates, names_a_thing
from assistant.testing import StaticAnswerer
from assistant.types import Document

NOTES = """# House notes

## 1. Entry Fees

| What | Fee |
| --- | --- |
| Key | $5 |
| Box | $9 |

## SICK LEAVE

Tell the office. The sick leave is paid for six weeks in a row.

## Prices

- Late fee: $12
- Guest bed: 20 euros a night
- Colour: blue 7
- Call 9 to 5: 030 1234

## Return your keys

You must return the keys on the last day.

## If the lift stops

Press the bell. Somebody from Otis comes.

## Who has a key?

Ada has one.

## Being ill

Call.

## We make it work

All of us.

## Notes

- One
- Two

Which bus comes here?
Number 7.
"""


@pytest.fixture
def notes(tmp_path: Path) -> Document:
    (tmp_path / "notes.md").write_text(NOTES, "utf-8")
    [document] = load_corpus(tmp_path).documents
    return document


def made(document: Document) -> dict[str, str]:
    """The text in which each question should be answered, by question."""
    return {one.question: document.text[one.start : one.end] for one in candidates(document)}


def test_questions_are_made_of_questions_figures_lists_and_instructions(notes: Document) -> None:
    found = made(notes)
    assert set(found) == {
        "Who has a key?",
        "Which bus comes here?",
        "What is the late fee?",
        "How much is the guest bed?",
        "What are the entry fees?",
        "What are the prices?",
        "How do I return my keys?",
        "What if the lift stops?",
        "What should I know about the sick leave?",
    }
    assert found["Who has a key?"].split("\n\n")[1:] == ["Ada has one.", ""]
    assert found["Which bus comes here?"].splitlines()[1:] == ["Number 7."]
    assert found["What is the late fee?"] == "Late fee: $12"
    assert "Key | $5" in found["What are the entry fees?"]


@pytest.mark.parametrize(
    "phrase",
    [
        "for bereavement purposes",
        "If it burns",
        "Update your accounts",
        "Monday 12 January",
        "2 – 5 May 2025",
        "Women run the mash",
        "Damaged in the post",
        "Making an espresso",
        "Join in",
        "Failing is important",
        "Frequently asked questions",
        "Overview",
        "SDelete v2.06",
        "Essential",
        "Be better than yesterday.",
        "Types of leave",
        "Nano server: the rest",
        "",
    ],
)
def test_what_names_no_thing_is_not_asked_about(phrase: str) -> None:
    assert not names_a_thing(phrase)


@pytest.mark.parametrize("phrase", ["Sick leave", "Key responsibilities", "Exceptions to code reuse", "The courtyard"])
def test_what_names_a_thing_is(phrase: str) -> None:
    assert names_a_thing(phrase)


def test_a_figure_that_several_sections_have_is_asked_for_with_the_section(tmp_path: Path) -> None:
    (tmp_path / "pay.md").write_text("# Pay\n## Baker\n- Median wage: $5\n## Miller\n- Median wage: $9\n", "utf-8")
    [document] = load_corpus(tmp_path).documents
    assert {"What is the median wage for Baker?", "What is the median wage for Miller?"} <= made(document).keys()


def test_of_a_document_without_sections_its_title_is_the_topic(tmp_path: Path) -> None:
    (tmp_path / "sick-leave.txt").write_text("Tell the office on the first day. It is paid for six weeks.\n", "utf-8")
    (tmp_path / "sec4-leave.txt").write_text("Tell the office on the first day. It is paid for two weeks.\n", "utf-8")
    by_name = {document.id: list(made(document)) for document in load_corpus(tmp_path).documents}
    assert by_name == {"sec4-leave.txt": [], "sick-leave.txt": ["What should I know about sick leave?"]}


def test_the_number_of_a_heading_is_no_part_of_the_thing(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Rules\n\n## 4.1 Night shifts\n\nThey are paid double, from ten to six.\n", "utf-8"
    )
    [document] = load_corpus(tmp_path).documents
    assert "What should I know about night shifts?" in made(document)


def test_an_answer_from_elsewhere_does_not_meet_a_question(notes: Document) -> None:

    start = notes.text.index("Ada has")
    answer = StaticAnswerer(notes).ask("Ada has one.")
    inside, outside = cite(notes, start, start + 12), cite(notes, 0, 5)
    candidate = Candidate("Who?", notes.id, start, start + 12)
    given = replace(answer, status="answered", citations=(inside,))
    assert candidate.is_met(given) and candidate.is_met(replace(given, citations=(inside, outside)))
    assert not candidate.is_met(replace(given, citations=(inside, outside, outside)))
    assert not candidate.is_met(replace(given, status="refused"))
    assert not candidate.is_met(replace(given, citations=(inside, replace(inside, document_id="other.md"))))
