"""word2vec on a tiny text, one step of stochastic gradient descent after another.

Each step is made by the function of ``numpy_impl.objectives`` for the settings, in float64. The
steps are kept whole, with both matrices before and after, so that they can be looked at in any
order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.huffman import HuffmanTree
from course_lib.numpy_impl import objectives
from course_lib.pairs import skipgram_pairs
from course_lib.settings import Word2VecSettings
from course_lib.training import NO_PAIRS, require_settings, starting_point
from course_lib.vocabulary import Vocabulary, require_sentence

# What fits on a screen.
MOST_STEPS, MOST_WORDS, MOST_DIMENSIONS, MOST_NOISE = 200, 12, 6, 40
LOSSES: dict[tuple[str, str], Callable[..., objectives.Gradients]] = {
    ("skip-gram", "softmax"): objectives.skipgram_softmax,
    ("skip-gram", "negative-sampling"): objectives.skipgram_negative_sampling,
    ("skip-gram", "hierarchical-softmax"): objectives.skipgram_hierarchical_softmax,
    ("cbow", "softmax"): objectives.cbow_softmax,
    ("cbow", "negative-sampling"): objectives.cbow_negative_sampling,
    ("cbow", "hierarchical-softmax"): objectives.cbow_hierarchical_softmax,
}

Rows = NDArray[np.integer]
Matrix = NDArray[np.floating]
Matrices = tuple[Matrix, Matrix]


@dataclass(frozen=True, eq=False)
class Step:
    """One update of both matrices.

    Attributes
    ----------
    tokens : tuple of str
        The sentence that the window lies on.
    center : int
        Place of the centre word in it.
    contexts : tuple of int
        Places of the context words: one in skip-gram, the whole window in CBOW.
    inputs : numpy.ndarray of int, shape (1,) or (C,)
        Rows of the IN matrix that make the hidden vector h.
    target : int
        Row of the word to predict.
    asked : numpy.ndarray of int, shape (L,)
        Rows of the second matrix that h is held against: all words (softmax), the target and the
        noise words (negative sampling), or the inner nodes on the target's path.
    labels : numpy.ndarray of 0 and 1, shape (L,)
        The true answers; on a path, 1 is a turn to the left.
    counted : numpy.ndarray of bool, shape (L,)
        False for a noise word that is the target itself, and therefore skipped.
    predictions, predictions_after : numpy.ndarray, shape (L,)
        Probability of each word (softmax), of "yes" (negative sampling), or of the turn that the
        path takes, before and after the step.
    loss, loss_after : float
        Loss of this prediction in nats, before and after the step.
    alpha : float
        The learning rate.
    input_before, input_after : numpy.ndarray, shape (V, d)
        The IN matrix.
    output_before, output_after : numpy.ndarray, shape (V, d) or (V - 1, d)
        The OUT matrix; the vectors of the inner nodes in hierarchical softmax.
    """

    tokens: tuple[str, ...]
    center: int
    contexts: tuple[int, ...]
    inputs: Rows
    target: int
    asked: Rows
    labels: Rows
    counted: NDArray[np.bool_]
    predictions: Matrix
    predictions_after: Matrix
    loss: float
    loss_after: float
    alpha: float
    input_before: Matrix
    input_after: Matrix
    output_before: Matrix
    output_after: Matrix


@dataclass(frozen=True, eq=False, repr=False)
class Steps:
    """The first steps of a training run.

    Attributes
    ----------
    settings : Word2VecSettings
        What is trained.
    vocabulary : Vocabulary
        The V words.
    tree : HuffmanTree or None
        The tree, in hierarchical softmax.
    steps : tuple of Step
        One after another: each starts from the matrices that the one before it left.
    """

    settings: Word2VecSettings
    vocabulary: Vocabulary
    tree: HuffmanTree | None
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        kind = f"{self.settings.architecture}, {self.settings.objective}"
        return f"Steps({len(self)} steps of {kind} on {len(self.vocabulary)} words)"


@dataclass(frozen=True, eq=False)
class _Question:
    """What h is asked in a step, and how the loss function wants to be told."""

    asked: Rows
    labels: Rows
    counted: NDArray[np.bool_]
    arguments: tuple[NDArray, ...]


def sgd_steps(
    sentences: Sequence[Sequence[str]],
    settings: Word2VecSettings,
    *,
    steps: int = 40,
    initial: Embeddings | None = None,
) -> Steps:
    """Train for a few steps, and keep each of them.

    A step is one prediction: a pair in skip-gram, a window in CBOW. They come in the order of the
    text, which is read again when it ends. IN and OUT are the paper's, as in
    ``numpy_impl.objectives``: skip-gram has the centre word on the IN side. A noise word that is
    the word to predict is drawn and skipped, as in gensim.

    Parameters
    ----------
    sentences : sequence of sequences of str
        A tiny text of at most 12 different words.
    settings : Word2VecSettings
        Any architecture and objective, ``sample=0``, ``vector_size`` of at most 6, and at most 40
        ``negative``. The learning rate falls from ``alpha`` to ``min_alpha`` over the steps;
        ``epochs``, ``workers``, ``exact`` and ``batch_size`` are not read.
    steps : int, default 40
        Number of steps, 1 to 200.
    initial : Embeddings, optional
        Vectors to start from. Left out, ``Embeddings.initial`` gives small IN vectors; OUT or node
        vectors that there are not start at zero.

    Returns
    -------
    Steps
        The steps; the same ones for the same text, settings and start.

    Raises
    ------
    ValueError
        Something is too large to be looked at, tokens would be dropped at random, a word holds a
        lone surrogate, the text holds no pair of known words, or the vectors become infinite.
    """
    require_settings(settings)
    _require_small("steps", steps, MOST_STEPS)
    _require_small("vector_size", settings.vector_size, MOST_DIMENSIONS)
    _require_small("negative", settings.negative, MOST_NOISE)
    if settings.sample > 0:
        raise ValueError(
            f"sample={settings.sample} would drop most words of a tiny text: give sample=0."
        )
    if settings.shared_negatives:
        raise ValueError("A step here is one pair: give shared_negatives=False.")
    start = starting_point(sentences, settings, initial=initial)
    vocabulary = start.vocabulary
    _require_small("the number of different words", len(vocabulary), MOST_WORDS)
    _require_characters(vocabulary.words)
    texts = []
    for tokens in sentences:
        require_sentence(tokens)
        texts.append([token for token in tokens if token in vocabulary])
    if max(map(len, texts), default=0) < 2:
        raise ValueError(NO_PAIRS)
    tree = None
    if settings.objective == "hierarchical-softmax":
        tree = HuffmanTree.from_counts(vocabulary.require_counts())
    # As in training: not the seed alone, which Embeddings.initial draws the start vectors from.
    run = _Run(settings, vocabulary, tree, np.random.default_rng([settings.seed, 1]))
    matrices = _start_matrices(start, nodes=tree is not None)
    windows = run.windows(texts)
    made: list[Step] = []
    for number in range(steps):
        alpha = settings.alpha - (settings.alpha - settings.min_alpha) * number / steps
        made.append(run.step(*next(windows), alpha, matrices))
        matrices = made[-1].input_after, made[-1].output_after
        if not all(np.isfinite(matrix).all() for matrix in matrices):
            raise ValueError(f"The vectors became infinite in step {number + 1}: lower alpha.")
    return Steps(settings, vocabulary, tree, tuple(made))


def _require_small(name: str, value: int, most: int) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not 1 <= value <= most:
        raise ValueError(f"{name} must be 1 to {most}, which fits on a screen, not {value!r}.")


def _require_characters(words: Sequence[str]) -> None:
    """Refuse half a character: neither a figure nor a page can hold a lone surrogate."""
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise ValueError(
                f"The word {word!r} cannot be drawn: it holds a byte that could not be decoded, or "
                "half a character. Read the text in its own encoding, or replace the word."
            )


def _start_matrices(start: Embeddings, nodes: bool) -> Matrices:
    given = start.node_vectors if nodes else start.output_vectors
    V, d = start.input_vectors.shape
    second = np.zeros((V - nodes, d)) if given is None else given.astype(np.float64)
    return start.input_vectors.astype(np.float64), second


@dataclass(frozen=True, eq=False)
class _Run:
    settings: Word2VecSettings
    vocabulary: Vocabulary
    tree: HuffmanTree | None
    rng: np.random.Generator

    def windows(
        self, texts: Iterable[Sequence[str]]
    ) -> Iterator[tuple[Sequence[str], int, list[int]]]:
        """Yield sentence, place of the centre and places of the context, again and again."""
        rng = self.rng if self.settings.shrink_windows else None
        while True:
            for tokens in texts:
                # Each place is its own row, so that the pairs hold places.
                places = np.arange(len(tokens))
                centers, contexts = skipgram_pairs(places, self.settings.window, rng)
                if self.settings.architecture == "skip-gram":
                    for center, context in zip(centers.tolist(), contexts.tolist(), strict=True):
                        yield tokens, center, [context]
                else:
                    for center in np.unique(centers).tolist():
                        yield tokens, center, contexts[centers == center].tolist()

    def step(
        self,
        tokens: Sequence[str],
        center: int,
        contexts: list[int],
        alpha: float,
        before: Matrices,
    ) -> Step:
        rows = self.vocabulary.encode(tokens)
        skipgram = self.settings.architecture == "skip-gram"
        inputs = rows[[center]] if skipgram else rows[contexts]
        target = int(rows[contexts[0]] if skipgram else rows[center])
        question = self.question(target)
        loss, input_gradient, output_gradient = self.loss(before, inputs, question)
        after = before[0] - alpha * input_gradient, before[1] - alpha * output_gradient
        return Step(
            tokens=tuple(tokens),
            center=center,
            contexts=tuple(contexts),
            inputs=inputs,
            target=target,
            asked=question.asked,
            labels=question.labels,
            counted=question.counted,
            predictions=self.predictions(before, inputs, question),
            predictions_after=self.predictions(after, inputs, question),
            loss=loss,
            loss_after=self.loss(after, inputs, question)[0],
            alpha=alpha,
            input_before=before[0],
            input_after=after[0],
            output_before=before[1],
            output_after=after[1],
        )

    def question(self, target: int) -> _Question:
        V, targets = len(self.vocabulary), np.array([target])
        if self.tree is not None:
            points, codes, mask = self.tree.padded_paths(targets)
            return _Question(points[0], 1 - codes[0], mask[0], (points, codes, mask))
        if self.settings.objective == "softmax":
            words = np.arange(V)
            return _Question(words, (words == target).astype(int), np.ones(V, bool), (targets,))
        noise = self.vocabulary.noise_distribution(self.settings.ns_exponent)
        negatives = self.rng.choice(V, size=(1, self.settings.negative), p=noise)
        mask = negatives != target
        asked = np.append(targets, negatives)
        labels = (np.arange(len(asked)) == 0).astype(int)
        return _Question(asked, labels, np.append(True, mask), (targets, negatives, mask))

    def loss(self, matrices: Matrices, inputs: Rows, question: _Question) -> objectives.Gradients:
        function = LOSSES[self.settings.architecture, self.settings.objective]
        if self.settings.architecture == "skip-gram":
            return function(*matrices, inputs, *question.arguments)
        arguments = inputs[None], *question.arguments
        return function(*matrices, *arguments, cbow_mean=self.settings.cbow_mean)

    def predictions(self, matrices: Matrices, inputs: Rows, question: _Question) -> Matrix:
        # The mean, and the sum, of one vector is the vector: this is skip-gram's h, too.
        hidden = objectives.cbow_hidden(
            matrices[0], inputs[None], cbow_mean=self.settings.cbow_mean
        )[0]
        scores = matrices[1][question.asked] @ hidden
        if self.settings.objective == "softmax":
            return objectives.softmax(scores)
        if self.settings.objective == "negative-sampling":
            return objectives.sigmoid(scores)
        return objectives.sigmoid((2 * question.labels - 1) * scores)
