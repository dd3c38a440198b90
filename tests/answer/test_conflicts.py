"""What other documents say to the very thing asked."""

from __future__ import annotations

from bakery import BAKERY, assistant

from assistant.types import Answer, Turn

OVENS = "Ovens\nThe oven of {0} takes {1} loaves.\nHours\nThe shop of {0} closes at {2}.\n"
SHOPS = {
    name: OVENS.format(name, loaves, hour)
    for name, loaves, hour in (("Kelm", 40, 16), ("Brandt", 60, 18), ("Sorin", 80, 17))
}


def cited(answer: Answer) -> set[str]:
    return {citation.document_id for citation in answer.citations}


def test_two_documents_of_one_subject_with_different_values_are_both_said() -> None:
    both = assistant({"Baker": BAKERY, "Baker ": BAKERY.replace("61,000", "52,000")})
    answer = both.ask("What is the median wage of a Master Baker?")
    assert {block.text.split(": ")[-1] for block in answer.blocks} == {"$61,000", "$52,000"}
    (groups,) = answer.conflicts
    assert {answer.citations[n].cited_text for group in groups for n in group} == {
        "Median wage: $61,000",
        "Median wage: $52,000",
    }


def test_a_note_about_what_the_question_names_does_not_win_over_its_own_document() -> None:
    library = assistant({**SHOPS, "Notes": "The oven of Kelm takes 1 loaves.\n"})
    answer = library.ask("How many loaves does the oven of Kelm take?")
    assert cited(answer) == {"kelm.txt", "notes.txt"}
    assert len(answer.conflicts) == 1


def test_a_document_of_the_same_kind_about_something_else_is_no_conflict() -> None:
    answer = assistant(SHOPS).ask("How many loaves does the oven of Kelm take?")
    assert [block.text for block in answer.blocks] == ["The oven of Kelm takes 40 loaves."]
    assert answer.conflicts == ()


def test_a_question_that_names_none_of_them_is_asked_back_and_the_reply_answers_it() -> None:
    library = assistant(SHOPS)
    answer = library.ask("How many loaves does the oven take?")
    assert (answer.status, answer.reason) == ("refused", "ambiguous")
    assert answer.message == "Several documents answer this. Which one do you mean: Kelm, Brandt or Sorin?"
    assert {citation.document_id for citation in answer.closest} == {"kelm.txt", "brandt.txt", "sorin.txt"}
    for reply, ids in (("Brandt", {"brandt.txt"}), ("the second one", {"brandt.txt"}), ("the Kelm one", {"kelm.txt"})):
        assert cited(library.ask(reply, history=[Turn("user", "How many loaves does the oven take?")])) == ids


def test_a_question_about_something_that_none_of_them_names_is_refused() -> None:
    answer = assistant(SHOPS).ask("How many loaves does the oven of Halvorsen take?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")
    assert answer.message is not None and "halvorsen" in answer.message.casefold()


def test_copies_are_no_rivals() -> None:
    answer = assistant({"Kelm": SHOPS["Kelm"], "Kelm (copy)": SHOPS["Kelm"].upper()}).ask(
        "How many loaves does the oven take?"
    )
    assert cited(answer) == {"kelm.txt"}


def test_a_list_of_questions_answers_none() -> None:
    asked = (
        "How many loaves does the oven of Kelm take?\nHow many does that of Brandt take?\nWhen does the shop close?\n"
    )
    answer = assistant({**SHOPS, "Questions": asked * 5}).ask("How many loaves does the oven of Kelm take?")
    assert cited(answer) == {"kelm.txt"}


def test_the_version_in_force_answers() -> None:
    fees = {
        "Fees 2022": "Valid from 1 January 2022.\nLanes\nA lane costs 18 euros.\n",
        "Fees 2025": "This replaces the fees of 2022.\nLanes\nA lane costs 23 euros.\n",
    }
    library = assistant(fees)
    assert library.ask("What does a lane cost now?").text == "A lane costs 23 euros."
    assert library.ask("What did a lane cost in 2023?").text == "A lane costs 18 euros."


def test_what_documents_of_one_kind_say_of_others_is_not_said_of_what_none_is_about() -> None:
    answer = assistant(SHOPS).ask("When does the shop of millers close?")
    assert (answer.status, answer.reason) == ("refused", "unsupported")


def test_the_same_sentence_with_another_figure_is_a_conflict_however_often_it_is_repeated() -> None:
    shop = "Ovens\nThe big oven takes 40 loaves at a time.\nHours\nThe shop closes at 16.\n"
    for n in (1, 9):
        notes = "Notes\n" + "The big oven takes 90 loaves at a time. " * n
        answer = assistant({"Kelm": shop, "Notes": notes}).ask("How many loaves does the big oven take?")
        assert cited(answer) == {"kelm.txt", "notes.txt"}
        assert len(answer.conflicts) == 1 and len(answer.blocks) == 2


def test_a_question_above_a_false_value_gives_it_no_weight() -> None:
    shop = "Ovens\nThe big oven holds 40 loaves at a time.\nHours\nThe shop closes at 16.\n"
    asked = "Q: What is the capacity of the big oven in loaves?\nA: The big oven holds 90 loaves at a time.\n"
    answer = assistant({"Kelm": shop, "Notes": asked}).ask("What is the capacity of the big oven in loaves?")
    assert cited(answer) == {"kelm.txt", "notes.txt"} and len(answer.conflicts) == 1


def test_a_copy_under_a_longer_title_is_of_the_same_subject() -> None:
    both = assistant({"Bakery": BAKERY, "Bakery, all about it": BAKERY.replace("61,000", "52,000")})
    answer = both.ask("What is the median wage of a Master Baker?")
    assert cited(answer) == {"bakery.txt", "bakery, all about it.txt"} and len(answer.conflicts) == 1
