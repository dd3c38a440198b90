"""The signals of an answer, and what a refusal says of them."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer.overlap import TermOverlap
from assistant.answer.read import ReadPassage
from assistant.answer.select import Selection, Unit
from assistant.answer.signals import explain_gap, gather_signals
from assistant.documents.outline import Outline
from assistant.question.parse import take_apart
from assistant.question.stems import words
from assistant.testing import document
from assistant.types import Hit, Passage, Reading

GUIDE = document(
    "# Pay\nThe median salary is $120 in the US.\n# Duties\nLead the team of bakers.\n", id="g", title="Baker"
)
OUTLINE = Outline(GUIDE)
PAY, DUTIES = (Passage("g", GUIDE.version, s.start, s.end, GUIDE.text[s.start : s.end], s.path) for s in GUIDE.sections)
HITS = [Hit(PAY, 1.0, dense=0.7), Hit(DUTIES, 0.5, dense=0.2)]
SALARY, TEAM = (Unit("g", (n,), 0.6) for n in (1, 3))
WORDING = TermOverlap(words, lambda word: 1.0)


def lines(score: float = 0.6) -> list[Reading]:
    return [Reading("g", line.start, line.end, score) for line in GUIDE.lines]


def gathered(question: str, unit: Unit = SALARY, judged: list[ReadPassage] | None = None) -> dict[str, float]:
    return gather_signals(
        take_apart(question)[0],
        lines=lines(),
        judged=judged,
        selection=Selection((unit,), considered=(unit, TEAM if unit is SALARY else SALARY)),
        outlines={"g": OUTLINE},
        wording=WORDING,
    )


def said(question: str, unit: Unit = SALARY) -> str:
    return explain_gap(take_apart(question)[0], HITS, Selection((unit,)), {"g": OUTLINE}, WORDING)


def test_nothing_selected_leaves_no_signal() -> None:
    ask = take_apart("Where?")[0]
    assert gather_signals(ask, lines=[], judged=None, selection=Selection(()), outlines={}, wording=WORDING) == {}


def test_a_name_is_missed_where_the_document_lacks_it() -> None:
    here, elsewhere, nowhere = (gathered(f"What is the salary in {name}?") for name in ("the US", "Duties", "Oslo"))
    assert [e["names_nowhere"] for e in (here, elsewhere, nowhere)] == [0, 0, 1]


def test_what_was_asked_for_is_missed_where_there_is_none_of_its_type() -> None:
    assert gathered("How much is the salary?")["type_missing"] == 0.0
    assert gathered("How much do bakers earn?", TEAM)["type_missing"] == 1.0
    assert gathered("Where are the bakers?", TEAM)["type_missing"] == 0.0


def test_a_list_is_told_from_a_line() -> None:
    assert gathered("What are the duties?", TEAM)["listed"] == 0.0
    assert gathered("What are the duties?", replace(TEAM, head=2))["listed"] == 1.0


def test_the_reader_is_heard_on_the_passage_of_the_answer_alone() -> None:
    at = GUIDE.text.index("$120")
    judged = [
        ReadPassage(PAY, (Reading("g", at, at + 4, 3.0, 2.0),)),
        ReadPassage(DUTIES, (Reading("g", DUTIES.start, DUTIES.end, -4.0, -9.0),)),
    ]
    pay, duties = gathered("How much?", SALARY, judged), gathered("How much?", TEAM, judged)
    assert (pay["answers"], duties["answers"]) == (2.0, -6.0)
    assert pay["span_share"] > 0.9 > duties["span_share"]


def test_without_a_reader_nothing_is_said_of_it() -> None:
    assert "answers" not in gathered("How much?")


def test_where_the_passage_was_not_read_the_reader_says_no() -> None:
    assert gathered("How much?", judged=[])["answers"] == -6.0
    elsewhere = [ReadPassage(DUTIES, (Reading("g", DUTIES.start, DUTIES.end, 1.0, 1.0),))]
    assert gathered("How much?", SALARY, elsewhere)["answers"] == -6.0


def test_a_refusal_names_what_the_closest_passage_lacks() -> None:
    assert said("Is the median salary paid in Oslo?") == "The closest passage, “Pay”, does not mention “Oslo”."
    assert said("Is there a pension?") == "The closest passage, “Pay”, does not mention “pension”."
    assert said("Does the salary have pension, hamster, sabbatical or visa?") == (
        "The closest passage, “Pay”, does not mention “pension”, “hamster” or “sabbatical”."
    )


def test_a_refusal_names_no_everyday_words() -> None:
    assert said("I'm new, does the company say what a job or a day is?") == (
        "The closest passage, “Pay”, is about this, but does not seem to answer it."
    )


def test_a_refusal_names_the_type_of_answer_that_the_closest_passage_lacks() -> None:
    assert said("How often is the salary paid?") == "The closest passage, “Pay”, gives no frequency."
    assert said("How much is the salary in Oslo?") == "The closest passage, “Pay”, gives no amount of money for “Oslo”."


def test_a_refusal_without_a_missing_word_says_so() -> None:
    assert said("What is the median salary?") == (
        "The closest passage, “Pay”, is about this, but does not seem to answer it."
    )


def test_documents_with_headings_are_structured_and_those_of_sentences_are_prose() -> None:
    judged = [ReadPassage(PAY, (Reading("g", PAY.start, PAY.start + 3, 1.0, 2.0),))]
    found = gathered("How much?", SALARY, judged)
    assert OUTLINE.kind == "structured"
    assert (found["structured"], found["answers"]) == (1.0, 2.0)
    prose = Outline(document("One thing is so.\nAnother is not.\n"))
    assert (prose.kind, Outline(document("")).kind) == ("prose", "prose")
