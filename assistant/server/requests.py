"""The bodies that clients send, as pydantic models: questions, turns, filters."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints

from assistant.languages.catalogue import say
from assistant.question.parse import MAX_QUESTION
from assistant.types import Filters, Mode, Turn

MAX_TURNS, MAX_TURN = 20, 20_000  # of a history: its turns, and the characters of one

QuestionText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION),
    Field(json_schema_extra={"pattern": r"\S"}),  # something is left once it is trimmed
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Scalar = str | int | float | bool | None


def _flat(value: object) -> object:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, list | dict) or (isinstance(item, float) and not isfinite(item)):
            raise ValueError(say("fields.flat"))
    return value


Value = Annotated[Scalar | list[Scalar], PlainValidator(_flat, json_schema_input_type=Scalar | list[Scalar])]

# A whole number, also where it is written as 20.0, which is the same in JSON.
Whole = Annotated[int, BeforeValidator(lambda k: int(k) if isinstance(k, float) and k.is_integer() else k)]


class StrictBody(BaseModel):
    """A body in which each field is known, and of its very type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class TurnBody(StrictBody):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=MAX_TURN)


class FiltersBody(StrictBody):
    """What may be searched. All that is given must hold; what is left out lets everything through."""

    document_ids: list[Name] = Field(default=[], max_length=100)
    sections: list[Name] = Field(
        default=[], max_length=100, description="Titles, matched anywhere in a section's path, ignoring case."
    )
    metadata: dict[Name, Value] = Field(
        default={}, max_length=100, description="Keys and the values that a document's metadata must equal."
    )

    def value(self) -> Filters:
        return Filters(tuple(self.document_ids), tuple(self.sections), self.metadata)


class _Asking(StrictBody):
    question: QuestionText
    filters: FiltersBody | None = None

    def only(self) -> Filters:
        """What may be searched."""
        return self.filters.value() if self.filters else Filters()


class AskRequest(_Asking):
    """A question, and what was said before it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "What is the median salary?"},
                {
                    "question": "And in Europe?",
                    "history": [{"role": "user", "content": "What is the median salary?"}],
                    "filters": {"document_ids": ["guide.txt"], "sections": ["Salary"], "metadata": {"team": "data"}},
                },
            ]
        }
    )

    history: list[TurnBody] | None = Field(default=None, max_length=MAX_TURNS, description="Oldest first.")
    stream: bool = Field(default=False, description="Whether the answer comes as server-sent events, block by block.")

    mode: Mode | None = Field(
        default=None,
        description="extractive: in the documents' own words; generative: in those of a language model, each sentence "
        "checked; without it, what the server is set to.",
    )

    def turns(self) -> tuple[Turn, ...]:
        """What was said before, oldest first."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history or ())


class NearRequest(StrictBody):
    """A question, for others like it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "How is the pay taxed?"}]})

    question: QuestionText


class SearchRequest(_Asking):
    """A question, and how many passages to give."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question": "median salary", "k": 5}]})

    k: Whole = Field(default=10, ge=1, le=100, description="How many passages at most.")
