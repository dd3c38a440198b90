"""Carries out a Dockerfile without a container: each step in a folder that stands for the image's root."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

OWN = ("/build", "/opt", "/srv")  # the folders of the image that steps may name; all else is this machine's


@dataclass
class Image:
    """What has been built, and how it is run. Stages share one root: what one has made, the next may have."""

    root: Path
    python: str  # stands for the base's
    workdir: str = "/"
    user: int | None = None
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: str = ""
    ran: list[str] = field(default_factory=list)
    copied: list[Path] = field(default_factory=list)
    written: set[Path] = field(default_factory=set)  # by the user that the image is run as

    def run(self, words: str | list[str], **more: str) -> subprocess.Popen[str]:
        """Starts a command as the image would."""
        text = words if isinstance(words, str) else " ".join(words)
        text = re.sub(r"^python(?= -m venv)", self.python, text)
        environment = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], **kept(), **self.environment, **more}
        return subprocess.Popen(
            self.here(text),
            shell=True,
            cwd=self.here(self.workdir),
            env={name: self.here(value) for name, value in environment.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self.user if self.is_root_here() else None,
            start_new_session=True,
        )

    def is_root_here(self) -> bool:
        """Whether this machine lets a step be run as another user, which may run its Python, too."""
        if os.geteuid() != 0 or self.user is None:
            return False
        return (
            subprocess.run(["sh", "-c", f"{self.python} -c pass"], user=self.user, stderr=subprocess.DEVNULL).returncode
            == 0
        )

    def files(self) -> set[tuple[Path, int]]:
        """All files below the root, with when they were last changed."""
        return {(path, path.stat().st_mtime_ns) for path in self.root.rglob("*") if path.is_file()}

    def here(self, text: str) -> str:
        """The text with the image's own folders where they lie on this machine."""
        return re.sub(rf"(?<![\w./-])(?={'|'.join(map(re.escape, OWN))})", str(self.root), text)


def kept() -> Mapping[str, str]:
    """Where pip finds packages on this machine."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") and "TARGET" not in name}


def steps(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Each instruction and what it says, lines joined, comments left out."""
    lines = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            instruction, said = line.split(maxsplit=1)
            yield instruction.upper(), " ".join(said.split())


def context(source: Path) -> list[Path]:
    """The files that .dockerignore lets into the image, below `source`; those that git does not know are there too."""
    lines = (source / ".dockerignore").read_text("utf-8").splitlines()
    # Docker's patterns count from the root, where git's may match at any depth.
    spec = GitIgnoreSpec.from_lines(re.sub(r"^(!?)/?", r"\1/", line) for line in lines if line)
    found = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    return [path for path in found if not spec.match_file(path)]


def build(source: Path, root: Path, *, python: str) -> Image:
    """Carries out the Dockerfile in `source`. Fails where a step does, or is of a kind that is not known here."""
    image = Image(root, python)
    files = context(source)
    for instruction, said in steps((source / "Dockerfile").read_text("utf-8")):
        if instruction == "FROM":
            image.environment, image.workdir, image.user = {}, "/", None
        elif instruction == "WORKDIR":
            image.workdir = said
            Path(image.here(said)).mkdir(parents=True, exist_ok=True)
        elif instruction == "ENV":
            for name, value in re.findall(r"(\w+)=(\S+)", said):
                image.environment[name] = value.replace("$PATH", os.environ["PATH"])
        elif instruction == "COPY":
            copy(image, source, files, said)
        elif instruction == "USER":
            image.user = int(said.partition(":")[0])
        elif instruction == "RUN":
            before = image.files() if image.user is not None else set()
            step = image.run(said)
            told, _ = step.communicate()
            assert step.returncode == 0, f"{said}: {told[-2000:]}"
            image.ran.append(said)
            if image.user is not None:
                image.written |= {path for path, _ in image.files() - before}
        elif instruction == "HEALTHCHECK":
            image.health = said.partition("CMD ")[2]
        elif instruction == "CMD":
            image.command = json.loads(said)
        else:
            assert instruction in ("ARG", "EXPOSE"), f"no test for {instruction}"
    return image


def copy(image: Image, source: Path, files: list[Path], said: str) -> None:
    """Copies what the context has of these names; what comes from an earlier stage is there already."""
    *names, target = said.split()
    if names[0].startswith("--from="):
        assert Path(image.here(names[1])).is_dir() and names[1] == target
        return
    for name in names:
        chosen = [path for path in files if path == Path(name) or path.is_relative_to(name)]
        assert chosen, f"{name} is not in the context"
        for path in chosen:
            inside = path.relative_to(name) if name.endswith("/") else Path(path.name)
            place = Path(image.here(image.workdir)) / target / inside
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, place)
            image.copied.append(path)
