"""GloVe in NumPy: the loop over the counts, compiled, and the same in batches."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.glove_training import prepared, train_in_blocks
from course_lib.numpy_impl.blas import borrow, prefetch
from course_lib.numpy_impl.objectives import weighted_squares
from course_lib.settings import GloveSettings
from course_lib.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy import sparse

AHEAD = 6  # entries between asking memory for their rows and needing them

inlined = njit(forceinline=True)


def train_glove(
    sentences_or_cooccurrences: "Iterable[Sequence[str]] | sparse.sparray | NDArray",
    settings: GloveSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train GloVe: weighted least squares on the logarithms of co-occurrence counts, by AdaGrad.

    The objective is half of equation 8 of Pennington et al. 2014, as in Stanford's program; see
    ``objectives.glove``. Each step takes one count, in random order. With g the gradient times
    ``learning_rate``, a number moves by g / sqrt(G), where G is 1 plus the squares of all its g
    so far, this one included (Duchi et al. 2011, equation 1). No step is longer than 1, so that
    no count can make the vectors overflow.

    Stanford's program differs in three things: it takes the root before it adds the present square,
    clips gradients at 100 instead, and keeps one order of the counts for all epochs.

    Parameters
    ----------
    sentences_or_cooccurrences : re-iterable of sequences of str, or matrix of shape (V, V)
        The text, which is counted by ``count_cooccurrences``; or counts, as a SciPy sparse matrix
        or a NumPy array, whose row i belongs to the centre word i of the vocabulary.
    settings : GloveSettings
        What to train, and how. With a ``batch_size`` above 1 the steps are taken in plain NumPy,
        slowly, and equal those of ``torch_impl``.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out. A matrix needs it.
    initial : Embeddings, optional
        Vectors and biases to start from, which stay as they are; what they do not have is drawn
        as usual. The training runs in their precision, float32 or float64.
    progress : bool, default True
        Show progress bars.

    Returns
    -------
    Embeddings
        w as IN vectors, w~ as OUT vectors, the biases of both, and the mean loss of a count in
        each epoch, measured while the vectors move. ``matrix("sum")`` is w + w~, which Stanford's
        program writes.

    Raises
    ------
    ValueError
        The text cannot be read twice or holds no pair, a count is not finite and above 0, or
        text, matrix, vocabulary, vectors and settings do not fit each other.
    """
    start, entries = prepared(sentences_or_cooccurrences, settings, vocabulary, initial, progress)
    model = build_model(start)
    if settings.batch_size in (None, 1):
        train_block = compiled_block(settings.vector_size)
        rate = model.vectors.dtype.type(settings.learning_rate)
        losses = train_in_blocks(
            lambda block: train_block(model, block, rate),
            entries, settings, progress, settings.workers,
        )  # fmt: skip
    else:
        step = functools.partial(train_batches, model, settings=settings)
        losses = train_in_blocks(step, entries, settings, progress)
    return Embeddings(
        start.vocabulary,
        model.vectors,
        model.outputs,
        losses=losses,
        input_biases=model.biases,
        output_biases=model.output_biases,
    )


class Model(NamedTuple):
    """All that a training changes. V words, d dimensions, float32 or float64.

    Attributes
    ----------
    vectors, outputs : numpy.ndarray, shape (V, d)
        w and w~.
    biases, output_biases : numpy.ndarray, shape (V,)
        b and b~.
    squares, output_squares : numpy.ndarray, shape (V, d)
        AdaGrad's G for the vectors.
    bias_squares, output_bias_squares : numpy.ndarray, shape (V,)
        AdaGrad's G for the biases.
    """

    vectors: NDArray
    outputs: NDArray
    biases: NDArray
    output_biases: NDArray
    squares: NDArray
    output_squares: NDArray
    bias_squares: NDArray
    output_bias_squares: NDArray


def build_model(start: Embeddings) -> Model:
    """Put AdaGrad's sums, which start at 1, beside the start values.

    Parameters
    ----------
    start : Embeddings
        Vectors and biases, which will be changed.

    Returns
    -------
    Model
        The arrays.
    """
    arrays: Any = (
        start.input_vectors,
        start.matrix("out"),
        start.input_biases,
        start.output_biases,
    )
    return Model(*arrays, *(np.ones_like(array) for array in arrays))


def train_batches(model: Model, block: NDArray, settings: GloveSettings) -> float:
    """Train a block of counts, batch after batch, as in the formulas.

    A number that comes into a batch several times moves by the sum of its gradients.

    Parameters
    ----------
    model : Model
        What is trained.
    block : numpy.ndarray
        Entries of ``weighted_entries``.
    settings : GloveSettings
        ``batch_size`` and ``learning_rate`` are read.

    Returns
    -------
    float
        Their summed loss.
    """
    size = settings.batch_size or 1
    loss = 0.0
    for start in range(0, len(block), size):
        batch = block[start : start + size]
        columns = (batch[name] for name in ("center", "context", "target", "weight"))
        batch_loss, gradients = weighted_squares(*model[:4], *columns)
        loss += batch_loss
        for numbers, squares, gradient in zip(model[:4], model[4:], gradients, strict=True):
            step = settings.learning_rate * gradient
            squares += step**2
            numbers -= step / np.sqrt(squares)
    return loss


@functools.cache
def compiled_block(d: int) -> Callable:
    """Make the function that trains a block of counts, one after another.

    The length of a vector is a constant of the compiled code, so that its inner loops become whole
    registers. The code is kept on disk, and a second start does not compile it again.

    Parameters
    ----------
    d : int
        Length of a vector.

    Returns
    -------
    callable
        ``train_block(model, block, learning_rate)`` moves the vectors, and returns the summed loss.
    """

    @njit(cache=True, nogil=True)
    def train_block(model: Model, block: NDArray, learning_rate: np.floating) -> float:
        return _train_block(borrow(model), block, learning_rate, d)

    return train_block


@inlined
def _train_block(model: Model, block: NDArray, learning_rate: np.floating, d: int) -> float:
    biases, output_biases = model.biases, model.output_biases
    loss = 0.0
    for n in range(len(block)):
        if n + AHEAD < len(block):
            _prefetch_entry(model, block[n + AHEAD], d)
        entry = block[n]
        i, j = entry["center"], entry["context"]
        score = _dot(model.vectors, i, model.outputs, j, d) + biases[i] + output_biases[j]
        error = score - entry["target"]
        factor = entry["weight"] * error
        loss += float(factor) * float(error)
        step = factor * learning_rate
        _move_rows(model, i, j, step, d)
        _move_number(biases, model.bias_squares, i, step)
        _move_number(output_biases, model.output_bias_squares, j, step)
    return loss / 2


@inlined
def _prefetch_entry(model: Model, entry: np.void, d: int) -> None:
    """Ask for the rows of an entry that comes soon."""
    prefetch(model.vectors, entry["center"], d)
    prefetch(model.squares, entry["center"], d)
    prefetch(model.outputs, entry["context"], d)
    prefetch(model.output_squares, entry["context"], d)


@njit(forceinline=True, fastmath=True)
def _dot(a: NDArray, i: int, b: NDArray, j: int, d: int) -> np.floating:
    """Multiply row i of ``a`` by row j of ``b``, in any order."""
    total = a[i, 0] * b[j, 0]
    for k in range(1, d):
        total += a[i, k] * b[j, k]
    return total


@njit(forceinline=True, fastmath=True)
def _move_rows(model: Model, i: int, j: int, step: np.floating, d: int) -> None:
    """Move w_i against w~_j, and w~_j against w_i as it was."""
    vectors, outputs = model.vectors, model.outputs
    squares, output_squares = model.squares, model.output_squares
    for k in range(d):
        w, c = vectors[i, k], outputs[j, k]
        w_step, c_step = step * c, step * w
        w_square = squares[i, k] + w_step * w_step
        c_square = output_squares[j, k] + c_step * c_step
        squares[i, k] = w_square
        output_squares[j, k] = c_square
        vectors[i, k] = w - w_step / np.sqrt(w_square)
        outputs[j, k] = c - c_step / np.sqrt(c_square)


@inlined
def _move_number(numbers: NDArray, squares: NDArray, i: int, step: np.floating) -> None:
    squares[i] += step * step
    numbers[i] -= step / np.sqrt(squares[i])
