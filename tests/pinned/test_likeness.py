from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.answer.calibration import Fit, Signal
from assistant.errors import CalibrationError
from assistant.pinned.board import Pinboard
from assistant.pinned.entries import Pin
from assistant.pinned.likeness import Reading, signals
from assistant.pinned.sameness import SHIPPED, Sameness, dump, load
from assistant.types import Vectors

WORDS = ("park", "car", "bicycle", "lunch", "price", "garage")


def encode(text: str) -> Vectors:
    """A question's vector: a dimension for each known word, and one for all others."""
    found = np.array([*(word in text.casefold() for word in WORDS), 0.1], np.float32)
    return found / np.linalg.norm(found)


def encode_tokens(texts: list[str]) -> list[tuple[Vectors, list[tuple[int, int]]]]:
    """The same for each word, which is a token."""
    made = []
    for text in texts:
        places, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            places.append((at, at + len(word.rstrip("?"))))
            at += len(word)
        made.append((np.stack([encode(text[start:end]) for start, end in places]), places))
    return made


READING = Reading(encode, encode_tokens)  # type: ignore[arg-type]  # lists are enough here


def told(asked: str, pinned: str) -> dict[str, float]:
    return signals(READING.meaning(asked), READING.meaning(pinned))


def test_the_same_question_has_all_of_the_other_and_nothing_new() -> None:
    found = told("Where can I park my car?", "Where can I park my car?")
    assert [found[name] for name in ("meaning", "shared", "topic", "order")] == pytest.approx([1.0] * 4)
    assert (found["asked_lacking"], found["pinned_lacking"], found["new"], found["lost"], found["edits"]) == (0,) * 5
    assert (found["opens_alike"], found["opens_otherwise"], found["changed_new"]) == (1.0, 0.0, 1.0)


def test_a_word_that_another_stands_for_is_told_from_one_that_nothing_stands_for() -> None:
    bicycle = told("Where can I park my bicycle?", "Where can I park my car?")
    assert (bicycle["replace"], bicycle["new"], bicycle["lost"], bicycle["only_new"]) == (1, 1, 1, 0.0)
    assert bicycle["changed_new"] < 0.1 < bicycle["topic_but_new"]
    narrowed = told("Where can I park my car at lunch?", "Where can I park my car?")
    assert [narrowed[name] for name in ("only_new", "only_lost", "pinned_lacking")] == pytest.approx([1.0, 0.0, 0.0])
    assert narrowed["asked_lacking"] > 0.3 and narrowed["topic_but_only_new"] == narrowed["topic"]
    turned = told("Where can I park my car?", "Where can I park my car at lunch?")
    assert (turned["only_new"], turned["only_lost"], turned["lost"]) == (0.0, 1.0, 1)


def test_the_word_that_asks_is_told_and_no_word_at_all_is_no_fault() -> None:
    found = told("How much is parking?", "How long is parking?")
    assert (found["opens_alike"], found["opens_otherwise"]) == (0.0, 1.0)
    assert told("parking", "How long is parking?")["opens_otherwise"] == 0.0
    for asked, pinned in (("At what time is lunch?", "When's lunch?"), ("What does it cost?", "How much is it?")):
        alike = told(asked, pinned)
        assert (alike["opens_alike"], alike["asked_words"] <= alike["pinned_words"] + 1) == (1.0, True)
    assert told("At what time is lunch?", "When's lunch?")["topic"] == 1.0
    empty = told("Is it?", "lunch price")
    assert (empty["asked_had"], empty["pinned_had"], empty["asked_lacking_most"]) == (1.0, 0.0, 0.0)


def board(threshold: float, *pins: str) -> Pinboard:
    """Pinned questions that are taken by their meaning alone."""
    sameness = Sameness(Fit(0.0, {"meaning": Signal(0.0, 1.0, 1.0)}), threshold)
    return Pinboard(
        [Pin(pin, "Yes.") for pin in pins],
        "faq.csv",
        reading=READING,
        encode_all=lambda texts: np.stack([encode(text) for text in texts]),
        sameness=lambda: sameness,
    )


def test_the_most_probable_of_those_above_the_threshold_is_taken() -> None:
    pinned = ("the price of lunch", "Where do you park?", "the price of a park")
    found = board(0.65, *pinned).find("What is the price of lunch in the garage?")
    assert found is not None and found.n == 0 and 0.65 < found.probability < 0.74
    assert board(0.75, *pinned).find("What is the price of lunch in the garage?") is None


def test_another_threshold_is_another_board() -> None:
    boards = [board(threshold, "the price of lunch") for threshold in (0.7, 0.8, 0.8)]
    assert boards[0].fingerprint != boards[1].fingerprint == boards[2].fingerprint


def test_another_figure_is_another_question_whatever_the_fit_says() -> None:
    pinned = board(0.1, "the price of 2 cars to park")
    assert told("the price of 3 cars to park", "the price of 2 cars to park")["meaning"] == pytest.approx(1.0)
    assert list(pinned.candidates("the price of 3 cars to park")) == []
    assert pinned.find("the price of 3 cars to park") is None
    [(_, known)] = pinned.candidates("what is the price, for 2 cars to park?")
    assert known["differs"] == 0.0


def test_what_ships_can_be_written_and_read(tmp_path: Path) -> None:
    file = tmp_path / "pinned.json"
    file.write_text(dump(load(SHIPPED)), encoding="utf-8")
    assert file.read_bytes() == SHIPPED.read_bytes()
    assert set(load(file).fit.signals) == {*told("lunch", "lunch"), "differs"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 2, "threshold": 0.5, "fit": {}}', '{"schema": 1}'])
def test_a_file_of_another_kind_is_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pinned.json"
    file.write_text(text)
    with pytest.raises(CalibrationError, match="which questions mean the same"):
        load(file)
