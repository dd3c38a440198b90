"""Which lines are said: one, a list as a whole, what contradicts; and how what is too long is cut."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bakery import BAKERY
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.overlap import TermOverlap
from assistant.answer.select import LINE_WORDS, LIST_WORDS, Selection, _clause, select
from assistant.documents.outline import Outline
from assistant.documents.plain import structure
from assistant.question.stems import words
from assistant.types import Document, ScoredLine

WORDING = TermOverlap(words, lambda word: 1.0)
NO = -9.0  # log-odds of what does not answer


def outline_of(text: str) -> Outline:
    read = structure(text)
    return Outline(Document("d", "v", "Shop", "d", "text/plain", text, read.sections, read.lines))


def ranked(outline: Outline, odds: Mapping[str, float]) -> list[ScoredLine]:
    """Every line with the log-odds of its text, best first."""
    lines = range(len(outline.document.lines))
    scored = [ScoredLine("d", n, odds.get(outline.text(n), NO)) for n in lines]
    return sorted(scored, key=lambda line: -line.score)


def selected(text: str, odds: Mapping[str, float], *, question: str = "What?", found: str = "") -> Selection:
    """What is selected; `found` is where the answer's words stand."""
    outline = outline_of(text)
    spans = [("d", text.index(found), text.index(found) + len(found))] if found else []
    return select(question, ranked(outline, odds), {"d": outline}, WORDING, spans)


def said(selection: Selection, text: str) -> list[str]:
    """The texts of what is said."""
    lines = outline_of(text).document.lines
    return [
        text[start:end]
        for unit in selection.units
        for start, end in unit.spans or [(lines[n].start, lines[n].end) for n in unit.lines]
    ]


def test_nothing_read_selects_nothing() -> None:
    assert select("What?", [], {}, WORDING) == Selection(())


def test_the_best_line_is_said_alone_where_no_other_answers() -> None:
    selection = selected(BAKERY, {"Light the ovens": 6.0})
    assert said(selection, BAKERY) == ["Light the ovens"]
    assert selection.units[0].score == selection.first.score == 6.0
    assert selection.conflicts == ()


def test_the_best_line_is_said_however_unlikely_it_is() -> None:
    assert said(selected(BAKERY, {"Light the ovens": -5.0}), BAKERY) == ["Light the ovens"]


def test_lines_that_answer_as_well_are_said_in_the_order_of_the_document() -> None:
    text = "Shop\nThe oven is red.\nThe door is blue.\nThe roof is flat.\n"
    assert said(selected(text, {"The roof is flat.": 5.0, "The oven is red.": 4.9}), text) == [
        "The oven is red.",
        "The roof is flat.",
    ]


def test_a_list_of_which_all_belongs_is_one_unit() -> None:
    selection = selected(BAKERY, {"Light the ovens": 5.0, "Mix the dough": 4.9})
    assert said(selection, BAKERY) == ["Light the ovens", "Mix the dough"]
    assert len(selection.units) == 1 and selection.units[0].score == 5.0


def test_a_list_is_said_whole_where_most_of_it_belongs() -> None:
    text = "Shop\nTools:\n- peel\n- scraper\n- brush\n- oven glove\n"
    odds = {"peel": 5.0, "scraper": 4.9, "oven glove": 4.8}
    assert said(selected(text, odds), text) == ["Tools:", "peel", "scraper", "brush", "oven glove"]


def test_a_list_that_is_too_long_counts_the_entries_that_it_leaves_out() -> None:
    entries = [f"the {n}th tool of the shop, that hangs on the wall" for n in range(20)]  # of eleven words each
    text = "Shop\nTools:\n" + "".join(f"- {entry}\n" for entry in entries)
    unit = selected(text, dict.fromkeys(entries, 5.0)).units[0]
    assert (len(unit.lines), unit.left_out) == (11, 10)  # the lead-in and ten entries
    assert sum(len(entry.split()) for entry in entries[:10]) + 1 <= LIST_WORDS


def test_one_entry_of_a_list_is_said_without_the_others() -> None:
    text = "Shop\nTools:\n- peel\n- scraper\n- brush\n- oven glove\n"
    assert said(selected(text, {"brush": 5.0}), text) == ["brush"]


def test_a_lead_in_brings_what_it_introduces() -> None:
    assert said(selected(BAKERY, {"The baker holds these duties:": 5.0}), BAKERY) == [
        "The baker holds these duties:",
        "Early Duties",
        "Late Duties",
    ]


def test_the_same_field_of_two_things_is_said_of_both_and_is_no_contradiction() -> None:
    odds = {"Median wage: $61,000": 5.0, "Median wage: $45,000": 4.9}
    selection = selected(BAKERY, odds, question="What is the median wage?")
    assert said(selection, BAKERY) == ["Median wage: $61,000", "Median wage: $45,000"]
    assert selection.conflicts == ()


def test_another_value_in_another_section_is_a_contradiction() -> None:
    text = "Shop\n\nHours\nThe shop opens at 6 in summer.\n\nHistory\nToday the shop opens at 7 in summer.\n"
    odds = {"The shop opens at 6 in summer.": 5.0, "Today the shop opens at 7 in summer.": 4.9}
    selection = selected(text, odds, question="When does the shop open in summer?")
    assert said(selection, text) == list(odds)
    assert selection.conflicts == ((0,), (1,))


def test_what_the_question_names_apart_is_no_contradiction() -> None:
    odds = {"Median wage: $61,000": 5.0, "Median wage: $45,000": 4.9}
    selection = selected(BAKERY, odds, question="What is the median wage of a Master Baker?")
    assert selection.conflicts == ()


def test_the_same_value_in_another_section_is_no_contradiction() -> None:
    text = BAKERY.replace("45,000", "61,000")
    selection = selected(text, {"Median wage: $61,000": 5.0}, question="What is the median wage?")
    assert selection.conflicts == ()


FILLER = "flour was dear that year, " * LINE_WORDS
LONG = (
    f"When half of the street was in ruins, {FILLER}the shop was run by Ida Holm (from Bergen), {FILLER}and it rained."
)


def test_a_line_that_is_too_long_is_cut_to_the_clauses_around_the_answer() -> None:
    text = f"Shop\n{LONG}\n"
    (cut,) = said(selected(text, {LONG: 5.0}, found="Ida Holm"), text)
    assert "the shop was run by Ida Holm" in cut
    assert len(cut.split()) <= LINE_WORDS
    assert cut == cut.strip(" ,;(")


def test_a_line_that_is_too_long_is_said_whole_where_it_is_not_known_what_in_it_answers() -> None:
    text = f"Shop\n{LONG}\n"
    assert said(selected(text, {LONG: 5.0}), text) == [LONG]


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


def test_a_question_is_no_answer_but_to_who_asks_for_questions() -> None:
    text = "Interview\n- Why do you bake?\n- Bread is baked at four.\n"
    odds = {"Why do you bake?": 4.0, "Bread is baked at four.": 1.0}
    outline = outline_of(text)

    def said(question: str) -> list[str]:
        return [outline.text(n) for unit in selected(text, odds, question=question).units for n in unit.lines]

    assert said("When is bread baked?") == ["Bread is baked at four."]
    assert "Why do you bake?" in said("Which questions does a baker get?")


def test_a_sentence_that_is_repeated_is_said_once() -> None:
    text = "Bread\nBread is baked at four. Bread is baked at four. Bread is baked at four.\n"
    selection = selected(text, {"Bread is baked at four.": 3.0})
    assert [len(unit.lines) for unit in selection.units] == [1]
