from __future__ import annotations

import json

import pytest

from assistant.documents.stored import as_row, from_row
from assistant.testing import document


@pytest.mark.parametrize("text", ["# Pay\nThe pay is $5.\n## Bonus\n- ten\n- 😀 e\u0301\r\n", "\u2028x"])
def test_a_document_comes_back_as_it_was(text: str) -> None:
    made = document(text, id="a/b.md", title="B", metadata={"n": [1, None, {"x": 2.5}]})
    assert from_row(json.loads(json.dumps(as_row(made))), text) == made
