"""Sourced answers over your own documents, without a language model."""

__version__ = "0.1.0"
