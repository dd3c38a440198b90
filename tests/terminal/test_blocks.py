"""An answer in a terminal: under headings, in lists and tables, each line with its sources."""

from __future__ import annotations

from dataclasses import replace

from bakery import BAKERY, assistant

from assistant.terminal.blocks import laid_out, stated
from assistant.types import Answer, Block

ANSWER = assistant({"Baker": BAKERY}).ask("What are the late duties?")


def shown(*blocks: Block, confidence: float = 0.9) -> list[str]:
    """The lines of an answer of these blocks, which all cite one document."""
    cited = max(n for block in blocks for n in block.citations) + 1
    answer: Answer = replace(ANSWER, blocks=blocks, citations=ANSWER.citations[:1] * cited, confidence=confidence)
    return list(laid_out(answer))


def test_lines_of_one_section_stand_under_its_heading_as_a_list() -> None:
    blocks = [Block("They are:", (0,), "Ovens", "lead"), Block("red", (1,), "Ovens", "item")]
    blocks.append(Block("Blue: cold", (2,), "Ovens", "pair"))
    assert shown(*blocks) == ["Ovens", "  They are: [1]", "  - red [2]", "  - Blue: cold [3]"]


def test_one_item_is_no_list_and_a_text_without_a_section_has_no_heading() -> None:
    assert shown(Block("red", (0,), None, "item")) == ["red [1]"]


def test_what_is_compared_stands_under_its_own_headings_which_are_cited() -> None:
    one = Block("Ovens: Red oven: 300", (0, 1), "Ovens", "pair")
    other = Block("Wages: $61,000", (2, 3), "Wages", "sentence")
    assert shown(one, other) == ["Ovens [1]", "  Red oven: 300 [2]", "", "Wages [3]", "  $61,000 [4]"]


def test_rows_of_a_table_stand_in_columns_under_their_names() -> None:
    header = Block("Job · Pay", (0,), "Wages", "header", (("", "Job"), ("", "Pay")))
    baker = Block("Baker · $61,000", (1,), "Wages", "row", (("Job", "Baker"), ("Pay", "$61,000")))
    driver = Block("Van driver · $9", (2,), "Wages", "row", (("Job", "Van driver"), ("Pay", "$9")))
    table = ["Wages", "  Job         Pay", "  Baker       $61,000 [2]", "  Van driver  $9 [3]"]
    assert shown(header, baker, driver) == table
    assert shown(replace(baker, citations=(1,)), driver) == table


def test_an_unlikely_answer_says_that_it_may_not_fit() -> None:
    assert shown(Block("red", (0,)), confidence=0.4) == ["This may not fit the question.", "", "red [1]"]


def test_a_task_is_said_with_the_state_of_its_box_and_other_brackets_stay() -> None:
    assert stated("[x] Order boxes") == "Order boxes (done)"
    assert stated("[ ] Cancel the lease") == "Cancel the lease (not done)"
    assert stated("[y] of it") == "[y] of it"
