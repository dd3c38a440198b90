"""Acronyms are learnt from the documents, and understood in questions."""

from __future__ import annotations

import pytest

from assistant.index.bm25 import Bm25Lexicon
from assistant.question.acronyms import Acronyms, Known, learn
from assistant.question.stems import words
from assistant.testing import document

TEXT = """# Working from home
All in machine learning (ML) may. So may the HR (human resources) team, and the Department of Works (DOW).
# Bus timetable
The PM (prime minister) and the project manager (PM) may not.
"""


def test_learns_what_the_documents_explain_and_what_headings_begin_with() -> None:
    known = learn([document(TEXT, id="d", title="Guide")])
    assert known.explained == {"ML": "machine learning", "HR": "human resources", "DOW": "department of works"}
    assert (known.headed["WFH"], known.headed["BT"]) == ("working from home", "bus timetable")
    assert "PM" not in known.headed


KNOWN = Known({"ML": "machine learning", "IT": "information technology"}, {"WFH": "working from home"})
ACRONYMS = Acronyms(KNOWN, is_written={"it"}.__contains__)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Who leads ML?", "Who leads ML (machine learning)?"),
        ("who leads ml", "who leads ml (machine learning)"),
        ("Who leads Machine Learning?", "Who leads Machine Learning?"),
        ("ML is machine learning", "ML is machine learning"),
        ("Can I WFH?", "Can I WFH (working from home)?"),
        ("Is working from home fine?", "Is working from home fine?"),
        ("Is it right?", "Is it right?"),
        ("HTML, ML-1 and ml.py", "HTML, ML-1 and ml.py"),
    ],
)
def test_a_question_says_what_its_acronyms_stand_for(asked: str, read: str) -> None:
    assert ACRONYMS.expand(asked) == read
    assert ACRONYMS.expand(read) == read


def test_a_text_has_both() -> None:
    stems = words("the ml team"), words("machine learning team"), words("working from home")
    assert [set(ACRONYMS.both(one)) for one in stems] == [
        {"ml", "team", "machin", "learn"},
        {"ml", "team", "machin", "learn"},
        {"wfh", "work", "home"},
    ]


def test_a_text_that_has_one_is_found_by_the_other() -> None:
    lexicon = Bm25Lexicon(["the ML team", "the sales team", "working from home"], more=ACRONYMS.both)
    assert [row for row, _ in lexicon.search("machine learning", 9)] == [0]
    assert [row for row, _ in lexicon.search("WFH", 9)] == [2]
