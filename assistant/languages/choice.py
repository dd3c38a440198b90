"""Which language somebody is told things in: the one asked for, else the first of theirs that there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.languages.messages import Language

MOST = 20  # languages of a header that are looked at


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that there are, and the one that is spoken where nobody asks for another."""

    all: tuple[Language, ...]
    default: Language

    def __iter__(self) -> Iterator[Language]:
        return iter(self.all)

    def named(self, tag: str) -> Language | None:
        """The language of a tag, or the nearest that there is: "de" for "de-AT", "pt-BR" for "pt"."""
        wanted = tag.strip().lower().replace("_", "-")
        while wanted:
            if found := next((each for each in self.all if each.tag.lower() == wanted), None):
                return found
            shorter = wanted.rpartition("-")[0]
            if not shorter:
                return next((each for each in self.all if each.tag.lower().startswith(f"{wanted}-")), None)
            wanted = shorter
        return None

    def choose(self, asked: str | None, accepted: str = "") -> Language:
        """The one asked for; else the first that the Accept-Language header names; else the default."""
        wishes = [*([asked] if asked else []), *preferred(accepted)]
        return next((found for wish in wishes if (found := self.named(wish))), self.default)


def preferred(header: str) -> list[str]:
    """The tags of an Accept-Language header, the most wanted first; those of weight 0, and `*`, are left out."""
    weighed = []
    for part in header.split(",")[:MOST]:
        tag, *parameters = (each.strip() for each in part.split(";"))
        weight = next((each[2:] for each in parameters if each.lower().startswith("q=")), "1")
        try:
            weighed.append((float(weight), tag))
        except ValueError:  # no number: the wish is not understood
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if tag not in ("", "*") and weight > 0]
