"""The reader as a network: a BERT with a head for the span and one for whether the passage answers at all."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from assistant.models.export import silence_transformers

TYPES = 4  # of tokens: see assistant.models.pairs


class ReaderModel(nn.Module):
    """Gives logits of where the answer starts and ends, the first token being "nowhere", and of there being one."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert
        size = bert.config.hidden_size
        self.span = nn.Linear(size, 2)
        self.judge = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.Linear(size, 1))

    @classmethod
    def from_encoder(cls, folder: Path) -> ReaderModel:
        """A reader that starts from the weights of a sentence encoder, with a row for each type of token."""
        silence_transformers()
        bert = BertModel.from_pretrained(
            folder,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )
        old = bert.embeddings.token_type_embeddings.weight.data
        types = nn.Embedding(TYPES, old.shape[1])
        types.weight.data = torch.stack([old[0], old[1], old[0], old[1]]) + 0.01 * torch.randn(TYPES, old.shape[1])
        bert.embeddings.token_type_embeddings = types
        bert.config.type_vocab_size = TYPES
        for frozen in (bert.embeddings.word_embeddings, bert.embeddings.position_embeddings):
            frozen.requires_grad_(False)
        return cls(bert)

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`ids`, `mask`, `types`: (batch, tokens). Gives starts and ends (batch, tokens) and answerable (batch,)."""
        hidden = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        starts, ends = self.span(hidden).unbind(-1)
        return starts, ends, self.judge(hidden[:, 0]).squeeze(-1)
