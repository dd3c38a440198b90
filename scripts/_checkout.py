"""What the scripts share: they run in the checkout's own environment, and end as the `assistant` command does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent


def again(error: ModuleNotFoundError) -> NoReturn:
    """Runs the script once more with the checkout's `.venv`, or says what is missing."""
    environment = ROOT / ".venv"
    python = environment / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != environment.resolve():
        os.execv(python, [str(python), *sys.argv])
    sys.exit(f"{error.name} is not installed: run `pip install '.[test]'` in {ROOT}, then run this again")


def run(main: Callable[[], int]) -> NoReturn:
    """Ends the process as the `assistant` command does; a file that is not there is said, too."""
    from assistant.errors import UsageError
    from assistant.terminal.exits import ended

    def work() -> int:
        try:
            return main()
        except FileNotFoundError as error:
            raise UsageError(f"{error.filename}: {error.strerror}") from error

    sys.exit(ended(work, Path(sys.argv[0]).name))
