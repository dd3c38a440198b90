"""cairn-assistant: keyword search over paragraphs, with a threshold of its own below which it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NAME = "cairn-assistant"
PACKAGE = "cairn-assistant"
REQUIRES: Sequence[str] = ("cairn-assistant",)
NOTE = "the front matter that it asks for (id, title, language) is put before each document"
VARIANTS: Mapping[str, Mapping[str, object]] = {"": {}, "no threshold": {"threshold": 1e-9}}  # it must be above 0
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def prepare(corpus: Path, store: Path, threshold: float | None = None) -> None:
    """Copies the documents with the front matter that it needs, into one flat folder, and indexes them."""
    from cairn.index import build_and_write

    folder = store / "corpus"
    folder.mkdir(parents=True)
    paths: dict[str, str] = {}
    for number, path in enumerate(sorted(x for x in corpus.rglob("*") if x.suffix in (".md", ".txt")), start=1):
        body = _FRONT.sub("", path.read_text(encoding="utf-8-sig"))
        first = next((line.strip("# ") for line in body.splitlines() if line.strip()), path.stem)
        front = f"---\nid: d{number}\ntitle: {first or path.stem}\nlang: en\n---\n"
        (folder / f"d{number}.md").write_text(front + body, encoding="utf-8")
        paths[f"d{number}"] = path.relative_to(corpus).as_posix()
    (store / "paths.json").write_text(json.dumps(paths), encoding="utf-8")
    build_and_write(folder, store / "index.json")


def answerer(store: Path, threshold: float | None = None) -> Callable[[str, Sequence[str]], dict[str, object]]:
    """Answers from the index, each question alone."""
    from cairn.config import Config
    from cairn.engine import ask as cairn_ask
    from cairn.index import read_index

    chosen = {} if threshold is None else {"threshold": threshold}
    config = Config(corpus_path=str(store / "corpus"), index_path=str(store / "index.json"), **chosen)
    index = read_index(store / "index.json", store / "corpus")
    paths = json.loads((store / "paths.json").read_text(encoding="utf-8"))

    def ask(question: str, history: Sequence[str]) -> dict[str, object]:
        answer = cairn_ask(question, index, config).answer
        citations = [{"document": paths[s.source_id.split("#")[0]], "text": s.text} for s in answer.sources]
        score = max((candidate.score for candidate in answer.trace.candidates), default=0.0)
        return {"text": answer.text, "refused": answer.kind == "refusal", "citations": citations, "score": score}

    return ask
