"""What every page has: its head, and the policy that it is shown under."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEAD = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/page.css">'


def page(title: str, head: str, body: str, policy: str, *, status: int = 200) -> HTMLResponse:
    """A page under that content security policy."""
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    html = f'<!doctype html>\n<html lang="en"><head>{meta}<title>{escape(title)}</title>{head}</head>'
    headers = {"Content-Security-Policy": f"{policy}; {CLOSED}", "Referrer-Policy": "same-origin"}
    return HTMLResponse(f"{html}<body>{body}</body></html>\n", status, headers)
