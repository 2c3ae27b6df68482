"""The parts of a gensim model, and the learning rate on its way through a training."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from course_lib.plots._pieces import blank_axes, finite_numbers, written
from course_lib.plots.picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    PALE_BLUE,
    PALETTE,
    Picture,
    Size,
    styled,
)

# What stands in the box of KeyedVectors, and what beside it: name, what it is.
WORDS = (
    ("index_to_key", "row → word"),
    ("key_to_index", "word → row"),
    ("vectors", "IN, (V, d)"),
    ("get_vecattr", "count, code, point"),
)
REST = (
    ("syn1neg", "OUT, (V, d)"),
    ("syn1", "nodes, V − 1 used"),
    ("cum_table", "noise words"),
    ("alpha, epochs", "settings"),
    ("random", "generator"),
)


@styled
def gensim_model(*, title: str | None = None, size: Size = (7, 3.5)) -> Picture:
    """Draw what a gensim Word2Vec model holds, and where.

    Parameters
    ----------
    title : str, optional
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        ``model.wv`` on the left, what only training needs on the right.
    """
    told = [", ".join(f"{name} ({what})" for name, what in each) for each in (WORDS, REST)]
    alt = (
        f"The box model, a Word2Vec, holds the box model.wv, KeyedVectors, with {told[0]}. Beside "
        f"it lies what only training needs: {told[1]}."
    )
    title = title or "To look words up, model.wv is enough"
    picture = Picture(title, alt, size)
    axes = blank_axes(picture, (0, 14), (0, 7))
    _box(axes, (0.2, 0.2), (13.6, 6.6), "white", GREY)
    _box(axes, (0.6, 0.6), (6.3, 5.2), PALE_BLUE, BLUE)
    _box(axes, (7.3, 0.6), (6.1, 5.2), PALE, ORANGE)
    heads = ((0.6, 6.25, "model: Word2Vec"), (1, 5.3, "model.wv: KeyedVectors"))
    for x, y, head in (*heads, (7.7, 5.3, "for training only")):
        axes.text(x, y, head, va="center", weight="bold", fontsize=10)
    for x, tab, parts in ((1, 2.6, WORDS), (7.7, 2.6, REST)):
        for row, (name, what) in enumerate(parts):
            y = 4.5 - 0.78 * row
            axes.text(x, y, name, va="center", family="DejaVu Sans Mono", fontsize=8.5)
            axes.text(x + tab, y, what, va="center", fontsize=9, color=INK)
    return picture


@styled
def learning_rates(
    alphas: Mapping[str, ArrayLike],
    epochs: int,
    *,
    title: str,
    size: Size = (7, 3.8),
) -> Picture:
    """Draw the learning rate of trainings of the same length.

    Parameters
    ----------
    alphas : dict of name to array, shape (n,)
        One to seven trainings: the rate at n places that lie equally far apart in the text.
    epochs : int
        How many epochs each of them has.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a training, and a line at zero where one of them goes below it.

    Raises
    ------
    ValueError
        No training or too many, an empty one, a rate that is not finite, or no epochs.
    """
    if not 1 <= len(alphas) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} trainings, not {len(alphas)}.")
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, not {epochs}.")
    runs = {name: finite_numbers(name, values, ndim=1) for name, values in alphas.items()}
    facts = [
        f"{name}: starts at {written(run[0], 4)}, lowest {written(run.min(), 4)}, rises "
        f"{(np.diff(run) > 0).sum()} times, ends at {written(run[-1], 4)}"
        for name, run in runs.items()
    ]
    alt = f"Learning rate over {epochs} epochs. {'; '.join(facts)}."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    for (name, run), color, dash in zip(runs.items(), PALETTE, ("-", "--", "-.") * 3, strict=False):
        places = np.arange(len(run)) * epochs / len(run)
        axes.plot(places, run, color=color, linestyle=dash, drawstyle="steps-post", label=name)
    if min(run.min() for run in runs.values()) < 0:
        axes.axhline(0, color=GREY, linewidth=1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="epochs done", ylabel="learning rate α")
    axes.grid(True, axis="y")
    picture.legend(loc="outside lower center", ncols=min(len(runs), 3))
    return picture


def _box(
    axes: Axes, corner: tuple[float, float], size: tuple[float, float], fill: str, edge: str
) -> None:
    shape = "round,pad=0,rounding_size=0.2"
    axes.add_patch(FancyBboxPatch(corner, *size, boxstyle=shape, fc=fill, ec=edge, lw=1.5))
