"""Files of questions over HTTP, from handing in to download, by those who hold the key."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from serving import until
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.languages.catalogue import shipped
from assistant.languages.messages import Language
from assistant.server import create_app
from assistant.server.batches import routes
from assistant.server.batches.routes import FILE, Batches
from assistant.server.batches.runs import Runs
from assistant.server.batches.work import Worker
from assistant.server.feedback import Feedback
from assistant.testing import StaticAnswerer, document

KEY = "a-key-of-24-characters"
RUNS, WORDS = "/admin/batch/runs", "/admin/batch/words.json"
QUESTIONS = b"id;question\n1;median pay\n2;zebra\n3;\n"
ANSWERER = StaticAnswerer(
    document("The median pay is $5."),
    document("The secret bonus is $9.", id="hr.txt", metadata={"groups": ["hr"]}),
)


class Site:
    """A server with the page, and one who holds its key."""

    def __init__(self, folder: Path, keys: KeyRing | None = None, *, rights: bool = False) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.runs = Runs(folder / "batches", questions=5)
        self.worker = Worker(self.runs)
        batches = Batches(
            self.runs, self.worker, lambda what, **fields: self.events.append((what, fields)), "" if keys else KEY
        )
        feedback = Feedback(admin_key="" if keys else KEY)
        app = create_app(lambda: ANSWERER, batches=batches, keys=keys, rights=rights, feedback=feedback)
        self.client = TestClient(app, base_url="http://localhost", client=("192.0.2.7", 5000))
        self.headers = {"Authorization": f"Bearer {KEY}"}

    def add(self, name: str = "plan.csv", data: bytes = QUESTIONS) -> Any:
        said = {"Content-Type": FILE, **self.headers}
        return self.client.post(RUNS, params={"name": name}, content=data, headers=said)

    def post(self, path: str, **choice: object) -> Any:
        return self.client.post(f"{RUNS}/{path}", json=choice or None, headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)

    def listed(self) -> list[dict[str, Any]]:
        return list(self.get(RUNS).json()["runs"])

    def answers(self, id: str) -> Any:
        """The file of answers of a run that is started now."""
        assert self.post(f"{id}/start").status_code == 200
        assert self.worker.step()
        return self.get(f"{RUNS}/{id}/answers")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_file_is_handed_in_asked_and_downloaded(site: Site) -> None:
    reply = site.add()
    assert reply.status_code == 201
    run = reply.json()
    assert (run["name"], run["state"], run["column"], run["questions"]) == ("plan.csv", "read", 1, 2)
    assert run["shown"] == [[1, "median pay"], [2, "zebra"]]
    assert site.get(f"{RUNS}/{run['id']}/answers").json()["code"] == "not_found"
    done = site.answers(run["id"])
    assert done.headers["content-disposition"] == 'attachment; filename="plan-answers.csv"'
    assert done.headers["cache-control"] == "no-store"
    rows = [*csv.DictReader(io.StringIO(done.text), delimiter=";")]
    assert [(row["id"], row["status"]) for row in rows] == [("1", "answered"), ("2", "refused"), ("3", "skipped")]
    assert "(http://testserver" not in done.text and "/documents/guide.txt?" in rows[0]["sources"]
    [listed] = site.listed()
    assert (listed["state"], listed["done"], listed["answers"]) == ("done", 2, "plan-answers.csv")
    assert listed.keys().isdisjoint({"groups", "base"})


@pytest.mark.parametrize(
    ("name", "data", "answers", "begins"),
    [
        ("plan.txt", b"Median pay?\n", "plan-answers.csv", b"question,status,"),
        ("plan.md", b"- Median pay?\n", "plan-answers.md", b"<!--"),
        ("plan.tsv", b"question\tid\nMedian pay\t1\n", "plan-answers.tsv", b"question\tid\tstatus"),
        ("plan.jsonl", b'{"question": "Median pay?"}\n', "plan-answers.jsonl", b'{"question": "Median pay?"'),
    ],
)
def test_the_answers_are_of_the_same_kind(site: Site, name: str, data: bytes, answers: str, begins: bytes) -> None:
    done = site.answers(site.add(name, data).json()["id"])
    assert f'filename="{answers}"' in done.headers["content-disposition"]
    assert done.content.startswith(begins)


def test_a_workbook_comes_back_as_one(site: Site) -> None:
    book = Workbook()
    for row in (["Nr", "Question"], [7, "median pay"]):
        book.worksheets[0].append(row)
    book.save(out := io.BytesIO())
    done = site.answers(site.add("plän.xlsx", out.getvalue()).json()["id"])
    assert "plan-answers.xlsx" not in done.headers["content-disposition"]
    assert "pl%C3%A4n-answers.xlsx" in done.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(done.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:4] == [7, "median pay", "answered", "The median pay is $5."]


def test_another_column_can_be_chosen(site: Site) -> None:
    id = site.add().json()["id"]
    assert site.post(id, column=0).json()["shown"] == [[1, "1"], [2, "2"], [3, "3"]]
    assert site.post(id, column=9).json()["code"] == "invalid_request"
    assert site.post(id, column=0, colour="red").status_code == 422


def test_what_is_deleted_is_gone(site: Site) -> None:
    id = site.add().json()["id"]
    assert site.client.delete(f"{RUNS}/{id}", headers=site.headers).status_code == 204
    assert site.listed() == [] and site.post(f"{id}/start").status_code == 404


def test_a_file_that_cannot_be_read_says_why(site: Site) -> None:
    reply = site.add("plan.xls", b"\xd0\xcf\x11\xe0")
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_usage")
    assert reply.json()["detail"] == "plan.xls: xls is not read: save it as XLSX or CSV and run again"


def test_who_asks_is_told_in_their_language_what_was_said_before_they_came(site: Site) -> None:
    site.answers(site.add("plan.csv", b"nr;question\n1;median pay\n2;zebra\n3;\n").json()["id"])
    site.add("other.csv", b"one,two\na,b\n")
    for tag, came_to, wrong in (
        ("de", "3 Zeilen: 1 beantwortet, 1 nicht beantwortet, 0 gescheitert, 1 übersprungen", "keine Spalte sieht"),
        ("ar", "عدد الصفوف 3: بجواب 1، بلا جواب 1، فاشل 0، متروك 1", "لا عمود يبدو"),
        ("en", "3 rows: 1 answered, 1 refused, 0 error, 1 skipped", "no column looks"),
    ):
        site.headers["Accept-Language"] = tag
        reply = site.get(RUNS)
        other, done = reply.json()["runs"]
        assert reply.headers["content-language"] == tag and "Accept-Language" in reply.headers["vary"]
        assert done["summary"][0].startswith(came_to) and other["wrong"].startswith(wrong)
    site.headers["Accept-Language"] = "fr"
    assert site.add("plan.xls", b"\xd0").json()["detail"].startswith("plan.xls : xls n’est pas lu")
    assert site.post("0" * 16 + "/start").json()["detail"] == "ce fichier n’est plus gardé : choisissez-le de nouveau"
    assert "la colonne 'question' serait posée" in site.add().json()["told"][0]


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
def test_the_page_and_what_its_script_says_are_in_the_language_of_who_asks(site: Site, language: Language) -> None:
    site.headers["Accept-Language"] = language.tag
    page, words = site.get("/admin/batch"), site.get(WORDS).json()
    right = ' dir="rtl"' if language.direction == "rtl" else ""
    assert f'<html lang="{language.tag}"{right}>' in page.text and language.say("batch_page.choose") in page.text
    assert language.say("batch_page.count_hours", count=24) in page.text
    assert (words["language"], words["direction"]) == (language.tag, language.direction)
    assert words["words"]["row"] == language.words["batch_page.row"]
    assert f'<a href="/admin/batch">{language.say("batch_page.heading")}</a>' in site.get("/admin").text


def test_too_large_a_file_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST_BYTES", 30)
    assert site.add(data=b"question\n" + b"x" * 21).status_code == 201
    assert (reply := site.add(data=b"question\n" + b"x" * 22)).status_code == 413
    assert reply.json()["code"] == "request_too_large"


def calls(id: str) -> Iterator[tuple[str, str]]:
    yield from (("GET", path) for path in ("/admin/batch", WORDS, RUNS, f"{RUNS}/{id}/answers"))
    yield from (("POST", path) for path in (RUNS, f"{RUNS}/{id}", f"{RUNS}/{id}/start"))
    yield "DELETE", f"{RUNS}/{id}"


@pytest.mark.parametrize("given", ["", "Bearer another-key-of-24-letters"])
def test_without_the_key_nothing_is_told_or_done(site: Site, given: str) -> None:
    id = site.add().json()["id"]
    for method, path in calls(id):
        body: dict[str, Any] = {"json": {}} if path.endswith(id) and method == "POST" else {"content": b"question\nx\n"}
        headers = {"Content-Type": FILE} if "content" in body else {}
        reply = site.client.request(method, path, headers={**headers, "Authorization": given}, **body)
        assert reply.status_code == 401 and b"plan" not in reply.content, path
    assert [run["state"] for run in site.listed()] == ["read"]


def test_a_page_of_another_site_can_do_nothing_in_the_name_of_who_holds_the_key(site: Site) -> None:
    id = site.add().json()["id"]
    for dest in ("document", "empty"):
        site.headers |= {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": dest}
        for status in (
            site.add().status_code,
            site.post(f"{id}/start").status_code,
            site.client.delete(f"{RUNS}/{id}", headers=site.headers).status_code,
        ):
            assert status in (401, 403)
    site.headers = {"Authorization": f"Bearer {KEY}"}
    site.headers["Content-Type"] = "text/plain"  # what a form of another site could send
    assert site.add().status_code == 415
    assert [run["state"] for run in site.listed()] == ["read"]


def test_each_is_accounted_for(site: Site) -> None:
    id = site.add().json()["id"]
    site.answers(id)
    site.client.delete(f"{RUNS}/{id}", headers=site.headers)
    who = {"file": "plan.csv", "questions": 2, "client": "192.0.2.7", "key": "ASSISTANT_ADMIN_KEY"}
    assert site.events == [(f"batch {what}", who) for what in ("handed in", "started", "downloaded", "deleted")]


def test_the_page_has_a_strict_policy(site: Site) -> None:
    page = site.get("/admin/batch")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "form-action 'none'" in policy
    assert "deleted 24 hours after" in page.text and "5 different questions" in page.text
    assert "<script>" not in page.text and " style=" not in page.text


@pytest.fixture
def use(tmp_path: Path) -> Callable[[str], Site]:
    """Gives a site with rights, as one who holds this key."""
    ring = KeyRing(tmp_path / "keys.json")
    keys = {
        "hr": ring.add("hr", ("admin",), ("hr",)),
        "all": ring.add("all", ("admin",)),
        "asks": ring.add("asks", ("ask",), ("hr",)),
    }
    site = Site(tmp_path, ring, rights=True)

    def chosen(name: str) -> Site:
        site.headers = {"Authorization": f"Bearer {keys[name]}"}
        return site

    return chosen


def test_answers_are_those_that_the_groups_of_the_key_may_see(use: Callable[[str], Site]) -> None:
    for name, status in (("hr", "answered"), ("all", "refused")):
        id = use(name).add(data=b"question\nsecret bonus\n").json()["id"]
        assert f"secret bonus,{status}" in use(name).answers(id).text
    assert len(use("hr").listed()) == 2
    [own] = use("all").listed()
    assert own["id"] == id
    assert use("asks").get(RUNS).status_code == 403


def test_a_file_of_others_is_as_if_there_were_none(use: Callable[[str], Site]) -> None:
    id = use("hr").add().json()["id"]
    assert use("all").post(f"{id}/start").status_code == 404
    assert use("hr").post(f"{id}/start").status_code == 200


def test_a_file_is_asked_in_the_background(site: Site) -> None:
    with site.worker.working():
        id = site.add().json()["id"]
        site.post(f"{id}/start")
        until(lambda: site.listed()[0]["state"] == "done")


def test_there_is_no_page_without_it() -> None:
    assert TestClient(create_app(lambda: ANSWERER)).get("/admin/batch").status_code == 404
