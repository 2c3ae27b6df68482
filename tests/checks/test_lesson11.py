"""Typical wrong answers to lesson 11's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import torch

from course_lib.checks.lesson11 import check_centroid, check_desm, check_ndcg, check_rerank


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def centroid_where(scaled=True, counted="known", once=False, length=False, nothing=np.nan):
    """Answer as the solution does, but for one thing."""

    def centroid(tokens, table):
        tokens = list(dict.fromkeys(tokens)) if once else tokens
        known = [table[token] for token in tokens if token in table]
        if not known:
            return np.full(2, nothing)
        rows = unit(np.array(known)) if scaled else np.array(known)
        divisor = {"known": len(known), "all": len(tokens), "none": 1}[counted]
        mean = rows.sum(axis=0) / divisor
        return unit(mean) if length else mean

    return centroid


def desm_where(query="in", document="out", cut="both", centroid=True, mean_first=False, once=()):
    """Answer as the solution does, but for one thing."""

    def desm(rows, documents, W, W_out):
        v, u = ({"in": W, "out": W_out}[side] for side in (query, document))
        v = unit(v) if cut in ("both", "query") else v
        u = unit(u) if cut in ("both", "document") else u
        rows = np.unique(rows) if "query" in once else rows
        documents = [np.unique(each) if "document" in once else each for each in documents]
        centres = np.array([u[each].mean(axis=0) for each in documents])
        asked = v[rows].mean(axis=0)
        asked = unit(asked) if mean_first else asked
        return (unit(centres) if centroid else centres) @ asked

    return desm


def ndcg_where(sign=-1, best_of="all", gain=lambda g: g, discount=lambda i: np.log2(i + 1), zero=0):
    """Answer as the solution does, but for one thing."""

    def ndcg(scores, grades, k):
        found = grades[np.argsort(sign * scores, kind="stable")][:k]
        best = np.sort(grades if best_of == "all" else found)[::-1][:k]
        weights = 1 / discount(np.arange(1.0, len(found) + 1))
        ideal = 1 if best_of == "none" else np.sum(gain(best) * weights)
        return np.sum(gain(found) * weights) / ideal if best.any() else zero

    return ndcg


def chosen_by(scores, k):
    return np.argsort(-scores, kind="stable")[:k]


def solved_rerank(first, second, k):
    chosen = chosen_by(first, k)
    return chosen[np.argsort(-second[chosen], kind="stable")]


def own_best(table, folds):
    return np.mean([x for f in folds for x in table[table[:, f].mean(axis=1).argmax(), f]])


def outside_rows(table, folds):
    return [np.delete(table, fold, axis=1).mean(axis=1).argmax() for fold in folds]


WRONG_ANSWERS = {
    "11.1": {
        "the vectors as they are": centroid_where(scaled=False),
        "length 1": centroid_where(length=True),
        "the sum": centroid_where(counted="none"),
        "divides by all tokens": centroid_where(counted="all"),
        "each word once": centroid_where(once=True),
        "zeros for nothing": centroid_where(nothing=0.0),
    },
    "11.2": {
        "IN and OUT swapped": desm_where(query="out", document="in"),
        "IN-IN": desm_where(document="in"),
        "long document words": desm_where(cut="query"),
        "long query words": desm_where(cut="document"),
        "no cosine": desm_where(centroid=False),
        "the cosine of the means": desm_where(mean_first=True),
        "each query word once": desm_where(once=("query",)),
        "each document word once": desm_where(once=("document",)),
        "one number": lambda *given: desm_where()(*given).mean(),
    },
    "11.3": {
        "DCG": ndcg_where(best_of="none"),
        "the best of what was found": ndcg_where(best_of="found"),
        "the lowest score first": ndcg_where(sign=1),
        "another discount": ndcg_where(discount=lambda i: np.maximum(np.log2(i), 1)),
        "exponential gains": ndcg_where(gain=lambda g: 2.0**g - 1),
        "no discount": ndcg_where(discount=lambda i: np.ones_like(i)),
        "NaN": ndcg_where(zero=np.nan),
    },
    "11.4": {
        "ranks everything": lambda first, second, k: chosen_by(second, k),
        "the order of the first": lambda first, second, k: chosen_by(first, k),
        "numbers within the chosen": lambda first, second, k: chosen_by(
            second[chosen_by(first, k)], k
        ),
        "the worst first": lambda *given: solved_rerank(*given)[::-1],
        "scores": lambda first, second, k: second[solved_rerank(first, second, k)],
        "one too few": lambda first, second, k: solved_rerank(first, second, k - 1),
    },
    "11.5": {
        "the best of all": lambda table, folds: table.mean(axis=1).max(),
        "each fold its own best": own_best,
        "the mean of means": lambda table, folds: np.mean(
            [
                table[row, fold].mean()
                for row, fold in zip(outside_rows(table, folds), folds, strict=True)
            ]
        ),
        "the values of the choosers": lambda table, folds: np.mean(
            [np.delete(table, fold, axis=1).mean(axis=1).max() for fold in folds]
        ),
        "a value for each fold": lambda table, folds: outside_rows(table, folds),
    },
}


def test_tensors_and_lists_are_answers_too():
    check_centroid(lambda *given: torch.tensor(centroid_where()(*given)))
    check_desm(lambda *given: desm_where()(*given).tolist())
    check_ndcg(lambda *given: torch.tensor(ndcg_where()(*given)))
    check_rerank(lambda *given: solved_rerank(*given).tolist())


def test_the_measure_of_the_check_is_what_the_library_computes():
    from course_lib.ranking import Collection, evaluate, make_run

    scores, grades = np.array([[0.1, 0.9, 0.5, -0.3, 0.7]]), [4, 1, 0, 3, 2]
    names = list("abcde")
    qrels = {"q": dict(zip(names, grades, strict=True))}
    collection = Collection("c", dict.fromkeys(names, ""), {"q": ""}, qrels)
    judged = evaluate(make_run(scores, collection), qrels, ["nDCG@3"])
    expected = ndcg_where()(scores[0], np.array(grades), 3)
    assert np.isclose(judged.mean("nDCG@3"), expected)
