"""The file of pinned answers in the settings becomes a board, here only; and is taken up again once it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answer.pipeline import Assistant
    from assistant.errors import PinnedError
    from assistant.pinned.file_board import FileBoard, Kept
    from assistant.types import Encoder


def is_stale(assistant: Assistant) -> bool:
    """Whether there are other pinned answers by now than the assistant has."""
    board = _of_file(assistant)
    return board is not None and board.is_stale


def renewed(assistant: Assistant) -> Assistant:
    """The assistant with the pinned answers that there are by now."""
    board = _of_file(assistant)
    return assistant if board is None else assistant.with_board(board.again(assistant))


def _of_file(assistant: Assistant) -> FileBoard | None:
    board = getattr(assistant, "board", None)  # which other answerers do not have
    if board is None:
        return None
    from assistant.pinned.file_board import FileBoard

    return board if isinstance(board, FileBoard) else None


def fault_of(assistant: Assistant) -> PinnedError | None:
    """What is wrong with the file of the pinned answers, where those of before go on."""
    board = _of_file(assistant)
    return None if board is None else board.fault


def kept_of(assistant: Assistant) -> Kept | None:
    """The pinned answers that made sense last, for the next index; None where there is no file of them."""
    board = _of_file(assistant)
    return None if board is None else board.kept


def pinned(settings: Settings, assistant: Assistant, encoder: Encoder, kept: Kept | None = None) -> Assistant:
    """The assistant, which answers from the pinned answers in the settings first, if there are any.

    Where they make no sense, from those that are `kept`; raises PinnedError where there are none.
    """
    if settings.pinned is None:
        return assistant
    from assistant.pinned.file_board import FileBoard

    return assistant.with_board(FileBoard(settings.pinned, assistant, encoder, kept))
