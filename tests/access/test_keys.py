"""Keys, and the file that they are kept in."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from assistant.access.keys import KeyRing
from assistant.cli import main
from assistant.errors import SettingsError, UsageError


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys.json")


def test_a_key_is_found_by_itself_and_by_nothing_else(ring: KeyRing) -> None:
    first, second = ring.add("first", ["read", "ask"], ["hr"]), ring.add("second", ["admin"])
    found = ring.find(first)
    assert found is not None
    assert (found.name, found.scopes, found.groups) == ("first", ("ask", "read"), ("hr",))
    other = ring.find(second)
    assert other is not None and (other.name, other.scopes) == ("second", ("admin",))
    for wrong in ("", first[:-1], first + "x", first.upper(), found.sha256, "\ud800"):
        assert ring.find(wrong) is None


def test_the_file_holds_no_key_and_is_its_owners_alone(ring: KeyRing) -> None:
    secret = ring.add("first")
    assert secret not in ring.path.read_text("utf-8") and len(secret) > 40
    ring.add("second")
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


def test_a_key_that_is_removed_opens_nothing_more_in_a_ring_that_is_open(ring: KeyRing) -> None:
    secret = ring.add("first")
    kept = ring.add("second")
    elsewhere = KeyRing(ring.path)
    assert elsewhere.find(secret) is not None
    ring.remove("first")
    assert elsewhere.find(secret) is None and elsewhere.find(kept) is not None
    ring.path.unlink()
    assert elsewhere.find(kept) is None


def test_a_name_is_used_once_and_is_plain(ring: KeyRing) -> None:
    ring.add("first")
    with pytest.raises(UsageError, match="there is a key first already"):
        ring.add("first")
    with pytest.raises(UsageError, match="no name for a key"):
        ring.add("a name\n")
    with pytest.raises(UsageError, match="there is no key second"):
        ring.remove("second")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"version": 2, "keys": []}',
        '{"version": 1, "keys": [{"name": "a"}]}',
        json.dumps(
            {
                "version": 1,
                "keys": [{"name": "a", "sha256": "0" * 64, "scopes": ["root"], "groups": [], "created": 0}],
            }
        ),
        json.dumps(
            {"version": 1, "keys": [{"name": "a", "sha256": "secret", "scopes": [], "groups": [], "created": 0}]}
        ),
    ],
)
def test_a_file_of_something_else_is_refused_and_opens_nothing(ring: KeyRing, text: str) -> None:
    ring.path.write_text(text)
    with pytest.raises(SettingsError, match="no file of keys"):
        ring.all()
    assert ring.find("secret") is None


def test_keys_that_are_not_there_are_told(ring: KeyRing) -> None:
    with pytest.raises(SettingsError, match="assistant keys add"):
        ring.all()


def test_the_command_makes_lists_and_removes_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "keys.json"

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["keys", *arguments, "--keys", str(path)])
        return code, capsys.readouterr().out

    code, secret = run("add", "website", "--scopes", "ask", "--groups", "hr,it")
    found = KeyRing(path).find(secret.strip())
    assert code == 0 and found is not None and (found.scopes, found.groups) == (("ask",), ("hr", "it"))
    code, listed = run("list")
    assert code == 0 and listed.startswith("website  ask  groups hr,it  made 20") and secret.strip() not in listed
    assert run("remove", "website")[0] == 0 and KeyRing(path).all() == ()
    assert run("add")[0] == run("remove", "website")[0] == 2


def test_the_command_needs_a_file_and_known_scopes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list"]) == 2
    assert "ASSISTANT_KEYS" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "add", "a", "--scopes", "ask,root"])


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        KeyRing(tmp_path / "absent" / "keys.json").add("a")


def test_the_ring_reads_the_file_again_only_where_it_has_changed(ring: KeyRing) -> None:
    ring.add("first")
    known = ring.all()
    assert ring.all() is known
    os.utime(ring.path, ns=(1, 1))
    assert ring.all() is not known and ring.all() == known
