"""Any extractive question-answering model as the reader: its export, run by onnxruntime and tokenizers alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from assistant.documents.chunking import embedded_text
from assistant.errors import ReaderDamaged
from assistant.models.pairs import EncodedPair
from assistant.models.reader import Logits, apart, best_spans
from assistant.models.reader_names import EXPORT_SCHEMA
from assistant.models.session import open_session, read_config
from assistant.types import Json, Passage, Reading

KIND = "extractive"
FILES = ("model.onnx", "model.onnx.data", "tokenizer.json")
MAX_QUESTION_TOKENS = 64  # tokens; what is longer is cut off

_REMEDY = "run `assistant index` to export the reader again"


class ExtractiveReader:
    """Reads each passage by itself, so that what it says of one cannot depend on the others. Threads may share it.

    Such a model has no word of its own on whether a passage answers the question. Its best span over "nowhere", at the
    first token, as SQuAD 2.0 has it, stands in for that.
    """

    def __init__(self, folder: Path, *, titles: Callable[[str], str], threads: int | None = None) -> None:
        """Opens the export in `folder`; `titles` gives a document's title by its id. Raises ReaderDamaged."""
        config = check(folder)
        self.name = str(config["name"])
        self.fingerprint = str(config["fingerprint"])
        self.max_tokens = int(str(config["max_tokens"]))
        self._titles = titles
        self._max_question = min(MAX_QUESTION_TOKENS, self.max_tokens // 4)
        self._session = open_session(folder / "model.onnx", threads=threads, remedy=_REMEDY, optimised=True)
        self._inputs = {value.name for value in self._session.get_inputs()}
        self._cutting, self._counting = _tokenizers(folder / "tokenizer.json", self.max_tokens)
        self._read = lru_cache(maxsize=512)(self._read_one)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """The likeliest spans of each passage, best first over all.

        A reading's `score` is the log-odds of its span over "nowhere in this passage", `answerable` the best score in
        its passage.
        """
        found = [reading for passage in passages for reading in self._read(question, passage)]
        return sorted(found, key=lambda reading: -(reading.score + reading.answerable))

    def _read_one(self, question: str, passage: Passage) -> tuple[Reading, ...]:
        context = embedded_text(self._titles(passage.document_id), passage.section_path, "")
        best = apart(
            (*_trimmed(passage.text, start, end), score)
            for window in self.windows(question, context + passage.text)
            for start, end, score in best_spans(_pair(window, len(context)), self.logits(window))
        )
        return tuple(
            Reading(passage.document_id, passage.start + start, passage.start + end, score, best[0][2])
            for start, end, score in best
        )

    def windows(self, question: str, text: str) -> list[Encoding]:
        """Question and text as one sequence, or, where the text is too long, as several that overlap."""
        question, text = _clean(question), _clean(text)
        asked = self._counting.encode(question, add_special_tokens=False)
        if len(asked) > self._max_question:
            question = question[: asked.offsets[self._max_question - 1][1]]
        encoding = self._cutting.encode(question, text)
        return [encoding, *encoding.overflowing]

    def logits(self, window: Encoding) -> Logits:
        """What the network says of one sequence; on whether it answers the question, nothing."""
        known = {"input_ids": window.ids, "attention_mask": window.attention_mask, "token_type_ids": window.type_ids}
        feeds = {name: np.asarray([values], np.int64) for name, values in known.items() if name in self._inputs}
        starts, ends = self._session.run(["starts", "ends"], feeds)
        return Logits(starts[0], ends[0], 0.0)


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
