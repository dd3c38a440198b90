"""The log on standard error, as lines for people or as JSON for programs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from starlette.types import Scope

from assistant.server.peers import client_key, peer_of

Clients = Literal["none", "network", "address"]


class JsonLines(logging.Formatter):
    """Each line of the log as one JSON object. What a line tells in fields is told in fields of that name."""

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", None)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        line |= fields if isinstance(fields, dict) else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up_log(form: Literal["text", "json"] = "text") -> None:
    """Sends the log to standard error, unless the program that this runs in has set it up."""
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else plain)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("faiss").setLevel(logging.WARNING)  # it tells which of its builds it tries


def client(scope: Scope, shown: Clients) -> str:
    """What the log holds of a client: nothing, its network (/24, or /64 of IPv6), or its address."""
    if shown == "none":
        return ""
    if shown == "address":
        return peer_of(scope)
    key = client_key(scope)  # of IPv6 that is the network already
    head, dot, _ = key.rpartition(".")
    return f"{head}.0/24" if dot and ":" not in key else key
