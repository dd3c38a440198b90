"""An answer and a refusal as they are sent, for the API's own documentation."""

from __future__ import annotations

from pydantic import JsonValue

_PLACE: dict[str, JsonValue] = {
    "type": "char_location",
    "document_id": "guide.txt",
    "document_title": "Guide",
    "document_version": "9f86d081884c7d65",
    "section_path": ["Salary"],
    "page": None,
    "cited_text": "Median salary: $234,750",
    "start_char_index": 1042,
    "end_char_index": 1065,
    "url": "/documents/guide.txt?start=1042&end=1065&version=9f86d081884c7d65&quote=21-c0d71618b0408dfd#cited",
    "published_url": "https://example.org/guide#:~:text=Median%20salary%3A%20%24234%2C750",
}
ANSWERED: dict[str, JsonValue] = {
    "id": "ans_3f9c2a51d7e84b06",
    "question": "What is the median salary?",
    "standalone_question": "What is the median salary?",
    "status": "answered",
    "reason": None,
    "message": None,
    "answer": "Median salary: $234,750",
    "blocks": [
        {
            "text": "Median salary: $234,750",
            "citations": [0],
            "label": "Salary",
            "kind": "pair",
            "cells": [],
            "generated": False,
        }
    ],
    "citations": [_PLACE],
    "conflicts": [],
    "confidence": 0.97,
    "closest": [],
    "mode": "extractive",
    "dropped_sentences": 0,
    "fallback": None,
    "model": None,
    "index_id": "20261124-9f86d081",
    "handoff": None,
    "note": None,
    "timings_ms": {"total": 12.3},
}
REFUSED: dict[str, JsonValue] = ANSWERED | {
    "question": "Who won the cup?",
    "standalone_question": "Who won the cup?",
    "status": "refused",
    "reason": "unrelated",
    "message": "Nothing in the documents is about this.",
    "answer": "",
    "blocks": [],
    "citations": [],
    "confidence": 0.02,
    "handoff": "Ask the people team: people@example.org",
    "closest": [_PLACE | {"score": 0.11}],
}
