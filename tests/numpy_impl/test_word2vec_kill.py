"""A training that is killed goes on from its checkpoint to the vectors of an unbroken run."""

import signal
import subprocess
import sys

import numpy as np
import pytest

from course_lib import Word2VecSettings, datasets, numpy_impl

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")

# Eight jobs an epoch: about 70,000 words.
SETTINGS = {"vector_size": 8, "min_count": 3, "epochs": 4, "sample": 0.1}
FATAL_SAVE = 12  # the checkpoint in the middle of the second epoch at which something happens
CHILD = """
import io, os, signal, sys, threading, time
import numpy as np
from course_lib import Word2VecSettings, datasets, numpy_impl
from course_lib.numpy_impl import checkpoints, runs

happens, path, settings, fatal = sys.argv[1], sys.argv[2], eval(sys.argv[3]), int(sys.argv[4])
runs.SAVE_SECONDS = 0.0  # after each job
real_save, real_savez, saves = checkpoints.save, np.savez, 0

def kill(number):
    os.kill(os.getpid(), number)

def save(*arguments):
    global saves
    saves += 1
    if happens == "killed while training" and saves > fatal:
        return  # so that the last checkpoint stays the one in the middle of the epoch
    if happens == "killed while saving" and saves == fatal + 1:
        np.savez = half
    real_save(*arguments)
    if saves == fatal and happens == "killed while training":
        threading.Timer(0.02, kill, [signal.SIGKILL]).start()
    if saves == fatal and happens == "interrupted":
        kill(signal.SIGINT)

def half(file, **arrays):
    whole = io.BytesIO()
    real_savez(whole, **arrays)
    file.write(whole.getvalue()[: len(whole.getvalue()) // 2])
    file.flush()
    kill(signal.SIGKILL)

checkpoints.save = save
try:
    numpy_impl.train_word2vec(
        datasets.load_corpus("lee"), Word2VecSettings(**settings), checkpoint=path, progress=False
    )
except KeyboardInterrupt:
    print("stopped")
else:
    time.sleep(1)
    print("not stopped")
"""


@pytest.fixture(scope="module")
def whole():
    return numpy_impl.train_word2vec(datasets.load_corpus("lee"), Word2VecSettings(**SETTINGS))


@pytest.mark.parametrize(
    ("workers", "happens", "code", "left_behind"),
    [
        (1, "killed while training", -signal.SIGKILL, 0),
        (1, "killed while saving", -signal.SIGKILL, 1),
        (1, "interrupted", 0, 0),
        (2, "interrupted", 0, 0),
    ],
)
def test_a_broken_run_ends_in_the_vectors_of_an_unbroken_one(
    tmp_path, whole, workers, happens, code, left_behind
):
    path = tmp_path / "state.npz"
    settings = SETTINGS | {"workers": workers}
    run = subprocess.run(
        [sys.executable, "-c", CHILD, happens, str(path), repr(settings), str(FATAL_SAVE)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == code, run.stderr
    assert run.stdout == ("stopped\n" if happens == "interrupted" else "")
    with np.load(path, allow_pickle=False) as archive:
        _, epoch, jobs, _ = archive["counts"]
    assert epoch == 1
    assert jobs > 0, "in the middle of an epoch"
    assert len(list(tmp_path.iterdir())) == 1 + left_behind, "half a file beside the whole one"
    resumed = numpy_impl.train_word2vec(
        datasets.load_corpus("lee"), Word2VecSettings(**settings), checkpoint=path
    )
    if workers == 1:
        np.testing.assert_array_equal(resumed.input_vectors, whole.input_vectors)
        np.testing.assert_array_equal(resumed.output_vectors, whole.output_vectors)
        np.testing.assert_array_equal(resumed.losses, whole.losses)
    else:  # two threads never give the same bits
        np.testing.assert_allclose(resumed.losses, whole.losses, rtol=0.01)
