from __future__ import annotations

from assistant.index.receipt import Receipt, Row
from assistant.terminal.intake import MOST, counted, table, warned

ROWS = (
    Row("a.pdf", "read", "a.pdf", 12, 34_567, 8, 90),
    Row("b.md", "read", "b.md", None, 5, 0, 1, warnings=("its date\nis none", "and so on")),
    Row("c.md", "failed", reason="is not text: save it as UTF-8"),
    Row("d \x1b[31m.md", "duplicate", "b.md", reason="says the same as b.md"),
    Row("x" * 60 + ".md", "skipped", reason="is empty"),
)


def test_the_table_has_a_row_for_every_file_and_the_reason_below_it() -> None:
    wide = "…" + "x" * 44 + ".md"
    assert list(table(ROWS)) == [
        f"{'file':<48}  {'status':<16}  pages  characters  sections  passages",
        f"{'a.pdf':<48}  {'read':<16}     12      34,567         8        90",
        f"{'b.md':<48}  {'read, 2 warnings':<16}                  5         0         1",
        f"{'c.md':<48}  failed",
        "    is not text: save it as UTF-8",
        f"{'d  [31m.md':<48}  duplicate",
        "    says the same as b.md",
        f"{wide}  skipped",
        "    is empty",
    ]


def test_warnings_stand_behind_their_files() -> None:
    assert list(warned(ROWS)) == ["b.md: its date is none", "b.md: and so on"]


def test_files_and_warnings_are_counted_with_the_command_that_shows_them() -> None:
    assert counted(Receipt(files=ROWS), "assistant receipt") == (
        "5 files: 2 read, 1 duplicate, 1 skipped, 1 failed; 2 warnings, shown by `assistant receipt --warnings`"
    )
    assert counted(Receipt(files=ROWS[:1]), "assistant receipt") == "1 file: 1 read"
    many = Receipt(files=ROWS[:1] * (MOST + 1))
    assert counted(many, "assistant receipt") == "41 files: 41 read, all shown by `assistant receipt`"
    assert counted(Receipt(), "assistant receipt") == "0 files: none"
