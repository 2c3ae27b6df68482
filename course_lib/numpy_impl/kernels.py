"""The compiled loops of word2vec: plain Python over arrays, which Numba turns into machine code.

They follow the pseudo-code of word2vec line by line. With ``NUMBA_DISABLE_JIT=1`` in the
environment they run as plain Python, step by step in a debugger, and give the same numbers.
"""

import functools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from course_lib.numpy_impl.blas import (
    AS_DOUBLE,
    AS_FLOAT,
    WITHOUT_BLAS,
    borrow,
    prefetch,
    saxpy,
    sdot,
    sdot_float,
)

FAST = 3  # our own loops; AS_DOUBLE, AS_FLOAT and WITHOUT_BLAS are gensim's to the last bit

MAX_SCORE = 6.0  # a prediction whose score lies beyond is taken as learnt, and is not moved
SIGMOID_SIZE = 1000
SIGMOID_STEPS = 83  # entries for each unit of the score; gensim rounds 1000 / 12 down
LOSS_STEPS = 128
NOISE_TOP = 2**31 - 1
GUIDE_SHIFT = 15  # a random number below 2**31 has its 16 top bits above

ZERO, ONE = np.float32(0), np.float32(1)


class Model(NamedTuple):
    """All that stays from job to job. V words, d dimensions.

    Attributes
    ----------
    vectors : numpy.ndarray of float32, shape (V, d)
        IN vectors.
    outputs : numpy.ndarray of float32, shape (V, d) or (V - 1, d)
        OUT vectors, or those of the inner nodes.
    negative : int
        Noise words for each prediction.
    noise, guide : numpy.ndarray
        See ``noise_table`` in ``jobs``; one entry each for hierarchical softmax.
    starts, points, codes : numpy.ndarray
        The paths of ``HuffmanTree``; one entry each for negative sampling.
    sigmoid, losses : numpy.ndarray of float32
        ``sigmoid_table()`` and ``loss_table()``.
    cbow_mean : bool
        The mean of the context, or its sum.
    sdot, saxpy : int
        Addresses of the BLAS routines; 0 for the fast loops.
    """

    vectors: NDArray[np.float32]
    outputs: NDArray[np.float32]
    negative: int
    noise: NDArray[np.uint32]
    guide: NDArray[np.int32]
    starts: NDArray[np.int64]
    points: NDArray[np.int32]
    codes: NDArray[np.int8]
    sigmoid: NDArray[np.float32]
    losses: NDArray[np.float32]
    cbow_mean: bool
    sdot: int
    saxpy: int


class Job(NamedTuple):
    """About 10,000 words to train on.

    Attributes
    ----------
    words : numpy.ndarray of int32, shape (n,)
        Rows of the words that subsampling kept.
    ends : numpy.ndarray of int64, shape (sentences,)
        Where each sentence ends in ``words``.
    reach : numpy.ndarray of int64, shape (n,)
        How far the window of each word goes to either side.
    alpha : float32
        The learning rate.
    random : int
        State of the generator of noise words.
    """

    words: NDArray[np.int32]
    ends: NDArray[np.int64]
    reach: NDArray[np.int64]
    alpha: np.float32
    random: int


class Scratch(NamedTuple):
    """Room for the predictions around one centre word; each thread has its own.

    Attributes
    ----------
    hidden, error : numpy.ndarray of float32, shape (1, d)
        CBOW's hidden vector, and what the hidden vector shall move by.
    rows : numpy.ndarray of int64, shape (2 * window, longest prediction)
        Rows of ``model.outputs`` for each prediction ...
    counts : numpy.ndarray of int64, shape (2 * window,)
        ... how many they are ...
    repeats : numpy.ndarray of bool, shape (2 * window,)
        ... and whether one of them occurs twice.
    labels : numpy.ndarray of float32, shape (longest prediction,)
        What the sigmoid of each row's score should be: 1 or 0.
    scores : numpy.ndarray of float32, shape (longest prediction,)
        The scores of one prediction.
    """

    hidden: NDArray[np.float32]
    error: NDArray[np.float32]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    repeats: NDArray[np.bool_]
    labels: NDArray[np.float32]
    scores: NDArray[np.float32]


def make_scratch(model: Model, window: int) -> Scratch:
    """Make room for the predictions around one centre word.

    Parameters
    ----------
    model : Model
        What is trained.
    window : int
        Largest distance between a centre word and a context word.

    Returns
    -------
    Scratch
        The arrays.
    """
    d = model.vectors.shape[1]
    size = max(model.negative + 1, np.diff(model.starts).max(initial=0))
    labels = np.zeros(size, np.float32)
    labels[0] = ONE
    return Scratch(
        np.empty((1, d), np.float32),
        np.empty((1, d), np.float32),
        np.empty((2 * window, size), np.int64),
        np.empty(2 * window, np.int64),
        np.zeros(2 * window, np.bool_),
        labels,
        np.empty(size, np.float32),
    )


def sigmoid_table() -> NDArray[np.float32]:
    """Tabulate the sigmoid between -6 and 6, rounded as gensim rounds it.

    Returns
    -------
    numpy.ndarray of float32, shape (1000,)
        The values.
    """
    shares = np.arange(SIGMOID_SIZE, dtype=np.float32) / np.float32(SIGMOID_SIZE)
    # math.exp, not np.exp: they differ in the last bit of some entries
    powers = np.float32([math.exp((share * 2 - 1) * MAX_SCORE) for share in shares.tolist()])
    return (powers / (powers.astype(np.float64) + 1)).astype(np.float32)


def loss_table() -> NDArray[np.float32]:
    """Tabulate -log sigmoid(x) between -6 and 6, for straight lines between the entries.

    Returns
    -------
    numpy.ndarray of float32
        The values; the lines are off by at most 2e-6.
    """
    steps = int(2 * MAX_SCORE * LOSS_STEPS)
    return np.log1p(np.exp(MAX_SCORE - np.arange(steps + 2) / LOSS_STEPS)).astype(np.float32)


@functools.cache
def compiled_job(d: int, cbow: bool, hierarchical: bool, variant: int) -> Callable:
    """Make the function that trains one job.

    The length of a vector is a constant of the compiled code, so that its inner loops become whole
    registers. The code is kept on disk, and a second start does not compile it again.

    Parameters
    ----------
    d : int
        Length of a vector.
    cbow : bool
        CBOW, or skip-gram.
    hierarchical : bool
        Hierarchical softmax, or negative sampling.
    variant : {FAST, AS_DOUBLE, AS_FLOAT, WITHOUT_BLAS}
        Our loops, or the sums exactly as one of gensim's ways forms them.

    Returns
    -------
    callable
        ``train_job(model, job, scratch)`` moves the vectors and returns the summed loss, in nats, and the
        number of predictions.
    """

    @njit(cache=True, nogil=True)
    def train_job(model: Model, job: Job, scratch: Scratch) -> tuple[float, int]:
        given = borrow(model), borrow(job), borrow(scratch)
        if cbow:
            return train_cbow(*given, d, hierarchical, variant)
        return train_skipgram(*given, d, hierarchical, variant)

    return train_job


@njit(forceinline=True)
def train_skipgram(
    model: Model, job: Job, scratch: Scratch, d: int, hierarchical: bool, variant: int
) -> tuple[float, int]:
    """Each context word predicts the centre word: gensim's skip-gram.

    Parameters
    ----------
    model, job, scratch : Model, Job, Scratch
        What is trained, on what, and where.
    d, hierarchical, variant
        As in ``compiled_job``.

    Returns
    -------
    loss : float
        Summed loss, in nats.
    predictions : int
        Pairs of words.
    """
    random, loss, predictions, start = job.random, 0.0, 0, 0
    for end in job.ends:
        for i in range(start, end):
            center = job.words[i]
            first, last = max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)
            if hierarchical:
                path_rows(model, center, scratch)
            else:
                # All rows are drawn before the first is needed, so that memory is ahead of us.
                for number in range(last - first - 1):
                    random = noise_rows(model, center, random, scratch, number, d)
            number = 0
            for j in range(first, last):
                if j == i:
                    continue
                context = job.words[j]
                loss += learn_rows(
                    model, model.vectors, context, scratch, number, job.alpha, d, variant
                )
                add_row(scratch.error, 0, model.vectors, context, d)
                predictions += 1
                if not hierarchical:
                    number += 1
        start = end
    return loss, predictions


@njit(forceinline=True)
def train_cbow(
    model: Model, job: Job, scratch: Scratch, d: int, hierarchical: bool, variant: int
) -> tuple[float, int]:
    """The context words together predict the centre word: CBOW.

    Parameters
    ----------
    model, job, scratch : Model, Job, Scratch
        What is trained, on what, and where.
    d, hierarchical, variant
        As in ``compiled_job``.

    Returns
    -------
    loss : float
        Summed loss, in nats.
    predictions : int
        Words that have a context.
    """
    hidden = scratch.hidden
    random, loss, predictions, start = job.random, 0.0, 0, 0
    for end in job.ends:
        for i in range(start, end):
            center = job.words[i]
            if hierarchical:
                path_rows(model, center, scratch)
            else:
                random = noise_rows(model, center, random, scratch, 0, d)
            first, last = max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)
            if last - first == 1:
                continue  # no context; the random numbers of this word are used up all the same
            share = ONE / np.float32(last - first - 1)
            hidden[:] = ZERO
            for j in range(first, last):
                if j != i:
                    add_row(model.vectors, job.words[j], hidden, 0, d)
            if model.cbow_mean:
                scale_row(hidden, share, d)
            loss += learn_rows(model, hidden, 0, scratch, 0, job.alpha, d, variant)
            if not model.cbow_mean:
                scale_row(scratch.error, share, d)
            for j in range(first, last):
                if j != i:
                    add_row(scratch.error, 0, model.vectors, job.words[j], d)
            predictions += 1
        start = end
    return loss, predictions


@njit(forceinline=True)
def path_rows(model: Model, target: int, scratch: Scratch) -> None:
    """Hierarchical softmax: list the inner nodes on the path of a word, and its turns there.

    Parameters
    ----------
    model : Model
        What is trained.
    target : int
        The word to predict.
    scratch : Scratch
        The first prediction is filled in; label 1 is a turn to the left, 0 one to the right.
    """
    start = model.starts[target]
    count = model.starts[target + 1] - start
    for b in range(count):
        scratch.rows[0, b] = model.points[start + b]
        scratch.labels[b] = np.float32(1 - model.codes[start + b])
    scratch.counts[0] = count


@njit(forceinline=True)
def noise_rows(
    model: Model, target: int, random: int, scratch: Scratch, number: int, d: int
) -> int:
    """Negative sampling: list the target, label 1, and the drawn noise words, label 0.

    A noise word that is the target is left out; its random number is used up.

    Parameters
    ----------
    model : Model
        What is trained.
    target : int
        The word to predict.
    random : int
        State of the generator.
    scratch : Scratch
        One prediction is filled in.
    number : int
        Which one.
    d : int
        Length of a vector.

    Returns
    -------
    int
        The generator's next state.
    """
    rows = scratch.rows
    rows[number, 0] = target
    count, repeats = 1, False
    for _ in range(model.negative):
        word = noise_word(model.noise, model.guide, random >> 16)
        random = next_random(random)
        prefetch(model.outputs, word, d)
        for k in range(1, count):
            repeats |= rows[number, k] == word
        rows[number, count] = word
        count += word != target
    scratch.counts[number], scratch.repeats[number] = count, repeats
    return random


@njit(forceinline=True)
def next_random(random: int) -> int:
    """Step the generator of random numbers that word2vec.c and gensim use.

    Parameters
    ----------
    random : int
        Its state, below 2**48.

    Returns
    -------
    int
        The next state. (A product beyond 64 bits loses only bits that the mask takes off anyway.)
    """
    return (random * 25214903917 + 11) & 281474976710655


@njit(forceinline=True)
def noise_word(noise: NDArray[np.uint32], guide: NDArray[np.int32], drawn: int) -> int:
    """Find the noise word that a random number stands for.

    Parameters
    ----------
    noise : numpy.ndarray of uint32, shape (V,)
        The noise distribution, summed up and scaled to 2**31 - 1.
    guide : numpy.ndarray of int32, shape (2**16,)
        Where to begin to look, by the 16 top bits of the number.
    drawn : int
        A random number of 32 bits.

    Returns
    -------
    int
        The first word whose entry is at least the number modulo 2**31 - 1.
    """
    drawn = (drawn & NOISE_TOP) + (drawn >> 31)  # modulo 2**31 - 1, without a division
    if drawn >= NOISE_TOP:
        drawn -= NOISE_TOP
    word = guide[drawn >> GUIDE_SHIFT]
    while noise[word] < drawn:
        word += 1
    return word


@njit(forceinline=True)
def learn_rows(
    model: Model,
    hiddens: NDArray[np.float32],
    hidden: int,
    scratch: Scratch,
    number: int,
    alpha: np.float32,
    d: int,
    variant: int,
) -> float:
    """Learn one prediction: move its OUT rows, and collect what the hidden vector shall move by.

    With score f = h . u and label y, the gradient's factor is g = alpha (y - sigmoid(f)); h gets
    g u, with u as it was, and u gets g h (Mikolov et al. 2013b, equations 3 and 4).

    Parameters
    ----------
    model : Model
        What is trained.
    hiddens : numpy.ndarray of float32, shape (n, d)
        The matrix that holds the hidden vector h ...
    hidden : int
        ... and its row.
    scratch : Scratch
        The rows u of ``model.outputs``, and their labels y; ``error`` becomes the sum of g u.
    number : int
        Which prediction of them.
    alpha : float32
        The learning rate.
    d : int
        Length of a vector.
    variant : int
        As in ``compiled_job``.

    Returns
    -------
    float
        The loss, in nats: the sum of -log sigmoid(f), or of -log sigmoid(-f) where the label is 0.
    """
    rows, scores, labels, loss = scratch.rows, scratch.scores, scratch.labels, 0.0
    count, repeats = scratch.counts[number], scratch.repeats[number]
    for k in range(count):  # all scores first: the processor works on several at a time
        scores[k] = dot(model, hiddens, hidden, model.outputs, rows[number, k], d, variant)
    scratch.error[:] = ZERO
    for k in range(count):
        row = rows[number, k]
        if repeats:  # an earlier step may have moved this row
            scores[k] = dot(model, hiddens, hidden, model.outputs, row, d, variant)
        if -MAX_SCORE < scores[k] < MAX_SCORE:
            predicted = model.sigmoid[int((float(scores[k]) + MAX_SCORE) * SIGMOID_STEPS)]
            g = (labels[k] - predicted) * alpha
            move_row(model, g, hiddens, hidden, model.outputs, row, scratch.error, d, variant)
    for k in range(count):
        loss += score_loss(model.losses, scores[k])
        if labels[k] == ZERO:
            loss += scores[k]
    return loss


@njit(forceinline=True)
def score_loss(losses: NDArray[np.float32], score: np.float32) -> float:
    """Give -log sigmoid(score).

    Parameters
    ----------
    losses : numpy.ndarray of float32
        ``loss_table()``.
    score : float32
        The score.

    Returns
    -------
    float
        The loss, in nats.
    """
    if -MAX_SCORE < score < MAX_SCORE:
        place = (float(score) + MAX_SCORE) * LOSS_STEPS
        step = int(place)
        return losses[step] + (place - step) * (losses[step + 1] - losses[step])
    return max(-float(score), 0.0) + math.log1p(math.exp(-abs(float(score))))


# The inner loops, over the d entries of a row. BLAS's twins give gensim's bits.


@njit(forceinline=True)
def dot(
    model: Model,
    a: NDArray[np.float32],
    i: int,
    b: NDArray[np.float32],
    j: int,
    d: int,
    variant: int,
) -> np.float32:
    """Multiply row i of ``a`` by row j of ``b``.

    Parameters
    ----------
    model : Model
        Holds the address of BLAS's sdot.
    a, b : numpy.ndarray of float32, shape (n, d)
        Two matrices.
    i, j : int
        A row of each.
    d, variant
        As in ``compiled_job``.

    Returns
    -------
    float32
        The dot product.
    """
    if variant == AS_DOUBLE:
        return sdot(model.sdot, a, i, b, j, d)
    if variant == AS_FLOAT:
        return sdot_float(model.sdot, a, i, b, j, d)
    if variant == WITHOUT_BLAS:
        return dot_in_order(a, i, b, j, d)
    return dot_in_any_order(a, i, b, j, d)


def _dot(a: NDArray[np.float32], i: int, b: NDArray[np.float32], j: int, d: int) -> np.float32:
    total = ZERO
    for k in range(d):
        total += a[i, k] * b[j, k]
    return total


dot_in_order = njit(forceinline=True)(_dot)
dot_in_any_order = njit(forceinline=True, fastmath=True)(_dot)  # several sums side by side


@njit(forceinline=True)
def move_row(
    model: Model,
    g: np.float32,
    hiddens: NDArray[np.float32],
    hidden: int,
    outputs: NDArray[np.float32],
    row: int,
    error: NDArray[np.float32],
    d: int,
    variant: int,
) -> None:
    """Add g u to the error, and g h to u.

    Parameters
    ----------
    model : Model
        Holds the address of BLAS's saxpy.
    g : float32
        The factor.
    hiddens, hidden
        The matrix that holds h, and the row.
    outputs, row
        The matrix that holds u, and the row.
    error : numpy.ndarray of float32, shape (1, d)
        The error.
    d, variant
        As in ``compiled_job``.
    """
    if variant in (AS_DOUBLE, AS_FLOAT):
        saxpy(model.saxpy, g, outputs, row, error, 0, d)
        saxpy(model.saxpy, g, hiddens, hidden, outputs, row, d)
    else:
        for k in range(d):
            u = outputs[row, k]
            error[0, k] += g * u
            outputs[row, k] = u + g * hiddens[hidden, k]


@njit(forceinline=True)
def add_row(a: NDArray[np.float32], i: int, b: NDArray[np.float32], j: int, d: int) -> None:
    """Add row i of ``a`` to row j of ``b``.

    Parameters
    ----------
    a, b : numpy.ndarray of float32, shape (n, d)
        Two matrices; ``b`` is changed.
    i, j : int
        A row of each.
    d : int
        Length of a row.
    """
    for k in range(d):
        b[j, k] += a[i, k]


@njit(forceinline=True)
def scale_row(row: NDArray[np.float32], factor: np.float32, d: int) -> None:
    """Multiply a row by a number.

    Parameters
    ----------
    row : numpy.ndarray of float32, shape (1, d)
        The row, which is changed.
    factor : float32
        The number.
    d : int
        Length of the row.
    """
    for k in range(d):
        row[0, k] *= factor
