"""What other documents say to the very thing asked: another value, or the same of another subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.answer.echoes import other_figures
from assistant.answer.library import Library, Sought
from assistant.answer.overlap import ABOVE, OWN, TermOverlap
from assistant.answer.select import CONTRADICTS, Selection, Unit, asks, differ
from assistant.documents.editions import trust
from assistant.documents.outline import Outline
from assistant.question.noun_phrases import AUXILIARIES, phrases
from assistant.question.parse import ParsedQuestion, parse
from assistant.question.spelling import is_common
from assistant.types import Document, ScoredLine

ALIKE = 0.5  # how much the lines of two documents share where they say the same kind of thing
RIVAL = 1.0  # how far behind, in the lines' weighed sums, another document's line may be and answer as well
FAR = 4.0  # and one of the document that the question names, behind one of another
RARE = 0.25  # the share of the documents up to which a word of a question tells what it is about
FULL = 4  # words of a sentence, figures among them, that tells by itself what it speaks of
FEW = 3  # and so many documents, however few there are
SUBJECT = AUXILIARIES | {"of", "for"}  # the words before what a question is about


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said, once the other documents are heard."""

    selection: Selection
    rivals: tuple[ScoredLine, ...] = ()  # the best lines of other documents that say it of something else
    lacking: str = ""  # a word of the question that tells them apart, and that none of them has


def beside(
    parsed: ParsedQuestion,
    selection: Selection,
    sought: Sought,
    library: Library,
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
) -> Beside:
    """The selection, with the line of another document that contradicts it; or what the question leaves open."""
    if not selection.units or selection.conflicts:
        return Beside(selection)
    table = _Table(parsed, sought, library, outlines, overlap)
    first = selection.first
    others = table.others(selection)
    for line in others:
        if table.same_subject(first, line) and table.differ(first, line):
            return Beside(table.both(selection, line))
    if (echo := table.echo(selection)) is not None:
        return Beside(table.both(selection, echo))
    best = {line.document_id: line for line in reversed(others) if line.score >= first.score - RIVAL}
    rivals = [line for line in others if line in best.values() and table.alike(first, line)]
    if subject := table.other_subject(selection):
        return Beside(selection, tuple(rivals), subject)
    if sought.named:
        return Beside(selection)
    if table.is_open():
        rivals = table.of_a_kind(selection) or rivals
    elif overlap.tells_apart(parsed.text, [table.title(line.document_id) for line in (first, *rivals)]):
        return Beside(selection)
    return Beside(selection, tuple(rivals), table.lacking(first) if rivals else "")


def contradict(
    one: ScoredLine, other: ScoredLine, library: Library, outlines: Mapping[str, Outline], overlap: TermOverlap
) -> bool:
    """Whether two lines of two documents give different values, to a question of the words that they have in common.

    Near-copies are of one subject, whatever their titles.
    """
    texts = [outlines[line.document_id].text(line.line) for line in (one, other)]
    shared = overlap.shared(*texts)
    asked = parse(" ".join(word for word in texts[0].split() if overlap.words(word) & shared))
    table = _Table(asked, library.seek(asked.text), library, outlines, overlap)
    if not table.differ(one, other):
        return False
    pair = one.document_id, other.document_id
    return library.nearly_copies(*pair) or one_subject(*pair, library, overlap) or table.same_subject(one, other)


def one_subject(one: str, other: str, library: Library, overlap: TermOverlap) -> bool:
    """Whether two documents may speak of the same thing in the same words: versions, a copy whose title goes on, and
    documents that are not of one kind, whose titles have nothing in common or all of one of them."""
    if library.versions.same(one, other):
        return True
    titles = [overlap.words(" ".join(key)) for key in map(library.key, (one, other))]
    more = titles[0] ^ titles[1]
    within = titles[0] <= titles[1] or titles[1] <= titles[0]
    within = within and all(len(word) > 1 and not word[0].isdigit() for word in more)
    if library.outlined_alike(one, other):
        return within and library.nearly_copies(one, other, figures=False)
    return within or not titles[0] & titles[1]


class _Table:
    """Lines of several documents side by side."""

    def __init__(
        self,
        parsed: ParsedQuestion,
        sought: Sought,
        library: Library,
        outlines: Mapping[str, Outline],
        overlap: TermOverlap,
    ) -> None:
        self._parsed, self._sought, self._library = parsed, sought, library
        self._outlines, self._overlap = outlines, overlap
        self._asked = overlap.weigh(parsed.text)

    def others(self, selection: Selection) -> list[ScoredLine]:
        """The lines of other documents that are not too far behind the first, best first."""
        first = selection.first
        own = self._sought.documents
        found = []
        for line in selection.ranked:
            far = FAR if line.document_id in own and first.document_id not in own else CONTRADICTS
            kind = self._outlines[line.document_id].document.lines[line.line].kind
            other = line.document_id != first.document_id and kind not in ("heading", "lead")
            if other and line.score >= first.score - far:
                found.append(line)
        return found

    def title(self, document_id: str) -> str:
        return self._outlines[document_id].document.title

    def same_subject(self, first: ScoredLine, other: ScoredLine) -> bool:
        """Whether two lines speak of the same thing, as far as the question tells what it is about."""
        if self._library.versions.same(first.document_id, other.document_id):
            return True
        if self._sought.named:
            return self._is_named(first) and self._is_named(other)
        covered, there = self._covered(first), self._covered(other)
        return not self.siblings(first.document_id, other.document_id) and covered == there and self._tells(covered)

    def siblings(self, one: str, other: str) -> bool:
        """Whether two documents are of one kind, with much the same headings or a word of their titles in common."""
        return self._library.outlined_alike(one, other) or bool(
            self._overlap.shared(self.title(one), self.title(other))
        )

    def is_open(self) -> bool:
        """Whether the question has no word that few of the documents have, so that many of them may be meant."""
        many = min(max(FEW, RARE * len(self._outlines)), len(self._outlines))
        return all(self._library.spread(stem) >= many for stem in self._asked)

    def of_a_kind(self, selection: Selection) -> list[ScoredLine]:
        """The best lines of other documents that have the outline of the first one's, where there are several."""
        first = selection.first
        best: dict[str, ScoredLine] = {}
        for line in selection.ranked:
            near = line.document_id != first.document_id and line.score >= first.score - FAR
            if near and self._library.outlined_alike(first.document_id, line.document_id):
                best.setdefault(line.document_id, line)
        return list(best.values()) if len(best) > 1 else []

    def differ(self, first: ScoredLine, other: ScoredLine) -> bool:
        """Whether two lines give different values for the same thing, or say the same but for their figures."""
        one, two = self._said(first), self._said(other)
        return differ(one, two, self._overlap) or other_figures(one, two, self._overlap)

    def echo(self, selection: Selection) -> ScoredLine | None:
        """The best line of another document, however far behind, that is the first line's sentence with other figures.

        A line of few words tells what it speaks of by what stands above it, as it does in a copy.

        None where there is none, or where the documents are about different things.
        """
        first = selection.first
        text = self._said(first)
        full = len(self._overlap.words(text)) >= FULL
        for line in selection.ranked:
            pair = first.document_id, line.document_id
            if pair[0] == pair[1] or not other_figures(text, self._said(line), self._overlap):
                continue
            copied = self._path(first) == self._path(line) and self._library.nearly_copies(*pair, figures=False)
            if (full or copied) and one_subject(*pair, self._library, self._overlap):
                return line
        return None

    def _path(self, line: ScoredLine) -> tuple[str, ...]:
        return self._outlines[line.document_id].document.lines[line.line].section_path

    def alike(self, first: ScoredLine, other: ScoredLine) -> bool:
        """Whether two lines say the same kind of thing, and not just the same."""
        one, two = self._said(first), self._said(other)
        return one != two and self._overlap.likeness(one, two) >= ALIKE

    def both(self, selection: Selection, other: ScoredLine) -> Selection:
        """Both values, that of the document that the question names first; the one alone that is to be trusted more."""
        first = selection.first
        trusted, against = self._trust(first.document_id), self._trust(other.document_id)
        if trusted > against:
            return selection
        units = [Unit(line.document_id, (line.line,), line.score) for line in (first, other)]
        if against > trusted:
            rest = (line for line in selection.ranked if line != other)
            return replace(selection, units=(units[1],), ranked=(other, *rest))
        if other.document_id in self._sought.documents and first.document_id not in self._sought.documents:
            units.reverse()
        return replace(selection, units=tuple(units), conflicts=((0,), (1,)))

    def other_subject(self, selection: Selection) -> str:
        """What the question is about where documents of one kind are about other things; "" where it is the first's.

        That is the subject of its verb, or what comes after "of" or "for".
        """
        first = selection.first
        if any(naming.whole and naming.document_id == first.document_id for naming in self._sought.named):
            return ""
        if self._library.kin(first.document_id) < max(2, RARE * len(self._outlines)):
            return ""
        outline = self._outlines[first.document_id]
        names = self._library.names[first.document_id]
        near = "\n".join((*names, outline.above(first.line), outline.text(first.line)))
        for phrase in phrases(self._parsed.text):
            plain = phrase.before in AUXILIARIES and phrase.bare.islower() and not phrase.bare.endswith("s")
            if phrase.before in SUBJECT and not phrase.asked and not plain:
                lacking = self._overlap.lacking(phrase.bare, near)
                if any(self._is_rare(word) for word in lacking):
                    return phrase.bare
        return ""

    def lacking(self, first: ScoredLine) -> str:
        """A word of the question that tells what it is about, and that does not stand at the line; "" without one."""
        outline = self._outlines[first.document_id]
        near = "\n".join((outline.document.title, outline.above(first.line), outline.text(first.line)))
        lacking = self._overlap.lacking(self._parsed.text, near)
        return next((word for word in lacking if self._is_rare(word)), "")

    def _is_rare(self, word: str) -> bool:
        """Whether a word of the question tells what it is about: no everyday word, and in few of the documents."""
        stems = [stem for stem in self._asked if self._overlap.holds(word, stem)]
        most = max(1, RARE * len(self._outlines))
        return not is_common(word) and bool(stems) and all(self._library.spread(stem) <= most for stem in stems)

    def _is_named(self, line: ScoredLine) -> bool:
        """Whether a line speaks of all that the question names: in itself, above it, or as the document so named.

        In a document of the same kind as the one that is named, what stands above a line names something else.
        """
        named = {naming.document_id: naming.words for naming in self._sought.named}
        covered = self._overlap.covered(self._asked, self._outlines[line.document_id], line.line)
        kin = line.document_id not in named and any(self.siblings(line.document_id, id) for id in named)
        own = {word for word, share in covered.items() if share >= (OWN if kin else ABOVE)}
        own |= named.get(line.document_id, frozenset())
        return all(words & self._asked.keys() <= own for words in named.values())

    def _covered(self, line: ScoredLine) -> frozenset[str]:
        """The words of the question that a line deals with; a question that stands above it repeats them, no more."""
        outline = self._outlines[line.document_id]
        covered = self._overlap.covered(self._asked, outline, line.line)
        place = outline.document.lines[line.line]
        if place.parent is None or not asks(outline.text(place.parent)):
            return frozenset(covered)
        near = "\n".join((outline.document.title, *place.section_path, outline.text(line.line)))
        return frozenset(word for word in covered if self._overlap.share({word: 1.0}, near))

    def _tells(self, covered: frozenset[str]) -> bool:
        """Whether these words of the question are few of its to leave out."""
        return sum(self._asked[word] for word in sorted(covered)) >= RIVAL / 2

    def _trust(self, document_id: str) -> float:
        return trust(self._outlines[document_id].document)

    def _said(self, line: ScoredLine) -> str:
        return self._outlines[line.document_id].text(line.line)


def told_apart(documents: list[Document], library: Library) -> list[str]:
    """What each of some documents is called where they must be told apart: its title, and, where others have the
    same, when it holds, or its file."""
    titles = [document.title for document in documents]
    names = []
    for document in documents:
        edition = library.versions.edition(document.id)
        same = [other for other in documents if other.title == document.title]
        starts = {library.versions.edition(other.id).start for other in same}
        if titles.count(document.title) < 2:
            names.append(f"“{document.title}”" if "," in document.title else document.title)
        elif edition.start and len(starts) == len(same):
            names.append(f"{document.title} ({edition.start})")
        else:
            names.append(f"{document.title} ({document.id})")
    return names
