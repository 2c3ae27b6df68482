"""The checks of lesson 04, negative sampling."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import (
    as_numbers,
    require,
    require_close,
    require_two,
)
from course_lib.numpy_impl.objectives import (
    expected_negatives,
    log_sigmoid,
    optimal_scores,
    sigmoid,
)

COUNTS = np.array([60, 30, 9, 1])


@exercise("04.1", done="From these probabilities the noise words are drawn.")
def check_noise_distribution(noise_distribution: Callable[..., Any]) -> None:
    """Three exponents on one vocabulary, and each classic slip."""
    powers = COUNTS**0.75
    right = powers / powers.sum()
    found = as_numbers(noise_distribution(COUNTS, 0.75), "The distribution")
    require(
        found.shape == right.shape,
        f"The distribution has shape {found.shape}; it needs one probability a word, shape (4,).",
    )
    require(
        not _same(found, powers),
        "The counts are raised to the power, but their sum is not 1: divide by the sum.",
    )
    require(
        not _same(found, COUNTS / COUNTS.sum()),
        "These are the words' own frequencies: the exponent has no effect.",
    )
    require(
        not _same(found, (COUNTS / COUNTS.sum()) ** 0.75),
        "The frequencies are raised to the power after they were divided, so they no longer sum to "
        "1. Divide last.",
    )
    require_close(found, right, "The distribution for the exponent 0.75")
    uniform = as_numbers(noise_distribution(COUNTS, 0.0), "The distribution for the exponent 0")
    require(
        not _same(uniform, right),
        "For the exponent 0 it is the same as for 0.75: use the exponent that is handed in.",
    )
    require_close(uniform, np.full(4, 0.25), "The distribution for the exponent 0")
    require_close(noise_distribution(COUNTS, 1.0), COUNTS / 100, "The one for the exponent 1")


@exercise("04.2", done="This is equation (3), and it holds for scores of any size.")
def check_pair_loss(pair_loss: Callable[..., Any]) -> None:
    """One pair, then scores at which the logarithm of the sigmoid is lost."""
    v_c, u_o, U_n = np.array([1.0, 0.5]), np.array([0.2, 0.4]), np.array([[-0.4, 0.6], [-0.2, 0.0]])
    yes, no = u_o @ v_c, U_n @ v_c
    right = -log_sigmoid(yes) - log_sigmoid(-no).sum()
    found = as_numbers(pair_loss(v_c, u_o, U_n), "The loss")
    require(found.shape == (), f"The loss is one number, not an array of shape {found.shape}.")
    for slip, told in [
        (-right, "The loss is negative: it is minus the logarithm of a probability."),
        (
            -log_sigmoid(yes) - log_sigmoid(no).sum(),
            "The noise words are asked for a yes, too. For a no the probability is sigmoid(-s).",
        ),
        (
            -log_sigmoid(yes) + log_sigmoid(-no).sum(),
            "The terms of the noise words have the wrong sign: a probability of a no that is too "
            "small has to make the loss larger.",
        ),
        (
            -log_sigmoid(yes) - log_sigmoid(-no).mean(),
            "The noise words are averaged. Equation (3) adds up all k terms.",
        ),
        (-log_sigmoid(yes), "Only the context word counts here: the k noise words are missing."),
    ]:
        require(not np.isclose(found, slip), told)
    require_close(found, right, "The loss of the pair of section 7", rtol=1e-5)
    with np.errstate(all="ignore"):  # the messages below say it better than NumPy's warning
        far = as_numbers(pair_loss(4000 * v_c, -u_o, U_n), "The loss for a score of -1600")
        near = as_numbers(pair_loss(4000 * v_c, u_o, -U_n), "The loss for noise with scores of 800")
    require(
        np.isfinite(far).all() and np.isfinite(near).all(),
        "For scores of -1600 or 800 the loss is infinite or nan: the sigmoid rounds to 0, and "
        "log(0) is lost. log sigmoid(s) = -log(1 + exp(-s)) = -np.logaddexp(0, -s).",
    )
    require_close(far, 1600.0, "The loss for a score of -1600", rtol=1e-5)
    require_close(near, 1200.0, "The loss for noise with scores of 400 and 800", rtol=1e-5)


@exercise("04.3", done="Three rows of algebra, and they are what gensim's loop computes.")
def check_gradients(gradients: Callable[..., Any]) -> None:
    """A plain pair, then a noise word that comes twice, and one that is the context word."""
    rng = np.random.default_rng(1)
    v_c, W_out = rng.normal(size=3), rng.normal(size=(6, 3))
    two = "`gradients` should return two arrays: return v_gradient, W_gradient."
    found = require_two(gradients(v_c, W_out, 1, np.array([4, 0])), two)
    v_found, W_found = (
        as_numbers(part, name) for part, name in zip(found, ("dL/dv_c", "dL/dW'"), strict=True)
    )
    right_v, right_W = _gradients(v_c, W_out, 1, [4, 0])
    require(
        W_found.shape == W_out.shape,
        f"The gradient dL/dW' has shape {W_found.shape}; it should be that of W_out, (6, 3), with "
        "zeros in the rows that were not asked about.",
    )
    require(
        not _same(v_found, -right_v) and not _same(W_found, -right_W),
        "A gradient has the wrong sign. The error is what the model said minus what was true.",
    )
    without_label = sigmoid(W_out[[1, 4, 0]] @ v_c)
    require(
        not _same(v_found, without_label @ W_out[[1, 4, 0]]),
        "The sigmoids are used as they are: subtract the label, 1 for the context word.",
    )
    require(
        not _same(v_found, (without_label - 1) @ W_out[[1, 4, 0]]),
        "Every word has the label 1 here. The noise words have 0.",
    )
    loose = {"rtol": 1e-5, "atol": 1e-6}  # an answer in float32 is right, too
    require_close(v_found, right_v, "The gradient dL/dv_c", **loose)
    require_close(W_found, right_W, "The gradient dL/dW'", **loose)
    twice = require_two(gradients(v_c, W_out, 1, np.array([4, 4, 0])), two)
    v_twice, W_twice = _gradients(v_c, W_out, 1, [4, 4, 0])
    require(
        not _same(as_numbers(twice[1], "dL/dW'"), right_W),
        "Noise word 4 was drawn twice, but its row has one share only: with repeated rows, "
        "gradient[rows] += ... keeps the last one. np.add.at keeps all.",
    )
    require_close(twice[1], W_twice, "The gradient dL/dW' with a noise word drawn twice", **loose)
    require_close(twice[0], v_twice, "The gradient dL/dv_c with a noise word drawn twice", **loose)
    both = require_two(gradients(v_c, W_out, 1, np.array([1, 0])), two)
    v_both, W_both = _gradients(v_c, W_out, 1, [1, 0])
    said = "with a noise word that is the context word (equation (3) counts it)"
    require_close(both[1], W_both, f"The gradient dL/dW' {said}", **loose)
    require_close(both[0], v_both, f"The gradient dL/dv_c {said}", **loose)


WINDOWS = [([4, 2], [1, 3]), ([5], [2]), ([1, 2, 3], [4, 5, 5])]  # context words, noise words


@exercise(
    "04.4", done="Windows of any length fit in one rectangle, and the padding counts nothing."
)
def check_batchify(batchify: Callable[..., Any]) -> None:
    """Three windows of different lengths; what the padding holds is free where the mask is 0."""
    got = batchify(WINDOWS)
    three = "`batchify` should return three arrays: return rows, labels, mask."
    require(isinstance(got, (tuple, list)) and len(got) == 3, three)
    rows, labels, mask = (
        as_numbers(part, f"`{name}`")
        for part, name in zip(got, ("rows", "labels", "mask"), strict=True)
    )
    for name, found in (("rows", rows), ("labels", labels), ("mask", mask)):
        require(
            found.shape == (3, 6),
            f"`{name}` has shape {found.shape}; three windows, the longest with 6 words, make "
            "(3, 6).",
        )
    labels, mask = labels.astype(float), mask.astype(float)  # True and 1.0 are as good as 1
    lengths = [4, 2, 6]
    right_mask = np.arange(6) < np.array(lengths)[:, None]
    require(
        not (mask == 1).all(),
        "The mask is 1 everywhere: put 0 where a row is padding.",
    )
    require(
        not _same(mask, np.arange(6) < np.array([2, 1, 3])[:, None]),
        "The mask covers the context words only. The noise words count, too; the labels tell them "
        "from the context words.",
    )
    require(not _same(mask, 1 - right_mask), "The mask is upside down: 1 is for what counts.")
    require_close(mask, right_mask.astype(float), "`mask`")
    require(
        not _same(labels * mask, right_mask.astype(int)),
        "Every word of a window has the label 1. Only its context words have it.",
    )
    for line, ((context, noise), length) in enumerate(zip(WINDOWS, lengths, strict=True)):
        words = rows[line, :length]
        require(
            not _same(words, np.array(noise + context)) or noise + context == context + noise,
            f"Row {line} has the noise words first. Put the context words first.",
        )
        require_close(words, np.array(context + noise), f"`rows` of window {line}")
        right = np.array([1.0] * len(context) + [0.0] * len(noise))
        require_close(labels[line, :length], right, f"`labels` of window {line}")


@exercise("04.5", done="Now you can say where the training is going before it has begun.")
def check_optimum(optimum: Callable[..., Any]) -> None:
    """Equation (10) on counts with unequal margins, with its classic slips."""
    counts = np.array([[0.0, 8.0, 2.0], [3.0, 1.0, 6.0], [4.0, 0.0, 1.0]])
    noise, k = np.array([0.2, 0.3, 0.5]), 3  # not the usual 5, which may stand in the answer
    right = optimal_scores(counts, expected_negatives(counts, noise, k))
    with np.errstate(all="ignore"):
        found = as_numbers(optimum(counts, noise, k), "The optimum")
    require(
        found.shape == (3, 3),
        f"The optimum has shape {found.shape}; it needs a score for each pair, (3, 3).",
    )
    seen = counts > 0
    with np.errstate(all="ignore"):
        slips = _wrong_optima(counts, noise, k)
    for slip, told in slips:
        require(not _same(found[seen], slip[seen]), told)
    require_close(found[seen], right[seen], "The scores of the pairs that meet")
    require(
        not np.isnan(found).any(),
        "There are nan among the scores of the pairs that never meet; they should be -inf.",
    )
    require(
        (found[~seen] == -np.inf).all(),
        "A pair that never meets only hears no: its score should be minus infinity.",
    )


def _wrong_optima(counts: NDArray, noise: NDArray, k: int) -> list[tuple[NDArray, str]]:
    right = np.log(counts / (k * counts.sum(axis=1, keepdims=True) * noise))
    frequency = counts.sum(axis=0) / counts.sum()
    pmi = np.log(counts / (counts.sum(axis=1, keepdims=True) * frequency))
    return [
        (right + np.log(k), "The k is missing: k noise words are drawn for each pair."),
        (right + 2 * np.log(k), "The log k is added: more noise makes the scores smaller."),
        (
            pmi - np.log(k),
            "This is PMI - log k, which holds only if the noise is the words' own frequency. Use "
            "the noise distribution that is handed in.",
        ),
        (
            np.log(counts / (k * counts.sum(axis=0) * noise)),
            "The number #(w) is summed over the wrong axis: it is the sum of row w, the pairs with "
            "centre w.",
        ),
        (
            np.log(counts / (k * counts.sum(axis=1, keepdims=True) * noise[:, None])),
            "P_n is taken at the centre. The noise word is the column: P_n(c).",
        ),
        (-right, "The fraction is upside down: the pairs that meet stand above."),
        (np.exp(right), "The logarithm is missing."),
    ]


def _gradients(
    v_c: NDArray, W_out: NDArray, target: int, negatives: list[int]
) -> tuple[NDArray, NDArray]:
    rows = np.array([target, *negatives])
    error = sigmoid(W_out[rows] @ v_c)
    error[0] -= 1
    W_gradient = np.zeros_like(W_out)
    np.add.at(W_gradient, rows, np.outer(error, v_c))
    return error @ W_out[rows], W_gradient


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other, equal_nan=True)
