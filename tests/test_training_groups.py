"""Training groups: which lines are gold, what is drawn, how they become tensors, and what the loss makes of them."""

from __future__ import annotations

import random
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from math import exp, log
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("torch")  # only training needs it in this process

import _model
import torch
from _batches import IGNORED, Batch, Item, batches, collate, in_order, item
from _examples import Example
from _groups import Group, Read, of_example, read, read_of, write
from _model import FIRST_TYPES, ReaderModel, exported_weights
from torch import Tensor
from transformers import BertConfig, BertModel

from assistant.documents.outline import Outline
from assistant.models.pairs import BOTH, LINES, TYPES, EncodedPair, PairEncoder
from assistant.testing import document
from assistant.types import Passage

TEXT = "Ida runs the mill. It stands in Bergen. It feeds 300 people."
EXAMPLE = Example("squad2", "Mill", "Where does it stand?", "The mill", ("Place",), TEXT, True, (32, 38), 0.5)


def test_the_sentences_of_an_example_are_its_lines_and_that_with_the_answer_is_gold() -> None:
    lines = ((0, 18, "sentence"), (19, 39, "sentence"), (40, 60, "sentence"))
    assert of_example(EXAMPLE) == Group(
        "squad2",
        "Mill",
        "Where does it stand?",
        "fact",
        (Read("The mill: Place: ", TEXT, lines, (1,), (32, 38)),),  # type: ignore[arg-type]  # the kinds are literals
        0.5,
    )


def test_an_answer_over_two_sentences_makes_both_gold() -> None:
    made = of_example(Example("s", "d", "?", "", (), TEXT, True, (32, 42)))
    assert made is not None and made.passages[0].gold == (1, 2)


def test_an_example_without_an_answer_has_no_gold_line_and_is_not_answerable() -> None:
    made = of_example(Example("s", "d", "?", "", (), TEXT, False))
    assert made is not None
    assert (made.passages[0].gold, made.passages[0].span, made.answerable) == ((), None, False)


def test_an_example_whose_answer_stands_nowhere_that_is_known_is_left_out() -> None:
    assert of_example(Example("s", "d", "?", "", (), TEXT, True)) is None


GUIDE = document("# Mill\nIda runs the mill.\nIt stands in Bergen.\nIt feeds 300 people.\n", id="g", title="Guide")
OUTLINE = Outline(GUIDE)
STANDS = (GUIDE.text.index("It stands"), GUIDE.text.index("It stands") + 20)


def passage(start: int = 0, end: int | None = None) -> Passage:
    end = len(GUIDE.text) if end is None else end
    return Passage("g", GUIDE.version, start, end, GUIDE.text[start:end], ("Mill",))


def test_the_lines_that_the_evidence_covers_are_gold_and_the_words_of_the_answer_are_found_in_them() -> None:
    made = read_of(OUTLINE, passage(), evidence=[STANDS], answer="Bergen")
    assert made.context == "Guide: Mill: "
    assert [kind for *_, kind in made.lines] == ["heading", "sentence", "sentence", "sentence"]
    assert made.gold == (2,)
    assert made.span is not None and made.text[slice(*made.span)] == "Bergen"
    assert made.tempts is False


def test_lines_and_spans_count_from_the_start_of_the_passage() -> None:
    start = GUIDE.text.index("It stands")
    made = read_of(OUTLINE, passage(start), evidence=[STANDS], answer="Bergen")
    assert made.lines == ((0, 20, "sentence"), (21, 41, "sentence"))
    assert (made.gold, made.span) == ((0,), (13, 19))


def test_a_line_is_gold_from_half_of_it_or_of_the_evidence_on() -> None:
    start, end = STANDS
    assert read_of(OUTLINE, passage(), evidence=[(start + 10, end)]).gold == (2,)  # 10 of 20
    assert read_of(OUTLINE, passage(), evidence=[(start + 13, end - 1)]).gold == (2,)  # a few words, wholly within
    assert read_of(OUTLINE, passage(), evidence=[(start - 10, start + 9)]).gold == (1,)  # 9 of 19: not this one
    assert read_of(OUTLINE, passage(), evidence=[(end, end + 1)]).gold == ()  # the line's end


def test_an_answer_that_the_gold_lines_do_not_say_has_no_span() -> None:
    assert read_of(OUTLINE, passage(), evidence=[STANDS], answer="300").span is None
    assert read_of(OUTLINE, passage(), evidence=[STANDS]).span is None
    assert read_of(OUTLINE, passage(), answer="Bergen").span is None


def test_a_passage_with_what_comes_closest_to_an_answer_tempts() -> None:
    assert read_of(OUTLINE, passage(), closest=[STANDS]).tempts
    assert not read_of(OUTLINE, passage(0, STANDS[0]), closest=[STANDS]).tempts
    assert not read_of(OUTLINE, passage(STANDS[1]), closest=[STANDS]).tempts


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    made = of_example(EXAMPLE)
    assert made is not None
    groups = [made, Group("s", "d", "?", "list", (Read("c", "é", (), tempts=True),), found=1)]
    write(tmp_path / "groups.jsonl", groups)
    assert list(read(tmp_path / "groups.jsonl")) == groups


def one(name: str, *, gold: bool = False, tempts: bool = False) -> Read:
    return Read(name, name, ((0, 1, "sentence"),), (0,) if gold else (), tempts=tempts)


GROUP = Group(
    "s",
    "d",
    "?",
    "fact",
    (one("a"), one("B", gold=True), one("c"), one("d"), one("E", gold=True), one("f"), one("t", tempts=True),
     one("u", tempts=True)),
    found=7,
)  # fmt: skip


def names(group: Group) -> list[str]:
    return [read.context for read in group.passages]


def test_what_is_drawn_is_the_same_for_a_seed() -> None:
    first, again, other = (
        [names(GROUP.drawn(rng, golden=1, others=2, among=4)) for _ in range(20)]
        for rng in (random.Random(1), random.Random(1), random.Random(2))
    )
    assert first == again != other
    assert len({str(drawn) for drawn in first}) > 2


def test_what_is_drawn_has_so_many_with_the_answer_and_without_and_keeps_one_that_tempts() -> None:
    rng = random.Random(3)
    for _ in range(40):
        drawn = GROUP.drawn(rng, golden=1, others=3, among=4)
        with_gold, (tempting, *rest) = names(drawn)[:1], names(drawn)[1:]
        assert with_gold in (["B"], ["E"])
        assert tempting == "t" and len(rest) == 2
        assert set(rest) < {"a", "c", "d", "f"}  # of the four best others
        assert drawn.found == 4
        assert (drawn.question, drawn.weight) == (GROUP.question, GROUP.weight)


def test_fewer_are_drawn_where_there_are_fewer() -> None:
    few = Group("s", "d", "?", "fact", (one("a"), one("B", gold=True)))
    assert sorted(names(few.drawn(random.Random(1), golden=3, others=5, among=9))) == ["B", "a"]
    none = Group("s", "d", "?", "near", (one("a"), one("t", tempts=True)))
    assert names(none.drawn(random.Random(1), golden=1, others=1, among=9)) == ["t"]


def test_batches_hold_like_lengths_and_every_group_once_padding_counted() -> None:
    lengths = [(random.Random(n).randint(10, 200), random.Random(n).randint(1, 3)) for n in range(1_500)]
    made = batches(lengths, tokens=1_000, rng=random.Random(1))
    assert sorted(n for batch in made for n in batch) == list(range(1_500))
    for batch in made:
        padded = max(lengths[n][0] for n in batch) * sum(lengths[n][1] for n in batch)
        assert padded <= 1_000 or len(batch) == 1
    assert batches(lengths, tokens=1_000, rng=random.Random(1)) == made
    assert batches(lengths, tokens=1_000, rng=random.Random(2)) != made
    spread = [max(lengths[n][0] for n in batch) - min(lengths[n][0] for n in batch) for batch in made]
    assert sum(spread) / len(spread) < 10


def test_batches_are_filled_as_far_as_they_may_be() -> None:
    made = batches([(10, 2)] * 9, tokens=60, rng=random.Random(1))  # three groups of two passages of ten tokens
    assert sorted(len(batch) for batch in made) == [3, 3, 3]


def test_batches_in_order_begin_with_the_longest() -> None:
    lengths = [5, 20, 10, 20]
    made = in_order([1, 1, 2, 1], tokens=40, length=lengths.__getitem__)
    assert made == [[1, 3], [2], [0]] or made == [[1, 3], [2, 0]]
    assert made == [[1, 3], [2, 0]]
    assert in_order([], tokens=40, length=lengths.__getitem__) == []


# The tokens 0 1 | 2 3 4 5 | 6: the first two are question and context, the last is the end.
PAIR = EncodedPair([9, 8, 1, 2, 3, 4, 7], [0, 0, 16, 16, 1, 16, 1], 2, [(0, 1), (1, 2), (2, 3), (3, 4)], [0, 0, -1, 1])
SHORT = EncodedPair([9, 8, 5, 7], [0, 0, 18, 1], 2, [(0, 1)], [0])
KNOWN = Read("c", "abcd", ((0, 2, "sentence"), (3, 4, "sentence")), (1,), (3, 4))
UNKNOWN = Read("c", "abcd", ((0, 2, "sentence"), (3, 4, "sentence")), (0,))
EMPTY = Read("c", "a", ((0, 1, "sentence"),))


def test_a_batch_has_a_row_for_each_passage_and_numbers_the_lines_of_all() -> None:
    made = collate([Item((PAIR, SHORT), (KNOWN, EMPTY), 1.0), Item((PAIR,), (UNKNOWN,), 0.5)])
    assert made.ids.tolist() == [[9, 8, 1, 2, 3, 4, 7], [9, 8, 5, 7, 0, 0, 0], [9, 8, 1, 2, 3, 4, 7]]
    assert made.types.tolist() == [[0, 0, 16, 16, 1, 16, 1], [0, 0, 18, 1, 0, 0, 0], [0, 0, 16, 16, 1, 16, 1]]
    assert made.mask.tolist() == [[1] * 7, [1, 1, 1, 1, 0, 0, 0], [1] * 7]
    assert made.of_line.tolist() == [
        [-1, -1, 0, 0, -1, 1, -1],
        [-1, -1, 2, -1, -1, -1, -1],
        [-1, -1, 3, 3, -1, 4, -1],
    ]
    assert made.group_of_line.tolist() == [0, 0, 0, 1, 1]
    assert made.gold.tolist() == [0, 1, 0, 1, 0]
    assert made.places == [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1)]
    assert (made.groups, made.group_weights.tolist(), made.row_weights.tolist()) == (2, [1.0, 0.5], [0.5, 0.5, 0.5])
    assert made.answers.tolist() == [1, 0, 1]
    assert (made.starts.tolist(), made.ends.tolist()) == ([5, 0, -1], [5, 0, -1])
    assert made.allowed.int().tolist() == [[1, 0, 1, 1, 1, 1, 0], [1, 0, 1, 0, 0, 0, 0], [1, 0, 1, 1, 1, 1, 0]]


def test_what_is_too_long_is_read_in_the_window_with_most_of_the_gold(tiny_reader: Path) -> None:
    encoder = PairEncoder((tiny_reader / "tokenizer.json").read_text(), ignored=IGNORED)
    text = "a b c d e. " * 120
    lines = tuple((start, start + 10, "sentence") for start in range(0, len(text), 11))
    group = Group("s", "d", "x?", "fact", (Read("", text, lines, (90, 91)),), 2.0)  # type: ignore[arg-type]  # literals
    made = item(group, encoder)
    assert {90, 91} <= set(made.pairs[0].lines) and 0 not in made.pairs[0].lines
    assert (made.weight, made.longest) == (2.0, len(made.pairs[0].ids))
    assert made.longest <= 288


@pytest.fixture(scope="module")
def train() -> ModuleType:
    """The script as a module."""
    path = Path(__file__).parent.parent / "scripts" / "training" / "train"
    loader = SourceFileLoader("training_train", str(path))
    spec = spec_from_loader(loader.name, loader)
    assert spec
    module = module_from_spec(spec)
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


def loss(train: ModuleType, batch: Batch, lines: list[float], answerable: list[float], at: float = 0.0) -> float:
    """The loss where the first allowed token of the answer has this logit as start and end, and all others have 0."""
    starts, ends = torch.zeros(batch.ids.shape), torch.zeros(batch.ids.shape)
    for row, (start, end) in enumerate(zip(batch.starts.tolist(), batch.ends.tolist(), strict=True)):
        if start >= 0:
            starts[row, start] = ends[row, end] = at
    found: Tensor = train.loss_of(batch, torch.tensor(lines), starts, ends, torch.tensor(answerable))
    return found.item()


def softplus(x: float) -> float:
    return log(1 + exp(x))


def test_a_gold_line_ahead_of_all_gives_a_small_loss_and_one_behind_a_large_one(train: ModuleType) -> None:
    batch = collate([Item((PAIR,), (UNKNOWN,), 1.0)])
    ahead, even, behind = (loss(train, batch, lines, [20.0]) for lines in ([20.0, -20.0], [0.0, 0.0], [-9.0, 9.0]))
    assert ahead < 1e-6
    assert even == pytest.approx(log(3))  # one of three that are as likely: it, the other line, and none
    assert behind == pytest.approx(softplus(log(exp(9) + 1) + 9), rel=1e-5)


def test_the_gold_line_must_be_ahead_of_none_too(train: ModuleType) -> None:
    batch = collate([Item((PAIR,), (UNKNOWN,), 1.0)])
    assert loss(train, batch, [-5.0, -20.0], [20.0]) == pytest.approx(softplus(5), rel=1e-4)


def test_another_gold_line_is_no_rival(train: ModuleType) -> None:
    both = Read("c", "abcd", KNOWN.lines, (0, 1))
    batch = collate([Item((PAIR,), (both,), 1.0)])
    assert loss(train, batch, [3.0, 20.0], [20.0]) == pytest.approx((softplus(-3) + softplus(-20)) / 2, rel=1e-4)


def test_without_an_answer_none_must_be_ahead_of_all(train: ModuleType) -> None:
    batch = collate([Item((SHORT,), (EMPTY,), 1.0)])
    assert loss(train, batch, [-20.0], [-20.0], at=30.0) < 1e-6
    assert loss(train, batch, [2.0], [-20.0], at=30.0) == pytest.approx(softplus(2))


def test_the_lines_of_all_passages_of_a_question_are_compared_and_those_of_others_are_not(train: ModuleType) -> None:
    batch = collate([Item((PAIR, SHORT), (UNKNOWN, EMPTY), 1.0), Item((SHORT,), (EMPTY,), 1.0)])
    sure = [20.0, -20.0, -20.0]
    apart = loss(train, batch, [2.0, -20.0, 2.0, -20.0], sure, at=30.0)
    assert apart == pytest.approx(softplus(log(exp(2) + 1) - 2) / 2, rel=1e-4)  # one of two questions
    assert loss(train, batch, [20.0, -20.0, -20.0, -20.0], sure, at=30.0) < 1e-6
    assert loss(train, batch, [20.0, -20.0, -20.0, 20.0], sure, at=30.0) == pytest.approx(10.0)


def test_questions_count_by_their_weight(train: ModuleType) -> None:
    batch = collate([Item((SHORT,), (EMPTY,), 3.0), Item((SHORT,), (EMPTY,), 1.0)])
    assert loss(train, batch, [8.0, -20.0], [-20.0, -20.0], at=30.0) == pytest.approx(0.75 * softplus(8), rel=1e-4)


def test_whether_a_passage_answers_and_where_count_beside_the_lines(train: ModuleType) -> None:
    batch = collate([Item((PAIR,), (KNOWN,), 1.0)])
    lines = [-20.0, 20.0]
    assert loss(train, batch, lines, [20.0], at=30.0) < 1e-6
    assert loss(train, batch, lines, [0.0], at=30.0) == pytest.approx(train.JUDGE * log(2), rel=1e-4)
    assert loss(train, batch, lines, [20.0], at=0.0) == pytest.approx(train.SPANS * log(5), rel=1e-4)  # of five tokens


def test_the_weights_of_an_exported_reader_are_those_that_it_was_made_of(tiny_reader: Path) -> None:
    made = torch.load(tiny_reader / "reader.pt", weights_only=True)
    found = exported_weights(tiny_reader / "model.onnx", layers=2)
    assert set(found) <= set(made)
    assert {name for name in made if name not in found} <= {"bert.embeddings.position_ids"}
    for name, values in found.items():
        assert values.shape == made[name].shape, name
        assert torch.allclose(values, made[name], atol=2e-3, rtol=2e-3), name


def shaped(*, layers: int = 2) -> ReaderModel:
    """A reader of the shape of the tiny one."""
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=20_000,
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=128,
        type_vocab_size=TYPES,
    )
    return ReaderModel(BertModel(config, add_pooling_layer=False))


def test_a_reader_goes_on_from_an_exported_one(tiny_reader: Path) -> None:
    model = shaped()
    model.start_from(tiny_reader / "model.onnx")
    made = torch.load(tiny_reader / "reader.pt", weights_only=True)
    assert torch.allclose(model.state_dict()["line.0.weight"], made["line.0.weight"], atol=2e-3)
    with pytest.raises(ValueError, match="longer"):
        shaped(layers=1).start_from(tiny_reader / "model.onnx")


def test_the_types_of_lines_are_lent_by_those_of_a_reader_that_was_given_none(
    tiny_reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "bert.embeddings.token_type_embeddings.weight"
    known = {**exported_weights(tiny_reader / "model.onnx", layers=2)}
    known[name] = known[name][:FIRST_TYPES]
    known = {key: values for key, values in known.items() if not key.startswith(("attention.", "line."))}
    monkeypatch.setattr(_model, "exported_weights", lambda path, layers: dict(known))
    model = shaped()
    model.start_from(tiny_reader)
    types = model.bert.embeddings.token_type_embeddings.weight
    assert torch.equal(types[:FIRST_TYPES], known[name])
    for n in range(LINES, TYPES):
        lent = known[name][3 if (n - LINES) & BOTH else 1]
        assert torch.allclose(types[n], lent, atol=0.08)
