"""What would be asked of a file of questions, and what would not, before anything is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.languages.catalogue import say
from assistant.question.parse import MAX_QUESTION
from assistant.spreadsheets.tables import Table


@dataclass(frozen=True, slots=True)
class Preview:
    """The questions of one column."""

    column: str
    rows: int
    asked: tuple[tuple[int, str], ...]  # (row from 1, question)
    too_long: tuple[int, ...]  # rows whose question has too many characters, which are among those asked

    @property
    def different(self) -> int:
        """How many questions are asked: each once."""
        return len({question for _, question in self.asked})

    def lines(self) -> Iterator[str]:
        """What would be asked, and what would not, in words."""
        yield say(
            "batch.would_be_asked",
            column=repr(self.column),
            questions=say("batch.count_questions", count=len(self.asked)),
            different=self.different,
            rows=say("batch.count_rows", count=self.rows - len(self.asked)),
        )
        if self.too_long:
            which = ", ".join(map(str, self.too_long[:5])) + (", \u2026" if len(self.too_long) > 5 else "")
            rows = say("batch.count_rows", count=len(self.too_long))
            yield say("batch.too_long", most=MAX_QUESTION, rows=rows, which=which)


def preview(table: Table, column: int) -> Preview:
    """What would be asked of a table, were that the column of its questions."""
    asked = tuple((n, question) for n, question in enumerate(table.texts(column), start=1) if question)
    too_long = tuple(n for n, question in asked if len(question) > MAX_QUESTION)
    return Preview(table.columns[column], len(table.rows), asked, too_long)


def unread_sheets(table: Table) -> str:
    """Which sheets of a workbook are not read; "" where there are no others."""
    others = ", ".join(repr(name) for name in table.sheets if name != table.sheet)
    return say("batch.other_sheets", sheet=repr(table.sheet), others=others) if others else ""
