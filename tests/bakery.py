"""A small guide, and an assistant over it and others like it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from builds import shelf

from assistant.answer.calibration import Calibration, Fit, Signal
from assistant.answer.library import Library
from assistant.answer.overlap import TermOverlap
from assistant.answer.pipeline import Assistant
from assistant.answer.rank_lines import SimilarityRanker
from assistant.answer.retrieve import Retriever
from assistant.documents.chunking import Budget, line_in_context, passages_of
from assistant.documents.outline import Outline
from assistant.documents.plain import structure
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.collection import Collection
from assistant.index.vectors import FaissStore
from assistant.question.stems import words
from assistant.testing import HashEncoder, WordReader
from assistant.types import Document, LineRanker, Reader, Vectors

BAKERY = """Duties
The baker holds these duties:
Early Duties
- Light the ovens
- Mix the dough
Late Duties
- Sweep the floor
- Count the till
Wages
These are the wages in 2024:
Master Baker
- Median wage: $61,000
- Entry wage: $40,000
Journeyman
- Median wage: $45,000
- Entry wage: $30,000
Schooling
Formal Schooling
- A Master's certificate in baking or confectionery
- Some courses in bookkeeping
First Steps
- Schooling: usually a Bachelor's certificate in baking is required.
- Practice: work in any bakery for a summer.
"""
# Lines count by what the reader says alone. As likely right as not where the best line is as likely to answer as not;
# hardly ever where a name is missing.
CALIBRATION = Calibration(
    reader="",
    fit=Fit(0.0, {"line": Signal(0.0, 1.0, 1.0), "names_nowhere": Signal(0.0, 1.0, -10.0)}),
    lines={"reader": 1.0},
    hard=(0.499,) * 100,
    right=(0.9,) * 60,
    wrong=(0.6,) * 40,
)
ENCODER = HashEncoder(dim=512)
BUDGET = Budget(60, lambda text: len(text.split()))


Outlines = Mapping[str, Outline]


def assistant(
    texts: Mapping[str, str],
    *,
    reader: Callable[[Outlines], Reader | None] = WordReader,
    ranker: Callable[[Outlines], LineRanker] | None = None,
    calibration: Calibration = CALIBRATION,
    expand: Callable[[str], str] = lambda question: question,
    meant: Callable[[str], tuple[str, str] | None] = lambda question: None,
    max_false_answer_rate: float = 0.1,
    handoff: str | None = None,
) -> Assistant:
    """An assistant over plain texts, by title, with an encoder and, unless told otherwise, a reader of words only."""
    documents = list(of_titles(texts))
    passages = [passage for document in documents for passage in passages_of(document, budgets=[BUDGET])]
    embedded = [passage.text for passage in passages]
    lines = [line_in_context(document, line) for document in documents for line in document.lines]
    vectors = FaissStore(ENCODER.encode_passages(embedded))
    collection = shelf(passages, vectors, Bm25Lexicon(embedded), documents, ENCODER.encode_passages(lines))
    return over(
        collection,
        reader=reader,
        ranker=ranker,
        calibration=calibration,
        expand=expand,
        meant=meant,
        max_false_answer_rate=max_false_answer_rate,
        handoff=handoff,
    )


def of_titles(texts: Mapping[str, str]) -> Iterator[Document]:
    """A document for each plain text, by its title."""
    for title, text in texts.items():
        read = structure(text)
        name = f"{title.casefold()}.txt"
        yield Document(name, "v", title, name, "text/plain", text, read.sections, read.lines, metadata={"shop": title})


def over(
    collection: Collection,
    *,
    reader: Callable[[Outlines], Reader | None] = WordReader,
    ranker: Callable[[Outlines], LineRanker] | None = None,
    calibration: Calibration = CALIBRATION,
    expand: Callable[[str], str] = lambda question: question,
    meant: Callable[[str], tuple[str, str] | None] = lambda question: None,
    max_false_answer_rate: float = 0.1,
    handoff: str | None = None,
) -> Assistant:
    """The same over a collection whose texts `ENCODER` has encoded."""
    documents, passages = collection.documents, collection.passages
    outlines = {name: Outline(document) for name, document in documents.items()}

    def encode(text: str) -> Vectors:
        vector: Vectors = ENCODER.encode_queries([text])[0]
        return vector

    overlap = TermOverlap(words, collection.rarity)
    similar = SimilarityRanker(outlines, vectors=collection.lines, encode=encode, overlap=overlap, word_weight=0.7)
    return Assistant(
        collection=collection,
        outlines=outlines,
        retriever=Retriever(collection, encode, 0.5),
        ranker=similar if ranker is None else ranker(outlines),
        reader=reader(outlines),
        overlap=overlap,
        correct=lambda question: question.replace("dutys", "duties"),
        expand=expand,
        meant=meant,
        calibration=calibration,
        max_false_answer_rate=max_false_answer_rate,
        handoff=handoff,
        search_passages=20,
        read_passages=4,
        library=Library(documents, passages, holding=collection.holding),
    )
