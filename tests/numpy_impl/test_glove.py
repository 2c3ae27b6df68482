"""GloVe in NumPy and in PyTorch: the formulas, the steps, the training."""

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from course_lib import (
    Embeddings,
    GloveSettings,
    Vocabulary,
    datasets,
    glove_training,
    numpy_impl,
    torch_impl,
)
from course_lib.cooccurrences import count_cooccurrences
from course_lib.glove_training import glove_start
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.numpy_impl.objectives import glove

V, D = 12, 5
NAMES = ("input_vectors", "output_vectors", "input_biases", "output_biases")
SETTINGS = GloveSettings(vector_size=D, epochs=1, batch_size=1)
BACKENDS = [numpy_impl, torch_impl]
both = pytest.mark.parametrize("backend", BACKENDS, ids=["numpy", "torch"])


def arrays(seed=1):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=shape) for shape in [(V, D), (V, D), V, V])


def start(seed=1, dtype=np.float64):
    v, u, b, c = (array.astype(dtype) for array in arrays(seed))
    words = Vocabulary([f"w{row}" for row in range(V)])
    return Embeddings(words, v, u, input_biases=b, output_biases=c)


def counts(seed=1):
    """A matrix of counts below and above x_max, a third of it empty."""
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(2, 3, (V, V))) * (rng.random((V, V)) < 2 / 3)


BATCH = np.array([3, 3, 0, 7, 3]), np.array([4, 4, 4, 7, 0])  # repeated rows, and a diagonal
X = np.array([0.3, 250.0, 7.0, 1e-3, 99.0])


def test_one_count_by_hand():
    w, c, b, b_tilde, x = np.array([1.0, 2.0]), np.array([3.0, -1.0]), 0.5, 0.25, 10.0
    error = 1 * 3 - 2 * 1 + 0.5 + 0.25 - np.log(10)
    f = (10 / 100) ** 0.75
    loss, gradients = glove(
        w[None], c[None], np.array([b]), np.array([b_tilde]), np.array([0]), np.array([0]), [x]
    )
    assert loss == pytest.approx(f * error**2 / 2)
    for found, expected in zip(gradients, [f * error * c, f * error * w], strict=False):
        np.testing.assert_allclose(found[0], expected)
    np.testing.assert_allclose([gradients[2][0], gradients[3][0]], f * error)


@pytest.mark.parametrize("options", [{}, {"x_max": 5.0, "alpha": 0.5}])
@pytest.mark.parametrize("number", range(4), ids=NAMES)
def test_gradients_agree_with_finite_differences(number, options):
    given = list(arrays())

    def loss(array):
        return glove(*given[:number], array, *given[number + 1 :], *BATCH, X, **options)[0]

    _, gradients = glove(*given, *BATCH, X, **options)
    expected = numerical_gradient(loss, given[number])
    np.testing.assert_allclose(gradients[number], expected, rtol=1e-6, atol=1e-8)
    assert np.abs(gradients[number]).max() > 0.1


@pytest.mark.parametrize("options", [{}, {"x_max": 5.0, "alpha": 0.5}])
def test_gradients_agree_with_autograd(options):
    given = [torch.tensor(array, requires_grad=True) for array in arrays()]
    rows = [torch.tensor(each) for each in BATCH]
    loss = torch_impl.objectives.glove(*given, *rows, torch.tensor(X), **options)
    loss.backward()
    expected, gradients = glove(*arrays(), *BATCH, X, **options)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    for tensor, gradient in zip(given, gradients, strict=True):
        np.testing.assert_allclose(tensor.grad.numpy(), gradient, rtol=1e-10, atol=1e-12)


def test_a_batch_is_the_sum_of_its_counts():
    whole, gradients = glove(*arrays(), *BATCH, X)
    parts = [glove(*arrays(), *(each[[n]] for each in (*BATCH, X))) for n in range(len(X))]
    assert whole == pytest.approx(sum(loss for loss, _ in parts))
    for number, gradient in enumerate(gradients):
        np.testing.assert_allclose(gradient, sum(part[number] for _, part in parts), atol=1e-12)


@pytest.mark.parametrize(
    ("rows", "x", "message"),
    [
        (([0], [V]), [1.0], "contexts holds a row outside"),
        (([-1], [0]), [1.0], "centers holds a row outside"),
        (([0, 1], [0]), [1.0], "give one each"),
        (([0], [0]), [1.0, 2.0], "give one each"),
        (([0], [0]), [0.0], "no logarithm"),
        (([0], [0]), [np.nan], "no logarithm"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(rows, x, message):
    with pytest.raises(ValueError, match=message):
        glove(*arrays(), *map(np.array, rows), x)


def one_by_one(given, x, settings, monkeypatch):
    """Training, written out once more: entry by entry, number by number."""
    order = []
    monkeypatch.setattr(glove_training, "BLOCK", 17)
    entries = glove_training.weighted_entries(x, given.vocabulary, settings, np.float64)
    glove_training.train_in_blocks(
        lambda block: order.extend(zip(block["center"], block["context"], strict=True)) or 0.0,
        entries, settings, progress=False,
    )  # fmt: skip
    numbers = [getattr(given, name).copy() for name in NAMES]
    sums = [np.ones_like(array) for array in numbers]
    loss = 0.0
    for i, j in order:
        error = numbers[0][i] @ numbers[1][j] + numbers[2][i] + numbers[3][j] - np.log(x[i, j])
        factor = min(1, (x[i, j] / settings.x_max) ** settings.alpha) * error
        loss += factor * error / 2
        gradients = factor * numbers[1][j], factor * numbers[0][i], factor, factor
        for array, total, row, gradient in zip(numbers, sums, (i, j, i, j), gradients, strict=True):
            step = settings.learning_rate * gradient
            total[row] += step**2
            array[row] -= step / np.sqrt(total[row])
    return numbers, loss / len(order)


@both
def test_a_training_is_the_steps_of_the_formula(backend, monkeypatch):
    settings = dataclasses.replace(SETTINGS, learning_rate=0.3, x_max=20.0, alpha=0.6)
    expected, loss = one_by_one(start(), counts(), settings, monkeypatch)
    trained = backend.train_glove(counts(), settings, initial=start(), progress=False)
    for name, array in zip(NAMES, expected, strict=True):
        np.testing.assert_allclose(getattr(trained, name), array, rtol=0, atol=1e-10)
    np.testing.assert_allclose(trained.losses, [loss], rtol=1e-12)
    assert np.abs(trained.input_vectors - start().input_vectors).max() > 0.5, "they moved"


@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_numpy_and_torch_agree(batch_size, monkeypatch):
    monkeypatch.setattr(glove_training, "BLOCK", 50)
    settings = dataclasses.replace(SETTINGS, batch_size=batch_size, epochs=3)
    one, other = (
        backend.train_glove(counts(), settings, initial=start(), progress=False)
        for backend in BACKENDS
    )
    for name in (*NAMES, "losses"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=1e-10)


def test_float32_follows_float64():
    single, double = (
        numpy_impl.train_glove(counts(), SETTINGS, initial=start(dtype=kind), progress=False)
        for kind in (np.float32, np.float64)
    )
    assert single.input_vectors.dtype == np.float32
    for name in (*NAMES, "losses"):
        np.testing.assert_allclose(getattr(single, name), getattr(double, name), atol=1e-4)


def test_counts_that_fit_a_model_are_fitted():
    """log X of rank 2 with biases, less than the model has room for: the loss goes to zero."""
    rng = np.random.default_rng(3)
    w, c = rng.normal(size=(2, V, 2))
    x = np.exp(w @ c.T + rng.normal(size=V)[:, None] + rng.normal(3, 1, V))
    vocabulary = start().vocabulary
    settings = GloveSettings(vector_size=4, epochs=400, x_max=10.0)
    trained = numpy_impl.train_glove(x, settings, vocabulary=vocabulary, progress=False)
    assert trained.losses[-1] < 1e-3 * trained.losses[0]
    scores = trained.input_vectors @ trained.output_vectors.T
    scores += trained.input_biases[:, None] + trained.output_biases
    assert np.abs(scores - np.log(x))[x > 10].max() < 0.3


@both
@pytest.mark.parametrize("rate", [0.05, 1e6])
def test_extreme_counts_give_no_nan(backend, rate):
    x = np.zeros((V, V))
    x[0, 1:] = 10.0 ** np.linspace(-300, 300, V - 1)
    x[1:, 0] = 1e-30
    x[1, 1:] = 1e30
    settings = GloveSettings(vector_size=D, epochs=5, learning_rate=rate, batch_size=3)
    if backend is numpy_impl:
        settings = dataclasses.replace(settings, batch_size=None)
    vocabulary = start().vocabulary
    trained = backend.train_glove(x, settings, vocabulary=vocabulary, progress=False)
    assert np.isfinite(trained.losses).all()


def test_the_same_seed_gives_the_same_vectors_and_threads_learn_as_well():
    text = datasets.load_corpus("lee")[:60]
    vocabulary = Vocabulary.from_sentences(text, 3)
    x = count_cooccurrences(text, vocabulary, progress=False)
    assert x.nnz > 2 * glove_training.BLOCK
    settings = GloveSettings(vector_size=16, epochs=4)
    given = {"vocabulary": vocabulary, "progress": False}
    one, again = (numpy_impl.train_glove(x, settings, **given) for _ in range(2))
    np.testing.assert_array_equal(one.input_vectors, again.input_vectors)
    from_text = numpy_impl.train_glove(text, settings, **given)
    np.testing.assert_array_equal(one.output_vectors, from_text.output_vectors)
    threads = numpy_impl.train_glove(x, dataclasses.replace(settings, workers=3), **given)
    assert threads.losses[-1] < 0.9 * threads.losses[0]
    assert threads.losses[-1] == pytest.approx(one.losses[-1], rel=0.05)
    other = numpy_impl.train_glove(x, dataclasses.replace(settings, seed=2), **given)
    assert not np.allclose(one.input_vectors, other.input_vectors)


@both
def test_the_start_is_left_alone(backend, recwarn):
    given = start()
    kept = [getattr(given, name).copy() for name in NAMES]
    trained = backend.train_glove(counts(), SETTINGS, initial=given, progress=False)
    for name, array in zip(NAMES, kept, strict=True):
        np.testing.assert_array_equal(getattr(given, name), array)
        assert getattr(trained, name).dtype == np.float64
    assert trained.vocabulary is given.vocabulary
    assert not recwarn.list


@both
def test_an_empty_row_keeps_its_start(backend):
    x = counts()
    x[4], x[:, 5] = 0, 0
    trained = backend.train_glove(x, SETTINGS, initial=start(), progress=False)
    np.testing.assert_array_equal(trained.input_vectors[4], start().input_vectors[4])
    np.testing.assert_array_equal(trained.output_vectors[5], start().output_vectors[5])
    assert (trained.input_vectors[5] != start().input_vectors[5]).all()


@both
def test_progress_can_be_silenced(backend, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    text = [["a", "b", "a"]] * 5
    settings = GloveSettings(vector_size=2, min_count=1, epochs=2)
    backend.train_glove(text, settings, progress=False)
    assert capsys.readouterr().err == ""
    backend.train_glove(text, settings)
    shown = capsys.readouterr().err
    assert " words" in shown
    assert "loss=" in shown


def test_plain_python_trains_the_same():
    code = """
import numpy as np
from course_lib import GloveSettings, Vocabulary, numpy_impl
x = np.exp(np.random.default_rng(1).normal(3, 2, (6, 6)))
vocabulary = Vocabulary(list("abcdef"))
trained = numpy_impl.train_glove(
    x, GloveSettings(vector_size=3, epochs=2), vocabulary=vocabulary, progress=False
)
print(trained.matrix("sum").tolist())
"""
    plain, compiled = (
        np.array(
            eval(  # our own numbers
                subprocess.run(
                    [sys.executable, "-c", code],
                    env=os.environ | {"NUMBA_DISABLE_JIT": flag},
                    capture_output=True, text=True, check=True,
                ).stdout
            )
        )
        for flag in "10"
    )  # fmt: skip
    np.testing.assert_allclose(plain, compiled, atol=1e-4)


def test_the_start_is_that_of_glove_start():
    x = np.zeros((V, V))
    x[0, 1] = 1e-30  # weighs nothing
    vocabulary = start().vocabulary
    trained = numpy_impl.train_glove(x, SETTINGS, vocabulary=vocabulary, progress=False)
    drawn = glove_start(vocabulary, SETTINGS)
    np.testing.assert_allclose(trained.input_vectors, drawn.input_vectors, atol=1e-6)
    np.testing.assert_allclose(trained.output_biases, drawn.output_biases, atol=1e-6)
