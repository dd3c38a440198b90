"""Copies and near-copies are told with how alike they are."""

from __future__ import annotations

from pathlib import Path

from bakery import BAKERY
from looked import found


def test_a_near_copy_is_told_with_its_likeness(tmp_path: Path) -> None:
    texts = {"baker.txt": BAKERY, "other.txt": BAKERY.replace("$61,000", "$52,000"), "note.txt": "Bake bread.\n"}
    [finding] = found(tmp_path, texts, "near-copy")
    assert (finding.place.file, finding.others[0].file) == ("other.txt", "baker.txt")
    assert finding.likeness is not None and 0.9 < finding.likeness < 1
    assert finding.message.startswith("is 9")


def test_the_same_words_in_another_format_are_a_copy(tmp_path: Path) -> None:
    texts = {
        "ovens.md": "# Ovens\n\nThe oven takes **40** loaves.\n",
        "old/ovens.txt": "OVENS\nThe oven takes 40 loaves\n",
    }
    [finding] = found(tmp_path, texts, "near-copy")
    assert (finding.place.file, finding.others[0].file, finding.likeness) == ("old/ovens.txt", "ovens.md", 1.0)


def test_versions_are_not_near_copies_where_one_of_them_is_in_force(tmp_path: Path) -> None:
    texts = {f"baker-{year}.md": f"# Baker {year}\n\n{BAKERY}" for year in (2022, 2025)}
    assert found(tmp_path, texts, "near-copy") == []
