"""What our trainers of GloVe share: weighted counts in random order, a start, epochs in threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, DTypeLike, NDArray

from course_lib.cooccurrences import count_cooccurrences
from course_lib.corpus import require_reiterable
from course_lib.embeddings import Embeddings
from course_lib.progress import progress_bar
from course_lib.settings import GloveSettings
from course_lib.training import fitting, known_vocabulary, require_settings
from course_lib.vocabulary import Vocabulary

BLOCK = 16_384  # entries that are shuffled together, and trained in one call


def glove_weights(
    counts: ArrayLike, x_max: float = 100.0, alpha: float = 0.75
) -> NDArray[np.float64]:
    """Say how much each count weighs: f(x) = min(1, (x / x_max) ** alpha).

    Parameters
    ----------
    counts : array_like, any shape
        Co-occurrence counts x, at least 0.
    x_max : float, default 100.0
        From this count on the weight is 1.
    alpha : float, default 0.75
        The exponent (Pennington et al. 2014, equation 9).

    Returns
    -------
    numpy.ndarray of float64, the shape of ``counts``
        Weights, 0 to 1.
    """
    return (np.minimum(counts, x_max) / x_max) ** alpha  # this way no quotient can overflow


def glove_start(
    vocabulary: Vocabulary, settings: GloveSettings, dtype: DTypeLike = np.float32
) -> Embeddings:
    """Start values of a training run: vectors and biases uniform in (-1/2, 1/2) / d, as Stanford's.

    Parameters
    ----------
    vocabulary : Vocabulary
        The V words.
    settings : GloveSettings
        ``vector_size`` d and ``seed`` are read.
    dtype : float32 or float64
        Type of the arrays. The numbers are drawn in float32 either way.

    Returns
    -------
    Embeddings
        With IN and OUT vectors, and biases.
    """
    d = settings.vector_size
    rng = np.random.default_rng(settings.seed)
    drawn = rng.random((2, len(vocabulary), d + 1), dtype=np.float32)
    drawn -= np.float32(0.5)
    drawn /= d
    centers, contexts = drawn.astype(dtype, copy=False)
    return Embeddings(
        vocabulary,
        centers[:, :d],
        contexts[:, :d],
        input_biases=centers[:, d],
        output_biases=contexts[:, d],
    )


def prepared(
    sentences_or_cooccurrences: Any,
    settings: GloveSettings,
    vocabulary: Vocabulary | None,
    initial: Embeddings | None,
    progress: bool,
) -> tuple[Embeddings, NDArray]:
    """Check what a trainer was given, count what is not counted yet, and fill in the rest.

    Parameters
    ----------
    sentences_or_cooccurrences : re-iterable of sequences of str, or matrix
        As in ``train_glove``.
    settings : GloveSettings
        As in ``train_glove``.
    vocabulary : Vocabulary, optional
        As in ``train_glove``.
    initial : Embeddings, optional
        As in ``train_glove``.
    progress : bool
        Show a progress bar while words are counted.

    Returns
    -------
    start : Embeddings
        Copies of the vectors and biases to start from.
    entries : numpy.ndarray
        The counts, as ``weighted_entries`` gives them.

    Raises
    ------
    ValueError
        The text, the matrix, the vocabulary, the vectors and the settings do not fit each other.
    """
    from scipy import sparse  # late, as in cooccurrences

    require_settings(settings, GloveSettings)
    vocabulary = known_vocabulary(vocabulary, initial)
    given = sentences_or_cooccurrences
    if sparse.issparse(given) or (isinstance(given, np.ndarray) and given.dtype.kind in "biufc"):
        if vocabulary is None:
            raise ValueError(
                "A matrix does not tell its words. Give the vocabulary that it was counted with: "
                "vocabulary=..."
            )
    else:
        require_reiterable(given)
        if vocabulary is None:
            vocabulary = Vocabulary.from_sentences(given, settings.min_count, settings.max_size)
        given = count_cooccurrences(
            given, vocabulary, settings.window, settings.symmetric, progress=progress
        )
    start = glove_start(vocabulary, settings)
    if initial is not None:
        start = _continued(fitting(initial, vocabulary, settings.vector_size), start)
    return start, weighted_entries(given, vocabulary, settings, start.input_vectors.dtype)


def _continued(initial: Embeddings, start: Embeddings) -> Embeddings:
    """Copy what there is of the initial vectors; the rest begins as usual, in their precision."""
    dtype = initial.input_vectors.dtype

    def chosen(name: str) -> NDArray:
        given = getattr(initial, name)
        return np.array(getattr(start, name) if given is None else given, dtype)

    names = ("input_vectors", "output_vectors", "input_biases", "output_biases")
    return Embeddings(start.vocabulary, **{name: chosen(name) for name in names})


def weighted_entries(
    cooccurrences: Any,
    vocabulary: Vocabulary,
    settings: GloveSettings,
    dtype: DTypeLike = np.float32,
) -> NDArray:
    """List the counts of a matrix in random order, with what the training needs of each.

    Parameters
    ----------
    cooccurrences : scipy sparse matrix or numpy.ndarray, shape (V, V)
        The counts; in a dense array 0 is no count.
    vocabulary : Vocabulary
        The V words.
    settings : GloveSettings
        ``x_max``, ``alpha`` and ``seed`` are read.
    dtype : float32 or float64
        Type of logarithms and weights.

    Returns
    -------
    numpy.ndarray, shape (nnz,)
        Structured: ``center`` and ``context``, int32; ``target``, log X; ``weight``, f(X).

    Raises
    ------
    ValueError
        The matrix has another shape, holds no count, or one that is not finite and above 0.
    """
    from scipy import sparse  # late, as in cooccurrences

    V = len(vocabulary)
    if cooccurrences.shape != (V, V):
        raise ValueError(
            f"The co-occurrences have shape {cooccurrences.shape}, but the vocabulary has {V:,} "
            f"words: the matrix must be ({V}, {V}), counted with the same vocabulary."
        )
    if cooccurrences.dtype.kind == "c":
        raise ValueError("Co-occurrence counts are real numbers; these are complex.")
    matrix = sparse.csr_array(cooccurrences, dtype=np.float64)
    if not matrix.has_canonical_format:  # a pair may stand there twice: its counts add up
        matrix = matrix.copy()
        matrix.sum_duplicates()
    entries = matrix.tocoo(copy=False)  # a large matrix would be in memory twice
    counts, (centers, contexts) = entries.data, entries.coords
    if len(counts) == 0:
        raise ValueError(
            "There are no co-occurrences, so there is nothing to learn from. Use longer sentences, "
            "a lower min_count, or a larger window."
        )
    bad = np.flatnonzero(~(np.isfinite(counts) & (counts > 0)))
    if len(bad):
        center, context = vocabulary.words[centers[bad[0]]], vocabulary.words[contexts[bad[0]]]
        raise ValueError(
            f"The count of {center!r} with {context!r} is {counts[bad[0]]}; it has no logarithm "
            "that one could learn. Counts must be finite and above 0: leave zeros out, with "
            "eliminate_zeros()."
        )
    order = np.random.default_rng([settings.seed, 2]).permutation(len(counts))
    kinds = [("center", np.int32), ("context", np.int32), ("target", dtype), ("weight", dtype)]
    shuffled = np.empty(len(counts), np.dtype(kinds))
    for first in range(0, len(order), BLOCK):  # at once it would take five times the memory
        chosen, block = order[first : first + BLOCK], shuffled[first : first + BLOCK]
        block["center"], block["context"] = centers[chosen], contexts[chosen]
        block["target"] = np.log(counts[chosen])
        block["weight"] = glove_weights(counts[chosen], settings.x_max, settings.alpha)
    return shuffled


def train_in_blocks(
    step: Callable[[NDArray], float],
    entries: NDArray,
    settings: GloveSettings,
    progress: bool = True,
    workers: int = 1,
) -> NDArray[np.float64]:
    """Run all epochs, each in a new order.

    The entries, once shuffled as a whole, lie in blocks of 16,384. Before each epoch the blocks
    change their order, and the entries change theirs inside their block: nearly as good as a new
    order of all, and several times faster, since a block fits into the cache. Two backends that
    are given the same entries and settings see the same order.

    Parameters
    ----------
    step : callable
        ``step(block)`` trains a block of entries, in order, and returns their summed loss.
    entries : numpy.ndarray
        From ``weighted_entries``; they are moved about.
    settings : GloveSettings
        ``epochs`` and ``seed`` are read.
    progress : bool, default True
        Show a bar with counts a second, and the loss.
    workers : int, default 1
        So many blocks are trained at the same time.

    Returns
    -------
    numpy.ndarray of float64, shape (epochs,)
        Mean loss of a count in each epoch, measured while the vectors move.
    """
    rng = np.random.default_rng([settings.seed, 1])
    blocks = -(-len(entries) // BLOCK)
    losses = np.zeros(settings.epochs)

    def train_block(number: int, random: int) -> float:
        block = entries[number * BLOCK : (number + 1) * BLOCK]
        shuffle(block, random)
        return step(block)

    total = settings.epochs * len(entries)
    with (
        progress_bar(progress, total=total, unit=" counts", unit_scale=True) as bar,
        ThreadPoolExecutor(workers, thread_name_prefix="glove") as threads,
    ):
        for epoch in range(settings.epochs):
            numbers = rng.permutation(blocks).tolist()
            randoms = rng.integers(2**48, size=blocks).tolist()
            trained = [
                threads.submit(train_block, *each) for each in zip(numbers, randoms, strict=True)
            ]
            try:
                for number, each in zip(numbers, trained, strict=True):
                    losses[epoch] += each.result()
                    bar.update(min(BLOCK, len(entries) - number * BLOCK))
            except BaseException:  # Ctrl-C, too: what nobody has begun is called off
                threads.shutdown(wait=False, cancel_futures=True)
                raise
            losses[epoch] /= len(entries)
            bar.set_postfix(epoch=epoch + 1, loss=f"{losses[epoch]:.4f}")
    return losses


@njit(cache=True, nogil=True)
def shuffle(block: NDArray, random: int) -> None:
    """Bring the entries of a block into a random order (Fisher and Yates).

    Parameters
    ----------
    block : numpy.ndarray
        The entries, fewer than 2**31; moved in place.
    random : int
        State of the generator, below 2**48: that of ``drand48``.
    """
    kept = block[:1].copy()
    for last in range(len(block) - 1, 0, -1):
        random = (random * 25214903917 + 11) & 281474976710655
        other = (random >> 16) * (last + 1) >> 32
        kept[0] = block[last]
        block[last] = block[other]
        block[other] = kept[0]
