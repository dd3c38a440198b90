"""Whether the corpus that is asked for is the one that the index was built from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.documents.changes import Changes, changes_since
from assistant.documents.corpus import Mark
from assistant.documents.folder import is_there
from assistant.errors import CorpusError, CorpusNotFound, IndexMismatch
from assistant.index.receipt import Receipt


def check_origin(receipt: Receipt, corpus: Path, *, index: str, asked: bool) -> tuple[str, ...]:
    """What a person should know who serves the index of this receipt, which is called `index`, a sentence each.

    Where the corpus was `asked` for, raises CorpusNotFound if it is not there, and IndexMismatch if the index is of
    another one. A corpus of the same files in another place is the same one. Where it was not, the index decides.
    """
    built_from = receipt.corpus
    if built_from is None:
        if asked:
            raise IndexMismatch(
                f"the index in {index} does not say what it was built from: run `assistant index --corpus {corpus}`"
            )
        return ()
    is_same = built_from == corpus.resolve()
    if not asked:
        return _notes(receipt.marks, corpus, built_from, is_same=is_same)
    if not is_there(corpus):
        raise CorpusNotFound(f"no corpus folder {corpus}: name the one that is served, or leave out --corpus")
    changes = changes_since(receipt.marks, corpus)
    if changes and not is_same:
        raise IndexMismatch(
            f"the index in {index} was built from {built_from}, not from {corpus}: run `assistant index --corpus "
            f"{corpus}`, or name another index with --index"
        )
    return _said(changes)


def _notes(marks: Mapping[str, Mark], corpus: Path, built_from: Path, *, is_same: bool) -> tuple[str, ...]:
    try:
        if is_there(built_from):
            where = () if is_same else (f"serving the documents of {built_from}",)
            return (*where, *_said(changes_since(marks, built_from)))
        if is_there(corpus) and not changes_since(marks, corpus):
            return ()
    except CorpusError as error:
        return (f"serving the documents of {built_from} as they were indexed: {error}",)
    return (f"serving the documents of {built_from} as they were indexed: they are not there any more",)


def _said(changes: Changes) -> tuple[str, ...]:
    sentence = f"the documents have changed since the index was built: {changes}; run `assistant index`"
    return (sentence,) if changes else ()
