"""Answers on a fixed set do not change unless the version of the rules does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bakery import BAKERY, CALIBRATION, assistant

from assistant import ids
from assistant.answer.weigh import PLAIN
from assistant.types import Turn

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "answers.json"
SECOND = """Opening hours
- Monday to Friday: 6 to 18
- Saturday: 7 to 13
Deliveries
Deliveries leave at 5. They are free from 40 pieces on. The driver's name is Ada Brandt.
"""
QUESTIONS = [
    "What are the early duties?",
    "What is the median wage of a master baker?",
    "What is the median wage?",
    "Master baker and journeyman: what is the entry wage?",
    "Who is the driver and when do deliveries leave?",
    "Is the shop open on Saturday?",
    "What does a Bachelor's certificate require?",
    "What is the capital of Peru?",
    "wages 2024",
    "Which certificate in baking?",
    "What are the late dutys?",
    "What comes after light the ovens?",
    "What is the median wage of a master baker and what is the entry wage of a journeyman?",
]


def test_answers_change_only_with_the_version_of_the_rules() -> None:
    baker = assistant({"Baker": BAKERY, "Shop": SECOND}, calibration=replace(CALIBRATION, lines=PLAIN))
    answers: dict[str, list[object]] = {}
    for question in QUESTIONS:
        answer = baker.ask(question)
        cited = [[c.document_id, c.start, c.end] for c in answer.citations]
        answers[question] = [
            answer.status,
            answer.reason,
            [block.text for block in answer.blocks],
            cited,
            answer.conflicts,
        ]
    follow = baker.ask("And of a journeyman?", history=[Turn("user", QUESTIONS[1])])
    answers["follow-up"] = [follow.status, follow.standalone_question, [block.text for block in follow.blocks]]
    found = {"rules": ids.RULES, "answers": answers}
    known = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    if known == json.loads(json.dumps(found)):
        return
    if known.get("rules") != ids.RULES:
        GOLDEN.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        raise AssertionError(f"{GOLDEN.name} is written anew for these rules: look at what changed, and run again")
    assert json.loads(json.dumps(answers)) == known["answers"], "answers changed: raise RULES in assistant/ids.py"
