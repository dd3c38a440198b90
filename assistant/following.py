"""A question that leans on what was said before, as it would be asked alone: by rules on words, without a model.

What stands on its own is left as it is, to the letter, whatever was said before. So only what cannot be understood
alone is rewritten: a pronoun that nothing in the question explains, an item of the last answer, half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.asking import content_words
from assistant.phrases import (
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
from assistant.slots import MEASURES, ROLES, anything, fill
from assistant.types import Turn

LONGEST = 60  # the words of a question that may lean on another: what is longer says what it means
LARGEST = 400  # the characters of a question that is made
RECALLED = 3  # the earlier questions that are answered anew, at most, for the items of their answers
LABEL = 12  # the words that stand for an item of the last answer, at most

_POLITE = re.compile(
    r"^\s*(?:(?:ok(?:ay)?|thanks?(?: you)?(?: very much)?|great|good|nice|cool|i see|right|sure|hm+|well|"
    r"interesting|wow|oh|please|got it|perfect|fine|yes|no)\s*[,.!;:–-]+\s*)+",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:and|but|or|also|so|then|now)[,:]?\s+)*"
    r"(?P<last>what about|how about|what of|about|and|but|or|also|as for|(?:the )?same for)\b[,:]?\s+",
    re.IGNORECASE,
)
_ANYTHING = re.compile(r"^any(?:thing| word| news| information| info| details?) (?:about|on|regarding) ", re.IGNORECASE)
_ALONE_LEAD = re.compile(r"^(?:in|at|by|for|with|without|during|since|from|after|before|as|on)\s", re.IGNORECASE)
_MORE = re.compile(
    r"^(?:(?:and|but|so|then|now|please|can you|could you|would you|will you)\s+)*"
    r"(?:tell (?:me |us )?(?:some )?more|more|say more|give me more(?: details?| information)?|go on|continue|"
    r"more details?|(?:explain|elaborate|expand|describe)(?: on)?(?: that| this| it| them| more| further)*|"
    r"tell me about (?:that|this|it|them)|what do you mean(?: by that)?)"
    r"(?: (?:about|on) (?:it|that|this|them|those|these))?(?: in (?:more )?detail| please)?\W*$",
    re.IGNORECASE,
)
_BARE_WH = re.compile(
    r"^(?:and\s+|but\s+|so\s+)*(?P<word>why not|why|how|how much|how many|how long|how often|how so|when|since when|"
    r"until when|where|who|by whom|for whom|with whom|how come)(?: (?:is|was|are) (?:that|this))?(?: so)?\W*$",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"^(?:and\s+|but\s+)*(?:what else|who else|where else|any(?:thing|one)? (?:else|more)|any others?|which others?|"
    r"what (?:are )?(?:the )?others|(?:is|are) there (?:any )?(?:more|others|anything else|any other))\W*$",
    re.IGNORECASE,
)

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905
_CARDINALS = "one two three four five six seven eight nine ten".split()  # noqa: SIM905
_SHORT_ORDINALS = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split()  # noqa: SIM905
_POSITIONS = {
    word: n for words in (_ORDINALS, _CARDINALS, _SHORT_ORDINALS, [*"123456789", "10"]) for n, word in enumerate(words)
} | {"last": -1, "final": -1}
_NTH_WORD = "|".join([*_ORDINALS, *_SHORT_ORDINALS, "last", "final"])
_ENDS = r"(?=\s*(?:[?.!,;]|$|(?:in|more|again|mean|means|please|and)\b))"
_NTH = re.compile(
    rf"\b(?:the|that|this|your) (?P<nth>{_NTH_WORD})(?: (?:one|item|point|option|bullet|entry|thing))?"
    rf"(?: (?:of|in|on) (?:them|these|those|(?:the|that|your) (?:list|answer)))?{_ENDS}"
    rf"|\b(?:number|no\.?|item|point|option|bullet) ?#?(?P<number>10|[1-9]|{'|'.join(_CARDINALS)}){_ENDS}",
    re.IGNORECASE,
)
_NTH_OF_THEM = re.compile(rf"\bthe (?P<nth>{_NTH_WORD}) (?P<noun>[a-z-]+){_ENDS}", re.IGNORECASE)
_ASKS_MORE = re.compile(r"\b(?:about|explain|elaborate|expand|describe|detail|mean)\b", re.IGNORECASE)

_IT = frozenset(["it", "its"])
_THEY = frozenset(["they", "them", "their"])
_SOMEONE = frozenset(["he", "she", "him", "her", "his"])
_POINTING = frozenset(["that", "this", "those", "these"])
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
_NO_THING = frozenset([*_ORDINALS, "one", "other", "others", "difference", "same", "kind", "type", "example", "way"])
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
_Recall = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """An earlier question, as it would be asked alone."""

    text: str
    about: Phrase | None = None  # what its pronouns stood for
    items: tuple[str, ...] | None = None  # of its answer, where the history has it


def follow(
    question: str,
    history: Sequence[Turn],
    *,
    correct: Callable[[str], str] = lambda question: question,
    said: _Recall = lambda question: (),
    one_subject: bool = True,
) -> str:
    """The question as it would be asked alone; the very same where it stands on its own.

    `correct` mends the typing errors of what was asked before. `said` gives the items that a standalone question was
    answered with: it is called where "the second one" is asked for and the history does not hold the answer. With
    `one_subject`, all documents are about one subject, so that "this role" needs no explanation.
    """
    recalled = 0

    def recall(earlier: str) -> Sequence[str]:
        nonlocal recalled
        recalled += 1
        return said(earlier) if recalled <= RECALLED else ()

    before: list[_Asked] = []
    for turn in history:
        content = turn.content.strip()
        if turn.role == "assistant":
            if before:
                items = tuple(line.strip() for line in content.split("\n") if line.strip())
                before[-1] = replace(before[-1], items=items)
        elif content:
            sentence = _last_sentence(content)
            sentence = correct(sentence) if len(sentence.split()) <= LONGEST else sentence
            before.append(_standalone(sentence, before, recall, one_subject))
    return _standalone(question, before, recall, one_subject).text


def _standalone(question: str, before: Sequence[_Asked], said: _Recall, one_subject: bool) -> _Asked:
    made = _rewritten(question, before, said, one_subject) if len(question.split()) <= LONGEST else None
    return made if made is not None and len(made.text) <= LARGEST else _Asked(question)


def _rewritten(question: str, before: Sequence[_Asked], said: _Recall, one_subject: bool) -> _Asked | None:
    if not before:
        return None
    bare = _POLITE.sub("", question.strip()).strip()
    last = before[-1]
    made = (
        _item(bare, last, said)
        or _more(bare, last)
        or _else(bare, last)
        or _bare_question(bare, last)
        or _part(bare, last, one_subject)
    )
    if made:
        kept = last.about is not None and last.about.text.casefold() in made.casefold()
        return _Asked(_tidy(made), last.about if kept else None)
    resolved = _Pointers(bare, before, one_subject).resolve()
    return None if resolved is None else replace(resolved, text=_tidy(resolved.text))


# The last answer and the last question


def _item(question: str, last: _Asked, said: _Recall) -> str | None:
    """ "Tell me more about the second one", with what the second item of the last answer is called."""
    match = _NTH.search(question)
    if match is None and _ASKS_MORE.search(question):
        match = _NTH_OF_THEM.search(question)
        many = {one.head for one in phrases(last.text) if one.plural}
        if match and singular(match["noun"]) not in many:
            return None
    if match is None:
        return None
    found = [item for item in (said(last.text) if last.items is None else last.items) if item.strip()]
    items = [item for item in found if not item.rstrip().endswith(":")] or found
    position = _POSITIONS[(match["nth"] or match["number"]).casefold()]
    if position >= len(items) or not items:
        return None
    return f"{question[: match.start()]}{_label(items[position])}{question[match.end() :]}"


def _label(item: str) -> str:
    """What an item of an answer is called: what stands before its colon, or its first words."""
    name = re.split(r":\s|\s[–—]\s", item.strip(), maxsplit=1)[0]
    chosen = name if 0 < len(name.split()) <= LABEL else item
    return " ".join(chosen.split()[:LABEL]).rstrip(".,;:!?")


def _more(question: str, last: _Asked) -> str | None:
    """ "Tell me more", with what was spoken of."""
    if not _MORE.match(question):
        return None
    found = [one for one in joined(last.text) if not one.time]
    return f"Tell me more about {in_place(found[0].text)}." if found else last.text


def _else(question: str, last: _Asked) -> str | None:
    """ "What else?", with what was asked for."""
    if not _ELSE.match(question):
        return None
    asked = next((one for one in phrases(last.text) if one.asked), None)
    return last.text if asked is None else f"{last.text[: asked.start]}other {last.text[asked.start :]}"


def _bare_question(question: str, last: _Asked) -> str | None:
    """ "Why?", with the rest of what was asked."""
    match = _BARE_WH.match(question)
    words = tokens(last.text)
    verb = next((n for n, (word, _, _) in enumerate(words) if word in AUXILIARIES), None)
    if match is None:
        return None
    if verb is None:
        return last.text
    word = match["word"].casefold()
    _, start, end = words[verb]
    asked = next((one for one in joined(last.text) if one.asked and one.end <= start), None)
    after = last.text[end:].strip(" ?.!")
    if asked and len(tokens(after)) == 1:  # "Which degree is required?": what is asked for is its subject
        determiner = "" if asked.plural or asked.named else "the "
        return f"{word} {last.text[start:end]} {determiner}{in_place(asked.text)} {after}?"
    if len(tokens(after)) < 2 and verb > 0:
        return last.text
    thing = f" {in_place(asked.text)}" if asked and word in ("how much", "how many") else ""
    return f"{word.removesuffix(' so')}{thing} {last.text[start:end].casefold()} {after}?"


def _part(question: str, last: _Asked, one_subject: bool) -> str | None:
    """ "And the median?", which is half a sentence: the last question, with what is new in the place of the old."""
    opener = _OPENER.match(question)
    rest = question[opener.end() :] if opener else question
    new = rest.strip(" ?.!,;")
    words = tokens(new)
    if not words:
        return None
    if _ANYTHING.match(rest):
        return None if one_subject else anything(last.text, _ANYTHING.sub("", new))
    first = words[0][0]
    if first in ("tell", "list", "show", "give") or any(word in WH | AUXILIARIES for word, _, _ in words):
        return None
    ones = re.search(r"\bones?$", new, re.IGNORECASE)
    if not ones and any(word in _IT | _THEY | _SOMEONE | _POINTING for word, _, _ in words):
        return None
    kept = opener["last"] if opener and opener["last"].casefold().endswith("about") else ""
    asks = question.rstrip().endswith("?")
    short = asks and (_ALONE_LEAD.match(new) or (first == "the" and len(content_words(new)) < 2))
    if opener or short or re.fullmatch(r"(?:19|20|21)\d\d", new) or (ones and len(words) <= 4):
        return fill(last.text, new, kept=kept, one_subject=one_subject)
    return None


# Words that point back


@dataclass(frozen=True, slots=True)
class _Change:
    """A span of a question and what it becomes, with what it stood for."""

    start: int
    end: int
    text: str
    about: Phrase


class _Pointers:
    """The words of one question that point back."""

    def __init__(self, question: str, before: Sequence[_Asked], one_subject: bool) -> None:
        self._question = question
        self._before = before
        self._one_subject = one_subject
        self._masked = _EMPTY_IT.sub(lambda match: "." * len(match[0]), question)
        self._words = tokens(self._masked)

    def resolve(self) -> _Asked | None:
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
            if changes and word in _IT | _THEY | _SOMEONE:
                continue  # the first of them says what is meant
            change = self._pronoun(n, word) or self._demonstrative(n, word) or self._one(n, word)
            if change is not None:
                changes.append(change)
        if not changes:
            return None
        text = self._question
        for change in reversed(changes):
            text = text[: change.start] + change.text + text[change.end :]
        return _Asked(text, changes[0].about)

    def _word(self, n: int) -> str:
        return self._words[n][0] if 0 <= n < len(self._words) else ""

    def _pronoun(self, n: int, word: str) -> _Change | None:
        if word not in _IT | _THEY | _SOMEONE or self._explained(n) or "or" in (self._word(n - 1), self._word(n + 1)):
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
        everywhere = owning or word in _SOMEONE or opens
        if self._word(0) in ("who", "whose") and (
            owning or (word in _SOMEONE and self._word(n - 1) not in AUXILIARIES)
        ):
            return True
        comma = self._question.find(",", start)
        if owning and comma > 0 and any(one.start > comma and not one.asked for one in phrases(self._question)):
            return True  # "After its reopening, what did the museum show?"
        if opens and n == 1:
            return True  # "When they say ...": people in general
        until = n if everywhere else max((m for m in range(n) if self._breaks(m, n)), default=0)
        earlier = [one for one in phrases(self._question[: self._words[until][1]] if until else "") if not one.time]
        if word in _THEY and not owning:
            whole = [one for one in phrases(self._question[:start]) if not one.asked and not one.time]
            return bool(earlier) or any(one.plural or one.named or one.end >= start - 1 for one in whole)
        if word in _IT and not owning and not opens:
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
        if word == "the" or (word in _POINTING and noun in ROLES):
            return self._role(n) if noun in ROLES and not self._one_subject else None
        if word not in _POINTING or (n and behind not in _BEFORE_THAT) or self._explained(n):
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


def _candidates(asked: _Asked) -> list[Phrase]:
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
    if word in _SOMEONE:
        fits = (lambda one: one.person and not one.plural, lambda one: one.named and one.bare.istitle())
    elif word in _THEY:
        fits = (lambda one: one.plural, lambda one: one.person or one.determiner.casefold() in ("a", "an"))
    else:
        fits = (lambda one: not one.plural and not one.person,)
    return next((one for fit in fits for one in ranked if fit(one)), None)


# Words


def _last_sentence(content: str) -> str:
    """The last question of an earlier turn, or its last sentence that has something in it."""
    sentences = re.split(r"(?<=[!?])\s+|(?<=[a-z]{3}\.)\s+(?=[A-Z])|\n", content)
    whole = [part.strip() for part in sentences if content_words(part)]
    asked = [part for part in whole if part.endswith("?")]
    return (asked or whole or [content])[-1]


def _tidy(question: str) -> str:
    """With one space between words, a capital at the front, and a mark at the end."""
    text = re.sub(r"\s+([?.!,;:])", r"\1", " ".join(question.split()))
    text = text[:1].upper() + text[1:]
    first = tokens(text)[0][0] if tokens(text) else ""
    return text if text[-1:] in "?.!" or first not in WH | AUXILIARIES else f"{text}?"
