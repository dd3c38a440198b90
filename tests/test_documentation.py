"""The README and the pages of docs/ say what the code does, and lead to each other."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from assistant import errors
from assistant.cli import main
from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("assistant/model/*/README.md")])
WIDGET = ROOT / "assistant/widget"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(language: str, pages: list[Path] = PAGES) -> list[str]:
    """The blocks of code in this language on these pages."""
    return [text for page in pages for kind, text in FENCED.findall(page.read_text("utf-8")) if kind == language]


def held(page: Path, table: str, rows: list[str]) -> None:
    """A table of a page holds these rows; it is rewritten where it does not, and the test fails."""
    text = page.read_text("utf-8")
    pattern = re.compile(rf"(<!-- {table} -->\n(?:\|.*\n){{2}})((?:\|.*\n)*)(<!-- /{table} -->)")
    match = pattern.search(text)
    assert match is not None
    wanted = "".join(f"{row}\n" for row in rows)
    if match[2] != wanted:
        page.write_text(pattern.sub(lambda m: m[1] + wanted + m[3], text), "utf-8")
    assert match[2] == wanted, f"the table of {table} in {name(page)} was rewritten: review it"


def test_the_readme_is_short() -> None:
    assert len(README.read_text("utf-8").split()) <= 900


def test_the_readme_has_both_of_its_commands() -> None:
    found = dict(re.findall(r"<!-- (serve|test) -->\n```sh\n(.+)\n```\n", README.read_text("utf-8")))
    assert found["serve"].endswith(".venv/bin/assistant serve")
    [reading] = re.findall(r'eval "\$\((sed .+)\)"', (ROOT / ".ci/run").read_text("utf-8"))
    assert subprocess.check_output(reading, shell=True, cwd=ROOT, text=True) == f"{found['test']}\n"
    assert found["test"].endswith("scripts/test")


@cache
def anchors(page: Path) -> frozenset[str]:
    """What links into a page may name: its headings, as code hosts spell them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles)


def links(page: Path) -> list[tuple[Path, str]]:
    """Files and anchors that a page leads to by relative links."""
    text = re.sub(r"`[^`\n]+`", "", FENCED.sub("", page.read_text("utf-8")))
    found = [a or b for a, b in re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)]
    parts = [link.partition("#") for link in found if not re.match(r"\w+:", link)]
    return [((page.parent / unquote(path)).resolve() if path else page, anchor) for path, _, anchor in parts]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert [
        (target, anchor)
        for target, anchor in links(page)
        if not target.is_relative_to(ROOT) or not target.exists() or (anchor and anchor not in anchors(target))
    ] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, new = set[Path](), {README}
    while new:
        reached |= new
        new = {target for page in new for target, _ in links(page) if target.suffix == ".md"} - reached
    assert [name(page) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize(("start", "folder"), [(README, DOCS), (DOCS / "decisions/README.md", DOCS / "decisions")])
def test_every_page_is_listed_under_its_title(start: Path, folder: Path) -> None:
    listed = {page for page in PAGES if page.parent == folder and page != start}
    assert len(listed) >= 10 and listed - {page for page, anchor in links(start) if not anchor} == set()
    titles = [page.read_text("utf-8").partition("\n")[0].removeprefix("# ") for page in sorted(listed)]
    assert [title for title in titles if f"[{title}](" not in start.read_text("utf-8")] == []


def test_the_table_of_settings_is_that_of_the_code() -> None:
    held(
        DOCS / "settings.md",
        "settings",
        [
            f"| `{PREFIX}{key.upper()}` | `{field.default}` | {field.description} |"
            for key, field in Settings.model_fields.items()
        ],
    )


def test_every_setting_that_a_page_names_is_there() -> None:
    settings = {f"{PREFIX}{key.upper()}" for key in Settings.model_fields}
    named = {found for page in PAGES for found in re.findall(rf"{PREFIX}[A-Z_]+", page.read_text("utf-8"))}
    assert named - settings == set()


def test_the_table_of_routes_is_that_of_the_api() -> None:
    routes = json.loads((ROOT / "tests/golden/openapi.json").read_text("utf-8"))["paths"]
    held(
        DOCS / "api.md",
        "routes",
        [
            f"| `{method.upper()} {path}` | {operation['summary']} |"
            for path, methods in routes.items()
            for method, operation in methods.items()
        ],
    )


def options(capsys: pytest.CaptureFixture[str], *command: str) -> set[str]:
    """The options of a command, as its help has them."""
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", capsys.readouterr().out)) - {"-h", "--help"}


def test_the_table_of_commands_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    [commands] = re.findall(r"^  COMMAND\n((?:    .*\n)+)", capsys.readouterr().out, re.MULTILINE)
    rows = re.findall(r"^\| `assistant (\w+)(.*?)` \|", (DOCS / "command-line.md").read_text("utf-8"), re.MULTILINE)
    assert [command for command, _ in rows] == re.findall(r"^    (\w+)", commands, re.MULTILINE)
    for command, shown in rows:
        named = set(re.findall(r"--[a-z-]+", shown))
        assert named <= options(capsys, command) if command == "batch" else named == options(capsys, command)


def test_the_page_of_batches_has_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    cells = re.findall(r"^\| (`-.+?) \|", (DOCS / "batch.md").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`(-[a-z-]+)`", " ".join(cells))) == options(capsys, "batch")


def test_commands_on_the_pages_have_the_options_that_they_name(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(blocks("sh") + blocks("console")).replace("scripts/batch_faq", "assistant batch")
    commands = re.findall(r"(?:^|[ /])assistant (\w+)([^|\n]*)", text, re.MULTILINE)
    assert {command for command, _ in commands} >= {"ask", "batch", "calibrate", "gaps", "index", "purge", "serve"}
    for command, arguments in commands:
        assert {word for word in shlex.split(arguments) if word.startswith("--")} <= options(capsys, command), command


def test_the_page_of_the_widget_tells_what_can_be_set() -> None:
    text = (DOCS / "embed.md").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in WIDGET.glob("*.js"))
    properties = set(re.findall(r"--role-assistant-[a-z-]+", code))
    assert properties and properties == set(re.findall(r"--role-assistant-[a-z-]+", text))
    [observed] = re.findall(r"observedAttributes = (\[.*\])", code)
    attributes = {*json.loads(observed), *re.findall(r"getAttribute\(\"(\w+)\"\)", code)}
    rows = re.findall(r"^\| (`.+?) \|", text.partition("## Attributes")[2].partition("\n## ")[0], re.MULTILINE)
    assert attributes == set(re.findall(r"`(\w+)`", " ".join(rows)))
    embedding = blocks("html", [DOCS / "embed.md"])
    assert embedding == blocks("html", [README]) and len(embedding) == 1


def below(error: type[errors.AssistantError]) -> Iterator[type[errors.AssistantError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from below(child)


def test_the_table_of_errors_is_that_of_the_code() -> None:
    held(
        DOCS / "errors.md",
        "errors",
        [
            f"| `{error.code}` | {error.status} | {error.exit_code} | {(error.__doc__ or '').splitlines()[0]} |"
            for error in below(errors.AssistantError)
        ],
    )


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in below(errors.AssistantError)]
    assert len(codes) == len(set(codes))


def test_the_tree_in_errors_names_every_error() -> None:
    assert [
        error.__name__ for error in below(errors.AssistantError) if error.__name__ not in (errors.__doc__ or "")
    ] == []


def test_the_blocks_of_json_are_json() -> None:
    assert [json.loads(block) for block in blocks("json")] != []


@pytest.mark.model
def test_the_examples_on_the_pages_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    consoles = re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)+)", "".join(blocks("console")), re.MULTILINE)
    curls = [block for block in blocks("sh") if block.startswith("curl ") and "$KEY" not in block]
    pythons = blocks("python")
    assert (len(consoles), len(curls), len(pythons)) == (2, 6, 1)
    command = [sys.executable, "-m", "assistant"]
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(f"{PREFIX}INDEX", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with subprocess.Popen([*command, "serve", "--port", port], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            assert any("listening" in line for line in server.stderr)
            replies = {}
            for curl in curls:
                done = subprocess.run(
                    curl.replace("8000", port), shell=True, capture_output=True, text=True, check=True
                )
                replies[curl] = json.loads(done.stdout)
                assert "code" not in replies[curl] and "error" not in replies[curl], curl
            [strategic] = [reply for curl, reply in replies.items() if "strategic" in curl]
            assert len(strategic["citations"]) == 3
            [followed] = [reply for curl, reply in replies.items() if "history" in curl]
            assert followed["status"] == "answered" and followed["standalone_question"] != followed["question"]
            [limited] = [reply for curl, reply in replies.items() if "filters" in curl]
            assert limited["hits"] and all("Head of AI" in hit["section_path"] for hit in limited["hits"])
            for code in pythons:
                done = subprocess.run(
                    [sys.executable, "-c", code.replace("8000", port)], capture_output=True, text=True, check=True
                )
                assert "$234,750 [1]" in done.stdout
            for shown, output in consoles:
                said = subprocess.check_output(
                    shown.replace(".venv/bin/assistant", shlex.join(command)), shell=True, text=True
                )
                assert said.startswith(output), shown
        finally:
            server.terminate()
    assert server.returncode == 0
