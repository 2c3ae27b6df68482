"""The mixture of DESM and BM25, with its weight chosen by cross-validation."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.ranking.measures import evaluate, parse_measure
from course_lib.ranking.runs import Run, make_run

if TYPE_CHECKING:
    from course_lib.ranking.collection import Collection

# BM25 scores are some hundred times as far apart as cosines. So the useful weights lie close to 1,
# and alpha / (1 - alpha) is what is spread evenly: 0, then 1/4, 1/2, 1, 2, ... 1024, then infinity.
ALPHAS = (0.0, *(2.0**n / (1 + 2.0**n) for n in range(-2, 11)), 1.0)


class Ranker(Protocol):
    """What scores the documents of a collection: DocumentCentroids, BM25, a Mixture."""

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """Score each document for a query."""  # numpydoc ignore=PR01,RT01

    def all_scores(self, queries: Iterable[Sequence[str]]) -> NDArray[np.float64]:
        """Score each document for each query."""  # numpydoc ignore=PR01,RT01


class Mixture:
    """Two rankers of the same documents as one; made by ``mix``.

    Parameters
    ----------
    desm, bm25 : ranker
        DESM's DocumentCentroids, and BM25.
    alpha : float
        Weight of the first, 0 to 1.

    Attributes
    ----------
    desm, bm25, alpha
        As given.
    """

    def __init__(self, desm: Ranker, bm25: Ranker, alpha: float) -> None:
        self.desm, self.bm25, self.alpha = desm, bm25, alpha

    def __repr__(self) -> str:
        return f"Mixture({self.alpha:.4g} {self.desm!r} + {1 - self.alpha:.4g} {self.bm25!r})"

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """Score each document for a query.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.

        Returns
        -------
        numpy.ndarray of float64, shape (n_documents,)
            alpha DESM + (1 - alpha) BM25.

        Raises
        ------
        ValueError
            The two have another number of documents.
        """
        return _mixed(self.desm.scores(query_tokens), self.bm25.scores(query_tokens), self.alpha)

    def all_scores(self, queries: Iterable[Sequence[str]]) -> NDArray[np.float64]:
        """Score each document for each query.

        Parameters
        ----------
        queries : iterable of sequences of str
            The words of each query.

        Returns
        -------
        numpy.ndarray of float64, shape (n_queries, n_documents)
            A row a query.

        Raises
        ------
        ValueError
            The two have another number of documents.
        """
        queries = list(queries)
        return _mixed(self.desm.all_scores(queries), self.bm25.all_scores(queries), self.alpha)


@overload
def mix(desm: Ranker, bm25: Ranker, alpha: float) -> Mixture: ...
@overload
def mix(desm: ArrayLike, bm25: ArrayLike, alpha: float) -> NDArray[np.float64]: ...
def mix(desm: Any, bm25: Any, alpha: float) -> Any:
    """Mix two rankings: alpha DESM + (1 - alpha) BM25 (Mitra et al. 2016).

    The scores are taken as they are. Cosines lie close together and BM25 has no upper bound,
    so that a useful alpha is far nearer to 1 than to 0.5.

    Parameters
    ----------
    desm, bm25 : ranker or array_like of float
        Two rankers of the same documents (``desm.index(documents)`` and ``BM25(documents)``), or
        scores of the same shape.
    alpha : float
        The weight of DESM, 0 (BM25 alone) to 1 (DESM alone).

    Returns
    -------
    Mixture or numpy.ndarray of float64
        A ranker, or the mixed scores.

    Raises
    ------
    ValueError
        ``alpha`` is out of range, the shapes differ, or one is a ranker and the other is not.
    """
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be from 0 to 1, not {alpha}.")
    rankers = [hasattr(given, "all_scores") for given in (desm, bm25)]
    if all(rankers):
        if len(desm) != len(bm25):
            raise ValueError(
                f"The rankers have {len(desm):,} and {len(bm25):,} documents; make both of the "
                "same ones."
            )
        return Mixture(desm, bm25, alpha)
    if any(rankers) or hasattr(desm, "scores"):
        raise ValueError(
            "mix needs two rankers of the same documents, desm.index(documents) and "
            "BM25(documents), or two arrays of scores."
        )
    return _mixed(desm, bm25, alpha)


def _mixed(desm: ArrayLike, bm25: ArrayLike, alpha: float) -> NDArray[np.float64]:
    one, two = np.asarray(desm, dtype=np.float64), np.asarray(bm25, dtype=np.float64)
    if one.shape != two.shape:
        raise ValueError(f"The scores have the shapes {one.shape} and {two.shape}; score the same.")
    return alpha * one + (1 - alpha) * two


class AlphaSearch(NamedTuple):
    """What cross-validation found.

    Attributes
    ----------
    alpha : float
        The best weight on all queries: what to use for new ones.
    means : dict of float to float
        The mean of the measure over all queries, for each weight. The best of them is too good to
        be expected on new queries, since it was chosen on these.
    fold_alphas : list of float
        For each fold the weight that was best on the other folds.
    folds : list of list of str
        The queries of each fold.
    run : run
        Every query ranked with the weight that was chosen without it. Its measures are honest.
    """

    alpha: float
    means: dict[float, float]
    fold_alphas: list[float]
    folds: list[list[str]]
    run: Run


def cross_validated_alpha(
    desm_scores: ArrayLike,
    bm25_scores: ArrayLike,
    collection: "Collection",
    measure: str = "nDCG@10",
    alphas: Sequence[float] = ALPHAS,
    folds: int = 5,
    seed: int = 1,
) -> AlphaSearch:
    """Choose the weight of the mixture by cross-validation over queries.

    The judged queries are dealt into folds. For each fold the weight is taken that has the highest
    mean on the queries of the other folds; of equal ones the smallest, which leans on BM25.

    Parameters
    ----------
    desm_scores, bm25_scores : array_like of float, shape (n_queries, n_documents)
        From ``all_scores``, in the order of the collection.
    collection : Collection
        With judgements.
    measure : str, default "nDCG@10"
        What to be good at.
    alphas : sequence of float
        The weights to try, 0 to 1.
    folds : int, default 5
        How many, from 2 to the number of judged queries.
    seed : int, default 1
        Seed of the dealing.

    Returns
    -------
    AlphaSearch
        The best weight, those of the folds, and the run that uses them.

    Raises
    ------
    ValueError
        A weight or the number of folds is out of range, the shapes do not fit, or there is no such
        measure.
    """
    judged = [query for query in collection.queries if collection.qrels.get(query)]
    if not 2 <= folds <= len(judged):
        raise ValueError(f"folds must be from 2 to {len(judged)}, the judged queries; not {folds}.")
    weights = sorted(set(alphas))
    if not weights or weights[0] < 0 or weights[-1] > 1:
        raise ValueError("alphas must hold numbers from 0 to 1, at least one.")
    depth = parse_measure(measure).params.get("cutoff")  # what is below cannot change the measure
    table = np.array(
        [
            _values(mix(desm_scores, bm25_scores, alpha), collection, measure, depth, judged)
            for alpha in weights
        ]
    )
    dealt = np.array_split(np.random.default_rng(seed).permutation(len(judged)), folds)
    chosen = [weights[np.delete(table, fold, axis=1).mean(axis=1).argmax()] for fold in dealt]
    of_query = np.zeros((len(collection.queries), 1))
    places = {query: place for place, query in enumerate(collection.queries)}
    for fold, alpha in zip(dealt, chosen, strict=True):
        of_query[[places[judged[number]] for number in fold]] = alpha
    held_out = of_query * np.asarray(desm_scores) + (1 - of_query) * np.asarray(bm25_scores)
    run = make_run(held_out, collection)
    means = table.mean(axis=1)
    return AlphaSearch(
        weights[means.argmax()],
        dict(zip(weights, means.tolist(), strict=True)),
        chosen,
        [[judged[number] for number in fold] for fold in dealt],
        {query: run[query] for query in judged},
    )


def _values(
    scores: NDArray[np.float64],
    collection: "Collection",
    measure: str,
    depth: int | None,
    judged: list[str],
) -> list[float]:
    found = evaluate(make_run(scores, collection, depth), collection.qrels, [measure])
    return [found.per_query[measure][query] for query in judged]
