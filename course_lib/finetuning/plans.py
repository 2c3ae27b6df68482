"""The start of a fine-tuning: which words, from which vectors, and how free."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import DTypeLike, NDArray

from course_lib.corpus import require_reiterable
from course_lib.embeddings import Embeddings, unit
from course_lib.finetuning.locks import Lockf, rules_of
from course_lib.finetuning.results import FineTuned
from course_lib.formats import load_vectors
from course_lib.settings import Word2VecSettings
from course_lib.training import known_vocabulary, require_settings
from course_lib.vocabulary import Vocabulary, require_sentence

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


@dataclass(frozen=True)
class Plan:
    """A fine-tuning that is ready to begin.

    Attributes
    ----------
    start : Embeddings
        The words that the text trains, with their vectors before the first step.
    covered : numpy.ndarray of bool, shape (V,)
        Which of them are copied from the pre-trained vectors.
    lockf : numpy.ndarray of float32, shape (V,)
        Their locks.
    counts : numpy.ndarray of int64, shape (V,)
        How often the text has each.
    tokens : int
        How many tokens the text has, unknown ones among them.
    warm_up : int
        Epochs in which only OUT vectors move, before the others.
    anchor : float
        How strongly IN vectors are pulled back to the start.
    extra : Embeddings or None
        Named words that the text does not have. They stay as they are, and no noise word is one.
    """

    start: Embeddings
    covered: NDArray[np.bool_]
    lockf: NDArray[np.float32]
    counts: NDArray[np.int64]
    tokens: int
    warm_up: int
    anchor: float
    extra: Embeddings | None

    @property
    def locks(self) -> NDArray[np.float32] | None:  # numpydoc ignore=RT01
        """The locks, or None where neither they nor the anchor hold anything back."""
        return self.lockf if (self.lockf != 1).any() or self.anchor > 0 else None

    def phases(self, settings: Word2VecSettings) -> "list[tuple[Word2VecSettings, Plan]]":
        """Take the warm-up and the rest apart: each is a training of its own.

        Parameters
        ----------
        settings : Word2VecSettings
            What is trained.

        Returns
        -------
        list of (Word2VecSettings, Plan)
            One or two trainings. Each starts at ``settings.alpha`` and from ``settings.seed``, and
            the second one from the vectors that the first one leaves.
        """
        phases = [(settings, self)]
        if self.warm_up:
            frozen = replace(self, lockf=np.zeros_like(self.lockf), anchor=0.0)
            phases.insert(0, (replace(settings, epochs=self.warm_up), frozen))
        return phases

    def result(self, trained: Embeddings) -> "FineTuned":
        """Put what was trained and what was not together.

        Parameters
        ----------
        trained : Embeddings
            The vectors of the words of ``start`` after the training.

        Returns
        -------
        FineTuned
            Before and after, for all words.
        """
        start, embeddings, rest = self.start, trained, 0
        if self.extra is not None:
            start, embeddings = (_joined(one, self.extra) for one in (start, trained))
            rest = len(self.extra)
        return FineTuned(
            embeddings,
            start,
            np.append(self.covered, np.ones(rest, bool)),
            np.append(self.lockf, np.ones(rest, np.float32)),
            np.append(self.counts, np.zeros(rest, np.int64)),
            self.tokens,
        )


def plan(
    pretrained: "Embeddings | KeyedVectors | str | Path",
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    extra_words: Iterable[str] = (),
    lockf: float | Mapping[str, float] | Lockf | None = None,
    warm_up: int = 0,
    anchor: float = 0.0,
    dtype: DTypeLike | None = None,
    progress: bool = True,
) -> Plan:
    """Check everything, read the text once, and lay out the start.

    The vocabulary is that of the text: a word that only the pre-trained vectors have would be drawn
    as a noise word and never be seen. A covered word starts at its pre-trained IN vector. An
    uncovered one starts in a random direction (that of ``Embeddings.initial``) with the length of a
    covered vector, drawn at random: gensim's own start would be a tenth as long, and stay so. OUT
    vectors are copied where the pre-trained vectors have them, and zero otherwise. So are node
    vectors, where the vocabulary has the same words and counts; otherwise the Huffman tree is
    another one, and all nodes start at zero.

    Parameters
    ----------
    pretrained : Embeddings, gensim.models.KeyedVectors or path
        The vectors to start from, or a file that ``formats.load_vectors`` reads.
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        What to train, and how.
    vocabulary : Vocabulary, optional
        The words to train, with counts. Counted from the text where it is left out.
    extra_words : iterable of str
        Words to have in any case. One that the text has below ``min_count`` times is trained. One
        that it does not have keeps its pre-trained vectors and is never a noise word: the training
        is the same to the last bit without it. (In the result its count is 1, the least that a
        Vocabulary has.)
    lockf : float, mapping of str to float, or Lockf, optional
        One lock for all words, locks of single words (the others are free), or rules.
    warm_up : int
        Epochs of a first training in which all IN vectors are frozen.
    anchor : float
        How strongly IN vectors are pulled back to their start.
    dtype : float32 or float64, optional
        Of the start. Left out, it is float64 where the pre-trained vectors are, otherwise float32.
    progress : bool, default True
        Show a progress bar while a file is loaded.

    Returns
    -------
    Plan
        What a backend trains.

    Raises
    ------
    ValueError
        The vectors have another size than the settings say, hold NaN or infinity, or cover no word
        of the text; the text is empty or cannot be read twice; a lock, the warm-up or the anchor is
        out of range; a lock is for a word without a row; an extra word is known nowhere.
    KeyError
        A lock is for a word that the vocabulary does not have.
    FileNotFoundError
        There is no such file of vectors.
    """
    require_settings(settings)
    _require_options(warm_up, anchor)
    _require_kind(pretrained)
    rules = rules_of(lockf)
    extras = _extras(extra_words)
    seen = _count(sentences)
    if known_vocabulary(vocabulary, None) is None:
        wanted = set(extras)
        kept = {w: n for w, n in seen.items() if n >= settings.min_count or w in wanted}
        vocabulary = Vocabulary.from_counts(kept or seen, 1 if kept else settings.min_count)
    assert vocabulary is not None
    extras = [word for word in extras if word not in vocabulary]
    found = _Found.of(pretrained, [*vocabulary.words, *extras], progress)
    double = found.vectors.dtype == np.float64
    chosen = np.dtype(dtype or (np.float64 if double else np.float32))
    covered = np.array([word in found.row for word in vocabulary.words])
    found.require(settings.vector_size, covered, vocabulary)
    counts = np.array([seen[word] for word in vocabulary.words], np.int64)
    extra = _extra_rows(extras, found, settings, chosen)
    every = vocabulary if extra is None else _joined_vocabulary(vocabulary, extra.vocabulary)
    more = len(every) - len(vocabulary)
    locks = rules.of(
        every, np.append(covered, np.ones(more, bool)), np.append(counts, np.zeros(more, np.int64))
    )
    return Plan(
        _start(vocabulary, found, covered, settings, pretrained, chosen),
        covered,
        locks[: len(vocabulary)],
        counts,
        seen.total(),
        warm_up,
        float(anchor),
        extra,
    )


class _Found:
    """The rows of the pre-trained vectors that are needed."""

    def __init__(
        self, words: Sequence[str], vectors: NDArray, outputs: NDArray | None, name: str
    ) -> None:
        self.row = {word: row for row, word in enumerate(words)}
        self.words, self.vectors, self.outputs, self.name = words, vectors, outputs, name

    @classmethod
    def of(
        cls,
        pretrained: "Embeddings | KeyedVectors | str | Path",
        wanted: Sequence[str],
        progress: bool,
    ) -> "_Found":
        if isinstance(pretrained, str | Path):
            loaded = load_vectors(pretrained, words=wanted, progress=progress)
            return cls(loaded.vocabulary.words, loaded.input_vectors, None, f"{pretrained}")
        if isinstance(pretrained, Embeddings):
            words = [word for word in wanted if word in pretrained.vocabulary]
            rows = pretrained.vocabulary.encode(words)
            out = pretrained.output_vectors
            vectors = pretrained.input_vectors[rows]
            return cls(words, vectors, None if out is None else out[rows], f"{pretrained}")
        words = [word for word in wanted if word in pretrained.key_to_index]
        places = np.array([pretrained.key_to_index[word] for word in words], np.int64)
        # NumPy's rows, not gensim's own way to ask: that would normalise or guess new words.
        vectors = np.asarray(pretrained.vectors)[places]
        return cls(words, vectors, None, f"KeyedVectors({len(pretrained):,} words)")

    def require(self, d: int, covered: NDArray[np.bool_], vocabulary: Vocabulary) -> None:
        size = self.vectors.shape[1]
        if size != d:
            raise ValueError(
                f"The pre-trained vectors have {size} dimensions, the settings say vector_size="
                f"{d}. Use dataclasses.replace(settings, vector_size={size})."
            )
        if not covered.any():
            raise ValueError(
                f"The pre-trained vectors have none of the {len(vocabulary):,} words of the text, "
                f"such as {', '.join(map(repr, vocabulary.words[:3]))}. Are both in lower case?"
            )
        largest = np.finfo(np.float32).max
        for kind, matrix in (("vector", self.vectors), ("OUT vector", self.outputs)):
            if matrix is None:
                continue
            bad = ~(np.abs(matrix) <= largest).all(axis=1)  # NaN is not smaller either
            if bad.any():
                raise ValueError(
                    f"The pre-trained {kind} of {self.words[int(bad.argmax())]!r} holds NaN, "
                    "infinity, or a number beyond float32. Leave the word out, or mend its vector."
                )


def _start(
    vocabulary: Vocabulary,
    found: _Found,
    covered: NDArray[np.bool_],
    settings: Word2VecSettings,
    pretrained: object,
    dtype: np.dtype,
) -> Embeddings:
    """Copy what is known, and draw what is not."""
    rows = np.array([found.row[word] for word in vocabulary.words if word in found.row], np.int64)
    known = found.vectors[rows].astype(dtype)
    lengths = np.linalg.norm(known.astype(np.float64), axis=1)
    if not (lengths > 0).any():
        raise ValueError("All pre-trained vectors of the text's words are zero: nothing to tune.")
    drawn = Embeddings.initial(vocabulary, settings.vector_size, settings.seed, dtype)
    vectors, outputs = drawn.input_vectors, drawn.output_vectors
    rng = np.random.default_rng([settings.seed, 3])  # 1 and 2 draw windows and noise words
    fresh = rng.choice(lengths[lengths > 0], int((~covered).sum()))
    vectors[~covered] = unit(vectors[~covered]) * fresh[:, None]
    vectors[covered] = known
    if settings.objective == "hierarchical-softmax":
        nodes = None
        if isinstance(pretrained, Embeddings) and pretrained.vocabulary == vocabulary:
            nodes = pretrained.node_vectors
            nodes = None if nodes is None else nodes.astype(dtype)
        return Embeddings(vocabulary, vectors, node_vectors=nodes)
    if outputs is not None and found.outputs is not None:
        outputs[covered] = found.outputs[rows]
    return Embeddings(vocabulary, vectors, outputs)


def _extra_rows(
    extras: list[str], found: _Found, settings: Word2VecSettings, dtype: np.dtype
) -> Embeddings | None:
    """Give the vectors of the named words that are not trained."""
    if not extras:
        return None
    for word in extras:
        if word not in found.row:
            raise ValueError(
                f"Neither the vocabulary of the text nor the pre-trained vectors have the extra "
                f"word {word!r}, so nothing could be known of it. Leave it out."
            )
    if settings.objective == "hierarchical-softmax":
        raise ValueError(
            f"The text does not have the extra word {extras[0]!r}, so it would be no leaf of the "
            "Huffman tree. Leave it out, or use negative sampling."
        )
    rows = np.array([found.row[word] for word in extras], np.int64)
    vectors: NDArray[np.floating] = found.vectors[rows].astype(dtype)
    outputs = np.zeros_like(vectors)
    if found.outputs is not None:
        outputs[:] = found.outputs[rows]
    return Embeddings(Vocabulary(extras, [1] * len(extras)), vectors, outputs)


def _joined(one: Embeddings, other: Embeddings) -> Embeddings:
    """Put the rows of the second below those of the first."""
    vectors = np.concatenate([one.input_vectors, other.input_vectors])
    outputs = np.concatenate([one.matrix("out"), other.matrix("out")])
    vocabulary = _joined_vocabulary(one.vocabulary, other.vocabulary)
    return Embeddings(vocabulary, vectors, outputs, losses=one.losses)


def _joined_vocabulary(one: Vocabulary, other: Vocabulary) -> Vocabulary:
    counts = None
    if one.counts is not None:
        counts = np.append(one.counts, other.require_counts())
    return Vocabulary([*one.words, *other.words], counts)


def _count(sentences: Iterable[Sequence[str]]) -> Counter[str]:
    require_reiterable(sentences)
    seen: Counter[str] = Counter()
    for tokens in sentences:
        require_sentence(tokens)
        seen.update(tokens)
    return seen


def _extras(extra_words: Iterable[str]) -> list[str]:
    if isinstance(extra_words, str | bytes):
        raise ValueError(f"extra_words must be a list of words, not the text {extra_words!r}.")
    extras = list(dict.fromkeys(extra_words))
    for word in extras:
        if not isinstance(word, str):
            raise ValueError(f"An extra word must be a string, not {word!r}.")
    return extras


def _require_options(warm_up: object, anchor: object) -> None:
    whole = isinstance(warm_up, int | np.integer) and not isinstance(warm_up, bool)
    if not whole or warm_up < 0:  # type: ignore[operator]
        raise ValueError(f"warm_up must be a whole number of epochs, 0 or more, not {warm_up!r}.")
    number = isinstance(anchor, int | float | np.number)
    if not number or not 0 <= anchor < np.inf:  # type: ignore[operator]
        raise ValueError(f"anchor must be a number of at least 0, not {anchor!r}.")


def _require_kind(pretrained: object) -> None:
    if isinstance(pretrained, Embeddings | str | Path):
        return
    from gensim.models import KeyedVectors, Word2Vec

    if isinstance(pretrained, Word2Vec):
        raise ValueError(
            "pretrained is a whole model. Hand over gensim_impl.to_embeddings(model), which has "
            "its OUT vectors, too, or model.wv."
        )
    if not isinstance(pretrained, KeyedVectors):
        raise ValueError(
            "pretrained must be Embeddings, gensim's KeyedVectors, or the path of a file of "
            f"vectors, not a {type(pretrained).__name__}."
        )
