"""GloVe: how much a count weighs, and what trained numbers have to do with frequency."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.glove_training import glove_weights
from course_lib.plots._pieces import finite_numbers, written
from course_lib.plots.picture import (
    GREY,
    MARKERS,
    PALE_BLUE,
    PALETTE,
    Picture,
    Size,
    styled,
)


@styled
def glove_weighting(
    counts: ArrayLike | None = None,
    x_max: float = 100.0,
    alphas: Sequence[float] = (0.5, 0.75, 1.0),
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw GloVe's weight f of a count (Pennington et al. 2014, equation 9).

    Parameters
    ----------
    counts : array, shape (n,), optional
        Co-occurrence counts above 0, drawn as a histogram behind the curves.
    x_max : float, default 100.0
        From this count on the weight is 1.
    alphas : sequence of float
        One to seven exponents.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One curve an exponent, over a logarithmic axis of counts.

    Raises
    ------
    ValueError
        No exponent or too many, or a count that is not above 0.
    """
    if not 1 <= len(alphas) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} exponents, not {len(alphas)}.")
    facts = [
        f"for alpha = {alpha:g} a count of 1 weighs {written(_weight(1, x_max, alpha), 3)}"
        for alpha in alphas
    ]
    alt = f"Weight f(x) against the count x: 1 from x = {x_max:g} on; {'; '.join(facts)}."
    low, high = x_max / 1000, x_max * 10
    found = None
    if counts is not None:
        found = finite_numbers("counts", counts, ndim=1)
        if (found <= 0).any():
            raise ValueError("A count is not above 0: zeros are not in the loss of GloVe.")
        low, high = min(low, float(found.min())), max(high, float(found.max()))
        alt += f" Of {len(found):,} counts {np.mean(found >= x_max):.2%} reach x_max."
    picture = Picture(title or f"A count weighs more, up to {x_max:g}", alt, size)
    axes = picture.add_subplot(xscale="log")
    x = np.geomspace(low, high, 300)
    if found is not None:
        shares = np.full(len(found), 1 / len(found))
        axes.hist(
            found, np.geomspace(low, high, 31).tolist(), weights=shares, color=PALE_BLUE,
            label="share of the counts",
        )  # fmt: skip
    for alpha, color in zip(alphas, PALETTE, strict=False):
        axes.plot(x, glove_weights(x, x_max, alpha), color=color, label=rf"$\alpha$ = {alpha:g}")
    axes.axvline(x_max, color=GREY, linewidth=1, linestyle=":", label=r"$x_{\max}$")
    axes.set(xlabel="count x", ylabel="weight f(x)", ylim=(0, 1.05))
    axes.grid(True, axis="y")
    picture.legend(loc="outside lower center", ncols=3)
    return picture


def _weight(count: float, x_max: float, alpha: float) -> float:
    return float(glove_weights(count, x_max, alpha))


@styled
def against_counts(
    counts: ArrayLike,
    values: Mapping[str, ArrayLike],
    *,
    ylabel: str,
    title: str,
    size: Size = (7, 4),
) -> Picture:
    """Draw numbers of words against how often the words occur: medians of ten groups.

    The words, in order of their counts, are cut into ten groups whose counts lie equally far apart
    on the logarithmic axis. A group without words is left out.

    Parameters
    ----------
    counts : array, shape (V,)
        Counts of the words, above 0, not all equal.
    values : dict of name to array, shape (V,)
        One to seven numbers of each word.
    ylabel : str
        What the numbers are.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        A line of medians for each name, with the middle half of the words as a band.

    Raises
    ------
    ValueError
        Counts that are not above 0 or all equal, values that do not fit them, or too many names.
    """
    seen = finite_numbers("counts", counts, ndim=1)
    if seen.min() <= 0 or np.ptp(seen) == 0:
        raise ValueError("The counts must lie above 0, and not all be equal.")
    if not 1 <= len(values) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} series, not {len(values)}.")
    rows = {name: finite_numbers(name, row, ndim=1) for name, row in values.items()}
    for name, row in rows.items():
        if len(row) != len(seen):
            raise ValueError(f"{name} has {len(row)} values for {len(seen)} counts.")
    edges = np.geomspace(seen.min(), seen.max(), 11)
    group = np.clip(np.searchsorted(edges, seen, "right") - 1, 0, 9)
    used = np.unique(group)
    middles = np.sqrt(edges[used] * edges[used + 1])
    quartiles = {
        name: np.array([np.quantile(row[group == each], [0.25, 0.5, 0.75]) for each in used])
        for name, row in rows.items()
    }
    facts = [
        f"{name} {written(medians[0, 1])} for the rarest and "
        f"{written(medians[-1, 1])} for the most frequent"
        for name, medians in quartiles.items()
    ]
    alt = f"{ylabel[0].upper()}{ylabel[1:]} against the count of the word, medians: "
    picture = Picture(title, f"{alt}{'; '.join(facts)}.", size)
    axes = picture.add_subplot(xscale="log")
    for (name, found), color, marker in zip(quartiles.items(), PALETTE, MARKERS, strict=False):
        axes.fill_between(middles, found[:, 0], found[:, 2], color=color, alpha=0.15, lw=0)
        axes.plot(middles, found[:, 1], color=color, marker=marker, markersize=5, label=name)
    axes.set(xlabel="count of the word", ylabel=ylabel)
    axes.grid(True)
    picture.legend(loc="outside lower center", ncols=min(len(rows), 3))
    return picture
