"""The shape of a cloud of vectors: where it points, how long, how crowded, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import unit
from course_lib.evaluation.nearest import nearest_rows
from course_lib.evaluation.similarity import spearman
from course_lib.evaluation.spaces import (
    Vectors,
    as_embeddings,
    blocks,
    directions,
    lengths,
    require_limit,
    rows_of,
)
from course_lib.evaluation.tables import number

if TYPE_CHECKING:
    from scipy import sparse


def mean_cosine(
    embeddings: Vectors, which: str = "in", *, words: Iterable[str] | None = None
) -> float:
    """Mean cosine of all pairs of different words: 0 if they point everywhere, 1 if all one way.

    It is exact, and takes no longer than to read the vectors once: with unit vectors x_i, the sum
    over all pairs is ``|sum of x_i|^2 - sum of |x_i|^2``.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    which : {"in", "out", "sum"}
        Which vectors.
    words : iterable of str, optional
        These words only.

    Returns
    -------
    float
        From -1 / (V - 1) to 1; NaN for fewer than two words.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        There are no such vectors.
    """
    space = as_embeddings(embeddings)
    units = directions(space.matrix(which)[rows_of(space, words)])
    n = len(units)
    if n < 2:
        return float("nan")
    total = units.sum(axis=0, dtype=np.float64)
    # Zero vectors have no cosine with themselves; the others have 1.
    own = np.count_nonzero(units.any(axis=1))
    return float((total @ total - own) / (n * (n - 1)))


def cone(embeddings: Vectors) -> float:
    """Cosine between the mean IN vector and the mean OUT vector.

    Near -1 the two lie on opposite sides, as those of negative sampling do, the more so with more
    negatives (Mimno and Thompson 2017).

    Parameters
    ----------
    embeddings : Embeddings
        With IN and OUT vectors.

    Returns
    -------
    float
        From -1 to 1.

    Raises
    ------
    ValueError
        There are no OUT vectors.
    """
    space = as_embeddings(embeddings)
    middles = [space.matrix(which).mean(axis=0, dtype=np.float64) for which in ("in", "out")]
    return float(np.clip(unit(middles[0]) @ unit(middles[1]), -1, 1))


def norms_by_count(embeddings: Vectors, which: str = "in") -> float:
    """Give Spearman's correlation between the lengths of the vectors and the counts of their words.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words with counts.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    float
        From -1 to 1; NaN if all lengths or all counts are equal.

    Raises
    ------
    ValueError
        The counts are unknown, or there are no such vectors.
    """
    space = as_embeddings(embeddings)
    counts = space.vocabulary.require_counts()
    return spearman(lengths(space.matrix(which)), counts)


@dataclass(frozen=True, eq=False, repr=False)
class Hubness:
    """Neighbours are not shared out evenly: a few words are near very many others.

    Attributes
    ----------
    skewness : float
        Of ``occurrences``: about 0 if every word is as often a neighbour as another, large if a few
        hubs are neighbours of very many. NaN if all are equal.
    occurrences : numpy.ndarray of int64, shape (V,)
        N_k: of how many words each word is among the k nearest.
    hubs : tuple of (str, int)
        The ten words with the most, and how many.
    topn : int
        k.
    """

    skewness: float
    occurrences: NDArray[np.int64]
    hubs: tuple[tuple[str, int], ...]
    topn: int

    def __repr__(self) -> str:
        first = ", ".join(f"{word} {times:,}" for word, times in self.hubs[:3])
        return (
            f"Skewness of N_{self.topn} {number(self.skewness)}; most often among the "
            f"{self.topn} nearest: {first}."
        )


def hubness(
    embeddings: Vectors,
    topn: int = 10,
    *,
    which: str = "in",
    restrict_vocab: int | None = 10_000,
) -> Hubness:
    """Count of how many words each word is a near neighbour, and how skewed these counts are.

    N_k and its skewness E (N_k - mean)^3 / deviation^3 of Radovanović et al. 2010. The
    mean of N_k is k, whatever the vectors are.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        Words.
    topn : int, default 10
        k.
    which : {"in", "out", "sum"}
        Which vectors.
    restrict_vocab : int or None, default 10,000
        Among the first so many words only, since the time grows with their square; None: all.

    Returns
    -------
    Hubness
        Skewness, counts and hubs.

    Raises
    ------
    ValueError
        ``topn`` or ``restrict_vocab`` is below 1, or there are no such vectors.
    """
    require_limit(restrict_vocab)
    space = as_embeddings(embeddings)
    units = directions(space.matrix(which)[:restrict_vocab])
    near = nearest_rows(units, np.arange(len(units)), topn)
    occurrences = np.bincount(near.ravel(), minlength=len(units))
    centred = occurrences - occurrences.mean()
    deviation = np.sqrt(np.mean(centred**2))
    skewness = float(np.mean(centred**3) / deviation**3) if deviation else float("nan")
    most = np.argsort(-occurrences, kind="stable")[:10]
    hubs = tuple((space.vocabulary.words[row], int(occurrences[row])) for row in most)
    return Hubness(skewness, occurrences, hubs, topn)


@dataclass(frozen=True, repr=False)
class PMIFit:
    """How well scores v . u agree with what the counts say they should be.

    Attributes
    ----------
    correlation : float
        Pearson's correlation of the scores with PMI - log k; NaN if one of them is constant.
    slope, intercept : float
        Of the least-squares line of the scores over PMI - log k; in theory 1 and 0.
    pairs : int
        Pairs that were compared: those that were seen together.
    """

    correlation: float
    slope: float
    intercept: float
    pairs: int

    def __repr__(self) -> str:
        return (
            f"correlation {number(self.correlation)}, slope {number(self.slope)}, intercept "
            f"{number(self.intercept)} ({self.pairs:,} pairs)"
        )


def pmi_fit(
    embeddings: Vectors,
    counts: "sparse.csr_array | NDArray",
    negative: int = 5,
    *,
    exponent: float = 1.0,
) -> PMIFit:
    """Compare the scores v_w . u_c with PMI(w, c) - log k, over the pairs that were seen.

    With d as large as it needs to be, negative sampling with k negatives ends there (Levy and
    Goldberg 2014, equation 7). If the noise is drawn from counts to the power of 3/4, the context
    is smoothed in the same way: PMI takes P(c)^0.75 / Z in the place of P(c) (Levy et al. 2015,
    section 3.2).

    Parameters
    ----------
    embeddings : Embeddings
        V words with IN and OUT vectors.
    counts : sparse array or numpy.ndarray, shape (V, V)
        How often centre (row) and context (column) met: ``cooccurrences.count_cooccurrences`` with
        the window of the training, or counts of pairs.
    negative : int, default 5
        k, at least 1.
    exponent : float, default 1
        Of the context's counts; 0.75 for vectors of word2vec.

    Returns
    -------
    PMIFit
        Correlation and line.

    Raises
    ------
    ValueError
        The counts do not fit the vocabulary or hold no pair, k is below 1, or there are no OUT
        vectors.
    """
    from scipy import sparse

    space = as_embeddings(embeddings)
    v, u = space.matrix("in"), space.matrix("out")
    pairs = sparse.coo_array(counts)
    if pairs.shape != (len(space), len(space)) or not (pairs.data > 0).all() or not pairs.nnz:
        raise ValueError(
            f"counts has shape {pairs.shape} and {pairs.nnz} entries; expected counts above 0 of "
            f"the pairs of {len(space)} words."
        )
    if negative < 1:
        raise ValueError(f"negative must be at least 1, not {negative}.")
    rows, columns = pairs.coords
    total = pairs.data.sum()
    centers = np.bincount(rows, pairs.data, len(space)) / total
    contexts = np.bincount(columns, pairs.data, len(space)) ** exponent  # 0 where never seen
    contexts = contexts / contexts.sum()
    expected = np.log(pairs.data / total / (centers[rows] * contexts[columns])) - np.log(negative)
    return _line(expected, _scores(v, u, rows, columns))


def _scores(v: NDArray, u: NDArray, rows: NDArray, columns: NDArray) -> NDArray[np.float64]:
    """Give v . u of each pair, a block at a time."""
    scores = np.empty(len(rows))
    for some in blocks(len(rows), v.shape[1]):
        left, right = v[rows[some]].astype(np.float64), u[columns[some]].astype(np.float64)
        scores[some] = np.sum(left * right, axis=1)
    return scores


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> PMIFit:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return PMIFit(float("nan"), float("nan"), float("nan"), len(x))
    across, up = x - x.mean(), y - y.mean()
    slope = (across @ up) / (across @ across)
    correlation = (across @ up) / np.sqrt((across @ across) * (up @ up))
    intercept = y.mean() - slope * x.mean()
    return PMIFit(float(correlation), float(slope), float(intercept), len(x))


def spectrum(embeddings: Vectors, which: str = "in") -> NDArray[np.float64]:
    """Share of the variance along each principal component, the largest first.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    numpy.ndarray of float64, shape (d,)
        Shares; they sum to 1, and to 0 where all vectors are equal. The first two tell how much a
        picture of the first two components shows.

    Raises
    ------
    ValueError
        There are no such vectors.
    """
    matrix = as_embeddings(embeddings).matrix(which)
    mean = matrix.mean(axis=0, dtype=np.float64)
    d = len(mean)
    products = np.zeros((d, d))
    for some in blocks(len(matrix), d):
        centred = matrix[some] - mean
        products += centred.T @ centred
    variances = np.maximum(np.linalg.eigvalsh(products)[::-1], 0)  # rounding may go below 0
    total = variances.sum()
    return variances / total if total > 0 else variances
