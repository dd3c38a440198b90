"""What a language model can do wrong."""

from __future__ import annotations


class ModelFault(Exception):
    """Why a model says nothing, or no more, in words that hold nothing of the key, the question or its reply."""
