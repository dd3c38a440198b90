"""The API does what its own document says, whatever is sent to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from served import GUIDE

from assistant.errors import Busy
from assistant.server import Limits, create_app
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Filters, Turn

# Three rules are loosened: a server may be busy, a body that is too large is 413 whatever else is wrong with it, and
# which message of a chat is the question, a schema cannot say.
LOOSENED = SchemathesisConfig.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": [400, 404, 405, 413, 415, 422, 429, 503]},
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", 503]},
        },
        "operations": [
            {"include-path": "/v1/chat/completions", "checks": {"positive_data_acceptance": {"enabled": False}}}
        ],
    }
)


class Moody(StaticAnswerer):
    """Is busy when it is asked one question in ten."""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        if crc32(question.encode()) % 10 == 0:
            raise Busy("ask again later")
        return super().ask(question, history=history, filters=filters)


ANSWERER = Moody(document(GUIDE, id="roles/head of ai.txt", title="Head of AI"))
SCHEMA = schemathesis.openapi.from_asgi(
    "/openapi.json", create_app(lambda: ANSWERER, limits=Limits(rate_limit=500)), config=LOOSENED
)


@SCHEMA.parametrize()
@settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_the_document(case: schemathesis.Case[Any]) -> None:
    response = case.call()
    case.validate_response(response)
    if case.method == case.operation.method.upper():  # it tries others too
        assert str(response.status_code) in case.operation.definition.raw["responses"]
    assert response.status_code < 500 or response.status_code == 503
