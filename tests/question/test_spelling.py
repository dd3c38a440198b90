"""Typing errors are mended; what is somebody's word, a name or a code is left alone."""

from __future__ import annotations

import pytest

from assistant.question.spelling import Speller, english

WRITTEN = {
    "salary": 5, "challenges": 3, "pay": 9, "master": 8, "Freed": 1, "Zeltavin": 4, "the": 99, "report": 2,
    "Median": 1, "master's": 1, "webhook": 3, "AB-1234": 1, "e11000": 2,
}  # fmt: skip
LANGUAGE = {
    "the": 10**10, "salary": 10**7, "celery": 10**6, "challenges": 10**8, "master": 10**8, "hamster": 10**6,
    "report": 10**9, "what": 10**9, "because": 10**9, "form": 10**8, "median": 10**7, "refund": 10**7, "hire": 10**7,
    "form's": 1, "freed": 10**6, "cook": 10**7, "boat": 10**7, "coat": 10**7, "sheet": 10**8, "time": 10**9,
}  # fmt: skip
SPELLER = Speller(WRITTEN, language=lambda: LANGUAGE)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("what salery?", "what salary?"),
        ("the chalenegs", "the challenges"),
        ("Salery", "Salary"),
        ("WHAT IS THE SALERY", "WHAT IS THE SALARY"),
        ("the salery's form", "the salary's form"),
        ("the webhok", "the webhook"),
        ("becuase", "because"),
        ("the repotr-form", "the report-form"),
    ],
)
def test_mends_what_is_nobodys_word(asked: str, read: str) -> None:
    assert SPELLER.correct(asked) == read


@pytest.mark.parametrize(
    "question",
    [
        "Is a hamster allowed?",  # a word of the language
        "refunded, refunding and refunds; rehire a cooker",  # its inflections
        "the timesheets",  # two words in one
        "dont",
        "the Salery of Olmsted",  # with a capital inside a sentence
        "FreeBSD, Zeltamin and ZELTAMIN",
        "the zeltamin",  # the documents know the near one as a name only
        "salery2 salery.sh my_salery /salery AB-1235 e11001 x@salery.org",
        "зарплатв 工资多少呢 salárý",
        "pai",
        "the doat",  # a boat or a coat
        "hirre a rhubarb",  # the nearest word is none of theirs, and rare
        "kubernetes 2015 $5",
        "",
    ],
)
def test_leaves_alone_what_may_be_meant(question: str) -> None:
    assert SPELLER.correct(question) == question


def test_knows_words_and_what_is_made_of_them() -> None:
    known = {
        word for word in ("masters", "refunded", "rehire", "timesheet", "zeltamin", "salery") if SPELLER.is_known(word)
    }
    assert known == {"masters", "refunded", "rehire", "timesheet"}


def test_needs_the_language_for_unknown_words_alone() -> None:
    def fail() -> dict[str, int]:
        raise AssertionError

    assert Speller(WRITTEN, language=fail).correct("the salary challenges 2015") == "the salary challenges 2015"


def test_the_language_has_common_words_and_no_errors() -> None:
    words = english()
    assert {"hamster", "because", "neighbour"} <= words.keys()
    assert not {"becuase", "recieve", "salery"} & words.keys()
