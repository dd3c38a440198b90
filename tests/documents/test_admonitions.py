from __future__ import annotations

import pytest

from assistant.documents.admonitions import introduction, is_quoted


@pytest.mark.parametrize(("row", "said"), [
    ('!!! note "Heads up"', "Heads up"),
    ("!!! warning", "warning"),
    ("???+ tip", "tip"),
    (":::tip", "tip"),
    (":::danger Hot surface", "Hot surface"),
    (":::tip[Dry run]", "Dry run"),
    ('::: {.callout-note title="x"}', "note"),
    ("[!WARNING]", "WARNING"),
    ("[!tip]- Title here", "Title here"),
    ("::: columns", None),
    (':::{.column width="50%"}', None),
    (":::", None),
    ("Plain words", None),
])  # fmt: skip
def test_an_admonition_says_its_title_or_else_its_kind(row: str, said: str | None) -> None:
    span = introduction(row)
    assert (row[slice(*span)] if span else None) == said


def test_a_quotation_is_told_from_an_admonition() -> None:
    assert is_quoted("[!NOTE]") and not is_quoted("[NOTE] of it") and not is_quoted("!NOTE")
