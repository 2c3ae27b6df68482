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
MAX_LOSS_SCORE, LOSS_STEPS = np.float32(16), np.float32(128)
NOISE_TOP = 2**31 - 1
GUIDE_SHIFT = 15  # a random number below 2**31 has its 16 top bits above
EXCHANGE_WORDS = 512  # between two exchanges of a thread's own rows with the shared ones
AHEAD = 8  # words between asking memory for a row and needing it

ZERO, ONE = np.float32(0), np.float32(1)

Matrix = NDArray[np.float32]
# The functions below become one piece of code: LLVM must not call them, but copy them in.
inlined = njit(forceinline=True)


@inlined
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
    hot, own_input, first_hot_output, own_output : int
        Of so many rows this thread has copies of its own (see ``hot_rows``): of the first IN
        vectors, ``own_input`` rows further down in the matrix; of the OUT vectors or nodes from
        ``first_hot_output``, ``own_output`` rows further down. None with one thread.
    before : numpy.ndarray of float32, shape (2, hot, d)
        The hot IN vectors, and the hot OUT vectors or nodes, at the last exchange.
    shares : numpy.ndarray of float32, shape (2, hot)
        See ``hot_rows.shares``.
    lockf : numpy.ndarray of float32, shape (V,)
        Fine-tuning: the part of its step that each IN vector takes, 0 to 1; empty otherwise.
    start : numpy.ndarray of float32, shape (V, d)
        Fine-tuning with an anchor: the IN vectors as they were; empty otherwise.
    anchor : float32
        How strongly each IN vector is pulled back there; 0 for not at all.
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
    hot: int
    own_input: int
    first_hot_output: int
    own_output: int
    before: NDArray[np.float32]
    shares: NDArray[np.float32]
    lockf: NDArray[np.float32]
    start: NDArray[np.float32]
    anchor: np.float32


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
    labels : numpy.ndarray of float32, shape (2 * window, longest prediction)
        What the sigmoid of each row's score should be: 1 or 0.
    scores : numpy.ndarray of float32, shape (longest prediction,)
        The scores of one prediction.
    contexts : numpy.ndarray of int64, shape (2 * window,)
        Shared negatives: rows of the context words.
    factors : numpy.ndarray of float32, shape (2 * window, longest prediction)
        Shared negatives: what each context word's IN row and each OUT row move each other by.
    errors : numpy.ndarray of float32, shape (2 * window, d)
        Shared negatives: what the IN rows shall move by.
    """

    hidden: NDArray[np.float32]
    error: NDArray[np.float32]
    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    repeats: NDArray[np.bool_]
    labels: NDArray[np.float32]
    scores: NDArray[np.float32]
    contexts: NDArray[np.int64]
    factors: NDArray[np.float32]
    errors: NDArray[np.float32]


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
    size = max(model.negative + 2, np.diff(model.starts).max(initial=0))  # 1 to make them even
    labels = np.zeros((2 * window, size), np.float32)
    labels[:, 0] = ONE
    return Scratch(
        np.empty((1, d), np.float32),
        np.empty((1, d), np.float32),
        np.empty((2 * window, size), np.int64),
        np.empty(2 * window, np.int64),
        np.zeros(2 * window, np.bool_),
        labels,
        np.empty(size, np.float32),
        np.empty(2 * window, np.int64),
        np.zeros((2 * window, size), np.float32),
        np.empty((2 * window, d), np.float32),
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
    powers = [math.exp((share * 2 - 1) * MAX_SCORE) for share in shares.tolist()]
    rounded = np.array(powers, dtype=np.float32)
    return (rounded / (rounded.astype(np.float64) + 1)).astype(np.float32)


def loss_table() -> NDArray[np.float32]:
    """Tabulate -log sigmoid(x) between -16 and 16, for straight lines between the entries.

    Returns
    -------
    numpy.ndarray of float32
        The values; the lines are off by at most 2e-6.
    """
    places = np.arange(2 * MAX_LOSS_SCORE * LOSS_STEPS + 2)
    return np.logaddexp(0, MAX_LOSS_SCORE - places / LOSS_STEPS).astype(np.float32)


@functools.cache
def compiled_job(
    d: int, cbow: bool, hierarchical: bool, shared: bool, variant: int, tuned: bool = False
) -> Callable:
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
    shared : bool
        Negative sampling by skip-gram: draw noise words once for each window.
    variant : int
        FAST for our loops; AS_DOUBLE, AS_FLOAT or WITHOUT_BLAS for the sums exactly as one of
        gensim's ways forms them.
    tuned : bool, default False
        Fine-tuning: IN vectors move as far as ``model.lockf`` and ``model.anchor`` let them.

    Returns
    -------
    callable
        ``train_job(model, job, scratch)`` moves the vectors, and returns the summed loss, in nats,
        and the number of predictions.
    """

    @njit(cache=True, nogil=True)
    def train_job(model: Model, job: Job, scratch: Scratch) -> tuple[float, int]:
        given = borrow(model), borrow(job), borrow(scratch)
        if shared:
            result = _train_skipgram_shared(*given, d, tuned)
        elif cbow:
            result = _train_cbow(*given, d, hierarchical, variant, tuned)
        else:
            result = _train_skipgram(*given, d, hierarchical, variant, tuned)
        _exchange(given[0], d)
        return result

    return train_job


@inlined
def _train_skipgram(
    model: Model,
    job: Job,
    scratch: Scratch,
    d: int,
    hierarchical: bool,
    variant: int,
    tuned: bool,
) -> tuple[float, int]:
    """Each context word predicts the centre word: gensim's skip-gram."""
    random, loss, predictions, start = job.random, 0.0, 0, 0
    if hierarchical:
        _list_rows(model, job, 0, random, scratch, hierarchical, d)
    for end in job.ends:
        for i in range(start, end):
            center = job.words[i]
            if i % EXCHANGE_WORDS == 0:
                _exchange(model, d)
            _prefetch_word(model, job, i + AHEAD, hierarchical, d)
            first, last = max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)
            if hierarchical:
                _list_rows(model, job, i + 1, random, scratch, hierarchical, d)
            else:
                # All rows are drawn before the first is needed, so that memory is ahead of us.
                for number in range(last - first - 1):
                    random = _noise_rows(model, center, random, scratch, number, d)
            number = i % 2 if hierarchical else 0
            for j in range(first, last):
                if j == i:
                    continue
                context = _input_row(model, job.words[j])
                loss += _learn_rows(
                    model, model.vectors, context, scratch, number, job.alpha, d, variant
                )
                _move_input(model, scratch.error, 0, context, job.alpha, d, variant, tuned)
                predictions += 1
                if not hierarchical:
                    number += 1
        start = end
    return loss, predictions


@inlined
def _train_skipgram_shared(
    model: Model, job: Job, scratch: Scratch, d: int, tuned: bool
) -> tuple[float, int]:
    """Skip-gram whose context words are all set against the same noise words.

    A window is a batch: its gradients are formed before any vector moves. What would be vector
    after vector from memory becomes a product of small matrices in the cache (Ji et al. 2016,
    section 3).
    """
    loss, predictions, start = 0.0, 0, 0
    random = _list_rows(model, job, 0, job.random, scratch, False, d)
    for end in job.ends:
        for i in range(start, end):
            if i % EXCHANGE_WORDS == 0:
                _exchange(model, d)
            _prefetch_word(model, job, i + AHEAD, False, d)
            random = _list_rows(model, job, i + 1, random, scratch, False, d)
            count = 0
            for j in range(max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)):
                if j != i:
                    scratch.contexts[count] = _input_row(model, job.words[j])
                    count += 1
            if count > 0:
                loss += _learn_window(model, scratch, i % 2, count, job.alpha, d, tuned)
                predictions += count
        start = end
    return loss, predictions


@inlined
def _learn_window(
    model: Model,
    scratch: Scratch,
    number: int,
    context_count: int,
    alpha: np.float32,
    d: int,
    tuned: bool,
) -> float:
    """Learn the predictions of a window: ``_learn_rows`` for each context word, in one step.

    Rows are taken two at a time, so that what meets both is loaded once. Where their number is odd,
    the second of the last two is row 0 with the factor 0.
    """
    vectors, outputs, errors = model.vectors, model.outputs, scratch.errors
    contexts, rows, factors = scratch.contexts, scratch.rows[number], scratch.factors
    scores, labels = scratch.scores, scratch.labels[number]
    count = scratch.counts[number]
    even = count + count % 2
    rows[count] = rows[0]
    loss = 0.0
    for c in range(context_count):
        for k in range(0, even, 2):
            scores[k], scores[k + 1] = _two_dots(
                vectors, contexts[c], outputs, rows[k], rows[k + 1], d
            )
        for k in range(count):
            factors[c, k] = _factor(model, scores[k], labels[k]) * alpha
        factors[c, count] = ZERO
        loss += _loss(model.losses, scores, labels, count)
        errors[c] = ZERO
        for k in range(0, even, 2):
            g, h = factors[c, k], factors[c, k + 1]
            _add_two(outputs, rows[k], g, rows[k + 1], h, errors, c, d)
    for k in range(count):
        for c in range(0, context_count - 1, 2):
            g, h = factors[c, k], factors[c + 1, k]
            _add_two(vectors, contexts[c], g, contexts[c + 1], h, outputs, rows[k], d)
        if context_count % 2:
            c = context_count - 1
            _add_two(vectors, contexts[c], factors[c, k], contexts[c], ZERO, outputs, rows[k], d)
    for c in range(context_count):
        _move_input(model, errors, c, contexts[c], alpha, d, FAST, tuned)
    return loss


@inlined
def _train_cbow(
    model: Model,
    job: Job,
    scratch: Scratch,
    d: int,
    hierarchical: bool,
    variant: int,
    tuned: bool,
) -> tuple[float, int]:
    """The context words together predict the centre word: CBOW."""
    hidden, error = scratch.hidden, scratch.error
    loss, predictions, start = 0.0, 0, 0
    random = _list_rows(model, job, 0, job.random, scratch, hierarchical, d)
    for end in job.ends:
        for i in range(start, end):
            if i % EXCHANGE_WORDS == 0:
                _exchange(model, d)
            _prefetch_word(model, job, i + AHEAD, hierarchical, d)
            random = _list_rows(model, job, i + 1, random, scratch, hierarchical, d)
            first, last = max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1)
            if last - first == 1:
                continue  # no context; the random numbers of this word are used up all the same
            share = ONE / np.float32(last - first - 1)
            hidden[:] = ZERO
            for j in range(first, last):
                if j != i:
                    _add_row(model.vectors, _input_row(model, job.words[j]), hidden, 0, d)
            if model.cbow_mean:
                _scale_row(hidden, share, d)
            loss += _learn_rows(model, hidden, 0, scratch, i % 2, job.alpha, d, variant)
            if not model.cbow_mean:  # as word2vec.c has it: the sum divides its gradient
                _scale_row(error, share, d)
            for j in range(first, last):
                if j != i:
                    row = _input_row(model, job.words[j])
                    _move_input(model, error, 0, row, job.alpha, d, variant, tuned)
            predictions += 1
        start = end
    return loss, predictions


@inlined
def _exchange(model: Model, d: int) -> None:
    """Bring what this thread has learnt into the shared hot rows, and its own to their new state.

    Nothing is locked. Where two threads meet in an entry, the one's step may be lost (Recht et al.
    2011, Hogwild, section 2), as everywhere else in these matrices.
    """
    first = 0
    for side, matrix, own in (
        (0, model.vectors, model.own_input),
        (1, model.outputs, model.own_output),
    ):
        for row in range(model.hot):
            share = model.shares[side, row]
            for k in range(d):
                learnt = matrix[first + row + own, k] - model.before[side, row, k]
                matrix[first + row, k] += share * learnt
                model.before[side, row, k] = matrix[first + row, k]
                matrix[first + row + own, k] = matrix[first + row, k]
        first = model.first_hot_output


@inlined
def _prefetch_word(model: Model, job: Job, i: int, hierarchical: bool, d: int) -> None:
    """Ask for the rows of a word that comes soon."""
    if i < len(job.words):
        prefetch(model.vectors, _input_row(model, job.words[i]), d)
        if not hierarchical:
            prefetch(model.outputs, _output_row(model, job.words[i]), d)


@inlined
def _input_row(model: Model, word: int) -> int:
    """Give the row of an IN vector: this thread's own one, where it has one."""
    return word + model.own_input if word < model.hot else word


@inlined
def _output_row(model: Model, row: int) -> int:
    """Give the row of an OUT vector or node: this thread's own one, where it has one."""
    first = model.first_hot_output
    return row + model.own_output if first <= row < first + model.hot else row


@inlined
def _list_rows(
    model: Model, job: Job, i: int, random: int, scratch: Scratch, hierarchical: bool, d: int
) -> int:
    """List the OUT rows of the prediction of word i, one word ahead of their use.

    Until then memory has brought them. Even and odd words take turns. Returns the generator's next
    state.
    """
    if i == len(job.words):
        return random
    if hierarchical:
        _path_rows(model, job.words[i], scratch, i % 2, d)
        return random
    return _noise_rows(model, job.words[i], random, scratch, i % 2, d)


@inlined
def _path_rows(model: Model, target: int, scratch: Scratch, number: int, d: int) -> None:
    """Hierarchical softmax: list the inner nodes on the path of a word, and its turns there.

    Label 1 is a turn to the left, 0 one to the right.
    """
    start = model.starts[target]
    count = model.starts[target + 1] - start
    for k in range(count):
        row = _output_row(model, model.points[start + k])
        scratch.rows[number, k] = row
        prefetch(model.outputs, row, d)
        scratch.labels[number, k] = np.float32(1 - model.codes[start + k])
    scratch.counts[number] = count


@inlined
def _noise_rows(
    model: Model, target: int, random: int, scratch: Scratch, number: int, d: int
) -> int:
    """Negative sampling: list the target, label 1, and the drawn noise words, label 0.

    A noise word that is the target is left out; its random number is used up. Returns the
    generator's next state.
    """
    rows = scratch.rows
    rows[number, 0] = _output_row(model, target)
    count, repeats = 1, False
    for _ in range(model.negative):
        word = _noise_word(model.noise, model.guide, random >> 16)
        random = next_random(random)
        row = _output_row(model, word)
        prefetch(model.outputs, row, d)
        for k in range(1, count):
            repeats |= rows[number, k] == row
        rows[number, count] = row
        if word != target:
            count += 1
    scratch.counts[number], scratch.repeats[number] = count, repeats
    return random


@inlined
def _noise_word(noise: NDArray[np.uint32], guide: NDArray[np.int32], drawn: int) -> int:
    """Find the first word whose entry is at least ``drawn`` modulo 2**31 - 1."""
    drawn = (drawn & NOISE_TOP) + (drawn >> 31)  # the same modulo 2**31 - 1, without a division
    if drawn >= NOISE_TOP:
        drawn -= NOISE_TOP
    word = guide[drawn >> GUIDE_SHIFT]
    # Nearly always at most two steps. Adding the comparison costs less than a wrongly guessed jump.
    word += noise[word] < drawn
    word += noise[word] < drawn
    while noise[word] < drawn:
        word += 1
    return word


@inlined
def _learn_rows(
    model: Model,
    hiddens: Matrix,
    hidden: int,
    scratch: Scratch,
    number: int,
    alpha: np.float32,
    d: int,
    variant: int,
) -> float:
    """Learn one prediction: move its OUT rows u, and collect what the hidden vector h moves by.

    With score f = h . u and label y, the gradient's factor is g = alpha (y - sigmoid(f)). The error
    collects g u, with u as it was, and u gets g h (Mikolov et al. 2013b, equations 3 and 4).
    h is a row of ``hiddens``. Returns the loss: the sum of -log sigmoid(f), or of -log sigmoid(-f)
    where the label is 0.
    """
    outputs, rows, labels = model.outputs, scratch.rows, scratch.labels[number]
    scores, error = scratch.scores, scratch.error
    for k in range(scratch.counts[number]):  # all first: the processor works on several at a time
        scores[k] = _dot(model, hiddens, hidden, outputs, rows[number, k], d, variant)
    error[:] = ZERO
    for k in range(scratch.counts[number]):
        row = rows[number, k]
        if scratch.repeats[number]:  # an earlier step may have moved this row
            scores[k] = _dot(model, hiddens, hidden, outputs, row, d, variant)
        g = _factor(model, scores[k], labels[k]) * alpha
        if g != ZERO:
            _move_row(model, g, hiddens, hidden, outputs, row, error, d, variant)
    return _loss(model.losses, scores, labels, scratch.counts[number])


@inlined
def _factor(model: Model, score: np.float32, label: np.float32) -> np.float32:
    """Give label - sigmoid(score) from the table, or 0 beyond its ends."""
    if -MAX_SCORE < score < MAX_SCORE:
        return label - model.sigmoid[int((float(score) + MAX_SCORE) * SIGMOID_STEPS)]
    return ZERO


@njit(forceinline=True, fastmath={"reassoc", "contract"})
def _loss(
    table: NDArray[np.float32],
    scores: NDArray[np.float32],
    labels: NDArray[np.float32],
    count: int,
) -> float:
    """Sum up -log sigmoid(f) where the label is 1, and -log sigmoid(-f) where it is 0."""
    loss = ZERO
    for k in range(count):
        score = scores[k]
        near = score if score > -MAX_LOSS_SCORE else -MAX_LOSS_SCORE  # not NaN either
        near = near if near < MAX_LOSS_SCORE else MAX_LOSS_SCORE
        place = (near + MAX_LOSS_SCORE) * LOSS_STEPS
        step = np.uint32(place)
        loss += table[step] + (place - np.float32(step)) * (table[step + 1] - table[step])
        loss += near - score if score < near else ZERO  # far below, -log sigmoid(f) is -f
        loss += (ONE - labels[k]) * score  # -log sigmoid(-f) = -log sigmoid(f) + f
    return float(loss)


# The inner loops, over the d entries of a row: ours, or BLAS's for gensim's bits.


@inlined
def _dot(model: Model, a: Matrix, i: int, b: Matrix, j: int, d: int, variant: int) -> np.float32:
    """Multiply row i of ``a`` by row j of ``b``."""
    if variant == AS_DOUBLE:
        return sdot(model.sdot, a, i, b, j, d)
    if variant == AS_FLOAT:
        return sdot_float(model.sdot, a, i, b, j, d)
    if variant == WITHOUT_BLAS:
        return _dot_in_order(a, i, b, j, d)
    return _dot_in_any_order(a, i, b, j, d)


def _dot_loop(a: Matrix, i: int, b: Matrix, j: int, d: int) -> np.float32:
    total = ZERO
    for k in range(d):
        total += a[i, k] * b[j, k]
    return total


_dot_in_order = njit(forceinline=True)(_dot_loop)
_dot_in_any_order = njit(forceinline=True, fastmath=True)(_dot_loop)  # several sums side by side


@njit(forceinline=True, fastmath=True)
def _two_dots(
    a: Matrix, i: int, b: Matrix, j: int, k: int, d: int
) -> tuple[np.float32, np.float32]:
    """Multiply row i of ``a`` by rows j and k of ``b``."""
    first = second = ZERO
    for n in range(d):
        first += a[i, n] * b[j, n]
        second += a[i, n] * b[k, n]
    return first, second


@njit(forceinline=True, fastmath={"contract"})
def _add_two(
    a: Matrix, i: int, g: np.float32, j: int, h: np.float32, b: Matrix, k: int, d: int
) -> None:
    """Add g times row i and h times row j of ``a`` to row k of ``b``."""
    for n in range(d):
        b[k, n] += g * a[i, n] + h * a[j, n]


@inlined
def _move_row(
    model: Model,
    g: np.float32,
    hiddens: Matrix,
    hidden: int,
    outputs: Matrix,
    row: int,
    error: Matrix,
    d: int,
    variant: int,
) -> None:
    """Add g u to the error, and g h to u."""
    if variant in (AS_DOUBLE, AS_FLOAT):
        saxpy(model.saxpy, g, outputs, row, error, 0, d)
        saxpy(model.saxpy, g, hiddens, hidden, outputs, row, d)
    else:
        for k in range(d):
            u = outputs[row, k]
            error[0, k] += g * u
            outputs[row, k] = u + g * hiddens[hidden, k]


@inlined
def _move_input(
    model: Model,
    errors: Matrix,
    i: int,
    row: int,
    alpha: np.float32,
    d: int,
    variant: int,
    tuned: bool,
) -> None:
    """Add row i of the errors to an IN vector, or what its lock and its anchor let through.

    With lock l and anchor a, v moves by l (error - alpha a (v - start)), and never past its start
    on the way back. A frozen row is not even written to.
    """
    if not tuned:
        _add_row(errors, i, model.vectors, row, d)
        return
    word = row if row < len(model.lockf) else row - model.own_input
    lock = model.lockf[word]
    if lock == ZERO:
        return
    if model.anchor > ZERO:
        pull = min(ONE, lock * alpha * model.anchor)
        for k in range(d):
            model.vectors[row, k] -= pull * (model.vectors[row, k] - model.start[word, k])
    if variant in (AS_DOUBLE, AS_FLOAT):
        saxpy(model.saxpy, lock, errors, i, model.vectors, row, d)
    else:
        for k in range(d):
            model.vectors[row, k] += lock * errors[i, k]


@inlined
def _add_row(a: Matrix, i: int, b: Matrix, j: int, d: int) -> None:
    """Add row i of ``a`` to row j of ``b``."""
    for k in range(d):
        b[j, k] += a[i, k]


@inlined
def _scale_row(row: Matrix, factor: np.float32, d: int) -> None:
    """Multiply a matrix of one row by a number."""
    for k in range(d):
        row[0, k] *= factor
