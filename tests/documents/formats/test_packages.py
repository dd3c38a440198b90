"""Office files as archives, also such as were made to do harm."""

from __future__ import annotations

import made
import pytest

from assistant.documents.formats import packages
from assistant.documents.formats.packages import Package
from assistant.errors import DamagedDocument, UnreadableDocument


def test_a_part_that_stands_in_a_relation_is_found_from_its_folder() -> None:
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Type="http://x/styles" Target="../s.xml"/><Relationship Type="http://x/notes" Target="/n.xml"/>'
        '<Relationship Type="http://x/web" Target="http://x" TargetMode="External"/></Relationships>'
    )
    package = Package(made.zipped({"a/b/_rels/c.xml.rels": links}), "x.docx")
    assert [package.related("a/b/c.xml", kind) for kind in ("styles", "notes", "web")] == ["a/s.xml", "n.xml", None]


def test_an_archive_that_unpacks_to_more_than_any_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_SIZE", 10_000)
    with pytest.raises(UnreadableDocument, match=r"^x.docx: unpacks to more than 10,000 bytes: split it$"):
        Package(made.zipped({"a.xml": "0" * 20_000}), "x.docx")


def test_a_part_that_unpacks_to_more_than_any_does_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_PART", 10_000)
    with pytest.raises(
        UnreadableDocument, match=r"^x.docx: its part a.xml unpacks to more than 10,000 bytes: split it$"
    ):
        Package(made.zipped({"a.xml": "0" * 20_000}), "x.docx").xml("a.xml")


def test_a_part_that_is_cut_off_is_said() -> None:
    data = bytearray(made.zipped({"a.xml": f"<a>{' '.join(map(str, range(2_000)))}</a>"}))
    data[100:200] = bytes(100)
    with pytest.raises(DamagedDocument, match=r"its part a\.xml cannot be unpacked"):
        Package(bytes(data), "x.docx").xml("a.xml")


def test_entities_that_grow_are_refused_or_left_out() -> None:
    names = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "ha">{names}]><a>&e12;</a>'
    package = Package(made.zipped({"a.xml": bomb}), "x.docx")
    try:
        root = package.xml("a.xml")
    except DamagedDocument:
        return
    assert root is not None
    assert len("".join(root.itertext())) < 100
