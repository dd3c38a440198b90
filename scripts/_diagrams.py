"""The risk-coverage and the reliability diagram, each as PNG and SVG, the same bytes for the same outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from assistant.evaluation.metrics import BINS, Outcome, expected_calibration_error, reliability, risk_coverage

COLOURS = ("#0b5fa5", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be185d")  # dark enough to read as text on white
INK, MUTED, FAINT = "#1f2937", "#6b7280", "#e5e7eb"
FEW = 5  # answers in a bin: fewer are drawn, but no line goes through them


@dataclass(frozen=True, slots=True)
class End:
    """Where a line ends, and what is said of it there."""

    x: float
    y: float
    name: str
    note: str
    colour: str


def draw(series: Mapping[str, Sequence[Outcome]], folder: Path) -> list[Path]:
    """Writes both diagrams, each data set a line, and gives the paths of the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    style = matplotlib.rc_context(
        {
            "font.family": "DejaVu Sans",  # comes with matplotlib, so that pictures are alike everywhere
            "font.size": 10,
            "svg.hashsalt": "assistant",
            "text.color": INK,
            "axes.edgecolor": MUTED,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
        }
    )
    with style:
        return [
            *_save(_risk_coverage(series), folder / "risk-coverage"),
            *_save(_reliability(series), folder / "reliability"),
        ]


def _risk_coverage(series: Mapping[str, Sequence[Outcome]]) -> Figure:
    figure, axes = _page(
        "The more it answers, the more of it is wrong",
        "Surest answers first. The dot is where the promise stops it.",
    )
    ends = []
    for colour, (name, outcomes) in _coloured(series):
        curve = risk_coverage(outcomes)
        if not len(curve.coverage):
            continue
        axes.plot(curve.coverage, curve.risk, color=colour, linewidth=2, solid_joinstyle="round")
        stop = min(sum(outcome.status == "answered" for outcome in outcomes), len(curve.coverage))
        if stop:
            x, y = curve.coverage[stop - 1], curve.risk[stop - 1]
            axes.plot(x, y, "o", color=colour, markersize=9, markeredgecolor="white", clip_on=False, zorder=3)
        note = f"{len(outcomes):,} questions"
        ends.append(End(float(curve.coverage[-1]), float(curve.risk[-1]), name, note, colour))
    top = max([0.1, *(float(risk_coverage(outcomes).risk.max(initial=0)) for outcomes in series.values())])
    axes.set_xlim(0, 1)
    axes.set_ylim(0, min(1.0, top * 1.08))
    axes.set_xlabel("coverage: share of all questions that is answered")
    axes.set_ylabel("risk: share of the answers that is wrong")
    _label(axes, ends)
    return figure


def _reliability(series: Mapping[str, Sequence[Outcome]]) -> Figure:
    figure, axes = _page(
        "What confidence says, and what came true",
        f"{BINS} bins of equal width, everything answered. The larger the dot, the more answers.",
    )
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    ends = [End(1, 1, "as it should be", "", MUTED)]
    for colour, (name, outcomes) in _coloured(series):
        given = [outcome for outcome in outcomes if outcome.given]
        sure, right = [o.confidence for o in given], [o.right for o in given]
        bins = reliability(sure, right)
        many = [b for b in bins if b.n >= FEW] or bins
        if not bins:
            continue
        axes.plot([b.confidence for b in many], [b.right for b in many], color=colour, linewidth=1.5, alpha=0.6)
        axes.scatter(
            [b.confidence for b in bins],
            [b.right for b in bins],
            [8 + 500 * b.n / len(given) for b in bins],
            color=colour,
            edgecolors="white",
            linewidths=0.8,
            zorder=3,
            clip_on=False,
        )
        note = f"calibration error {expected_calibration_error(sure, right):.3f}"
        ends.append(End(many[-1].confidence, many[-1].right, name, note, colour))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence of the answer")
    axes.set_ylabel("share of the answers that is right")
    _label(axes, ends)
    return figure


def _page(title: str, below: str) -> tuple[Figure, Axes]:
    """A light page with a title, a line below it, and axes in percent with room for labels at their right."""
    figure = Figure(figsize=(9, 5.4), facecolor="white")
    axes = figure.add_axes((0.085, 0.11, 0.635, 0.71))
    figure.text(0.085, 0.935, title, fontsize=14, fontweight="bold")
    figure.text(0.085, 0.88, below, color=MUTED)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    axes.grid(color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6)
    return figure, axes


def _label(axes: Axes, ends: Sequence[End]) -> None:
    """Names the lines at the right, each as near to the height of its end as the others leave room."""
    low, high = axes.get_ylim()
    gap = 0.1 * (high - low)
    ordered = sorted(ends, key=lambda end: end.y)
    heights: list[float] = []
    for end in ordered:
        heights.append(max(end.y, heights[-1] + gap if heights else low + gap / 2))
    ceiling = high
    for at in reversed(range(len(heights))):  # down again, where they would stand above the axes
        heights[at] = min(heights[at], ceiling)
        ceiling = heights[at] - gap
    for end, height in zip(ordered, heights, strict=True):
        axes.plot([end.x, 1.03], [end.y, height], color=end.colour, linewidth=0.7, alpha=0.5, clip_on=False)
        upper = "bottom" if end.note else "center"
        axes.text(1.04, height, end.name, color=end.colour, fontweight="bold", va=upper)
        axes.text(1.04, height, end.note, color=MUTED, fontsize=9, va="top")


def _coloured(
    series: Mapping[str, Sequence[Outcome]],
) -> list[tuple[str, tuple[str, Sequence[Outcome]]]]:
    return [(COLOURS[n % len(COLOURS)], item) for n, item in enumerate(series.items())]


def _save(figure: Figure, path: Path) -> list[Path]:
    """Writes a figure as PNG and SVG, without the date and the version that would make each run differ."""
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    figure.savefig(png, dpi=160, metadata={"Software": None})
    figure.savefig(svg, metadata={"Date": None, "Creator": None})
    return [png, svg]
