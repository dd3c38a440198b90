"""An index in memory: a part of it is what an index of those documents alone would be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.documents.chunking import embedded_text
from assistant.index.build import build
from assistant.index.local import LocalCollection
from assistant.index.publishing import open_index
from assistant.index.vocabulary import words
from assistant.question.acronyms import learn
from assistant.testing import HashEncoder, document
from assistant.types import Document, Passage

TEXTS = {
    "a.txt": "# Pay\nThe total cost of ownership (TCO) is $5.\nSalaries rise.\n",
    "b.txt": "# Duties\nLead the team of quokkas.\n",
    "c.txt": "# Pay\nThe time clock office (TCO) opens at nine.\nHoliday pay is paid.\n",
}


def made(folder: Path, ids: Sequence[str]) -> LocalCollection:
    documents: list[Document] = [document(TEXTS[id], id=id, title=id) for id in ids]
    passages = [
        Passage(d.id, d.version, line.start, line.end, d.text[line.start : line.end], line.section_path)
        for d in documents
        for line in d.lines
    ]
    titles = {d.id: d.title for d in documents}
    build(
        folder,
        documents=documents,
        passages=passages,
        embedded=[embedded_text(titles[p.document_id], p.section_path, p.text) for p in passages],
        lines=[d.text[line.start : line.end] for d in documents for line in d.lines],
        vocabulary=words(documents),
        encoder=HashEncoder(),
        settings={},
        receipt={"smallest_cosine": 1.0},
        acronyms=learn(documents),
    )
    return open_index(folder)


@pytest.mark.parametrize("ids", [("a.txt",), ("b.txt", "c.txt"), ("a.txt", "b.txt", "c.txt"), ()])
def test_it_is_what_an_index_of_those_documents_would_be(tmp_path: Path, ids: tuple[str, ...]) -> None:
    of_all = made(tmp_path / "all", list(TEXTS)).part(ids)
    assert list(of_all.documents) == list(ids) and of_all.settings["part"]
    if not ids:
        assert (len(of_all.vectors), len(of_all.lexicon), len(of_all.line_vectors)) == (0, 0, 0)
        assert of_all.lexicon.search("pay", 3) == []
        return
    alone = made(tmp_path / "alone", ids)
    assert of_all.passages == alone.passages and of_all.acronyms == alone.acronyms
    assert dict(of_all.vocabulary) == dict(alone.vocabulary)
    assert np.array_equal(of_all.vectors.vectors(), alone.vectors.vectors())
    assert np.array_equal(of_all.line_vectors, alone.line_vectors)
    for query in ("pay", "TCO", "quokkas lead", "total cost of ownership"):
        assert of_all.lexicon.search(query, 9) == alone.lexicon.search(query, 9)
        assert [of_all.lexicon.idf(word) for word in query.split()] == [
            alone.lexicon.idf(word) for word in query.split()
        ]


def test_two_parts_are_told_apart(tmp_path: Path) -> None:
    whole = made(tmp_path, list(TEXTS))
    names = [whole.part(ids).settings["part"] for ids in (["a.txt"], ["b.txt"], ["a.txt"])]
    assert names[0] == names[2] != names[1]
