"""What every page has: a template, filled with text that becomes no markup, and the policy that it is shown under."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from assistant.documents.citations import place

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
WITH_FORM = CLOSED.replace("form-action 'none'", "form-action 'self'")  # a form asks for the same page

_OWN_LINK = re.compile(rb'( (?:href|src)=")/(?!/)')  # what people wrote has no such quotation mark


class Page(HTMLResponse):
    """A page whose links to this server, which begin with a slash, lead below the path that the app is at."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if root := scope.get("root_path", ""):
            self.body = _OWN_LINK.sub(rb"\1" + root.encode() + b"/", self.body)
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def day(seconds: int) -> str:
    """The date of a time in seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def many(count: int, what: str) -> str:
    """A count of things in words."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def page(template: str, policy: str, *, status: int = 200, closed: str = CLOSED, **values: object) -> HTMLResponse:
    """A page under that content security policy. What the values hold is escaped, unless it says that it is markup."""
    headers = {"Content-Security-Policy": f"{policy}; {closed}", "Referrer-Policy": "same-origin"}
    return Page(_TEMPLATES.get_template(template).render(values), status, headers)


_TEMPLATES = Environment(
    loader=PackageLoader("assistant.server"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(day=day, many=many, place=place)
