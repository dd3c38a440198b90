"""The language model in the settings becomes an object, here only: an assistant that answers in its words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.answer.pipeline import Assistant
from assistant.generate.modes import Modes
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.generate.generator import Generator

_SHARE = 0.8  # of the time for a request, that a language model may take


def phrasing(settings: Settings) -> Callable[[Assistant], Generator]:
    """What turns an assistant into one that answers in the words of the language model that the settings name."""
    from assistant.generate.endpoint import Endpoint
    from assistant.generate.generator import Generator
    from assistant.models.reader import OnnxReader

    model = Endpoint(
        settings.llm_url,
        settings.llm_model,
        key=settings.llm_key.get_secret_value() if settings.llm_key is not None else "",
        seconds=min(settings.llm_timeout, _SHARE * settings.request_timeout),
        max_tokens=settings.llm_max_tokens,
    )

    def phrased(assistant: Assistant) -> Generator:
        reader = assistant.reader
        return Generator(assistant, model, reader if isinstance(reader, OnnxReader) else None)

    return phrased


def in_mode(settings: Settings, assistant: Assistant) -> Assistant | Generator:
    """The answerer as the setting `mode` has it."""
    return phrasing(settings)(assistant) if settings.mode == "generative" else assistant


def modes(settings: Settings) -> Modes:
    """The modes of a server."""
    if not settings.llm_url:
        return Modes()
    phrased = phrasing(settings)
    return Modes(lambda answerer: phrased(answerer) if isinstance(answerer, Assistant) else answerer, settings.mode)
