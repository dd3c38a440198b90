"""Any extractive question-answering model as the reader: its export, run by onnxruntime and tokenizers alone."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from assistant.documents.chunking import embedded_text
from assistant.documents.outline import Outline
from assistant.errors import ReaderDamaged
from assistant.memo import remembered
from assistant.models.pairs import EncodedPair
from assistant.models.reader import apart, best_spans
from assistant.models.reader_names import EXPORT_SCHEMA
from assistant.models.session import open_session, read_config
from assistant.types import Json, Passage, ReadPassage, ScoredLine, Vectors

KIND = "extractive"
FILES = ("model.onnx", "model.onnx.data", "tokenizer.json")
NOTHING = -10.0  # log-odds where there is no word to read
MAX_QUESTION_TOKENS = 64  # tokens; what is longer is cut off

_REMEDY = "run `assistant index` to export the reader again"


class ExtractiveReader:
    """Reads each passage by itself, so that what it says of one cannot depend on the others. Threads may share it.

    Such a model has no word of its own on whether a passage answers the question. Its best span over "nowhere", at the
    first token, as SQuAD 2.0 has it, stands in for that.
    """

    def __init__(self, folder: Path, *, outlines: Mapping[str, Outline], threads: int | None = None) -> None:
        """Opens the export in `folder`; `outlines` gives a document by its id. Raises ReaderDamaged."""
        config = check(folder)
        self.name = str(config["name"])
        self.fingerprint = str(config["fingerprint"])
        self.max_tokens = int(str(config["max_tokens"]))
        self._outlines = outlines
        self._max_question = min(MAX_QUESTION_TOKENS, self.max_tokens // 4)
        self._session = open_session(folder / "model.onnx", threads=threads, remedy=_REMEDY, optimised=True)
        self._inputs = {value.name for value in self._session.get_inputs()}
        self._cutting, self._counting = _tokenizers(folder / "tokenizer.json", self.max_tokens)
        self._remembered = remembered(self._read, 512)

    def over(self, outlines: Mapping[str, Outline]) -> ExtractiveReader:
        """One that reads other documents with the same network."""
        other = copy(self)
        other._outlines = outlines
        other._remembered = remembered(other._read, 512)
        return other

    def read(self, question: str, passage: Passage) -> ReadPassage:
        """What the model says of one passage: of a line, the best log-odds over "nowhere" of a span that it holds."""
        return self._remembered(question, passage)

    def _read(self, question: str, passage: Passage) -> ReadPassage:
        outline = self._outlines[passage.document_id]
        context = embedded_text(outline.document.title, passage.section_path, "")
        best = apart(
            (*_trimmed(passage.text, start, end), score)
            for window in self.windows(question, context + passage.text)
            for start, end, score in best_spans(_pair(window, len(context)), *self.logits(window))
        )
        spans = [(passage.start + start, passage.start + end, score) for start, end, score in best]
        lowest = min((score for *_, score in spans), default=NOTHING)
        lines = []
        for n in outline.overlapping(passage.start, passage.end):
            line = outline.document.lines[n]
            held = [score for start, end, score in spans if start < line.end and end > line.start]
            lines.append(ScoredLine(passage.document_id, n, max(held, default=lowest - 1.0)))
        found = max((score for *_, score in spans), default=NOTHING)
        return ReadPassage(passage, tuple(lines), found, tuple((start, end) for start, end, _ in spans))

    def windows(self, question: str, text: str) -> list[Encoding]:
        """Question and text as one sequence, or, where the text is too long, as several that overlap."""
        question, text = _clean(question), _clean(text)
        asked = self._counting.encode(question, add_special_tokens=False)
        if len(asked) > self._max_question:
            question = question[: asked.offsets[self._max_question - 1][1]]
        encoding = self._cutting.encode(question, text)
        return [encoding, *encoding.overflowing]

    def logits(self, window: Encoding) -> tuple[Vectors, Vectors]:
        """The logits of starts and ends that the network gives to one sequence."""
        known = {"input_ids": window.ids, "attention_mask": window.attention_mask, "token_type_ids": window.type_ids}
        feeds = {name: np.asarray([values], np.int64) for name, values in known.items() if name in self._inputs}
        starts, ends = self._session.run(["starts", "ends"], feeds)
        return starts[0], ends[0]


def is_intact(folder: Path) -> bool:
    """Whether a whole, unchanged export lies in this folder."""
    try:
        check(folder)
    except ReaderDamaged:
        return False
    return True


def check(folder: Path) -> dict[str, Json]:
    """What reader.json says, itself and all files checked. Raises ReaderDamaged."""
    config = read_config(folder, schema=EXPORT_SCHEMA, remedy=_REMEDY)
    if "checksum" not in config or config.get("kind") != KIND:
        raise ReaderDamaged(f"{folder / 'reader.json'} is damaged: {_REMEDY}")
    return config


def _pair(window: Encoding, shift: int) -> EncodedPair:
    """The tokens of the text behind its first `shift` characters, and where they stand in it."""
    second = [at for at, sequence in enumerate(window.sequence_ids) if sequence == 1]
    first = next((at for at in second if window.offsets[at][1] > shift), len(window.ids))
    spans = [window.offsets[at] for at in second if at >= first]
    return EncodedPair(
        window.ids, window.type_ids, first, [(max(start - shift, 0), max(end - shift, 0)) for start, end in spans]
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space around it: some tokenizers count the space before a word as part of it."""
    span = text[start:end]
    return start + len(span) - len(span.lstrip()), end - len(span) + len(span.rstrip())


def _clean(text: str) -> str:
    """The text with lone surrogates replaced, one for one, so that offsets stay: tokenizers refuse them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _tokenizers(path: Path, max_tokens: int) -> tuple[Tokenizer, Tokenizer]:
    """One that cuts long texts into windows, one that cuts nothing. Never changed afterwards, so threads may share."""
    try:
        text = path.read_text("utf-8")
        cutting, counting = Tokenizer.from_str(text), Tokenizer.from_str(text)
    except Exception as error:  # tokenizers raises plain Exception
        raise ReaderDamaged(f"{path} is damaged: {_REMEDY}") from error
    for tokenizer in (cutting, counting):
        tokenizer.no_padding()
        tokenizer.no_truncation()
    cutting.enable_truncation(max_tokens, stride=max_tokens // 4, strategy="only_second", direction="right")
    return cutting, counting
