"""What several figures are drawn with: checked numbers, cells, labels that do not collide."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike, NDArray

from course_lib.plots.picture import (
    DIVERGING,
    DPI,
    GREY,
    INK,
    MINUS,
    PALETTE,
    Picture,
    text_size,
)

Groups = Sequence[str] | Mapping[str, str]


def finite_numbers(name: str, values: ArrayLike, ndim: int) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != ndim or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected {ndim} axes and some values.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity.")
    return array


def one_row_each(name: str, matrix: ArrayLike, labels: Sequence[str]) -> NDArray[np.float64]:
    array = finite_numbers(name, matrix, ndim=2)
    if len(array) != len(labels):
        raise ValueError(f"{name} has {len(array)} rows for {len(labels)} words; give one a row.")
    return array


def position(label: str, labels: Sequence[str]) -> int:
    if label not in labels:
        raise KeyError(f"{label!r} is not among {enumerated(list(labels[:10]))}.")
    return list(labels).index(label)


def highest(matrix: NDArray) -> tuple[int, int]:
    """Row and column of the largest value."""
    row, column = divmod(int(matrix.argmax()), matrix.shape[1])
    return row, column


def quoted(word: str) -> str:
    return f"“{word}”"


def enumerated(words: Sequence[str]) -> str:
    if not words:
        return "nothing"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def blank_axes(picture: Picture, x: tuple[float, float], y: tuple[float, float]) -> Axes:
    """Axes without axes, for diagrams: one unit is as long in x as in y."""
    axes = picture.add_subplot()
    axes.set(xlim=x, ylim=y, aspect="equal")
    axes.set_axis_off()
    return axes


def draw_cells(
    axes: Axes, corner: tuple[float, float], width: float, values: NDArray, fills: NDArray,
    digits: int, fontsize: float,
) -> None:  # fmt: skip
    """Draw a grid of numbers; row 0 at the bottom, cells one unit high."""
    for (row, column), value in np.ndenumerate(values):
        x, y = corner[0] + column * width, corner[1] + row
        axes.add_patch(Rectangle((x, y), width, 1, fc=str(fills[row, column]), ec=GREY, lw=1))
        place, text = (x + width / 2, y + 0.46), written(value, digits)
        axes.text(*place, text, ha="center", va="center", fontsize=fontsize)


def write_cells(axes: Axes, panel: NDArray, scale: Normalize) -> None:
    """Write the values into the cells, white on dark colours."""
    for (row, column), value in np.ndenumerate(panel):
        red, green, blue, _ = DIVERGING(scale(value))
        ink = INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
        axes.text(column, row, written(value), ha="center", va="center", color=ink, fontsize=9)


def written(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign, and zero without one."""
    return f"{value:z.{digits}f}".replace("-", MINUS)


def grouped(words: Sequence[str], groups: Groups | None) -> dict[str, list[int]]:
    """Rows of each group, in order of first appearance."""
    if groups is None:
        return {"words": list(range(len(words)))}
    if isinstance(groups, Mapping):
        missing = [word for word in words if word not in groups]
        if missing:
            raise KeyError(f"No group is given for {enumerated(missing[:5])}.")
        groups = [groups[word] for word in words]
    if len(groups) != len(words):
        raise ValueError(f"{len(groups)} groups for {len(words)} words; give one each.")
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    if len(members) > len(PALETTE):
        raise ValueError(f"{len(members)} groups; at most {len(PALETTE)} can be told apart.")
    return members


def place_labels(
    axes: Axes,
    points: NDArray,
    labels: Sequence[str],
    avoid: NDArray | None = None,
    family: str = "DejaVu Sans",
    fontsize: float = 10,
    bold: Sequence[int] = (),
) -> None:
    """Write a label beside each point where it hides no marker, no label, no line and no curve.

    Each label takes the nearest free of many places around its point, the most crowded points
    first; a line leads to it where it is far. ``avoid`` holds further points, shape (m, 2), to keep
    clear of, and ``bold`` rows of labels to set off. Call it after ``settle``.
    """
    to_pixels = axes.transData.transform
    anchors = to_pixels(points) if len(points) else points
    others = anchors if avoid is None else np.concatenate([anchors, to_pixels(avoid)])
    reach = 0.7 * fontsize  # pixels around a marker; those of small letters are small
    taken = np.column_stack([others - reach, others + reach])
    bounds = np.array(axes.get_window_extent().extents)
    near = np.linalg.norm(anchors[:, None] - anchors[None], axis=2) < 100
    order = np.argsort(-near.sum(axis=1), kind="stable")
    weights = ["bold" if row in bold else "normal" for row in range(len(labels))]
    halves = [
        np.array(text_size(label, fontsize, weight, family)) / 2 + 0.3 * fontsize
        for label, weight in zip(labels, weights, strict=True)
    ]
    shifts: dict[int, NDArray] = {}
    for beside in (True, False):  # a line in the way would drive the next label farther away
        for row in (row for row in order if row not in shifts):
            shift = free_place(anchors[row], halves[row], taken, bounds, beside)
            if shift is not None:
                shifts[row] = shift
                taken = np.vstack([taken, _space(anchors[row], halves[row], shift)])
    far = {row for row, shift in shifts.items() if _far(shift[None], halves[row])[0]}
    line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 3}
    for row in sorted(shifts, key=lambda row: row not in far):  # lines below all other letters
        offset = (float(shifts[row][0]) * 72 / DPI, float(shifts[row][1]) * 72 / DPI)
        axes.annotate(
            labels[row], points[row], offset, textcoords="offset points", fontsize=fontsize,
            ha="center", va="center", arrowprops=line if row in far else None, parse_math=False,
            family=family, weight=weights[row], path_effects=HALO if far else None,
        )  # fmt: skip


HALO = [withStroke(linewidth=2.5, foreground="white")]  # keeps letters apart from lines below them
ANGLES = np.pi * np.array([0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11]) / 8
GAPS = np.array([8, 14, 22, 32, 44, 58, 74, 92, 112, 134, 158, 184, 212, 242, 274])  # pixels
STEPS = np.linspace(0.1, 1, 12)  # places on a line from a point to its label


def free_place(
    anchor: NDArray, half: NDArray, taken: NDArray, bounds: NDArray, beside: bool
) -> NDArray[np.float64] | None:
    """Offset in pixels from a point to the centre of its label; ``half`` is half the label.

    With ``beside`` only a free place that needs no line, or None. Else any place: the freest, and
    of those with equal freedom the one whose line crosses little and is short.
    """
    directions = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
    shifts = (directions * (half + GAPS[:, None, None])).reshape(-1, 2)  # nearest first
    if beside:
        shifts = shifts[~_far(shifts, half)]
    reach = 2 * half + GAPS[-1]
    taken = taken[((taken[:, 2:] > anchor - reach) & (taken[:, :2] < anchor + reach)).all(axis=1)]
    low, high = anchor + shifts - half, anchor + shifts + half
    overlap = np.minimum(high[:, None], taken[:, 2:]) - np.maximum(low[:, None], taken[:, :2])
    cost = np.prod(np.maximum(overlap, 0), axis=2).sum(axis=1)
    cost += 1e4 * (np.maximum(bounds[:2] - low, 0) + np.maximum(high - bounds[2:], 0)).sum(axis=1)
    free = shifts[cost == cost.min()]
    if beside:
        return free[0] if cost.min() == 0 else None
    elsewhere = taken[((anchor < taken[:, :2]) | (anchor > taken[:, 2:])).any(axis=1)]
    crossed = [_inside(anchor + STEPS[:, None] * shift, elsewhere) for shift in free]
    return free[int(np.argmin(np.array(crossed) + np.hypot(*free.T) / 30))]


def _space(anchor: NDArray, half: NDArray, shift: NDArray) -> NDArray[np.float64]:
    """Boxes that a label and its line take up."""
    label = [[*(anchor + shift - half), *(anchor + shift + half)]]
    if not _far(shift[None], half)[0]:
        return np.array(label)
    dots = anchor + STEPS[:, None] * shift
    return np.concatenate([label, np.column_stack([dots - 1, dots + 1])])


def _inside(dots: NDArray, boxes: NDArray) -> int:
    """How many dots of a line lie in boxes."""
    return int(((dots[:, None] > boxes[:, :2]) & (dots[:, None] < boxes[:, 2:])).all(axis=2).sum())


def _far(shifts: NDArray, half: NDArray) -> NDArray[np.bool_]:
    """Whether labels lie so far from their point that a line has to lead there."""
    return np.hypot(*np.maximum(np.abs(shifts) - half, 0).T) > 16
