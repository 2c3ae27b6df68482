"""The figures of the slides of lesson 07: GloVe."""

import functools

import numpy as np
from scipy import sparse

from course_lib import Embeddings, GloveSettings, Vocabulary, datasets, numpy_impl, plots
from course_lib.cooccurrences import count_cooccurrences
from course_lib.plots import Picture

PROBES = ["caspian", "gulf", "ocean", "which", "area", "state"]
FIVE = Vocabulary(["king", "queen", "wears", "the", "crown"])
LINES = ["king crown", "the king wears the crown", "the queen wears the crown"]
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_OUT = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])
B, B_OUT = np.full(5, 0.1), np.full(5, 0.2)
KING, CROWN = 0, 4
X_MAX, ETA = 2.0, 0.5
# The runs of section 11 of the lesson.
SETTINGS = GloveSettings(vector_size=32, window=10, x_max=10, learning_rate=0.5, epochs=6)


def ratios() -> Picture:
    sea, land = _company("sea"), _company("land")
    rows = _vocabulary().encode(PROBES)
    return plots.bars(
        np.log((sea / sea.sum())[rows] / (land / land.sum())[rows]),
        PROBES,
        ylabel="log of the ratio",
        title="Up: sea. Down: land. Near 0: both, or neither",
        size=(5.8, 2.9),
    )


def weighting() -> Picture:
    return plots.glove_weighting(
        _counted().data, title="Nearly all counts weigh little", size=(4.2, 3.4)
    )


def adagrad() -> Picture:
    return plots.loss_curve(
        _adagrad_steps(),
        xlabel="step",
        ylabel="length of the step",
        title="The same gradient, ever shorter steps",
        size=(4.2, 3.2),
    )


def loss_curve() -> Picture:
    zeros = np.zeros((len(_vocabulary()), SETTINGS.vector_size), np.float32)
    runs = {
        name: numpy_impl.train_glove(
            _counted(), SETTINGS, vocabulary=_vocabulary(), initial=initial, progress=False
        )
        for name, initial in [
            ("vectors and biases", None),
            ("biases only", Embeddings(_vocabulary(), zeros, zeros)),
        ]
    }
    return plots.loss_curve(
        {name: run.losses for name, run in runs.items()},
        ylabel="mean loss of a count",
        title="Biases explain much, vectors part of the rest",
        size=(4.2, 3.4),
    )


def _adagrad_steps() -> list[float]:
    """Lengths of 100 steps with the gradient 2."""
    return [ETA * 2 / np.sqrt(1 + number * (ETA * 2) ** 2) for number in range(1, 101)]


def _five_counts() -> np.ndarray:
    """Give the counts of the three lines, shape (5, 5)."""
    text = [line.split() for line in LINES]
    return count_cooccurrences(text, FIVE, window=4, progress=False).toarray()


def _company(word: str) -> np.ndarray:
    """Give the counts around a word, shape (V,)."""
    return _counted()[[_vocabulary().index(word)]].toarray()[0]


@functools.cache
def _vocabulary() -> Vocabulary:
    """Give the words of the Wikipedia excerpt."""
    return Vocabulary.from_sentences(datasets.load_corpus("wikipedia"), min_count=5)


@functools.cache
def _counted() -> sparse.csr_array:
    """Count the Wikipedia excerpt, window 10."""
    wikipedia = datasets.load_corpus("wikipedia")
    return count_cooccurrences(wikipedia, _vocabulary(), window=10, progress=False)
