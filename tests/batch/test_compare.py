"""A run is compared with an earlier one, held against what was expected, and summed up."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from batches import GUIDE, Near, asked, asked_table
from junitparser import Error, Failure, JUnitXml

from assistant.batch import bodies, compare, formats, junit, near_duplicates, quality_gate, review
from assistant.batch.compare import Difference
from assistant.batch.journal import Earlier, Finished, Journal
from assistant.batch.near_duplicates import NearDuplicates
from assistant.batch.run import Results, Run
from assistant.batch.summary import sum_up
from assistant.errors import UsageError
from assistant.spreadsheets.tables import Table
from assistant.testing import document


@contextmanager
def earlier_run(folder: Path, questions: list[str], asker: Near) -> Iterator[Earlier]:
    """The answers of an earlier run, as it wrote them."""
    out = io.BytesIO()
    with closing(Journal(folder / "before")) as journal:
        formats.write(out, asked(journal, questions, asker), "jsonl")
    (folder / "before.jsonl").write_bytes(out.getvalue())
    with closing(Earlier(folder / "before.jsonl")) as earlier:
        yield earlier


def test_nothing_is_asked_again_where_nothing_has_changed(tmp_path: Path, journal: Journal) -> None:
    questions = ["median salary", "zebra", "", "median salary", "x" * 3000]
    with earlier_run(tmp_path, questions, Near()) as earlier:
        asker = Near()
        results = asked(journal, questions, asker, earlier=earlier)
        difference = compare.compare(results, earlier, asker)
    assert asker.asked == [] and not difference.changes
    assert [*difference.lines()] == ["since the earlier run: no difference (3 compared, 0 new, 0 dropped)"]
    assert [result.body.status for result in results] == ["answered", "refused", "skipped", "answered", "error"]


def test_only_new_questions_are_asked_and_they_are_no_difference(tmp_path: Path, journal: Journal) -> None:
    with earlier_run(tmp_path, ["median salary", "zebra"], Near()) as earlier:
        asker = Near()
        results = asked(journal, ["lead the team", "zebra"], asker, earlier=earlier)
        difference = compare.compare(results, earlier, asker)
    assert asker.asked == ["lead the team"]
    assert difference == Difference({}, compared=[2], new=[1], dropped=["median salary"])


def test_an_error_of_an_earlier_run_is_asked_again(tmp_path: Path, journal: Journal) -> None:
    with earlier_run(tmp_path, ["broken", "zebra"], Near()) as earlier:
        asker = Near()
        asked(journal, ["broken", "zebra"], asker, earlier=earlier)
    assert asker.asked == ["broken"]


def test_every_kind_of_difference_is_told(tmp_path: Path, journal: Journal) -> None:
    before = Near(
        document("# Pay\nMedian salary: $1\nBonus paid: $5\n# Duties\nLead the team\n", id="a.txt", title="A"),
        document("Holidays: thirty days\n", id="b.txt", title="B"),
        index_id="one",
    )
    after = Near(
        document("# Pay\nMedian salary: $2\n# Leading\nLead the team\n", id="a.txt", title="A"),
        document("Notice period: two months\n", id="c.txt", title="C"),
        index_id="two",
    )
    questions = ["median salary", "bonus paid", "lead the team", "holidays days", "notice period", "zebra"]
    with earlier_run(tmp_path, questions, before) as earlier:
        results = asked(journal, questions, after, earlier=earlier)
        difference = compare.compare(results, earlier, after)
    assert sorted(after.asked) == sorted(questions)
    assert [(number, change.kind) for number, changes in difference.changes.items() for change in changes] == [
        (1, "other answer"),
        (1, "source gone"),
        (2, "newly refused"),
        (2, "source gone"),
        (3, "same answer from another place"),
        (4, "newly refused"),
        (4, "source gone"),
        (5, "newly answered"),
    ]
    said = [*difference.lines()]
    assert said[0] == (
        "since the earlier run: 1 newly answered, 2 newly refused, 1 other answer, 1 same answer from another place, "
        "3 source gone (6 compared, 0 new, 0 dropped)"
    )
    assert said[1:3] == ["  row 1, other answer: median salary", "    was 'Median salary: $1', is 'Median salary: $2'"]
    assert "    was A \u203a Duties (a.txt), is A \u203a Leading (a.txt)" in said
    assert "    B (b.txt)" in said


def test_an_answer_that_has_moved_within_its_section_is_no_difference(tmp_path: Path, journal: Journal) -> None:
    before = Near(document("# Pay\nMedian salary: $1\n"), index_id="one")
    after = Near(document("# Pay\nSome words before it.\nMedian salary: $1\n"), index_id="two")
    with earlier_run(tmp_path, ["median salary"], before) as earlier:
        assert not compare.compare(asked(journal, ["median salary"], after), earlier, after).changes


@pytest.mark.parametrize("content", ["", "{}\n", "question\na\n", '{"question": "a", "status": "answered"}\n'])
def test_what_no_run_wrote_is_no_earlier_run(content: str, tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="holds no answers: give --since a JSONL file"):
        Earlier(tmp_path / "other.jsonl")
    with pytest.raises(UsageError, match="cannot read"):
        Earlier(tmp_path / "nowhere.jsonl")


def expecting(journal: Journal, *rows: tuple[str, str]) -> Results:
    return asked_table(journal, Table(("question", "expected"), rows))


@pytest.mark.parametrize(
    ("question", "expected", "kind", "why"),
    [
        ("median salary", "$336,500", "text", ""),
        ("median salary", "median  SALARY", "text", ""),
        ("median salary", "336,50", "text", "expected '336,50', answered 'Median salary: $336,500'"),
        ("median salary", "guide.txt", "document", ""),
        ("median salary", "GUIDE", "document", ""),
        ("zebra", "guide.txt", "document", "expected guide.txt, refused as unrelated: The documents do not say."),
        ("zebra", "Refuse", "refuse", ""),
        ("median salary", "refuse", "refuse", "expected a refusal, answered 'Median salary: $336,500'"),
        ("zebra", "$5", "text", "expected '$5', refused as unrelated: The documents do not say."),
        ("broken", "refuse", "refuse", "expected a refusal, error as server_fault: this does not work"),
    ],
)
def test_a_row_is_held_against_what_is_expected(
    question: str, expected: str, kind: str, why: str, journal: Journal
) -> None:
    [verdict] = quality_gate.check_gate(expecting(journal, (question, expected)), 1, Near().documents).verdicts
    assert (verdict.kind, verdict.why, verdict.right) == (kind, why, not why)


def test_a_document_in_a_folder_is_expected_by_its_file_name(journal: Journal) -> None:
    asker = Near(document("Median salary: $1\n", id="pay/a.txt"), document("Bonus: $1\n", id="pay/b.txt"))
    table = Table(("question", "expected"), (("median salary", "A.txt"), ("bonus", "a.txt")))
    gate = quality_gate.check_gate(asked_table(journal, table, asker), 1, asker.documents)
    assert [verdict.why for verdict in gate.verdicts] == ["", "expected a.txt, cites pay/b.txt"]


def test_the_gate_is_a_table_and_the_rows_that_are_wrong(journal: Journal) -> None:
    rows = (("median salary", "$336,500"), ("lead the team", "zebra"), ("zebra", "refuse"), ("bear", ""), ("", "x"))
    gate = quality_gate.check_gate(expecting(journal, *rows), 1, {})
    assert gate.share == pytest.approx(2 / 3)
    assert [*gate.lines()] == [
        "expected    rows  right    share",
        "text           2      1    50.0%",
        "refuse         1      1   100.0%",
        "all            3      2    66.7%",
        "  row 2: lead the team",
        "    expected 'zebra', answered 'Lead the team'",
    ]


def test_nothing_expected_is_nothing_wrong(journal: Journal) -> None:
    gate = quality_gate.check_gate(expecting(journal, ("zebra", "")), 1, {})
    assert gate.share == 1 and [*gate.lines()][-1] == "all            0      0        -"


def test_the_summary_counts_what_a_person_looks_for(journal: Journal) -> None:
    asker = Near(
        document("Median salary: $1\nLead the team of people\n"), document("Holidays\n", id="never.txt", title="Never")
    )
    questions = ["median salary", "median salary", "salary of people team", "zebra", "", "broken", "median"]
    summary = sum_up(asked(journal, questions, asker), asker, asked=4)
    said = [*summary.lines()]
    assert said[0] == "7 rows: 4 answered, 1 refused, 1 error, 1 skipped (4 asked now, 1 repeated)"
    assert said[1] == "why not: 1 unrelated, 1 server_fault"
    assert re.match(r"slowest: 0\.\d\d s \w", said[2])
    assert said[3:5] == ["cited most: guide.txt (4)", "never cited: 1, never.txt"]
    assert not summary.low


def test_the_summary_shows_low_confidence_and_conflicts(journal: Journal) -> None:
    results = asked(journal, ["median salary of a zebra", "median"])
    first, second = [result.body for result in results]
    unsure = first.model_copy(update={"status": "answered", "confidence": 0.41, "conflicts": (((0,), (1,)),)})
    known = {"median salary of a zebra": unsure, "median": second}
    found = Results(results.table, 0, lambda question: Finished(question, known[question], 0.0))
    said = [*sum_up(found, Near(GUIDE), asked=2).lines()]
    assert said[1] == "low confidence, below 0.60: 1, lowest: row 1 0.41 median salary of a zebra"
    assert said[2] == "conflicting sources: 1, rows 1"


def test_questions_to_merge_are_told(journal: Journal) -> None:
    questions = ["lead the team", "median salary", "zebra", "the median salary?", "", "median salary", "a zebra?"]
    results = asked(journal, questions)
    said = [*sum_up(results, Near(), asked=5).lines()]
    assert said[-3:] == [
        "most alike, candidates to merge: 2 pairs",
        "  rows 2 and 4, 1.00, same answer: median salary | the median salary?",
        "  rows 3 and 7, 1.00, neither answered: zebra | a zebra?",
    ]


def test_the_most_alike_are_found_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.eye(6, dtype=np.float32)[[0, 1, 2, 0, 3, 1, 0]]
    vectors[4] = (0, 0, 0.75, 0.66, 0, 0)  # like row 2
    answers = [None, ("a", 1), ("b", 1), None, ("b", 1), ("c", 2), ("d", 3)]
    wanted = [
        NearDuplicates(2, 4, 0.75, True),
        NearDuplicates(0, 3, 1, False),
        NearDuplicates(1, 5, 1, False),
        NearDuplicates(0, 6, 1, False),
    ]
    for size in (1, 2, 100):
        monkeypatch.setattr(near_duplicates, "_BLOCK", size)
        assert near_duplicates.near_duplicates(near_duplicates.by_meaning(vectors), answers) == wanted
    assert (
        near_duplicates.near_duplicates(near_duplicates.by_meaning(vectors), [None] * 4 + [("e", 1), None, None])[
            0
        ].earlier
        == 0
    )
    assert near_duplicates.near_duplicates(near_duplicates.by_meaning(vectors[:0]), []) == []


def test_questions_without_words_are_like_none() -> None:
    assert near_duplicates.near_duplicates(near_duplicates.by_words(["?", "!"]), [("a", 1), ("a", 1)]) == []
    assert near_duplicates.near_duplicates(near_duplicates.by_words([]), []) == []


def test_a_test_for_ci_says_what_is_wrong(tmp_path: Path, journal: Journal) -> None:
    rows = (("median salary", "$336,500"), ("lead\x00 the team", "zebra"), ("broken", "refuse"), ("zebra", ""))
    asker = Near()
    with earlier_run(tmp_path, ["zebra", "lead\x00 the team"], Near(document("Zebra\n"))) as earlier:
        results = asked_table(journal, Table(("question", "expected"), rows), asker)
        gate, difference = quality_gate.check_gate(results, 1, {}), compare.compare(results, earlier, asker)
    out = io.BytesIO()
    junit.write(out, results, gate, difference)
    expected, since = found = JUnitXml.fromstring(out.getvalue())
    assert (found.tests, found.failures, found.errors) == (5, 3, 1)
    assert [(case.classname, case.name) for case in expected] == [
        ("expected.text", "row 1: median salary"),
        ("expected.text", "row 2: lead\ufffd the team"),
        ("expected.refuse", "row 3: broken"),
    ]
    [wrong], [error] = [*expected][1].result, [*expected][2].result
    assert (type(wrong), wrong.type) == (Failure, "text") and wrong.message.startswith("expected 'zebra', answered")
    assert type(error) is Error
    assert [one.message for case in since for one in case.result] == [
        "newly answered: 'Lead the team'",
        "newly refused: was 'Zebra', is unrelated: The documents do not say.; source gone: Guide (guide.txt)",
    ]


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        (["Pay: $1"], ["Pay: $2"], ["Pay: $<del>1</del>"], ["Pay: $<ins>2</ins>"]),
        (["$1,000.50 a"], ["$1,000 a"], ["$<del>1,000.50</del> a"], ["$<ins>1,000</ins> a"]),
        (["a b", "c"], ["a b", "c", "d"], ["a b", "c"], ["a b", "c", "<ins>d</ins>"]),
        (["a <b>", "c"], ["a <b>"], ["a &lt;b&gt;", "<del>c</del>"], ["a &lt;b&gt;"]),
        (["one thing"], ["quite & different"], ["one thing"], ["quite &amp; different"]),
        (["a\x1eb"], ["a b"], ["a b"], ["a b"]),
        ([], ["a"], [], ["a"]),
    ],
)
def test_what_two_answers_do_not_share_is_marked(
    before: list[str], after: list[str], old: list[str], new: list[str]
) -> None:
    assert review.marked(before, after) == (old, new)


def test_answers_from_one_document_are_the_same_only_where_they_say_the_same(journal: Journal) -> None:
    asker = Near(document("Median salary of a head\nMedian salary of a lead\n"))
    questions = ["median salary head", "median salary lead", "the median salary head"]
    found = sum_up(asked(journal, questions, asker), asker, asked=3).alike
    assert [(one.rows, one.answers) for one in found] == [((1, 3), "same answer")]


def test_a_question_that_could_not_be_asked_is_not_refused(tmp_path: Path, journal: Journal) -> None:
    asker = Near(document("Broken things\n"), index_id="two")
    with earlier_run(tmp_path, ["median salary"], Near()) as earlier:
        results = asked(journal, ["median salary"], asker, earlier=earlier)
        failed = bodies.failed("median salary", "busy", "ask again later", index_id="two")
        broken = Results(results.table, 0, lambda question: Finished(question, failed, 0.0))
        difference = compare.compare(broken, earlier, asker)
    assert [change.kind for change in difference.changes[1]] == ["not asked"]
    out = io.BytesIO()
    junit.write(out, broken, None, difference)
    assert JUnitXml.fromstring(out.getvalue()).errors == 1


def test_two_long_answers_are_shown_from_where_they_differ(tmp_path: Path, journal: Journal) -> None:
    same = "median salary " * 8
    before, after = Near(document(f"{same}one\n")), Near(document(f"{same}two\n"), index_id="two")
    with earlier_run(tmp_path, ["median salary"], before) as earlier:
        [change, _] = compare.compare(asked(journal, ["median salary"], after), earlier, after).changes[1]
    assert change.what == "was '\u2026one', is '\u2026two'"


def test_a_cell_of_the_users_is_not_taken_for_ours(tmp_path: Path, journal: Journal) -> None:
    table = Table(("answer_question", "question"), (("mine", "median salary"),))
    with (tmp_path / "out.jsonl").open("wb") as file:
        formats.write(file, Run(table, 1, Near(), journal)(), "jsonl")
    with closing(Earlier(tmp_path / "out.jsonl")) as earlier:
        assert [*earlier] == ["median salary"]
