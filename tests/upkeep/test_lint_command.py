"""The lint command, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from looked import write

from assistant.cli import main
from assistant.lint.findings import Kind
from assistant.upkeep.arguments import KINDS

TEXTS = {
    "policy.md": "# Leave policy\n\nEmployees get 25 days of annual leave a year.\n",
    "faq.md": "# Questions on leave\n\nEmployees get 28 days of annual leave a year. See [more](more.md).\n",
}


def test_findings_are_grouped_by_kind_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--corpus", str(write(tmp_path, TEXTS))]) == 1
    said = capsys.readouterr()
    assert (
        said.out
        == """Contradictions (1)
  faq.md:3: says something else than policy.md
      Employees get 28 days of annual leave a year.
      policy.md:3: Employees get 25 days of annual leave a year.

Links that lead nowhere (1)
  faq.md:3: leads to more.md, which is not there
      more.md

2 findings in 2 documents
"""
    )
    assert said.err == ""


def test_kinds_can_be_left_out_and_nothing_amiss_ends_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["lint", "--corpus", str(write(tmp_path, TEXTS)), "--only", "contradiction", "--only", "link"]
    assert main([*command, "--skip", "contradiction", "--skip", "link"]) == 0
    assert capsys.readouterr().out == "nothing is amiss in 2 documents\n"


def test_json_has_counts_and_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--corpus", str(write(tmp_path, TEXTS)), "--json", "--only", "link", "--only", "hidden"]) == 1
    place = {"file": "faq.md", "line": 3, "page": None, "section": [], "text": "more.md"}
    message = "leads to more.md, which is not there"
    assert json.loads(capsys.readouterr().out) == {
        "documents": 2,
        "counts": {"link": 1, "hidden": 0},
        "findings": [{"kind": "link", "place": place, "message": message, "others": [], "likeness": None}],
    }


def test_a_corpus_that_is_not_there_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--corpus", str(tmp_path / "absent")]) == 3
    assert "no corpus folder" in capsys.readouterr().err


def test_an_index_that_is_not_there_ends_with_4(tmp_path: Path) -> None:
    assert main(["lint", "--index", str(tmp_path / "absent")]) == 4


def test_the_kinds_that_can_be_named_are_those_that_are_found() -> None:
    assert get_args(Kind) == KINDS


@pytest.mark.model
def test_an_index_is_looked_through_like_the_corpus_that_it_was_built_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, index = str(write(tmp_path / "corpus", TEXTS)), str(tmp_path / "index")
    assert main(["index", "--corpus", corpus, "--index", index]) == 0
    capsys.readouterr()
    assert main(["lint", "--corpus", corpus]) == 1
    before = capsys.readouterr().out
    assert main(["lint", "--index", index]) == 1
    assert capsys.readouterr().out == before
