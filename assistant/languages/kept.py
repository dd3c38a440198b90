"""Messages as JSON and back, so that what was said once can be said in another language later, by another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from assistant.languages.catalogue import say
from assistant.languages.messages import Message
from assistant.types import Json


def as_json(said: object) -> Json:
    """A message, or a value of one, as JSON; any other text is itself."""
    if isinstance(said, Message):
        return {"key": said.key, "values": {name: as_json(value) for name, value in said.values.items()}}
    if isinstance(said, tuple):
        return [as_json(each) for each in said]
    return said if isinstance(said, int | float | str) else str(said)


def from_json(said: Json) -> str:
    """The text that `as_json` made this of. Raises ValueError where no such message can be said here."""
    value = _value(said)
    if not isinstance(value, str):
        raise ValueError("should be a text, or a message")
    return value


def _value(said: Json) -> object:
    if isinstance(said, list):
        return tuple(map(_value, said))
    if not isinstance(said, Mapping):
        return said
    values = cast(Mapping[str, Json], said.get("values", {}))
    try:
        return say(str(said["key"]), **{name: _value(value) for name, value in values.items()})
    except (KeyError, TypeError, AttributeError, AssertionError) as error:  # of another version
        raise ValueError(f"is no message here: {said!r}") from error
