"""How well questions are answered on documents that nothing was made for; a fall shows here before it lands."""

from __future__ import annotations

from pathlib import Path

import _packed
import _sets
import pytest

from assistant.building import build_index
from assistant.compose import open_answerer
from assistant.settings import load_settings

GUIDES = Path(_packed.ARCHIVE).parent / "guides"


def shares(gathered: dict[str, _sets.Gather], cache: Path, *, own: bool) -> tuple[float, float]:
    """The share of the answerable questions that is answered right, and of the others that is answered."""
    right, false = [], []
    for name, gather in gathered.items():
        folder, asked = _sets.place(name, gather, cache)
        _sets.share_encoders(folder, cache)
        settings = load_settings({"corpus": folder / "corpus", "index": folder / "index"})
        build_index(settings)
        answerer = open_answerer(settings)
        for one in asked:
            answer = (
                answerer.ask(one.question.question, filters=one.own) if own else answerer.ask(one.question.question)
            )
            if one.question.answerable:
                right.append(one.judge(answer, answerer.documents)[0] == "right")
            else:
                false.append(answer.status == "answered")
    return sum(right) / len(right), sum(false) / len(false)


@pytest.mark.model
def test_written_questions_are_answered_as_well_as_before(tmp_path: Path) -> None:
    folder = _packed.unpack(_packed.ARCHIVE, tmp_path)
    right, false = shares(_sets.written(folder, "develop", ["small", "tables"]), tmp_path, own=False)
    assert right >= 0.38
    assert false <= 0.14


@pytest.mark.model
def test_guides_to_other_things_are_answered_as_well_as_before(tmp_path: Path) -> None:
    held_out = _sets.names(str(GUIDES / "held_out"))
    right, false = shares({"guides": lambda out: _sets.guides(GUIDES, held_out, out)}, tmp_path, own=True)
    assert right >= 0.40
    assert false <= 0.15
