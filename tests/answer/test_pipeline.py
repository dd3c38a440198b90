"""Answers are the documents' own words, or refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from bakery import BAKERY, CALIBRATION, Outlines, assistant

from assistant.answer import clock, pipeline, quote
from assistant.answer.weigh import PLAIN
from assistant.documents.citations import cite
from assistant.types import (
    Answer,
    Block,
    Citation,
    Document,
    Filters,
    LineRanker,
    Passage,
    RankedLine,
    Reader,
    ReadPassage,
    ScoredLine,
    Turn,
)

BAKER = assistant({"Baker": BAKERY})


@dataclass
class Told:
    """A reader that says of each line what it was told to, and of all others that they do not answer."""

    outlines: Outlines
    odds: Mapping[str, float]
    fingerprint: str = "told"

    def read(self, question: str, passage: Passage) -> ReadPassage:
        outline = self.outlines[passage.document_id]
        inside = outline.overlapping(passage.start, passage.end)
        lines = tuple(ScoredLine(passage.document_id, n, self.odds.get(outline.text(n), -6.0)) for n in inside)
        return ReadPassage(passage, lines, max(line.score for line in lines))


@dataclass
class Alike:
    """Ranks all lines as equally similar to every question."""

    outlines: Outlines
    score: float

    def rank(self, question: str, passages: Sequence[Passage]) -> list[RankedLine]:
        return [
            RankedLine(passage.document_id, n, self.score, self.score, 0.0)
            for passage in passages
            for n in self.outlines[passage.document_id].overlapping(passage.start, passage.end)
        ]


def told(odds: Mapping[str, float]) -> Callable[[Outlines], Reader]:
    return lambda outlines: Told(outlines, odds)


def alike(score: float) -> Callable[[Outlines], LineRanker]:
    return lambda outlines: Alike(outlines, score)


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


def test_two_things_get_two_answers_each_with_the_heading_that_tells_it_from_the_other() -> None:
    both = assistant({"Baker": BAKERY}, reader=told({"Median wage: $61,000": 5.0, "Median wage: $45,000": 4.5}))
    answer = both.ask("How do the median wage of a Master Baker and of a Journeyman compare?")
    assert said(answer) == ["Master Baker: Median wage: $61,000", "Journeyman: Median wage: $45,000"]
    assert [[answer.citations[n].cited_text for n in block.citations] for block in answer.blocks] == [
        ["Master Baker", "Median wage: $61,000"],
        ["Journeyman", "Median wage: $45,000"],
    ]
    assert answer.conflicts == ()


def test_a_contradiction_is_named() -> None:
    answer = BAKER.ask("Which certificate in baking?")
    assert sorted(text.split(" certificate")[0] for text in said(answer)) == [
        "First Steps: Schooling: usually a Bachelor's",
        "Formal Schooling: A Master's",
    ]
    (groups,) = answer.conflicts
    assert [[answer.citations[n].cited_text.split(" certificate")[0] for n in group] for group in groups] == [
        ["A Master's"],
        ["Schooling: usually a Bachelor's"],
    ]


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


def shops(baker: str, miller: str, odds: Mapping[str, float]) -> Answer:
    """The answer over two documents of one sentence each, to a question that names neither."""
    both = assistant({"Baker": f"Shop\n{baker}\n", "Miller": f"Shop\n{miller}\n"}, reader=told(odds))
    return both.ask("How is the oven?")


def test_two_documents_that_would_answer_are_asked_back_for() -> None:
    both = assistant({"Baker": BAKERY, "Miller": BAKERY.replace("61,000", "52,000")})
    answer = both.ask("What is the median wage of a Master?")
    assert (answer.status, answer.reason) == ("refused", "ambiguous")
    assert answer.message is not None and "Baker" in answer.message and "Miller" in answer.message
    assert {citation.document_id for citation in answer.closest} == {"baker.txt", "miller.txt"}
    assert both.ask("What is the median wage of a Master Miller?").citations[0].document_id == "miller.txt"


def test_of_many_documents_those_that_are_named_are_those_that_are_offered() -> None:
    titles = ["Baker", "Miller", "Cook", "Smith", "Tailor", "Potter", "Cooper"]
    many = assistant({name: BAKERY.replace("61,000", f"6{n},000") for n, name in enumerate(titles)})
    answer = many.ask("What is the median wage of a Master?")
    offered = [citation.document_title for citation in answer.closest]
    assert answer.reason == "ambiguous" and answer.message is not None
    assert 2 < len(offered) == len(set(offered)) <= 5
    assert answer.message == (
        f"Several documents answer this. Which one do you mean: {', '.join(offered[:-1])} or {offered[-1]}?"
    )
    assert all("Median wage" in citation.cited_text for citation in answer.closest)


def test_a_greeting_is_answered_with_what_can_be_asked() -> None:
    answer = BAKER.ask("Hello there!")
    assert (answer.status, answer.reason, answer.closest) == ("refused", "greeting", ())
    assert answer.message == "Hello! Ask me about Baker."
    assert answer.standalone_question == answer.question == "Hello there!"
    assert BAKER.ask("hello, what is the median wage of a Master Baker?").status == "answered"


def test_a_question_that_stands_in_the_documents_is_no_greeting() -> None:
    about = "Who are you?\nTwo bakers from the north.\nWhen do you open?\nAt six.\n"
    assert assistant({"Shop": about}).ask("Who are you?").reason != "greeting"
    assert BAKER.ask("Who are you?").reason == "greeting"


@pytest.mark.parametrize(
    ("question", "told"), [("zebra xylophone", True), ("Hello", False), ("What are the late duties?", False)]
)
def test_a_refusal_tells_where_a_person_can_be_asked(question: str, told: bool) -> None:
    ask_ada = assistant({"Baker": BAKERY}, handoff="Ask Ada.").ask(question)
    assert ask_ada.handoff == ("Ask Ada." if told else None)
    assert BAKER.ask(question).handoff is None


@pytest.mark.parametrize(("behind", "status"), [(0.0, "refused"), (0.9, "refused"), (1.1, "answered")])
def test_another_document_is_asked_back_for_where_it_is_nearly_as_likely_to_answer(behind: float, status: str) -> None:
    brick, steel = "The red oven is brick.", "The red oven is steel."
    answer = shops(brick, steel, {brick: 5.0, steel: 5.0 - behind})
    assert (answer.status, answer.text) == (status, brick if status == "answered" else "")


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ("The red oven is steel.", "refused"),  # red, oven, of red, oven, brick, steel: a half is shared
        ("The red oven is steel and round.", "answered"),  # 2 of 5
        ("The red oven is brick.", "answered"),  # says the same
    ],
)
def test_another_document_is_asked_back_for_where_it_says_something_alike(other: str, status: str) -> None:
    first = "The red oven is brick."
    assert shops(first, other, {first: 5.0, other: 5.0}).status == status


@pytest.mark.parametrize(("similar", "reason"), [(0.24, "unrelated"), (0.26, "unsupported")])
def test_what_is_not_answered_is_unrelated_where_no_line_is_near(similar: float, reason: str) -> None:
    answer = assistant({"Baker": BAKERY}, ranker=alike(similar), reader=told({})).ask("Where is the harbour?")
    assert (answer.status, answer.reason) == ("refused", reason)


@pytest.mark.parametrize(("similar", "status"), [(0.12, "refused"), (0.13, "answered")])
def test_nothing_is_read_where_no_line_is_near_by_far(similar: float, status: str) -> None:
    sure = told({"Light the ovens": 5.0})
    assert assistant({"Baker": BAKERY}, ranker=alike(similar), reader=sure).ask("Light the ovens?").status == status


def test_a_mended_question_is_told() -> None:
    answer = BAKER.ask("  the early dutys ")
    assert (answer.question, answer.standalone_question) == ("the early dutys", "the early duties")


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


def test_the_reader_decides_between_lines_that_are_as_near() -> None:
    text = "Shop\nThe oven was built by Ida.\nThe oven was built of brick.\n"
    for found in ("The oven was built by Ida.", "The oven was built of brick."):
        assert assistant({"Baker": text}, reader=told({found: 5.0})).ask("How was the oven built?").text == found


def test_without_a_reader_the_likest_line_answers() -> None:
    unread = assistant({"Baker": BAKERY}, reader=lambda _: None, calibration=replace(CALIBRATION, lines=PLAIN))
    assert unread.ask("What is the median wage of a Master Baker?").text.startswith("Median wage: $61,000")
    assert unread.ask("zebra xylophone").status == "refused"


def test_a_question_in_two_parts_is_asked_whole() -> None:
    explanation = BAKER.explain("What is the till count and what are the early duties?")
    assert explanation.working is not None
    assert explanation.working.parsed.text == "What is the till count and what are the early duties?"
    assert explanation.answer.confidence == round(explanation.working.confidence, 4)


def test_a_citation_that_its_document_does_not_bear_out_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(document: Document, start: int, end: int, *, score: float | None = None) -> Citation:
        made = cite(document, start, end, score=score)
        return replace(made, cited_text=made.cited_text.replace("till", "teal"))

    monkeypatch.setattr(quote, "cite", forged)
    answer = BAKER.ask("What are the late duties?")
    assert [block.text for block in answer.blocks] == ["Sweep the floor"]
    assert [citation.cited_text for citation in answer.citations] == ["Sweep the floor"]


def test_what_follows_a_citation_that_is_dropped_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(document: Document, start: int, end: int, *, score: float | None = None) -> Citation:
        made = cite(document, start, end, score=score)
        return replace(made, cited_text=made.cited_text.replace("Sweep", "Swept"))

    monkeypatch.setattr(quote, "cite", forged)
    assert [block.text for block in BAKER.ask("What are the late duties?").blocks] == ["Count the till"]


def test_the_passage_that_a_refusal_speaks_of_comes_first_whichever_document_it_is_of() -> None:
    texts = {"Alpha": "Wages of bakers in Oslo, Oslo and Oslo again\n", "Baker": BAKERY, "Zeta": "Oslo, Oslo\n"}
    strict = assistant(texts, reader=told({"Median wage: $61,000": -5.0}), max_false_answer_rate=0.0)
    answer = strict.ask("What is the median wage of a Master Baker in Oslo?")
    assert (answer.reason, len(answer.closest)) == ("unsupported", 3)
    assert answer.closest[0].document_id == "baker.txt" and "$61,000" in answer.closest[0].cited_text
    assert [place.document_id for place in answer.closest[1:]] != ["baker.txt", "baker.txt"]


def test_a_refusal_shows_three_passages_and_a_search_ten() -> None:
    many = assistant({"Baker": "".join(f"# Part {n}\nThe oven number {n} is red.\n" for n in range(14))})
    assert len(many.passages) > 10
    refusal = many.ask("Which zebra is red?")
    assert (refusal.status, len(refusal.closest)) == ("refused", 3)
    assert len(many.search("red oven")) == 10


def test_refusals_say_what_is_missing_and_show_where() -> None:
    strict = assistant({"Baker": BAKERY}, max_false_answer_rate=0.0)
    answer = strict.ask("What is the median wage of a Master Baker in Oslo?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message is not None and "“Oslo”" in answer.message
    assert "Median wage: $61,000" in answer.closest[0].cited_text


def test_a_promise_of_one_answers_all_that_can_be() -> None:
    everything = assistant({"Baker": BAKERY}, max_false_answer_rate=1.0)
    assert everything.ask("What is the median wage of a Master Baker in Oslo?").status == "answered"
    assert everything.promise.threshold == 0.0


def test_a_follow_up_is_answered_as_it_would_be_asked_alone() -> None:
    history = [Turn("user", "What is the median wage of a Master Baker?")]
    answer = BAKER.ask("And the entry wage?", history=history)
    assert answer.question == "And the entry wage?"
    assert answer.standalone_question == "What is the entry wage of a Master Baker?"
    assert said(answer) == ["Entry wage: $40,000"]
    assert answer.id != BAKER.ask("What is the entry wage of a Master Baker?").id


@dataclass
class Listening:
    """A reader that finds one line where it is told another question before, and another one where it is not."""

    outlines: Outlines
    earlier: str
    after: Mapping[str, float]
    alone: Mapping[str, float]
    fingerprint: str = "listening"

    def read(self, question: str, passage: Passage) -> ReadPassage:
        odds = self.after if f"(earlier: {self.earlier}" in question else self.alone
        return Told(self.outlines, odds).read(question, passage)


@dataclass
class Heard:
    """Hears the blocks of an answer."""

    blocks: list[str] = field(default_factory=list)

    def check(self) -> None: ...

    def hear(self, block: Block, citations: Sequence[Citation]) -> None:
        self.blocks.append(block.text)


WAGES = "What does a Journeyman get?"


@pytest.mark.parametrize(
    ("after", "alone", "found"),
    [
        ({"Entry wage: $30,000": 4.0}, {"Entry wage: $40,000": 3.0}, "Entry wage: $30,000"),
        ({"Entry wage: $30,000": 3.0}, {"Entry wage: $40,000": 4.0}, "Entry wage: $40,000"),
        ({"Entry wage: $30,000": 3.0}, {"Entry wage: $40,000": 3.0}, "Entry wage: $40,000"),
    ],
)
def test_a_question_is_also_read_with_what_was_said_before_and_answered_where_that_is_surer(
    after: Mapping[str, float], alone: Mapping[str, float], found: str
) -> None:
    baker = assistant({"Baker": BAKERY}, reader=lambda outlines: Listening(outlines, WAGES, after, alone))
    history = [Turn("user", WAGES), Turn("assistant", "Median wage: $45,000")]
    answer = baker.ask("how much is it at entry", history=history)
    assert said(answer) == [found]
    assert answer.standalone_question == "how much is it at entry"
    baker.follow("how much is it at entry", history=history, follower=(heard := Heard()))
    assert heard.blocks == [found]


@pytest.mark.parametrize(("odds", "found"), [(3.0, "Entry wage: $40,000"), (-3.0, "Entry wage: $30,000")])
def test_what_the_rules_made_of_a_question_stands_where_it_is_answered(odds: float, found: str) -> None:
    question = "What is the median wage of a Master Baker?"
    after, alone = {"Entry wage: $30,000": 5.0}, {"Entry wage: $40,000": odds}
    baker = assistant({"Baker": BAKERY}, reader=lambda outlines: Listening(outlines, question, after, alone))
    answer = baker.ask("And the entry wage?", history=[Turn("user", question)])
    assert answer.standalone_question == "What is the entry wage of a Master Baker?"
    assert said(answer) == [found]


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


def test_what_an_acronym_stands_for_is_part_of_the_question() -> None:
    baker = assistant({"Baker": BAKERY}, expand=lambda question: question.replace("EW", "entry wage"))
    answer = baker.ask("What is the EW of a Journeyman?")
    assert answer.standalone_question == "What is the entry wage of a Journeyman?"
    assert said(answer) == ["Entry wage: $30,000"]


def test_a_name_that_is_nearly_one_of_the_documents_is_asked_back_for() -> None:
    baker = assistant({"Baker": BAKERY}, meant=lambda question: ("Mister Baker", "Master Baker"))
    answer = baker.ask("What is the median wage of a Mister Baker?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message == "The documents do not mention “Mister Baker”. Did you mean “Master Baker”?"


PARTS = "Shop\nPart AB-1234 is red and sold here.\nPart CD-9876 is blue and sold here.\n"
PARTS_TOLD = {"Part AB-1234 is red and sold here.": 5.0, "Part CD-9876 is blue and sold here.": 1.0}


def test_only_lines_with_the_code_that_was_asked_for_are_said() -> None:
    shop = assistant({"Shop": PARTS}, reader=told(PARTS_TOLD))
    assert shop.ask("Which part is sold here?").text == "Part AB-1234 is red and sold here."
    assert shop.ask("What colour is part CD-9876, which is sold here?").text == "Part CD-9876 is blue and sold here."


def test_a_code_that_no_line_has_is_refused_and_named() -> None:
    answer = assistant({"Shop": PARTS}, reader=told(PARTS_TOLD)).ask("What colour is part EF-5555, which is sold here?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message == "The closest passages do not mention “EF-5555”."


def test_all_that_a_search_brings_is_read_in_the_order_of_the_best_lines() -> None:
    question = "What is the entry wage of a Journeyman?"
    passages = BAKER.passages_to_read(question)
    explanation = BAKER.explain(question)
    assert explanation.working is not None
    assert passages[0].section_path == ("Wages", "Journeyman")
    assert passages[:4] == [one.passage for one in explanation.working.read]
    assert sorted(passage.start for passage in passages) == sorted(
        hit.passage.start for hit in explanation.working.hits
    )


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("What is the median wage of a Master Baker?", Filters()),
        ("What is the entry wage of a Journeyman and what are the early duties?", Filters()),
        ("Which certificate in baking?", Filters()),
        ("What was the median wage of a Master Baker in 1999?", Filters()),
        ("zebra xylophone", Filters()),
        ("What are the duties?", Filters(document_ids=("absent.txt",))),
        ("Is the till at the quay and what are the late duties?", Filters()),
    ],
)
def test_what_was_found_and_read_is_decided_again_as_it_was(question: str, filters: Filters) -> None:
    explanation = BAKER.explain(question, filters=filters)
    again = BAKER.decide_again(explanation)
    assert again == replace(explanation, answer=replace(explanation.answer, timings_ms=again.answer.timings_ms))


def test_other_weights_of_lines_decide_otherwise_and_answer_everything() -> None:
    text = "Shop\nThe oven was built by Ida.\nThe oven was built of brick.\n"
    odds = {"The oven was built by Ida.": -4.0, "The oven was built of brick.": -5.0}
    strict = assistant({"Baker": text}, reader=told(odds))
    explanation = strict.explain("Was the oven built of brick?")
    assert (explanation.answer.status, explanation.threshold) == ("refused", strict.promise.threshold)
    other = strict.with_lines({"words": 10.0}).decide_again(explanation)
    assert (other.answer.text, other.threshold) == ("The oven was built of brick.", 0.0)
    assert other.working is not None
    assert (other.working.selection.first.score, other.working.signals["words"]) == (10.0, 1.0)
    assert strict.decide_again(explanation).answer.status == "refused"


def test_timings_tell_how_long_each_stage_took(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = count()  # on a clock that goes on by one each time that it is read
    for module in (pipeline, clock):
        monkeypatch.setattr(module, "perf_counter", lambda: next(seconds))
    assert BAKER.ask("What are the late duties?").timings_ms == {
        "understand": 1000,
        "search": 1000,
        "read": 1000,
        "select": 1000,
        "compose": 2000,  # quoting, and what follows once the blocks are heard
        "total": 13000,
    }


def test_passages_are_counted_by_document() -> None:
    both = assistant({"Baker": BAKERY, "Miller": "Shop\nThe sails turn.\n"})
    assert both.passage_counts == {"baker.txt": len(both.passages) - 1, "miller.txt": 1}
    assert len(both.passages) > 2


def test_asking_back_shows_a_passage_of_each_document_that_may_be_meant() -> None:
    three = assistant(
        {"Baker": BAKERY, "Miller": BAKERY.replace("61,000", "52,000"), "Other": "Shop\nA median wage.\n"}
    )
    answer = three.ask("What is the median wage of a Master?")
    assert answer.reason == "ambiguous"
    assert answer.message == "Several documents answer this. Which one do you mean: Miller or Baker?"
    assert {place.document_id for place in answer.closest} == {"baker.txt", "miller.txt"}
    assert all("Median wage" in place.cited_text for place in answer.closest)
    found = {(hit.passage.document_id, hit.passage.start): hit.score for hit in three.search(answer.question, k=20)}
    assert [place.score for place in answer.closest] == [
        found[place.document_id, place.start] for place in answer.closest
    ]
