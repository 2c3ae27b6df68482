"""Typical wrong answers to lesson 03's exercises; test_exercises.py hands them to the checks."""

import numpy as np

from course_lib.numpy_impl.objectives import cbow_hidden, cbow_softmax, softmax, softmax_loss


def windows_where(tokens, window, is_context):
    """List the windows whose context ``is_context(centre, other)`` keeps, also the empty ones."""
    places = range(len(tokens))
    return [
        ([tokens[j] for j in places if abs(i - j) <= window and is_context(i, j)], tokens[i])
        for i in places
    ]


def without_empty(windows):
    return [window for window in windows if window[0]]


def with_its_centre(tokens, window):
    return windows_where(tokens, window, lambda i, j: True)


def with_empty_ones(tokens, window):
    return windows_where(tokens, window, lambda i, j: i != j)


def without_the_centre_word(tokens, window):
    """Leave out every place with the centre's word, not only the centre's place."""
    return without_empty(windows_where(tokens, window, lambda i, j: tokens[i] != tokens[j]))


def whole_windows_only(tokens, window):
    whole = range(window, len(tokens) - window)
    found = windows_where(tokens, window, lambda i, j: i != j)
    return [found[i] for i in whole]


def negative_slices(tokens, window):
    """Start at i - window, which counts from the end where it is negative."""
    found = [
        (tokens[i - window : i] + tokens[i + 1 : i + 1 + window], center)
        for i, center in enumerate(tokens)
    ]
    return without_empty(found)


def one_too_narrow(tokens, window):
    narrow = windows_where(tokens, window, lambda i, j: i != j and (j - i < window or window < 2))
    return without_empty(narrow)


def the_other_way_round(tokens, window):
    found = without_empty(windows_where(tokens, window, lambda i, j: i != j))
    return [(center, context) for context, center in found]


def masked_sum(W, contexts, mask):
    return (W[contexts] * mask[:, :, None]).sum(axis=1)


def over_the_width(W, contexts, mask):
    return masked_sum(W, contexts, mask) / contexts.shape[1]


def padding_as_words(W, contexts, mask):
    return W[contexts].mean(axis=1)


def without_a_floor(W, contexts, mask):
    return masked_sum(W, contexts, mask) / mask.sum(axis=1, keepdims=True)


def mended_afterwards(W, contexts, mask):
    return np.nan_to_num(without_a_floor(W, contexts, mask))


def as_a_set(W, contexts, mask):
    rows = [sorted(set(line[kept > 0])) for line, kept in zip(contexts, mask, strict=True)]
    return np.array([W[row].mean(axis=0) if row else np.zeros(W.shape[1]) for row in rows])


def one_vector_for_all(W, contexts, mask):
    return cbow_hidden(W, contexts, mask).mean(axis=0)


def right_gradients(W, W_out, context, center):
    return cbow_softmax(W, W_out, np.asarray(context)[None], np.array([center]))[1:]


def spread(W, context, share):
    gradient = np.zeros_like(W)
    np.add.at(gradient, context, share)
    return gradient


def as_gensim_does(W, W_out, context, center):
    _, EH, W_out_gradient = softmax_loss(W[context].mean(axis=0), W_out, center)
    return spread(W, context, EH), W_out_gradient


def of_the_sum(W, W_out, context, center):
    _, EH, W_out_gradient = softmax_loss(W[context].sum(axis=0), W_out, center)
    return spread(W, context, EH), W_out_gradient


def sum_for_the_out_vectors(W, W_out, context, center):
    W_gradient, W_out_gradient = right_gradients(W, W_out, context, center)
    return W_gradient, len(context) * W_out_gradient


def lost_repeats(W, W_out, context, center):
    _, EH, W_out_gradient = softmax_loss(W[context].mean(axis=0), W_out, center)
    W_gradient = np.zeros_like(W)
    W_gradient[context] += EH / len(context)
    return W_gradient, W_out_gradient


def uphill(W, W_out, context, center):
    W_gradient, W_out_gradient = right_gradients(W, W_out, context, center)
    return -W_gradient, -W_out_gradient


def centre_forgotten(W, W_out, context, center):
    h = W[context].mean(axis=0)
    probabilities = softmax(W_out @ h)
    return spread(W, context, W_out.T @ probabilities / len(context)), np.outer(probabilities, h)


def one_share_of_the_matrix(W, W_out, context, center):
    """EH/C alone, not laid into a matrix."""
    _, EH, W_out_gradient = softmax_loss(W[context].mean(axis=0), W_out, center)
    return EH / len(context), W_out_gradient


def met(window):
    return (window - np.arange(window)) / window


def in_the_mean(window):
    reaches = np.arange(1, window + 1)
    return np.array([np.sum(1 / (2 * reaches[delta:])) / window for delta in range(window)])


def filled(scores, noise):
    weights = noise * np.exp(scores - scores.max())
    return weights / weights.sum()


def gap(hidden=lambda vectors: vectors.mean(axis=0), fill=filled, known=list, candidates="out"):
    """Make an answer that goes wrong at one place."""

    def fill_gap(W, W_out, words, tokens, noise):
        rows = known(words.index(token) for token in tokens if token in words)
        scores = (W_out if candidates == "out" else W) @ hidden(W[rows])
        return fill(scores, noise)

    return fill_gap


def without_shift(scores, noise):
    weights = noise * np.exp(scores)
    return weights / weights.sum()


WRONG_ANSWERS = {
    "03.1": {
        "the centre in its own context": with_its_centre,
        "windows without a context": with_empty_ones,
        "leaves out repeats of the centre's word": without_the_centre_word,
        "whole windows only": whole_windows_only,
        "one place short at the right end": one_too_narrow,
        "a start that counts from the end": negative_slices,
        "centre and context swapped": the_other_way_round,
    },
    "03.2": {
        "nan for an empty window, mended": mended_afterwards,
        "the sum": masked_sum,
        "divides by the width": over_the_width,
        "padding counts": padding_as_words,
        "nan for an empty window": without_a_floor,
        "a set of words": as_a_set,
        "one vector for the whole batch": one_vector_for_all,
    },
    "03.3": {
        "a whole EH each, as gensim": as_gensim_does,
        "the gradients of the sum": of_the_sum,
        "h is the sum in dL/dW'": sum_for_the_out_vectors,
        "loses repeated words": lost_repeats,
        "wrong sign": uphill,
        "no minus one at the centre": centre_forgotten,
        "a vector, not a matrix": one_share_of_the_matrix,
    },
    "03.4": {
        "how often it is in the window": met,
        "that, scaled to sum 1": lambda window: met(window) / met(window).sum() / 2,
        "both words at a distance": lambda window: 2 * in_the_mean(window),
        "summed over the reaches": lambda window: window * in_the_mean(window),
        "in reverse": lambda window: in_the_mean(window)[::-1],
        "from distance 0": lambda window: np.concatenate([[0.0], in_the_mean(window)]),
        "always the full window": lambda window: np.full(window, 1 / (2 * window)),
    },
    "03.5": {
        "without the noise": gap(fill=lambda scores, noise: filled(scores, np.ones(len(noise)))),
        "divides by the noise": gap(fill=lambda scores, noise: filled(scores, 1 / noise)),
        "scaled before the noise": gap(fill=lambda scores, noise: softmax(scores) * noise),
        "IN vectors as candidates": gap(candidates="in"),
        "the sum of the context": gap(hidden=lambda vectors: vectors.sum(axis=0)),
        "repeated words count once": gap(known=lambda rows: sorted(set(rows))),
        "overflow": gap(fill=without_shift),
    },
}
