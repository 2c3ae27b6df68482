"""Typical wrong answers to lesson 05's exercises; test_exercises.py hands them to the checks."""

import heapq

import numpy as np

from course_lib import HuffmanTree
from course_lib.checks.lesson05 import check_codes
from course_lib.numpy_impl.objectives import log_sigmoid, logistic_loss, sigmoid


def codes_where(sign=1, joined=lambda a, b: a + b, backwards=False):
    """Join nodes as Huffman does, but for one thing."""

    def codes(counts):
        found = [""] * len(counts)
        heap = [(sign * count, word, [word]) for word, count in enumerate(counts)]
        heapq.heapify(heap)
        while len(heap) > 1:
            left_count, tie, left = heapq.heappop(heap)
            right_count, _, right = heapq.heappop(heap)
            for turn, words in [("0", left), ("1", right)]:
                for word in words:
                    found[word] = found[word] + turn if backwards else turn + found[word]
            heapq.heappush(heap, (joined(left_count, right_count), tie, left + right))
        return found

    return codes


def fixed_length(counts):
    """Give equally long codes where they fit, else Huffman's."""
    bits = len(counts).bit_length() - 1
    if len(counts) == 2**bits:
        return [format(word, f"0{bits}b") for word in range(len(counts))]
    return codes_where()(counts)


def numbered(counts):
    """Write the numbers of the words in binary, without leading zeros."""
    return [format(word, "b") for word in range(len(counts))]


def one_digit_too_many(counts):
    return [code + "0" for code in codes_where()(counts)]


def same_code_for_equal_counts(counts):
    return [codes_where()(counts)[counts.index(count)] for count in counts]


def as_lists(counts):
    return [list(map(int, code)) for code in codes_where()(counts)]


def chain(counts):
    """Peel off the most frequent word at each turn, whatever the rest weighs."""
    order = np.argsort([-count for count in counts], kind="stable")
    found = [""] * len(counts)
    for depth, word in enumerate(order):
        found[word] = "1" * depth + ("0" if depth < len(counts) - 1 else "")
    return found


def halved_from_the_top(counts):
    """Cut the words into two halves of about equal weight, again and again (Shannon and Fano)."""
    found = [""] * len(counts)

    def cut(words):
        if len(words) < 2:
            return
        weights = np.cumsum([counts[word] for word in words])
        middle = 1 + int(np.argmin(np.abs(2 * weights[:-1] - weights[-1])))
        for turn, half in [("0", words[:middle]), ("1", words[middle:])]:
            for word in half:
                found[word] += turn
            cut(half)

    cut(sorted(range(len(counts)), key=lambda word: -counts[word]))
    return found


def most_frequent_first(counts):
    """Give Huffman's codes, the shortest first, whatever the order of the words."""
    return sorted(codes_where()(counts), key=len)


def turn_probabilities(h, node_vectors, path, code):
    return sigmoid((1 - 2.0 * np.asarray(code)) * (node_vectors[path] @ h))


def wrong_way_round(h, node_vectors, path, code):
    return np.prod(turn_probabilities(h, node_vectors, path, 1 - np.asarray(code)))


def always_left(h, node_vectors, path, code):
    return np.prod(sigmoid(node_vectors[path] @ h))


def logarithm(h, node_vectors, path, code):
    return np.sum(np.log(turn_probabilities(h, node_vectors, path, code)))


def sum_of_turns(h, node_vectors, path, code):
    return np.sum(turn_probabilities(h, node_vectors, path, code))


def first_rows(h, node_vectors, path, code):
    return np.prod(turn_probabilities(h, node_vectors, np.arange(len(path)), code))


def each_turn(h, node_vectors, path, code):
    return turn_probabilities(h, node_vectors, path, code)


def gradients(h, node_vectors, path, labels):
    _, h_gradient, node_gradient = logistic_loss(
        h[None], node_vectors, np.asarray(path)[None], np.asarray(labels)[None]
    )
    return h_gradient[0], node_gradient


def label_is_the_code(h, node_vectors, path, code, alpha):
    dh, dnodes = gradients(h, node_vectors, path, code)
    return h - alpha * dh, node_vectors - alpha * dnodes


def uphill(h, node_vectors, path, code, alpha):
    dh, dnodes = gradients(h, node_vectors, path, 1 - code)
    return h + alpha * dh, node_vectors + alpha * dnodes


def all_nodes(h, node_vectors, path, code, alpha):
    """Treat the nodes off the path as turns to the right."""
    labels = np.zeros(len(node_vectors))
    labels[path] = 1 - code
    return label_is_the_code(h, node_vectors, np.arange(len(node_vectors)), labels, alpha)


def h_after_nodes(h, node_vectors, path, code, alpha):
    nodes_new = node_vectors - alpha * gradients(h, node_vectors, path, 1 - code)[1]
    return h - alpha * gradients(h, nodes_new, path, 1 - code)[0], nodes_new


def old_error_new_nodes(h, node_vectors, path, code, alpha):
    error = sigmoid(node_vectors[path] @ h) - (1 - code)
    nodes_new = node_vectors.copy()
    nodes_new[path] -= alpha * np.outer(error, h)
    return h - alpha * error @ nodes_new[path], nodes_new


def nodes_after_h(h, node_vectors, path, code, alpha):
    h_new = h - alpha * gradients(h, node_vectors, path, 1 - code)[0]
    return h_new, node_vectors - alpha * gradients(h_new, node_vectors, path, 1 - code)[1]


def entropy_of(counts, log=np.log2):
    shares = counts / counts.sum()
    return -shares @ log(shares)


def mean_of_the_words(counts, lengths):
    return lengths.mean(), entropy_of(counts)


def total(counts, lengths):
    return counts @ lengths, entropy_of(counts)


def in_nats(counts, lengths):
    return np.average(lengths, weights=counts), entropy_of(counts, np.log)


def negative_entropy(counts, lengths):
    return np.average(lengths, weights=counts), -entropy_of(counts)


def log_of_V(counts, lengths):  # noqa: N802
    return np.average(lengths, weights=counts), np.log2(len(counts))


def swapped(counts, lengths):
    return entropy_of(counts), np.average(lengths, weights=counts)


def losses_of(hidden, node_vectors, points, codes):
    scores = np.einsum("bd,bld->bl", hidden, node_vectors[points])
    return -log_sigmoid((1 - 2.0 * codes) * scores)


def without_mask(hidden, node_vectors, points, codes, mask):
    return losses_of(hidden, node_vectors, points, codes).sum()


def masked_scores(hidden, node_vectors, points, codes, mask):
    scores = mask * np.einsum("bd,bld->bl", hidden, node_vectors[points])
    return -log_sigmoid((1 - 2.0 * codes) * scores).sum()


def turned(hidden, node_vectors, points, codes, mask):
    return losses_of(hidden, node_vectors, points, 1 - codes)[mask].sum()


def mean_of_the_batch(hidden, node_vectors, points, codes, mask):
    return losses_of(hidden, node_vectors, points, codes)[mask].sum() / len(hidden)


def log_likelihood(hidden, node_vectors, points, codes, mask):
    return -losses_of(hidden, node_vectors, points, codes)[mask].sum()


def overflowing(hidden, node_vectors, points, codes, mask):
    scores = np.einsum("bd,bld->bl", hidden, node_vectors[points])
    with np.errstate(all="ignore"):
        return -np.log(1 / (1 + np.exp(-(1 - 2.0 * codes) * scores)))[mask].sum()


def padding_known_by_node_zero(hidden, node_vectors, points, codes, mask):
    """Leave out every turn at node 0, on a path or not."""
    return losses_of(hidden, node_vectors, points, codes)[points > 0].sum()


WRONG_ANSWERS = {
    "05.1": {
        "joins the most frequent": codes_where(sign=-1),
        "from the leaf up": codes_where(backwards=True),
        "the joined node keeps the smaller count": codes_where(joined=min),
        "one length for all": fixed_length,
        "numbers in binary": numbered,
        "a digit too many": one_digit_too_many,
        "the same code for equal counts": same_code_for_equal_counts,
        "lists of numbers": as_lists,
        "peels off one word a turn": chain,
        "cuts from the top": halved_from_the_top,
        "codes in the order of their lengths": most_frequent_first,
    },
    "05.2": {
        "the wrong way round": wrong_way_round,
        "always left": always_left,
        "the logarithm": logarithm,
        "the sum of the turns": sum_of_turns,
        "the first rows": first_rows,
        "each turn by itself": each_turn,
    },
    "05.3": {
        "the label is the code": label_is_the_code,
        "uphill": uphill,
        "all nodes": all_nodes,
        "h after the nodes": h_after_nodes,
        "the error before, the nodes after": old_error_new_nodes,
        "the nodes after h": nodes_after_h,
    },
    "05.4": {
        "the mean over the words": mean_of_the_words,
        "the total": total,
        "nats": in_nats,
        "negative": negative_entropy,
        "log V": log_of_V,
        "swapped": swapped,
    },
    "05.5": {
        "no mask": without_mask,
        "masks the scores": masked_scores,
        "the wrong way round": turned,
        "the mean of the batch": mean_of_the_batch,
        "the logarithm of the probability": log_likelihood,
        "overflows": overflowing,
        "takes node 0 for padding": padding_known_by_node_zero,
    },
}


def test_the_codes_that_are_accepted_need_not_be_those_of_the_library():
    ours = ["".join(map(str, code)) for code in HuffmanTree.from_counts([1, 1, 1, 1]).codes]
    assert codes_where()([1, 1, 1, 1]) != ours  # both pass: exercise 05.1 leaves ties open


def test_codes_may_stand_in_an_array():
    check_codes(lambda counts: np.array(codes_where()(counts)))
