"""What our trainers share: a checked start, one reading of the text, a falling learning rate."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from course_lib.corpus import require_reiterable
from course_lib.embeddings import Embeddings
from course_lib.pairs import pair_batches
from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary

NO_PAIRS = (
    "The text holds no pair of known words, so there is nothing to learn from. "
    "Use longer sentences, a lower min_count, or a larger sample."
)
# A backend's step: centres and contexts, shape (B,), and the learning rate go in; the summed loss
# of the batch, in nats, comes out; the vectors have moved.
Step = Callable[[NDArray[np.integer], NDArray[np.integer], float], float]


def starting_point(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
) -> Embeddings:
    """Check what a trainer was given, and fill in what it was not.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        ``min_count``, ``vector_size`` and ``seed`` are read.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.
    initial : Embeddings, optional
        Vectors to start from; ``Embeddings.initial`` where they are left out.

    Returns
    -------
    Embeddings
        The vectors to start from, not copied where ``initial`` was given.

    Raises
    ------
    ValueError
        The text cannot be read twice, or the vocabulary, the vectors and the settings do not fit
        each other.
    """
    if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
        raise ValueError(f"vocabulary must be a Vocabulary, not a {type(vocabulary).__name__}.")
    if initial is not None and not isinstance(initial, Embeddings):
        raise ValueError(f"initial must be Embeddings, not a {type(initial).__name__}.")
    require_reiterable(sentences)
    if vocabulary is None:
        vocabulary = (
            Vocabulary.from_sentences(sentences, settings.min_count)
            if initial is None
            else initial.vocabulary
        )
    if len(vocabulary) < 2:
        raise ValueError(
            f"The vocabulary has one word, {vocabulary.words[0]!r}; a prediction needs two to "
            "choose from. Lower min_count, or use a longer text."
        )
    if initial is None:
        return Embeddings.initial(vocabulary, settings.vector_size, settings.seed)
    return _fitting(initial, vocabulary, settings)


def _fitting(initial: Embeddings, vocabulary: Vocabulary, settings: Word2VecSettings) -> Embeddings:
    """Put the initial vectors under the vocabulary that was given: its counts are the text's."""
    if vocabulary.words != initial.vocabulary.words:
        raise ValueError(
            "The initial vectors belong to another vocabulary than the one given. "
            "Leave vocabulary out, or make initial from it with Embeddings.initial."
        )
    size = initial.input_vectors.shape[1]
    if size != settings.vector_size:
        raise ValueError(
            f"The initial vectors have {size} dimensions, the settings say vector_size="
            f"{settings.vector_size}. Use dataclasses.replace(settings, vector_size={size})."
        )
    return Embeddings(
        vocabulary, initial.input_vectors, initial.output_vectors, initial.node_vectors
    )


def require_settings(settings: Word2VecSettings) -> None:
    """Refuse anything but settings.

    Parameters
    ----------
    settings : Word2VecSettings
        What was handed over as settings.

    Raises
    ------
    ValueError
        It is something else.
    """
    if not isinstance(settings, Word2VecSettings):
        raise ValueError(
            f"settings must be Word2VecSettings(...), not a {type(settings).__name__}."
        )


def require_skipgram_softmax(settings: Word2VecSettings, backend: str) -> None:
    """Refuse all but the one kind of training that goes by batches of pairs.

    Parameters
    ----------
    settings : Word2VecSettings
        What is asked for.
    backend : str
        Name of the package that asks, for the message.

    Raises
    ------
    ValueError
        Anything but skip-gram with the full softmax.
    """
    require_settings(settings)
    if (settings.architecture, settings.objective) != ("skip-gram", "softmax"):
        raise ValueError(
            f"{backend} cannot train {settings.architecture} with {settings.objective}: "
            'it has the full softmax for skip-gram (architecture="skip-gram", '
            'objective="softmax"). For negative sampling and hierarchical softmax use '
            "numpy_impl.train_word2vec or gensim_impl.train_word2vec."
        )


def progress_bar(show: bool, **options: Any) -> tqdm:
    """Make a progress bar, or a silent one.

    The environment has a say, too: ``TQDM_DISABLE=1`` hides every bar, so that built lessons and
    test reports hold none. (tqdm itself reads that variable for bars in a terminal only.)

    Parameters
    ----------
    show : bool
        False for none.
    **options
        What ``tqdm`` takes.

    Returns
    -------
    tqdm
        The bar, to be used in a ``with`` statement.
    """
    return tqdm(disable=not show or os.environ.get("TQDM_DISABLE") == "1", **options)


def train_on_pairs(
    step: Step,
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    progress: bool = True,
) -> NDArray[np.float64]:
    """Run all epochs of skip-gram training: read, make pairs, let the learning rate fall, step.

    Two backends that are given the same text, vocabulary and settings see the same batches.

    Parameters
    ----------
    step : callable
        ``step(centers, contexts, alpha)`` moves the vectors by one batch and returns its summed
        loss in nats.
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and once before to count its words.
    vocabulary : Vocabulary
        The words that have vectors.
    settings : Word2VecSettings
        All but ``objective`` and ``vector_size`` are read.
    progress : bool, default True
        Show a bar with words a second, loss and learning rate.

    Returns
    -------
    numpy.ndarray of float64, shape (epochs,)
        Mean loss of a pair in each epoch, in nats, measured while the vectors move.

    Raises
    ------
    ValueError
        The text holds no pair of known words.
    """
    words_an_epoch = sum(len(vocabulary.encode(tokens)) for tokens in sentences)
    total = words_an_epoch * settings.epochs
    # Not the seed alone: Embeddings.initial draws the start vectors from that stream.
    rng = np.random.default_rng([settings.seed, 1])
    losses = np.zeros(settings.epochs)
    with progress_bar(progress, total=total, unit=" words", unit_scale=True) as bar:
        for epoch in range(settings.epochs):
            pairs = 0
            for batch in pair_batches(sentences, vocabulary, settings, rng):
                words_done = epoch * words_an_epoch + batch.words_read
                alpha = settings.alpha - (settings.alpha - settings.min_alpha) * words_done / total
                losses[epoch] += step(batch.centers, batch.contexts, alpha)
                pairs += len(batch.centers)
                bar.update(words_done - bar.n)
            if pairs == 0:
                raise ValueError(NO_PAIRS)
            losses[epoch] /= pairs
            bar.set_postfix(epoch=epoch + 1, loss=f"{losses[epoch]:.3f}", alpha=f"{alpha:.4f}")
    return losses
