"""Negative sampling: the questions asked, the noise, what it costs, what it converges to."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from numpy.typing import ArrayLike

from course_lib.plots._pieces import blank_axes, enumerated, finite_numbers, quoted, written
from course_lib.plots.picture import (
    BLUE,
    DPI,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    PALE,
    PALE_ORANGE,
    PALETTE,
    VERMILION,
    Picture,
    Size,
    styled,
    wrapped,
)
from course_lib.vocabulary import Vocabulary


@styled
def yes_and_no(
    center: str,
    context: str,
    noise: Sequence[str],
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw the questions of negative sampling: one yes to the context word, k times no to noise.

    Parameters
    ----------
    center, context : str
        The two words of a pair.
    noise : sequence of str
        The k noise words, 1 to 8.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of words when left out.

    Returns
    -------
    Picture
        The centre on the left, the words that it is asked about on the right.

    Raises
    ------
    ValueError
        There is no noise word, or there are too many.
    """
    if not 1 <= len(noise) <= 8:
        raise ValueError(f"Give 1 to 8 noise words, not {len(noise)}.")
    k = len(noise)
    alt = (
        f"The IN vector of {quoted(center)} is held against {k + 1} OUT vectors. For the context "
        f"word {quoted(context)} the answer should be yes, label 1; for the noise "
        f"{'words' if k > 1 else 'word'} {enumerated([quoted(word) for word in noise])} it should "
        "be no, label 0."
    )
    words = f"{k} noise words" if k > 1 else "a noise word"
    title = title or f"{quoted(center)} says yes to {quoted(context)} and no to {words}"
    picture = Picture(title, alt, size or (7, 1.3 + 0.42 * (k + 1)))
    axes = blank_axes(picture, (0, 10), (-0.2, 0.66 * (k + 1) + 0.5))
    middle = 0.66 * k / 2 + 0.25
    for x, head in ((1.2, "IN"), (6.1, "OUT"), (8.6, "label y")):
        axes.text(x, 0.66 * (k + 1) + 0.1, head, ha="center", va="center", color=GREY, fontsize=10)
    _word_box(axes, (1.2, middle), center, BLUE, BLUE, "white")
    for row, word in enumerate([context, *noise]):
        y = 0.66 * (k - row) + 0.25
        fill, edge, told = (PALE_ORANGE, ORANGE, "1: yes") if row == 0 else (PALE, GREY, "0: no")
        dash = "-" if row == 0 else "--"
        ends = (2.3, middle), (4.95, y)
        arrow = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=12, color=edge, ls=dash)
        axes.add_patch(arrow)
        _word_box(axes, (6.1, y), word, fill, edge, INK)
        axes.text(8.6, y, told, ha="center", va="center", weight="bold" if row == 0 else "normal")
    return picture


def _word_box(
    axes: Axes, middle: tuple[float, float], word: str, fill: str, edge: str, ink: str
) -> None:
    x, y = middle
    shape = "round,pad=0,rounding_size=0.08"
    box = FancyBboxPatch((x - 1, y - 0.25), 2, 0.5, boxstyle=shape, fc=fill, ec=edge, lw=1.5)
    axes.add_patch(box)
    axes.text(x, y, word, ha="center", va="center", color=ink, parse_math=False)


@styled
def noise_distributions(
    vocabulary: Vocabulary,
    exponents: Sequence[float] = (0.0, 0.75, 1.0),
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw the probability of being drawn as noise against the rank of the word.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words with counts.
    exponents : sequence of float
        One to seven exponents of the counts (Mikolov et al. 2013b, section 2.2).
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line an exponent, both axes logarithmic.

    Raises
    ------
    ValueError
        No exponent, too many, or a vocabulary without counts.
    """
    if not 1 <= len(exponents) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} exponents, not {len(exponents)}.")
    drawn = {exponent: vocabulary.noise_distribution(exponent) for exponent in exponents}
    order = np.argsort(-vocabulary.require_counts(), kind="stable")
    first, half = vocabulary.words[order[0]], order[len(order) // 2 :]
    facts = [
        f"exponent {exponent:g}: {quoted(first)} {noise[order[0]]:.2%}, the rarer half of the "
        f"words together {noise[half].sum():.1%}"
        for exponent, noise in drawn.items()
    ]
    alt = f"Probability P_n of a word against its rank, both axes logarithmic; {'; '.join(facts)}."
    if title is None:
        title = "The smaller the exponent, the more of the noise is rare words"
    picture = Picture(title, alt, size)
    axes = picture.add_subplot(xscale="log", yscale="log")
    ranks = np.unique(np.geomspace(1, len(order), 200).round().astype(np.int64))
    for (exponent, noise), color in zip(drawn.items(), PALETTE, strict=False):
        axes.plot(ranks, noise[order][ranks - 1], color=color, label=f"exponent {exponent:g}")
    axes.set(xlabel="rank of the word", ylabel=r"probability $P_n$")
    axes.grid(True)
    axes.legend(loc="upper right")
    return picture


@styled
def step_times(
    sizes: ArrayLike,
    seconds: Mapping[str, ArrayLike],
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw how long a step takes against the size of the vocabulary.

    The alt text names the order of the methods at the largest vocabulary, not the times, which
    differ from run to run.

    Parameters
    ----------
    sizes : array, shape (n,)
        Vocabulary sizes, rising.
    seconds : dict of name to array, shape (n,)
        Measured times, above 0.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a method, both axes logarithmic.

    Raises
    ------
    ValueError
        No method, times that do not fit the sizes, or a number that is not above 0.
    """
    x = finite_numbers("sizes", sizes, ndim=1)
    runs = {name: finite_numbers(name, times, ndim=1) for name, times in seconds.items()}
    if not 1 <= len(runs) <= len(PALETTE) or any(len(run) != len(x) for run in runs.values()):
        raise ValueError(
            f"Give 1 to {len(PALETTE)} methods with a time for each of {len(x)} sizes."
        )
    if min(x.min(), *(run.min() for run in runs.values())) <= 0:
        raise ValueError("Sizes and times must be above 0 for logarithmic axes.")
    order = sorted(runs, key=lambda name: -runs[name][-1])
    alt = (
        f"Time of a step against the size of the vocabulary, {x[0]:,.0f} to {x[-1]:,.0f} words, "
        f"both axes logarithmic. At the largest vocabulary the order is, slowest first: "
        f"{', '.join(order)}."
    )
    title = title or f"With many words {order[0]} is the slowest"
    picture = Picture(title, alt, size)
    axes = picture.add_subplot(xscale="log", yscale="log")
    for (name, run), color, marker in zip(runs.items(), PALETTE, MARKERS, strict=False):
        axes.plot(x, 1e6 * run, color=color, marker=marker, markersize=6, label=name)
    axes.set(xlabel="words in the vocabulary V", ylabel="microseconds a step")
    axes.grid(True)
    picture.legend(loc="outside lower center", ncols=min(len(runs), 3))
    return picture


@styled
def score_scatter(
    expected: ArrayLike,
    found: ArrayLike,
    *,
    xlabel: str = r"PMI $-\, \log k$",
    title: str | None = None,
    size: Size = (5, 4.6),
) -> Picture:
    """Draw the scores that training has reached against those that theory expects.

    Parameters
    ----------
    expected, found : array, shape (n,)
        Scores of n pairs, at least two of them different.
    xlabel : str
        What is expected.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        A point a pair, and the line where both agree.

    Raises
    ------
    ValueError
        The shapes differ, or all scores are equal.
    """
    x, y = finite_numbers("expected", expected, 1), finite_numbers("found", found, 1)
    if len(x) != len(y) or np.ptp(x) == 0 or np.ptp(y) == 0:
        raise ValueError(
            f"Give two scores for each pair, not all equal; not {len(x)} and {len(y)}."
        )
    correlation = np.corrcoef(x, y)[0, 1]
    slope, _ = np.polyfit(x, y, 1)
    alt = (
        f"Scores of {len(x):,} pairs after training against the expected ones: correlation "
        f"{written(correlation)}, slope {written(slope)}. The line marks where both agree."
    )
    picture = Picture(
        title or f"Correlation {written(correlation)}, slope {written(slope)}", alt, size
    )
    axes = picture.add_subplot()
    axes.plot(x, y, "o", color=BLUE, markersize=4, alpha=0.35, markeredgewidth=0)
    ends = [min(x.min(), y.min()), max(x.max(), y.max())]
    axes.plot(ends, ends, color=VERMILION, linewidth=1.5, label="both agree")
    axes.set(xlabel=xlabel, ylabel=r"score $u_c \cdot v_w$")
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid(True)
    axes.legend(loc="upper left")
    return picture


@styled
def cosine_histograms(
    panels: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    title: str | None = None,
    size: Size = (7.4, 3.2),
) -> Picture:
    """Draw how IN and OUT vectors lie to one direction, one panel a model.

    Parameters
    ----------
    panels : dict of name to (in_cosines, out_cosines)
        Cosines of each IN and each OUT vector with the direction, such as the mean IN vector; one
        to four panels.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Two histograms a panel, IN and OUT.

    Raises
    ------
    ValueError
        There is no panel, or there are too many, or a number is no cosine.
    """
    if not 1 <= len(panels) <= 4:
        raise ValueError(f"Give 1 to 4 panels, not {len(panels)}.")
    cosines = {
        name: [finite_numbers(f"{name}, {which}", values, 1) for which, values in _in_out(pair)]
        for name, pair in panels.items()
    }
    if max(np.abs(values).max() for pair in cosines.values() for values in pair) > 1 + 1e-6:
        raise ValueError("A cosine lies between -1 and 1.")
    facts = [
        f"{name}: IN {written(inner.mean())}, OUT {written(outer.mean())}"
        for name, (inner, outer) in cosines.items()
    ]
    alt = f"Histograms of cosines with the mean IN vector; their means are {'; '.join(facts)}."
    picture = Picture(title or "IN vectors lie on one side, OUT vectors on the other", alt, size)
    grid = picture.subplots(1, len(cosines), sharey=True, squeeze=False)[0]
    bins = np.linspace(-1, 1, 41)
    for axes, (name, pair) in zip(grid, cosines.items(), strict=True):
        for values, color, label in zip(pair, (BLUE, ORANGE), ("IN", "OUT"), strict=True):
            weights = np.full(len(values), 1 / len(values))
            axes.hist(
                np.clip(values, -1, 1), bins, weights=weights, color=color, alpha=0.8, label=label
            )
        axes.set_title(name)
        axes.set_xticks([-1, 0, 1], [written(-1, 0), "0", "1"])
        axes.axvline(0, color=GREY, linewidth=1)
    grid[0].set_ylabel("share of the words")
    handles, labels = grid[0].get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower right", ncols=2)
    label = "cosine with the mean IN vector"
    if size[0] >= 6:
        picture.supxlabel(label, fontsize=11)
    else:  # centred, it would run into the legend on its right
        left = wrapped(label, (size[0] - 2) * DPI)
        picture.supxlabel(left, x=0.08 / size[0], ha="left", fontsize=11)
    return picture


def _in_out(pair: tuple[ArrayLike, ArrayLike]) -> list[tuple[str, ArrayLike]]:
    inner, outer = pair
    return [("IN", inner), ("OUT", outer)]


@styled
def seed_spread(
    values: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    title: str,
    size: Size | None = None,
) -> Picture:
    """Draw a measure for several settings, a dot for each seed and a bar at their mean.

    Parameters
    ----------
    values : dict of setting to array
        What each seed gave; at most 12 settings.
    xlabel : str
        What is measured.
    title : str
        The finding. What differs by more than the seeds is for the caller to say.
    size : (float, float), optional
        Inches; chosen from the number of settings when left out.

    Returns
    -------
    Picture
        A line a setting.

    Raises
    ------
    ValueError
        There is no setting, or there are too many.
    """
    if not 1 <= len(values) <= 12:
        raise ValueError(f"Give 1 to 12 settings, not {len(values)}.")
    runs = {name: finite_numbers(name, run, ndim=1) for name, run in values.items()}
    facts = [f"{name} {written(run.mean())}" for name, run in runs.items()]
    count = max(len(run) for run in runs.values())
    alt = f"{xlabel[0].upper()}{xlabel[1:]}, mean over {count} seeds: {'; '.join(facts)}."
    picture = Picture(title, alt, size or (7, 1.3 + 0.34 * len(runs)))
    axes = picture.add_subplot()
    for place, run in enumerate(runs.values()):
        axes.plot(run, np.full(len(run), place), "o", color=BLUE, markersize=6, alpha=0.6)
        axes.plot(run.mean(), place, "|", color=INK, markersize=18, markeredgewidth=2.5)
    axes.set_yticks(range(len(runs)), list(runs), parse_math=False)
    axes.set_ylim(len(runs) - 0.5, -0.5)
    axes.set_xlabel(xlabel)
    axes.grid(True, axis="x")
    axes.plot([], [], "o", color=BLUE, alpha=0.6, label="a seed")
    axes.plot([], [], "|", color=INK, markersize=12, markeredgewidth=2.5, label="mean")
    picture.legend(loc="outside lower right", ncols=2)
    return picture
