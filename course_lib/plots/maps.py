"""Maps of words: vectors laid out in the plane, neighbourhoods, words that moved."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings, unit
from course_lib.plots._pieces import (
    Groups,
    enumerated,
    grouped,
    place_labels,
    position,
    quoted,
    written,
)
from course_lib.plots.fonts import lettering
from course_lib.plots.picture import (
    GREY,
    MARKERS,
    PALE,
    PALETTE,
    SEQUENTIAL,
    VERMILION,
    Picture,
    Size,
    styled,
)
from course_lib.projections import Projection, project


@styled
def word_map(
    vectors: Embeddings | Projection,
    words: Sequence[str],
    groups: Groups | None = None,
    *,
    glosses: Mapping[str, str] | None = None,
    title: str | None = None,
    size: Size | None = None,
    **options: Any,
) -> Picture:
    """Draw words in the plane; their labels move aside so that they do not collide.

    Parameters
    ----------
    vectors : Embeddings or Projection
        Where the words lie: a projection with a row a word, in their order; or trained vectors,
        whose IN vectors of these words are projected.
    words : sequence of str
        The n words; up to 200 stay legible.
    groups : sequence of str, or dict of word to group, optional
        The group of each word, at most 7 different ones; shown by colour and by marker shape.
    glosses : dict of word to str, optional
        For Chinese words: what is written in their place where no installed font has them. The
        alt text has the words themselves.
    title : str, optional
        The finding. What a cloud of points shows is for the caller to say; left out, the title
        names the method and what it left out.
    size : (float, float), optional
        Inches; chosen from the number of words when left out.
    **options
        Settings of ``project`` for trained vectors, such as ``method="tsne", perplexity=10``.

    Returns
    -------
    Picture
        The points.

    Raises
    ------
    KeyError
        A word is unknown, or has no group.
    ValueError
        The shapes do not fit, there are too many groups, or what ``project`` refuses.
    """
    projection = _laid_out(vectors, words, options)
    members = grouped(words, groups)
    letters, family, title = lettering(words, title or _map_title(projection), glosses)
    alt = _map_alt(projection, words, members, groups is not None)
    picture = Picture(title, alt, size or _map_size(len(words)))
    axes = picture.add_subplot()
    axes.margins(0.12 if len(words) <= 50 else 0.05)
    _draw_groups(axes, projection.points, members)
    _name_axes(axes, projection)
    if groups is not None:
        picture.legend(loc="outside lower center", ncols=min(len(members), 5))
    picture.settle()
    place_labels(axes, projection.points, letters, family=family, fontsize=_letter_size(words))
    return picture


def _laid_out(
    vectors: Embeddings | Projection, words: Sequence[str], options: Mapping[str, Any]
) -> Projection:
    if isinstance(vectors, Embeddings):
        rows = [vectors.vocabulary.index(word) for word in words]
        return project(vectors.input_vectors[rows], **options)
    if not isinstance(vectors, Projection):
        raise ValueError(
            f"Give Embeddings or what project(...) gave, not a {type(vectors).__name__}."
        )
    if options:
        raise ValueError(f"The points are there already, so {enumerated(list(options))} is late.")
    if len(vectors) != len(words):
        raise ValueError(f"{len(vectors)} points for {len(words)} words; give one a word.")
    return vectors


def _map_size(n: int) -> Size:
    if n <= 50:
        return (7, 5)
    return (8.5, 7) if n <= 100 else (10, 9)


def _letter_size(words: Sequence[str]) -> float:
    return 10 if len(words) <= 60 else 8


def _map_title(projection: Projection) -> str:
    if projection.shares is None:
        return f"{len(projection)} words by {projection.method}: near is near, far means nothing"
    rest = 1 - projection.shares.sum()
    return f"{len(projection)} words by PCA: this plane leaves out {rest:.0%} of their variance"


def _draw_groups(axes: Axes, points: NDArray, members: Mapping[str, list[int]]) -> None:
    side = 42 if len(points) <= 50 else 24
    for (name, rows), color, marker in zip(members.items(), PALETTE, MARKERS, strict=False):
        x, y = points[rows].T
        axes.scatter(x, y, s=side, color=color, marker=marker, label=name, zorder=3)


def _name_axes(axes: Axes, projection: Projection) -> None:
    """Name what an axis means; those of t-SNE and UMAP mean nothing, and have no numbers."""
    if projection.shares is None:
        axes.set(xlabel=projection.method, xticks=[], yticks=[])
        return
    names = [
        f"component {number} ({share:.0%} of the variance)"
        for number, share in enumerate(projection.shares, 1)
    ]
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.axvline(0, color=PALE, linewidth=1, zorder=0)


def _map_alt(
    projection: Projection, words: Sequence[str], members: Mapping[str, list[int]], named: bool
) -> str:
    if projection.shares is None:  # the places differ from machine to machine, so none is told
        told = "; ".join(f"{name} ({_some(words, rows)})" for name, rows in members.items())
        return f"{len(words)} words in the plane by {projection.method}: {told}."
    x, y = projection.points.T
    if not named:
        left, right = words[int(x.argmin())], words[int(x.argmax())]
        bottom, top = words[int(y.argmin())], words[int(y.argmax())]
        return (
            f"{len(words)} words in the plane; at the edges lie {quoted(left)} (left), "
            f"{quoted(right)} (right), {quoted(bottom)} (bottom) and {quoted(top)} (top)."
        )
    facts = []
    for name, rows in members.items():
        place = f"({written(x[rows].mean())}, {written(y[rows].mean())})"
        facts.append(f"{name} ({_some(words, rows)}) around {place}")
    number = f"{len(members)} group{'s' if len(members) > 1 else ''}"
    return f"{len(words)} words in the plane, {number}: {'; '.join(facts)}."


def _some(words: Sequence[str], rows: Sequence[int]) -> str:
    """Name the words of some rows, the first ones where there are many."""
    if len(rows) <= 4:
        return enumerated([words[row] for row in rows])
    return f"{', '.join(words[row] for row in rows[:3])} and {len(rows) - 3} more"


@styled
def neighbourhood(
    embeddings: Embeddings,
    word: str,
    topn: int = 20,
    *,
    query: str = "in",
    target: str = "in",
    glosses: Mapping[str, str] | None = None,
    title: str | None = None,
    size: Size | None = None,
    **options: Any,
) -> Picture:
    """Draw a word and its nearest neighbours: how far in the picture, how near by the cosine.

    Parameters
    ----------
    embeddings : Embeddings
        Trained vectors.
    word : str
        The word in the middle of the question, not always of the picture.
    topn : int, default 20
        How many neighbours, 2 to 200, by the cosine of the whole vectors.
    query, target : {"in", "out"}
        Which vector of the word, and which vectors of its neighbours.
    glosses : dict of word to str, optional
        For Chinese words: what is written in their place where no installed font has them.
    title : str, optional
        The finding; left out, it compares the nearest by cosine with the nearest in the picture.
    size : (float, float), optional
        Inches; chosen from ``topn`` when left out.
    **options
        Settings of ``project``, such as ``method="tsne", perplexity=5``.

    Returns
    -------
    Picture
        The vectors at length 1, projected; the darker a neighbour, the higher its cosine.

    Raises
    ------
    KeyError
        The word is unknown.
    ValueError
        Too few or too many neighbours, there are no such vectors, or what ``project`` refuses.
    """
    if not 2 <= topn <= 200:
        raise ValueError(f"topn must be 2 to 200, not {topn}.")
    found = embeddings.most_similar(word, topn=topn, query=query, target=target)
    names, cosines = [word, *(name for name, _ in found)], np.array([value for _, value in found])
    near = [embeddings.vector(name, target) for name in names[1:]]
    projection = project([embeddings.vector(word, query), *near], normalise=True, **options)
    points = projection.points
    first = names[1 + int(np.linalg.norm(points[1:] - points[0], axis=1).argmin())]
    best = f"{quoted(names[1])} ({written(cosines[0])})"
    finding = f"Nearest to {quoted(word)} by the cosine: {best}; in this picture: {quoted(first)}"
    letters, family, title = lettering(names, title or finding, glosses)
    told = enumerated([f"{n} {written(c)}" for n, c in found[:8]])
    alt = (
        f"{quoted(word)} and its {len(found)} nearest neighbours by {projection.method}, the "
        f"nearest by the cosine of the whole vectors: {told}."
    )
    if projection.shares is not None:
        alt += f" In the picture {quoted(first)} is the nearest; it holds "
        alt += f"{projection.shares.sum():.0%} of the variance."
    picture = Picture(title, alt, size or _map_size(len(names)))
    axes = picture.add_subplot()
    axes.margins(0.12 if len(names) <= 50 else 0.05)
    drawn = axes.scatter(
        points[1:, 0], points[1:, 1], c=cosines, cmap=SEQUENTIAL, s=42, edgecolor=GREY, lw=0.8,
        zorder=3,
    )  # fmt: skip
    axes.scatter(points[0, 0], points[0, 1], s=100, color=VERMILION, marker="*", zorder=4)
    _name_axes(axes, projection)
    picture.colorbar(drawn, ax=axes, shrink=0.7, aspect=30, label="cosine")
    picture.settle()
    place_labels(axes, points, letters, family=family, fontsize=_letter_size(names), bold=[0])
    return picture


@styled
def movement(
    before: Embeddings,
    after: Embeddings,
    words: Sequence[str],
    groups: Groups | None = None,
    *,
    glosses: Mapping[str, str] | None = None,
    title: str | None = None,
    size: Size | None = None,
    **options: Any,
) -> Picture:
    """Draw how words moved, as in fine-tuning: an arrow from each old place to the new one.

    One projection is fitted to the old and the new vectors together, so that both lie in the same
    picture. That makes sense where the new vectors started from the old ones, or were rotated to
    fit them; two trainings from scratch have nothing to do with each other's axes.

    Parameters
    ----------
    before, after : Embeddings
        IN vectors of one length d; each has all of the words, in any order.
    words : sequence of str
        The n words; up to 100 stay legible.
    groups : sequence of str, or dict of word to group, optional
        The group of each word, at most 7 different ones, such as frozen and free.
    glosses : dict of word to str, optional
        For Chinese words: what is written in their place where no installed font has them.
    title : str, optional
        The finding; left out, it names the word that moved most, by the cosine.
    size : (float, float), optional
        Inches; chosen from the number of words when left out.
    **options
        Settings of ``project``, such as ``method="tsne", perplexity=10``.

    Returns
    -------
    Picture
        The new place of each word as a marker with a label, the old one as a ring.

    Raises
    ------
    KeyError
        A word is unknown, before or after, or has no group.
    ValueError
        The vectors differ in length, there are too many groups, or what ``project`` refuses.
    """
    old, new = (
        each.input_vectors[[each.vocabulary.index(word) for word in words]]
        for each in (before, after)
    )
    if old.shape != new.shape:
        raise ValueError(
            f"The vectors have {old.shape[1]} numbers before and {new.shape[1]} after."
        )
    members = grouped(words, groups)
    projection = project(np.concatenate([old, new]), **options)
    starts, ends = np.split(projection.points, 2)
    cosines = (unit(old) * unit(new)).sum(axis=1)
    letters, family, title = lettering(words, title or _moved_title(words, cosines), glosses)
    alt = _moved_alt(projection, words, cosines, members if groups is not None else {})
    picture = Picture(title, alt, size or _map_size(2 * len(words)))
    axes = picture.add_subplot()
    axes.margins(0.12 if len(words) <= 25 else 0.05)
    _draw_groups(axes, ends, members)
    axes.plot(*starts.T, "o", color=GREY, markersize=4, fillstyle="none", label="before", zorder=2)
    _name_axes(axes, projection)
    picture.legend(loc="outside lower center", ncols=min(len(members) + 1, 5))
    picture.settle()
    _draw_arrows(axes, starts, ends)
    shafts = np.concatenate([starts + share * (ends - starts) for share in np.linspace(0, 0.9, 7)])
    place_labels(axes, ends, letters, avoid=shafts, family=family)
    return picture


def _draw_arrows(axes: Axes, starts: NDArray, ends: NDArray) -> None:
    """Draw the arrows that do not vanish under their markers."""
    look = {"arrowstyle": "->", "color": GREY, "linewidth": 1.2, "shrinkA": 2, "shrinkB": 4}
    pixels = np.linalg.norm(
        axes.transData.transform(ends) - axes.transData.transform(starts), axis=1
    )
    for row in np.flatnonzero(pixels > 18):
        axes.annotate("", ends[row], starts[row], arrowprops=look, zorder=2)


def _moved_title(words: Sequence[str], cosines: NDArray) -> str:
    most = int(cosines.argmin())
    if cosines[most] > 1 - 1e-9:
        return "No word has turned"
    return f"{quoted(words[most])} turned most: cosine {written(cosines[most])} with its old vector"


def _moved_alt(
    projection: Projection, words: Sequence[str], cosines: NDArray,
    members: Mapping[str, list[int]],
) -> str:  # fmt: skip
    shown = "" if projection.shares is None else f" ({projection.shares.sum():.0%} of the variance)"
    order = np.argsort(cosines, kind="stable")
    told = enumerated([f"{words[row]} {written(cosines[row])}" for row in order[:5]])
    alt = (
        f"{len(words)} words before and after, in one {projection.method} fitted on both together"
        f"{shown}, with an arrow from the old place to the new one. Cosine of old and new vector, "
        f"lowest first: {told}; the mean is {written(cosines.mean())}"
    )
    groups = [f"{name} {written(cosines[rows].mean())}" for name, rows in members.items()]
    return alt + (f", by group {enumerated(groups)}." if groups else ".")


@styled
def projections_grid(
    projections: Sequence[Projection] | Mapping[str, Projection],
    words: Sequence[str],
    groups: Groups | None = None,
    *,
    mark: Sequence[str] = (),
    title: str,
    size: Size | None = None,
) -> Picture:
    """Draw several projections of the same words side by side, such as several seeds.

    Parameters
    ----------
    projections : sequence of Projection, or dict of name to Projection
        2 to 9, each with a row a word; without names the panels are named by their methods.
    words : sequence of str
        The n words.
    groups : sequence of str, or dict of word to group, optional
        The group of each word, at most 7 different ones: the same colour and marker everywhere.
    mark : sequence of str
        Words to label in each panel, at most 12.
    title : str
        The finding. What the panels have in common is for the caller to say.
    size : (float, float), optional
        Inches; chosen from the number of panels when left out.

    Returns
    -------
    Picture
        A panel a projection, each with its own scale.

    Raises
    ------
    KeyError
        A word to label is not among the words, or a word has no group.
    ValueError
        Too few or too many projections, groups or labels, or points that do not fit the words.
    """
    panels = projections
    if not isinstance(panels, Mapping):
        panels = {f"({n}) {each.method}": each for n, each in enumerate(panels, 1)}
    if not 2 <= len(panels) <= 9 or len(mark) > 12:
        raise ValueError(f"Give 2 to 9 projections, not {len(panels)}, and up to 12 words to mark.")
    for name, projection in panels.items():
        if len(projection) != len(words):
            raise ValueError(f"{name} has {len(projection)} points for {len(words)} words.")
    rows = [position(word, words) for word in mark]
    members = grouped(words, groups)
    told = f" in {len(members)} groups, {enumerated(list(members))}" if groups is not None else ""
    marked = f"; labelled are {enumerated(list(mark))}" if mark else ""
    alt = (
        f"{len(panels)} pictures of the same {len(words)} words{told}: {'; '.join(panels)}{marked}."
    )
    columns = min(len(panels), 2 if len(panels) in (2, 4) else 3)
    lines = -(-len(panels) // columns)
    edge = 10 / columns if columns == 3 else 4.2
    picture = Picture(title, alt, size or (edge * columns, 0.86 * edge * lines + 0.9))
    grid = picture.subplots(lines, columns, squeeze=False).ravel()
    for axes, (name, projection) in zip(grid, panels.items(), strict=False):
        axes.margins(0.12)
        axes.set_title(name, fontsize=10)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(True)
        _draw_groups(axes, projection.points, members)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    if groups is not None:
        handles, labels = grid[0].get_legend_handles_labels()
        picture.legend(handles, labels, loc="outside lower center", ncols=min(len(members), 5))
    picture.settle()
    for axes, projection in zip(grid, panels.values(), strict=False):
        others = np.delete(projection.points, rows, axis=0)
        place_labels(axes, projection.points[rows], mark, avoid=others)
    return picture
