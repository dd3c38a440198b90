"""What has changed between two states of some documents: which of them, and in which sections."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.types import Document

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What has changed in one document. Sections are told by their paths; () is what stands above the first."""

    document_id: str
    added: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    sections: tuple[Path, ...] = ()  # whose own text, without that of sections below them, is another
    title: tuple[str, str] | None = None  # before and after, where it is another
    metadata: tuple[str, ...] = ()  # the keys with another value


@dataclass(frozen=True, slots=True)
class Difference:
    """Documents by their ids, in order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()  # from and to: the same text under another id
    changed: tuple[Changed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.changed)


def difference(old: Mapping[str, Document], new: Mapping[str, Document]) -> Difference:
    """What is different in `new`."""
    gone, fresh = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    by_text: dict[str, list[str]] = defaultdict(list)
    for id in fresh:
        by_text[new[id].version].append(id)
    renamed = [(id, by_text[old[id].version].pop(0)) for id in gone if by_text.get(old[id].version)]
    before, after = {one for one, _ in renamed}, {other for _, other in renamed}
    changed = [_changed(old[id], new[id]) for id in sorted(old.keys() & new.keys()) if _differ(old[id], new[id])]
    return Difference(
        added=tuple(id for id in fresh if id not in after),
        removed=tuple(id for id in gone if id not in before),
        renamed=tuple(renamed),
        changed=tuple(changed),
    )


def own_texts(document: Document) -> dict[Path, tuple[str, ...]]:
    """The text of each section without that of sections below it, by path; sections of one path in their order."""
    starts = [*(section.start for section in document.sections), len(document.text)]
    found: dict[Path, list[str]] = defaultdict(list)
    if above := document.text[: starts[0]].strip():
        found[()].append(above)
    for section, end in zip(document.sections, starts[1:], strict=True):
        found[section.path].append(document.text[section.start : min(end, section.end)].strip())
    return {path: tuple(texts) for path, texts in found.items()}


def _differ(old: Document, new: Document) -> bool:
    return (old.version, old.title, dict(old.metadata)) != (new.version, new.title, dict(new.metadata))


def _changed(old: Document, new: Document) -> Changed:
    before, after = own_texts(old), own_texts(new)
    keys = old.metadata.keys() | new.metadata.keys()
    return Changed(
        new.id,
        added=tuple(path for path in after if path not in before),
        removed=tuple(path for path in before if path not in after),
        sections=tuple(path for path in after if path in before and Counter(before[path]) != Counter(after[path])),
        title=None if old.title == new.title else (old.title, new.title),
        metadata=tuple(sorted(key for key in keys if old.metadata.get(key) != new.metadata.get(key))),
    )
