"""The figures of the slides of lesson 03: CBOW."""

import functools

import numpy as np
from numpy.typing import NDArray

from course_lib import Embeddings, Vocabulary, datasets, plots
from course_lib.numpy_impl.objectives import cbow_softmax, softmax_loss
from course_lib.pairs import skipgram_pairs
from course_lib.plots import Picture

SENTENCE = ["the", "king", "wears", "the", "golden", "crown", "today"]
FIVE = ["king", "queen", "wears", "the", "crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_OUT = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
CONTEXT, CROWN = np.array([3, 0, 2, 3]), 4
ALPHA = 1.0
# Section 13 of the lesson trains for these numbers and prints them: the share of
# originals found by twins seen 10, 20, 50 and 100 times, one line a text.
SEEN = [10, 20, 50, 100]
FOUND = {
    "skip-gram, 5 epochs": [
        [0.00, 0.07, 0.38, 0.85],
        [0.00, 0.04, 0.49, 0.84],
    ],
    "CBOW, 5 epochs": [
        [0.02, 0.02, 0.15, 0.67],
        [0.02, 0.02, 0.20, 0.64],
    ],
    "CBOW, 12 epochs": [
        [0.14, 0.35, 0.75, 0.98],
        [0.14, 0.40, 0.82, 0.96],
    ],
}
Data = list[NDArray]


def window() -> Picture:
    return plots.window(
        SENTENCE, center=4, window=2, title="Four context words make one guess", size=(4.7, 1.6)
    )


def architecture() -> Picture:
    return plots.cbow_architecture(
        vocabulary_size=7, vector_size=3, title="CBOW with V = 7 and d = 3", size=(6.9, 3.0)
    )


def one_step() -> Picture:
    W_new, _ = _after_one_step(mean=True)
    return plots.bars(
        np.linalg.norm(W_new - W, axis=1),
        FIVE,
        highlight=["king", "wears", "the"],
        ylabel="how far v moved",
        title="One share each, and two for “the”",
        size=(3.9, 3.2),
    )


def learning_rate() -> Picture:
    return plots.loss_curve(
        dict(
            zip(["textbook", "gensim's rule", "textbook, faster"], _losses().values(), strict=True)
        ),
        ylabel="mean loss (nats a window)",
        title="gensim's rule: a larger learning rate",
        size=(4.6, 3.5),
    )


def distance() -> Picture:
    in_window, in_mean = _weights(5)
    return plots.bars(
        {"in the window": in_window / in_window[0], "weight in the mean": in_mean / in_mean[0]},
        ["1", "2", "3", "4", "5"],
        ylabel="relative to distance 1",
        title="In the mean, far words weigh less still",
        size=(4.6, 3.4),
    )


def twins() -> Picture:
    return plots.repeated_runs(
        SEEN,
        {name.removesuffix(" epochs"): lines for name, lines in FOUND.items()},
        xlabel="how often the twin was seen",
        ylabel="share of originals found",
        title="Equal epochs: skip-gram. Equal time: CBOW",
        size=(4.9, 3.2),
    )


def _after_one_step(mean: bool) -> tuple[NDArray, NDArray]:
    hidden = W[CONTEXT].mean(axis=0) if mean else W[CONTEXT].sum(axis=0)
    _, EH, W_out_gradient = softmax_loss(hidden, W_OUT, CROWN)
    W_new = W.copy()
    np.subtract.at(W_new, CONTEXT, ALPHA * EH / (len(CONTEXT) if mean else 1))
    return W_new, W_OUT - ALPHA * W_out_gradient


def _weights(window: int) -> tuple[NDArray, NDArray]:
    """How often each distance is in the window, and its mean weight in h, on 20,000 positions."""
    centers, contexts = skipgram_pairs(np.arange(20_000), window, np.random.default_rng(1))
    distances = np.abs(centers - contexts)
    C = np.bincount(centers)[centers]
    return np.bincount(distances)[1:] / 40_000, np.bincount(distances, 1 / C)[1:] / 40_000


@functools.cache
def _toy() -> tuple[Vocabulary, list[NDArray]]:
    toy = datasets.load_corpus("toy")
    vocabulary = Vocabulary.from_sentences(toy, min_count=1)
    return vocabulary, [vocabulary.encode(tokens) for tokens in toy]


def _windows(sentences: list[NDArray], left: int, right: int) -> Data:
    """Contexts, mask and centres of many sentences, as in section 10 of the lesson."""
    offsets = np.array([*range(-left, 0), *range(1, right + 1)])
    contexts, masks = [], []
    for rows in sentences:
        places = np.arange(len(rows))[:, None] + offsets
        inside = (places >= 0) & (places < len(rows))
        contexts.append(rows[np.where(inside, places, 0)])
        masks.append(inside)
    mask = np.concatenate(masks)
    some = mask.any(axis=1)
    return [np.concatenate(contexts)[some], mask[some], np.concatenate(sentences)[some]]


def _train(data: Data, alpha: float, IN_factor: float = 1.0) -> list[tuple[NDArray, NDArray]]:
    """The state after each of four epochs, as in section 10 of the lesson."""
    vocabulary, _ = _toy()
    start = Embeddings.initial(vocabulary, 24, seed=1, dtype=np.float64)
    v, u = start.input_vectors.copy(), start.output_vectors.copy()
    contexts, masks, centers = data
    rng, states = np.random.default_rng(1), []
    for epoch in range(4):
        order = rng.permutation(len(centers))
        for first in range(0, len(order), 64):
            rate = alpha * (1 - (epoch + first / len(order)) / 4)
            some = order[first : first + 64]
            _, dv, du = cbow_softmax(v, u, contexts[some], centers[some], masks[some])
            v -= rate * IN_factor * dv
            u -= rate * du
        states.append((v.copy(), u.copy()))
    return states


def _mean_loss(state: tuple[NDArray, NDArray], data: Data) -> float:
    contexts, masks, centers = data
    return cbow_softmax(*state, contexts, centers, masks)[0] / len(centers)


@functools.cache
def _mean_size() -> float:
    return float(_windows(_toy()[1][:4000], 3, 3)[1].sum(axis=1).mean())


@functools.cache
def _losses() -> dict[str, list[float]]:
    _, encoded = _toy()
    training, test = _windows(encoded[:4000], 3, 3), _windows(encoded[4000:], 3, 3)
    runs = {
        "textbook, 0.025": _train(training, 0.025),
        "gensim's rule, 0.025": _train(training, 0.025, _mean_size()),
        "textbook, 0.052": _train(training, 0.025 * _mean_size() ** 0.5),
    }
    return {name: [_mean_loss(state, test) for state in states] for name, states in runs.items()}
