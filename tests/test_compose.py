"""What an opened index is made of is freed with it; what reads and encodes stays open."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from weakref import ref

import pytest
from builds import documents, passages

from assistant.compose import Opener, open_store
from assistant.documents.chunking import embedded_text, line_in_context
from assistant.index.build import build
from assistant.index.vocabulary import words
from assistant.models.encoder_names import full_name
from assistant.question.acronyms import learn
from assistant.settings import Settings, load_settings
from assistant.testing import HashEncoder
from assistant.types import Document, Passage


class Encoder(HashEncoder):
    """One of the name that the settings have."""

    def __init__(self, dim: int = 64) -> None:
        super().__init__(dim=dim, name=full_name(load_settings({}).encoder))


def publish(folder: Path, pay: str, encoder: Encoder) -> str:
    """An index of two documents, one of which tells the pay."""
    found = documents({"a.txt": f"# Pay\nThe median pay is {pay}\n", "b.txt": "# Duties\nLead the team\n"})
    cut = passages(found)
    return build(
        folder,
        documents=found,
        passages=cut,
        embedded=[embedded_text(p.document_id, p.section_path, p.text) for p in cut],
        lines=[line_in_context(document, line) for document in found for line in document.lines],
        vocabulary=words(found),
        acronyms=learn(found),
        encoder=encoder,
        settings={},
        receipt={},
    ).id


def reached(start: object) -> list[Any]:
    """The objects of the package's own kinds that an object holds, by whatever way but through modules and classes."""
    found: dict[int, Any] = {}
    ahead: list[Any] = [start]
    while ahead:
        one = ahead.pop()
        if id(one) in found or isinstance(one, ModuleType | type):
            continue
        found[id(one)] = one
        if isinstance(one, FunctionType):
            ahead += [one.__closure__, one.__defaults__, one.__kwdefaults__]
        else:
            ahead += gc.get_referents(one)
    return [one for one in found.values() if type(one).__module__.startswith("assistant.")]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def settings(index: Path) -> Settings:
    return load_settings({"index": index})


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No garbage collector: what is freed is freed because nobody holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_an_index_is_freed_with_all_that_was_made_of_it(settings: Settings, index: Path, uncollected: None) -> None:
    publish(index, "$5,151", Encoder())
    opener = Opener(settings, open_store(settings), open_encoder=lambda fingerprint: Encoder())
    first: Any = opener()
    for question in ("What is the median pay?", "what is the medain pay?", "Who leads the Team X7-200?"):
        first.ask(question)
    view = first.part(frozenset(["a.txt"]))
    assert view.ask("What is the median pay?").index_id == first.index_id
    shared = {id(one) for one in reached(opener)}
    gone = {}
    for one in reached([first, view]):
        with suppress(TypeError):  # some kinds of objects cannot be watched
            if id(one) not in shared:
                gone[ref(one)] = type(one).__name__
        del one
    assert {"Assistant", "Library", "Bm25Lexicon", "FaissStore", "OnnxReader", "Versions"} <= {*gone.values()}
    assert {"Speller", "Names", "Acronyms", "TermOverlap", "SimilarityRanker", "Subjects"} <= {*gone.values()}
    publish(index, "$6,161", Encoder())
    second = opener()
    assert second.index_id != first.index_id
    del first, view
    assert [name for one, name in gone.items() if one() is not None] == []
    there = [one for one in gc.get_objects() if type(one) in (Document, Passage)]
    assert {one.text for one in there if "$5,151" in one.text or "$6,161" in one.text} == {
        second.documents["a.txt"].text,
        "The median pay is $6,161",
    }
    assert second.ask("What is the median pay?").index_id == second.index_id


def test_the_encoder_and_the_reader_are_opened_once(settings: Settings, index: Path) -> None:
    opened = []

    def open_encoder(fingerprint: str) -> Encoder:
        opened.append(fingerprint)
        return Encoder()

    opener = Opener(settings, open_store(settings), open_encoder=open_encoder)
    publish(index, "$5", Encoder())
    first: Any = opener()
    publish(index, "$6", Encoder())
    second: Any = opener()
    assert opened == [Encoder().fingerprint]
    assert first.reader._session is second.reader._session and first.reader is not second.reader
    assert first.reader._outlines is first.outlines and second.reader._outlines is second.outlines


def test_another_encoder_is_opened_where_the_index_needs_it(settings: Settings, index: Path) -> None:
    made = {one.fingerprint: one for one in (Encoder(), Encoder(dim=32))}
    opened = []

    def open_encoder(fingerprint: str) -> Encoder:
        opened.append(fingerprint)
        return made[fingerprint]

    opener = Opener(settings, open_store(settings), open_encoder=open_encoder)
    publish(index, "$5", Encoder())
    opener()
    publish(index, "$6", Encoder(dim=32))
    assert opener().ask("What is the median pay?").index_id
    assert opened == list(made)
