"""Typical wrong answers to lesson 04's exercises; test_exercises.py hands them to the checks."""

import numpy as np

from course_lib.numpy_impl.objectives import log_sigmoid, sigmoid


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
        "no logarithm": optimum_where(lambda c, w, p, k: c / (k * w * p)),
        "0 for pairs that never meet": zero_where_unseen,
    },
}  # fmt: skip
