import time
import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from course_lib import Embeddings, GloveSettings, Vocabulary, glove_training
from course_lib.glove_training import (
    glove_start,
    glove_weights,
    prepared,
    shuffle,
    train_in_blocks,
    weighted_entries,
)

SETTINGS = GloveSettings(vector_size=4, epochs=3, min_count=1)
VOCABULARY = Vocabulary(["a", "b", "c"], [3, 2, 1])
COUNTS = np.array([[0, 150, 1e-30], [150, 1, 0], [1e-30, 0, 1e30]])


def test_the_weights_are_the_papers():
    weights = glove_weights([0, 1, 50, 100, 101, 1e300], x_max=100, alpha=0.75)
    np.testing.assert_allclose(weights, [0, 0.01**0.75, 0.5**0.75, 1, 1, 1], rtol=1e-15)
    np.testing.assert_allclose(
        glove_weights([1, 5, 20], x_max=10, alpha=0.5), [0.1**0.5, 0.5**0.5, 1]
    )
    assert glove_weights(1e308, x_max=1e-308) == 1, "no quotient overflows"


def test_the_start_is_uniform_and_comes_from_the_seed():
    vocabulary = Vocabulary([f"w{number}" for number in range(2000)])
    start = glove_start(vocabulary, SETTINGS)
    for numbers in (
        start.input_vectors,
        start.output_vectors,
        start.input_biases,
        start.output_biases,
    ):
        assert numbers.dtype == np.float32
        assert -1 / 8 <= numbers.min() < -0.124
        assert 0.124 < numbers.max() <= 1 / 8
        assert abs(numbers.mean()) < 0.01
    assert not np.allclose(start.input_vectors, start.output_vectors)
    again = glove_start(vocabulary, SETTINGS, np.float64)
    np.testing.assert_array_equal(start.input_vectors, again.input_vectors)
    other = glove_start(vocabulary, GloveSettings(vector_size=4, seed=2))
    assert not np.allclose(start.input_vectors, other.input_vectors)


@pytest.mark.parametrize(
    "kind", [np.array, sparse.csr_array, sparse.coo_array, sparse.csr_matrix, sparse.dok_array]
)
def test_the_entries_are_the_counts_of_the_matrix(kind):
    entries = weighted_entries(kind(COUNTS), VOCABULARY, SETTINGS, np.float64)
    found = np.zeros((3, 3))
    found[entries["center"], entries["context"]] = np.exp(entries["target"])
    np.testing.assert_allclose(found, COUNTS, rtol=1e-13)
    assert len(entries) == 6
    counts = COUNTS[entries["center"], entries["context"]]
    np.testing.assert_allclose(entries["weight"], np.minimum(1, counts / 100) ** 0.75)


def test_counts_that_stand_there_twice_are_added_up():
    twice = sparse.coo_array(([1.0, 2.0, 4.0], ([0, 0, 1], [1, 1, 0])), shape=(3, 3))
    entries = np.sort(weighted_entries(twice, VOCABULARY, SETTINGS, np.float64), order="center")
    np.testing.assert_allclose(np.exp(entries["target"]), [3, 4])
    assert twice.nnz == 3, "the matrix itself stays as it is"


def blocks_seen(monkeypatch, count=1000, block=64, **changes):
    monkeypatch.setattr(glove_training, "BLOCK", block)
    entries = np.zeros(count, [("number", np.int64)])
    entries["number"] = np.arange(count)
    seen = []

    def step(block):
        seen.append(block["number"].copy())
        return float(len(block))

    settings = GloveSettings(**{"epochs": 3, **changes})
    losses = train_in_blocks(step, entries, settings, progress=False)
    return np.concatenate(seen).reshape(settings.epochs, count), losses


def test_each_epoch_has_every_entry_once_in_a_new_order(monkeypatch):
    epochs, losses = blocks_seen(monkeypatch)
    for order in epochs:
        np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    assert (epochs[0] != epochs[1]).mean() > 0.95
    assert (epochs[1] != epochs[2]).mean() > 0.95
    np.testing.assert_array_equal(losses, 1.0)
    np.testing.assert_array_equal(epochs, blocks_seen(monkeypatch)[0])
    assert (epochs != blocks_seen(monkeypatch, seed=2)[0]).mean() > 0.95


def test_all_orders_of_a_block_are_equally_likely():
    orders = {}
    rng = np.random.default_rng(1)
    for random in rng.integers(2**48, size=6000):
        block = np.zeros(3, [("number", np.int64)])
        block["number"] = np.arange(3)
        shuffle(block, int(random))
        key = tuple(block["number"].tolist())
        orders[key] = orders.get(key, 0) + 1
    assert len(orders) == 6
    assert all(abs(times - 1000) < 150 for times in orders.values())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_ends_the_training_at_once(monkeypatch, error):
    monkeypatch.setattr(glove_training, "BLOCK", 10)
    calls = []

    def step(block):
        calls.append(len(block))
        if len(calls) == 3:
            raise error
        time.sleep(0.005)
        return 0.0

    with pytest.raises(error):
        train_in_blocks(step, np.zeros(10_000, [("number", int)]), SETTINGS, progress=False)
    assert len(calls) < 500, "of 1,000 blocks"


def test_the_bar_shows_the_loss(monkeypatch, capsys):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    train_in_blocks(lambda block: 0.25 * len(block), np.zeros(7, [("n", int)]), SETTINGS)
    shown = capsys.readouterr().err
    assert "loss=0.25" in shown
    assert "counts" in shown


def test_a_text_is_counted_with_the_settings():
    settings = GloveSettings(vector_size=2, min_count=2, max_size=2, window=1, symmetric=False)
    start, entries = prepared([["a", "b", "a", "c", "c"], ["b", "a"]], settings, None, None, False)
    assert start.vocabulary.words == ["a", "c"]
    pairs = {(int(e["center"]), int(e["context"])): float(np.exp(e["target"])) for e in entries}
    assert pairs == pytest.approx({(0, 0): 1, (1, 0): 1, (1, 1): 1})
    assert start.input_vectors.dtype == entries["target"].dtype == np.float32


def test_what_the_initial_vectors_lack_is_drawn():
    drawn = glove_start(VOCABULARY, SETTINGS)
    given = np.full((3, 4), 7.0)
    start, entries = prepared(COUNTS, SETTINGS, None, Embeddings(VOCABULARY, given), False)
    np.testing.assert_array_equal(start.input_vectors, given)
    assert start.input_vectors is not given
    assert start.output_vectors.dtype == entries["weight"].dtype == np.float64
    np.testing.assert_array_equal(start.output_vectors, drawn.output_vectors)
    np.testing.assert_array_equal(start.output_biases, drawn.output_biases)


def changed(row, column, value):
    counts = COUNTS.copy()
    counts[row, column] = value
    return sparse.csr_array(counts)


def with_a_zero():
    counts = sparse.csr_array(COUNTS)
    counts.data[1] = 0
    return counts


TEXT = [["a", "b", "c"]]
OTHER = Vocabulary(["x", "y", "z"])


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (sparse.csr_array(COUNTS), {"vocabulary": None}, "does not tell its words"),
        (COUNTS[:2], {}, r"shape \(2, 3\).*must be \(3, 3\)"),
        (sparse.csr_array((3, 3)), {}, "no co-occurrences"),
        (np.zeros((3, 3), int), {}, "no co-occurrences"),
        (with_a_zero(), {}, "'a' with 'c' is 0.0.*eliminate_zeros"),
        (changed(1, 0, -1), {}, "'b' with 'a' is -1.0"),
        (changed(1, 1, np.inf), {}, "'b' with 'b' is inf"),
        (changed(1, 1, np.nan), {}, "'b' with 'b' is nan"),
        (COUNTS.astype(complex), {}, "complex"),
        (TEXT, {"vocabulary": ["a"]}, "must be a Vocabulary, not a list"),
        (TEXT, {"initial": np.zeros((3, 4))}, "must be Embeddings, not a ndarray"),
        (TEXT, {"initial": Embeddings(OTHER, np.zeros((3, 4)))}, "another vocabulary"),
        (TEXT, {"initial": Embeddings(VOCABULARY, np.zeros((3, 5)))}, "vector_size=5"),
        (TEXT, {"settings": None}, "must be GloveSettings"),
        (iter(TEXT), {}, "only once"),
        ("a b c", {}, "not one string"),
        (["a b", "c"], {}, "string 'a b'"),
        ([["a"], ["b"]], {}, "no co-occurrences"),
        ([["a"]], {"vocabulary": None, "settings": GloveSettings()}, "seen 5 times"),
        (None, {}, "A corpus is"),
    ],
)
def test_what_cannot_be_trained_is_refused(source, options, message):
    call = {"settings": SETTINGS, "vocabulary": VOCABULARY, "initial": None, "progress": False}
    with pytest.raises(ValueError, match=message):
        prepared(source, **(call | options))


def test_shuffling_the_counts_takes_little_more_memory_than_what_comes_out():
    V, settings = 1000, GloveSettings(vector_size=2)
    vocabulary = Vocabulary([f"w{row}" for row in range(V)])
    counts = sparse.csr_array(np.ones((V, V)))
    weighted_entries(counts, vocabulary, settings)  # what is imported late is there
    tracemalloc.start()
    entries = weighted_entries(counts, vocabulary, settings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entries) == counts.nnz == V * V
    assert peak < 2.2 * entries.nbytes  # the order of the counts, and the row of each
