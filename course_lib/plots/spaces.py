"""Trained vectors: how similar they are, and two of their dimensions."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike, NDArray

from course_lib.embeddings import Embeddings
from course_lib.plots._pieces import (
    enumerated,
    finite_numbers,
    highest,
    one_row_each,
    place_labels,
    quoted,
    write_cells,
    written,
)
from course_lib.plots.fonts import lettering
from course_lib.plots.picture import DIVERGING, MARKERS, PALE, PALETTE, Picture, Size, styled


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


def pca(vectors: ArrayLike, n_components: int = 2) -> tuple[NDArray, NDArray]:
    """Project vectors onto the directions in which they vary most (principal components).

    Parameters
    ----------
    vectors : array, shape (n, d)
        At least two vectors that are not all equal.
    n_components : int
        How many directions, 1 to min(n, d).

    Returns
    -------
    points : numpy.ndarray of float64, shape (n, n_components)
        Coordinates of the centred vectors. Of the two possible signs of each direction, the one
        is taken that makes the farthest point positive.
    shares : numpy.ndarray of float64, shape (n_components,)
        Share of the variance that each direction holds.

    Raises
    ------
    ValueError
        Too few vectors, all vectors equal, or too many components.
    """
    X = finite_numbers("vectors", vectors, ndim=2)
    if not 1 <= n_components <= min(X.shape):
        raise ValueError(f"n_components must be 1 to {min(X.shape)}, not {n_components}.")
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    variance = S**2
    if len(X) < 2 or variance.sum() <= 1e-24 * max(np.square(X).sum(), 1e-300):
        raise ValueError("PCA needs at least two different vectors.")
    points = U[:, :n_components] * S[:n_components]
    farthest = np.abs(points).argmax(axis=0)
    points *= np.where(points[farthest, np.arange(n_components)] < 0, -1.0, 1.0)
    return points, variance[:n_components] / variance.sum()


@styled
def scatter(
    points: ArrayLike,
    labels: Sequence[str],
    *,
    groups: Sequence[str] | Mapping[str, str] | None = None,
    glosses: Mapping[str, str] | None = None,
    shares: ArrayLike | None = None,
    title: str,
    size: Size = (7, 5),
) -> Picture:
    """Draw labelled points in the plane; labels move aside so that they do not collide.

    Parameters
    ----------
    points : array, shape (n, 2)
        Coordinates, such as the first result of ``pca``.
    labels : sequence of str
        The n words.
    groups : sequence of str, or dict of label to group, optional
        The group of each point, at most 7 different ones; shown by colour and by marker shape.
    glosses : dict of label to str, optional
        For Chinese words: what is written in their place where no installed font has them. The
        alt text has the words themselves.
    shares : array, shape (2,), optional
        The second result of ``pca``; named on the axes.
    title : str
        The finding. What a cloud of points shows is for the caller to say.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The points.

    Raises
    ------
    KeyError
        A label has no group.
    ValueError
        The shapes do not fit, or there are too many groups.
    """
    xy = one_row_each("points", points, labels)
    if xy.shape[1] != 2:
        raise ValueError(f"points has shape {xy.shape}, expected ({len(labels)}, 2).")
    members = _groups(labels, groups)
    written, family, title = lettering(labels, title, glosses)
    picture = Picture(title, _scatter_alt(xy, labels, members, groups is not None), size)
    axes = picture.add_subplot()
    axes.margins(0.12)
    for (name, rows), color, marker in zip(members.items(), PALETTE, MARKERS, strict=False):
        x, y = xy[rows].T
        axes.scatter(x, y, s=42, color=color, marker=marker, label=name, zorder=3)
    names = ["first direction", "second direction"]
    if shares is not None:
        held = finite_numbers("shares", shares, ndim=1)
        if len(held) != 2:
            raise ValueError(f"shares has {len(held)} values, expected one for each of two axes.")
        names = [f"component {i} ({share:.0%} of the variance)" for i, share in enumerate(held, 1)]
    axes.set(xlabel=names[0], ylabel=names[-1])
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.axvline(0, color=PALE, linewidth=1, zorder=0)
    if groups is not None:
        picture.legend(loc="outside lower center", ncols=min(len(members), 5))
    picture.settle()
    place_labels(axes, xy, written, family=family)
    return picture


def _groups(
    labels: Sequence[str], groups: Sequence[str] | Mapping[str, str] | None
) -> dict[str, list[int]]:
    """Rows of each group, in order of first appearance."""
    if groups is None:
        return {"words": list(range(len(labels)))}
    if isinstance(groups, Mapping):
        missing = [label for label in labels if label not in groups]
        if missing:
            raise KeyError(f"No group is given for {enumerated(missing[:5])}.")
        groups = [groups[label] for label in labels]
    if len(groups) != len(labels):
        raise ValueError(f"{len(groups)} groups for {len(labels)} labels; give one each.")
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    if len(members) > len(PALETTE):
        raise ValueError(f"{len(members)} groups; at most {len(PALETTE)} can be told apart.")
    return members


def _scatter_alt(
    xy: NDArray, labels: Sequence[str], members: Mapping[str, list[int]], grouped: bool
) -> str:
    if not grouped:
        left, right = labels[int(xy[:, 0].argmin())], labels[int(xy[:, 0].argmax())]
        bottom, top = labels[int(xy[:, 1].argmin())], labels[int(xy[:, 1].argmax())]
        return (
            f"{len(labels)} words in the plane; at the edges lie {quoted(left)} (left), "
            f"{quoted(right)} (right), {quoted(bottom)} (bottom) and {quoted(top)} (top)."
        )
    facts = []
    for name, rows in members.items():
        x, y = xy[rows].mean(axis=0)
        some = enumerated([labels[row] for row in rows])
        if len(rows) > 4:
            some = f"{', '.join(labels[row] for row in rows[:3])} and {len(rows) - 3} more"
        facts.append(f"{name} ({some}) around ({written(x)}, {written(y)})")
    number = f"{len(members)} group{'s' if len(members) > 1 else ''}"
    return f"{len(labels)} words in the plane, {number}: {'; '.join(facts)}."
