"""A file of what was done that others may ask about: who saw the admin page, which keys were made, what was deleted."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import UsageError


class Audit:
    """Adds a line of JSON for each event to a file, which only its owner may read. Without a file it does nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def __call__(self, what: str, **fields: object) -> None:
        if self.path is None:
            return
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": what, **fields}
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
            finally:
                os.close(file)
        except OSError as error:  # what cannot be accounted for is not done
            raise UsageError(
                f"cannot write the audit log {self.path} ({error.strerror}): mend that, or unset ASSISTANT_AUDIT_LOG"
            ) from error
