"""A server in a process of its own, over a few documents. `python tests/served.py PORT` starts one by hand."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from assistant.server import create_app, run
from assistant.server.command import tracing
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Filters, Turn

GUIDE = """# Salary Ranges
The median salary of a head of AI is $234,750.
Figures are for the US market & <b>before</b> tax.
## Director
A director earns $198,000 in the median.

# Key Responsibilities
Set the strategy for machine learning across the company, and keep it honest.
Lead a team of engineers 👩\u200d🚀 and researchers.

The second paragraph is about budgets: own the budget for compute.
"""


class SlowAnswerer(StaticAnswerer):
    """Thinks for a while about any question with `slowly` in it, and fails on `breakage`."""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        time.sleep(0.6 * ("slowly" in question))
        if "breakage" in question:
            raise RuntimeError(f"a secret about {question}")
        return super().ask(question, history=history, filters=filters)


class Served(NamedTuple):
    process: subprocess.Popen[str]
    url: str


@contextmanager
def served(**options: float) -> Iterator[Served]:
    """A server on a free port, run with these options; killed at the end if it still runs."""
    command = [sys.executable, __file__, "0", json.dumps(options)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            listening = re.search(r"http://\S+", process.stderr.readline())
            assert listening, process.stderr.read()
            yield Served(process, listening[0])
        finally:
            process.kill()


if __name__ == "__main__":
    answerer = SlowAnswerer(document(GUIDE, id="roles/head of ai.txt", title="Head of AI"))
    with tracing() as traces:
        run(
            create_app(lambda: answerer, traces=traces),
            port=int(sys.argv[1]),
            reload=lambda: logging.getLogger("assistant.server").info("reloaded"),
            **json.loads("".join(sys.argv[2:]) or "{}"),
        )
