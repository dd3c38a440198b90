"""The noun phrases of a question, told by its small words and the order that English questions have."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"(?:[^\W\d_]{1,2}\.){2,}|[$€£]?[^\W_]+(?:['’.,/+&-][^\W_]+)*[%+#]*|[^\w\s]")

WH = frozenset("what which who whom whose when where why how whats what's who's where's how's wat".split())  # noqa: SIM905
_HAVE = frozenset("has have had hasn't haven't".split())  # noqa: SIM905
BE = frozenset("is are was were be been being am isn't aren't wasn't weren't".split()) | _HAVE  # noqa: SIM905
DO = frozenset(
    "do does did can could should would will must may might shall don't doesn't didn't can't won't couldn't shouldn't".split()  # noqa: E501, SIM905
)
AUXILIARIES = BE | DO
PREPOSITIONS = frozenset(
    """of in on at by for from to with about into onto over under between among amongst against during since until
    within without through throughout as like than per across after before beyond towards toward along inside outside
    around versus vs near off up out down besides except despite regarding concerning via""".split()  # noqa: SIM905
)
DETERMINERS = frozenset(
    """a an the this that these those my your our their its his her some any each every no all both another such
    either neither""".split()  # noqa: SIM905
)
PRONOUNS = frozenset(
    """i you we they he she it me us them him there someone anyone people's one ones something anything nothing
    everything everyone mine yours theirs itself themselves himself herself myself yourself it's they're he's she's
    i'm you're we're that's there's""".split()  # noqa: SIM905
)
_SUBJECTS = ("i", "you", "we", "they", "he", "she", "it", "who")
_OTHERS = frozenset(
    """and or but nor if because while so not also only just usually typically often generally currently really ever
    always never together now today then still mainly mostly much many more most few several lot lots less least very
    too else exactly actually even again apart ago yet already instead well please long originally overall same whether
    though although rather quite yes ok okay thanks""".split()  # noqa: SIM905
)
_VERBS = frozenset(
    """accept achieve add affect allow apply ask attract award balance be become begin belong build buy call care
    carry catch cause change charge choose come compare consist contain contribute cook cost count cover create
    damage deal define describe design develop die differ do drive earn eat employ enable end ensure exist
    expect explain fail fall fear feel find fit fix focus follow forget gain get give go grow handle happen help
    hire hold identify impact improve include increase influence invent involve join keep know lead learn let
    lie list live look lose make manage matter mean measure meet mention miss move need offer open operate
    oversee own pay perform pick play prefer prepare prevent produce progress protect prove provide put qualify
    read receive recommend reduce relate rely remain report require retire run say see seek sell serve show
    sleep solve speak spend spoil spread stand start state stay stop study succeed suggest support take taste
    teach tell think train treat try turn understand use want watch weigh win work write""".split()  # noqa: SIM905
)
_IRREGULAR = frozenset(
    """became began brought came did drove fell felt found gave got grew had held kept knew led left lost made meant
    met paid ran rose said saw sent sold spent stood taught told took went won wrote""".split()  # noqa: SIM905
)
_AFTER_BE = re.compile(
    r"\w{2,}(?:ed|ing)$|^(?:able|available|bad|better|best|big|cheap|common|compulsory|dangerous|different|difficult|"
    r"easy|enough|expected|expensive|famous|free|good|hard|harmful|high|higher|important|known|large|likely|low|lower|"
    r"made|mandatory|necessary|normal|optional|paid|popular|possible|ready|safe|secure|set|similar|split|treatable|"
    r"true|useful|worse|worth|built|called|forecast|found|given|held|kept|led|meant|put|run|seen|sent|spent|taught|told|won|"
    r"written|done|driven|grown|shown|taken|born|native|chosen|broken|responsible|endangered|ethical|new|old)$"
)
_ACTORS = re.compile(
    r"^(?:heads?|chiefs?|presidents?|vps?|cto|ceo|caio|cio|cfo|leads?|chairs?|clerks?|nurses?|guards?|judges?|chefs?|"
    r"cooks?|pilots?|agents?|assistants?|attendants?|architects?|analysts?|guides?|hands?|aides?)$"
    r"|^\w{2,}(?:er|or|ist|ian|eer|ant|man|woman|keeper|maker)s?$"
)
_NOT_ACTORS = re.compile(
    r"^(?:median|number|order|offer|paper|power|water|computer|tower|river|winter|summer|factor|error|sector|center|other|"
    r"another|after|under|over|major|minor|letter|matter|chapter|cover|customer|career|weather|cancer|quarter|semester|"
    r"server|cluster|software|hardware|plant|grant|restaurant|fewer|longer|higher|lower|better|never|ever|whether|"
    r"color|colour|behavior|behaviour|labor|labour|favor|dinner|corner|border|layer|user|transfer|buffer|"
    r"register|folder|header|monitor|motor|sensor|investor|importer|important)s?$"
)
_NOUNS_IN_LY = frozenset("family supply assembly monopoly anomaly".split())  # noqa: SIM905
_ADVERBIAL = frozenset("particular general detail total addition fact short".split())  # noqa: SIM905
_YEAR = re.compile(r"^(?:1[5-9]|20|21)\d\d$")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: `question[start:end] == text`."""

    start: int
    end: int
    text: str
    determiner: str  # "a", "the", or "" where there is none
    before: str  # the word before it, in lower case, or ""
    asked: bool  # it stands with "what", "which" or "how many"
    linked: bool  # it goes on from the phrase before it with "of"

    @property
    def bare(self) -> str:
        """The phrase without its determiner."""
        return self.text[len(self.determiner) :].lstrip()

    @property
    def words(self) -> list[str]:
        return self.bare.split()

    @property
    def first(self) -> str:
        """The part before an "of": the median pay, of "the median pay of a nurse"."""
        return re.split(r"\s+of\s+(?:a|an|the)\s", self.bare, maxsplit=1)[0]

    @property
    def head(self) -> str:
        """The word that the phrase is about, in the singular: "head" of "Heads of AI", "pay" of "median pay"."""
        name = re.split(r"\s+(?:of|in|for|at|as)\s+", self.first, maxsplit=1)[0]
        return singular(name.split()[-1]) if name.split() else ""

    @property
    def plural(self) -> bool:
        if self.before in ("is", "was", "does", "has"):
            return False
        name = re.split(r"\s+(?:of|in|for|at|as)\s+", self.first, maxsplit=1)[0].split()
        return (" and " in f" {self.first} " and not self.named) or (bool(name) and is_plural(name[-1]))

    @property
    def named(self) -> bool:
        """Whether it has a proper name in it, as written."""
        return any(word[:1].isupper() or word[:1].isdigit() for word in self.first.split())

    @property
    def person(self) -> bool:
        """Whether it names someone by what they do, such as a nurse or a Head of AI."""
        word = self.head
        return bool(_ACTORS.match(word)) and not _NOT_ACTORS.match(word)

    @property
    def time(self) -> bool:
        return all(_YEAR.match(word) or word in ("and", "to") for word in self.words)


def phrases(question: str) -> list[Phrase]:
    """The noun phrases in the order of the question, those that "of" links each for itself."""
    return _Walk(question).found


def joined(question: str) -> list[Phrase]:
    """The noun phrases, those that "of" links taken together."""
    made: list[Phrase] = []
    for one in phrases(question):
        if one.linked and made:
            whole = made.pop()
            made.append(
                Phrase(
                    whole.start,
                    one.end,
                    question[whole.start : one.end],
                    whole.determiner,
                    whole.before,
                    whole.asked,
                    whole.linked,
                )
            )
        else:
            made.append(one)
    return made


def tokens(text: str) -> list[tuple[str, int, int]]:
    """The words and the marks of a text, in lower case, each with its start and end."""
    return [(m.group().casefold().replace("’", "'"), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def is_small(word: str) -> bool:
    """Whether a word, in lower case, has no part in a noun phrase."""
    return (
        word in WH
        or word in AUXILIARIES
        or word in PREPOSITIONS
        or word in DETERMINERS
        or word in PRONOUNS
        or word in _OTHERS
        or not any(map(str.isalnum, word))
    )


def is_verb(word: str) -> bool:
    """Whether a word, in lower case, is one of the verbs that questions have most often, in its present or past."""
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("d"), word.removesuffix("ed")}
    if word.endswith("ies"):
        forms.add(word.removesuffix("ies") + "y")
    return bool(forms & _VERBS) or word in _IRREGULAR


def is_plural(word: str) -> bool:
    plain = word.casefold()
    return len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is", "'s", "ics", "news"))


def singular(word: str) -> str:
    plain = word.casefold().removesuffix("'s").removesuffix("’s")
    if not is_plural(plain):
        return plain
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    doubled = plain.endswith(("sses", "xes", "ches", "shes", "nuses", "tuses", "ruses"))
    return plain[:-2] if doubled else plain[:-1]


def in_place(text: str) -> str:
    """A phrase as it reads within a sentence: the capital of a small word that opened one is gone."""
    first = text.split(" ", 1)[0]
    return text[:1].casefold() + text[1:] if is_small(first.casefold()) and first != "I" else text


class _Walk:
    """Goes through a question once, and gathers its noun phrases."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.tokens = tokens(question)
        self.found: list[Phrase] = []
        self.wants = ""  # "base" after forms of do, "participle" after forms of be, "finite" after a bare "what"
        self.run: list[int] = []  # positions of the words of the phrase that is being read
        self.determiner = -1  # the position of its determiner
        self.asked = self.linked = self.defines = False  # `defines`: "what is"
        for n, (word, _, _) in enumerate(self.tokens):
            self._take(n, word)
        self._close(len(self.tokens))

    def _take(self, n: int, word: str) -> None:
        upper = self._upper(n) and n > 0
        if (word == "of" and self.run and self._of_name(n)) or (
            word in ("and", "or", "&", "/") and self.run and self._goes_on(n)
        ):
            self.run.append(n)
        elif self._acronym(n):
            self._content(n, word, upper=True)
        elif word in WH:
            self._close(n)
            self.asked, self.wants = word in ("what", "which", "whose", "wat"), "finite"
        elif word in AUXILIARIES and not (upper and word in ("may", "will")):
            self._close(n)
            self.wants = "base" if word in DO else "perfect" if word in _HAVE else "participle"
            self.defines = self.wants == "participle" and self._after(n, ("what", "who"))
        elif word in DETERMINERS:
            linked = self.linked and not self.run
            self._close(n)
            self.determiner, self.linked = n if word in ("a", "an", "the") else -1, linked
        elif word == "many":
            self._close(n)
            self.asked = True
        elif word == "much" or not is_small(word):
            self._content(n, word, upper=upper)
        else:
            self._close(n)
            ends = word in PREPOSITIONS and word != "of" and self.wants == "participle"
            if ends or word in ("and", "or", "but", ",", ";", "?", ".", "if", "because"):
                self.wants = ""
            self.linked = word == "of" and bool(self.found) and self.found[-1].end == self.tokens[n - 1][2]

    def _content(self, n: int, word: str, *, upper: bool) -> None:
        if word == "much":
            return
        starts = not self.run and self.determiner < 0
        if starts and not upper and self._acts(n):
            self.wants = ""
            return
        verb = is_verb(word) and not upper
        first = n == 0 or self.tokens[n - 1][0] in (",", ".", "?", ";", "please")
        if starts and verb and (first or self._after(n, ("to", *PRONOUNS, *AUXILIARIES)) or self._bare_wh(n)):
            self.wants = ""
            return
        if verb and self._is_the_verb(n):
            self._close(n, verb=True)
            return
        self.run.append(n)

    def _acts(self, n: int) -> bool:
        """Whether a word is a verb by what stands before it: "it works", "to fix the door"."""
        if self._after(n, _SUBJECTS):
            return True
        ahead = self.tokens[n + 1][0] if n + 1 < len(self.tokens) else ""
        return self._after(n, ("to",)) and (ahead in DETERMINERS or ahead in PRONOUNS)

    def _is_the_verb(self, n: int) -> bool:
        """Whether the clause waits for a verb, and this word may be it."""
        word, after = self.tokens[n][0], self.tokens[n + 1][0] if n + 1 < len(self.tokens) else "?"
        if self.wants == "base":
            later = word in _VERBS and after in _VERBS and not is_small(after)  # "the impact compare"
            return word in _VERBS and not later and bool(self.run or (self.found and self.determiner < 0))
        if self.wants == "perfect":
            return bool(self.run) and (word.endswith("ed") or word in _IRREGULAR)
        rest = {token for token, _, _ in self.tokens[n + 1 :]}
        return self.wants == "finite" and bool(self.run) and not rest & AUXILIARIES

    def _acronym(self, n: int) -> bool:
        """Whether a small word is written as "US" or "IT" in a question that is not all in capitals."""
        raw = self.question[slice(*self.tokens[n][1:])]
        return len(raw) > 1 and raw.isupper() and raw.isalpha() and not self.question.isupper()

    def _after(self, n: int, before: tuple[str, ...]) -> bool:
        return n > 0 and self.tokens[n - 1][0] in before

    def _bare_wh(self, n: int) -> bool:
        """Whether "what" or "who" is the subject of this verb: "what causes ..."."""
        word = self.tokens[n][0]
        finite = word.endswith(("s", "ed")) or word in _IRREGULAR
        return self._after(n, tuple(WH)) and (finite or self._after(n, ("who",)))

    def _of_name(self, n: int) -> bool:
        """Whether an "of" belongs to a name: "Head of AI", "head of marketing"."""
        if n + 1 >= len(self.tokens) or is_small(self.tokens[n + 1][0]):
            return False
        both = all(self.question[self.tokens[m][1]].isupper() for m in (n - 1, n + 1))
        return both or bool(_ACTORS.match(self.tokens[n - 1][0]) and not _NOT_ACTORS.match(self.tokens[n - 1][0]))

    def _goes_on(self, n: int) -> bool:
        if n + 1 >= len(self.tokens):
            return False
        after = self.tokens[n + 1][0]
        return not is_small(after) and self.tokens[n - 1][2] + 2 > self.tokens[n][1]

    def _close(self, n: int, *, verb: bool = False) -> None:
        """Ends the phrase that is being read before token `n`; with `verb`, token `n` is the verb that follows it."""
        run = self.run
        small = [m for m in run if self.tokens[m][0] in ("of", "and", "or", "&", "/")]
        if verb:
            self.wants = ""
        elif (
            self.wants == "base"
            and len(run) > 1
            and run[-2] not in small
            and not self._upper(run[-1])
            and not self._of_follows(n)
            and not (n < len(self.tokens) and self.tokens[n][0] in AUXILIARIES)
        ):
            run, self.wants = run[:-1], ""
        elif self.wants in ("participle", "perfect") and run and not self._of_follows(n):
            ends = n >= len(self.tokens) or self.tokens[n][0] in ("?", ".")
            kept = self.defines and ends and self.tokens[run[-1]][0].endswith("ing")  # "What is seafloor spreading?"
            while run and not kept and _AFTER_BE.search(self.tokens[run[-1]][0]) and not self._upper(run[-1]):
                run = run[:-1]
        elif (
            self.wants == "finite"
            and len(run) > 1
            and self._determiner_follows(n)
            and self.tokens[run[-1]][0].endswith(("s", "ed"))
        ):
            run, self.wants = run[:-1], ""
        while len(run) > 1 and self.tokens[run[-1]][0].endswith("ly") and self.tokens[run[-1]][0] not in _NOUNS_IN_LY:
            run = run[:-1]
        if run and not self._is_no_thing(run, n):
            self._add(run)
        self.run, self.determiner, self.asked, self.linked = [], -1, False, False

    def _is_no_thing(self, run: list[int], n: int) -> bool:
        """Whether one bare word is no noun: "using the ...", "in particular", "I'm allergic"."""
        word = self.tokens[run[0]][0]
        if len(run) > 1 or self.determiner >= 0 or self._upper(run[0]) or is_plural(word):
            return False
        if word.endswith(("ing", "ed")) and self._determiner_follows(n):
            return True
        return self._after(run[0], tuple(PRONOUNS)) or (self._after(run[0], ("in",)) and word in _ADVERBIAL)

    def _upper(self, n: int) -> bool:
        return self.question[self.tokens[n][1]].isupper()

    def _of_follows(self, n: int) -> bool:
        return n < len(self.tokens) and self.tokens[n][0] == "of"

    def _determiner_follows(self, n: int) -> bool:
        return n < len(self.tokens) and self.tokens[n][0] in DETERMINERS

    def _add(self, run: list[int]) -> None:
        # After "how": "how large is", "how fast does" hold no phrase.
        if self._after(run[0], ("how",)):
            return
        first = self.determiner if self.determiner >= 0 else run[0]
        start, end = self.tokens[first][1], self.tokens[run[-1]][2]
        text = self.question[start:end]
        self.found.append(
            Phrase(
                start,
                end,
                text,
                self.question[slice(*self.tokens[first][1:])] if self.determiner >= 0 else "",
                self.tokens[first - 1][0] if first else "",
                self.asked,
                self.linked,
            )
        )
