"""What is sent is what was meant: every value comes back from its body, rounded and checked on the way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from assistant.errors import UnverifiedCitation
from assistant.testing import PROMISE, StaticAnswerer, document
from assistant.types import Answer, Citation, Hit, Json, Passage, Turn
from assistant.wire import (
    AnswerBody,
    DocumentsBody,
    OutcomeBody,
    PromiseBody,
    SaidBody,
    SearchBody,
    WholeDocumentBody,
)

GUIDE = document(
    "# Pay\n## Head\nMedian salary: $336,500\nRange: $1 to $2\n",
    id="roles/head of ai.txt",
    title="Head of AI",
    metadata={"url": "https://example.org/guide", "team": ["data", 1, None]},
)
OTHER = document("Holidays: thirty days\n", id="b.txt", title="B")


@pytest.fixture
def answerer() -> StaticAnswerer:
    return StaticAnswerer(GUIDE, OTHER)


def sent(answer: Answer, answerer: StaticAnswerer) -> AnswerBody:
    """The body, as it comes out of JSON at the other side."""
    return AnswerBody.model_validate_json(AnswerBody.of(answer, answerer).model_dump_json())


def plain(answer: Answer) -> tuple[Citation, ...]:
    """Its citations without scores, which only the closest places of a refusal are sent with."""
    return tuple(replace(citation, score=None) for citation in answer.citations)


def test_an_answer_comes_back_as_it_was(answerer: StaticAnswerer) -> None:
    answer = replace(answerer.ask("median salary"), conflicts=(((0,), (0,)),), timings_ms={"total": 12.345})
    assert answer.status == "answered" and answer.citations[0].published_url is not None
    assert sent(answer, answerer).value() == replace(answer, citations=plain(answer))


def test_a_refusal_comes_back_with_the_scores_of_what_was_near(answerer: StaticAnswerer) -> None:
    answer = answerer.ask("salary of zebras", history=[Turn("user", "hello")])
    back = sent(answer, answerer)
    assert back.value().closest == tuple(replace(place, score=0.3333) for place in answer.closest)
    assert (back.status, back.reason, back.answer, back.confidence) == ("refused", "unsupported", "", 0.3333)


def test_shares_and_scores_have_four_places_and_times_three(answerer: StaticAnswerer) -> None:
    answer = replace(answerer.ask("median salary"), confidence=0.123456, timings_ms={"total": 1.23456})
    body = AnswerBody.of(answer, answerer)
    assert (body.confidence, body.timings_ms) == (0.1235, {"total": 1.235})
    hit = Hit(Passage(OTHER.id, OTHER.version, 0, 8, "Holidays"), 0.987654, dense=0.111111, lexical=None)
    [found] = SearchBody.of([hit], answerer).hits
    assert (found.score, found.scores.dense, found.scores.lexical) == (0.9877, 0.1111, None)


def test_a_citation_that_does_not_stand_in_its_document_is_not_sent(answerer: StaticAnswerer) -> None:
    answered, refused = answerer.ask("median salary"), answerer.ask("salary of zebras")
    for answer in (
        replace(answered, citations=(replace(answered.citations[0], cited_text="Median salary: $9"),)),
        replace(refused, closest=(replace(refused.closest[0], start=3),)),
    ):
        with pytest.raises(UnverifiedCitation):
            AnswerBody.of(answer, answerer)


def test_a_block_is_said_with_its_citations_whole(answerer: StaticAnswerer) -> None:
    answer = answerer.ask("median salary")
    said = SaidBody.of(2, answer.blocks[0], answer.citations)
    assert (said.index, said.text) == (2, "Median salary: $336,500")
    assert tuple(each.value() for each in said.citations) == plain(answer)


def test_passages_come_back_with_the_section_and_page_that_they_were_found_with(answerer: StaticAnswerer) -> None:
    passage = Passage(GUIDE.id, GUIDE.version, 14, 37, "Median salary: $336,500", ("Elsewhere",), 7)
    hits = [Hit(passage, 0.5, dense=0.25, lexical=7.5), Hit(replace(passage, page=None), 0.25, lexical=1.0)]
    body = SearchBody.model_validate_json(SearchBody.of(hits, answerer).model_dump_json())
    assert [each.hit() for each in body.hits] == hits
    assert body.index_id == "static"


def test_a_document_comes_back_with_its_outline_and_the_text_that_is_fetched_apart(answerer: StaticAnswerer) -> None:
    body = WholeDocumentBody.model_validate_json(WholeDocumentBody.of(GUIDE, answerer).model_dump_json())
    assert body.value(GUIDE.text) == replace(GUIDE, lines=())
    assert (body.characters, body.passages, body.pages) == (len(GUIDE.text), 2, None)
    assert [each.id for each in DocumentsBody.of(answerer).documents] == ["b.txt", "roles/head of ai.txt"]


def test_a_promise_comes_back_with_its_counts_by_kind(answerer: StaticAnswerer) -> None:
    body = PromiseBody.model_validate_json(PromiseBody.of(answerer).model_dump_json())
    assert body.value() == PROMISE
    assert (body.hard.questions, body.hard.false_answer_rate) == (60, 0.08)
    assert (body.easy.questions, body.easy.false_answer_rate) == (60, 0.02)
    assert (body.thresholds, body.settings_id) == ({"prose": 0.5, "structured": 0.5}, "static")


def test_an_outcome_is_an_answer_without_its_timings(answerer: StaticAnswerer) -> None:
    body = AnswerBody.of(answerer.ask("median salary"), answerer)
    whole = json.loads(body.model_dump_json())
    del whole["timings_ms"]
    assert list(whole) == list(OutcomeBody.model_fields)
    assert body.outcome().model_dump(mode="json") == whole
    assert body.outcome() == OutcomeBody.model_validate(whole) != body


def test_an_outcome_is_told_by_its_id_or_by_its_index_where_no_settings_are_known(answerer: StaticAnswerer) -> None:
    outcome = AnswerBody.of(answerer.ask("median salary"), answerer).outcome()
    assert outcome.is_of(answerer)
    answerer.settings_id = "others"
    assert not outcome.is_of(answerer)
    answerer.settings_id = ""
    assert outcome.is_of(answerer)
    answerer.index_id = "another"
    assert not outcome.is_of(answerer)


def test_what_is_no_answer_is_turned_down(answerer: StaticAnswerer) -> None:
    whole = AnswerBody.of(answerer.ask("median salary"), answerer).model_dump(mode="json")
    others: list[dict[str, Json]] = [{"status": "perhaps"}, {"confidence": 1.5}, {"id": None}, {"citations": [{}]}]
    for changed in others:
        with pytest.raises(ValidationError):
            AnswerBody.model_validate(whole | changed)
    assert AnswerBody.model_validate(whole | {"tags": ["new"]}).model_dump(mode="json") == whole
