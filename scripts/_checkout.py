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
    """Ends the process with the status that `main` gives, or with that of the error that it raises."""
    from assistant.errors import AssistantError

    try:
        sys.exit(main())
    except AssistantError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except FileNotFoundError as error:
        print(f"{Path(sys.argv[0]).name}: cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
