"""What a language model can do wrong."""

from __future__ import annotations

from assistant.languages.messages import Message


class ModelFault(Exception):
    """Why a model says nothing, or no more, in words that hold nothing of the key, the question or its reply."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message
