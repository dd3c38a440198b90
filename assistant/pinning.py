"""The file of pinned answers in the settings becomes a board, here only; and is taken up again once it has changed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answer.pipeline import Assistant
    from assistant.models.encoder import OnnxEncoder


class Renewing:
    """Holds an assistant, and gives it the pinned answers that their file has by now."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answerer: Assistant | None = None

    def _renewed(self) -> Assistant | None:
        held = self._answerer
        board = getattr(held, "board", None)  # which other answerers do not have
        if held is None or board is None or not board.is_stale:
            return held
        if not self._lock.acquire(blocking=False):  # somebody else does it
            return held
        try:
            if self._answerer is held:
                self._answerer = held.with_board(board.again(held))
            return self._answerer
        finally:
            self._lock.release()


def pinned(settings: Settings, assistant: Assistant, encoder: OnnxEncoder) -> Assistant:
    """The assistant, which answers from the pinned answers in the settings first, if there are any."""
    if settings.pinned is None:
        return assistant
    from assistant.pinned.file_board import FileBoard

    return assistant.with_board(FileBoard(settings.pinned, assistant, encoder))
