"""Examples from guides to occupations: headings, lists, tables, figures, and questions that neighbours answer."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from _examples import Example

from assistant.documents.chunking import Budget, passages_of
from assistant.documents.corpus import load_corpus
from assistant.types import Document, Passage

# What a row of the table of quick facts, or a line of projections, answers.
_FACTS = {
    "Median Pay": (
        "What was the median annual pay for {x} in 2024?",
        "How much do {x} earn?",
        "What is the median pay of {x}?",
        "What salary can {x} expect?",
        "median wage of {x}",
        "How well are {x} paid?",
    ),
    "Entry-Level Education": (
        "What entry-level education do {x} typically need?",
        "Which degree do {x} need?",
        "What education is required to become one of the {x}?",
        "education needed for {x}",
    ),
    "Work Experience": (
        "How much work experience in a related occupation do {x} need?",
        "Is prior experience needed to join the {x}?",
    ),
    "On-the-job Training": (
        "What on-the-job training do {x} typically receive?",
        "How are new {x} trained?",
    ),
    "Number of Jobs": (
        "How many jobs did {x} hold in 2024?",
        "How many {x} are there?",
        "number of jobs for {x}",
    ),
    "Job Outlook": (
        "By what percentage is employment of {x} projected to change from 2024 to 2034?",
        "How fast is employment of {x} expected to grow?",
        "What is the job outlook for {x}?",
    ),
    "Employment Change": (
        "How many new jobs are projected for {x} by 2034?",
        "What is the projected employment change for {x}?",
    ),
}
# What the text below a heading answers.
_SECTIONS = {
    "Duties": (
        "What do {x} typically do?",
        "What are the duties of {x}?",
        "What are {x} responsible for?",
        "main tasks of {x}",
        "List the responsibilities of {x}.",
    ),
    "Work Environment": ("Where do {x} work?", "What is the work environment of {x} like?", "Who employs {x}?"),
    "Work Schedules": (
        "What are the working hours of {x}?",
        "Do {x} work full time?",
        "work schedule of {x}",
        "Do {x} have to work on weekends?",
    ),
    "Education": (
        "What education do {x} need?",
        "What should future {x} study?",
        "Which degree or courses prepare for work as {x}?",
    ),
    "Training": ("How are {x} trained?", "How long does the training of {x} take?"),
    "Advancement": (
        "How can {x} advance in their career?",
        "What comes after a few years for {x}?",
        "Are there promotions for {x}?",
    ),
    "Licenses, Certifications, and Registrations": (
        "Do {x} need a license or certification?",
        "Which licenses must {x} have?",
    ),
    "Important Qualities": (
        "What qualities are important for {x}?",
        "Which skills do {x} need?",
        "What makes somebody good at the work of {x}?",
    ),
    "Injuries and Illnesses": ("How dangerous is the work of {x}?", "Do {x} get injured often?"),
    "Pay": (
        "What do the lowest-paid 10 percent of {x} earn?",
        "How much do the best-paid {x} earn?",
        "What was the median annual wage for {x}?",
    ),
    "Employment": ("Why is demand for {x} changing?", "Will {x} be needed in the future?"),
    "Other Experience": ("What experience is helpful for {x}?",),
}
UNSAID = "occupations_unsaid"  # the source of questions that no page answers
_MISSING = (
    "What do {x} earn in {place}?",
    "How many {x} work in {place}?",
    "What was the median pay of {x} in {year}?",
    "How many jobs did {x} hold in {year}?",
    "How do {x} in {place} get certified?",
    "Who founded the union of {x}?",
    "What is the average age of {x}?",
    "What share of {x} are women?",
    "How much tax do {x} pay?",
    "What do retired {x} receive?",
    "Which software was first used by {x}?",
    "How many {x} are unionized?",
    "What is the divorce rate of {x}?",
    "How many days of vacation do {x} get?",
    "Which city has the most {x}?",
    "What is the dress code for {x}?",
    "How much does it cost to become one of the {x}?",
    "What is the starting bonus of {x}?",
    "Do {x} get free meals?",
    "How long is the notice period for {x}?",
    "Which famous people were {x}?",
    "When did {x} first appear in history?",
    "What share of {x} change careers?",
    "How many hours of sleep do {x} get?",
    "What percentage of {x} fail the exam?",
    "Who hires {x} in {place}?",
)
_PLACES = (
    "Germany",
    "Japan",
    "Ontario",
    "Brazil",
    "Kenya",
    "Sweden",
    "Mexico City",
    "India",
    "Texas",
    "Italy",
    "Scotland",
    "Australia",
    "Ireland",
    "South Korea",
    "Paris",
    "New Zealand",
    "Spain",
    "Egypt",
)
_PAY = re.compile(r"[Tt]he (lowest|highest) 10 percent earned (?:less|more) than (\$[\d,]+)")
_QUALITY = re.compile(r"^(?P<name>[A-Z][\w-]*(?: [\w-]+){0,3})\. (?P<why>\S.*)", re.M)


def occupations(
    folder: Path, *, leave_out: frozenset[str], rng: random.Random, count: Callable[[str], int]
) -> list[Example]:
    """Examples from all pages of the folder but those left out (names without ending)."""
    documents = [d for d in load_corpus(folder).documents if Path(d.id).stem not in leave_out]
    budgets = (Budget(200, count),)
    passages = {d.id: passages_of(d, budgets=budgets) for d in documents}
    found: list[Example] = []
    for document in documents:
        own = list(_about(document, passages[document.id]))
        for example in own:
            found.append(example)
            other = rng.choice(documents)
            if rng.random() < 0.5:
                negative = _neighbour(example, other, passages[other.id])
            else:
                negative = _elsewhere(example, own, passages[document.id], document, rng)
            if negative is not None:
                found.append(negative)
        x = _plural(document)
        for form in rng.sample(_MISSING, 8):
            year = rng.choice([*range(1950, 2022)])
            question = form.format(x=x, place=rng.choice(_PLACES), year=year)
            passage = rng.choice(passages[document.id])
            found.append(replace(_example(document, passage, question, None, False), source=UNSAID))
    return found


def _about(document: Document, passages: Sequence[Passage]) -> Iterator[Example]:
    x = _plural(document)
    for passage in passages:
        heading = passage.section_path[-1] if passage.section_path else ""
        text = passage.text
        for label, forms in _FACTS.items():
            match = re.search(rf"^\| [^|]*{re.escape(label)}[^|]*\| (?P<value>[^|]+?) \|", text, re.M)
            if match and "|" in text:
                for form in _some(forms, document.id + label, 2):
                    yield _example(document, passage, form.format(x=x), match.span("value"), True)
        for match in _PAY.finditer(text):
            ask = {
                "lowest": "What do the lowest-paid 10 percent of {x} earn?",
                "highest": "How much do the top 10 percent of {x} earn?",
            }[match[1]]
            yield _example(document, passage, ask.format(x=x), match.span(2), True)
        if heading == "Important Qualities":
            for match in list(_QUALITY.finditer(text))[:2]:
                ask = f"Why do {x} need {match['name'].lower()}?"
                yield _example(document, passage, ask, match.span("why"), True)
        forms = _SECTIONS.get(heading, ())
        if forms and heading != "Pay":
            span = _body(document, passage)
            if span is not None:
                for form in _some(forms, document.id + heading, 1):
                    yield _example(document, passage, form.format(x=x), span, True)
        for row in list(re.finditer(r"^\| (?P<what>[A-Z][^|]{4,50}) \| (?P<value>\$?[\d,]+%?) \|", text, re.M))[:2]:
            if heading == "Work Environment":
                ask = f"What share of {x} work in {row['what'].lower()}?"
            elif heading == "Pay":
                ask = f"What is the median wage of {x} in {row['what'].lower()}?"
            else:
                continue
            yield _example(document, passage, ask, row.span("value"), True)


def _body(document: Document, passage: Passage) -> tuple[int, int] | None:
    """From the first to the last list item of a passage, or its first sentence where it has no list."""
    lines = [line for line in document.lines if passage.start <= line.start and line.end <= passage.end]
    items = [line for line in lines if line.kind == "item"]
    chosen = items or [line for line in lines if line.kind == "sentence"][:1]
    return (chosen[0].start - passage.start, chosen[-1].end - passage.start) if chosen else None


def _neighbour(example: Example, other: Document, passages: Sequence[Passage]) -> Example | None:
    """The same question with the passage of another page that would answer it there."""
    alike = [p for p in passages if p.section_path[1:] == example.path[1:] or p.section_path[-1:] == example.path[-1:]]
    if not alike or other.title == example.title:
        return None
    return _example(other, alike[0], example.question, None, False)


def _elsewhere(
    example: Example, own: Sequence[Example], passages: Sequence[Passage], document: Document, rng: random.Random
) -> Example | None:
    """The same question with a passage of the same page that does not answer it."""
    answering = {e.text for e in own if e.question == example.question}
    stems = {w[:5].lower() for w in re.findall(r"[A-Za-z]{4,}", example.path[-1] if example.path else "")}
    others = [
        p
        for p in passages
        if p.text not in answering
        and not stems & {w[:5].lower() for w in re.findall(r"[A-Za-z]{4,}", " ".join(p.section_path[1:]))}
        and not any(key.split()[-1] in p.text for key in ("Quick Facts",))
    ]
    if example.span and example.span[1] - example.span[0] < 40:
        value = example.text[slice(*example.span)]
        others = [p for p in others if value not in p.text]
    if not others:
        return None
    return _example(document, rng.choice(others), example.question, None, False)


def _example(
    document: Document, passage: Passage, question: str, span: tuple[int, int] | None, answerable: bool
) -> Example:
    return Example(
        "occupations", document.id, question, document.title, passage.section_path, passage.text, answerable, span
    )


def _plural(document: Document) -> str:
    title = document.title
    return title if re.search(r"[A-Z]{2}", title) else title.lower()


def _some(forms: Sequence[str], key: str, n: int) -> list[str]:
    return random.Random(key).sample(list(forms), min(n, len(forms)))


def encyclopedia(pairs: Sequence[dict[str, Any]], rng: random.Random, *, limit: int) -> list[Example]:
    """Questions with long answers (MedQuAD): the passage begins the answer; others are of another subject or kind."""
    by_focus: dict[str, list[dict[str, Any]]] = defaultdict(list)
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    good = [p for p in pairs if len(p["answer"].split()) >= 25]
    for pair in good:
        by_focus[pair["focus"]].append(pair)
        by_kind[pair["qtype"]].append(pair)
    found = []
    for pair in rng.sample(good, min(limit, len(good))):
        question = re.sub(r"\s+\?", "?", pair["question"]).replace("What is (are)", "What is").strip()
        base = Example("medquad", pair["focus"], question, pair["focus"], (), _start(pair["answer"], rng), True)
        found.append(base)
        others = [
            p for p in by_focus[pair["focus"]] if p["qtype"] != pair["qtype"] and pair["qtype"] not in ("information",)
        ]
        kin = [p for p in by_kind[pair["qtype"]] if p["focus"] != pair["focus"]]
        if others and rng.random() < 0.5:
            found.append(replace(base, text=_start(rng.choice(others)["answer"], rng), answerable=False))
        elif kin:
            other = rng.choice(kin)
            found.append(replace(base, title=other["focus"], text=_start(other["answer"], rng), answerable=False))
    return found


def _start(answer: str, rng: random.Random) -> str:
    words = re.findall(r"\S+\s*", answer)
    return "".join(words[: rng.randint(50, 140)]).strip()
