"""Sentences that lines of documents carry, and the same with one fault planted in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random

from assistant.documents.outline import Outline
from assistant.documents.shown import shown_line
from assistant.generate.sides import CitedLine

FAULTS = ("figure", "name", "polarity", "direction", "scope", "join", "citation")


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with the lines that it cites, and the fault in it; "" for none."""

    document: str
    fault: str
    how: str  # it was made: the name of a rule, or "hand"
    sentence: str
    lines: tuple[CitedLine, ...]
    question: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Source:
    """A line that answers a written question, with the lines near it."""

    document: str
    question: str
    line: CitedLine
    near: tuple[CitedLine, ...]  # other lines of the document, the nearest first
    names: tuple[str, ...]  # of the document, that neither the line nor what stands above it has


_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/:-]|[.,]\d)")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_PAIR = re.compile(r"\A[-*\s]*(?P<label>[A-Z][^:.;|]{2,50}):\s+(?P<value>[^:|]+?)\.?\Z")
_AUX = re.compile(r"\b(is|are|was|were|can|may|must|should|will|does|do|has|have)\b(?! (?:not|to|been|no)\b)")
_NOT = re.compile(
    r"\b(is|are|was|were|can|may|must|should|will|does|do) not\b|\bcannot\b|\b(is|are|was|do|does|ca|wo)n['’]t\b"
)
_UNITS = {"days": "weeks", "day": "week", "weeks": "months", "week": "month", "months": "years", "month": "year",
          "years": "months", "year": "month", "hours": "days", "hour": "day", "minutes": "hours", "minute": "hour",
          "km": "m", "kg": "g", "litres": "millilitres", "$": "€", "£": "$", "€": "$", "metres": "kilometres",
          "%": " points", "inches": "feet", "miles": "yards"}  # fmt: skip
_OPPOSITES = {"required": "optional", "allowed": "forbidden", "free": "chargeable", "open": "closed",
              "included": "excluded", "accepted": "refused", "mandatory": "voluntary", "public": "private",
              "permanent": "temporary", "eligible": "ineligible", "possible": "impossible", "with": "without",
              "enabled": "disabled", "paid": "unpaid", "allows": "prevents", "include": "exclude", "must": "need not",
              "permitted": "banned", "always": "never", "can": "cannot"}  # fmt: skip
_TURNS = {"before": "after", "after": "before", "more": "less", "less": "more", "increase": "decrease",
          "increases": "decreases", "decrease": "increase", "above": "below", "below": "above", "over": "under",
          "under": "over", "at least": "at most", "at most": "at least", "up to": "at least", "minimum": "maximum",
          "maximum": "minimum", "higher": "lower", "lower": "higher", "longer": "shorter", "earlier": "later",
          "later": "earlier", "first": "last", "last": "first", "highest": "lowest", "lowest": "highest",
          "larger": "smaller", "smaller": "larger", "raise": "lower", "until": "after", "from": "to",
          "north": "south", "left": "right", "right": "left", "inside": "outside", "outside": "inside",
          "top": "bottom", "within": "after", "fewer": "more", "start": "end", "begins": "ends", "opens": "closes",
          "send": "receive", "older": "younger", "greater": "smaller", "rise": "fall", "fell": "rose",
          "rose": "fell", "exceed": "fall below", "exceeds": "falls below"}  # fmt: skip
_WIDER = {"some": "all", "most": "all", "many": "all", "usually ": "always ",
          "typically ": "always ", "often ": "always ",
          "generally ": "always ", "sometimes ": "always ", "may ": "must ", "can ": "must ", "should ": "must ",
          "only ": "", "up to ": "", "at least ": "", "usually": "", "about ": "exactly ", "some of ": "all of ",
          "normally ": "", "mostly ": "", "might ": "will ", "could ": "will ", "except ": "including ",
          "no more than ": "", "several ": "all ", "primarily ": "only ", "mainly ": "only ", "must ": "may ",
          "shall ": "may ", "required ": "recommended ", "partly ": "wholly ", "almost ": "", "rarely ": "never ",
          "certain ": "all ", "any ": "some ", "all ": "some ", "every ": "some ", "each ": "some "}  # fmt: skip
_ADDED = ("always", "only", "never")


def faulty(source: Source, rng: Random) -> Iterator[Planted]:
    """What can be planted in the line, each kind once at most."""
    base = _sentence(source.line)
    makers: Mapping[str, Callable[[], str | None]] = {
        "figure": lambda: _other_figure(base, source, rng),
        "name": lambda: _other_name(base, source, rng),
        "polarity": lambda: _turned_round(base, rng),
        "direction": lambda: _other_way(base, rng),
        "scope": lambda: _other_scope(base, rng),
    }
    for fault, make in makers.items():
        made = make()
        if made and made != base and made.casefold() != base.casefold():
            yield Planted(source.document, fault, "rule", made, (source.line,), source.question)
    if joined := _joined(source, rng):
        yield joined
    if elsewhere := _elsewhere(source, base):
        yield Planted(source.document, "citation", "rule", base, (elsewhere,), source.question)


def faithful(source: Source, rng: Random) -> Iterator[Planted]:
    """Paraphrases of the line, by each rule that changes it."""
    base = _sentence(source.line)
    for how, rule in RULES.items():
        made = rule(base, source, rng)
        if made and made != base:
            yield Planted(source.document, "", how, made, (source.line,), source.question)


def sources(document: str, outline: Outline, asked: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Source]:
    """The lines that answer questions, each once: `asked` are questions with the quotations that answer them."""
    lines = outline.document.lines
    cited = {n: cited_line(outline, n) for n in range(len(lines)) if lines[n].kind not in ("heading", "code")}
    flat = {n: " ".join(outline.text(n).split()) for n in cited}
    used: set[int] = set()
    known = list(dict.fromkeys(name for line in cited.values() for name in _NAME.findall(line.text)))
    for question, quotes in asked:
        for quote in quotes:
            n = next((n for n, text in flat.items() if " ".join(quote.split()) == text and n not in used), None)
            if n is None or not 4 <= len(cited[n].text.split()) <= 40:
                continue
            used.add(n)
            near = sorted((m for m in cited if m != n), key=lambda m: abs(m - n))
            around = f"{cited[n].text} {cited[n].above}".casefold()
            names = tuple(name for name in known if not any(w in around for w in name.casefold().split()))
            yield Source(document, question, cited[n], tuple(cited[m] for m in near[:12]), names)


def cited_line(outline: Outline, n: int) -> CitedLine:
    """Line `n` of a document, and what stands above it."""
    document = outline.document
    return CitedLine(shown_line(document, document.lines[n]), f"{document.title}\n{outline.above(n)}")


def _sentence(line: CitedLine) -> str:
    text = line.text.strip()
    if pair := _PAIR.match(text):
        text = f"{pair['label']}: {pair['value']}"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _other_figure(text: str, source: Source, rng: Random) -> str | None:
    found = list(_NUMBER.finditer(text))
    units = [unit for unit in _UNITS if re.search(rf"\d\s?{re.escape(unit)}(?!\w)|{re.escape(unit)}\d", text)]
    if units and rng.random() < 0.25:
        unit = rng.choice(units)
        return re.sub(
            rf"(?<!\w){re.escape(unit)}(?!\w)|(?<=\d){re.escape(unit)}|{re.escape(unit)}(?=\d)",
            _UNITS[unit],
            text,
            count=1,
        )
    if not found:
        return None
    match = rng.choice(found)
    value = float(match[0].replace(",", ""))
    for changed in rng.sample([value + 1, value * 2, value * 10, value + 5, max(0, value - 1), value + 100], 6):
        shown = f"{changed:,.0f}" if "," in match[0] else f"{changed:.10g}"
        if changed != value and shown not in source.line.text and shown not in source.line.above:
            return text[: match.start()] + shown + text[match.end() :]
    return None


def _other_name(text: str, source: Source, rng: Random) -> str | None:
    found = list(_NAME.finditer(text))
    if not found or not source.names:
        return None
    match = rng.choice(found)
    return text[: match.start()] + rng.choice(source.names) + text[match.end() :]


def _turned_round(text: str, rng: Random) -> str | None:
    ways: list[str] = []
    if _NOT.search(text):
        ways.append(_NOT.sub(lambda m: m[1] or m[2] or "can", text, count=1))
    elif match := _AUX.search(text):
        ways.append(text[: match.end()] + " not" + text[match.end() :])
    for word, other in _OPPOSITES.items():
        if re.search(rf"\b{word}\b", text):
            ways.append(re.sub(rf"\b{word}\b", other, text, count=1))
    if re.search(r"\b[Nn]o [a-z]+\b", text):
        ways.append(re.sub(r"\bno (?=[a-z])", "", re.sub(r"\bNo (?=[a-z])", "Some ", text), count=1))
    return rng.choice(ways) if ways else None


def _other_way(text: str, rng: Random) -> str | None:
    ways = [
        re.sub(rf"\b{word}\b", other, text, count=1)
        for word, other in _TURNS.items()
        if re.search(rf"\b{word}\b", text)
    ]
    name = r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)"
    match = re.search(rf"\b{name} (\w+(?: (?:to|from|by|with|for|than|of))?) {name}\b", text)
    if match and match[2] not in ("and", "or"):
        ways.append(text[: match.start()] + f"{match[3]} {match[2]} {match[1]}" + text[match.end() :])
    if match := re.search(r"\bfrom ([\w$€£:.,]+) to ([\w$€£:.,]*\w)", text):
        ways.append(text[: match.start()] + f"from {match[2]} to {match[1]}" + text[match.end() :])
    return rng.choice(ways) if ways else None


def _other_scope(text: str, rng: Random) -> str | None:
    ways = [
        re.sub(rf"\b{re.escape(word)}", other, text, count=1)
        for word, other in _WIDER.items()
        if re.search(rf"\b{re.escape(word)}", text)
    ]
    if match := re.match(r"(?:If|Unless) [^,]{5,80}, (\w)", text):
        ways.append(match[1].upper() + text[match.end() :])
    if match := re.search(r",? (?:if|unless|except) [^,.]{5,80}\.$", text):
        ways.append(text[: match.start()] + ".")
    if not ways and (match := _AUX.search(text)):
        ways.append(text[: match.end()] + f" {rng.choice(_ADDED)}" + text[match.end() :])
    return rng.choice(ways) if ways else None


def _joined(source: Source, rng: Random) -> Planted | None:
    """Two lines, or two figures or names of one line, joined the wrong way round."""
    text = _sentence(source.line)
    if pair := _PAIR.match(source.line.text):
        for other in source.near:
            theirs = _PAIR.match(other.text)
            if theirs and theirs["label"] != pair["label"] and theirs["value"].casefold() != pair["value"].casefold():
                wrong = f"{pair['label']}: {theirs['value']}."
                return Planted(source.document, "join", "rule", wrong, (source.line, other), source.question)
    numbers = list(dict.fromkeys(m[0] for m in _NUMBER.finditer(text)))
    clauses = [c for c in re.split(r"[,;]| and | but ", text) if _NUMBER.search(c)]
    if len(numbers) >= 2 and len(clauses) >= 2:
        first, second = next(_NUMBER.finditer(clauses[0]))[0], next(_NUMBER.finditer(clauses[1]))[0]
        if first != second:
            swap = {first: second, second: first}
            wrong = _NUMBER.sub(lambda m: swap.get(m[0], m[0]), text)
            if wrong == text or sorted(_NUMBER.findall(clauses[0])) == sorted(_NUMBER.findall(clauses[1])):
                return None
            return Planted(source.document, "join", "rule", wrong, (source.line,), source.question)
    halves = re.match(r"(.{12,}?) (is|are|must|can|may|will|should|has|have) (.{10,})\.$", text)
    for other in source.near[:6]:
        theirs = re.match(r"(.{12,}?) (is|are|must|can|may|will|should|has|have) (.{10,})\.$", _sentence(other))
        if halves and theirs and halves[1].casefold() != theirs[1].casefold():
            wrong = f"{halves[1]} {theirs[2]} {theirs[3]}."
            return Planted(source.document, "join", "rule", wrong, (source.line, other), source.question)
    return None


def _elsewhere(source: Source, base: str) -> CitedLine | None:
    """A line nearby that says something else."""
    mine = set(re.findall(r"\w{4,}", base.casefold()))
    for other in source.near[:6]:
        theirs = set(re.findall(r"\w{4,}", other.text.casefold()))
        if len(other.text.split()) >= 4 and len(mine & theirs) < 0.8 * len(mine):
            return other
    return None


_SYNONYMS = {"buy": "purchase", "must": "have to", "begin": "start", "begins": "starts", "large": "big",
             "help": "assist", "annual": "yearly", "children": "kids", "staff": "employees", "employees": "staff",
             "use": "employ", "purchase": "buy", "get": "receive", "receive": "get", "ask": "request",
             "phone": "telephone", "call": "phone", "show": "display", "company": "firm", "near": "close to",
             "usually": "normally", "about": "roughly", "may": "can", "every": "each", "each": "every",
             "choose": "select", "check": "verify", "start": "begin", "end": "finish", "keep": "retain",
             "send": "submit", "complete": "finish", "people": "persons", "provide": "supply", "needed": "required",
             "up to": "at most", "at least": "no less than", "require": "need", "required": "needed",
             "job": "position", "allowed": "permitted", "sometimes": "occasionally", "obtain": "get", "cost": "price",
             "build": "construct", "fix": "repair", "also": "too", "before": "prior to", "within": "inside",
             "prevent": "stop", "mistake": "error", "website": "site", "rules": "regulations", "live": "reside",
             "free": "free of charge", "only": "solely", "cannot": "can not", "do not": "don't", "is not": "isn't",
             "often": "frequently", "documents": "papers", "fill in": "complete", "holiday": "vacation",
             "quickly": "fast", "several": "a number of", "approximately": "about", "entire": "whole"}  # fmt: skip
_WORDS = {"2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
          "10": "ten", "12": "twelve", "14": "fourteen", "15": "fifteen", "20": "twenty", "30": "thirty",
          "60": "sixty", "90": "ninety", "100": "one hundred"}  # fmt: skip
_DIGITS = {word: digits for digits, word in _WORDS.items()}


def _synonyms(text: str, source: Source, rng: Random) -> str | None:
    found = [word for word in _SYNONYMS if re.search(rf"\b{word}\b", text)]
    for word in rng.sample(found, min(2, len(found))):
        text = re.sub(rf"\b{word}\b", _SYNONYMS[word], text, count=1)
    return text if found else None


def _is_for_colon(text: str, source: Source, rng: Random) -> str | None:
    pair = _PAIR.match(text)
    if pair is None or pair["label"].split()[-1].endswith("s") or pair["value"][0].isupper():
        return None
    return f"The {pair['label'][0].lower()}{pair['label'][1:]} is {pair['value']}."


def _clauses_turned(text: str, source: Source, rng: Random) -> str | None:
    match = re.match(r"((?:If|When|Before|After|In|During|For|On|At|Unless|To|From) [^,.;:]{4,80}), ([^.;:]+)\.$", text)
    if match:
        return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}."
    match = re.match(r"([A-Z][^,.;:]{10,}) ((?:if|when|before|after|during|until) [^,.;:]{4,80})\.$", text)
    return f"{match[2][0].upper()}{match[2][1:]}, {match[1][0].lower()}{match[1][1:]}." if match else None


def _modifiers_dropped(text: str, source: Source, rng: Random) -> str | None:
    short = re.sub(r" \([^()]*\)", "", text)
    short = re.sub(
        r"\b(?:also|very|easily|directly|simply|currently|really|please|therefore|however|just),? ",
        "",
        short,
        flags=re.I,
    )
    short = re.sub(r", such as [^,.;]+(?=[,.])", "", short)
    return short[0].upper() + short[1:] if short and short != text else None


def _numbers_in_words(text: str, source: Source, rng: Random) -> str | None:
    for word, digits in _DIGITS.items():
        if re.search(rf"\b{word}\b", text):
            return re.sub(rf"\b{word}\b", digits, text, count=1)
    for match in _NUMBER.finditer(text):
        if match[0] in _WORDS and match.start() > 0 and text[match.start() - 1] not in "$€£":
            return text[: match.start()] + _WORDS[match[0]] + text[match.end() :]
    return None


def _introduced(text: str, source: Source, rng: Random) -> str | None:
    where = source.line.above.split("\n")
    section = where[-1].strip(" :") if len(where) > 1 else where[0]
    return f"Under “{section}”: {text}" if rng.random() < 0.5 else f"The documents say: {text}"


def _row_said(text: str, source: Source, rng: Random) -> str | None:
    cells = [cell.strip() for cell in re.split(r" [·|] ", text.rstrip("."))]
    return f"For {cells[0]} it is {cells[1]}." if len(cells) >= 2 and all(cells[:2]) else None


RULES: Mapping[str, Callable[[str, Source, Random], str | None]] = {
    "is for a colon": _is_for_colon,
    "synonyms": _synonyms,
    "clauses turned": _clauses_turned,
    "modifiers dropped": _modifiers_dropped,
    "numbers in words": _numbers_in_words,
    "a row said": _row_said,
    "introduced": _introduced,
}
