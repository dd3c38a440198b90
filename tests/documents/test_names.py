"""What a document is called."""

from __future__ import annotations

import pytest

from assistant.documents.names import names_of
from assistant.testing import document


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Water Treatment Technician I", ("Water Treatment Technician I",)),
        ('Halden X210 pressure washer ("Wren")', ("Halden X210 pressure washer", "Wren")),
        ("Physicists and Astronomers", ("Physicists and Astronomers", "Physicists", "Astronomers")),
        ("Architectural and Engineering Managers", ("Architectural and Engineering Managers",)),
    ],
)
def test_a_title_gives_its_names_in_brackets_and_the_several_things_that_it_joins(
    title: str, names: tuple[str, ...]
) -> None:
    assert names_of(document("It is so.", title=title)) == names


def test_the_first_heading_is_a_name_where_it_heads_the_whole_document_or_has_a_word_of_the_title() -> None:
    assert names_of(document("# Lawyers\nThey plead.", title="law-01")) == ("law-01", "Lawyers")
    parted = "# Duties\nThey plead.\n# Pay\nEnough."
    assert names_of(document(parted, title="Lawyers")) == ("Lawyers",)
    assert names_of(document(parted, title="lawyers duties")) == ("lawyers duties", "Duties")


def test_other_names_stand_in_the_metadata_and_in_the_first_lines() -> None:
    given = document("It is so.", title="Indigestion", metadata={"aliases": ["upset stomach", "dyspepsia"]})
    assert names_of(given) == ("Indigestion", "upset stomach", "dyspepsia")
    said = document("Class code WT-3. Also called: Shift Lead.\nIt is so.", title="Technician III")
    assert names_of(said) == ("Technician III", "Shift Lead")
    late = document("It is so. " * 80 + "Also called: Shift Lead.", title="Technician III")
    assert names_of(late) == ("Technician III",)
