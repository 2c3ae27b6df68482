"""The figures of the slides of lesson 09: looking at embeddings and judging them."""

import functools

import numpy as np
from gensim.models import Word2Vec
from numpy.typing import NDArray

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    evaluation,
    numpy_impl,
    plots,
)
from course_lib.embeddings import unit
from course_lib.plots import Picture
from course_lib.projections import Projection, project

LINES = [
    "the king wears a golden crown",
    "the queen wears a silver crown",
    "a dog chases the cat",
    "the cat sleeps on a mat",
    "rome is the capital of italy",
]
KINDS = {
    "number": "two three four five six seven eight",
    "country": "france germany italy spain england china russia japan",
    "month": "january february march april june july august october",
    "family": "father mother son daughter brother wife sister",
    "arts": "music novel poetry film song book painting literature",
    "science": "physics chemistry energy theory mathematics science atoms biology",
    "war": "army war battle troops military soldiers forces navy",
}
KIND_OF = {word: kind for kind, words in KINDS.items() for word in words.split()}
SETTINGS = Word2VecSettings(vector_size=32, window=5, alpha=0.1, sample=1e-4, epochs=5)
FIVE = ["the", "wears", "crown", "queen", "king"]
W = np.array([[-0.6, 0.2], [0.2, -0.4], [0.4, 0.2], [1.0, 0.0], [1.0, 1.0]])
# The intervals of section 11 of the lesson, which takes too long for a figure of its own.
COMPARISON = {
    "SG-NS, 5 epochs": ("5 epochs", (0.46, 0.36, 0.55)),
    "SG-NS, 5 epochs (equal time)": ("equal time", (0.46, 0.36, 0.55)),
    "SG-HS, 5 epochs": ("5 epochs", (0.42, 0.31, 0.52)),
    "SG-HS, 4 epochs (equal time)": ("equal time", (0.41, 0.30, 0.51)),
    "CBOW-NS, 5 epochs": ("5 epochs", (0.38, 0.27, 0.48)),
    "CBOW-NS, 14 epochs (equal time)": ("equal time", (0.44, 0.34, 0.54)),
    "CBOW-HS, 5 epochs": ("5 epochs", (0.28, 0.17, 0.39)),
    "CBOW-HS, 14 epochs (equal time)": ("equal time", (0.31, 0.19, 0.42)),
    "GloVe, 5 epochs": ("5 epochs", (0.23, 0.10, 0.34)),
    "GloVe, 2 epochs (equal time)": ("equal time", (0.11, -0.03, 0.23)),
}


def tutorial_after() -> Picture:
    return plots.word_map(
        project(_tutorial().wv.vectors),
        _tutorial().wv.index_to_key,
        title="Nineteen words after training",
        size=(5.6, 3.6),
    )


def tutorial_before() -> Picture:
    return plots.word_map(
        project(_tutorial_start()),
        _tutorial().wv.index_to_key,
        title="The same words before training",
        size=(4.3, 3.7),
    )


def kinds() -> Picture:
    projection = project(_vectors())
    rows = [row for row, word in enumerate(KIND_OF) if word in KINDS[KIND_OF[word]].split()[:4]]
    assert projection.shares is not None  # PCA has them
    held = projection.shares.sum()
    return plots.word_map(
        Projection(projection.points[rows], f"PCA, {held:.0%} of the variance"),
        [list(KIND_OF)[row] for row in rows],
        KIND_OF,
        title="54 words by PCA, four of each kind shown",
        size=(6.9, 3.8),
    )


def perplexities() -> Picture:
    maps = {}
    for perplexity in (3, 10, 30):
        for seed in (1, 2):
            name = f"perplexity {perplexity}, seed {seed}"
            maps[name] = project(
                _vectors(), "tsne", perplexity=perplexity, seed=seed, init="random"
            )
    return plots.projections_grid(
        maps,
        list(KIND_OF),
        KIND_OF,
        title="The same vectors six times: three perplexities, two seeds",
        size=(7.3, 3.7),
    )


def random_heaps() -> Picture:
    noise = np.random.default_rng(1).normal(size=(150, 32))
    maps = {
        f"perplexity {n}": project(noise, "tsne", perplexity=n, seed=1, init="random")
        for n in (2, 5, 30)
    }
    names = [f"vector {number}" for number in range(len(noise))]
    return plots.projections_grid(maps, names, title="Heaps out of nothing", size=(7.4, 2.9))


def lee() -> Picture:
    results = {
        "Lee, WordSim353": _on_lee(),
        "Wikipedia, WordSim353": evaluation.word_similarity(_trained()),
        "Wikipedia, SimLex-999": evaluation.word_similarity(_trained(), "simlex999"),
    }
    return plots.intervals(
        {name: (result.spearman, result.low, result.high) for name, result in results.items()},
        xlabel="Spearman correlation",
        references={"random vectors": 0.0},
        title="With 60 pairs the interval holds nearly everything",
        size=(6.4, 2.6),
    )


def comparison() -> Picture:
    return plots.intervals(
        {name: numbers for name, (_, numbers) in COMPARISON.items()},
        {name: condition for name, (condition, _) in COMPARISON.items()},
        xlabel="Spearman correlation on WordSim353, median",
        references={"random vectors": 0.0},
        title="GloVe and CBOW-HS are behind; the others overlap widely",
        size=(6.9, 3.8),
    )


@functools.cache
def _tutorial() -> Word2Vec:
    """Five sentences and gensim's default settings."""
    return Word2Vec([line.split() for line in LINES], min_count=1, workers=1, seed=1)


def _tutorial_start() -> NDArray:
    """The vectors of the five sentences before training, shape (19, 100)."""
    words = Vocabulary(_tutorial().wv.index_to_key)
    return Embeddings.initial(words, 100, seed=1).input_vectors


@functools.cache
def _trained() -> Embeddings:
    """Skip-gram with negative sampling on the excerpt of Wikipedia, seed 1."""
    return numpy_impl.train_word2vec(datasets.load_corpus("wikipedia"), SETTINGS, progress=False)


@functools.cache
def _on_lee() -> evaluation.SimilarityResult:
    """The score of 20 epochs on the news of Lee."""
    settings = Word2VecSettings(vector_size=32, window=5, alpha=0.1, sample=1e-4, epochs=20)
    news = numpy_impl.train_word2vec(datasets.load_corpus("lee"), settings, progress=False)
    return evaluation.word_similarity(news, n_random=100)


def _vectors() -> NDArray:
    rows = _trained().vocabulary.encode(list(KIND_OF))
    return unit(_trained().input_vectors[rows])
