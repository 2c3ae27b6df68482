"""The figures of the slides of lesson 02: skip-gram."""

import functools

import numpy as np
from numpy.typing import NDArray

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, numpy_impl, plots
from course_lib.pairs import skipgram_pairs
from course_lib.plots import Picture

SENTENCE = ["the", "king", "wears", "a", "golden", "crown", "today"]
FIVE = ["king", "queen", "wears", "the", "crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_OUT = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
KING, CROWN = 0, 4
ALPHA = 0.5
CHOSEN = ["cat", "dog", "barks", "rome", "streets"]
TOY = Word2VecSettings(
    objective="softmax", vector_size=24, window=3, min_count=1, sample=0, alpha=0.05, epochs=12
)


def window() -> Picture:
    return plots.window(SENTENCE, center=4, window=2, size=(4.7, 1.6))


def window_weights() -> Picture:
    positions = np.arange(20_000)  # each word is its own position, so that c - o is the distance
    centers, contexts = skipgram_pairs(positions, window=5, rng=np.random.default_rng(1))
    counts = np.bincount(np.abs(centers - contexts))[1:]
    return plots.window_weights(5, pair_counts=counts, size=(4.5, 3.3))


def architecture() -> Picture:
    return plots.skipgram_architecture(
        vocabulary_size=5, vector_size=2, title="Skip-gram with V = 5 and d = 2", size=(6.9, 3.0)
    )


def errors() -> Picture:
    error = numpy_impl.objectives.softmax(W_OUT @ W[KING]) - np.eye(len(FIVE))[CROWN]
    return plots.bars(
        error, FIVE, highlight=["crown"], ylabel="error e", title="Said minus true", size=(3.8, 3.0)
    )


def one_step() -> Picture:
    before = numpy_impl.objectives.softmax(W_OUT @ W[KING])
    W_new, W_out_new = _after_one_step()
    after = numpy_impl.objectives.softmax(W_out_new @ W_new[KING])
    return plots.bars(
        {"before": before, "after": after}, FIVE, highlight=["crown"], size=(4.2, 3.4)
    )


def loss_curve() -> Picture:
    trained = _trained()
    references = {"log V": np.log(len(trained)), "conditional entropy": _floor()}
    return plots.loss_curve(
        trained.losses,
        references=references,
        title="It stays between log V and the entropy",
        size=(4.5, 3.4),
    )


def groups() -> Picture:
    trained = _trained()
    shown = [word for members in datasets.TOY_GROUPS.values() for word in members]
    group_of = {word: name for name, members in datasets.TOY_GROUPS.items() for word in members}
    return plots.word_map(
        trained,
        shown,
        group_of,
        title="The royals sit among the people",
        size=(5.8, 3.6),
    )


def in_in() -> Picture:
    return plots.similarity_heatmap(_trained(), CHOSEN, title="IN-IN: used alike", size=(4.1, 3.6))


def in_out() -> Picture:
    return plots.similarity_heatmap(
        _trained(), CHOSEN, target="out", title="IN-OUT: occur together", size=(4.1, 3.6)
    )


def _after_one_step() -> tuple[NDArray, NDArray]:
    _, EH, W_out_gradient = numpy_impl.objectives.softmax_loss(W[KING], W_OUT, CROWN)
    W_new = W.copy()
    W_new[KING] -= ALPHA * EH
    return W_new, W_OUT - ALPHA * W_out_gradient


@functools.cache
def _trained() -> Embeddings:
    return numpy_impl.train_word2vec(datasets.load_corpus("toy"), TOY, progress=False)


@functools.cache
def _pair_counts() -> NDArray[np.int64]:
    """How often each context word (column) was seen with each centre (row), shape (V, V)."""
    toy = datasets.load_corpus("toy")
    vocabulary = Vocabulary.from_sentences(toy, min_count=1)
    rng = np.random.default_rng(1)
    encoded = [vocabulary.encode(tokens) for tokens in toy]
    centers, contexts = np.hstack([skipgram_pairs(rows, TOY.window, rng) for rows in encoded])
    counted = np.zeros((len(vocabulary), len(vocabulary)), dtype=np.int64)
    np.add.at(counted, (centers, contexts), 1)
    return counted


def _floor() -> float:
    """Conditional entropy of the context given the centre: no model's loss can be lower."""
    counted = _pair_counts()
    seen = counted > 0
    p_context = counted / counted.sum(axis=1, keepdims=True)
    return float(-np.sum((counted / counted.sum())[seen] * np.log(p_context[seen])))
