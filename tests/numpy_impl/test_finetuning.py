"""Fine-tuning by the compiled loops and by gensim: the same bits, and what locks and anchors do."""

import itertools
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, gensim_impl, numpy_impl
from course_lib.finetuning import Lockf

ARCHITECTURES = ("skip-gram", "cbow")
OBJECTIVES = ("negative-sampling", "hierarchical-softmax")
four = pytest.mark.parametrize(
    ("architecture", "objective"), list(itertools.product(ARCHITECTURES, OBJECTIVES))
)
PAIR = [["king", "crown"]]


def settings(architecture="skip-gram", objective="negative-sampling", **changed):
    usual = {"vector_size": 16, "min_count": 3, "epochs": 2}
    return Word2VecSettings(architecture=architecture, objective=objective, **(usual | changed))


@pytest.fixture(scope="module")
def news():
    return list(datasets.load_corpus("lee"))[:60]


@pytest.fixture(scope="module")
def pretrained():
    text = list(itertools.islice(datasets.load_corpus("wikipedia"), 800))
    return numpy_impl.train_word2vec(text, settings(epochs=1), progress=False)


def tune(pretrained, text, chosen, **options):
    return numpy_impl.fine_tune(pretrained, text, chosen, progress=False, **options)


def moved(result):
    return result.embeddings.input_vectors - result.start.input_vectors


def matrices(embeddings):
    nodes = embeddings.node_vectors
    return embeddings.input_vectors, embeddings.output_vectors if nodes is None else nodes


@four
def test_unlocked_it_is_train_word2vec(pretrained, news, architecture, objective):
    chosen = settings(architecture, objective)
    found = tune(pretrained, news, chosen)
    expected = numpy_impl.train_word2vec(news, chosen, initial=found.start, progress=False)
    for one, other in zip(matrices(found.embeddings), matrices(expected), strict=True):
        np.testing.assert_array_equal(one, other)
    assert 0 < found.covered.sum() < len(found.covered)
    assert moved(found).any(axis=1).all()


@four
@pytest.mark.parametrize("cbow_mean", [True, False])
def test_locked_training_gives_gensims_bits(pretrained, news, architecture, objective, cbow_mean):
    if architecture == "skip-gram" and not cbow_mean:
        pytest.skip("skip-gram has no mean")
    chosen = settings(architecture, objective, exact=True, cbow_mean=cbow_mean)
    options = {
        "lockf": Lockf(covered=0.1, by_count=lambda counts: counts % 4 / 3, words={"the": 0.3}),
        "warm_up": 1,
    }
    ours = tune(pretrained, news, chosen, **options)
    gensims = gensim_impl.fine_tune(pretrained, news, chosen, progress=False, **options)
    np.testing.assert_array_equal(ours.start.input_vectors, gensims.start.input_vectors)
    for one, other in zip(matrices(ours.embeddings), matrices(gensims.embeddings), strict=True):
        np.testing.assert_array_equal(one, other)
    frozen = ours.lockf == 0
    assert frozen.sum() > 50
    assert not moved(ours)[frozen].any()
    assert moved(ours)[~frozen].any(axis=1).all()
    fast = tune(pretrained, news, replace(chosen, exact=False), **options)
    np.testing.assert_allclose(
        fast.embeddings.input_vectors, ours.embeddings.input_vectors, atol=1e-4
    )


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_frozen_rows_keep_every_bit_with_any_number_of_threads(pretrained, news, shared, workers):
    chosen = settings(workers=workers, shared_negatives=shared)
    found = tune(pretrained, news, chosen, lockf=Lockf(covered=0), anchor=0.5)
    frozen = found.covered
    assert found.embeddings.input_vectors[frozen].tobytes() == (
        found.start.input_vectors[frozen].tobytes()
    )
    assert moved(found)[~frozen].any(axis=1).all()


def one_step(objective="negative-sampling", architecture="skip-gram", **changed):
    """One sentence of two words: each is the other's context, once."""
    return settings(architecture, objective, min_count=1, epochs=1, sample=0, **changed)


def hand():
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(2, 2, 16)).astype(np.float32)
    return Embeddings(Vocabulary(["king", "crown"]), *vectors)


@pytest.mark.parametrize("objective", ["negative-sampling", "softmax"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("anchor", [0, 0.7])
def test_half_locked_rows_move_half_as_far_in_the_first_step(architecture, objective, anchor):
    chosen = one_step(objective, architecture)
    free, half = (
        tune(hand(), PAIR, chosen, lockf={"king": lock}, anchor=anchor) for lock in (1, 0.5)
    )
    row = free.start.vocabulary.index("king")
    assert np.abs(moved(free)[row]).max() > 1e-4
    np.testing.assert_allclose(moved(half)[row], moved(free)[row] / 2, rtol=0, atol=2e-7)


@pytest.mark.parametrize("shared", [False, True])
def test_the_anchor_pulls_as_its_formula_says(shared):
    """The second time a row is met it goes back part of its way, then takes its step."""
    chosen = one_step(alpha=0.1, min_alpha=0.1, shared_negatives=shared)
    twice = replace(chosen, epochs=2)
    for lock in (1, 0.5):
        first = tune(hand(), PAIR, chosen, lockf=lock)
        free, held = (tune(hand(), PAIR, twice, lockf=lock, anchor=a) for a in (0, 2.0))
        # OUT vectors and scores differ only by what the anchor did to the IN vectors before.
        row = first.start.vocabulary.index("king")
        pulled = (free.embeddings.input_vectors - held.embeddings.input_vectors)[row]
        expected = lock * 0.1 * 2.0 * moved(first)[row]
        np.testing.assert_allclose(pulled, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("objective", ["negative-sampling", "softmax"])
def test_a_stronger_anchor_holds_more_and_never_throws(pretrained, news, objective):
    chosen = settings(objective=objective, epochs=1)
    ways = [
        np.linalg.norm(moved(tune(pretrained, news, chosen, anchor=anchor)), axis=1).mean()
        for anchor in (0, 1, 1e6)
    ]
    assert ways[0] > 1.1 * ways[1] > 5 * ways[2]


def test_a_warm_up_is_a_frozen_training_before(pretrained, news):
    chosen = settings()
    together = tune(pretrained, news, chosen, warm_up=2, lockf={"the": 0.5})
    frozen = tune(pretrained, news, replace(chosen, epochs=2), lockf=0)
    np.testing.assert_array_equal(frozen.embeddings.input_vectors, together.start.input_vectors)
    apart = tune(frozen.embeddings, news, chosen, lockf={"the": 0.5})
    for one, other in zip(matrices(together.embeddings), matrices(apart.embeddings), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("backend", [numpy_impl, gensim_impl])
def test_extra_words_change_nothing_else(pretrained, news, backend):
    seen = set(itertools.chain.from_iterable(news))
    extra = [word for word in pretrained.vocabulary.words if word not in seen]
    assert len(extra) > 100
    chosen = settings()
    without = backend.fine_tune(pretrained, news, chosen, progress=False)
    found = backend.fine_tune(pretrained, news, chosen, progress=False, extra_words=extra)
    V = len(without.embeddings)
    assert found.embeddings.vocabulary.words == [*without.embeddings.vocabulary.words, *extra]
    for one, other in zip(matrices(found.embeddings), matrices(without.embeddings), strict=True):
        np.testing.assert_array_equal(one[:V], other)
    for word in extra:
        for which in ("in", "out"):
            assert np.array_equal(
                found.embeddings.vector(word, which), pretrained.vector(word, which)
            )
    assert not found.counts[V:].any()


def test_what_comes_out_can_be_saved(pretrained, news, tmp_path):
    found = tune(pretrained, news, settings(), extra_words=["the"])
    found.embeddings.save(tmp_path / "tuned.npz")
    again = Embeddings.load(tmp_path / "tuned.npz")
    assert again.vocabulary == found.embeddings.vocabulary
    np.testing.assert_array_equal(again.output_vectors, found.embeddings.output_vectors)


SCRIPT = """
import numpy as np
from course_lib import Embeddings, Vocabulary, Word2VecSettings, numpy_impl
text = [["a", "b", "c"], ["c", "a", "d", "b"]]
vectors = np.linspace(-1, 1, 64).reshape(4, 16).astype(np.float32)
start = Embeddings(Vocabulary(["a", "b", "c", "d"]), vectors, vectors[::-1].copy())
for architecture in ("skip-gram", "cbow"):
    for exact in (True, False):
        chosen = Word2VecSettings(architecture=architecture, vector_size=16, min_count=1, sample=0,
                                  exact=exact, epochs=2)
        found = numpy_impl.fine_tune(start, text, chosen, lockf={"a": 0.5, "b": 0}, anchor=0.5,
                                     progress=False)
        print(*found.embeddings.input_vectors.ravel().tolist())
"""


def test_without_compiling_the_loops_give_the_same_numbers():
    found = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env=os.environ | changed, check=True,
            capture_output=True, text=True,
        ).stdout.splitlines()
        for changed in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]  # fmt: skip
    compiled, plain = (np.array([line.split() for line in lines], float) for lines in found)
    assert compiled.shape == (4, 64)
    np.testing.assert_allclose(plain, compiled, rtol=0, atol=1e-6)


def test_a_vocabulary_without_counts_is_refused(pretrained, news):
    words = Vocabulary(pretrained.vocabulary.words)
    with pytest.raises(ValueError, match="no counts"):
        tune(pretrained, news, settings(), vocabulary=words)
