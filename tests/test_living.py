"""What the benchmark says of an index that changes is true: it would see a wrong reply and a broken index."""

from __future__ import annotations

from pathlib import Path

import _living
import pytest
from _living import Editions, editions, kills

from assistant.settings import load_settings

TEXT = "Opening hours\n\nThe gate opens at six.\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "guide"
    folder.mkdir()
    (folder / "hours.md").write_text(TEXT)
    return folder


def test_a_reply_that_cites_another_edition_than_it_names_is_seen() -> None:
    both = Editions(load_settings({}), {"old": {"a": "It opens."}, "new": {"a": "Newer. It opens."}})

    def reply(index: str, start: int) -> dict[str, object]:
        cited = {"document_id": "a", "start_char_index": start, "end_char_index": start + 9, "cited_text": "It opens."}
        return {"index_id": index, "citations": [cited], "closest": []}

    assert both.holds(reply("old", 0)) and both.holds(reply("new", 7))
    assert not both.holds(reply("new", 0)) and not both.holds(reply("other", 0))


@pytest.mark.model
def test_two_editions_lie_in_one_index(corpus: Path, tmp_path: Path) -> None:
    both = editions(load_settings({"corpus": corpus}), tmp_path)
    old, new = both.texts.values()
    assert (old, new) == ({"hours.md.txt": TEXT}, {"hours.md.txt": _living.NEWER + TEXT})
    assert {path.name for path in (tmp_path / "index" / "builds").iterdir()} == set(both.texts)


@pytest.mark.model
def test_builds_are_killed_in_each_phase_and_leave_a_whole_index(corpus: Path, tmp_path: Path) -> None:
    found = kills(load_settings({"corpus": corpus}), tmp_path, n=len(_living.PHASES))
    assert sum(found["phases"].values()) == found["kills"] == len(_living.PHASES)
    assert (found["old"] + found["new"], found["neither"]) == (len(_living.PHASES), 0)
    assert (found["leftovers_after_the_next_build"], found["next_build_is_whole"]) == (0, True)


@pytest.mark.model
def test_an_index_that_is_neither_the_old_nor_the_new_one_is_seen(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_living, "_indexed", lambda index: None)
    found = kills(load_settings({"corpus": corpus}), tmp_path, n=1)
    assert (found["neither"], found["next_build_is_whole"]) == (1, False)
