"""What any benchmark needs: child processes, time, memory, fair ratios, the machine, the files."""

import contextlib
import json
import multiprocessing
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.files import replacing

ROOT = Path(__file__).resolve().parents[1]
MIB = 2**20


class ChildError(RuntimeError):
    """What a child process was asked to do has failed; the message is its last line."""


def in_child(function: Callable, *arguments: Any) -> Any:
    """Call a function in a process of its own, so that its memory is nobody else's.

    Parameters
    ----------
    function : callable
        A function of a module; pickle takes its name over to the child.
    *arguments
        What it is called with.

    Returns
    -------
    object
        What it returned.

    Raises
    ------
    ChildError
        It raised an error, or the process ended without an answer.
    """
    # forkserver: children begin with the modules imported, and without this process's memory.
    context: Any = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
    if os.name != "nt":
        module = sys.modules[function.__module__].__spec__  # tells the true name of "__main__"
        context.set_forkserver_preload([module.name] if module else [])
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(sender, function, arguments))
    child.start()
    sender.close()
    try:
        kind, answer = receiver.recv()
    except EOFError:
        child.join()
        raise ChildError(f"The child process ended with exit code {child.exitcode}.") from None
    finally:
        child.kill()  # interrupted by Ctrl-C, it is still at work
        child.join()
        receiver.close()
    if kind == "error":
        sys.stderr.write(answer)
        raise ChildError(answer.rstrip().splitlines()[-1])
    return answer


def _answer(sender: Connection, function: Callable, arguments: Sequence) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    # What we start ourselves, such as PyTorch's loaders, starts in the usual way again.
    multiprocessing.set_start_method(None, force=True)
    try:
        answer = "value", function(*arguments)
    except Exception:
        answer = "error", traceback.format_exc()
    with contextlib.suppress(BrokenPipeError):  # the parent was interrupted
        sender.send(answer)


@dataclass(frozen=True)
class Cost:
    """What a call cost.

    Attributes
    ----------
    seconds : float
        Wall time.
    growth : int or None
        Bytes of memory at the peak beyond those held before the call. None where the system does
        not tell (it is read from Linux's /proc).
    peak : int or None
        All bytes of the process at the peak, modules and text included.
    """

    seconds: float
    growth: int | None
    peak: int | None


def cost(call: Callable[[], Any]) -> tuple[Any, Cost]:
    """Measure one call; the memory is right only in a process that does nothing else.

    Memory of processes that the call starts itself is not counted.

    Parameters
    ----------
    call : callable
        Called once, without arguments.

    Returns
    -------
    value : object
        What it returned.
    cost : Cost
        Its time and memory.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now on
    before = _memory("VmRSS")
    start = time.perf_counter()
    value = call()
    seconds = time.perf_counter() - start
    peak = _memory("VmHWM")
    growth = None if before is None or peak is None else max(0, peak - before)
    return value, Cost(seconds, growth, peak)


def _memory(field: str) -> int | None:
    """Read a number of bytes that Linux knows of this process.

    Not ``resource.getrusage``: its peak begins with the memory of the process that started us.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return None


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of repeated measurements."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum up at least one value."""
        return cls(statistics.median(values), min(values), max(values))


def speed_ratios(seconds: Mapping[int, float], reference: Mapping[int, float]) -> Spread | None:
    """Say how many times faster than a reference something is.

    Each round gives one ratio, of two measurements made within minutes: what else the machine did
    then has slowed both.

    Parameters
    ----------
    seconds, reference : mapping of int to float
        Wall time in each round.

    Returns
    -------
    Spread or None
        Of reference / seconds over the rounds that both have; None where there is none.
    """
    ratios = [reference[number] / seconds[number] for number in seconds if number in reference]
    return Spread.of(ratios) if ratios else None


def machine() -> dict[str, str]:
    """Describe the machine and the packages.

    Returns
    -------
    dict of str
        What is told, by name.
    """
    from gensim.models.word2vec_inner import FAST_VERSION

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    packages = ("numpy", "scipy", "numba", "gensim", "torch")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(),
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "memory": _installed_memory(),
        "load before": " ".join(f"{load:.1f}" for load in os.getloadavg())
        if hasattr(os, "getloadavg")
        else "unknown",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in packages),
        "BLAS": f"{blas['name']} {blas['version']} (gensim's FAST_VERSION: {FAST_VERSION})",
    }


def _cpu() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _installed_memory() -> str:
    try:
        return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"
    except (AttributeError, ValueError, OSError):
        return "unknown"


def _commit() -> str:
    def git(*arguments: str) -> str:
        run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
        return run.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", "course_lib", "benchmarks/*.py")
        return (git("rev-parse", "--short", "HEAD") or "unknown") + " and changes" * bool(changed)
    except OSError:
        return "unknown"


def write_results(path: Path, table: str, results: Mapping[str, Any]) -> None:
    """Write the table for people and, beside it, what it was made from as JSON.

    Parameters
    ----------
    path : pathlib.Path
        The Markdown file; the other one has the suffix ``.json``.
    table : str
        Its text.
    results : mapping
        What JSON can hold.
    """
    for name, text in [(path, table), (path.with_suffix(".json"), json.dumps(results, indent=1))]:
        with replacing(name) as file:
            file.write((text.rstrip() + "\n").encode())
