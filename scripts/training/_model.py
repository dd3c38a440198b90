"""The reader as a network: a BERT with heads for lines, for the span, and for whether the passage answers at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from assistant.models.export import silence_transformers
from assistant.models.pairs import BOTH, LINES, TYPES

FIRST_TYPES = 4  # of tokens, that a reader knew which was not given lines
# The matrices of a layer in the order in which the exported graph names them.
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class ReaderModel(nn.Module):
    """Gives log-odds that each line belongs to the answer, logits of its span, and log-odds of there being one."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert
        size = bert.config.hidden_size
        self.span = nn.Linear(size, 2)
        self.judge = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))
        self.attention = nn.Linear(size, 1)  # how much each token of a line counts for it
        self.line = nn.Sequential(nn.Linear(2 * size, size), nn.GELU(), nn.Linear(size, 1))

    @classmethod
    def empty(cls, folder: Path, *, attention: str = "eager") -> ReaderModel:
        """A reader of the shape of a sentence encoder, with a row for each type of token."""
        silence_transformers()
        config = BertConfig.from_pretrained(
            folder,
            type_vocab_size=TYPES,
            attn_implementation=attention,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        return cls(BertModel(config, add_pooling_layer=False)).frozen()

    def frozen(self) -> ReaderModel:
        """The reader itself, its word and position embeddings no longer trained."""
        for fixed in (self.bert.embeddings.word_embeddings, self.bert.embeddings.position_embeddings):
            fixed.requires_grad_(False)
        return self

    def start_from(self, exported: Path) -> None:
        """Takes the weights of an exported reader. One that was not given lines lends its types to theirs."""
        known = exported_weights(exported, layers=self.bert.config.num_hidden_layers)
        types = known["bert.embeddings.token_type_embeddings.weight"]
        if types.shape[0] == FIRST_TYPES:
            rows = [types[n] for n in range(FIRST_TYPES)]
            for n in range(LINES, TYPES):
                rows.append(types[3 if (n - LINES) & BOTH else 1] + 0.01 * torch.randn(types.shape[1]))
            known["bert.embeddings.token_type_embeddings.weight"] = torch.stack(rows)
        missing, strange = self.load_state_dict(known, strict=False)
        unknown = [name for name in missing if not name.startswith(("attention.", "line."))]
        if strange or unknown:
            raise ValueError(f"{exported} is no reader of this shape: {(strange or unknown)[0]}")

    def forward(
        self, ids: Tensor, mask: Tensor, types: Tensor, of_line: Tensor, lines: int
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """`ids`, `mask`, `types`: (batch, tokens); `of_line`: (batch, tokens), each token's line of all `lines`, or -1.

        Gives the lines' log-odds (lines,), starts and ends (batch, tokens) and answerable (batch,).
        """
        hidden = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        starts, ends = self.span(hidden).unbind(-1)
        answerable = self.judge(hidden[:, 0]).squeeze(-1)
        row, token = (of_line >= 0).nonzero(as_tuple=True)
        at = of_line[row, token]
        inside = hidden[row, token].float()
        weights = self.attention(inside).squeeze(-1).clamp(-15, 15).exp()
        total = torch.zeros(lines, dtype=torch.float32).index_add(0, at, weights.float())
        pooled = torch.zeros(lines, inside.shape[1], dtype=torch.float32)
        pooled = pooled.index_add(0, at, inside * weights.float().unsqueeze(-1)) / total.clamp_min(1e-9).unsqueeze(-1)
        passage = torch.zeros(lines, dtype=torch.long).index_copy(0, at, row)
        found = self.line(torch.cat([pooled, hidden[passage, 0].float()], dim=-1)).squeeze(-1)
        return found, starts, ends, answerable


class Exported(nn.Module):
    """The network for one pair, without padding; `of_line` is (lines, tokens), 1 where a token belongs to a line."""

    def __init__(self, reader: ReaderModel) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, types: Tensor, of_line: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        reader = self.reader
        hidden = reader.bert(input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=types).last_hidden_state
        starts, ends = reader.span(hidden).unbind(-1)
        answerable = reader.judge(hidden[:, 0]).squeeze(-1)
        weights = of_line * reader.attention(hidden[0]).squeeze(-1).clamp(-15, 15).exp().unsqueeze(0)
        pooled = (weights @ hidden[0]) / weights.sum(-1, keepdim=True).clamp_min(1e-9)
        first = hidden[:, 0].expand(pooled.shape[0], -1)
        found = reader.line(torch.cat([pooled, first], dim=-1)).squeeze(-1)
        return found, starts, ends, answerable


def exported_weights(path: Path, *, layers: int) -> dict[str, Tensor]:
    """The weights of an exported reader by the names that they have in `ReaderModel`.

    The exporter keeps the names of all but the matrices, which stand transposed under numbers, layer by layer.
    """
    found: dict[str, Tensor] = {}
    numbered: list[tuple[int, Tensor]] = []
    for tensor in onnx.load(str(path)).graph.initializer:
        name = tensor.name.removesuffix(".half")
        values = torch.from_numpy(np.array(numpy_helper.to_array(tensor), np.float32))
        if name.startswith("reader."):
            found[name.removeprefix("reader.")] = values
        elif name.startswith("onnx::MatMul_"):
            numbered.append((int(name.removeprefix("onnx::MatMul_")), values))
    matrices = [values.T.contiguous() for _, values in sorted(numbered, key=lambda pair: pair[0])]
    names = [f"bert.encoder.layer.{layer}.{part}.weight" for layer in range(layers) for part in MATRICES]
    return found | dict(zip([*names, "span.weight"], matrices, strict=True))
