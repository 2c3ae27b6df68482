"""Training in NumPy: the loops of word2vec, compiled, and the full softmax in batches."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.finetuning import in_words, pull_of, used_rows
from course_lib.numpy_impl.objectives import cbow_softmax, skipgram_softmax
from course_lib.numpy_impl.runs import Run
from course_lib.settings import Word2VecSettings
from course_lib.training import Batch, require_settings, starting_point, train_in_batches
from course_lib.vocabulary import Vocabulary


def train_word2vec(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
    checkpoint: str | Path | None = None,
) -> Embeddings:
    """Train word vectors by stochastic gradient descent.

    Negative sampling and hierarchical softmax (Mikolov et al. 2013b, equations 4 and 3) replay
    gensim: the same text, settings and seed give gensim's vectors with ``workers=1``, to the last
    bit with ``settings.exact`` and to rounding otherwise. As there, a job is some 10,000 words, a
    sentence of more than 10,000 words is cut, and skip-gram has the context word on the IN side.

    The full softmax (equations 1 and 2) is trained in batches. In skip-gram the centre word is on
    the IN side and predicts each context word (Rong 2014, section 2); in CBOW the context mean
    predicts the centre word (section 1.2), and each context word gets the gradient's share of 1/C.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text. A list, a tuple or a TextFile is read once and kept in a temporary file, 4 bytes a
        token and 8 a sentence; any other corpus is read once an epoch, and before that to count its
        words. For the full softmax every corpus is read once an epoch and twice before.
    settings : Word2VecSettings
        What to train, and how.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.
    initial : Embeddings, optional
        Vectors to start from, which stay as they are. The full softmax is trained in their
        precision, the other objectives in float32. OUT or node vectors that they do not have
        start at zero.
    progress : bool, default True
        Show a progress bar: words a second, the mean loss of the epoch so far, the learning rate.
    checkpoint : path, optional
        Save the state of the run here, at the start, every minute, after each epoch, and when an
        error or Ctrl-C ends it. If the file is there already, the run goes on where it stopped, to
        the very vectors of a run without a break (with ``workers=1``, and a text that comes in the
        same order). Not for the full softmax.

    Returns
    -------
    Embeddings
        IN vectors, OUT vectors (node vectors for hierarchical softmax), and the mean loss of a
        prediction in each epoch.

    Raises
    ------
    ValueError
        A checkpoint for the full softmax, a text that cannot be read twice or holds no pair,
        vectors or a checkpoint that do not fit, or vectors that became infinite.
    OSError
        The checkpoint cannot be written there: its folder does not exist, say. Found out at the
        start.
    """
    require_settings(settings)
    if settings.objective != "softmax":
        return Run(sentences, settings, vocabulary, initial, checkpoint).train(progress)
    if checkpoint is not None:
        raise ValueError("The full softmax writes no checkpoint: leave checkpoint out.")
    return train_softmax(sentences, settings, vocabulary, initial, progress)


def train_softmax(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    vocabulary: Vocabulary | None,
    initial: Embeddings | None,
    progress: bool,
    lockf: NDArray[np.float32] | None = None,
    anchor: float = 0.0,
) -> Embeddings:
    """Train with the full softmax, in batches.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        What to train, and how.
    vocabulary : Vocabulary, optional
        As in ``train_word2vec``.
    initial : Embeddings, optional
        As in ``train_word2vec``.
    progress : bool
        Show a progress bar.
    lockf : numpy.ndarray of float32, shape (V,), optional
        Fine-tuning: the part of its step that each IN vector takes.
    anchor : float, default 0
        Fine-tuning: how strongly the IN vectors are pulled back to ``initial``.

    Returns
    -------
    Embeddings
        IN vectors, OUT vectors, and the mean loss of a prediction in each epoch.

    Raises
    ------
    ValueError
        As in ``train_word2vec``.
    """
    start = starting_point(sentences, settings, vocabulary, initial)
    input_vectors = start.input_vectors.copy()
    output_vectors = (
        np.zeros_like(input_vectors)
        if start.output_vectors is None
        else start.output_vectors.astype(input_vectors.dtype)
    )
    objective: Callable = skipgram_softmax
    if settings.architecture == "cbow":
        objective = partial(cbow_softmax, cbow_mean=settings.cbow_mean)

    def step(batch: Batch, alpha: float) -> float:
        loss, input_gradient, output_gradient = objective(
            input_vectors, output_vectors, *batch.arguments
        )
        if lockf is None:
            input_vectors[:] -= alpha * input_gradient
        else:
            rows, times = used_rows(in_words(*batch.arguments))
            before, lock = input_vectors[rows], lockf[rows]
            pull = pull_of(lock, times, alpha, anchor)
            step = lock[:, None] * (-alpha * input_gradient[rows])
            input_vectors[rows] = before + step - pull * (before - start.input_vectors[rows])
        output_vectors[:] -= alpha * output_gradient
        return loss

    losses = train_in_batches(step, sentences, start.vocabulary, settings, progress)
    return Embeddings(start.vocabulary, input_vectors, output_vectors, losses=losses)
