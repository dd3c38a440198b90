"""The words of a text as stems, by which texts are found and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from threading import Lock

import Stemmer

STOPWORDS = frozenset(
    """a about again all also an and any are as at be been between both but by can did do does each few for from had has
    have he her here him his how i if in into is it its just may me more most my no not of on once only or other our
    over own same she so some such than that the their them then there these they this those to too under us very was
    we were what when where which who why will with you your""".split()  # noqa: SIM905
)
MARKS = re.compile("[\u0300-\u036f]")  # accents, once a letter is taken apart
WORD = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?"  # 336,500 and 1,000.50
    r"|\d+\.\d+(?![\w.])"  # 3.5
    r"|[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+(?!\w)"  # ph.d and u.s
    r"|[^\W\d_](?:\+\+|#)(?!\w)"  # c++ and c#
    r"|[^\W_]+(?:'[^\W_]+)*"
)
COMPOUND = re.compile(
    r"(?<![\w.])(?:\.[^\W\d_]{2}[^\W_]*"  # .net and .env
    r"|v?\d+(?:\.\d+){2,}(?![^\W_])"  # 1.2.3
    r"|(?=[\d/_-]*[^\W\d_])(?=[^\W\d]*[-/_]?[^\W\d]*\d)[^\W_]+(?:[-/_][^\W_]+)+"  # ab-1234
    r"|[^\W_]+(?:[._][^\W\d_]{2,})+)"  # max_age and server.yml
)

_stemmer = Stemmer.Stemmer("english", 0)
_one_at_a_time = Lock()  # the stemmer has state of its own


def words(text: str, *, leave_out: Container[str] = STOPWORDS) -> list[str]:
    """The stems of a text's words in order, stopwords left out; accents and the marks of numbers, too."""
    apart = MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    plain = unicodedata.normalize("NFKC", apart).casefold().replace("\u2019", "'")
    return [_stem(word) for word in WORD.findall(plain) if word not in leave_out]


def terms(text: str) -> list[str]:
    """The words of a text, as `words` has them, and what several of them make up: "ab-1234", "1.2.3", ".net"."""
    folded = text.casefold()
    # None spans white space, and each holds a mark: most parts of a text need no look.
    marked = [part for part in folded.split() if "-" in part or "." in part[:-1] or "/" in part or "_" in part]
    return [*words(text), *(match.group() for part in marked for match in COMPOUND.finditer(part))]


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    plain = word.replace(",", "") if word[0].isdigit() else word
    if re.fullmatch(r"[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+", plain):
        return plain.replace(".", "")
    with _one_at_a_time:
        stem: str = _stemmer.stemWord(plain)
    return stem
