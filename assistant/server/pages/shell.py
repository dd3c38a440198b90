"""What every page has: a template, filled with text that becomes no markup, and the policy that it is shown under."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from assistant.documents.citations import place
from assistant.languages.messages import Language
from assistant.server.spoken import PARAMETER, named_language

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
WITH_FORM = CLOSED.replace("form-action 'none'", "form-action 'self'")  # a form asks for the same page

# Links of ours; what people wrote has no such quotation mark.
_OWN_LINK = re.compile(rb'( (?:href|src)=")/(?!/)')
_OWN_PAGE = re.compile(rb'(<a [^<>]*?href="/(?!/)[^"#?]*)(\??)([^"#]*)')


class Page(HTMLResponse):
    """A page whose links to this server, which begin with a slash, lead below the path that the app is at.

    Where its own address names a language, those to other pages name it too.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if tag := named_language(scope):
            self.body = _OWN_PAGE.sub(lambda link: _naming(link, tag), self.body)
        if root := scope.get("root_path", ""):
            self.body = _OWN_LINK.sub(rb"\1" + root.encode() + b"/", self.body)
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def _naming(link: re.Match[bytes], tag: str) -> bytes:
    address, mark, query = link.groups()
    return address + b"?" + (query + b"&amp;" if mark else b"") + f"{PARAMETER}={tag}".encode()


def day(seconds: int) -> str:
    """The date of a time in seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def page(
    template: str, policy: str, language: Language, *, status: int = 200, closed: str = CLOSED, **values: object
) -> HTMLResponse:
    """A page in a language, under that content security policy.

    What the values hold is escaped, unless it says that it is markup. The template has its words by `say`.
    """
    headers = {"Content-Security-Policy": f"{policy}; {closed}", "Referrer-Policy": "same-origin"}
    given = {"language": language, "say": partial(marked, language), "listed": partial(_listed, language), **values}
    return Page(_TEMPLATES.get_template(template).render(given), status, headers)


def marked(language: Language, key: str, **values: object) -> Markup:
    """The words for a key as markup, of which only values that say so are any."""
    return Markup("").join(language.pieces(key, values))


def _listed(language: Language, items: Iterable[object]) -> Markup:
    return marked(language, "lists.and", items=tuple(items))


_TEMPLATES = Environment(
    loader=PackageLoader("assistant.server"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(day=day, place=place)
