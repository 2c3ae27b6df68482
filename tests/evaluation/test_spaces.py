import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary
from course_lib.evaluation.spaces import as_embeddings, blocks, directions, forms_of, lengths


@pytest.fixture
def embeddings():
    words = ["the", "Paris", "paris", "PARIS", "straße", "STRASSE"]
    return Embeddings(Vocabulary(words, [90, 30, 20, 9, 5, 2]), np.eye(6, dtype=np.float32))


def test_embeddings_stay_as_they_are_and_keyed_vectors_keep_their_counts(embeddings):
    assert as_embeddings(embeddings) is embeddings
    taken = as_embeddings(embeddings.to_keyed_vectors())
    assert taken.vocabulary == embeddings.vocabulary
    np.testing.assert_array_equal(taken.input_vectors, embeddings.input_vectors)


def test_counts_from_v_down_to_1_are_made_up_by_gensim(embeddings):
    made_up = Embeddings(Vocabulary(embeddings.vocabulary.words, range(6, 0, -1)), np.eye(6))
    assert as_embeddings(made_up.to_keyed_vectors()).vocabulary.counts is None
    assert as_embeddings(made_up).vocabulary.counts is not None, "whoever gives counts knows them"


def test_the_first_of_several_spellings_stands_for_all(embeddings):
    forms = forms_of(embeddings, None, case_insensitive=True)
    assert forms.first == {"THE": 0, "PARIS": 1, "STRASSE": 4}
    assert forms.of_row.tolist() == [0, 1, 1, 1, 4, 4]
    restricted = forms_of(embeddings, 3, case_insensitive=False)
    assert restricted.first == {"the": 0, "Paris": 1, "paris": 2}
    assert restricted.of_row.tolist() == [0, 1, 2]


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "all"])
def test_a_limit_is_a_number_of_words(embeddings, wrong):
    with pytest.raises(ValueError, match="restrict_vocab"):
        forms_of(embeddings, wrong, case_insensitive=True)


def test_blocks_cover_every_row_once(monkeypatch):
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 20)
    assert list(blocks(7, 9)) == [slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 7)]
    assert list(blocks(2, 100)) == [slice(0, 1), slice(1, 2)]
    assert list(blocks(0, 3)) == []
    assert list(blocks(3, 0)) == [slice(0, 3)]


def test_directions_are_those_of_unit_in_blocks(monkeypatch):
    matrix = np.random.default_rng(0).normal(size=(50, 7)).astype(np.float16)
    matrix[3] = 0
    whole = directions(matrix)
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 20)
    np.testing.assert_array_equal(directions(matrix), whole)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), np.arange(50) != 3, atol=1e-6)


def test_lengths_of_half_precision_do_not_overflow(monkeypatch):
    matrix = np.array([[3e4, 4e4], [0, 0], [1e-3, 0]], dtype=np.float16)
    expected = np.linalg.norm(matrix.astype(float), axis=1)
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 2)
    np.testing.assert_allclose(lengths(matrix), expected)
