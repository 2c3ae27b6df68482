"""From a sentence to training pairs: subsampling, the window, and batches of pairs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary


class PairBatch(NamedTuple):
    """Pairs for one step of training.

    Attributes
    ----------
    centers, contexts : numpy.ndarray of int, shape (B,)
        Rows of the centre words and of the context words that they predict.
    words_read : int
        Tokens of the vocabulary read in this epoch so far, before subsampling.
    """

    centers: NDArray[np.integer]
    contexts: NDArray[np.integer]
    words_read: int


def skipgram_pairs(
    sentence: NDArray[np.integer], window: int, rng: np.random.Generator | None = None
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """List every (centre, context) pair of a sentence.

    With a generator, each centre draws its own reach uniformly from 1 to ``window``, so that a
    context word at distance d is met with probability (window - d + 1) / window: near words count
    more (Mikolov et al. 2013a, section 3.2). Without one, every centre has the full window.

    Parameters
    ----------
    sentence : numpy.ndarray of int, shape (n,)
        Rows of the sentence's words.
    window : int
        Largest distance between centre and context, at least 1.
    rng : numpy.random.Generator, optional
        Draws the reach of each centre.

    Returns
    -------
    centers, contexts : numpy.ndarray of int, shape (pairs,)
        The two words of each pair, by centre and then from left to right.

    Raises
    ------
    ValueError
        The window is no whole number of at least 1, or the sentence no flat array of such numbers.
    """
    sentence = _flat_rows(sentence)
    if not isinstance(window, int | np.integer) or window < 1:
        raise ValueError(f"window must be a whole number of at least 1, not {window!r}.")
    length = len(sentence)
    # A window wider than the sentence reaches no further than the sentence itself.
    offsets = np.arange(-min(window, length), min(window, length) + 1)
    positions = np.arange(length)[:, None] + offsets
    reach = np.full(length, window) if rng is None else rng.integers(1, window + 1, size=length)
    is_context = (positions >= 0) & (positions < length) & (offsets != 0)
    is_context &= np.abs(offsets) <= reach[:, None]
    center_positions, columns = np.nonzero(is_context)
    return sentence[center_positions], sentence[positions[center_positions, columns]]


def subsample(
    sentence: NDArray[np.integer],
    keep_probabilities: NDArray[np.floating],
    rng: np.random.Generator,
) -> NDArray[np.integer]:
    """Drop tokens of frequent words at random.

    Parameters
    ----------
    sentence : numpy.ndarray of int, shape (n,)
        Rows of the sentence's words.
    keep_probabilities : numpy.ndarray, shape (V,)
        As given by ``Vocabulary.keep_probabilities``.
    rng : numpy.random.Generator
        Decides token by token.

    Returns
    -------
    numpy.ndarray of int, shape (m,) with m <= n
        The tokens that stay, in order.

    Raises
    ------
    ValueError
        The sentence is not a flat array of whole numbers.
    """
    sentence = _flat_rows(sentence)
    return sentence[rng.random(len(sentence)) < np.asarray(keep_probabilities)[sentence]]


def pair_batches(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> Iterator[PairBatch]:
    """Read the text once and give its skip-gram pairs in batches of ``settings.batch_size``.

    A batch may span sentences; only the last one may be smaller.

    Parameters
    ----------
    sentences : iterable of sequences of str
        Tokenised sentences; unknown words are left out before the window is laid.
    vocabulary : Vocabulary
        The known words.
    settings : Word2VecSettings
        ``sample``, ``window``, ``shrink_windows`` and ``batch_size`` are read.
    rng : numpy.random.Generator
        Draws the dropped tokens and the windows.

    Yields
    ------
    PairBatch
        Centres, contexts, and how many words have been read.
    """
    keep = vocabulary.keep_probabilities(settings.sample) if settings.sample > 0 else None
    size = settings.batch_size
    centers: NDArray[np.integer] = np.empty(0, dtype=np.int32)
    contexts = centers
    words_read = 0
    for tokens in sentences:
        sentence: NDArray[np.integer] = vocabulary.encode(tokens)
        words_read += len(sentence)
        if keep is not None:
            sentence = subsample(sentence, keep, rng)
        new_centers, new_contexts = skipgram_pairs(
            sentence, settings.window, rng if settings.shrink_windows else None
        )
        centers = np.concatenate([centers, new_centers])
        contexts = np.concatenate([contexts, new_contexts])
        whole = len(centers) - len(centers) % size
        for start in range(0, whole, size):
            stop = start + size
            yield PairBatch(centers[start:stop], contexts[start:stop], words_read)
        centers, contexts = centers[whole:], contexts[whole:]
    if len(centers):
        yield PairBatch(centers, contexts, words_read)


def _flat_rows(sentence: NDArray[np.integer]) -> NDArray[np.integer]:
    rows = np.asarray(sentence)
    if rows.size == 0 and rows.ndim == 1:
        return rows.astype(np.int32)  # an empty list has no type of its own
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"A sentence is a flat array of rows, not {rows.dtype} of shape {rows.shape}. "
            "Vocabulary.encode makes one from tokens."
        )
    return rows
