"""What a run came to as a JUnit file, which CI systems show as tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from assistant.batch.bodies import short
from assistant.batch.compare import NOT_ASKED, Difference
from assistant.batch.quality_gate import Gate
from assistant.batch.run import Results

_NAME = 100  # characters of a question in the name of a test
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2: no Char


def write(file: BinaryIO, results: Results, gate: Gate | None, difference: Difference | None) -> None:
    """Writes a test a row that expects something, and one a question that an earlier run answered too.

    A test fails where the row is not as expected, or where the answer has changed; it has an error where the question
    could not be asked. See https://github.com/jenkinsci/xunit-plugin, junit-10.xsd.
    """
    made = JUnitXml("batch")
    if gate is not None:
        made.add_testsuite(_suite("expected", _expected(results, gate)))
    if difference is not None:
        made.add_testsuite(_suite("since", _since(results, difference)))
    made.update_statistics()  # type: ignore[no-untyped-call]  # junitparser has no types here
    made.write(file)


def _suite(name: str, cases: Iterator[TestCase]) -> TestSuite:
    suite = TestSuite(name)
    suite.add_testcases([*cases])
    return suite


def _expected(results: Results, gate: Gate) -> Iterator[TestCase]:
    for verdict in gate.verdicts:
        case = _case(results, verdict.number, verdict.question, f"expected.{verdict.kind}")
        if verdict.why:
            result = Error if verdict.status == "error" else Failure
            case.result = [result(_text(verdict.why), verdict.kind)]
        yield case


def _since(results: Results, difference: Difference) -> Iterator[TestCase]:
    for number in difference.compared:
        case = _case(results, number, results.question(number), "since")
        if changes := difference.changes.get(number):
            said = "; ".join(f"{change.kind}: {change.what}" for change in changes)
            result = Error if changes[0].kind == NOT_ASKED else Failure
            case.result = [result(_text(said), changes[0].kind)]
        yield case


def _case(results: Results, number: int, question: str, group: str) -> TestCase:
    return TestCase(_text(f"row {number}: {short(question, _NAME)}"), group, round(results.find(question).seconds, 3))


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
