"""Settings become objects, here only: an answerer from them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from assistant.errors import CalibrationError, IndexMismatch, UsageError
from assistant.pinning import kept_of, pinned
from assistant.settings import DatabaseUrl, Settings

if TYPE_CHECKING:
    from assistant.answer.calibration import Calibration
    from assistant.answer.pipeline import Assistant
    from assistant.feedback.records import Records
    from assistant.index.collection import Collection
    from assistant.index.store import IndexStore
    from assistant.models.extractive import ExtractiveReader
    from assistant.models.reader import OnnxReader
    from assistant.pinned.file_board import Kept
    from assistant.types import Encoder, Json, Promise

SHIPPED, NONE = "shipped", "none"  # the readers that are no model of transformers


def open_store(settings: Settings) -> IndexStore:
    """Where the settings keep the index: a folder, or a database."""
    if isinstance(settings.index, DatabaseUrl):
        if find_spec("psycopg_pool") is None or find_spec("pgvector") is None:
            raise UsageError("PostgreSQL needs libraries of its own: `pip install 'role-assistant[postgres]'`")
        from assistant.index.postgres.store import PostgresStore

        return PostgresStore(settings.index.value, name=str(settings.index), exports=settings.cache.expanduser())
    from assistant.index.folder import FolderStore

    return FolderStore(settings.index)


def open_answerer(settings: Settings, *, calibrated: bool = True) -> Assistant:
    """The answerer of the index in force. Raises IndexNotFound, IndexDamaged, IndexMismatch or a ReaderError.

    Without calibration, `confidence` means nothing.
    """
    return Opener(settings, open_store(settings), calibrated=calibrated)()


class Opener:
    """Opens the index in force, as often as it is called. What reads and encodes stays open from one to the next.

    Raises what `open_answerer` does.
    """

    def __init__(
        self,
        settings: Settings,
        store: IndexStore,
        *,
        calibrated: bool = True,
        open_encoder: Callable[[str], Encoder] | None = None,
    ) -> None:
        """`open_encoder` opens the encoder of a fingerprint."""
        self._settings, self._store, self._calibrated = settings, store, calibrated
        self._open_encoder = open_encoder or self._open
        self._encoder: Encoder | None = None
        self._reader: OnnxReader | ExtractiveReader | None = None
        self._kept: Kept | None = None

    def __call__(self) -> Assistant:
        from assistant.models.encoder_names import full_name

        settings = self._settings
        index = self._store.open()
        if index.encoder_name != full_name(settings.encoder):
            raise IndexMismatch(
                f"the index in {self._store} was built with {index.encoder_name}, the setting says "
                f"{settings.encoder}: run `assistant index` to build it again, or set the encoder back"
            )
        encoder = self._encoder_of(index)
        reader = _reader(settings, self._store, index, self._reader)
        opened = pinned(settings, _assemble(settings, index, encoder, self._calibrated, reader), encoder, self._kept)
        self._kept = kept_of(opened)
        self._encoder, self._reader = encoder, None if reader is None else reader.over({})
        return opened

    def _encoder_of(self, index: Collection) -> Encoder:
        """The encoder that the index was built with, opened unless it is open."""
        if self._encoder is not None and self._encoder.fingerprint == index.encoder_fingerprint:
            return self._encoder
        return self._open_encoder(index.encoder_fingerprint)

    def _open(self, fingerprint: str) -> Encoder:
        from assistant.models.encoder_prepare import open_encoder

        settings, store = self._settings, self._store
        return open_encoder(
            settings.encoder,
            fingerprint,
            lambda: store.model("encoders", fingerprint),
            threads=settings.threads or None,
        )


def open_encoder(settings: Settings) -> Encoder:
    """An encoder where there is no index: that of the settings if it needs no export, else the one that ships.

    Raises EncoderNotFound or IndexDamaged where it is not there.
    """
    from assistant.models.encoder_prepare import ready_encoder

    return ready_encoder(settings.encoder, threads=settings.threads or None)


def open_uncalibrated(settings: Settings) -> Assistant:
    """The answerer of the index in force as a calibration is fitted with it: it answers all that it can."""
    return open_answerer(settings.model_copy(update={"max_false_answer_rate": 1.0, "pinned": None}), calibrated=False)


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
    index: Collection,
    encoder: Encoder,
    calibrated: bool,
    reader: OnnxReader | ExtractiveReader | None,
) -> Assistant:
    from assistant.answer.library import Library
    from assistant.answer.overlap import TermOverlap
    from assistant.answer.pipeline import Assistant
    from assistant.answer.rank_lines import SimilarityRanker
    from assistant.answer.retrieve import Retriever
    from assistant.documents.outline import Outline
    from assistant.models.cache import Remembered
    from assistant.question.acronyms import Acronyms
    from assistant.question.naming import Names
    from assistant.question.spelling import Speller
    from assistant.question.stems import terms

    encode = Remembered(lambda question: encoder.encode_queries([question])[0], encoder.encode_alike)
    outlines = {document.id: Outline(document) for document in index.documents.values()}
    acronyms = Acronyms(index.acronyms, is_written=index.vocabulary.__contains__)
    overlap = TermOverlap(terms, index.rarity, more=acronyms.both)
    speller = Speller(index.vocabulary)
    names = Names(index.vocabulary, is_word=speller.is_known)
    reader = None if reader is None else reader.over(outlines)
    calibration = _calibration(settings, "" if reader is None else reader.fingerprint, calibrated)
    return Assistant(
        collection=index,
        outlines=outlines,
        retriever=Retriever(index, encode, settings.dense_weight),
        ranker=SimilarityRanker(
            outlines, vectors=index.lines, encode=encode, overlap=overlap, word_weight=settings.word_weight
        ),
        reader=reader,
        overlap=overlap,
        correct=speller.correct,
        expand=acronyms.expand,
        meant=names.meant,
        prepare=encode.prepare,
        library=Library(index.documents, index.passages, holding=index.holding),
        calibration=calibration,
        max_false_answer_rate=settings.max_false_answer_rate,
        search_passages=settings.search_passages,
        read_passages=settings.read_passages,
        settings=_answer_settings(settings, calibration) | {k: v for k, v in index.settings.items() if k == "part"},
        handoff=settings.handoff or None,
        part=lambda ids: _assemble(settings, index.part(ids), encoder, calibrated, reader),
    )


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
    settings: Settings, store: IndexStore, index: Collection, held: OnnxReader | ExtractiveReader | None
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
            f"the index in {store} was not prepared for the reader {settings.reader}: run `assistant index`, "
            f"or set the reader back"
        )
    fingerprint = str(known["fingerprint"])
    if held is not None and held.fingerprint == fingerprint:
        return held
    return ExtractiveReader(store.model("readers", fingerprint), outlines={}, threads=threads)


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
