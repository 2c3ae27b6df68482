"""Training in NumPy: one step of gradient descent for each batch of pairs."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.numpy_impl.objectives import skipgram_softmax
from course_lib.settings import Word2VecSettings
from course_lib.training import require_skipgram_softmax, starting_point, train_on_pairs
from course_lib.vocabulary import Vocabulary


def train_word2vec(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train skip-gram with the full softmax by stochastic gradient descent.

    The centre word is on the IN side and predicts each context word on the OUT side
    (Mikolov et al. 2013b, equations 1 and 2; Rong 2014, section 2).

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and before that to count its words.
    settings : Word2VecSettings
        With ``objective="softmax"`` and ``architecture="skip-gram"``.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.
    initial : Embeddings, optional
        Vectors to start from, which stay as they are; the training runs in their precision,
        float32 or float64. Without OUT vectors these start at zero.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Embeddings
        IN and OUT vectors, and the mean loss of each epoch.

    Raises
    ------
    ValueError
        Other settings than these, a text that cannot be read twice or holds no pair, vectors that
        do not fit, or vectors that became infinite.
    """
    require_skipgram_softmax(settings, "numpy_impl")
    start = starting_point(sentences, settings, vocabulary, initial)
    input_vectors = start.input_vectors.copy()
    output_vectors = (
        np.zeros_like(input_vectors)
        if start.output_vectors is None
        else start.output_vectors.astype(input_vectors.dtype)
    )

    def step(centers: NDArray[np.integer], contexts: NDArray[np.integer], alpha: float) -> float:
        loss, input_gradient, output_gradient = skipgram_softmax(
            input_vectors, output_vectors, centers, contexts
        )
        input_vectors[:] -= alpha * input_gradient
        output_vectors[:] -= alpha * output_gradient
        return loss

    losses = train_on_pairs(step, sentences, start.vocabulary, settings, progress)
    return Embeddings(start.vocabulary, input_vectors, output_vectors, losses=losses)
