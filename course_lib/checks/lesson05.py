"""The checks of lesson 05, hierarchical softmax."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import (
    CheckFailed,
    as_numbers,
    require,
    require_close,
    require_two,
)
from course_lib.huffman import HuffmanTree
from course_lib.numpy_impl.objectives import log_sigmoid, logistic_loss, sigmoid

# Two are not in order: a code has to stand in the place of its word. On [15, 7, 6, 6, 5] a tree cut
# into halves from the top (Shannon and Fano) costs a turn too many.
COUNTS = (
    [4, 2, 1], [10, 4, 3, 2, 2], [1, 1, 1, 1], [1, 1], [15, 7, 6, 6, 5], [1, 8, 2, 5],
    [9, 1, 30, 4, 9, 2, 20, 9],
)  # fmt: skip


@exercise("05.1", done="These codes are as short as codes can be.")
def check_codes(codes: Callable[..., Any]) -> None:
    """Whole words of 0 and 1, no code the beginning of another, no place left, and no dearer."""
    for counts in COUNTS:
        call = f"`codes({counts})`"
        found = codes(list(counts))
        if isinstance(found, np.ndarray):
            found = found.tolist()
        require(
            isinstance(found, (list, tuple)) and len(found) == len(counts),
            f"{call} should be a list of {len(counts)} codes, one for each word.",
        )
        require(
            all(isinstance(code, str) and code and set(code) <= {"0", "1"} for code in found),
            f"{call}: each code should be a string of 0 and 1, such as '010', and not empty.",
        )
        _require_tree(found, counts, call)
        right = HuffmanTree.from_counts(counts).path_lengths() @ counts
        cost = sum(count * len(code) for count, code in zip(counts, found, strict=True))
        if cost != right:
            _name_dear_tree(found, counts, call, f"{cost} turns for {sum(counts)} tokens; {right}")


@exercise("05.2", done="Do it for every word, and you have numbers that sum to one.")
def check_word_probability(word_probability: Callable[..., Any]) -> None:
    """One word by hand, then every word of a tree; each classic slip gives a number of its own."""
    tree, h, nodes = _example()
    word = 4
    path, code = tree.points[word], tree.codes[word]
    right = _turns(h, nodes, path, code)
    found = as_numbers(word_probability(h, nodes, path, code), "The probability")
    name = "The probability of a word"
    require(
        not _same(found, np.prod(1 - right)),
        f"{name} has every turn the wrong way round: code 0 is a turn to the left, and sigmoid of "
        "the score is the probability of *left*.",
    )
    require(
        not _same(found, np.prod(sigmoid(nodes[path] @ h))),
        f"{name} takes every turn to the left. Where the code is 1, the turn has 1 - sigmoid.",
    )
    require(
        not _same(found, np.log(right).sum()),
        f"{name} is a sum of logarithms. It is to be a probability: multiply the turns.",
    )
    require(not _same(found, right.sum()), f"{name} is the product of its turns, not their sum.")
    require(
        not _same(found, _turns(h, nodes, np.arange(len(path)), code).prod()),
        f"{name} uses the first rows of node_vectors. Use the rows that `path` names.",
    )
    require_close(found, right.prod(), name)
    total = sum(
        as_numbers(word_probability(h, nodes, *both), name)
        for both in zip(tree.points, tree.codes, strict=True)
    )
    require_close(total, 1.0, "The sum over all words")


@exercise("05.3", done="It is the whole of training: the path moves, and the vector that predicts.")
def check_update(update: Callable[..., Any]) -> None:
    """Compare both, and name the slips."""
    tree, h, nodes = _example()
    path, code, alpha = tree.points[4], tree.codes[4], 0.5
    two = "`update` should return two arrays: return h_new, nodes_new."
    got = require_two(update(h, nodes, path, code, alpha), two)
    h_new, nodes_new = as_numbers(got[0], "The new h"), as_numbers(got[1], "The nodes after")
    dh, dnodes = _gradients(h, nodes, path, 1 - code)
    right_nodes = nodes - alpha * dnodes
    wrong_label = _gradients(h, nodes, path, code)
    require(
        not _same(nodes_new, nodes - alpha * wrong_label[1]),
        "The nodes learn the opposite turn. The label of a turn to the left is 1: it is 1 - code.",
    )
    require(
        not _same(nodes_new, nodes + alpha * dnodes),
        "The nodes move uphill: the step goes against the gradient, with a minus.",
    )
    off = np.setdiff1d(np.arange(len(nodes)), path)
    require(
        nodes_new.shape != nodes.shape or _same(nodes_new[off], nodes[off]),
        "A node that is not on the path has moved. Only the rows named in `path` have a gradient.",
    )
    late = nodes - alpha * _gradients(h - alpha * dh, nodes, path, 1 - code)[1]
    require(
        not _same(nodes_new, late),
        "The nodes move by a gradient that was taken after h had moved. Compute both first.",
    )
    require_close(nodes_new, right_nodes, "The array of nodes after the step")
    require(
        not _same(h_new, h - alpha * _gradients(h, right_nodes, path, 1 - code)[0]),
        "The vector h moves by a gradient that was taken after the nodes had moved. Compute both "
        "first.",
    )
    error = sigmoid(nodes[path] @ h) - (1 - code)
    require(
        not _same(h_new, h - alpha * error @ right_nodes[path]),
        "The gradient of h is made of nodes that have moved already. Use the old ones.",
    )
    require_close(h_new, h - alpha * dh, "The new h")


@exercise("05.4", done="With these two numbers you can judge any tree.")
def check_cost(cost: Callable[..., Any]) -> None:
    """Unequal counts, so that each usual slip shows."""
    for counts in (np.array([10, 4, 3, 2, 2]), np.array([50, 1, 1])):
        tree = HuffmanTree.from_counts(counts)
        lengths = tree.path_lengths()
        two = "`cost` should return two numbers: return mean_path, entropy."
        got = require_two(cost(counts, lengths), two)
        mean = as_numbers(got[0], "The mean path length")
        entropy = as_numbers(got[1], "The entropy")
        require(
            not _same(mean, lengths.mean()),
            "The mean path length is that of a list of words. Of the *tokens*, more are frequent "
            "words: weigh each word by its count.",
        )
        require(
            not _same(mean, np.sum(counts * lengths)),
            "The mean path length is the sum over all tokens. Divide by their number.",
        )
        require_close(mean, tree.mean_path_length(), "The mean path length")
        require(
            not _same(entropy, tree.entropy() * np.log(2)),
            "The entropy is in nats. With np.log2 in the place of np.log it is in bits.",
        )
        require(
            not _same(entropy, -tree.entropy()),
            "The entropy is negative: the logarithm of a share is, so it takes a minus.",
        )
        require_close(entropy, tree.entropy(), "The entropy")


@exercise("05.5", done="Paths of any length now go through one array operation.")
def check_path_loss(path_loss: Callable[..., Any]) -> None:
    """Paths of one length, of several, with rubbish in the padding, and with large scores."""
    tree, _, nodes = _example()
    rng = np.random.default_rng(5)
    same_length, mixed = [0, 1, 4], [3, 4, 3, 0]
    for words in (same_length, mixed):
        hidden = rng.normal(size=(len(words), nodes.shape[1]))
        points, codes, mask = tree.padded_paths(words)
        found = as_numbers(path_loss(hidden, nodes, points, codes, mask), "The loss")
        right = logistic_loss(hidden, nodes, points, 1 - codes, mask)[0]
        scores = np.einsum("bd,bld->bl", hidden, nodes[points])
        losses = -log_sigmoid((1 - 2.0 * codes) * scores)
        _name_loss_slips(found, right, losses, scores, codes, mask)
    points, codes = np.where(mask, points, 2), np.where(mask, codes, 1)
    found = path_loss(hidden, nodes, points, codes, mask)
    require_close(found, right, "The loss with other numbers in the padding")
    with np.errstate(all="ignore"):  # the message below says it better than NumPy's warning
        found = as_numbers(path_loss(1e4 * hidden, nodes, points, codes, mask), "The loss")
    right = logistic_loss(1e4 * hidden, nodes, points, 1 - codes, mask)[0]
    require(
        np.isfinite(found).all(),
        "Scores in the thousands give inf or nan: sigmoid has rounded to 0 before the logarithm. "
        "log(1 + exp(-x)) is np.logaddexp(0, -x).",
    )
    require_close(found, right, "The loss for scores in the thousands")


def _require_tree(codes: Sequence[str], counts: Sequence[int], call: str) -> None:
    """Refuse codes that are not those of one full binary tree."""
    if not _is_prefix_free(codes):
        require(
            not _is_prefix_free([code[::-1] for code in codes]),
            f"{call} gives {codes}: read from the root down, one code is the beginning of another. "
            "Backwards they would be right, so put each new turn in front, not at the end.",
        )
        require(
            len(set(codes)) == len(codes),
            f"{call} gives {codes}: two words have the same code.",
        )
    require(
        _is_prefix_free(codes),
        f"{call} gives {codes}: one code is the beginning of another, so that a word would stand "
        "on the way to another word. Words are leaves.",
    )
    require(
        sum(Fraction(1, 2 ** len(code)) for code in codes) == 1,
        f"{call} gives {codes}: a turn leads nowhere. Every inner node has two children; is there "
        "a digit too many?",
    )


def _is_prefix_free(codes: Sequence[str]) -> bool:
    # In alphabetical order a prefix stands right before a code that it begins.
    return not any(after.startswith(before) for before, after in pairwise(sorted(codes)))


def _name_dear_tree(codes: Sequence[str], counts: Sequence[int], call: str, compared: str) -> None:
    lengths = [len(code) for code in codes]
    most, least = int(np.argmax(counts)), int(np.argmin(counts))
    by_count = sorted(counts, reverse=True)
    best = HuffmanTree.from_counts(counts).path_lengths() @ counts
    require(
        list(counts) == by_count or np.sort(lengths) @ by_count != best,
        f"{call} gives {codes}: good codes, but not in the places of their words. The first code "
        "belongs to the first count.",
    )
    require(
        lengths[most] <= lengths[least],
        f"{call} gives the most frequent word a longer code than the rarest. Join the two *rarest* "
        "nodes: heapq gives the smallest item first.",
    )
    require(
        max(lengths) > min(lengths),
        f"{call} gives all words codes of {lengths[0]} turns, whatever their counts: {compared} "
        "are enough.",
    )
    raise CheckFailed(
        f"{call} gives {codes}: {compared} are enough. Join the two rarest nodes, from the leaves "
        "up. Does a joined node go back into the heap with the *sum* of the two counts?"
    )


def _name_loss_slips(
    found: NDArray, right: float, losses: NDArray, scores: NDArray, codes: NDArray, mask: NDArray
) -> None:
    require(
        not _same(found, -log_sigmoid((2.0 * codes - 1) * scores)[mask].sum()),
        "The loss has every turn the wrong way round: for code 0 it is -log sigmoid(x).",
    )
    if not mask.all():
        require(
            not _same(found, losses.sum()),
            "The loss counts the padding, too. Where the mask is False the path has ended.",
        )
        require(
            not _same(found, losses[mask].sum() + np.log(2) * (~mask).sum()),
            "The loss counts log 2 for each padded place: a masked *score* is 0, and sigmoid(0) is "
            "one half. Mask the losses.",
        )
    require(
        not _same(found, -right),
        "The loss is negative: it is minus the logarithm of a probability.",
    )
    require(
        not _same(found, right / len(losses)) and not _same(found, right / mask.sum()),
        "The loss is a mean. Give the sum over the batch.",
    )
    require_close(found, right, "The loss")


def _example() -> tuple[HuffmanTree, NDArray, NDArray]:
    """Give a tree of five words (the fourth has a path of one turn, the others of three)."""
    rng = np.random.default_rng(4)
    return HuffmanTree.from_counts([4, 3, 2, 10, 2]), rng.normal(size=3), rng.normal(size=(4, 3))


def _turns(h: NDArray, nodes: NDArray, path: NDArray, code: NDArray) -> NDArray:
    return sigmoid((1 - 2.0 * code) * (nodes[path] @ h))


def _gradients(
    h: NDArray, nodes: NDArray, path: NDArray, labels: NDArray
) -> tuple[NDArray, NDArray]:
    _, dh, dnodes = logistic_loss(h[None], nodes, path[None], labels[None])
    return dh[0], dnodes


def _same(found: NDArray, other: Any) -> bool:
    return found.shape == np.shape(other) and np.allclose(found, other)
