"""The trainer against gensim as it is on other machines, where BLAS returns something else.

When it is imported, gensim calls SciPy's sdot once, to see how to read what it returns. A child
process puts another sdot in its place before that, and the real gensim takes its other ways.
"""

import platform
import subprocess
import sys

import pytest

CHILD = '''
import ctypes
import sys

import numba
import numpy as np
import scipy.linalg.blas


class Routine:
    """What gensim takes of a BLAS routine: a capsule with its address."""

    def __init__(self, address):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p] * 3
        self._cpointer = new(address, None, None)


pointers = [numba.types.CPointer(numba.types.int32), numba.types.CPointer(numba.types.float32)]
signature = numba.types.float32(pointers[0], pointers[1], pointers[0], pointers[1], pointers[0])


@numba.cfunc(signature)
def from_the_end(n, x, _x_step, y, _y_step):
    """Sum in another order than any loop of gensim or of ours, and in single precision only."""
    total = np.float32(0)
    for k in range(n[0] - 1, -1, -1):
        total += x[k] * y[k]
    return total


@numba.cfunc(signature)
def broken(n, x, _x_step, y, _y_step):
    return np.float32(7)


routines = {"from_the_end": from_the_end, "broken": broken}
scipy.linalg.blas.sdot = Routine(routines[sys.argv[1]].address)

from gensim.models.word2vec_inner import FAST_VERSION

from course_lib import Word2VecSettings, datasets, gensim_impl, numpy_impl

print(FAST_VERSION)
text = datasets.load_corpus("lee")[:40]
for architecture, objective in [
    ("skip-gram", "hierarchical-softmax"),
    ("cbow", "negative-sampling"),
]:
    settings = Word2VecSettings(
        architecture=architecture, objective=objective, vector_size=37, min_count=2, epochs=2,
        sample=1e-2, alpha=0.1, exact=True,
    )
    ours, gensims = (
        backend.train_word2vec(text, settings, progress=False)
        for backend in (numpy_impl, gensim_impl)
    )
    for name in ("input_vectors", "output_vectors", "node_vectors"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(gensims, name))
    moved = gensims.node_vectors if gensims.output_vectors is None else gensims.output_vectors
    assert np.abs(moved).max() > 0.1
'''


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="knows where a float is returned"
)
@pytest.mark.parametrize(("routine", "version"), [("from_the_end", 1), ("broken", 2)])
def test_exact_training_gives_gensims_bits_with_another_blas(routine, version):
    """1: sdot's float is read as one. 2: what sdot returns makes no sense, and gensim does without.

    The way that gensim takes on this machine is tested in ``test_word2vec_gensim.py``.
    """
    run = subprocess.run([sys.executable, "-c", CHILD, routine], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{version}\n"
