"""What the tests of batches stand on: an asker in this process, and a run over a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock

from assistant.batch.journal import Earlier, Journal
from assistant.batch.near_duplicates import Likeness, by_words
from assistant.batch.run import Asker, Failed, Results, Run
from assistant.batch.worker import reply
from assistant.spreadsheets.tables import Table
from assistant.testing import StaticAnswerer, document
from assistant.types import Document
from assistant.wire import AnswerBody, OutcomeBody

GUIDE = document("# Pay\nMedian salary: $336,500\n# Duties\nLead the team\n")


class Near:
    """Asks an assistant in this process, and keeps what it was asked. A question with `broken` in it fails."""

    together = 2

    def __init__(self, *documents: Document, index_id: str = "one") -> None:
        self.answerer = StaticAnswerer(*(documents or (GUIDE,)), index_id=index_id)
        self.index_id = index_id
        self.documents: Mapping[str, str] = {id: one.title for id, one in self.answerer.documents.items()}
        self.asked: list[str] = []
        self._lock = Lock()

    def jobs(self, n: int) -> int:
        return min(3, n)

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        assert set(wanted) <= set(among) and len(among) <= self.together
        return map(self.answer, wanted)

    def answer(self, question: str) -> AnswerBody | Failed:
        """What is said to one question."""
        with self._lock:
            self.asked.append(question)
        return Failed("server_fault", "this does not work") if "broken" in question else reply(self.answerer, question)

    def is_fresh(self, body: OutcomeBody) -> bool:
        return body.is_of(self.answerer)

    def says(self, document_id: str, text: str) -> bool:
        return document_id in self.answerer.documents and text in self.answerer.documents[document_id].text

    def likeness(self, questions: Sequence[str]) -> Likeness:
        return by_words(questions)

    def renewed(self) -> bool:
        return False


def asked(
    journal: Journal,
    questions: Sequence[str],
    asker: Asker | None = None,
    *,
    earlier: Earlier | None = None,
    note: Callable[[str], None] = lambda said: None,
) -> Results:
    """The results for a list of questions."""
    return asked_table(journal, Table(("question",), tuple((one,) for one in questions)), asker, earlier, note)


def asked_table(
    journal: Journal,
    table: Table,
    asker: Asker | None = None,
    earlier: Earlier | None = None,
    note: Callable[[str], None] = lambda said: None,
) -> Results:
    """The results for a table whose questions stand in its column `question`."""
    return Run(table, table.columns.index("question"), asker or Near(), journal, earlier, note)()
