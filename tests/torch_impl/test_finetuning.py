"""Fine-tuning in PyTorch: NumPy's objectives take the same steps, locks and anchor included."""

import itertools

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, numpy_impl, torch_impl
from course_lib.finetuning import Lockf
from course_lib.training import train_in_batches

TEXT = [["a", "b", "c", "b"], ["c", "d", "a"], ["b"], ["d", "c", "b", "a", "e"]] * 4
every = pytest.mark.parametrize(
    ("architecture", "objective"),
    list(
        itertools.product(
            ("skip-gram", "cbow"), ("softmax", "negative-sampling", "hierarchical-softmax")
        )
    ),
)


def settings(architecture="skip-gram", objective="negative-sampling", **changes):
    usual = {"vector_size": 5, "window": 2, "min_count": 1, "sample": 0, "epochs": 6,
             "alpha": 0.1, "batch_size": 8}  # fmt: skip
    return Word2VecSettings(architecture=architecture, objective=objective, **{**usual, **changes})


def start(d=5):
    vocabulary = Vocabulary.from_sentences(TEXT, min_count=1)
    rng = np.random.default_rng(1)
    V = len(vocabulary)
    return Embeddings(vocabulary, *(rng.normal(size=(rows, d)) for rows in (V, V, V - 1)))


def by_numpy(chosen, given, lockf, anchor):
    """Each step written out over whole matrices."""
    name = f"{chosen.architecture}_{chosen.objective}".replace("skip-gram", "skipgram")
    objective = getattr(numpy_impl.objectives, name.replace("-", "_"))
    hierarchical = chosen.objective == "hierarchical-softmax"
    v, first = given.input_vectors.copy(), given.input_vectors
    u = (given.node_vectors if hierarchical else given.output_vectors).copy()
    lock = lockf[:, None].astype(float)

    def step(batch, alpha):
        loss, v_gradient, u_gradient = objective(v, u, *batch.arguments)
        words = batch.arguments[0]
        if words.ndim == 2:
            words = words[batch.arguments[-1]]
        times = np.bincount(words.ravel(), minlength=len(v))[:, None]
        back = np.minimum(1, lock * alpha * anchor * times) * (v - first)
        v[:] -= lock * alpha * v_gradient + back
        u[:] -= alpha * u_gradient
        return loss

    losses = train_in_batches(step, TEXT, given.vocabulary, chosen, progress=False)
    return v, u, losses


@every
@pytest.mark.parametrize("anchor", [0.0, 0.3])
def test_numpy_and_torch_agree(architecture, objective, anchor):
    chosen, given = settings(architecture, objective), start()
    rules = {"a": 0.5, "b": 0.0, "c": 0.1}
    found = torch_impl.fine_tune(given, TEXT, chosen, lockf=rules, anchor=anchor, progress=False)
    v, u, losses = by_numpy(chosen, given, found.lockf, anchor)
    hierarchical = objective == "hierarchical-softmax"
    others = found.embeddings.node_vectors if hierarchical else found.embeddings.output_vectors
    for one, other in zip((found.embeddings.input_vectors, others), (v, u), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-7)
    np.testing.assert_allclose(found.embeddings.losses, losses, atol=1e-7)
    row = given.vocabulary.index("b")
    assert found.embeddings.input_vectors[row].tobytes() == given.input_vectors[row].tobytes()
    assert np.abs(found.embeddings.input_vectors - given.input_vectors).max() > 0.05
    if objective == "softmax":
        ours = numpy_impl.fine_tune(given, TEXT, chosen, lockf=rules, anchor=anchor, progress=False)
        np.testing.assert_allclose(ours.embeddings.input_vectors, v, rtol=0, atol=1e-7)


@every
def test_unlocked_it_is_train_word2vec(architecture, objective):
    chosen, given = settings(architecture, objective), start()
    found = torch_impl.fine_tune(given, TEXT, chosen, progress=False)
    expected = torch_impl.train_word2vec(TEXT, chosen, initial=given, progress=False)
    np.testing.assert_array_equal(found.embeddings.input_vectors, expected.input_vectors)


def test_shared_negatives_are_locked_too():
    chosen = settings(shared_negatives=True)
    found = torch_impl.fine_tune(
        start(), TEXT, chosen, lockf=Lockf(words={"a": 0}), anchor=1e6, progress=False
    )
    moved = np.abs(found.embeddings.input_vectors - found.start.input_vectors).max(axis=1)
    row = found.start.vocabulary.index("a")
    assert moved[row] == 0
    assert (np.delete(moved, row) > 0).all()
    assert moved.max() < 2
