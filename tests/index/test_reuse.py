"""What has not changed is neither read, nor cut, nor encoded again, and the index is as if it had been."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from builds import damage, in_force, passages

from assistant.documents.chunking import embedded_text
from assistant.documents.corpus import load_corpus
from assistant.documents.files import File, Parsed, parse
from assistant.index import bm25, receipt
from assistant.index import build as building
from assistant.index.build import Report, build
from assistant.index.publishing import locked, open_index
from assistant.index.reuse import open_before
from assistant.index.vocabulary import words, words_version
from assistant.question.acronyms import learn
from assistant.question.stems import terms
from assistant.testing import HashEncoder
from assistant.types import Document, Json, Passage

TEXTS = {
    "a.md": "# Pay\n\nThe median pay is $5.\n\nIt is paid each month.\n",
    "b.md": "# Duties\n\nLead the team.\n",
    "more/c.txt": "Opening hours\n\nFrom six to eight.\n",
}


@dataclass
class Work:
    """What an update did."""

    report: Report
    parsed: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    encoded: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    stemmed: list[str] = field(default_factory=list)


def write(corpus: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text)


def update(
    index: Path,
    corpus: Path,
    *,
    loader: str = "1",
    tokens: int = 200,
    encoder: HashEncoder | None = None,
    version: str = "",
) -> Work:
    """Brings an index up to date, the way that the command does; `version` is of the code that counts words."""
    encoder = encoder or HashEncoder()
    parsed: list[str] = []
    cut: list[str] = []
    counted: list[str] = []
    stemmed: list[str] = []

    def count(documents: Iterable[Document]) -> Mapping[str, int]:
        some = list(documents)
        counted.extend(document.id for document in some)
        return words(some)

    def stem(text: str) -> list[str]:
        stemmed.append(text)
        return terms(text)

    def read(file: File) -> Parsed:
        parsed.append(file.id)
        return parse(file)

    def cutting(document: Document) -> list[Passage]:
        cut.append(document.id)
        return passages([document])

    made_by: dict[str, Json] = {"loader": loader, "chunk_tokens": tokens, "encoder": encoder.fingerprint}
    with locked(index):
        before = open_before(index)
        found = load_corpus(corpus, parser=before.parser(read, loader), allow_empty=True)
        cutter = before.cutter(cutting, made_by)
        chunks = [passage for document in found.documents for passage in cutter(document)]
        titles = {document.id: document.title for document in found.documents}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(bm25, "terms", stem)
            patched.setattr(building, "words_version", lambda: version or words_version())
            report = build(
                index,
                documents=found.documents,
                passages=chunks,
                embedded=[embedded_text(titles[p.document_id], p.section_path, p.text) for p in chunks],
                lines=[d.text[line.start : line.end] for d in found.documents for line in d.lines],
                vocabulary=before.words(found.documents, count, version or words_version()),
                acronyms=learn(found.documents),
                encoder=encoder,
                settings={"chunk_tokens": tokens},
                before=before,
                receipt={**receipt.as_json(corpus, found, chunks), "made_by": made_by},
            )
    return Work(report, parsed, cut, encoder.encoded, counted, stemmed)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    write(folder, TEXTS)
    return folder


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    folder = tmp_path / "index"
    work = update(folder, corpus)
    assert (work.parsed, work.cut) == (list(TEXTS), list(TEXTS))
    return folder


def test_where_nothing_changed_nothing_is_done(index: Path, corpus: Path) -> None:
    (corpus / "a.md").touch()  # its time is no change
    work = update(index, corpus)
    assert (work.report.changed, work.parsed, work.cut, work.encoded) == (False, [], [], [])


def test_only_what_changed_is_read_cut_and_encoded(index: Path, corpus: Path) -> None:
    write(corpus, {"b.md": "# Duties\n\nLead the team.\n\nHire people.\n"})
    work = update(index, corpus)
    assert (work.parsed, work.cut) == (["b.md"], ["b.md"])
    assert work.encoded == ["Duties: Duties: Hire people.", "Hire people."]
    assert (work.counted, work.stemmed) == (["b.md", "b.md"], ["Duties: Duties: Hire people."])
    assert open_index(index).lexicon.search("hire", 9)


def test_a_file_that_is_renamed_is_not_encoded_again(index: Path, corpus: Path) -> None:
    (corpus / "a.md").rename(corpus / "more" / "pay.md")
    work = update(index, corpus)
    assert (work.parsed, work.cut, work.encoded) == (["more/pay.md"], ["more/pay.md"], [])
    opened = open_index(index)
    assert list(opened.documents) == ["b.md", "more/c.txt", "more/pay.md"]
    assert {passage.document_id for passage in opened.passages} == set(opened.documents)


def test_what_is_said_twice_is_encoded_once(index: Path, corpus: Path) -> None:
    write(corpus, {"d.md": "# Pay\n\nA bonus is paid.\n", "e.md": "# Pay\n\nA bonus is paid.\n\nAnd more.\n"})
    assert sorted(update(index, corpus).encoded) == [
        "A bonus is paid.",
        "And more.",
        "Pay: Pay: A bonus is paid.",
        "Pay: Pay: And more.",
    ]


@pytest.mark.parametrize("name", ["a.meta.json", "a.md.meta.json"])
def test_a_file_is_read_again_where_what_lies_beside_it_changes(index: Path, corpus: Path, name: str) -> None:
    for text in ('{"team": "data"}', '{"team": "sales"}', None):
        if text is None:
            (corpus / name).unlink()
        else:
            write(corpus, {name: text})
        assert update(index, corpus).parsed == ["a.md"]
        assert open_index(index).documents["a.md"].metadata == ({} if text is None else json.loads(text))
        assert update(index, corpus).parsed == []


def test_other_code_reads_all_again(index: Path, corpus: Path) -> None:
    work = update(index, corpus, loader="2")
    assert (work.parsed, work.report.changed) == (list(TEXTS), False)
    assert update(index, corpus, loader="2").parsed == []


def test_other_code_counts_all_words_again(index: Path, corpus: Path) -> None:
    write(corpus, {"b.md": "# Duties\n\nLead the team.\n\nHire people.\n"})
    work = update(index, corpus, version="2")
    assert (work.counted, len(work.stemmed)) == (list(TEXTS), len(open_index(index).passages))


def test_an_acronym_that_is_explained_is_found_in_what_has_not_changed(index: Path, corpus: Path) -> None:
    write(corpus, {"d.md": "# Pay\n\nWhat is paid each month (PEM) is the pay.\n"})
    update(index, corpus)
    found = {open_index(index).passages[row].document_id for row, _ in open_index(index).lexical("PEM", 9)}
    assert found == {"a.md", "d.md"}


def test_other_settings_cut_all_again_but_read_nothing(index: Path, corpus: Path) -> None:
    work = update(index, corpus, tokens=100)
    assert (work.parsed, work.cut, work.encoded) == ([], list(TEXTS), [])


def test_another_encoder_cuts_and_encodes_all_again(index: Path, corpus: Path) -> None:
    work = update(index, corpus, encoder=HashEncoder(dim=32))
    assert (work.parsed, work.cut) == ([], list(TEXTS)) and len(work.encoded) > 5


def test_what_could_not_be_read_is_tried_again_and_warnings_stay(index: Path, corpus: Path) -> None:
    write(corpus, {"bad.md": "\0", "warned.md": "---\nurl: /b\n---\nText."})
    assert update(index, corpus).parsed == ["bad.md", "warned.md"]
    first = receipt.open_receipt(in_force(index)).files
    assert update(index, corpus).parsed == ["bad.md"]
    assert receipt.open_receipt(in_force(index)).files == first
    assert [len(row.warnings) for row in first if row.source == "warned.md"] == [1]


def test_nothing_is_taken_over_from_a_damaged_build(index: Path, corpus: Path) -> None:
    damage(in_force(index) / "passages.jsonl", "flipped")
    work = update(index, corpus)
    assert (work.parsed, work.cut, work.report.changed) == (list(TEXTS), list(TEXTS), True)
    assert len(work.encoded) > 5


def test_the_last_document_can_be_deleted(index: Path, corpus: Path) -> None:
    for name in TEXTS:
        (corpus / name).unlink()
    assert update(index, corpus).report.changed
    opened = open_index(index)
    assert (dict(opened.documents), opened.passages, len(opened.vectors)) == ({}, (), 0)
    write(corpus, TEXTS)
    assert update(index, corpus).parsed == list(TEXTS)


def test_after_any_changes_the_index_is_that_of_a_whole_build(index: Path, corpus: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    for step in range(15):
        there = sorted(path for path in corpus.rglob("*") if path.is_file())
        for _ in range(chance.randint(1, 3)):
            one = chance.choice(there)
            deed = chance.choice(("add", "change", "remove", "rename", "copy"))
            if deed == "add" or not one.exists():
                write(corpus, {f"new{step}{chance.randint(0, 9)}.md": f"# New {step}\n\nNumber {chance.random()}.\n"})
            elif deed == "change":
                one.write_text(one.read_text() + f"\nChanged at {step}.\n")
            elif deed == "remove":
                one.unlink()
            elif deed == "rename":
                one.rename(one.with_name(f"renamed{step}{chance.randint(0, 9)}{one.suffix}"))
            else:
                one.with_name(f"copy{step}{chance.randint(0, 9)}{one.suffix}").write_bytes(one.read_bytes())
        update(index, corpus)
        whole = tmp_path / f"whole{step}"
        update(whole, corpus)
        files = {path.relative_to(in_force(whole)) for path in in_force(whole).rglob("*") if path.is_file()}
        assert files == {path.relative_to(in_force(index)) for path in in_force(index).rglob("*") if path.is_file()}
        for name in sorted(files, key=str):
            if name.name != receipt.NAME:
                assert (in_force(index) / name).read_bytes() == (in_force(whole) / name).read_bytes(), name
        assert receipt.open_receipt(in_force(index)).files == receipt.open_receipt(in_force(whole)).files
