"""Which documents a question names."""

from __future__ import annotations

import pytest

from assistant.question.subject import Subjects

HOISTS = Subjects(
    {id: (f"Data sheet Hercules {id}",) for id in ("250", "250 S", "500", "500 S", "1000", "2500")}
    | {"tech 1": ("Water Treatment Technician I",), "tech 3": ("Water Treatment Technician III", "Shift Lead")}
)
JOBS = Subjects(
    {title: (title,) for title in ("Actuaries", "Lawyers", "High School Teachers", "Preschool Teachers", "Leave")}
    | {f"{kind} Managers": (f"{kind} Managers",) for kind in ("Sales", "Farm", "Bank", "Film", "Shop")},
    spread=lambda stem: {"leav": 10}.get(stem, 1),
)


def named(subjects: Subjects, question: str) -> set[str]:
    return {naming.document_id for naming in subjects.named(question)}


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("What is the own weight of the Hercules 500?", {"500"}),
        ("What is the own weight of the Hercules 500 S?", {"500 S"}),
        ("Hercules 250 and Hercules 2500: which is lighter?", {"250", "2500"}),
        ("Whom does a Technician III report to?", {"tech 3"}),
        ("Can a Technician I work nights?", {"tech 1"}),
        ("who replaces the shift lead", {"tech 3"}),
        ("What is the own weight?", set()),
    ],
)
def test_the_words_that_tell_names_apart_name_a_document(question: str, ids: set[str]) -> None:
    assert named(HOISTS, question) == ids


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("What was the median pay for actuaries?", {"Actuaries"}),
        ("how much do high school teachers earn", {"High School Teachers"}),
        ("What do managers earn?", set()),  # too many
        ("When do I leave?", set()),  # a word of all texts
        ("What do astronauts earn?", set()),
    ],
)
def test_what_fits_many_documents_or_stands_in_all_of_their_texts_names_none(question: str, ids: set[str]) -> None:
    assert named(JOBS, question) == ids


def test_a_name_that_is_said_as_a_whole_is_told() -> None:
    assert [naming.whole for naming in JOBS.named("the pay of high school teachers")] == [True]


def test_one_document_needs_no_name() -> None:
    assert Subjects({"one": ("Actuaries",)}).named("What do actuaries earn?") == ()


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("When is the first service of the Hercules 1000 S due?", "Hercules 1000 S"),
        ("When is the first service of the Hercules 500 S due?", None),
        ("Is the Hercules 1000 a hoist?", None),
        ("Does the Hercules 1000, S or not, lift?", None),
    ],
)
def test_a_name_that_goes_on_where_theirs_end_is_none_of_theirs(question: str, name: str | None) -> None:
    assert HOISTS.beyond(question) == name
