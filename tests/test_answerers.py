"""What everything that can be asked holds to, whether it answers here, over HTTP, or as a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bakery import BAKERY, assistant
from serving import serving

from assistant.client import Remote
from assistant.ids import answer_id
from assistant.server import create_app
from assistant.testing import StaticAnswerer, document
from assistant.types import Answerer, Filters, Turn

MILLER = "Duties\nThe miller grinds the corn.\nThe sails turn at dawn.\n"


def fake() -> Answerer:
    return StaticAnswerer(
        document("# Duties\nLight the ovens\nMix the dough\n# Wages\nMedian wage: $61,000\n", id="baker.txt"),
        document("# Duties\nThe miller grinds the corn.\n", id="miller.txt"),
    )


def real() -> Answerer:
    return assistant({"Baker": BAKERY, "Miller": MILLER})


MADE: dict[str, Callable[[], Answerer]] = {"fake": fake, "real": real}


@pytest.fixture(scope="module", params=["fake", "real", "fake elsewhere", "real elsewhere"])
def answerer(request: pytest.FixtureRequest) -> Iterator[Answerer]:
    name, _, elsewhere = str(request.param).partition(" ")
    made = MADE[name]()
    if not elsewhere:
        yield made
        return
    with serving(create_app(lambda: made)) as url:
        yield Remote(url)


QUESTIONS = ["Who lights the ovens?", "light the ovens", "median wage", "zebras in winter", "x"]


def test_documents_come_in_the_order_of_their_ids_each_with_its_passages(answerer: Answerer) -> None:
    assert list(answerer.documents) == list(answerer.passage_counts) == ["baker.txt", "miller.txt"]
    assert all(n > 0 for n in answerer.passage_counts.values())
    assert "nowhere.txt" not in answerer.documents
    with pytest.raises(KeyError):
        answerer.documents["nowhere.txt"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_sources_that_can_be_sliced_and_a_refusal_has_none(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question)
    for place in (*answer.citations, *answer.closest):
        assert answerer.documents[place.document_id].text[place.start : place.end] == place.cited_text
    assert (answer.question, answer.index_id) == (question, answerer.index_id)
    assert 0 <= answer.confidence <= 1
    if answer.status == "answered":
        assert answer.blocks and answer.reason is None and not answer.closest
        assert all(block.citations for block in answer.blocks)
    else:
        assert answer.reason and answer.message and (answer.blocks, answer.citations) == ((), ())


def test_it_answers_what_the_documents_say_and_refuses_the_rest(answerer: Answerer) -> None:
    assert "Light the ovens" in answerer.ask("light the ovens").text
    assert answerer.ask("zebras in winter").status == "refused"


def test_the_same_question_gives_the_same_answer_under_the_id_that_it_must_have(answerer: Answerer) -> None:
    history, filters = [Turn("user", "hello")], Filters(document_ids=("baker.txt",))
    one, again = (answerer.ask("light the ovens", history=history, filters=filters) for _ in range(2))
    known = {"settings_id": answerer.settings_id, "index_id": answerer.index_id}
    assert one.id == again.id == answer_id("light the ovens", history, filters, **known)
    assert (one.status, one.blocks, one.citations) == (again.status, again.blocks, again.citations)
    assert answerer.ask("light the ovens").id != one.id


def test_filters_leave_only_what_they_let_through(answerer: Answerer) -> None:
    only = Filters(document_ids=("miller.txt",))
    assert {hit.passage.document_id for hit in answerer.search("who grinds the corn", filters=only)} == {"miller.txt"}
    assert answerer.ask("light the ovens", filters=only).status == "refused"
    assert answerer.ask("light the ovens", filters=Filters(sections=("nowhere",))).reason == "filtered"
    assert answerer.search("light the ovens", filters=Filters(metadata={"team": "none"})) == []


def test_a_search_gives_whole_passages_best_first_and_no_more_than_asked_for(answerer: Answerer) -> None:
    hits = answerer.search("light the ovens", k=2)
    assert 1 <= len(hits) <= 2
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        text = answerer.documents[hit.passage.document_id].text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text
    assert len(answerer.search("light the ovens", k=1)) == 1


def test_it_promises_a_rate_that_it_says_in_words(answerer: Answerer) -> None:
    promise = answerer.promise
    assert promise.max_false_answer_rate == 0.1 and "at most 10% are answered" in promise.statement()
    assert 0 <= promise.threshold <= 1
