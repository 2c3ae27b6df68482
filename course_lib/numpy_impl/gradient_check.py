"""The gradient check: what a derivative is, computed by the definition."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def numerical_gradient(
    loss: Callable[[NDArray[np.float64]], float],
    parameters: NDArray[np.float64],
    step: float = 1e-5,
) -> NDArray[np.float64]:
    """Gradient by central differences: (L(x + step) - L(x - step)) / (2 step), entry by entry.

    Slow (two losses for each entry) and free of algebra, so that it can judge a gradient that was
    derived by hand. With float64 and the default step it is good to about nine digits.

    Parameters
    ----------
    loss : callable
        Gives the loss, a number, for an array like ``parameters``.
    parameters : numpy.ndarray of float64, any shape
        Where the gradient is wanted; unchanged afterwards.
    step : float, default 1e-5
        Distance to either side. Smaller is not better: rounding takes over.

    Returns
    -------
    numpy.ndarray of float64, the shape of ``parameters``
        The gradient.

    Raises
    ------
    ValueError
        The parameters are not float64: in float32 the differences drown in rounding.
    """
    if parameters.dtype != np.float64:
        raise ValueError(f"A gradient check needs float64, not {parameters.dtype}: use .astype.")
    gradient = np.zeros_like(parameters)
    for entry in np.ndindex(parameters.shape):
        moved = parameters.copy()
        moved[entry] = parameters[entry] + step
        above = loss(moved)
        moved[entry] = parameters[entry] - step
        gradient[entry] = (above - loss(moved)) / (2 * step)
    return gradient
