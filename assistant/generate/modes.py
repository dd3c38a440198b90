"""The ways in which a server answers: in the documents' own words, or in a language model's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.generate.promise import MEASURED, Checked
from assistant.ids import answer_id, settings_id
from assistant.languages.catalogue import say
from assistant.types import Answer, Answerer, Document, Filters, Followed, Follower, Hit, Mode, Promise, Turn


class Unphrased:
    """Answers in the documents' own words where a model's were asked for and there is none, and says so."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.index_id = answerer.index_id
        self.documents: Mapping[str, Document] = answerer.documents
        self.passage_counts: Mapping[str, int] = answerer.passage_counts
        self.promise: Promise = answerer.promise
        self.settings_id = settings_id({"extractive": answerer.settings_id, "mode": "generative"})

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The extractive answer."""
        return self._told(self._answerer.ask(question, history=history, filters=filters), history, filters)

    def follow(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
    ) -> Answer:
        """The extractive answer, whose blocks `follower` hears where they can be heard."""
        if not isinstance(self._answerer, Followed):
            return self.ask(question, history=history, filters=filters)
        answer = self._answerer.follow(question, history=history, filters=filters, follower=follower)
        return self._told(answer, history, filters)

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The best `k` passages, best first."""
        return self._answerer.search(question, k=k, filters=filters)

    def _told(self, answer: Answer, history: Sequence[Turn], filters: Filters) -> Answer:
        id = answer_id(answer.question, history, filters, settings_id=self.settings_id, index_id=self.index_id)
        return replace(answer, id=id, fallback=say("answers.no_model"))


@dataclass(frozen=True, slots=True)
class Modes:
    """What gives the answerer of each mode, from what gives the extractive one."""

    phrase: Callable[[Answerer], Answerer] | None = None  # None where no language model is set up
    default: Mode = "extractive"

    def of(self, mode: Mode | None, current: Callable[[], Answerer]) -> Callable[[], Answerer]:
        """What gives the answerer of a mode; of the default where none is named."""
        if (mode or self.default) == "extractive":
            return current
        phrase = self.phrase or Unphrased
        return lambda: phrase(current())

    def promise(self, current: Callable[[], Answerer]) -> tuple[Checked, str] | None:
        """What is promised of generated sentences, and the id of the settings that they depend on."""
        return None if self.phrase is None else (MEASURED, self.phrase(current()).settings_id)
