"""Questions made of a document's own headings, questions, figures and lists. Better none than one that nobody asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, zip_longest

from assistant.answer.layout import pair
from assistant.documents.outline import Outline
from assistant.documents.shown import shown_line
from assistant.types import Answer, Document, Section

WORDS = 5  # of a topic, at most
ABOUT = "What should I know about"
TOLD = 6  # words that tell something about a topic, at least
ASKED_WORDS = (3, 16)  # of a question that stands in a document
OWN = 0.5  # the share of an answer's citations that must stand where the question was made

_NUMBERING = re.compile(
    r"^(?:\(?\d+(?:\.\d+)*[.):](?!\d)\s*|\(?(?:[ivxlc]+|[a-z])[.):]\s+|#+\s*|\d+(?:\.\d+)+\s+)", re.IGNORECASE
)
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]")
_ARTICLE = re.compile(r"^(?:the|a|an|our|your|these|this)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w/&'’-]*")
_PLAIN_WORD = re.compile(r"[^\W\d_][\w/&'’]*")
_HEAD_END = re.compile(r"\s(?:of|for|in|on|at|to|with|by|from|under|within|about|across|after|before|as)\s.*", re.I)
_AND = re.compile(r"\s(?:and|or|&)\s|,\s", re.IGNORECASE)
_NOT_PLURAL = re.compile(r"(?:ss|us|is|ics|'s|’s|news|lens|series|includes|follows|has|does)$", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:what|which|who|whose|when|where|why|how|is|are|am|do|does|did|can|could|should|must|will|would|may|has|have)"
    r"(?:['’](?:s|re))?(?![\w'’])",
    re.IGNORECASE,
)
# In no name of a thing: the words of a sentence, and of one that speaks to somebody.
_SAYS = re.compile(
    r"\b(?:i|you|we|he|she|it|they|me|us|my|is|are|was|were|has|have|had|do|does|don[’']t|can|cannot|can[’']t|will|must"
    r"|please|not|how|what|who|when|where|why|if|then|that|this|these|those|more|other|others|another|everything"
    r"|your|our|their|know|knowing|something|anything|nothing|every|each|all|at|by|see|let[’']?s|vs)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"^(?:of|for|in|on|at|to|with|by|from|under|within|about|across|after|before|as|during|into|between|without|once|and"
    r"|or|per|until|since|over|up|out|off|down|around|near|upon|versus|against|through|next|last|first|new|only|some)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = (
    r"(?:of|for|in|on|at|to|with|by|from|under|within|about|across|after|before|as|during|into|between|without|and|or|per"
    r"|up|out|off|down|over|through|against)"
)
_SAYS_OF = re.compile(
    rf"^(?!{_PREPOSITIONS}\b)(?:.*\s)?(?!{_PREPOSITIONS}\s)\S+\s(?:the|a|an)\s|\s{_PREPOSITIONS}$", re.I
)
_QUALITY = re.compile(
    r"^\w+(?:able|ible|ial|ical|ive|ful|ous|less)$", re.IGNORECASE
)  # a word that names no thing alone
_KINDS = re.compile(r"^(?:types?|kinds?|lists?|tables?|use|uses)\s+of\b", re.IGNORECASE)
_DONE = re.compile(r"^\w+(?:ed|ing)\b", re.IGNORECASE)
_UNFIT = re.compile(
    r"[:;!?/\\<>{}|=*_`\"“”@#…,–—]|\s-\s|^\W*$|https?:|\d{2,}|\.\s*$|\b\d+(?:\.\d+)*\s*$", re.IGNORECASE
)
_DATED = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|march|april|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weeks?|days?|morning|afternoon|evening)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    """overview introduction intro summary conclusion conclusions contents content abstract about notes note appendix
    preface background general misc miscellaneous details detail information info faq faqs questions answers resources
    references reference links see thanks acknowledgements acknowledgments welcome contact contacts help home index
    example examples history changelog authors author copyright license credits instructions procedure method methods
    discussion results part section chapter step steps table figure key common frequently asked end start basics
    practical practicalities extra extras various upstairs downstairs
    takeaways tips highlights facts glance print purpose scope rationale definitions topics topic objectives""".split()  # noqa: SIM905, read as words
)
# Nouns that name a value: "What is the annual fee?" asks for one.
_MEASURED = re.compile(
    r"\b(?:salary|salaries|wages?|pay|fees?|rates?|prices?|costs?|charges?|deposits?|rents?|budgets?|fines?|ranges?|limits?|"
    r"allowances?|deadlines?|durations?|lengths?|sizes?|heights?|widths?|weights?|capacity|ages?|temperatures?|speeds?|"
    r"volumes?|totals?|minimum|maximum|amounts?|periods?|intervals?|powers?|growth|outlook|score|dose|doses|premiums?)$",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:about |from |up to )?(?:[$€£¥]\s?\d|\d[\d.,]*\s?(?:[$€£¥]|euros?|dollars|pounds)\b)", re.IGNORECASE
)
_COMMANDED = re.compile(r"\b(?:to|must|should|can|will|please|don[’']t|cannot|may|would|could)\s+([a-z]+)\b")
_NO_VERB = frozenset(["the", "a", "an", "be", "have", "not", "also", "only"])
_YOURS = re.compile(r"\byour\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and where in the document its answer should stand."""

    question: str
    document_id: str
    start: int
    end: int
    is_whole: bool = False  # whether it is about all of the document

    def is_met(self, answer: Answer) -> bool:
        """Whether the answer was given, all of it from this document, and enough of it from there."""
        if answer.status != "answered" or any(c.document_id != self.document_id for c in answer.citations):
            return False
        if self.question.startswith(ABOUT) and len(answer.text.split()) < TOLD:
            return False
        inside = sum(self.start <= citation.start < self.end for citation in answer.citations)
        return inside > 0 and inside >= OWN * len(answer.citations)


def candidates(document: Document) -> list[Candidate]:
    """What could be asked about a document, the most promising first; no question twice."""
    maker = _Maker(document)
    first = in_turn(maker.of_questions(), maker.of_figures(), maker.of_lists(), maker.of_instructions())
    topics = (maker.of_topics(several_words=True), maker.of_topics(several_words=False), maker.of_title())
    made = chain(first, *topics)
    return list({candidate.question.casefold(): candidate for candidate in reversed(list(made))}.values())[::-1]


def in_turn(*sources: Iterable[Candidate]) -> Iterator[Candidate]:
    """One of each source, then the next of each."""
    return (candidate for candidate in chain.from_iterable(zip_longest(*sources)) if candidate is not None)


def names_a_thing(phrase: str, *, words: int = WORDS) -> bool:
    """Whether the phrase reads like the name of something that one can ask about."""
    found = _WORD.findall(phrase)
    return (
        0 < len(found) <= words
        and not _UNFIT.search(phrase)
        and not _SAYS.search(phrase)
        and not _PREPOSITION.match(phrase)
        and not _DATED.search(phrase)
        and not _SAYS_OF.search(phrase)
        and not _DONE.match(phrase)
        and not _ASKS.match(phrase)
        and not _KINDS.match(phrase)
        and not _QUALITY.match(phrase)
        and found[-1].casefold() not in _GENERIC
    )


class _Maker:
    """Makes the questions of one document."""

    def __init__(self, document: Document) -> None:
        self.document, self.text = document, document.text
        self.outline = Outline(document)
        self.lowered = _Lowered(document)

    @cached_property
    def titled(self) -> list[tuple[Section, str]]:
        """The sections below the title, whose own titles are not used twice, each with its bare title; higher first."""
        whole = self.document.title.casefold()
        titled = [(section, _bare(section.title)) for section in self.document.sections]
        titles = Counter(title for _, title in titled)
        kept = (each for each in titled if titles[each[1]] == 1 and each[1].casefold() != whole)
        return sorted((each for each in kept if not self._is_all(each[0])), key=lambda each: len(each[0].path))

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Words that are told or able to be done somewhere in the document: with such a one an instruction begins."""
        return frozenset(_COMMANDED.findall(self.text)) - _NO_VERB

    def of_questions(self) -> Iterator[Candidate]:
        """The questions that stand in the document, as headings or as lines that an answer follows."""
        lines = self.document.lines
        for n, line in enumerate(lines[:-1]):
            if line.kind not in ("heading", "lead", "sentence", "item") or self.text[line.end - 1] not in "?*_":
                continue
            asked = " ".join(_bare(shown_line(self.document, line)).split())
            if not asked.endswith("?") or not _ASKS.match(asked) or '"' in asked or asked.count("?") > 1:
                continue
            if not ASKED_WORDS[0] <= len(asked.split()) <= ASKED_WORDS[1] or self.text[lines[n + 1].end - 1] == "?":
                continue
            section = self.outline.headings.get(n)
            end = section.end if section is not None else self._next_question(n)
            yield Candidate(asked[0].upper() + asked[1:], self.document.id, line.start, end)

    def of_figures(self) -> Iterator[Candidate]:
        """Of lines such as "Median salary: $336,500"; where several sections have one, with the name of the section."""
        found: list[tuple[str, str, tuple[str, ...], int, int]] = []
        for line in self.document.lines:
            sides = pair(shown_line(self.document, line)) if line.kind in ("item", "sentence") else None
            if sides is None or len(sides[1]) > 60 or not names_a_thing(_bare(sides[0])):
                continue
            label = _bare(sides[0])
            if _MEASURED.search(label) and re.search(r"\d", sides[1]):
                verb = "What are" if _names_several(label) else "What is"
            elif _MONEY.match(sides[1]):
                verb = "How much are" if _names_several(label) else "How much is"
            else:
                continue
            found.append((verb, label, line.section_path, line.start, line.end))
        labels = Counter(label for _, label, *_ in found)
        for verb, label, path, start, end in found:
            of = f" for {_bare(path[-1])}" if labels[label] > 1 and path else ""
            if not of or names_a_thing(_bare(path[-1])):
                yield Candidate(
                    f"{verb} the {self.lowered(_ARTICLE.sub('', label))}{of}?", self.document.id, start, end
                )

    def of_lists(self) -> Iterator[Candidate]:
        """Of headings in the plural, as "Key Requirements", below which several things are listed."""
        for section, title in self.titled:
            if self._is_listed(section, title):
                question = f"What are the {self.lowered(_ARTICLE.sub('', title))}?"
                yield Candidate(question, self.document.id, section.start, section.end)

    def _is_listed(self, section: Section, title: str) -> bool:
        return names_a_thing(title) and _names_several(title) and self._lists(section) and not self._commands(title)

    def of_instructions(self) -> Iterator[Candidate]:
        """Of headings that say what to do, as "Update your accounts", or what may happen, as "If it burns"."""
        for section, title in self.titled:
            words = title.split()
            if _UNFIT.search(title) or not 2 < len(words) <= 8:
                continue
            if words[0].casefold() == "if":
                question = f"What if {self.lowered(title[3:])}?"
            elif self._instructs(words):
                question = f"How do I {self.lowered(_YOURS.sub('my', title))}?"
            else:
                continue
            yield Candidate(question, self.document.id, section.start, section.end)

    def of_topics(self, *, several_words: bool) -> Iterator[Candidate]:
        """Of other headings that name a thing."""
        for section, title in self.titled:
            if not names_a_thing(title) or self._commands(title) or self._is_listed(section, title):
                continue
            if (len(title.split()) > 1) is several_words and section.end - section.start > 3 * len(title):
                question = f"{ABOUT} {self._with_article(self.lowered(title))}?"
                yield Candidate(question, self.document.id, section.start, section.end)

    def of_title(self) -> Iterator[Candidate]:
        """Of the document's title, where that names a thing."""
        if names_a_thing(self.document.title) and not re.search(r"\d", self.document.title):
            topic = self._with_article(self.lowered(self.document.title))
            yield Candidate(f"{ABOUT} {topic}?", self.document.id, 0, len(self.text), is_whole=True)

    def _next_question(self, n: int) -> int:
        """Where the answer to the question in line `n` ends at the latest."""
        lines = self.document.lines
        for line in lines[n + 1 :]:
            if line.kind == "heading" or (line.section_path != lines[n].section_path):
                return line.start
            if self.text[line.end - 1] == "?" and line.start > lines[n + 1].start:
                return line.start
        return len(self.text)

    def _is_all(self, section: Section) -> bool:
        """Whether the section is nearly the whole document: then its title is the document's."""
        return section.end - section.start > 0.9 * len(self.text)

    def _lists(self, section: Section) -> bool:
        """Whether most of the section is a list, or it is parted into sections of its own."""
        inside = [n for n in self.outline.between(section.start, section.end) if not self.outline.is_heading(n)]
        items = sum(self.document.lines[n].kind in ("item", "row") for n in inside)
        parts = sum(each.path[:-1] == section.path for each in self.document.sections)
        return items >= max(2, len(inside) / 2) or parts > 2

    def _instructs(self, words: list[str]) -> bool:
        """Whether a title tells to do something, as "Update your accounts" does."""
        first, second = words[0].casefold(), words[1].casefold()
        if _PREPOSITION.match(first) or _DONE.match(first) or _ASKS.match(first) or _SAYS.match(first):
            return False
        return second == "your" or (second in ("a", "an", "the") and first in self.verbs)

    def _with_article(self, thing: str) -> str:
        """The name of a thing with the article that the document's own sentences have before it."""
        if re.search(rf"\b(?:the|an?|each|every) {re.escape(thing)}\b", self.lowered.prose, re.IGNORECASE):
            return f"the {thing}" if not _ARTICLE.match(thing) else thing
        return thing

    def _commands(self, title: str) -> bool:
        return title.split()[0].casefold() in self.verbs


def _bare(title: str) -> str:
    """The title without its number and what stands in brackets."""
    return " ".join(_ASIDE.sub("", _NUMBERING.sub("", title.strip())).split())


def _names_several(phrase: str) -> bool:
    """Whether the phrase names things in the plural. Its head decides, the words before any "of" or "for"."""
    parts = [words for part in _AND.split(_HEAD_END.sub("", phrase)) if (words := _WORD.findall(part))]
    if not parts or any(words[0].endswith("ing") for words in parts[1:]):
        return False
    lasts = [words[-1] for words in parts]
    return all(last.endswith("s") and len(last) > 3 and not _NOT_PLURAL.search(last) for last in lasts)


class _Lowered:
    """A phrase of a document as it reads within a sentence.

    Acronyms stay, and what the document writes with a capital within its sentences, and never without.
    """

    def __init__(self, document: Document) -> None:
        lines = (line for line in document.lines if line.kind != "heading")
        self.prose = "\n".join(document.text[line.start : line.end] for line in lines)
        self._known: dict[str, str] = {}

    def __call__(self, phrase: str) -> str:
        if phrase.isupper() and phrase not in self.prose:  # shouted
            phrase = phrase.lower()
        return _PLAIN_WORD.sub(lambda match: self._word(match.group()), phrase)

    def _word(self, word: str) -> str:
        if word not in self._known:
            small = word[0].lower() + word[1:]
            is_acronym = len(word) == 1 or sum(letter.isupper() for letter in word) > 1  # the U of U.S., too
            self._known[word] = word if is_acronym or self._is_name(word, small) else small
        return self._known[word]

    def _is_name(self, word: str, small: str) -> bool:
        if f" {word}" not in self.prose or re.search(rf"\b{re.escape(small)}\b", self.prose):
            return False
        return re.search(rf"[a-z,] {re.escape(word)}\b", self.prose) is not None
