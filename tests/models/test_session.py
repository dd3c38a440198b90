"""Networks are held in memory whole, and tell nobody what they are used for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.models.encoder_names import SHIPPED
from assistant.models.reader import SHIPPED as READER

PACKAGE = Path(__file__).parents[2] / "assistant"
CUT_OFF = """
import json, os, sys
from pathlib import Path
import numpy as np
from assistant.documents.outline import Outline
from assistant.models.encoder import OnnxEncoder
from assistant.models.reader import OnnxReader
from assistant.testing import document
from assistant.types import Passage

encoders, readers = map(Path, sys.argv[1:])
guide = document("# Pay\\nThe pay of a baker is $336,500 a year.\\n", id="g")
whole = Passage("g", guide.version, 0, len(guide.text), guide.text)
questions = ["What is the pay of a baker?", "Where do zebras and xylophones, quietly, go abroad?"]

def opened():
    return OnnxEncoder(encoders, threads=1), OnnxReader(readers, outlines={"g": Outline(guide)}, threads=1)

def said(encoder, reader):
    read = [reader.read(question, whole) for question in questions]
    return encoder.encode_queries(questions).tolist(), [(one.answerable, one.lines) for one in read]

expected = said(*opened())
encoder, reader = opened()
for folder in (encoders, readers):
    for path in folder.iterdir():
        os.truncate(path, 10)
assert said(encoder, reader) == expected
mapped = [line for line in Path("/proc/self/maps").read_text().splitlines() if str(encoders.parent) in line]
print("went on", mapped)
"""
TOLD = """
import sys
from pathlib import Path
from assistant.models.encoder import OnnxEncoder

OnnxEncoder(Path(sys.argv[1]), threads=1).encode_queries(["What is the pay?"])
shared = [line for line in Path("/proc/self/maps").read_text().splitlines() if line.split()[1].startswith("rw-s")]
print("shared with others:", shared, "at home:", [path.name for path in Path.home().rglob("*")])
"""


def ran(code: str, *arguments: Path, home: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parent), "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what is mapped")
def test_a_model_that_is_cut_off_goes_on_in_a_process_that_has_opened_it(tmp_path: Path) -> None:
    folders = [Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in (SHIPPED, READER)]
    assert ran(CUT_OFF, *folders, home=tmp_path) == "went on []"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what is mapped")
def test_nothing_is_kept_or_told_of_what_is_encoded(tmp_path: Path) -> None:
    assert ran(TOLD, SHIPPED, home=tmp_path) == "shared with others: [] at home: []"
