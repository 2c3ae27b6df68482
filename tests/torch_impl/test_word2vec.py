import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, numpy_impl, torch_impl
from course_lib.pairs import skipgram_pairs
from course_lib.torch_impl import word2vec
from course_lib.training import train_in_batches

TEXT = [["a", "b", "c", "b"], ["c", "d", "a"], ["b"], ["d", "c", "b", "a", "e"]] * 4
ARCHITECTURES = ("skip-gram", "cbow")
OBJECTIVES = ("softmax", "negative-sampling", "hierarchical-softmax")
every = pytest.mark.parametrize(
    ("architecture", "objective"), list(itertools.product(ARCHITECTURES, OBJECTIVES))
)


def settings(architecture="skip-gram", objective="negative-sampling", **changes):
    usual = {"vector_size": 5, "window": 2, "min_count": 1, "sample": 0, "epochs": 2}
    return Word2VecSettings(architecture=architecture, objective=objective, **{**usual, **changes})


def train(chosen, text=TEXT, **given):
    return torch_impl.train_word2vec(text, chosen, progress=False, **given)


def float64_start(seed=1, d=5):
    vocabulary = Vocabulary.from_sentences(TEXT, min_count=1)
    rng = np.random.default_rng(seed)
    V = len(vocabulary)
    return Embeddings(vocabulary, *(rng.normal(size=(rows, d)) for rows in (V, V, V - 1)))


def others(embeddings):
    """OUT vectors or node vectors: what the model has beside the IN vectors."""
    nodes = embeddings.node_vectors
    return embeddings.output_vectors if nodes is None else nodes


def by_numpy(chosen, start):
    """The same training with NumPy's objectives, step by step."""
    kind = "shared-negatives" if chosen.shared_negatives else chosen.objective
    name = f"{chosen.architecture}_{kind}".replace("skip-gram", "skipgram")
    objective = getattr(numpy_impl.objectives, name.replace("-", "_"))
    options = {"cbow_mean": chosen.cbow_mean} if chosen.architecture == "cbow" else {}
    hierarchical = chosen.objective == "hierarchical-softmax"
    v = start.input_vectors.copy()
    u = (start.node_vectors if hierarchical else start.output_vectors).copy()
    steps, repeated = [], []

    def step(batch, alpha):
        loss, v_gradient, u_gradient = objective(v, u, *batch.arguments, **options)
        v[:] -= alpha * v_gradient
        u[:] -= alpha * u_gradient
        steps.append(alpha)
        repeated.append(len(np.unique(batch.arguments[0])) < batch.arguments[0].size)
        return loss

    losses = train_in_batches(step, TEXT, start.vocabulary, chosen, progress=False)
    assert len(steps) >= 50
    assert any(repeated)
    return v, u, losses


@every
@pytest.mark.parametrize("cbow_mean", [True, False])
def test_numpy_and_torch_agree_after_fifty_steps(architecture, objective, cbow_mean):
    chosen = settings(
        architecture, objective, epochs=12, alpha=0.1, batch_size=8, cbow_mean=cbow_mean
    )
    assert_agreement(chosen)


def test_numpy_and_torch_agree_with_shared_negatives():
    assert_agreement(settings(shared_negatives=True, epochs=20, alpha=0.1, batch_size=4))


def assert_agreement(chosen):
    start = float64_start()
    expected = by_numpy(chosen, start)
    found = train(chosen, initial=start)
    assert found.input_vectors.dtype == np.float64
    for one, other in zip(
        (found.input_vectors, others(found), found.losses), expected, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)
    assert np.abs(found.input_vectors - start.input_vectors).max() > 0.05, "they moved"


@every
def test_the_same_seed_gives_the_same_vectors(architecture, objective):
    chosen = settings(architecture, objective)
    one, other, third = (train(replace(chosen, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.input_vectors, other.input_vectors)
    np.testing.assert_array_equal(others(one), others(other))
    assert not np.allclose(one.input_vectors, third.input_vectors)
    assert one.input_vectors.dtype == others(one).dtype == np.float32


@every
def test_what_comes_out_fits_the_objective(architecture, objective):
    trained = train(settings(architecture, objective))
    hierarchical = objective == "hierarchical-softmax"
    assert (trained.output_vectors is None) == hierarchical
    assert (trained.node_vectors is None) != hierarchical
    assert trained.losses.shape == (2,)


@every
def test_the_planted_structure_is_learnt(architecture, objective):
    text = datasets.toy_corpus(n_sentences=1000, seed=1)
    chosen = settings(architecture, objective, vector_size=12, window=3, epochs=4, alpha=0.05)
    trained = train(chosen, text)
    assert (np.diff(trained.losses) < 0).all()
    assert trained.losses[-1] < 0.95 * trained.losses[0]
    groups = {word: name for name, group in datasets.TOY_GROUPS.items() for word in group}
    words = [word for word in groups if word in trained.vocabulary]
    nearest = [trained.most_similar(word, topn=1)[0][0] for word in words]
    same = [groups.get(other) == groups[word] for word, other in zip(words, nearest, strict=True)]
    assert np.mean(same) > 0.5, "five groups: by chance it would be below 0.2"


@every
@pytest.mark.parametrize("alpha", [0.025, 0.05])
def test_large_steps_on_a_small_vocabulary_stay_sensible(architecture, objective, alpha):
    """The default batch is not so large that frequent words overshoot."""
    text = datasets.toy_corpus(n_sentences=300, seed=1)
    chosen = settings(architecture, objective, vector_size=24, window=3, epochs=6, alpha=alpha)
    losses = train(chosen, text).losses
    assert losses.max() <= losses[0]
    assert losses[-1] < losses[0]


def test_the_default_batch_follows_the_vocabulary():
    wide = Vocabulary([f"w{i}" for i in range(100_000)], np.full(100_000, 10))
    narrow = Vocabulary(["a", "b"], [2, 2])
    for objective in OBJECTIVES[1:]:
        chosen = settings(objective=objective, alpha=0.1)
        small = word2vec.steady_batch_size(narrow, chosen)
        assert 1 <= small < 20
        assert word2vec.steady_batch_size(wide, chosen) == 1024
        assert word2vec.steady_batch_size(narrow, replace(chosen, alpha=0.05)) > small


@every
def test_the_start_is_left_alone_and_used(architecture, objective):
    start = float64_start()
    kept = [matrix.copy() for matrix in (start.input_vectors, others(start))]
    chosen = settings(architecture, objective, alpha=1e-12, min_alpha=1e-12)
    trained = train(chosen, initial=start)
    np.testing.assert_allclose(trained.input_vectors, start.input_vectors, atol=1e-6)
    expected = start.node_vectors if trained.output_vectors is None else start.output_vectors
    np.testing.assert_allclose(others(trained), expected, atol=1e-6)
    train(replace(chosen, alpha=0.5), initial=start)
    for matrix, before in zip((start.input_vectors, others(start)), kept, strict=True):
        np.testing.assert_array_equal(matrix, before)


@every
def test_missing_matrices_start_at_zero(architecture, objective):
    full = float64_start()
    V, d = full.input_vectors.shape
    zero = Embeddings(full.vocabulary, full.input_vectors, np.zeros((V, d)), np.zeros((V - 1, d)))
    without = Embeddings(full.vocabulary, full.input_vectors)
    chosen = settings(architecture, objective)
    one, other = (train(chosen, initial=initial) for initial in (zero, without))
    np.testing.assert_array_equal(others(one), others(other))


@every
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": (s for s in TEXT)}, "generator|iterator"),
        ({"text": ["abc", "abd"]}, "letters|string"),
        ({"text": []}, "min_count"),
        ({"text": [["a"], ["b"]]}, "no pair"),
        ({"text": [["a", "a"]] * 3}, "one word, 'a'"),
        ({"vocabulary": ["a", "b"]}, "must be a Vocabulary, not a list"),
        ({"vocabulary": Vocabulary(["y", "z"], [2, 1]), "initial": float64_start()}, "another"),
        ({"initial": np.zeros((5, 5))}, "must be Embeddings, not a ndarray"),
        ({"initial": float64_start(d=6)}, "vector_size"),
    ],
)
def test_what_cannot_be_trained_is_refused(architecture, objective, changes, message):
    with pytest.raises(ValueError, match=message):
        train(settings(architecture, objective), **changes)


def test_shared_negatives_learn_as_well_as_negatives_of_their_own():
    """The loss of all pairs of the text with expected noise, after the same number of epochs."""
    text = datasets.toy_corpus(n_sentences=1000, seed=1)
    vocabulary = Vocabulary.from_sentences(text, min_count=1)
    chosen = settings(vector_size=12, window=3, epochs=4, alpha=0.05)
    met = np.zeros((len(vocabulary), len(vocabulary)))
    for sentence in map(vocabulary.encode, text):
        np.add.at(met, skipgram_pairs(sentence, 1), 1)
    noise = vocabulary.noise_distribution()
    counts = met, numpy_impl.objectives.expected_negatives(met, noise, 5)

    def loss(way):
        trained = train(way, text, vocabulary=vocabulary)
        vectors = trained.input_vectors, trained.output_vectors
        return numpy_impl.objectives.expected_negative_sampling(*vectors, *counts)[0] / met.sum()

    seeds = [replace(chosen, seed=seed) for seed in (1, 2, 3)]
    own = [loss(way) for way in seeds]
    shared = [loss(replace(way, shared_negatives=True)) for way in seeds]
    assert max(own + shared) < 6 * np.log(2) - 1, "something was learnt"
    assert np.mean(shared) < np.mean(own) + 0.02


def test_shared_negatives_are_trained_in_windows():
    chosen = settings(shared_negatives=True)
    model = word2vec.build_model(float64_start(), chosen)
    assert isinstance(model, torch_impl.objectives.SkipGramSharedNegatives)
    one, other = (train(chosen) for _ in range(2))
    np.testing.assert_array_equal(one.input_vectors, other.input_vectors)
    np.testing.assert_array_equal(one.output_vectors, other.output_vectors)


@pytest.mark.parametrize("objective", OBJECTIVES[1:])
def test_noise_and_paths_need_counts(objective):
    start = float64_start()
    uncounted = Embeddings(Vocabulary(start.vocabulary.words), start.input_vectors)
    with pytest.raises(ValueError, match="counts"):
        train(settings(objective=objective), initial=uncounted)
    train(settings(objective="softmax"), initial=uncounted)


@every
@pytest.mark.filterwarnings("ignore:overflow|invalid value")
def test_a_rate_beyond_reason_ends_with_an_error_and_soon(architecture, objective):
    """Without a look at the loss, a long text would be read to its end in the smallest batches."""
    text = Breaking(10, OSError("not reached"))
    with pytest.raises(ValueError, match=r"loss has become .*alpha, such as 0.025"):
        train(settings(architecture, objective, alpha=1e30), text)
    assert text.readings == 3, "to find the words, to count them, and to learn from the first"


class Breaking:
    """A corpus that fails in the middle of the reading of that number."""

    def __init__(self, reading, error):
        self.readings, self.reading, self.error = 0, reading, error

    def __iter__(self):
        self.readings += 1
        yield from TEXT * 200
        if self.readings == self.reading:
            raise self.error
        yield from TEXT


@pytest.mark.parametrize("error", [OSError("the disk is gone"), KeyboardInterrupt()])
def test_a_corpus_that_fails_in_mid_epoch_reaches_the_caller(error):
    text = Breaking(4, error)  # counting the words, their tokens, the first epoch, this one
    with pytest.raises(type(error)):
        train(settings(epochs=5), text)
    assert text.readings == 4


def test_the_gpu_is_used_when_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert word2vec.training_device().type == "cpu"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert word2vec.training_device().type == "cuda"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@every
def test_the_gpu_gives_the_same_vectors(architecture, objective, monkeypatch):
    chosen = settings(architecture, objective, batch_size=8)
    on_gpu = train(chosen, initial=float64_start())
    monkeypatch.setattr(word2vec, "training_device", lambda: torch.device("cpu"))
    on_cpu = train(chosen, initial=float64_start())
    np.testing.assert_allclose(on_gpu.input_vectors, on_cpu.input_vectors, atol=1e-10)


@pytest.mark.parametrize("objective", OBJECTIVES[1:])
def test_only_rows_of_the_batch_move(objective):
    """No gradient is made for a whole matrix: that is what makes the textbooks' way slow."""
    model = word2vec.build_model(float64_start(), settings(objective=objective))
    before = [matrix.detach().clone() for matrix in model.parameters()]
    centers, rows = torch.tensor([1, 1]), torch.tensor([[0, 3], [3, 3]])
    predicted = (
        (rows[:, 0], rows) if objective == "negative-sampling" else (rows, rows.clamp(max=1))
    )
    model.descend(*model.prepare(centers, *predicted), alpha=0.1)
    moved = [
        (matrix != start).any(dim=1).nonzero().ravel().tolist()
        for matrix, start in zip(model.parameters(), before, strict=True)
    ]
    assert moved == [[1], [0, 3]]
    assert all(matrix.grad is None for matrix in model.parameters())


def test_what_a_learner_sees_is_two_layers():
    model = word2vec.build_model(float64_start(), settings("cbow"))
    assert [name for name, _ in model.named_children()] == ["input_layer", "output_layer"]
    assert isinstance(model, torch_impl.objectives.CBOWNegativeSampling)


@pytest.mark.parametrize("workers", [1, 2])
def test_pytorch_uses_as_many_threads_as_workers_while_it_trains(workers, monkeypatch):
    used = []

    def look(step, *given):
        used.append(torch.get_num_threads())
        return train_in_batches(step, *given)

    monkeypatch.setattr(word2vec, "train_in_batches", look)
    with word2vec.threads(3):  # neither of the two, whatever this machine has
        train(settings(workers=workers))
        assert used == [workers]
        assert torch.get_num_threads() == 3


def test_the_number_of_threads_comes_back_after_an_error():
    with word2vec.threads(3):
        with pytest.raises(ValueError, match="no pair"):
            train(settings(), text=[["a"], ["b"]])
        assert torch.get_num_threads() == 3
