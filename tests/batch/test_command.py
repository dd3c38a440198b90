"""The batch command, from file to file, with a server or with an index on this machine."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from junitparser import JUnitXml
from openpyxl import Workbook
from serving import serving

from assistant.batch.backends import LocalBackend
from assistant.cli import main
from assistant.client import Remote, ServerFault
from assistant.errors import AssistantError
from assistant.models import encoder_prepare
from assistant.server import create_app
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = "id;question;expected\n1;median salary;$336,500\n2;zebra;refuse\n3;;\n4;median salary;a guide.txt\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some questions."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text(QUESTIONS, encoding="utf-8")
    return tmp_path


def test_answers_a_file_and_leaves_nothing_else(url: str, here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "in.csv", "--output", "out.csv", "--url", url]) == 0
    with (here / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["id"], row["status"]) for row in rows] == [
        ("1", "answered"),
        ("2", "refused"),
        ("3", "skipped"),
        ("4", "answered"),
    ]
    assert f"({url}/documents/folder/a%20guide.txt?" in rows[0]["sources"]
    assert sorted(one.name for one in here.iterdir()) == ["in.csv", "out.csv"]
    told = capfd.readouterr()
    assert told.out == ""
    assert "4 rows: 2 answered, 1 refused, 0 error, 1 skipped (2 asked now, 1 repeated)" in told.err


def test_standard_output_holds_the_result_and_nothing_else(url: str, here: Path) -> None:
    command = [sys.executable, "-m", "assistant", "batch", "-", "--output", "-", "--url", url]
    done = subprocess.run([*command, "--to", "jsonl"], input=b"median salary\nzebra\n", capture_output=True)
    assert done.returncode == 0
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == ["zebra"]
    assert b"'median salary', is taken for the name of the column" in done.stderr
    done = subprocess.run([*command, "--from", "txt"], input=b"median salary\nzebra\n", capture_output=True)
    assert done.stdout.startswith(b"question,status,answer,") and done.stdout.count(b"\r\n") == 3
    assert [one.name for one in here.iterdir()] == ["in.csv"]


def test_a_dry_run_shows_what_would_be_asked_and_how_the_file_was_read(
    here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("plan.csv").write_text("Our plan,\nNo,Candidate question\n1,What is it?\n2,\n3,Who\n4,What is it?\n")
    assert main(["batch", "plan.csv", "--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert out.splitlines() == ["row 1: What is it?", "row 3: Who", "row 4: What is it?"]
    assert err.splitlines() == [
        "plan.csv: left out, above the names of the columns: 1 row",
        "the column 'Candidate question' would be asked: 3 questions, 2 of them different; 1 row without one",
    ]
    assert [path.name for path in here.iterdir() if path.name.startswith("plan")] == ["plan.csv"]


def test_a_dry_run_tells_the_other_sheets_and_what_is_too_long(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = Workbook()
    book.worksheets[0].append(["Read me"])
    sheet = book.create_sheet("FAQ")
    for row in (["Question"], ["Who?"], ["Why? " * 500]):
        sheet.append(row)
    book.save("plan.xlsx")
    assert main(["batch", "plan.xlsx", "--dry-run"]) == 0
    assert capfd.readouterr().err.splitlines() == [
        "plan.xlsx: the sheet 'FAQ' is read, not 'Sheet': name another with --sheet",
        "the column 'Question' would be asked: 2 questions, 2 of them different; 0 rows without one",
        "too long to be asked, over 2000 characters: 1 row (2)",
    ]
    assert main(["batch", "plan.xlsx", "--dry-run", "--sheet", "FAQ"]) == 0
    assert "name another" not in capfd.readouterr().err


def test_a_run_without_a_file_for_its_answers_says_what_to_give(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Path("plan.csv").write_text("question\nWhat is it?\n")
    assert main(["batch", "plan.csv"]) == 2
    assert "name a file for the answers with --output, or see what would be asked" in capfd.readouterr().err


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl", "md", "html", "jsonld"])
def test_the_ending_says_the_format_and_answers_can_be_asked_again(url: str, here: Path, format: str) -> None:
    assert main(["batch", "in.csv", "-o", f"out.{format}", "--url", url]) == 0
    if format not in ("html", "jsonld"):
        assert main(["batch", f"out.{format}", "-o", "again.jsonl", "--url", url]) == 0
        lines = [json.loads(line) for line in (here / "again.jsonl").read_text("utf-8").splitlines()]
        named = [line.get("answer_status", line.get("status")) for line in lines]
        assert named == (
            ["answered", "answered", "refused"] if format == "md" else ["answered", "refused", "skipped", "answered"]
        )


def test_the_exit_status_tells_whether_enough_is_as_expected(
    url: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["batch", "in.csv", "--output", "out.csv", "--url", url]
    assert main([*asked, "--fail-under", "1"]) == 0
    assert "all            3      3   100.0%" in capsys.readouterr().err
    (here / "in.csv").write_text(QUESTIONS.replace("336", "337"), encoding="utf-8")
    assert main(asked) == 0
    assert main([*asked, "--fail-under", "0.66"]) == 0
    assert main([*asked, "--fail-under", "0.67"]) == 1
    assert (
        "  row 1: median salary\n    expected '$337,500', answered 'Median salary: $336,500'" in capsys.readouterr().err
    )
    assert (here / "out.csv").exists()


def test_the_exit_status_tells_whether_an_answer_is_another(
    url: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "in.csv", "--output", "one.jsonl", "--url", url]) == 0
    assert main(["batch", "in.csv", "--output", "two.jsonl", "--url", url, "--since", "one.jsonl"]) == 0
    said = capsys.readouterr().err
    assert "no difference (2 compared, 0 new, 0 dropped)" in said and "(0 asked now, 1 repeated)" in said
    assert (here / "one.jsonl").read_bytes() == (here / "two.jsonl").read_bytes()
    other = StaticAnswerer(document("# Pay\nMedian salary: $1\n", id="folder/a guide.txt"), index_id="other")
    with serving(create_app(lambda: other)) as address:
        assert main(["batch", "in.csv", "--output", "two.jsonl", "--url", address, "--since", "two.jsonl"]) == 1
    assert "row 1, other answer: median salary" in capsys.readouterr().err


def test_an_earlier_run_may_be_the_output_itself(url: str, here: Path) -> None:
    for _ in range(2):
        arguments = ["batch", "in.csv", "--output", "out.jsonl", "--url", url]
        assert main(arguments + (["--since", "out.jsonl"] if (here / "out.jsonl").exists() else [])) == 0


def test_changes_come_as_a_page_and_as_tests(url: str, here: Path) -> None:
    assert main(["batch", "in.csv", "--output", "one.jsonl", "--url", url]) == 0
    other = StaticAnswerer(document("# Pay\nMedian salary: $1\n", id="folder/a guide.txt"), index_id="other")
    reports = ["--review", "changes.html", "--junit", "tests.xml"]
    with serving(create_app(lambda: other)) as address:
        arguments = ["batch", "in.csv", "--output", "two.jsonl", "--url", address, "--since", "one.jsonl"]
        assert main([*arguments, *reports]) == 1
    page = (here / "changes.html").read_text("utf-8")
    assert "<p>Asked before and now: 2. With the same answer: 1.</p>" in page
    assert "Median salary: $<del>336,500</del>" in page and "Median salary: $<ins>1</ins>" in page
    expected, since = JUnitXml.fromfile(str(here / "tests.xml"))
    assert (expected.name, expected.tests, expected.failures) == ("expected", 3, 1)
    assert (since.name, since.tests, since.failures) == ("since", 2, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.csv"], "cannot read nothing.csv"),
        (["."], "cannot read .: Is a directory"),
        (["in.csv", "--output", "out.pdf"], ".csv, .tsv, .xlsx"),
        (["in.csv", "--output", "no/folder/out.csv"], "a folder that there is"),
        (["in.csv", "--output", "in.csv"], "is given as INPUT, too"),
        (["in.csv", "--question-column", "nothing"], "'id', 'question', 'expected'"),
        (["in.csv", "--since", "in.csv"], "holds no answers"),
        (["names.csv"], "holds no question"),
        (["plain.csv", "--fail-under", "0.5"], "fill a column `expected`"),
        (["apart.csv", "--fail-under", "0.5"], "nothing is expected of any row"),
        (["in.csv", "--output", "-", "--junit", "-"], "standard output takes one result"),
        (["in.csv", "--url", "http://[::1"], "is no address of a server"),
        (["plain.csv", "--junit", "tests.xml"], "fill a column `expected`, or give an earlier run with --since"),
        (["in.csv", "--junit", "no/folder/tests.xml"], "give --junit a file in a folder that there is"),
        (["in.csv", "--junit", "out.csv"], "is given as --output, too: give --junit another name"),
        (["in.csv", "--review", "page.html"], "give that with --since"),
        (["in.csv", "--index", "nowhere"], "assistant index"),
        (["in.csv", "--api-key", "x"], "give its address with --url"),
        (["in.csv", "--url", "http://127.0.0.1:9"], "Is `assistant serve` running there"),
    ],
)
def test_what_cannot_end_well_is_said_before_anything_is_asked(
    arguments: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "names.csv").write_text("id,question\n", encoding="utf-8")
    (here / "apart.csv").write_text("question,expected\na,\n,b\n", encoding="utf-8")
    (here / "plain.csv").write_text("id,question\n1,a\n", encoding="utf-8")
    before = {one.name for one in here.iterdir()}
    given = arguments if "--output" in arguments else [*arguments, "--output", "out.csv"]
    assert main(["batch", *given]) in (1, 2, 4)
    assert said in capsys.readouterr().err
    assert {one.name for one in here.iterdir()} == before


@pytest.mark.parametrize(
    ("option", "name"),
    [("--journal", "in.csv"), ("--journal", "one.jsonl"), ("--journal", "out.csv"), ("--review", "in.csv")],
)
def test_no_file_takes_the_place_of_one_that_is_needed(option: str, name: str, url: str, here: Path) -> None:
    assert main(["batch", "in.csv", "--output", "one.jsonl", "--url", url]) == 0
    before = {one.name: one.read_bytes() for one in here.iterdir()}
    arguments = ["batch", "in.csv", "--output", "out.csv", "--url", url, "--since", "one.jsonl", option, name]
    assert main(arguments) == 2
    assert {one.name: one.read_bytes() for one in here.iterdir()} == before


def test_a_link_and_what_may_read_a_file_stay_as_they_are(url: str, here: Path) -> None:
    (here / "real.csv").touch(mode=0o600)
    (here / "link.csv").symlink_to("real.csv")
    assert main(["batch", "in.csv", "--output", "link.csv", "--url", url]) == 0
    assert (here / "link.csv").is_symlink() and (here / "real.csv").read_text("utf-8").startswith("id;question;")
    assert (here / "real.csv").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_into_and_stays_one(url: str, here: Path) -> None:
    os.mkfifo(here / "pipe.csv")
    with subprocess.Popen(["cat", "pipe.csv"], stdout=subprocess.PIPE) as reader:
        assert main(["batch", "in.csv", "--output", "pipe.csv", "--url", url]) == 0
        assert reader.stdout and reader.stdout.read().startswith(b"id;question;")
    assert (here / "pipe.csv").is_fifo()
    assert {one.name for one in here.iterdir()} == {"in.csv", "pipe.csv"}


def test_a_reader_that_leaves_changes_no_exit_status(url: str, here: Path) -> None:
    (here / "in.csv").write_text(QUESTIONS.replace("336", "337"), encoding="utf-8")
    command = f"{sys.executable} -m assistant batch in.csv -o - --to xlsx --url {url} --junit tests.xml --fail-under 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | true"], capture_output=True, text=True)
    assert done.returncode == 1 and "rows: " in done.stderr and (here / "tests.xml").exists()


def test_closed_streams_and_a_full_disk_are_said_or_borne(url: str, here: Path) -> None:
    command = f"{sys.executable} -m assistant batch"
    done = subprocess.run(f"{command} - -o out.csv --url {url} <&-", shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "assistant: standard input is closed: give INPUT a file\n")
    done = subprocess.run(f"{command} in.csv -o - --url {url} 2>&-", shell=True, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("id;question;") and "rows: " not in done.stdout
    done = subprocess.run(f"{command} in.csv -o - --url {url} >/dev/full", shell=True, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.endswith("cannot write standard output: No space left on device\n")


def test_questions_that_failed_are_no_success(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(remote: Remote, question: str) -> object:
        raise ServerFault("it broke", given=500)

    with monkeypatch.context() as patched:
        patched.setattr(Remote, "reply", fault)
        assert main(["batch", "in.csv", "--output", "out.csv", "--url", url]) == 1
    assert "failed: 2 questions: run the same command again to ask only those" in capsys.readouterr().err
    assert main(["batch", "in.csv", "--output", "out.csv", "--url", url]) == 0


def test_a_bad_share_or_number_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["--fail-under", "90"], "90 is no share: give a number from 0 to 1"),
        (["--fail-under", "x"], "x is no share: give a number from 0 to 1"),
        (["--jobs", "0"], "0: give a whole number from 1 to 256"),
        (["--jobs", "x"], "x: give a whole number from 1 to 256"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(["batch", "in.csv", "--output", "out.csv", *arguments])
        assert said in capsys.readouterr().err


def test_a_run_that_a_server_ends_says_how_it_goes_on(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = Remote.reply

    def gone(remote: Remote, question: str) -> object:
        if question == "zebra":
            raise ServerFault("who are you", given=401)
        return ask(remote, question)

    monkeypatch.setattr(Remote, "reply", gone)
    arguments = ["batch", "in.csv", "--output", "out.csv", "--url", url, "--jobs", "1"]
    assert main(arguments) == 1
    assert "1 answer kept in out.csv.journal: run the same command again to go on" in capsys.readouterr().err
    assert not (here / "out.csv").exists()
    monkeypatch.setattr(Remote, "reply", ask)
    assert main(arguments) == 0
    assert "goes on where it was: 1 question answered already" in capsys.readouterr().err
    assert not (here / "out.csv.journal").exists()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the shipped guide."""
    folder = tmp_path_factory.mktemp("index")
    command = [sys.executable, "-m", "assistant", "index", "--corpus", str(ROOT / "corpus"), "--index", str(folder)]
    subprocess.run(command, check=True)
    return folder


def development(n: int) -> list[str]:
    """Questions on the guide, and others."""
    lines = (ROOT / "tests" / "data" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    return [f"{start}{question}" for start in ("", "Please tell me: ", "So, ") for question in questions][:n]


ALIKE = ["How much is a baker paid?", "Who leads the team?", "What salary does a baker get?"]


@pytest.mark.model
def test_questions_to_a_server_are_compared_by_meaning(
    url: str, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "in.txt").write_text("\n".join(ALIKE), encoding="utf-8")
    arguments = ["batch", "in.txt", "--output", "out.csv", "--url", url]
    assert main(arguments) == 0
    assert "most alike, candidates to merge: 1 pair\n  rows 1 and 3, 0." in capsys.readouterr().err
    monkeypatch.setattr(encoder_prepare, "SHIPPED", here / "nowhere")
    assert main(arguments) == 0
    told = capsys.readouterr().err
    assert "questions are compared by their words, as the encoder cannot be loaded: " in told
    assert "most alike" not in told


@pytest.mark.model
def test_several_processes_say_what_one_server_says(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from assistant.compose import open_answerer
    from assistant.settings import load_settings

    answerer = open_answerer(load_settings({"index": index}))
    questions = development(60)
    (tmp_path / "in.txt").write_text("\n".join(questions), encoding="utf-8")
    alike = []
    with serving(create_app(lambda: answerer)) as url:
        for name, where in (("far.jsonl", ["--url", url]), ("near.jsonl", ["--index", str(index), "--jobs", "3"])):
            assert main(["batch", str(tmp_path / "in.txt"), "--output", str(tmp_path / name), *where]) == 0
            alike.append(capsys.readouterr().err.partition("most alike")[2])
    assert alike[0] == alike[1] and alike[0].count("rows ") == 5
    far, near = (
        [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text("utf-8").splitlines()]
        for name in ("far", "near")
    )
    assert len(far) == len(questions) and {one["status"] for one in far} == {"answered", "refused"}
    for one, other in zip(far, near, strict=True):
        assert abs(one.pop("confidence") - other.pop("confidence")) <= 0.001
        for place in (*one["closest"], *other["closest"]):
            assert place.pop("score") <= 1
        assert one == other


@pytest.mark.model
def test_a_killed_run_takes_its_processes_with_it_and_goes_on(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_READER", "none")
    (tmp_path / "in.txt").write_text("\n".join(f"{one} {n}" for n in range(4) for one in development(60)), "utf-8")
    command = [sys.executable, "-m", "assistant", "batch", str(tmp_path / "in.txt"), "--index", str(index), "--output"]
    subprocess.run([*command, str(tmp_path / "whole.jsonl")], check=True, capture_output=True)
    journal, path = tmp_path / "out.jsonl.journal", tmp_path / "out.jsonl"
    for wanted in (20, 60, 120, 180):
        with subprocess.Popen([*command, str(path)], stderr=subprocess.DEVNULL) as run:
            while (journal.read_bytes().count(b"\n") if journal.exists() else 0) < wanted and run.poll() is None:
                time.sleep(0.005)
            tasks = Path(f"/proc/{run.pid}/task").glob("*/children")
            beside = [int(one) for task in tasks for one in task.read_text().split()]
            run.send_signal(signal.SIGKILL)
        assert beside
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in beside) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(Path(f"/proc/{pid}").exists() for pid in beside)
    done = subprocess.run([*command, str(path)], check=True, capture_output=True, text=True)
    assert "goes on where it was" in done.stderr
    assert path.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert not journal.exists()


@pytest.mark.model
def test_a_process_that_dies_ends_the_run_with_an_error(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_READER", "none")
    with closing(LocalBackend(load_settings({"index": index}), jobs=2, expected=100)) as here:
        [beside] = here._beside
        assert [*here.ask(["Who leads?"], ["Who leads?"])]  # by this one, as the other comes after it
        beside._process.kill()
        beside._process.wait()
        hand = here._ask_beside(beside)
        with pytest.raises(AssistantError, match="a process that answers has ended"):
            [*hand(["Who leads?"], ["Who leads?"])]
        with pytest.raises(AssistantError, match="a process that answers has ended"):
            [*hand(["Who leads?"], ["Who leads?"])]
