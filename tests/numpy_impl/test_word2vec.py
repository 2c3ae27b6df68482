import dataclasses

import numpy as np
import pytest

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    numpy_impl,
    torch_impl,
)
from course_lib.numpy_impl.objectives import cbow_softmax, skipgram_softmax
from course_lib.pairs import pair_batches, skipgram_pairs, subsample
from course_lib.training import train_in_batches

SETTINGS = Word2VecSettings(
    objective="softmax", vector_size=5, window=2, min_count=1, sample=0, epochs=2, batch_size=8
)
TEXT = [["a", "b", "c", "b"], ["c", "d", "a"], ["b"], ["d", "c", "b", "a", "e"]] * 4
BACKENDS = [numpy_impl, torch_impl]
both = pytest.mark.parametrize("backend", BACKENDS, ids=["numpy", "torch"])


def float64_start(seed=1, d=5):
    """A start at which no matrix is zero, in double precision."""
    vocabulary = Vocabulary.from_sentences(TEXT, min_count=1)
    rng = np.random.default_rng(seed)
    shape = (len(vocabulary), d)
    return Embeddings(vocabulary, rng.normal(size=shape), rng.normal(size=shape))


def test_numpy_and_torch_agree_after_fifty_steps():
    settings = dataclasses.replace(SETTINGS, epochs=4, alpha=0.1, batch_size=8)
    start = float64_start()
    rng = np.random.default_rng([settings.seed, 1])
    steps = settings.epochs * len(list(pair_batches(TEXT, start.vocabulary, settings, rng)))
    assert steps >= 50
    one, other = (
        backend.train_word2vec(TEXT, settings, initial=start, progress=False)
        for backend in BACKENDS
    )
    for name in ("input_vectors", "output_vectors", "losses"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=1e-10)
    assert np.abs(one.input_vectors - start.input_vectors).max() > 0.05, "they moved"


@pytest.mark.parametrize("cbow_mean", [True, False])
def test_cbow_softmax_is_gradient_descent_on_windows(cbow_mean):
    settings = dataclasses.replace(
        SETTINGS,
        architecture="cbow",
        alpha=0.3,
        min_alpha=0.3,
        batch_size=10**6,
        shrink_windows=False,
        cbow_mean=cbow_mean,
        epochs=1,
    )
    start = float64_start()
    v, u = start.input_vectors, start.output_vectors
    total, dv, du, windows = 0.0, np.zeros_like(v), np.zeros_like(u), 0
    for tokens in TEXT:
        sentence = start.vocabulary.encode(tokens)
        for place, center in enumerate(sentence):
            context = [*sentence[max(0, place - 2) : place], *sentence[place + 1 : place + 3]]
            if context:
                loss, dv_one, du_one = cbow_softmax(v, u, [context], [center], cbow_mean=cbow_mean)
                total, dv, du, windows = total + loss, dv + dv_one, du + du_one, windows + 1
    trained = numpy_impl.train_word2vec(TEXT, settings, initial=start, progress=False)
    np.testing.assert_allclose(trained.input_vectors, v - 0.3 * dv, atol=1e-12)
    np.testing.assert_allclose(trained.output_vectors, u - 0.3 * du, atol=1e-12)
    np.testing.assert_allclose(trained.losses, [total / windows], atol=1e-12)


def test_training_is_gradient_descent_with_a_falling_rate():
    """The loop, written out once more: sentences, alpha from the words read, one step a batch."""
    settings = dataclasses.replace(SETTINGS, alpha=0.3, min_alpha=0.1, sample=0.2, batch_size=10**6)
    start = float64_start()
    keep = start.vocabulary.keep_probabilities(0.2)
    v, u = start.input_vectors.copy(), start.output_vectors.copy()
    rng = np.random.default_rng([settings.seed, 1])
    losses = []
    for epoch in (1, 2):  # one batch an epoch, when all of its words have been read
        drawn = []
        for tokens in TEXT:
            sentence = subsample(start.vocabulary.encode(tokens), keep, rng)
            drawn.append(skipgram_pairs(sentence, settings.window, rng))
        centers, contexts = np.hstack(drawn)
        loss, dv, du = skipgram_softmax(v, u, centers, contexts)
        alpha = 0.3 + epoch / 2 * (0.1 - 0.3)
        v, u = v - alpha * dv, u - alpha * du
        losses.append(loss / len(centers))
    trained = numpy_impl.train_word2vec(TEXT, settings, initial=start, progress=False)
    np.testing.assert_allclose(trained.input_vectors, v, atol=1e-12)
    np.testing.assert_allclose(trained.output_vectors, u, atol=1e-12)
    np.testing.assert_allclose(trained.losses, losses, atol=1e-12)


@pytest.mark.parametrize("architecture", ["skip-gram", "cbow"])
def test_the_rate_falls_with_the_words_read(architecture):
    """Words count before subsampling: else the rate would not reach its end."""
    settings = dataclasses.replace(
        SETTINGS, sample=0.05, batch_size=1, alpha=1.0, min_alpha=0.5, architecture=architecture
    )
    vocabulary = Vocabulary.from_sentences(TEXT, 1)
    read = set(np.cumsum([len(tokens) for tokens in TEXT]))
    seen = []

    def step(batch, alpha):
        assert batch.words_read in read, "the end of a sentence"
        seen.append((batch.words_read, alpha))
        return 0.0

    train_in_batches(step, TEXT, vocabulary, settings, progress=False)
    words, rates = np.array(seen).T
    (second,) = np.flatnonzero(np.diff(words) < 0) + 1
    done = words + max(read) * (np.arange(len(words)) >= second)
    np.testing.assert_allclose(rates, 1 - 0.5 * done / (2 * max(read)))
    assert len(set(words)) > 5


@both
def test_the_start_without_initial_vectors_is_drawn_with_the_seed(backend):
    settings = dataclasses.replace(SETTINGS, seed=7, alpha=1e-12, min_alpha=1e-12)
    trained = backend.train_word2vec(TEXT, settings, progress=False)
    start = Embeddings.initial(trained.vocabulary, 5, seed=7)
    np.testing.assert_allclose(trained.input_vectors, start.input_vectors, atol=1e-6)


@both
def test_the_counts_of_the_vocabulary_that_is_given_are_used(backend):
    """A warm start: vectors from elsewhere, counts from this text."""
    start = float64_start()
    without_counts = Embeddings(
        Vocabulary(start.vocabulary.words), start.input_vectors, start.output_vectors
    )
    settings = dataclasses.replace(SETTINGS, sample=0.1)
    warm = backend.train_word2vec(
        TEXT, settings, vocabulary=start.vocabulary, initial=without_counts, progress=False
    )
    assert warm.vocabulary == start.vocabulary
    usual = backend.train_word2vec(TEXT, settings, initial=start, progress=False)
    np.testing.assert_array_equal(warm.input_vectors, usual.input_vectors)


@both
def test_read_only_and_mixed_start_vectors_are_fine(backend, recwarn):
    start = float64_start()
    mixed = Embeddings(
        start.vocabulary, start.input_vectors.astype(np.float32), start.output_vectors
    )
    mixed.input_vectors.flags.writeable = False
    trained = backend.train_word2vec(TEXT, SETTINGS, initial=mixed, progress=False)
    assert trained.input_vectors.dtype == trained.output_vectors.dtype == np.float32
    assert not recwarn.list


@both
def test_the_same_seed_gives_the_same_vectors(backend):
    one, other = (backend.train_word2vec(TEXT, SETTINGS, progress=False) for _ in range(2))
    np.testing.assert_array_equal(one.input_vectors, other.input_vectors)
    third = backend.train_word2vec(TEXT, dataclasses.replace(SETTINGS, seed=2), progress=False)
    assert not np.allclose(one.input_vectors, third.input_vectors)
    assert one.input_vectors.dtype == np.float32


@both
def test_the_start_is_left_alone(backend):
    start = float64_start()
    kept = start.input_vectors.copy(), start.output_vectors.copy()
    trained = backend.train_word2vec(TEXT, SETTINGS, initial=start, progress=False)
    np.testing.assert_array_equal(start.input_vectors, kept[0])
    np.testing.assert_array_equal(start.output_vectors, kept[1])
    assert trained.input_vectors.dtype == np.float64


@both
def test_missing_out_vectors_start_at_zero(backend):
    start = float64_start()
    without = Embeddings(start.vocabulary, start.input_vectors)
    zero = Embeddings(start.vocabulary, start.input_vectors, np.zeros_like(start.input_vectors))
    one, other = (
        backend.train_word2vec(TEXT, SETTINGS, initial=initial, progress=False)
        for initial in (without, zero)
    )
    np.testing.assert_array_equal(one.output_vectors, other.output_vectors)


@both
def test_the_planted_structure_is_learnt(backend):
    """Loss falls from log V towards the text's own entropy, and animals end up near animals."""
    text = datasets.toy_corpus(n_sentences=1500, seed=1)
    settings = dataclasses.replace(
        SETTINGS, vector_size=12, window=3, epochs=4, alpha=0.05, batch_size=32
    )
    trained = backend.train_word2vec(text, settings, progress=False)
    assert trained.losses[0] < np.log(len(trained))
    assert (np.diff(trained.losses) < 0).all()
    animals = set(datasets.TOY_GROUPS["animals"])
    for animal in animals:
        nearest, _ = trained.most_similar(animal, topn=1)[0]
        assert nearest in animals


@both
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sentences": (s for s in TEXT)}, "generator|iterator"),
        ({"sentences": ["abc", "abd"]}, "letters|string"),
        ({"sentences": []}, "min_count"),
        ({"sentences": [["a"], ["b"]]}, "no pair"),
        ({"sentences": [*TEXT, None]}, "not a NoneType"),
        ({"sentences": [iter(tokens) for tokens in TEXT]}, "not a list_iterator"),
        ({"sentences": [iter(tokens) for tokens in TEXT], "initial": True}, "not a list_iterator"),
        ({"sentences": [[["a", "b"]]], "initial": True}, "must be strings, not .'a', 'b'. .list."),
        ({"sentences": [[1, 2]], "initial": True}, "must be strings, not 1 .int."),
        (
            {"settings": dataclasses.replace(SETTINGS, vector_size=6), "initial": True},
            "vector_size",
        ),
        ({"vocabulary": Vocabulary(["y", "z"], [2, 1]), "initial": True}, "another vocabulary"),
        ({"sentences": [["a", "a"]] * 3}, "one word, 'a'"),
        ({"settings": None}, "Word2VecSettings"),
        ({"vocabulary": ["a", "b"]}, "must be a Vocabulary, not a list"),
        ({"initial_vectors": np.zeros((5, 5))}, "must be Embeddings, not a ndarray"),
        (
            {"settings": dataclasses.replace(SETTINGS, alpha=1e20, epochs=5)},
            "NaN|nan",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_cannot_be_trained_is_refused(backend, arguments, message):
    call = {"sentences": TEXT, "settings": SETTINGS, "progress": False, **arguments}
    if call.pop("initial", False):
        call["initial"] = float64_start()
    if "initial_vectors" in call:
        call["initial"] = call.pop("initial_vectors")
    with pytest.raises(ValueError, match=message):
        backend.train_word2vec(call.pop("sentences"), call.pop("settings"), **call)


def test_the_full_softmax_has_no_checkpoint(tmp_path):
    with pytest.raises(ValueError, match="no checkpoint"):
        numpy_impl.train_word2vec(TEXT, SETTINGS, checkpoint=tmp_path / "state.npz")


@both
def test_a_vocabulary_that_is_given_is_used(backend):
    vocabulary = Vocabulary(["d", "a", "unseen"], [3, 2, 1])
    trained = backend.train_word2vec(TEXT, SETTINGS, vocabulary=vocabulary, progress=False)
    assert trained.vocabulary is vocabulary
    start = Embeddings.initial(vocabulary, 5, SETTINGS.seed)
    np.testing.assert_array_equal(trained.input_vectors[2], start.input_vectors[2])
    assert not np.allclose(trained.input_vectors[0], start.input_vectors[0])


def test_progress_can_be_seen_and_silenced(capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    numpy_impl.train_word2vec(TEXT, SETTINGS, progress=False)
    assert capsys.readouterr().err == ""
    numpy_impl.train_word2vec(TEXT, SETTINGS)
    shown = capsys.readouterr().err
    assert "words" in shown
    assert "loss=" in shown
    assert "alpha=" in shown
    monkeypatch.setenv("TQDM_DISABLE", "1")
    numpy_impl.train_word2vec(TEXT, SETTINGS)
    assert capsys.readouterr().err == ""
