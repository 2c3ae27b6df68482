"""The checks of lesson 02, skip-gram."""

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
from course_lib.numpy_impl.objectives import skipgram_softmax, softmax_loss
from course_lib.numpy_impl.objectives import softmax as right_softmax
from course_lib.pairs import skipgram_pairs


@exercise("02.1", done="These are the pairs that skip-gram learns from.")
def check_pairs(pairs: Callable[..., Any]) -> None:
    """Compare with the library on sentences with a repeated word, of one word, and of none."""
    found = pairs(["a", "b", "c"], 1)
    require(isinstance(found, list), f"`pairs` should give a list, not a {type(found).__name__}.")
    require(
        all(map(_is_two_words, found)),
        "Each pair should be a tuple (centre, context) of two words.",
    )
    require(
        ("a", "a") not in found,
        "A word is paired with itself: the centre's own position is not part of its context.",
    )
    require(
        ("b", "a") in found,
        "`('b', 'a')` is missing: the window reaches to the left of the centre, too.",
    )
    require(
        ("a", "c") not in found,
        "`('a', 'c')` are two places apart; with window=1 they are no pair. Look at both ends.",
    )
    require_equal(
        found, [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")], "`pairs(a b c, window=1)`"
    )
    for text, window in [
        ("the the cat", 1),
        ("the cat saw the other cat", 2),
        ("one", 3),
        ("", 2),
        ("a b c d e", 9),
    ]:
        tokens = text.split()
        centers, contexts = skipgram_pairs(np.arange(len(tokens)), window)
        right = [(tokens[c], tokens[o]) for c, o in zip(centers, contexts, strict=True)]
        require_equal(pairs(tokens, window), right, f"`pairs({text!r}, window={window})`")


@exercise("02.2", done="It holds for scores of any size, and for many predictions at once.")
def check_softmax(softmax: Callable[..., Any]) -> None:
    """Rows that sum to 1, the right values, and scores that overflow."""
    scores = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    found = _softmax_of(scores, softmax)
    require(
        np.allclose(found.sum(axis=1), 1),
        f"The rows sum to {found.sum(axis=1).round(3)}, not to 1: each row is a prediction of its "
        "own. Sum over axis=1, and keep that axis with keepdims=True.",
    )
    require_close(found, right_softmax(scores), "`softmax([[1, 2, 3], [0, 0, 0]])`")
    with np.errstate(all="ignore"):  # the messages below say it better than NumPy's warning
        large = _softmax_of(np.array([[1000.0, 999.0]]), softmax)
        rows = _softmax_of(np.array([[1000.0, 999.0], [0.0, -1.0]]), softmax)
        wide = _softmax_of(np.array([[1000.0, -1000.0], [0.0, -2000.0]]), softmax)
    require(
        np.isfinite(large).all(),
        "Scores of 1000 give nan: exp(1000) overflows. Subtract something from every score of a "
        "row first.",
    )
    require_close(large, right_softmax(np.array([[1.0, 0.0]])), "The softmax of 1000 and 999")
    require(
        _same(rows[0], large[0]) and np.isfinite(rows[1]).all(),
        "A row of small scores below a row of large ones gives nan: all of its exponentials are 0. "
        "Subtract each row's own largest score, not the largest of all.",
    )
    require_close(
        rows, right_softmax(np.array([[1.0, 0.0]] * 2)), "The softmax of two rows far apart"
    )
    require(
        np.isfinite(wide).all(),
        "Scores of 1000 and -1000 in one row give nan. Subtract the *largest* score of the row: "
        "after the mean or the smallest, exp still overflows.",
    )
    require_close(wide, np.array([[1.0, 0.0]] * 2), "The softmax of scores 2000 apart")


@exercise("02.3", done="Your algebra is skip-gram's: EH and the gradient of every OUT vector.")
def check_gradients(gradients: Callable[..., Any]) -> None:
    """Compare both gradients, and name the two classic slips."""
    v_c, W_out = _one_pair()
    two = "`gradients` should return two arrays: return v_gradient, W_gradient."
    found = require_two(gradients(v_c, W_out, 1), two)
    _, right_v, right_W = softmax_loss(v_c, W_out, 1)
    probabilities = right_softmax(W_out @ v_c)
    _name_slips(found[0], right_v, W_out.T @ probabilities, "The gradient dL/dv_c")
    _name_slips(found[1], right_W, np.outer(probabilities, v_c), "The gradient dL/dW'")
    loose = {"rtol": 1e-5, "atol": 1e-6}  # an answer in float32 is right, too
    require_close(found[0], right_v, "The gradient dL/dv_c", **loose)
    require_close(found[1], right_W, "The gradient dL/dW'", **loose)
    found = require_two(gradients(100 * v_c, 100 * W_out, 0), two)
    _, right_v, right_W = softmax_loss(100 * v_c, 100 * W_out, 0)
    require_close(found[0], right_v, "The gradient dL/dv_c for scores in the thousands", **loose)
    require_close(found[1], right_W, "The gradient dL/dW' for scores in the thousands", **loose)


@exercise("02.4", done="With this step and the pairs of a text you can train skip-gram.")
def check_sgd_step(sgd_step: Callable[..., Any]) -> None:
    """One pair, then a repeated centre; each classic slip gives a result of its own."""
    rng = np.random.default_rng(2)
    W, W_out = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    one = np.array([2]), np.array([4])
    two = "`sgd_step` should return two matrices: return W_new, W_out_new."
    found = require_two(sgd_step(W, W_out, *one, 0.5), two)
    W_new = as_numbers(found[0], "W after one pair")
    _, dW, dW_out = skipgram_softmax(W, W_out, *one)
    new_out = W_out - 0.5 * dW_out
    late = W - 0.5 * skipgram_softmax(W, new_out, *one)[1]
    half_late = W.copy()  # the error is the old one, the OUT vectors are the new ones
    error = right_softmax(W_out @ W[2])
    error[4] -= 1
    half_late[2] -= 0.5 * new_out.T @ error
    require(
        not _same(W_new, late),
        "W moves by a gradient that was taken after W' had moved. Compute both gradients first.",
    )
    require(
        not _same(W_new, half_late),
        "The gradient of W is made of OUT vectors that have moved already. Use the old ones: "
        "compute both gradients before you change either matrix.",
    )
    require(
        not _same(W_new, W + 0.5 * dW),
        "W moves uphill: the gradient points to a larger loss, so the step goes against it.",
    )
    require_close(W_new, W - 0.5 * dW, "W after one pair")
    require_close(found[1], new_out, "W' after one pair")
    batch = np.array([1, 1, 3, 1]), np.array([0, 0, 2, 4])
    _, dW, dW_out = skipgram_softmax(W, W_out, *batch)
    found = require_two(sgd_step(W, W_out, *batch, 0.1), two)
    W_new = as_numbers(found[0], "W after a batch")
    once = W.copy()
    once[batch[0]] -= 0.1 * _pair_gradients(W, W_out, *batch)
    require(
        not _same(W_new, once),
        "Centre 1 stands in three pairs, but only one of its three gradients has arrived: with "
        "repeated rows, W[rows] -= ... keeps the last one. np.subtract.at keeps all.",
    )
    require(
        not _same(W_new, W - 0.1 * dW / 4),
        "W moves a quarter as far as it should: the loss is the sum over the pairs, not the mean.",
    )
    require_close(W_new, W - 0.1 * dW, "W after a batch with a repeated centre")
    require_close(found[1], W_out - 0.1 * dW_out, "W' after a batch with a repeated centre")


def _is_two_words(pair: object) -> bool:
    return isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(w, str) for w in pair)


def _softmax_of(scores: NDArray, softmax: Callable[..., Any]) -> NDArray:
    """Call the learner's function, and look at the shape of what it gives."""
    found = as_numbers(softmax(scores), "The softmax")
    require(
        found.shape == scores.shape,
        f"`softmax` gives shape {found.shape} for scores of shape {scores.shape}; they must agree.",
    )
    return found


def _one_pair() -> tuple[NDArray, NDArray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=3), rng.normal(size=(4, 3))


def _name_slips(got: Any, right: NDArray, without_target: NDArray, name: str) -> None:
    found = as_numbers(got, name)
    require(
        not _same(found, -right),
        f"{name} has the wrong sign. The error is what the model said minus what was true.",
    )
    require(
        not _same(found, without_target),
        f"{name} uses the probabilities as they are: subtract 1 at the target to get the error.",
    )
    require(
        found.ndim != 2 or not _same(found.T, right),
        f"{name} is turned by 90 degrees: row j should be the gradient of u_j.",
    )


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other)


def _pair_gradients(W: NDArray, W_out: NDArray, centers: NDArray, contexts: NDArray) -> NDArray:
    """One row for each pair, not yet summed: what a naive W[centers] -= ... would use."""
    return np.array(
        [softmax_loss(W[c], W_out, o)[1] for c, o in zip(centers, contexts, strict=True)]
    )
