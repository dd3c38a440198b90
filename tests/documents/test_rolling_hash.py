from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import rolling_hash
from assistant.documents.rolling_hash import find_quotation, mark

TEXTS = st.text(st.sampled_from(["a", "b", " ", "\n", "\u00a0", "é", "👩", "\u3000"]), max_size=30)


def slow(text: str, quotation: str) -> list[str]:
    """The same by trying each place."""
    wanted = "".join(quotation.split())
    places = [n for n, c in enumerate(text) if not c.isspace()]
    tried = ((places[n], places[n + len(wanted) - 1] + 1) for n in range(len(places) - len(wanted) + 1))
    return [text[start:end] for start, end in tried if "".join(text[start:end].split()) == wanted]


@given(TEXTS, TEXTS.filter(str.strip), TEXTS)
def test_a_quotation_is_found_wherever_it_stands(before: str, quotation: str, after: str) -> None:
    text = before + quotation + after
    found = [text[start:end] for start, end in find_quotation(text, mark(quotation))]
    assert found == slow(text, quotation) and quotation.strip() in found


def test_the_mark_of_a_quotation_stays_as_it_is() -> None:
    assert mark("Median salary: $234,750") == mark("Median\u00a0salary:\r\n\t$234,750") == "21-c0d71618b0408dfd"
    assert mark("ab") != mark("ba")


def test_what_is_no_mark_is_found_nowhere() -> None:
    for wrong in ("", "3", "0-0000000000000000", "3-xyz", "-1-" + "0" * 16, "99999999-" + "0" * 16, mark(" ")):
        assert find_quotation("a b c", wrong) == []
    assert find_quotation("", mark("a")) == []


def test_a_long_text_is_searched_whole() -> None:
    step = rolling_hash._STEP
    for place in (0, 3, step - 2, step, 2 * step - 5):
        text = "x" * place + "needle" + "y" * (2 * step - place)
        assert find_quotation(text, mark("needle")) == [(place, place + 6)]
    long = "z" * step + "q"
    assert find_quotation(f"a{long}b{long}c", mark(long)) == [(1, step + 2), (step + 3, 2 * step + 4)]
