"""The content of a chat reply: the answer and its sources in Markdown, and the annotations on it.

Clients render it, images and HTML included. So what documents say is escaped: it is shown, and does nothing.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field

from assistant.documents.citations import place, verify
from assistant.languages.catalogue import shipped
from assistant.languages.messages import Language
from assistant.server.escape import escaped, unescaped
from assistant.server.spoken import told
from assistant.server.streaming import Said
from assistant.types import Answer, Answerer, Citation

_MARKERS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)


class UrlCitation(BaseModel):
    """Where a span of the message's content comes from, both in Unicode code points."""

    start_index: int = Field(
        description="Of the content: `content[start_index:end_index]` is what the source says, escaped for Markdown."
    )
    end_index: int
    title: str
    url: str
    document_id: str
    document_version: str
    start_char_index: int = Field(description="Of the document's text.")
    end_char_index: int
    cited_text: str


class Annotation(BaseModel):
    """A source of the message."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Written:
    """The content of a reply, as it is written, and the annotations on it."""

    def __init__(self, base: str, language: Language) -> None:
        self.content = ""
        self.annotations: list[Annotation] = []
        self._base, self._language = base, language

    def add(self, said: Said) -> str:
        """Writes a block and the numbers of its sources; gives what that adds."""
        text = escaped(said.block.text)
        added = ("\n\n" if self.content else "") + text
        end = len(self.content) + len(added)
        start = end - len(text)
        for citation in said.citations:
            self.annotations.append(self._annotation(citation, start, end))
        return self._write(added + "".join(f" [{n + 1}]" for n in said.block.citations))

    def finish(self, answer: Answer, answerer: Answerer) -> str:
        """Writes the list of the sources; of a refusal, its message and what came closest. Gives what that adds."""
        if answer.status == "answered":
            lines = [f"- [{n}] {self._link(citation)}" for n, citation in enumerate(answer.citations, start=1)]
            return self._write("\n".join(["", "", self._language.say("answers.sources"), *lines]))
        near = answer.closest if answer.reason != "unrelated" else ()
        for citation in near:
            verify(citation, answerer.documents[citation.document_id])
        links = dict.fromkeys(f"- {self._link(citation)}" for citation in near)
        person = [answer.handoff] if answer.handoff else []  # the operator's words, whose links should work
        message = escaped(told(answer, self._language).message or "")
        closest = ["", self._language.say("answers.closest"), *links] if links else []
        return self._write("\n".join([message, *person, *closest]))

    def _write(self, text: str) -> str:
        self.content += text
        return text

    def _link(self, citation: Citation) -> str:
        # Some clients make a link of an address, even within a link.
        text = escaped(title(citation)).replace("://", r"\://")
        return f"[{text}]({self._base}{citation.url})"

    def _annotation(self, citation: Citation, start: int, end: int) -> Annotation:
        cited = UrlCitation(
            start_index=start,
            end_index=end,
            title=title(citation),
            url=self._base + citation.url,
            document_id=citation.document_id,
            document_version=citation.document_version,
            start_char_index=citation.start,
            end_char_index=citation.end,
            cited_text=citation.cited_text,
        )
        return Annotation(url_citation=cited)


def title(citation: Citation) -> str:
    """The document's title and the sections below it, on one line."""
    return " ".join(place(citation).split())


def plain(content: str) -> str:
    """What a reply said, without what `Written` adds to it; any other text as it is."""
    for language in shipped():
        said, found, _ = content.rpartition(f"\n\n{language.say('answers.sources')}\n- [1] ")
        if found:
            return unescaped(_MARKERS.sub("", said).replace("\n\n", "\n"))
        said, found, _ = content.partition(f"\n\n{language.say('answers.closest')}\n- ")
        if found:
            return unescaped(said)
    return content
