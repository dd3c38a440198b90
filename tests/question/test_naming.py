"""Names and codes are told from words, and from each other."""

from __future__ import annotations

import pytest

from assistant.documents.outline import Outline
from assistant.question.naming import Names, codes, holds, placed
from assistant.testing import document

TEXT = "the The branch closes Norwick Marta Kelm Zeltavin India maximum dose policy Policy team lead close error"
WRITTEN = dict.fromkeys([*TEXT.split(), "AB-1234", "1.2.3", "E11000"], 2)
NAMES = Names(WRITTEN, is_word={"when", "does", "what", "helm", "what's", "maximal", "which"}.__contains__)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Does the AB-1234 fit the X210?", ["AB-1234", "X210"]),
        ("What is new in 1.2.3 and v2.0.1-beta?", ["1.2.3", "v2.0.1-beta"]),
        ("e11000, IPv6 and W-2", ["e11000", "IPv6", "W-2"]),
        ("a 30-day, non-911 call for over-65s at 9am on the 4th of May 2024, 3.5 m2 for $20", []),
        ("", []),
    ],
)
def test_codes_are_told_from_quantities(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_code_stands_alone_in_a_text() -> None:
    assert all(holds(text, "AB-1234") for text in ("the ab-1234.", "AB 1234", "(AB1234)"))
    assert not any(holds(text, "AB-1234") for text in ("AB-12345", "CAB-1234", "AB-1235", ""))
    assert holds("came with 1.2.3.", "1.2.3")
    assert not any(holds(text, "1.2.3") for text in ("1.2.3.4", "11.2.3", "0.1.2.3", "1.2.30"))


def test_a_code_is_placed_in_a_line_or_above_it() -> None:
    outline = Outline(document("# X210\nIt is a pump.\n# Others\nThe X220 is larger.\nIt weighs 3 kg.\n", id="d"))
    lines = [outline.text(n) for n in range(len(outline.starts))]
    found = {code: [text for n, text in enumerate(lines) if placed(code, outline, n)] for code in ("X210", "X220")}
    assert any("pump" in text for text in found["X210"]) and not any("larger" in text for text in found["X210"])
    assert any("3 kg" in text for text in found["X220"]) and not any("pump" in text for text in found["X220"])


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("When does the Norwich branch close?", ("Norwich", "Norwick")),
        ("What team does Marta Helm lead?", ("Helm", "Kelm")),
        ("what is the dose of zeltamin?", ("zeltamin", "Zeltavin")),
        ("Zeltamin?", ("Zeltamin", "Zeltavin")),
        ("the E11001 error", ("E11001", "E11000")),
        ("When does the Norwick branch close?", None),
        ("What is the Maximal Dose?", None),  # near a word
        ("Do Indians?", None),  # made of a name
        ("When does the Oslo branch close?", None),  # near nothing
        ("the X210", None),
    ],
)
def test_a_name_that_is_nearly_one_of_theirs_is_noticed(question: str, meant: tuple[str, str] | None) -> None:
    assert NAMES.meant(question) == meant
