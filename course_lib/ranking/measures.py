"""How good a ranking is: measures by ir_measures, their spread over queries, and a paired test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from subprocess import SubprocessError
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from course_lib.ranking.runs import Run, ranked

if TYPE_CHECKING:
    from ir_measures import Measure

Qrels = Mapping[str, Mapping[str, int]]
MEASURES = ("nDCG@10", "AP", "P@10", "RR")
AT_ONCE = 1000  # resamples that are held in memory


@dataclass(frozen=True)
class Evaluation:
    """The measures of a run, for each query.

    Attributes
    ----------
    per_query : dict of str to dict of str to float
        For each measure the value of each query.
    """

    per_query: dict[str, dict[str, float]]

    def mean(self, measure: str) -> float:
        """Give the mean over the queries.

        Parameters
        ----------
        measure : str
            One of those that were asked for, spelt as it was then.

        Returns
        -------
        float
            The mean.

        Raises
        ------
        KeyError
            The measure was not asked for.
        """
        return float(np.mean(self._values(measure)))

    def interval(
        self, measure: str, level: float = 0.95, samples: int = 10_000, seed: int = 1
    ) -> tuple[float, float]:
        """Give a bootstrap interval of the mean: the queries drawn again, with replacement.

        It shows how much the mean depends on the choice of queries (the percentile method of Efron
        1979), and nothing about the documents or the training.

        Parameters
        ----------
        measure : str
            One of those that were asked for.
        level : float, default 0.95
            The share of resampled means inside, above 0 and below 1.
        samples : int, default 10000
            How many resamples.
        seed : int, default 1
            Seed of the drawing.

        Returns
        -------
        tuple of (float, float)
            Lower and upper end.

        Raises
        ------
        KeyError
            The measure was not asked for.
        ValueError
            ``level`` or ``samples`` is out of range.
        """
        return _bootstrap(self._values(measure), level, samples, seed)

    def _values(self, measure: str) -> NDArray[np.float64]:
        if measure not in self.per_query:
            raise KeyError(f"{measure!r} was not computed; there are {list(self.per_query)}.")
        return np.array(list(self.per_query[measure].values()))

    def __repr__(self) -> str:
        means = ", ".join(f"{name} {self.mean(name):.4f}" for name in self.per_query)
        queries = len(next(iter(self.per_query.values())))
        return f"Evaluation({queries} queries: {means})"


@dataclass(frozen=True)
class Comparison:
    """Two runs on the same queries.

    Attributes
    ----------
    measure : str
        What was compared.
    mean_a, mean_b : float
        The means of the runs.
    difference : float
        ``mean_a - mean_b``.
    interval : tuple of (float, float)
        Bootstrap interval of the difference, over queries.
    p_value : float
        Of the paired randomisation test, two-sided.
    queries : int
        How many queries were compared.
    """

    measure: str
    mean_a: float
    mean_b: float
    difference: float
    interval: tuple[float, float]
    p_value: float
    queries: int


def evaluate(run: Run, qrels: Qrels, measures: Sequence[str] = MEASURES) -> Evaluation:
    """Measure a run against judgements, by ir_measures.

    nDCG uses the grades themselves as gains. AP, P and RR count a document as relevant if its grade
    is at least 1; "AP(rel=2)" asks for more. A document without a judgement counts as not relevant.
    A query that has judgements and is not in the run gets 0; one without judgements is not looked
    at. Equal scores are ordered by falling id, as trec_eval does (``make_run``).

    Parameters
    ----------
    run : run
        From ``make_run``, ``rerank`` or ``read_run``.
    qrels : mapping of str to mapping of str to int
        For each query the grades of the judged documents.
    measures : sequence of str
        Names of ir_measures: "nDCG@10", "AP", "P@5", "RR" (also written "MRR"), "R@100", ...

    Returns
    -------
    Evaluation
        Each measure for each judged query.

    Raises
    ------
    ValueError
        ir_measures does not have the measure, or no query of the run has judgements.
    """
    if isinstance(measures, str):
        raise ValueError(f"measures must be a list of names: [{measures!r}].")
    for table in (run, qrels):
        _require_strings(table)
    judged = {
        query: {name: int(grade) for name, grade in documents.items()}
        for query, documents in qrels.items()
        if documents
    }
    if not run.keys() & judged.keys():
        raise ValueError(
            "No query of the run has judgements. Are the ids the same? The run has "
            f"{list(run)[:3]}, the judgements have {list(qrels)[:3]}."
        )
    import ir_measures  # late: its trec_eval takes half a second

    parsed = {name: parse_measure(name) for name in measures}
    # The places in the ranking stand for the scores, so that every measure sees the same order.
    places = {
        query: {name: float(-place) for place, name in enumerate(ranked(scores, query), start=1)}
        for query, scores in run.items()
        if query in judged
    }
    found: dict[str, dict[str, float]] = {str(parsed[name]): {} for name in parsed}
    try:
        for query, measure, value in ir_measures.iter_calc(
            list(dict.fromkeys(parsed.values())), judged, places
        ):
            found[str(measure)][query] = float(value)
    # A parameter is missing, or a package or program that the measure needs.
    except (ValueError, AssertionError, SubprocessError) as error:
        raise ValueError(f"ir_measures cannot compute {list(measures)}: {error}") from error
    return Evaluation(
        {name: {query: found[str(parsed[name])][query] for query in judged} for name in measures}
    )


def _require_strings(table: Mapping[str, Mapping[str, object]]) -> None:
    for ids in (table, *table.values()):
        wrong = next((name for name in ids if type(name) is not str), None)
        if wrong is not None:
            raise ValueError(
                f"Ids of queries and documents must be strings, not {wrong!r}: use str(...)."
            )


def parse_measure(name: str) -> "Measure":
    """Read the name of a measure.

    Parameters
    ----------
    name : str
        As in ir_measures: "nDCG@10".

    Returns
    -------
    ir_measures.Measure
        The measure.

    Raises
    ------
    ValueError
        There is none of that name.
    """
    import ir_measures

    try:
        return ir_measures.parse_measure(name)
    except (NameError, ValueError, SyntaxError, TypeError, KeyError) as error:
        raise ValueError(
            f"ir_measures has no measure {name!r}. Some that it has: nDCG@10, AP, P@10, RR, R@100."
        ) from error


def compare(
    run_a: Run,
    run_b: Run,
    qrels: Qrels,
    measure: str = "nDCG@10",
    level: float = 0.95,
    samples: int = 10_000,
    seed: int = 1,
) -> Comparison:
    """Compare two runs on the same queries.

    The test is Fisher's paired randomisation test (Smucker, Allan and Carterette 2007): if the two
    were equally good, the sign of each query's difference would be a toss of a coin. p is the share
    of tosses whose mean difference is as far from 0 as the real one, with the real one among them.

    Parameters
    ----------
    run_a, run_b : run
        The two rankings.
    qrels : mapping of str to mapping of str to int
        Judgements.
    measure : str, default "nDCG@10"
        What to compare.
    level : float, default 0.95
        Of the interval.
    samples : int, default 10000
        How many tosses, and how many resamples for the interval.
    seed : int, default 1
        Seed of both.

    Returns
    -------
    Comparison
        Means, difference, interval and p.

    Raises
    ------
    ValueError
        As in ``evaluate``, or ``level`` or ``samples`` is out of range.
    """
    values_a = evaluate(run_a, qrels, [measure])._values(measure)
    values_b = evaluate(run_b, qrels, [measure])._values(measure)
    differences = values_a - values_b
    return Comparison(
        measure,
        float(values_a.mean()),
        float(values_b.mean()),
        float(differences.mean()),
        _bootstrap(differences, level, samples, seed),
        _randomisation(differences, samples, seed),
        len(differences),
    )


def _bootstrap(
    values: NDArray[np.float64], level: float, samples: int, seed: int
) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"level must be above 0 and below 1, not {level}.")
    rng = np.random.default_rng(seed)
    means = [
        values[rng.integers(0, len(values), (some, len(values)))].mean(axis=1)
        for some in _portions(samples)
    ]
    outside = (1 - level) / 2
    low, high = np.quantile(np.concatenate(means), [outside, 1 - outside])
    return float(low), float(high)


def _randomisation(differences: NDArray[np.float64], samples: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    # A margin for rounding: the same sum in another order counts as the same.
    limit = abs(differences.sum()) - 1e-12
    extreme = sum(
        int(
            (
                np.abs((2 * rng.integers(0, 2, (some, len(differences))) - 1) @ differences)
                >= limit
            ).sum()
        )
        for some in _portions(samples)
    )
    return (extreme + 1) / (samples + 1)


def _portions(samples: int) -> list[int]:
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}.")
    return [min(AT_ONCE, samples - start) for start in range(0, samples, AT_ONCE)]
