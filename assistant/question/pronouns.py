"""The words of a question that point back at what was said before, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.question.noun_phrases import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    WH,
    Phrase,
    in_place,
    is_plural,
    is_small,
    joined,
    phrases,
    singular,
    tokens,
)
from assistant.question.parse import content_words
from assistant.question.slots import MEASURES, ROLES

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905

IT = frozenset(["it", "its"])
THEY = frozenset(["they", "them", "their"])
SOMEONE = frozenset(["he", "she", "him", "her", "his"])
POINTING = frozenset(["that", "this", "those", "these"])
_OWNING = frozenset(["its", "their", "his", "her"])
_BREAKS = WH | frozenset(
    """and or but if because while whereas although though before after until since that than as assuming
    , ; ? . : !""".split()  # noqa: SIM905
)
_SUBORDINATE = frozenset("if when while after before because since although though unless once as".split())  # noqa: SIM905
_SUBJECTS = frozenset(["i", "you", "we", "they", "he", "she"])
# Where "that" stands for something, and does not open a clause.
_BEFORE_THAT = AUXILIARIES | PREPOSITIONS | {"why", "how", "what", "?", ",", "and", "mean"}
# What "this" may point at outside of the conversation: a time, the place of the speaker, or the documents themselves.
_HERE = ROLES | frozenset(
    """year month week day morning afternoon evening quarter season decade century time moment way case kind sort type
    guide document text page site website section article file chapter city country company organization organisation
    field area industry""".split()  # noqa: SIM905
)
_KINDS = frozenset("type kind sort example form list number group set part lot variety range".split())  # noqa: SIM905
_NO_THING = frozenset([*ORDINALS, "one", "other", "others", "difference", "same", "kind", "type", "example", "way"])
_ADJECTIVES = (
    r"(?:true|possible|impossible|worth|important|necessary|needed|required|good|bad|better|best|okay|ok|easy|easier|"
    r"hard|harder|difficult|common|normal|legal|allowed|likely|useful|helpful|wise|mandatory|enough|too|fair|realistic|"
    r"usual|recommended|preferred|advisable|sufficient|essential|clear|known|said|expected|time|safe|typical|"
    r"compulsory|a good idea)"
)
_SAID = r"(?:called|considered|named|assumed|thought|believed|held|argued|claimed|reported|estimated)"
_MAY = r"(?:does|did|will|would|can|could|should|may|might)(?:n't)?"
# "it" that stands for nothing: "how long does it take", "is it true that".
_EMPTY_IT = re.compile(
    rf"\bit(?:'s| is| was| will be| would be)?\b(?= (?:(?:not|still|so|really|very|more|also|ever|\w+ly) )*"
    rf"(?:(?:be )?{_ADJECTIVES}(?: or \w+)?(?: \w+ly)?(?: enough| late| early)?"
    r" (?:to|that|for|if|when|whether|of|how|why|\w+ing)\b"
    rf"|(?:\w+ )?{_SAID}\b.* (?:when|that|if)\b|[a-z]+ that\b"
    r"|turns? out|seems?|appears?|happens? that|make sense|rain|snow|get (?:dark|late|cold|hot|light)\b|all\b))"
    rf"|\b{_MAY} it (?:\w+ly |still )?(?:take|require|cost|matter|help|mean|make)\b"
    r"(?=.* (?:to|if|when|whether|that|for)\b)"
    rf"|\b(?:how (?:long|much|many [\w-]+|hard)|what) (?:[\w-]+ ){{0,2}}?{_MAY} it (?:\w+ )?take\b"
    r"|\b(?:make|makes|find|finds|take|takes|like|love|hate) it "
    r"(?=(?:\w+ )?(?:to|possible|easy|easier|hard|harder|difficult|clear|that|when|if)\b)"
    r"|\bwhat(?: \w+)? (?:is|was) it like (?:to|being|\w+ing)\b|\bwhat time is it\b"
    r"|\bis it (?:raining|snowing|cold|hot|warm)\b|\bhow (?:is it (?=that\b)|far is it\b)"
    r"|\b(?:is|was) it (?=(?:when|to)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EarlierQuestion:
    """An earlier question, as it would be asked alone."""

    text: str
    about: Phrase | None = None  # what its pronouns stood for
    items: tuple[str, ...] | None = None  # of its answer, where the history has it


# Words that point back


@dataclass(frozen=True, slots=True)
class _Change:
    """A span of a question and what it becomes, with what it stood for."""

    start: int
    end: int
    text: str
    about: Phrase


class Pointers:
    """The words of one question that point back."""

    def __init__(self, question: str, before: Sequence[EarlierQuestion], one_subject: bool) -> None:
        self._question = question
        self._before = before
        self._one_subject = one_subject
        self._masked = _EMPTY_IT.sub(lambda match: "." * len(match[0]), question)
        self._words = tokens(self._masked)

    def resolve(self) -> EarlierQuestion | None:
        """The question with what its pronouns stand for, or None where it needs none of that."""
        first = self._words[0][0] if self._words else ""
        commands = ("tell", "describe", "explain", "list", "show", "give", "compare", "name")
        if not (self._question.endswith("?") or first in WH | AUXILIARIES or first in commands):
            return None
        changes: list[_Change] = []
        for n, (raw, start, end) in enumerate(self._words):
            if self._masked[start:end] in ("IT", "US") and not self._question.isupper():
                continue
            word = re.sub(r"'(?:s|re|ll|d|ve)$", "", raw)
            if changes and word in IT | THEY | SOMEONE:
                continue  # the first of them says what is meant
            change = self._pronoun(n, word) or self._demonstrative(n, word) or self._one(n, word)
            if change is not None:
                changes.append(change)
        if not changes:
            return None
        text = self._question
        for change in reversed(changes):
            text = text[: change.start] + change.text + text[change.end :]
        return EarlierQuestion(text, changes[0].about)

    def _word(self, n: int) -> str:
        return self._words[n][0] if 0 <= n < len(self._words) else ""

    def _pronoun(self, n: int, word: str) -> _Change | None:
        if word not in IT | THEY | SOMEONE or self._explained(n) or "or" in (self._word(n - 1), self._word(n + 1)):
            return None  # "his or her" is anyone
        if word == "it" and self._word(n - 1) in ("do", "doing", "done", "let's"):
            return None  # what is done is no thing
        found = self._antecedent(word)
        if found is None:
            return None
        raw, start, end = self._words[n]
        name = in_place(found.text)
        owned = self._owned(n) if word in _OWNING or raw == "it's" else None
        if word in _OWNING or (owned and self._word(n - 1) in PREPOSITIONS | {"describe"}):
            if owned is None:
                return _Change(start, end, name, found) if word == "her" else None
            thing = self._question[owned[0] : owned[1]]
            return _Change(start, owned[1], f"the {thing} of {name}", found)
        if raw.endswith(("'s", "'re")):
            name += " are" if found.plural else " is"
        if word in ("they", "it") and not found.plural and (many := self._one_many(n)):
            return _Change(self._words[n - 1][1], end, f"{many} {name}", found)
        return _Change(start, end, name, found)

    def _one_many(self, n: int) -> str | None:
        """The verb before "they", in the number of one."""
        one = {"do": "does", "are": "is", "were": "was", "have": "has"}.get(self._word(n - 1))
        return one.capitalize() if one and n == 1 else one

    def _owned(self, n: int) -> tuple[int, int] | None:
        """The span of what follows "its"."""
        m = n + 1
        while m < len(self._words) and (
            not is_small(self._word(m))
            or (self._word(m) in ("and", "or", "most", "other") and not is_small(self._word(m + 1)))
        ):
            m += 1
        inside = next((one for one in joined(self._question) if m > n + 1 and one.start == self._words[n + 1][1]), None)
        if m == n + 1:
            return None
        end = self._words[m - 1][2]
        return self._words[n + 1][1], inside.end if inside else end

    def _explained(self, n: int) -> bool:
        """Whether something earlier in the question may be what a word points at.

        "its" may point at what stands in the same clause; "it" points at something of a clause before. "How many legs
        do they have" does not say whose.
        """
        raw, start, _ = self._words[n]
        word = re.sub(r"'s$", "", raw)
        owning = word in _OWNING or (raw == "it's" and n > 0 and self._word(n - 1) not in _BREAKS)
        opens = self._word(0) in _SUBORDINATE and self._word(1) not in AUXILIARIES  # "When the shop ..., what ..."
        everywhere = owning or word in SOMEONE or opens
        if self._word(0) in ("who", "whose") and (owning or (word in SOMEONE and self._word(n - 1) not in AUXILIARIES)):
            return True
        comma = self._question.find(",", start)
        if owning and comma > 0 and any(one.start > comma and not one.asked for one in phrases(self._question)):
            return True  # "After its reopening, what did the museum show?"
        if opens and n == 1:
            return True  # "When they say ...": people in general
        until = n if everywhere else max((m for m in range(n) if self._breaks(m, n)), default=0)
        earlier = [one for one in phrases(self._question[: self._words[until][1]] if until else "") if not one.time]
        if word in THEY and not owning:
            whole = [one for one in phrases(self._question[:start]) if not one.asked and not one.time]
            return bool(earlier) or any(one.plural or one.named or one.end >= start - 1 for one in whole)
        if word in IT and not owning and not opens:
            return any(not one.plural or one.named for one in earlier)
        return bool(earlier)

    def _breaks(self, m: int, n: int) -> bool:
        """Whether a new clause begins at a word before word `n`, or with it: "the first time I ...", "say it would"."""
        word, behind = self._word(m), self._word(m - 1)
        if m and m == n - 1 and self._word(n + 1) in AUXILIARIES and self._word(n) == "it":
            return word in _BREAKS or not is_small(word)
        if word == "to" and m < n - 1 and self._word(m + 1) not in DETERMINERS:
            return True
        return word in _BREAKS or (m > 0 and word in _SUBJECTS and behind not in AUXILIARIES | WH)

    def _antecedent(self, word: str) -> Phrase | None:
        """What a pronoun stands for: what was spoken of last that it can stand for."""
        here = set(content_words(self._question))
        for asked in reversed(self._before):
            found = _candidates(asked)
            found = [one for one in found if not set(content_words(one.text)) <= here]
            about = asked.about if asked.about and not set(content_words(asked.about.text)) <= here else None
            one = _fitting(word, found, about)
            if one is not None:
                return one
        return None

    def _demonstrative(self, n: int, word: str) -> _Change | None:
        """ "those challenges", "that", and, where documents are about several, "this role"."""
        ahead, behind = self._word(n + 1), self._word(n - 1)
        start = self._words[n][1]
        noun = singular(ahead) if ahead.isalpha() else ""
        if word == "the" or (word in POINTING and noun in ROLES):
            return self._role(n) if noun in ROLES and not self._one_subject else None
        if word not in POINTING or (n and behind not in _BEFORE_THAT) or self._explained(n):
            return None
        if (word == "that" and ahead in ("are", "were", "do", "have")) or ahead.isdigit():
            return None
        if ahead in AUXILIARIES or not ahead.isalpha():
            if (word in ("this", "these") and ahead) or behind in ("do", "doing"):
                return None  # "this is ...", "do that"
            return self._stood_for(n, word)
        if is_small(ahead) and n == 1 and word in ("that", "those") and behind in ("is", "was", "does", "are", "were"):
            return self._stood_for(n, word)  # "is that more than ..."
        if is_small(ahead) or noun in _HERE:
            return None
        if (
            behind in AUXILIARIES
            and not self._word(n + 2).isalpha()
            and not is_plural(ahead)
            and word in ("those", "these")
        ):
            return self._stood_for(n, word)  # "are those important?"
        for asked in reversed(self._before):
            for one in joined(asked.text):
                if one.head == noun:
                    text = in_place(one.text if one.determiner else f"the {one.text}")
                    return _Change(start, self._words[n + 1][2], text, one)
        return None

    def _stood_for(self, n: int, word: str) -> _Change | None:
        """What "this", "that", "these" or "those" stands for by itself."""
        _, start, end = self._words[n]
        found = self._antecedent("they" if word in ("those", "these") else "it")
        return _Change(start, end, in_place(found.text), found) if found else None

    def _role(self, n: int) -> _Change | None:
        ahead = self._word(n + 2)
        if ahead and not is_small(ahead) and self._word(n) == "the":
            return None
        if any(one.person or one.named for one in phrases(self._question)):
            return None
        for asked in reversed(self._before):
            for one in joined(asked.text):
                for part in [p for p in phrases(asked.text) if one.start <= p.start and p.end <= one.end]:
                    if part.person:
                        return _Change(self._words[n][1], self._words[n + 1][2], in_place(part.text), part)
        return None

    def _one(self, n: int, word: str) -> _Change | None:
        """ "Which ones are ...", "do I need one?", "a smart one": with the noun that was spoken of."""
        if word not in ("one", "ones"):
            return None
        ahead, behind = self._word(n + 1), self._word(n - 1)
        takes = behind in ("need", "have", "get", "want")
        if (
            ahead.isalpha()
            and ahead not in AUXILIARIES | {"in", "for", "with"}
            and (behind != "which" or ahead == "of")
        ):
            return None
        if self._explained(n):
            return None
        described = (
            bool(behind) and not is_small(behind) and (word == "ones" or self._word(n - 2) in ("a", "an", "the"))
        )
        if not takes and not described and behind not in ("which", "another", "other"):
            return None
        for asked in reversed(self._before):
            for found in joined(asked.text):
                name = found.first.split()
                if not _is_thing(found) or found.person or not name or (word == "ones" and not found.plural):
                    continue
                text = found.text if found.determiner or found.plural else f"a {found.text}"
                name = name if behind == "which" else name[-1:]
                noun = " ".join([*name[:-1], singular(name[-1]) if word == "one" and found.plural else name[-1]])
                _, start, end = self._words[n]
                return _Change(start, end, in_place(text) if takes else noun, found)
        return None


def _candidates(asked: EarlierQuestion) -> list[Phrase]:
    """What a pronoun after a question may stand for, the likeliest first."""
    made: list[Phrase] = []
    parts = phrases(asked.text)
    for one in joined(asked.text):
        inside = [part for part in parts if one.start <= part.start and part.end <= one.end]
        if one.head in _KINDS or (one.head not in MEASURES and len(inside) > 1 and not inside[-1].plural):
            made += [part for part in reversed(inside) if part.start > one.start]  # "the history of the city": the city
        owner = re.match(r"(.+?)(?:['’]s|s['’]) ", one.text)
        if owner:
            made.append(replace(one, end=one.start + owner.end(1), text=owner[1]))
        made += [one, *(part for part in inside if (part not in made and part.end < one.end) or part.start > one.start)]
    return [one for one in made if _is_thing(one)]


def _is_thing(one: Phrase) -> bool:
    """Whether a phrase can be spoken of as "it" or "they"."""
    if one.time or one.head in _NO_THING or not any(map(str.isalpha, one.bare)):
        return False
    verb = len(one.words) == 1 and one.bare.endswith(("ing", "ed")) and not one.named
    return not verb or bool(one.determiner) or one.before in AUXILIARIES | {"about"}


def _fitting(word: str, found: Sequence[Phrase], about: Phrase | None) -> Phrase | None:
    ranked = [*([about] if about is not None else []), *found]
    fits: tuple[Callable[[Phrase], bool], ...]
    if word in SOMEONE:
        fits = (lambda one: one.person and not one.plural, lambda one: one.named and one.bare.istitle())
    elif word in THEY:
        fits = (lambda one: one.plural, lambda one: one.person or one.determiner.casefold() in ("a", "an"))
    else:
        fits = (lambda one: not one.plural and not one.person,)
    return next((one for fit in fits for one in ranked if fit(one)), None)
