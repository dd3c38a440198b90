"""The serving encoder: an exported model, run by onnxruntime and tokenizers alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from assistant.disk import checksum, sha256
from assistant.errors import IndexDamaged
from assistant.models.encoder_names import EXPORT_SCHEMA, SHIPPED
from assistant.models.session import LEVELS, open_network
from assistant.types import Json, Vectors

FILES = ("model.onnx", "model.onnx.data", "tokenizer.json")
BATCH_TOKENS = 1024  # of a batch, padding included: more is no faster on a few cores, and takes more memory
WINDOW = 512  # texts whose tokens are held at once
SURROGATES = re.compile("[\ud800-\udfff]")


class OnnxEncoder:
    """An exported encoder. Threads may share it.

    Queries are encoded one at a time, so that what a query gives does not depend on what it was asked with.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """Opens the export in `folder` and checks it; `threads` are used for one text, by default one a core."""
        config = read_config(folder)
        with ThreadPoolExecutor(2) as pool:  # the files are read again for their checksums while the model loads
            damage = pool.submit(find_damage, folder, config)
            tokenizers = pool.submit(_tokenizers, folder, _int(config["max_tokens"]))
            try:
                session = _session(folder, threads, half=config.get("precision") == "half")
            finally:
                if problem := damage.result():  # says which file it is, so it goes before what onnxruntime says
                    raise IndexDamaged(problem)
        self.folder = folder
        self.name = str(config["name"])
        self.fingerprint = str(config["fingerprint"])
        self.dim = _int(config["dim"])
        self.max_tokens = _int(config["max_tokens"])
        self.smallest_cosine = config.get("smallest_cosine")
        self._query_prompt = str(config["query_prompt"])
        self._passage_prompt = str(config["passage_prompt"])
        self._pad = _int(config["pad_id"])
        self._session = session
        self._inputs = [value.name for value in session.get_inputs()]
        self._tokenizer, self._counter = tokenizers.result()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """A unit vector for each question, float32 of shape (n, dim)."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._run(self._encode([self._query_prompt + text]), "sentence_embedding")[0]
        return vectors

    def encode_alike(self, texts: Sequence[str]) -> Vectors:
        """The same vectors but for their last bits, sooner: questions of equal length are encoded together.

        What a vector's last bits are depends on how many others of its length there are. Nothing is padded.
        """
        vectors = np.empty((len(texts), self.dim), np.float32)
        encodings = self._encode([self._query_prompt + text for text in texts])
        order = sorted(range(len(texts)), key=lambda row: len(encodings[row]))
        for _, alike in groupby(order, key=lambda row: len(encodings[row])):
            rows = list(alike)
            vectors[rows] = self._run([encodings[row] for row in rows], "sentence_embedding")
        return vectors

    def encode_passages(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        """A unit vector for each passage, float32 of shape (n, dim); `progress` is told how many more are done."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for rows, encodings in self._batches(texts):
            vectors[rows] = self._run(encodings, "sentence_embedding")
            if progress is not None:
                progress(len(rows))
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> list[tuple[Vectors, list[tuple[int, int]]]]:
        """For each passage, its tokens' vectors of shape (tokens, hidden) and where in the passage each one stands.

        The vectors are as the model gives them: not of unit length, and before pooling. Special tokens are left out.
        """
        found: list[tuple[Vectors, list[tuple[int, int]]]] = [(np.empty((0, 0), np.float32), [])] * len(texts)
        shift = len(self._passage_prompt)
        for rows, encodings in self._batches(texts):
            batch = self._run(encodings, "token_embeddings")
            for row, encoding, vectors in zip(rows, encodings, batch, strict=True):
                special, offsets = encoding.special_tokens_mask, encoding.offsets
                kept = [at for at, (start, _) in enumerate(offsets) if not special[at] and start >= shift]
                found[row] = (vectors[kept], [(offsets[at][0] - shift, offsets[at][1] - shift) for at in kept])
        return found

    def count_tokens(self, text: str) -> int:
        """The tokens of a passage, special tokens and prompt included, before anything is cut off."""
        return len(self._counter.encode(clean(self._passage_prompt + text)))

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        encodings: list[Encoding] = self._tokenizer.encode_batch([clean(text) for text in texts])
        return encodings

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[Encoding]]]:
        """Rows and their tokens, the longest first, in batches of at most BATCH_TOKENS, so that little is padding."""
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        for window in (order[at : at + WINDOW] for at in range(0, len(order), WINDOW)):
            encodings = self._encode([self._passage_prompt + texts[row] for row in window])
            found = sorted(zip(window, encodings, strict=True), key=lambda pair: -len(pair[1]))
            while found:
                size = max(1, BATCH_TOKENS // max(1, len(found[0][1])))
                yield [row for row, _ in found[:size]], [encoding for _, encoding in found[:size]]
                found = found[size:]

    def _run(self, encodings: Sequence[Encoding], output: str) -> Vectors:
        length = max(len(encoding) for encoding in encodings)
        feeds = {name: np.zeros((len(encodings), length), np.int64) for name in self._inputs}
        feeds["input_ids"][:] = self._pad
        for row, encoding in enumerate(encodings):
            feeds["input_ids"][row, : len(encoding)] = encoding.ids
            feeds["attention_mask"][row, : len(encoding)] = 1
        vectors: Vectors = self._session.run([output], feeds)[0]
        return vectors


def clean(text: str) -> str:
    """The text with lone surrogates replaced, one for one, so that offsets stay: tokenizers refuse them."""
    return SURROGATES.sub("\ufffd", text)


def is_intact(folder: Path) -> bool:
    """Whether a whole, unchanged export lies in this folder."""
    try:
        return find_damage(folder, read_config(folder)) is None
    except IndexDamaged:
        return False


def read_config(folder: Path) -> dict[str, Json]:
    """What encoder.json says, its own checksum checked."""
    path = folder / "encoder.json"
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} is missing: {_remedy(folder)}") from error
    except ValueError as error:
        raise IndexDamaged(_damaged(path)) from error
    if not isinstance(config, dict) or config.get("checksum") != checksum(config):
        raise IndexDamaged(_damaged(path))
    return config


def find_damage(folder: Path, config: dict[str, Json]) -> str | None:
    """What is wrong with the files that encoder.json names, in words; None if nothing is."""
    files = config.get("files")
    if config.get("schema") != EXPORT_SCHEMA or not isinstance(files, dict):
        return f"{folder} was written by another version: delete it, then run `assistant index`"
    for name in FILES:
        if not (folder / name).is_file():
            return f"{folder / name} is missing: {_remedy(folder)}"
        if sha256(folder / name) != files.get(name):
            return _damaged(folder / name)
    return None


def _damaged(path: Path) -> str:
    return f"{path} is damaged: {_remedy(path.parent)}"


def _remedy(folder: Path) -> str:
    return "install the package again" if folder == SHIPPED else "run `assistant index` to export the encoder again"


def _session(folder: Path, threads: int | None, *, half: bool) -> onnxruntime.InferenceSession:
    """The network; weights that are stored in half precision are widened."""
    level = LEVELS.ORT_ENABLE_BASIC if half else LEVELS.ORT_DISABLE_ALL  # all else is done at export
    try:
        return open_network(folder / "model.onnx", threads=threads, level=level)
    except Exception as error:  # onnxruntime has a dozen classes for a file that it cannot read
        raise IndexDamaged(_damaged(folder / "model.onnx")) from error


def _tokenizers(folder: Path, max_tokens: int) -> tuple[Tokenizer, Tokenizer]:
    """One that cuts off what is too long, one that counts all. Never changed afterwards, so threads may share them."""
    try:
        text = (folder / "tokenizer.json").read_text("utf-8")
        cutting, counting = Tokenizer.from_str(text), Tokenizer.from_str(text)
    except Exception as error:  # tokenizers raises plain Exception
        raise IndexDamaged(_damaged(folder / "tokenizer.json")) from error
    for tokenizer in (cutting, counting):
        tokenizer.no_padding()
        tokenizer.no_truncation()
    cutting.enable_truncation(max_tokens)
    return cutting, counting


def _int(value: Json) -> int:
    if not isinstance(value, int):
        raise IndexDamaged("encoder.json does not hold what it should: run `assistant index` to export it again")
    return value
