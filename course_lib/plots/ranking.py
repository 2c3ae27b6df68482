"""Ranking by vectors: documents as centroids on the circle, and the weight of a mixture."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from numpy.typing import ArrayLike, NDArray

from course_lib.plots._pieces import finite_numbers, quoted, written
from course_lib.plots.picture import (
    BLUE,
    GREY,
    INK,
    MARKERS,
    ORANGE,
    PALETTE,
    Picture,
    Size,
    styled,
)


@styled
def centroids(
    documents: Mapping[str, Mapping[str, ArrayLike]],
    query: Mapping[str, ArrayLike],
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw documents as the centroids of their words' unit vectors, beside the query's words.

    Parameters
    ----------
    documents : dict of name to dict of word to array, shape (2,)
        For each of one to four documents the vectors of its words, of any length but 0.
    query : dict of word to array, shape (2,)
        The vectors of the query's words.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of documents when left out.

    Returns
    -------
    Picture
        A circle a document: thin arrows for its words, a thick one for the centroid, and the
        query's words.

    Raises
    ------
    ValueError
        There is no document or no query word, there are too many documents, or a vector is zero or
        not in the plane.
    """
    if not 1 <= len(documents) <= 4 or not query:
        raise ValueError(f"Give 1 to 4 documents and a query, not {len(documents)} documents.")
    asked = _directions("the query", query)
    words = {name: _directions(name, vectors) for name, vectors in documents.items()}
    centres = {name: np.mean(list(rows.values()), axis=0) for name, rows in words.items()}
    scores = {
        name: float(np.mean(list(asked.values()), axis=0) @ _unit(centre))
        for name, centre in centres.items()
    }
    best = max(scores, key=scores.__getitem__)
    facts = [f"{name} {written(score)}" for name, score in scores.items()]
    alt = (
        f"A unit circle for each document, with the vectors of its words, their centroid, and the "
        f"query {', '.join(map(quoted, asked))}. Mean cosines with the query: {'; '.join(facts)}."
    )
    width = size or (max(2.5 * len(words) + 0.3, 5.6), 3.5)
    picture = Picture(title or f"The centroid of {best} lies nearest to the query", alt, width)
    grid = picture.subplots(1, len(words), squeeze=False)[0]
    for axes, (name, rows) in zip(grid, words.items(), strict=True):
        _draw_words(axes, rows, ORANGE)
        _draw_words(axes, asked, BLUE)
        axes.annotate(
            "", centres[name], (0, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 3}
        )
        axes.set_title(f"{name}: {written(scores[name])}")
        axes.add_patch(Circle((0, 0), 1, fill=False, ec=GREY))
        axes.set(xlim=(-1.55, 1.55), ylim=(-1.3, 1.4), aspect="equal")
        axes.set_axis_off()
    axes.plot([], [], color=BLUE, label="IN of a query word")
    axes.plot([], [], color=ORANGE, label="OUT of a document word")
    axes.plot([], [], color=INK, linewidth=3, label="centroid")
    picture.legend(loc="outside lower center", ncols=3)
    return picture


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)


def _directions(name: str, vectors: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    found = {word: finite_numbers(f"{name}, {word}", row, 1) for word, row in vectors.items()}
    for word, row in found.items():
        if row.shape != (2,) or not row.any():
            raise ValueError(f"{name}, {word}: needs two numbers, not both 0.")
    return {word: _unit(row) for word, row in found.items()}


def _draw_words(axes: Axes, rows: Mapping[str, NDArray[np.float64]], color: str) -> None:
    for word, row in rows.items():
        arrow = {"arrowstyle": "->", "color": color, "lw": 1.8, "shrinkA": 0, "shrinkB": 0}
        x, y = float(row[0]), float(row[1])
        axes.annotate("", (x, y), (0, 0), arrowprops=arrow)
        side = "left" if x > 0.3 else "right" if x < -0.3 else "center"
        axes.text(
            1.14 * x, 1.14 * y, word, ha=side, va="center", color=INK, fontsize=10, parse_math=False
        )


@styled
def mixture_curve(
    means: Mapping[str, Mapping[float, float]],
    *,
    ylabel: str = "nDCG@10",
    title: str,
    size: Size = (7, 3.6),
) -> Picture:
    """Draw how good a mixture is for each weight, on a scale that shows the weights close to 1.

    Parameters
    ----------
    means : dict of name to dict of float to float
        For each mixture the measure by weight, from ``AlphaSearch.means``; the weights are the
        same for all, from 0 to 1.
    ylabel : str
        The measure.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        A line a mixture; the weights are places, evenly spread.

    Raises
    ------
    ValueError
        There is no line, there are too many, or their weights differ.
    """
    if not 1 <= len(means) <= 4:
        raise ValueError(f"Give 1 to 4 mixtures, not {len(means)}.")
    alphas = sorted(next(iter(means.values())))
    if any(sorted(curve) != alphas for curve in means.values()):
        raise ValueError("The mixtures have different weights; search the same ones.")
    curves = {
        name: finite_numbers(name, [curve[alpha] for alpha in alphas], 1)
        for name, curve in means.items()
    }
    facts = [
        f"{name} {written(curve[0])} at 0, best {written(curve.max())} at "
        f"{alphas[int(curve.argmax())]:.3g}, {written(curve[-1])} at 1"
        for name, curve in curves.items()
    ]
    alt = f"{ylabel} over the weight of DESM: {'; '.join(facts)}."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    for (name, curve), color, marker in zip(curves.items(), PALETTE, MARKERS, strict=False):
        axes.plot(curve, color=color, marker=marker, markersize=5, label=name)
    shown = [f"{alpha:.3g}" if alpha < 0.9 else f"{alpha:.4g}" for alpha in alphas]
    axes.set_xticks(range(len(alphas)), shown, rotation=90)
    axes.set_xlabel("weight of DESM")
    axes.set_ylabel(ylabel)
    axes.grid(True, axis="y")
    if len(curves) > 1:
        picture.legend(loc="outside lower right", ncols=len(curves))
    return picture
