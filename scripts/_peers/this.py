"""This assistant, at its default settings, by its own API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

NAME = "this assistant"
PACKAGE = "role-assistant"
REQUIRES: Sequence[str] = ()
OWN = True  # runs where the command runs, in no environment of its own
NOTE = "default settings; follow-ups are asked with what was said before"


def prepare(corpus: Path, store: Path) -> None:
    """Builds the index."""
    from assistant.building import build_index
    from assistant.settings import load_settings

    build_index(load_settings({"corpus": corpus, "index": store / "index"}))


def answerer(store: Path) -> Callable[[str, Sequence[str]], dict[str, object]]:
    """Answers from the index."""
    from assistant.compose import open_answerer
    from assistant.settings import load_settings
    from assistant.types import Turn

    opened = open_answerer(load_settings({"index": store / "index"}))

    def ask(question: str, history: Sequence[str]) -> dict[str, object]:
        answer = opened.ask(question, history=[Turn("user", text) for text in history])
        citations = [
            {"document": c.document_id, "text": c.cited_text, "start": c.start, "end": c.end} for c in answer.citations
        ]
        refused = answer.status == "refused"
        return {"text": answer.text, "refused": refused, "citations": citations, "score": answer.confidence}

    return ask
