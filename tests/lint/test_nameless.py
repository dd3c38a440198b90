"""Documents without a title and files without text are told."""

from __future__ import annotations

from pathlib import Path

from looked import found, told


def test_a_file_name_that_says_nothing_is_no_title(tmp_path: Path) -> None:
    texts = {
        "scan0001.txt": "The gate closes at ten in the evening.\n",
        "gate.txt": "The gate closes at ten in the evening, and the tents are dry.\n",
        "page7.md": "# Tents\n\nThe big tent sleeps nine.\n",
    }
    [finding] = found(tmp_path, texts, "no-title")
    assert finding.place.file == "scan0001.txt" and "“Scan0001”" in finding.message


def test_files_without_text_are_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    texts = {"void.md": " \n", "heads.md": "# One\n\n## Two\n", "gate.md": "# Gate\n\nIt closes at ten.\n"}
    findings = told(found(tmp_path, texts, "no-text"))
    assert [file for file, _, _ in findings] == ["broken.pdf", "heads.md", "void.md"]
    assert findings[0][2].startswith("cannot be read: ")
    assert [said for _, _, said in findings[1:]] == ["holds headings alone", "is empty"]


def test_an_empty_folder_is_looked_through_as_well(tmp_path: Path) -> None:
    assert told(found(tmp_path, {"void.md": ""}, "no-text")) == [("void.md", None, "is empty")]
