"""A page that shows the answers of two runs side by side, for a person to look through before they are published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape

from assistant.batch import pages
from assistant.batch.bodies import one_line, why
from assistant.batch.compare import KINDS, SOURCE_GONE, Change, Difference
from assistant.batch.journal import Earlier
from assistant.batch.run import Results
from assistant.wire import OutcomeBody

_TITLE = "What has changed"
_NEW, _DROPPED = "new questions", "questions that are not asked any more"
_STYLE = (
    pages.STYLE
    + """
body { max-width: 76rem }
nav ul { padding-left: 1.25rem }
h4 { font-size: 1rem; margin: .25rem 0 }
.pair { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)) }
.pair > div { min-width: 0 }
.note { color: var(--soft); font-size: .9rem }
ins { text-decoration: underline; text-decoration-thickness: 2px }
del { text-decoration: line-through; text-decoration-thickness: 2px }
"""
)
_TOKEN = re.compile(r"\x1e|[^\W_]+(?:[.,'\u2019][^\W_]+)*|\s+|.", re.DOTALL)
_BREAK = "\x1e"  # between two blocks of an answer
_ALIKE = 0.3  # of two answers, from which their difference is worth marking
_LONG = 4_000  # tokens of two answers, above which it would take long to find


def page(results: Results, earlier: Earlier, difference: Difference, *, base: str) -> Iterator[str]:
    """The page in pieces. It needs nothing else and runs nothing. Questions whose answers are the same are left out."""
    sections: dict[str, list[int]] = {}
    for kind in KINDS:
        sections[kind] = [number for number, changes in difference.changes.items() if changes[0].kind == kind]
    sections = {name: numbers for name, numbers in (*sections.items(), (_NEW, [*difference.new])) if numbers}
    counts = {name: len(numbers) for name, numbers in sections.items()}
    if difference.dropped:
        counts[_DROPPED] = len(difference.dropped)
    n = len(difference.compared)
    yield pages.top(_TITLE, _STYLE)
    yield f"<p>Asked before and now: {n}. With the same answer: {n - len(difference.changes)}.</p>\n"
    if counts:
        yield '<nav aria-label="What has changed"><ul>\n'
        yield from (f'<li><a href="#{_id(name)}">{name}: {count}</a></li>\n' for name, count in counts.items())
        yield "</ul></nav>\n"
    for name, numbers in sections.items():
        yield _heading(name)
        for number in numbers:
            yield from _article(results, earlier, number, difference.changes.get(number, ()), base)
        yield "</section>\n"
    if difference.dropped:
        yield _heading(_DROPPED) + "<ul>\n"
        yield from (f'<li dir="auto">{escape(one_line(question))}</li>\n' for question in difference.dropped)
        yield "</ul>\n</section>\n"
    yield pages.BOTTOM


def marked(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """The HTML of the blocks of two answers: what only one of them says stands in `del` or `ins`.

    Nothing is marked where they have little in common.
    """
    first, second = _tokens(before), _tokens(after)
    matcher = SequenceMatcher(a=first, b=second, autojunk=False)
    if not first or not second or len(first) + len(second) > _LONG or matcher.ratio() < _ALIKE:
        return [escape(text) for text in before], [escape(text) for text in after]
    old = new = ""
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        old += _wrapped(first[start:end], "" if kind == "equal" else "del")
        new += _wrapped(second[other_start:other_end], "" if kind == "equal" else "ins")
    return old.split(_BREAK), new.split(_BREAK)


def _tokens(blocks: Sequence[str]) -> list[str]:
    return _TOKEN.findall(_BREAK.join(text.replace(_BREAK, " ") for text in blocks))


def _wrapped(tokens: Sequence[str], tag: str) -> str:
    parts = map(escape, "".join(tokens).split(_BREAK))
    return _BREAK.join(f"<{tag}>{part}</{tag}>" if tag and part else part for part in parts)


def _article(results: Results, earlier: Earlier, number: int, changes: Sequence[Change], base: str) -> Iterator[str]:
    question = results.question(number)
    before, after = earlier.get(question), results.find(question).body
    yield pages.heading(number, question)
    yield f'<p class="note">Row {number}</p>\n'
    for change in changes[1:] or [change for change in changes if change.kind == SOURCE_GONE]:
        yield f'<p class="note" dir="auto">{change.kind}: {escape(change.what)}</p>\n'
    said = [[block.text for block in body.blocks] if body else [] for body in (before, after)]
    old, new = marked(*said)
    yield '<div class="pair">\n'
    if before is not None:
        yield from _side("Before", before, old, f"q{number}before", base)
    yield from _side("Now", after, new, f"q{number}now", base)
    yield "</div>\n</article>\n"


def _side(name: str, body: OutcomeBody, words: Sequence[str], id: str, base: str) -> Iterator[str]:
    known = f", confidence {body.confidence:.2f}" if body.confidence is not None else ""
    yield f"<div>\n<h4>{name}: {escape(body.status)}{known}</h4>\n"
    if words:
        yield from pages.said(body, words, id, base=base)
    else:
        yield f'<p dir="auto">{escape(why(body))}</p>\n'
    yield "</div>\n"


def _heading(name: str) -> str:
    return pages.section(_id(name), name.capitalize())


def _id(name: str) -> str:
    return name.replace(" ", "-")
