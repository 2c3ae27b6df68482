"""Several ways, each repeated with several seeds: means, and how far the repeats lie apart."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from course_lib.plots._pieces import enumerated, finite_numbers, written
from course_lib.plots.picture import MARKERS, PALETTE, Picture, Size, styled


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
        spread = [mean - values.min(axis=0), values.max(axis=0) - mean]
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
