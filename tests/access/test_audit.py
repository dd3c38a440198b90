"""The file of what was done."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.access.audit import Audit
from assistant.cli import main
from assistant.errors import UsageError
from assistant.feedback.records import Records
from assistant.server import create_app
from assistant.server.feedback import Feedback
from assistant.testing import StaticAnswerer, document

KEY = "a-key-of-sixteen-or-more"


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path / "audit.jsonl")


def events(audit: Audit) -> list[dict[str, object]]:
    assert audit.path is not None
    return [json.loads(line) for line in audit.path.read_text("utf-8").splitlines()]


def test_each_event_is_a_line_that_its_owner_alone_may_read(audit: Audit) -> None:
    audit("a thing done", by="me")
    audit("another\nthing")
    assert [event["event"] for event in events(audit)] == ["a thing done", "another\nthing"]
    assert events(audit)[0]["by"] == "me" and str(events(audit)[0]["time"]).startswith("20")
    assert audit.path is not None and stat.S_IMODE(audit.path.stat().st_mode) == 0o600


def test_where_it_cannot_be_written_that_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ASSISTANT_AUDIT_LOG"):
        Audit(tmp_path / "absent" / "audit.jsonl")("a thing done")
    Audit(None)("a thing done")


def test_who_sees_the_admin_page_is_kept_and_who_does_not_is_not(audit: Audit) -> None:
    answerer = StaticAnswerer(document("The median pay is $5."))
    app = create_app(lambda: answerer, feedback=Feedback(admin_key=KEY, audit=audit))
    client = TestClient(app, client=("198.51.100.7", 1))
    for path, key in (("/admin", KEY), ("/admin", "wrong"), ("/admin/gaps.csv", KEY)):
        client.get(path, headers={"Authorization": f"Bearer {key}"})
    kept = [(each["event"], each["path"], each["client"], each["key"]) for each in events(audit)]
    who = ("198.51.100.7", "ASSISTANT_ADMIN_KEY")
    assert kept == [("admin viewed", "/admin", *who), ("admin viewed", "/admin/gaps.csv", *who)]


def test_keys_and_deletions_are_kept_without_what_is_secret(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_AUDIT_LOG", str(audit.path))
    keys, records = str(tmp_path / "keys.json"), tmp_path / "records.sqlite"
    Records(records).create()
    assert main(["keys", "add", "website", "--keys", keys]) == 0
    secret = capsys.readouterr().out.strip()
    assert main(["keys", "list", "--keys", keys]) == main(["keys", "remove", "website", "--keys", keys]) == 0
    assert main(["purge", "--records", str(records), "--containing", "Jane Doe"]) == 0
    assert [(each["event"], each.get("key"), each.get("how")) for each in events(audit)] == [
        ("key add", "website", None),
        ("key remove", "website", None),
        ("records purged", None, "containing"),
    ]
    text = audit.path.read_text("utf-8") if audit.path is not None else ""
    assert secret and secret not in text and "Jane" not in text
