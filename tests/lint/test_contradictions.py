"""Two documents in force that give different values for the same thing are told, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from bakery import BAKERY
from looked import found

from assistant.lint.findings import Finding

POLICY = "# Leave policy\n\nEmployees get 25 days of annual leave a year.\n"
FAQ = "---\nlanguage: en\n---\n# Questions on leave\n\nEmployees get {} days of annual leave a year.\n"


def pairs(findings: list[Finding]) -> list[tuple[str, ...]]:
    return [
        (f"{one.place.file}:{one.place.line}", *(f"{other.file}:{other.line}" for other in one.others))
        for one in findings
    ]


def test_another_value_for_the_same_thing_is_told_with_both_places(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"policy.md": POLICY, "faq.md": FAQ.format(28)}, "contradiction")
    assert pairs([finding]) == [("faq.md:6", "policy.md:3")]
    assert "28 days" in finding.place.text and "25 days" in finding.others[0].text


def test_the_same_value_is_no_contradiction(tmp_path: Path) -> None:
    assert found(tmp_path, {"policy.md": POLICY, "faq.md": FAQ.format(25)}, "contradiction") == []


def test_one_figure_changed_in_a_copy_is_told_where_it_stands(tmp_path: Path) -> None:
    texts = {"baker.txt": BAKERY, "kept/other.txt": BAKERY.replace("$61,000", "$52,000")}
    [finding] = found(tmp_path, texts, "contradiction")
    assert {finding.place.text, finding.others[0].text} == {"Median wage: $61,000", "Median wage: $52,000"}


def test_pages_of_one_kind_about_other_things_do_not_contradict(tmp_path: Path) -> None:
    page = "# {0}\n\n## Pay\n\n- Median pay: ${1},000 a year\n\n## Jobs\n\nThere were {1},500 jobs in 2024.\n"
    names = ("Bakers and Helpers", "Millers and Helpers", "Potters")
    texts = {f"{name.lower()}.md": page.format(name, n) for n, name in enumerate(names, start=40)}
    assert found(tmp_path, texts, "contradiction") == []


def test_a_version_that_is_superseded_contradicts_nothing(tmp_path: Path) -> None:
    texts = {
        f"fees-{year}.md": f"# Fees {year}\n\nA lane costs {n} euros an hour.\n" for year, n in ((2022, 18), (2025, 23))
    }
    assert found(tmp_path, texts, "contradiction") == []


def test_what_is_trusted_more_is_not_contradicted(tmp_path: Path) -> None:
    texts = {"policy.md": f"---\npriority: 2\n---\n{POLICY}", "faq.md": FAQ.format(28)}
    assert found(tmp_path, texts, "contradiction") == []
