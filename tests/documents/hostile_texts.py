"""Texts that are made to cost their reader much: a dozen and more for each kind of file, and how each should end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

End = Literal["read", "failed", "skipped"]

_WORDS = " ".join(f"Word{n}" for n in range(4_000))
_BOMB = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))

ANY: Mapping[str, tuple[bytes, End]] = {
    "one-word": (b"a" * 20_000, "read"),
    "one-line": (b"A sentence of words. " * 2_000, "read"),
    "no-full-stop": (b"words and words " * 6_000, "read"),
    "spaces": (b"a" + b" " * 20_000 + b"b", "read"),
    "empty-lines": (b"a" + b"\n" * 20_000 + b"b", "read"),
    "short-lines": (b"a\n" * 10_000, "read"),
    "quotation-marks": (b'"a ' * 20_000, "read"),
    "brackets": (b"AB (" + b"a" * 40_000, "read"),
    "code": (b"A-" + b"1234567890-" * 4_000 + b"a", "read"),
    "combining": (("e" + "\u0301" * 1_000).encode() * 100, "read"),
    "overrides": ("\u202e\u2066pay \u200b".encode() * 20_000, "read"),
    "nul": (b"text\0" * 10, "failed"),
    "controls": (bytes(range(1, 256)) * 100, "failed"),
    "half-a-pair": (b"\xff\xfe" + b"\x00\xd8" * 1_000, "failed"),
    "not-utf-32": (b"\xff\xfe\0\0" + b"\xff" * 1_000, "failed"),
    "mark-only": (b"\xef\xbb\xbf \r\n", "skipped"),
    "alias-bomb": (f"---\nl0: &l0 [x]\n{_BOMB}\n---\nText.".encode(), "read"),
    "deep-yaml": (b"---\na: " + b"[" * 60_000 + b"\n---\nText.", "read"),
    "wide-yaml": (b"---\n" + b"a: b: c\n" * 7_000 + b"---\nText.", "read"),
    "deep-toml": (b"+++\na = " + b"[" * 60_000 + b"\n+++\nText.", "read"),
}
PLAIN: Mapping[str, tuple[bytes, End]] = {
    "headings": (b"".join(b"Heading %d\n\nIt ends.\n\n" % n for n in range(10_000)), "read"),
    "bare-headings": (b"".join(b"Heading %d\n\n" % n for n in range(20_000)), "read"),
    "glued": (f"- a\n- b\n- last {_WORDS}.\n".encode(), "read"),
    "glued-lists": (b"- a\n- b\n- the last Company goes on and on and on.\n\nIt ends.\n\n" * 2_000, "read"),
    "flat": (b"- of these:\n" + b"- a b\n" * 10_000, "read"),
    "leads": (b"These:\n- a\n" * 6_000, "read"),
    "indents": (b"".join(b" " * n + b"- item\n" for n in range(1_000)), "read"),
    "rules": (b"-----\n" * 10_000, "read"),
}
MARKDOWN: Mapping[str, tuple[bytes, End]] = {
    "headings": (b"".join(b"# Heading %d\n" % n for n in range(50_000)), "read"),
    "nested-tags": (b"<div>" * 10_000 + b"text" + b"</div>" * 10_000, "read"),
    "nested-lines": (b"<div>\n\n" * 10_000 + b"text\n\n" + b"</div>\n\n" * 10_000, "read"),
    "open-inline": (b"<b>" * 20_000 + b"x", "read"),
    "open-comments": (b"<!-- " * 20_000, "read"),
    "open-scripts": (b"<script>" * 10_000, "read"),
    "open-attributes": (b'<a b="' * 10_000, "read"),
    "nested-quotes": (b"> " * 20_000 + b"x", "read"),
    "nested-lists": (b"".join(b"  " * n + b"- item\n" for n in range(700)), "read"),
    "list-marks": (b"- " * 20_000 + b"x", "read"),
    "square-brackets": (b"# " + b"[" * 40_000, "read"),
    "stars": (b"**a" * 20_000, "read"),
    "ticks": (b"".join(b"`" * (n % 300 + 1) + b"a " for n in range(3_000)), "read"),
    "wide-table": (b"|" + b"a|" * 10_000 + b"\n|" + b"-|" * 10_000 + b"\n|" + b"b|" * 10_000, "read"),
    "definitions": (b"".join(b"[r%d]: /x\n\n# A [x][r%d]\n\n" % (n, n) for n in range(2_000)), "read"),
    "containers": (b":::note\n" * 5_000 + b"x", "read"),
    "meanings": (b"Term\n" + b": " * 20_000 + b"x", "read"),
    "terms": (b"a\n: b\n" * 4_000, "read"),
    "admonitions": (b'!!! note "' + b'"' * 20_000 + b"\n    x", "read"),
    "alerts": (b"> [!" + b"NOTE" * 10_000 + b"]\n> x", "read"),
    "notes": (b"a[^1] " * 3_000 + b"\n\n" + b"[^1]: b\n" * 3_000, "read"),
    "leaders": (b"a " + b". " * 20_000 + b"\n" + b"b" + b"." * 20_000, "read"),
    "under-a-long-item": (b"- " + b"long words " * 20_000 + b"\n" + b"  - short\n" * 2_000, "read"),
}
