"""Examples to numbers: tokens, types, where the answer stands among the tokens; and batches of like length."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from _examples import Example
from torch import Tensor

from assistant.models.pairs import PairEncoder

MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Item:
    """One example as the network takes it. `start` and `end` are 0 where there is no answer, -1 where unknown."""

    ids: list[int]
    types: list[int]
    first: int
    start: int
    end: int
    answerable: bool
    weight: float


def items(examples: Sequence[Example], encoder: PairEncoder) -> list[Item]:
    found = []
    for example in examples:
        pair = encoder.pairs(example.question, [(example.context, example.text)], max_tokens=MAX_TOKENS)[0][0]
        start, end = (-1, -1) if example.answerable else (0, 0)
        if example.span is not None:
            inside = [n for n, (s, e) in enumerate(pair.offsets) if s < example.span[1] and e > example.span[0]]
            if inside:
                start, end = pair.first + inside[0], pair.first + inside[-1]
        found.append(Item(pair.ids, pair.types, pair.first, start, end, example.answerable, example.weight))
    return found


def batches(lengths: Sequence[int], *, tokens: int, rng: random.Random) -> list[list[int]]:
    """Positions in batches of at most so many tokens with padding; like lengths together, in random order."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for at in range(0, len(order), 2_000):
        window = sorted(order[at : at + 2_000], key=lambda n: lengths[n])
        batch: list[int] = []
        of_window = []
        for n in window:
            if batch and (len(batch) + 1) * lengths[n] > tokens:
                of_window.append(batch)
                batch = []
            batch.append(n)
        of_window.append(batch)
        rng.shuffle(of_window)
        made += of_window
    return made


@dataclass(frozen=True, slots=True)
class Batch:
    ids: Tensor
    mask: Tensor
    types: Tensor
    allowed: Tensor  # where a span may start or end: the text, and the first token for "nowhere"
    starts: Tensor
    ends: Tensor
    answerable: Tensor
    weights: Tensor


def collate(chosen: Sequence[Item]) -> Batch:
    size, length = len(chosen), max(len(item.ids) for item in chosen)
    ids, types, mask = (torch.zeros(size, length, dtype=torch.long) for _ in range(3))
    allowed = torch.zeros(size, length, dtype=torch.bool)
    for row, item in enumerate(chosen):
        n = len(item.ids)
        ids[row, :n] = torch.tensor(item.ids)
        types[row, :n] = torch.tensor(item.types)
        mask[row, :n] = 1
        allowed[row, item.first : n - 1] = True
        allowed[row, 0] = True
    return Batch(
        ids,
        mask,
        types,
        allowed,
        torch.tensor([item.start for item in chosen]),
        torch.tensor([item.end for item in chosen]),
        torch.tensor([float(item.answerable) for item in chosen]),
        torch.tensor([item.weight for item in chosen]),
    )


def in_order(chosen: Sequence[Item], *, tokens: int) -> Iterator[list[int]]:
    """Positions in batches, the longest first: for evaluation."""
    order = sorted(range(len(chosen)), key=lambda n: -len(chosen[n].ids))
    while order:
        size = max(1, tokens // len(chosen[order[0]].ids))
        yield order[:size]
        order = order[size:]
