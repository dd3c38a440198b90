"""The operator's page: what the documents leave open. It has no script, and all that people wrote is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape

from starlette.responses import HTMLResponse

from assistant.documents.citations import place
from assistant.feedback.gaps import Gap, Gaps
from assistant.feedback.records import Records
from assistant.server.pages import shell
from assistant.types import Citation

POLICY = "default-src 'none'; style-src 'self'; img-src data:"
SHOWN = 200  # gaps; the file holds them all
OTHERS = 20  # other wordings, and comments, of one gap
HEAD = shell.HEAD + '<link rel="stylesheet" href="/static/admin.css">'


def show(title: str, gaps: Gaps, records: Records | None) -> HTMLResponse:
    """The page of these gaps, and of how much is kept."""
    body = f'<main class="admin"><h1>What the documents leave open</h1>{"".join(_parts(gaps, records))}</main>'
    return shell.page(f"{title}: what is missing", HEAD, body, POLICY)


def _parts(gaps: Gaps, records: Records | None) -> Iterator[str]:
    if records is None:
        yield "<p>Nothing is recorded: set <code>ASSISTANT_RECORDS</code> to a file to keep what is asked.</p>"
        return
    totals = records.totals()
    since = f" since {_day(totals.since)}" if totals.since is not None else ""
    yield (
        f"<p>{_many(totals.asked, 'question')} recorded{since}, {totals.refused} of them refused; "
        f"{_many(totals.up, 'vote')} up, {totals.down} down.</p>"
    )
    if not gaps.groups:
        yield "<p>Nothing was refused or voted down.</p>"
        return
    yield '<p><a href="/admin/gaps.csv">Download as a table</a>, with a column for the answers.</p><ol>'
    yield from map(_gap, gaps.groups[:SHOWN])
    yield "</ol>"
    hidden = len(gaps.groups[SHOWN:])
    if hidden:
        yield f"<p>{_many(hidden, 'more gap')} in the table.</p>"
    if gaps.left_out:
        yield f"<p>{_many(gaps.left_out, 'question')} asked more seldom left out.</p>"


def _gap(gap: Gap) -> str:
    refused = f", refused {gap.refused} ({escape(', '.join(gap.reasons))})" if gap.refused else ""
    facts = [
        ("Asked", f"{gap.count}{refused}"),
        ("Votes", f"{gap.up} up, {gap.down} down" if gap.up or gap.down else ""),
        ("Seen", f"{_day(gap.first)} to {_day(gap.last)}" if _day(gap.first) != _day(gap.last) else _day(gap.last)),
        ("Closest", _closest(gap.closest) if gap.closest is not None else ""),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{fact}</dd>" for name, fact in facts if fact)
    return (
        f'<li><h2 dir="auto">{escape(gap.question)}</h2><dl>{listed}</dl>'
        f"{_details('Also asked as', gap.others)}{_details('Comments', gap.comments[::-1])}</li>"
    )


def _closest(citation: Citation) -> str:
    return (
        f'<a href="{escape(citation.url)}" dir="auto">{escape(place(citation))}</a>'
        f'<blockquote dir="auto">{escape(citation.cited_text)}</blockquote>'
    )


def _details(name: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    listed = "".join(f'<li dir="auto">{escape(text)}</li>' for text in texts[:OTHERS])
    more = f"<li>and {len(texts) - OTHERS} more</li>" if len(texts) > OTHERS else ""
    return f"<details><summary>{name} ({len(texts)})</summary><ul>{listed}{more}</ul></details>"


def _day(seconds: int) -> str:
    day = datetime.fromtimestamp(seconds, UTC).date().isoformat()
    return f'<time datetime="{day}">{day}</time>'


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
