"""Files of pre-trained vectors: their bytes, and how long the vectors are."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from course_lib.plots._pieces import (
    blank_axes,
    enumerated,
    finite_numbers,
    one_row_each,
    place_labels,
    position,
    written,
)
from course_lib.plots.picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    PALE_BLUE,
    PALE_ORANGE,
    Picture,
    Size,
    styled,
)

FILLS = {"header": "#D5EDE4", "word": PALE_ORANGE, "number": PALE_BLUE, "separator": PALE}


@styled
def file_bytes(
    parts: Sequence[tuple[str, bytes]],
    *,
    title: str,
    columns: int = 16,
    size: Size | None = None,
) -> Picture:
    """Draw the bytes of a file, a cell a byte, coloured by what they stand for.

    Parameters
    ----------
    parts : sequence of (str, bytes)
        The bytes in their order, each run with what it is: "header", "word", "number" or
        "separator"; 8 rows of cells at most.
    title : str
        The finding.
    columns : int, default 16
        Bytes in a row.
    size : (float, float), optional
        Inches; chosen from the number of rows when left out.

    Returns
    -------
    Picture
        In each cell the byte as two hexadecimal digits, and under it the ASCII character, a dot
        where there is none; ⏎ is the end of a line and ␣ a space.

    Raises
    ------
    ValueError
        There are no bytes or too many, or a part is of an unknown kind.
    """
    unknown = [kind for kind, _ in parts if kind not in FILLS]
    if unknown:
        raise ValueError(f"A part is {', '.join(FILLS)}, not {unknown[0]!r}.")
    kinds = [kind for kind, data in parts for _ in data]
    data = b"".join(data for _, data in parts)
    lines = -(-len(data) // columns)
    if not 1 <= lines <= 8:
        raise ValueError(f"Give 1 to {8 * columns} bytes, not {len(data)}.")
    told = [f"{kind} {_read_aloud(kind, run)}" for kind, run in parts if kind != "separator"]
    alt = f"The {len(data)} bytes of a file: {'; '.join(told[:8])}"
    alt += f"; and {len(told) - 8} more." if len(told) > 8 else "."
    picture = Picture(title, alt, size or (7, 1.0 + 0.42 * lines))
    axes = blank_axes(picture, (-0.1, columns + 0.1), (-1.4, lines * 1.05))
    for place, (kind, byte) in enumerate(zip(kinds, data, strict=True)):
        x, y = place % columns, (lines - 1 - place // columns) * 1.05
        axes.add_patch(Rectangle((x + 0.03, y), 0.94, 0.98, fc=FILLS[kind], ec=GREY, lw=0.8))
        middle: dict[str, Any] = {"ha": "center", "va": "center", "parse_math": False}
        axes.text(x + 0.5, y + 0.68, f"{byte:02x}", fontsize=9, color=INK, **middle)
        axes.text(x + 0.5, y + 0.27, _character(byte), fontsize=8, color=GREY, **middle)
    used = [kind for kind in FILLS if kind in kinds]
    for place, kind in enumerate(used):
        left = place * columns / 4
        axes.add_patch(Rectangle((left + 0.03, -1.2), 0.7, 0.7, fc=FILLS[kind], ec=GREY, lw=0.8))
        axes.text(left + 0.9, -0.85, kind, fontsize=9, va="center")
    return picture


def _read_aloud(kind: str, run: bytes) -> str:
    """Give text as text, and numbers in hexadecimal digits."""
    printable = all(32 < byte < 127 for byte in run) or kind == "header"
    return repr(run.decode("utf-8", "replace")) if printable else f"bytes {run.hex(' ')}"


def _character(byte: int) -> str:
    named = {10: "\N{RETURN SYMBOL}", 32: "\N{OPEN BOX}"}
    return named.get(byte, chr(byte) if 32 < byte < 127 else "·")


@styled
def vector_lengths(
    vectors: ArrayLike,
    words: Sequence[str],
    mark: Sequence[str] = (),
    *,
    title: str,
    size: Size = (7, 4),
) -> Picture:
    """Draw how long the vectors of frequent and of rare words are.

    Parameters
    ----------
    vectors : array, shape (V, d)
        A row a word, the most frequent word first, as in most files; at least 20.
    words : sequence of str
        The V words.
    mark : sequence of str
        Words to point out.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Median length, and the band from the 10th to the 90th percentile, over the rank.

    Raises
    ------
    ValueError
        Too few vectors, or not one a word.
    KeyError
        A marked word is unknown.
    """
    lengths = np.linalg.norm(one_row_each("vectors", vectors, words), axis=1)
    V = len(lengths)
    if V < 20:
        raise ValueError(f"vector_lengths needs at least 20 vectors, not {V}.")
    rows = [position(word, words) for word in mark]
    edges = np.unique(np.geomspace(1, V + 1, 25).astype(int))
    bins = [lengths[a - 1 : b - 1] for a, b in itertools.pairwise(edges)]
    ranks = np.sqrt(edges[:-1] * (edges[1:] - 1.0))
    low, middle, high = np.array([np.percentile(each, [10, 50, 90]) for each in bins]).T
    top, longest = int(middle.argmax()), finite_numbers("middle", middle, 1).max()
    marked = [f"{words[row]} (rank {row + 1:,}) {written(lengths[row])}" for row in rows]
    alt = (
        f"Median length of the vectors by rank of the word: {written(middle[0])} at the first rank,"
        f" {written(longest)} around rank {ranks[top]:,.0f}, {written(middle[-1])} at the end"
        f"{'; marked: ' + enumerated(marked) if marked else ''}."
    )
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    axes.fill_between(ranks, low, high, color=PALE_BLUE, lw=0, label="10th to 90th percentile")
    axes.plot(ranks, middle, color=BLUE, label="median")
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="rank of the word, most frequent first", ylabel="length of the vector")
    axes.set_ylim(0, 1.25 * max(high.max(), lengths[rows].max(initial=0)))
    picture.legend(loc="outside lower center", ncols=2)
    points = np.column_stack([np.array(rows, dtype=float) + 1, lengths[rows]])
    if rows:
        axes.plot(*points.T, "o", color=ORANGE)
        picture.settle()
        dense = np.geomspace(ranks[0], ranks[-1], 200)
        curve = np.interp(np.log(dense), np.log(ranks), middle)
        place_labels(axes, points, mark, avoid=np.column_stack([dense, curve]))
    return picture
