"""Which version of a document holds, and which one a question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from assistant.answer.versions import Versions
from assistant.testing import document
from assistant.types import Document, Passage

TODAY = date(2026, 11, 29)
OLD = document(
    "# Fee schedule 2022\nValid from 1 January 2022 until 31 December 2024.\n## Lanes\nA lane costs 18 euros.",
    id="fees-2022.md",
    title="Fee schedule 2022",
)
NEW = document(
    "# Fee schedule 2025\nValid from 1 January 2025. Replaces the fee schedule of 2022.\n"
    "## Lanes\nA lane costs 23 euros.",
    id="fees-2025.md",
    title="Fee schedule 2025",
)
RULES = document("# Bathing rules\nNo running.", id="rules.md", title="Bathing rules")


def versions(*documents: Document) -> Versions:
    return Versions({d.id: d for d in documents}, passages(documents))


def passages(documents: Sequence[Document]) -> list[Passage]:
    """A passage a section."""
    found = []
    for one in documents:
        starts = [section.start for section in one.sections]
        for section in one.sections:
            end = min([start for start in starts if start > section.start], default=len(one.text))
            text = one.text[section.start : end]
            found.append(Passage(one.id, one.version, section.start, end, text, section.path))
    return found


def left_out(known: Versions, documents: Sequence[Document], question: str, **given: object) -> tuple[str, set[str]]:
    """How the question is put, and the documents of which something is left out."""
    ids = [d.id for d in documents]
    choice = known.choose(question, ids, today=TODAY)
    rows = passages(documents)
    return choice.question, {rows[row].document_id for row in choice.without}


FEES = (OLD, NEW, RULES)


@pytest.mark.parametrize(
    ("question", "put", "without"),
    [
        ("What does a lane cost?", "What does a lane cost?", {"fees-2022.md"}),
        ("What does a lane currently cost?", "What does a lane cost?", {"fees-2022.md"}),
        ("What is the lane fee in the newest schedule?", "What is the lane fee in the schedule?", {"fees-2022.md"}),
        ("What did a lane cost in 2023?", "What did a lane cost?", {"fees-2025.md"}),
        ("What is in the fee schedule 2022?", "What is in the fee schedule 2022?", {"fees-2025.md"}),
        ("What was the former lane fee?", "What was the lane fee?", {"fees-2025.md"}),
        ("What does a lane cost in 2025?", "What does a lane cost in 2025?", {"fees-2022.md"}),
        ("How did the lane fee change since 2022?", "How did the lane fee change since 2022?", set()),
        ("What will a lane cost in 2031?", "What will a lane cost in 2031?", {"fees-2022.md"}),
    ],
)
def test_the_version_in_force_answers_and_another_where_it_is_asked_for(
    question: str, put: str, without: set[str]
) -> None:
    assert left_out(versions(*FEES), FEES, question) == (put, without)


def test_documents_without_versions_are_left_alone() -> None:
    known = versions(RULES, NEW)
    assert not known
    assert left_out(known, (RULES, NEW), "What does a lane cost now?") == ("What does a lane cost now?", set())


def test_a_version_number_tells_documents_of_one_title_apart() -> None:
    two, three = (
        document(f"# Travel (version {n})\nThe allowance is {n}0.", id=f"{n}.md", title="Travel policy") for n in (2, 3)
    )
    known = versions(two, three)
    assert left_out(known, (two, three), "What was the allowance in version 2?")[1] == {"3.md"}
    assert left_out(known, (two, three), "What is the allowance?")[1] == {"2.md"}


def test_of_a_version_that_is_not_said_to_be_replaced_only_what_is_anew_is_left_out() -> None:
    first = document(
        "# Minutes\n## Budget\nThe budget is 40 euros.\n## Printer\nIt was bought.", id="a", title="Minutes 2024"
    )
    then = document("# Minutes\n## Budget\nThe budget is 50 euros.", id="b", title="Minutes 2025")
    rows = passages((first, then))
    out = versions(first, then).choose("What is the budget?", ["a", "b"], today=TODAY).without
    assert [rows[row].section_path[-1] for row in sorted(out)] == ["Minutes", "Budget"]


def test_what_begins_later_or_is_a_draft_is_not_in_force_yet() -> None:
    now = document("# Fees\nA lane is 5.", id="now", title="Fees", metadata={"valid_from": "2026-01-01"})
    later = document("# Fees\nA lane is 6.", id="later", title="Fees", metadata={"valid_from": "2027-01-01"})
    draft = document("# Fees\nA lane is 7.", id="draft", title="Fees", metadata={"status": "draft", "version": 9})
    known = versions(now, later, draft)
    assert known.state(TODAY) == ("now",)
    assert known.state(date(2027, 5, 1)) == ("later",)
    assert left_out(known, (now, later, draft), "What is a lane?")[1] == {"later", "draft"}


def test_metadata_joins_documents_of_other_titles() -> None:
    old = document("# Holidays\nTwenty days.", id="holidays.md", title="Holidays")
    new = document("# Time off\nThirty days.", id="off.md", title="Time off", metadata={"supersedes": "holidays.md"})
    known = versions(old, new)
    assert known.state(TODAY) == ("off.md",)


def test_a_version_is_left_out_for_one_that_may_be_searched_only() -> None:
    known = versions(*FEES)
    assert (
        known.choose("What does a lane cost?", ["fees-2022.md"], today=TODAY, among={"fees-2022.md"}).without == set()
    )


def test_what_is_trusted_less_replaces_nothing_whatever_it_says() -> None:
    claim = "# News\nThis page replaces the lane prices.\n## Lanes\nA lane costs 99 euros."
    news = document(claim, id="news.md", title="News")
    lanes, trusted = (
        document("# Lane prices\nA lane costs 18 euros.", id="lanes.md", title="Lane prices", metadata=given)
        for given in ({}, {"priority": 1})
    )
    known = versions(lanes, news)
    [family] = known.families()
    assert known.passed_over(family, TODAY)[0] == ("news.md",)
    assert versions(trusted, news).families() == []
    older = document(NEW.text, id="newest.md", title="Fee schedule 2026")
    first = document(OLD.text, id=OLD.id, title=OLD.title, metadata={"priority": 1})
    [family] = versions(first, older).families()
    assert versions(first, older).passed_over(family, TODAY)[0] == (OLD.id,)


def test_documents_whose_names_join_the_same_thing_are_not_called_the_same() -> None:
    bakers, millers = (document("Text.", id=name, title=f"{name} and Helpers") for name in ("Bakers", "Millers"))
    known = versions(bakers, millers, document("Text.", id="old", title="Bakers and Helpers 2021"))
    assert not known.same("Bakers", "Millers") and known.same("Bakers", "old")
