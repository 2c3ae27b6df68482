"""The window that slides over a sentence."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from course_lib.plots._pieces import blank_axes, enumerated, finite_numbers, quoted, written
from course_lib.plots.picture import (
    BLUE,
    DPI,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_ORANGE,
    VERMILION,
    Picture,
    Size,
    styled,
    text_size,
)


@styled
def window(
    tokens: Sequence[str],
    center: int,
    window: int = 2,
    *,
    shrink: bool = False,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw a sentence with a centre word and its context words marked.

    Parameters
    ----------
    tokens : sequence of str
        The sentence; about 12 words fit.
    center : int
        Position of the centre word, from 0.
    window : int
        Largest distance between centre and context, at least 1.
    shrink : bool
        Draw every reach from ``window`` down to 1 under each other, as the shrinking window of
        word2vec can draw them (Mikolov et al. 2013a, section 3.2).
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of rows when left out.

    Returns
    -------
    Picture
        One row a reach.

    Raises
    ------
    ValueError
        The centre is outside the sentence, the window below 1, or the sentence too long to show.
    """
    if not 0 <= center < len(tokens):
        raise ValueError(f"center must be 0 to {len(tokens) - 1}, not {center}.")
    if window < 1:
        raise ValueError(f"window must be at least 1, not {window}.")
    reaches = list(range(window, 0, -1)) if shrink else [window]
    contexts = {reach: _context(tokens, center, reach) for reach in reaches}
    told = [f"reach {reach} takes in {enumerated(found)}" for reach, found in contexts.items()]
    alt = f"The sentence {quoted(' '.join(tokens))} with the centre word {quoted(tokens[center])}"
    alt += f" marked: {'; '.join(told)}."
    if title is None:
        most = len(contexts[window])
        many = f"{most} context word{'s' if most != 1 else ''}"
        title = f"{quoted(tokens[center])} is paired with {'at most ' if shrink else ''}{many}"
    width, height = size or (7, 1.15 + 0.55 * len(reaches))
    picture = Picture(title, alt, (width, height))
    axes = blank_axes(picture, (0, width), (-0.6, len(reaches) * 0.55))
    left = 1.0 if shrink else 0.05
    boxes, fontsize = _token_boxes(tokens, left, width - 0.05)
    for line, reach in enumerate(reaches):
        y = (len(reaches) - 1 - line) * 0.55
        if shrink:
            axes.text(0.02, y + 0.2, f"reach {reach}", va="center", color=GREY)
        for position, (x, box) in enumerate(boxes):
            role = "none"
            if abs(position - center) <= reach:
                role = "centre" if position == center else "context"
            _token(axes, (x, y), box, tokens[position], role, fontsize)
    for x, role in ((left, "centre"), (left + 0.8, "context")):
        _token(axes, (x, -0.55), 0.7, role, role, 9, height=0.28)
    return picture


def _context(tokens: Sequence[str], center: int, reach: int) -> list[str]:
    left = list(tokens[max(center - reach, 0) : center])
    return left + list(tokens[center + 1 : center + 1 + reach])


def _token_boxes(
    tokens: Sequence[str], left: float, right: float
) -> tuple[list[tuple[float, float]], float]:
    """Left edge and width in inches of every token, and the font size at which they fit."""
    for fontsize in (11, 10, 9, 8):
        widths = [text_size(token, fontsize)[0] / DPI + 0.16 for token in tokens]
        edges = left + np.cumsum([0, *(width + 0.06 for width in widths)])
        if edges[-1] <= right + 0.06:
            return list(zip(edges[:-1].tolist(), widths, strict=True)), fontsize
    raise ValueError(f"{len(tokens)} tokens do not fit in one line; show a part of the sentence.")


def _token(
    axes: Axes, corner: tuple[float, float], width: float, text: str, role: str, fontsize: float,
    height: float = 0.4,
) -> None:  # fmt: skip
    fill, edge, ink = {
        "centre": (BLUE, BLUE, "white"),
        "context": (PALE_ORANGE, ORANGE, INK),
        "none": ("none", "none", GREY),
    }[role]
    x, y = corner
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, fc=fill, ec=edge, lw=1.5))
    axes.text(
        x + width / 2, y + height / 2 - 0.01, text, ha="center", va="center", color=ink,
        fontsize=fontsize, weight="bold" if role == "centre" else "normal", parse_math=False,
    )  # fmt: skip


@styled
def window_weights(
    window: int,
    pair_counts: ArrayLike | None = None,
    *,
    title: str | None = None,
    size: Size = (7, 3.6),
) -> Picture:
    """Draw how often a shrinking window meets each distance.

    The reach is drawn uniformly from 1 to w, so that distance d is met with probability
    (w - d + 1) / w (Mikolov et al. 2013a, section 3.2).

    Parameters
    ----------
    window : int
        Largest distance w, at least 2.
    pair_counts : array, shape (window,), optional
        Measured number of pairs at distance 1, 2, ..., w. They are drawn relative to distance 1.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Bars for the expected weight, points for the measured one.

    Raises
    ------
    ValueError
        The window is below 2, or the counts do not fit.
    """
    if window < 2:
        raise ValueError(f"window must be at least 2, not {window}: 1 cannot shrink.")
    distances = np.arange(1, window + 1)
    expected = (window - distances + 1) / window
    listed = enumerated([written(weight) for weight in expected])
    alt = f"Weight of the distances 1 to {window} in a shrinking window, expected: {listed}."
    if title is None:
        title = f"A neighbour counts {window} times as much as a word {window} places away"
    measured = None
    if pair_counts is not None:
        measured = finite_numbers("pair_counts", pair_counts, ndim=1)
        if len(measured) != window or measured[0] <= 0 or measured.min() < 0:
            raise ValueError(f"pair_counts must be {window} counts, the first one above 0.")
        measured = measured / measured[0]
        alt += f" Measured: {enumerated([written(weight) for weight in measured])}."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    label = "expected: (w − δ + 1) / w"
    axes.bar(distances, expected, width=0.6, color=PALE_BLUE, ec=BLUE, label=label)
    if measured is not None:
        axes.plot(distances, measured, "D", color=VERMILION, markersize=8, label="measured")
    axes.set(xlabel="distance δ between centre and context", ylabel="weight", ylim=(0, 1.1))
    axes.set_xticks(distances)
    axes.legend(loc="upper right")
    return picture
