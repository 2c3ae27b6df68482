import ctypes
import shutil

import numpy as np
import pytest

from benchmarks import glove
from course_lib import GloveSettings, Vocabulary, datasets, numpy_impl
from course_lib.cooccurrences import count_cooccurrences

pytestmark = pytest.mark.skipif(
    not (shutil.which("gcc") and shutil.which("g++")), reason="needs gcc and g++"
)


@pytest.fixture(scope="module")
def text():
    sentences = datasets.load_corpus("lee")[:10]
    vocabulary = Vocabulary.from_sentences(sentences, 2)
    words = np.concatenate([[*vocabulary.encode(each), -1] for each in sentences])
    counts = count_cooccurrences(sentences, vocabulary, 4, progress=False)
    return vocabulary, words.astype(np.int32), counts


def test_the_peers_count_what_we_count(text, tmp_path):
    vocabulary, words, counts = text
    assert abs(glove.by_scipy(words, 4, len(vocabulary)) - counts).max() < 1e-12
    library = glove.built("g++", "count_pairs.cpp", str(tmp_path))
    library.count_pairs.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]
    assert library.count_pairs(words.ctypes.data, len(words), 4) == counts.nnz


def test_the_peer_trains_what_we_train(text, tmp_path):
    """Its roots lag by one square; that makes hardly a difference."""
    vocabulary, _, counts = text
    V, d = len(vocabulary), 6
    settings = GloveSettings(vector_size=d, epochs=5)
    library = glove.built("gcc", "glove_step.c", str(tmp_path))
    library.train.restype = ctypes.c_double
    entries = np.empty(counts.nnz, glove.ENTRY)
    order = np.random.default_rng(1).permutation(counts.nnz)
    entries["center"], entries["context"] = (each[order] for each in counts.tocoo().coords)
    entries["count"] = counts.data[order]
    numbers = (np.random.default_rng(1).random((2 * V, d + 1)) - 0.5) / d
    squares = np.ones_like(numbers)
    losses = [
        library.train(
            ctypes.c_void_p(entries.ctypes.data), ctypes.c_long(len(entries)),
            ctypes.c_void_p(numbers.ctypes.data), ctypes.c_void_p(squares.ctypes.data),
            ctypes.c_long(V), ctypes.c_int(d),
            ctypes.c_double(0.05), ctypes.c_double(100), ctypes.c_double(0.75),
        ) / len(entries)
        for _ in range(5)
    ]  # fmt: skip
    ours = numpy_impl.train_glove(counts, settings, vocabulary=vocabulary, progress=False)
    np.testing.assert_allclose(ours.losses, losses, rtol=0.02)


def test_the_table_compares_round_by_round():
    seconds = {"C": {0: 2.0, 1: 4.0, 2: 6.0}, "ours": {0: 1.0, 1: 1.0, 2: 2.0}}
    table = glove.report("Counts", seconds, 100, "C")
    assert "| C | 25 | 1.00 (1.00 to 1.00) |" in table
    assert "| ours | 100 | 3.00 (2.00 to 4.00) |" in table
