from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.documents.folder import IGNORE_FILE, walk
from assistant.errors import CorpusError, CorpusNotFound


def write(folder: Path, name: str, content: str = "Text.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def taken(corpus: Path) -> list[str]:
    """The files that should be read."""
    return [found.id for found in walk(corpus) if not found.why]


def left(corpus: Path) -> dict[str, str]:
    """What gives no document, and why."""
    return {found.id: found.why for found in walk(corpus) if found.why}


def test_other_kinds_of_files_are_left_and_said(tmp_path: Path) -> None:
    write(tmp_path, "scan.xyz")
    write(tmp_path, "README")
    found = left(tmp_path)
    assert found["scan.xyz"].startswith(".xyz is not a kind that can be read: .txt, .text, .md, .markdown")
    assert found["README"].startswith("a name without a suffix")
    assert not any(found.failed for found in walk(tmp_path))


@pytest.mark.parametrize("name", [
    ".hidden.txt", ".git/config.txt", "node_modules/react/README.md", "a/node_modules/x.md", "__pycache__/a.txt",
    "a.txt~", "#a.txt#", "a.txt.bak", ".a.txt.swp", "a.txt.swp", "~$a.txt", ".venv/lib/x.md", "__MACOSX/a.txt",
    ".DS_Store", "Thumbs.db", "zz.txt.meta.json", "zz.meta.json",
])  # fmt: skip
def test_hidden_files_packages_sidecars_and_backups_are_ignored(tmp_path: Path, name: str) -> None:
    write(tmp_path, "zz.txt")
    write(tmp_path, name)
    assert (taken(tmp_path), left(tmp_path)) == (["zz.txt"], {})


def test_an_ignore_file_has_the_rules_of_gitignore(tmp_path: Path) -> None:
    for name in ("a.md", "drafts/b.md", "drafts/keep.md", "x/drafts/c.md", "old-1.txt", "x/old-2.txt", "x/y/deep.md"):
        write(tmp_path, name)
    write(tmp_path, IGNORE_FILE, "# what is not ready\n/drafts/*\n!/drafts/keep.md\n\nold-?.txt\nx/**/deep.md\n")
    assert taken(tmp_path) == ["a.md", "drafts/keep.md", "x/drafts/c.md"]
    assert left(tmp_path) == {}


def test_an_ignore_file_within_a_folder_counts_there_and_wins(tmp_path: Path) -> None:
    for name in ("a.md", "in/a.md", "in/b.md", "other/b.md"):
        write(tmp_path, name)
    write(tmp_path, IGNORE_FILE, "a.md\n")
    write(tmp_path, f"in/{IGNORE_FILE}", "!a.md\n/b.md\n")
    assert taken(tmp_path) == ["in/a.md", "other/b.md"]


def test_an_ignore_file_may_bring_back_what_is_ignored_by_default(tmp_path: Path) -> None:
    for name in (".github/rules.md", ".secret.md"):
        write(tmp_path, name)
    write(tmp_path, IGNORE_FILE, "!.github/\n")
    assert taken(tmp_path) == [".github/rules.md"]


@pytest.mark.parametrize("rule", ["[z-a]", "!", "\0"])
def test_an_ignore_file_that_cannot_be_understood_stops_the_reading(tmp_path: Path, rule: str) -> None:
    write(tmp_path, "a.md")
    write(tmp_path, IGNORE_FILE, f"secret/\n{rule}\n")
    with pytest.raises(CorpusError, match=rf"^{IGNORE_FILE}"):
        walk(tmp_path)


def test_an_ignore_file_that_leads_out_stops_the_reading(tmp_path: Path) -> None:
    write(tmp_path, "outside")
    write(tmp_path, "corpus/a.md")
    (tmp_path / "corpus" / IGNORE_FILE).symlink_to(tmp_path / "outside")
    with pytest.raises(CorpusError, match="write the rules into it"):
        walk(tmp_path / "corpus")


def test_a_sidecar_without_its_document_is_said(tmp_path: Path) -> None:
    write(tmp_path, "gone.txt.meta.json")
    assert left(tmp_path) == {"gone.txt.meta.json": "has no document of its name beside it"}


def test_links_that_lead_out_are_left_and_links_within_are_followed(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(tmp_path, "outside/secret.txt")
    write(corpus, "in/a.txt")
    (corpus / "file.txt").symlink_to(tmp_path / "outside/secret.txt")
    (corpus / "folder").symlink_to(tmp_path / "outside")
    (corpus / "dots.txt").symlink_to("../outside/secret.txt")
    (corpus / "broken.txt").symlink_to("nowhere.txt")
    (corpus / "self.txt").symlink_to("self.txt")
    (corpus / "in/circle").symlink_to(corpus)
    (corpus / "same").symlink_to(corpus / "in")
    (corpus / "same.txt").symlink_to("in/a.txt")
    assert taken(corpus) == ["in/a.txt", "same/a.txt", "same.txt"]
    assert left(corpus).keys() == {
        "broken.txt", "dots.txt", "file.txt", "folder", "in/circle", "same/circle", "self.txt",
    }  # fmt: skip


def test_folders_are_not_gone_into_without_end(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(130):
        deep = deep / "d"
        deep.mkdir()
    write(tmp_path, "a.md")
    write(deep, "b.md")
    assert taken(tmp_path) == ["a.md"]
    assert list(left(tmp_path).values()) == ["lies more than 100 folders deep"]


def test_a_single_file_is_taken_whatever_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "other.md")
    write(tmp_path, IGNORE_FILE, "*\n")
    path = write(tmp_path, "handbook.md")
    assert [(found.path, found.id, found.why) for found in walk(path)] == [(path, "handbook.md", "")]
    assert left(write(tmp_path, "handbook.xyz"))["handbook.xyz"].startswith(".xyz is not a kind")


def test_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound, match=r"no corpus folder .*none: make it and put documents into it"):
        walk(tmp_path / "none")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_has_failed(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "closed").mkdir(mode=0)
    found = {each.id: each for each in walk(tmp_path)}
    assert found["closed"].failed and found["closed"].why == "cannot be listed: Permission denied"
