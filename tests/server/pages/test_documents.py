"""The list of documents: by folder, found by words, and the first page that leads to it."""

from __future__ import annotations

import re
from html import unescape

from starlette.testclient import TestClient

from assistant.errors import IndexNotFound
from assistant.server import create_app
from assistant.server.pages import documents
from assistant.testing import StaticAnswerer, document
from assistant.types import Answerer, Document

PAY = document("Pay is fine.", id="hr/pay.txt", title="Pay <b>rules</b>", metadata={"updated": "2025-03-01T10:00:00Z"})
LEAVE = document("Leave is long.", id="hr/leave.txt", title="Leave", metadata={"date": "2024-01-05"})
OVEN = document("The oven is red and hot.", id="oven.md", title="Oven", metadata={"updated": "soon"})


def client(*some: Document) -> TestClient:
    """A client of a server over these documents."""
    answerer = StaticAnswerer(*some)
    return TestClient(create_app(lambda: answerer))


def listed(page: str) -> list[str]:
    found = re.findall(r'<li><a href="([^"]*)" dir="auto">(.*?)</a>', page)
    return [f"{unescape(title)} -> {address}" for address, title in found]


def test_documents_are_listed_by_folder_and_title_with_their_size_and_date() -> None:
    page = client(PAY, LEAVE, OVEN).get("/documents").text
    assert listed(page) == [
        "Oven -> /documents/oven.md",
        "Leave -> /documents/hr/leave.txt",
        "Pay <b>rules</b> -> /documents/hr/pay.txt",
    ]
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["hr"] and "3 documents." in page
    assert "<bdi>leave.txt</bdi> · 3 words · 2024-01-05" in page and "<bdi>oven.md</bdi> · 6 words<" in page


def test_they_are_found_by_all_words_of_title_or_name() -> None:
    site = client(PAY, LEAVE, OVEN)
    page = site.get("/documents", params={"q": " RULES hr "}).text
    assert listed(page) == ["Pay <b>rules</b> -> /documents/hr/pay.txt"]
    assert "1 document of 3." in page and 'value="RULES hr"' in page
    nothing = site.get("/documents", params={"q": '"><script>'}).text
    assert listed(nothing) == [] and "0 documents of 3." in nothing and "<script>" not in nothing


def test_the_form_may_only_ask_this_server() -> None:
    policy = client(PAY, LEAVE).get("/documents").headers["content-security-policy"]
    assert "form-action 'self'" in policy and "default-src 'none'" in policy


def test_one_document_needs_no_search_and_of_very_many_the_first_are_shown() -> None:
    assert "<form" not in client(PAY).get("/documents").text
    many = [document("Words.", id=f"{n:04}.txt", title=f"Text {n:04}") for n in range(documents.SHOWN + 7)]
    page = client(*many).get("/documents").text
    assert len(listed(page)) == documents.SHOWN and "507 documents. The first 500 are shown" in page


def test_the_first_page_says_what_it_answers_from() -> None:
    one = client(PAY).get("/").text
    assert "Pay &lt;b&gt;rules&lt;/b&gt;</a>. Last changed on 2025-03-01.</p>" in one
    many = [document("Words.", id=f"{n}.txt", title=f"Text {n}") for n in range(8)]
    page = client(*many).get("/").text.partition('<section class="about"')[2].partition("</section>")[0]
    said = unescape(re.sub("<[^>]*>", "", page).partition(">")[2].strip())
    assert said == "It answers from 8 documents, such as Text 0, Text 2 and Text 4."
    page = client(PAY, LEAVE).get("/").text
    assert '<a href="/documents">2 documents</a>: <a href="/documents/hr/leave.txt" dir="auto">Leave</a> and <a' in page


def test_without_an_index_there_is_a_page_that_says_so() -> None:
    def current() -> Answerer:
        raise IndexNotFound("no index here: run `assistant index`")

    site = TestClient(create_app(current))
    assert site.get("/").status_code == 200 and "It answers from" not in site.get("/").text
    failed = site.get("/documents", headers={"accept": "text/html"})
    assert failed.status_code == 503 and "no index here" in failed.text
