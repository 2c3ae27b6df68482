"""The figures of the slides of lesson 01: from words to vectors."""

import functools

import numpy as np

from course_lib import Vocabulary, datasets, plots
from course_lib.plots import Picture

FIVE = ["the", "cat", "dog", "eats", "hat"]
W = np.array([[0.1, 0.0], [0.9, 0.3], [0.8, 0.4], [0.2, -0.9], [-0.7, 0.5]])
BATCH = np.array([1, 2, 1])  # cat, dog, cat
TARGETS = np.array([[1.0, 0.0], [0.5, 0.5], [0.4, 0.1]])
MIN_COUNTS = (1, 2, 5, 10, 20)


def table() -> Picture:
    return plots.matrix_heatmaps({"W": W}, FIVE, title="Numbers made up by hand", size=(3.8, 3.3))


def lookup() -> Picture:
    return plots.one_hot_lookup(FIVE, W, "dog", size=(5.6, 2.3))


def table_gradient() -> Picture:
    gradient = np.zeros_like(W)
    np.add.at(gradient, BATCH, W[BATCH] - TARGETS)
    return plots.matrix_heatmaps(
        {"dL/dW": gradient}, FIVE, highlight=["cat", "dog"],
        title="Only looked-up rows", size=(3.0, 3.2),
    )  # fmt: skip


def min_count() -> Picture:
    counts = _vocabulary("wikipedia").require_counts()
    kept = [counts[counts >= minimum] for minimum in MIN_COUNTS]
    return plots.bars(
        {
            "words": np.array([len(some) for some in kept]) / len(counts),
            "tokens": np.array([some.sum() for some in kept]) / counts.sum(),
        },
        [str(minimum) for minimum in MIN_COUNTS],
        ylabel="share that is kept",
        title="Wikipedia excerpt, by min_count",
        size=(4.8, 3.4),
    )


def zipf() -> Picture:
    corpora = {"Lee": _vocabulary("lee"), "Wikipedia": _vocabulary("wikipedia")}
    return plots.zipf(corpora, size=(4.5, 3.4))


def keep_probability() -> Picture:
    vocabulary = Vocabulary.from_sentences(datasets.load_corpus("lee"), min_count=5)
    words = ["the", "of", "said", "people", "police"]
    return plots.keep_probability(1e-3, vocabulary, words, size=(4.2, 3.7))


@functools.cache
def _vocabulary(name: str) -> Vocabulary:
    return Vocabulary.from_sentences(datasets.load_corpus(name), min_count=1)
