"""What a lock and an anchor do in a training in batches."""

import numpy as np
from numpy.typing import NDArray


def in_words(*arguments: NDArray) -> NDArray[np.int64]:
    """Give the words on the IN side of each pair or window.

    Parameters
    ----------
    *arguments : numpy.ndarray
        Those of ``training.Batch``: centre words first, or contexts first and their mask last.

    Returns
    -------
    numpy.ndarray of int64, shape (B,) or (B, C)
        Their rows; -1 for what fills up a context.
    """
    words = arguments[0].astype(np.int64)
    return words if words.ndim == 1 else np.where(arguments[-1], words, -1)


def used_rows(words: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Say which IN vectors a batch moves, and how often each is in it.

    Parameters
    ----------
    words : numpy.ndarray of int, shape (B,) or (B, C)
        From ``in_words``.

    Returns
    -------
    rows : numpy.ndarray of int64, shape (n,)
        The rows, rising.
    times : numpy.ndarray of int64, shape (n,)
        How many predictions each takes part in.
    """
    rows, times = np.unique(words[words >= 0], return_counts=True)
    return rows, times.astype(np.int64, copy=False)


def pull_of(
    lock: NDArray[np.float32], times: NDArray[np.int64], alpha: float, anchor: float
) -> NDArray[np.floating]:
    """Say which part of their way back to the start IN vectors take in one step.

    The anchor adds ``anchor / 2 * |v - start|**2`` to the loss of a prediction for each IN vector v
    in it. The gradient of that is ``anchor * (v - start)``, and a step of ``times`` predictions
    goes ``lock * alpha * anchor * times`` of the way back; never past the start, however strong the
    anchor is.

    Parameters
    ----------
    lock : numpy.ndarray of float32, shape (n,)
        The locks.
    times : numpy.ndarray of int64, shape (n,)
        In how many predictions of the step each vector is.
    alpha : float
        The learning rate.
    anchor : float
        The strength of the anchor.

    Returns
    -------
    numpy.ndarray, shape (n, 1)
        From 0 to 1.
    """
    return np.minimum(1, lock * (alpha * anchor) * times)[:, None]
