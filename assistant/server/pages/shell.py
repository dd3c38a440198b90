"""What every page has: its head, and the policy that it is shown under."""

from __future__ import annotations

import re
from html import escape

from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEAD = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/page.css">'

_OWN_LINK = re.compile(rb'( (?:href|src)=")/(?!/)')  # what people wrote has no such quotation mark


class Page(HTMLResponse):
    """A page whose links to this server, which begin with a slash, lead below the path that the app is at."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if root := scope.get("root_path", ""):
            self.body = _OWN_LINK.sub(rb"\1" + root.encode() + b"/", self.body)
            self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def page(title: str, head: str, body: str, policy: str, *, status: int = 200) -> HTMLResponse:
    """A page under that content security policy."""
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    html = f'<!doctype html>\n<html lang="en"><head>{meta}<title>{escape(title)}</title>{head}</head>'
    headers = {"Content-Security-Policy": f"{policy}; {CLOSED}", "Referrer-Policy": "same-origin"}
    return Page(f"{html}<body>{body}</body></html>\n", status, headers)
