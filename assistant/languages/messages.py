"""A language's words, and messages that can be said in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from babel import Locale
from babel.numbers import format_decimal

Forms: TypeAlias = str | Mapping[str, str]  # one text; or a text for each plural form; or what joins a list

PLACE = re.compile(r"\{(\w+)(:,)?\}")  # {name}, or {name:,} for a number whose thousands are parted
BETWEEN, LAST, BY = "between", "last", "by"


class Message(str):
    """What people are told, in English; it knows what it says, so that a language can say the same."""

    key: str
    values: Mapping[str, object]

    def __new__(cls, text: str, key: str, values: Mapping[str, object]) -> Message:
        made = super().__new__(cls, text)
        made.key, made.values = key, values
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, object]]:  # type: ignore[override]  # str's own gives one
        return str(self), self.key, self.values


@dataclass(frozen=True, slots=True)
class Language:
    """A language: the words that it has for each message."""

    tag: str  # as in HTML and HTTP: "de", "pt-BR"
    locale: Locale
    words: Mapping[str, Forms]  # by key

    @property
    def direction(self) -> str:
        """The way that it is written: "ltr" or "rtl"."""
        return self.locale.text_direction

    def say(self, key: str, **values: object) -> str:
        """The words for a key. A value that is a message is said in this language too."""
        return "".join(self.pieces(key, values))

    def tell(self, message: object) -> str:
        """The same as a message says, in this language; any other text as it is."""
        return "".join(self.pieces(message.key, message.values)) if isinstance(message, Message) else str(message)

    def pieces(self, key: str, values: Mapping[str, object]) -> Iterator[str]:
        """The words for a key, cut before and after each value."""
        forms = self.words[key]
        if isinstance(forms, str):
            yield from self._filled(forms, values)
        elif BETWEEN in forms:
            yield from self._joined(forms, values["items"])
        else:
            count = values[forms.get(BY, "count")]
            assert isinstance(count, int)
            yield from self._filled(forms.get(self.locale.plural_form(count), forms["other"]), values)

    def _filled(self, text: str, values: Mapping[str, object]) -> Iterator[str]:
        at = 0
        for place in PLACE.finditer(text):
            yield text[at : place.start()]
            yield self._value(values[place[1]], parted=bool(place[2]))
            at = place.end()
        yield text[at:]

    def _joined(self, forms: Mapping[str, str], items: object) -> Iterator[str]:
        assert isinstance(items, tuple)
        for n, item in enumerate(items):
            if n:
                yield forms[LAST] if n + 1 == len(items) else forms[BETWEEN]
            yield self._value(item)

    def _value(self, value: object, *, parted: bool = False) -> str:
        if parted and isinstance(value, int):
            return str(format_decimal(value, locale=self.locale))
        if isinstance(value, Message):
            return self.tell(value)
        return value if isinstance(value, str) else str(value)  # markup stays markup
