"""The operator's page: what the documents leave open. It has no script."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from assistant.feedback.gaps import Gaps
from assistant.feedback.records import Records
from assistant.languages.messages import Language
from assistant.server.pages.shell import CLOSED, WITH_FORM, page
from assistant.server.pinning import Pinning

POLICY = "default-src 'none'; style-src 'self'; img-src data:"
SHOWN = 200  # gaps; the file holds them all
OTHERS = 20  # other wordings, and comments, of one gap


def show(
    title: str,
    gaps: Gaps,
    records: Records | None,
    language: Language,
    *,
    pinning: Pinning | None = None,
    batches: bool = False,
    told: str = "",
    wrong: str = "",
) -> HTMLResponse:
    """The page of these gaps, and of how much is kept; with `pinning`, a gap can be given an answer, and
    with `batches`, the page leads to that for files of questions.

    `told` is what has been done, `wrong` what could not be.
    """
    return page(
        "admin.html",
        POLICY,
        language,
        closed=CLOSED if pinning is None else WITH_FORM,
        title=language.say("admin.title", title=title),
        totals=None if records is None else records.totals(),
        gaps=gaps.groups,
        left_out=gaps.left_out,
        most=SHOWN,
        others=OTHERS,
        pins=pinning is not None,
        batches=batches,
        is_pinned=(lambda question: False) if pinning is None else pinning.answers,
        told=told,
        wrong=wrong,
    )
