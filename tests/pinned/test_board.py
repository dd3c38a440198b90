from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import bakery
import pytest
from fastapi.testclient import TestClient

from assistant.answer.pipeline import Assistant
from assistant.building import build_index
from assistant.compose import open_answerer, open_uncalibrated
from assistant.documents.citations import verify
from assistant.errors import PinnedError
from assistant.pinned.board import Pinboard
from assistant.pinned.entries import Pin, add, load
from assistant.pinned.file_board import FileBoard
from assistant.server import create_app
from assistant.server.live import Live
from assistant.settings import Settings, load_settings
from assistant.types import Block, Citation, Filters, Pinned, Turn

DATA = Path(__file__).parent.parent / "data" / "pinned"
HOURS = Pin("When does the bakery open?", "At six.\n- Sundays: at eight", ("opening hours",), "Rota", date(2027, 1, 31))
PAY = Pin("What is the median wage of a master baker?", "Ask Ms Crumb.")


def assistant() -> Assistant:
    return bakery.assistant({"bakery.txt": bakery.BAKERY})


def board(*pins: Pin, today: date = date(2027, 1, 31)) -> Pinboard:
    return Pinboard(pins, "faq.csv", reading=None, today=lambda: today)


def test_answers_in_the_words_of_the_operator_and_cites_their_place() -> None:
    found = assistant().with_board(board(PAY, HOURS))
    answer = found.ask("opening  HOURS?")
    assert [block.text for block in answer.blocks] == ["At six.", "Sundays: at eight"]
    assert answer.pinned == Pinned("When does the bakery open?", "Rota", "2027-01-31")
    assert (answer.status, answer.confidence, answer.conflicts) == ("answered", 1.0, ())
    assert [citation.section_path for citation in answer.citations] == [("When does the bakery open?",)] * 2
    for citation in answer.citations:
        verify(citation, found.documents["pinned/faq.csv"])


def test_comes_before_what_the_documents_say_and_leaves_other_questions_to_them() -> None:
    bare = assistant()
    found = bare.with_board(board(PAY))
    assert found.ask(PAY.question).text == "Ask Ms Crumb."
    assert bare.ask(PAY.question).pinned is None
    other = "What is the entry wage of a master baker?"
    assert (found.ask(other).text, found.ask(other).pinned) == (bare.ask(other).text, None)


def test_answers_no_more_once_the_last_day_is_over() -> None:
    found = assistant().with_board(board(HOURS, today=date(2027, 2, 1)))
    answer = found.ask(HOURS.question)
    assert (answer.pinned, answer.text == "At six.\nSundays: at eight") == (None, False)
    assert answer.id != assistant().with_board(board(HOURS)).ask(HOURS.question).id


def test_is_another_assistant_with_other_answers() -> None:
    ids = [assistant().with_board(board(*pins)).settings_id for pins in ((), (PAY,), (HOURS,))]
    assert len({*ids, assistant().settings_id}) == 4


def test_keeps_to_filters() -> None:
    found = assistant().with_board(board(HOURS))
    assert found.ask(HOURS.question, filters=Filters(document_ids=("pinned/faq.csv",))).pinned is not None
    assert found.ask(HOURS.question, filters=Filters(sections=("Wages",))).pinned is None
    assert found.ask(HOURS.question, filters=Filters(metadata={"team": "a"})).pinned is None


def test_answers_a_question_of_several_parts_from_the_documents() -> None:
    both = "When does the bakery open and what is the median wage of a master baker?"
    assert board(HOURS, Pin(both, "Never.")).find(both) is None


def test_reads_a_question_by_what_was_said_before() -> None:
    found = assistant().with_board(board(Pin("And the journeyman?", "He is away.")))
    history = [Turn("user", "What is the median wage of a master baker?")]
    assert found.ask("And the journeyman?").pinned is not None
    assert found.ask("And the journeyman?", history=history).pinned is None


def test_lets_its_blocks_be_heard() -> None:
    class Ear:
        def __init__(self) -> None:
            self.heard: list[tuple[str, str]] = []

        def check(self) -> None: ...

        def hear(self, block: Block, citations: Sequence[Citation]) -> None:
            self.heard.append((block.text, citations[0].cited_text))

    ear = Ear()
    assistant().with_board(board(HOURS)).follow(HOURS.question, follower=ear)
    assert ear.heard == [("At six.", "At six."), ("Sundays: at eight", "Sundays: at eight")]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of a short text, which has nothing to do with what is pinned."""
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "note.txt").write_text("Tides\nThe moon draws the sea.\n")
    settings = load_settings({"corpus": corpus, "index": corpus.parent / "pinned-index", "threads": 1})
    build_index(settings)
    return settings


@pytest.mark.model
@pytest.mark.parametrize(("half", "taken", "captured"), [("fit-travel", 0.7, 0.04), ("blind", 0.68, 0.04)])
def test_takes_what_means_the_same_and_leaves_near_misses(
    index: Settings, half: str, taken: float, captured: float
) -> None:
    path = DATA / f"{half}.jsonl"
    found = open_answerer(index.model_copy(update={"pinned": path}))
    assert isinstance(found.board, FileBoard)
    counts: Counter[str] = Counter()
    for n, line in enumerate(path.read_text("utf-8").splitlines()):
        row = json.loads(line)
        for question in row["asked"]:
            one = found.board.find(question)
            counts["asked"] += 1
            counts["taken"] += one is not None and one.n == n
        for near in row["near"]:
            counts["near"] += 1
            counts["captured"] += found.board.find(near["question"]) is not None
    assert counts["taken"] >= taken * counts["asked"], counts
    assert counts["captured"] <= captured * counts["near"], counts


@pytest.mark.model
@pytest.mark.parametrize("frame", ["Hi, {}", "{} Thanks a lot!", "Can you tell me: {}"])
def test_takes_a_pinned_question_however_politely_it_is_asked(index: Settings, frame: str) -> None:
    found = open_answerer(index.model_copy(update={"pinned": DATA / "blind.jsonl"}))
    assert isinstance(found.board, FileBoard)
    asked = [frame.format(pin.question) for pin in found.board.pins]
    taken = [one.n == n for n, text in enumerate(asked) if (one := found.board.find(text)) is not None]
    assert all(taken) and len(taken) >= 0.9 * len(asked)


@pytest.mark.model
def test_captures_no_question_about_something_else(index: Settings) -> None:
    found = open_answerer(index.model_copy(update={"pinned": DATA / "fit-travel.jsonl"}))
    asked = [json.loads(line)["question"] for line in (DATA.parent / "questions.jsonl").read_text().splitlines()]
    assert found.board is not None
    assert [question for question in asked if found.board.answer([question], "i") is not None] == []


@pytest.mark.model
def test_takes_up_a_file_that_has_changed_and_keeps_what_it_has_where_that_makes_no_sense(
    index: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "faq.csv"
    live = Live(index.model_copy(update={"pinned": file}))
    assert live().ask("When is lunch?").pinned is None
    add(file, Pin("When is lunch?", "At noon."))
    assert live().ask("At what time is lunch?").text == "At noon."
    file.write_text("question,note\nWhen is lunch?,x\n")
    assert live().ask("When is lunch?").text == "At noon."
    file.write_text("question,answer\nWhen is lunch?,At one.\n")
    assert live().ask("When is lunch?").text == "At one."
    assert load(file).pins == (Pin("When is lunch?", "At one."),)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("question,note\nWhen is lunch?,x\n", "no column of answers"),
        ("question,answer,valid until\nWhen is lunch?,At two.,soon\n", "'soon' is no day"),
        ("\0", "holds no pinned answers"),
    ],
)
def test_a_file_that_makes_no_sense_leaves_the_answers_of_before_and_says_why(
    tmp_path: Path, broken: str, why: str
) -> None:
    file, assistant = tmp_path / "faq.csv", bakery.assistant({"Bakery": bakery.BAKERY})
    file.write_text("question,answer\nWhen is lunch?,At noon.\n")
    first = FileBoard(file, assistant, bakery.ENCODER)
    file.write_text("question,answer\nWhen is lunch?,At one.\n")
    second = first.again(assistant)
    file.write_text(broken)
    with pytest.raises(PinnedError, match=why):
        FileBoard(file, assistant, bakery.ENCODER)
    later = [second.again(assistant), FileBoard(file, assistant, bakery.ENCODER, first.kept)]
    for board in later:
        assert board.pins == second.pins == (Pin("When is lunch?", "At one."),)
        assert why in str(board.fault) and not board.is_stale
    file.write_text("question,answer\nWhen is lunch?,At three.\n")
    assert all(board.is_stale for board in later)
    mended = later[0].again(assistant)
    assert (mended.pins, mended.fault) == ((Pin("When is lunch?", "At three."),), None)


@pytest.mark.model
def test_neither_a_broken_file_nor_a_document_of_its_name_stops_a_new_index(index: Settings, tmp_path: Path) -> None:
    file, corpus = tmp_path / "faq.csv", tmp_path / "corpus"
    settings = index.model_copy(update={"pinned": file, "index": tmp_path / "index", "corpus": corpus})
    (corpus / "pinned").mkdir(parents=True)
    (corpus / "note.txt").write_text("Tides\nThe moon draws the sea.\n")
    build_index(settings)
    file.write_text("question,answer\nWhen is lunch?,At noon.\n")
    live = Live(settings)
    live.open()
    ready = TestClient(create_app(live)).get
    assert ready("/readyz").json()["status"] == "ready"
    file.write_text("question,note\nWhen is lunch?,x\n")
    (corpus / "pinned" / "faq.csv").write_text("tide,hour\nhigh,six\n")
    build_index(settings)
    live.look()
    assert set(live().documents) == {"note.txt", "pinned/faq.csv", "pinned/pinned/faq.csv"} and live.fault is None
    answer = live().ask("When is lunch?")
    assert (answer.text, answer.citations[0].document_id) == ("At noon.", "pinned/pinned/faq.csv")
    said = ready("/readyz").json()
    assert (said["status"], said["wanted"]) == ("degraded", said["loaded"])
    assert said["detail"].startswith("the pinned answers cannot be taken up, those of before go on: ")
    file.write_text("question,answer\nWhen is lunch?,At three.\n")
    assert "rename one" in ready("/readyz").json()["detail"]
    (corpus / "pinned" / "faq.csv").unlink()
    build_index(settings)
    live.look()
    assert ready("/readyz").json()["status"] == "ready" and live().ask("When is lunch?").text == "At three."


@pytest.mark.model
def test_has_no_part_in_a_calibration(index: Settings) -> None:
    assert open_uncalibrated(index.model_copy(update={"pinned": DATA / "fit-travel.jsonl"})).board is None


def test_says_that_the_folder_of_the_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PinnedError, match="cannot read the pinned answers"):
        load(tmp_path / "nowhere" / "faq.csv")
