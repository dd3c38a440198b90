"""Groups to numbers: tokens, types, lines, and which of them belong to the answer; and batches of like length."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from _groups import Group, Read
from torch import Tensor

from assistant.models.pairs import NO_LINE, EncodedPair, PairEncoder
from assistant.question.parse import FUNCTION_WORDS
from assistant.question.stems import STOPWORDS

MAX_TOKENS = 288
IGNORED = FUNCTION_WORDS | STOPWORDS  # words that count as no content in what the reader sees


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its passages as the network takes them, each cut to its first window that holds the answer."""

    pairs: tuple[EncodedPair, ...]
    reads: tuple[Read, ...]
    weight: float

    @property
    def longest(self) -> int:
        return max(len(pair.ids) for pair in self.pairs)


def item(group: Group, encoder: PairEncoder) -> Item:
    """The group in tokens. What is too long is read in the window that has most of the gold lines."""
    made = encoder.pairs(
        group.question, [(read.context, read.text, read.lines) for read in group.passages], max_tokens=MAX_TOKENS
    )
    chosen = []
    for windows, read in zip(made, group.passages, strict=True):
        gold = set(read.gold)
        chosen.append(max(windows, key=lambda pair: len(gold & set(pair.lines))))
    return Item(tuple(chosen), group.passages, group.weight)


def batches(lengths: Sequence[tuple[int, int]], *, tokens: int, rng: random.Random) -> list[list[int]]:
    """Positions in batches of at most so many tokens with padding; like lengths together, in random order.

    `lengths` are those of the longest passage, with the number of passages.
    """
    order = list(range(len(lengths)))
    rng.shuffle(order)
    made: list[list[int]] = []
    for at in range(0, len(order), 1_000):
        window = sorted(order[at : at + 1_000], key=lambda n: lengths[n][0])
        batch: list[int] = []
        of_window = []
        for n in window:
            if batch and (sum(lengths[m][1] for m in batch) + lengths[n][1]) * lengths[n][0] > tokens:
                of_window.append(batch)
                batch = []
            batch.append(n)
        of_window.append(batch)
        rng.shuffle(of_window)
        made += of_window
    return made


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows are passages; the lines of all of them are numbered through."""

    ids: Tensor
    mask: Tensor
    types: Tensor
    of_line: Tensor  # (rows, tokens): the number of each token's line, or -1
    group_of_line: Tensor  # (lines,)
    gold: Tensor  # (lines,): 1 where the line belongs to the answer
    places: list[tuple[int, int]]  # of each line: its row and its position in the passage
    groups: int
    group_weights: Tensor
    row_weights: Tensor  # the weight of the group, shared among its rows
    answers: Tensor  # (rows,): 1 where the passage holds a line of the answer
    allowed: Tensor  # where a span may start or end: the text, and the first token for "nowhere"
    starts: Tensor  # 0 where there is no answer, -1 where its words are not known
    ends: Tensor


def collate(chosen: Sequence[Item]) -> Batch:
    pairs = [(n, pair, read) for n, one in enumerate(chosen) for pair, read in zip(one.pairs, one.reads, strict=True)]
    rows, length = len(pairs), max(one.longest for one in chosen)
    ids, types, mask = (torch.zeros(rows, length, dtype=torch.long) for _ in range(3))
    of_line = torch.full((rows, length), NO_LINE, dtype=torch.long)
    allowed = torch.zeros(rows, length, dtype=torch.bool)
    groups: list[int] = []
    gold: list[float] = []
    places: list[tuple[int, int]] = []
    starts: list[int] = []
    ends: list[int] = []
    for row, (n, pair, read) in enumerate(pairs):
        size = len(pair.ids)
        ids[row, :size] = torch.tensor(pair.ids)
        types[row, :size] = torch.tensor(pair.types)
        mask[row, :size] = 1
        allowed[row, pair.first : size - 1] = True
        allowed[row, 0] = True
        numbers: dict[int, int] = {}
        for at, line in enumerate(pair.lines, start=pair.first):
            if line != NO_LINE:
                if line not in numbers:
                    numbers[line] = len(groups)
                    groups.append(n)
                    gold.append(float(line in read.gold))
                    places.append((row, line))
                of_line[row, at] = numbers[line]
        start, end = (-1, -1) if read.gold else (0, 0)
        if read.gold and read.span is not None:
            inside = [at for at, (a, b) in enumerate(pair.offsets) if a < read.span[1] and b > read.span[0]]
            if inside:
                start, end = pair.first + inside[0], pair.first + inside[-1]
        starts.append(start)
        ends.append(end)
    return Batch(
        ids,
        mask,
        types,
        of_line,
        torch.tensor(groups, dtype=torch.long),
        torch.tensor(gold),
        places,
        len(chosen),
        torch.tensor([one.weight for one in chosen]),
        torch.tensor([chosen[n].weight / len(chosen[n].pairs) for n, _, _ in pairs]),
        torch.tensor([float(bool(read.gold)) for _, _, read in pairs]),
        allowed,
        torch.tensor(starts),
        torch.tensor(ends),
    )


def in_order(sizes: Sequence[int], *, tokens: int, length: Callable[[int], int]) -> list[list[int]]:
    """Positions in batches, the longest first: for evaluation. `sizes` are numbers of passages."""
    order = sorted(range(len(sizes)), key=lambda n: -length(n))
    made: list[list[int]] = []
    batch: list[int] = []
    for n in order:
        if batch and (sum(sizes[m] for m in batch) + sizes[n]) * length(batch[0]) > tokens:
            made.append(batch)
            batch = []
        batch.append(n)
    return [*made, batch] if batch else made
