"""Training examples: what is changed is checked, and nothing that is measured on is learnt from."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

pytest.importorskip("torch")  # only training needs it in this process

from _changes import Changer, _holds, _put
from _examples import Example, cropped, split
from _occupations import encyclopedia
from _scores import area

TEXT = "Anna Miller founded the mill in 1890. It stood in Bergen and fed 300 people. The mill closed after the war."
BASE = Example("made", "Mill", "", "The mill", (), TEXT, True)


def asked(question: str, answer: str, text: str = TEXT) -> Example:
    start = text.index(answer)
    return replace(BASE, question=question, text=text, span=(start, start + len(answer)))


EXAMPLES = [
    asked("Who founded the mill in 1890?", "Anna Miller"),
    asked("When did Anna Miller found the mill?", "1890"),
    asked("How many people did the mill in Bergen feed?", "300"),
    replace(
        asked("Who sailed from Harwich with Olaf Berg?", "Nobody", "Nobody sailed from Harwich with Olaf Berg."),
        document="Sea",
    ),
    replace(asked("What did Maria Stone see in Ghent?", "rain", "Maria Stone saw rain in Ghent."), document="Rain"),
]


@pytest.fixture
def changer() -> Changer:
    return Changer(EXAMPLES, random.Random(3))


def test_a_split_holds_each_name_once_whatever_their_order() -> None:
    names = [f"page {n}" for n in range(40)]
    parts = split(names, (10, 4), seed=11)
    assert [len(part) for part in parts] == [10, 4, 26]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert split(names[::-1], (10, 4), seed=11) == parts


def test_a_swapped_question_asks_what_the_passage_does_not_say(changer: Changer) -> None:
    made = [change for example in EXAMPLES[:3] for _ in range(20) for change in changer.swapped(example)]
    negatives = [change for change in made if not change.answerable]
    assert len(negatives) > 10
    for change in negatives:
        original = next(
            e for e in EXAMPLES if e.text == change.text and e.span and change.question[:8] == e.question[:8]
        )
        fresh = set(change.question.rstrip("?").split()) - set(original.question.rstrip("?").split())
        assert fresh and not fresh & set(re.findall(r"\w+", change.text))
        assert change.span is None


def test_the_same_swap_in_both_keeps_the_answer(changer: Changer) -> None:
    twins = [c for example in EXAMPLES[:3] for _ in range(20) for c in changer.swapped(example) if c.answerable]
    assert twins
    for twin in twins:
        assert twin.span is not None
        assert twin.text[slice(*twin.span)] in {"Anna Miller", "1890", "300"}
        assert twin.text != TEXT


def test_an_added_condition_stands_nowhere_in_the_passage(changer: Changer) -> None:
    made = [change for _ in range(60) if (change := changer.conditioned(EXAMPLES[0])) is not None]
    assert made
    for change in made:
        added = change.question.replace("Who founded the mill in 1890", "").strip(" ?")
        assert added and added.split(" ", 1)[-1] not in TEXT
        assert not change.answerable


def test_a_query_that_only_names_something_finds_the_sentence_that_has_it(changer: Changer) -> None:
    made = [c for _ in range(80) for example in EXAMPLES if (c := changer.named(example)) is not None]
    assert {change.answerable for change in made} == {True, False}
    for change in made:
        words = set(re.findall(r"\w{4,}", change.question.casefold())) - {
            "what",
            "about",
            "tell",
            "anything",
            "information",
        }
        there = words <= set(re.findall(r"\w{4,}", change.text.casefold()))
        assert there == change.answerable
        if change.span is not None:
            sentence = change.text[slice(*change.span)]
            assert sentence.rstrip(".") in [part.rstrip(".") for part in change.text.split(". ")]


def test_only_whole_words_and_numbers_are_replaced() -> None:
    assert _put("In 1950, 50 of 1,950 and 50.5 left; 50.", "50", "81") == "In 1950, 81 of 1,950 and 50.5 left; 81."
    assert _holds("Marine Corps", "Mar") is False


def test_where_the_place_of_the_answer_is_not_known_all_is_kept() -> None:
    assert cropped(replace(BASE, question="Was it big?"), random.Random(1), words=5).text == TEXT


def test_a_crop_keeps_whole_sentences_around_the_answer() -> None:
    for seed in range(10):
        short = cropped(EXAMPLES[2], random.Random(seed), words=9)
        assert short.span is not None and short.text[slice(*short.span)] == "300"
        assert short.text.strip() in TEXT and len(short.text.split()) <= 9


def test_a_short_passage_is_left_whole() -> None:
    assert cropped(EXAMPLES[2], random.Random(1), words=60) == EXAMPLES[2]


def test_long_answers_get_passages_of_other_subjects_and_kinds() -> None:
    answer = "word " * 60
    pairs = [
        {
            "focus": focus,
            "qtype": kind,
            "question": f"What are the {kind} of {focus}?",
            "answer": f"{focus} {kind} {answer}",
        }
        for focus in ("Measles", "Mumps")
        for kind in ("causes", "symptoms")
    ]
    made = encyclopedia(pairs, random.Random(1), limit=4)
    for example in made:
        subject_and_kind = " ".join(example.text.split()[:2])
        assert example.answerable == (subject_and_kind == f"{example.document} {example.question.split()[3]}")
    assert {example.answerable for example in made} == {True, False}


def test_scores_are_those_computed_by_hand() -> None:
    assert area([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert area([0.1, 0.4], [True, True]) == area([], []) == 0.5
