"""The command, as a person runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from assistant import __version__
from assistant.cli import main
from assistant.feedback.records import DAY, Recorder, Records
from assistant.testing import StaticAnswerer, document

CORPUS = Path(__file__).parent.parent / "corpus"
OTHER = Path(__file__).parent / "data" / "other-guide" / "director-of-viticulture-and-winemaking.txt"


def test_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"assistant {__version__}\n"


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["index"],
        ["ask"],
        ["serve"],
        ["mcp"],
        ["batch"],
        ["calibrate"],
        ["gaps"],
        ["purge"],
        ["keys"],
        ["lint"],
        ["config"],
        ["demo"],
        ["completion"],
    ],
)
def test_helps_with_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--help"])
    assert "example" in capsys.readouterr().out


def test_without_an_index_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Why?", "--index", str(tmp_path)]) == 4
    assert "assistant index" in capsys.readouterr().err


def test_a_question_needs_no_quotation_marks_but_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "what", "is", "it", "--index", str(tmp_path)]) == 4
    assert main(["ask", "--index", str(tmp_path)]) == 2
    assert "ask a question" in capsys.readouterr().err


def test_without_a_corpus_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--corpus", str(tmp_path / "absent"), "--index", str(tmp_path)]) == 3
    assert "absent" in capsys.readouterr().err


def test_shows_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 0
    assert "ASSISTANT_CHUNK_TOKENS=200" in capsys.readouterr().out


def test_config_states_the_promise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    main(["config"])
    assert "at most 10% are answered" in capsys.readouterr().out
    monkeypatch.setenv("ASSISTANT_MAX_FALSE_ANSWER_RATE", "1")
    main(["config"])
    assert "Nothing is promised" in capsys.readouterr().out


def test_config_says_why_nothing_can_be_promised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ASSISTANT_CALIBRATION", str(tmp_path / "absent.json"))
    assert main(["config"]) == 0
    assert "absent.json cannot be read" in capsys.readouterr().out


def test_a_bad_setting_ends_with_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ASSISTANT_COLOUR", "red")
    assert main(["config"]) == 2
    assert "ASSISTANT_COLOUR" in capsys.readouterr().err


def test_the_admin_key_is_long_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("too-short-a-key", "long enough but with spaces"):
        monkeypatch.setenv("ASSISTANT_ADMIN_KEY", key)
        assert main(["config"]) == 2
        told = capsys.readouterr().err
        assert "admin_key" in told and "16 characters" in told and key not in told
    monkeypatch.setenv("ASSISTANT_ADMIN_KEY", "a-key-that-is-long-enough")
    assert main(["config"]) == 0
    assert "ASSISTANT_ADMIN_KEY=****" in (shown := capsys.readouterr().out) and "long-enough" not in shown


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Records of three questions of 0, 10 and 40 days ago."""
    path = tmp_path / "records.sqlite"
    answerer = StaticAnswerer(document("The pay is $5."))
    now = time.time()
    for days, question in ((0, "new zebra"), (10, "old zebra of Jane"), (40, "ancient zebra")):
        with closing(Recorder(Records(path), days=3650, clock=partial(float, now - days * DAY - 9))) as recorder:
            recorder.note(answerer.ask(question))
    return path


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], ["new zebra", "old zebra of Jane"]),
        (["--older-than", "10"], ["new zebra"]),
        (["--older-than", "0"], []),
        (["--containing", "JANE"], ["ancient zebra", "new zebra"]),
        (["--all"], []),
    ],
)
def test_purges_what_it_is_told_to_and_says_how_many(
    records: Path, options: list[str], left: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["purge", "--records", str(records), *options]) == 0
    told = f"deleted {3 - len(left)} questions and 0 votes; {len(left)} questions are left\n"
    assert capsys.readouterr().out == told
    assert sorted(each.question for each in Records(records).unanswered()) == left


@pytest.mark.parametrize("options", [["--older-than", "-1"], ["--older-than", "x"], ["--all", "--older-than", "1"]])
def test_a_purge_that_is_not_clear_deletes_nothing(records: Path, options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["purge", "--records", str(records), *options])
    assert main(["purge", "--records", str(records), "--containing", " "]) == 2
    assert Records(records).totals().asked == 3


def test_without_records_it_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("gaps", "purge"):
        assert main([command]) == 2
        assert "ASSISTANT_RECORDS" in capsys.readouterr().err
        assert main([command, "--records", str(tmp_path / "absent")]) == 7
        assert "assistant serve" in capsys.readouterr().err


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import assistant, assistant.cli, sys; print({'torch', 'faiss', 'numpy', 'onnxruntime'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("assistant.batch.command", {"httpx2", "fastapi"}),
        ("assistant.batch.worker", {"httpx2", "fastapi"}),
        ("assistant.compose", {"httpx2", "fastapi"}),
        ("assistant.server.serve", {"httpx2"}),
    ],
)
def test_nothing_is_loaded_that_is_for_other_uses(module: str, spared: set[str]) -> None:
    code = f"import {module}, sys; print(sorted({spared} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped guide."""
    folder = tmp_path_factory.mktemp("index")
    subprocess.run(
        [sys.executable, "-m", "assistant", "index", "--corpus", str(CORPUS), "--index", str(folder)], check=True
    )
    return folder


@pytest.mark.model
def test_answers_with_sources_and_explains(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What is the median salary of a Head of AI?", "--index", str(index), "--explain"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Head of AI\n  Median salary: $234,750 [1]\n")
    assert "Salary Ranges (US Market, 2024) › Head of AI" in shown
    assert "3. read: log-odds that each passage answers" in shown
    assert "answered with one line or list" in shown


@pytest.mark.model
def test_gives_json_whose_citations_can_be_sliced(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "What are the strategic challenges?", "--index", str(index), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    text = next(CORPUS.glob("*.txt")).read_text("utf-8")
    assert len(answer["citations"]) == 3
    for citation in answer["citations"]:
        assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"]


@pytest.mark.model
def test_an_update_loads_no_torch_and_a_damaged_file_is_named(index: Path, tmp_path: Path) -> None:
    corpus, folder = tmp_path / "corpus", tmp_path / "index"
    shutil.copytree(CORPUS, corpus)
    shutil.copytree(index, folder)
    shutil.copy(OTHER, corpus)
    code = (
        "import sys; from assistant.cli import main; "
        f"status = main(['index', '--corpus', {str(corpus)!r}, '--index', {str(folder)!r}]); "
        "assert not {'torch', 'sentence_transformers'} & sys.modules.keys(); sys.exit(status)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    build = folder / "builds" / (folder / "current").read_text().strip()
    content = bytearray((build / "vectors.faiss").read_bytes())
    content[-3] ^= 1
    (build / "vectors.faiss").write_bytes(content)
    ask = [sys.executable, "-m", "assistant", "ask", "Why?", "--index", str(folder)]
    done = subprocess.run(ask, capture_output=True, text=True)
    assert done.returncode == 4
    assert "vectors.faiss" in done.stderr


@pytest.mark.model
def test_an_index_of_another_encoder_is_refused(
    index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_ENCODER", "some/other-model")
    assert main(["ask", "Why?", "--index", str(index)]) == 4
    assert "all-MiniLM-L6-v2" in capsys.readouterr().err


@pytest.mark.model
def test_calibrates_on_questions_of_ones_own(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, output = Path(__file__).parent / "data" / "questions.jsonl", tmp_path / "mine.json"
    assert main(["calibrate", str(questions), "--index", str(index), "--output", str(output)]) == 0
    told = capsys.readouterr()
    assert "before" in told.out and "after" in told.out and f"ASSISTANT_CALIBRATION={output}" in told.out
    assert "questions.jsonl" in told.out  # the promise names what it rests on
    before = main(["ask", "What is the median salary of a Head of AI?", "--index", str(index), "--json"])
    monkeypatch.setenv("ASSISTANT_CALIBRATION", str(output))
    assert before == main(["ask", "What is the median salary of a Head of AI?", "--index", str(index), "--json"]) == 0
    shipped, mine = (json.loads(text) for text in re.split(r"(?<=^})\n(?=\{)", capsys.readouterr().out, flags=re.M))
    assert shipped["confidence"] != mine["confidence"]
    assert shipped["id"] != mine["id"]


@pytest.mark.model
def test_too_few_questions_end_with_6(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "few.jsonl"
    rows = '{"id": "a", "type": "fact", "question": "What is the median salary?", "gold": [["$1"]]}\n'
    rows += '{"id": "b", "type": "unanswerable", "kind": "near", "question": "Is there a canteen?"}\n'
    questions.write_text(rows)
    assert main(["calibrate", str(questions), "--index", str(index), "--output", str(tmp_path / "out.json")]) == 6
    assert "needs 10 of each" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


@pytest.mark.model
def test_near_misses_are_refused_with_what_is_missing(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for question, missing in (
        ("What is the median salary of a Head of AI in the United Kingdom?", "United Kingdom"),
        ("What was the median salary of a Head of Machine Learning in 2015?", "2015"),
    ):
        main(["ask", question, "--index", str(index)])
        said = capsys.readouterr().out
        assert said.startswith("No answer (unsupported)") and missing in said.splitlines()[0]


@pytest.mark.model
def test_what_is_asked_while_serving_becomes_gaps(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records, key = tmp_path / "records.sqlite", "a-key-that-is-long-enough"
    environment = {**os.environ, "ASSISTANT_RECORDS": str(records), "ASSISTANT_ADMIN_KEY": key}
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--index", str(index)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stderr is not None
            said = [server.stderr.readline()]
            while said[-1] and "listening on" not in said[-1]:
                said.append(server.stderr.readline())
            assert f"questions are kept in {records} for 30 days\n" in said
            address = said[-1].split()[-1]

            tokens: list[str | None] = []

            def fetch(path: str, body: object = None) -> bytes:
                headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
                data = None if body is None else json.dumps(body).encode()
                with urlopen(Request(address + path, data, headers)) as reply:
                    tokens.append(reply.headers["X-Feedback-Token"])
                    return bytes(reply.read())

            for question in ("Is there a company car?", "Do I get a car from the company?", "Who won the cup in 1998?"):
                assert json.loads(fetch("/v1/ask", {"question": question}))["status"] == "refused"
            answer = json.loads(fetch("/v1/ask", {"question": "What is the median salary of a Head of AI?"}))
            vote = {"answer_id": answer["id"], "token": tokens[-1], "vote": "down", "comment": "last year's"}
            assert fetch("/v1/feedback", vote) == b""
            assert b"last year" in fetch("/admin")
            table = fetch("/admin/gaps.csv").decode("utf-8-sig")
        finally:
            server.terminate()
    assert server.returncode == 0
    where = ["--records", str(records), "--index", str(index)]
    assert main(["gaps", "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)["gaps"]
    assert (found[0]["count"], len(found[0]["others"]), len(found)) == (2, 1, 3)
    [salary] = [gap for gap in found if gap["down"]]
    assert salary["closest"]["cited_text"] == "Median salary: $234,750"
    assert main(["gaps", "--csv", str(tmp_path / "faq.csv"), *where]) == 0
    assert (tmp_path / "faq.csv").read_text("utf-8-sig").splitlines() == table.splitlines()
    assert main(["gaps", *where]) == 0
    assert "company" in capsys.readouterr().out
    batch = [sys.executable, "scripts/batch_faq", str(tmp_path / "faq.csv"), "--output", "-", "--index", str(index)]
    done = subprocess.run(batch, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert "3 rows: 1 answered, 2 refused" in done.stderr
