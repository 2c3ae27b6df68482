import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, numpy_impl
from course_lib.numpy_impl import hot_rows, kernels, runs

RNG = np.random.default_rng(3)
NAMES = [f"w{number}" for number in range(300)]
RANKS = RNG.zipf(1.2, (500, 20)).clip(1, len(NAMES)) - 1
TEXT = [[NAMES[rank] for rank in row] for row in RANKS]
WORDS = Vocabulary.from_sentences(TEXT, 1)
START = Embeddings(WORDS, *(RNG.normal(size=(2, len(WORDS), 8)).astype(np.float32) / 2))
START.node_vectors = RNG.normal(size=(len(WORDS) - 1, 8)).astype(np.float32) / 2

KINDS = [
    {"architecture": "skip-gram", "objective": "negative-sampling"},
    {"architecture": "skip-gram", "objective": "hierarchical-softmax"},
    {"architecture": "skip-gram", "shared_negatives": True},
    {"architecture": "cbow", "objective": "negative-sampling"},
    {"architecture": "cbow", "objective": "hierarchical-softmax"},
]


def settings(workers, **kind):
    return Word2VecSettings(vector_size=8, min_count=1, alpha=0.2, workers=workers, **kind)


def started(workers, **kind):
    """Give a run and its first job."""
    run = runs.Run(TEXT, settings(workers, **kind), WORDS, START, None)
    return run, run.reader.job(*next(run.text.jobs()), run.settings.alpha)


def train(run, model, job):
    return run.loop(model, job, kernels.make_scratch(model, run.settings.window))


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("number", [0, 2])
def test_a_worker_alone_learns_what_one_thread_learns(kind, number):
    """With a share of 1, the shared rows are its own ones after each exchange, but for rounding."""
    one_thread, job = started(1, **kind)
    loss = train(one_thread, one_thread.models[0], job)
    run, _ = started(3, **kind)
    model = run.models[number]
    assert len(job.words) > 2 * kernels.EXCHANGE_WORDS
    assert model.hot == hot_rows.HOT_ROWS < len(run.outputs)
    before = run.vectors.copy(), run.outputs.copy()
    assert train(run, model._replace(shares=np.ones_like(model.shares)), job)[0] == (
        pytest.approx(loss[0], rel=1e-4)
    )
    after = (run.vectors, one_thread.vectors), (run.outputs, one_thread.outputs)
    for was, (found, expected) in zip(before, after, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-2)
        assert np.abs(found - was).max() > 0.2


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_worker_moves_the_shared_hot_rows_by_its_share_of_what_it_learnt(kind):
    run, job = started(3, **kind)
    job = cut(job, kernels.EXCHANGE_WORDS)  # one exchange before it, and one after
    one_thread, _ = started(1, **kind)
    train(one_thread, one_thread.models[0], job)
    before = run.vectors.copy(), run.outputs.copy()
    model = run.models[1]
    train(run, model, job)
    hot = model.hot
    places = slice(0, hot), slice(model.first_hot_output, model.first_hot_output + hot)
    own = (
        slice(len(run.vectors) + hot, len(run.vectors) + 2 * hot),
        slice(len(run.outputs) + hot, len(run.outputs) + 2 * hot),
    )
    found = zip(
        (model.vectors, model.outputs),
        (one_thread.vectors, one_thread.outputs),
        before,
        places,
        own,
        model.shares,
        strict=True,
    )
    for matrix, alone, was, shared, own_rows, share in found:
        learnt = alone[shared] - was[shared]
        np.testing.assert_allclose(matrix[shared], was[shared] + share[:, None] * learnt, atol=1e-6)
        np.testing.assert_array_equal(matrix[own_rows], matrix[shared])
        cold = np.setdiff1d(np.arange(len(was)), np.arange(len(was))[shared])
        np.testing.assert_array_equal(matrix[cold], alone[cold])
        assert 1 / 3 <= share.min() < share.max() <= 1
        assert np.abs(learnt).max() > 0.1


def cut(job, words):
    """Give the first words of a job, as one sentence."""
    return job._replace(words=job.words[:words], ends=np.array([words]), reach=job.reach[:words])


def test_one_thread_has_the_matrices_for_itself():
    run, _ = started(1)
    (model,) = run.models
    assert model.hot == 0
    assert model.vectors.shape == run.vectors.shape == START.input_vectors.shape


def test_hot_nodes_are_those_near_the_root():
    run, _ = started(2, objective="hierarchical-softmax")
    model = run.models[0]
    near_the_root = {int(node) for path in paths(model)[:5] for node in path[:3]}
    assert near_the_root <= set(range(model.first_hot_output, len(run.outputs)))


def paths(model):
    return np.split(model.points, model.starts[1:-1])


def test_the_shares_of_rows_that_are_needed_ever_more_often():
    seen = np.array([0, 1e-1, 10, 1e3, 1e9])
    for workers in (1, 2, 3, 8):
        found = hot_rows.shares(seen, workers)
        assert found[0] == 1 and found[-1] == pytest.approx(1 / workers)
        left = np.exp(-seen[1:-1] / hot_rows.LEARNT)
        expected = (1 - left**workers) / (workers * (1 - left))
        np.testing.assert_allclose(found[1:-1], expected, rtol=1e-5)


@pytest.mark.parametrize("workers", [2, 4])
def test_threads_at_once_arrive_where_threads_in_turn_do(workers):
    """A row goes the same part of its way in each job, as the docstring of shares has it."""
    seen = np.array([1.0, 50.0, 200.0, 3000.0])
    left = np.exp(-seen / hot_rows.LEARNT)
    distance = 1 - workers * hot_rows.shares(seen, workers) * (1 - left)
    np.testing.assert_allclose(distance, left**workers, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("workers", [2, 8])
def test_several_threads_learn_as_well_as_one(kind, workers):
    losses = [
        numpy_impl.train_word2vec(TEXT * 20, settings(w, **kind, epochs=4), progress=False).losses
        for w in (1, workers)
    ]
    np.testing.assert_allclose(losses[1][-1], losses[0][-1], rtol=0.02)
