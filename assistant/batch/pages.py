"""Answers as people and search engines read them: Markdown, a page of HTML, schema.org's FAQPage."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import urlsplit

from assistant.batch.bodies import link, one_line, place
from assistant.batch.run import Result, Results
from assistant.spreadsheets.lists import OURS
from assistant.wire import CitationBody, OutcomeBody

_TITLE = "Questions and answers"
_UNANSWERED = "Questions without an answer"
_AFTER_NUMBER = "|".join(rf"(?<=^\d{{{n}}})[.)]" for n in range(1, 10))  # that make a line an item of a list
_MARKUP = re.compile(r"[\\`*_\[\]<>&#|~]|^[-+=](?=\s|$|[-+=])|" + _AFTER_NUMBER)
STYLE = """
:root { color-scheme: light dark; --back: #fff; --ink: #1b1b1b; --soft: #4a4a4a; --line: #767676; --link: #0b57a4 }
@media (prefers-color-scheme: dark) {
  :root { --back: #15171c; --ink: #ebebeb; --soft: #c4c4c4; --line: #8c8c8c; --link: #9cc2ff }
}
html { background: var(--back); color: var(--ink) }
body { font: 1rem/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1rem; overflow-wrap: anywhere }
a { color: var(--link) }
article { border-top: 1px solid var(--line); padding: .25rem 0 1rem }
h3 { font-size: 1.15rem; margin: 1rem 0 .5rem }
p { margin: .5rem 0 }
.sources { color: var(--soft); font-size: .9rem; padding-left: 1.5rem }
blockquote { border-left: 3px solid var(--line); margin: .25rem 0 .5rem; padding-left: .75rem; white-space: pre-line }
@media print { body { max-width: none } article { break-inside: avoid } }
"""
BOTTOM = "</main></body></html>\n"


def markdown(results: Results, *, base: str) -> Iterator[str]:
    """A Markdown file: the answers with their sources, then the questions without an answer."""
    yield f"{OURS}\n\n# {_TITLE}\n"
    for result in _answered(results):
        yield f"\n## {_marked(result.question)}\n"
        for block in result.body.blocks:
            yield f"\n{_marked(block.text)} {' '.join(f'[{n + 1}]' for n in block.citations)}\n"
        yield "\n"
        for n, citation in enumerate(result.body.citations, start=1):
            where = f" ({address})" if (address := _address(citation, base)) else ""
            quoted = f"\u201c{_marked(citation.cited_text)}\u201d"
            yield f"> [{n}] {_marked(place(citation))}: {quoted}{where}  \n"
    for n, result in enumerate(_others(results)):
        yield "" if n else f"\n# {_UNANSWERED}\n"
        yield f"\n## {_marked(result.question)}\n\n{_marked(result.body.message or '')}\n"


def html(results: Results, *, base: str) -> Iterator[str]:
    """A page that needs nothing else and runs nothing: the answers with their sources, then those without one."""
    answered, others = (sum(1 for _ in some) for some in (_answered(results), _others(results)))
    yield top(_TITLE, STYLE)
    yield f"<p>Answered: {answered} of {answered + others}. Answers are quoted from the sources that they name.</p>\n"
    if answered:
        yield section("answered", "Answers")
        yield from (part for result in _answered(results) for part in _article(result, base))
        yield "</section>\n"
    if others:
        yield section("others", _UNANSWERED)
        for result in _others(results):
            message = escape(result.body.message or "")
            yield f'{heading(result.number, result.question)}<p dir="auto">{message}</p>\n</article>\n'
        yield "</section>\n"
    yield BOTTOM


def top(title: str, style: str) -> str:
    """The beginning of a page that lets in nothing but its own style, as far as its first heading. `BOTTOM` ends it."""
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body><main>\n<h1>{title}</h1>\n"
    )


def json_ld(results: Results, *, base: str) -> Iterator[str]:
    """A FAQPage of schema.org: each question that is answered, once. It may stand in a script element of a page."""
    yield '{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": ['
    n = 0
    for result in results.different():
        if result.body.status != "answered":
            continue
        text = "<br>".join(escape(block.text, quote=False) for block in result.body.blocks)  # it is read as HTML
        links = [address for citation in result.body.citations if (address := _address(citation, base))]
        answer = {"@type": "Answer", "text": text} | ({"citation": list(dict.fromkeys(links))} if links else {})
        entity = {"@type": "Question", "name": one_line(result.question), "acceptedAnswer": answer}
        yield ("," if n else "") + "\n" + json.dumps(entity, ensure_ascii=False).replace("<", "\\u003c")
        n += 1
    yield "\n]}\n"


def encoded(part: str) -> bytes:
    """A piece of a page as it stands in the file; what no character is, a question mark."""
    return part.encode("utf-8", errors="replace")


def _answered(results: Results) -> Iterator[Result]:
    return (result for result in results if result.body.status == "answered")


def _others(results: Results) -> Iterator[Result]:
    return (result for result in results if result.body.status in ("refused", "error"))


def section(id: str, title: str) -> str:
    """The beginning of a part of the page."""
    return f'<section aria-labelledby="{id}">\n<h2 id="{id}">{title}</h2>\n'


def heading(number: int, question: str) -> str:
    """The beginning of what is said about one question."""
    return f'<article id="q{number}">\n<h3 dir="auto">{escape(one_line(question))}</h3>\n'


def _article(result: Result, base: str) -> Iterator[str]:
    yield heading(result.number, result.question)
    yield from said(result.body, [escape(block.text) for block in result.body.blocks], f"q{result.number}", base=base)
    yield "</article>\n"


def said(body: OutcomeBody, words: Sequence[str], name: str, *, base: str) -> Iterator[str]:
    """An answer in HTML, with its sources, whose ids begin with `name`. `words` are the HTML of its blocks."""
    shown = [
        each + "".join(f' <a href="#{name}s{n + 1}">[{n + 1}]</a>' for n in block.citations)
        for each, block in zip(words, body.blocks, strict=True)
    ]
    if len(shown) == 1:
        yield f'<p dir="auto">{shown[0]}</p>\n'
    else:
        yield "<ul>\n" + "".join(f'<li dir="auto">{each}</li>\n' for each in shown) + "</ul>\n"
    yield '<ol class="sources">\n'
    for n, citation in enumerate(body.citations, start=1):
        where = f'<span dir="auto">{escape(place(citation))}</span>'
        if address := _address(citation, base):
            where = f'<a href="{escape(address)}" dir="auto">{escape(place(citation))}</a>'
        quoted = f'<blockquote dir="auto">{escape(citation.cited_text)}</blockquote>'
        yield f'<li id="{name}s{n}">{where}{quoted}</li>\n'
    yield "</ol>\n"


def _address(citation: CitationBody, base: str) -> str:
    """Where the source can be opened from anywhere; "" where that is not known."""
    address = link(citation, base)
    return address if urlsplit(address).scheme in ("http", "https") else ""


def _marked(words: str) -> str:
    """Words on one line in which Markdown sees no marks."""
    return _MARKUP.sub(lambda match: "\\" + match[0], one_line(words))
