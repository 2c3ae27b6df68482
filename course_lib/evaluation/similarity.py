"""Word similarity: whether words that people find alike have vectors that point alike."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.evaluation.lists import JudgedPair, read_pairs
from course_lib.evaluation.spaces import Vectors, as_embeddings, blocks, directions, forms_of
from course_lib.evaluation.tables import Table, number, percent

FEWEST = 3  # pairs: of two, the correlation is 1 or -1 whatever the vectors are


@dataclass(frozen=True, eq=False, repr=False)
class SimilarityResult:
    """How well cosines agree with people, and what that is worth.

    Attributes
    ----------
    name : str
        The list of judged pairs.
    which : str
        The vectors that were judged: "in", "out" or "sum".
    pairs : int
        Pairs in the list.
    judged : tuple of JudgedPair
        The n covered pairs: those of two known words.
    cosines : numpy.ndarray of float64, shape (n,)
        The cosine of each covered pair.
    spearman, pearson : float
        Correlations of the n cosines with the n human scores; NaN where ``problem`` says why.
    low, high : float
        Bootstrap interval of ``spearman``.
    confidence : float
        What share of such intervals should hold the value for all pairs one could ask about.
    random : numpy.ndarray of float64, shape (n_random,)
        Spearman of random vectors for the same words, one value a seed.
    frequency : float
        Spearman of a score that knows nothing but counts; NaN where these are unknown.
    problem : str
        Why there is no correlation; empty if there is one.
    """

    name: str
    which: str
    pairs: int
    judged: tuple[JudgedPair, ...]
    cosines: NDArray[np.float64]
    spearman: float
    pearson: float
    low: float
    high: float
    confidence: float
    random: NDArray[np.float64]
    frequency: float
    problem: str

    @property
    def covered(self) -> int:  # numpydoc ignore=RT01
        """Number n of pairs whose two words are known."""
        return len(self.judged)

    @property
    def unknown(self) -> float:  # numpydoc ignore=RT01
        """Share of the pairs with an unknown word, 0 to 1."""
        return 1 - self.covered / self.pairs

    @property
    def human(self) -> NDArray[np.float64]:  # numpydoc ignore=RT01
        """Human scores of the covered pairs, shape (n,)."""
        return np.array([pair.score for pair in self.judged], dtype=np.float64)

    def table(self) -> Table:
        """Lay the result out.

        Returns
        -------
        Table
            A line for each figure.
        """
        interval = f"{number(self.low)} to {number(self.high)}"
        spread = "none"
        if len(self.random):
            spread = f"{number(self.random.mean())} ± {number(self.random.std())}"
        rows = [
            ("Spearman", self.problem or number(self.spearman)),
            (f"{100 * self.confidence:g} % interval (bootstrap over pairs)", interval),
            ("random vectors (mean ± deviation over seeds)", spread),
            ("counts alone", number(self.frequency)),
            ("pairs covered", f"{self.covered} of {self.pairs}"),
            ("pairs with an unknown word", percent(self.unknown)),
        ]
        return Table(f"{self.name}, {self.which.upper()} vectors", ("", "value"), tuple(rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def word_similarity(
    embeddings: Vectors,
    name_or_path: str | Path = "wordsim353",
    *,
    which: str = "in",
    case_insensitive: bool = True,
    restrict_vocab: int | None = 300_000,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    n_random: int = 20,
    seed: int = 0,
) -> SimilarityResult:
    """Compare cosines with human scores of similarity.

    Spearman's and Pearson's correlation over the covered pairs are those of gensim's
    ``evaluate_word_pairs``, which this follows: words are compared in capitals, and the most
    frequent of several spellings is taken. Around Spearman stands a percentile bootstrap interval
    (Efron 1979): pairs are drawn with replacement, as many as there are, and the correlation
    is taken again; a draw with no correlation, because all its values are equal, is left out. The
    interval tells how much depends on the choice of pairs, and nothing of the seed of the training.

    Two baselines keep the figure honest. ``random`` gives every word a vector of d independent
    normal numbers. ``frequency`` calls two words alike that occur about equally often: the score is
    minus the absolute difference of the logarithms of their counts.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    name_or_path : str or pathlib.Path, default "wordsim353"
        "wordsim353", "simlex999", or a file (``read_pairs`` says of what kind).
    which : {"in", "out", "sum"}
        Which vectors.
    case_insensitive : bool, default True
        Treat "Paris" and "paris" as one word.
    restrict_vocab : int or None, default 300,000
        Only the first so many words are known; None: all.
    n_bootstrap : int, default 1000
        Bootstrap draws, at least 1.
    confidence : float, default 0.95
        Of the interval, between 0 and 1.
    n_random : int, default 20
        Seeds of the random baseline; 0 leaves it out.
    seed : int, default 0
        Of the bootstrap and the random vectors.

    Returns
    -------
    SimilarityResult
        With fewer than three covered pairs, or where all cosines or all scores are equal, the
        correlations are NaN and ``problem`` says why.

    Raises
    ------
    ValueError
        There is no such list, the file is broken, a number is out of range, or there are no such
        vectors.
    FileNotFoundError
        The file does not exist.
    """
    _require(n_bootstrap, confidence, n_random)
    space = as_embeddings(embeddings)
    matrix = space.matrix(which)
    pairs = read_pairs(name_or_path)
    judged, rows = _covered(space, pairs, restrict_vocab, case_insensitive)
    cosines = pair_cosines(matrix, rows)
    human = np.array([pair.score for pair in judged], dtype=np.float64)
    problem = _problem(human, cosines)
    low, high = np.nan, np.nan
    random = np.empty(0)
    if not problem:
        draws = bootstrap_spearman(human, cosines[None], n_bootstrap, np.random.default_rng(seed))
        low, high = _interval(draws[0], confidence)
        random = _random_baseline(human, rows, matrix.shape[1], n_random, seed)
    return SimilarityResult(
        name=Path(name_or_path).stem,
        which=which,
        pairs=len(pairs),
        judged=tuple(judged),
        cosines=cosines,
        spearman=np.nan if problem else spearman(human, cosines),
        pearson=np.nan if problem else float(np.corrcoef(human, cosines)[0, 1]),
        low=low,
        high=high,
        confidence=confidence,
        random=random,
        frequency=_frequency_baseline(human, rows, space),
        problem=problem,
    )


@dataclass(frozen=True)
class SimilarityDifference:
    """How much better one set of vectors agrees with people than another, on the same pairs.

    Attributes
    ----------
    difference : float
        Spearman of the first less Spearman of the second.
    low, high : float
        Bootstrap interval of the difference.
    covered : int
        Pairs that both cover.
    confidence : float
        Of the interval.
    """

    difference: float
    low: float
    high: float
    covered: int
    confidence: float

    def __repr__(self) -> str:
        verdict = "no difference that these pairs could show"
        if self.low > 0 or self.high < 0:
            verdict = f"the {'first' if self.low > 0 else 'second'} is better on these pairs"
        return (
            f"{self.difference:+.3f} ({100 * self.confidence:g} % interval {self.low:+.3f} to "
            f"{self.high:+.3f}, {self.covered} pairs): {verdict}"
        )


def similarity_difference(
    first: SimilarityResult,
    second: SimilarityResult,
    *,
    n_bootstrap: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> SimilarityDifference:
    """Compare two results pair by pair: each bootstrap draw takes the same pairs for both.

    Two intervals of ``word_similarity`` may overlap and the difference be sure all the same, since
    a hard pair is hard for both.

    Parameters
    ----------
    first, second : SimilarityResult
        Two results of the same list.
    n_bootstrap : int, default 1000
        Draws, at least 1.
    confidence : float, default 0.95
        Of the interval, between 0 and 1.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    SimilarityDifference
        Difference and interval, over the pairs that both cover.

    Raises
    ------
    ValueError
        The lists differ, the two have fewer than three pairs in common, all cosines of one of them
        are equal, or a number is out of range.
    """
    _require(n_bootstrap, confidence, 0)
    if first.name != second.name or first.pairs != second.pairs:
        raise ValueError(f"The results are of two lists, {first.name} and {second.name}.")
    by_pair = [
        dict(zip(result.judged, result.cosines.tolist(), strict=True)) for result in (first, second)
    ]
    both = [pair for pair in first.judged if pair in by_pair[1]]
    human = np.array([pair.score for pair in both])
    cosines = np.array([[known[pair] for pair in both] for known in by_pair])
    for row in cosines:
        if problem := _problem(human, row):
            raise ValueError(f"The results cannot be compared: {problem}.")
    draws = bootstrap_spearman(human, cosines, n_bootstrap, np.random.default_rng(seed))
    low, high = _interval(draws[0] - draws[1], confidence)
    difference = spearman(human, cosines[0]) - spearman(human, cosines[1])
    return SimilarityDifference(difference, low, high, len(both), confidence)


def spearman(x: NDArray, y: NDArray) -> float:
    """Give Spearman's rank correlation; equal values share their mean rank.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (n,)
        Two measurements of the same n things.

    Returns
    -------
    float
        From -1 to 1; NaN where one of them is constant or n is below 2.
    """
    from scipy import stats  # here, since importing it takes seconds

    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(stats.spearmanr(x, y).statistic)


def bootstrap_spearman(
    human: NDArray[np.floating],
    scores: NDArray[np.floating],
    n_bootstrap: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw pairs with replacement and take Spearman's correlation each time.

    Parameters
    ----------
    human : numpy.ndarray, shape (n,)
        Human scores of n pairs.
    scores : numpy.ndarray, shape (m, n)
        The scores of m models; every draw takes the same pairs for all of them.
    n_bootstrap : int
        Draws.
    rng : numpy.random.Generator
        Draws the pairs.

    Returns
    -------
    numpy.ndarray of float64, shape (m, n_bootstrap)
        Correlations; NaN for a draw whose values are all equal.
    """
    from scipy import stats

    n = len(human)
    found = np.empty((len(scores), n_bootstrap))
    for some in blocks(n_bootstrap, 4 * n):
        drawn = rng.integers(n, size=(some.stop - some.start, n))
        people = stats.rankdata(human[drawn], axis=1)
        for model, row in enumerate(scores):
            ranks = stats.rankdata(row[drawn], axis=1)
            found[model, some] = _row_correlations(people, ranks)
    return found


def _interval(draws: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    known = draws[~np.isnan(draws)]
    if len(known) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _row_correlations(x: NDArray, y: NDArray) -> NDArray[np.float64]:
    x = x - x.mean(axis=1, keepdims=True)
    y = y - y.mean(axis=1, keepdims=True)
    norms = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    with np.errstate(invalid="ignore"):
        return (x * y).sum(axis=1) / norms


def pair_cosines(matrix: NDArray[np.floating], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the cosine of each pair of rows, in float64; 0 where a vector is zero.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (V, d)
        Vectors.
    rows : numpy.ndarray of int64, shape (n, 2)
        Pairs of rows.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Cosines.
    """
    used, places = np.unique(rows, return_inverse=True)
    units = directions(matrix[used].astype(np.float64))
    first, second = places.reshape(-1, 2).T
    return np.clip(np.sum(units[first] * units[second], axis=1), -1, 1)


def _covered(
    space: Embeddings,
    pairs: list[JudgedPair],
    restrict_vocab: int | None,
    case_insensitive: bool,
) -> tuple[list[JudgedPair], NDArray[np.int64]]:
    known = forms_of(space, restrict_vocab, case_insensitive).first
    judged, rows = [], []
    for pair in pairs:
        keys = [word.upper() if case_insensitive else word for word in pair[:2]]
        if all(key in known for key in keys):
            judged.append(pair)
            rows.append([known[key] for key in keys])
    return judged, np.array(rows, dtype=np.int64).reshape(-1, 2)


def _problem(human: NDArray[np.float64], cosines: NDArray[np.float64]) -> str:
    if len(human) < FEWEST:
        return f"{len(human)} pairs are covered, and a correlation needs {FEWEST}"
    if np.ptp(human) == 0:
        return "all human scores are equal"
    if np.ptp(cosines) == 0:
        return "all cosines are equal"
    return ""


def _random_baseline(
    human: NDArray[np.float64], rows: NDArray[np.int64], d: int, n_random: int, seed: int
) -> NDArray[np.float64]:
    used, places = np.unique(rows, return_inverse=True)
    generators = np.random.default_rng(seed).spawn(n_random)
    matrices = (rng.normal(size=(len(used), d)) for rng in generators)
    places = places.reshape(-1, 2)
    return np.array([spearman(human, pair_cosines(matrix, places)) for matrix in matrices])


def _frequency_baseline(
    human: NDArray[np.float64], rows: NDArray[np.int64], space: Embeddings
) -> float:
    counts = space.vocabulary.counts
    if counts is None or len(human) < FEWEST:
        return float("nan")
    logarithms = np.log(counts[rows])
    return spearman(human, -np.abs(logarithms[:, 0] - logarithms[:, 1]))


def _require(n_bootstrap: int, confidence: float, n_random: int) -> None:
    if n_bootstrap < 1 or n_random < 0:
        raise ValueError(
            f"n_bootstrap must be at least 1 and n_random at least 0, not {n_bootstrap} and "
            f"{n_random}."
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not at {confidence}.")
