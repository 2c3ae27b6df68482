"""From sentences to training pairs and windows: subsampling, the window, and batches of both."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary

CHUNK = 10_000  # words that are laid out at once: enough to make NumPy's calls cheap
DEFAULT_BATCH_SIZE = 64

Rows = NDArray[np.integer]


class PairBatch(NamedTuple):
    """Pairs for one step of training.

    Attributes
    ----------
    centers, contexts : numpy.ndarray of int, shape (B,)
        Rows of the centre words and of the context words that they predict.
    words_read : int
        Tokens of the vocabulary, before subsampling, from the start of the text to the end of the
        sentence that holds the last pair.
    """

    centers: Rows
    contexts: Rows
    words_read: int


class Block(NamedTuple):
    """What several batches are cut from: row i of each array belongs to one pair, or to one window.

    Attributes
    ----------
    arrays : tuple of numpy.ndarray
        Of pairs their centres and contexts, rows of shape (n,). Of windows their contexts, rows
        from left to right filled up with zeros, shape (n, C); masks, False for what fills up, the
        same shape; and centres, shape (n,).
    words_read : numpy.ndarray of int, shape (n,)
        As for a ``PairBatch``.
    """

    arrays: tuple[NDArray, ...]
    words_read: Rows


class _Windows(NamedTuple):
    """Centre words with their contexts end to end; ``counts`` says how many belong to each.

    ``words_read`` has an entry for each centre word. A pair is a window with one context word.
    """

    centers: Rows
    counts: NDArray[np.int64]
    contexts: Rows
    words_read: NDArray[np.int64]


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
    reach = _draw_reach(length, window, rng)
    counts, contexts = _contexts(sentence, np.arange(length), 0, length, reach)
    return np.repeat(sentence, counts), contexts


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
        ``sample``, ``window``, ``shrink_windows`` and ``batch_size`` are read; a ``batch_size`` of
        None means 64.
    rng : numpy.random.Generator
        Draws the dropped tokens and the windows.

    Yields
    ------
    PairBatch
        Centres, contexts, and how many words have been read.
    """
    for (centers, contexts), read in pair_blocks(sentences, vocabulary, settings, rng):
        for part in parts(len(centers), batch_size(settings)):
            yield PairBatch(centers[part], contexts[part], int(read[part][-1]))


def pair_blocks(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> Iterator[Block]:
    """Give the pairs of ``pair_batches`` many batches at a time.

    Parameters
    ----------
    sentences : iterable of sequences of str
        As for ``pair_batches``.
    vocabulary : Vocabulary
        The known words.
    settings : Word2VecSettings
        As for ``pair_batches``.
    rng : numpy.random.Generator
        Draws the dropped tokens and the windows.

    Yields
    ------
    Block
        Whole batches, of some 10,000 words; what is left comes in the last one.
    """
    pairs = (
        _Windows(
            np.repeat(centers, counts),
            np.ones(len(contexts), np.int64),
            contexts,
            np.repeat(words_read, counts),
        )
        for centers, counts, contexts, words_read in _windows(sentences, vocabulary, settings, rng)
    )
    for centers, _, contexts, words_read in _whole_batches(pairs, batch_size(settings)):
        yield Block((centers, contexts), words_read)


def window_blocks(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> Iterator[Block]:
    """Read the text once and give its CBOW windows, many batches at a time.

    The windows are those of ``pair_batches``. A centre word without a context is left out.

    Parameters
    ----------
    sentences : iterable of sequences of str
        As for ``pair_batches``.
    vocabulary : Vocabulary
        The known words.
    settings : Word2VecSettings
        As for ``pair_batches``.
    rng : numpy.random.Generator
        Draws the dropped tokens and the windows.

    Yields
    ------
    Block
        Whole batches, of some 10,000 words; what is left comes in the last one.
    """
    windows = _windows(sentences, vocabulary, settings, rng)
    for centers, counts, flat, words_read in _whole_batches(windows, batch_size(settings)):
        mask = np.arange(counts.max()) < counts[:, None]
        contexts = np.zeros(mask.shape, flat.dtype)
        contexts[mask] = flat
        yield Block((contexts, mask, centers), words_read)


def batch_size(settings: Word2VecSettings) -> int:
    """Say how many pairs or windows a batch has.

    Parameters
    ----------
    settings : Word2VecSettings
        ``batch_size`` is read.

    Returns
    -------
    int
        It, or 64.
    """
    return settings.batch_size or DEFAULT_BATCH_SIZE


def parts(length: int, size: int) -> Iterator[slice]:
    """Cut a length into slices of one size; only the last one may be shorter.

    Parameters
    ----------
    length, size : int
        Of the whole, and of each slice.

    Yields
    ------
    slice
        From 0 on.
    """
    for start in range(0, length, size):
        yield slice(start, start + size)


def _windows(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> Iterator[_Windows]:
    """Lay the windows of some 10,000 words at a time; none of them is empty."""
    for kept, words_read in _chunks(sentences, vocabulary, settings, rng):
        lengths = np.array([len(words) for words, _ in kept])
        words, reach = (np.concatenate(arrays) for arrays in zip(*kept, strict=True))
        ends = np.cumsum(lengths)
        first, last = np.repeat(ends - lengths, lengths), np.repeat(ends, lengths)
        read = np.repeat(words_read, lengths)
        # Slices, because a single sentence may be a whole book.
        for start in range(0, len(words), CHUNK):
            part = slice(start, start + CHUNK)
            places = np.arange(start, min(start + CHUNK, len(words)))
            counts, contexts = _contexts(words, places, first[part], last[part], reach[part])
            some = counts > 0
            yield _Windows(words[part][some], counts[some], contexts, read[part][some])


def _chunks(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> Iterator[tuple[list[tuple[Rows, Rows]], list[int]]]:
    """Collect sentences: for each, its words that stay and their reaches, and the words read."""
    keep = vocabulary.keep_probabilities(settings.sample) if settings.sample > 0 else None
    kept: list[tuple[Rows, Rows]] = []
    words_read, collected = [0], 0
    for tokens in sentences:
        sentence: Rows = vocabulary.encode(tokens)
        words_read.append(words_read[-1] + len(sentence))
        if keep is not None:
            sentence = subsample(sentence, keep, rng)
        shrinking = rng if settings.shrink_windows else None
        kept.append((sentence, _draw_reach(len(sentence), settings.window, shrinking)))
        collected += len(sentence)
        if collected >= CHUNK:
            yield kept, words_read[1:]
            kept, words_read, collected = [], words_read[-1:], 0
    if collected:
        yield kept, words_read[1:]


def _draw_reach(length: int, window: int, rng: np.random.Generator | None) -> Rows:
    """Draw how far the window of each word goes to either side: 1 to ``window``."""
    return np.full(length, window) if rng is None else rng.integers(1, window + 1, size=length)


def _contexts(
    words: Rows, places: Rows, start: Rows | int, end: Rows | int, reach: Rows
) -> tuple[NDArray[np.int64], Rows]:
    """List the context words around each place, end to end, and count them.

    The sentence around a place goes from ``start`` to before ``end``.
    """
    first = np.maximum(start, places - reach)
    last = np.minimum(end, places + reach + 1)
    counts = last - first - 1
    # Count up from 0 in each window, and step over its centre.
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    positions = np.repeat(first, counts) + within
    positions += positions >= np.repeat(places, counts)
    return counts, words[positions]


def _whole_batches(chunks: Iterable[_Windows], size: int) -> Iterator[_Windows]:
    """Cut a stream of windows where batches of ``size`` end; only the last one may be smaller."""
    rest: _Windows | None = None
    for chunk in chunks:
        if rest is not None:
            chunk = _Windows(*(np.concatenate(both) for both in zip(rest, chunk, strict=True)))
        centers, counts, contexts, words_read = chunk
        whole = len(centers) - len(centers) % size
        end = counts[:whole].sum()
        if whole:
            yield _Windows(centers[:whole], counts[:whole], contexts[:end], words_read[:whole])
        rest = _Windows(centers[whole:], counts[whole:], contexts[end:], words_read[whole:])
    if rest is not None and len(rest.centers):
        yield rest


def _flat_rows(sentence: Rows) -> Rows:
    rows = np.asarray(sentence)
    if rows.size == 0 and rows.ndim == 1:
        return rows.astype(np.int32)  # an empty list has no type of its own
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"A sentence is a flat array of rows, not {rows.dtype} of shape {rows.shape}. "
            "Vocabulary.encode makes one from tokens."
        )
    return rows
