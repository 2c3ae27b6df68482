"""Fine-tuning by gensim; its bits against our loops stand in numpy_impl/test_finetuning.py."""

import logging
import warnings

import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import Word2VecSettings, datasets, formats, gensim_impl

SETTINGS = Word2VecSettings(vector_size=16, min_count=3, epochs=2)


@pytest.fixture(scope="module")
def news():
    return list(datasets.load_corpus("lee"))[:60]


@pytest.fixture(scope="module")
def pretrained(news):
    rng = np.random.default_rng(1)
    words = ["unseen", *dict.fromkeys(word for tokens in news[:20] for word in tokens)]
    return words, rng.normal(size=(len(words), 16)).astype(np.float32)


@pytest.fixture
def file(pretrained, tmp_path):
    formats.save_vectors(tmp_path / "vectors.txt", *pretrained, format="word2vec-text")
    return tmp_path / "vectors.txt"


def untrained(news):
    model = Word2Vec(**gensim_impl.arguments(SETTINGS))
    model.build_vocab(news)
    return model


def test_intersect_is_the_copy(news, file):
    one, other = untrained(news), untrained(news)
    covered = gensim_impl.intersect(one, file)
    again = gensim_impl.copy_rows(other, formats.load_vectors(file, progress=False))
    np.testing.assert_array_equal(covered, again)
    assert 0 < covered.sum() < len(covered)
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)
    np.testing.assert_array_equal(one.wv.norms, other.wv.norms)
    assert one.wv.vectors_lockf.dtype == np.float32
    assert (one.wv.vectors_lockf == 1).all()
    for model in (one, other):
        model.train(news, total_examples=len(news), epochs=2)
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)


def test_intersect_locks_what_it_copies(news, file):
    model = untrained(news)
    covered = gensim_impl.intersect(model, file, lockf=0.0)
    before = model.wv.vectors.copy()
    model.train(news, total_examples=len(news), epochs=1)
    np.testing.assert_array_equal((model.wv.vectors == before).all(axis=1), covered)


@pytest.mark.parametrize("kind", ["glove", "word2vec-binary"])
def test_a_file_that_gensim_cannot_intersect_is_refused(news, pretrained, tmp_path, kind):
    formats.save_vectors(tmp_path / "v", *pretrained, format=kind)
    model = untrained(news)
    before = model.wv.vectors.copy()
    with pytest.raises(ValueError, match="copy_rows"):
        gensim_impl.intersect(model, tmp_path / "v")
    np.testing.assert_array_equal(model.wv.vectors, before)


def test_another_dimension_a_wrong_lock_and_no_vocabulary_are_refused(news, file):
    with pytest.raises(ValueError, match="16 dimensions, the model has 100"):
        other = Word2Vec(news, epochs=1)
        gensim_impl.intersect(other, file)
    with pytest.raises(ValueError, match=r"0 \(frozen\) to 1"):
        gensim_impl.intersect(untrained(news), file, lockf=2)
    with pytest.raises(ValueError, match="no vocabulary"):
        gensim_impl.intersect(Word2Vec(vector_size=16), file)


def test_the_tuned_model_is_silent(news, file, caplog, capfd):
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        gensim_impl.fine_tune(file, news, SETTINGS, warm_up=1, lockf=0.5, progress=False)
    assert not caplog.records
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({}, {"anchor": 0.1}, "gensim has no anchor"),
        ({"objective": "softmax"}, {}, "no full softmax"),
        ({"shared_negatives": True}, {}, "for each prediction"),
    ],
)
def test_what_gensim_does_not_have_is_refused(news, file, changes, options, message):
    chosen = Word2VecSettings(vector_size=16, **changes)
    with pytest.raises(ValueError, match=message):
        gensim_impl.fine_tune(file, news, chosen, progress=False, **options)
