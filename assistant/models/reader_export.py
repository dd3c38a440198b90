"""Exports a question-answering model of transformers to ONNX, once, and checks it. Imports torch, as none beside it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Encoding, Tokenizer
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from assistant.disk import checksum, sha256
from assistant.errors import ExportMismatch, ReaderError, ReaderNotFound
from assistant.models.encoder_names import ModelFiles
from assistant.models.export import optimise, publish, quietly, silence_transformers
from assistant.models.extractive import FILES, KIND, ExtractiveReader, is_intact
from assistant.models.reader_names import EXPORT_SCHEMA
from assistant.types import Json

MAX_TOKENS = 384  # as SQuAD's own readers are trained
FEWEST_TOKENS = 32
LARGEST_DIFFERENCE = 1e-3
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
QUESTION = "What is the median salary?"
TEXTS = (
    "The median salary is $336,500.",
    "Zoë’s naïve café in 東京 opens at 9. 😀",
    "She leads a team. The median salary, 12 of 40 said, is lower in smaller firms. " * 60,
)


class Network(torch.nn.Module):
    """A model that takes its inputs in order and gives the logits of start and end."""

    def __init__(self, model: PreTrainedModel, inputs: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.inputs = inputs

    def forward(self, *values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        given = self.model(**dict(zip(self.inputs, values, strict=True)))
        return given.start_logits, given.end_logits


def export(model: ModelFiles, folder: Path) -> Path:
    """Writes `folder/<fingerprint>`, whole or not at all, and returns it. Raises ExportMismatch or ReaderError."""
    return publish(folder / model.fingerprint, is_intact=is_intact, write=lambda made: _write(model, made))


def load(model: ModelFiles) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """The model and its tokenizer in transformers, on the CPU, from its folder alone."""
    silence_transformers()
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(model.folder), **options)
        original, loaded = AutoModelForQuestionAnswering.from_pretrained(
            str(model.folder), attn_implementation="eager", dtype=torch.float32, output_loading_info=True, **options
        )
    except Exception as error:  # transformers and safetensors have a dozen classes for what they cannot load
        raise ReaderError(f"the model in {model.folder} cannot be loaded: {error}") from error
    if missing := sorted(loaded["missing_keys"]):
        raise ReaderNotFound(
            f"{model.folder} holds no whole question-answering model: its weights lack {', '.join(missing[:3])}; "
            f"fetch the model again, or choose another"
        )
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ReaderError(f"the model in {model.folder} has no tokenizer.json, and none can be made: choose another")
    return original.eval(), tokenizer


def _positions(original: PreTrainedModel) -> int:
    """How many positions a sequence has. RoBERTa and its like leave out those up to that of the padding token."""
    for name, module in original.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            return module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1)
    stated = getattr(original.config, "max_position_embeddings", None)
    return stated if isinstance(stated, int) and stated > 0 else MAX_TOKENS  # XLNet and T5 know no limit


def _write(model: ModelFiles, made: Path) -> None:
    with quietly():
        original, tokenizer = load(model)
        max_tokens = min(MAX_TOKENS, tokenizer.model_max_length, _positions(original))
        if max_tokens < FEWEST_TOKENS:
            raise ReaderError(f"{model.name} reads no more than {max_tokens} tokens at once: choose another reader")
        backend = tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        _check_first(model, backend)
        (made / "tokenizer.json").write_text(backend.to_str(), encoding="utf-8")
        network = Network(original, _inputs(original)).eval()
        try:
            _graph(network, backend.encode(QUESTION, TEXTS[0]), made)
        except Exception as error:  # torch and onnxruntime have classes of their own for what they cannot express
            raise ReaderError(f"{model.name} cannot be exported: {error}; choose another reader") from error
        config: dict[str, Json] = {
            "schema": EXPORT_SCHEMA,
            "kind": KIND,
            "name": model.name,
            "fingerprint": model.fingerprint,
            "max_tokens": max_tokens,
            "files": {name: sha256(made / name) for name in FILES},
        }
        _write_config(made, config)
        try:
            largest = _largest_difference(network, made)
        except Exception as error:  # as above: a graph may hold good for one length of sequence only
            raise ExportMismatch(f"the export of {model.name} does not run: {error}; choose another reader") from error
    if not largest < LARGEST_DIFFERENCE:
        raise ExportMismatch(
            f"the export of {model.name} differs from transformers: the largest difference of a logit is "
            f"{largest:.6f}, and must be below {LARGEST_DIFFERENCE}; choose another reader"
        )
    _write_config(made, {**config, "largest_difference": round(largest, 9)})


def _check_first(model: ModelFiles, tokenizer: Tokenizer) -> None:
    """Sees to it that a sequence starts with a token of no text, at which such models say that there is no answer."""
    if tokenizer.encode(QUESTION, TEXTS[0]).sequence_ids[0] is not None:
        raise ReaderError(
            f"{model.name} cannot say that a passage has no answer: its tokenizer puts nothing before the question; "
            f"choose another reader"
        )


def _inputs(original: PreTrainedModel) -> list[str]:
    """The inputs that the model takes; types only where it tells them apart, which not all tokenizers say of theirs."""
    takes = inspect.signature(original.forward).parameters
    has_types = getattr(original.config, "type_vocab_size", 2) > 1
    return [name for name in INPUTS if name in takes and (name != "token_type_ids" or has_types)]


def _graph(network: Network, example: Encoding, made: Path) -> None:
    """Writes model.onnx and its weights, for one sequence of any length."""
    plain = made / "plain.onnx"
    with torch.no_grad():
        torch.onnx.export(
            network,
            _values(network, example),
            str(plain),
            input_names=list(network.inputs),
            output_names=["starts", "ends"],
            dynamic_axes={name: {1: "tokens"} for name in (*network.inputs, "starts", "ends")},
            opset_version=17,
            dynamo=False,
        )
    optimise(plain)


def _largest_difference(network: Network, made: Path) -> float:
    """The largest difference of a logit between the model and its export, over short and longest sequences."""
    reader = ExtractiveReader(made, outlines={})
    largest = 0.0
    for window in (window for text in TEXTS for window in reader.windows(QUESTION, text)):
        ours = reader.logits(window)
        with torch.no_grad():
            starts, ends = network(*_values(network, window))
        largest = max(
            largest,
            float(np.abs(ours[0] - starts[0].numpy()).max()),
            float(np.abs(ours[1] - ends[0].numpy()).max()),
        )
    return largest


def _values(network: Network, encoding: Encoding) -> tuple[torch.Tensor, ...]:
    known = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    return tuple(torch.tensor([known[name]]) for name in network.inputs)


def _write_config(made: Path, config: dict[str, Json]) -> None:
    text = json.dumps({**config, "checksum": checksum(config)}, indent=1)
    (made / "reader.json").write_text(text, encoding="utf-8")
