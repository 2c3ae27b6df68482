"""The life of a gensim model after its first training: grow, start again, share, warm-start."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.gensim_impl.word2vec import readable, to_embeddings, train_unharmed
from course_lib.training import NO_PAIRS
from course_lib.vocabulary import Vocabulary

# What a model is made of, in gensim's names.
ARGUMENTS = (
    "vector_size", "window", "min_count", "sample", "ns_exponent", "alpha", "min_alpha", "sg",
    "hs", "negative", "cbow_mean", "shrink_windows", "epochs", "seed", "workers", "sorted_vocab",
    "batch_words", "max_final_vocab",
)  # fmt: skip


def grow(
    model: Word2Vec,
    sentences: Iterable[Sequence[str]],
    *,
    epochs: int,
    alpha: float,
    min_count: int | None = None,
) -> list[str]:
    """Train a model further on another text, whose new words get vectors, too.

    As ``build_vocab(update=True)`` and ``train`` do it, without four traps. Words are subsampled
    by their counts in all texts; gensim takes those in the new text alone. New words are free to
    move when others are locked; gensim reads a lock that is too short from its start again.
    ``model.alpha`` stays as it was; gensim keeps what one call of ``train`` was given. And a
    text that cannot be read twice is refused; gensim trains on nothing.

    Words that the new text does not have keep their IN vectors, while the others move away from
    them: mix old sentences in where they matter.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        Trained with negative sampling; it changes in place.
    sentences : re-iterable of sequences of str
        The new text.
    epochs : int
        Passes over the new text.
    alpha : float
        Learning rate at the start; it falls to ``model.min_alpha``.
    min_count : int, optional
        New words seen fewer times in the new text are left out. By default that of the model.

    Returns
    -------
    list of str
        The new words, in the order of their rows.

    Raises
    ------
    ValueError
        The model uses hierarchical softmax: new counts make a new tree, and the trained node
        vectors would belong to other nodes. Or the text cannot be read twice, has a sentence of
        more than 10,000 tokens, or holds no pair of known words. The model is then as it was.
    """
    if model.hs:
        raise ValueError(
            "A model with hierarchical softmax cannot grow: new counts make a new tree, in which "
            "the trained node vectors stand in the wrong places. Train anew on both texts, or use "
            "negative sampling."
        )
    text = readable(sentences)
    known = len(model.wv)
    _require_pairs(model, text, model.min_count if min_count is None else min_count)
    changes = {} if min_count is None else {"min_count": min_count}
    model.build_vocab(text, update=True, **changes)
    _subsample_by_all_counts(model)
    lock = model.wv.vectors_lockf
    if len(lock) > 1:  # of length 1 it is for all words
        free = np.ones(len(model.wv) - known, dtype=np.float32)
        model.wv.vectors_lockf = np.concatenate([lock[:known], free]).astype(np.float32)
    before = model.alpha, model.min_alpha, model.epochs
    model.min_alpha_yet_reached = alpha  # else a warning about a rate that rises on purpose
    try:
        train_unharmed(
            model, text, model.corpus_count, epochs, start_alpha=alpha, end_alpha=model.min_alpha
        )
    finally:
        model.alpha, model.min_alpha, model.epochs = before
    return model.wv.index_to_key[known:]


def _require_pairs(model: Word2Vec, text: Iterable[list[str]], min_count: int) -> None:
    """Refuse a text with nothing to learn from while the model is still untouched."""
    seen = Counter(chain.from_iterable(text))
    known = {word for word, count in seen.items() if count >= min_count}.union(
        model.wv.key_to_index
    )
    if not any(sum(word in known for word in tokens) > 1 for tokens in text):
        raise ValueError(NO_PAIRS)


def reset_weights(model: Word2Vec) -> None:
    """Put a model back to where it stood before its first training.

    IN vectors are drawn again from the model's seed, OUT and node vectors are zero, and so is the
    count of trainings; locks are taken off, the random generator starts anew. gensim's own
    ``init_weights`` leaves the IN vectors as they are trained, and ``reset_from`` the generator.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        Changes in place; its vocabulary and its parameters stay.
    """
    # gensim draws rows only where the shape has changed.
    model.wv.vectors = np.empty((0, model.vector_size), dtype=np.float32)
    model.init_weights()
    model.wv.vectors_lockf = np.ones(1, dtype=np.float32)
    model.random = np.random.RandomState(model.seed)  # gensim's kind
    model.running_training_loss = 0.0
    model.min_alpha_yet_reached = model.alpha
    model.train_count = model.total_train_time = 0


def fresh_model(other: Word2Vec, **changes: Any) -> Word2Vec:
    """Make an untrained model with the vocabulary of another one, without reading the text again.

    What ``reset_from`` is for. But nothing is shared, so that either model may grow; and it can be
    trained, which after ``reset_from`` waits for ever.

    Parameters
    ----------
    other : gensim.models.Word2Vec
        Gives words, counts and parameters; it stays as it is.
    **changes
        Parameters of ``gensim.models.Word2Vec`` that are to be different: ``sg=0``,
        ``hs=1, negative=0``, ``vector_size=50``.

    Returns
    -------
    gensim.models.Word2Vec
        Train it: ``model.train(text, total_examples=model.corpus_count, epochs=model.epochs)``.

    Raises
    ------
    ValueError
        The other model has no vocabulary yet.
    """
    words = to_embeddings(other).vocabulary
    given = {name: getattr(other, name) for name in ARGUMENTS} | changes
    # The words have been chosen and sorted already.
    model = Word2Vec(**given | {"min_count": 1, "sorted_vocab": 0, "max_final_vocab": None})
    counts = words.require_counts().tolist()
    model.build_vocab_from_freq(
        dict(zip(words.words, counts, strict=True)), corpus_count=other.corpus_count
    )
    model.corpus_total_words = other.corpus_total_words
    for name in ("min_count", "sorted_vocab", "max_final_vocab"):
        setattr(model, name, given[name])
    return model


def copy_rows(model: Word2Vec, source: KeyedVectors | Embeddings) -> NDArray[np.bool_]:
    """Start a model from trained vectors: copy the rows of the words that both have.

    The rows are copied into gensim's own C-ordered float32 matrix. A matrix of another type that
    is put in its place trains wrongly without a word, new ``KeyedVectors`` make ``train`` wait for
    ever, and ``intersect_word2vec_format`` stops half way and locks what it has copied.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        With a vocabulary; it changes in place.
    source : gensim.models.KeyedVectors or Embeddings
        Trained vectors. From Embeddings the OUT vectors are copied as well, where both have them.

    Returns
    -------
    numpy.ndarray of bool, shape (V,)
        Which rows of the model were covered.

    Raises
    ------
    ValueError
        The vectors have another size, a number is beyond float32, or no word is in both.
    """
    if isinstance(source, KeyedVectors):
        source = Embeddings.from_keyed_vectors(source)
    d = source.input_vectors.shape[1]
    if d != model.vector_size:
        raise ValueError(
            f"The vectors have {d} dimensions, the model has {model.vector_size}. "
            f"Make the model with vector_size={d}."
        )
    words = model.wv.index_to_key
    covered = np.array([word in source.vocabulary for word in words], dtype=bool)
    if not covered.any():
        raise ValueError(
            f"None of the model's {len(words):,} words has a vector there. Has the model a "
            "vocabulary yet, and are both in lower case?"
        )
    rows = source.vocabulary.encode([word for word in words if word in source.vocabulary])
    model.wv.vectors[covered] = _as_float32(source.input_vectors[rows])
    if model.negative and source.output_vectors is not None:
        model.syn1neg[covered] = _as_float32(source.output_vectors[rows])
    model.wv.fill_norms(force=True)  # most_similar divides by the norms that it knows
    return covered


def _as_float32(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        converted = rows.astype(np.float32)
    if not np.isfinite(converted).all():
        raise ValueError("A vector holds a number beyond float32, which is all gensim trains.")
    return converted


def _subsample_by_all_counts(model: Word2Vec) -> None:
    counts = model.wv.expandos["count"]
    keep = Vocabulary(model.wv.index_to_key, counts).keep_probabilities(model.sample)
    model.wv.expandos["sample_int"] = (keep * (2**32 - 1)).astype(np.uint32)
