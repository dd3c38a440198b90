"""What is known of the documents side by side."""

from __future__ import annotations

from datetime import date

from assistant.answer.library import Library
from assistant.testing import document
from assistant.types import Document, Passage

SHEETS = [
    document(f"The hoist of article H-{n}. Lifts {n} kg.", id=f"{n}.md", title=f"Data sheet Hercules {n}")
    for n in (250, 500)
]


def library(*documents: Document) -> Library:
    passages = [Passage(one.id, one.version, 0, len(one.text), one.text) for one in documents]
    return Library({one.id: one for one in documents}, passages, today=lambda: date(2026, 11, 29))


def test_a_code_that_one_document_has_to_itself_names_it() -> None:
    hoists = library(*SHEETS)
    assert hoists.owner("H-250") == "250.md"
    assert hoists.seek("What does the H-250 lift?").documents == {"250.md"}
    assert hoists.parse("What does the H-250 lift?").text == "What does the H-250 (Data sheet Hercules 250) lift?"
    assert library(SHEETS[0]).owner("H-250") is None
    parts = document("Part AB-1234 is red. Part CD-9876 is blue.", id="parts.md", title="Parts")
    assert library(parts, *SHEETS).owner("AB-1234") is None


def test_copies_and_lists_of_questions_are_left_out_of_a_search() -> None:
    copy = document(SHEETS[0].text.upper(), id="250 (copy).md", title="Copy")
    asks = document("What does it lift? Who built it? Is it red?", id="ask.md", title="Ask")
    assert library(*SHEETS, copy, asks).seek("What is it?").without == {2, 3}
    among = library(*SHEETS, copy, asks).seek("What is it?", among={"250 (copy).md"})
    assert among.without == {3}


def test_questions_with_their_answers_are_searched() -> None:
    faq = document("What does it lift?\nIt lifts 5 kg.\nWho built it?\nKelm did.", id="faq.md", title="Questions")
    assert library(faq).seek("What does it lift?").without == set()


def test_documents_of_one_kind_have_much_the_same_headings() -> None:
    pages = [
        document(f"# {name}\nx\n## Pay\ny\n## Duties\nz", id=name, title=name)
        for name in ("Actuaries", "Lawyers", "Bakers")
    ]
    known = library(*pages, document("# Rules\nx\n## Bathing\ny", id="rules", title="Rules"))
    assert (known.kin("Lawyers"), known.kin("rules")) == (3, 1)
