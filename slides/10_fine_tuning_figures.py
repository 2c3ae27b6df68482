"""The figures of the slides of lesson 10: fine-tuning.

What takes 27 trainings is typed here as the lesson prints it: for each place three seeds. A test
compares the two.
"""

import functools
import tempfile
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    formats,
    numpy_impl,
    plots,
)
from course_lib.finetuning import FineTuned
from course_lib.plots import Picture

EPOCHS, SIZES = (2, 6, 16), (30, 100, 300)
AGREEMENT: dict[str, list[list[float]]] = {
    "free": [[0.28, 0.26, 0.25], [0.35, 0.34, 0.34], [0.42, 0.42, 0.41]],
    "lock 0.1": [[0.22, 0.22, 0.21], [0.24, 0.23, 0.23], [0.3, 0.29, 0.29]],
    "from nothing": [[-0.02, 0.02, 0.04], [0.18, 0.18, 0.16], [0.42, 0.42, 0.41]],
    "untouched": [[0.23, 0.23, 0.24], [0.23, 0.23, 0.24], [0.23, 0.23, 0.24]],
}
BY_SIZE: dict[str, list[list[float]]] = {
    "fine-tuned": [[0.18, 0.19, 0.22], [0.32, 0.32, 0.33], [0.42, 0.42, 0.41]],
    "fine-tuned, and the other words": [[0.25, 0.27, 0.27], [0.3, 0.31, 0.31], [0.38, 0.39, 0.38]],
    "from nothing": [[0.15, 0.14, 0.14], [0.27, 0.29, 0.3], [0.42, 0.42, 0.41]],
    "untouched, all its words": [[0.23, 0.23, 0.24], [0.23, 0.23, 0.24], [0.23, 0.23, 0.24]],
}
KEPT: dict[str, list[list[float]]] = {
    "free": [[0.36, 0.35, 0.36], [0.13, 0.13, 0.13], [0.06, 0.05, 0.06]],
    "lock 0.1": [[0.87, 0.87, 0.87], [0.69, 0.69, 0.69], [0.38, 0.38, 0.38]],
}
RIVALS: dict[str, tuple[float, float, float]] = {
    "untouched": (0.23, 0.12, 0.35),
    "new words only": (0.25, 0.14, 0.39),
    "free": (0.42, 0.29, 0.55),
    "lock 0.1": (0.29, 0.18, 0.42),
    "from nothing": (0.41, 0.29, 0.55),
    "tf-idf, no vectors": (0.58, 0.45, 0.68),
}
ASKED = ["test", "bin", "union", "september"]
COMPANY = ["cricket", "match", "soviet", "workers", "august", "attacks", "network", "taliban"]
SENTENCES = [
    "this is the first sentence for word2vec",
    "this is the second sentence",
    "yet another sentence",
    "one more sentence",
    "and the final sentence",
]


def five_sentences() -> Picture:
    before, after, own = _recipe()
    return plots.movement(before, after, own, title="No word has moved", size=(4.5, 3.8))


def four_words() -> Picture:
    tuned = _tuned()
    words = [*ASKED, *COMPANY]
    return plots.movement(
        tuned.start,
        tuned.embeddings,
        words,
        {word: "asked for" if word in ASKED else "others" for word in words},
        size=(6.3, 3.8),
    )


def agreement() -> Picture:
    return plots.repeated_runs(
        EPOCHS,
        _runs(AGREEMENT),
        xlabel="epochs on the news",
        ylabel="correlation with people",
        title="The start is worth many epochs, and is caught up with",
        size=(6.6, 3.6),
    )


def rivals() -> Picture:
    return plots.intervals(
        RIVALS,
        xlabel="correlation with people",
        interval="95%",
        title="Mean of three seeds",
        size=(4.2, 3.2),
    )


def sizes() -> Picture:
    return plots.repeated_runs(
        SIZES,
        _runs(BY_SIZE),
        xlabel="news documents to train on",
        ylabel="correlation with people",
        title="The less text, the more a start is worth",
        size=(6.6, 3.1),
    )


def kept() -> Picture:
    return plots.repeated_runs(
        EPOCHS,
        _runs(KEPT),
        xlabel="epochs on the news",
        ylabel="neighbours kept",
        title="Every epoch costs neighbours; a lock slows it down",
        size=(6.6, 3.1),
    )


def _runs(columns: dict[str, list[list[float]]]) -> dict[str, np.ndarray]:
    """Turn places of three seeds into seeds of three places."""
    return {name: np.transpose(values) for name, values in columns.items()}


@functools.cache
def _base() -> Embeddings:
    settings = Word2VecSettings(vector_size=50, sample=1e-4, epochs=6)
    return numpy_impl.train_word2vec(datasets.load_corpus("wikipedia"), settings, progress=False)


@functools.cache
def _tuned() -> FineTuned:
    settings = Word2VecSettings(vector_size=50, min_count=2, epochs=6)
    return numpy_impl.fine_tune(_base(), datasets.load_corpus("lee"), settings, progress=False)


@functools.cache
def _recipe() -> tuple[Embeddings, Embeddings, list[str]]:
    """Follow the recipe of section 2; give the vectors before and after, and the file's words."""
    sentences = [sentence.split() for sentence in SENTENCES]
    base = _base()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "published.txt"
        formats.save_vectors(path, base.vocabulary.words, base.input_vectors, "word2vec-text")
        pretrained = KeyedVectors.load_word2vec_format(str(path))
        model = Word2Vec(vector_size=50, min_count=1, seed=1, workers=1)
        model.build_vocab(sentences)
        total, own = model.corpus_count, list(model.wv.index_to_key)
        model.build_vocab([list(pretrained.key_to_index)], update=True)
        model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)
        model.wv.intersect_word2vec_format(str(path), lockf=1.0, binary=False)
    words, before = Vocabulary(model.wv.index_to_key), model.wv.vectors.copy()
    model.train(sentences, total_examples=total, epochs=model.epochs)
    known = [word for word in own if word in pretrained]
    return Embeddings(words, before), Embeddings(words, model.wv.vectors), known
