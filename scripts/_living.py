"""An index that changes while it is used: two editions of a corpus, and builds that are killed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from assistant.building import build_index
from assistant.documents import sandbox
from assistant.documents.corpus import load_corpus
from assistant.documents.files import parse
from assistant.errors import AssistantError, IndexFault
from assistant.index import build as building
from assistant.index.publishing import open_index
from assistant.models import encoder_prepare
from assistant.settings import Settings
from assistant.testing import HashEncoder

NEWER = "This is the newer edition.\n\n"  # so that every offset is another
BEGIN, END = "begin", "end"
PARTS = ("write_files", "write_manifest", "publish", "clean_up")  # functions of a build that are phases of their own
PHASES = (BEGIN, "read", "encode passages", "encode lines", *PARTS)
WAIT_S = 120
SEED = 7


@dataclass(frozen=True, slots=True)
class Editions:
    """An index with two builds of the same documents, whose texts differ from the first character on."""

    settings: Settings
    texts: Mapping[str, Mapping[str, str]]  # of the documents, by the id of the build

    def holds(self, reply: Mapping[str, Any]) -> bool:
        """Whether all that a reply cites stands so in the documents of the one build that it names."""
        texts = self.texts.get(reply["index_id"], {})
        return bool(texts) and all(
            texts[one["document_id"]][one["start_char_index"] : one["end_char_index"]] == one["cited_text"]
            for one in (*reply["citations"], *reply["closest"])
        )


class Hashes(HashEncoder):
    """An encoder that needs no model to be opened."""

    smallest_cosine = None


def editions(settings: Settings, folder: Path) -> Editions:
    """Two builds of the documents in the settings, as plain texts in a folder; the second is in force."""
    corpus = folder / "corpus"
    documents = load_corpus(settings.corpus).documents
    settings = settings.model_copy(update={"corpus": corpus, "index": folder / "index"})
    found = {}
    for opening in ("", NEWER):
        for document in documents:
            path = corpus / f"{document.id.removesuffix('.txt')}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(opening + document.text, encoding="utf-8", newline="\n")
        built = build_index(settings).report.id
        found[built] = {id: document.text for id, document in open_index(folder / "index").documents.items()}
    return Editions(settings, found)


def kills(settings: Settings, folder: Path, *, n: int) -> dict[str, Any]:
    """Builds that are killed, `n` of them, at a random instant of each phase in turn; what there is afterwards.

    Before each build a document is added, changed or deleted. `old` and `new` count the indexes that then open and hold
    exactly the documents of before, or those of after; `neither` all others.
    """
    chance = random.Random(SEED)
    corpus = folder / "corpus"
    corpus.mkdir()
    for document in load_corpus(settings.corpus).documents:
        (corpus / f"{len(list(corpus.iterdir()))}.txt").write_text(document.text, encoding="utf-8", newline="\n")
    settings = settings.model_copy(update={"corpus": corpus, "index": folder / "index"})
    for turn in (-2, -1):  # the second shows how long an update takes
        _change(corpus, chance, turn)
        _, took = _build(settings)
    old, found, phases = _texts(corpus), Counter[str](), Counter[str]()
    for turn in range(n):
        _change(corpus, chance, turn)
        new, wanted = _texts(corpus), PHASES[turn % len(PHASES)]
        pause = chance.uniform(0, took.get(wanted, 0.0)) * chance.randint(0, 1)  # half of them as the phase begins
        phase, _ = _build(settings, wanted, pause)
        phases[phase] += 1
        there = _indexed(folder / "index")
        found["new" if there == new else "old" if there == old else "neither"] += 1
        old = there if there in (old, new) else new
    builds = folder / "index" / "builds"
    left = sum(path.name.startswith(".") for path in builds.iterdir())
    _change(corpus, chance, n)
    _build(settings)
    whole = _indexed(folder / "index") == _texts(corpus)
    after = [path.name for path in (*builds.iterdir(), *builds.parent.glob(".current*"))]
    return {
        "kills": n,
        "phases": {phase: phases[phase] for phase in (*PHASES, END)},
        **{name: found[name] for name in ("old", "new", "neither")},
        "leftovers": left,
        "leftovers_after_the_next_build": sum(name.startswith(".") for name in after),
        "builds_after_the_next_build": len(after),
        "next_build_is_whole": whole,
    }


def _build(settings: Settings, killed_in: str = "", after: float = 0.0) -> tuple[str, dict[str, float]]:
    """Builds in a process, killed so many seconds after a phase began: the phase it came to, and what each took.

    At the start of each phase it waits to be told to go on.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", "_living", "assistant.compose", "assistant.index.folder", "tiktoken"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(settings, theirs))
    process.start()
    theirs.close()
    phase, took, began = "", dict[str, float](), time.perf_counter()
    with suppress(EOFError, OSError):
        while phase != END and ours.poll(WAIT_S):
            now = str(ours.recv())
            took[phase] = took.get(phase, 0.0) + time.perf_counter() - began
            phase, began = now, time.perf_counter()
            if phase != killed_in:
                ours.send(True)
                continue
            if after:
                ours.send(True)
                time.sleep(after)
            process.kill()
            process.join()
            while ours.poll():  # what it came to in the meantime
                phase = str(ours.recv())
    process.join()
    ours.close()
    if process.exitcode not in (0, -9):
        raise AssistantError(f"a build ended with status {process.exitcode}: see above")
    return phase, took


def _work(settings: Settings, line: Connection) -> None:
    """Builds the index, and says which phase it comes to. Texts are encoded by hashes, as this is not about vectors."""
    said = [BEGIN]

    def tell(phase: str, *_: object) -> None:
        if phase in PHASES and phase != said[-1]:
            said.append(phase)
            line.send(phase)
            line.recv()

    def told(name: str) -> Callable[..., object]:
        work = getattr(building, name)

        def first(*arguments: object, **named: object) -> object:
            tell(name)
            return work(*arguments, **named)

        return first

    line.send(BEGIN)
    line.recv()
    sandbox.Sandbox.parse = lambda self, file: parse(file)  # type: ignore[method-assign]  # here it would only take time
    encoder_prepare.__dict__["prepare_encoder"] = lambda *_, **__: Hashes()
    for name in PARTS:
        setattr(building, name, told(name))
    build_index(settings, progress=tell)
    line.send(END)
    line.recv()


def _change(corpus: Path, chance: random.Random, turn: int) -> None:
    """Adds, changes or deletes a note."""
    notes = sorted(corpus.glob("note*.txt"))
    deed = chance.choice(("add", "change", "delete")) if notes else "add"
    note = corpus / f"note{turn}.txt" if deed == "add" else chance.choice(notes)
    if deed == "delete":
        note.unlink()
    else:
        note.write_text(f"Notes of day {turn}\nThe number of the day is {chance.randrange(10**9)}.\n", "utf-8")


def _texts(corpus: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in corpus.iterdir()}


def _indexed(index: Path) -> dict[str, str] | None:
    """The texts of the documents in the index in force; None where it does not open."""
    try:
        return {id: document.text for id, document in open_index(index).documents.items()}
    except IndexFault:
        return None
