"""The figures of the slides of lesson 05: hierarchical softmax."""

import functools

import numpy as np
from numpy.typing import NDArray

from course_lib import HuffmanTree, Vocabulary, datasets, numpy_impl, plots
from course_lib.plots import Picture

FIVE = ["king", "queen", "wears", "the", "crown"]
COUNTS = [4, 3, 2, 10, 2]
TREE = HuffmanTree.from_counts(COUNTS)
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
NODES = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0]])
KING, CROWN = 0, 4
ALPHA = 0.5
SAMPLES = [0, 1e-3, 1e-4, 1e-5]


def twelve() -> Picture:
    words = _vocabulary()
    tree = HuffmanTree.from_counts(words.counts[:12])
    return tree.draw(words.words[:12], highlight="by", size=(6.6, 3.5))


def five() -> Picture:
    return TREE.draw(FIVE, highlight="crown", size=(4.1, 3.1))


def probabilities() -> Picture:
    left = numpy_impl.objectives.sigmoid(NODES @ W[KING])
    return TREE.draw(FIVE, highlight="crown", left=left, size=(6.6, 3.3))


def path_lengths() -> Picture:
    return plots.path_lengths(
        _vocabulary(),
        ["the", "is", "music", "crown"],
        title="Turns follow the surprise",
        size=(4.2, 3.4),
    )


def one_step() -> Picture:
    before = numpy_impl.objectives.word_probabilities(W[KING], NODES, TREE)
    h_new, nodes_new = _after_one_step()
    after = numpy_impl.objectives.word_probabilities(h_new, nodes_new, TREE)
    return plots.bars(
        {"before": before, "after": after}, FIVE, highlight=["crown"], size=(4.0, 3.4)
    )


def subsampling() -> Picture:
    huffman, balanced = _turns_a_prediction()
    return plots.bars(
        {"Huffman": huffman, "equal depth": balanced},
        ["all tokens", "1e-3", "1e-4", "1e-5"],
        ylabel="turns a prediction",
        title="At 1e-5 Huffman's tree is the longer one",
        size=(4.8, 3.4),
    )


def _after_one_step() -> tuple[NDArray, NDArray]:
    """Give the vector of king and the nodes after the step by hand."""
    _, W_gradient, node_gradient = numpy_impl.objectives.skipgram_hierarchical_softmax(
        W, NODES, np.array([KING]), *TREE.padded_paths([CROWN])
    )
    return W[KING] - ALPHA * W_gradient[KING], NODES - ALPHA * node_gradient


@functools.cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.from_sentences(datasets.load_corpus("wikipedia"), min_count=5)


def _turns_a_prediction() -> list[list[float]]:
    """Mean path of the tokens that subsampling keeps, for two trees and each threshold."""
    words = _vocabulary()
    near_equal = 10**9 - np.arange(len(words))
    lengths = [HuffmanTree.from_counts(c).path_lengths() for c in (words.counts, near_equal)]
    kept = [words.counts * words.keep_probabilities(sample) for sample in SAMPLES]
    return [[float(k @ each / k.sum()) for k in kept] for each in lengths]
