"""Losses and their gradients as pure functions on arrays, as on the slides.

Shapes: V words, d dimensions, B pairs. Losses are in nats and summed over the pairs, so that one
step with a batch moves the vectors as far as its pairs would one after another.
"""

import numpy as np
from numpy.typing import NDArray


def softmax(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn scores into probabilities: exp(s_j) / sum over k of exp(s_k).

    The largest score is subtracted first. That changes nothing in the result, and no exponential
    can overflow.

    Parameters
    ----------
    scores : numpy.ndarray, shape (..., V)
        Any finite numbers.

    Returns
    -------
    numpy.ndarray, shape (..., V)
        Probabilities; each row sums to 1.
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_loss(
    hidden: NDArray[np.floating], output_vectors: NDArray[np.floating], target: int
) -> tuple[float, NDArray[np.floating], NDArray[np.floating]]:
    """Loss and gradients of one prediction with the full softmax.

    With scores s = U h and prediction y^ = softmax(s), the loss is -log y^_target. The error
    e = y^ - y, where y is one-hot at the target, gives both gradients: dL/dh = U^T e, which Rong
    calls EH, and dL/du_j = e_j h (Rong 2014, equations 8 to 12).

    Parameters
    ----------
    hidden : numpy.ndarray, shape (d,)
        The hidden vector h: the centre's IN vector in skip-gram, the context mean in CBOW.
    output_vectors : numpy.ndarray, shape (V, d)
        The OUT matrix U.
    target : int
        Row of the word to predict.

    Returns
    -------
    loss : float
        -log of the target's probability, in nats.
    hidden_gradient : numpy.ndarray, shape (d,)
        dL/dh.
    output_gradient : numpy.ndarray, shape (V, d)
        dL/dU.

    Raises
    ------
    ValueError
        The target is not a row of the OUT matrix.
    """
    _require_rows("target", np.asarray(target), len(output_vectors))
    scores = output_vectors @ hidden
    loss = _log_sum_exp(scores) - scores[target]
    error = softmax(scores)
    error[target] -= 1
    return float(loss), output_vectors.T @ error, np.outer(error, hidden)


def skipgram_softmax(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    centers: NDArray[np.integer],
    contexts: NDArray[np.integer],
) -> tuple[float, NDArray[np.floating], NDArray[np.floating]]:
    """Loss and gradients of a batch of skip-gram pairs with the full softmax.

    Each pair predicts its context word from its centre word: ``softmax_loss`` with h = v_centre,
    for all pairs at once (Mikolov et al. 2013b, equation 2; Rong 2014, section 2). A word that
    occurs in several pairs collects the gradients of all of them.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN and the OUT matrix.
    centers, contexts : numpy.ndarray of int, shape (B,)
        Rows of the two words of each pair.

    Returns
    -------
    loss : float
        Sum over the pairs, in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or there are not as many contexts as centres.
    """
    V = len(output_vectors)
    centers, contexts = np.asarray(centers), np.asarray(contexts)
    _require_rows("centers", centers, V)
    _require_rows("contexts", contexts, V)
    if centers.shape != contexts.shape:
        raise ValueError(f"{len(centers)} centres, but {len(contexts)} contexts: give one each.")
    hidden = input_vectors[centers]
    scores = hidden @ output_vectors.T
    pairs = np.arange(len(centers))
    loss = np.sum(_log_sum_exp(scores) - scores[pairs, contexts])
    error = softmax(scores)
    error[pairs, contexts] -= 1
    input_gradient = np.zeros_like(input_vectors)
    # Not input_gradient[centers] += ...: that would keep one row of each repeated centre only.
    np.add.at(input_gradient, centers, error @ output_vectors)
    return float(loss), input_gradient, error.T @ hidden


def _log_sum_exp(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    largest = scores.max(axis=-1, keepdims=True)
    return np.log(np.exp(scores - largest).sum(axis=-1)) + largest[..., 0]


def _require_rows(name: str, rows: NDArray[np.integer], V: int) -> None:
    # NumPy would take row -1 for the last word.
    if rows.size and (rows.min() < 0 or rows.max() >= V):
        raise ValueError(f"{name} holds a row outside 0 to {V - 1}.")
