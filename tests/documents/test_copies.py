"""Documents that say the same."""

from __future__ import annotations

from assistant.documents.copies import copies_of, likeness, near_copies, runs_of
from assistant.testing import document


def test_marks_case_and_white_space_make_no_other_document() -> None:
    alike = [
        document("Canteen\n\nOpen from **11:30**. \u201cTo go\u201d is 50 cents.", id="canteen (copy).md"),
        document('# Canteen\nOpen from 11:30. "To go" is 50 cents!', id="canteen.md"),
        document("canteen open from 11:30  to go is 50 cents", id="a/canteen.txt"),
    ]
    assert copies_of(alike) == {"canteen.md": ("a/canteen.txt", "canteen (copy).md")}


def test_another_figure_makes_another_document_and_no_words_make_none() -> None:
    assert copies_of([document("It is 5.", id="a"), document("It is 6.", id="b")]) == {}
    assert copies_of([document("...", id="a"), document("", id="b")]) == {}


def test_near_copies_are_told_by_their_runs_of_words_with_figures_or_without() -> None:
    one = document("The gate closes at ten. A boat costs 14 euros an hour.", id="a.txt")
    other = document("The gate closes at ten. A boat costs 71 euros an hour.", id="old/a.txt")
    [(copy, first, alike)] = near_copies([other, one], least=0.5)
    assert (copy, first, alike) == ("old/a.txt", "a.txt", 7 / 13)
    assert near_copies([one, other]) == []
    assert likeness(runs_of(one, figures=False), runs_of(other, figures=False)) == 1.0
