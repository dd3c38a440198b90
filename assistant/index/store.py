"""The seam to where an index is kept: a folder, or a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from assistant.index.build import Note, Report
from assistant.index.collection import Collection
from assistant.index.reuse import Before
from assistant.question.acronyms import Known
from assistant.types import Document, Encoder, Json, Passage

Kind = Literal["encoders", "readers"]


class Building(Protocol):
    """A build under way, the only one of its index: what is written last is of the newest documents."""

    @property
    def before(self) -> Before:
        """What may be taken over from the index in force."""
        ...

    def write(
        self,
        *,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        embedded: Sequence[str],
        lines: Sequence[str],
        vocabulary: Mapping[str, int],
        encoder: Encoder,
        settings: Mapping[str, Json],
        receipt: Mapping[str, Json],
        acronyms: Known,
        note: Note = lambda stage, done, total: None,
    ) -> Report:
        """Puts an index of these documents in force; whoever asks meanwhile sees the one before, or the new one."""
        ...


class IndexStore(Protocol):
    """Keeps one index. As text it is what messages call it."""

    exports: Path  # the folder of this machine that exported models lie in, each kind in one of its own
    outlived: bool  # whether what was opened goes on answering once this is away, or has another index

    def open(self) -> Collection:
        """The index in force. Raises IndexNotFound, or another IndexFault where it cannot be used."""
        ...

    def current(self) -> str | None:
        """The id of the index in force, or None; cheap enough to ask before every question."""
        ...

    def built_at(self) -> float | None:
        """When the index in force was built, in seconds since 1970; None where that is not known."""
        ...

    def receipt(self) -> Mapping[str, Json]:
        """What the index in force was made from, as JSON. Raises IndexNotFound."""
        ...

    def model(self, kind: Kind, fingerprint: str) -> Path:
        """The folder of an exported model, which is brought to this machine where it is only kept elsewhere."""
        ...

    def keep_model(self, kind: Kind, fingerprint: str) -> None:
        """Keeps a model that was exported on this machine for those who open the index on another."""
        ...

    def state(self) -> object:
        """What changes whenever the index in force is written again, be it to repair it; None where there is none."""
        ...

    def building(self, *, wait: bool = False) -> AbstractContextManager[Building]:
        """A build of this index; no other runs until it ends. Raises IndexFault where one runs, or waits for it."""
        ...
