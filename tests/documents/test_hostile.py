"""Hostile files cost themselves only, and not much; what is made of them stays in proportion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from counting import calls
from hostile_texts import ANY, MARKDOWN, PLAIN

from assistant.documents import markdown, plain
from assistant.documents.chunking import Budget, line_in_context, passages_of
from assistant.documents.corpus import load_corpus
from assistant.documents.files import File
from assistant.documents.sandbox import Limits, Sandbox
from assistant.errors import EmptyDocument, UnreadableDocument
from assistant.question.acronyms import learn
from assistant.question.naming import codes

FILES = {
    **{f"{name}.txt": file for name, file in {**ANY, **PLAIN}.items()},
    **{f"{name}.md": file for name, file in {**ANY, **MARKDOWN}.items()},
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=Limits(megabytes=1_000)) as made:
        yield made


def test_there_are_a_dozen_of_each_kind() -> None:
    assert len(PLAIN) + len(ANY) >= 12 and len(MARKDOWN) + len(ANY) >= 12


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_and_gives_no_more_than_it_holds(sandbox: Sandbox, name: str) -> None:
    data, end = FILES[name]
    try:
        document = sandbox.parse(File(name, name, data)).document
    except UnreadableDocument as error:
        assert (end, str(error).partition(":")[0]) == (
            "skipped" if isinstance(error, EmptyDocument) else "failed",
            name,
        )
        return
    assert end == "read"
    passages = passages_of(document, budgets=[Budget(200, lambda text: len(text) // 4 + 1)])
    assert "".join(passage.text for passage in passages) == document.text
    assert max((len(passage.text) for passage in passages), default=0) <= 800
    contexts = sum(len(line_in_context(document, line)) for line in document.lines)
    assert contexts <= 5_000_000 + 50 * len(data)
    learn([document])
    codes(document.text)


def test_a_folder_of_them_is_read_past_each(sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("nul.md", "alias-bomb.md", "nested-tags.md", "half-a-pair.txt", "indents.txt"):
        (tmp_path / name).write_bytes(FILES[name][0])
        (tmp_path / f"good-{name}").write_text(f"The good one beside {name}.")
    corpus = load_corpus(tmp_path, parser=sandbox.parse)
    assert [document.id for document in corpus.documents if document.id.startswith("good-")] == [
        "good-alias-bomb.md", "good-half-a-pair.txt", "good-indents.txt", "good-nested-tags.md", "good-nul.md",
    ]  # fmt: skip
    assert {entry.source for entry in corpus.entries if entry.status == "failed"} == {"half-a-pair.txt", "nul.md"}


GROWING: Mapping[str, Callable[[int], str]] = {
    "headings.txt": lambda n: "".join(f"Heading {k}\n\nSome text that ends.\n\n" for k in range(n)),
    "heads-lists.txt": lambda n: "".join(f"Heading {k}\n- one of it\n- two of it\n\n" for k in range(n)),
    "short-headings.txt": lambda n: "".join(f"Heading {k}\n\n" for k in range(n)),
    "glued.txt": lambda n: "- a\n- b\n- last " + "".join(f"Word{k} " for k in range(20 * n)) + ".\n",
    "flat.txt": lambda n: "- of these:\n" + "- a b\n" * n,
    "leads.txt": lambda n: "These:\n- a\n" * n,
    "lines.txt": lambda n: "".join(f"This is line {k} of a text and it ends here.\n" for k in range(n)),
    "indents.txt": lambda n: "".join(f"{' ' * (k % 90)}- item\n" for k in range(n)),
    "headings.md": lambda n: "".join(f"## Heading {k}\n\nSome text that ends.\n\n" for k in range(n)),
    "list.md": lambda n: "".join(f"- item {k}\n  - below\n" for k in range(n)),
    "table.md": lambda n: "| a | b |\n|---|---|\n" + "".join(f"| row {k} | {k} |\n" for k in range(n)),
    "tables.md": lambda n: "".join(f"| a | b |\n|---|---|\n| row {k} | {k} |\n\n" for k in range(n)),
    "questions.md": lambda n: "".join(f"Q: What is {k}?\nA: It is {k}.\n\n" for k in range(n)),
    "details.md": lambda n: "".join(f"<details><summary>Q {k}?</summary>\n\nA.\n\n</details>\n\n" for k in range(n)),
    "html.md": lambda n: "<table>" + "".join(f"<tr><td>a</td><td>{k}</td></tr>\n" for k in range(n)) + "</table>",
    "nested.md": lambda n: "<div>\n\n" * n + "text\n\n" + "</div>\n\n" * n,
    "containers.md": lambda n: "".join(f":::note A\n\nText {k}.\n\n" for k in range(n)),
    "admonitions.md": lambda n: "".join(f'!!! note "A"\n    Text {k}.\n\n' for k in range(n)),
    "terms.md": lambda n: "".join(f"Term {k}\n: It is {k}.\n\n" for k in range(n)),
    "notes.md": lambda n: "".join(f"Text {k}[^{k}].\n\n[^{k}]: Note {k}.\n\n" for k in range(n)),
    "bold.md": lambda n: "".join(f"**Head {k}**\n\nText.\n\n" for k in range(n)),
    "asked.md": lambda n: "".join(f"Is it {k}?\n\nYes it is.\n\n" for k in range(n)),
    "asked.txt": lambda n: "".join(f"Is it {k}?\n\nYes it is.\n\n" for k in range(n)),
    "fields.md": lambda n: "".join(f"Key {k}: value\n" for k in range(n)),
    "links.md": lambda n: "".join(f"See [this](http://x.y/{k}) and <b>that</b>. " for k in range(n)),
}  # fmt: skip


@pytest.mark.parametrize("name", GROWING)
def test_twice_the_text_takes_little_more_than_twice_the_work(name: str) -> None:
    structure = (markdown if name.endswith(".md") else plain).structure
    small, large = GROWING[name](150), GROWING[name](300)
    structure(small)  # what is learnt once is learnt
    assert calls(partial(structure, large)) <= 2.4 * calls(partial(structure, small))
