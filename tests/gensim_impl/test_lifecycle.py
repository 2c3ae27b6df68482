import dataclasses

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets
from course_lib.gensim_impl import (
    arguments,
    copy_rows,
    fresh_model,
    grow,
    reset_weights,
    to_embeddings,
    train_model,
)

SETTINGS = Word2VecSettings(vector_size=8, window=3, min_count=2, epochs=2, sample=1e-2)
FOUR = [
    dataclasses.replace(SETTINGS, architecture=architecture, objective=objective)
    for architecture in ("skip-gram", "cbow")
    for objective in ("negative-sampling", "hierarchical-softmax")
]
MORE = [["the", "unheard"], ["unheard", "of", "the", "once"], ["of", "the"]] * 3


@pytest.fixture(scope="module")
def text():
    return datasets.load_corpus("lee")[:40]


@pytest.fixture
def model(text):
    return train_model(text, SETTINGS, progress=False)


def trained(model, text):
    model.train(text, total_examples=model.corpus_count, epochs=model.epochs)
    return model


def matrices(model):
    return [model.wv.vectors, model.syn1 if model.hs else model.syn1neg]


def assert_same_vectors(one, other):
    assert one.wv.index_to_key == other.wv.index_to_key
    for ours, theirs in zip(matrices(one), matrices(other), strict=True):
        np.testing.assert_array_equal(ours, theirs)


# Growing


def test_growing_gives_vectors_to_new_words_and_moves_the_old(model):
    before = model.wv.vectors.copy()
    assert grow(model, MORE, epochs=3, alpha=0.05) == ["unheard", "once"]
    assert model.wv.get_vecattr("unheard", "count") == 6
    assert not np.array_equal(model.wv["the"], before[model.wv.key_to_index["the"]])
    untouched = model.wv.key_to_index["australia"]
    np.testing.assert_array_equal(model.wv.vectors[untouched], before[untouched])


def test_new_words_below_min_count_stay_out(model):
    rare = [["the", "once"], ["of", "twice"], ["to", "twice"]]
    assert grow(model, rare, epochs=1, alpha=0.01) == ["twice"]
    assert grow(model, rare, epochs=1, alpha=0.01, min_count=1) == ["once"]
    assert model.min_count == 2


def test_a_grown_model_subsamples_as_one_that_counted_both_texts(model, text):
    grow(model, MORE, epochs=1, alpha=0.01)
    counted = Word2Vec(**arguments(SETTINGS))
    counted.build_vocab([*text, *MORE])
    for word in ("the", "of", "to", "australia"):
        for name in ("count", "sample_int"):
            ours, theirs = (int(each.wv.get_vecattr(word, name)) for each in (model, counted))
            assert ours == pytest.approx(theirs, rel=0.002), (word, name)


def test_growing_leaves_the_schedule_of_the_model_alone(model, caplog):
    grow(model, MORE, epochs=7, alpha=0.5)
    assert (model.alpha, model.min_alpha, model.epochs) == (0.025, 1e-4, 2)
    assert "Effective 'alpha' higher" not in caplog.text


def test_growing_starts_at_the_rate_that_it_is_given(model):
    still = to_embeddings(model).input_vectors
    grow(model, MORE, epochs=1, alpha=1e-4)
    V = len(still)
    assert 0 < np.abs(model.wv.vectors[:V] - still).max() < 1e-3


def test_locked_words_stay_locked_and_new_ones_are_free(model):
    lock = np.zeros(len(model.wv), dtype=np.float32)
    model.wv.vectors_lockf = lock
    before = model.wv.vectors.copy()
    grow(model, MORE, epochs=3, alpha=0.05)
    np.testing.assert_array_equal(model.wv.vectors[: len(before)], before)
    assert len(model.wv.vectors_lockf) == len(model.wv)
    start = np.random.default_rng(1).random((len(model.wv), 8), dtype=np.float32) * 2 - 1
    assert np.abs(model.wv["unheard"] - start[len(before)] / 8).max() > 1e-3


def test_what_cannot_grow_is_refused(text, model):
    settings = dataclasses.replace(SETTINGS, objective="hierarchical-softmax")
    tree = train_model(text, settings, progress=False)
    with pytest.raises(ValueError, match="new counts make a new tree"):
        grow(tree, MORE, epochs=1, alpha=0.01)
    with pytest.raises(ValueError, match="read only once"):
        grow(model, iter(MORE), epochs=1, alpha=0.01)
    before, words = model.wv.vectors.copy(), list(model.wv.index_to_key)
    for nothing in (
        [["the"]],
        [["the"], ["new", "newer"], ["newest", "the"]],
        [["the", "of"], ["x"] * 10_001],
    ):
        with pytest.raises(ValueError, match=r"no pair of known words|10,000"):
            grow(model, nothing, epochs=1, alpha=0.01)
    assert model.wv.index_to_key == words, "the model is as it was"
    np.testing.assert_array_equal(model.wv.vectors, before)


# Starting again


@pytest.mark.parametrize("settings", FOUR, ids=str)
def test_after_a_reset_training_gives_the_same_vectors_again(text, settings):
    model = train_model(text, settings, progress=False)
    fresh = train_model(text, settings, progress=False)
    model.wv.vectors_lockf = np.zeros(len(model.wv), dtype=np.float32)
    trained(model, text)
    reset_weights(model)
    assert not matrices(model)[1].any()
    assert_same_vectors(trained(model, text), fresh)
    assert model.train_count == fresh.train_count


@pytest.mark.parametrize("settings", FOUR, ids=str)
def test_a_fresh_model_trains_as_one_that_has_read_the_text(text, settings):
    other = train_model(text, settings, progress=False)
    assert_same_vectors(trained(fresh_model(other), text), other)


def test_a_fresh_model_may_be_of_another_kind(text, model):
    tree = FOUR[3]
    changes = {
        name: value
        for name, value in arguments(tree).items()
        if name in ("sg", "hs", "negative", "vector_size")
    }
    found = trained(fresh_model(model, **changes), text)
    assert_same_vectors(found, train_model(text, tree, progress=False))


def test_a_fresh_model_shares_nothing(text, model):
    other = fresh_model(model)
    V = len(model.wv)
    grow(other, MORE, epochs=1, alpha=0.01)
    assert len(other.wv) > len(model.wv) == len(model.wv.vectors) == V
    assert (other.min_count, other.sorted_vocab) == (model.min_count, model.sorted_vocab)
    with pytest.raises(ValueError, match="no vocabulary yet"):
        fresh_model(Word2Vec())


# Warm start


@pytest.fixture
def pretrained():
    rng = np.random.default_rng(3)
    words = Vocabulary(["of", "aardvark", "the"])
    return Embeddings(words, rng.normal(size=(3, 8)), rng.normal(size=(3, 8)))


def test_rows_of_common_words_are_copied_and_others_stay(model, pretrained):
    before = model.wv.vectors.copy()
    covered = copy_rows(model, pretrained)
    assert sorted(np.array(model.wv.index_to_key)[covered]) == ["of", "the"]
    for word in ("the", "of"):
        np.testing.assert_allclose(model.wv[word], pretrained.vector(word), rtol=1e-6)
        row = model.wv.key_to_index[word]
        np.testing.assert_allclose(model.syn1neg[row], pretrained.vector(word, "out"), rtol=1e-6)
    np.testing.assert_array_equal(model.wv.vectors[~covered], before[~covered])
    assert model.wv.vectors.dtype == np.float32 and model.wv.vectors.flags.c_contiguous


def test_a_warm_start_is_that_of_the_trainer(text, model):
    """Embeddings of the whole vocabulary, copied by hand and by ``initial=``."""
    start = to_embeddings(model)
    by_hand = fresh_model(model)
    assert copy_rows(by_hand, start).all()
    by_trainer = train_model(text, SETTINGS, initial=start, progress=False)
    assert_same_vectors(trained(by_hand, text), by_trainer)


def test_keyed_vectors_leave_out_alone(model, pretrained):
    out = model.syn1neg.copy()
    model.wv.fill_norms()
    copy_rows(model, pretrained.to_keyed_vectors())
    np.testing.assert_array_equal(model.syn1neg, out)
    cosine = pretrained.similarity("the", "of")
    found = dict(model.wv.most_similar("the", topn=len(model.wv)))
    assert found["of"] == pytest.approx(cosine, abs=1e-5), "norms are those of the new rows"


def test_a_start_that_does_not_fit_is_refused(model, pretrained):
    with pytest.raises(ValueError, match="vector_size=4"):
        copy_rows(model, Embeddings(Vocabulary(["the"]), np.ones((1, 4))))
    with pytest.raises(ValueError, match="lower case"):
        copy_rows(model, Embeddings(Vocabulary(["The"]), np.ones((1, 8))))
    with pytest.raises(ValueError, match="beyond float32"):
        copy_rows(model, Embeddings(Vocabulary(["the"]), np.full((1, 8), 1e300)))
    kept = KeyedVectors(8)
    with pytest.raises(ValueError, match="at least one word"):
        copy_rows(model, kept)
