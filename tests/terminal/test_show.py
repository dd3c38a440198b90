"""What led to an answer, stage by stage."""

from __future__ import annotations

from bakery import BAKERY, assistant

from assistant.terminal.show import show_answer, show_explanation

BAKER = assistant({"Baker": BAKERY})


def test_an_explanation_goes_through_the_stages_with_the_figures_of_each() -> None:
    explanation = BAKER.explain("What is the median wage of a Master Baker?")
    shown = show_explanation(explanation, BAKER.documents)
    stages = ("1. found", "2. compared", "3. read", "4. weighed", "5. judged", "6. decided")
    places = [shown.index(f"  {stage}") for stage in stages]
    assert places == sorted(places)
    assert "  naming Master Baker\n" in shown
    # Of four words two stand in the line and two above it: 20 * (2 + 2 * 0.75) / 4 - 10.
    assert "   *   7.50  Median wage: $61,000\n" in shown
    assert "       2.50  Entry wage: $40,000\n" in shown
    assert explanation.working is not None
    for name, value in explanation.working.signals.items():
        assert f"     {value:6.3f}  {name.replace('_', ' ')}\n" in shown
    assert "right with probability 1.00, where 0.50 is asked for: answered with one line or list." in shown


def test_a_refusal_is_explained_with_where_to_look() -> None:
    shown = show_explanation(BAKER.explain("What was the median wage of a Master Baker in 1999?"), BAKER.documents)
    assert "where 0.50 is asked for: refused as unsupported. The closest passage" in shown
    assert "look at the first stage that goes astray" in shown


def test_a_contradiction_is_told_below_the_sources() -> None:
    shown = show_answer(BAKER.ask("Which certificate in baking?"), BAKER.documents)
    assert "The documents contradict each other here: [2] against [4].\n" in shown


def test_a_refusal_shows_two_passages_and_none_where_nothing_is_about_it() -> None:
    asked = assistant({"Baker": BAKERY}, handoff="Ask Ada: ada@example.org")
    shown = show_answer(asked.ask("What was the median wage of a Master Baker in 1999?"), asked.documents)
    assert shown.splitlines()[1:4] == ["Ask Ada: ada@example.org", "", "The closest passages:"]
    assert shown.count("\n[") == 2
    unrelated = show_answer(asked.ask("zebra xylophone"), asked.documents)
    assert unrelated == "No answer (unrelated): Nothing in the documents is about this.\nAsk Ada: ada@example.org"
    assert show_answer(asked.ask("Hello!"), asked.documents) == "Hello! Ask me about Baker."
