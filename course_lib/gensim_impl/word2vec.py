"""Training by gensim, from the same settings and to the same Embeddings as the other backends."""

import contextlib
import re
import sys
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, TextIO, cast

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from gensim.models.word2vec_inner import MAX_WORDS_IN_BATCH
from numpy.typing import NDArray
from tqdm.auto import tqdm

from course_lib.embeddings import Embeddings
from course_lib.progress import progress_bar
from course_lib.settings import Word2VecSettings
from course_lib.training import (
    NO_PAIRS,
    CountedText,
    require_settings,
    starting_point,
)
from course_lib.vocabulary import Vocabulary


def train_word2vec(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train skip-gram or CBOW by gensim, with negative sampling or hierarchical softmax.

    In gensim's skip-gram the context word is on the IN side and the centre word on the OUT side.
    Over a symmetric window both ways see the same pairs, so that the roles differ in name only.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and before that to count its words.
    settings : Word2VecSettings
        Any but ``objective="softmax"`` and ``shared_negatives``, which gensim does not have.
        ``exact`` and ``batch_size`` are not read.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out. It must have counts.
    initial : Embeddings, optional
        Vectors to start from, which stay as they are; trained in float32. OUT vectors (or node
        vectors, for hierarchical softmax) that it does not have start at zero.
    progress : bool, default True
        Show a progress bar, a tick an epoch.

    Returns
    -------
    Embeddings
        IN vectors, and OUT vectors or the vectors of the tree's inner nodes. ``losses`` is None:
        gensim's running loss is not a mean over the epoch.

    Raises
    ------
    ValueError
        The full softmax, shared negatives, a text that cannot be read twice or holds no pair, a
        sentence of more than 10,000 tokens (gensim would drop the rest of it without a word), or
        vectors that do not fit.
    """
    return to_embeddings(
        train_model(sentences, settings, vocabulary=vocabulary, initial=initial, progress=progress)
    )


def train_model(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Word2Vec:
    """Train as ``train_word2vec`` does, and give gensim's own model.

    Nothing in the model is ours: it can be asked, saved, and trained further as any other. For
    more epochs: ``model.train(more, total_examples=len(more), epochs=2)``; for the same text,
    ``total_examples=model.corpus_count``.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and once before that.
    settings : Word2VecSettings
        Any but ``objective="softmax"`` and ``shared_negatives``, which gensim does not have.
        ``exact`` and ``batch_size`` are not read.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out. It must have counts.
    initial : Embeddings, optional
        Vectors to start from, as in ``train_word2vec``.
    progress : bool, default True
        Show a progress bar, a tick an epoch.

    Returns
    -------
    gensim.models.Word2Vec
        The model that ``Word2Vec(sentences, ...)`` gives for these settings, with the same bits.

    Raises
    ------
    ValueError
        As in ``train_word2vec``.
    """
    require_settings(settings)
    arguments(settings)  # refuses what gensim does not have before a long text is read
    text = _Readable(sentences)
    start = starting_point(text, settings, vocabulary, initial)
    return train_from(start, text, settings, progress)


def train_from(
    start: Embeddings,
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    progress: bool,
    lockf: NDArray[np.float32] | None = None,
) -> Word2Vec:
    """Train gensim's model from vectors that fit the text and the settings.

    Parameters
    ----------
    start : Embeddings
        From ``training.starting_point``; it stays as it is.
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        As for ``train_model``.
    progress : bool
        Show a progress bar, a tick an epoch.
    lockf : numpy.ndarray of float32, shape (V,), optional
        Fine-tuning: the part of its step that each IN vector takes.

    Returns
    -------
    gensim.models.Word2Vec
        The trained model; the locks are still on.

    Raises
    ------
    ValueError
        A sentence has more than 10,000 tokens, or the text holds no pair.
    """
    text = sentences if isinstance(sentences, _Readable) else _Readable(sentences)
    if not text.sentences:  # nobody had to count the words
        deque(text, maxlen=0)
    model = _untrained_model(start, settings, text)
    if lockf is not None:
        # One float32 a word. gensim reads other types as if they were float32, and too short an
        # array from its start again, without a word.
        model.wv.vectors_lockf = np.ascontiguousarray(lockf, np.float32)
    with progress_bar(progress, total=settings.epochs, unit=" epochs") as bar:
        train_unharmed(model, text, model.corpus_count, settings.epochs, callbacks=[_Tick(bar)])
    return model


def readable(sentences: Iterable[Sequence[str]]) -> Iterable[list[str]]:
    """Give a text as gensim can take it: refused if it is none, each sentence a list.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.

    Returns
    -------
    re-iterable of list of str
        The same sentences. Reading it raises a ValueError at a sentence that is none, or that has
        more than 10,000 tokens.
    """
    return _Readable(sentences)


def train_unharmed(
    model: Word2Vec,
    text: Iterable[list[str]],
    total_examples: int,
    epochs: int,
    **options: Any,
) -> None:
    """Call ``model.train`` so that an error in the text is raised, where gensim waits for ever.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        With a vocabulary.
    text : re-iterable of list of str
        From ``readable``.
    total_examples : int
        Its sentences.
    epochs : int
        Passes over it.
    **options
        Further arguments of ``model.train``.

    Raises
    ------
    ValueError
        The text holds no pair of known words.
    """
    fed = _Fed(text, model.wv.key_to_index)
    with _without_false_alarms():
        model.train(fed, total_examples=total_examples, epochs=epochs, **options)
    if fed.error is not None:
        raise fed.error


def to_embeddings(model: Word2Vec) -> Embeddings:
    """Take words, counts and all vectors over from a model of gensim's, however it was trained.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        From ``train_model``, from a plain call of gensim's, or loaded from a file.

    Returns
    -------
    Embeddings
        With copies. OUT vectors are there if the model has ``negative > 0``, node vectors if it has
        ``hs=1``; both if it was trained with both at once, as ``hs=1`` alone makes gensim do.
        ``losses`` is None: gensim's running loss is not a mean over the epoch.

    Raises
    ------
    ValueError
        It is no Word2Vec model, it has no vocabulary yet, or its matrices do not fit each other.
    """
    if not isinstance(model, Word2Vec):
        raise ValueError(
            f"model must be gensim's Word2Vec, not a {type(model).__name__}. "
            "For KeyedVectors use Embeddings.from_keyed_vectors."
        )
    if not len(model.wv):
        raise ValueError(
            "This model has no vocabulary yet, and so no vectors. Train it: "
            "model.build_vocab(sentences), then model.train(...); or use train_model."
        )
    words = Embeddings.from_keyed_vectors(model.wv, model.syn1neg if model.negative else None)
    return Embeddings(
        words.vocabulary,
        words.input_vectors,
        words.output_vectors,
        model.syn1[:-1].copy() if model.hs else None,  # the last row belongs to no node
    )


def arguments(settings: Word2VecSettings) -> dict[str, Any]:
    """Say the settings in gensim's words: ``Word2Vec(sentences, **arguments(settings))``.

    Parameters
    ----------
    settings : Word2VecSettings
        Negative sampling or hierarchical softmax.

    Returns
    -------
    dict
        Arguments of ``gensim.models.Word2Vec`` by name.

    Raises
    ------
    ValueError
        The full softmax or shared negatives, which gensim does not have.
    """
    if settings.objective == "softmax":
        raise ValueError(
            "gensim has no full softmax. Use numpy_impl.train_word2vec or torch_impl."
            'train_word2vec, or another objective: "negative-sampling", "hierarchical-softmax".'
        )
    if settings.shared_negatives:
        raise ValueError(
            "gensim draws noise words for each prediction. Leave shared_negatives out, or use "
            "numpy_impl.train_word2vec."
        )
    same = ("vector_size", "window", "min_count", "ns_exponent", "sample", "alpha", "min_alpha")
    hierarchical = settings.objective == "hierarchical-softmax"
    return {name: getattr(settings, name) for name in same} | {
        "sg": int(settings.architecture == "skip-gram"),
        "hs": int(hierarchical),
        "negative": 0 if hierarchical else settings.negative,  # both at once would train both
        "cbow_mean": int(settings.cbow_mean),
        "shrink_windows": settings.shrink_windows,
        "epochs": settings.epochs,
        "seed": settings.seed,
        "workers": settings.workers,
    }


def _untrained_model(start: Embeddings, settings: Word2VecSettings, text: "_Readable") -> Word2Vec:
    # The vocabulary has been chosen already, and is in gensim's order.
    model = Word2Vec(**arguments(settings) | {"min_count": 1, "sorted_vocab": 0})
    words, counts = start.vocabulary.words, start.vocabulary.require_counts()
    model.build_vocab_from_freq(
        dict(zip(words, counts.tolist(), strict=True)), corpus_count=text.sentences
    )
    # From here on as in a plain call, for who lets the vocabulary grow or trains on.
    model.corpus_total_words = text.tokens
    model.min_count = model.effective_min_count = settings.min_count
    model.sorted_vocab = 1
    # gensim trains C-ordered float32 only; rows of anything else stay put or become NaN.
    model.wv.vectors[:] = start.input_vectors
    if model.hs and start.node_vectors is not None:
        model.syn1[:-1] = start.node_vectors
    if model.negative and start.output_vectors is not None:
        model.syn1neg[:] = start.output_vectors
    return model


class _Readable(CountedText):
    """The text as gensim can take it: in lists, and none so long that gensim would cut it."""

    def __iter__(self) -> Iterator[list[str]]:
        for number, tokens in enumerate(super().__iter__(), start=1):
            if len(tokens) > MAX_WORDS_IN_BATCH:
                raise ValueError(
                    f"Sentence {number} has {len(tokens):,} tokens; gensim reads the first "
                    f"{MAX_WORDS_IN_BATCH:,} only. Cut it with corpus.split_long."
                )
            # A sentence that is an array kills gensim's training thread.
            yield tokens if isinstance(tokens, list) else list(tokens)


class _Fed:
    """The text as gensim's reading thread can bear it.

    gensim waits for ever when that thread, or one that trains, dies of an error in the text. So an
    error ends the text and is kept. That a text holds no pair shows at the end of the first epoch.
    """

    def __init__(self, sentences: Iterable[list[str]], known: Container[str]) -> None:
        self.sentences, self.known = sentences, known
        self.error: Exception | None = None
        self.holds_pairs = False

    def __iter__(self) -> Iterator[list[str]]:
        if self.error is not None:
            return
        try:
            for tokens in self.sentences:
                self.holds_pairs = self.holds_pairs or sum(t in self.known for t in tokens) > 1
                deque(map(hash, tokens), maxlen=0)  # what has no hash would kill a training thread
                yield tokens
            if not self.holds_pairs:
                raise ValueError(NO_PAIRS)
        except Exception as error:
            self.error = error


class _Tick(CallbackAny2Vec):
    """Moves the progress bar at the end of an epoch."""

    def __init__(self, bar: tqdm) -> None:
        self.bar = bar

    def on_epoch_end(self, model: Word2Vec) -> None:
        self.bar.update()


@contextlib.contextmanager
def _without_false_alarms() -> Iterator[None]:
    stream = _WithoutFalseAlarms(sys.stderr)
    try:
        with contextlib.redirect_stderr(cast(TextIO, stream)):
            yield
    finally:
        sys.stderr.write(stream.held)


class _WithoutFalseAlarms:
    """A stream that drops one message of gensim's, which a dot product of exactly -1 sets off.

    gensim 4.4 declares BLAS's dot product with -1 as its sign of an error (``except -1`` in
    word2vec_inner.pxd). The training goes on; everything else that is written passes through.
    """

    BEGINNING = "Exception ignored in"
    WHOLE = re.compile(r"Exception ignored in.*our_dot_(float|double)")

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.held = ""  # the message arrives in pieces, so what may become one has to wait

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        *lines, rest = (self.held + text).split("\n")
        for line in lines:
            if not self.WHOLE.match(line):
                self.stream.write(line + "\n")
        may_become_one = self.BEGINNING.startswith(rest) or rest.startswith(self.BEGINNING)
        self.held = rest if may_become_one else ""
        self.stream.write("" if may_become_one else rest)
        return len(text)
