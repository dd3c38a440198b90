"""Follow-up questions with the standalone question that a person wrote for each: how near ours come to theirs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.question.parse import content_words
from assistant.question.rewrite import follow
from assistant.question.stems import words
from assistant.types import Turn

HALVES = ("development", "held-out")


@dataclass(frozen=True, slots=True)
class Followup:
    """A question within a conversation, what was asked before it, and how a person wrote it to stand alone."""

    conversation: str
    history: tuple[str, ...]
    question: str
    rewrite: str

    @property
    def stands_alone(self) -> bool:
        """Whether the person left it as it was."""
        return _plain(self.question) == _plain(self.rewrite)


@dataclass(frozen=True, slots=True)
class Figures:
    """How near one way of rewriting comes to the person's: shares from 0 to 1."""

    covered: float  # of the content words of the person's question, those that ours has
    extra: float  # of the content words of ours, those that the person's has not
    same: float  # of the questions, those with the very content words of the person's


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured on one file, or on all of them."""

    name: str
    turns: int  # that the person changed
    alone: int  # that the person left as they were, and that something was asked before
    kept: int  # of those, the ones that we leave to the letter
    changed: int  # of the turns that the person changed, those that we change
    ways: dict[str, Figures]


def load(folder: Path) -> dict[str, list[Followup]]:
    """The turns of each file of a folder, in the formats of TREC CAsT and of MTRAG."""
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise UsageError(f"there is no .jsonl file in {folder}: name a folder that holds some")
    return {path.stem: [_read(path, line) for line in path.read_text("utf-8").splitlines() if line] for path in files}


def half(turns: Iterable[Followup], which: str) -> list[Followup]:
    """The turns of every other conversation: the development half to make rules with, or the held-out one."""
    turns = list(turns)
    names = sorted({turn.conversation for turn in turns})
    chosen = set(names[HALVES.index(which) :: 2])
    return [turn for turn in turns if turn.conversation in chosen]


def measure(name: str, turns: Sequence[Followup]) -> Report:
    """How near our questions come, beside the raw ones and those with the question before put in front."""
    asked = [turn for turn in turns if turn.history]
    leaning = [turn for turn in asked if not turn.stands_alone]
    alone = [turn for turn in asked if turn.stands_alone]
    ways: dict[str, Callable[[Followup], str]] = {
        "raw": lambda turn: turn.question,
        "with the question before": lambda turn: f"{turn.history[-1]} {turn.question}",
        "rewritten": rewritten,
    }
    return Report(
        name,
        turns=len(leaning),
        alone=len(alone),
        kept=sum(rewritten(turn) == turn.question for turn in alone),
        changed=sum(rewritten(turn) != turn.question for turn in leaning),
        ways={way: _figures([(turn.rewrite, made(turn)) for turn in leaning]) for way, made in ways.items()},
    )


def rewritten(turn: Followup) -> str:
    """The question as the assistant would read it."""
    return follow(turn.question, [Turn("user", text) for text in turn.history], one_subject=False)


def _figures(pairs: Sequence[tuple[str, str]]) -> Figures:
    sets = [(_content(theirs), _content(ours)) for theirs, ours in pairs]
    both = sum(len(theirs & ours) for theirs, ours in sets)
    return Figures(
        covered=both / max(sum(len(theirs) for theirs, _ in sets), 1),
        extra=1 - both / max(sum(len(ours) for _, ours in sets), 1),
        same=sum(theirs == ours for theirs, ours in sets) / max(len(sets), 1),
    )


def _content(question: str) -> frozenset[str]:
    return frozenset(words(" ".join(content_words(question))))


def _plain(question: str) -> str:
    return " ".join(question.split()).rstrip(" ?.!").casefold()


def _read(path: Path, line: str) -> Followup:
    try:
        row = json.loads(line)
        if "all_turns" in row:
            *history, _ = (_spoken(turn) for turn in row["all_turns"].split("\n|"))
            conversation = row["id"].partition("<")[0]
            return Followup(conversation, tuple(history), _spoken(row["last_turn"]), _spoken(row["rewrite"]))
        conversation = row["id"].rpartition("_")[0]
        return Followup(conversation, tuple(row["history"]), row["raw"].strip(), row["rewrite"].strip())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not in the format of CAsT or MTRAG ({error!r}): see --help") from error


def _spoken(turn: str) -> str:
    return turn.strip().lstrip("|").removeprefix("user|:").strip()
