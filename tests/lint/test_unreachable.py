"""Sections that no question can reach are told with the reason."""

from __future__ import annotations

from pathlib import Path

from looked import found, told


def test_a_section_without_text_and_one_of_questions_alone_are_told(tmp_path: Path) -> None:
    text = """# Pool

The pool opens at eight.

## Prices

## Questions

- What does it cost?
- When does it close?
- Who may swim?
"""
    assert told(found(tmp_path, {"pool.md": text}, "unreachable")) == [
        ("pool.md", 5, "has nothing below its heading"),
        ("pool.md", 7, "is a list of questions: a question is never an answer. Write the answers below them"),
    ]


def test_a_heading_over_others_is_not_empty(tmp_path: Path) -> None:
    assert (
        found(tmp_path, {"a.md": "# Pool\n\n## Prices\n\n### Adults\n\nA swim costs 4 euros.\n"}, "unreachable") == []
    )


def test_text_that_more_documents_have_than_a_question_finds_is_told_once(tmp_path: Path) -> None:
    page = "# {0}\n\nThe {0} stands in hall {1}.\n\n## Safety\n\nWear gloves and shut the door.\n"
    texts = {f"{name}.md": page.format(name, n) for n, name in enumerate(map("oven{}".format, range(14)))}
    [finding] = found(tmp_path, texts, "unreachable")
    assert finding.message == "says the same as 13 other sections, more than a question finds passages"
    assert len(finding.others) == 13 and finding.place.section[-1] == "Safety"


def test_an_old_version_that_nothing_dates_is_lost_behind_a_newer_old_one(tmp_path: Path) -> None:
    texts = {
        "a.md": "---\nsuperseded_by: c.md\n---\n# Rules\n\nDogs are barred.\n",
        "b.md": "---\nsuperseded_by: c.md\nversion: 2\n---\n# Rules\n\nDogs are let in.\n",
        "c.md": "---\nversion: 3\n---\n# Rules\n\nDogs pay 2 euros.\n",
    }
    [finding] = found(tmp_path, texts, "unreachable")
    assert finding.place.file == "a.md" and "nothing tells when it was" in finding.message
