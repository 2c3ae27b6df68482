"""Training in PyTorch: the same batches as in NumPy, a step of gradient descent for each."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.finetuning import in_words, pull_of, used_rows
from course_lib.settings import Word2VecSettings
from course_lib.torch_impl import objectives
from course_lib.training import Batch, require_settings, starting_point, train_in_batches
from course_lib.vocabulary import Vocabulary

MODELS = {
    ("skip-gram", "softmax"): objectives.SkipGramSoftmax,
    ("skip-gram", "negative-sampling"): objectives.SkipGramNegativeSampling,
    ("skip-gram", "hierarchical-softmax"): objectives.SkipGramHierarchicalSoftmax,
    ("cbow", "softmax"): objectives.CBOWSoftmax,
    ("cbow", "negative-sampling"): objectives.CBOWNegativeSampling,
    ("cbow", "hierarchical-softmax"): objectives.CBOWHierarchicalSoftmax,
}
LARGEST_BATCH = 1024  # beyond, a step is hardly faster for each prediction


def train_word2vec(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train word vectors by stochastic gradient descent, on the GPU when there is one.

    All objectives are trained in batches, and from the same start and batches PyTorch takes the
    steps of NumPy's objectives (``numpy_impl.objectives``), which are the textbook's: in skip-gram
    the centre word is on the IN side, and in CBOW each of C context words gets 1/C of the gradient
    of their mean (Rong 2014, section 1.2). gensim, and ``numpy_impl.train_word2vec`` for negative
    sampling and hierarchical softmax, have the context word there, and give each the whole. With
    ``shared_negatives`` the context word is on the IN side here, too.

    A noise word that is the word to predict does not count, as in gensim. Where the same row
    comes several times in a batch, it moves by the sum of its gradients. Without a ``batch_size``,
    negative sampling and hierarchical softmax take ``steady_batch_size``.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and before that twice: to find the vocabulary, if it is not
        given, and to count its known words.
    settings : Word2VecSettings
        What to train, and how. ``exact`` is not read. ``workers`` is the number of PyTorch's own
        threads during the training, with any of which the same seed gives the same vectors on the
        same CPU. (On a GPU sums come in a new order each time.) More than one pay only for the
        full softmax over many words: the other steps are so small that threads wait for each other.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.
    initial : Embeddings, optional
        Vectors to start from, which stay as they are; the training runs in their precision,
        float32 or float64. OUT or node vectors that they do not have start at zero.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Embeddings
        IN vectors, OUT vectors (node vectors for hierarchical softmax), and the mean loss of a
        prediction in each epoch.

    Raises
    ------
    ValueError
        A text that cannot be read twice or holds no pair, vectors that do not fit, or a loss that
        became infinite.
    """
    require_settings(settings)
    return train_from(
        starting_point(sentences, settings, vocabulary, initial), sentences, settings, progress
    )


def train_from(
    start: Embeddings,
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    progress: bool,
    lockf: NDArray[np.float32] | None = None,
    anchor: float = 0.0,
) -> Embeddings:
    """Train from vectors that fit the text and the settings.

    Parameters
    ----------
    start : Embeddings
        From ``training.starting_point``; it stays as it is.
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        What to train, and how.
    progress : bool
        Show a progress bar.
    lockf : numpy.ndarray of float32, shape (V,), optional
        Fine-tuning: the part of its step that each IN vector takes.
    anchor : float, default 0
        Fine-tuning: how strongly the IN vectors are pulled back to the start.

    Returns
    -------
    Embeddings
        As from ``train_word2vec``.

    Raises
    ------
    ValueError
        The text holds no pair, or the loss became infinite.
    """
    if settings.batch_size is None and settings.objective != "softmax":
        settings = replace(settings, batch_size=steady_batch_size(start.vocabulary, settings))
    device = training_device()
    model = build_model(start, settings).to(device)

    reins = None if lockf is None else Reins(model.input_layer.weight, lockf, anchor)

    def prepare(*arrays: NDArray) -> tuple[Any, ...]:
        ready = model.prepare(*(_tensor(array, device) for array in arrays))
        return ready if reins is None else (in_words(*arrays), *ready)

    def step(batch: Batch, alpha: float) -> torch.Tensor:
        if reins is None:
            return model.descend(*batch.arguments, alpha=alpha).double()
        words, *ready = batch.arguments
        with reins.hold(words, alpha):
            return model.descend(*ready, alpha=alpha).double()

    with threads(settings.workers):
        losses = train_in_batches(step, sentences, start.vocabulary, settings, progress, prepare)
    vectors, others = (weight.detach().cpu().numpy() for weight in model.parameters())
    if settings.objective == "hierarchical-softmax":
        return Embeddings(start.vocabulary, vectors, node_vectors=others, losses=losses)
    return Embeddings(start.vocabulary, vectors, others, losses=losses)


class Reins:
    """Locks and an anchor, for any step that moves IN vectors.

    Parameters
    ----------
    weight : torch.Tensor, shape (V, d)
        The IN vectors, before the training.
    lockf : numpy.ndarray of float32, shape (V,)
        The part of its step that each takes.
    anchor : float
        How strongly they are pulled back to where they are now.
    """

    def __init__(self, weight: torch.Tensor, lockf: NDArray[np.float32], anchor: float) -> None:
        self.weight, self.lockf, self.anchor = weight, lockf, anchor
        self.start = weight.detach().clone()

    @contextmanager
    def hold(self, words: NDArray[np.integer], alpha: float) -> Iterator[None]:
        """Let a step go, and take it back as far as locks and anchor say.

        Parameters
        ----------
        words : numpy.ndarray of int, shape (B,) or (B, C)
            The IN words of the step inside the ``with`` block, from ``finetuning.in_words``.
        alpha : float
            Its learning rate.

        Yields
        ------
        None
            Nothing.
        """
        rows, times = used_rows(words)
        weight = self.weight.detach()
        places = torch.from_numpy(rows).to(weight.device)
        lock = torch.from_numpy(self.lockf[rows, None]).to(weight)
        pull = torch.from_numpy(pull_of(self.lockf[rows], times, alpha, self.anchor)).to(weight)
        before = weight[places]
        yield
        after = weight[places]
        step = torch.where(lock == 1, after, before + lock * (after - before))
        step -= pull * (before - self.start[places])
        weight[places] = torch.where(lock == 0, before, step)


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Let PyTorch use so many threads, and as many as before afterwards.

    By itself it takes one for each core. In small steps these wait for each other without rest: on
    two cores they used five to fifty times the processor's time, and starved all other work.

    Parameters
    ----------
    number : int
        Threads, at least 1.

    Yields
    ------
    None
        Nothing; the number holds inside the ``with`` block.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _tensor(array: NDArray, device: torch.device) -> torch.Tensor:
    """Hand an array of rows, turns or truths over; rows become 64 bits wide, as PyTorch likes."""
    wide = array if array.dtype == bool else array.astype(np.int64, copy=False)
    return torch.from_numpy(wide).to(device)


def training_device() -> torch.device:
    """Choose where to train: on the GPU when PyTorch has one, otherwise on the CPU.

    Returns
    -------
    torch.device
        The device.
    """
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def steady_batch_size(vocabulary: Vocabulary, settings: Word2VecSettings) -> int:
    """Choose batches that are large enough to be fast and small enough to be stable.

    All gradients of a batch are taken at the same place, and summed up. The IN row of a word of
    share p gets B p of them, and its OUT row B q. None is longer than the vector on the other
    side, so that a step multiplies the two lengths by at most B alpha p and B alpha q. Above
    (B alpha)**2 p q = 1 the vectors can drive each other to infinity; half of that B is safe. (With
    shared negatives on the Wikipedia excerpt, five epochs at an alpha of 0.05, batches twice as
    large end at a held-out loss of 2.75 nats; numpy_impl, a window a step, ends at 2.46.)

    Parameters
    ----------
    vocabulary : Vocabulary
        The words, with counts.
    settings : Word2VecSettings
        Negative sampling or hierarchical softmax.

    Returns
    -------
    int
        Predictions in a batch, or windows where they share their noise words: 1 to 1024.
    """
    kept = vocabulary.require_counts() * vocabulary.keep_probabilities(settings.sample)
    shares = kept / kept.sum()
    most_used = 1.0  # the root is on the path of every word
    if settings.objective == "negative-sampling":
        noise = vocabulary.noise_distribution(settings.ns_exponent)
        most_used = (shares + settings.negative * noise).max()
    limit = 1 / (settings.alpha * np.sqrt(shares.max() * most_used))
    if settings.shared_negatives:  # a window holds several pairs
        limit /= settings.window + 1 if settings.shrink_windows else 2 * settings.window
    return int(np.clip(limit / 2, 1, LARGEST_BATCH))


def build_model(start: Embeddings, settings: Word2VecSettings) -> objectives.TwoEmbeddings:
    """Make the module that is trained.

    Parameters
    ----------
    start : Embeddings
        Vectors to start from; they are copied.
    settings : Word2VecSettings
        What is trained.

    Returns
    -------
    TwoEmbeddings
        One of the six models, or skip-gram with shared negatives.
    """
    hierarchical = settings.objective == "hierarchical-softmax"
    others = start.node_vectors if hierarchical else start.output_vectors
    if others is None:
        shape = len(start) - hierarchical, settings.vector_size
        others = np.zeros(shape, start.input_vectors.dtype)
    options = {}
    if settings.architecture == "cbow":
        options["cbow_mean"] = settings.cbow_mean
    input_vectors = torch.tensor(start.input_vectors)
    output_vectors = torch.tensor(others, dtype=input_vectors.dtype)
    model: type[objectives.TwoEmbeddings] = MODELS[settings.architecture, settings.objective]
    if settings.shared_negatives:
        model = objectives.SkipGramSharedNegatives
    return model(input_vectors, output_vectors, **options)
