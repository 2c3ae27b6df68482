"""The checks of lesson 11, two vectors a word, and ranking by them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import CheckFailed, as_numbers, require, require_close

TABLE = {"tea": [3.0, 4.0], "cup": [0.0, 2.0], "tram": [-8.0, 6.0]}


@exercise("11.1", done="Every document is a point now, near the words that it holds.")
def check_centroid(centroid: Callable[..., Any]) -> None:
    """Vectors of unequal length, repeated words, unknown ones, and nothing known."""
    table = {word: np.array(row) for word, row in TABLE.items()}
    tokens = ["tea", "zyxxy", "cup", "tea", "tram"]
    units = np.array([[0.6, 0.8], [0.0, 1.0], [0.6, 0.8], [-0.8, 0.6]])
    raw = np.array([[3.0, 4.0], [0.0, 2.0], [3.0, 4.0], [-8.0, 6.0]])
    right = units.mean(axis=0)
    found = as_numbers(centroid(list(tokens), dict(table)), "The centroid")
    require(
        not _same(found, raw.mean(axis=0)),
        "The centroid is the mean of the vectors as they are. Divide each by its length first: a "
        "long vector would outvote the others.",
    )
    require(
        not _same(found, right / np.linalg.norm(right)),
        "The centroid has length 1. Equation (1) leaves its length as it comes out.",
    )
    require(
        not _same(found, units.sum(axis=0)),
        "This is the sum of the unit vectors. Divide it by the number of known words.",
    )
    require(
        not _same(found, units.sum(axis=0) / 5),
        "The sum is divided by the number of all tokens. |D| counts the known ones.",
    )
    require(
        not _same(found, units[[0, 1, 3]].mean(axis=0)),
        "A word that comes twice should count twice; do not make a set of the tokens.",
    )
    require_close(found, right, "The centroid")
    for nothing in (["zyxxy"], []):
        with np.errstate(all="ignore"):  # the message below says it better than NumPy's warning
            empty = as_numbers(centroid(list(nothing), dict(table)), "The centroid")
        require(
            empty.shape == (2,) and bool(np.isnan(empty).all()),
            f"For the tokens {nothing} the centroid should be NaN twice, for d = 2; it is "
            f"{np.array2string(empty, precision=2)}.",
        )


@exercise("11.2", done="This is DESM. 10,000 documents are one product of a matrix and a vector.")
def check_desm(desm: Callable[..., Any]) -> None:
    """Random matrices, a repeated row in query and document, documents of unequal length."""
    rng = np.random.default_rng(11)
    lengths = np.geomspace(0.2, 5, 9)[:, None]
    W, W_out = rng.normal(size=(9, 4)) * lengths, rng.normal(size=(9, 4)) * lengths[::-1]
    query = np.array([1, 4, 4])
    documents = [np.array([2, 3, 3, 5]), np.array([7]), np.array([0, 8, 6])]
    answer = desm(query.copy(), [each.copy() for each in documents], W.copy(), W_out.copy())
    found = as_numbers(answer, "The scores")
    require(
        found.shape == (3,),
        f"The scores have the shape {found.shape}; there are three documents, so it should be "
        "(3,).",
    )
    for wrong, message in (
        (
            _scores(query, documents, W_out, W),
            "IN and OUT have changed places: the query's words come from W, the document's from "
            "W_out.",
        ),
        (
            _scores(query, documents, W, W),
            "This is IN-IN. The words of the documents come from W_out.",
        ),
        (
            _scores(query, documents, W, W_out, cut="query"),
            "The document's vectors were added with their own lengths. Each gets length 1 first.",
        ),
        (
            _scores(query, documents, W, W_out, cut="document"),
            "The query's vectors were taken with their own lengths. Each gets length 1 first.",
        ),
        (
            _scores(query, documents, W, W_out, centroid=False),
            "The centroid was not divided by its own length, so these are no cosines.",
        ),
        (
            _scores(query, documents, W, W_out, mean_first=True),
            "This is the cosine of the two means. (2) is the mean of the cosines: the query's mean "
            "does not get length 1.",
        ),
        (
            _scores(np.unique(query), documents, W, W_out),
            "A row that comes twice in the query should count twice.",
        ),
        (
            _scores(query, [np.unique(each) for each in documents], W, W_out),
            "A row that comes twice in a document should count twice.",
        ),
    ):
        require(not _same(found, wrong), message)
    require_close(found, _scores(query, documents, W, W_out), "The scores")


def _scores(
    query: NDArray, documents: list[NDArray], W: NDArray, W_out: NDArray,
    cut: str = "both", centroid: bool = True, mean_first: bool = False,
) -> NDArray[np.float64]:  # fmt: skip
    v = _unit(W) if cut in ("both", "query") else W
    u = _unit(W_out) if cut in ("both", "document") else W_out
    centres = np.array([u[document].mean(axis=0) for document in documents])
    asked = v[query].mean(axis=0)
    asked = asked / np.linalg.norm(asked) if mean_first else asked
    return (_unit(centres) if centroid else centres) @ asked


def _unit(rows: NDArray) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@exercise("11.3", done="You can now say how good a ranking is, and distrust one that you cannot.")
def check_ndcg(ndcg: Callable[..., Any]) -> None:
    """Grades from 0 to 4, good documents that were not found, few documents, no grade at all."""
    scores = np.array([0.1, 0.9, 0.5, -0.3, 0.7, 0.2])
    grades = np.array([4, 1, 0, 3, 2, 0])
    for k in (3, 6, 10):
        call = f"`ndcg(scores, grades, {k})`"
        found = as_numbers(ndcg(scores.copy(), grades.copy(), k), call)
        require(found.shape == (), f"{call} should be one number, not an array {found.shape}.")
        order = grades[np.argsort(-scores)][:k]
        best = np.sort(grades)[::-1][:k]
        right = _dcg(order) / _dcg(best)
        for wrong, message in (
            (_dcg(order), "is not divided by the largest possible DCG."),
            (
                _dcg(order) / _dcg(np.sort(order)[::-1]),
                "is divided by the best order of the documents that were found. The best order is "
                "that of all documents.",
            ),
            (
                _dcg(grades[np.argsort(scores)][:k]) / _dcg(best),
                "begins with the lowest score. The highest comes first.",
            ),
            (
                _dcg(order, first=1) / _dcg(best, first=1),
                "has another discount: place i is divided by log2(i + 1), counted from 1.",
            ),
            (_dcg(2.0**order - 1) / _dcg(2.0**best - 1), "has the gains 2^g - 1; take g itself."),
            (
                order.sum() / best.sum(),
                "gives every place the same weight; divide by log2(i + 1).",
            ),
        ):
            require(
                abs(wrong - right) < 1e-9 or not _same(found, np.asarray(wrong)),
                f"{call} {message}",
            )
        require_close(found, right, call)
    with np.errstate(all="ignore"):
        none = as_numbers(ndcg(scores.copy(), np.zeros(6, int), 3), "nDCG without a grade above 0")
    require(
        not np.isnan(none).any(), "If no document has a grade above 0, nDCG is 0/0. Give 0 there."
    )
    require_close(none, 0.0, "nDCG without a grade above 0")


def _dcg(gains: NDArray, first: int = 2) -> float:
    discount = np.log2(np.arange(2, len(gains) + 2))
    if first == 1:  # the older form, which does not discount the first two places
        discount = np.maximum(np.log2(np.arange(1, len(gains) + 1)), 1)
    return float(np.sum(gains / discount))


@exercise(
    "11.4", done="That is the paper's telescoping: a cheap model chooses, a better one orders."
)
def check_rerank(rerank: Callable[..., Any]) -> None:
    """The best of the second model stand outside of what the first one chose."""
    first = np.array([0.5, 3.0, 0.1, 2.0, 9.0, 1.0])
    second = np.array([0.9, -0.2, 0.95, 0.3, 0.1, 0.2])
    for k, right in ((3, [3, 4, 1]), (4, [3, 5, 4, 1]), (6, [2, 0, 3, 5, 4, 1])):
        call = f"`rerank(first, second, {k})`"
        found = as_numbers(rerank(first.copy(), second.copy(), k), f"{call}: the rows")
        chosen = np.argsort(-first)[:k]
        require(
            not _same(found, np.argsort(-second)[:k]) or k == 6,
            f"{call} ranks everything by the second model. The first one chooses.",
        )
        require(
            not _same(found, chosen),
            f"{call} is in the order of the first model. The second one orders.",
        )
        inside = np.argsort(-second[chosen])
        require(
            _same(inside, np.array(right)) or not _same(found, inside),
            f"{call} counts within the chosen documents. Give the numbers of the documents: "
            "chosen[...].",
        )
        require(
            not _same(found, np.array(right)[::-1]),
            f"{call} begins with the worst one.",
        )
        require(
            not _same(found, second[np.array(right)]),
            f"{call} gives scores. Give the numbers of the documents.",
        )
        require(found.shape == (k,), f"{call} should give {k} rows; its shape is {found.shape}.")
        if not _same(found, np.array(right)):
            raise CheckFailed(f"{call} gives {found.tolist()}; it should be {right}.")


@exercise("11.5", done="Your number would hold for a query that nobody has asked yet.")
def check_honest_mean(honest_mean: Callable[..., Any]) -> None:
    """Folds of unequal size, whose best weights differ from each other and from those of all."""
    table = np.array(
        [[0.9, 0.2, 0.3, 0.4, 0.5], [0.1, 0.8, 0.6, 0.3, 0.2], [0.5, 0.5, 0.4, 0.45, 0.45]]
    )
    folds = [np.array([0]), np.array([1, 3]), np.array([2, 4])]
    outside = [np.delete(table, fold, axis=1).mean(axis=1).argmax() for fold in folds]
    values = [table[row, fold] for row, fold in zip(outside, folds, strict=True)]
    right = float(np.concatenate(values).mean())
    answer = honest_mean(table.copy(), [fold.copy() for fold in folds])
    found = as_numbers(answer, "The mean")
    require(found.shape == (), f"Give one number, not an array of shape {found.shape}.")
    for wrong, message in (
        (
            table.mean(axis=1).max(),
            "This is the best row on all queries, judged by the queries that chose it: the number "
            "that is too good to be true.",
        ),
        (
            np.concatenate([table[table[:, f].mean(axis=1).argmax(), f] for f in folds]).mean(),
            "Each fold has chosen its own best row. Choose on the queries outside of the fold.",
        ),
        (
            np.mean([each.mean() for each in values]),
            "This is the mean of the folds' means. The folds have different sizes: take the mean "
            "over all queries.",
        ),
        (
            np.mean([np.delete(table, f, axis=1).mean(axis=1).max() for f in folds]),
            "These are the values of the queries that chose the row. Take those of the fold.",
        ),
    ):
        require(not _same(found, np.asarray(wrong)), message)
    require_close(found, right, "The mean")


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == np.shape(other) and bool(np.allclose(found, other))
