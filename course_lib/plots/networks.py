"""Diagrams of the models: look up, score, normalise."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle
from numpy.typing import ArrayLike

from course_lib.plots._pieces import blank_axes, draw_cells, one_row_each, position, quoted, written
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
    for number in (vocabulary_size, vector_size):
        if number is not None and number < 1:
            raise ValueError(f"V and d must be at least 1, not {number}.")
    V = "V" if vocabulary_size is None else f"{vocabulary_size:,}"
    d = "d" if vector_size is None else f"{vector_size:,}"
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
    _vector(axes, 0.75, tall, {c: BLUE}, ("one-hot", r"$x$"), f"({V},)")
    _matrix_box(axes, 2.45, tall, {c: BLUE}, ("IN vectors", r"$W$"), f"({V}, {d})")
    whole = dict.fromkeys(range(short), BLUE)
    _vector(axes, 4.15, short, whole, ("hidden", r"$h = v_c$"), f"({d},)")
    _matrix_box(axes, 5.85, tall, {o: ORANGE}, ("OUT vectors", r"$W'$"), f"({V}, {d})")
    _vector(axes, 7.55, tall, {o: ORANGE}, ("scores", r"$s_j = u_j\cdot h$"), f"({V},)")
    _vector(axes, 9.2, tall, {o: ORANGE}, ("probabilities", r"$\hat y$"), f"({V},)")
    _row_names(axes, [MIDDLE + ((tall - 1) / 2 - row) * CELL for row in (c, o)])
    for start, end in ((1.0, 1.7), (3.2, 3.9), (4.4, 5.1), (6.6, 7.3), (7.8, 8.95)):
        ends = (start, MIDDLE), (end, MIDDLE)
        arrow = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=14, color=INK, lw=1.5)
        axes.add_patch(arrow)
    axes.text(8.37, MIDDLE - 0.15, "softmax", ha="center", va="top", fontsize=10)
    return picture


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
    for row, color in filled.items():
        pale = {BLUE: PALE_BLUE, ORANGE: PALE_ORANGE}[color]
        axes.add_patch(Rectangle((left, bottom), width, cells * CELL, fc=pale, ec=color, lw=1.5))
        corner = (left, bottom + (cells - 1 - row) * CELL)
        axes.add_patch(Rectangle(corner, width, CELL, fc=color, ec=color))
    _caption(axes, x, cells, head, shape)


def _row_names(axes: Axes, heights: Sequence[float]) -> None:
    """Name the rows of the centre word c and of one context word o."""
    centre, context = heights
    for x, y, name, ink in (
        (0.38, centre, "$c$", INK),
        (2.45, centre, "$v_c$", "white"),
        (5.85, context, "$u_o$", INK),
        (9.85, context, r"$p(o\mid c)$", INK),
    ):
        axes.text(x, y, name, ha="center", va="center", color=ink, fontsize=11)


def _caption(axes: Axes, x: float, cells: int, head: tuple[str, str], shape: str) -> None:
    bottom, top = MIDDLE - cells * CELL / 2, MIDDLE + cells * CELL / 2
    axes.text(x, top + 0.42, head[0], ha="center", va="bottom", fontsize=10, color=GREY)
    axes.text(x, top + 0.08, head[1], ha="center", va="bottom", fontsize=11)
    axes.text(x, bottom - 0.1, shape, ha="center", va="top", fontsize=10)
