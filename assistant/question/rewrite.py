"""A question that leans on what was said before, as it would be asked alone: by rules on words, without a model.

What stands on its own is left as it is, to the letter, whatever was said before. So only what cannot be understood
alone is rewritten: a pronoun that nothing in the question explains, an item of the last answer, half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.question.noun_phrases import AUXILIARIES, WH, in_place, joined, phrases, singular, tokens
from assistant.question.parse import content_words
from assistant.question.pronouns import IT, ORDINALS, POINTING, SOMEONE, THEY, EarlierQuestion, Pointers
from assistant.question.slots import anything, fill
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
_CARDINALS = "one two three four five six seven eight nine ten".split()  # noqa: SIM905
_SHORT_ORDINALS = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split()  # noqa: SIM905
_POSITIONS = {
    word: n for words in (ORDINALS, _CARDINALS, _SHORT_ORDINALS, [*"123456789", "10"]) for n, word in enumerate(words)
} | {"last": -1, "final": -1}
_NTH_WORD = "|".join([*ORDINALS, *_SHORT_ORDINALS, "last", "final"])
_ENDS = r"(?=\s*(?:[?.!,;]|$|(?:in|more|again|mean|means|please|and)\b))"
_NTH = re.compile(
    rf"\b(?:the|that|this|your) (?P<nth>{_NTH_WORD})(?: (?:one|item|point|option|bullet|entry|thing))?"
    rf"(?: (?:of|in|on) (?:them|these|those|(?:the|that|your) (?:list|answer)))?{_ENDS}"
    rf"|\b(?:number|no\.?|item|point|option|bullet) ?#?(?P<number>10|[1-9]|{'|'.join(_CARDINALS)}){_ENDS}",
    re.IGNORECASE,
)
_NTH_OF_THEM = re.compile(rf"\bthe (?P<nth>{_NTH_WORD}) (?P<noun>[a-z-]+){_ENDS}", re.IGNORECASE)
_ASKS_MORE = re.compile(r"\b(?:about|explain|elaborate|expand|describe|detail|mean)\b", re.IGNORECASE)
_Recall = Callable[[str], Sequence[str]]
_Choose = Callable[[str, str], str | None]


def follow(
    question: str,
    history: Sequence[Turn],
    *,
    correct: Callable[[str], str] = lambda question: question,
    said: _Recall = lambda question: (),
    one_subject: bool = True,
    chosen: _Choose = lambda reply, last: None,
) -> str:
    """The question as it would be asked alone; the very same where it stands on its own.

    `correct` mends the typing errors of what was asked before. `said` gives the items that a standalone question was
    answered with, or what it was asked back to choose among: it is called where "the second one" is asked for and the
    history does not hold the answer. `chosen` gives the last question, asked of what a reply to it names. With
    `one_subject`, all documents are about one subject, so that "this role" needs no explanation.
    """
    recalled = 0

    def recall(earlier: str) -> Sequence[str]:
        nonlocal recalled
        recalled += 1
        return said(earlier) if recalled <= RECALLED else ()

    before: list[EarlierQuestion] = []
    for turn in history:
        content = turn.content.strip()
        if turn.role == "assistant":
            if before:
                items = tuple(line.strip() for line in content.split("\n") if line.strip())
                before[-1] = replace(before[-1], items=items)
        elif content:
            sentence = _last_sentence(content)
            sentence = correct(sentence) if len(sentence.split()) <= LONGEST else sentence
            before.append(_standalone(sentence, before, recall, one_subject, chosen))
    return _standalone(question, before, recall, one_subject, chosen).text


def _standalone(
    question: str, before: Sequence[EarlierQuestion], said: _Recall, one_subject: bool, chosen: _Choose
) -> EarlierQuestion:
    made = _rewritten(question, before, said, one_subject, chosen) if len(question.split()) <= LONGEST else None
    return made if made is not None and len(made.text) <= LARGEST else EarlierQuestion(question)


def _rewritten(
    question: str, before: Sequence[EarlierQuestion], said: _Recall, one_subject: bool, chosen: _Choose
) -> EarlierQuestion | None:
    if not before:
        return None
    bare = _POLITE.sub("", question.strip()).strip()
    last = before[-1]
    item = _item(bare, last, said)
    made = (
        chosen(bare if item is None else item, last.text)
        or item
        or _more(bare, last)
        or _else(bare, last)
        or _bare_question(bare, last)
        or _part(bare, last, one_subject)
    )
    if made:
        kept = last.about is not None and last.about.text.casefold() in made.casefold()
        return EarlierQuestion(_tidy(made), last.about if kept else None)
    resolved = Pointers(bare, before, one_subject).resolve()
    return None if resolved is None else replace(resolved, text=_tidy(resolved.text))


# The last answer and the last question


def _item(question: str, last: EarlierQuestion, said: _Recall) -> str | None:
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


def _more(question: str, last: EarlierQuestion) -> str | None:
    """ "Tell me more", with what was spoken of."""
    if not _MORE.match(question):
        return None
    found = [one for one in joined(last.text) if not one.time]
    return f"Tell me more about {in_place(found[0].text)}." if found else last.text


def _else(question: str, last: EarlierQuestion) -> str | None:
    """ "What else?", with what was asked for."""
    if not _ELSE.match(question):
        return None
    asked = next((one for one in phrases(last.text) if one.asked), None)
    return last.text if asked is None else f"{last.text[: asked.start]}other {last.text[asked.start :]}"


def _bare_question(question: str, last: EarlierQuestion) -> str | None:
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


def _part(question: str, last: EarlierQuestion, one_subject: bool) -> str | None:
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
    if not ones and any(word in IT | THEY | SOMEONE | POINTING for word, _, _ in words):
        return None
    kept = opener["last"] if opener and opener["last"].casefold().endswith("about") else ""
    asks = question.rstrip().endswith("?")
    short = asks and (_ALONE_LEAD.match(new) or (first == "the" and len(content_words(new)) < 2))
    if opener or short or re.fullmatch(r"(?:19|20|21)\d\d", new) or (ones and len(words) <= 4):
        return fill(last.text, new, kept=kept, one_subject=one_subject)
    return None


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
