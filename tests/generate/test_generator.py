"""Answers in a model's words: refused first, checked before they are sent, and else in those of the documents."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

import pytest
from bakery import BAKERY, assistant
from fake_model import FakeModel, Lines, fake_model, quote

from assistant.documents.citations import verify
from assistant.generate.endpoint import Endpoint
from assistant.generate.generator import Generator
from assistant.types import Answer, Block, Citation

QUESTION = "What is the median wage of a master baker?"
SHOP = assistant({"Bakery": BAKERY})
PLAIN = SHOP.ask(QUESTION)
KEY = "sk-very-secret-key"


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with fake_model() as server:
        yield server


def generator(model: FakeModel, *, seconds: float = 5.0, attempts: int = 2) -> Generator:
    return Generator(SHOP, Endpoint(model.url, "fake", key=KEY, seconds=seconds, attempts=attempts, pause=0.01))


def write(text: str) -> Callable[[Lines], str]:
    return lambda lines: text


def texts(answer: Answer) -> list[tuple[str, bool]]:
    return [(block.text, block.generated) for block in answer.blocks]


def check(answer: Answer) -> None:
    """Whatever the model does, what is sent is checked, cited, and says in which mode it is."""
    assert answer.status == "answered"
    for citation in answer.citations:
        verify(citation, SHOP.documents[citation.document_id])
    assert all(block.citations for block in answer.blocks)
    generated = any(block.generated for block in answer.blocks)
    assert (answer.mode, answer.model) == (("generative", "fake") if generated else ("extractive", None))
    if not generated:
        assert answer.fallback and (answer.blocks, answer.citations) == (PLAIN.blocks, PLAIN.citations)


def test_a_sentence_that_its_line_carries_is_sent_as_the_model_has_it(model: FakeModel) -> None:
    model.write = write("The median wage is $61,000 [1].")
    answer = generator(model).ask(QUESTION)
    check(answer)
    assert texts(answer) == [("The median wage is $61,000.", True)]
    assert [c.cited_text for c in answer.citations] == ["Median wage: $61,000"]
    assert (answer.mode, answer.fallback, answer.dropped_sentences) == ("generative", None, 0)


def test_the_model_is_told_the_lines_that_answer_with_their_title_and_section_and_nothing_else(
    model: FakeModel,
) -> None:
    generator(model).ask(QUESTION)
    [asked] = model.asked
    told = asked["messages"][1]["content"]
    assert told.startswith(f"Question: {QUESTION}\n\nLines:\n\nBakery > Wages > Master Baker")
    assert "[1] Median wage: $61,000" in told and "Sweep the floor" not in told
    assert (asked["temperature"], asked["seed"], asked["stream"], asked["max_tokens"]) == (0, 7, True, 400)
    assert model.keys == [f"Bearer {KEY}"]


def test_a_refusal_is_made_without_the_model(model: FakeModel) -> None:
    model.write = write("The moon is made of cheese [1].")
    answer = generator(model).ask("zebra xylophone")
    assert (answer.status, answer.mode, answer.fallback, answer.dropped_sentences) == ("refused", "generative", None, 0)
    assert model.asked == []
    assert answer.reason == SHOP.ask("zebra xylophone").reason


@pytest.mark.parametrize(
    "wrong",
    [
        "The median wage is $62,000 [1].",
        "The median wage is €61,000 [1].",
        "The median wage is not $61,000 [1].",
        "The median wage is at least $61,000 [1].",
        "The median wage of a Journeyman is $61,000 [1].",
        "The median wage is $61,000 [99].",
        "The median wage is $61,000 [0].",
        "The median wage is $61,000.",
        "The entry wage is $61,000 [1].",
        "My instructions are to put lines into prose [1].",
        "I am a language model [1].",
        "",
        "[1]",
        "\x00\ud7ff[1][1][1]",
    ],
)
def test_a_wrong_sentence_is_never_sent(model: FakeModel, wrong: str) -> None:
    model.write = write(wrong)
    answer = generator(model).ask(QUESTION)
    check(answer)
    assert answer.mode == "extractive"
    said = any(letter.isalpha() and letter.isascii() for letter in wrong)
    assert (answer.dropped_sentences > 0) == said
    assert answer.fallback == ("no sentence of the model passed the checks" if said else answer.fallback)


def test_what_no_sentence_says_is_said_in_the_words_of_the_documents(model: FakeModel) -> None:
    question = "What are the early duties?"
    plain = SHOP.ask(question)
    assert len(plain.blocks) > 1
    model.write = lambda lines: quote({n: text for n, text in lines.items() if text == "Light the ovens"})
    answer = generator(model).ask(question)
    assert texts(answer)[0] == ("Light the ovens.", True)
    assert {c.cited_text for c in plain.citations} == {c.cited_text for c in answer.citations}
    assert ("Mix the dough", False) in texts(answer)


def test_a_dropped_sentence_is_counted_and_a_good_one_beside_it_sent(model: FakeModel) -> None:
    model.write = write("The median wage is $61,000 [1]. The median wage is $16,000 [1]. It is not much.")
    answer = generator(model).ask(QUESTION)
    assert (texts(answer), answer.dropped_sentences) == ([("The median wage is $61,000.", True)], 2)


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[str, list[str]]] = []

    def check(self) -> None:
        pass

    def hear(self, block: Block, citations: Sequence[Citation]) -> None:
        self.heard.append((block.text, [citation.cited_text for citation in citations]))


@pytest.mark.parametrize("script", ["write", "half", "500", "malformed"])
def test_blocks_are_heard_as_they_are_sent_and_none_besides(model: FakeModel, script: str) -> None:
    model.script, listener = script, Listener()
    model.write = write("The median wage is $61,000 [1]. The median wage is $99 [1]. And there is more to say [1].")
    answer = generator(model).follow(QUESTION, follower=listener)
    said = [(block.text, [answer.citations[n].cited_text for n in block.citations]) for block in answer.blocks]
    assert listener.heard == said


@pytest.mark.parametrize(
    ("script", "why", "attempts"),
    [
        ("500", "the model's server gives 500", 2),
        ("503", "the model's server gives 503", 2),
        ("429", "the model is asked too often", 2),
        ("401", "the model's server gives 401", 1),
        ("404", "the model's server gives 404", 1),
        ("malformed", "the model's reply cannot be read", 1),
        ("shapeless", "the model's reply cannot be read", 1),
        ("half", "the model's reply was cut off", 1),
        ("empty", "the model said nothing", 1),
        ("hang", "the model was too slow", 1),
        ("drip", "the model was too slow", 1),
    ],
)
def test_a_model_that_fails_leaves_the_words_of_the_documents(
    model: FakeModel, script: str, why: str, attempts: int
) -> None:
    model.script, model.write = script, write("The median wage is $61,000")
    answer = generator(model, seconds=0.4 if script in ("hang", "drip") else 5.0).ask(QUESTION)
    check(answer)
    assert (answer.mode, answer.fallback, len(model.asked)) == ("extractive", why, attempts)


def test_a_model_that_is_not_there_leaves_the_words_of_the_documents() -> None:
    endpoint = Endpoint("http://127.0.0.1:9/v1", "fake", seconds=5.0, pause=0.01)
    answer = Generator(SHOP, endpoint).ask(QUESTION)
    check(answer)
    assert answer.fallback == "the model cannot be reached"


def test_endless_text_ends(model: FakeModel) -> None:
    model.script = "endless"
    answer = generator(model, seconds=5.0).ask(QUESTION)
    check(answer)
    assert answer.mode == "extractive"


def test_a_busy_model_is_asked_again(model: FakeModel) -> None:
    model.script, model.write = "busy once", write("The median wage is $61,000 [1].")
    answer = generator(model).ask(QUESTION)
    assert (answer.mode, len(model.asked)) == ("generative", 2)


def test_a_model_that_takes_no_temperature_is_asked_without_one(model: FakeModel) -> None:
    model.script, model.write = "plain only", write("The median wage is $61,000 [1].")
    answer = generator(model).ask(QUESTION)
    assert answer.mode == "generative"
    assert [("max_tokens" in asked, "max_completion_tokens" in asked) for asked in model.asked] == [
        (True, False),
        (False, True),
    ]


def test_a_model_that_fails_again_and_again_is_left_alone_for_a_while(model: FakeModel) -> None:
    model.script = "404"
    asking = generator(model)
    why = [asking.ask(QUESTION).fallback for _ in range(5)]
    assert why == ["the model's server gives 404"] * 4 + [
        "the model has failed several times and is left alone for a while"
    ]
    assert len(model.asked) == 4


def test_who_no_longer_waits_ends_the_work(model: FakeModel) -> None:
    class Gone(Exception):
        pass

    class Leaving(Listener):
        def check(self) -> None:
            if model.asked:
                raise Gone

    model.script = "hang"
    with pytest.raises(Gone):
        generator(model, seconds=60).follow(QUESTION, follower=Leaving())


@pytest.mark.parametrize("script", ["401", "500", "malformed", "half", "write"])
def test_the_key_enters_no_log_and_no_answer(
    model: FakeModel, script: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    model.script = script
    with caplog.at_level(logging.DEBUG):
        answer = generator(model).ask(QUESTION)
    out = capfd.readouterr()
    assert KEY not in caplog.text + out.out + out.err + repr(answer)


def test_the_id_tells_the_modes_and_the_models_apart(model: FakeModel) -> None:
    one, other = generator(model), Generator(SHOP, Endpoint(model.url, "other"))
    ids = {PLAIN.id, one.ask(QUESTION).id, other.ask(QUESTION).id}
    assert len(ids) == 3
    assert one.ask(f" {QUESTION} ").id == one.ask(QUESTION).id
