"""The scripts as a person runs them: their help, its examples, and what they print and exit with."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
import samples
from _sets import Asked
from serving import serving

from assistant.compose import open_answerer
from assistant.documents.corpus import load_corpus
from assistant.errors import UsageError
from assistant.evaluation.grading import Question
from assistant.pinned.sameness import SHIPPED, load
from assistant.server import create_app
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document
from assistant.types import Filters

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
TRAINING = ("prepare", "train", "export", "calibrate", "measure")  # in the order in which they are run
NAMES = (
    "batch_faq",
    "benchmark",
    "evaluate",
    "peers",
    *(f"training/{name}" for name in (*TRAINING, "rebuild", "encoder", "pinned")),
)
SOURCE = 'Guide \u203a Pay: "Median salary: $336,500" '
SOURCE += "(/documents/folder/a%20guide.txt?start=6&end=29&version=e2d17c13f8df4dee&quote=21-52f8a94e987c6835#cited)"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has what the examples name."""
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "export.csv").write_text("id,Customer asks\n1,median salary\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A script as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.syspath_prepend(str(ROOT / "scripts" / "training"))
    loader = SourceFileLoader(f"scripts_{name.replace('/', '_')}", str(ROOT / "scripts" / name))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, loader.name, module)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


def call(name: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit status of a script's `main`."""
    module = script(name, monkeypatch)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    status: int = module.main()
    return status


def examples(name: str) -> list[str]:
    """The command lines that the help shows."""
    lines = (ROOT / "scripts" / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith(f"  scripts/{name} ") or line == f"  scripts/{name}"]


@pytest.mark.parametrize("name", NAMES)
def test_help_is_as_reviewed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = script(name, monkeypatch).parser().format_help()
    path = GOLDEN / f"{name.replace('/', '-')}.txt"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != before:
        path.write_text(text, encoding="utf-8")
    assert text == before, f"{path} is rewritten: review the difference"


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_in_help_are_of_arguments_that_there_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = script(name, monkeypatch).parser()
    assert examples(name)
    for example in examples(name):
        parser.parse_args(shlex.split(example.split("<")[0].split(">")[0])[1:])


def test_the_examples_of_batch_faq_run(url: str, here: Path) -> None:
    for example in examples("batch_faq"):
        ran = example.replace("scripts/batch_faq", f"scripts/batch_faq --url {url}")
        done = subprocess.run(ran, shell=True, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert " rows: " in done.stderr and "%|" not in done.stderr
    with (here / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == [
        {
            "id": "1",
            "Customer asks": "median salary",
            "status": "answered",
            "answer": "Median salary: $336,500",
            "confidence": "1.0",
            "sources": SOURCE.replace("(", f"({url}"),
            "index": "static",
            "reason": "",
        }
    ]


def test_evaluate_reports_each_type_and_fails_under_a_share(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "a", "type": "fact", "question": "median salary", "gold": [["$336,500"]]},
        {"id": "b", "type": "fact", "question": "the very best zebra", "gold": [["$1"]]},
        {"id": "c", "type": "unanswerable", "kind": "far", "question": "zebra"},
    ]
    (here / "q.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    asked = ["q.jsonl", "--url", url, "--json", "report.json", "--verbose"]
    assert call("evaluate", monkeypatch, *asked, "--fail-under", "0.5") == 0
    said = capsys.readouterr().out
    assert "b [fact] the very best zebra\n  refused: refused as un" in said
    assert "answered right             1 of 2     50.0%" in said
    assert call("evaluate", monkeypatch, *asked, "--fail-under", "0.65") == 1
    report = json.loads((here / "report.json").read_text(encoding="utf-8"))
    assert report["summary"]["answered right"] == {"right": 1, "n": 2}
    assert [row["verdict"] for row in report["questions"]] == ["right", "refused", "right"]
    assert report["types"][0]["refused"] == 1


def test_evaluate_tells_how_far_confidence_can_be_trusted(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "a", "type": "fact", "question": "median salary", "gold": [["$336,500"]]},
        {"id": "b", "type": "unanswerable", "kind": "far", "question": "zebra"},
    ]
    (here / "q.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    asked = ["q.jsonl", "--url", url, "--name", "Guide", "--json", "one.json", "--diagrams", "pictures"]
    assert call("evaluate", monkeypatch, *asked) == 0
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "AUC, answerable against not 1.000" in said
    assert "at the promise: false answers, far 0 of 1 0.0%" in said
    assert (here / "pictures" / "reliability.svg").exists()
    report = json.loads((here / "one.json").read_text(encoding="utf-8"))
    assert report["figures"]["false_answers"] == {"all": [0, 1], "far": [0, 1]}
    assert [(o["source"], o["right"], o["given"]) for o in report["outcomes"]] == [
        ("Guide", True, True),
        ("Guide", False, False),
    ]


def test_evaluate_draws_reports_together_under_different_names(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = {"id": "a", "answerable": True, "kind": "", "right": True, "confidence": 0.9, "status": "answered"}
    for name in ("one", "two"):
        report = {"outcomes": [{**outcome, "source": name.title()}]}
        (here / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")
    assert call("evaluate", monkeypatch, "--draw", "one.json", "two.json", "--diagrams", "pictures") == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].split() == ["One", "Two"]
    assert "wrote pictures/risk-coverage.png" in said
    with pytest.raises(UsageError, match="named 'One'"):
        call("evaluate", monkeypatch, "--draw", "one.json", "one.json")
    (here / "two.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"two\.json holds no outcomes"):
        call("evaluate", monkeypatch, "--draw", "two.json")


def test_an_outcome_is_right_by_what_is_said_when_everything_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = script("evaluate", monkeypatch)
    guide, other = document("Median salary: $1\nBonus: $2\n"), document("Bonus: $3\n", id="other.txt")
    asked = [
        Asked(Question("a", "fact", "median salary", gold=(("$1",),))),
        Asked(Question("b", "fact", "bonus", gold=(("$3",),)), Filters(document_ids=("other.txt",))),
        Asked(Question("c", "fact", "bonus", kind="near")),
        Asked(Question("d", "fact", "zebra")),
    ]
    everything = evaluate.ask_all(StaticAnswerer(guide, other), asked)
    promised = evaluate.ask_all(StaticAnswerer(guide), asked)
    found = evaluate.outcomes(everything, promised, source="Guide")
    assert [(o.answerable, o.kind, o.right, o.given, o.status) for o in found] == [
        (True, "", True, True, "answered"),
        (True, "", True, True, "refused"),
        (False, "near", False, True, "answered"),
        (False, "near", False, False, "refused"),
    ]


@pytest.fixture
def faked(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the samples, where what is indexed is answered by exact words."""
    samples.write(here / "data")
    monkeypatch.setattr("assistant.building.build_index", lambda settings, progress: None)
    monkeypatch.setattr(
        "assistant.compose.open_answerer", lambda settings: StaticAnswerer(*load_corpus(settings.corpus).documents)
    )
    return here


def test_evaluate_reports_written_questions_by_domain_and_type(
    faked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--written", "data/written", "--index-cache", "cache", "--json", "found.json"]
    assert call("evaluate", monkeypatch, *asked) == 0
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert said[0] == "n right right of all first right near refused far refused false answers AUC ECE"
    assert "hr 1 1/1 100% 1/1 100% 1/1 100% – – – – 0.333" in said
    assert "near 1 – – – 0/1 0% – 1/1 100% – 0.667" in said
    assert "all 2 1/1 100% 1/1 100% 1/1 100% 0/1 0% – 1/1 100% 0.500 0.167" in said
    report = json.loads((faked / "found.json").read_text(encoding="utf-8"))
    assert [(o["id"], o["right"], o["kind"]) for o in report["outcomes"]] == [
        ("hr/docs/page.md#1", True, ""),
        ("roles/docs/page.md#1", False, "near"),
    ]
    assert report["promised"][0]["cited"] == [["docs/page.md", 8, 32]]
    assert list(report["index_ids"]) == ["written-hr", "written-roles"]
    assert report["groups"][-1]["false_answers"] == [1, 1]
    assert call("evaluate", monkeypatch, *asked, "--sample", "1") == 0
    assert len(json.loads((faked / "found.json").read_text(encoding="utf-8"))["index_ids"]) == 1
    with pytest.raises(UsageError, match="no split 'test'"):
        call("evaluate", monkeypatch, *asked, "--split", "test", "--domains", "roles")


def test_evaluate_prints_a_line_a_case(
    faked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--cases", "data/cases", "--index-cache", "cache", "--json", "found.json"]
    assert call("evaluate", monkeypatch, *asked, "--verbose") == 0
    said = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "case n right wrong refused false answers" in said
    assert "02-leave 1 1 0 0 0" in said and "all 2 2 0 0 0" in said
    report = json.loads((faked / "found.json").read_text(encoding="utf-8"))
    assert [line["name"] for line in report["cases"]] == ["02-leave", "notes", "all"]
    assert len(list((faked / "cache").glob("case-*"))) == 2
    assert call("evaluate", monkeypatch, *asked, "--names", "02") == 0
    assert len(json.loads((faked / "found.json").read_text(encoding="utf-8"))["outcomes"]) == 1


def test_evaluate_takes_one_thing_to_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in ([], ["q.jsonl", "--clapnq", "folder"], ["--squad", "a.json", "--draw", "b.json"]):
        with pytest.raises(UsageError, match="give a file of questions, or one of"):
            call("evaluate", monkeypatch, *arguments)
    with pytest.raises(UsageError, match="takes 1 or more"):
        call("evaluate", monkeypatch, "--clapnq", "folder", "--sample", "0")
    with pytest.raises(UsageError, match="leave out --index"):
        call("evaluate", monkeypatch, "--clapnq", "folder", "--index", "index")


def test_evaluate_measures_a_run_of_documents(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    _beir = import_module("_beir")

    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n2\tb\t1\n", encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "1", "text": "one"}\n{"_id": "2", "text": "two"}\n', encoding="utf-8"
    )
    queries = _beir.read_queries(tmp_path, "test")
    assert queries.texts == {"1": "one", "2": "two"}
    assert _beir.best([(0, 0.9), (1, 0.8), (2, 0.95)], ["a", "b", "a"]) == {"a": 0.95, "b": 0.8}
    found = _beir.measure({"1": {"a": 2.0, "b": 1.0}, "2": {"a": 2.0, "b": 1.0}}, queries.judged)
    assert found == {"ndcg@10": pytest.approx((1 + 0.63093) / 2, abs=1e-4), "recall@100": 1.0}
    with pytest.raises(UsageError, match="--split"):
        _beir.read_queries(tmp_path, "train")


def test_the_questions_of_the_benchmark_are_all_different(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list(script("benchmark", monkeypatch).questions([document("Pay\nMedian salary\n\n- Lead the team\n")]))
    assert len(set(made)) == len(made) == 8 * 3 + 3 * 2


@pytest.mark.parametrize("name", ["check", "test"])
def test_the_scripts_of_development_tell_what_they_do(name: str) -> None:
    done = subprocess.run([ROOT / "scripts" / name, "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith(f"usage: scripts/{name} ")
    assert f"  scripts/{name}\n" in done.stdout
    if name == "check":
        done = subprocess.run([ROOT / "scripts" / name, "--helo"], capture_output=True, text=True)
        assert done.returncode == 2 and done.stdout.startswith("usage: ")


def test_every_script_stands_on_the_page_for_developers() -> None:
    scripts = [path for path in (ROOT / "scripts").rglob("*") if path.is_file() and os.access(path, os.X_OK)]
    text = (ROOT / "docs/develop.md").read_text("utf-8")
    assert len(scripts) >= 10
    assert [path for path in scripts if f"\n| `{path.relative_to(ROOT)}" not in text] == []


def test_a_file_that_is_not_there_is_said(here: Path) -> None:
    done = subprocess.run(
        "scripts/training/prepare --data nowhere --output run", shell=True, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == "prepare: nowhere/squad2/labelled.json: No such file or directory\n"


def run(example: str) -> str:
    """What an example prints."""
    done = subprocess.run(example, shell=True, capture_output=True, text=True)
    assert done.returncode == 0, f"{example}: {done.stderr}"
    return done.stdout


@pytest.mark.model
def test_the_examples_run_on_a_real_index(here: Path) -> None:
    (here / "corpus").symlink_to(ROOT / "corpus")
    samples.write(here / "data")
    run(f"{sys.executable} -m assistant index")
    answerer = open_answerer(load_settings({}))
    with serving(create_app(lambda: answerer)) as url:
        for example in examples("evaluate"):
            run(example.replace("http://127.0.0.1:8000", url))
    for example in examples("batch_faq"):
        run(example)
    for example in [
        "scripts/benchmark --only batch --questions 24 --rounds 1",
        "scripts/benchmark --only start modules --runs 1",
        "scripts/benchmark --only serving --questions 20 --seconds 0.2",
        "scripts/benchmark --only encoding --passages 100 --rounds 1",
        "scripts/benchmark --only reloads kills --changes 2 --seconds 0.2",
    ]:
        assert json.loads(run(example))["machine"]["cpus"]


@pytest.mark.model
def test_a_reader_is_trained_by_the_examples(here: Path) -> None:
    samples.write(here / "data")
    for name in TRAINING:
        example = examples(f"training/{name}")[-1 if name in ("prepare", "calibrate") else 0]
        run(f"{example} --steps 4" if name == "train" else example)
    assert sorted(path.name for path in (here / "run" / "reader").iterdir()) == [
        "ignored.txt",
        "model.onnx",
        "reader.json",
        "tokenizer.json",
    ]
    assert json.loads((here / "run" / "none.json").read_text("utf-8"))


@pytest.mark.model
def test_which_questions_mean_the_same_is_fitted_anew_by_the_example(here: Path) -> None:
    printed = run(examples("training/pinned")[-1])
    assert printed.splitlines()[-1].startswith("blind: ")
    made, ships = load(here / "pinned.json"), load(SHIPPED)
    assert made.threshold == pytest.approx(ships.threshold, abs=0.01)
    assert {name: one.weight for name, one in made.fit.signals.items()} == pytest.approx(
        {name: one.weight for name, one in ships.fit.signals.items()}, abs=0.02
    )


@pytest.mark.quality
def test_every_example_of_training_runs(here: Path) -> None:
    samples.write(here / "data")
    (here / "assistant").symlink_to(ROOT / "assistant")
    for name in TRAINING:
        for example in examples(f"training/{name}"):
            run(example)


def test_evaluate_measures_follow_ups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": f"{n}_2", "history": ["What is gout?"], "raw": "Is it curable?", "rewrite": "Is gout curable?"}
        for n in (1, 2)
    ]
    (tmp_path / "talks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = tmp_path / "report.json"
    assert call("evaluate", monkeypatch, "--followups", str(tmp_path), "--json", str(report)) == 0
    printed = capsys.readouterr().out
    assert "talks, held-out: 1 of 1 changed that a person changed, 0 of 0 left as they are" in printed
    assert "rewritten                                1.000                     0.000          1.000" in printed
    development, _ = json.loads(report.read_text(encoding="utf-8"))["followups"]
    assert development["ways"]["raw"] == {"covered": 0.5, "extra": 0.0, "same": 0.0}


@pytest.mark.model
def test_evaluate_answers_a_small_data_set(here: Path) -> None:
    rows = [
        {"question": "What does rust eat?", "id": "1", "answers": [{"text": "iron"}], "is_impossible": False},
        {"question": "Who was the first emperor of Rome?", "id": "2", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": "Rust eats iron. Bees make honey.", "qas": rows}]
    (here / "squad.json").write_text(
        json.dumps({"data": [{"title": "Rust", "paragraphs": paragraphs}]}), encoding="utf-8"
    )
    command = "scripts/evaluate --squad squad.json --own --index-cache cache --json found.json"
    for _ in range(2):
        done = subprocess.run(command, shell=True, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert len(list((here / "cache").iterdir())) == 1
    found = json.loads((here / "found.json").read_text(encoding="utf-8"))
    assert found["figures"]["right_when_all_answered"] == [1, 1]
    assert found["figures"]["auc_answerable"] == 1.0


@pytest.mark.model
def test_evaluate_measures_retrieval_on_a_small_collection(here: Path) -> None:
    samples.write(here / "data")
    command = "scripts/evaluate --beir data/scifact --tune --index-cache cache --json found.json"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads((here / "found.json").read_text(encoding="utf-8"))
    assert found["figures"]["dense"] == {"ndcg@10": 1.0, "recall@100": 1.0}
    assert found["queries"] == 3 and found["weights_from"] == "train"
