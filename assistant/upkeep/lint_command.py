"""The lint command: what is amiss in a corpus, by kind, for people or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from assistant.corpora import corpus_material, index_material
from assistant.documents.citations import trail
from assistant.lint.findings import KINDS, Finding, Kind, Place
from assistant.lint.lint import lint
from assistant.settings import load_settings
from assistant.spreadsheets.counted import counted
from assistant.terminal.blocks import printable
from assistant.terminal.progress import PATIENCE, Progress

FOUND = 1  # the exit status where something is amiss
_SHOWN = 5  # places of a finding that are shown beside the first
_TITLES: dict[Kind, str] = {
    "contradiction": "Contradictions",
    "near-copy": "Copies and near-copies",
    "superseded": "Not in force",
    "unreachable": "Sections that no question reaches",
    "no-title": "Without a title",
    "no-text": "Without text",
    "link": "Links that lead nowhere",
    "hidden": "Hidden text",
}


def run(options: argparse.Namespace) -> int:
    """Tells what is amiss, and gives the exit status."""
    settings = load_settings({"corpus": options.corpus, "index": options.index})
    kinds = [kind for kind in KINDS if kind in (options.only or KINDS) and kind not in (options.skip or ())]
    with Progress(sys.stderr, after=PATIENCE) as progress:
        read = corpus_material if options.index is None else index_material
        material = read(settings, progress=progress)
        findings = lint(material, kinds=kinds, progress=progress)
    if options.json:
        print(as_json(findings, documents=len(material.documents), kinds=kinds))
    else:
        print("\n".join(shown(findings, documents=len(material.documents))))
    return FOUND if findings else 0


def as_json(findings: Sequence[Finding], *, documents: int, kinds: Sequence[Kind]) -> str:
    """The findings as JSON, with how many there are of each kind that was looked for."""
    counts = {kind: sum(one.kind == kind for one in findings) for kind in kinds}
    said = {"documents": documents, "counts": counts, "findings": [asdict(one) for one in findings]}
    return json.dumps(said, indent=2, ensure_ascii=False)


def shown(findings: Sequence[Finding], *, documents: int) -> Iterator[str]:
    """The findings as a person reads them, those of a kind together."""
    for kind, group in groupby(findings, key=lambda one: one.kind):
        some = list(group)
        yield f"{_TITLES[kind]} ({len(some)})"
        for finding in some:
            yield f"  {_where(finding.place)}: {printable(finding.message)}"
            if finding.place.text:
                yield f"      {printable(finding.place.text)}"
            told = [other for other in finding.others if other.text]
            for other in told[:_SHOWN]:
                said = "" if other.text == finding.place.text else f": {printable(other.text)}"
                yield f"      {_where(other)}{said}"
            if len(told) > _SHOWN:
                yield f"      and {len(told) - _SHOWN} more, all with --json"
        yield ""
    said = counted(len(findings), "finding") if findings else "nothing is amiss"
    yield f"{said} in {counted(documents, 'document')}"


def _where(place: Place) -> str:
    """The file, with the line or the page where there is one, else with the section."""
    file = printable(place.file)
    if place.line is not None:
        return f"{file}:{place.line}"
    if place.page is not None:
        return f"{file}, page {place.page}"
    return f"{file} ({printable(trail(place.section))})" if place.section else file
