"""The checks of lesson 07, GloVe."""

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
from course_lib.cooccurrences import count_cooccurrences
from course_lib.glove_training import glove_weights
from course_lib.numpy_impl.objectives import glove
from course_lib.vocabulary import Vocabulary

LOOSE = {"rtol": 1e-5, "atol": 1e-6}  # an answer in float32 is right, too
SENTENCES = [[0, 1, 2, 0, 3], [1, 1], [4]]  # a word twice near itself, and a word alone


@exercise("07.1", done="These are the numbers that GloVe learns from.")
def check_cooccurrences(cooccurrences: Callable[..., Any]) -> None:
    """A text with a repeated word and a sentence of one word; two windows."""
    for window in (2, 3):
        right = _counted(window)
        found = as_numbers(cooccurrences(SENTENCES, 5, window), "The counts")
        require(
            found.shape == (5, 5),
            f"The counts have shape {found.shape}; five words make (5, 5).",
        )
        for slip, told in _wrong_counts(right, window):
            require(not _same(found, slip), told)
        require_close(found, right, f"The counts for window {window}", **LOOSE)


def _counted(window: int, sentences: list[list[int]] = SENTENCES) -> NDArray:
    words = ["a", "b", "c", "d", "e"]
    text = [[words[row] for row in sentence] for sentence in sentences]
    return count_cooccurrences(text, Vocabulary(words), window, progress=False).toarray()


def _wrong_counts(right: NDArray, window: int) -> list[tuple[NDArray, str]]:
    left, unweighted = np.zeros((5, 5)), np.zeros((5, 5))
    for sentence in SENTENCES:
        for place, row in enumerate(sentence):
            for distance in range(1, min(window, place) + 1):
                other = sentence[place - distance]
                left[row, other] += 1 / distance
                unweighted[row, other] += 1
                unweighted[other, row] += 1
    return [
        (left, "Only the words on the left are counted. Look to both sides of the centre."),
        (left.T, "Only the words on the right are counted. Look to both sides of the centre."),
        (unweighted, "Every word counts 1 here. At distance d a word counts 1/d."),
        (right + _itself(), "The centre is counted as its own neighbour, at distance 0."),
        (
            right - np.diag(right.diagonal()),
            "A word that stands near itself counts, too: the pair (1, 1) of the second sentence.",
        ),
        (_counted(window + 1), "The window is one place too wide: the largest distance counts."),
        (_counted(window - 1), "The window is one place too narrow: the largest distance counts."),
        (
            _counted(window, [[row for sentence in SENTENCES for row in sentence]]),
            "The windows reach over the end of a sentence.",
        ),
    ]


def _itself() -> NDArray:
    return np.diag(np.bincount([row for sentence in SENTENCES for row in sentence])).astype(float)


@exercise("07.2", done="Frequent pairs count more, and from x_max on no more than that.")
def check_weight(weight: Callable[..., Any]) -> None:
    """Counts below, at and above x_max; two settings."""
    counts = np.array([0.5, 1.0, 10.0, 100.0, 1000.0])
    for x_max, alpha in ((100.0, 0.75), (10.0, 0.5)):
        right = glove_weights(counts, x_max, alpha)
        found = as_numbers(weight(counts, x_max, alpha), "The weights")
        require(
            found.shape == counts.shape,
            f"The weights have shape {found.shape}; give one for each count, (5,).",
        )
        powers = (counts / x_max) ** alpha
        for slip, told in [
            (powers, "A count above x_max weighs more than 1 here: cut it off at 1."),
            (np.minimum(counts / x_max, 1), "The exponent alpha is missing."),
            (
                np.maximum(powers, 1),
                "The two cases are swapped: the weight is 1 from x_max on, and smaller before.",
            ),
            (np.minimum(counts**alpha / x_max, 1), "Divide by x_max first, then take the power."),
            (
                np.where(counts < x_max, powers, 0),
                "A count from x_max on weighs 0 here. It should weigh 1.",
            ),
        ]:
            require(not _same(found, slip), told)
        require_close(found, right, f"The weights for x_max = {x_max:g}, alpha = {alpha:g}")


@exercise("07.3", done="Four gradients from one number, f times e.")
def check_gradients(gradients: Callable[..., Any]) -> None:
    """One count with a weight below 1, then one with the weight 1."""
    rng = np.random.default_rng(1)
    w, c = rng.normal(size=3), rng.normal(size=3)
    for count in (20.0, 400.0):
        got = gradients(w, c, 0.3, -0.2, count)
        four = "`gradients` should return four things: for w, for w~, for b and for b~."
        require(isinstance(got, (tuple, list)) and len(got) == 4, four)
        names = ("dL/dw", "dL/dw~", "dL/db", "dL/db~")
        found = [as_numbers(part, name) for part, name in zip(got, names, strict=True)]
        for part, name, shape in zip(found, names, ((3,), (3,), (), ()), strict=True):
            said = f"of shape {shape}" if shape else "one number"
            require(part.shape == shape, f"{name} has shape {part.shape}; it should be {said}.")
        _, right = glove(
            w[None], c[None], np.array([0.3]), np.array([-0.2]),
            np.array([0]), np.array([0]), np.array([count]),
        )  # fmt: skip
        error = w @ c + 0.3 - 0.2 - np.log(count)
        f = float(glove_weights(count))
        for factor, told in [
            (-f * error, "The gradients have the wrong sign: e is the score minus log X."),
            (2 * f * error, "A factor 2 is left: the loss here is f e**2 / 2."),
            (
                f * (error + np.log(count) - count),
                "The score is compared with X. Compare it with log X.",
            ),
            (f * (error - 0.1), "The biases are missing from the score."),
            (f * np.sign(error), "Only the sign of e is used."),
        ]:
            require(not np.isclose(found[2], factor), told)
        require(
            f == 1 or not np.isclose(found[2], error), "The weight f(X) is missing from e f(X)."
        )
        swapped = _same(found[0], right[1][0]) and _same(found[1], right[0][0])
        require(not swapped, "The two vectors are swapped: dL/dw points along w~.")
        for part, expected, name in zip(found, right, names, strict=True):
            require_close(part, expected[0], f"{name} for X = {count:g}", **LOOSE)


@exercise("07.4", done="Each number has a learning rate of its own, and it only shrinks.")
def check_adagrad(adagrad: Callable[..., Any]) -> None:
    """Two steps in a row, one with a zero gradient; what was handed in stays as it is."""
    numbers, squares = np.array([1.0, -2.0, 0.5]), np.array([1.0, 3.0, 2.0])
    two = "`adagrad` should return two arrays: return numbers, squares."
    for gradient in (np.array([2.0, -4.0, 0.0]), np.array([2.0, 8.0, 1.0])):
        g = 0.5 * gradient
        right = numbers - g / np.sqrt(squares + g**2), squares + g**2
        got = require_two(adagrad(numbers, squares, gradient, 0.5), two)
        found = [
            as_numbers(part, name)
            for part, name in zip(got, ("The numbers", "The squares"), strict=True)
        ]
        for slip, told in [
            (numbers - g, "This is plain gradient descent: divide by the root of the squares."),
            (numbers + g / np.sqrt(squares + g**2), "The step goes uphill: subtract it."),
            (
                numbers - g / np.sqrt(squares),
                "The present gradient is not in the sum yet: add its square first, then divide.",
            ),
            (numbers - g / (squares + g**2), "Divide by the root of the sum, not by the sum."),
        ]:
            require(_same(slip, right[0]) or not _same(found[0], slip), told)
        require(
            not _same(found[1], squares + gradient**2),
            "The squares are those of the plain gradient. Stanford's program, and ours, multiply "
            "it by the learning rate first.",
        )
        require(not _same(found[1], g**2), "The earlier squares are forgotten: add to them.")
        require_close(found[0], right[0], "The numbers", **LOOSE)
        require_close(found[1], right[1], "The squares", **LOOSE)
        numbers, squares = right


@exercise("07.5", done="With its singular vectors this is the oldest of the three methods.")
def check_ppmi(ppmi: Callable[..., Any]) -> None:
    """Unequal margins, pairs below chance, and pairs that never meet."""
    counts = np.array([[0.0, 8.0, 2.0], [3.0, 1.0, 6.0], [4.0, 0.0, 1.0]])
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
    with np.errstate(all="ignore"):
        pmi = np.log(counts * counts.sum() / (rows * columns))
        found = as_numbers(ppmi(counts), "PPMI")
    right = np.maximum(pmi, 0)
    require(found.shape == (3, 3), f"PPMI has shape {found.shape}; it needs that of the counts.")
    require(
        np.isfinite(found).all(),
        "There are infinite numbers or nan: a pair that never meets has PPMI 0.",
    )
    with np.errstate(all="ignore"):
        slips = [
            (np.where(counts > 0, pmi, 0), "Negative numbers are left: PPMI cuts them off at 0."),
            (
                np.maximum(counts * counts.sum() / (rows * columns), 0),
                "The logarithm is missing.",
            ),
            (
                np.zeros((3, 3)),
                "Everything is 0. A probability alone has a logarithm below 0: PMI compares with "
                "chance, X_i X_j / sum of X.",
            ),
            (np.where(counts > 0, np.maximum(-pmi, 0), 0), "The fraction is upside down."),
            (
                np.where(counts > 0, np.abs(pmi), 0),
                "Pairs below chance have become positive. They are 0 in PPMI.",
            ),
            (np.maximum(pmi / np.log(2), 0), "This is in bits. Use the natural logarithm."),
        ]
    for slip, told in slips:
        require(not _same(found, slip), told)
    require_close(found, right, "PPMI", **LOOSE)


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other, equal_nan=True)
