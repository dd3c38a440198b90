"""The operator's page for files of questions: hand one in, see what would be asked, watch it, download the answers."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from assistant.batch.endings import READ
from assistant.languages.messages import Language
from assistant.server.batches.runs import MOST_BYTES
from assistant.server.pages.shell import SELF, page


def show(title: str, language: Language, *, hours: int, questions: int) -> HTMLResponse:
    """The page. Its script fills in the files that there are, so that they are there again after a reload."""
    return page(
        "batch.html",
        SELF,
        language,
        title=language.say("batch_page.title", title=title),
        endings=",".join(f".{ending}" for ending in (*READ, "xlsm", "tab", "text", "markdown", "ndjson")),
        bytes=MOST_BYTES,
        megabytes=MOST_BYTES // 1_000_000,
        questions=questions,
        hours=hours,
    )
