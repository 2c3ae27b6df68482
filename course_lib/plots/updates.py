"""One step of training: what was predicted, and what moved."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from course_lib.plots._pieces import (
    enumerated,
    finite_numbers,
    one_row_each,
    write_cells,
    written,
)
from course_lib.plots.picture import BLACK, BLUE, DIVERGING, ORANGE, Picture, Size, styled


@styled
def sgd_step(
    predictions: Mapping[str, ArrayLike],
    asked: Sequence[str],
    matrices: Mapping[str, tuple[ArrayLike, ArrayLike]],
    rows: Sequence[Sequence[str]],
    *,
    title: str,
    xlabel: str = "probability",
    size: Size | None = None,
) -> Picture:
    """Draw one step of stochastic gradient descent: bars for the predictions, and both matrices.

    The matrices are drawn as they are after the step, each row that has moved with an outline.

    Parameters
    ----------
    predictions : dict of name to array, shape (L,)
        Two series: before and after the step.
    asked : sequence of str
        Names of the L predictions.
    matrices : dict of name to (array, array), shape (rows, d)
        Two matrices, each before and after the step.
    rows : sequence of sequences of str
        Names of the rows of each matrix, at most 12.
    title : str
        The finding.
    xlabel : str
        What is predicted.
    size : (float, float), optional
        Inches; chosen from the number of rows when left out.

    Returns
    -------
    Picture
        Three panels beside each other.

    Raises
    ------
    ValueError
        There are not two series or two matrices, or the numbers do not fit the names.
    """
    if len(predictions) != 2 or len(matrices) != 2 or len(rows) != 2:
        raise ValueError("Give two series of predictions, and two matrices with names for rows.")
    series = {name: finite_numbers(name, row, ndim=1) for name, row in predictions.items()}
    for name, row in series.items():
        if len(row) != len(asked):
            raise ValueError(f"{name} has {len(row)} values for {len(asked)} names.")
    panels: dict[str, tuple[NDArray, NDArray]] = {}
    for (name, (before, after)), names in zip(matrices.items(), rows, strict=True):
        panels[name] = one_row_each(name, before, names), one_row_each(name, after, names)
        if panels[name][0].shape != panels[name][1].shape or len(names) > 12:
            raise ValueError(f"{name} needs the same shape before and after, and at most 12 rows.")
    longest = max(len(asked), *map(len, rows))
    picture = Picture(
        title, _alt(title, series, asked, panels, rows, xlabel), size or (9.4, 1.9 + 0.3 * longest)
    )
    left, *others = picture.subplots(1, 3, width_ratios=[1.25, 1, 1])
    _bars(left, series, asked, xlabel)
    peak = max(np.abs(panel).max() for pair in panels.values() for panel in pair)
    for axes, (name, pair), names in zip(others, panels.items(), rows, strict=True):
        _matrix(axes, name, *pair, names, Normalize(-peak or -1.0, peak or 1.0))
    return picture


def _bars(axes: Axes, series: Mapping[str, NDArray], asked: Sequence[str], xlabel: str) -> None:
    places = np.arange(len(asked))
    for shift, color, (name, row) in zip((-0.2, 0.2), (ORANGE, BLUE), series.items(), strict=True):
        drawn = axes.barh(places + shift, row, 0.36, color=color, label=name)
        axes.bar_label(drawn, [written(value) for value in row], padding=2, fontsize=8)
    axes.set_yticks(places, asked, parse_math=False)
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.set_xlabel(xlabel)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, columnspacing=1.2)


def _matrix(
    axes: Axes, name: str, before: NDArray, after: NDArray, names: Sequence[str], scale: Normalize
) -> None:
    axes.imshow(after, cmap=DIVERGING, norm=scale, aspect="auto")
    axes.set_title(name)
    axes.set_xlabel("dimension")
    axes.set_xticks(range(after.shape[1]))
    axes.set_yticks(range(len(names)), names, parse_math=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for row in np.flatnonzero((before != after).any(axis=1)).tolist():
        axes.add_patch(
            Rectangle(
                (-0.5, row - 0.5), after.shape[1], 1, fill=False, ec=BLACK, lw=2, clip_on=False
            )
        )
    if after.shape[1] <= 3:
        write_cells(axes, after, scale)


def _alt(
    title: str,
    series: Mapping[str, NDArray],
    asked: Sequence[str],
    panels: Mapping[str, tuple[NDArray, NDArray]],
    rows: Sequence[Sequence[str]],
    xlabel: str,
) -> str:
    first, last = series.values()
    values = "; ".join(
        f"{name} {written(before)} and {written(after)}"
        for name, before, after in zip(asked, first, last, strict=True)
    )
    moved = []
    for (name, (before, after)), names in zip(panels.items(), rows, strict=True):
        changed = [names[row] for row in np.flatnonzero((before != after).any(axis=1)).tolist()]
        moved.append(
            f"in {name} {'every row' if len(changed) == len(names) else enumerated(changed)}"
        )
    return (
        f"{title.rstrip('.')}. The {xlabel}, {' and '.join(series)}: {values}. "
        f"What moved: {', '.join(moved)}."
    )
