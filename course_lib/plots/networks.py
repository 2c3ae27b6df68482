"""Diagrams of the models: look up, score, normalise."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from course_lib.plots._pieces import (
    blank_axes,
    draw_cells,
    enumerated,
    one_row_each,
    position,
    quoted,
    written,
)
from course_lib.plots.picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_ORANGE,
    Picture,
    Size,
    styled,
)

CELL, MIDDLE = 0.34, 2.25  # of the diagrams: edge of a cell, height of the middle line


@styled
def one_hot_lookup(
    words: Sequence[str],
    matrix: ArrayLike,
    word: str,
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw that a one-hot row vector times a matrix picks one row.

    Parameters
    ----------
    words : sequence of str
        The V words, at most 10.
    matrix : array, shape (V, d)
        Their vectors, d at most 4.
    word : str
        The word that is looked up.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from V when left out.

    Returns
    -------
    Picture
        One-hot vector, matrix and result, with the numbers in their cells.

    Raises
    ------
    KeyError
        The word is not among ``words``.
    ValueError
        The matrix does not fit, or is too large to show its numbers.
    """
    E = one_row_each("matrix", matrix, words)
    V, d = E.shape
    if V > 10 or d > 4:
        raise ValueError(f"A matrix of {V} by {d} is too large to read; 10 by 4 fits.")
    row = position(word, words)
    alt = (
        f"A one-hot row vector of length {V}, with its 1 at place {row} for {quoted(word)}, times "
        f"a {V} by {d} matrix gives row {row} of the matrix, counted from 0: "
        f"({', '.join(map(written, E[row]))})."
    )
    title = title or f"One-hot times matrix is a look-up: {quoted(word)} picks row {row}"
    names = max(len(name) for name in words) * 0.26 + 0.4
    narrow, wide = 0.6, max(len(written(value)) for value in E.flat) * 0.27
    starts = np.cumsum([0, narrow * V + 1.0, names, wide * d + 1.0])
    end = starts[3] + wide * d
    width, height = size or (7.0, np.inf)
    # the height of a cell in inches
    inches = min(0.36, (width - 0.3) / end, (height - 0.6) / (V + 1.4))
    fontsize = min(9.5, inches * 28)
    picture = Picture(title, alt, size or (7, 0.6 + inches * (V + 1.4)))
    axes = blank_axes(picture, (-0.1, end + 0.1), (-0.1, V + 1.3))
    middle = (V - 1) / 2
    one_hot = np.eye(V)[[row]]
    fills = np.where(one_hot == 1, PALE_ORANGE, "white")
    draw_cells(axes, (starts[0], middle), narrow, one_hot, fills, 0, fontsize)
    fills = np.where(np.arange(V)[:, None] == V - 1 - row, PALE_ORANGE, "white")
    draw_cells(axes, (starts[2], 0), wide, E[::-1], np.broadcast_to(fills, E.shape), 2, fontsize)
    draw_cells(axes, (starts[3], middle), wide, E[[row]], np.full((1, d), PALE_ORANGE), 2, fontsize)
    for index, name in enumerate(words):
        weight = "bold" if index == row else "normal"
        place = (starts[2] - 0.2, V - 0.5 - index)
        axes.text(
            *place, name, ha="right", va="center", weight=weight, fontsize=fontsize + 1.5,
            parse_math=False,
        )  # fmt: skip
    for x, sign in ((starts[1] - 0.5, "×"), (starts[3] - 0.5, "=")):
        axes.text(x, V / 2, sign, ha="center", va="center", fontsize=15)
    top = [middle + 1, V, middle + 1]
    heads = (f"one-hot (1, {V})", f"matrix ({V}, {d})", f"row {row} (1, {d})")
    widths = (narrow * V, wide * d, wide * d)
    for start, width, y, head in zip(starts[[0, 2, 3]], widths, top, heads, strict=True):
        axes.text(start + width / 2, y + 0.25, head, ha="center", va="bottom", color=GREY)
    return picture


@styled
def skipgram_architecture(
    vocabulary_size: int | None = None,
    vector_size: int | None = None,
    *,
    title: str = "Skip-gram: look up the centre word, score every word, take the softmax",
    size: Size = (7.6, 3.4),
) -> Picture:
    """Draw skip-gram with the full softmax as a chain of vectors and matrices.

    Notation as in Rong (2014), figure 1: x, W, h, W', scores, and the probabilities y^.

    Parameters
    ----------
    vocabulary_size, vector_size : int, optional
        V and d as numbers; the letters alone when left out.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The diagram, with names and shapes.

    Raises
    ------
    ValueError
        A number is below 1.
    """
    V, d = _sizes(vocabulary_size, vector_size)
    alt = (
        f"Skip-gram from left to right: a one-hot vector x of the centre word ({V} numbers) times "
        f"the matrix W ({V} by {d}) gives the hidden vector h = v_c ({d} numbers). The second "
        f"matrix W' ({V} by {d}) turns it into {V} scores, one for each word. "
        "The softmax makes them probabilities that sum to 1; that of a context word o is p(o | c)."
    )
    picture = Picture(title, alt, size)
    axes = blank_axes(picture, (0.1, 10.4), (0.5, 4.35))
    tall, short = min(vocabulary_size or 7, 7), min(vector_size or 3, 5)
    c, o = min(3, tall - 1), min(1, tall - 1)
    heads = ("one-hot", r"$x$"), ("hidden", r"$h = v_c$")
    _network(axes, (tall, short), (V, d), heads, [c], o)
    centre, context = (MIDDLE + ((tall - 1) / 2 - row) * CELL for row in (c, o))
    for x, y, name, ink in (
        (0.38, centre, "$c$", INK),
        (2.45, centre, "$v_c$", "white"),
        (5.85, context, "$u_o$", INK),
        (9.85, context, r"$p(o\mid c)$", INK),
    ):
        axes.text(x, y, name, ha="center", va="center", color=ink, fontsize=11)
    return picture


@styled
def cbow_architecture(
    vocabulary_size: int | None = None,
    vector_size: int | None = None,
    *,
    context_rows: Sequence[int] = (0, 2, 3, 5),
    center_row: int = 4,
    title: str = "CBOW: average the context words, score every word, take the softmax",
    size: Size = (7.6, 3.4),
) -> Picture:
    """Draw CBOW with the full softmax as a chain of vectors and matrices.

    Notation as in Rong (2014), figure 2, with the context as one bag of words: the mean of C
    one-hot vectors. A word that comes k times has k/C in it.

    Parameters
    ----------
    vocabulary_size, vector_size : int, optional
        V and d as numbers; the letters alone, and 7 rows, when left out.
    context_rows : sequence of int
        Rows of the C context words, among the rows that are drawn: the first 7 at most.
    center_row : int
        Row of the centre word; not one of the context.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The diagram, with names and shapes.

    Raises
    ------
    ValueError
        A number is below 1, or a row is not drawn or is both centre and context.
    """
    V, d = _sizes(vocabulary_size, vector_size)
    tall, short = min(vocabulary_size or 7, 7), min(vector_size or 3, 5)
    rows, C = sorted(set(context_rows)), len(context_rows)
    if not rows or not {*rows, center_row} <= set(range(tall)) or center_row in rows:
        raise ValueError(
            f"Rows {list(context_rows)} and {center_row}: give context rows and another row for "
            f"the centre, all from 0 to {tall - 1}."
        )
    times = [list(context_rows).count(row) for row in rows]
    told = enumerated([f"{count}/{C} at row {row}" for row, count in zip(rows, times, strict=True)])
    alt = (
        f"CBOW from left to right: a bag of the {C} context words ({V} numbers: {told}, 0 "
        f"elsewhere) times the matrix W ({V} by {d}) gives the hidden vector h ({d} numbers), the "
        f"mean of {C} rows of W. The second matrix W' ({V} by {d}) turns it into {V} scores, one "
        "for each word. The softmax makes them probabilities that sum to 1; that of the centre "
        f"word c, row {center_row}, is p(c | context)."
    )
    picture = Picture(title, alt, size)
    axes = blank_axes(picture, (0.1, 10.55), (0.5, 4.35))
    heads = ("bag of words", r"$\bar{x}$"), ("hidden", r"$h$ = mean")
    _network(axes, (tall, short), (V, d), heads, rows, center_row)
    for row, count in zip(rows, times, strict=True):
        y = MIDDLE + ((tall - 1) / 2 - row) * CELL
        axes.text(0.5, y, f"{count}/{C}", ha="right", va="center", fontsize=10)
    y = MIDDLE + ((tall - 1) / 2 - center_row) * CELL
    axes.text(5.85, y, "$u_c$", ha="center", va="center", color=INK, fontsize=11)
    axes.text(9.45, y, r"$p(c\mid$ context$)$", ha="left", va="center", fontsize=9)
    return picture


def _sizes(vocabulary_size: int | None, vector_size: int | None) -> tuple[str, str]:
    """V and d as they are written into a diagram."""
    for number in (vocabulary_size, vector_size):
        if number is not None and number < 1:
            raise ValueError(f"V and d must be at least 1, not {number}.")
    V = "V" if vocabulary_size is None else f"{vocabulary_size:,}"
    d = "d" if vector_size is None else f"{vector_size:,}"
    return V, d


def _network(
    axes: Axes, cells: tuple[int, int], shape: tuple[str, str],
    heads: tuple[tuple[str, str], tuple[str, str]], inputs: Sequence[int], output: int,
) -> None:  # fmt: skip
    """Input, W, hidden, W', scores, probabilities: rows of the input blue, the predicted orange."""
    (tall, short), (V, d) = cells, shape
    blue, orange = dict.fromkeys(inputs, BLUE), {output: ORANGE}
    _vector(axes, 0.75, tall, blue, heads[0], f"({V},)")
    _matrix_box(axes, 2.45, tall, blue, ("IN vectors", r"$W$"), f"({V}, {d})")
    _vector(axes, 4.15, short, dict.fromkeys(range(short), BLUE), heads[1], f"({d},)")
    _matrix_box(axes, 5.85, tall, orange, ("OUT vectors", r"$W'$"), f"({V}, {d})")
    _vector(axes, 7.55, tall, orange, ("scores", r"$s_j = u_j\cdot h$"), f"({V},)")
    _vector(axes, 9.2, tall, orange, ("probabilities", r"$\hat y$"), f"({V},)")
    for start, end in ((1.0, 1.7), (3.2, 3.9), (4.4, 5.1), (6.6, 7.3), (7.8, 8.95)):
        ends = (start, MIDDLE), (end, MIDDLE)
        arrow = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=14, color=INK, lw=1.5)
        axes.add_patch(arrow)
    axes.text(8.37, MIDDLE - 0.15, "softmax", ha="center", va="top", fontsize=10)


def _vector(
    axes: Axes, x: float, cells: int, filled: Mapping[int, str], head: tuple[str, str], shape: str
) -> None:
    bottom = MIDDLE - cells * CELL / 2
    for cell in range(cells):
        corner = (x - CELL / 2, bottom + (cells - 1 - cell) * CELL)
        fill = filled.get(cell, "white")
        axes.add_patch(Rectangle(corner, CELL, CELL, fc=fill, ec=INK, lw=1))
    _caption(axes, x, cells, head, shape)


def _matrix_box(
    axes: Axes, x: float, cells: int, filled: Mapping[int, str], head: tuple[str, str], shape: str
) -> None:
    width, bottom = 1.3, MIDDLE - cells * CELL / 2
    left = x - width / 2
    color = next(iter(filled.values()))
    pale = {BLUE: PALE_BLUE, ORANGE: PALE_ORANGE}[color]
    axes.add_patch(Rectangle((left, bottom), width, cells * CELL, fc=pale, ec=color, lw=1.5))
    for row in filled:
        corner = (left, bottom + (cells - 1 - row) * CELL)
        axes.add_patch(Rectangle(corner, width, CELL, fc=color, ec=color))
    _caption(axes, x, cells, head, shape)


def _caption(axes: Axes, x: float, cells: int, head: tuple[str, str], shape: str) -> None:
    bottom, top = MIDDLE - cells * CELL / 2, MIDDLE + cells * CELL / 2
    axes.text(x, top + 0.42, head[0], ha="center", va="bottom", fontsize=10, color=GREY)
    axes.text(x, top + 0.08, head[1], ha="center", va="bottom", fontsize=11)
    axes.text(x, bottom - 0.1, shape, ha="center", va="top", fontsize=10)
