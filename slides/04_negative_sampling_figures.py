"""The figures of the slides of lesson 04: negative sampling."""

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, numpy_impl, plots
from course_lib.embeddings import unit
from course_lib.numpy_impl.objectives import sigmoid
from course_lib.pairs import skipgram_pairs
from course_lib.plots import Picture

FIVE = ["king", "queen", "wears", "the", "crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_OUT = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
KING, CROWN, NOISE = 0, 4, [2, 3]
ASKED = [CROWN, *NOISE]
ALPHA, K = 0.5, 5
# The runs of section 14 of the lesson.
KNOBS = Word2VecSettings(vector_size=32, alpha=0.1, sample=1e-4, epochs=3)


def yes_and_no() -> Picture:
    return plots.yes_and_no("king", "crown", ["the", "oxygen", "and"], size=(6.4, 2.9))


def noise() -> Picture:
    wikipedia = Vocabulary.from_sentences(datasets.load_corpus("wikipedia"), min_count=5)
    return plots.noise_distributions(
        wikipedia, title="A smaller exponent: more rare words", size=(4.2, 3.4)
    )


def one_step() -> Picture:
    W_new, W_out_new = _after_one_step()
    before, after = sigmoid(W_OUT[ASKED] @ W[KING]), sigmoid(W_out_new[ASKED] @ W_new[KING])
    return plots.bars(
        {"before": before, "after": after},
        [FIVE[row] for row in ASKED],
        highlight=["crown"],
        ylabel="probability of yes",
        title="Crown up, noise down",
        size=(4.2, 3.4),
    )


def pmi() -> Picture:
    pair_counts = _pair_counts()
    frequency = pair_counts.sum(axis=0) / pair_counts.sum()
    noise_counts = numpy_impl.objectives.expected_negatives(pair_counts, frequency, K)
    best = numpy_impl.objectives.optimal_scores(pair_counts, noise_counts)
    seen = pair_counts > 0
    scores = _converged(pair_counts, noise_counts)
    return plots.score_scatter(
        best[seen], scores[seen], title="d = V: pair by pair", size=(3.4, 3.0)
    )


def cone() -> Picture:
    sides = {}
    for k in (1, 5, 15):
        trained = _trained(k)
        middle = unit(trained.input_vectors.mean(axis=0, keepdims=True))[0]
        both = trained.input_vectors, trained.output_vectors
        sides[f"k = {k}"] = tuple(unit(vectors) @ middle for vectors in both)
    return plots.cosine_histograms(sides, title="IN on one side, OUT on the other", size=(5.8, 2.4))


def _after_one_step() -> tuple[NDArray, NDArray]:
    _, W_gradient, W_out_gradient = numpy_impl.objectives.skipgram_negative_sampling(
        W, W_OUT, np.array([KING]), np.array([CROWN]), np.array([NOISE])
    )
    return W - ALPHA * W_gradient, W_OUT - ALPHA * W_out_gradient


@functools.cache
def _pair_counts() -> NDArray[np.float64]:
    toy = datasets.load_corpus("toy")
    vocabulary = Vocabulary.from_sentences(toy, min_count=1)
    counted = np.zeros((len(vocabulary), len(vocabulary)))
    for tokens in toy:
        np.add.at(counted, skipgram_pairs(vocabulary.encode(tokens), window=3), 1)
    return counted


def _converged(pair_counts: NDArray, noise_counts: NDArray) -> NDArray:
    """Scores after 300 steps of Adam on the expected loss, with d = V."""
    V = len(pair_counts)
    matrices = np.random.default_rng(1).normal(scale=V**-0.5, size=(2, V, V))
    mean, square = np.zeros_like(matrices), np.zeros_like(matrices)
    for step in range(1, 301):
        _, *gradients = numpy_impl.objectives.expected_negative_sampling(
            *matrices, pair_counts, noise_counts
        )
        mean += 0.1 * (gradients - mean)
        square += 0.001 * (np.square(gradients) - square)
        unbiased = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        matrices -= 0.05 * unbiased[0] / (np.sqrt(unbiased[1]) + 1e-8)
    return matrices[0] @ matrices[1].T


@functools.cache
def _trained(k: int) -> Embeddings:
    settings = dataclasses.replace(KNOBS, negative=k)
    return numpy_impl.train_word2vec(datasets.load_corpus("wikipedia"), settings, progress=False)
