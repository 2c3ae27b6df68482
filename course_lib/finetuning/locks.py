"""Locks: how far the IN vector of each word may move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from course_lib.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True)
class Lockf:
    """How far each word's IN vector may move: rules for gensim's ``vectors_lockf``.

    A lock is the part of its step that an IN vector takes: 0 freezes it, 1 lets it go, 0.5 makes it
    move half as far. Where a word stands in ``words``, that is its lock. Otherwise it is the lock
    of its coverage times the lock of its count. OUT vectors are never locked, as in gensim.

    Attributes
    ----------
    covered, uncovered : float
        The lock of words that the pre-trained vectors have, and of those that they do not have.
    by_count : callable, optional
        Gets the counts of all words in the text, an array of int64 of shape (V,), and gives their
        locks: ``lambda counts: counts / (counts + 10)`` holds rare words back.
    words : mapping of str to float
        Locks of single words.

    Examples
    --------
    >>> Lockf(covered=0.1, words={"police": 0.0}).covered
    0.1
    """

    covered: float = 1.0
    uncovered: float = 1.0
    by_count: Callable[[NDArray[np.int64]], NDArray] | None = None
    words: Mapping[str, float] = field(default_factory=dict)

    def of(
        self, vocabulary: Vocabulary, covered: NDArray[np.bool_], counts: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Give each word its lock.

        Parameters
        ----------
        vocabulary : Vocabulary
            The V words.
        covered : numpy.ndarray of bool, shape (V,)
            Which of them the pre-trained vectors have.
        counts : numpy.ndarray of int64, shape (V,)
            How often the text has each.

        Returns
        -------
        numpy.ndarray of float32, shape (V,)
            The locks, as gensim's ``vectors_lockf`` has to be.

        Raises
        ------
        KeyError
            A lock is for a word that the vocabulary does not have.
        ValueError
            A lock is no number from 0 to 1.
        """
        lock = np.where(covered, *(_lock(self.covered, "covered words"),
                                   _lock(self.uncovered, "uncovered words")))  # fmt: skip
        if self.by_count is not None:
            given = np.asarray(self.by_count(counts), dtype=np.float64)
            if given.shape not in [(), counts.shape]:
                raise ValueError(
                    f"by_count gave locks of shape {given.shape} for counts of shape "
                    f"{counts.shape}; it has to give one lock a count."
                )
            for row in np.flatnonzero(~((given >= 0) & (given <= 1)))[:1]:
                _lock(given.flat[row], f"the count {counts[row]}")
            lock = lock * given
        for word, value in self.words.items():
            if word not in vocabulary:
                raise KeyError(_no_row(vocabulary, word))
            lock[vocabulary.index(word)] = _lock(value, repr(word))
        return lock.astype(np.float32)


def rules_of(lockf: object) -> Lockf:
    """Read the short forms of locks.

    Parameters
    ----------
    lockf : float, mapping of str to float, Lockf or None
        One lock for all words, locks of single words (the others are free), rules, or nothing.

    Returns
    -------
    Lockf
        The rules.

    Raises
    ------
    ValueError
        It is something else, or a lock for all that is no number from 0 to 1.
    """
    if lockf is None:
        return Lockf()
    if isinstance(lockf, Lockf):
        return lockf
    if isinstance(lockf, Mapping):
        return Lockf(words=lockf)
    if isinstance(lockf, int | float | np.number):
        lock = _lock(lockf, "all words")
        return Lockf(covered=lock, uncovered=lock)
    raise ValueError(
        f"lockf must be a number for all words, a mapping of words to numbers, or "
        f"finetuning.Lockf(...), not a {type(lockf).__name__}."
    )


def _lock(value: object, whose: str) -> float:
    if not isinstance(value, int | float | np.number) or not 0 <= float(value) <= 1:
        raise ValueError(
            f"The lock of {whose} must be a number from 0 (frozen) to 1 (free), not {value!r}. "
            "To let vectors move faster, raise alpha."
        )
    return float(value)


def _no_row(vocabulary: Vocabulary, word: object) -> str:
    try:
        vocabulary.index(word)  # type: ignore[arg-type]
    except KeyError as error:
        return f"No lock can be set: {error.args[0]} Words that the text has too seldom or not at "\
            "all get a row by extra_words."  # fmt: skip
    return ""
