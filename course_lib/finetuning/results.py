"""What comes out of a fine-tuning, and what it did."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings


@dataclass(frozen=True, repr=False)
class FineTuned:
    """Vectors after fine-tuning, and all that is needed to see what it did.

    Attributes
    ----------
    embeddings : Embeddings
        The V words with their new vectors.
    start : Embeddings
        The same words with the vectors that the training began from.
    covered : numpy.ndarray of bool, shape (V,)
        Which words the pre-trained vectors have.
    lockf : numpy.ndarray of float32, shape (V,)
        The locks.
    counts : numpy.ndarray of int64, shape (V,)
        How often the text has each word; 0 for a word that was never trained.
    tokens : int
        How many tokens the text has, those without a vector among them.
    """

    embeddings: Embeddings
    start: Embeddings
    covered: NDArray[np.bool_]
    lockf: NDArray[np.float32]
    counts: NDArray[np.int64]
    tokens: int

    def __repr__(self) -> str:
        V, d = self.embeddings.input_vectors.shape
        return f"FineTuned({V:,} words, d = {d}, {int(self.covered.sum()):,} covered)"
