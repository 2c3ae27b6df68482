"""What our trainers share: a checked start, the same batches, a falling learning rate."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.corpus import require_reiterable
from course_lib.embeddings import Embeddings
from course_lib.huffman import HuffmanTree
from course_lib.pairs import batch_size, pair_blocks, parts, window_blocks
from course_lib.progress import progress_bar
from course_lib.settings import Word2VecSettings
from course_lib.vocabulary import Vocabulary, require_sentence

NO_PAIRS = (
    "The text holds no pair of known words, so there is nothing to learn from. "
    "Use longer sentences, a lower min_count, or a larger sample."
)
NOISE_CELLS = 2**16
STEPS_BETWEEN_CHECKS = 100


class Batch(NamedTuple):
    """What one step is made of.

    Attributes
    ----------
    arguments : tuple of numpy.ndarray
        What the objective takes after its two matrices, in that order: for skip-gram with negative
        sampling the arguments of ``objectives.skipgram_negative_sampling``, with shared negatives
        those of ``objectives.skipgram_shared_negatives``, and so on. Or what ``prepare`` made of
        them.
    predictions : int
        How many predictions the batch has: pairs in skip-gram, windows in CBOW.
    words_read : int
        Tokens of the vocabulary read in this epoch up to here.
    """

    arguments: tuple[Any, ...]
    predictions: int
    words_read: int


# Makes of a batch's arguments what the step takes: tuples of things that can be sliced by rows.
Prepare = Callable[..., tuple[Any, ...]]
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
    vocabulary = known_vocabulary(vocabulary, initial)
    require_reiterable(sentences)
    if vocabulary is None:
        vocabulary = Vocabulary.from_sentences(sentences, settings.min_count)
    if len(vocabulary) < 2:
        raise ValueError(
            f"The vocabulary has one word, {vocabulary.words[0]!r}; a prediction needs two to "
            "choose from. Lower min_count, or use a longer text."
        )
    if initial is None:
        return Embeddings.initial(vocabulary, settings.vector_size, settings.seed)
    return fitting(initial, vocabulary, settings.vector_size)


def known_vocabulary(
    vocabulary: Vocabulary | None, initial: Embeddings | None
) -> Vocabulary | None:
    """Check what was given to start from, and say what vocabulary it has.

    Parameters
    ----------
    vocabulary : Vocabulary, optional
        What was handed over as the vocabulary.
    initial : Embeddings, optional
        What was handed over as the initial vectors.

    Returns
    -------
    Vocabulary or None
        The one given, or that of the vectors; None where both were left out.

    Raises
    ------
    ValueError
        One of the two is something else.
    """
    if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
        raise ValueError(f"vocabulary must be a Vocabulary, not a {type(vocabulary).__name__}.")
    if initial is not None and not isinstance(initial, Embeddings):
        raise ValueError(f"initial must be Embeddings, not a {type(initial).__name__}.")
    return initial.vocabulary if vocabulary is None and initial is not None else vocabulary


def fitting(initial: Embeddings, vocabulary: Vocabulary, vector_size: int) -> Embeddings:
    """Put the initial vectors under the vocabulary that was given: its counts are the text's.

    Parameters
    ----------
    initial : Embeddings
        The vectors.
    vocabulary : Vocabulary
        The vocabulary of the training.
    vector_size : int
        What the settings say.

    Returns
    -------
    Embeddings
        The same matrices, not copied, without losses.

    Raises
    ------
    ValueError
        The words or the vector size are others.
    """
    if vocabulary.words != initial.vocabulary.words:
        raise ValueError(
            "The initial vectors belong to another vocabulary than the one given. "
            "Leave vocabulary out, or make initial from it with Embeddings.initial."
        )
    size = initial.input_vectors.shape[1]
    if size != vector_size:
        raise ValueError(
            f"The initial vectors have {size} dimensions, the settings say vector_size="
            f"{vector_size}. Use dataclasses.replace(settings, vector_size={size})."
        )
    input_vectors = initial.input_vectors
    if input_vectors.dtype == np.float16:  # of a file that was loaded so; too coarse to train in
        input_vectors = input_vectors.astype(np.float32)
    return Embeddings(
        vocabulary,
        input_vectors,
        initial.output_vectors,
        initial.node_vectors,
        input_biases=initial.input_biases,
        output_biases=initial.output_biases,
    )


def require_settings(settings: object, kind: type = Word2VecSettings) -> None:
    """Refuse anything but settings of the right kind.

    Parameters
    ----------
    settings : Word2VecSettings or GloveSettings
        What was handed over as settings.
    kind : type, default Word2VecSettings
        Which of the two they should be.

    Raises
    ------
    ValueError
        It is something else.
    """
    if not isinstance(settings, kind):
        raise ValueError(f"settings must be {kind.__name__}(...), not a {type(settings).__name__}.")


class NoiseTable:
    """Finds noise words by random numbers, as ``numpy.searchsorted`` does, in a tenth of the time.

    Parameters
    ----------
    distribution : numpy.ndarray, shape (V,)
        P_n: the probabilities of the words.
    """

    def __init__(self, distribution: NDArray[np.floating]) -> None:
        summed = np.cumsum(distribution)
        self._ends = summed / summed[-1]
        starts = np.arange(NOISE_CELLS) / NOISE_CELLS
        self._first = np.searchsorted(self._ends, starts, side="right")

    def words(self, drawn: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find the word that each number stands for.

        Parameters
        ----------
        drawn : numpy.ndarray, any shape
            Random numbers, at least 0 and below 1.

        Returns
        -------
        numpy.ndarray of int64, the shape of ``drawn``
            Rows of the words: the first whose probability, added to those before it, is larger.
        """
        numbers = drawn.ravel()
        # The first word in the cell of each number; seldom is it a later one.
        words = self._first[(numbers * NOISE_CELLS).astype(np.int64)]
        late = np.flatnonzero(self._ends[words] <= numbers)
        while len(late):
            words[late] += 1
            late = late[self._ends[words[late]] <= numbers[late]]
        return words.reshape(drawn.shape)


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
            self._noise = NoiseTable(vocabulary.noise_distribution(settings.ns_exponent))
        if settings.objective == "hierarchical-softmax":
            self._tree = HuffmanTree.from_counts(vocabulary.require_counts())

    def epoch(
        self, sentences: Iterable[Sequence[str]], prepare: Prepare | None = None
    ) -> Iterator[Batch]:
        """Read the text once and give its batches.

        Many are made at once and then cut: a call of NumPy or PyTorch takes as long for one.

        Parameters
        ----------
        sentences : iterable of sequences of str
            The text.
        prepare : callable, optional
            ``prepare(*arguments)`` gives the arguments in the form that the step takes. Row i of
            each belongs to pair or window i, as in what it is given.

        Yields
        ------
        Batch
            The next one; a ``batch_size`` of predictions, and what is left at the end.
        """
        for arguments, predictions, words_read in self._blocks(sentences):
            if prepare is not None:
                arguments = prepare(*arguments)
            for part in parts(len(words_read), batch_size(self._settings)):
                cut = tuple(each[part] for each in arguments)
                yield Batch(cut, int(predictions[part].sum()), int(words_read[part][-1]))

    def _blocks(
        self, sentences: Iterable[Sequence[str]]
    ) -> Iterator[tuple[tuple[NDArray, ...], NDArray, NDArray]]:
        """Give arguments, predictions and words read of each pair or window, many at a time."""
        source = sentences, self._vocabulary, self._settings, self._window_rng
        shared = self._settings.shared_negatives
        if self._settings.architecture == "skip-gram" and not shared:
            for (centers, contexts), words_read in pair_blocks(*source):
                each = np.ones(len(centers), np.int64)
                yield (centers, *self._predicted(contexts)), each, words_read
        else:
            for (contexts, mask, centers), words_read in window_blocks(*source):
                each = mask.sum(axis=1) if shared else np.ones(len(centers), np.int64)
                yield (contexts, *self._predicted(centers), mask), each, words_read

    def _predicted(self, targets: NDArray[np.integer]) -> tuple[NDArray, ...]:
        """Give what each hidden vector is held against."""
        if self._settings.objective == "softmax":
            return (targets,)
        if self._settings.objective == "hierarchical-softmax":
            return self._tree.padded_paths(targets)
        drawn = self._noise_rng.random((len(targets), self._settings.negative))
        negatives = self._noise.words(drawn)
        # A noise word that is the target does not count, as in word2vec.c and gensim.
        return targets, negatives, negatives != targets[:, None]


def train_in_batches(
    step: Step,
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    settings: Word2VecSettings,
    progress: bool = True,
    prepare: Prepare | None = None,
) -> NDArray[np.float64]:
    """Run all epochs: read, make batches, let the learning rate fall, step.

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
    prepare : callable, optional
        As for ``BatchMaker.epoch``.

    Returns
    -------
    numpy.ndarray of float64, shape (epochs,)
        Mean loss of a prediction in each epoch, in nats, measured while the vectors move.

    Raises
    ------
    ValueError
        The text holds nothing to predict, or the loss is no longer a finite number.
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
            # No thread makes batches ahead: Python's global lock would change hands with every
            # small step, which takes twice the time. A GPU has its queue of steps ahead anyway.
            for number, batch in enumerate(maker.epoch(sentences, prepare)):
                words_done = epoch * words_an_epoch + batch.words_read
                share = min(1.0, words_done / total)  # a text may have grown since
                alpha = settings.alpha - (settings.alpha - settings.min_alpha) * share
                loss += step(batch, alpha)
                predictions += batch.predictions
                if number % STEPS_BETWEEN_CHECKS == 0:
                    _require_finite(loss, alpha)
                bar.update(words_done - bar.n)
            if predictions == 0:
                raise ValueError(NO_PAIRS)
            _require_finite(loss, alpha)
            losses[epoch] = float(loss) / predictions
            bar.set_postfix(epoch=epoch + 1, loss=f"{losses[epoch]:.3f}", alpha=f"{alpha:.4f}")
    return losses


def _require_finite(loss: Any, alpha: float) -> None:
    """End a training that has gone astray: nothing that comes later can be better."""
    if not np.isfinite(float(loss)):
        raise ValueError(
            f"The loss has become {float(loss)}: with the learning rate at {alpha:.3g} the vectors "
            "drive each other to infinity. Choose a smaller alpha, such as 0.025."
        )
