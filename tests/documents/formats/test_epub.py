"""EPUB books."""

from __future__ import annotations

import made
import pytest

from assistant.documents.formats.epub import load
from assistant.errors import DamagedDocument, ProtectedDocument

LOCK = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">
<e:EncryptedData><e:CipherData><e:CipherReference URI="{}"/></e:CipherData></e:EncryptedData></encryption>"""


def test_chapters_stand_in_their_order_below_the_title_of_the_book() -> None:
    content = load(made.epub("# One\n\n## Deep\n\nA.", "# Two\n\nB.", title="Leave"), "a.epub")
    assert content.text == "# Leave\n\n## One\n\n### Deep\n\nA.\n\n## Two\n\nB.\n"
    assert (content.title, dict(content.metadata)) == ("Leave", {"language": "en"})


def test_a_book_with_one_headline_keeps_it() -> None:
    assert load(made.epub("# One\n\nA.", "## Two\n\nB."), "a.epub").text == "# One\n\nA.\n\n## Two\n\nB.\n"


def test_a_book_that_is_protected_says_so_and_locked_fonts_are_no_matter() -> None:
    locked = made.epub("# One", extra={"META-INF/encryption.xml": LOCK.format("OPS/c0.xhtml")})
    with pytest.raises(ProtectedDocument, match="protected against copying"):
        load(locked, "a.epub")
    fonts = made.epub("# One", extra={"META-INF/encryption.xml": LOCK.format("OPS/font.otf")})
    assert load(fonts, "a.epub").text == "# One\n"


def test_a_file_that_is_no_book_says_so() -> None:
    with pytest.raises(DamagedDocument, match="is no EPUB book"):
        load(made.zipped({"x": "y"}), "a.epub")
