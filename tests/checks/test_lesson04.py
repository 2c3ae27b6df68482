"""Typical wrong answers to lesson 04's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import pytest
import torch

from course_lib.checks import check
from course_lib.numpy_impl.objectives import log_sigmoid, sigmoid, softmax


def noise_of(make):
    """Hand the counts over as floats."""
    return lambda counts, exponent: make(np.asarray(counts, dtype=float), exponent)


def fixed_exponent(counts, exponent):
    powers = np.asarray(counts) ** 0.75
    return powers / powers.sum()


def loss_where(combine):
    """Combine the score of the context word and those of the noise words."""
    return lambda v_c, u_o, U_n: combine(u_o @ v_c, U_n @ v_c)


def gradients_where(label=1, noise_label=0, sign=1, keep_repeats=True):
    def gradients(v_c, W_out, target, negatives):
        rows = np.array([target, *negatives])
        labels = np.array([label, *[noise_label] * len(negatives)])
        error = sign * (sigmoid(W_out[rows] @ v_c) - labels)
        W_gradient = np.zeros_like(W_out)
        if keep_repeats:
            np.add.at(W_gradient, rows, np.outer(error, v_c))
        else:
            W_gradient[rows] += np.outer(error, v_c)
        return error @ W_out[rows], W_gradient

    return gradients


def rows_only(v_c, W_out, target, negatives):
    rows = np.array([target, *negatives])
    error = sigmoid(W_out[rows] @ v_c)
    error[0] -= 1
    return error @ W_out[rows], np.outer(error, v_c)


def skips_the_target(v_c, W_out, target, negatives):
    """As gensim does; equation (3) counts such a draw."""
    return gradients_where()(v_c, W_out, target, [row for row in negatives if row != target])


def batchify_where(mask_value=lambda context, noise: [1] * (len(context) + len(noise)), fill=0,
                   noise_first=False, label_all=False):  # fmt: skip
    def batchify(windows):
        L = max(len(context) + len(noise) for context, noise in windows)
        rows, labels, mask = [], [], []
        for context, noise in windows:
            asked = noise + context if noise_first else context + noise
            ones = [1] * (len(asked) if label_all else len(context))
            counted = mask_value(context, noise)
            rows.append(asked + [0] * (L - len(asked)))
            labels.append(ones + [0] * (L - len(ones)))
            mask.append(counted + [fill] * (L - len(counted)))
        return np.array(rows), np.array(labels), np.array(mask)

    return batchify


def upside_down(windows):
    rows, labels, mask = batchify_where()(windows)
    return rows, labels, 1 - mask


def cut_to_the_shortest(windows):
    L = min(len(context) + len(noise) for context, noise in windows)
    return tuple(array[:, :L] for array in batchify_where()(windows))


def optimum_where(formula):
    """Call a formula with the counts, #(w) as a column, P_n and k, minus infinity kept."""

    def optimum(counts, noise, k):
        with np.errstate(all="ignore"):
            return formula(counts, counts.sum(axis=1, keepdims=True), noise, k)

    return optimum


def zero_where_unseen(counts, noise, k):
    ratio = counts / (k * counts.sum(axis=1, keepdims=True) * noise)
    return np.log(np.where(counts > 0, ratio, 1))


WRONG_ANSWERS = {
    "04.1": {
        "not divided by the sum": noise_of(lambda c, a: c**a),
        "no exponent": noise_of(lambda c, a: c / c.sum()),
        "divided before the power": noise_of(lambda c, a: (c / c.sum()) ** a),
        "always 0.75": fixed_exponent,
        "the sum alone": noise_of(lambda c, a: (c**a).sum()),
    },
    "04.2": {
        "the sign of the whole": loss_where(lambda s, n: log_sigmoid(s) + log_sigmoid(-n).sum()),
        "yes to the noise": loss_where(lambda s, n: -log_sigmoid(s) - log_sigmoid(n).sum()),
        "the sign of the noise": loss_where(lambda s, n: -log_sigmoid(s) + log_sigmoid(-n).sum()),
        "the mean of the noise": loss_where(lambda s, n: -log_sigmoid(s) - log_sigmoid(-n).mean()),
        "no noise": loss_where(lambda s, n: -log_sigmoid(s)),
        "log of a sigmoid that rounds to 0": loss_where(
            lambda s, n: -np.log(sigmoid(s)) - np.log(sigmoid(-n)).sum()
        ),
    },
    "04.3": {
        "uphill": gradients_where(sign=-1),
        "no label": gradients_where(label=0),
        "all labels are 1": gradients_where(noise_label=1),
        "loses repeated rows": gradients_where(keep_repeats=False),
        "the rows alone": rows_only,
        "skips a draw of the context word": skips_the_target,
    },
    "04.4": {
        "padding counts": batchify_where(fill=1),
        "noise does not count": batchify_where(mask_value=lambda context, _: [1] * len(context)),
        "mask upside down": upside_down,
        "all labels are 1": batchify_where(label_all=True),
        "noise first": batchify_where(noise_first=True),
        "cut to the shortest": cut_to_the_shortest,
    },
    "04.5": {
        "no k": optimum_where(lambda c, w, p, k: np.log(c / (w * p))),
        "plus log k": optimum_where(lambda c, w, p, k: np.log(c / (w * p)) + np.log(k)),
        "PMI whatever the noise": optimum_where(
            lambda c, w, p, k: np.log(c / (k * w * c.sum(axis=0) / c.sum()))
        ),
        "sums over centres": optimum_where(
            lambda c, w, p, k: np.log(c / (k * c.sum(axis=0) * p))
        ),
        "P_n of the centre": optimum_where(lambda c, w, p, k: np.log(c / (k * w * p[:, None]))),
        "always 5 noise words": optimum_where(lambda c, w, p, k: np.log(c / (5 * w * p))),
        "no logarithm": optimum_where(lambda c, w, p, k: c / (k * w * p)),
        "0 for pairs that never meet": zero_where_unseen,
    },
}  # fmt: skip


def torch_gradients(v_c, W_out, target, negatives):
    v, W = (torch.tensor(array, requires_grad=True) for array in (v_c, W_out))
    signs = torch.tensor([1.0] + [-1.0] * len(negatives))
    rows = [target, *negatives]
    (-torch.nn.functional.logsigmoid(signs * (W[rows] @ v)).sum()).backward()
    return v.grad, W.grad


def one_hot_gradients(v_c, W_out, target, negatives):
    one_hot = np.eye(len(W_out))
    counts, label = one_hot[[target, *negatives]].sum(axis=0), one_hot[target]
    error = counts * sigmoid(W_out @ v_c) - label
    return error @ W_out, error[:, None] * v_c


def filled_by_comparing(windows):
    """Truth values for labels and mask, and a padding of its own."""
    parts = np.array([[len(context), len(noise)] for context, noise in windows])
    place, lengths = np.arange(parts.sum(axis=1).max()), parts.sum(axis=1, keepdims=True)
    rows = np.full((len(windows), len(place)), -1)
    rows[place < lengths] = [row for context, noise in windows for row in (*context, *noise)]
    return rows, place < parts[:, :1], place < lengths


UNUSUAL_ANSWERS = [
    ("04.1", lambda counts, exponent: softmax(exponent * np.log(counts))),
    ("04.1", lambda counts, exponent: torch.tensor(counts).pow(exponent) / sum(counts**exponent)),
    ("04.1", lambda counts, a: [c**a / sum(n**a for n in counts) for c in counts]),
    ("04.2", lambda v, u, U: -log_sigmoid(np.append(u @ v, -(U @ v))).sum()),
    ("04.2", lambda v, u, U: sum(np.logaddexp(0, s) for s in [-(u @ v), *(U @ v)])),
    ("04.2", lambda v, u, U: torch.nn.functional.softplus(
        torch.tensor(np.vstack([-u, U]) @ v)).sum()),
    ("04.3", torch_gradients),
    ("04.3", one_hot_gradients),
    ("04.3", lambda *given: list(gradients_where()(*given))),
    ("04.4", filled_by_comparing),
    ("04.4", lambda windows: [array.tolist() for array in batchify_where()(windows)]),
    ("04.5", optimum_where(lambda c, w, p, k: np.log(c) - np.log(k) - np.log(w) - np.log(p))),
    ("04.5", optimum_where(lambda c, w, p, k: np.log(c / w) - np.log(k * p[None, :]))),
    ("04.5", optimum_where(lambda c, w, p, k: np.where(c > 0, np.log(c / (k * w * p)), -np.inf))),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer"), UNUSUAL_ANSWERS)
def test_an_unusual_right_answer_is_accepted(number, answer, capsys):
    check(number, answer)
    assert capsys.readouterr().out.startswith(f"{number}: correct. ")
