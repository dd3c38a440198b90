"""Which type of answer a question expects, and which texts have one."""

from __future__ import annotations

import pytest

from assistant.question.answer_type import AnswerType, expected, has


@pytest.mark.parametrize(
    ("question", "type_"),
    [
        ("How much does the course cost?", "money"),
        ("What is the median salary?", "money"),
        ("What's the starting wage for an apprentice?", "money"),
        ("What does a pilot earn?", "money"),
        ("What percentage of applicants pass?", "percentage"),
        ("How likely is an infection?", "percentage"),
        ("How often is the filter changed?", "frequency"),
        ("When does the office open?", "time"),
        ("In which year was it founded?", "time"),
        ("How many people work there?", "number"),
        ("How long is the training?", "number"),
        ("What is the phone number of the desk?", "phone"),
        ("What number do I ring at night?", "phone"),
        ("What is your email address?", "address"),
        ("Who chairs the council?", "person"),
        ("Who does the role report to?", None),
        ("Who should sign the form?", None),
        ("Why was it closed?", None),
        ("What are the duties of the keeper?", None),
        ("What is the number of the bus and when does it leave?", "number"),
    ],
)
def test_questions_expect_a_type(question: str, type_: AnswerType | None) -> None:
    assert expected(question) == type_


@pytest.mark.parametrize(
    ("type_", "text", "other"),
    [
        ("money", "It costs £1,650 per eye.", "It is read by four reviewers."),
        ("money", "Between 68,000 and 92,000", "after which sick days fell by 22%"),
        ("money", "The course is free.", "The course lasts 3 weeks."),
        ("money", "650 VC a month", "650 pages"),
        ("percentage", "one in ten", "within 10 days"),
        ("frequency", "Twice a year", "a first-aid certificate"),
        ("time", "In the spring", "By the harbour"),
        ("number", "It lasts three hours.", "It is short."),
        ("phone", "Ring 0555 018 442.", "Open from 8 to 18."),
        ("address", "Write to info@guide.example.", "Write to the office."),
    ],
)
def test_texts_have_a_type_or_lack_it(type_: AnswerType, text: str, other: str) -> None:
    assert has(text, type_, "")
    assert not has(other, type_, "")


def test_a_name_is_one_that_the_question_does_not_have() -> None:
    question = "Who chairs the Harbour Council?"
    assert has("The Harbour Council is chaired by Ada Birk.", "person", question)
    assert not has("The Harbour Council, which has 13 members, decides.", "person", question)
    assert not has("Decisions are final. They are published.", "person", question)
