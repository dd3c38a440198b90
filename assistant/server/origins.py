"""What pages of other sites may do: ask, and show this server's page in a frame."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from assistant.errors import OriginNotAllowed
from assistant.languages.catalogue import say
from assistant.server.problems import ProblemResponse

MAX_AGE = 3600  # seconds that a browser may remember what it was told
EXPOSED = ("X-Request-Id", "Retry-After", "X-Feedback-Token")


class Origins(CORSMiddleware):
    """Lets pages of these origins ask, without cookies or other credentials; `*` lets every page."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST"),
            allow_headers=("*",),
            expose_headers=EXPOSED,
            max_age=MAX_AGE,
            allow_private_network="*" not in origins,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
        if response.status_code == 200:
            return Response(status_code=204, headers=kept)
        refusal = OriginNotAllowed(say("errors.origin"))
        return ProblemResponse(refusal, kept)


def framed(page: Response, origins: Sequence[str]) -> Response:
    """The page, which these origins may show in a frame."""
    if origins:
        policy = page.headers["content-security-policy"]
        allowed = f"frame-ancestors 'self' {' '.join(origins)}"
        page.headers["content-security-policy"] = policy.replace("frame-ancestors 'none'", allowed)
    return page
