"""How a command ends: what is said of an error, and the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from assistant.errors import AssistantError


def ended(work: Callable[[], int], name: str) -> int:
    """The exit status of a command of that name. What ends it early is said on standard error."""
    if sys.stderr is None:  # it was closed, and what is meant for it would go to standard output
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    try:
        return work()
    except AssistantError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"{name}: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output has left
        sys.stderr.close()
        return 0
