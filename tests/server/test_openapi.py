"""The API does what its own document says, whatever is sent to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from served import GUIDE

from assistant.access.keys import KeyRing
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


FOLDER = TemporaryDirectory()
RING = KeyRing(Path(FOLDER.name) / "keys.json")
SECRET = RING.add("reader", ["read"])
LOCKED = schemathesis.openapi.from_asgi("/openapi.json", create_app(lambda: ANSWERER, keys=RING), config=LOOSENED)


@LOCKED.parametrize()
@settings(max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("key", [None, SECRET, "ra_wrong"], ids=["none", "read", "wrong"])
def test_with_keys_every_route_keeps_to_it_too(case: schemathesis.Case[Any], key: str | None) -> None:
    response = case.call(headers={} if key is None else {"Authorization": f"Bearer {key}"})
    if case.method != case.operation.method.upper():  # it tries others too
        return
    assert str(response.status_code) in case.operation.definition.raw["responses"]
    assert response.status_code < 500 or response.status_code == 503
    if "security" in case.operation.definition.raw:
        is_right = response.request.headers.get("Authorization") == f"Bearer {SECRET}"  # it makes some up, too
        may = is_right and "/documents" in case.operation.path
        assert may or response.status_code in ((403,) if is_right else (401, 429))


@SCHEMA.parametrize()
@settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_the_document(case: schemathesis.Case[Any]) -> None:
    response = case.call()
    case.validate_response(response)
    if case.method == case.operation.method.upper():  # it tries others too
        assert str(response.status_code) in case.operation.definition.raw["responses"]
    assert response.status_code < 500 or response.status_code == 503
