"""Data sets: their documents, written to a folder, and their questions."""

from __future__ import annotations

import json
import lzma
import re
import shutil
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NotRequired, TypeAlias, TypedDict, cast
from urllib.parse import unquote

from assistant.documents.corpus import load_corpus
from assistant.errors import UsageError
from assistant.evaluation import grading
from assistant.evaluation.grading import Evidence, Question, Span, Verdict
from assistant.types import Answer, Document, Filters

SEED = 7  # of a sample
RUN, STEP = 10, 5  # words of a supporting sentence that an answer must share, and from where to where they are taken
# What the pages say in their prose for the values that their tables give.
FORMS: Mapping[str, Sequence[str]] = {
    "High school diploma or equivalent": ["high school diploma"],
    "No formal educational credential": [
        "no formal education",
        "no formal education credential",
        "not need formal education credentials",
        "not need a formal educational credential",
        "formal educational credential is typically not required",
        "no educational credential",
        "no formal educational requirements",
    ],
    "Postsecondary nondegree award": ["postsecondary certificate", "postsecondary award"],
    "Some college, no degree": ["some college"],
    "Associate's degree": ["associate degree"],
    "Doctoral or professional degree": ["doctoral degree", "professional degree", "doctorate", "Doctor of", "Ph.D."],
    "Short-term on-the-job training": ["short-term training", "a few weeks", "less than 1 month", "up to 1 month"],
    "Moderate-term on-the-job training": ["moderate-term training", "several months", "1 to 12 months"],
    "Long-term on-the-job training": ["long-term training", "more than 1 year", "more than 12 months"],
    "Internship/residency": ["internship", "residency"],
}


class Written(TypedDict):
    document: str
    question: str
    type: str
    split: str
    evidence: Sequence[Sequence[int]]
    quotes: Sequence[str]
    answer: str | None


class _Gold(TypedDict):
    text: str


class _SquadQuestion(TypedDict):
    id: str
    question: str
    answers: Sequence[_Gold]
    is_impossible: NotRequired[bool]


class _Paragraph(TypedDict):
    context: str
    qas: Sequence[_SquadQuestion]


class _Article(TypedDict):
    title: str
    paragraphs: Sequence[_Paragraph]


class _Passage(TypedDict):
    title: str
    text: str


class _Supported(TypedDict):
    selected_sentences: Sequence[str]


class _NaturalQuestion(TypedDict):
    id: str
    input: str
    passages: Sequence[_Passage]
    output: Sequence[_Supported]


class _Fact(TypedDict):
    id: str
    kind: str
    question: str
    answer: str
    doc: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a data set, the filters that leave its own document, and what a cited document must name."""

    question: Question
    own: Filters = Filters()
    named: str = ""

    def judge(self, answer: Answer, documents: Mapping[str, Document]) -> tuple[Verdict, str]:
        """As questions are judged; and a right value from a page about something else is wrong."""
        verdict, why = grading.grade(self.question, answer, documents)
        cited = {citation.document_id for citation in answer.citations}
        named = not self.named or any(grading.holds(documents[id].text, self.named) for id in cited)
        if verdict == "right" and cited and not named:
            return "wrong", f"from pages that do not name {self.named!r}"
        return verdict, why


Gather: TypeAlias = Callable[[Path], list[Asked]]  # writes documents into a folder, and gives their questions


def place(name: str, gather: Gather, cache: Path) -> tuple[Path, list[Asked]]:
    """The folder that has the documents in `corpus`, and the questions that `gather` gives as it writes them.

    Its name tells what the documents hold, so that an index beside them serves again.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache) as fresh:
        corpus = Path(fresh) / "corpus"
        corpus.mkdir()
        try:
            asked = gather(corpus)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UsageError(f"this is not what {name} looks like: {error!r}; is it the right file?") from error
        whole = sha256()
        for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
            whole.update(f"{path.relative_to(corpus)}\0".encode() + path.read_bytes() + b"\0")
        kept = cache / f"{name}-{whole.hexdigest()[:16]}"
        if not (kept / "corpus").exists():
            kept.mkdir(exist_ok=True)
            corpus.rename(kept / "corpus")
    return kept, asked


def share_encoders(folder: Path, cache: Path) -> None:
    """Has the index of this folder keep its encoders where the others of the cache do: each is exported once."""
    encoders = folder / "index" / "encoders"
    if not encoders.exists():
        (cache / "encoders").mkdir(exist_ok=True)
        encoders.parent.mkdir(exist_ok=True)
        encoders.symlink_to((cache / "encoders").resolve())


def sample(asked: Mapping[str, Sequence[Asked]], n: int | None) -> Mapping[str, Sequence[Asked]]:
    """So many of all these questions, or all of them, in their order; what has none is left out."""
    places = [(name, at) for name, of in asked.items() for at in range(len(of))]
    if n is not None and n < len(places):
        places = [places[at] for at in sorted(Random(SEED).sample(range(len(places)), n))]
    chosen: dict[str, list[Asked]] = {}
    for name, at in places:
        chosen.setdefault(name, []).append(asked[name][at])
    return chosen


def names(given: str | None) -> list[str]:
    """Names that are given in a file, one a line, or with commas between; a comma before a space or `_` is a name's."""
    if given is None:
        return []
    lines = _read(Path(given)).split("\n") if Path(given).is_file() else re.split(r",(?![ _])", given)
    return [line.strip() for line in lines if line.strip()]


def squad(path: Path, articles: Sequence[str], folder: Path) -> list[Asked]:
    """The questions on some articles of a SQuAD 2.0 file, or on all if none is named; a paragraph is a document."""
    file = cast("Mapping[str, Sequence[_Article]]", _json(path))
    data = {_plain(article["title"]): article for article in file["data"]}
    asked = []
    for title in known([_plain(name) for name in articles], data, path):
        for number, paragraph in enumerate(data[title]["paragraphs"]):
            id = f"{re.sub(r'[^a-z0-9]+', '-', title.casefold()).strip('-')}/{number:03}.md"
            _write(folder / id, title, paragraph["context"])
            for row in paragraph["qas"]:
                gold = {answer["text"].strip() for answer in row["answers"]} - {""}
                none = bool(row.get("is_impossible")) or not gold
                question = _question(row["id"], row["question"], () if none else sorted(gold))
                asked.append(Asked(question, Filters(document_ids=(id,))))
    return asked


def clapnq(folder: Path, out: Path) -> list[Asked]:
    """The questions of ClapNQ; a passage is a document. An answer is right that shares a supporting sentence."""
    asked = []
    ids: dict[str, str] = {}  # of the passages, by their text
    for name in ("answerable", "unanswerable"):
        for row in cast("Sequence[_NaturalQuestion]", jsonl(folder / f"{name}.jsonl")):
            (passage,) = row["passages"]
            id = ids.setdefault(passage["text"], f"{len(ids):04}.md")
            _write(out / id, passage["title"], passage["text"])
            sentences = [sentence for output in row["output"] for sentence in output["selected_sentences"]]
            if bool(sentences) == (name == "answerable"):  # one question is said to have an answer, and shows none
                gold = dict.fromkeys(run for sentence in sentences for run in _runs(sentence))
                question = _question(row["id"], row["input"], tuple(gold), type="multi")
                asked.append(Asked(question, Filters(document_ids=(id,))))
    return asked


def occupations(folder: Path, names: Sequence[str], out: Path) -> list[Asked]:
    """The questions on the pages of some occupations, or of all if none is named; only these pages are written."""
    pages = _pages(folder)
    chosen = set(known(names, pages, folder))
    for name in sorted(chosen):
        _put(out / f"{name}.md", pages[name])
    return [
        Asked(_question(row["id"], row["question"], _forms(row["answer"])), Filters(document_ids=(f"{row['doc']}.md",)))
        for row in _facts(folder / "facts.jsonl")
        if row["doc"] in chosen
    ]


def withheld(folder: Path, out: Path) -> list[Asked]:
    """The questions on the occupations that are left out, while the pages of all others are written.

    Pay and education may be told where a page that names the occupation tells them; the rest must be refused.
    """
    pages = _pages(folder)
    absent = set(_read(folder / "withheld.txt").split())
    for name in sorted(pages.keys() - absent):
        _put(out / f"{name}.md", pages[name])
    asked = []
    for row in _facts(folder / "facts_withheld.jsonl"):
        told = (_forms(row["answer"]),) if row["kind"] in ("pay", "education") else ()
        question = Question(row["id"], "fact", row["question"], kind="near", gold_or_refuse=told)
        asked.append(Asked(question, named=_heading(pages[row["doc"]])))
    return asked


def guides(folder: Path, names: Sequence[str], out: Path) -> list[Asked]:
    """The questions on some guides of a folder, or on all if none is named: NAME.jsonl beside NAME.txt or NAME.md."""
    documents = {path.stem: path for path in folder.iterdir() if path.suffix in (".txt", ".md")}
    asked = []
    for name in sorted(known(names, documents, folder)):
        _put(out / documents[name].name, _read(documents[name]))
        for question in grading.load(folder / f"{name}.jsonl"):
            question = replace(question, id=f"{name}/{question.id}")
            asked.append(Asked(question, Filters(document_ids=(documents[name].name,))))
    return asked


def written(folder: Path, split: str, domains: Sequence[str]) -> dict[str, Gather]:
    """For each domain that has questions of the split, or those that are named, its documents with them."""
    rows: dict[str, dict[str, Written]] = {}  # by domain and id
    numbers: Counter[str] = Counter()
    splits = set()
    try:
        for row in cast("Sequence[Written]", jsonl(either(folder, "questions.jsonl.xz", "questions.jsonl"))):
            numbers[row["document"]] += 1
            domain = rows.setdefault(row["document"].split("/")[0], {})
            splits.add(row["split"])
            if row["split"] == split:
                domain[f"{row['document']}#{numbers[row['document']]}"] = row
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{folder} does not hold written questions ({error!r}): is it the right folder?") from error
    if split not in splits:
        raise UsageError(f"no split {split!r} in {folder}: there are {', '.join(sorted(splits))}")
    asked = {name: own for name, own in rows.items() if own}
    return {name: partial(of_domain, folder / name, asked[name]) for name in known(domains, asked, folder)}


def of_domain(folder: Path, rows: Mapping[str, Written], out: Path) -> list[Asked]:
    """The questions of a domain, each with its lines as they stand in the document as it is loaded now."""
    _copy(folder, out)
    texts = {document.id: document.text for document in load_corpus(out).documents}
    asked, lost = [], []
    for id, row in rows.items():
        document_id = row["document"].removeprefix(f"{folder.name}/")
        spans = [
            _located(texts.get(document_id, ""), quote, (start, end))
            for (start, end), quote in zip(row["evidence"], row["quotes"], strict=True)
        ]
        lines = tuple(span for span in spans if span)
        if len(lines) < len(spans) or document_id not in texts:
            lost.append(id)
            continue
        kind = row["type"] if row["type"] in ("near", "far") else ""
        evidence = Evidence(document_id, lines, row["answer"] or "") if lines else None
        question = Question(id, "unanswerable" if kind else row["type"], row["question"], kind, evidence=evidence)
        asked.append(Asked(question, Filters(document_ids=(document_id,))))
    if lost:
        print(f"{folder.name}: {len(lost)} left out, whose lines are not found, such as {lost[0]}", file=sys.stderr)
    return asked


def _located(text: str, quote: str, span: Span) -> Span | None:
    """Where the quotation stands: at the span, or else nearest to it, white space aside; None where it does not."""
    start, end = span
    if text[start:end] == quote:
        return start, end
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    found = [match.span() for match in re.finditer(pattern, text)] if pattern else []
    return min(found, key=lambda place: abs(place[0] - start), default=None)


def cases(folder: Path, split: str, names: Sequence[str]) -> dict[str, Gather]:
    """For each case, or for those that are named in whole or by the part before the first hyphen, its questions.

    A case is a folder with `corpus` and `questions.jsonl`; `folder` is one, or holds some, or holds `corpora/NAME` with
    `questions/SPLIT/NAME.jsonl` or `questions/NAME.jsonl`.
    """
    if not folder.is_dir():
        raise UsageError(f"no folder {folder}")
    if (folder / "corpora").is_dir():
        questions = folder / "questions"
        if (questions / split).is_dir():
            questions /= split
        found = {path.stem: (folder / "corpora" / path.stem, path) for path in sorted(questions.glob("*.jsonl"))}
    else:
        folders = [folder] if (folder / "questions.jsonl").exists() else sorted(folder.iterdir())
        found = {path.resolve().name: (path / "corpus", path / "questions.jsonl") for path in folders}
        found = {name: (corpus, path) for name, (corpus, path) in found.items() if path.exists()}
    if not found:
        raise UsageError(
            f"no cases in {folder}: a case is a folder with corpus and questions.jsonl, or corpora/NAME with "
            f"questions/{split}/NAME.jsonl"
        )
    if without := [corpus for corpus, _ in found.values() if not corpus.is_dir()]:
        raise UsageError(f"no folder {without[0]}, which the questions are about")
    short = {name.split("-")[0]: name for name in found}
    chosen = known([name if name in found else short.get(name, name) for name in names], found, folder)
    return {name: partial(_case, name, *found[name]) for name in chosen}


def _case(name: str, corpus: Path, questions: Path, out: Path) -> list[Asked]:
    _copy(corpus, out)
    return [Asked(replace(question, id=f"{name}/{question.id}")) for question in grading.load(questions)]


def _copy(folder: Path, out: Path) -> None:
    try:
        shutil.copytree(folder, out, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot copy {folder}: {error}") from error


def either(folder: Path, *names: str) -> Path:
    """The first of these files that there is; else the first."""
    return next((folder / name for name in names if (folder / name).exists()), folder / names[0])


def _question(id: str, text: str, gold: Sequence[str], *, type: str = "fact") -> Question:
    """One of a right answer's strings must be in it; without any, it must be refused, though it looks answerable."""
    return Question(id, type, text.strip(), kind="" if gold else "near", gold=(tuple(gold),) if gold else ())


def _forms(answer: str) -> tuple[str, ...]:
    """How a page may put the value."""
    found = [answer, *FORMS.get(answer, ())]
    if percent := re.fullmatch(r"(-?)(\d+)%", answer):
        sign, number = percent.groups()
        if number == "0":
            found += ["little or no change"]
        else:
            found += [
                f"{verb} {number} percent" for verb in (("decline", "decline of") if sign else ("grow", "growth of"))
            ]
    return tuple(dict.fromkeys(form.replace("'", mark) for form in found for mark in "'’"))


def _runs(sentence: str) -> list[str]:
    """Parts of a sentence that are long enough to tell it by: runs of its words, or all of it where it is short."""
    words = sentence.split()
    starts = [*range(0, max(1, len(words) - RUN), STEP), max(0, len(words) - RUN)]
    return [" ".join(words[start : start + RUN]) for start in dict.fromkeys(starts)]


def known(names: Sequence[str], among: Mapping[str, object], where: Path) -> list[str]:
    """The names, or all where none is given. Raises UsageError for one that there is not."""
    if unknown := [name for name in names if name not in among]:
        raise UsageError(f"no {unknown[0]!r} in {where}: there are {', '.join(sorted(among)[:5])}, …")
    return list(names) or list(among)


def _plain(title: str) -> str:
    return unquote(title).replace("_", " ")


def _heading(page: str) -> str:
    """The title of a page."""
    match = re.search(r"^# +(.+)$", page, re.MULTILINE)
    return match[1].strip() if match else ""


def _pages(folder: Path) -> dict[str, str]:
    """The text of every page, by its name."""
    try:
        with tarfile.open(folder / "markdown.tar.xz") as archive:
            files = {Path(member.name).stem: archive.extractfile(member) for member in archive if member.isfile()}
            return {name: file.read().decode("utf-8") for name, file in sorted(files.items()) if file}
    except (OSError, tarfile.TarError) as error:
        raise UsageError(f"cannot read {folder / 'markdown.tar.xz'}: {error}") from error


def _write(path: Path, title: str, text: str) -> None:
    """Writes a document with its title."""
    _put(path, f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n{text.strip()}\n")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _facts(path: Path) -> Sequence[_Fact]:
    return cast("Sequence[_Fact]", jsonl(path))


def _json(path: Path) -> object:
    try:
        return json.loads(_read(path))
    except ValueError as error:
        raise UsageError(f"{path} is not JSON: {error}") from error


def jsonl(path: Path) -> Sequence[object]:
    try:
        return [json.loads(line) for line in _read(path).split("\n") if line.strip()]
    except ValueError as error:
        raise UsageError(f"{path} does not hold one JSON object a line: {error}") from error


def _read(path: Path) -> str:
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8") as file:
                return file.read()
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, lzma.LZMAError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
