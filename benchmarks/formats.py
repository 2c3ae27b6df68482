"""Loading a file of GloVe's format: gensim, course_lib for the first time, course_lib again.

    python -m benchmarks formats                  400,000 words of 50 numbers, as in glove.6B.50d
    python -m benchmarks formats --output FILE    also write the table to FILE and FILE.json

Each load runs in a process of its own, one after the other, round by round; only ratios within a
round are compared.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from benchmarks.measure import Spread

NAMES = {
    "gensim": "gensim, KeyedVectors.load_word2vec_format(no_header=True)",
    "first": "course_lib, formats.load_vectors, first load",
    "second": "course_lib, formats.load_vectors, second load",
}


def write_text(path: Path, V: int, d: int) -> None:
    """Write a file that looks like glove.6B: five significant digits, normal numbers.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    V, d : int
        Words, and numbers for each.
    """
    rng = np.random.default_rng(1)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for start in range(0, V, 1000):
            rows = rng.normal(0, 0.4, (min(1000, V - start), d))
            for number, row in enumerate(rows, start):
                file.write(f"word{number} {' '.join(f'{value:.5g}' for value in row)}\n")


def load(name: str, path: Path) -> dict[str, float | None]:
    """Load the file, and tell what that cost beyond the array itself.

    Parameters
    ----------
    name : {"gensim", "first", "second"}
        Who loads it.
    path : pathlib.Path
        The file.

    Returns
    -------
    dict
        Seconds, seconds of the processor, and the memory beyond the array in sizes of the array.
    """
    call: Callable[[], Any]
    if name == "gensim":
        from gensim.models import KeyedVectors

        def call() -> Any:
            return KeyedVectors.load_word2vec_format(str(path), no_header=True).vectors
    else:
        from course_lib import formats

        def call() -> Any:
            return formats.load_vectors(path, progress=False).input_vectors

    busy = time.process_time()
    vectors, cost = measure.cost(call)
    busy = time.process_time() - busy
    extra = None if cost.growth is None else cost.growth / vectors.nbytes - 1
    return {"seconds": cost.seconds, "processor": busy, "extra": extra}


def run(V: int, d: int, rounds: int) -> dict[str, list[dict[str, float | None]]]:
    """Measure all three in turn.

    Parameters
    ----------
    V, d : int
        Words, and numbers for each.
    rounds : int
        How often.

    Returns
    -------
    dict
        For each name what ``load`` gave in each round.
    """
    found: dict[str, list[dict[str, float | None]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.txt"
        write_text(path, V, d)
        for _ in range(rounds):
            for copy in Path(folder).glob("*.cache"):
                copy.unlink()
            for name in NAMES:
                found[name].append(measure.in_child(load, name, path))
    return found


def report(found: dict[str, list[dict[str, float | None]]], title: str) -> str:
    """Make the table.

    Parameters
    ----------
    found : dict
        What ``run`` gave.
    title : str
        What was loaded.

    Returns
    -------
    str
        Markdown.
    """
    lines = [
        f"# Loading {title}",
        "",
        "| loaded by | s | s of the processor | times gensim's speed | memory beyond the array |",
        "|---|---|---|---|---|",
    ]
    for name, rows in found.items():
        times = {
            column: Spread.of([float(row[column] or 0) for row in rows])
            for column in ("seconds", "processor")
        }
        ratios = Spread.of(
            [
                float(other["processor"] or 0) / float(row["processor"] or 1)
                for row, other in zip(rows, found["gensim"], strict=True)
            ]
        )
        extra = [row["extra"] for row in rows if row["extra"] is not None]
        memory = f"{max(extra):+.2f} x its size" if extra else "unknown"
        lines.append(
            f"| {NAMES[name]} | {times['seconds'].median:.3f} | {times['processor'].median:.3f} | "
            f"{ratios.median:.1f} ({ratios.low:.1f} to {ratios.high:.1f}) | {memory} |"
        )
    lines += ["", "Ratios are of the processor's time, round by round.", ""]
    lines += [f"- {name}: {text}" for name, text in measure.machine().items()]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line.

    Returns
    -------
    int
        Exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks formats", description=__doc__)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--dimension", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    found = run(options.words, options.dimension, options.rounds)
    title = f"{options.words:,} words of {options.dimension} numbers, as text"
    text = report(found, title)
    print(text)
    if options.output:
        measure.write_results(options.output, text, {"title": title, "rows": found})
    return 0
