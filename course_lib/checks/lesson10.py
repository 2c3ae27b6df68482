"""The checks of lesson 10, fine-tuning."""

from collections.abc import Callable
from typing import Any

import numpy as np
from gensim.models import Word2Vec
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import as_numbers, require, require_close, require_two

WORDS = ["king", "quokka", "crown", "the", "wombat"]
TABLE = {
    "elsewhere": np.array([30.0, -40.0, 0.0]),  # so long that nobody can overlook it
    "crown": np.array([0.0, 2.0, 0.0]),
    "the": np.array([1.0, 0.0, 0.0]),
    "king": np.array([0.0, 1.8, 2.4]),
}
DRAWN = np.array(
    [[0.1, 0.2, -0.2], [0.2, 0.1, -0.2], [0.3, 0, 0.4], [0.1, 0.1, 0.1], [0, 0.3, 0.4]]
)
COVERED = np.array([True, False, True, True, False])
LENGTH = 2.0  # the mean of 3, 2 and 1


@exercise(
    "10.1", done="Without the last step, new words start far too short, and stay short for long."
)
def check_starting_rows(starting_rows: Callable[..., Any]) -> None:
    """Three covered words, two uncovered ones, and a long vector of a word from elsewhere."""
    two = "`starting_rows` should give two arrays: return rows, covered."
    rows, covered = require_two(starting_rows(WORDS, TABLE, DRAWN), two)
    rows, covered = as_numbers(rows, "The array of rows"), as_numbers(covered, "`covered`")
    require(
        covered.shape == (5,) and set(covered.ravel().tolist()) <= {0, 1},
        "`covered` should say True or False for each of the words, an array of shape (5,) here; it "
        f"has the shape {covered.shape}.",
    )
    require(
        not np.array_equal(covered.astype(bool), ~COVERED),
        "`covered` is the wrong way round: it should be True where the table has the word.",
    )
    require(
        np.array_equal(covered.astype(bool), COVERED),
        f"`covered` is {covered.tolist()} for {WORDS}; the table has {', '.join(TABLE)}.",
    )
    require(rows.shape == DRAWN.shape, f"The rows have the shape {rows.shape}, not {DRAWN.shape}.")
    require_close(
        rows[COVERED], [TABLE[word] for word in np.array(WORDS)[COVERED]], "A covered row"
    )
    _name_wrong_length(rows[~COVERED])
    directions = DRAWN[~COVERED] / np.linalg.norm(DRAWN[~COVERED], axis=1, keepdims=True)
    require_close(rows[~COVERED], LENGTH * directions, "An uncovered row")


def _name_wrong_length(fresh: NDArray) -> None:
    """Say what has become of the length of the uncovered rows."""
    lengths = np.linalg.norm(fresh, axis=1)
    require(
        lengths.any(),
        "Uncovered words start at zero. They need a direction of their own: that of their row in "
        "`drawn`.",
    )
    require(
        not np.allclose(fresh, DRAWN[~COVERED]),
        "Uncovered words start at their row in `drawn` as it is, much shorter than the covered "
        "ones. Scale it to the mean length of the covered vectors.",
    )
    require(
        not np.allclose(fresh, LENGTH * DRAWN[~COVERED]),
        "The rows of `drawn` are multiplied by the mean length, but they are not of length 1. "
        "Divide each by its own length first.",
    )
    everything = np.mean([np.linalg.norm(vector) for vector in TABLE.values()])
    require(
        not np.allclose(lengths, everything),
        "The mean length is that of the whole table. Take the vectors of the covered words only.",
    )
    mean = np.mean([TABLE[word] for word in np.array(WORDS)[COVERED]], axis=0)
    require(
        not np.allclose(fresh, mean),
        "All uncovered words start at the same vector, the mean, and would be each other's nearest "
        "neighbours. Each has a direction of its own in `drawn`.",
    )


@exercise("10.2", done="A lock of 0, 0.1 and 1, with and without a spring: one line does it all.")
def check_tuned_step(tuned_step: Callable[..., Any]) -> None:
    """Locks of 0, a tenth, a half and 1, with a spring and without."""
    rng = np.random.default_rng(10)
    v, gradient, start = rng.normal(size=(3, 4, 4))  # V = d, so that a wrong axis goes through
    lock, alpha = np.array([0.0, 0.1, 0.5, 1.0]), 0.2
    plain = as_numbers(tuned_step(v, gradient, start, alpha, lock, 0.0), "The step without anchor")
    rows = lock[:, None]
    require(
        not np.allclose(plain, v - alpha * gradient),
        "The lock does nothing: every row takes its whole step.",
    )
    require(
        not np.allclose(plain, v - alpha * lock * gradient),
        "The lock scales the columns: numbers of a vector, not words. lock[:, None] has a number "
        "for each row.",
    )
    require(
        not np.allclose(plain, v + alpha * rows * gradient),
        "The step goes up the gradient, so that the loss grows. Subtract it.",
    )
    require_close(plain, v - alpha * rows * gradient, "The step without anchor")
    found = as_numbers(tuned_step(v, gradient, start, alpha, lock, 0.3), "The step with an anchor")
    require(
        np.array_equal(found[0], v[0]),
        "With an anchor, the word with lock 0 moves. The lock scales the whole step, the spring "
        "among it.",
    )
    require(
        not np.allclose(found, v - alpha * rows * gradient),
        "The anchor does nothing. Add its gradient, anchor * (v - v_start).",
    )
    require(
        not np.allclose(found, v - alpha * rows * (gradient - 0.3 * (v - start))),
        "The spring pushes away from the start. Its gradient is anchor * (v - v_start).",
    )
    require(
        not np.allclose(found, v - alpha * rows * (gradient + 0.3 * v)),
        "The spring pulls to zero: that is weight decay. It pulls to `v_start`.",
    )
    require(
        not np.allclose(found, v - alpha * rows * gradient - rows * 0.3 * (v - start)),
        "The learning rate does not scale the spring. Both parts belong to one gradient.",
    )
    right = v - alpha * rows * (gradient + 0.3 * (v - start))
    require_close(found, right, "The step with an anchor")


@exercise("10.3", done="Your lock survives gensim's C code, which asks nobody for the type.")
def check_set_locks(set_locks: Callable[..., Any]) -> None:
    """Look at the array: type, length, and each number."""
    model = Word2Vec(vector_size=4, min_count=1, workers=1, seed=1)
    text = [["the", "king", "wears", "the", "crown"], ["the", "king"]]
    model.build_vocab(text)
    found = set_locks(model, {"crown": 0.1, "unheard": 0.5, "the": 0.0})
    require(isinstance(found, Word2Vec), "Return the model: `return model`.")
    lockf = as_numbers(found.wv.vectors_lockf, "`vectors_lockf`")
    V = len(model.wv)
    require(lockf.shape != (1,), "`vectors_lockf` still has length 1: the same lock for all words.")
    require(
        lockf.shape == (V,),
        f"`vectors_lockf` has the shape {lockf.shape}; it needs a number for each word, the shape "
        f"({V},). gensim reads a short one again from its start, for other words.",
    )
    require(
        lockf.dtype == np.float32,
        f"`vectors_lockf` is of type {lockf.dtype}. gensim reads the bytes as float32 and says "
        "nothing: every second word would be frozen. Make it with dtype=np.float32.",
    )
    require(
        found.wv.index_to_key == model.wv.index_to_key,
        "The model's words have changed. No word is added: leave out what the model does not know.",
    )
    place = found.wv.key_to_index
    others = [lockf[place[word]] for word in ("king", "wears")]
    right = np.ones(V, dtype=np.float32)
    right[[place["crown"], place["the"]]] = [0.1, 0.0]
    require(
        not np.allclose(np.sort(lockf), np.sort(right)) or np.allclose(lockf, right),
        "The locks stand at the wrong words. The row of a word is model.wv.key_to_index[word].",
    )
    require(
        not np.allclose(others, 0),
        "Words without a lock in the dict are frozen. They should be free: 1.",
    )
    require_close(lockf, right, "`vectors_lockf`", rtol=1e-6)


@exercise("10.4", done="Print it beside every picture of words that have moved.")
def check_shared_move(shared_move: Callable[..., Any]) -> None:
    """One step for all, opposite steps, a mixture, and no step."""
    rng = np.random.default_rng(4)
    before, noise = rng.normal(size=(2, 6, 3))
    shift = np.array([1.0, -2.0, 0.5])

    def found(after: NDArray) -> NDArray:
        return as_numbers(shared_move(before, after), "The share")

    steps = noise + shift
    share = found(before + steps)
    require(share.shape == (), f"The share should be one number; it has the shape {share.shape}.")
    squares = np.square(steps)
    right = np.square(steps.mean(axis=0)).sum() / squares.sum(axis=1).mean()
    lengths = np.sqrt(squares.sum(axis=1))
    middle = np.linalg.norm(steps.mean(axis=0))
    after = before + steps
    places = np.square(after.mean(axis=0)).sum() / np.square(after).sum(axis=1).mean()
    require(not np.isclose(share, 1 - right), "This is the share that is *not* common.")
    require(not np.isclose(share, np.sqrt(right)), "The share lacks a square: use squared lengths.")
    require(
        not np.isclose(share, middle / lengths.mean()),
        "The lengths are not squared: it should be |mean step|^2 over the mean of |step|^2.",
    )
    require(
        not np.isclose(share, (middle / lengths.mean()) ** 2),
        "The mean of the lengths is squared. Square the lengths first, and then take their mean.",
    )
    require(
        not np.isclose(share, places),
        "This looks at the places after the training. A step is `after - before`.",
    )
    require_close(share, right, "The share")
    require_close(found(before + shift), 1.0, "Where all words make the same step, the share")
    still = found(before.copy())
    require(
        np.isfinite(still).all(),
        "Where no word moves, the share is not a number: 0/0. Give 0 there.",
    )
    require_close(still, 0.0, "Where no word moves, the share")


@exercise(
    "10.5", done="This is what an epoch costs. evaluation.neighbour_overlap does it in blocks."
)
def check_kept_neighbours(kept_neighbours: Callable[..., Any]) -> None:
    """The same vectors, longer ones, and others, against a plain count."""
    rng = np.random.default_rng(5)
    before, other = rng.normal(size=(2, 12, 4)) * rng.uniform(0.2, 5, size=(2, 12, 1))
    after, topn = before + 0.8 * other, 3

    def found(one: NDArray, two: NDArray, n: int) -> NDArray:
        return as_numbers(kept_neighbours(one, two, n), "The share")

    share = found(before, after, topn)
    require(share.shape == (), f"Give one number, the mean; yours has the shape {share.shape}.")
    right = _overlap(before, after, topn)
    require(
        not np.isclose(share, topn * right),
        "This is the mean *number* of neighbours that are kept. Divide by topn.",
    )
    require(
        not np.isclose(share, _overlap(before, after, topn, own=True)),
        "Each word is its own nearest neighbour here, and always kept. Leave it out.",
    )
    require(
        not np.isclose(share, _overlap(before, after, topn, cosine=False)),
        "The neighbours are those by dot product. Scale the vectors to length 1 first.",
    )
    require(
        not np.isclose(share, _overlap(before, after, topn, farthest=True)),
        "These are the farthest words. The nearest have the largest cosine.",
    )
    require(
        not np.isclose(share, _overlap(before, after, topn, union=True)),
        "You divide by the number of words that are in either list. Divide by topn.",
    )
    require(
        not np.isclose(share, _overlap(before, after, topn, in_order=True)),
        "A neighbour counts only at the same place of both lists. The order does not matter.",
    )
    require_close(share, right, "The share")
    scaled = found(before, 7 * before, topn)
    require_close(scaled, 1.0, "Where all vectors are only longer, the share")


def _overlap(
    before: NDArray,
    after: NDArray,
    topn: int,
    *,
    own: bool = False,
    cosine: bool = True,
    farthest: bool = False,
    union: bool = False,
    in_order: bool = False,
) -> float:
    """Count the neighbours that are kept, right or with one of the usual mistakes."""
    near = []
    for vectors in (before, after):
        rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if cosine else vectors
        scores = (-1 if farthest else 1) * rows @ rows.T
        np.fill_diagonal(scores, np.inf if own else -np.inf)
        near.append(np.argsort(-scores, axis=1)[:, :topn])
    if in_order:
        return float((near[0] == near[1]).mean())
    pairs = [({*a}, {*b}) for a, b in zip(*near, strict=True)]
    return float(np.mean([len(a & b) / (len(a | b) if union else topn) for a, b in pairs]))
