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
    """Room for one prediction at a time; each thread has its own.

    Attributes
    ----------
    hidden, error : numpy.ndarray of float32, shape (1, d)
        CBOW's hidden vector, and what the hidden vector shall move by.
    rows : numpy.ndarray of int64
        Rows of ``model.outputs`` ...
    labels : numpy.ndarray of float32
        ... and what the sigmoid of each row's score should be: 1 or 0.
    """

    hidden: NDArray[np.float32]
    error: NDArray[np.float32]
    rows: NDArray[np.int64]
    labels: NDArray[np.float32]


def make_scratch(model: Model) -> Scratch:
    """Make room for one prediction at a time.

    Parameters
    ----------
    model : Model
        What is trained.

    Returns
    -------
    Scratch
        Arrays, not filled in.
    """
    d = model.vectors.shape[1]
    size = max(model.negative + 1, np.diff(model.starts).max(initial=0))
    row = (1, d)
    return Scratch(
        np.empty(row, np.float32),
        np.empty(row, np.float32),
        np.empty(size, np.int64),
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
    error, rows, labels = scratch.error, scratch.rows, scratch.labels
    random, loss, predictions, start = job.random, 0.0, 0, 0
    for end in job.ends:
        for i in range(start, end):
            center = job.words[i]
            count = path_rows(model, center, rows, labels) if hierarchical else 0
            for j in range(max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)):
                if j == i:
                    continue
                if not hierarchical:
                    count, random = noise_rows(model, center, random, rows, labels, d)
                context = job.words[j]
                error[:] = ZERO
                loss += learn_rows(
                    model, model.vectors, context, rows, labels, count, job.alpha, error, d, variant
                )
                add_row(error, 0, model.vectors, context, d)
                predictions += 1
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
    hidden, error, rows, labels = scratch
    random, loss, predictions, start = job.random, 0.0, 0, 0
    for end in job.ends:
        for i in range(start, end):
            center = job.words[i]
            if hierarchical:
                count = path_rows(model, center, rows, labels)
            else:
                count, random = noise_rows(model, center, random, rows, labels, d)
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
            error[:] = ZERO
            loss += learn_rows(model, hidden, 0, rows, labels, count, job.alpha, error, d, variant)
            if not model.cbow_mean:
                scale_row(error, share, d)
            for j in range(first, last):
                if j != i:
                    add_row(error, 0, model.vectors, job.words[j], d)
            predictions += 1
        start = end
    return loss, predictions


@njit(forceinline=True)
def path_rows(
    model: Model, target: int, rows: NDArray[np.int64], labels: NDArray[np.float32]
) -> int:
    """Hierarchical softmax: list the inner nodes on the path of a word, and its turns there.

    Parameters
    ----------
    model : Model
        What is trained.
    target : int
        The word to predict.
    rows, labels : numpy.ndarray
        Filled in: the nodes; 1 for a turn to the left, 0 for one to the right.

    Returns
    -------
    int
        Length of the path.
    """
    start = model.starts[target]
    count = model.starts[target + 1] - start
    for b in range(count):
        rows[b] = model.points[start + b]
        labels[b] = np.float32(1 - model.codes[start + b])
    return count


@njit(forceinline=True)
def noise_rows(
    model: Model,
    target: int,
    random: int,
    rows: NDArray[np.int64],
    labels: NDArray[np.float32],
    d: int,
) -> tuple[int, int]:
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
    rows, labels : numpy.ndarray
        Filled in.
    d : int
        Length of a vector.

    Returns
    -------
    count : int
        How many rows were listed.
    random : int
        The generator's next state.
    """
    rows[0], labels[0] = target, ONE
    count = 1
    for _ in range(model.negative):
        word = noise_word(model.noise, model.guide, random >> 16)
        random = next_random(random)
        if word != target:
            prefetch(model.outputs, word, d)
            rows[count], labels[count] = word, ZERO
            count += 1
    return count, random


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
    rows: NDArray[np.int64],
    labels: NDArray[np.float32],
    count: int,
    alpha: np.float32,
    error: NDArray[np.float32],
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
    rows, labels, count
        The first ``count`` rows u of ``model.outputs``, with their labels y.
    alpha : float32
        The learning rate.
    error : numpy.ndarray of float32, shape (1, d)
        g u is added here.
    d, variant
        As in ``compiled_job``.

    Returns
    -------
    float
        The loss, in nats: the sum of -log sigmoid(f), or of -log sigmoid(-f) where the label is 0.
    """
    loss = 0.0
    for k in range(count):
        row, label = rows[k], labels[k]
        score = dot(model, hiddens, hidden, model.outputs, row, d, variant)
        loss += score_loss(model.losses, score)
        if label == ZERO:
            loss += score
        if -MAX_SCORE < score < MAX_SCORE:
            predicted = model.sigmoid[int((float(score) + MAX_SCORE) * SIGMOID_STEPS)]
            g = (label - predicted) * alpha
            move_row(model, g, hiddens, hidden, model.outputs, row, error, d, variant)
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
