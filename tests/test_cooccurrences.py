import os
import subprocess
import sys
import tempfile

import numpy as np
import pytest
from scipy import sparse

from course_lib import Vocabulary, cooccurrences, datasets
from course_lib.cooccurrences import count_cooccurrences


def brute_force(sentences, vocabulary, window, symmetric=True):
    """The definition, pair by pair."""
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for tokens in sentences:
        rows = vocabulary.encode(tokens)
        for place, center in enumerate(rows):
            for other in range(len(rows)):
                distance = place - other
                if 1 <= (abs(distance) if symmetric else distance) <= window:
                    counts[center, rows[other]] += 1 / abs(distance)
    return counts


def random_text(rng):
    """Short and long sentences, few words and many, some empty."""
    words = [f"w{number}" for number in range(rng.integers(2, 40))]
    lengths = rng.integers(0, rng.choice([3, 12, 90]), rng.integers(1, 40))
    return [rng.choice(words, length).tolist() for length in lengths] + [words]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("memory", [1e-9, 3e-6, 1.0], ids=["spilling", "some spilling", "none"])
def test_the_counts_are_those_of_the_definition(seed, memory):
    rng = np.random.default_rng(seed)
    text = random_text(rng)
    vocabulary = Vocabulary.from_sentences(text, min_count=2 if seed % 3 else 1)
    window = int(rng.integers(1, 15))
    symmetric = bool(seed % 2)
    counts = count_cooccurrences(text, vocabulary, window, symmetric, memory, progress=False)
    expected = brute_force(text, vocabulary, window, symmetric)
    np.testing.assert_allclose(counts.toarray(), expected, rtol=1e-12, atol=0)
    assert isinstance(counts, sparse.csr_array)
    assert counts.dtype == np.float64
    assert counts.has_canonical_format, "sorted, no pair twice"
    assert counts.nnz == np.count_nonzero(expected)


def test_real_text_that_is_spilled_gives_the_same_counts(monkeypatch):
    spilled = []

    class Watched(tempfile.SpooledTemporaryFile):
        def rollover(self):
            spilled.append(self)
            super().rollover()

    monkeypatch.setattr(cooccurrences.tempfile, "SpooledTemporaryFile", Watched)
    text = datasets.load_corpus("lee")
    vocabulary = Vocabulary.from_sentences(text, 5)
    at_once = count_cooccurrences(text, vocabulary, progress=False)
    assert not spilled
    in_runs = count_cooccurrences(iter(text), vocabulary, memory=2e-4, progress=False)
    assert spilled
    assert all(file.closed for file in spilled)
    np.testing.assert_array_equal(at_once.indices, in_runs.indices)
    np.testing.assert_array_equal(at_once.indptr, in_runs.indptr)
    np.testing.assert_allclose(at_once.data, in_runs.data, rtol=1e-12)
    assert abs(at_once - at_once.T).max() < 1e-9


def test_unknown_words_leave_no_gap_and_sentences_do_not_meet():
    vocabulary = Vocabulary(["a", "b", "c"])
    counts = count_cooccurrences(
        [["a", "?", "?", "b"], ["c"], ["a", "c", "a"]], vocabulary, progress=False
    )
    np.testing.assert_array_equal(counts.toarray(), [[1, 1, 2], [1, 0, 0], [2, 0, 0]])


def test_without_symmetry_the_context_is_on_the_left():
    vocabulary = Vocabulary(["a", "b", "c"])
    counts = count_cooccurrences([["a", "b", "c"]], vocabulary, symmetric=False, progress=False)
    np.testing.assert_array_equal(counts.toarray(), [[0, 0, 0], [1, 0, 0], [0.5, 1, 0]])


def test_a_text_without_pairs_has_no_counts():
    vocabulary = Vocabulary(["a", "b"])
    for text in ([], [[]], [["a"], ["b"]], [["?", "a", "?"]]):
        assert count_cooccurrences(text, vocabulary, progress=False).nnz == 0


def test_an_interruption_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = []

    class Watched(tempfile.SpooledTemporaryFile):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            opened.append(self)

    monkeypatch.setattr(cooccurrences.tempfile, "SpooledTemporaryFile", Watched)

    def interrupted():
        yield from [["a", "b", "c"] * 2000] * 30
        assert opened[0]._rolled
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_cooccurrences(interrupted(), Vocabulary(["a", "b", "c"]), memory=1e-7, progress=False)
    assert opened[0].closed
    assert not list(tmp_path.iterdir())


def test_a_full_disk_says_what_to_do(monkeypatch):
    class Full(tempfile.SpooledTemporaryFile):
        def write(self, _):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(cooccurrences.tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(OSError, match="TMPDIR"):
        count_cooccurrences([["a", "b"]], Vocabulary(["a", "b"]), progress=False)


def test_the_working_memory_is_bounded():
    """Beyond the matrix itself, whose size does not grow with this text."""
    code = """
import resource, sys
from course_lib import Vocabulary
from course_lib.cooccurrences import count_cooccurrences
words = [f"w{number}" for number in range(500)]
vocabulary = Vocabulary(words)
def text(sentences):
    for number in range(sentences):
        yield words[number % 400 :] + words[: number % 400]
def peak(sentences):
    count_cooccurrences(text(sentences), vocabulary, memory=0.02, progress=False)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak(4000) - peak(400))
"""
    if sys.platform != "linux":
        pytest.skip("measured by Linux's kilobytes")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 30_000, "4,000 sentences have 2 million words; 400 fill no chunk"


def test_plain_python_counts_the_same():
    code = """
from course_lib import Vocabulary
from course_lib.cooccurrences import count_cooccurrences
text = [["a", "b", "c", "a", "?", "b"] * 3, ["c", "b"]] * 4
counts = count_cooccurrences(text, Vocabulary(["a", "b", "c"]), 4, memory=1e-9, progress=False)
print(counts.toarray().round(9).tolist())
"""
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"NUMBA_DISABLE_JIT": flag},
            capture_output=True, text=True, check=True,
        ).stdout
        for flag in "01"
    ]  # fmt: skip
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sentences": ["a b", "b a"]}, "list of tokens, not a string"),
        ({"sentences": "a b"}, "list of tokens, not a string"),
        ({"sentences": [[1, 2]]}, "must be strings"),
        ({"sentences": None}, "A corpus is"),
        ({"vocabulary": ["a", "b"]}, "must be a Vocabulary, not a list"),
        ({"window": 0}, "window must be"),
        ({"window": 2.5}, "window must be"),
        ({"window": True}, "window must be"),
        ({"window": 10**7}, "window must be"),
        ({"symmetric": 1}, "symmetric must be"),
        ({"memory": 0}, "memory must be"),
        ({"memory": float("nan")}, "memory must be"),
        ({"memory": "1 GB"}, "memory must be"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    call = {"sentences": [["a", "b"]], "vocabulary": Vocabulary(["a", "b"]), "progress": False}
    with pytest.raises(ValueError, match=message):
        count_cooccurrences(**(call | arguments))


def test_the_places_of_the_counts_take_four_bytes():
    counts = count_cooccurrences([["a", "b"]], Vocabulary(["a", "b"]), progress=False)
    assert counts.indices.dtype == counts.indptr.dtype == np.int32
