"""Memory that the compiler's code takes, and that training gives back."""

import subprocess
import sys

import pytest

from course_lib.numpy_impl import compiler

TRAIN_AND_COMPILE = """
import re
from pathlib import Path
import numpy as np
from numba import njit
from course_lib import Word2VecSettings, numpy_impl
from course_lib.numpy_impl import compiler

def resident():
    found = re.findall(r" r-xp .*libllvmlite.*\\n(?:.*\\n)*?Rss: +(\\d+) kB",
                       Path("/proc/self/smaps").read_text())
    return sum(map(int, found)) // 1024

release, taken = compiler.release_code, []
def watched():
    taken.append(resident())
    return release()
compiler.release_code = watched

numpy_impl.train_word2vec([["a", "b"]] * 9, Word2VecSettings(sample=0), progress=False)
left = resident()
tripled = njit(lambda x: 3 * x)(np.arange(3.0))
print(*taken, left, resident(), *tripled)
"""


@pytest.mark.skipif(not compiler.MAPPINGS.is_file(), reason="memory is listed there on Linux alone")
def test_training_gives_the_code_of_the_compiler_back_and_it_compiles_again():
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_AND_COMPILE], capture_output=True, text=True, check=True
    )
    taken, left, later, *tripled = map(float, done.stdout.split())
    assert taken > 20  # MB: otherwise there is nothing to give back, and release_code can go
    assert left < taken / 4
    assert later > left
    assert tripled == [0, 3, 6]


def test_where_memory_is_not_listed_nothing_is_given_back(monkeypatch, tmp_path):
    monkeypatch.setattr(compiler, "MAPPINGS", tmp_path / "maps")
    assert compiler.release_code() == 0
