"""The comparison with peers: how they are asked, how what they say is judged, and what the table says of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from _peers import asking, environment, judging, serve
from _peers.asking import Asked, Quoted, Reply
from _peers.environment import Unavailable
from _peers.judging import Figures, Judged
from test_scripts import ROOT, call, script

from assistant.errors import UsageError
from assistant.evaluation.grading import Evidence, Question
from assistant.testing import document
from assistant.types import Turn

PAY = document("# Pay\nThe pay is  $5 a day.\nIt is paid on Fridays.\n", id="pay.md")
COPY = document("# Old pay\nIt is paid on Fridays.\n", id="a/copy.md")
KNOWN = {"a/copy.md": COPY, "pay.md": PAY}
FACT = Question("f", "fact", "What is the pay?", gold=(("$5",),))
NONE = Question("n", "unanswerable", "Who is the king?", kind="far")
ADAPTER = """\
import json
import sys

NAME, PACKAGE, REQUIRES, NOTE, OWN = "Parrot", "", (), "says the first line that has a word of the question", True
VARIANTS = {"loud": {"loud": True}, "quiet": {"loud": False}}


def prepare(corpus, store, loud):
    texts = {path.name: path.read_text(encoding="utf-8") for path in corpus.iterdir()}
    (store / "texts.json").write_text(json.dumps(texts), encoding="utf-8")


def answerer(store, loud):
    texts = json.loads((store / "texts.json").read_text(encoding="utf-8"))

    def ask(question, history):
        print("a library says something")
        words = set(" ".join([question, *history]).casefold().strip("?").split())
        for name, text in texts.items():
            for line in text.splitlines():
                if loud and words & set(line.casefold().split()):
                    return {"text": line, "refused": False, "citations": [{"document": name, "text": line}]}
        return {"text": "", "refused": True, "citations": []}

    return ask
"""


def said(text: str, *citations: Quoted, score: float | None = None) -> Reply:
    return Reply(text, False, citations or ({"text": text, "document": "pay.md"},), 0.1, score)


def refused() -> Reply:
    return Reply("", True, (), 0.3)


def judged(question: Question, reply: Reply) -> Judged:
    return judging.judge(question, reply, KNOWN, {"pay.md": f"---\nx: 1\n---\n{PAY.text}"})


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    (tmp_path / "parrot.py").write_text(ADAPTER, encoding="utf-8")
    return tmp_path / "parrot.py"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "pay.md").write_text("# Money\n\nThe pay is $5.\n", encoding="utf-8")
    return tmp_path / "corpus"


@pytest.mark.parametrize(
    ("question", "reply", "verdict", "says", "false"),
    [
        (FACT, said("The pay is  $5 a day."), "right", True, False),
        (FACT, said("It is paid on Fridays."), "wrong", False, False),
        (FACT, refused(), "refused", False, False),
        (FACT, said("The pay is $7, not $5.", {"text": "nowhere"}), "malformed", False, False),
        (NONE, refused(), "right", False, False),
        (NONE, said("It is paid on Fridays."), "wrong", False, True),
    ],
)
def test_a_reply_is_judged_as_the_assistants_answers_are(
    question: Question, reply: Reply, verdict: str, says: bool, false: bool
) -> None:
    one = judged(question, reply)
    assert (one.verdict, one.says, one.false) == (verdict, says, false)


def test_an_answer_that_is_right_but_for_its_length_says_it() -> None:
    long = document("The pay is $5 " + "and so on " * 20, id="pay.md")
    one = judging.judge(FACT, said(long.text.strip()), {"pay.md": long}, {})
    assert (one.verdict, one.says) == ("too long", True)


@pytest.mark.parametrize(
    ("quoted", "verbatim", "found"),
    [
        ({"text": "The pay is  $5 a day.", "document": "pay.md", "start": 6, "end": 27}, True, True),
        ({"text": "The pay is  $5 a day.", "document": "pay.md", "start": 7, "end": 28}, False, True),
        ({"text": "The pay is $5 a day.", "document": "pay.md"}, False, True),  # white space aside
        ({"text": "x: 1\n---\n# Pay", "document": "pay.md"}, True, False),  # stands in the file alone
        ({"text": "The pay is  $5 a day.", "document": "a/copy.md"}, False, False),
        ({"text": "The pay is  $5 a day."}, True, True),  # names no document
        ({"text": "The pay is $6 a day."}, False, False),
        ({"text": " "}, False, False),
    ],
)
def test_a_citation_is_held_against_the_documents(quoted: Quoted, verbatim: bool, found: bool) -> None:
    one = judged(FACT, said("The pay is  $5 a day.", quoted))
    assert (one.verbatim, one.found) == (verbatim, found)


def test_a_quotation_without_a_document_is_looked_for_where_the_answer_stands_first() -> None:
    start = PAY.text.index("It is paid")
    evidence = Evidence("pay.md", ((start, len(PAY.text.rstrip())),))
    fridays = Question("w", "fact", "When is it paid?", evidence=evidence)
    reply = said("It is paid on Fridays.", {"text": "It is paid on Fridays."})
    assert judged(fridays, reply).verdict == "right"
    assert judged(Question("g", "fact", "When?", gold=(("Fridays",),), doc="pay"), reply).verdict == "right"
    elsewhere = judging.place({"text": "It is paid on Fridays."}, KNOWN)
    assert elsewhere and elsewhere.document_id == "a/copy.md"
    named = said("It is paid on Fridays.", {"text": "It is paid on Fridays.", "document": "a/copy.md"})
    assert judged(fridays, named).verdict == "wrong"


def test_of_several_places_the_one_that_is_given_is_cited() -> None:
    twice = document("Yes.\nNo.\nYes.\n", id="pay.md")
    cited = [judging.place({"text": "Yes.", "start": start}, {"pay.md": twice}) for start in (0, 8)]
    assert [citation and citation.start for citation in cited] == [0, 9]


def test_the_threshold_of_hindsight_gives_the_most_that_so_many_false_answers_allow() -> None:
    right, wrong = "The pay is  $5 a day.", "It is paid on Fridays."
    ones = [
        judged(FACT, said(right, score=0.9)),
        judged(NONE, said(wrong, score=0.8)),
        judged(FACT, said(right, score=0.5)),  # stands or falls with the false answer that is as sure
        judged(NONE, said(wrong, score=0.5)),
        judged(FACT, said(wrong, score=0.4)),
        judged(FACT, said(right, score=0.3)),
        judged(FACT, refused()),
    ]
    assert [judging.at_most(ones, false) for false in (0, 1, 2)] == [1, 1, 3]
    assert judging.at_most([*ones, judged(FACT, said(right))], 2) is None


def test_figures_count_each_of_its_own_questions() -> None:
    ones = [
        judged(FACT, said("The pay is  $5 a day.", score=1.0)),
        judged(FACT, refused()),
        judged(NONE, said("It is paid on Fridays.", {"text": "It is  paid on Fridays."}, score=0.5)),
    ]
    asked = [Asked("1", (), 2.0, 30.0), Asked("1", (), 1.0, 50.4)]
    figures = Figures.of(ones, asked, false=0)
    cells = ["1/2 (50%)", "1/2 (50%)", "1/2 (50%)", "1/1 (100%)", "1/2 (50%)", "2/2 (100%)", "100", "50", "1.5"]
    assert figures.cells() == cells
    assert len(judging.NAMES) == len(cells)
    assert figures.verdicts == {"right": 1, "refused": 1, "wrong": 1}
    unknown = Figures.of(ones[:2], [Asked("", (), 0.04, None)])
    assert unknown.cells() == ["1/2 (50%)", "1/2 (50%)", "-", "-", "1/1 (100%)", "1/1 (100%)", "100", "-", "0.0"]


def test_a_peer_is_asked_in_a_process_of_its_own(adapter: Path, corpus: Path, tmp_path: Path) -> None:
    follow_up = Question("u", "followup", "When?", history=(Turn("user", "the pay"),))
    told: list[int] = []
    found = asking.ask(
        Path(sys.executable),
        adapter,
        corpus,
        tmp_path / "store",
        [FACT, NONE, follow_up],
        settings={"loud": True},
        limit=60,
        progress=told.append,
    )
    assert [reply.text for reply in found.replies] == ["The pay is $5.", "The pay is $5.", "The pay is $5."]
    assert found.replies[0].citations == ({"document": "pay.md", "text": "The pay is $5."},)
    assert told == [1, 2, 3]
    assert found.cold_seconds >= found.replies[0].seconds > 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("import json\n", "raise ValueError('no model')\n", "indexing failed: ValueError: no model"),
        ("import json\n", "import time\n\ntime.sleep(60)\n", "indexing took longer than 3 s"),
        ('print("a library', 'sys.exit("out of memory")  # ', "answering failed: out of memory"),
        ('print("a library', "import time; time.sleep(60)  # ", "answering took longer than 3 s"),
        ('"refused": True, ', "", r"answering failed: what it said is no answer \(KeyError\('refused'\)\)"),
    ],
)
def test_a_peer_that_fails_is_not_available(
    adapter: Path, corpus: Path, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    adapter.write_text(ADAPTER.replace(old, new, 1), encoding="utf-8")
    settings, limit = {"loud": False}, 3.0 if "longer" in reason else 60.0
    with pytest.raises(Unavailable, match=reason):
        asking.ask(Path(sys.executable), adapter, corpus, tmp_path / "s", [NONE], settings=settings, limit=limit)


def test_what_is_shared_must_be_here(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no-such-package, which is not installed here"):
        environment.made(tmp_path, "peer", [], shared=["no-such-package"])


@pytest.mark.parametrize("name", ["this", "cairn", "txtai", "pagewise", "verbatim_rag"])
def test_each_adapter_can_be_read_without_its_peer(name: str) -> None:
    adapter = serve.load(ROOT / "scripts" / "_peers" / f"{name}.py")
    assert adapter.NAME
    assert hasattr(adapter, "REASON") or (adapter.NOTE and adapter.prepare and adapter.answerer)


def test_txtai_is_given_paragraphs_or_lines() -> None:
    adapter = serve.load(ROOT / "scripts" / "_peers" / "txtai.py")
    text = "\n# Pay\n\nOne\n two \n \n\n x\n"
    assert adapter.PARAGRAPH.findall(text) == ["# Pay", "One\n two", "x"]
    assert adapter.LINE.findall(text) == ["# Pay", "One", "two", "x"]


def test_the_table_has_a_row_for_each_way_of_use_and_says_why_one_is_missing(
    adapter: Path,
    corpus: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [
        {"id": "a", "type": "fact", "question": "What is the pay?", "gold": [["$5"]]},
        {"id": "b", "type": "unanswerable", "kind": "far", "question": "Who rules?"},
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    given = [str(tmp_path / "q.jsonl"), str(corpus), "--adapter", str(adapter), "--json", str(tmp_path / "out.json")]
    assert call("peers", monkeypatch, "--only", "verbatim_rag", "--", *given[:2]) == 1
    assert call("peers", monkeypatch, *given, "--only", "verbatim_rag") == 0
    lines = capsys.readouterr().out.splitlines()[-3:]
    assert lines[0].startswith("| verbatim-rag | not measured: what marks its spans")
    assert lines[1].startswith("| Parrot, loud | 1/1 (100%) | 1/1 (100%) | - | 0/1 (0%) | 1/1 (100%) | 1/1 (100%) | ")
    assert lines[2].startswith("| Parrot, quiet | 0/1 (0%) | 0/1 (0%) | - | 0/1 (0%) | - | - | ")
    assert {line.count("|") for line in lines} == {11}
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report["parts"] == {"q": 2}
    assert [peer["figures"] and peer["figures"]["right"] for peer in report["peers"]] == [None, [1, 1], [0, 1]]
    assert [one["verdict"] for one in report["peers"][2]["questions"]] == ["refused", "right"]
    assert (corpus / "pay.md").exists() and len(list(corpus.iterdir())) == 1


def test_the_limit_of_false_answers_is_what_this_assistant_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    module = script("peers", monkeypatch)
    ones = [judged(NONE, said("It is paid on Fridays.")), judged(NONE, refused())]
    asked = [Asked("1", (), 1.0, 1.0)]
    rows = [module.Row("this assistant", judged=ones, asked=asked), module.Row("other", judged=ones[:1], asked=asked)]
    assert module.limit(rows, None) == module.limit(rows, ["cairn", "this"]) == 1
    assert module.limit(rows, ["cairn"]) is None
    assert module.limit([module.Row("this assistant", reason="it failed")], None) is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "give a file of questions and the folder"),
        (["q.jsonl"], "no folder : give the folder of the documents"),
        (["q.jsonl", "corpus", "--cases", "cases"], "give a file of questions and the folder"),
        (["--cases", "cases", "--sample", "0"], "--sample takes 1 or more"),
        (["--cases", "cases", "--limit", "0"], "--limit takes more than 0 seconds"),
        (["--cases", "cases", "--adapter", "nothing.py"], "no file nothing.py"),
    ],
)
def test_what_cannot_be_meant_is_told(given: list[str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=message):
        call("peers", monkeypatch, *given)
