"""The parts of a question that another question may fill anew: its figure, its year, its place, whom it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.question.noun_phrases import (
    AUXILIARIES,
    WH,
    Phrase,
    in_place,
    is_small,
    joined,
    phrases,
    singular,
    tokens,
)
from assistant.question.parse import content_words

FITS = 1.5  # how like a phrase must be to what takes its place

_FIGURES = frozenset(
    """median mean average minimum maximum lowest highest range span typical spread top bottom starting entry-level
    total middle upper lower least most peak overall distribution band mid-level senior junior""".split()  # noqa: SIM905
)
_SPANS = frozenset(["range", "span", "spread", "distribution", "band"])
MEASURES = frozenset(
    """salary pay wage income compensation earning price cost fee size age height weight length duration rate budget
    revenue bonus rent speed distance temperature score number amount share""".split()  # noqa: SIM905
)
# What "this job" and "the role" mean is plain where all documents are about one.
ROLES = frozenset("role job position profession occupation career post".split())  # noqa: SIM905
# "What challenges does it face" asks no more than "what are the challenges".
_HAVING = frozenset("have face need require know hold get meet offer bring involve include expect entail".split())  # noqa: SIM905
_QUANTITIES = frozenset(["share", "rate", "number", "amount"])
_LEAD = re.compile(
    r"^(?P<word>in|at|by|for|with|without|during|since|from|after|before|as|on|of|per|between|until)\s+", re.IGNORECASE
)
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_YEARS = re.compile(
    rf"(?P<lead>\b(?:from|between|by|in|since|until|before|after|during|for|of) )?\b{_YEAR}"
    rf"(?P<last>\s*(?:to|and|until|-|–|—)\s*{_YEAR})?\b",
    re.IGNORECASE,
)
_ONLY_YEARS = re.compile(
    rf"^(?:(?:in|by|for|since|during|from|between|until|before|after|of|the|year)\s+)*"
    rf"(?P<years>{_YEAR}(?:\s*(?:to|and|until|-|–)\s*{_YEAR})?)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|a|an|my|your|our|their|any|some)\b", re.IGNORECASE)


def fill(last: str, new: str, *, kept: str = "", one_subject: bool = True) -> str | None:
    """The last question with `new` in the place of what is like it, or None where it has no place.

    `kept` is how `new` was brought up, "what about": where nothing is like it, that is said of the same subject. With
    `one_subject`, "the role" need not be named.
    """
    words = tokens(last)
    if not words or (
        words[0][0] not in WH | AUXILIARIES | {"tell", "list", "describe", "explain", "show"} and len(words) > 10
    ):
        return None
    return (
        _year(last, new)
        or _ones(last, new, one_subject=one_subject)
        or _figure(last, new)
        or _phrase(last, new)
        or _new(last, new, kept, one_subject=one_subject)
    )


def anything(last: str, name: str) -> str | None:
    """ "Anything about X?" after a question about someone: whether there is anything about X for them."""
    topic = _topic(last)
    if topic is None or not topic.person or set(content_words(topic.text)) & set(content_words(name)):
        return None
    return f"Is there anything about {name} for {in_place(topic.text)}?"


def _year(last: str, new: str) -> str | None:
    match = _ONLY_YEARS.match(new)
    if match is None:
        return None
    lead = _LEAD.match(new)
    old = list(_YEARS.finditer(last))
    if not old:
        return f"{last.rstrip(' ?.!')} {lead['word'].casefold() if lead else 'in'} {match['years']}?"
    was = old[-1]
    said = f"{lead['word'].casefold()} " if lead else "in " if was["last"] and match["years"].isdigit() else was["lead"]
    if not was["lead"] and not was["last"]:
        said = ""  # "the 2023 report": nothing but the year changes
    return f"{last[: was.start()]}{said or ''}{match['years']}{last[was.end() :]}"


def _ones(last: str, new: str, *, one_subject: bool) -> str | None:
    """ "And technical ones?": others of the kind that was asked for."""
    match = re.fullmatch(r"(?P<what>.+?)\s+ones?", new, re.IGNORECASE)
    if match is None:
        return None
    found = [one for one in phrases(last) if not one.time]
    fitting = [one for one in found if one.plural is new.casefold().endswith("s") and not one.named] or found
    if not fitting:
        return None
    old = next((one for one in fitting if one.asked), fitting[0])
    name = old.first.split()
    what = match["what"]
    if old.asked:
        what = _ARTICLE.sub("", what).strip()
    elif old.determiner and not _ARTICLE.match(what):
        what = f"{old.determiner} {what}"
    end = old.end
    place = re.match(r"\s+(?:in|inside|outside|within|at|on)\s+", last[end:])
    if len(name) == 1 and place:  # "difficulties inside the estate": the place says of what kind they are
        end = next((one.end for one in found if one.start <= end + place.end() < one.end), end)
    noun = name[-1] if old.plural or not new.casefold().endswith("s") else f"{name[-1]}s"
    short = _plainly(last[end:], one_subject=one_subject) if old.asked and old.plural else None
    return f"{last[: old.start]}{what} {noun}{last[end:]}" if short is None else f"What are the {what} {noun}{short}?"


def _plainly(rest: str, *, one_subject: bool) -> str | None:
    """What is left of "does a nurse face", where "what challenges does a nurse face" is asked: " of a nurse"."""
    match = re.fullmatch(r"\s+(?:do|does|must|should|can|will) (?P<who>.+?) (?P<verb>\w+)\W*", rest, re.IGNORECASE)
    if match is None or match["verb"].casefold() not in _HAVING:
        return None
    who = match["who"].casefold()
    if who in ("i", "you", "we", "one") or (
        re.fullmatch(r"(?:the|this|that) \w+", who) and singular(who.split()[1]) in ROLES
    ):
        return "" if one_subject else None
    whole = [one.text for one in joined(match["who"])]
    return f" of {match['who']}" if whole == [match["who"]] else None


def _figure(last: str, new: str) -> str | None:
    """ "And the median?": another figure of the same thing."""
    what = _ARTICLE.sub("", new).strip()
    if not what or not all(map(_is_figure, what.split())):
        return None
    found = phrases(last)
    for one in found:
        name = one.first.split()
        rest = [word for word in name if not _is_figure(word)]
        if rest and len(rest) < len(name):
            return _put(last, one, _the_figure(what, " ".join(rest)), first=True)
    for one in found:
        if one.head in MEASURES:
            return _put(last, one, _the_figure(what, one.first), first=True)
    actor = next((one for one in found if one.person), None)
    if actor is not None and what.casefold() not in _SPANS:
        return _put(last, actor, f"the {what} {actor.bare}")
    return None


def _the_figure(what: str, measure: str) -> str:
    return f"the {measure} {what}" if what.casefold() in _SPANS else f"the {what} {measure}"


def _is_figure(word: str) -> bool:
    return word.casefold() in _FIGURES or bool(
        re.fullmatch(r"\w{2,}est|most|least|best|worst|(?:top-)?\d+%", word, re.I)
    )


def _phrase(last: str, new: str) -> str | None:
    """The last question with something new in the place of the phrase that is most like it."""
    lead = _LEAD.match(new)
    name = new[lead.end() :] if lead else new
    fresh = next(iter(joined(name)), None)
    if fresh is None or fresh.start > 0:
        return None
    before = lead["word"].casefold() if lead else ""
    # What brings an "of" of its own takes the place of the whole: "the pay of a nurse", of "the age of a judge".
    found = joined(last) if fresh.first != fresh.bare else [*phrases(last), *joined(last)]
    found = [one for one in found if not one.time] + list(filter(None, map(_field, phrases(last))))
    scores = [_likeness(one, fresh, before) for one in found]
    if not scores or max(scores) < FITS:
        return None
    old = found[scores.index(max(scores))]
    return _put(last, old, name)


def _field(one: Phrase) -> Phrase | None:
    """AI, of "a Head of AI"."""
    match = re.fullmatch(r"(.*\sof\s+)([A-Z].*)", one.text)
    return replace(one, start=one.start + match.end(1), text=match[2], determiner="", before="of") if match else None


def _likeness(old: Phrase, fresh: Phrase, lead: str) -> float:
    """How well something new fits in the place of a phrase."""
    shared = bool(set(content_words(old.bare)) & set(content_words(fresh.bare)))
    if old.asked and fresh.determiner and not shared:
        return 0.0
    score = 4.0 * (old.head == fresh.head) + 2.0 * shared
    persons = [one.person or one.head in ROLES for one in (old, fresh)]
    if any(persons):
        score += 3 if all(persons) else 0 if shared else -2
    if old.named == fresh.named:
        score += 2 if fresh.named else 1
    elif not shared:
        score -= 2
    score += old.plural == fresh.plural
    if old.head in MEASURES and fresh.head in MEASURES and not {old.head, fresh.head} & _QUANTITIES:
        score += 1
    if old.determiner.casefold() == fresh.determiner.casefold():
        score += 2.5 if fresh.determiner.casefold() in ("a", "an") else 0.5
    if lead:
        same = lead == old.before or {lead, old.before} <= {"for", "of", "as"}
        score += 2.5 if same else -3
    elif old.before and not is_small(old.before):
        score += 0.5  # the object of a verb
    elif old.before in ("is", "are", "was", "were", "about", "what's"):
        score += 0.5
    return score


def _new(last: str, new: str, kept: str, *, one_subject: bool) -> str | None:
    """Something that the last question has no place for, asked of the same subject."""
    if _LEAD.match(new):
        return f"{last.rstrip(' ?.!')} {in_place(new)}?"
    name = next(iter(phrases(new)), None)
    if name is None or name.start > 0 or len(phrases(new)) > 1:
        return None
    wanted = _wanted(last)
    if wanted and (name.named or not name.determiner) and not kept:
        return f"{wanted} {new}?"
    topic = _topic(last)
    if topic is not None and topic.head in ROLES and one_subject:
        return f"What {'are' if name.plural else 'is'} {new}?"
    if topic is None or set(content_words(topic.text)) & set(content_words(new)):
        return None
    link = "of" if topic.before == "of" or topic.person else "for"
    if kept and not name.determiner:
        return f"{kept} {new} {link} {in_place(topic.text)}?"
    return f"What {'are' if name.plural else 'is'} {new} {link} {in_place(topic.text)}?"


def _wanted(last: str) -> str | None:
    """What goes with an object that was asked for: "should I know", of "which technologies should I know?"."""
    asked = next((one for one in joined(last) if one.asked), None)
    if asked is None or not re.match(r"\W*(?:what|which)\b", last, re.IGNORECASE):
        return None
    rest = last[asked.end :].strip(" ?.!")
    words = [word for word, _, _ in tokens(rest)]
    if len(words) < 3 or words[0] not in AUXILIARIES - {"is", "are", "was", "were"} or is_small(words[-1]):
        return None
    return rest


def _topic(last: str) -> Phrase | None:
    """Whom or what a question is about: someone, something named, or what it says something of."""
    found = [one for one in phrases(last) if not one.time and not one.asked]
    ways: tuple[Callable[[Phrase], bool], ...] = (
        lambda one: one.person,
        lambda one: one.named,
        lambda one: one.before in ("of", "for", "does", "do", "did"),
    )
    return next((one for fits in ways for one in reversed(found) if fits(one)), None)


def _put(last: str, old: Phrase, text: str, *, first: bool = False) -> str:
    """The question with another phrase in the place of one; with `first`, only up to its "of"."""
    end = old.end - len(old.bare) + len(old.first) if first else old.end
    fresh = next(iter(joined(text)), None)
    if old.asked:
        text = re.sub(r"^(?:the|a|an)\s+", "", text, flags=re.IGNORECASE)
    elif old.determiner.casefold() == "the" and fresh is not None and not fresh.determiner and not fresh.named:
        text = f"the {text}"
    after = last[end:]
    if re.match(r"\s+of\s", after) and re.search(r"\sof\s", text):  # "the number of jobs of a nurse"
        after = re.sub(r"^\s+of\s", " for ", after)
    left = last[: old.start]
    if fresh is not None and fresh.plural != old.plural:
        left = _agree(left, many=fresh.plural)
    return left + (in_place(text) if old.start else text) + after


def _agree(left: str, *, many: bool) -> str:
    """What stands before a phrase, its verb in the number of that phrase."""
    pairs = {"is": "are", "was": "were", "does": "do", "has": "have", "what's": "what are"}
    swap = pairs if many else {two: one for one, two in pairs.items()}
    match = re.search(r"(?P<verb>[\w']+)\s+$", left)
    if match is None or match["verb"].casefold() not in swap:
        return left
    verb = swap[match["verb"].casefold()]
    return f"{left[: match.start()]}{verb.capitalize() if match['verb'][0].isupper() else verb} "
