"""What every page has: a template, filled with text that becomes no markup, and the policy that it is shown under."""

from __future__ import annotations

from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from assistant.documents.citations import place

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def day(seconds: int) -> str:
    """The date of a time in seconds since 1970, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def many(count: int, what: str) -> str:
    """A count of things in words."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def page(template: str, policy: str, *, status: int = 200, closed: str = CLOSED, **values: object) -> HTMLResponse:
    """A page under that content security policy. What the values hold is escaped, unless it says that it is markup."""
    headers = {"Content-Security-Policy": f"{policy}; {closed}", "Referrer-Policy": "same-origin"}
    return HTMLResponse(_TEMPLATES.get_template(template).render(values), status, headers)


_TEMPLATES = Environment(
    loader=PackageLoader("assistant.server"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(day=day, many=many, place=place)
