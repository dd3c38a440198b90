"""The words that a question shares with lines count by how rare they are, and by where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.testing import document

RARITY = {"median": 3.0, "salary": 1.0, "baker": 4.0, "team": 2.0}


def split(text: str) -> list[str]:
    return text.casefold().replace(".", " ").split()


def rarity(word: str) -> float:
    return RARITY.get(word, 0.0)


OVERLAP = TermOverlap(split, rarity)
# Lines: 0 Salary, 1 the median, 2 Duties, 3 lead the team, 4 below it.
GUIDE = document("# Salary\nThe median is high.\n# Duties\nLead the team\nof bakers.\n", id="g", title="Baker")
LINES = [replace(line, parent=3) if n == 4 else line for n, line in enumerate(GUIDE.lines)]
OUTLINE = Outline(replace(GUIDE, lines=tuple(LINES)))


def test_the_words_of_a_question_weigh_by_how_rare_they_are_and_sum_to_one() -> None:
    assert OVERLAP.weigh("What is the median salary of a baker?") == {"baker": 0.5, "median": 0.375, "salary": 0.125}


def test_function_words_weigh_nothing_and_codes_are_sought_as_they_are_written() -> None:
    found = TermOverlap(split, lambda word: 1.0).weigh("What does error AB-1234 mean for the team?")
    assert found == pytest.approx({"ab-1234": 0.2, "ab": 0.2, "1234": 0.2, "error": 0.2, "team": 0.2})


def test_a_question_of_words_that_all_texts_have_weighs_nothing() -> None:
    assert OVERLAP.weigh("oven") == {}
    assert OVERLAP.weigh("") == {}


def test_a_word_counts_most_in_the_line_less_above_it_and_least_in_the_title() -> None:
    asked = {"baker": 0.5, "median": 0.375, "salary": 0.125}
    assert OVERLAP.covered(asked, OUTLINE, 1) == {"baker": 0.5, "median": 1.0, "salary": 0.75}
    assert OVERLAP.coverage(asked, OUTLINE, 1) == 0.5 * 0.5 + 0.375 + 0.125 * 0.75
    assert OVERLAP.covered(asked, OUTLINE, 0) == {"baker": 0.5, "salary": 1.0}
    assert OVERLAP.covered(asked, OUTLINE, 2) == {"baker": 0.5}
    assert OVERLAP.coverage({"oven": 1.0}, OUTLINE, 1) == 0.0


def test_the_lead_in_stands_above_a_line() -> None:
    assert OVERLAP.covered({"team": 1.0, "duties": 1.0}, OUTLINE, 4) == {"team": 0.75, "duties": 0.75}


def test_what_is_covered_comes_in_the_order_of_the_question() -> None:
    assert list(OVERLAP.covered({"salary": 0.1, "median": 0.2, "baker": 0.7}, OUTLINE, 1)) == [
        "salary",
        "median",
        "baker",
    ]


def test_a_text_has_the_share_of_the_question_whose_words_it_has() -> None:
    asked = {"baker": 0.5, "median": 0.375, "salary": 0.125}
    assert OVERLAP.share(asked, "A baker on a salary") == 0.625
    assert OVERLAP.share(asked, "") == 0


def wider(found: Sequence[str]) -> Sequence[str]:
    """The words, and "artificial intelligence" for "ai"."""
    return [*found, "artificial", "intelligence"] if "ai" in found else found


def test_what_a_text_says_in_another_way_counts_for_the_text_and_not_for_the_question() -> None:
    overlap = TermOverlap(split, lambda word: 1.0, more=wider)
    assert overlap.weigh("ai team") == {"ai": 0.5, "team": 0.5}
    assert overlap.share({"intelligence": 1.0}, "Head of AI") == 1.0
    assert overlap.holds("Head of AI", "Artificial Intelligence")
    assert not overlap.holds("Head of Artificial Intelligence", "AI")
    assert overlap.lacking("intelligence of bakers", "Head of AI") == ["bakers"]
    assert overlap.shared("ai", "artificial intelligence") == frozenset()


def test_what_a_text_lacks_is_told_in_the_words_of_the_question() -> None:
    assert OVERLAP.lacking("Which Salary has a Baker got", "median salary") == ["baker"]
    assert OVERLAP.lacking("salary", "median salary") == []


def test_a_name_stands_in_a_text_where_all_its_words_do() -> None:
    assert OVERLAP.holds("the head baker of Bergen", "Baker Head")
    assert not OVERLAP.holds("the head of Bergen", "Head Baker")


def test_a_question_tells_titles_apart_by_a_word_that_not_all_of_them_have() -> None:
    titles = ["Head Baker", "Head Miller"]
    assert OVERLAP.tells_apart("what does the miller earn", titles)
    assert not OVERLAP.tells_apart("what does the head earn", titles)
    assert not OVERLAP.tells_apart("what does the miller earn", ["Head Miller"])


def test_likeness_is_the_share_of_all_words_that_both_have() -> None:
    assert OVERLAP.shared("lead the team", "the team leads") == {"the", "team"}
    assert OVERLAP.likeness("lead the team", "the team leads") == 0.5
    assert OVERLAP.likeness("lead", "lead") == 1.0
    assert OVERLAP.likeness("", "") == OVERLAP.likeness("lead", "") == 0.0
