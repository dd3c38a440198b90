"""Each reply is in the language of who asks, and says so where it depends on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from serving import events
from starlette.testclient import TestClient

from assistant.errors import IndexNotFound
from assistant.languages.catalogue import load_languages, say, shipped
from assistant.languages.messages import Language
from assistant.server import create_app
from assistant.server.chat_content import plain
from assistant.server.feedback import Feedback
from assistant.server.limits import Limits
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Answerer, Filters, Turn

PAY = document("# Pay\nThe pay is good.\na | b\n", id="hr/pay.txt", title="Pay <b>")
KEY = "a key of the admin"
PHRASES = {
    "en": "Nothing in the documents is about this.",
    "de": "Davon handeln die Dokumente nicht.",
    "fr": "Rien dans les documents ne traite de cela.",
    "es": "Nada en los documentos trata de eso.",
    "ar": "لا شيء في المستندات يتناول هذا.",
}


class Wordy(StaticAnswerer):
    """Says what it does not answer in words of the catalogue, and notes something of what it does."""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        answer = super().ask(question, history=history, filters=filters)
        if answer.status == "refused":
            return replace(answer, message=say("answers.unrelated"))
        return replace(answer, note=say("answers.part_of_list", shown=1, count=2), fallback=say("answers.no_model"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    answerer = Wordy(PAY)
    return TestClient(create_app(lambda: answerer, feedback=Feedback(admin_key=KEY)))


def asked(client: TestClient, question: str, *, path: str = "/v1/ask", **headers: str) -> Any:
    return client.post(path, json={"question": question}, headers=headers)


@pytest.mark.parametrize("tag", PHRASES)
def test_a_refusal_is_in_the_language_of_the_address_or_of_the_header(client: TestClient, tag: str) -> None:
    for reply in (
        asked(client, "zebra", path=f"/v1/ask?lang={tag}", **{"Accept-Language": "es"}),
        asked(client, "zebra", **{"Accept-Language": f"xx, {tag};q=0.5"}),
    ):
        assert reply.json()["message"] == PHRASES[tag]
        assert reply.headers["content-language"] == tag
        assert "Accept-Language" in reply.headers["vary"]


def test_without_either_it_is_in_the_default_language() -> None:
    answerer = Wordy(PAY)
    german = TestClient(create_app(lambda: answerer, languages=load_languages(None, "de")))
    assert asked(german, "zebra").json()["message"] == PHRASES["de"]
    assert asked(german, "zebra", path="/v1/ask?lang=ja").json()["message"] == PHRASES["de"]
    assert asked(german, "zebra", **{"Accept-Language": "en"}).json()["message"] == PHRASES["en"]


def test_the_language_changes_nothing_but_the_assistants_own_words(client: TestClient) -> None:
    english, arabic = (
        asked(client, "is the pay good", path=f"/v1/ask?lang={tag}").json() | {"timings_ms": {}} for tag in ("en", "ar")
    )
    own = {"note", "fallback"}
    assert {key for key in english if english[key] != arabic[key]} == own
    assert english["note"] == "This shows 1 of 2 lines of a longer list."
    assert arabic["note"].startswith("يظهر هنا 1 من سطرين")


def test_a_stream_ends_in_the_same_language(client: TestClient) -> None:
    body = {"question": "zebra", "stream": True}
    reply = client.post("/v1/ask", json=body, headers={"Accept-Language": "de"})
    [(_, answer)] = events(reply.text)
    assert answer["message"] == PHRASES["de"] and reply.headers["content-language"] == "de"


def test_a_chat_client_reads_its_language_and_what_was_said_in_it_is_understood(client: TestClient) -> None:
    def said(question: str, before: Sequence[dict[str, str]] = ()) -> Any:
        body = {"messages": [*before, {"role": "user", "content": question}]}
        reply = client.post("/v1/chat/completions?lang=fr", json=body)
        return reply.json()["choices"][0]["message"]["content"]

    assert said("zebra") == PHRASES["fr"]
    answered = said("is the pay good")
    assert "\n\nSources :\n- [1] [Pay".replace(" :", "\u00a0:") in answered
    assert plain(answered) == "The pay is good."


@pytest.mark.parametrize(
    ("method", "path", "body", "title", "detail"),
    [
        ("POST", "/v1/ask", "{", "Unlesbare Anfrage", "der Inhalt ist kein JSON"),
        ("POST", "/v1/ask", "{}", "Ungültige Anfrage", "question: fehlt: senden Sie es"),
        ("POST", "/v1/ask", '{"question": ""}', "Ungültige Anfrage", "question: sollte mindestens 1 Zeichen haben"),
        ("POST", "/v1/ask", '{"question": "x", "filters": {"metadata": {"a": [[]]}}}', "Ungültige", "eine Liste davon"),
        ("POST", "/v1/search", '{"question": "x", "k": 101}', "Ungültige Anfrage", "k: sollte höchstens 100 sein"),
        ("GET", "/v1/documents/none", None, "Dokument nicht gefunden", "kein Dokument hat diese Kennung"),
        ("GET", "/nowhere", None, "Nicht gefunden", "unter dieser Adresse ist nichts"),
        ("DELETE", "/v1/ask", None, "Methode nicht erlaubt", "verwenden Sie POST"),
        ("GET", "/admin", None, "Nicht angemeldet", "geben Sie den Verwaltungsschlüssel als Passwort an"),
        ("GET", "/documents/hr/pay.txt?start=1", None, "Ungültige Anfrage", "start und end: geben Sie beide an"),
    ],
)
def test_a_problem_is_told_in_words_and_its_code_stays(
    client: TestClient, method: str, path: str, body: str | None, title: str, detail: str
) -> None:
    json_header = {"content-type": "application/json"} if body else {}
    german, english = (
        client.request(method, path, content=body, headers={"Accept-Language": tag, **json_header})
        for tag in ("de-AT", "en")
    )
    assert german.json()["title"].startswith(title) and detail in german.json()["detail"]
    assert german.headers["content-language"] == "de" and "Accept-Language" in german.headers["vary"]
    same = ("type", "status", "code")
    assert [german.json()[key] for key in same] == [english.json()[key] for key in same]
    assert german.status_code == english.status_code
    assert english.json()["detail"] != german.json()["detail"]


def test_what_stands_around_the_app_tells_its_problems_in_words_too() -> None:
    answerer = Wordy(PAY)
    app = create_app(lambda: answerer, limits=Limits(rate_limit=1, allowed_hosts=("testserver",)))
    client = TestClient(app, headers={"Accept-Language": "es"})
    asked(client, "zebra")
    assert re.fullmatch(r"demasiadas peticiones: .* dentro de \d+ segundos?", asked(client, "zebra").json()["detail"])
    other = client.get("/", headers={"host": "other.example"}).json()
    assert other["title"] == "Nombre de servidor no permitido"


def test_an_error_without_words_of_the_catalogue_says_what_it_says() -> None:
    def current() -> Answerer:
        raise IndexNotFound("no index in x: run `assistant index`")

    problem = asked(TestClient(create_app(current)), "pay", **{"Accept-Language": "de"}).json()
    assert (problem["title"], problem["detail"]) == ("Index nicht gefunden", "no index in x: run `assistant index`")


PAGES = ["/", "/documents", "/documents?q=pay", "/documents/hr/pay.txt", "/documents/gone.txt", "/admin"]


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_language_and_direction(client: TestClient, path: str, language: Language) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language.tag}
    reply = client.get(path, headers=headers, auth=("x", KEY))
    direction = ' dir="rtl"' if language.tag == "ar" else ""
    assert f'<html lang="{language.tag}"{direction}>' in reply.text
    assert reply.headers["content-language"] == language.tag
    assert "Accept-Language" in reply.headers["vary"]


def test_pages_have_the_words_of_their_language(client: TestClient) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "de"}
    pages = {path: client.get(path, headers=headers, auth=("x", KEY)).text for path in PAGES}
    assert '<a slot="links" href="/documents">Dokumente</a>' in pages["/"]
    assert 'Die Antworten stammen aus: <a href="/documents/hr/pay.txt" dir="auto">Pay &lt;b&gt;</a>.' in pages["/"]
    assert '<p class="origin">1 Dokument von 1. <a href="/documents">Alle zeigen</a></p>' in pages["/documents?q=pay"]
    assert "<h1>Dokument nicht gefunden</h1>" in pages["/documents/gone.txt"]
    assert "Es wird nichts aufgezeichnet: Setzen Sie <code>ASSISTANT_RECORDS</code> auf" in pages["/admin"]
    quoted = client.get("/documents/hr/pay.txt?start=0&end=3&version=x", headers=headers).text
    assert "Das Dokument hat sich geändert, seit dieser Link entstand." in quoted


def test_the_text_of_a_document_is_in_the_language_that_its_metadata_names() -> None:
    for language in ("nl", ""):
        shown = document("De tekst.", id="a.txt", metadata={"language": language} if language else {})
        page = TestClient(create_app(partial(StaticAnswerer, shown))).get("/documents/a.txt?lang=ar").text
        assert '<html lang="ar" dir="rtl">' in page
        assert f'<article id="document" tabindex="-1" lang="{language}">' in page and '<p dir="auto">De tekst.' in page


def test_pages_of_a_named_language_lead_to_pages_in_it(client: TestClient) -> None:
    named = client.get("/documents?lang=ar", headers={"Accept": "text/html"}).text
    assert set(re.findall(r'<a href="(/[^"]*)"', named)) == {
        "/?lang=ar",
        "/documents?lang=ar",
        "/documents/hr/pay.txt?lang=ar",
    }
    gone = client.get("/documents/gone.txt?lang=de", headers={"Accept": "text/html"}).text
    assert '<a href="/documents?lang=de">' in gone
    assert "lang=" not in re.sub(r"<html [^>]*>", "", client.get("/documents").text)


def test_a_search_of_the_documents_stays_in_the_named_language() -> None:
    answerer = StaticAnswerer(PAY, document("Leave.", id="leave.txt"))
    client = TestClient(create_app(lambda: answerer))
    assert '<input type="hidden" name="lang" value="fr">' in client.get("/documents?lang=fr").text
    assert "hidden" not in client.get("/documents", headers={"Accept-Language": "fr"}).text


def test_below_a_path_the_links_name_the_language_too() -> None:
    answerer = StaticAnswerer(PAY)
    client = TestClient(create_app(lambda: answerer, limits=Limits(root_path="/help")))
    page = client.get("/help/documents?lang=de").text
    assert '<a href="/help/documents/hr/pay.txt?lang=de"' in page and 'href="/help/static/page.css"' in page


@pytest.mark.parametrize(
    "path", ["/healthz", "/v1/documents", "/v1/documents/hr/pay.txt/text", "/openapi.json", "/docs"]
)
def test_what_is_the_same_in_every_language_names_none(client: TestClient, path: str) -> None:
    reply = client.get(path, headers={"Accept-Language": "de"})
    assert "content-language" not in reply.headers and "Accept-Language" not in reply.headers.get("vary", "")
    assert reply.text == client.get(path).text


def test_a_strange_query_is_no_obstacle(client: TestClient) -> None:
    for query in ("lang=", "lang=%FF", f"lang={'x' * 5000}", "lang=de&lang=<b>", "&".join("a=1" for _ in range(200))):
        reply = client.get(f"/documents?{query}")
        assert reply.status_code == 200 and '<html lang="en">' in reply.text, query
