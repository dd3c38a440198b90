from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.citations import cite, verify
from assistant.pinned.document import as_document, passages
from assistant.pinned.entries import Pin

TEXTS = st.text(min_size=1, max_size=60).map(str.strip).filter(lambda text: bool(text.split()) and "\r" not in text)


def test_writes_a_section_a_question_with_the_lines_of_its_answer() -> None:
    pins = [Pin("When do you open?", "These hours:\n- at ten\n- on Sundays at noon", source="Rota"), Pin("Why?", "So.")]
    document, places = as_document(pins, "faq.csv")
    said = [[document.text[document.lines[n].start : document.lines[n].end] for n in place.lines] for place in places]
    assert said == [["These hours:", "at ten", "on Sundays at noon"], ["So."]]
    assert [document.lines[n].kind for n in places[0].lines] == ["sentence", "item", "item"]
    assert [section.path for section in document.sections] == [("When do you open?",), ("Why?",)]
    assert (document.id, document.title) == ("pinned/faq.csv", "Pinned answers")
    assert "Source: Rota" in document.text


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_cites_every_answer_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    document, places = as_document([Pin(question, answer) for question, answer in pairs], "faq.csv")
    for passage, (_, answer) in zip(passages(document, places), pairs, strict=True):
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text.split() == answer.split()
    for place in places:
        for n in place.lines:
            line = document.lines[n]
            verify(cite(document, line.start, line.end), document)
