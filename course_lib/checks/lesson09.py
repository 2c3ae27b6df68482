"""The checks of lesson 09, looking at embeddings and judging them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import as_numbers, require, require_close, require_two

LOOSE: dict[str, Any] = {"rtol": 1e-5, "atol": 1e-6}  # an answer in float32 is right, too


@exercise("09.1", done="This is the number that every list of judged pairs is scored with.")
def check_spearman(spearman: Callable[..., Any]) -> None:
    """Without ties, with ties, and with an order that is turned around."""
    x = np.array([0.1, 0.9, 0.3, 0.35, 0.2, 0.8])
    for y in (np.array([1.0, 3.0, 9.0, 4.0, 2.0, 100.0]), np.array([3.0, 1.0, 1.0, 4.0, 4.0, 1.0])):
        found = as_numbers(spearman(x, y), "The correlation")
        require(found.ndim == 0, f"The correlation has shape {found.shape}; give one number.")
        right = _pearson(_ranks(x), _ranks(y))
        n, first, second = len(x), np.argsort(np.argsort(x)), np.argsort(np.argsort(y))
        for slip, told in [
            (_pearson(x, y), "This is the correlation of the numbers. Take that of their ranks."),
            (
                _pearson(np.argsort(x), np.argsort(y)),
                "These are orders, not ranks: argsort says who is first, not which place somebody "
                "has. Sort twice, or write the places into an empty array.",
            ),
            (-right, "The sign is turned around: one of the two is ranked from the top."),
            (
                _kendall(x, y),
                "This counts pairs in the right order (Kendall). Spearman correlates the ranks.",
            ),
        ]:
            require(np.isclose(slip, right) or not np.isclose(found, slip), told)
        tied = len(np.unique(y)) < n
        for slip, told in [
            (_pearson(first, second), "Equal numbers have got different ranks."),
            (_pearson(_dense(x), _dense(y)), "Behind equal numbers the ranks go on too early."),
        ]:
            shared = " Equal ones share the mean of their places: 2, 3 and 4 become 3, 3 and 3."
            require(not tied or not np.isclose(found, slip), told + shared)
        shortcut = 1 - 6 * np.sum((_ranks(x) - _ranks(y)) ** 2) / (n * (n**2 - 1))
        require(
            not tied or not np.isclose(found, shortcut),
            "The short formula with squared differences holds without ties only. With ties, take "
            "the correlation of the ranks.",
        )
        require_close(found, right, "The correlation with ties" if tied else "The correlation")


def _ranks(values: NDArray) -> NDArray:
    smaller = (values[:, None] > values).sum(axis=1)
    equal = (values[:, None] == values).sum(axis=1)
    return smaller + (equal + 1) / 2


def _dense(values: NDArray) -> NDArray:
    return np.unique(values, return_inverse=True)[1]


def _pearson(x: NDArray, y: NDArray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _kendall(x: NDArray, y: NDArray) -> float:
    above = np.triu_indices(len(x), 1)
    signs = [np.sign(values[:, None] - values)[above] for values in (x, y)]
    return float(np.mean(signs[0] * signs[1]))


@exercise("09.2", done="With the shares you can say what your picture leaves out.")
def check_principal_components(principal_components: Callable[..., Any]) -> None:
    """Vectors far from the origin; one and two directions."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(7, 4)) * [3, 2, 1, 0.5] + [5, -3, 2, 1]
    X[:, 3] += X[:, 0]
    centred = X - X.mean(axis=0)
    U, S, Vt = np.linalg.svd(centred, full_matrices=False)
    two = "`principal_components` should return two arrays: return points, shares."
    for k in (1, 2):
        points, shares = require_two(principal_components(X, k), two)
        points, shares = as_numbers(points, "The points"), as_numbers(shares, "The shares")
        require(
            points.shape == (7, k),
            f"The points have shape {points.shape}; {k} numbers for each of 7 words make (7, {k}).",
        )
        require(shares.shape == (k,), f"The shares have shape {shares.shape}, not ({k},).")
        right = U[:, :k] * S[:k]
        raw_U, raw_S, raw_Vt = np.linalg.svd(X, full_matrices=False)
        rows = X - X.mean(axis=1, keepdims=True)
        for slip, told in [
            (raw_U[:, :k] * raw_S[:k], "The vectors are not centred: subtract their mean first."),
            (X @ Vt[:k].T, "The directions are right. Project the *centred* vectors onto them."),
            (centred @ raw_Vt[:k].T, "The directions come from vectors that are not centred."),
            (U[:, :k], "The points are not scaled: multiply each column by its singular value."),
            (
                rows @ np.linalg.svd(rows, full_matrices=False)[2][:k].T,
                "The mean of each row is subtracted here. Subtract that of each column: the mean "
                "vector.",
            ),
            (centred @ Vt[-k:].T, "These are the directions with the least variance."),
            (centred[:, :k], "These are the first columns, not the directions that vary most."),
        ]:
            require(not _same_up_to_signs(points, slip), told)
        require(
            _same_up_to_signs(points, right),
            "The points are not those of the directions that vary most (whatever their signs).",
        )
        _check_shares(shares, S, k)


def _check_shares(shares: NDArray, S: NDArray, k: int) -> None:
    for slip, told in [
        (S[:k] / S.sum(), "A share of the variance needs the *squares* of the singular values."),
        (S[:k] ** 2, "These are sums of squares. Divide by the sum over all directions."),
        (
            S[:k] ** 2 / np.sum(S[:k] ** 2),
            "The shares of the directions kept sum to 1 here. Divide by all directions, or nobody "
            "sees what the picture leaves out.",
        ),
        (
            np.cumsum(S**2)[:k] / np.sum(S**2),
            "The shares are added up. Give each direction its own share.",
        ),
    ]:
        right = S[:k] ** 2 / np.sum(S**2)
        require(np.allclose(slip, right) or not np.allclose(shares, slip, rtol=1e-5), told)
    require_close(shares, S[:k] ** 2 / np.sum(S**2), "The shares", **LOOSE)


def _same_up_to_signs(found: NDArray, other: NDArray) -> bool:
    same = [
        np.allclose(column, right, **LOOSE) or np.allclose(column, -right, **LOOSE)
        for column, right in zip(found.T, other.T, strict=True)
    ]
    return all(same)


@exercise("09.3", done="No score leaves your desk without an interval any more.")
def check_interval(interval: Callable[..., Any]) -> None:
    """Fixed draws, a score that needs both columns, and one that is not symmetric."""
    rng = np.random.default_rng(1)
    human = rng.normal(size=40)
    model = human + rng.normal(size=40)
    draws = rng.integers(40, size=(200, 40))
    two = "`interval` should return two numbers: return low, high."
    for score in (_pearson, _slope):
        got = require_two(interval(model, human, score, draws), two)
        found = as_numbers(got, "The interval")
        require(found.shape == (2,), f"The interval has shape {found.shape}, not two numbers.")
        scores = np.array([score(model[rows], human[rows]) for rows in draws])
        right = np.quantile(scores, [0.05, 0.95])
        whole = score(model, human)
        one_sided = [score(model[rows], human) for rows in draws]
        spread = 1.645 * scores.std()
        for slip, told in [
            (right[::-1], "The two ends are swapped: first the low one, then the high one."),
            (
                np.quantile(one_sided, [0.05, 0.95]),
                "Only `model` is drawn. Take the same rows of both, or the pairs are torn apart.",
            ),
            (
                [score(model, human)] * 2,
                "Both ends are the score of the list itself. Score each draw of it.",
            ),
            (
                [scores.min(), scores.max()],
                "These are the lowest and the highest score of all draws, and wander apart with "
                "more draws. Take the quantiles 0.05 and 0.95.",
            ),
            (
                np.quantile(scores, [0.025, 0.975]),
                "This is the middle 95 %. Leave 5 % out on *each* side.",
            ),
            (
                [scores.mean() - scores.std(), scores.mean() + scores.std()],
                "This is one standard deviation to each side: some 68 %, not 90 %.",
            ),
            (
                [whole - spread, whole + spread],
                "This takes the scores for a normal distribution. Read the quantiles off.",
            ),
        ]:
            require(not np.allclose(found, slip, rtol=1e-6), told)
        ordered = np.sort(scores)  # other conventions of a quantile lie between the same two draws
        ends = zip(found, ordered[[9, 189]], ordered[[10, 190]], strict=True)
        if not all(below <= end <= above for end, below, above in ends):
            require_close(found, right, "The interval", **LOOSE)


def _slope(x: NDArray, y: NDArray) -> float:
    return float(np.polyfit(x, y, 1)[0])


@exercise("09.4", done="Call it both ways, and you see what the exclusion hides.")
def check_analogy(analogy: Callable[..., Any]) -> None:
    """Vectors of very different lengths; with and without the words of the question."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 5)) * rng.uniform(0.2, 5, size=(30, 1))
    near = 0.3 * np.linalg.norm(vectors[0]) * rng.normal(size=(2, 5))
    vectors[1:3] = vectors[0] + near  # three words so close that a itself would be an answer
    a, b, c = np.array([0, 3, 7, 11, 4]), np.array([1, 9, 22, 5, 20]), np.array([2, 8, 6, 1, 13])
    U = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (U[b] - U[a] + U[c]) @ U.T
    for exclude in (False, True):
        found = as_numbers(analogy(vectors, a, b, c, exclude), "The answers")
        require(
            found.shape == (5,),
            f"The answers have shape {found.shape}; five questions have five answers, (5,).",
        )
        left_out = (a, b, c) if exclude else ()
        right = _best(scores, left_out)
        for slip, told in [
            (_best(scores, left_out[2:]), "Only c is left out. Leave out a and b, too."),
            (_best(scores, left_out[1:]), "Only b and c are left out. Leave out a, too."),
            (
                _best(scores, () if exclude else (a, b, c)),
                "The answer is a word of the question. With exclude=True none of them may be."
                if exclude
                else "With exclude=False the words of the question may be answers, too.",
            ),
            (
                _best((U[a] - U[b] + U[c]) @ U.T, left_out),
                "The words a and b are swapped: as a is to b, so is c to ?, which is b - a + c.",
            ),
            (
                _best((vectors[b] - vectors[a] + vectors[c]) @ vectors.T, left_out),
                "The dot products favour long vectors: make every vector unit length first.",
            ),
            (
                _best((vectors[b] - vectors[a] + vectors[c]) @ U.T, left_out),
                "The target is made of vectors of different lengths: make them unit length before "
                "you add and subtract.",
            ),
            (_best(U[c] @ U.T, left_out), "These are the neighbours of c alone."),
            (
                _best(scores, tuple(np.full(5, row) for row in {*a, *b, *c})),
                "The words of all questions are left out of each. Leave out of each question its "
                "own three words: scores[np.arange(m), a] = -np.inf.",
            ),
        ]:
            require(np.array_equal(slip, right) or not np.array_equal(found, slip), told)
        require_close(found, right, f"The answers with exclude={exclude}")
    four = np.array([[1.0, 0.2], [0.1, 1.0], [0.3, 1.0], [0.2, -1.0]])
    question = np.array([0]), np.array([1]), np.array([2])
    found = as_numbers(analogy(four, *question, True), "The answer")
    require(
        np.array_equal(found, [3]),
        "Of four words one is left to answer, and its score is negative. Strike words out with "
        "-np.inf: a score of 0 would win against it.",
    )


def _best(scores: NDArray, left_out: tuple[NDArray, ...]) -> NDArray:
    scores = scores.copy()
    for rows in left_out:
        scores[np.arange(len(scores)), rows] = -np.inf
    return scores.argmax(axis=1)


@exercise("09.5", done="Two runs with different seeds can now be laid on top of each other.")
def check_rotation(rotation: Callable[..., Any]) -> None:
    """A rotation that was planted, then two matrices with noise."""
    rng = np.random.default_rng(1)
    A = rng.normal(size=(12, 4)) * [3, 2, 1, 0.5]
    planted = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    planted[:, 0] *= -np.sign(np.linalg.det(planted))  # a mirror image is among the answers
    for noise in (0.0, 1.0):
        B = A @ planted + noise * rng.normal(size=A.shape)
        Q = as_numbers(rotation(A, B), "Q")
        require(Q.shape == (4, 4), f"Q has shape {Q.shape}; A Q has to fit B, so it is (4, 4).")
        U, _, Vt = np.linalg.svd(A.T @ B)
        mirror = np.diag([1.0, 1.0, 1.0, -1.0])
        for slip, told in [
            (
                (U @ Vt).T,
                "This is the way back, from B to A: the transpose of what is asked for.",
            ),
            (U @ Vt.T, "NumPy's svd gives V already transposed: the product is U @ Vt."),
            (
                U @ mirror @ Vt,
                "A mirror image is refused here. Orthogonal matrices may mirror: leave the "
                "determinant alone.",
            ),
        ]:
            require(not _same(Q, slip), told)
        require(
            np.allclose(Q.T @ Q, np.eye(4), atol=1e-5),
            "Q is not orthogonal: Q^T Q should be the identity, so that no cosine changes. (Plain "
            "least squares stretches the space.)",
        )
        require_close(Q, U @ Vt, "Q", **LOOSE)


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other, **LOOSE)
