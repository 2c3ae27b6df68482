"""Training by gensim, from the same settings and to the same Embeddings as the other backends."""

import contextlib
import io
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from gensim.models.word2vec_inner import MAX_WORDS_IN_BATCH
from tqdm.auto import tqdm

from course_lib.embeddings import Embeddings
from course_lib.settings import Word2VecSettings
from course_lib.training import progress_bar, starting_point
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
        The full softmax, a text that cannot be read twice, a sentence of more than 10,000 tokens
        (gensim would drop the rest of it without a word), or vectors that do not fit.
    """
    if settings.objective == "softmax":
        raise ValueError(
            "gensim has no full softmax. Use numpy_impl.train_word2vec or torch_impl."
            'train_word2vec, or another objective: "negative-sampling", "hierarchical-softmax".'
        )
    start = starting_point(sentences, settings, vocabulary, initial)
    model = _untrained_model(start, settings)
    sentence_count = _count_sentences(sentences)
    with (
        progress_bar(progress, total=settings.epochs, unit=" epochs") as bar,
        contextlib.redirect_stderr(_WithoutFalseAlarms(sys.stderr)),
    ):
        model.train(
            sentences,
            total_examples=sentence_count,
            epochs=settings.epochs,
            callbacks=[_Tick(bar)],
        )
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
    model.wv.vectors[:] = start.input_vectors.astype(np.float32)
    if hierarchical and start.node_vectors is not None:
        model.syn1[:-1] = start.node_vectors
    if not hierarchical and start.output_vectors is not None:
        model.syn1neg[:] = start.output_vectors
    return model


def _count_sentences(sentences: Iterable[Sequence[str]]) -> int:
    count = 0
    for count, tokens in enumerate(sentences, start=1):
        if len(tokens) > MAX_WORDS_IN_BATCH:
            raise ValueError(
                f"Sentence {count} has {len(tokens):,} tokens; gensim reads the first "
                f"{MAX_WORDS_IN_BATCH:,} only. Cut it with corpus.split_long."
            )
    return count


class _Tick(CallbackAny2Vec):
    """Moves the progress bar at the end of an epoch."""

    def __init__(self, bar: tqdm) -> None:
        self.bar = bar

    def on_epoch_end(self, model: Word2Vec) -> None:
        self.bar.update()


class _WithoutFalseAlarms(io.TextIOBase):
    """A stream that drops one message of gensim's, which a dot product of exactly -1 sets off.

    gensim 4.4 declares BLAS's dot product with -1 as its sign of an error (``except -1`` in
    word2vec_inner.pxd). The training goes on; everything else that is written passes through.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.line = ""  # the message arrives in pieces

    def write(self, text: str) -> int:
        *lines, self.line = (self.line + text).split("\n")
        for line in lines:
            if not re.search(r"Exception ignored in.*our_dot_(float|double)", line):
                self.stream.write(line + "\n")
        return len(text)
