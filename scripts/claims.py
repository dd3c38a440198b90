#!/usr/bin/env python3
"""Measures the check of generated sentences on sentences with a planted fault and on faithful paraphrases."""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from _plants import FAULTS, RULES, Planted, Source, faithful, faulty, sources

from assistant.documents.corpus import load_corpus
from assistant.documents.outline import Outline
from assistant.generate.claims import judge
from assistant.generate.entailment import AGREES, Judge, agreement
from assistant.generate.sides import CitedLine
from assistant.models.reader import OnnxReader

SEED, WANTED, OF_A_DOCUMENT = 11, 400, 16
SHIPPED = Path(__file__).parent.parent / "tests" / "data" / "claims.jsonl.xz"


def load(path: Path) -> list[Planted]:
    """The sentences of a file."""
    rows = map(json.loads, lzma.decompress(path.read_bytes()).decode().splitlines())
    return [Planted(**{**row, "lines": tuple(CitedLine(**line) for line in row["lines"])}) for row in rows]


def save(path: Path, made: Sequence[Planted]) -> None:
    """Writes sentences into a file, packed."""
    rows = "".join(json.dumps(one.row(), ensure_ascii=False) + "\n" for one in made)
    path.write_bytes(lzma.compress(rows.encode(), preset=9))


def gather(folder: Path, splits: Mapping[str, int | None]) -> list[Source]:
    """The lines that answer the written questions of some splits; of a split the first so many documents."""
    packed = (folder / "questions.jsonl.xz").read_bytes()
    rows = [json.loads(line) for line in lzma.decompress(packed).decode().splitlines()]
    chosen: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for split, n in splits.items():
        ids = sorted({row["document"] for row in rows if row["split"] == split})[:n]
        for row in rows:
            if row["document"] in ids and 0 < len(row["quotes"]) <= 4:
                chosen[row["document"]].append((row["question"], row["quotes"]))
    found: list[Source] = []
    for domain in sorted({document.split("/")[0] for document in chosen}):
        for document in load_corpus(folder / domain / "docs").documents:
            name = f"{domain}/docs/{document.id}"
            if name in chosen:
                found += sources(name, Outline(document), chosen[name])
    return found


def draw(found: Sequence[Source], written: Sequence[Planted], *, seed: int = SEED) -> list[Planted]:
    """So many faults, as many of each kind as can be, and so many paraphrases; `written` are paraphrases by hand."""
    rng = Random(seed)
    pools: dict[str, list[Planted]] = defaultdict(list)
    for source in found:
        for one in faulty(source, rng):
            pools[one.fault].append(one)
        for one in faithful(source, rng):
            pools[f"={one.how}"].append(one)
    for pool in pools.values():
        rng.shuffle(pool)
    faults = _round(pools, FAULTS, WANTED)
    return [*faults, *written, *_round(pools, [f"={how}" for how in RULES], WANTED - len(written))]


def _round(pools: Mapping[str, Sequence[Planted]], names: Sequence[str], n: int) -> list[Planted]:
    """`n` of the pools, taken in turn, no document too often."""
    left = {name: list(pools.get(name, ())) for name in names}
    counts: Counter[str] = Counter()
    made: list[Planted] = []
    while len(made) < n and any(left.values()):
        for name in names:
            while left[name] and len(made) < n:
                one = left[name].pop()
                if counts[one.document] < OF_A_DOCUMENT:
                    counts[one.document] += 1
                    made.append(one)
                    break
    return made


def check(one: Planted, reader: Judge | None) -> str | None:
    """What the check says against a sentence: the words first, then the reader."""
    fault = judge(one.sentence, one.lines, one.question).fault
    if fault is None and reader is not None and agreement(reader, one.sentence, one.lines) < AGREES:
        return "the reader"
    return fault


def measure(made: Sequence[Planted], *, reader: Judge | None = None, verbose: bool) -> tuple[float, float]:
    """Prints what is caught and kept, kind by kind, and gives both shares."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for one in made:
        fault = check(one, reader)
        good = (fault is not None) == bool(one.fault)
        name = one.fault or f"={one.how}"
        total[name] += 1
        right[name] += good
        if verbose and not good:
            print(f"{name} [{fault}] {one.sentence}", *(f"    {line.text}" for line in one.lines), sep="\n")
    for name, n in sorted(total.items(), key=lambda row: row[0].startswith("=")):
        which = f"{'kept' if name.startswith('=') else 'caught'} {name.lstrip('=')}"
        print(f"{which:<27}{right[name]:>4} of {n:<4}{right[name] / n:>7.1%}")
    shares = []
    for kind in (False, True):
        chosen = [name for name in total if name.startswith("=") == kind]
        n, all_ = sum(right[name] for name in chosen), sum(total[name] for name in chosen)
        shares.append(n / all_)
        print(f"{'kept' if kind else 'caught':<27}{n:>4} of {all_:<4}{n / all_:>7.1%}")
    print(f"documents: {len({one.document for one in made})}")
    return shares[0], shares[1]


def main() -> int:
    """Makes a set from the written questions, or measures on one."""
    parser = argparse.ArgumentParser(prog="scripts/claims.py", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="the set (tests/data/claims.jsonl.xz)")
    parser.add_argument("--make", type=Path, metavar="FOLDER", help="make it from the written questions in a folder")
    parser.add_argument(
        "--split", default="develop", help="from which split (develop, with six documents of calibrate)"
    )
    parser.add_argument("--written", type=Path, metavar="FILE", help="paraphrases by hand, a row of JSON each")
    parser.add_argument("--verbose", action="store_true", help="show each sentence that is judged wrong")
    parser.add_argument("--words", action="store_true", help="leave the reader out")
    given = parser.parse_args()
    if given.make is not None:
        splits = {"develop": None, "calibrate": 8} if given.split == "develop" else {given.split: None}
        found = gather(given.make, splits)
        hand = load(given.written) if given.written else []
        save(given.file, draw(found, hand))
    reader = None if given.words else OnnxReader(outlines={}, threads=1)
    measure(load(given.file), reader=reader, verbose=given.verbose)
    return 0


if __name__ == "__main__":
    sys.exit(main())
