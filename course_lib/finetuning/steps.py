"""What a lock and an anchor do in a training in batches."""

import numpy as np
from numpy.typing import NDArray

from course_lib.training import Batch


def used_rows(batch: Batch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Say which IN vectors a batch moves, and how often each is in it.

    Parameters
    ----------
    batch : Batch
        From ``training.train_in_batches``.

    Returns
    -------
    rows : numpy.ndarray of int64, shape (n,)
        The rows, rising.
    times : numpy.ndarray of int64, shape (n,)
        How many predictions each takes part in.
    """
    words = batch.arguments[0]
    if words.ndim == 2:  # contexts, padded
        words = words[batch.arguments[-1]]
    return np.unique(words.astype(np.int64), return_counts=True)


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
