"""Typical wrong answers to lesson 07's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import pytest
import torch

from course_lib.checks import check


def counts_where(
    left=True, right=True, weigh=lambda d: 1 / d, wider=0, itself=False, diagonal=True, joined=False
):
    def cooccurrences(sentences, V, window):
        counts = np.zeros((V, V))
        if joined:
            sentences = [[row for sentence in sentences for row in sentence]]
        for sentence in sentences:
            for place, row in enumerate(sentence):
                for other_place, other in enumerate(sentence):
                    distance = abs(place - other_place)
                    side = left if other_place < place else right
                    if distance == 0:
                        counts[row, row] += itself
                    elif side and distance <= window + wider and (diagonal or row != other):
                        counts[row, other] += weigh(distance)
        return counts

    return cooccurrences


def weight_where(formula):
    return lambda counts, x_max, alpha: formula(np.asarray(counts), x_max, alpha)


def gradients_where(factor=lambda f, e: f * e, swap=False, target=np.log, biases=1, number=False):
    def gradients(w, c, b, b_tilde, count):
        error = w @ c + biases * (b + b_tilde) - target(count)
        fe = factor(min(1, (count / 100) ** 0.75), error)
        vectors = (fe * w, fe * c) if swap else (fe * c, fe * w)
        return fe if number else (*vectors, fe, fe)

    return gradients


def adagrad_where(step, square=lambda g, eta: (eta * g) ** 2, keep=1):
    def adagrad(numbers, squares, gradient, eta):
        summed = keep * squares + square(gradient, eta)
        return numbers - step(eta * gradient, summed, squares), summed

    return adagrad


def root(g, summed, before):
    return g / np.sqrt(summed)


def ppmi_where(formula):
    """Call a formula with the counts, their row sums, column sums and total."""

    def ppmi(counts):
        with np.errstate(all="ignore"):
            rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0)
            return formula(counts, rows, columns, counts.sum())

    return ppmi


WRONG_ANSWERS = {
    "07.1": {
        "left only": counts_where(right=False),
        "right only": counts_where(left=False),
        "no weights": counts_where(weigh=lambda d: 1),
        "word2vec's weights": counts_where(weigh=lambda d: max(0, 4 - d) / 3),
        "the centre counts": counts_where(itself=True),
        "no diagonal": counts_where(diagonal=False),
        "a place too far": counts_where(wider=1),
        "a place too near": counts_where(wider=-1),
        "over the end of sentences": counts_where(joined=True),
    },
    "07.2": {
        "not cut off": weight_where(lambda c, m, a: (c / m) ** a),
        "no exponent": weight_where(lambda c, m, a: np.minimum(1, c / m)),
        "the maximum": weight_where(lambda c, m, a: np.maximum(1, (c / m) ** a)),
        "power first": weight_where(lambda c, m, a: np.minimum(1, c**a / m)),
        "zero from x_max on": weight_where(lambda c, m, a: np.where(c < m, (c / m) ** a, 0)),
        "always the defaults": weight_where(lambda c, m, a: np.minimum(1, (c / 100) ** 0.75)),
    },
    "07.3": {
        "no weight": gradients_where(lambda f, e: e),
        "uphill": gradients_where(lambda f, e: -f * e),
        "a factor 2": gradients_where(lambda f, e: 2 * f * e),
        "the count itself": gradients_where(target=lambda count: count),
        "vectors swapped": gradients_where(swap=True),
        "no biases": gradients_where(biases=0),
        "the sign of e": gradients_where(lambda f, e: f * np.sign(e)),
        "one number": gradients_where(number=True),
    },
    "07.4": {
        "plain descent": adagrad_where(lambda g, summed, before: g),
        "uphill": adagrad_where(lambda g, summed, before: -g / np.sqrt(summed)),
        "the sum before": adagrad_where(lambda g, summed, before: g / np.sqrt(before)),
        "no root": adagrad_where(lambda g, summed, before: g / summed),
        "squares without the rate": adagrad_where(root, square=lambda g, eta: g**2),
        "forgets": adagrad_where(root, keep=0),
    },
    "07.5": {
        "infinite": ppmi_where(lambda c, r, k, n: np.log(c * n / (r * k))),
        "negative ones": ppmi_where(
            lambda c, r, k, n: np.where(c > 0, np.log(c * n / (r * k)), 0)
        ),
        "no logarithm": ppmi_where(lambda c, r, k, n: c * n / (r * k)),
        "conditional": ppmi_where(lambda c, r, k, n: np.maximum(np.log(c / r), 0)),
        "upside down": ppmi_where(
            lambda c, r, k, n: np.where(c > 0, np.maximum(np.log(r * k / (c * n)), 0), 0)
        ),
        "bits": ppmi_where(lambda c, r, k, n: np.maximum(np.log2(c * n / (r * k)), 0)),
        "absolute": ppmi_where(lambda c, r, k, n: np.where(c > 0, abs(np.log(c * n / (r * k))), 0)),
    },
}  # fmt: skip


def torch_gradients(w, c, b, b_tilde, count):
    numbers = [torch.tensor(each, requires_grad=True) for each in (w, c, b, b_tilde)]
    f = min(1, (count / 100) ** 0.75)
    error = numbers[0] @ numbers[1] + numbers[2] + numbers[3] - np.log(count)
    (f * error**2 / 2).backward()
    return [number.grad for number in numbers]


UNUSUAL_ANSWERS = [
    ("07.1", lambda sentences, V, window: counts_where()(sentences, V, window).tolist()),
    ("07.2", lambda counts, m, a: [1 if c >= m else (c / m) ** a for c in counts]),
    ("07.2", lambda counts, m, a: torch.tensor(counts / m).clamp(max=1) ** a),
    ("07.3", torch_gradients),
    ("07.4", lambda *given: list(adagrad_where(root)(*given))),
    ("07.5", ppmi_where(lambda c, r, k, n: np.where(c * n > r * k, np.log(c * n / (r * k)), 0))),
]


@pytest.mark.parametrize(("number", "answer"), UNUSUAL_ANSWERS)
def test_an_unusual_right_answer_is_accepted(number, answer, capsys):
    check(number, answer)
    assert capsys.readouterr().out.startswith(f"{number}: correct. ")
