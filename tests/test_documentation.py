"""The README says what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assistant import errors
from assistant.settings import PREFIX, Settings

README = Path(__file__).parent.parent / "README.md"


def held(name: str, rows: list[str]) -> None:
    """A block of the README holds these rows; it is rewritten where it does not, and the test fails."""
    text = README.read_text("utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n(?:\|.*\n){{2}})((?:\|.*\n)*)(<!-- /{name} -->)")
    match = pattern.search(text)
    assert match is not None
    wanted = "".join(f"{row}\n" for row in rows)
    if match[2] != wanted:
        README.write_text(pattern.sub(lambda m: m[1] + wanted + m[3], text), "utf-8")
    assert match[2] == wanted, f"the table of {name} in README.md was rewritten: review it"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    held(
        "settings",
        [
            f"| `{PREFIX}{name.upper()}` | `{field.default}` | {field.description} |"
            for name, field in Settings.model_fields.items()
        ],
    )


def below(error: type[errors.AssistantError]) -> Iterator[type[errors.AssistantError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from below(child)


def test_the_table_of_errors_is_that_of_the_code() -> None:
    held(
        "errors",
        [
            f"| `{error.code}` | {error.status} | {error.exit_code} | {(error.__doc__ or '').splitlines()[0]} |"
            for error in below(errors.AssistantError)
        ],
    )


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in below(errors.AssistantError)]
    assert len(codes) == len(set(codes))


def test_the_tree_in_errors_names_every_error() -> None:
    assert [
        error.__name__ for error in below(errors.AssistantError) if error.__name__ not in (errors.__doc__ or "")
    ] == []
