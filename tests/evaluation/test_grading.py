"""The rules of judging, each on the smallest answer that shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.documents.citations import cite
from assistant.errors import UsageError
from assistant.evaluation import grading
from assistant.evaluation.grading import Judgement, Question
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Block, Json

TEXT = """\
# Pay
Median salary: $336,500
Salary range: $245,000 - $438,000
# Duties
These are the duties:
## Lead the team
Hire people
## Run the platform
Keep it up
# Extras
A bicycle and a   free lunch every day
"""
GUIDE = document(TEXT)
DOCUMENTS = {GUIDE.id: GUIDE}


def saying(*texts: str) -> Answer:
    """An answer that cites each of the texts, one block each."""
    citations = tuple(cite(GUIDE, TEXT.index(text), TEXT.index(text) + len(text)) for text in texts)
    blocks = tuple(Block(text, (index,)) for index, text in enumerate(texts))
    refusal = StaticAnswerer(GUIDE).ask("zebra")
    return replace(
        refusal, status="answered", reason=None, message=None, blocks=blocks, citations=citations, closest=()
    )


def fact(*gold: str, type: str = "fact", forbid: Sequence[str] = ()) -> Question:
    return Question("q", type, "?", gold=tuple((text,) for text in gold), forbid=tuple(forbid))


def verdict(question: Question, answer: Answer) -> str:
    return grading.grade(question, answer, DOCUMENTS)[0]


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Median salary: $336,500", "$336,500", True),
        ("Median salary: $336,5001", "$336,500", False),
        ("It asks for R, and SQL", "r", True),
        ("It asks for Rust", "R", False),
        ("a   free\nlunch", "Free lunch", True),
        ("60-70% of it", "60-70%", True),
        ("STRASSE", "straße", True),
    ],
)
def test_gold_is_found_as_whole_words_whatever_the_case_and_the_white_space(
    text: str, wanted: str, found: bool
) -> None:
    assert grading.holds(text, wanted) is found


def test_an_answer_with_a_string_of_each_group_is_right() -> None:
    question = Question("q", "multi", "?", gold=(("$1", "$336,500"), ("$438,000",)))
    assert verdict(question, saying("Median salary: $336,500", "Salary range: $245,000 - $438,000")) == "right"
    assert grading.grade(question, saying("Median salary: $336,500"), DOCUMENTS) == ("wrong", "without '$438,000'")


def test_a_forbidden_string_makes_it_wrong() -> None:
    answer = saying("Median salary: $336,500", "Salary range: $245,000 - $438,000")
    assert grading.grade(fact("$336,500", forbid=["$438,000"]), answer, DOCUMENTS) == ("wrong", "with '$438,000'")


def test_a_refusal_is_right_where_there_is_no_gold_and_not_where_there_is() -> None:
    refusal = StaticAnswerer(GUIDE).ask("zebra")
    assert verdict(Question("q", "unanswerable", "?", kind="far"), refusal) == "right"
    assert verdict(fact("$336,500"), refusal) == "refused"
    assert verdict(Question("q", "unanswerable", "?", kind="near"), saying("Hire people")) == "wrong"


def test_gold_or_refuse_takes_either() -> None:
    question = Question("q", "unanswerable", "?", kind="near", gold_or_refuse=(("Hire",),))
    assert verdict(question, StaticAnswerer(GUIDE).ask("zebra")) == "right"
    assert verdict(question, saying("Hire people")) == "right"
    assert verdict(question, saying("Keep it up")) == "wrong"


@pytest.mark.parametrize(("type", "limit"), [("fact", 40), ("yesno", 40), ("multi", 80), ("typo", 80), ("list", 120)])
def test_an_answer_longer_than_its_type_allows_is_too_long(type: str, limit: int) -> None:
    words = document("# Pay\n" + " ".join(["gold"] * (limit + 1)) + "\n")

    def of(n: int) -> str:
        citation = cite(words, 6, 6 + 5 * n - 1)
        answer = replace(saying("Hire people"), citations=(citation,), blocks=(Block(citation.cited_text, (0,)),))
        return grading.grade(fact("gold", type=type), answer, {words.id: words})[0]

    assert of(limit) == "right"
    assert of(limit + 1) == "too long"


def test_an_answer_mostly_from_other_sections_is_off_the_point() -> None:
    gold = "Median salary: $336,500"
    assert verdict(fact("$336,500"), saying(gold, "Hire people")) == "right"
    assert verdict(fact("$336,500"), saying(gold, "A bicycle and a   free lunch every day")) == "off the point"


def test_the_headings_of_a_section_that_lists_its_subsections_are_on_the_point() -> None:
    answer = saying("Lead the team", "Run the platform")
    assert verdict(fact("Lead the team", type="list"), answer) == "right"
    assert verdict(fact("Hire people", type="list"), saying("Hire people", "Keep it up")) == "right"
    assert verdict(fact("Hire", type="list"), saying("Hire people", "Keep it up", "A bicycle")) == "off the point"


def test_a_citation_that_does_not_slice_is_malformed() -> None:
    answer = saying("Hire people")
    moved = replace(answer, citations=(replace(answer.citations[0], start=0, end=11),))
    assert grading.grade(fact("Hire"), moved, DOCUMENTS) == ("malformed", "citation 0 does not slice")
    lost = replace(answer, citations=(replace(answer.citations[0], document_id="other.txt"),))
    assert verdict(fact("Hire"), lost) == "malformed"


def test_a_block_with_a_word_that_its_own_citations_lack_is_malformed() -> None:
    answer = saying("Hire people", "Keep it up")
    crossed = replace(answer, blocks=(Block("Hire people", (1,)), Block("Keep it up", (0,))))
    assert verdict(fact("Hire"), crossed) == "malformed"
    assert verdict(fact("Hire"), replace(answer, blocks=(Block("Hire people", ()),))) == "malformed"
    assert verdict(fact("Hire"), replace(answer, blocks=(Block("Hire people", (7,)),))) == "malformed"


def test_a_refusal_without_message_or_reason_is_malformed() -> None:
    refusal = StaticAnswerer(GUIDE).ask("zebra")
    question = Question("q", "unanswerable", "?", kind="far")
    assert grading.grade(question, replace(refusal, message=None), DOCUMENTS) == (
        "malformed",
        "a refusal without a message",
    )
    assert verdict(question, replace(refusal, reason=None)) == "malformed"


def test_percentiles_are_values_that_occurred() -> None:
    assert grading.percentile([3, 1, 2, 4], 0.5) == 2
    assert grading.percentile(list(range(1, 101)), 0.95) == 95
    assert grading.percentile([7], 0.95) == 7
    assert grading.percentile([], 0.5) == 0


def test_the_report_counts_each_type_apart() -> None:
    right, refused = saying("Hire people"), StaticAnswerer(GUIDE).ask("zebra")
    judgements = [
        Judgement(fact("Hire"), "right", "", right, 0.001),
        Judgement(fact("Hire"), "refused", "", refused, 0.003),
        Judgement(Question("q", "unanswerable", "?", kind="far"), "right", "", refused, 0.002),
    ]
    facts, far = grading.report(judgements)
    assert (facts.name, facts.n, facts.share_right, facts.p50_ms, facts.p95_ms) == ("fact", 2, 0.5, 1.0, 3.0)
    assert (far.name, far.counts["right"]) == ("unanswerable (far)", 1)


def test_a_file_that_is_not_of_questions_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    good = json.dumps({"id": "a", "type": "fact", "question": "Who?", "gold": [["x"]], "history": ["earlier"]})
    path.write_text(good + "\n\n", encoding="utf-8")
    assert grading.load(path)[0].history[0].role == "user"
    for bad, said in [("{", "line 2"), ("[]", "object"), ('{"id": "b", "type": "fact"}', "'question'")]:
        path.write_text(f"{good}\n{bad}\n", encoding="utf-8")
        with pytest.raises(UsageError, match=said):
            grading.load(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="no questions"):
        grading.load(path)


def test_the_shipped_questions_have_their_gold_in_the_shipped_guide() -> None:
    root = Path(__file__).parent.parent.parent
    guide = (root / "corpus" / "head-of-ai-and-machine-learning.txt").read_text(encoding="utf-8")
    questions = grading.load(root / "tests" / "data" / "questions.jsonl")
    assert len({question.id for question in questions}) == len(questions) >= 40
    for question in questions:
        for text in [*(text for group in question.gold for text in group), *question.forbid]:
            assert grading.holds(guide, text), f"{question.id}: {text}"


def lines(*texts: str) -> tuple[grading.Span, ...]:
    """The spans of these texts in the guide."""
    return tuple((TEXT.index(text), TEXT.index(text) + len(text)) for text in texts)


@pytest.mark.parametrize(
    ("type", "evidence", "said", "verdict"),
    [
        ("fact", ("Hire people", "Keep it up"), ("Keep it up",), "right"),
        ("keyword", ("Hire people", "Keep it up"), ("Keep it up",), "right"),
        ("list", ("Hire people", "Keep it up"), ("Keep it up",), "wrong"),
        ("list", ("Hire people", "Keep it up"), ("Hire people", "Keep it up"), "right"),
        ("fact", ("Hire people",), ("Hire",), "wrong"),  # less than half of the line
        ("fact", ("Hire people",), ("Hire p",), "right"),
        ("fact", ("Hire people",), ("Hire people", "Keep it up"), "right"),
        ("fact", ("Hire people",), ("Hire people", "Median salary: $336,500"), "off the point"),
    ],
)
def test_an_answer_is_judged_by_the_lines_that_it_cites(
    type: str, evidence: Sequence[str], said: Sequence[str], verdict: str
) -> None:
    assert grading.judge_lines(saying(*said), lines(*evidence), GUIDE.id, type=type)[0] == verdict


def test_the_short_answer_stands_for_the_lines() -> None:
    evidence, answer = lines("Median salary: $336,500", "Hire people"), saying("$336,500")
    assert grading.judge_lines(answer, evidence, GUIDE.id, type="list") == (
        "wrong",
        "cites 0 of the 2 lines that answer",
    )
    assert grading.judge_lines(answer, evidence, GUIDE.id, type="list", words="$336,500") == ("right", "")


def test_an_answer_judged_by_lines_is_of_one_document_and_short() -> None:
    (line,) = evidence = lines("Hire people")
    answer = saying("Hire people")
    assert grading.judge_lines(answer, evidence, "other.txt", type="fact") == (
        "wrong",
        "from guide.txt, not from other.txt alone",
    )
    long = replace(answer, blocks=(Block("Hire people " * 31, (0,)),))
    assert grading.judge_lines(long, [line], GUIDE.id, type="why") == ("too long", "62 words, where 60 are enough")
    assert grading.judge_lines(long, [line], GUIDE.id, type="how") == ("right", "")
    assert grading.judge_lines(StaticAnswerer(GUIDE).ask("zebra"), [line], GUIDE.id, type="how")[0] == "refused"


def test_a_question_with_lines_is_answerable_and_judged_by_them() -> None:
    question = Question("q", "fact", "?", evidence=grading.Evidence(GUIDE.id, lines("Hire people")))
    assert question.answerable
    assert verdict(question, saying("Hire people")) == "right"
    assert verdict(question, saying("Keep it up")) == "wrong"


def test_the_first_block_is_judged_alone() -> None:
    evidence = lines("Hire people")
    assert grading.first_block_is_right(saying("Hire people", "Keep it up"), evidence, GUIDE.id)
    assert not grading.first_block_is_right(saying("Keep it up", "Hire people"), evidence, GUIDE.id)
    assert not grading.first_block_is_right(StaticAnswerer(GUIDE).ask("zebra"), evidence, GUIDE.id)


def test_a_question_may_name_its_document_and_its_words() -> None:
    row: dict[str, Json] = {
        "id": "a",
        "type": "fact",
        "question": "?",
        "gold": [["$336,500"]],
        "words": 2,
        "doc": "guide",
    }
    question, answer = grading.parse(row), saying("Median salary: $336,500")
    assert (question.words, question.doc) == (2, "guide")
    assert grading.grade(question, answer, DOCUMENTS) == ("too long", "3 words, where 2 are enough")
    assert verdict(replace(question, words=3), answer) == "right"
    assert verdict(replace(question, words=None, doc="guide.txt"), answer) == "right"
    assert grading.grade(replace(question, doc="other"), answer, DOCUMENTS) == (
        "wrong",
        "from other documents than other",
    )
    with pytest.raises(TypeError, match="is not a number of words"):
        grading.parse({**row, "words": 0})
