"""The settings of a training run: a frozen, validated object for word2vec, and one for GloVe."""

import math
from dataclasses import dataclass
from numbers import Real

import numpy as np

ARCHITECTURES = ("skip-gram", "cbow")
OBJECTIVES = ("negative-sampling", "hierarchical-softmax", "softmax")
LARGEST_WINDOW = 1_000_000  # of GloVe's counts: so many words are kept from one chunk to the next
LARGEST = 2**31 - 1  # what gensim's C code takes; beyond it, its training waits for ever


class _Checked:
    """Checks of single settings; what passes is stored as Python's own."""

    def _require_choice(self, name: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")

    def _require_integer(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        limits = f"from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise ValueError(f"{name} must be a whole number {limits}, not {value!r}.")
        if not low <= value <= high:
            raise ValueError(f"{name} must be {limits}, not {value!r}.")
        # Python's own: products of NumPy's small types overflow
        object.__setattr__(self, name, int(value))

    def _require_number(self, name: str) -> None:
        value = getattr(self, name)
        try:
            finite = isinstance(value, Real) and math.isfinite(value)
        except OverflowError:  # an int beyond the floats
            finite = False
        if isinstance(value, bool) or not finite:
            raise ValueError(f"{name} must be a finite number, not {value!r:.40}.")
        object.__setattr__(self, name, float(value))

    def _require_bool(self, name: str) -> None:
        value = getattr(self, name)
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name} must be True or False, not {value!r}.")
        object.__setattr__(self, name, bool(value))


@dataclass(frozen=True, kw_only=True)
class Word2VecSettings(_Checked):
    """What word2vec is to train, and how, by gensim's parameter names.

    The object is frozen: make a changed copy with ``dataclasses.replace(settings, epochs=20)``.
    It holds Python's own numbers: NumPy's are converted.

    Parameters
    ----------
    architecture : {"skip-gram", "cbow"}
        Predict each context word from the centre word, or the centre word from its context
        (Mikolov et al. 2013a, figure 1). gensim's ``sg=1`` and ``sg=0``.
    objective : {"negative-sampling", "hierarchical-softmax", "softmax"}
        How a prediction is scored: against sampled noise words (Mikolov et al. 2013b, equation
        4), along the path in a Huffman tree (equation 3), or against the whole vocabulary
        (equation 2). Exactly one: gensim's ``hs=1`` beside ``negative=5`` trains both at once.
    vector_size : int
        Length d of a word vector, at least 1.
    window : int
        Largest distance between a centre word and a context word, at least 1.
    min_count : int
        Words seen fewer times than this are left out of the vocabulary, at least 1.
    negative : int
        Noise words for each prediction, at least 1. Read by negative sampling only.
    ns_exponent : float
        Noise words are drawn in proportion to ``count ** ns_exponent``; any finite number.
    shared_negatives : bool
        Skip-gram with negative sampling in ``numpy_impl`` and ``torch_impl``: draw the noise words
        once for each window instead of once for each of its context words, and move the vectors
        once a window, or once for several windows (Ji et al. 2016, arXiv:1604.04661, section 3).
        Much faster, and as good; the vectors are no longer gensim's.
    sample : float
        Subsampling threshold t, a share of the tokens; 0 switches subsampling off. From 1 on it is
        read as a count, as gensim does; see ``Vocabulary.keep_probabilities``.
    alpha, min_alpha : float
        The learning rate at the start and at the end of the training; it falls linearly in between.
        ``0 < min_alpha <= alpha``.
    epochs : int
        Passes over the text, at least 1.
    cbow_mean : bool
        CBOW's hidden vector is the mean (True) or the sum (False) of the context's IN vectors.
    shrink_windows : bool
        Draw the window of each centre word anew, uniformly from 1 to ``window``.
    seed : int
        Seed of every random choice, 0 to 2**32 - 1.
    workers : int
        Threads, at least 1. Only ``workers=1`` gives the same vectors each time.
    exact : bool
        Negative sampling and hierarchical softmax of ``numpy_impl``: form every sum by the BLAS
        routines that gensim calls, so that with ``workers=1`` all bits of the vectors are gensim's.
        Slower; otherwise they agree to rounding.
    batch_size : int, optional
        Predictions in one step of training in batches, at least 1: pairs for skip-gram, windows for
        CBOW and for shared negatives. The full softmax goes in batches, and so does all that
        ``torch_impl`` trains. Left out, it is 64 for the softmax; for the others ``torch_impl``
        chooses up to 1024, fewer where the vocabulary is small or ``alpha`` large. ``numpy_impl``
        makes a step of each prediction (with shared negatives, of each window) for those, as
        gensim does, and does not read it.

    Raises
    ------
    ValueError
        A value is of the wrong type or out of range; the message names the setting.

    Examples
    --------
    >>> Word2VecSettings(objective="softmax", vector_size=12).vector_size
    12
    """

    architecture: str = "skip-gram"
    objective: str = "negative-sampling"
    vector_size: int = 100
    window: int = 5
    min_count: int = 5
    negative: int = 5
    ns_exponent: float = 0.75
    shared_negatives: bool = False
    sample: float = 1e-3
    alpha: float = 0.025
    min_alpha: float = 1e-4
    epochs: int = 5
    cbow_mean: bool = True
    shrink_windows: bool = True
    seed: int = 1
    workers: int = 1
    exact: bool = False
    batch_size: int | None = None

    def __post_init__(self) -> None:
        """Refuse each wrong value by name."""
        self._require_choice("architecture", ARCHITECTURES)
        self._require_choice("objective", OBJECTIVES)
        counted = ("vector_size", "window", "min_count", "negative", "epochs", "workers")
        for name in counted:
            self._require_integer(name, 1, LARGEST)
        if self.batch_size is not None:
            self._require_integer("batch_size", 1, LARGEST)
        self._require_integer("seed", 0, 2**32 - 1)
        for name in ("ns_exponent", "sample", "alpha", "min_alpha"):
            self._require_number(name)
        for name in ("cbow_mean", "shrink_windows", "exact", "shared_negatives"):
            self._require_bool(name)
        if self.sample < 0:
            raise ValueError(
                f"sample must be at least 0 (no subsampling), not {self.sample}: it is a share "
                "of the tokens, usually 1e-3 to 1e-5."
            )
        self._require_use_of_negatives()
        if not 0 < self.min_alpha <= self.alpha:
            raise ValueError(
                "alpha and min_alpha must satisfy 0 < min_alpha <= alpha, "
                f"not min_alpha={self.min_alpha}, alpha={self.alpha}."
            )

    def _require_use_of_negatives(self) -> None:
        default = type(self).negative
        if self.objective == "softmax" and self.negative != default:
            raise ValueError(
                f"The full softmax draws no noise words, so negative={self.negative} means nothing "
                f'there. Leave it at {default}, or use objective="negative-sampling".'
            )
        uses = (self.architecture, self.objective, self.exact)
        if self.shared_negatives and uses != ("skip-gram", "negative-sampling", False):
            raise ValueError(
                "shared_negatives shares the noise words of a window among its context words. That "
                'needs architecture="skip-gram", objective="negative-sampling" and exact=False.'
            )


@dataclass(frozen=True, kw_only=True)
class GloveSettings(_Checked):
    """What GloVe is to count and to train, and how.

    The window of 10 is that of the paper (Pennington et al. 2014, section 4.2), as are ``x_max``,
    ``alpha`` and ``learning_rate``, which are the defaults of Stanford's programs, too. Their other
    defaults differ: 50 dimensions, a window of 15, ``min_count`` 1, and 25 epochs (15 in their
    demo, 50 to 100 in the paper).

    These values are for billions of tokens. From a small text they learn next to nothing, since its
    counts weigh little and the steps are short. Lesson 07 measures it on 438,000 tokens (d = 32,
    six epochs, ``matrix("sum")`` against WordSim353): with the paper's values the rank correlation
    is -0.04, with ``learning_rate=0.5`` it is 0.12, and with ``x_max=10``, too, 0.27. One in a
    hundred of its counts reaches 10. More epochs help as well.

    Parameters
    ----------
    vector_size : int
        Length d of a word vector, at least 1.
    window : int
        Largest distance between a centre word and a context word, at least 1.
    min_count : int
        Words seen fewer times than this are left out of the vocabulary, at least 1.
    max_size : int, optional
        Most words in the vocabulary, at least 1; the most frequent ones are kept.
    symmetric : bool
        Count the context on both sides of the centre word, or only on its left.
    x_max, alpha : float
        The weight of a count x is ``min(1, (x / x_max) ** alpha)`` (equation 9). Both above 0.
        (word2vec's ``alpha`` is another thing: its learning rate.)
    learning_rate : float
        The first step is this times the gradient, above 0; AdaGrad shortens the later ones.
    epochs : int
        Passes over the counts, at least 1.
    seed : int
        Seed of the start vectors and of the order of the counts, 0 to 2**32 - 1.
    workers : int
        Threads of ``numpy_impl``, at least 1. Only ``workers=1`` gives the same vectors each time.
    batch_size : int, optional
        Counts in one step, at least 1. Left out, ``numpy_impl`` makes a step of each, as Stanford
        does, and ``torch_impl`` one of 1024. Both take the same steps where it is given.

    Raises
    ------
    ValueError
        A value is of the wrong type or out of range; the message names the setting.

    Examples
    --------
    >>> GloveSettings(vector_size=50, window=15).x_max
    100.0
    """

    vector_size: int = 100
    window: int = 10
    min_count: int = 5
    max_size: int | None = None
    symmetric: bool = True
    x_max: float = 100.0
    alpha: float = 0.75
    learning_rate: float = 0.05
    epochs: int = 15
    seed: int = 1
    workers: int = 1
    batch_size: int | None = None

    def __post_init__(self) -> None:
        """Refuse each wrong value by name."""
        for name in ("vector_size", "min_count", "epochs", "workers"):
            self._require_integer(name, 1, LARGEST)
        self._require_integer("window", 1, LARGEST_WINDOW)
        for name in ("max_size", "batch_size"):
            if getattr(self, name) is not None:
                self._require_integer(name, 1, LARGEST)
        self._require_integer("seed", 0, 2**32 - 1)
        self._require_bool("symmetric")
        for name in ("x_max", "alpha", "learning_rate"):
            self._require_number(name)
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, not {getattr(self, name)}.")
