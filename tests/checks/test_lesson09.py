"""Typical wrong answers to lesson 09's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from scipy.stats import kendalltau, rankdata, spearmanr

from course_lib.checks import check


def pearson(x, y):
    return np.corrcoef(x, y)[0, 1]


def spearman_where(ranks=rankdata, score=pearson):
    return lambda x, y: score(ranks(x), ranks(y))


def short_formula(x, y):
    n = len(x)
    return 1 - 6 * np.sum((x - y) ** 2) / (n * (n**2 - 1))


def components_where(centre=lambda X: X - X.mean(axis=0), points=None, shares=None):
    def principal_components(X, k):
        centred = centre(X)
        U, S, Vt = np.linalg.svd(centred, full_matrices=False)
        found = points(X, centred, U, S, Vt, k) if points else centred @ Vt[:k].T
        return found, shares(S, k) if shares else S[:k] ** 2 / np.sum(S**2)

    return principal_components


def interval_where(rows_of=lambda model, human, rows: (model[rows], human[rows]), ends=None):
    def interval(model, human, score, draws):
        scores = np.array([score(*rows_of(model, human, rows)) for rows in draws])
        return ends(scores) if ends else tuple(np.quantile(scores, [0.05, 0.95]))

    return interval


def symmetric_interval(model, human, score, draws):
    scores = np.array([score(model[rows], human[rows]) for rows in draws])
    whole, spread = score(model, human), 1.645 * scores.std()
    return whole - spread, whole + spread


def analogy_where(signs=(-1, 1, 1), unit_target=True, unit_words=True, left_out=(0, 1, 2), flip=0):
    def analogy(vectors, a, b, c, exclude):
        U = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        parts = U if unit_target else vectors
        target = sum(sign * parts[rows] for sign, rows in zip(signs, (a, b, c), strict=True))
        scores = target @ (U if unit_words else vectors).T
        if exclude != flip:
            for place in left_out:
                scores[np.arange(len(a)), (a, b, c)[place]] = -np.inf
        return scores.argmax(axis=1)

    return analogy


def rotation_where(formula):
    return lambda A, B: formula(*np.linalg.svd(A.T @ B))


def no_mirror(U, S, Vt):
    sign = np.ones(len(S))
    sign[-1] = np.sign(np.linalg.det(U @ Vt))
    return (U * sign) @ Vt


def struck_by_zero(vectors, a, b, c, exclude):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (units[b] - units[a] + units[c]) @ units.T
    for rows in (a, b, c) if exclude else ():
        scores[np.arange(len(rows)), rows] = 0
    return scores.argmax(axis=1)


def words_of_all_questions(vectors, a, b, c, exclude):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (units[b] - units[a] + units[c]) @ units.T
    for rows in (a, b, c) if exclude else ():
        scores[:, rows] = -np.inf
    return scores.argmax(axis=1)


WRONG_ANSWERS = {
    "09.1": {
        "the numbers": spearman_where(ranks=np.asarray),
        "the order": spearman_where(ranks=np.argsort),
        "ties in the order of the text": spearman_where(lambda x: np.argsort(np.argsort(x))),
        "dense ranks": spearman_where(lambda x: rankdata(x, "dense")),
        "short formula": spearman_where(score=short_formula),
        "one order turned around": lambda x, y: pearson(rankdata(x), rankdata(-y)),
        "Kendall": lambda x, y: kendalltau(x, y, variant="b").statistic,
        "the matrix": lambda x, y: np.corrcoef(rankdata(x), rankdata(y)),
        "a constant": lambda x, y: 1.0,
    },
    "09.2": {
        "not centred": components_where(centre=lambda X: X),
        "not centred at the end": components_where(points=lambda X, C, U, S, Vt, k: X @ Vt[:k].T),
        "directions not centred": components_where(
            points=lambda X, C, U, S, Vt, k: (
                C @ np.linalg.svd(X, full_matrices=False)[2][:k].T
            )
        ),
        "rows centred": components_where(centre=lambda X: X - X.mean(axis=1, keepdims=True)),
        "not scaled": components_where(points=lambda X, C, U, S, Vt, k: U[:, :k]),
        "the last directions": components_where(points=lambda X, C, U, S, Vt, k: C @ Vt[-k:].T),
        "the first columns": components_where(points=lambda X, C, U, S, Vt, k: C[:, :k]),
        "the directions": components_where(points=lambda X, C, U, S, Vt, k: Vt[:k]),
        "no squares": components_where(shares=lambda S, k: S[:k] / S.sum()),
        "no shares": components_where(shares=lambda S, k: S[:k] ** 2),
        "shares of what is kept": components_where(
            shares=lambda S, k: S[:k] ** 2 / np.sum(S[:k] ** 2)
        ),
        "added up": components_where(shares=lambda S, k: np.cumsum(S**2)[:k] / np.sum(S**2)),
        "points alone": lambda X, k: components_where()(X, k)[0],
    },
    "09.3": {
        "ends swapped": interval_where(ends=lambda s: tuple(np.quantile(s, [0.95, 0.05]))),
        "pairs torn apart": interval_where(lambda model, human, rows: (model[rows], human)),
        "nothing drawn": interval_where(lambda model, human, rows: (model, human)),
        "lowest and highest": interval_where(ends=lambda s: (s.min(), s.max())),
        "the middle 95 %": interval_where(ends=lambda s: tuple(np.quantile(s, [0.025, 0.975]))),
        "a standard deviation": interval_where(
            ends=lambda s: (s.mean() - s.std(), s.mean() + s.std())
        ),
        "a normal distribution": symmetric_interval,
        "the mean": interval_where(ends=lambda s: s.mean()),
    },
    "09.4": {
        "never excluded": analogy_where(left_out=()),
        "the wrong way round": analogy_where(flip=1),
        "only c excluded": analogy_where(left_out=(2,)),
        "a not excluded": analogy_where(left_out=(1, 2)),
        "swapped": analogy_where(signs=(1, -1, 1)),
        "not unit": analogy_where(unit_target=False, unit_words=False),
        "target not unit": analogy_where(unit_target=False),
        "neighbours of c": analogy_where(signs=(0, 0, 1)),
        "struck out by 0": struck_by_zero,
        "words of all questions": words_of_all_questions,
        "scores": lambda vectors, a, b, c, exclude: vectors[b] @ vectors.T,
    },
    "09.5": {
        "the way back": rotation_where(lambda U, S, Vt: (U @ Vt).T),
        "V once more transposed": rotation_where(lambda U, S, Vt: U @ Vt.T),
        "no mirror": rotation_where(no_mirror),
        "least squares": lambda A, B: np.linalg.lstsq(A, B, rcond=None)[0],
        "A itself": lambda A, B: A @ np.linalg.lstsq(A, B, rcond=None)[0],
        "no rotation": lambda A, B: np.eye(A.shape[1]),
    },
}  # fmt: skip


def covariance_components(X, k):
    centred = X - X.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(-values)[:k]
    return centred @ directions[:, order], values[order] / values.sum()


UNUSUAL_ANSWERS = [
    ("09.1", lambda x, y: spearmanr(x, y).statistic),
    ("09.1", lambda x, y: torch.tensor(pearson(rankdata(-x), rankdata(-y)))),
    ("09.2", covariance_components),
    ("09.2", lambda X, k: [torch.tensor(-part) for part in components_where()(X, k)[:1]]
     + [components_where()(X, k)[1].tolist()]),
    ("09.3", lambda model, human, score, draws: np.percentile(
        [score(model[rows], human[rows]) for rows in draws], [5, 95])),
    ("09.3", lambda model, human, score, draws: np.sort(
        [score(model[rows], human[rows]) for rows in draws])[[10, 190]]),
    ("09.4", lambda *given: analogy_where()(*given).tolist()),
    ("09.5", lambda A, B: orthogonal_procrustes(A, B)[0]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer"), UNUSUAL_ANSWERS)
def test_an_unusual_right_answer_is_accepted(number, answer, capsys):
    check(number, answer)
    assert capsys.readouterr().out.startswith(f"{number}: correct. ")
