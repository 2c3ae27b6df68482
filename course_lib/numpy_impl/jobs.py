"""What one call of a compiled loop trains on, drawn as gensim draws it."""

from itertools import accumulate
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from course_lib.numpy_impl.kernels import GUIDE_SHIFT, NOISE_TOP, Job, next_random
from course_lib.numpy_impl.texts import JOB_WORDS
from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary


class Reader:
    """Makes jobs, with gensim's random numbers.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words that have vectors, with counts.
    settings : Word2VecSettings
        What is read: the objective, ``sample``, ``window``, ``shrink_windows`` and ``seed``.
    """

    def __init__(self, vocabulary: Vocabulary, settings: Word2VecSettings) -> None:
        self._random = np.random.RandomState(settings.seed)
        self._settings = settings
        self._thresholds = keep_thresholds(vocabulary, settings.sample)
        negative_sampling = settings.objective == "negative-sampling"
        self._needs_generator = negative_sampling or settings.sample > 0

    def job(self, rows: NDArray[np.int32], lengths: NDArray[np.int64], alpha: float) -> Job:
        """Thin out frequent words, and draw the windows.

        Parameters
        ----------
        rows : numpy.ndarray of int32, shape (n,)
            Rows of the tokens of a job; -1 for an unknown word.
        lengths : numpy.ndarray of int64, shape (sentences,)
            Tokens in each of its sentences.
        alpha : float
            Its learning rate.

        Returns
        -------
        Job
            What a compiled loop takes.
        """
        settings, random = self._settings, self._random
        generator = 0
        if self._needs_generator:
            generator = 2**24 * int(random.randint(0, 2**24)) + int(random.randint(0, 2**24))
        words, ends, generator = thin_out(rows, lengths, self._thresholds, generator, JOB_WORDS)
        reach = np.full(len(words), settings.window)
        if settings.shrink_windows:
            reach -= random.randint(0, settings.window, len(words))
        return Job(words, ends, reach, np.float32(alpha), int(generator))

    def random_state(self) -> dict[str, Any]:
        """Give the state of the generator of random numbers.

        Returns
        -------
        dict
            ``key``, an array, and ``pos``, a number.
        """
        return self._random.get_state(legacy=False)["state"]

    def set_random_state(self, state: dict[str, Any]) -> None:
        """Go back to a state.

        Parameters
        ----------
        state : dict
            From ``random_state``.
        """
        self._random.set_state({"bit_generator": "MT19937", "state": state})


@njit(cache=True, nogil=True)
def thin_out(
    rows: NDArray[np.int32],
    lengths: NDArray[np.int64],
    thresholds: NDArray[np.uint32],
    random: int,
    limit: int,
) -> tuple[NDArray[np.int32], NDArray[np.int64], int]:
    """Leave out unknown words, and frequent ones by chance.

    Parameters
    ----------
    rows : numpy.ndarray of int32, shape (n,)
        Rows of the words of all sentences; -1 for an unknown word.
    lengths : numpy.ndarray of int64, shape (sentences,)
        Words in each sentence.
    thresholds : numpy.ndarray of uint32, shape (V,) or (0,)
        ``keep_thresholds``; empty to keep all.
    random : int
        State of the generator; it is stepped for every known word.
    limit : int
        So many words are kept; gensim drops the rest of a longer sentence.

    Returns
    -------
    words : numpy.ndarray of int32
        Rows of the words that were kept.
    ends : numpy.ndarray of int64, shape (sentences,)
        Where each sentence ends in ``words``.
    random : int
        The generator's next state.
    """
    words, ends = np.empty(min(len(rows), limit), np.int32), np.empty(len(lengths), np.int64)
    kept = place = 0
    for sentence, length in enumerate(lengths):
        for row in rows[place : place + length]:
            if row < 0 or kept == limit:
                continue
            if len(thresholds) > 0:
                drawn = random >> 16
                random = next_random(random)
                if thresholds[row] < drawn:
                    continue
            words[kept] = row
            kept += 1
        place += length
        ends[sentence] = kept
    return words[:kept], ends, random


def keep_thresholds(vocabulary: Vocabulary, sample: float) -> NDArray[np.uint32]:
    """Turn the probabilities of subsampling into whole numbers of 32 bits, as gensim does.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words with counts.
    sample : float
        See ``Vocabulary.keep_probabilities``.

    Returns
    -------
    numpy.ndarray of uint32, shape (V,), or (0,) without subsampling
        A token is kept unless a random number of 32 bits is larger.
    """
    if sample == 0:
        return np.empty(0, np.uint32)
    counts = vocabulary.require_counts()
    threshold = sample * counts.sum() if sample < 1 else int(sample * (3 + np.sqrt(5)) / 2)
    # keep_probabilities has the same formula; its last bit differs, and a token hangs on it
    kept = (np.sqrt(counts / threshold) + 1) * (threshold / counts)
    return (np.minimum(kept, 1.0) * (2**32 - 1)).astype(np.uint32)


def noise_table(
    vocabulary: Vocabulary, exponent: float
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Prepare the drawing of noise words from P_n.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words with counts.
    exponent : float
        See ``Vocabulary.noise_distribution``.

    Returns
    -------
    noise : numpy.ndarray of uint32, shape (V,)
        The distribution summed up, scaled to 2**31 - 1, and rounded.
    guide : numpy.ndarray of int32, shape (2**16,)
        For each value of the 16 top bits of a number of 31 bits, the first word that it may mean.
    """
    counts = vocabulary.require_counts()
    with np.errstate(over="ignore"):
        # One power after another: NumPy's power of a whole array differs in the last bit
        summed = np.fromiter(accumulate(count ** float(exponent) for count in counts), np.float64)
    if not 0 < summed[-1] < np.inf:  # an extreme exponent
        summed = np.cumsum(vocabulary.noise_distribution(exponent))
    noise = np.rint(summed / summed[-1] * NOISE_TOP).astype(np.uint32)
    firsts = np.arange(2**16, dtype=np.int64) << GUIDE_SHIFT
    return noise, np.searchsorted(noise, firsts).astype(np.int32)
