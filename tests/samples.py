"""Small data sets in the layouts that the scripts read, made up, for their examples to run on."""

from __future__ import annotations

import json
import lzma
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

TOWNS = ("Rhine", "Fresno,_California", *(f"Town_{n}" for n in range(22)))
TRADES = [f"{kind} {trade}" for trade in ("Weavers", "Millers", "Bakers", "Potters") for kind in map(str, range(30))]
SPANS = """squad_train_rebuilt squadshifts squad_train_sentences inferred_negatives nq_oracle qed_nq nq_swap multispanqa
policyqa qamr fairytaleqa contrast_quoref_ropes bioasq_factoid tatqa_text molweni"""
BOOLEANS = "bool_boolq bool_condaqa bool_pubmedqa"
STATEMENTS = "nli_climatefever nli_fever_dev nli_snli_dev_test"
PAGE = """# {name}

**Source:** https://example.org/{slug}

## Quick Facts

| Field | Value |
|-------|-------|
| 2024 Median Pay | ${pay:,} per year |
| Typical Entry-Level Education | Bachelor's degree |
| Number of Jobs, 2024 | {jobs:,} |

## What {name} Do

### Duties

{name} typically do the following:

- Plan the work of day {n}
- Keep the tools in order

## Work Environment

{name} held about {jobs:,} jobs in 2024. They work in halls of {n} square metres.

## Pay

The median annual wage for {lower} was ${pay:,} in May 2024. The lowest 10 percent earned less than ${low:,}.
"""


def write(folder: Path) -> None:
    """Writes all of them below a folder."""
    _squad(folder / "squad2" / "labelled.json")
    _occupations(folder / "bls-ooh")
    _questions(folder / "qa")
    _clapnq(folder / "clapnq")
    _scifact(folder / "scifact")
    _written(folder / "written")
    _cases(folder / "cases")
    talk = {"id": "1_2", "history": ["What is gout?"], "raw": "Is it curable?", "rewrite": "Is gout curable?"}
    _rows(folder / "followups" / "talks.jsonl", [talk])
    answer = "It is a disease of the joints. " * 8
    kinds = [(focus, kind) for focus in ("Gout", "Flu", "Scurvy") for kind in ("information", "treatment", "causes")]
    pairs = [
        {"focus": focus, "qtype": kind, "question": f"What is the {kind} of {focus} ?", "answer": f"{focus}: {answer}"}
        for focus, kind in kinds
    ]
    _rows(folder / "medquad_pairs.jsonl.xz", pairs)


def _squad(path: Path) -> None:
    articles = []
    for n, title in enumerate(TOWNS):
        name, founder = title.replace("_", " "), f"Anna Miller{'abcdefghijklmnopqrstuvwx'[n]}"
        text = f"{name} was founded by {founder} in {1800 + n}. Its mill feeds {300 + n} people a day."
        asked = [
            (f"Who founded {name}?", founder),
            (f"When was {name} founded?", str(1800 + n)),
            (f"How many people does the mill of {name} feed?", str(300 + n)),
            (f"Who is the mayor of {name}?", ""),
            (f"How many bridges does {name} have?", ""),
        ]
        qas = [
            {
                "id": f"{n}-{m}",
                "question": question,
                "is_impossible": not answer,
                "answers": [{"text": answer, "answer_start": text.index(answer)}] if answer else [],
            }
            for m, (question, answer) in enumerate(asked)
        ]
        articles.append({"title": title, "paragraphs": [{"context": text, "qas": qas}]})
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")


def _occupations(folder: Path) -> None:
    pages = folder / "md"
    pages.mkdir(parents=True)
    facts = []
    for n, name in enumerate(TRADES):
        slug, pay = name.lower().replace(" ", "-"), 40_000 + 500 * n
        text = PAGE.format(name=name, lower=name.lower(), slug=slug, pay=pay, low=pay // 2, jobs=1000 + n, n=n + 1)
        (pages / f"{slug}.md").write_text(text, encoding="utf-8")
        asked = f"What was the median annual pay for {name.lower()} in 2024?"
        facts.append({"id": f"{slug}#pay", "kind": "pay", "question": asked, "answer": f"${pay:,}", "doc": slug})
    with tarfile.open(folder / "markdown.tar.xz", "w:xz") as archive:
        archive.add(pages, "md")
    (folder / "withheld.txt").write_text(f"{facts[-1]['doc']}\n", encoding="utf-8")
    _rows(folder / "facts.jsonl", facts[:-1])


def _questions(folder: Path) -> None:
    for name in SPANS.split():
        _rows(folder / f"{name}.jsonl.xz", map(dict, _spans(name)))
    for name in BOOLEANS.split():
        asked = [
            {"question": f"does mill {n} stand", "passage": f"Mill {n} stands.", "answer": "yes"} for n in range(4)
        ]
        _rows(folder / f"{name}.jsonl.xz", [{"source": name} | row for row in asked])
    for name in STATEMENTS.split():
        said = [
            {"premise": f"The mill has {n} wheels.", "hypothesis": f"It has {m} wheels.", "label": label}
            for n in range(4)
            for m, label in ((n, "SUPPORTS"), (n + 9, "NOT_ENOUGH_INFO"))
        ]
        _rows(folder / f"{name}.jsonl.xz", [{"source": name} | row for row in said])


def _spans(source: str) -> Iterator[Mapping[str, object]]:
    for n in range(6):
        context = f"Olaf Berg built a ship in {1900 + n}. It sailed from Harwich with {20 + n} people on board."
        for question, answer in (
            ("Who built a ship?", "Olaf Berg"),
            (f"When did Olaf Berg build the ship number {n}?", str(1900 + n)),
            ("What colour was the ship?", ""),
        ):
            answers = [{"text": answer, "start": context.index(answer)}] if answer else []
            row = {"source": source, "title": f"Ship {n}", "question": question, "context": context}
            yield {**row, "answers": answers, "answerable": bool(answer)}


def _clapnq(folder: Path) -> None:
    passages = [{"title": "Bees", "text": "Bees make honey. They live in hives."}]
    for name, said in (("answerable", ["Bees make honey."]), ("unanswerable", [])):
        row = {"id": name, "input": "what do bees make", "passages": passages}
        _rows(folder / f"{name}.jsonl", [{**row, "output": [{"selected_sentences": said}]}])


def _scifact(folder: Path) -> None:
    texts = {"a": "The heart pumps blood.", "b": "Rust eats iron.", "c": "Bees make honey."}
    asked = {"1": "what corrodes metal", "2": "who produces honey", "3": "cardiac circulation"}
    _rows(folder / "corpus.jsonl", [{"_id": id, "title": "", "text": text} for id, text in texts.items()])
    _rows(folder / "queries.jsonl", [{"_id": id, "text": text} for id, text in asked.items()])
    (folder / "qrels").mkdir()
    for split in ("test", "train"):
        judged = "query-id\tcorpus-id\tscore\n1\tb\t1\n2\tc\t1\n3\ta\t1\n"
        (folder / "qrels" / f"{split}.tsv").write_text(judged, encoding="utf-8")


def _written(folder: Path) -> None:
    """Two domains of one document each."""
    for domain, text in (("hr", "Leave is 25 days a year."), ("roles", "A cook reports to the chef.")):
        _page(folder / domain / "docs" / "page.md", text)
    row: dict[str, object] = {"answer": None, "closest": []}
    leave = {**row, "document": "hr/docs/page.md", "question": "How long is leave a year?", "type": "fact"}
    chef = {**row, "document": "roles/docs/page.md", "question": "What waiter reports to the chef?", "type": "near"}
    quote = "Leave is 25 days a year."
    asked = [{**leave, "evidence": [[8, 8 + len(quote)]], "quotes": [quote]}, {**chef, "evidence": [], "quotes": []}]
    splits = ("develop", "train", "calibrate")
    _rows(folder / "questions.jsonl", [{**one, "split": split} for split in splits for one in asked])


def _cases(folder: Path) -> None:
    """Two cases of one question each."""
    question = {"id": "1", "type": "fact", "question": "How long is leave a year?", "gold": [["25 days"]]}
    for name in ("02-leave", "notes"):
        _page(folder / name / "corpus" / "page.md", "Leave is 25 days a year.")
        _rows(folder / name / "questions.jsonl", [question])


def _page(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Page\n\n{text}\n", encoding="utf-8")


def _rows(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".xz":
        path.write_bytes(lzma.compress(lines.encode()))
    else:
        path.write_text(lines, encoding="utf-8")
