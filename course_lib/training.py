"""What our trainers share: a checked start, the same batches, a falling learning rate."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from course_lib.corpus import require_reiterable
from course_lib.embeddings import Embeddings
from course_lib.huffman import HuffmanTree
from course_lib.pairs import pair_batches, window_batches
from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary, require_sentence

NO_PAIRS = (
    "The text holds no pair of known words, so there is nothing to learn from. "
    "Use longer sentences, a lower min_count, or a larger sample."
)
BATCHES_AHEAD = 8

Item = TypeVar("Item")


class Batch(NamedTuple):
    """What one step is made of.

    Attributes
    ----------
    arguments : tuple of numpy.ndarray
        What the objective takes after its two matrices, in that order: for skip-gram with negative
        sampling the arguments of ``objectives.skipgram_negative_sampling``, and so on.
    predictions : int
        How many predictions the batch has: pairs in skip-gram, windows in CBOW.
    words_read : int
        Tokens of the vocabulary read in this epoch up to here.
    """

    arguments: tuple[NDArray, ...]
    predictions: int
    words_read: int


# A backend's step: a batch and the learning rate go in; its summed loss, in nats, comes out: a
# number, or what adds up to one, such as a tensor on a GPU. The vectors have moved.
Step = Callable[[Batch, float], Any]


class CountedText:
    """A corpus that checks its sentences and counts them as it is read.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.

    Attributes
    ----------
    sentences, tokens : int
        How many there were in the last complete reading; 0 before.

    Raises
    ------
    ValueError
        The text cannot be read twice. While reading: a sentence is a string or no list of strings.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        require_reiterable(sentences)
        self._source = sentences
        self.sentences = self.tokens = 0

    def __iter__(self) -> Iterator[Sequence[str]]:
        sentences = words = 0
        for tokens in self._source:
            require_sentence(tokens)
            sentences += 1
            words += len(tokens)
            yield tokens
        self.sentences, self.tokens = sentences, words


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
    input_vectors = initial.input_vectors
    if input_vectors.dtype == np.float16:  # of a file that was loaded so; too coarse to train in
        input_vectors = input_vectors.astype(np.float32)
    return Embeddings(vocabulary, input_vectors, initial.output_vectors, initial.node_vectors)


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


class BatchMaker:
    """Makes the batches of a training run.

    All makers of the same text, vocabulary and settings give the same batches. The windows do not
    depend on the objective: noise words are drawn from a stream of their own.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words that have vectors; with counts, unless the softmax is trained without
        subsampling.
    settings : Word2VecSettings
        What is trained.

    Raises
    ------
    ValueError
        The vocabulary has no counts, and the objective needs them.
    """

    def __init__(self, vocabulary: Vocabulary, settings: Word2VecSettings) -> None:
        self._vocabulary = vocabulary
        self._settings = settings
        # Not the seed alone: Embeddings.initial draws the start vectors from that stream.
        self._window_rng = np.random.default_rng([settings.seed, 1])
        self._noise_rng = np.random.default_rng([settings.seed, 2])
        if settings.objective == "negative-sampling":
            summed = np.cumsum(vocabulary.noise_distribution(settings.ns_exponent))
            self._noise = summed / summed[-1]
        if settings.objective == "hierarchical-softmax":
            self._tree = HuffmanTree.from_counts(vocabulary.require_counts())

    def epoch(self, sentences: Iterable[Sequence[str]]) -> Iterator[Batch]:
        """Read the text once and give its batches.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The text.

        Yields
        ------
        Batch
            The next one; a ``batch_size`` of predictions, and what is left at the end.
        """
        source = sentences, self._vocabulary, self._settings, self._window_rng
        if self._settings.architecture == "skip-gram":
            for centers, contexts, words_read in pair_batches(*source):
                predicted = self._predicted(contexts)
                yield Batch((centers, *predicted), len(centers), words_read)
        else:
            for contexts, mask, centers, words_read in window_batches(*source):
                predicted = self._predicted(centers)
                yield Batch((contexts, *predicted, mask), len(centers), words_read)

    def _predicted(self, targets: NDArray[np.integer]) -> tuple[NDArray, ...]:
        """Give what each hidden vector is held against."""
        if self._settings.objective == "softmax":
            return (targets,)
        if self._settings.objective == "hierarchical-softmax":
            return self._tree.padded_paths(targets)
        drawn = self._noise_rng.random((len(targets), self._settings.negative))
        negatives = np.searchsorted(self._noise, drawn, side="right")
        # A noise word that is the target does not count, as in word2vec.c and gensim.
        return targets, negatives, negatives != targets[:, None]


def ahead(items: Iterator[Item], count: int = BATCHES_AHEAD) -> Generator[Item, None, None]:
    """Let a thread of its own make the next items while the present one is used.

    Close it, as with ``contextlib.closing``, when you stop before the end: the thread has ended
    when ``close`` returns.

    Parameters
    ----------
    items : iterator
        What is to be made. An exception in it is raised here, at its place in the sequence.
    count : int, default 8
        So many items are made ahead of their use, at most.

    Yields
    ------
    object
        The items, in order.
    """
    end: Any = object()
    thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    try:
        coming = deque(thread.submit(next, items, end) for _ in range(count))
        while (item := coming.popleft().result()) is not end:
            coming.append(thread.submit(next, items, end))
            yield item
    finally:
        thread.shutdown(cancel_futures=True)


def train_in_batches(
    step: Step,
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    progress: bool = True,
) -> NDArray[np.float64]:
    """Run all epochs: read, make batches ahead of the step, let the learning rate fall, step.

    Two backends that are given the same text, vocabulary and settings see the same batches.

    Parameters
    ----------
    step : callable
        ``step(batch, alpha)`` moves the vectors by one batch and returns its summed loss in nats.
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and once before to count its known words.
    vocabulary : Vocabulary
        The words that have vectors.
    settings : Word2VecSettings
        All but ``vector_size`` and ``cbow_mean`` are read.
    progress : bool, default True
        Show a bar with words a second, loss and learning rate.

    Returns
    -------
    numpy.ndarray of float64, shape (epochs,)
        Mean loss of a prediction in each epoch, in nats, measured while the vectors move.

    Raises
    ------
    ValueError
        The text holds nothing to predict.
    """
    words_an_epoch = 0
    for tokens in sentences:
        require_sentence(tokens)
        words_an_epoch += len(vocabulary.encode(tokens))
    total = words_an_epoch * settings.epochs
    maker = BatchMaker(vocabulary, settings)
    losses = np.zeros(settings.epochs)
    with progress_bar(progress, total=total, unit=" words", unit_scale=True) as bar:
        for epoch in range(settings.epochs):
            loss: Any = 0.0
            predictions = 0
            with closing(ahead(maker.epoch(sentences))) as batches:
                for batch in batches:
                    words_done = epoch * words_an_epoch + batch.words_read
                    share = min(1.0, words_done / total)  # a text may have grown since
                    alpha = settings.alpha - (settings.alpha - settings.min_alpha) * share
                    loss += step(batch, alpha)
                    predictions += batch.predictions
                    bar.update(words_done - bar.n)
            if predictions == 0:
                raise ValueError(NO_PAIRS)
            losses[epoch] = float(loss) / predictions
            bar.set_postfix(epoch=epoch + 1, loss=f"{losses[epoch]:.3f}", alpha=f"{alpha:.4f}")
    return losses
