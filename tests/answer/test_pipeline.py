"""Answers are the documents' own words at the grain that was asked for, or refusals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bakery import BAKERY, assistant
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.overlap import TermOverlap
from assistant.answer.select import _clause, select
from assistant.documents.outline import Outline
from assistant.question.parse import take_apart
from assistant.question.stems import words
from assistant.types import Answer, Filters, Passage, Reading, Turn

BAKER = assistant({"Baker": BAKERY})


def said(answer: Answer) -> list[str]:
    for citation in answer.citations:
        text = BAKER.documents[citation.document_id].text
        assert text[citation.start : citation.end] == citation.cited_text
    return [block.text for block in answer.blocks]


def test_a_figure_is_one_line() -> None:
    assert said(BAKER.ask("What is the median wage of a Master Baker?")) == ["Median wage: $61,000"]


def test_a_list_is_whole_and_of_its_section_alone() -> None:
    assert said(BAKER.ask("What are the late duties?")) == ["Sweep the floor", "Count the till"]


def test_a_section_of_sections_is_their_headings() -> None:
    assert said(BAKER.ask("What are the duties of the baker?")) == [
        "The baker holds these duties:",
        "Early Duties",
        "Late Duties",
    ]


def test_a_lead_in_is_said_with_the_sections_that_it_leads_to() -> None:
    assert said(BAKER.ask("Which duties does the baker hold?")) == [
        "The baker holds these duties:",
        "Early Duties",
        "Late Duties",
    ]


def test_a_list_is_found_by_its_likest_item() -> None:
    document = BAKER.documents["baker.txt"]
    items = [n for n, line in enumerate(document.lines) if document.text[line.start :].startswith(("Light", "Mix"))]
    readings = [
        Reading(document.id, document.lines[n].start, document.lines[n].end, score)
        for n, score in zip(items, (0.6, 0.1), strict=True)
    ]
    ask = take_apart("What are the early duties?")[0]
    chosen = select(ask, readings, {document.id: Outline(document)}, TermOverlap(words, lambda word: 1.0))
    assert chosen.units[0].lines == tuple(items)


def test_two_things_get_two_answers() -> None:
    answer = BAKER.ask("How do the median wage of a Master Baker and of a Journeyman compare?")
    assert sorted(said(answer)) == ["Median wage: $45,000", "Median wage: $61,000"]
    assert answer.conflicts == ()


def test_two_questions_get_two_answers() -> None:
    answer = BAKER.ask("What is the entry wage of a Journeyman and what are the early duties?")
    assert said(answer) == ["Entry wage: $30,000", "Light the ovens", "Mix the dough"]


def test_a_contradiction_is_named() -> None:
    answer = BAKER.ask("Which certificate in baking?")
    assert sorted(text.split(" certificate")[0] for text in said(answer)) == [
        "A Master's",
        "Schooling: usually a Bachelor's",
    ]
    assert answer.conflicts == (((0,), (1,)),)


def test_what_no_document_is_about_is_refused_with_what_came_closest() -> None:
    answer = BAKER.ask("zebra xylophone")
    assert (answer.status, answer.reason, answer.blocks, answer.citations) == ("refused", "unrelated", (), ())
    assert answer.message
    assert 0 < len(answer.closest) <= 3
    scores = [citation.score or 0 for citation in answer.closest]
    assert scores == sorted(scores, reverse=True)


def test_a_name_that_the_document_does_not_hold_is_refused_and_named() -> None:
    answer = BAKER.ask("What was the median wage of a Master Baker in 1999?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message is not None and "1999" in answer.message


def test_filters_narrow_and_may_leave_nothing() -> None:
    inside = BAKER.ask("What is the median wage?", filters=Filters(sections=("journeyman",)))
    assert said(inside) == ["Median wage: $45,000"]
    nothing = BAKER.ask("What is the median wage?", filters=Filters(document_ids=("absent.txt",)))
    assert (nothing.status, nothing.reason) == ("refused", "filtered")


def test_two_documents_that_would_answer_are_asked_back_for() -> None:
    both = assistant({"Baker": BAKERY, "Miller": BAKERY.replace("61,000", "52,000")})
    answer = both.ask("What is the median wage of a Master?")
    assert (answer.status, answer.reason) == ("refused", "ambiguous")
    assert answer.message is not None and "Baker" in answer.message and "Miller" in answer.message
    assert {citation.document_id for citation in answer.closest} == {"baker.txt", "miller.txt"}
    assert both.ask("What is the median wage of a Master Miller?").citations[0].document_id == "miller.txt"


def test_a_mended_question_is_told() -> None:
    answer = BAKER.ask("  the early dutys ")
    assert (answer.question, answer.standalone_question) == ("the early dutys", "the early duties")


def test_an_acronym_is_told_and_answered() -> None:
    answer = BAKER.ask("What is the median wage of a MB?")
    assert answer.standalone_question == "What is the median wage of a MB (master baker)?"
    assert said(answer) == ["Median wage: $61,000"]


def test_a_name_that_is_nearly_one_of_theirs_is_asked_back_for() -> None:
    answer = BAKER.ask("What is the median wage of a Master Baker in Norwich?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message == "The documents do not mention “Norwich”. Did you mean “Norwick”?"
    assert "Median wage: $61,000" in answer.closest[0].cited_text


PUMPS = """Pumps
X210
- Weight of the pump: 3 kg
X220
- Weight of the pump: 4 kg
"""


def test_a_code_stands_in_the_line_that_answers_or_above_it() -> None:
    shop = assistant({"Shop": PUMPS})
    for code, weight in (("X210", "3 kg"), ("x220", "4 kg")):
        assert shop.ask(f"What is the weight of the {code} pump?").text == f"Weight of the pump: {weight}"
    answer = shop.ask("What is the weight of the X290 pump?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message is not None and "“X290”" in answer.message


def test_the_same_question_gives_the_same_answer_and_id() -> None:
    one, other = BAKER.ask("late duties"), BAKER.ask("late duties")
    assert (one.id, one.blocks, one.citations, one.confidence) == (
        other.id,
        other.blocks,
        other.citations,
        other.confidence,
    )
    assert BAKER.ask("late duties", history=[Turn("user", "hello")]).id != one.id
    assert BAKER.ask("late duties", filters=Filters(sections=("Duties",))).id != one.id


def test_better_answers_have_more_confidence() -> None:
    assert BAKER.ask("What are the late duties?").confidence > BAKER.ask("zebra xylophone").confidence


def test_takes_any_text() -> None:
    for question in ("?", "\x00\u202e", "😀" * 500, "a" * 2000, "' OR 1=1 --", '+-&&||!(){}[]^"~*?:\\'):
        assert BAKER.ask(question).status in ("answered", "refused")


class Told:
    """A reader that finds one text, and is as sure of it as it is told to be."""

    def __init__(self, text: str, answerable: float) -> None:
        self.text, self.answerable = text, answerable

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        found = []
        for passage in passages:
            at = passage.text.find(self.text)
            if at >= 0:
                start = passage.start + at
                found.append(
                    Reading(passage.document_id, start, start + len(self.text), self.answerable, self.answerable)
                )
            else:
                found.append(Reading(passage.document_id, passage.start, passage.start + 1, -9.0, -9.0))
        return found


def test_the_reader_decides_between_lines_that_are_as_near() -> None:
    text = "Shop\nThe oven was built by Ida.\nThe oven was built of brick.\n"
    for found in ("Ida", "brick"):
        answer = assistant({"Baker": text}, reader=Told(found, 5.0)).ask("How was the oven built?")
        assert found in answer.text


def test_refusals_say_what_is_missing_and_show_where() -> None:
    strict = assistant({"Baker": BAKERY}, max_false_answer_rate=0.0)
    answer = strict.ask("What is the median wage of a Master Baker in Oslo?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message is not None and "“Oslo”" in answer.message
    assert "Median wage: $61,000" in answer.closest[0].cited_text


def test_a_promise_of_one_answers_all_that_can_be() -> None:
    everything = assistant({"Baker": BAKERY}, max_false_answer_rate=1.0)
    assert everything.ask("What is the median wage of a Master Baker in Oslo?").status == "answered"
    assert everything.promise.thresholds == {"prose": 0.0, "structured": 0.0}


def test_a_follow_up_is_answered_as_it_would_be_asked_alone() -> None:
    history = [Turn("user", "What is the median wage of a Master Baker?")]
    answer = BAKER.ask("And the entry wage?", history=history)
    assert answer.question == "And the entry wage?"
    assert answer.standalone_question == "What is the entry wage of a Master Baker?"
    assert said(answer) == ["Entry wage: $40,000"]
    assert answer.id != BAKER.ask("What is the entry wage of a Master Baker?").id


def test_an_item_of_an_answer_that_the_history_has_not_is_looked_up() -> None:
    history = [Turn("user", "What are the late dutys?")]
    assert said(BAKER.ask("What are the late duties?")) == ["Sweep the floor", "Count the till"]
    answer = BAKER.ask("Tell me more about the second one", history=history)
    assert answer.standalone_question == "Tell me more about Count the till"


def test_what_stands_alone_is_answered_alike_after_anything() -> None:
    alone = BAKER.ask("What is the median wage of a Master Baker?")
    after = BAKER.ask(alone.question, history=[Turn("user", "Is it hard?"), Turn("assistant", "Light the ovens")])
    assert after.standalone_question == alone.standalone_question == alone.question
    assert (after.blocks, after.citations, after.confidence) == (alone.blocks, alone.citations, alone.confidence)


def test_this_job_is_named_only_where_documents_are_about_several() -> None:
    history = [Turn("user", "What does a baker earn?")]
    both = assistant({"Baker": BAKERY, "Miller": BAKERY.replace("Baker", "Miller").replace("baker", "miller")})
    question = "What are the duties in this job?"
    assert BAKER.ask(question, history=history).standalone_question == question
    assert both.ask(question, history=history).standalone_question == "What are the duties in a baker?"


LONG = (
    "In the first years after the great fire, when half of the street was still in ruins and flour was dear, the shop "
    "was run by Ida Holm, who had learnt the trade in Bergen (from her uncle), and by two apprentices, whose names are "
    "lost; later, as trade picked up again, a cousin joined them."
)


def test_a_sentence_that_is_too_long_is_cut_to_the_clauses_around_the_answer() -> None:
    shop = assistant({"Baker": f"Shop\n{LONG}\n"}, reader=Told("Ida Holm", 5.0))
    answer = shop.ask("Who was the shop run by in the first years?")
    assert len(answer.text.split()) <= 40
    assert "the shop was run by Ida Holm" in answer.text
    (citation,) = answer.citations
    assert citation.cited_text == shop.documents["baker.txt"].text[citation.start : citation.end]
    assert citation.cited_text[-1] not in " ,;(" and not citation.cited_text.startswith((" ", ","))


@given(st.lists(st.sampled_from(["a", "b,", "c;", "(d", "e)", "f:", "–", "g.h"]), min_size=1, max_size=90), st.data())
def test_what_is_cut_holds_the_answer_and_fits(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    starts = [match.start() for match in re.finditer(r"\S+", text)]
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(first + 5, len(words) - 1)))
    at = (starts[first], starts[last] + len(words[last]))
    start, end = _clause(text, 0, len(text), at, 12)
    assert 0 <= start < end <= len(text)
    assert len(text[start:end].split()) <= 12
    kept = re.findall(r"[a-h]", text[start:end])
    assert set(re.findall(r"[a-h]", text[at[0] : at[1]])) <= set(kept)
