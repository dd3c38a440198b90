"""BM25 and the words that it counts."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from math import log
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import IndexDamaged
from assistant.index.bm25 import K1, B, Bm25Lexicon
from assistant.question.stems import terms, words

TEXTS = [
    "Median salary: $336,500 a year",
    "Lead the data team and hire engineers",
    "Engineers write C++ and Python",
    "",
    "Lead the data team and hire engineers",
    "Salaries differ: 60-70% stay below the median",
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Median salary: $336,500", ["median", "salari", "336500"]),
        ("60-70% of 3.5 years", ["60", "70", "3.5", "year"]),
        ("C++, C# and Python", ["c++", "c#", "python"]),
        ("a Ph.D. or a PhD", ["phd", "phd"]),
        ("the Bachelor\u2019s degree", ["bachelor", "degre"]),
        ("naïve ﬁnance \uff21\uff29", ["naiv", "financ", "ai"]),
        ("head_of AI/ML", ["head", "ai", "ml"]),
        ("engineering engineers engineered", ["engin", "engin", "engin"]),
        ("what is the", []),
        ("lone \ud800 surrogate 😀", ["lone", "surrog"]),
    ],
)
def test_reduces_a_text_to_its_stems(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Fit the AB-1234.", ["ab-1234"]),
        ("Came with v1.2.3, not 1.2.4", ["v1.2.3", "1.2.4"]),
        (".NET and C++ need max_age in server.yml", [".net", "max_age", "server.yml"]),
        ("IPv6 and E11000 are words already", []),
        ("60-70% of 3.5 years, and/or a full-time year", []),
    ],
)
def test_adds_what_words_make_up(text: str, added: list[str]) -> None:
    assert terms(text) == [*words(text), *added]


def test_finds_a_code_before_its_like() -> None:
    lexicon = Bm25Lexicon(["the AB-1235 and the CD-1234", "the AB-1234 of steel and of brass, in three sizes"])
    assert lexicon.search("AB-1234", 9)[0][0] == 1


@given(st.text(alphabet=st.characters()))
def test_takes_any_text(text: str) -> None:
    assert all(word for word in words(text))


def test_scores_as_bm25_by_hand() -> None:
    lexicon = Bm25Lexicon(["cat dog", "cat cat cat fish", "bird"])
    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = 7 / 3
    one = idf * 1 / (1 + 1.2 * (0.25 + 0.75 * 2 / mean))
    three = idf * 3 / (3 + 1.2 * (0.25 + 0.75 * 4 / mean))
    rows, scores = zip(*lexicon.search("cats", 10), strict=True)
    assert rows == (1, 0)
    assert scores == pytest.approx((three, one))
    assert lexicon.idf("cat") == pytest.approx(idf)


def test_gives_the_scores_of_bm25s() -> None:
    peer = bm25s.BM25(method="lucene", k1=K1, b=B)
    peer.index([words(text) for text in TEXTS], show_progress=False)
    query = "salary of engineers in the data team"
    rows, scores = peer.retrieve([words(query)], k=5, show_progress=False)
    theirs = {int(row): float(score) for row, score in zip(rows[0], scores[0], strict=True) if score > 0}
    assert dict(Bm25Lexicon(TEXTS).search(query, 10)) == pytest.approx(theirs)


def test_finds_only_what_shares_a_word() -> None:
    lexicon = Bm25Lexicon(TEXTS)
    assert [row for row, _ in lexicon.search("336500", 10)] == [0]
    assert lexicon.search("zebra", 10) == []
    assert lexicon.search("", 10) == []


def test_puts_the_lower_row_first_when_scores_are_equal() -> None:
    assert [row for row, _ in Bm25Lexicon(TEXTS).search("hire", 1)] == [1]
    assert [row for row, _ in Bm25Lexicon(TEXTS).search("hire", 9)] == [1, 4]


def test_searches_the_given_rows_alone() -> None:
    assert [row for row, _ in Bm25Lexicon(TEXTS).search("engineers", 9, rows=[4, 2, 0])] == [2, 4]
    assert Bm25Lexicon(TEXTS).search("engineers", 9, rows=[]) == []


def test_tells_how_many_texts_hold_a_word() -> None:
    lexicon = Bm25Lexicon(TEXTS)
    assert lexicon.vocabulary["salari"] == 2
    assert lexicon.vocabulary["lead"] == 2
    assert lexicon.idf("zebra") > lexicon.idf("336500") > lexicon.idf("salari")


def test_is_the_same_after_it_was_saved_and_loaded(tmp_path: Path) -> None:
    lexicon = Bm25Lexicon(TEXTS)
    lexicon.save(tmp_path / "terms")
    loaded = Bm25Lexicon.load(tmp_path / "terms")
    assert len(loaded) == len(TEXTS)
    assert loaded.vocabulary == lexicon.vocabulary
    assert loaded.search("salary engineers", 9) == lexicon.search("salary engineers", 9)


def test_takes_over_the_stems_of_texts_that_it_is_told(tmp_path: Path) -> None:
    texts = [*TEXTS, "lone \ud800 surrogate \U0001f600"]
    Bm25Lexicon(texts, more=lambda stems: [*stems, "more"]).save(tmp_path / "terms")
    known = Bm25Lexicon.load(tmp_path / "terms").stems(tmp_path / "terms")
    assert known == [[*terms(text), "more"] for text in texts]
    told = [*known[:-1], None]
    Bm25Lexicon(texts, more=lambda stems: [*stems, "more"], known=lambda row: told[row]).save(tmp_path / "again")
    for path in (tmp_path / "terms").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_saves_the_same_bytes_for_the_same_texts(tmp_path: Path) -> None:
    for name in ("one", "other"):
        Bm25Lexicon(TEXTS).save(tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


@pytest.mark.parametrize("texts", [[], ["", "..."]])
def test_holds_texts_without_words(texts: list[str], tmp_path: Path) -> None:
    Bm25Lexicon(texts).save(tmp_path / "terms")
    loaded = Bm25Lexicon.load(tmp_path / "terms")
    assert len(loaded) == len(texts)
    assert loaded.search("anything", 3) == []
    assert loaded.vocabulary == {} == Bm25Lexicon(texts).vocabulary


def test_refuses_a_folder_that_it_cannot_read(tmp_path: Path) -> None:
    Bm25Lexicon(TEXTS).save(tmp_path / "terms")
    (tmp_path / "terms" / "rows.npy").write_bytes(b"")
    with pytest.raises(IndexDamaged, match="terms"):
        Bm25Lexicon.load(tmp_path / "terms")


def test_refuses_a_file_that_would_run_code(tmp_path: Path) -> None:
    Bm25Lexicon(TEXTS).save(tmp_path / "terms")
    np.save(tmp_path / "terms" / "rows.npy", np.array([Path()], dtype=object), allow_pickle=True)
    with pytest.raises(IndexDamaged, match="terms"):
        Bm25Lexicon.load(tmp_path / "terms")


def test_says_nothing_while_it_is_built(capfd: pytest.CaptureFixture[str]) -> None:
    Bm25Lexicon(TEXTS)
    assert capfd.readouterr() == ("", "")


def test_gives_the_same_to_threads_at_once() -> None:
    lexicon, queries = Bm25Lexicon(TEXTS), ["salary of engineers", "hiring", "median years"] * 50
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda query: lexicon.search(query, 5), queries))
    assert found == [lexicon.search(query, 5) for query in queries]


def test_opens_without_the_library_that_built_it() -> None:
    code = "import sys, assistant.index.bm25; print(sorted({'bm25s', 'scipy', 'numba', 'tqdm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_it_tells_which_texts_hold_a_stem() -> None:
    lexicon = Bm25Lexicon(["a red cat", "a dog", "cats"])
    assert (lexicon.rows("cat"), lexicon.rows("zebra")) == ([0, 2], [])
