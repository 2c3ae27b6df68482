"""Training by gensim, from the same settings and to the same Embeddings as the other backends."""

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO, cast

from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from gensim.models.word2vec_inner import MAX_WORDS_IN_BATCH
from tqdm.auto import tqdm

from course_lib.embeddings import Embeddings
from course_lib.settings import Word2VecSettings
from course_lib.training import NO_PAIRS, progress_bar, require_settings, starting_point
from course_lib.vocabulary import Vocabulary, refuse_string


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
        Any but ``objective="softmax"``, which gensim does not have.
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
        The full softmax, a text that cannot be read twice or holds no pair, a sentence of more than
        10,000 tokens (gensim would drop the rest of it without a word), or vectors that do not fit.
    """
    require_settings(settings)
    if settings.objective == "softmax":
        raise ValueError(
            "gensim has no full softmax. Use numpy_impl.train_word2vec or torch_impl."
            'train_word2vec, or another objective: "negative-sampling", "hierarchical-softmax".'
        )
    start = starting_point(sentences, settings, vocabulary, initial)
    model = _untrained_model(start, settings)
    sentence_count = _count_sentences(sentences, start.vocabulary)
    fed = _Fed(sentences)
    with (
        progress_bar(progress, total=settings.epochs, unit=" epochs") as bar,
        _without_false_alarms(),
    ):
        model.train(
            fed,
            total_examples=sentence_count,
            epochs=settings.epochs,
            callbacks=[_Tick(bar)],
        )
    if fed.error is not None:
        raise fed.error
    return Embeddings(
        start.vocabulary,
        model.wv.vectors,
        model.syn1neg if model.negative else None,
        model.syn1[:-1] if model.hs else None,  # the last row belongs to no node
    )


def _untrained_model(start: Embeddings, settings: Word2VecSettings) -> Word2Vec:
    hierarchical = settings.objective == "hierarchical-softmax"
    model = Word2Vec(
        sg=int(settings.architecture == "skip-gram"),
        hs=int(hierarchical),
        negative=0 if hierarchical else settings.negative,  # both at once would train both
        vector_size=settings.vector_size,
        window=settings.window,
        min_count=1,  # the vocabulary has been chosen already
        sorted_vocab=0,  # and is in gensim's order
        ns_exponent=settings.ns_exponent,
        sample=settings.sample,
        alpha=settings.alpha,
        min_alpha=settings.min_alpha,
        cbow_mean=int(settings.cbow_mean),
        shrink_windows=settings.shrink_windows,
        seed=settings.seed,
        workers=settings.workers,
    )
    words, counts = start.vocabulary.words, start.vocabulary.require_counts()
    model.build_vocab_from_freq(dict(zip(words, counts.tolist(), strict=True)))
    # gensim trains C-ordered float32 only; rows of anything else stay put or become NaN.
    model.wv.vectors[:] = start.input_vectors
    if hierarchical and start.node_vectors is not None:
        model.syn1[:-1] = start.node_vectors
    if not hierarchical and start.output_vectors is not None:
        model.syn1neg[:] = start.output_vectors
    return model


def _count_sentences(sentences: Iterable[Sequence[str]], vocabulary: Vocabulary) -> int:
    count, trainable = 0, False
    for count, tokens in enumerate(sentences, start=1):
        if len(tokens) > MAX_WORDS_IN_BATCH:
            raise ValueError(
                f"Sentence {count} has {len(tokens):,} tokens; gensim reads the first "
                f"{MAX_WORDS_IN_BATCH:,} only. Cut it with corpus.split_long."
            )
        trainable = trainable or len(vocabulary.encode(tokens)) > 1
    if not trainable:
        raise ValueError(NO_PAIRS)
    return count


class _Fed:
    """The corpus as gensim's threads can bear it.

    gensim waits for ever when its reading thread dies of an error in the corpus, or its training
    thread of a sentence that is an array. So sentences become lists, and an error ends the text
    and is kept.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self.sentences = sentences
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[list[str]]:
        if self.error is not None:
            return
        try:
            for tokens in self.sentences:
                refuse_string(tokens)
                yield tokens if isinstance(tokens, list) else list(tokens)
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
