"""Votes over HTTP, what is kept of an exchange, and the operator's page."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import bakery
import pytest
from injections import EVERY
from starlette.testclient import TestClient

from assistant.answer.pipeline import Assistant
from assistant.feedback import gaps
from assistant.feedback.records import Recorder, Records, Totals
from assistant.pinned.board import Pinboard
from assistant.pinned.entries import Pin, load
from assistant.server import Limits, create_app
from assistant.server.batches.routes import Batches
from assistant.server.batches.runs import Runs
from assistant.server.batches.work import Worker
from assistant.server.feedback import Feedback
from assistant.server.pinning import Pinning
from assistant.testing import HashEncoder, StaticAnswerer, document
from assistant.types import Answerer, Vectors

KEY = "a-key-of-24-characters"
BEARER = {"Authorization": f"Bearer {KEY}"}
GUIDE = StaticAnswerer(document("# Pay\nThe median pay is $5.\n", id="guide.txt"))


@dataclass(frozen=True, slots=True)
class Site:
    """An app that records, and what it records."""

    client: TestClient
    recorder: Recorder
    records: Records

    def ask(self, question: str, vote: str = "", comment: str | None = None) -> str:
        reply = self.client.post("/v1/ask", json={"question": question})
        id: str = reply.json()["id"]
        if vote:
            token = reply.headers["x-feedback-token"]
            body = {"answer_id": id, "token": token, "vote": vote, "comment": comment}
            assert self.client.post("/v1/feedback", json=body).status_code == 204
        return id

    def admin(self, path: str = "/admin") -> str:
        """The page, with all that was asked before."""
        response = self.client.get(path, headers=BEARER)
        assert response.status_code == 200
        return response.text


def encode(question: str) -> Vectors:
    vector: Vectors = HashEncoder().encode_queries([question])[0]
    return vector


@contextmanager
def site(path: Path, answerer: Answerer = GUIDE, key: str = KEY) -> Iterator[Site]:
    records = Records(path)
    with closing(Recorder(records, days=30)) as recorder:
        find: Callable[[], gaps.Gaps] = lambda: gaps.find_gaps(  # noqa: E731
            records.unanswered(), documents=answerer.documents, encode=encode
        )
        feedback = Feedback(recorder, find, key)
        yield Site(TestClient(create_app(lambda: answerer, feedback=feedback)), recorder, records)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "records.sqlite") as made:
        yield made


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One that keeps a question which only the key should show."""
    with site(tmp_path_factory.mktemp("locked") / "records.sqlite") as made:
        made.ask("a private zebra")
        made.recorder.close()
        yield made


def problem(response: Any, status: int, code: str) -> str:
    """The detail of the problem that the response must be."""
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
    return str(response.json()["detail"])


# Votes


def test_a_question_and_its_vote_are_kept(kept: Site) -> None:
    kept.ask("zebra?", "down", "  no zebra  ")
    kept.recorder.close()
    [asked] = kept.records.unanswered()
    assert (asked.question, asked.status, asked.reason, asked.down) == ("zebra?", "refused", "unrelated", 1)
    assert asked.comments == ("no zebra",)


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_is_kept_whichever_way_it_was_asked(kept: Site, stream: bool) -> None:
    chat = {"messages": [{"role": "user", "content": "a chat about zebras?"}], "stream": stream}
    assert kept.client.post("/v1/ask", json={"question": "zebra?", "stream": stream}).status_code == 200
    assert kept.client.post("/v1/chat/completions", json=chat).status_code == 200
    kept.recorder.close()
    assert {asked.question for asked in kept.records.unanswered()} == {"zebra?", "a chat about zebras?"}


def test_a_vote_is_not_taken_where_nothing_is_kept() -> None:
    client = TestClient(create_app(lambda: GUIDE))
    reply = client.post("/v1/ask", json={"question": "median pay"})
    assert "x-feedback-token" not in reply.headers
    body = {"answer_id": reply.json()["id"], "token": "x", "vote": "up"}
    assert "ASSISTANT_RECORDS" in problem(client.post("/v1/feedback", json=body), 404, "not_found")


def served(kept: Site, question: str, path: str = "/v1/ask", **fields: Any) -> dict[str, str]:
    """What a vote on the answer to a question is sent with."""
    reply = kept.client.post(path, json={"question": question, **fields})
    found = re.search(r"ans_[0-9a-f]+", reply.text)
    id = found[0] if found else GUIDE.ask(question).id
    return {"answer_id": id, "token": reply.headers["x-feedback-token"]}


def votes(kept: Site) -> tuple[int, int]:
    kept.recorder.flush()
    return kept.records.totals().up, kept.records.totals().down


def test_each_answer_that_is_served_has_one_vote(kept: Site) -> None:
    first, second = served(kept, "median pay"), served(kept, "median pay", stream=True)
    assert first["answer_id"] == second["answer_id"] and first["token"] != second["token"]
    for body in ({**first, "vote": "up"}, {**first, "vote": "up"}, {**second, "vote": "up"}):
        assert kept.client.post("/v1/feedback", json=body).status_code == 204
    assert votes(kept) == (2, 0)
    assert kept.client.post("/v1/feedback", json={**first, "vote": "down", "comment": "old"}).status_code == 204
    assert votes(kept) == (1, 1)


def test_a_chat_reply_can_be_voted_on(kept: Site) -> None:
    asked = served(kept, "median pay", "/v1/chat/completions", messages=[{"role": "user", "content": "median pay"}])
    assert kept.client.post("/v1/feedback", json={**asked, "vote": "up"}).status_code == 204
    assert votes(kept) == (1, 0)


def test_what_was_not_served_cannot_be_voted_on(kept: Site) -> None:
    asked, other = served(kept, "median pay"), served(kept, "zebra")
    for body in (
        {**asked, "answer_id": "ans_1f"},
        {**asked, "token": "made-up"},
        {**asked, "token": other["token"]},
    ):
        assert "served" in problem(kept.client.post("/v1/feedback", json={**body, "vote": "up"}), 404, "not_found")
    assert votes(kept) == (0, 0)
    kept.records.purge()
    problem(kept.client.post("/v1/feedback", json={**asked, "vote": "up"}), 404, "not_found")


def test_a_page_of_another_site_can_read_the_token(tmp_path: Path) -> None:
    origin = "https://careers.example.org"
    with site(tmp_path / "records.sqlite") as kept:
        feedback = Feedback(kept.recorder)
        client = TestClient(create_app(lambda: GUIDE, feedback=feedback, limits=Limits(allowed_origins=(origin,))))
        reply = client.post("/v1/ask", json={"question": "median pay"}, headers={"Origin": origin})
        assert "X-Feedback-Token" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "answer_id: is missing: send it; token: is missing: send it; vote: is missing"),
        ({"answer_id": "ans_1", "token": "a b", "vote": "up"}, "token: should match pattern"),
        ({"answer_id": "ans_1", "vote": "sideways"}, "vote: should be 'up', 'down' or 'comment'"),
        ({"answer_id": "1", "vote": "up"}, "answer_id: should match pattern"),
        ({"answer_id": "ans_1\n", "vote": "up"}, "answer_id: should match pattern"),
        ({"answer_id": "ans_" + "1" * 97, "vote": "up"}, "answer_id: should match pattern"),
        ({"answer_id": 1, "vote": "up"}, "answer_id: should be a valid string"),
        ({"answer_id": "ans_1", "vote": "up", "comment": "x" * 2001}, "comment: should have at most 2000 characters"),
        ({"answer_id": "ans_1", "vote": "up", "comment": 1}, "comment: should be a valid string"),
        ({"answer_id": "ans_1", "vote": "up", "who": "me"}, "who: is not a field here"),
    ],
)
def test_a_bad_vote_is_refused_with_what_to_do(locked: Site, body: Mapping[str, Any], detail: str) -> None:
    assert detail in problem(locked.client.post("/v1/feedback", json=body), 422, "invalid_request")


def test_a_vote_is_read_as_other_bodies_are(kept: Site) -> None:
    json_type = {"content-type": "application/json"}
    problem(kept.client.post("/v1/feedback", content=b"{", headers=json_type), 400, "malformed_request")
    problem(kept.client.post("/v1/feedback", content=b"vote=up"), 415, "unsupported_media_type")
    problem(kept.client.post("/v1/feedback", content=b" " * 70_000, headers=json_type), 413, "request_too_large")
    problem(kept.client.get("/v1/feedback"), 405, "method_not_allowed")
    comment = "👩" * 2000
    body = {**served(kept, "median pay"), "vote": "up", "comment": f" {comment} "}
    assert kept.client.post("/v1/feedback", json=body).status_code == 204


def test_a_reply_is_the_same_whether_it_is_kept_or_not(kept: Site) -> None:
    plain = TestClient(create_app(lambda: GUIDE))
    for question in ("median pay", "zebra"):
        replies = [client.post("/v1/ask", json={"question": question}).json() for client in (plain, kept.client)]
        assert {**replies[0], "timings_ms": 0} == {**replies[1], "timings_ms": 0}


def test_what_cannot_be_answered_is_not_kept(kept: Site) -> None:
    for body in ({"question": ""}, {"question": "zebra", "k": 1}):
        assert kept.client.post("/v1/ask", json=body).status_code == 422
    kept.recorder.close()
    assert kept.records.totals() == Totals(0, 0, 0, 0, None)


def test_no_address_and_no_header_of_the_client_is_kept(tmp_path: Path) -> None:
    with site(tmp_path / "records.sqlite") as kept:
        headers = {"User-Agent": "Curious/7", "X-Forwarded-For": "203.0.113.77", "Referer": "https://from.example/"}
        client = TestClient(kept.client.app, client=("203.0.113.88", 4711), headers=headers, cookies={"who": "jane"})
        asked = client.post("/v1/ask", json={"question": "zebra"}, headers={"X-Request-Id": "request-99"})
        token = asked.headers["x-feedback-token"]
        client.post("/v1/feedback", json={"answer_id": asked.json()["id"], "token": token, "vote": "down"})
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"zebra" in found
    for secret in (b"203.0.113", b"testclient", b"Curious", b"from.example", b"jane", b"request-99"):
        assert secret not in found


def test_an_answer_does_not_wait_for_records_that_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with site(tmp_path / "records.sqlite") as kept:
        for path in tmp_path.iterdir():
            path.unlink()
        tmp_path.joinpath("records.sqlite").write_text("no database")
        assert kept.client.post("/v1/ask", json={"question": "median pay"}).json()["status"] == "answered"
        kept.recorder.close()
        assert "1 rows are left out" in caplog.text and "median" not in caplog.text
        detail = problem(kept.client.get("/admin", headers=BEARER), 500, "records_error")
        assert "set ASSISTANT_RECORDS to another file" in detail


# The operator's page


@pytest.mark.parametrize("path", ["/admin", "/admin/gaps.csv"])
def test_without_a_key_in_the_settings_there_is_no_page(tmp_path: Path, path: str) -> None:
    with site(tmp_path / "records.sqlite", key="") as kept:
        for headers in ({}, BEARER, {"Authorization": "Bearer "}, {"Authorization": "Basic Og=="}):
            problem(kept.client.get(path, headers=headers), 404, "not_found")
        problem(kept.client.post(path), 404, "not_found")


def basic(pair: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


@pytest.mark.parametrize(
    "headers",
    [BEARER, basic(f":{KEY}"), basic(f"anyone:{KEY}"), {"Authorization": f"bearer  {KEY}"}],
)
@pytest.mark.parametrize("path", ["/admin", "/admin/gaps.csv"])
def test_the_key_opens_the_page(locked: Site, path: str, headers: Mapping[str, str]) -> None:
    response = locked.client.get(path, headers=headers)
    assert response.status_code == 200 and "zebra" in response.text
    assert response.headers["cache-control"] == "no-store" and "set-cookie" not in response.headers
    assert locked.client.head(path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": KEY},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {KEY[:-1]}"},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": f"Digest {KEY}"},
        basic(KEY),
        basic(f"{KEY}:"),
        basic(f"anyone:{KEY}x"),
        {"Authorization": "Basic !!"},
        {"Cookie": f"key={KEY}"},
    ],
)
@pytest.mark.parametrize("path", ["/admin", "/admin/gaps.csv"])
def test_nothing_else_opens_it(locked: Site, path: str, headers: dict[str, Any]) -> None:
    response = locked.client.get(path, headers=headers)
    assert "zebra" not in response.text and "admin key" in problem(response, 401, "unauthorized")
    assert response.headers["www-authenticate"] == 'Basic realm="admin", charset="UTF-8"'
    assert response.headers["cache-control"] == "no-store"


def test_a_key_may_hold_any_letters(tmp_path: Path) -> None:
    key = "schlüssel-für-die-tür"
    with site(tmp_path / "records.sqlite", key=key) as kept:
        for right in (f"Bearer {key}".encode(), basic(f"me:{key}")["Authorization"].encode()):
            assert kept.client.get("/admin", headers={b"authorization": right}).status_code == 200
        for wrong in (f"Bearer {key}s".encode(), "Basic é".encode(), b"Basic \xff"):
            assert kept.client.get("/admin", headers={b"authorization": wrong}).status_code == 401


def test_the_key_in_the_address_opens_nothing(locked: Site) -> None:
    problem(locked.client.get("/admin", params={"key": KEY, "admin_key": KEY}), 401, "unauthorized")


@pytest.mark.parametrize("dest", ["empty", "image", "iframe", "script", "style"])
@pytest.mark.parametrize("place", ["cross-site", "same-site"])
def test_no_part_of_another_sites_page_gets_it(locked: Site, dest: str, place: str) -> None:
    sent = {**BEARER, "Sec-Fetch-Site": place, "Sec-Fetch-Dest": dest}
    problem(locked.client.get("/admin", headers=sent), 401, "unauthorized")
    assert locked.client.get("/admin", headers={**sent, "Sec-Fetch-Dest": "document"}).status_code == 200
    assert locked.client.get("/admin", headers={**sent, "Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_can_only_be_read(locked: Site, method: str) -> None:
    problem(locked.client.request(method, "/admin", headers=BEARER), 405, "method_not_allowed")
    problem(locked.client.request(method, "/admin/gaps.csv", headers=BEARER), 405, "method_not_allowed")


def test_the_page_groups_what_is_missing(kept: Site) -> None:
    kept.ask("is there a company car")
    kept.ask("Is there a company car?")
    kept.ask("is there a car")
    kept.ask("median pay", "down", "that was last year")
    kept.ask("the median pay is", "up")
    page = kept.admin()
    questions = [html.unescape(each).lower().rstrip("?") for each in re.findall("<h2.*?>(.*?)</h2>", page)]
    assert questions == ["is there a company car", "median pay"]
    text = html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page)))
    assert "5 questions recorded since 20" in text and "3 of them refused; 1 vote up, 1 down." in text
    assert "Asked 3, refused 3 (unsupported)" in text and "Also asked as (1) is there a car" in text
    assert "Asked 1 Votes 0 up, 1 down" in text and "Comments (1) that was last year" in text
    assert "Guide › Pay The median pay is $5." in text
    [link] = {*re.findall('href="(/documents/[^"]*)"', page)}
    assert kept.client.get(html.unescape(link)).text.count('<mark id="cited">The median pay is $5.</mark>') == 1


def test_the_page_says_when_there_is_nothing(kept: Site) -> None:
    assert "0 questions recorded" in kept.admin() and "Nothing was refused or voted down." in kept.admin()
    alone = TestClient(create_app(lambda: GUIDE, feedback=Feedback(admin_key=KEY)))
    assert "set <code>ASSISTANT_RECORDS</code>" in alone.get("/admin", headers=BEARER).text
    assert alone.get("/admin/gaps.csv", headers=BEARER).text == "\ufeffquestion,answer,count,closest_source\r\n"


def test_the_page_runs_no_script_and_loads_nothing_from_elsewhere(kept: Site) -> None:
    page = kept.client.get("/admin", headers=BEARER)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src data:; ") and "script-src" not in policy
    assert "form-action 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    for address in re.findall('<link[^>]* href="([^"]*)"', page.text):
        assert address == "data:," or kept.client.get(address).status_code == 200


def test_the_table_can_be_downloaded(kept: Site) -> None:
    kept.ask("=1+1 zebra")
    kept.ask("median pay;=2+2", "down")
    rows = list(csv.reader(io.StringIO(kept.admin("/admin/gaps.csv").removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["question", "answer", "count", "closest_source"]
    assert sorted(row[0] for row in rows[1:]) == ["'=1+1 zebra", "median pay;=2+2"]
    response = kept.client.get("/admin/gaps.csv", headers=BEARER)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="gaps.csv"'
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_document_that_is_deleted_is_gone_from_the_page(tmp_path: Path) -> None:
    with site(tmp_path / "records.sqlite") as kept:
        kept.ask("median pay", "down")
        assert "The median pay is $5." in kept.admin()
    with site(tmp_path / "records.sqlite", StaticAnswerer(document("Other text.", id="other.txt"))) as kept:
        page = kept.admin()
        assert "median pay" in page and "The median pay is $5." not in page and "guide.txt" not in page


TOLD = ("time", "a", "blockquote", "details", "summary", "ul")


class Tags(HTMLParser):
    """The tags and attributes of a page, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}


def hostile() -> StaticAnswerer:
    """An assistant over documents whose text, headings, titles, ids and metadata are attacks."""
    documents = []
    for number, text in enumerate(EVERY):
        heading = " ".join(text.split())
        made = document(f"# {heading}\n{heading} zebra{number}.\n", id=f"{number}/{heading}", title=text)
        documents.append(replace(made, metadata={"url": text}))
    return StaticAnswerer(*documents)


def test_nothing_that_people_or_documents_say_becomes_markup(tmp_path: Path) -> None:
    with site(tmp_path / "records.sqlite", hostile()) as kept:
        plain = Tags(kept.client.get("/admin", headers=BEARER).text)
        for number, text in enumerate(EVERY):
            kept.ask(f"zebra{number} {text}"[:2000], "down", text)
        page = kept.admin()
    seen = Tags(page)
    assert seen.tags - plain.tags == {*("ol", "li", "h2", "dl", "dt", "dd"), *TOLD}
    assert seen.attributes - plain.attributes == {"datetime", "dir"}
    assert all(re.match(r"data:,$|/(documents|widget|static|admin)/", address) for address in seen.addresses)
    shown = html.unescape(page)
    assert all(text in shown for text in EVERY)


def test_the_page_sends_its_form_to_this_server_alone(tmp_path: Path) -> None:
    with pinning_site(tmp_path) as (client, _):
        policy = client.get("/admin", headers=BEARER).headers["content-security-policy"]
    assert re.findall("form-action [^;]*", policy) == ["form-action 'self'"]


@contextmanager
def pinning_site(tmp_path: Path) -> Iterator[tuple[TestClient, Path]]:
    """An app with one gap, over documents that have another subject, and the file that answers are pinned in."""
    file, records = tmp_path / "faq.csv", Records(tmp_path / "records.sqlite")

    def current() -> Assistant:
        known = load(file).pins if file.exists() else ()
        return bakery.assistant({"Bakery": bakery.BAKERY}).with_board(Pinboard(known, "faq.csv", reading=None))

    with closing(Recorder(records, days=30)) as recorder:
        find: Callable[[], gaps.Gaps] = lambda: gaps.find_gaps(  # noqa: E731
            records.unanswered(), documents={}, encode=encode
        )
        feedback = Feedback(recorder, find, KEY, pinning=Pinning(file, current))
        client = TestClient(create_app(current, feedback=feedback))
        assert client.post("/v1/ask", json={"question": "Is there parking?"}).json()["status"] == "refused"
        yield client, file


FORM = {"question": "Is there parking?", "answer": "Behind the\r\nhouse.", "source": "", "valid_until": "2999-01-31"}


def test_turns_a_gap_into_a_pinned_answer(tmp_path: Path) -> None:
    with pinning_site(tmp_path) as (client, file):
        assert "Answer this yourself" in client.get("/admin", headers=BEARER).text
        reply = client.post("/admin/pinned", data=FORM, headers=BEARER)
        assert (reply.status_code, "Pinned: Is there parking?" in reply.text) == (200, True)
        assert "A pinned answer is given to this now." in reply.text
        assert load(file).pins == (Pin("Is there parking?", "Behind the\nhouse.", valid_until=date(2999, 1, 31)),)
        answer = client.post("/v1/ask", json={"question": "is there PARKING"}).json()
        assert answer["answer"] == "Behind the\nhouse."
        assert answer["pinned"] == {"question": "Is there parking?", "source": None, "valid_until": "2999-01-31"}
        [first, _] = answer["citations"]
        text = client.get(f"/v1/documents/{first['document_id']}/text").text
        assert text[first["start_char_index"] : first["end_char_index"]] == first["cited_text"] == "Behind the"
        assert client.get(first["url"]).status_code == 200


def test_says_why_an_answer_is_not_pinned(tmp_path: Path) -> None:
    with pinning_site(tmp_path) as (client, file):
        reply = client.post("/admin/pinned", data=FORM | {"valid_until": "soon"}, headers=BEARER)
        assert "Not pinned: the last day: &#39;soon&#39; is no day: write it like 2027-01-31" in reply.text
        assert not file.exists()


def test_pins_nothing_without_the_key_or_from_another_site(tmp_path: Path) -> None:
    with pinning_site(tmp_path) as (client, file):
        assert client.post("/admin/pinned", data=FORM).status_code == 401
        for foreign in ("cross-site", "same-site"):
            headers = {**BEARER, "Sec-Fetch-Site": foreign, "Sec-Fetch-Dest": "document"}
            assert client.post("/admin/pinned", data=FORM, headers=headers).status_code == 403
        assert not file.exists()


def test_offers_no_pinning_where_no_file_is_named(tmp_path: Path) -> None:
    with site(tmp_path / "records.sqlite") as here:
        here.ask("Is there parking?")
        assert "Answer this yourself" not in here.admin()
        reply = here.client.post("/admin/pinned", data=FORM, headers=BEARER)
        assert "Name a file with ASSISTANT_PINNED" in reply.text


def test_the_page_leads_to_that_for_files_of_questions_where_there_is_one(tmp_path: Path) -> None:
    runs = Runs(tmp_path)
    with_batches = create_app(
        lambda: GUIDE, feedback=Feedback(admin_key=KEY), batches=Batches(runs, Worker(runs), admin_key=KEY)
    )
    for app, leads in ((with_batches, True), (create_app(lambda: GUIDE, feedback=Feedback(admin_key=KEY)), False)):
        assert ('href="/admin/batch"' in TestClient(app).get("/admin", headers=BEARER).text) == leads
