"""Several ways, each repeated or resampled: means, and how far the repeats lie apart."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike, NDArray

from course_lib.plots._pieces import enumerated, finite_numbers, grouped, position, written
from course_lib.plots.picture import GREY, MARKERS, PALETTE, Picture, Size, styled


@styled
def repeated_runs(
    x: Sequence[float],
    runs: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    title: str,
    size: Size = (7, 4),
) -> Picture:
    """Draw the mean of each way as a line, with a bar from its lowest to its highest repeat.

    The bars of the ways stand a little beside each other, so that all can be seen.

    Parameters
    ----------
    x : sequence of float
        The n places, above 0 and rising; the axis is logarithmic.
    runs : dict of name to array, shape (repeats, n)
        One to seven ways; what was measured in each repeat at each place.
    xlabel, ylabel : str
        What the axes show.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a way.

    Raises
    ------
    ValueError
        No way or too many, places that do not rise from above 0, or values that do not fit them.
    """
    places = finite_numbers("x", x, ndim=1)
    if places[0] <= 0 or (np.diff(places) <= 0).any():
        raise ValueError("x must rise from above 0: the axis is logarithmic.")
    if not 1 <= len(runs) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} ways, not {len(runs)}.")
    measured = {name: finite_numbers(name, values, ndim=2) for name, values in runs.items()}
    for name, values in measured.items():
        if values.shape[1] != len(places):
            raise ValueError(f"{name} has {values.shape[1]} values a repeat for {len(places)} x.")
    facts = []
    for name, values in measured.items():
        lows, means, highs = (f(axis=0) for f in (values.min, values.mean, values.max))
        each = [
            f"{written(mean)} ({written(low)} to {written(high)})"
            for low, mean, high in zip(lows, means, highs, strict=True)
        ]
        facts.append(f"{name}: {enumerated(each)}")
    at = enumerated([f"{place:g}" for place in places])
    alt = f"{ylabel} at {xlabel} {at}, mean (lowest to highest repeat). {'; '.join(facts)}."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    for number, (name, values) in enumerate(measured.items()):
        beside = places * 1.03 ** (number - (len(measured) - 1) / 2)
        mean = values.mean(axis=0)
        # The mean of equal values may come out beside them by rounding.
        spread = np.maximum(0, [mean - values.min(axis=0), values.max(axis=0) - mean])
        axes.errorbar(
            beside, mean, spread, label=name, color=PALETTE[number], marker=MARKERS[number],
            capsize=4, markersize=6,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(places, [f"{place:g}" for place in places])
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(True, axis="y")
    if len(measured) > 1:
        picture.legend(loc="outside lower center", ncols=min(len(measured), 3))
    return picture


@styled
def intervals(
    estimates: Mapping[str, Sequence[float]],
    groups: Mapping[str, str] | None = None,
    *,
    xlabel: str,
    interval: str = "95% interval",
    repeats: Mapping[str, ArrayLike] | None = None,
    references: Mapping[str, float] | None = None,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw estimates with their intervals, one below the other, to compare them.

    Parameters
    ----------
    estimates : dict of name to (estimate, low, high)
        1 to 30, in the order in which they are drawn.
    groups : dict of name to group, optional
        The group of each name, at most 7 different ones; shown by colour and by marker shape.
    xlabel : str
        What is estimated.
    interval : str, default "95% interval"
        What low and high are.
    repeats : dict of name to array, optional
        What each seed gave, for some names or all: a small grey dot each.
    references : dict of str to float, optional
        At most 3 vertical lines to compare with, such as ``{"chance": 0.25}``.
    title : str, optional
        The finding; left out, it says with how many the highest overlaps.
    size : (float, float), optional
        Inches; chosen from the number of names when left out.

    Returns
    -------
    Picture
        A marker for each estimate, on a line from low to high.

    Raises
    ------
    KeyError
        A name has no group, or there are repeats of a name that has no estimate.
    ValueError
        No estimate or too many, or a low above its high.
    """
    names, lines = list(estimates), dict(references or {})
    if not 1 <= len(names) <= 30 or len(lines) > 3:
        raise ValueError(f"Give 1 to 30 estimates, not {len(names)}, and at most 3 references.")
    numbers = {name: _estimate(name, each) for name, each in estimates.items()}
    runs = {
        position(name, names): finite_numbers(name, run, 1) for name, run in (repeats or {}).items()
    }
    members = grouped(names, groups)
    told = [f"{name} {_range(each)}" for name, each in numbers.items()]
    alt = f"{xlabel[0].upper()}{xlabel[1:]}, estimate ({interval}): {'; '.join(told[:12])}"
    alt += f"; and {len(told) - 12} more." if len(told) > 12 else "."
    height = 1.3 + 0.3 * len(names) + 0.3 * (groups is not None or bool(lines))
    picture = Picture(title or _intervals_title(numbers), alt, size or (7, height))
    axes = picture.add_subplot()
    for number, (label, rows) in enumerate(members.items()):
        middle, low, high = np.array([numbers[names[row]] for row in rows]).T
        axes.plot(
            middle,
            rows,
            MARKERS[number],
            color=PALETTE[number],
            markersize=7,
            label=label,
            zorder=4,
        )
        half = (high - low) / 2  # drawn for itself: the estimate of a bootstrap may lie outside
        axes.errorbar(low + half, rows, xerr=half, fmt="none", color=PALETTE[number], capsize=4)
    for row, run in runs.items():
        axes.plot(run, np.full(len(run), row + 0.22), "o", color=GREY, markersize=4, label="a seed")
    for (label, value), dash in zip(lines.items(), ("--", ":", "-."), strict=False):
        axes.axvline(value, color=GREY, linestyle=dash, linewidth=1.5, label=label)
    axes.set_yticks(range(len(names)), names, parse_math=False)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel(f"{xlabel} ({interval})")
    axes.grid(True, axis="x")
    handles, labels = axes.get_legend_handles_labels()
    legend = dict(zip(labels, handles, strict=True))  # one "a seed", however many rows have it
    if groups is None:
        del legend["words"]
    if legend:
        picture.legend(
            legend.values(), legend, loc="outside lower center", ncols=min(len(legend), 4)
        )
    return picture


def _estimate(name: str, numbers: Sequence[float]) -> NDArray[np.float64]:
    checked = finite_numbers(name, numbers, ndim=1)
    if len(checked) != 3 or checked[1] > checked[2]:
        raise ValueError(f"{name} needs (estimate, low, high), with low at most high.")
    return checked


def _range(numbers: NDArray[np.float64]) -> str:
    middle, low, high = (written(number) for number in numbers)
    return f"{middle} ({low} to {high})"


def _intervals_title(numbers: Mapping[str, NDArray[np.float64]]) -> str:
    best = max(numbers, key=lambda name: numbers[name][0])
    near = [name for name, each in numbers.items() if each[2] >= numbers[best][1] and name != best]
    first = f"{best} is highest, {_range(numbers[best])}"
    if len(numbers) == 1:
        return f"{best}: {_range(numbers[best])}"
    if not near:
        return f"{first}, and no other interval reaches it"
    which = enumerated(near) if len(near) <= 3 else f"{len(near)} of {len(numbers) - 1} others"
    return f"{first}, and its interval overlaps with that of {which}"
