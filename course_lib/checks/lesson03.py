"""The checks of lesson 03, CBOW."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import (
    as_numbers,
    require,
    require_close,
    require_equal,
    require_two,
)
from course_lib.numpy_impl.objectives import cbow_hidden, cbow_softmax, softmax, softmax_loss


@exercise("03.1", done="These are the windows that CBOW learns from.")
def check_cbow_windows(cbow_windows: Callable[..., Any]) -> None:
    """Compare sentences with a repeated word, of one word, and of none."""
    found = cbow_windows(["a", "b", "c"], 1)
    require(
        isinstance(found, list), f"`cbow_windows` should give a list, not a {type(found).__name__}."
    )
    require(
        all(map(_is_window, found)),
        "Each window should be a tuple (context, centre): a list of words, and a word.",
    )
    require(
        (["a", "b", "c"], "b") not in found,
        "The centre stands in its own context: leave its own position out.",
    )
    require(
        (["b"], "a") in found and (["b"], "c") in found,
        "The words at the two ends of the sentence have a context, too: the one neighbour.",
    )
    require_equal(
        found, [(["b"], "a"), (["a", "c"], "b"), (["b"], "c")], "`cbow_windows(a b c, window=1)`"
    )
    require(
        cbow_windows(["one"], 2) == [],
        "A sentence of one word has no context to guess from: leave that centre out.",
    )
    found = cbow_windows(["the", "the", "cat"], 1)
    require_equal(
        found,
        [(["the"], "the"), (["the", "cat"], "the"), (["the"], "cat")],
        "`cbow_windows(the the cat, window=1)`",
    )
    for text, window in [("the cat saw the other cat", 2), ("", 2), ("a b c d e", 9)]:
        tokens = text.split()
        require_equal(
            cbow_windows(tokens, window),
            _windows(tokens, window),
            f"`cbow_windows({text!r}, window={window})`",
        )


@exercise("03.2", done="It holds for windows of any size, padded into one rectangle.")
def check_hidden(hidden: Callable[..., Any]) -> None:
    """A full batch, then padding, a repeated word, and an empty window."""
    W = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
    contexts = np.array([[0, 1], [1, 2]])
    full = np.ones((2, 2))
    found = as_numbers(hidden(W, contexts, full), "The hidden vectors")
    require(
        found.shape == (2, 2),
        f"The hidden vectors have shape {found.shape}; one of size d for each window is (2, 2).",
    )
    require(
        not np.allclose(found, 2 * cbow_hidden(W, contexts)),
        "That is the sum of the context vectors: divide by how many there are.",
    )
    require_close(found, cbow_hidden(W, contexts), "The hidden vectors without padding")
    contexts = np.array([[1, 1, 2], [2, 0, 0]])
    mask = np.array([[1, 1, 1], [1, 0, 0]])
    found = as_numbers(hidden(W, contexts, mask), "The hidden vectors with padding")
    right = cbow_hidden(W, contexts, mask)
    _name_padding_slips(found, right, W, contexts, mask)
    require_close(found, right, "The hidden vectors with padding")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        empty = as_numbers(hidden(W, contexts, np.zeros((2, 3))), "The hidden vector of no word")
    require(
        np.isfinite(empty).all(),
        "A window without any word gives nan: 0 is divided by 0. Divide by at least 1.",
    )
    require(
        not any(issubclass(warning.category, RuntimeWarning) for warning in caught),
        "A window without any word gives a warning: 0 is divided by 0, and mended afterwards. "
        "Divide by at least 1.",
    )
    require_close(empty, np.zeros((2, 2)), "The hidden vector of a window without words")


@exercise("03.3", done="Your algebra is CBOW's: a C-th of EH for each place of the context.")
def check_gradients(gradients: Callable[..., Any]) -> None:
    """Different context words, then a repeated one; each classic slip has a message."""
    rng = np.random.default_rng(3)
    W, W_out = rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    two = "`gradients` should return two matrices: return W_gradient, W_out_gradient."
    context, center = np.array([4, 0, 2]), 5
    found = require_two(gradients(W, W_out, context, center), two)
    W_gradient = as_numbers(found[0], "The gradient dL/dW")
    _, right, right_out = cbow_softmax(W, W_out, context[None], np.array([center]))
    _name_gradient_slips(W_gradient, right, W, W_out, context)
    loose = {"rtol": 1e-5, "atol": 1e-6}  # an answer in float32 is right, too
    require_close(
        W_gradient, right, "The gradient dL/dW for three different context words", **loose
    )
    out_gradient = as_numbers(found[1], "The gradient dL/dW'")
    require(
        not _same(out_gradient, 3 * right_out),
        "The gradient dL/dW' uses the sum of the context for h: it should be the mean.",
    )
    require_close(out_gradient, right_out, "The gradient dL/dW'", **loose)
    context = np.array([1, 3, 1, 1])
    _, right, right_out = cbow_softmax(W, W_out, context[None], np.array([center]))
    found = require_two(gradients(W, W_out, context, center), two)
    W_gradient = as_numbers(found[0], "The gradient dL/dW for a repeated word")
    once = right.copy()
    once[1] /= 3
    require(
        not _same(W_gradient, once),
        "Word 1 stands in the context three times, but only one of its three shares has arrived: "
        "W_gradient[context] += ... keeps the last one. np.add.at keeps all.",
    )
    require_close(W_gradient, right, "The gradient dL/dW for a repeated word", **loose)
    require_close(found[1], right_out, "The gradient dL/dW' for a repeated word", **loose)


@exercise("03.4", done="In the mean, near words weigh more than (w - d + 1)/w says.")
def check_mean_weights(mean_weights: Callable[..., Any]) -> None:
    """Compare with the formula for several windows; each easy confusion has a message."""
    window = 5
    found = as_numbers(mean_weights(window), "The weights")
    require(
        found.shape == (window,),
        f"The weights have shape {found.shape}; one for each distance is ({window},).",
    )
    right = _mean_weights(window)
    met = (window - np.arange(window)) / window
    require(
        not np.allclose(found, met),
        "That is how often each distance is in the window. In the mean a word of a wide window "
        "weighs less, 1/(2R).",
    )
    require(
        not np.allclose(found, met / met.sum() / 2),
        "You have scaled how often each distance is in the window to sum 1. But the weight in a "
        "window depends on its own reach: 1/(2R).",
    )
    require(
        not np.allclose(found, 2 * right),
        "That is the weight of both words at a distance together; give that of one of them.",
    )
    require(
        not np.allclose(found, window * right),
        "These are sums over the reaches. Each reach has the probability 1/w: take the mean.",
    )
    require(
        not np.allclose(found, right[::-1]),
        "The weights are in reverse: distance 1 comes first, and it weighs most.",
    )
    for window in (5, 1, 2, 8):
        require_close(mean_weights(window), _mean_weights(window), f"`mean_weights({window})`")


@exercise("03.5", done="This is how a model of negative sampling should fill a gap.")
def check_fill_gap(fill_gap: Callable[..., Any]) -> None:
    """A gap among known words, then a repeated and an unknown word, then large scores."""
    rng = np.random.default_rng(5)
    words = ["the", "king", "wears", "a", "crown"]
    W, W_out = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    noise = np.array([0.4, 0.1, 0.15, 0.25, 0.1])
    tokens = ["the", "king", "___", "a", "crown"]
    found = as_numbers(fill_gap(W, W_out, words, tokens, noise), "The probabilities")
    require(found.shape == (5,), f"The probabilities have shape {found.shape}; one a word is (5,).")
    hidden = W[[0, 1, 3, 4]].mean(axis=0)
    right = _filled(W_out @ hidden, noise)
    _name_gap_slips(found, W, W_out, hidden, noise)
    require_close(found, right, "The probabilities for `the king ___ a crown`")
    tokens = ["the", "king", "___", "the", "golden", "crown"]
    right = _filled(W_out @ W[[0, 1, 0, 4]].mean(axis=0), noise)
    found = as_numbers(fill_gap(W, W_out, words, tokens, noise), "The probabilities")
    require(
        not np.allclose(found, _filled(W_out @ W[[0, 1, 4]].mean(axis=0), noise)),
        "The word `the` stands in the context twice and counts twice: do not make a set of it.",
    )
    require_close(found, right, "The probabilities with a repeated and an unknown word")
    with np.errstate(all="ignore"):
        large = as_numbers(fill_gap(100 * W, 100 * W_out, words, tokens, noise), "The large scores")
    require(
        np.isfinite(large).all(),
        "Scores in the thousands give nan: subtract the largest score before you take exp.",
    )
    right = _filled(W_out @ W[[0, 1, 0, 4]].mean(axis=0) * 1e4, noise)
    require_close(large, right, "The probabilities for scores in the thousands")


def _is_window(window: object) -> bool:
    if not isinstance(window, tuple) or len(window) != 2 or not isinstance(window[0], list):
        return False
    return all(isinstance(word, str) for word in [*window[0], window[1]])


def _windows(tokens: list[str], window: int) -> list[tuple[list[str], str]]:
    made = [
        (tokens[max(0, i - window) : i] + tokens[i + 1 : i + 1 + window], center)
        for i, center in enumerate(tokens)
    ]
    return [(context, center) for context, center in made if context]


def _name_padding_slips(
    found: NDArray, right: NDArray, W: NDArray, contexts: NDArray, mask: NDArray
) -> None:
    width = contexts.shape[1]
    require(
        not _same(found, cbow_hidden(W, contexts)),
        "Padding is averaged in like a word: multiply by the mask before you add up.",
    )
    require(
        not _same(found, right * mask.sum(axis=1, keepdims=True) / width),
        "You divide by the width of the batch, not by the number of words that are there: the sum "
        "of the mask in each row.",
    )
    distinct = np.array([W[[1, 2]].mean(axis=0), W[2]])
    require(
        not _same(found, distinct),
        "A word that stands in a context twice counts twice: do not make a set of the context.",
    )


def _name_gradient_slips(
    found: NDArray, right: NDArray, W: NDArray, W_out: NDArray, context: NDArray
) -> None:
    """Name what dL/dW is instead, for a context of three different words and centre 5."""
    hidden = W[context].mean(axis=0)
    require(
        not _same(found, 3 * right),
        "Each context word gets a whole EH: that is the gradient of the sum, and what gensim does "
        "for the mean. The true one for the mean is EH/C.",
    )
    require(
        not _same(found, -right),
        "The gradient dL/dW has the wrong sign. The error is what the model said minus what was "
        "true.",
    )
    all_of_it = np.zeros_like(W)
    all_of_it[context] = W_out.T @ softmax(W_out @ hidden) / 3
    require(
        not _same(found, all_of_it),
        "The gradient dL/dW uses the probabilities as they are: subtract 1 at the centre to get "
        "the error.",
    )
    of_the_sum = np.zeros_like(W)
    of_the_sum[context] = softmax_loss(3 * hidden, W_out, 5)[1]
    require(
        not _same(found, of_the_sum),
        "That is dL/dW for the sum of the context. h is the mean here, and each word gets EH/C.",
    )


def _name_gap_slips(
    found: NDArray, W: NDArray, W_out: NDArray, hidden: NDArray, noise: NDArray
) -> None:
    require(
        not np.allclose(found, softmax(W_out @ hidden)),
        "That is the softmax of the scores, gensim's `predict_output_word`: the noise distribution "
        "is missing.",
    )
    require(
        not np.allclose(found, _filled(W_out @ hidden, 1 / noise)),
        "You divide by the noise; multiply by it. The scores have it divided out already.",
    )
    require(
        not np.allclose(found, noise * softmax(W_out @ hidden)),
        "The probabilities do not sum to 1: scale them after you have multiplied by the noise.",
    )
    require(
        not np.allclose(found, _filled(W @ hidden, noise)),
        "The candidates' vectors come from W_out: h was trained to meet OUT vectors.",
    )
    require(
        not np.allclose(found, _filled(4 * W_out @ hidden, noise)),
        "That is for the sum of the context's vectors; h is their mean.",
    )


def _mean_weights(window: int) -> NDArray[np.float64]:
    reaches = np.arange(1, window + 1)
    return np.array([np.sum(1 / (2 * reaches[delta:])) / window for delta in range(window)])


def _filled(scores: NDArray, noise: NDArray) -> NDArray:
    return softmax(scores + np.log(noise))


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other)
