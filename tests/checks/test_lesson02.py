"""Typical wrong answers to lesson 02's exercises; test_exercises.py hands them to the checks."""

import numpy as np

from course_lib.numpy_impl.objectives import skipgram_softmax, softmax_loss
from course_lib.numpy_impl.objectives import softmax as right_softmax


def pairs_where(tokens, window, is_pair):
    """List the pairs at most ``window`` places apart that ``is_pair(centre, other)`` keeps."""
    places = range(len(tokens))
    return [
        (tokens[i], tokens[j])
        for i in places
        for j in places
        if abs(i - j) <= window and is_pair(i, j)
    ]


def with_itself(tokens, window):
    return pairs_where(tokens, window, lambda i, j: True)


def to_the_right_only(tokens, window):
    return pairs_where(tokens, window, lambda i, j: j > i)


def one_too_wide(tokens, window):
    return pairs_where(tokens, window + 1, lambda i, j: i != j)


def one_too_narrow_at_the_right(tokens, window):
    return pairs_where(tokens, window, lambda i, j: i != j and j - i < window)


def without_equal_words(tokens, window):
    return pairs_where(tokens, window, lambda i, j: tokens[i] != tokens[j])


def place_of_the_word(tokens, window):
    """Look the position up by the word: always the first of a repeated word."""
    found = []
    for center in tokens:
        here = tokens.index(center)
        near = range(max(0, here - window), min(len(tokens), here + window + 1))
        found += [(center, tokens[other]) for other in near if other != here]
    return found


def without_shift(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


def over_the_whole_matrix(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def over_the_columns(scores):
    powers = np.exp(scores - scores.max(axis=0))
    return powers / powers.sum(axis=0)


def largest_score_as_divisor(scores):
    powers = np.exp(scores / np.maximum(np.abs(scores).max(), 1))
    return powers / powers.sum(axis=1, keepdims=True)


def softmax_less(reference):
    """Subtract something else than each row's largest score."""

    def softmax(scores):
        powers = np.exp(scores - reference(scores))
        return powers / powers.sum(axis=1, keepdims=True)

    return softmax


def wrong_sign(v_c, W_out, target):
    _, v_gradient, W_gradient = softmax_loss(v_c, W_out, target)
    return -v_gradient, -W_gradient


def target_forgotten(v_c, W_out, target):
    probabilities = right_softmax(W_out @ v_c)
    return W_out.T @ probabilities, np.outer(probabilities, v_c)


def target_forgotten_once(v_c, W_out, target):
    _, v_gradient, _ = softmax_loss(v_c, W_out, target)
    return v_gradient, np.outer(right_softmax(W_out @ v_c), v_c)


def transposed(v_c, W_out, target):
    _, v_gradient, W_gradient = softmax_loss(v_c, W_out, target)
    return v_gradient, W_gradient.T


def swapped(v_c, W_out, target):
    _, v_gradient, W_gradient = softmax_loss(v_c, W_out, target)
    return W_gradient, v_gradient


def target_only(v_c, W_out, target):
    """Treat the other words as if they did not depend on v_c."""
    error = right_softmax(W_out @ v_c)[target] - 1
    W_gradient = np.zeros_like(W_out)
    W_gradient[target] = error * v_c
    return error * W_out[target], W_gradient


def lost_repeats(W, W_out, centers, contexts, alpha):
    hidden = W[centers]
    error = right_softmax(hidden @ W_out.T)
    error[np.arange(len(centers)), contexts] -= 1
    W_new = W.copy()
    W_new[centers] -= alpha * (error @ W_out)
    return W_new, W_out - alpha * (error.T @ hidden)


def W_after_W_out(W, W_out, centers, contexts, alpha):  # noqa: N802
    W_out_new = W_out - alpha * skipgram_softmax(W, W_out, centers, contexts)[2]
    return W - alpha * skipgram_softmax(W, W_out_new, centers, contexts)[1], W_out_new


def old_error_new_W_out(W, W_out, centers, contexts, alpha):  # noqa: N802
    error = right_softmax(W[centers] @ W_out.T)
    error[np.arange(len(centers)), contexts] -= 1
    W_out_new = W_out - alpha * (error.T @ W[centers])
    W_new = W.copy()
    np.subtract.at(W_new, centers, alpha * (error @ W_out_new))
    return W_new, W_out_new


def W_out_after_W(W, W_out, centers, contexts, alpha):  # noqa: N802
    W_new = W - alpha * skipgram_softmax(W, W_out, centers, contexts)[1]
    return W_new, W_out - alpha * skipgram_softmax(W_new, W_out, centers, contexts)[2]


def uphill(W, W_out, centers, contexts, alpha):
    _, W_gradient, W_out_gradient = skipgram_softmax(W, W_out, centers, contexts)
    return W + alpha * W_gradient, W_out + alpha * W_out_gradient


def mean_of_the_batch(W, W_out, centers, contexts, alpha):
    _, W_gradient, W_out_gradient = skipgram_softmax(W, W_out, centers, contexts)
    rate = alpha / len(centers)
    return W - rate * W_gradient, W_out - rate * W_out_gradient


WRONG_ANSWERS = {
    "02.1": {
        "a word with itself": with_itself,
        "to the right only": to_the_right_only,
        "one place too far": one_too_wide,
        "one place short at the right end": one_too_narrow_at_the_right,
        "leaves out pairs of equal words": without_equal_words,
        "the place of the word's first occurrence": place_of_the_word,
    },
    "02.2": {
        "no shift": without_shift,
        "over the whole matrix": over_the_whole_matrix,
        "over the columns": over_the_columns,
        "divides the scores": largest_score_as_divisor,
        "less the largest score of all": softmax_less(lambda scores: scores.max()),
        "less the mean of the row": softmax_less(lambda scores: scores.mean(axis=1, keepdims=True)),
    },
    "02.3": {
        "wrong sign": wrong_sign,
        "no minus one at the target": target_forgotten,
        "no minus one at the target in W'": target_forgotten_once,
        "transposed": transposed,
        "the two swapped": swapped,
        "the target's row alone": target_only,
    },
    "02.4": {
        "loses repeated centres": lost_repeats,
        "W after W'": W_after_W_out,
        "the error before, W' after": old_error_new_W_out,
        "W' after W": W_out_after_W,
        "uphill": uphill,
        "the mean of the batch": mean_of_the_batch,
    },
}
