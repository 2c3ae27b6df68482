"""Speed, memory and quality of word2vec: gensim, our NumPy and PyTorch backends, and a text book's.

Each measurement is one training, the counting of the words included, in a process of its own. In a
round every trainer runs once, so that what slows the machine for a while slows all of them alike.
``python -m benchmarks --help`` lists the options.
"""

import argparse
import dataclasses
import os
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gensim.models import Word2Vec

from benchmarks import corpora, measure, quality
from benchmarks.d2l import train_d2l
from course_lib import (
    Embeddings,
    Word2VecSettings,
    evaluation,
    gensim_impl,
    numpy_impl,
    torch_impl,
)
from course_lib.progress import progress_bar

RESULTS = Path(__file__).with_name("results.md")
Text = Iterable[list[str]]


def by_gensim(text: Text, settings: Word2VecSettings) -> Word2Vec:
    """Train by a plain call of gensim's, without anything of ours."""
    return Word2Vec(text, **gensim_impl.arguments(settings))


def by_numpy(text: Text, settings: Word2VecSettings) -> Embeddings:
    """Train by our compiled loops."""
    return numpy_impl.train_word2vec(text, settings, progress=False)


def by_torch(text: Text, settings: Word2VecSettings) -> Embeddings:
    """Train by our PyTorch backend."""
    return torch_impl.train_word2vec(text, settings, progress=False)


class Trainer(NamedTuple):
    """A row of the table."""

    name: str
    train: Callable[[Text, Word2VecSettings], Any]
    changed: dict[str, Any] = {}  # noqa: RUF012  settings of its own; never written to
    compiles: bool = False
    rounds: int | None = None  # fewer than the others, where it is slow


REFERENCE = Trainer("gensim", by_gensim)
OURS = Trainer("ours, NumPy", by_numpy, compiles=True)
SHARED = Trainer("ours, shared negatives", by_numpy, {"shared_negatives": True}, compiles=True)
PAIR = (REFERENCE, OURS)


def two_threads(trainer: Trainer) -> Trainer:
    """Make the same row for two threads."""
    changed = trainer.changed | {"workers": 2}
    return trainer._replace(name=f"{trainer.name}, 2 threads", changed=changed, compiles=False)


# For each table the architecture, the objective, and the trainers: gensim with one thread first.
TABLES: dict[tuple[str, str], tuple[Trainer, ...]] = {
    ("skip-gram", "negative-sampling"): (
        REFERENCE,
        two_threads(REFERENCE),
        Trainer("ours, gensim's bits", by_numpy, {"exact": True}, compiles=True),
        OURS,
        two_threads(OURS),
        SHARED,
        two_threads(SHARED),
        Trainer("ours, PyTorch", by_torch),
        Trainer("ours, PyTorch, shared negatives", by_torch, {"shared_negatives": True}),
        # Nearer to what D2L's way learns in as many epochs; its own rate stands in d2l.py.
        Trainer(
            "ours, PyTorch, shared negatives, alpha 0.05",
            by_torch,
            {"shared_negatives": True, "alpha": 0.05},
        ),
        Trainer("D2L's way (PyTorch)", train_d2l, rounds=1),
    ),
    ("cbow", "negative-sampling"): PAIR,
    ("skip-gram", "hierarchical-softmax"): PAIR,
    ("cbow", "hierarchical-softmax"): PAIR,
}


def jobs() -> list[tuple[str, str, Trainer]]:
    """List all rows of all tables."""
    return [(*table, trainer) for table, trainers in TABLES.items() for trainer in trainers]


def settings_of(
    usual: Word2VecSettings, architecture: str, objective: str, trainer: Trainer
) -> Any:
    """Give the settings of a row."""
    changed = {"architecture": architecture, "objective": objective, **trainer.changed}
    return dataclasses.replace(usual, **changed)


# In the child process


def first_call(train: Callable, settings: Word2VecSettings) -> float:
    """Time a training of next to nothing: what has to be compiled is compiled now."""
    start = time.perf_counter()
    text = [[f"w{number}" for number in range(50)]] * 2  # too few words, and D2L finds no noise
    train(text, dataclasses.replace(settings, min_count=1, epochs=1, sample=0))
    return time.perf_counter() - start


def trained(
    train: Callable, settings: Word2VecSettings, corpus: tuple[str, int | None], judged: bool
) -> dict[str, Any]:
    """Train once; give words a second, memory, and if asked for, the quality."""
    text, held_out = corpora.parts(*corpus)
    first_call(train, settings)
    model, cost = measure.cost(lambda: train(text, settings))
    embeddings = gensim_impl.to_embeddings(model) if isinstance(model, Word2Vec) else model
    tokens = int(embeddings.vocabulary.require_counts().sum())
    told = dataclasses.asdict(cost) | {"words": tokens * settings.epochs, "V": len(embeddings)}
    if judged:
        told["loss"] = quality.held_out_loss(embeddings, held_out, settings)
        similarity = evaluation.word_similarity(embeddings, n_bootstrap=1, n_random=0)
        told["wordsim"] = None if similarity.problem else similarity.spearman
        told["pairs"] = similarity.covered
    return told


# In the parent


def run(
    usual: Word2VecSettings,
    corpus: tuple[str, int | None],
    rounds: int,
    skip: Sequence[str],
    save: Callable[[dict], None],
    first_calls: bool = True,
) -> None:
    """Measure all rows in each round; save what there is after each measurement."""
    listed = [job for job in jobs() if not any(part in job[2].name for part in skip)]
    results: dict[str, Any] = {
        "machine": measure.machine(),
        "corpus": corpus[0] if corpus[1] is None else f"made up, {corpus[1]:,} words",
        "rounds": rounds,
        "settings": dataclasses.asdict(usual),
        "rows": [
            {"architecture": architecture, "objective": objective, "name": trainer.name, "runs": []}
            for architecture, objective, trainer in listed
        ],
    }
    pending = [
        (number, row, job)
        for number in range(not first_calls, rounds + 1)  # 0: the first call
        for row, job in zip(results["rows"], listed, strict=True)
        if (job[2].compiles if number == 0 else number <= (job[2].rounds or rounds))
    ]
    with progress_bar(True, total=len(pending), unit=" trainings") as bar:
        for number, row, job in pending:
            bar.set_description(f"round {number}: {job[0]}, {job[1]}, {job[2].name}")
            if "error" not in row:
                _measure(row, number, usual, job, corpus)
                save(results)
            bar.update()


def _measure(row: dict, number: int, usual: Any, job: tuple, corpus: tuple) -> None:
    train = job[2].train
    try:
        settings = settings_of(usual, *job)
        if number == 0:
            row["first_call"] = measure.in_child(first_call, train, settings)
        else:
            told = measure.in_child(trained, train, settings, corpus, number == 1)
            row["runs"].append({"round": number, **told})
    except (measure.ChildError, TypeError, ValueError) as error:
        row["error"] = str(error)  # one trainer that fails does not spoil the evening


# The table


def report(results: dict[str, Any]) -> str:
    """Write the tables in Markdown."""
    rounds = [run["round"] for row in results["rows"] for run in row["runs"]]
    done = max(rounds, default=0)
    settings = results["settings"]
    usual = ", ".join(
        f"{name} {settings[name]}"
        for name in ("vector_size", "window", "negative", "min_count", "sample", "alpha", "epochs")
    )
    lines = [
        "# word2vec side by side",
        "",
        "Made by `make bench`; do not edit. How it is measured, and what the columns mean, stands "
        "below the tables.",
        "",
        *(f"- {name}: {told}" for name, told in results["machine"].items()),
        f"- corpus: {results['corpus']}, {_seen(results)}",
        f"- settings: {usual}",
        f"- rounds: {done}" + f" of {results['rounds']}; unfinished" * (done < results["rounds"]),
    ]
    for architecture, objective in TABLES:
        lines += ["", f"## {architecture}, {objective.replace('-', ' ')}", "", *HEADER]
        rows = [
            row
            for row in results["rows"]
            if (row["architecture"], row["objective"]) == (architecture, objective)
        ]
        lines += [_line(row, rows[0]) for row in rows] + _against_d2l(rows)
    return "\n".join([*lines, "", *NOTES])


HEADER = (
    "| trainer | words a second | times gensim (lowest to highest) | memory (MiB) | in all (MiB) | "
    "held-out loss | WordSim353 (pairs) | first call (s) |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
)
NOTES = (
    "**Words a second**: words of the vocabulary in the text, times epochs, over the wall time of "
    "the whole call; the middle of all rounds. "
    "**Times gensim**: against gensim with one thread in the same round. "
    "**Memory**: at the peak, beyond what the process held when the call began (modules and text), "
    "and the peak in all; helper processes are not counted. "
    "**Held-out loss**: nats a prediction on text that nobody trained on, in float64 and the same "
    "for all rows of a table. "
    "**WordSim353**: Spearman's correlation with people's judgements, over the pairs that are in "
    "the vocabulary. "
    "**First call**: a training of 100 words with nothing compiled before; it is not part of the "
    "other times.",
)


def _seen(results: dict[str, Any]) -> str:
    runs = [run for row in results["rows"] for run in row["runs"]]
    if not runs:
        return "nothing measured yet"
    words = runs[0]["words"] // results["settings"]["epochs"]
    return f"{words:,} known words to train on, {runs[0]['V']:,} different ones"


def _line(row: dict[str, Any], reference: dict[str, Any]) -> str:
    runs = row["runs"]
    if "error" in row:
        why = textwrap.shorten(row["error"], 90).replace("|", "/")
        return f"| {row['name']} | not measured: {why} |" + " |" * 6
    if not runs:
        return f"| {row['name']} | not yet |" + " |" * 6
    speed = measure.Spread.of([run["words"] / run["seconds"] for run in runs]).median
    ratio = measure.speed_ratios(_seconds(row), _seconds(reference))
    times = "-" if ratio is None else f"{ratio.median:.2f} ({ratio.low:.2f} to {ratio.high:.2f})"
    memory = [
        "-" if None in found else f"{measure.Spread.of(found).median / measure.MIB:.0f}"
        for found in ([run[name] for run in runs] for name in ("growth", "peak"))
    ]
    judged = runs[0]
    cells = [
        row["name"],
        f"{speed:,.0f}",
        times,
        *memory,
        "-" if judged["loss"] is None else f"{judged['loss']:.3f}",
        "-" if judged["wordsim"] is None else f"{judged['wordsim']:.2f} ({judged['pairs']})",
        f"{row['first_call']:.1f}" if "first_call" in row else "",
    ]
    return "| " + " | ".join(cells) + " |"


def _against_d2l(rows: list[dict[str, Any]]) -> list[str]:
    """Say how many times D2L's speed each of our PyTorch rows has, in the rounds that both have."""
    peers = [row for row in rows if row["name"].startswith("D2L")]
    ours = [row for row in rows if row["name"].startswith("ours, PyTorch")]
    told = []
    for row in ours if peers else []:
        ratio = measure.speed_ratios(_seconds(row), _seconds(peers[0]))
        if ratio is not None:
            told.append(
                f"- {row['name']}: {ratio.median:.1f} ({ratio.low:.1f} to {ratio.high:.1f})"
            )
    return ["", "Times D2L's way, lowest to highest in brackets:", "", *told] if told else []


def _seconds(row: dict[str, Any]) -> dict[int, float]:
    return {run["round"]: run["seconds"] for run in row["runs"]}


def main(arguments: list[str] | None = None) -> int:
    """Read the options, measure, print the tables and write them."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--corpus", default="wikipedia", help="name or path (default: wikipedia)")
    parser.add_argument("--tokens", type=int, help="make a text of so many words instead")
    parser.add_argument("--rounds", type=int, default=3, help="how often each trainer runs")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--vector-size", type=int, default=100)
    parser.add_argument(
        "--skip",
        action="append",
        default=[],
        metavar="NAME",
        help="leave out trainers with this in their names, such as D2L; may be given twice",
    )
    parser.add_argument("--quick", action="store_true", help="a small text once: does it run?")
    parser.add_argument("--output", type=Path, help=f"where to write (default: {RESULTS.name})")
    options = parser.parse_args(arguments)
    usual = Word2VecSettings(vector_size=options.vector_size, epochs=options.epochs)
    corpus, rounds, output = (options.corpus, options.tokens), options.rounds, options.output
    if options.quick:
        usual = dataclasses.replace(usual, vector_size=16, epochs=1, min_count=2)
        corpus, rounds = ("", 5_000), 1
    elif output is None:
        output = RESULTS
    results: dict[str, Any] = {}
    interrupted = False

    def save(found: dict[str, Any]) -> None:
        results.update(found)
        if output is not None:
            measure.write_results(output, report(found), found)

    with tempfile.TemporaryDirectory() as folder:
        if not options.quick:  # so that the first call compiles, whatever was compiled before
            os.environ["NUMBA_CACHE_DIR"] = folder
        try:
            run(usual, corpus, rounds, options.skip, save, first_calls=not options.quick)
        except KeyboardInterrupt:
            interrupted = True
            print("Interrupted; this is what was measured.", file=sys.stderr)
    if results:
        save(results)  # again: Ctrl-C may have come between the writing of the two files
        print(report(results))
    failed = not results or any("error" in row for row in results["rows"])
    return 130 if interrupted else int(failed)
