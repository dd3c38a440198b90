"""Virtual environments: one for each peer, with the heavy libraries of the one that the command runs in."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import rmtree


class Unavailable(Exception):
    """A peer that cannot be measured, and why."""


def made(folder: Path, name: str, requires: Sequence[str], *, shared: Sequence[str] = ()) -> Path:
    """The interpreter of an environment below `folder` that has what a peer requires; made where it is not there yet.

    What is installed where the command runs is seen there, too. `shared` must be, and is never fetched. Raises
    Unavailable where that is not so, or where something cannot be installed.
    """
    try:
        pins = [f"{one}=={version(one)}" for one in shared]
    except PackageNotFoundError as error:
        raise Unavailable(f"it needs {error.name}, which is not installed here and is not fetched anew") from error
    told = sha256("\n".join([*requires, *pins, sys.version]).encode()).hexdigest()[:12]
    place = folder / f"{name}-{told}"
    python, done = place / "bin" / "python", place / "installed.txt"
    if done.exists():
        return python
    rmtree(place, ignore_errors=True)
    venv.create(place, with_pip=True)
    packages = place / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    here = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (packages / "shared.pth").write_text("".join(f"{path}\n" for path in here), encoding="utf-8")
    (place / "pins.txt").write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    ran = subprocess.run(
        [*command, "-c", str(place / "pins.txt"), *requires], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        lines = [line for line in ran.stderr.splitlines() if line.startswith("ERROR")] or ran.stderr.splitlines()
        raise Unavailable("it cannot be installed: " + (lines[-1].removeprefix("ERROR: ") if lines else "pip failed"))
    done.write_text("\n".join(requires) + "\n", encoding="utf-8")
    return python
