"""Scores of embeddings with their intervals and baselines, and analogies by section."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from course_lib.evaluation import AnalogyResult, Report, SimilarityResult
from course_lib.plots._pieces import enumerated, written
from course_lib.plots.picture import BLUE, GREY, ORANGE, PALE, Picture, Size, styled

ROW = 0.38  # inches
MOST_ROWS = 12
MOST_TOLD = 6  # of more, the alt text leaves out the baselines: nobody listens for so long


@styled
def similarity_scores(
    results: Mapping[str, SimilarityResult], *, title: str | None = None, size: Size | None = None
) -> Picture:
    """Draw word similarity with its bootstrap intervals, beside random vectors and bare counts.

    Parameters
    ----------
    results : dict of str to SimilarityResult
        One to twelve results, of several models or of several lists, by name.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of results when left out.

    Returns
    -------
    Picture
        One row a result.

    Raises
    ------
    ValueError
        There is no result, or there are too many.
    """
    if not 1 <= len(results) <= MOST_ROWS:
        raise ValueError(f"Give 1 to {MOST_ROWS} results, not {len(results)}.")
    picture = Picture(
        title or _finding(results), _told(results), size or (7, 1.7 + ROW * len(results))
    )
    _draw_scores(picture.add_subplot(), results)
    _add_legend(picture)
    return picture


@styled
def evaluation_report(
    report: Report, *, title: str | None = None, size: Size | None = None
) -> Picture:
    """Draw a report: similarity with intervals and baselines above, analogies by section below.

    Parameters
    ----------
    report : Report
        Made by ``evaluation.report``, with at least one list of pairs.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of rows when left out.

    Returns
    -------
    Picture
        One panel, or two.

    Raises
    ------
    ValueError
        There is no list of pairs in the report, or there are too many.
    """
    results = {result.name: result for result in report.similarity}
    if not 1 <= len(results) <= MOST_ROWS:
        raise ValueError(f"The report has {len(results)} lists of pairs; 1 to {MOST_ROWS} fit.")
    sections = [] if report.analogies is None else list(report.analogies.sections)
    heights = [ROW * len(results) + 0.7, ROW * 0.7 * len(sections) + 0.7]
    height = 1.2 + heights[0] + (heights[1] if sections else 0)
    alt = _told(results)
    if report.analogies is not None:
        alt += f" {_told_analogies(report.analogies)}"
    picture = Picture(title or _finding(results), alt, size or (7, height))
    if report.analogies is None:
        _draw_scores(picture.add_subplot(), results)
    else:
        upper, lower = picture.subplots(2, height_ratios=heights)
        _draw_scores(upper, results)
        _draw_sections(lower, report.analogies)
    _add_legend(picture)
    return picture


def _add_legend(picture: Picture) -> None:
    """Say what the signs mean, three in a line as far as they fit."""
    if picture.axes[0].get_legend_handles_labels()[0]:
        wide = picture.get_size_inches()[0] > 6
        picture.legend(loc="outside lower center", ncols=3 if wide else 1)


def _draw_scores(axes: Axes, results: Mapping[str, SimilarityResult]) -> None:
    rows = np.arange(len(results))
    known = [(row, result) for row, result in enumerate(results.values()) if not result.problem]
    for row, result in known:
        first = row == known[0][0]
        if len(result.random):
            low, high = result.random.min(), result.random.max()
            axes.barh(
                row, high - low, 0.7, low, color=PALE, ec=GREY, lw=0.8,
                label="random vectors, all seeds" if first else None,
            )  # fmt: skip
        if not np.isnan(result.frequency):
            axes.plot(
                result.frequency, row, "D", color=ORANGE, markersize=7,
                label="counts alone" if first else None,
            )  # fmt: skip
        ends = result.spearman - result.low, result.high - result.spearman
        spread = np.nan_to_num(np.maximum(ends, 0))[:, None]  # of few pairs it may lie outside
        axes.errorbar(
            result.spearman, row, xerr=spread, fmt="o", color=BLUE, capsize=4, markersize=7,
            label=f"Spearman, {result.confidence:.0%} interval" if first else None,
        )  # fmt: skip
    axes.axvline(0, color=GREY, lw=1)
    reached = [0.0]
    for _, result in known:
        reached += [result.low, result.high, result.spearman, *result.random]
    axes.set_xlim(np.nanmin(reached) - 0.03, np.nanmax(reached) + 0.03)  # bars would touch the edge
    labels = [f"{name}\n{result.covered} of {result.pairs}" for name, result in results.items()]
    axes.set_yticks(rows, labels, parse_math=False, fontsize=9)
    axes.set(xlabel="Spearman correlation", ylim=(len(results) - 0.5, -0.5))
    axes.grid(True, axis="x")


def _draw_sections(axes: Axes, found: AnalogyResult) -> None:
    rows = np.arange(len(found.sections))
    shares = [part.accuracy for part in found.sections]
    axes.barh(rows, np.nan_to_num(shares), 0.7, color=BLUE)
    labels = [f"{part.name} ({part.covered} of {part.questions})" for part in found.sections]
    axes.set_yticks(rows, labels, parse_math=False, fontsize=9)
    axes.set(xlabel=f"{found.name}, share right", ylim=(len(rows) - 0.5, -0.5))
    axes.set_xlim(0, max(0.1, *np.nan_to_num(shares)) * 1.05)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(True, axis="x")


def _finding(results: Mapping[str, SimilarityResult]) -> str:
    """Say how many of the intervals lie above both baselines."""
    if all(result.problem for result in results.values()):
        return "Too few pairs are covered to say anything"
    above = [
        name
        for name, result in results.items()
        if result.low > np.nanmax([*result.random, result.frequency, 0.0])
    ]
    if len(above) == len(results):
        every = {1: "", 2: ", both times"}.get(len(above), f", all {len(above)} times")
        return f"Better than chance and bare counts{every}"
    if not above:
        return "No better than chance and bare counts, as far as these pairs can tell"
    return f"Better than chance and bare counts: {enumerated(above)}"


def _told(results: Mapping[str, SimilarityResult]) -> str:
    facts = []
    for name, result in results.items():
        covered = f"{result.covered} of {result.pairs} pairs"
        if result.problem:
            facts.append(f"{name}: {covered}, no correlation")
            continue
        known = "" if np.isnan(result.frequency) else f", counts {written(result.frequency)}"
        chance = f", random {written(result.random.mean())}" if len(result.random) else ""
        told = "" if len(results) > MOST_TOLD else f"; {covered}{chance}{known}"
        facts.append(
            f"{name}: {written(result.spearman)} ({written(result.low)} to "
            f"{written(result.high)}{told})"
        )
    return f"Spearman correlation with people, with interval. {'; '.join(facts)}."


def _told_analogies(found: AnalogyResult) -> str:
    total = found.total
    if not total.covered:
        return f"Of {total.questions:,} analogies of {found.name} none is covered."
    best = max((part for part in found.sections if part.covered), key=lambda part: part.accuracy)
    return (
        f"Analogies of {found.name}: {total.accuracy:.1%} of {total.covered:,} right, most in "
        f"{best.name} ({best.accuracy:.1%})."
    )
