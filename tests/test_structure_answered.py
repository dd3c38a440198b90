"""What documents say by their structure is what is answered, with the shipped encoder and reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tables

from assistant.answer.pipeline import Assistant
from assistant.cli import main
from assistant.compose import open_answerer
from assistant.settings import Settings

pytestmark = pytest.mark.model

STRUCTURES = Path(__file__).parent / "data" / "structures"
RIGHT = 0.95  # of the cells asked for
LID = "Never open the lid above 100 \u00b0C."
PLANTS = "The gardener fetches them on Thursday."
ASKED = range(7, 400, 20)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Assistant]:
    """Opens an assistant over a file or a folder, that answers whatever it can."""
    index = tmp_path_factory.mktemp("index")

    def open_(corpus: Path) -> Assistant:
        assert main(["index", "--corpus", str(corpus), "--index", str(index)]) == 0
        return open_answerer(Settings.model_validate({"index": index, "max_false_answer_rate": 1.0}))

    return open_


@pytest.fixture(scope="module")
def studio(opened: Callable[[Path], Assistant]) -> Assistant:
    return opened(STRUCTURES)


@pytest.mark.parametrize(("question", "said", "cited"), [
    ("Who makes the kiln?", "Maker: Rohde", ["Maker: Rohde"]),
    ("What does the kiln weigh?", "Weight ....... 140 kg", ["Weight ....... 140 kg"]),
    ("What is the third step of firing a glaze?", "3. Start programme 4.", ["3. Start programme 4."]),
    ("When may the lid not be opened?", LID, [LID]),
    ("What do members pay for a firing?", "Members pay 7 EUR.", ["Members pay 7 EUR."]),
    ("How much is the deposit?", "Deposit: 40 EUR", ["Deposit: 40 EUR"]),
    (
        "What is bisque?",
        "Bisque: Clay that was fired once, without glaze.",
        ["Bisque", "Clay that was fired once, without glaze."],
    ),
    (
        "What was added in version 3.1.0?",
        "Version 3.1.0 (2025-03-04): Invoices can be sent by post.",
        ["Version 3.1.0 (2025-03-04)", "Invoices can be sent by post."],
    ),
    ("When was version 3.0.0 released?", "Version 3.0.0 (2024-11-20)", ["Version 3.0.0 (2024-11-20)"]),
    (
        "Which version can export invoices as UBL?",
        "Version 3.2.0 (2025-06-11): Invoices can be exported as UBL.",
        ["Version 3.2.0 (2025-06-11)", "Invoices can be exported as UBL."],
    ),
    ("Is the removal van ordered?", "[x] Order the removal van", ["[x] Order the removal van"]),
    (
        "Has the lease of the old office been cancelled?",
        "[ ] Cancel the lease of the old office",
        ["[ ] Cancel the lease of the old office"],
    ),
    ("Where do I park on moving day?", "In the yard behind building C.", ["In the yard behind building C."]),
    ("Can I take my chair along?", "Only if it has a green sticker.", ["Only if it has a green sticker."]),
    ("What happens to the plants?", PLANTS, [PLANTS]),
])  # fmt: skip
def test_structure_is_answered_from(studio: Assistant, question: str, said: str, cited: list[str]) -> None:
    answer = studio.ask(question)
    assert answer.blocks[0].text == said
    assert [answer.citations[n].cited_text for n in answer.blocks[0].citations] == cited


@pytest.mark.parametrize("name", tables.FILES)
def test_the_cell_of_a_long_table_is_found_by_its_row_and_its_column(
    name: str, opened: Callable[[Path], Assistant], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(tables.FILES[name]())
    assistant = opened(tmp_path / name)
    wrong = []
    for n in ASKED:
        row = tables.ROWS[n]
        column = 1 + n // 20 % 4
        answer = assistant.ask(f"What is the {tables.HEADER[column].casefold()} of {row[0]}?")
        cells = answer.blocks[0].cells if answer.blocks else ()
        header = answer.blocks and answer.citations[answer.blocks[0].citations[0]].cited_text
        if cells != tuple(zip(tables.HEADER, row, strict=True)) or header != " | ".join(tables.HEADER):
            wrong.append((answer.question, answer.text))
    assert len(wrong) <= (1 - RIGHT) * len(ASKED), wrong
