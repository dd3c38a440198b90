"""The language of each reply: chosen once, told in the headers of those that depend on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.languages.catalogue import english
from assistant.languages.choice import Languages
from assistant.languages.messages import Language
from assistant.types import Answer

PARAMETER = "lang"  # of a query
_KEY = "assistant.language"  # in a scope


@dataclass(slots=True)
class Chosen:
    """The language of one reply, whether the address names it, and whether the reply depends on it."""

    language: Language
    by_address: bool
    is_spoken: bool = False


class Spoken:
    """Around the app: chooses the language of each reply.

    A reply that depends on it says which it is, and that another reader may get another one: no cache mixes them up.
    """

    def __init__(self, app: ASGIApp, languages: Languages) -> None:
        self.app = app
        self._languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        chosen = scope[_KEY] = self._choose(scope)

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start" and chosen.is_spoken:
                headers = MutableHeaders(scope=message)
                headers["Content-Language"] = chosen.language.tag
                headers.add_vary_header("Accept-Language")
            await send(message)

        await self.app(scope, receive, reply)

    def _choose(self, scope: Scope) -> Chosen:
        try:
            fields = dict(parse_qsl(scope.get("query_string", b"").decode(), max_num_fields=100))
        except ValueError:  # not UTF-8, or too many fields
            fields = {}
        named = self._languages.named(fields.get(PARAMETER, "")[:100])
        accepted = ",".join(Headers(scope=scope).getlist("accept-language"))
        return Chosen(named or self._languages.choose(None, accepted), by_address=named is not None)


def language_of(scope: Scope) -> Language:
    """The language of the reply to a request, which from now on is said to depend on it."""
    chosen: Chosen | None = scope.get(_KEY)
    if chosen is None:  # outside the app that chooses
        return english()
    chosen.is_spoken = True
    return chosen.language


def named_language(scope: Scope) -> str:
    """The language that the address of a request names; "" where it names none."""
    chosen = scope.get(_KEY)
    return chosen.language.tag if chosen is not None and chosen.by_address else ""


def told(answer: Answer, language: Language) -> Answer:
    """The answer with what the assistant itself says in it in that language; what documents say stays as it is."""

    def said(text: str | None) -> str | None:
        return None if text is None else language.tell(text)

    return replace(answer, message=said(answer.message), note=said(answer.note), fallback=said(answer.fallback))
