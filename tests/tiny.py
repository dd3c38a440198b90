"""Tiny readers with random weights, made here: real networks that are quick to make and to ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ANSWERING = """
import sys
from pathlib import Path
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForQuestionAnswering, BertConfig, BertForMaskedLM, DistilBertConfig, PreTrainedTokenizerFast, RobertaConfig
)
import torch

folder = Path(sys.argv[1])
words = ["The pay of a head of AI is $336,500 a year. She leads a team of 12; what does it cost?", "naïve café"] * 4
special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
pieces.normalizer = normalizers.BertNormalizer()
pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
pieces.train_from_iterator(words, trainers.WordPieceTrainer(
    vocab_size=180, special_tokens=["[CLS]", "[PAD]", "[SEP]", "[UNK]"], show_progress=False))
pieces.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 0))
pairs = Tokenizer(models.BPE())
pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
pairs.train_from_iterator(words, trainers.BpeTrainer(
    vocab_size=340, special_tokens=["[CLS]", "[PAD]", "[SEP]", "[UNK]"], show_progress=False,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
pairs.post_processor = processors.RobertaProcessing(("[SEP]", 2), ("[CLS]", 0), trim_offsets=False)
pieces.enable_truncation(20)
pieces.enable_padding(length=50)

size = {"vocab_size": 400, "pad_token_id": 1, "initializer_range": 0.3}
wide = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
for name, config, tokenizer in (
    ("bert", BertConfig(**size, **wide, max_position_embeddings=64), pieces),
    ("roberta", RobertaConfig(**size, **wide, max_position_embeddings=66, type_vocab_size=1), pairs),
    ("distilbert", DistilBertConfig(**size, dim=32, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=64),
     pieces),
):
    torch.manual_seed(1)
    AutoModelForQuestionAnswering.from_config(config).save_pretrained(folder / name)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder / name)
BertForMaskedLM(BertConfig(**size, **wide)).save_pretrained(folder / "other")
"""
READER = """
import hashlib, json, string, sys, tempfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

sys.path[:0] = ["scripts/training"]
loader = SourceFileLoader("export", "scripts/training/export")
export = module_from_spec(spec_from_loader("export", loader))
loader.exec_module(export)

import torch
from _batches import IGNORED
from _model import ReaderModel
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel

from assistant.disk import checksum, sha256
from assistant.models.pairs import TYPES
from assistant.models.reader import SCHEMA

folder = Path(sys.argv[1])
letters = list(string.ascii_lowercase + string.digits)
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{c}" for c in letters), *"?.,$:;"]
tokenizer = Tokenizer(models.WordPiece({word: n for n, word in enumerate(words)}, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer()
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
(folder / "tokenizer.json").write_text(tokenizer.to_str())
torch.manual_seed(1)
config = BertConfig(
    vocab_size=20_000, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
    max_position_embeddings=128, type_vocab_size=TYPES, attn_implementation="eager", initializer_range=0.3,
    hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
)
reader = ReaderModel(BertModel(config, add_pooling_layer=False)).eval()
with torch.no_grad():
    for values in reader.parameters():  # no two alike: the exporter keeps one of equal weights
        values += 0.1 * torch.randn(values.shape)
torch.save(reader.state_dict(), folder / "reader.pt")
with tempfile.TemporaryDirectory() as made:
    export.write(reader, Path(made), folder / "model.onnx")
(folder / "ignored.txt").write_text("\\n".join(sorted(IGNORED)) + "\\n")
files = {name: sha256(folder / name) for name in ("model.onnx", "tokenizer.json", "ignored.txt")}
said = {"schema": SCHEMA, "name": "tiny", "max_tokens": 120, "fingerprint": "tiny", "files": files}
(folder / "reader.json").write_text(json.dumps({**said, "checksum": checksum(said)}))
"""


def make_models(folder: Path) -> None:
    """Question-answering models of transformers, by their kinds, and one without an answer's head."""
    _run(ANSWERING, folder)


def make_reader(folder: Path) -> None:
    """A reader as the package ships it, with the weights that it was exported from in reader.pt."""
    _run(READER, folder)


def _run(code: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
