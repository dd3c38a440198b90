"""The small words that turn a sentence round, and the words that say the same or the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.generate.tokens import tokens

# Of each kind: whether a sentence may have it only where its lines do, whether it may drop it where its lines have it,
# and the words. A phrase counts before the words in it. What has a ~ before it counts in a line, where it may stand for
# the others, but is too common to count in a sentence.
NEGATION = "negation"
CONDITION = "condition"
_KINDS: Mapping[str, tuple[bool, bool, str]] = {
    NEGATION: (True, False,
        "not|no|never|neither|nor|none|without|nothing|nobody|no longer|unable|cannot|lacks|lack|non"
        "|instead of|rather than"),
    "only": (True, False, "only|solely|exclusively|merely|~alone|nothing but|no other"),
    "except": (True, False,
        "except|excepting|excluding|other than|apart from|~unless|but not|with the exception of|~exception"
        "|~exceptions|~excluded|~excludes|save for|barring"),
    "all": (True, True,
        "all|every|always|~any|~entire|entirely|~whole|everyone|everybody|everything|~anyone|~anything|fully"
        "|completely|in full|~each|without exception|~throughout|at all times"),
    "some": (True, False,
        "some|certain|a few|a number of|several|a part of|parts of|partly|partially|~various"),
    "~most": (True, False,
        "most|majority|mostly|mainly|largely|predominantly|primarily|for the most part|chiefly"),
    "many": (False, True, "many|numerous|much"),
    "usual": (True, False,
        "usually|typically|generally|normally|~often|commonly|in general|as a rule|tend|tends|frequently"
        "|in most cases|ordinarily|as a general rule|routinely|~regularly"),
    "sometimes": (True, False, "sometimes|occasionally|at times|from time to time|now and then"),
    "rare": (True, False, "rarely|seldom|hardly|scarcely|infrequently"),
    "may": (False, False,
        "may|might|can|could|able|possible|possibly|allowed|permitted|eligible|optional|~option|optionally"
        "|perhaps|voluntary|potentially|free to|entitled|~available|~lets|~allows|~permits|has the right"),
    "must": (True, True,
        "must|shall|have to|has to|had to|required|~requires|~require|mandatory|obliged|compulsory|need to"
        "|needs to|~needed|obligatory|necessary|~requirement|~needs|~need|essential|only if|~are to|~is to"
        "|~responsible for|supposed to"),
    "should": (False, False,
        "should|recommended|recommends|recommend|advised|advises|ought|encouraged|suggested|preferably"
        "|preferred|best to|good idea"),
    "at least": (True, False,
        "at least|minimum|min|no less than|not less than|no fewer than|not fewer than|or more|or above"
        "|or over|or older|or longer|or higher|or later|upwards of|at a minimum|~minimal|at the least"
        "|~and over|~and up|~and above|starting at|~from"),
    "at most": (True, False,
        "at most|maximum|max|up to|no more than|not more than|or less|or fewer|or below|or under|or younger"
        "|not exceed|limited to|limit of|as many as|as much as|~no longer than|~within|no later than"
        "|not later than|maximal|upper limit|at the most|capped at|~limit|~cap|~until|~by"),
    "~more": (True, False,
        "more than|~over|~above|exceeds|exceed|exceeding|exceeded|greater|greater than|higher|longer|larger"
        "|bigger|~more|~better|older|later than|beyond|in excess of|outnumber|faster|heavier|taller|wider"),
    "~less": (True, False,
        "less than|~under|~below|fewer than|fewer|~less|~lower|shorter|smaller|younger|cheaper|beneath|worse"
        "|slower|lighter"),
    "before": (True, True,
        "before|prior|earlier|~until|~till|~ahead of|preceding|previous|previously|in advance|~by|beforehand"
        "|~up to|~no later than|~advance"),
    "after": (True, True,
        "after|later|~following|~since|~once|subsequent|subsequently|afterwards|~from|~upon|~then|~as of"
        "|~as soon as|~when|~past"),
    "rise": (True, True,
        "increase|increases|increased|increasing|rise|rises|rose|risen|rising|grow|grows|grew|grown|growing"
        "|growth|~gain|~gains|gained|climb|climbs|climbed|raise|raises|raised|expand|expands|~up|~improve"),
    "fall": (True, True,
        "decrease|decreases|decreased|decreasing|fall|falls|fell|fallen|falling|~drop|~drops|dropped|decline"
        "|declines|declined|declining|reduce|reduces|reduced|reduction|~lower|lowered|lowers|~cut|~cuts"
        "|shrink|shrinks|shrank|~down|diminish|diminishes|worsen"),
    "exact": (True, True, "exactly|precisely"),
    CONDITION: (True, True,
        "if|provided that|providing|as long as|in case|in the event|subject to|on condition|only if|~when"
        "|~where|~whenever|depending|except when|unless|~provided|~once|~without"),
}  # fmt: skip
STRICT = frozenset(kind for kind, (asks, _, _) in _KINDS.items() if asks)
KEPT = frozenset(kind for kind, (_, drops, _) in _KINDS.items() if not drops)
# What stands above a line lends it none of these.
SCOPES = frozenset({"all", "some", "most", "usual", "only", "exact"})
EXCLUSIVE = (("may", "must", "should"), ("all", "some", "most", "many"))  # of which one is not another
NEAR_FIGURES = frozenset({"at least", "at most", "more", "less"})  # which count where they stand before a figure

# One of these may stand for another of its row.
_SAME = """
child children kid kids | person people | man men | woman women | foot feet | tooth teeth | mouse mice | leaf leaves
| buy purchase acquire | begin start commence open | end finish conclude close stop cease |
help assist support aid | show display present | use utilise utilize employ apply |
keep retain maintain hold store | send submit post mail forward | get obtain receive gain | need require |
give provide supply offer grant | choose select pick | check verify inspect |
make create produce build prepare | ask request | tell inform notify | pay salary wage | cost price fee charge
| fix repair mend | big large | quick fast rapid | job position role post | staff employee worker personnel |
company firm business organisation organization | firm employer | child kid | doctor physician | car vehicle |
kept stored | phone telephone call ring | free complimentary gratis | yearly annual annually year |
monthly month | weekly week | daily day | pupil student | site website page | rule policy regulation |
place location site | time hour | allow permit let | forbid prohibit ban | change alter modify amend |
fill complete | choose opt | cancel terminate | renew extend | document paper | picture photo image |
bring take | go travel | live reside dwell | near close nearby | happen occur take | mistake error |
remove delete erase | attach enclose | contact reach | due owed payable | run operate |
lead head manage direct | build construct | measure gauge | method way means |
person people individual somebody someone anyone | must have shall | house home dwelling |
illness disease sickness | hurt injure injured | film movie | trip journey | wear put | belong part |
answer reply respond response | leave depart | arrive come | meet satisfy fulfil | amount sum | total sum |
number figure | size dimension | locate situate sit stand lie | found discover | see view look | suit fit |
hire recruit employ | teach instruct | learn study | often frequent | serious severe | wrong incorrect |
right correct | important essential key | part piece component | task duty responsibility |
goal aim purpose objective | reason cause why | result outcome | plan scheme | law statute |
talk speak discuss | write record note | form questionnaire | deadline due date | money funds cash | bag sack
| wash clean | empty vacate | throw dispose discard | shut close | switch turn | top upper | bottom lower |
inside within | outside beyond | approximately about around roughly circa | deliver ship | set put place |
warranty guarantee | visitor guest | meal food | eat consume | lunch midday | supervisor manager boss |
team group | meeting session | rent lease | landlord owner | last latest | last run |
contain include comprise cover feature hold consist | list name | own have possess | reach achieve attain |
return give | entire whole full | also too additionally | because since as due | however but though |
allow enable | prevent stop avoid | protect guard | damage harm | danger hazard risk | safe secure |
customer client | seat place | ticket pass | entry admission entrance | main primary principal chief |
separate distinct | same identical | similar alike | different other | new fresh | old former |
about regarding concerning on | during while | via through by | per each every | than compared |
decide determine | say state mention specify describe | explain describe | mean signify | call name title |
know aware familiar | try attempt | let allow | able can | likely probable | sure certain | enough sufficient
| complete finish | apply request | appear show | live stay | stay remain | report notify | move transfer |
record log register | sign register enrol enroll | assess evaluate judge rate | improve enhance better
"""
# One of these in place of the other turns the sentence round.
_OPPOSITE = """
open closed | allow forbid | allow prohibit | permit ban | required optional | mandatory voluntary |
compulsory optional | accept refuse | accept reject | include exclude | start end | start stop | begin end |
add remove | buy sell | lend borrow | arrive depart | enter exit | win lose | pass fail | free paid |
public private | internal external | inside outside | upper lower | left right | north south | east west |
northern southern | eastern western | high low | highest lowest | higher lower | large small | larger smaller
| long short | longer shorter | old new | old young | older younger | fast slow | hot cold | warm cool |
wet dry | hard soft | hard easy | early late | earlier later | first last | minimum maximum | above below |
over under | same different | enable disable | active inactive | valid invalid | legal illegal | full empty |
full part | permanent temporary | day night | morning evening | morning afternoon | summer winter |
male female | employer employee | buyer seller | landlord tenant | teacher student | teacher pupil |
parent child | client server | sender receiver | sender recipient | import export | input output |
horizontal vertical | single double | minor major | positive negative | safe dangerous | clean dirty |
strong weak | best worst | better worse | most least | more less | more fewer | front back | top bottom |
heavy light | rich poor | simple complex | present absent | visible hidden | lock unlock | install uninstall |
connect disconnect | approve deny | approve reject | grant refuse | send receive | give receive | push pull |
encrypt decrypt | indoors outdoors | indoor outdoor | domestic foreign | urban rural | odd even |
agree disagree | encourage discourage | before after | increase decrease | rise fall | grow shrink | gain lose
| raise lower | up down | on off | in out | with without | always never | all none | many few |
everything nothing | success failure | possible impossible | able unable | known unknown | paid unpaid |
likely unlikely | usual unusual | necessary unnecessary | eligible ineligible | complete incomplete |
correct incorrect | direct indirect | regular irregular | formal informal | local remote | asset liability |
profit loss | income expense | credit debit | deposit withdraw | attach detach | fill empty | widen narrow |
wide narrow | deep shallow | thick thin | near far | nearest furthest | often rarely | often seldom |
usually rarely | wholesale retail | senior junior | elder younger | ancestor descendant | host guest |
speaker listener | doctor patient | supply demand | attack defend | ascend descend | expand contract |
save spend | save delete | show hide | keep discard | keep remove | recommend discourage | continue stop |
continue discontinue | remember forget | exempt liable | exempt subject | refundable nonrefundable |
voluntary compulsory | gross net | part whole | half whole | northbound southbound | precede follow |
succeed fail | exceed below | free chargeable | allow prevent | enable prevent | from to | until after |
until from | before until | within after | inside outside | up down | onto off | into out |
outperform underperform | greater less | greater smaller | upload download | online offline | manual automatic
"""


def _stems(text: str) -> str:
    return " ".join(token.stem for token in tokens(text))


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or a phrase that turns a sentence round: from its first token to the one after its last."""

    kind: str
    start: int
    end: int
    plain: bool  # whether it counts in a sentence, too


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str], frozenset[str]], ...]:
    made = []
    for kind, (_, _, listed) in _KINDS.items():
        phrases = sorted((phrase.lstrip("~") for phrase in listed.split("|")), key=lambda phrase: -len(phrase.split()))
        common = frozenset(phrase[1:] for phrase in listed.split("|") if phrase.startswith("~"))
        made.append((kind, re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, phrases))})(?!\S)"), common))
    return tuple(made)


def cues(words: Iterable[str]) -> list[Cue]:
    """The cues among words in lower case, kind by kind."""
    listed = list(words)
    text = " ".join(listed)
    starts: dict[int, int] = {}
    at = 0
    for n, word in enumerate(listed):
        starts[at] = n
        at += len(word) + 1
    return [
        Cue(kind, starts[match.start()], starts[match.start()] + len(match[0].split()), match[0] not in common)
        for kind, pattern, common in _phrases()
        for match in pattern.finditer(text)
    ]


@cache
def same() -> Mapping[str, frozenset[str]]:
    """For each stem those that may stand for it."""
    made: dict[str, set[str]] = {}
    for row in " ".join(_SAME.split()).split("|"):
        stems = {_stems(word) for word in row.split()}
        for stem in stems:
            made.setdefault(stem, set()).update(stems)
    return {stem: frozenset(others) for stem, others in made.items()}


@cache
def opposite() -> Mapping[str, frozenset[str]]:
    """For each stem those that say the opposite."""
    made: dict[str, set[str]] = {}
    for pair in " ".join(_OPPOSITE.split()).split("|"):
        one, other = (_stems(word) for word in pair.split())
        made.setdefault(one, set()).add(other)
        made.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in made.items()}
