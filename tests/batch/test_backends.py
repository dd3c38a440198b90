"""What everything that a batch can ask holds to: an index on this machine, a server, and the fake of the tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from batches import GUIDE, Near
from serving import serving

from assistant.batch.backends import LocalBackend
from assistant.batch.near_duplicates import LACKING, TOGETHER
from assistant.batch.remote import RemoteBackend
from assistant.batch.run import Asker, Failed
from assistant.server import create_app
from assistant.settings import load_settings
from assistant.testing import HashEncoder, StaticAnswerer
from assistant.types import Vectors
from assistant.wire import AnswerBody

TEXT = "# Pay\nThe median salary of a baker is $336,500 a year.\n# Duties\nThe baker leads the team.\n"
QUESTIONS = ["What is the median salary of a baker?", "Which zebras live here?"]


@pytest.fixture(scope="module", params=["fake", "server", "encoder", pytest.param("here", marks=pytest.mark.model)])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    if request.param == "fake":
        yield Near()
    elif request.param in ("server", "encoder"):
        answerer = StaticAnswerer(GUIDE, index_id="one")
        encoder = HashEncoder() if request.param == "encoder" else None
        with (
            serving(create_app(lambda: answerer)) as url,
            closing(RemoteBackend(url, open_encoder=lambda: encoder)) as remote,
        ):
            yield remote
    else:
        folder: Path = tmp_path_factory.mktemp("index")
        (folder / "corpus").mkdir()
        (folder / "corpus" / "guide.md").write_text(TEXT, encoding="utf-8")
        command = [sys.executable, "-m", "assistant", "index", "--corpus", str(folder / "corpus"), "--index"]
        subprocess.run([*command, str(folder / "index")], check=True)
        settings = load_settings({"index": folder / "index", "reader": "none", "max_false_answer_rate": 1.0})
        with closing(LocalBackend(settings, jobs=2)) as local:
            yield local


def asked(asker: Asker, questions: list[str], among: list[str] | None = None) -> list[AnswerBody]:
    """The replies to these questions, none of which may fail."""
    found = list(asker.ask(questions, among or questions))
    assert not [one for one in found if isinstance(one, Failed)]
    return [one for one in found if isinstance(one, AnswerBody)]


def test_every_wanted_question_is_answered_in_order(asker: Asker) -> None:
    assert [body.question for body in asked(asker, QUESTIONS)] == QUESTIONS
    assert [body.question for body in asked(asker, QUESTIONS[::-1])] == QUESTIONS[::-1]
    assert [body.question for body in asked(asker, QUESTIONS[1:], QUESTIONS)] == QUESTIONS[1:]
    assert list(asker.ask([], QUESTIONS)) == []


def test_an_answer_does_not_depend_on_what_it_is_asked_with(asker: Asker) -> None:
    alone, together = asked(asker, QUESTIONS[:1]), asked(asker, QUESTIONS)
    assert alone[0].outcome() == together[0].outcome()


def test_an_answer_is_fresh_until_index_or_settings_change(asker: Asker) -> None:
    [body] = asked(asker, QUESTIONS[:1])
    assert body.index_id == asker.index_id
    assert asker.is_fresh(body) and asker.is_fresh(body.outcome())
    assert not asker.is_fresh(body.model_copy(update={"id": "ans_0"}))
    assert not asker.renewed()


def test_it_knows_its_documents_and_what_they_say(asker: Asker) -> None:
    [id] = asker.documents
    assert asker.documents[id] in ("Guide", "guide", "Pay")
    assert asker.says(id, "median salary") or asker.says(id, "Median salary")
    assert not asker.says(id, "zebra")
    assert not asker.says("nowhere.txt", "salary")


def test_no_more_threads_are_wanted_than_there_are_questions(asker: Asker) -> None:
    assert asker.together >= 1
    assert asker.jobs(1) == 1
    assert 1 <= asker.jobs(1000) <= 8


def test_likeness_is_of_each_question_with_all_before_it(asker: Asker) -> None:
    questions = ["median salary of a baker", "who leads the team", "the median salary of a baker"]
    alike = asker.likeness(questions)(0, 3)
    assert alike.shape == (3, 3)
    assert np.allclose(alike, alike.T, atol=1e-3)
    assert alike.max() <= 1.01
    assert alike[2, 0] > 0.9 > alike[1, 0]
    assert np.allclose(asker.likeness(questions)(2, 3), alike[2:3], atol=1e-3)


class Meaning(HashEncoder):
    """Takes a wage for pay. Keeps how many questions came together."""

    def __init__(self) -> None:
        super().__init__()
        self.together: list[int] = []

    def encode_alike(self, texts: Sequence[str]) -> Vectors:
        self.together.append(len(texts))
        return super().encode_alike([text.replace("wage", "pay") for text in texts])


def test_an_encoder_here_tells_how_alike_questions_to_a_server_are() -> None:
    answerer, encoder = StaticAnswerer(GUIDE), Meaning()
    with serving(create_app(lambda: answerer)) as url, closing(RemoteBackend(url, open_encoder=lambda: encoder)) as far:
        alike = far.likeness(["median pay", "zebra", "median wage"])(0, 3)
        assert alike[2, 0] == pytest.approx(1) and alike[1, 0] < 0.5
        assert far.likeness([])(0, 0).shape == (0, 0) and far.likeness(["zebra"])(0, 1).shape == (1, 1)
    assert encoder.together == [3]
    with serving(create_app(lambda: answerer)) as url, closing(RemoteBackend(url)) as far:
        assert far.likeness(["median pay", "zebra", "median wage"])(0, 3)[2, 0] < 0.9


def test_many_questions_are_encoded_only_where_the_run_has_asked_them() -> None:
    answerer, encoder = StaticAnswerer(GUIDE), Meaning()
    questions = [f"median pay {n}" for n in range(LACKING)]
    with serving(create_app(lambda: answerer)) as url, closing(RemoteBackend(url, open_encoder=lambda: encoder)) as far:
        far.likeness([*questions, "one more"])
        assert encoder.together == []
        asked(far, ["one more"])
        assert far.likeness([*questions, "one more"])(0, 1).shape == (1, 1)
    assert sum(encoder.together) == LACKING + 1 and max(encoder.together) == TOGETHER
