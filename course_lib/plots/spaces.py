"""Trained vectors: how similar they are, and in how many directions they vary."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from course_lib.embeddings import Embeddings
from course_lib.plots._pieces import (
    enumerated,
    finite_numbers,
    highest,
    quoted,
    write_cells,
    written,
)
from course_lib.plots.picture import DIVERGING, GREY, MARKERS, PALETTE, Picture, Size, styled


@styled
def similarity_heatmap(
    embeddings: Embeddings,
    words: Sequence[str],
    query: str = "in",
    target: str = "in",
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw the cosines between some words.

    Parameters
    ----------
    embeddings : Embeddings
        Trained vectors.
    words : sequence of str
        2 to 20 words of the vocabulary, each one once.
    query, target : {"in", "out"}
        Which vectors the rows and which the columns stand for.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of words when left out.

    Returns
    -------
    Picture
        One cell a pair, on a scale from -1 to 1.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        Too few or too many words, a word twice, or there are no such vectors.
    """
    if not 2 <= len(words) <= 20 or len(set(words)) < len(words):
        raise ValueError("Give 2 to 20 different words.")
    cosines = np.array([[embeddings.similarity(a, b, query, target) for b in words] for a in words])
    others = np.where(np.eye(len(words), dtype=bool), -np.inf, cosines)
    row, column = highest(others)
    best = f"{quoted(words[row])} and {quoted(words[column])} ({written(others[row, column])})"
    low_row, low_column = highest(-cosines)
    lowest = f"{quoted(words[low_row])} and {quoted(words[low_column])}"
    alt = (
        f"Cosines between {query.upper()} vectors (rows) and {target.upper()} vectors (columns) of "
        f"{enumerated(list(words))}. Highest between two words: {best}; lowest: {lowest} "
        f"({written(cosines[low_row, low_column])})."
    )
    edge = max(0.44 * len(words), 2.0)
    picture = Picture(title or f"Closest: {best}", alt, size or (max(edge + 2.4, 5), edge + 1.6))
    axes = picture.add_subplot()
    scale = Normalize(-1, 1)
    image = axes.imshow(cosines, cmap=DIVERGING, norm=scale)
    axes.set_xticks(range(len(words)), words, rotation=90, parse_math=False)
    axes.set_yticks(range(len(words)), words, parse_math=False)
    axes.set(xlabel=f"{target.upper()} vectors", ylabel=f"{query.upper()} vectors")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if len(words) <= 12:
        write_cells(axes, cosines, scale)
    picture.colorbar(image, ax=axes, shrink=0.8, label="cosine")
    return picture


@styled
def spectrum(
    shares: ArrayLike | Mapping[str, ArrayLike],
    *,
    title: str | None = None,
    size: Size = (7, 3.6),
) -> Picture:
    """Draw how much of the variance each principal component holds, and how it adds up.

    Parameters
    ----------
    shares : array, shape (k,), or dict of name to such arrays
        The shares of the variance, the largest first, as ``evaluation.spectrum`` gives them; for
        1 to 7 sets of vectors, 2 or more components each.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Left the share of each component, right the sum of the shares up to it.

    Raises
    ------
    ValueError
        No set or too many, or numbers that are no shares.
    """
    named = shares if isinstance(shares, Mapping) else {"variance": shares}
    if not 1 <= len(named) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} sets of shares, not {len(named)}.")
    held = {name: _shares(name, each) for name, each in named.items()}
    sums = {name: np.cumsum(each) for name, each in held.items()}
    half = {name: 1 + int(np.searchsorted(each, 0.5)) for name, each in sums.items()}
    facts = [
        f"{name}: the first {written(held[name][0])}, the first two {written(each[1])}, half "
        f"with {half[name]} of {len(each)}"
        for name, each in sums.items()
    ]
    alt = f"Share of the variance in the principal components. {'; '.join(facts)}."
    picture = Picture(title or _spectrum_title(sums, half), alt, size)
    left, right = picture.subplots(1, 2)
    for number, name in enumerate(named):
        places = np.arange(1, len(held[name]) + 1)
        marks: dict[str, Any] = {"color": PALETTE[number], "marker": MARKERS[number]}
        marks |= {"markersize": 5, "markevery": max(len(places) // 10, 1), "label": name}
        left.plot(places, held[name], **marks)
        right.plot(places, sums[name], **marks)
    left.set(xlabel="component", ylabel="share of the variance", ylim=(0, None))
    right.set(xlabel="components up to this one", ylabel="sum of the shares", ylim=(0, 1.03))
    right.axhline(0.5, color=GREY, linestyle=":", linewidth=1.5)
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(True, axis="y")
    if len(named) > 1:
        handles, labels = left.get_legend_handles_labels()
        picture.legend(handles, labels, loc="outside lower center", ncols=min(len(named), 4))
    return picture


def _shares(name: str, values: ArrayLike) -> NDArray[np.float64]:
    shares = finite_numbers(name, values, ndim=1)
    if len(shares) < 2 or shares.min() < 0 or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(f"{name} needs 2 or more shares that sum to 1.")
    if (np.diff(shares) > 0).any():
        raise ValueError(f"{name} needs the largest share first.")
    return shares


def _spectrum_title(sums: Mapping[str, NDArray], half: Mapping[str, int]) -> str:
    if len(sums) == 1:
        ((name, each),) = sums.items()
        return f"Two components hold {each[1]:.0%} of the variance; half of it takes {half[name]}"
    told = [f"{name} {each[1]:.0%}" for name, each in sums.items()]
    return f"Share of the variance that two components hold: {enumerated(told)}"
