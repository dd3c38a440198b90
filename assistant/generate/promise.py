"""What is promised of generated sentences, and the measurement that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer.calibration import upper_bound

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check did on sentences with one planted fault each and on faithful paraphrases."""

    faulty: int
    missed: int  # of the faulty ones, let through
    faithful: int
    kept: int
    documents: int

    @property
    def missed_rate(self) -> float:
        """The share of the faulty ones that were let through."""
        return self.missed / self.faulty

    @property
    def upper_bound(self) -> float:
        """Of that share, one-sided, at the confidence level (Clopper and Pearson)."""
        return upper_bound(self.missed, self.faulty, level=CONFIDENCE)

    @property
    def kept_rate(self) -> float:
        """The share of the faithful ones that were kept."""
        return self.kept / self.faithful

    def statement(self) -> str:
        """The promise in a sentence or two, with what it rests on."""
        return (
            f"Of {self.faulty} sentences with a planted fault, the check lets {self.missed_rate:.1%} through (below "
            f"{self.upper_bound:.1%} with {CONFIDENCE:.0%} confidence), and it keeps {self.kept_rate:.0%} of "
            f"{self.faithful} faithful ones, on {self.documents} documents that it was not made on. Whether a question "
            f"is answered at all is decided without the model."
        )


MEASURED = Checked(faulty=400, missed=21, faithful=400, kept=373, documents=41)
"""By `python scripts/claims.py`, with the reader that ships."""
