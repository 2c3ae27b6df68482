"""GloVe beside compiled peers: counts trained a second, and words counted a second.

The peers are ``glove_step.c`` and ``count_pairs.cpp``, built by gcc and g++ with -O3 and
-march=native when the benchmark starts, and SciPy. In a round all run once, in turns.
``make bench ARGS=glove``; other corpora with ``ARGS="glove --corpus text8"``.
"""

import argparse
import ctypes
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.measure import Spread, speed_ratios
from course_lib import GloveSettings, Vocabulary, datasets
from course_lib.cooccurrences import count_cooccurrences
from course_lib.glove_training import glove_start, train_in_blocks, weighted_entries
from course_lib.numpy_impl.glove import build_model, compiled_block

HERE = Path(__file__).parent
ENTRY = np.dtype([("center", np.int32), ("context", np.int32), ("count", np.float64)])


def built(compiler: str, source: str, folder: str) -> ctypes.CDLL:
    """Compile a peer and load it."""
    library = Path(folder) / f"{source}.so"
    options = ["-O3", "-march=native", "-funroll-loops", "-shared", "-fPIC"]
    subprocess.run([compiler, *options, HERE / source, "-o", library, "-lm"], check=True)
    return ctypes.CDLL(str(library))


def by_c(
    library: ctypes.CDLL, matrix: sparse.csr_array, settings: GloveSettings
) -> Callable[[], None]:
    """Prepare an epoch of the C program: the counts in parts of equal size, one for each thread."""
    counts = matrix.tocoo()
    order = np.random.default_rng(1).permutation(counts.nnz)
    entries = np.empty(counts.nnz, ENTRY)
    entries["center"], entries["context"] = (each[order] for each in counts.coords)
    entries["count"] = counts.data[order]
    V, d = matrix.shape[0], settings.vector_size
    numbers = (np.random.default_rng(1).random((2 * V, d + 1)) - 0.5) / d
    squares = np.ones_like(numbers)
    library.train.restype = ctypes.c_double

    def train(part: NDArray) -> float:
        return library.train(
            ctypes.c_void_p(part.ctypes.data), ctypes.c_long(len(part)),
            ctypes.c_void_p(numbers.ctypes.data), ctypes.c_void_p(squares.ctypes.data),
            ctypes.c_long(V), ctypes.c_int(d), ctypes.c_double(settings.learning_rate),
            ctypes.c_double(settings.x_max), ctypes.c_double(settings.alpha),
        )  # fmt: skip

    def epoch() -> None:
        with ThreadPoolExecutor(settings.workers) as threads:
            list(threads.map(train, np.array_split(entries, settings.workers)))

    return epoch


def by_numpy(
    matrix: sparse.csr_array, vocabulary: Vocabulary, settings: GloveSettings
) -> Callable[[], None]:
    """Prepare an epoch of our compiled loop."""
    entries = weighted_entries(matrix, vocabulary, settings)
    model = build_model(glove_start(vocabulary, settings))
    train_block = compiled_block(settings.vector_size)
    rate = np.float32(settings.learning_rate)
    train_block(model, entries[:0], rate)  # compiled now

    def epoch() -> None:
        train_in_blocks(
            lambda block: train_block(model, block, rate),
            entries, settings, progress=False, workers=settings.workers,
        )  # fmt: skip

    return epoch


def by_scipy(words: NDArray[np.int32], window: int, V: int) -> sparse.csr_array:
    """Count by sums of NumPy's and SciPy's."""
    total = sparse.csr_array((V, V))
    for distance in range(1, window + 1):
        known = np.ones(max(0, len(words) - distance), bool)
        for between in range(distance + 1):  # no sentence ends in between
            known &= words[between : len(words) - distance + between] >= 0
        pairs = words[distance:][known], words[:-distance][known]
        weights = np.full(len(pairs[0]), 1 / distance)
        left = sparse.coo_array((weights, pairs), shape=(V, V)).tocsr()
        total = total + left + left.T.tocsr()
    return total


def rounds(calls: dict[str, Callable[[], Any]], count: int) -> dict[str, dict[int, float]]:
    """Time all calls in turns; the seconds by name and round."""
    seconds: dict[str, dict[int, float]] = {name: {} for name in calls}
    for number in range(count):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name][number] = time.perf_counter() - start
    return seconds


def report(title: str, seconds: dict[str, dict[int, float]], work: int, reference: str) -> str:
    """Write a table in Markdown."""
    lines = [f"## {title}", "", f"| | a second | times {reference} |", "|---|--:|--:|"]
    for name, each in seconds.items():
        ratio = speed_ratios(each, seconds[reference]) or Spread(1, 1, 1)
        speed = work / Spread.of(list(each.values())).median
        spread = f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
        lines.append(f"| {name} | {speed:,.0f} | {spread} |")
    return "\n".join([*lines, ""])


def main(arguments: list[str] | None = None) -> int:
    """Read the options, measure, and print two tables."""
    parser = argparse.ArgumentParser(prog="benchmarks glove", description=__doc__)
    parser.add_argument("--corpus", default="wikipedia", help="name or path (default: wikipedia)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vector-size", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args(arguments)
    settings = GloveSettings(
        vector_size=options.vector_size, epochs=1, min_count=2, workers=options.workers
    )
    text = datasets.load_corpus(options.corpus)
    vocabulary = Vocabulary.from_sentences(text, settings.min_count)
    matrix = count_cooccurrences(text, vocabulary, settings.window, progress=False)
    words = np.concatenate([[*vocabulary.encode(tokens), -1] for tokens in text]).astype(np.int32)
    with tempfile.TemporaryDirectory() as folder:
        counter = built("g++", "count_pairs.cpp", folder)
        counter.count_pairs.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]
        counting = {
            "C++, unordered_map": lambda: counter.count_pairs(
                words.ctypes.data, len(words), settings.window
            ),
            "SciPy, sums of triples": lambda: by_scipy(words, settings.window, len(vocabulary)),
            "ours, words looked up too": lambda: count_cooccurrences(
                text, vocabulary, settings.window, progress=False
            ),
        }
        title = f"Words counted, window {settings.window}"
        print(report(title, rounds(counting, options.rounds), len(words), "C++, unordered_map"))
        training = {
            "C": by_c(built("gcc", "glove_step.c", folder), matrix, settings),
            "ours": by_numpy(matrix, vocabulary, settings),
        }
        title = f"Counts trained, d = {settings.vector_size}, {settings.workers} threads"
        print(report(title, rounds(training, options.rounds), matrix.nnz, "C"))
    return 0
