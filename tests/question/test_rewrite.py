"""What leans on the conversation is rewritten to stand alone, and what stands alone is left to the letter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from counting import calls
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.rewrite import RECALLED, follow
from assistant.types import Turn

DATA = Path(__file__).parent.parent / "data"
MEDIAN = "What is the median salary of a nurse?"


def asked(question: str, *history: str, one_subject: bool = True) -> str:
    return follow(question, [Turn("user", text) for text in history], one_subject=one_subject)


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("What is the salary range of a nurse?", "And the median?", MEDIAN),
        ("What is the entry-level salary?", "And the median?", "What is the median salary?"),
        (MEDIAN, "And the range?", "What is the salary range of a nurse?"),
        (MEDIAN, "What about the top 10%?", "What is the top 10% salary of a nurse?"),
        ("How much does a nurse earn?", "and the median?", "How much does the median nurse earn?"),
        (MEDIAN, "And of a midwife?", "What is the median salary of a midwife?"),
        (MEDIAN, "how about dentists?", "What is the median salary of dentists?"),
        (MEDIAN, "What about the bonus?", "What is the bonus of a nurse?"),
        (MEDIAN, "And the number of jobs?", "What is the number of jobs for a nurse?"),
        ("What does a Head of Sales earn?", "And Marketing?", "What does a Head of Marketing earn?"),
        ("How big was the market in 2023?", "And in 2024?", "How big was the market in 2024?"),
        ("How big was the market in 2023?", "2024?", "How big was the market in 2024?"),
        ("How fast will it grow from 2023 to 2027?", "And in 2030?", "How fast will it grow in 2030?"),
        ("How much does a nurse earn?", "And in Germany?", "How much does a nurse earn in Germany?"),
        ("How much does a nurse earn in Germany?", "In France?", "How much does a nurse earn in France?"),
        ("What are the strategic challenges?", "And technical ones?", "What are the technical challenges?"),
        ("What challenges does the role face?", "And technical ones?", "What are the technical challenges?"),
        ("What challenges does a nurse face?", "And legal ones?", "What are the legal challenges of a nurse?"),
        ("Which courses should I avoid?", "And short ones?", "Which short courses should I avoid?"),
        ("Is a PhD required?", "And a master's degree?", "Is a master's degree required?"),
        ("Which languages should I know?", "And Python?", "Should I know Python?"),
        ("What are best practices for testing?", "And for hiring?", "What are best practices for hiring?"),
    ],
)
def test_half_a_sentence_takes_its_place_in_the_last_question(before: str, question: str, standalone: str) -> None:
    assert asked(question, before) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (
            "How large will the world market be in 2034?",
            "How big was it in 2024?",
            "How big was the world market in 2024?",
        ),
        ("How high are wine sales?", "How high were they in 2023?", "How high were wine sales in 2023?"),
        ("What does a nurse do?", "How much do they earn?", "How much does a nurse earn?"),
        ("What does a nurse do?", "What are their duties?", "What are the duties of a nurse?"),
        ("Who was Ada Lovelace?", "When did she die?", "When did Ada Lovelace die?"),
        ("What is Kubernetes?", "Is it required?", "Is Kubernetes required?"),
        ("Tell me about the history of the museum.", "Who built it?", "Who built the museum?"),
        ("What are the soft skills?", "Why are those important?", "Why are the soft skills important?"),
        ("What are the soft skills?", "Which ones matter most?", "Which soft skills matter most?"),
        ("What are the legal risks?", "How are those risks reduced?", "How are the legal risks reduced?"),
        ("Which licence is required?", "How do I get one?", "How do I get a licence?"),
        (MEDIAN, "Is it higher in Utah?", "Is the median salary of a nurse higher in Utah?"),
        ("Is a PhD required?", "Thanks! And is it paid for?", "And is a PhD paid for?"),
    ],
)
def test_a_pronoun_becomes_what_it_stands_for(before: str, question: str, standalone: str) -> None:
    assert asked(question, before) == standalone


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("Is a PhD required?", "Why?", "Why is a PhD required?"),
        ("Which degree is required?", "Why?", "Why is the degree required?"),
        ("When should the press stop?", "Why is that?", "Why should the press stop?"),
        ("What are the duties?", "Tell me more", "Tell me more about the duties."),
        ("Which skills are required?", "What else?", "Which other skills are required?"),
    ],
)
def test_a_bare_question_takes_the_rest_from_the_last_one(before: str, question: str, standalone: str) -> None:
    assert asked(question, before) == standalone


ANSWER = "The duties are:\nPlanning: Draw up the rota.\nTraining: Teach the new.\nStock – order it in time."


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("Tell me more about the second one", "Tell me more about Training"),
        ("Tell me more about the first", "Tell me more about Planning"),
        ("What is the third one?", "What is Stock?"),
        ("Explain the last point, please.", "Explain Stock, please."),
        ("Tell me about number two", "Tell me about Training"),
        ("Tell me more about the second duty", "Tell me more about Training"),
        ("Tell me more about the ninth one", "Tell me more about the ninth duty"),
        ("What is the first step?", "What is the first step?"),
        ("How much is paid in the second year?", "How much is paid in the second year?"),
    ],
)
def test_an_item_of_the_last_answer_is_named(question: str, standalone: str) -> None:
    history = [Turn("user", "What are the duties?"), Turn("assistant", ANSWER)]
    assert follow(question, history) == standalone


def test_where_the_history_has_no_answers_the_items_are_recalled() -> None:
    recalled: list[str] = []

    def said(question: str) -> Sequence[str]:
        recalled.append(question)
        return ["Planning", "Training"]

    history = [Turn("user", "What are the duties?"), Turn("user", "And the legal ones?")]
    assert follow("Tell me more about the second one", history, said=said) == "Tell me more about Training"
    assert recalled == ["What are the legal duties?"]
    history += [Turn("user", f"Tell me more about the {n} one") for n in ("first", "second") * 5]
    follow("the second one?", history, said=said)
    assert len(recalled) <= 1 + RECALLED


def test_what_was_spoken_of_stays_the_subject() -> None:
    history = ["What is the first sign of gout?", "Where does it begin?", "Does it run in families?"]
    assert asked("Can it be cured?", "What is gout?", *history[1:]) == "Can gout be cured?"
    assert asked("And the bottom 10%?", MEDIAN, "And of a midwife?") == "What is the bottom 10% salary of a midwife?"


ALONE = [
    "What is the median salary of a Head of AI?",
    "What are the strategic challenges?",
    "What are the requirements for the role?",
    "What does emotional intelligence mean for this job?",
    "Do I need a driving licence for this role?",
    "How long does it take to become a nurse?",
    "Is it true that a PhD is required?",
    "Is it worth having a certificate?",
    "How is it that salaries differ?",
    "What does it take to succeed?",
    "What IT skills are needed?",
    "Does IT report to the Head of AI?",
    "What is Kubernetes and what is it used for?",
    "If a candidate has a PhD, does it help?",
    "How do companies train their staff?",
    "Who founded the firm and when did he leave it?",
    "What are the skills that matter most?",
    "Which skills do those with a PhD need?",
    "How does one keep learning?",
    "How do one-on-one meetings work?",
    "What happens in year one?",
    "Which is the best one-year course?",
    "What is the first step?",
    "What did the guide say about this year?",
    "Is there a shortage of skilled people?",
    "Who is there to help?",
    "When should maintenance move to MLOps?",
    "After 1945, what changed?",
    "In which jobs does one start?",
    "And what is the median salary of a Head of AI?",
    "Tell me about the other requirements.",
    "Anything about Kubernetes?",
    "Kubernetes",
    "salary of head of ai",
    "stock options",
    "wat are the core responsabilities",
    "List the organizational challenges.",
    "Translate 'good morning' into Spanish.",
    "lorem ipsum dolor",
    "  What is   the notice period ?",
    "Quel est le salaire médian ?",
    "その給与はいくらですか",
    "🙂",
    "",
]
HISTORIES = [
    [],
    ["Who won the cup?"],
    ["What is the median salary of a Head of AI?"],
    ["Which strategic challenges does the role face?", "And technical ones?"],
    ["What is Kubernetes?", "Is it required?", "hello"],
    ["stock options", "Tell me about the Neverending Story film."],
    ["How large will the market be in 2034?", "🙂", "   "],
]


@pytest.mark.parametrize("question", ALONE)
@pytest.mark.parametrize("history", HISTORIES)
def test_what_stands_alone_is_left_to_the_letter(question: str, history: list[str]) -> None:
    assert asked(question, *history) == question
    both = [turn for text in history for turn in (Turn("user", text), Turn("assistant", ANSWER))]
    assert follow(question, both) == question


def test_without_a_question_before_nothing_is_rewritten() -> None:
    assert asked("And the median?") == "And the median?"
    assert follow("Is it required?", [Turn("assistant", "A PhD is required.")]) == "Is it required?"


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("What training does this job need?", "What training does a data engineer need?"),
        ("What are the challenges of the role?", "What are the challenges of a data engineer?"),
        ("Anything about Kubernetes?", "Is there anything about Kubernetes for a data engineer?"),
        ("What challenges does a nurse face in this role?", "What challenges does a nurse face in this role?"),
    ],
)
def test_this_role_is_named_where_documents_are_about_several(question: str, standalone: str) -> None:
    before = "How much does a data engineer earn?"
    assert asked(question, before, one_subject=False) == standalone
    assert asked(question, before) == question


VOCABULARY = """what which is are does it they its that those one ones the a of and about how many in 2024 second first
    more tell me Head AI nurse salary median range challenges role face technical earn ? , . ' 's"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=30).map(" ".join)


@given(st.one_of(WORDS, st.text(max_size=80)), st.lists(st.one_of(WORDS, st.text(max_size=80)), max_size=4))
def test_any_question_after_any_other_gives_a_question(question: str, history: list[str]) -> None:
    made = asked(question, *history)
    assert made == question or made.strip()
    assert asked(question, *history) == made


@pytest.mark.parametrize("word", ["it ", "how many does it ", "its ", "the first of ", "and ", "it is called ", "a"])
def test_a_question_and_a_history_twice_as_long_are_twice_the_work_at_most(word: str) -> None:
    def work(length: int) -> int:
        long = (word * 2000)[:length]
        return calls(lambda: asked(long, *[long] * 19))

    assert work(2000) < 2.2 * work(1000) < 5 * work(500)


@pytest.mark.parametrize("path", sorted(DATA.rglob("questions.jsonl")), ids=lambda path: path.parent.name)
def test_the_questions_that_stand_alone_are_left_after_each_other(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    alone = [row["question"] for row in rows if not row.get("history")]
    spoilt = [(before, question) for before in alone for question in alone if asked(question, before) != question]
    assert len(alone) > 30
    assert spoilt == []
