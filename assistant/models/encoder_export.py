"""Exports a sentence-transformers model to ONNX, once, and checks it. The only module that imports torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnx
import torch
from sentence_transformers import SentenceTransformer

from assistant.disk import checksum, sha256
from assistant.errors import EncoderError, ExportMismatch
from assistant.models.encoder import FILES, OnnxEncoder, is_intact
from assistant.models.encoder_names import EXPORT_SCHEMA, ModelFiles, fingerprint, parts_in
from assistant.models.export import halve, optimise, publish, quietly, save, silence_transformers
from assistant.types import Json, Vectors

_Config: TypeAlias = dict[str, Json]

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
SAMPLE = 64
SMALLEST_COSINE = 0.9995


class Pipeline(torch.nn.Module):
    """All of a model: transformer, pooling, dense layers, and unit length at the end."""

    def __init__(self, model: SentenceTransformer, inputs: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.inputs = inputs

    def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.model(dict(zip(self.inputs, values, strict=True)))
        return torch.nn.functional.normalize(features["sentence_embedding"], p=2.0, dim=1), features["token_embeddings"]


def export(model: ModelFiles, folder: Path, *, sample: Callable[[OnnxEncoder], Sequence[str]]) -> Path:
    """Writes `folder/<fingerprint>`, whole or not at all, and returns it; `sample` gives passages to check it on."""
    return publish(folder / model.fingerprint, is_intact=is_intact, write=lambda made: _write(model, made, sample))


def ship(model: ModelFiles, folder: Path, *, texts: Sequence[str]) -> float:
    """Writes the export that ships to `folder`, its weights in half precision; the smallest cosine over `texts`.

    Beside it stand the checksums of the files that it was made from. Its fingerprint is that of what was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with quietly():
        original = load(model)
        config = _files(model, original, folder, half=True)
        config["source"] = {part.name: sha256(part) for part in parts_in(model.folder)}
        sums = {name: sha256(folder / name) for name in FILES}
        config["fingerprint"] = fingerprint(model.name, sums, schema=EXPORT_SCHEMA)
        _write_config(folder, config)
        return _compare(model, original, folder, config, lambda _: texts)


def load(model: ModelFiles) -> SentenceTransformer:
    """The model in sentence-transformers, on the CPU, from its folder alone."""
    silence_transformers()
    try:
        return SentenceTransformer(
            str(model.folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"attn_implementation": "eager", "dtype": torch.float32},
        ).eval()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"the model in {model.folder} cannot be loaded: {error}") from error


def _write(model: ModelFiles, made: Path, sample: Callable[[OnnxEncoder], Sequence[str]]) -> None:
    with quietly():
        original = load(model)
        config = _files(model, original, made)
        _write_config(made, config)
        _compare(model, original, made, config, sample)


def _files(model: ModelFiles, original: SentenceTransformer, made: Path, *, half: bool = False) -> _Config:
    """Writes the tokenizer and the network; what encoder.json says of them."""
    (made / "tokenizer.json").write_text(original.tokenizer.backend_tokenizer.to_str(), encoding="utf-8")
    _graph(original, made)
    if half:
        network = onnx.load(str(made / "model.onnx"))
        halve(network.graph)
        save(network, made)
    return {
        "schema": EXPORT_SCHEMA,
        "name": model.name,
        "fingerprint": model.fingerprint,
        "precision": "half" if half else "single",
        "dim": original.get_embedding_dimension(),
        "max_tokens": min(original.max_seq_length or 512, 8192),
        "pad_id": original.tokenizer.pad_token_id or 0,
        "query_prompt": _prompt(original, "query"),
        "passage_prompt": _prompt(original, "document", "passage", "corpus"),
        "files": {name: sha256(made / name) for name in FILES},
    }


def _compare(
    model: ModelFiles,
    original: SentenceTransformer,
    made: Path,
    config: _Config,
    sample: Callable[[OnnxEncoder], Sequence[str]],
) -> float:
    """The smallest cosine of the export with the original, which encoder.json is told. Raises ExportMismatch."""
    encoder = OnnxEncoder(made)
    texts = _spread(sample(encoder))
    smallest = min(
        _smallest_cosine(encoder.encode_passages(texts), original.encode_document(texts)),
        _smallest_cosine(encoder.encode_queries(texts[:8]), original.encode_query(texts[:8])),
    )
    if not smallest >= SMALLEST_COSINE:
        raise ExportMismatch(
            f"the export of {model.name} differs from sentence-transformers: the smallest cosine over {len(texts)} "
            f"passages is {smallest:.6f}, and must be at least {SMALLEST_COSINE}; choose another encoder"
        )
    _write_config(made, {**config, "smallest_cosine": round(smallest, 7), "compared": len(texts)})
    return smallest


def _graph(original: SentenceTransformer, made: Path) -> None:
    """Writes model.onnx and its weights, already optimised, as files that a process opens without copying them."""
    features = original.preprocess(["A passage with some words.", "And a shorter one."])
    inputs = [name for name in INPUTS if name in features]
    axes = {name: {0: "n", 1: "tokens"} for name in (*inputs, "token_embeddings")} | {"sentence_embedding": {0: "n"}}
    plain = made / "plain.onnx"
    with torch.no_grad():
        torch.onnx.export(
            Pipeline(original, inputs),
            tuple(features[name] for name in inputs),
            str(plain),
            input_names=inputs,
            output_names=["sentence_embedding", "token_embeddings"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    optimise(plain)


def _prompt(original: SentenceTransformer, *names: str) -> str:
    """The prompt that encode_query or encode_document puts before a text."""
    prompts = original.prompts or {}
    default = prompts.get(original.default_prompt_name or "", "")
    return next((prompts[name] for name in names if name in prompts), default) or ""


def _spread(texts: Sequence[str]) -> list[str]:
    """At most SAMPLE of the texts, from the longest to the shortest."""
    longest = sorted(texts, key=len, reverse=True)
    if not longest:
        raise EncoderError("there is no passage to check the exported encoder on: add documents to the corpus")
    step = max(1, -(-len(longest) // SAMPLE))
    return longest[::step]


def _smallest_cosine(ours: Vectors, theirs: Vectors) -> float:
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / lengths).min())


def _write_config(made: Path, config: _Config) -> None:
    text = json.dumps({**config, "checksum": checksum(config)}, indent=1)
    (made / "encoder.json").write_text(text, encoding="utf-8")
