"""Answers from PostgreSQL are those from a folder, and only who asks for PostgreSQL loads what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from database import Server

from assistant.building import build_index
from assistant.compose import open_answerer
from assistant.settings import load_settings
from assistant.types import Filters
from assistant.wire import AnswerBody

ROOT = Path(__file__).parent.parent
LIBRARIES = {"psycopg", "psycopg_pool", "pgvector", "assistant.index.postgres"}


def test_an_index_in_a_folder_is_built_and_opened_without_the_libraries_of_a_database(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path[:0] = ['tests']\n"
        "import assistant.cli, assistant.server.command, assistant.batch.command, assistant.server.live\n"
        "from assistant.compose import open_store; from assistant.settings import load_settings; import builds\n"
        "store = open_store(load_settings({'index': sys.argv[1]}))\n"
        "builds.put(store, builds.documents()); store.open()\n"
        f"print(sorted({LIBRARIES} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_a_database_without_the_libraries_for_it_is_a_usage_error_that_names_the_extra(tmp_path: Path) -> None:
    code = (
        "import sys; from importlib.machinery import PathFinder\n"
        "class Without(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'psycopg_pool' else PathFinder.find_spec(name, path, target)\n"
        "sys.meta_path[sys.meta_path.index(PathFinder)] = Without\n"
        "from assistant.cli import main; sys.exit(main(['ask', 'Why?', '--index', 'postgresql://u:s3cret@h/d']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2 and "pip install 'role-assistant[postgres]'" in done.stderr


@pytest.mark.model
def test_the_questions_of_the_guide_are_answered_alike_from_both(postgres: Server, tmp_path: Path) -> None:
    folder, url = tmp_path / "index", postgres.database()
    given = {"corpus": ROOT / "corpus", "cache": folder}  # so that the encoder is exported once
    settings = [load_settings({**given, "index": where}) for where in (folder, url)]
    reports = [build_index(each).report for each in settings]
    assert reports[0].id == reports[1].id and reports[0].passages == reports[1].passages
    here, there = map(open_answerer, settings)
    rows = [json.loads(line) for line in (ROOT / "tests/data/questions.jsonl").read_text("utf-8").splitlines()]
    narrow = Filters(sections=("Requirements", "Salary Ranges (US Market, 2024)"))
    answered = 0
    for question in (row["question"] for row in rows):
        for filters in (Filters(), narrow):
            one, other = (AnswerBody.of(each.ask(question, filters=filters), each) for each in (here, there))
            assert one.model_dump(exclude={"timings_ms"}) == other.model_dump(exclude={"timings_ms"})
            answered += one.status == "answered"
        hits, others = here.search(question, k=20), there.search(question, k=20)
        assert [hit.row for hit in hits] == [hit.row for hit in others]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in others], abs=1e-4)
    assert answered > 20

    # Another machine has the address alone: no corpus, and no model that was exported.
    code = (
        "import sys; from assistant.cli import main; status = main(sys.argv[1:]); "
        "assert not {'torch', 'sentence_transformers'} & sys.modules.keys(); sys.exit(status)"
    )
    question = "What is the median salary of a Head of AI?"
    done = subprocess.run(
        [sys.executable, "-c", code, "ask", question, "--index", url, "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "ASSISTANT_CACHE": str(tmp_path / "elsewhere"), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == here.ask(question).id

    # And a batch from it, in processes of its own.
    (tmp_path / "faq.csv").write_text(f"question\n{question}\nHow long do I boil an egg?\n")
    batch = [
        sys.executable,
        "-m",
        "assistant",
        "batch",
        "faq.csv",
        "--output",
        "answers.jsonl",
        "--index",
        url,
        "--jobs",
        "2",
    ]
    done = subprocess.run(
        batch,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "ASSISTANT_CACHE": str(folder), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text("utf-8").splitlines()]
    assert [row["status"] for row in said] == ["answered", "refused"]
