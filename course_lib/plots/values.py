"""Numbers as they are: bars, matrices before and after a step, losses."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from course_lib.plots._pieces import (
    enumerated,
    finite_numbers,
    highest,
    one_row_each,
    position,
    quoted,
    write_cells,
    written,
)
from course_lib.plots.picture import (
    BLACK,
    DIVERGING,
    GREY,
    MARKERS,
    PALETTE,
    Picture,
    Size,
    styled,
)


@styled
def bars(
    values: ArrayLike | Mapping[str, ArrayLike],
    labels: Sequence[str],
    *,
    highlight: Sequence[str] = (),
    ylabel: str = "probability",
    title: str | None = None,
    size: Size = (7, 3.8),
) -> Picture:
    """Draw one bar a label, or one for each label and series, such as before and after a step.

    Parameters
    ----------
    values : array, shape (n,), or dict of series name to such arrays
        What is drawn; at most three series.
    labels : sequence of str
        The n names under the bars.
    highlight : sequence of str
        Labels to set off, by a black outline and bold letters.
    ylabel : str
        What the values are.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The bars, with their values above them.

    Raises
    ------
    KeyError
        A highlighted label does not exist.
    ValueError
        The values do not fit the labels, or there are too many series.
    """
    series = values if isinstance(values, Mapping) else {ylabel: values}
    if not 1 <= len(series) <= 3 or not labels:
        raise ValueError(f"Give 1 to 3 series and at least one label, not {len(series)} series.")
    rows = {name: finite_numbers(name, row, ndim=1) for name, row in series.items()}
    for name, row in rows.items():
        if len(row) != len(labels):
            raise ValueError(f"{name} has {len(row)} values for {len(labels)} labels.")
    chosen = {position(label, labels) for label in highlight}
    picture = Picture(
        title or _bars_title(rows, labels, ylabel), _bars_alt(rows, labels, chosen, ylabel), size
    )
    axes = picture.add_subplot()
    places, width = np.arange(len(labels)), 0.8 / len(rows)
    for index, ((name, row), color) in enumerate(zip(rows.items(), PALETTE, strict=False)):
        shift = (index - (len(rows) - 1) / 2) * width
        drawn = axes.bar(places + shift, row, width * 0.92, color=color, label=name)
        for place in chosen:
            drawn[place].set(edgecolor=BLACK, linewidth=2.5)
        if len(labels) * len(rows) <= 14:
            shown = [written(value) for value in row]
            axes.bar_label(drawn, shown, padding=3, fontsize=9)
    axes.set_xticks(places, labels, parse_math=False)
    if max(len(label) for label in labels) * len(labels) > 70:
        axes.tick_params(axis="x", labelrotation=90)
    for place in chosen:
        axes.get_xticklabels()[place].set_fontweight("bold")
    axes.margins(y=0.14)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_ylabel(ylabel)
    if len(rows) > 1:
        picture.legend(loc="outside lower center", ncols=len(rows))
    return picture


def _bars_title(rows: Mapping[str, NDArray], labels: Sequence[str], ylabel: str) -> str:
    names = list(rows)
    if len(rows) == 1:
        top = int(np.argmax(rows[names[0]]))
        return f"{quoted(labels[top])} has the highest {ylabel}: {written(rows[names[0]][top])}"
    first, last = rows[names[0]], rows[names[-1]]
    most = int(np.argmax(np.abs(last - first)))
    verb = "rises" if last[most] > first[most] else "falls"
    return f"{quoted(labels[most])} {verb} from {written(first[most])} to {written(last[most])}"


def _bars_alt(
    rows: Mapping[str, NDArray], labels: Sequence[str], chosen: set[int], ylabel: str
) -> str:
    first = next(iter(rows.values()))
    shown = sorted(range(len(labels)), key=lambda place: (place not in chosen, -first[place]))[:8]
    facts = []
    for place in sorted(shown):
        numbers = [f"{name} {written(row[place], 3)}" for name, row in rows.items()]
        told = ", ".join(numbers) if len(rows) > 1 else f"{written(first[place], 3)}"
        facts.append(f"{labels[place]} {told}")
    which = "" if len(shown) == len(labels) else f", {len(shown)} of {len(labels)}"
    alt = f"Bars of {ylabel}{which}: {'; '.join(facts)}."
    if chosen:
        alt += f" Highlighted: {enumerated([labels[place] for place in sorted(chosen)])}."
    return alt


@styled
def matrix_heatmaps(
    matrices: Mapping[str, ArrayLike],
    words: Sequence[str],
    *,
    highlight: Sequence[str] = (),
    change: bool = False,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw matrices side by side, one row a word, on a shared scale centred at zero.

    Parameters
    ----------
    matrices : dict of name to array, shape (V, columns)
        One to four matrices with the same words as rows.
    words : sequence of str
        The V words, at most 40.
    highlight : sequence of str
        Words whose rows are outlined.
    change : bool
        Add a panel with the second matrix less the first, on a scale of its own; give exactly two
        matrices of one shape, the first before and the second after.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from V when left out.

    Returns
    -------
    Picture
        The heat maps, with numbers in the cells where they fit.

    Raises
    ------
    KeyError
        A highlighted word does not exist.
    ValueError
        The matrices do not fit the words or each other.
    """
    panels = {name: one_row_each(name, matrix, words) for name, matrix in matrices.items()}
    if not 1 <= len(panels) <= 4 or len(words) > 40:
        raise ValueError("Give 1 to 4 matrices of at most 40 rows; pick some words.")
    shapes = {panel.shape for panel in panels.values()}
    if change and (len(panels) != 2 or len(shapes) != 1):
        raise ValueError("change=True needs exactly two matrices of one shape: before and after.")
    chosen = [position(word, words) for word in highlight]
    peak = max(np.abs(panel).max() for panel in panels.values())
    difference = np.subtract(*list(panels.values())[::-1]) if change else None
    told, finding = _heatmap_words(panels, words, difference)
    if highlight:
        told += f" Highlighted: {enumerated(list(highlight))}."
    picture = Picture(title or finding, told, size or (7, min(1.9 + 0.3 * len(words), 8)))
    count = len(panels) + change
    grid = picture.subplots(1, count, sharey=True, squeeze=False)[0]
    for axes, (name, panel) in zip(grid, panels.items(), strict=False):
        image = _heatmap(axes, panel, name, words, peak, chosen, count)
    shared = list(grid[: len(panels)])
    picture.colorbar(
        image, ax=shared, location="bottom", shrink=0.6, aspect=30, pad=0.02, label="value"
    )
    if difference is not None:
        largest = np.abs(difference).max()
        image = _heatmap(grid[-1], difference, "change", words, largest, chosen, count)
        bar = picture.colorbar(
            image, ax=grid[-1], location="bottom", shrink=0.8, aspect=15, pad=0.02
        )
        bar.set_label("change")
        bar.locator = MaxNLocator(3)
    for word in highlight:
        grid[0].get_yticklabels()[position(word, words)].set_fontweight("bold")
    return picture


def _heatmap(
    axes: Axes, panel: NDArray, name: str, words: Sequence[str], peak: float, chosen: list[int],
    count: int,
) -> Any:  # fmt: skip
    scale = Normalize(-peak or -1.0, peak or 1.0)
    image = axes.imshow(panel, cmap=DIVERGING, norm=scale, aspect="auto")
    V, columns = panel.shape
    axes.set_title(name)
    axes.set_xlabel("dimension")
    axes.set_xticks(range(columns) if columns <= 8 else [0, columns - 1])
    axes.set_yticks(range(V), words, parse_math=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for row in chosen:
        outline = Rectangle((-0.5, row - 0.5), columns, 1, fill=False, ec=BLACK, lw=2)
        axes.add_patch(outline)
        outline.set_clip_on(False)
    if columns * count <= 12 and V <= 16:
        write_cells(axes, panel, scale)
    return image


def _heatmap_words(
    panels: Mapping[str, NDArray], words: Sequence[str], difference: NDArray | None
) -> tuple[str, str]:
    """Alt text and finding of ``matrix_heatmaps``."""
    facts = []
    for name, panel in panels.items():
        row, column = highest(np.abs(panel))
        where = f"{quoted(words[row])}, dimension {column}"
        facts.append(f"{name} has its largest entry at {where} ({written(panel[row, column])})")
    told = f"Heat maps with {len(words)} words as rows: {'; '.join(facts)}."
    if difference is None:
        low = min(panel.min() for panel in panels.values())
        high = max(panel.max() for panel in panels.values())
        return told, f"{enumerated(list(panels))}: values from {written(low)} to {written(high)}"
    changed = [words[row] for row in np.flatnonzero(difference.any(axis=1)).tolist()]
    if not changed:
        return f"{told} Nothing changes.", "Nothing changes"
    row, column = highest(np.abs(difference))
    named = [quoted(word) for word in changed]
    which = enumerated(named) if len(changed) <= 6 else f"{len(changed)} of {len(words)} words"
    told += f" The rows that change: {which}; most at {quoted(words[row])}, dimension {column} "
    told += f"(by {written(difference[row, column], 3)})."
    if len(changed) == 1:
        return told, f"Only the row of {quoted(changed[0])} changes"
    finding = "Every row changes" if len(changed) == len(words) else f"The rows of {which} change"
    return told, f"{finding}, {quoted(words[row])} most"


@styled
def loss_curve(
    losses: ArrayLike | Mapping[str, ArrayLike],
    *,
    references: Mapping[str, float] | None = None,
    xlabel: str = "epoch",
    ylabel: str = "mean loss (nats a pair)",
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw the loss of a training run, or of several.

    Parameters
    ----------
    losses : array, shape (n,), or dict of name to such arrays
        One value for each epoch (or step), the first one at 1.
    references : dict of str to float, optional
        Horizontal lines to compare with, such as ``{"log V, a guess": np.log(V)}``.
    xlabel, ylabel : str
        What the axes show.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a run.

    Raises
    ------
    ValueError
        No run, an empty run, or a value that is not finite.
    """
    named = losses if isinstance(losses, Mapping) else {"loss": losses}
    runs = {name: finite_numbers(name, run, ndim=1) for name, run in named.items()}
    if not 1 <= len(runs) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} runs, not {len(runs)}.")
    facts = [
        f"{name} goes from {written(run[0], 3)} to {written(run[-1], 3)} in {len(run)} {xlabel}s"
        for name, run in runs.items()
    ]
    lines = dict(references or {})
    told = [f"{name} = {written(value, 3)}" for name, value in lines.items()]
    alt = f"{ylabel[0].upper()}{ylabel[1:]} against {xlabel}: {'; '.join(facts)}."
    alt += f" Reference: {enumerated(told)}." if told else ""
    picture = Picture(title or _loss_title(runs, xlabel), alt, size)
    axes = picture.add_subplot()
    for (name, run), color, marker in zip(runs.items(), PALETTE, MARKERS, strict=False):
        steps = np.arange(1, len(run) + 1)
        dots = marker if len(run) <= 30 else ""
        axes.plot(steps, run, color=color, marker=dots, markersize=5, label=name)
    for (name, value), dash in zip(lines.items(), ("--", ":", "-.") * len(lines), strict=False):
        axes.axhline(value, color=GREY, linestyle=dash, linewidth=1.5, label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(True, axis="y")
    if len(runs) + len(lines) > 1:
        picture.legend(loc="outside lower center", ncols=min(len(runs) + len(lines), 3))
    return picture


def _loss_title(runs: Mapping[str, NDArray], xlabel: str) -> str:
    if len(runs) > 1:
        best = min(runs, key=lambda name: runs[name][-1])
        return f"{best} ends lowest, at {written(runs[best][-1])}"
    (run,) = runs.values()
    verb = "falls" if run[-1] < run[0] else "does not fall"
    return f"The loss {verb}: {written(run[0])} to {written(run[-1])} in {len(run)} {xlabel}s"
