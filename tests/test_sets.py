"""Data sets: what is written of them, and when an answer to one of their questions is right."""

from __future__ import annotations

import json
import lzma
import tarfile
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from _sets import Asked, cases, clapnq, guides, names, occupations, place, share_encoders, squad, withheld, written

from assistant.documents.corpus import load_corpus
from assistant.errors import UsageError
from assistant.evaluation.grading import Evidence, Question, holds
from assistant.testing import StaticAnswerer, document
from assistant.types import Filters

GUIDES = Path(__file__).parent.parent / "scripts" / "training" / "guides"


def jsonl(path: Path, *rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two articles in the format of SQuAD 2.0."""
    rows = [
        {"question": "Where is it? ", "id": "1", "answers": [{"text": "Ohio"}, {"text": "Ohio"}, {"text": "in Ohio"}]},
        {"question": "When was it?", "id": "2", "answers": [], "is_impossible": True},
    ]
    articles = [
        {"title": "Fresno,_Ohio", "paragraphs": [{"context": "It is in Ohio.", "qas": rows}]},
        {"title": 'Caf%C3%A9: a "place"', "paragraphs": [{"context": "Coffee.", "qas": []}]},
    ]
    (tmp_path / "squad.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    return tmp_path / "squad.json"


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    """Three pages of occupations, and questions on two of them."""
    pages = {
        "cooks": "# Cooks\n\nCooks typically need a high school diploma. Employment is to decline 6 percent.\n",
        "actors": "# Actors\n\nMedian pay: $1.\n",
        "clerks": "# Clerks\n\nClerks and actors earn $2. Waiters earn $3.\n",
    }
    folder = tmp_path / "handbook"
    folder.mkdir()
    with tarfile.open(folder / "markdown.tar.xz", "w:xz") as archive:
        for name, text in pages.items():
            member = tarfile.TarInfo(f"md/{name}.md")
            member.size = len(text.encode())
            archive.addfile(member, BytesIO(text.encode()))
    fact = {"question": "What?", "url": ""}
    jsonl(
        folder / "facts.jsonl",
        {**fact, "id": "cooks#outlook", "kind": "outlook", "answer": "-6%", "doc": "cooks"},
        {**fact, "id": "cooks#education", "kind": "education", "doc": "cooks"}
        | {"answer": "High school diploma or equivalent"},
        {**fact, "id": "actors#pay", "kind": "pay", "answer": "$1", "doc": "actors"},
    )
    (folder / "withheld.txt").write_text("actors\n", encoding="utf-8")
    jsonl(
        folder / "facts_withheld.jsonl",
        {**fact, "id": "actors#pay", "kind": "pay", "answer": "$2", "doc": "actors"},
        {**fact, "id": "actors#jobs", "kind": "jobs", "answer": "7", "doc": "actors"},
    )
    return folder


def test_a_paragraph_becomes_a_document_with_the_title_of_its_article(file: Path, tmp_path: Path) -> None:
    squad(file, [], tmp_path / "out")
    documents = load_corpus(tmp_path / "out").documents
    assert {d.id: (d.title, d.text.strip()) for d in documents} == {
        "fresno-ohio/000.md": ("Fresno, Ohio", "It is in Ohio."),
        "caf-a-place/000.md": ('Café: a "place"', "Coffee."),
    }


def test_questions_of_squad_have_their_paragraph_and_their_gold(file: Path, tmp_path: Path) -> None:
    own = Filters(document_ids=("fresno-ohio/000.md",))
    assert squad(file, ["Fresno,_Ohio"], tmp_path / "out") == [
        Asked(Question("1", "fact", "Where is it?", gold=(("Ohio", "in Ohio"),)), own),
        Asked(Question("2", "fact", "When was it?", kind="near"), own),
    ]
    assert len(load_corpus(tmp_path / "out").documents) == 1
    with pytest.raises(UsageError, match="no 'Nowhere'"):
        squad(file, ["Nowhere"], tmp_path / "out")


def test_an_answer_of_clapnq_shares_a_run_of_words_with_a_supporting_sentence(tmp_path: Path) -> None:
    words = [f"w{n}" for n in range(23)]
    sentence, short = " ".join(words) + " .", "It is blue ."
    passage = {"title": "Title", "text": f"{short} {sentence}", "sentences": []}
    jsonl(
        tmp_path / "answerable.jsonl",
        {"id": "1", "input": "what", "passages": [passage], "output": [{"selected_sentences": [sentence, short]}]},
        {"id": "2", "input": "none shown", "passages": [passage], "output": [{"selected_sentences": []}]},
    )
    other = {"title": "Other", "text": "Red .", "sentences": []}
    jsonl(
        tmp_path / "unanswerable.jsonl",
        {"id": "3", "input": "which", "passages": [other], "output": [{"selected_sentences": []}]},
    )
    first, second = clapnq(tmp_path, tmp_path / "out")
    ((*runs, whole),) = first.question.gold
    assert (runs[0], runs[1], runs[-1]) == (
        " ".join(words[:10]),
        " ".join(words[5:15]),
        " ".join([*words[14:], "."]),
    )
    assert whole == short
    assert second == Asked(Question("3", "multi", "which", kind="near"), Filters(document_ids=("0001.md",)))
    documents = {d.id: d for d in load_corpus(tmp_path / "out").documents}
    assert {id: d.title for id, d in documents.items()} == {"0000.md": "Title", "0001.md": "Other"}
    assert first.judge(StaticAnswerer(*documents.values()).ask(short), documents) == ("right", "")


def test_the_value_of_a_table_may_be_told_as_the_prose_has_it(handbook: Path, tmp_path: Path) -> None:
    asked = {one.question.id: one for one in occupations(handbook, ["cooks"], tmp_path / "out")}
    assert set(asked) == {"cooks#outlook", "cooks#education"}
    documents = {d.id: d for d in load_corpus(tmp_path / "out").documents}
    assert set(documents) == {"cooks.md"}
    answerer = StaticAnswerer(*documents.values())
    said = {
        "cooks#education": answerer.ask("Cooks typically need"),
        "cooks#outlook": answerer.ask("Employment is to decline"),
    }
    assert {id: asked[id].judge(answer, documents)[0] for id, answer in said.items()} == dict.fromkeys(said, "right")
    assert asked["cooks#outlook"].judge(said["cooks#education"], documents)[0] == "wrong"


def test_what_is_withheld_is_refused_or_told_by_a_page_that_names_it(handbook: Path, tmp_path: Path) -> None:
    pay, jobs = withheld(handbook, tmp_path / "out")
    documents = {d.id: d for d in load_corpus(tmp_path / "out").documents}
    assert set(documents) == {"clerks.md", "cooks.md"}
    answerer = StaticAnswerer(*documents.values())
    told, refused = answerer.ask("Clerks and actors earn"), answerer.ask("zebra")
    assert (pay.question.answerable, pay.question.kind, pay.named) == (False, "near", "Actors")
    assert pay.judge(told, documents) == ("right", "")
    assert pay.judge(refused, documents) == jobs.judge(refused, documents) == ("right", "")
    assert pay.judge(answerer.ask("Waiters earn"), documents)[0] == "wrong"
    assert jobs.judge(told, documents)[0] == "wrong"


def test_a_right_value_from_a_page_about_something_else_is_wrong() -> None:
    page = document("Cooks earn $2.")
    one = Asked(Question("a", "fact", "?", kind="near", gold_or_refuse=(("$2",),)), named="Actors")
    assert one.judge(StaticAnswerer(page).ask("Cooks earn"), {page.id: page}) == (
        "wrong",
        "from pages that do not name 'Actors'",
    )


def test_documents_that_are_the_same_lie_in_the_same_folder(file: Path, tmp_path: Path) -> None:
    def gather(articles: list[str]) -> Path:
        folder, asked = place("squad", partial(squad, file, articles), tmp_path / "cache")
        assert (folder / "corpus").is_dir() and (asked or articles)
        return folder

    assert gather([]) == gather([]) != gather(["Fresno, Ohio"])
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_what_is_no_data_set_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    for path, why in ((tmp_path / "list.json", "is it the right file"), (tmp_path / "none.json", "cannot read")):
        with pytest.raises(UsageError, match=why):
            place("squad", partial(squad, path, []), tmp_path / "cache")
    with pytest.raises(UsageError, match=r"cannot read .*markdown\.tar\.xz"):
        occupations(tmp_path, [], tmp_path / "out")


def test_names_come_from_a_file_or_have_commas_between(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Rhine\n\nFresno,_California\n", encoding="utf-8")
    wanted = ["Rhine", "Fresno,_California"]
    assert names(str(tmp_path / "names.txt")) == names("Rhine,Fresno,_California") == wanted
    assert names(None) == []


def test_each_question_on_a_guide_is_asked_of_its_own_guide(tmp_path: Path) -> None:
    folder, out = tmp_path / "guides", tmp_path / "out"
    for name in ("oven.md", "ship.txt"):
        row = {"id": "n1", "type": "fact", "question": "How does it pay?", "gold": [["well"]]}
        jsonl((folder / name).with_suffix(".jsonl"), row)
        (folder / name).write_text("Pay\n\nIt pays well.\n", encoding="utf-8")
    one, other = guides(folder, (), out)
    assert [asked.question.id for asked in (one, other)] == ["oven/n1", "ship/n1"]
    assert (one.own.document_ids, other.own.document_ids) == (("oven.md",), ("ship.txt",))
    assert [asked.question.id for asked in guides(folder, ("ship",), out)] == ["ship/n1"]
    with pytest.raises(UsageError, match="tank"):
        guides(folder, ("tank",), out)


def test_the_guides_to_calibrate_on_hold_what_their_questions_ask_for(tmp_path: Path) -> None:
    asked = guides(GUIDES, (), tmp_path)
    assert len(asked) == 600
    for one in asked:
        text = (tmp_path / one.own.document_ids[0]).read_text("utf-8")
        for forms in one.question.gold:
            assert any(holds(text, form) for form in forms), one.question
        assert one.question.gold or one.question.kind in ("near", "far")


def written_questions(folder: Path) -> None:
    """Two domains: one with a text file and a Markdown file, one without a question of the split."""
    for name, text in {
        "hr/docs/pay.txt": "Pay is monthly.\n",
        "hr/docs/leave.md": "# Leave\n\nLeave is long.\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "roles" / "docs").mkdir(parents=True)
    (folder / "roles" / "docs" / "cook.md").write_text("A cook cooks.\n", encoding="utf-8")
    row: dict[str, object] = {"split": "develop", "answer": None, "closest": []}
    fact = {**row, "type": "fact", "question": "How is pay?"}
    jsonl(
        folder / "questions.jsonl",
        {**fact, "document": "hr/docs/pay.txt", "evidence": [[0, 15]], "quotes": ["Pay is monthly."]},
        {
            **fact,
            "document": "hr/docs/leave.md",
            "evidence": [[90, 99]],
            "quotes": ["Leave is long."],
            "answer": "long",
        },
        {**fact, "document": "hr/docs/leave.md", "evidence": [[0, 9]], "quotes": ["Leave is gone."]},
        {**fact, "document": "hr/docs/leave.md", "evidence": [], "quotes": [], "type": "far"},
        {**fact, "document": "roles/docs/cook.md", "evidence": [], "quotes": [], "type": "near", "split": "train"},
    )


def test_written_questions_have_the_lines_of_their_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written_questions(tmp_path)
    gathers = written(tmp_path, "develop", ())
    assert list(gathers) == ["hr"]  # the other domain has no question of this split
    pay, leave, far = gathers["hr"](tmp_path / "out")
    documents = {d.id: d for d in load_corpus(tmp_path / "out").documents}
    assert set(documents) == {"docs/leave.md", "docs/pay.txt"}
    assert pay.question == Question(
        "hr/docs/pay.txt#1", "fact", "How is pay?", evidence=Evidence("docs/pay.txt", ((0, 15),))
    )
    assert pay.own == Filters(document_ids=("docs/pay.txt",))
    known = leave.question.evidence
    assert known and known.words == "long"
    ((start, end),) = known.lines  # moved to where the words are
    assert documents["docs/leave.md"].text[start:end] == "Leave is long."
    assert (far.question.id, far.question.kind, far.question.answerable) == ("hr/docs/leave.md#3", "far", False)
    assert capsys.readouterr().err == "hr: 1 left out, whose lines are not found, such as hr/docs/leave.md#2\n"
    answerer = StaticAnswerer(*documents.values())
    assert pay.judge(answerer.ask("Pay is monthly"), documents) == ("right", "")
    assert leave.judge(answerer.ask("Pay is monthly"), documents)[0] == "wrong"


def test_written_questions_are_named_by_split_and_domain(tmp_path: Path) -> None:
    written_questions(tmp_path)
    assert list(written(tmp_path, "train", ["roles"])) == ["roles"]
    with pytest.raises(UsageError, match=r"no split 'test' in .*: there are develop, train"):
        written(tmp_path, "test", ())
    for absent in ("law", "roles"):
        with pytest.raises(UsageError, match=f"no '{absent}'"):
            written(tmp_path, "develop", [absent])
    with pytest.raises(UsageError, match=r"cannot read .*questions\.jsonl\.xz"):
        written(tmp_path / "hr", "develop", ())
    jsonl(tmp_path / "other" / "questions.jsonl", {"id": "1"})
    with pytest.raises(UsageError, match="is it the right folder"):
        written(tmp_path / "other", "develop", ())


def test_questions_that_are_packed_are_read(tmp_path: Path) -> None:
    written_questions(tmp_path)
    plain = tmp_path / "questions.jsonl"
    (tmp_path / "questions.jsonl.xz").write_bytes(lzma.compress(plain.read_bytes()))
    plain.unlink()
    assert list(written(tmp_path, "develop", ())) == ["hr"]
    assert list(written(tmp_path, "train", ())) == ["roles"]


QUESTION = {"id": "1", "type": "fact", "question": "How is pay?", "gold": [["monthly"]]}


@pytest.mark.parametrize(
    ("corpus", "questions"),
    [
        ("{}/corpus", "{}/questions.jsonl"),
        ("corpora/{}", "questions/dev/{}.jsonl"),
        ("corpora/{}", "questions/{}.jsonl"),
    ],
)
def test_cases_lie_in_folders_of_their_own_or_by_their_names(tmp_path: Path, corpus: str, questions: str) -> None:
    folder = tmp_path / "cases"
    for name in ("01-pay", "leave"):
        (folder / corpus.format(name)).mkdir(parents=True)
        (folder / corpus.format(name) / "a.md").write_text(f"{name} is monthly.\n", encoding="utf-8")
        jsonl(folder / questions.format(name), QUESTION)
    (folder / "README.md").write_text("Cases.\n", encoding="utf-8")
    gathers = cases(folder, "dev", ())
    assert list(gathers) == ["01-pay", "leave"]
    assert [one.question.id for one in gathers["leave"](tmp_path / "out")] == ["leave/1"]
    assert (tmp_path / "out" / "a.md").read_text(encoding="utf-8") == "leave is monthly.\n"
    assert list(cases(folder, "dev", ["01"])) == list(cases(folder, "dev", ["01-pay"])) == ["01-pay"]
    if questions.endswith("/questions.jsonl"):
        assert list(cases(folder / "leave", "dev", ())) == ["leave"]
    with pytest.raises(UsageError, match="no '02'"):
        cases(folder, "dev", ["02"])


def test_what_is_no_case_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no cases in .*: a case is a folder with corpus and questions\.jsonl"):
        cases(tmp_path, "dev", ())
    with pytest.raises(UsageError, match=r"no folder .*nowhere"):
        cases(tmp_path / "nowhere", "dev", ())
    jsonl(tmp_path / "pay" / "questions.jsonl", QUESTION)
    with pytest.raises(UsageError, match=r"no folder .*corpus, which the questions are about"):
        cases(tmp_path, "dev", ())


def test_indexes_of_a_cache_share_their_encoders(tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        share_encoders(tmp_path / name, tmp_path)
    (tmp_path / "one" / "index" / "encoders" / "model").touch()
    assert (tmp_path / "two" / "index" / "encoders" / "model").exists()
