from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.feedback.gaps import Gaps, as_json, find_gaps, group, stub
from assistant.feedback.records import Asked, Place
from assistant.spreadsheets import delimited
from assistant.spreadsheets.tables import question_column
from assistant.terminal.show import show_gaps
from assistant.testing import HashEncoder, document
from assistant.types import Vectors

NOW = 1_790_000_000
GUIDE = document("# Pay\n## Head\nThe median pay is $5.\n", id="guide.txt")
SPAN = (GUIDE.text.index("The"), len(GUIDE.text) - 1)
HERE = Place("guide.txt", GUIDE.version, *SPAN)


def refused(question: str, count: int = 1, *, last: int = NOW, place: Place | None = None, down: int = 0) -> Asked:
    comments = ("not helpful",) * down
    return Asked(question, "refused", "unsupported", place, count, last, last, down=down, comments=comments)


def encode(question: str) -> Vectors:
    vector: Vectors = HashEncoder().encode_queries([question])[0]
    return vector


def gaps_of(*asked: Asked) -> Gaps:
    return find_gaps(asked, documents={GUIDE.id: GUIDE}, encode=encode)


def test_questions_of_one_meaning_are_one_gap_with_its_counts_and_times() -> None:
    first, second = gaps_of(
        refused("is there a company car", 2, last=NOW + 50, place=HERE, down=1),
        refused("Is there a  company car?", 3, last=NOW + 9),
        refused("is there a car", 1, last=NOW),
        refused("who won the cup", 4),
    ).groups
    assert (first.question, first.others) == ("is there a company car", ("is there a car",))
    assert (first.count, first.refused, first.first, first.last) == (6, 6, NOW, NOW + 50)
    assert (first.up, first.down, first.comments, first.reasons) == (0, 1, ("not helpful",), ("unsupported",))
    assert first.closest is not None
    assert (first.closest.cited_text, first.closest.section_path) == ("The median pay is $5.", ("Pay", "Head"))
    assert (second.question, second.count, second.closest) == ("who won the cup", 4, None)


def test_a_place_that_does_not_stand_any_more_is_not_shown() -> None:
    for place in (
        Place("gone.txt", GUIDE.version, 0, 3),
        Place("guide.txt", "another version", 0, 3),
        Place("guide.txt", GUIDE.version, 0, 999),
    ):
        [gap] = gaps_of(refused("why", place=place)).groups
        assert gap.closest is None
    [gap] = gaps_of(refused("why", last=NOW + 1, place=place), refused("Why?", place=HERE)).groups
    assert gap.closest is not None and gap.closest.cited_text == "The median pay is $5."


def test_the_order_of_the_rows_changes_nothing() -> None:
    words = ["car", "pay", "dog", "house"]
    rows = [refused(f"is there a {a} or a {b}", n) for n, a in enumerate(words, 1) for b in words]
    shuffled = list(rows)
    random.Random(5).shuffle(shuffled)
    assert gaps_of(*rows) == gaps_of(*shuffled)


def test_average_linkage_joins_what_was_worked_out_by_hand() -> None:
    angles = np.radians([0, 30, 70, 180])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    # cos 30 = 0.866 joins the first two; the third is then at (cos 40 + cos 70) / 2 = 0.554 from them
    assert group(vectors, [1, 1, 1, 1], alike=0.55) == [[0, 1, 2], [3]]
    assert group(vectors, [1, 1, 1, 1], alike=0.56) == [[0, 1], [2], [3]]
    # counted thrice, the second draws the third nearer: (cos 70 + 3 cos 40) / 4 = 0.660
    assert group(vectors, [1, 3, 1, 1], alike=0.65) == [[0, 1, 2], [3]]
    assert group(vectors[:1], [1], alike=0.5) == [[0]]


@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_every_row_is_in_one_group_and_groups_are_apart(n: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = group(vectors, [1] * n, alike=0.5)
    assert sorted(row for rows in groups for row in rows) == list(range(n))
    for position, rows in enumerate(groups):
        for others in groups[:position]:
            assert (vectors[rows] @ vectors[others].T).mean() < 0.5 + 1e-5


def test_the_questions_asked_most_are_grouped_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.feedback.gaps._MOST", 2)
    found = gaps_of(refused("apples", 1), refused("pears", 5), refused("plums", 3))
    assert ([gap.question for gap in found.groups], found.left_out) == (["pears", "plums"], 1)
    assert show_gaps(found).endswith("and 1 questions that were asked more seldom")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_file_is_a_formula(start: str) -> None:
    question = f"{start}HYPERLINK(1)"
    [head, row] = csv.reader(io.StringIO(stub(gaps_of(refused(question))).decode("utf-8-sig"), newline=""))
    assert head == ["question", "answer", "count", "closest_source"]
    assert row == [f"'{question}", "", "1", ""]


def test_the_file_can_be_asked_as_a_batch() -> None:
    table = delimited.read(stub(gaps_of(refused("Is there,\na “car”?", 7, place=HERE))))
    assert question_column(table) == 0
    [row] = [[str(cell) for cell in row] for row in table.rows]
    assert row[:3] == ["Is there,\na “car”?", "", "7"]
    assert row[3].startswith('Guide › Pay › Head: "The median pay is $5." (/documents/guide.txt?')


def test_gaps_are_told_as_json_and_in_words() -> None:
    found = gaps_of(refused("why\x1b[2J", 2, place=HERE, down=1))
    [told] = json.loads(as_json(found))["gaps"]
    assert (told["count"], told["first_seen"], told["closest"]["section_path"]) == (
        2,
        "2026-09-21T14:13:20Z",
        ["Pay", "Head"],
    )
    shown = show_gaps(found)
    assert shown.splitlines()[:2] == ["2x why [2J", "    refused 2, voted up 0, down 1; 2026-09-21"]
    assert "comment: not helpful" in shown and 'closest: Guide › Pay › Head: "The median' in shown
    assert show_gaps(Gaps(())) == "Nothing was refused or voted down."


def test_grouping_loads_no_model_library() -> None:
    code = (
        "import sys, assistant.feedback.gaps; "
        "print({'torch', 'sklearn', 'scipy', 'onnxruntime', 'faiss'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_encoder_tells_meanings_apart() -> None:
    from assistant.models.encoder import OnnxEncoder
    from assistant.models.encoder_names import SHIPPED

    encoder = OnnxEncoder(SHIPPED, threads=1)
    meanings = [
        ["Is there a company car?", "Do I get a car from the company?"],
        ["Is a visa sponsored?", "Do you sponsor work visas?"],
        ["At which temperature is wine fermented?", "What temperature should fermentation have?"],
        ["How do I cancel my subscription?", "I want to end my subscription"],
        ["Can I bring my dog to the office?"],
    ]
    asked = [refused(question) for meaning in meanings for question in meaning]
    found = find_gaps(asked, documents={}, encode=lambda question: encoder.encode_queries([question])[0])
    assert sorted(sorted([gap.question, *gap.others]) for gap in found.groups) == sorted(map(sorted, meanings))
