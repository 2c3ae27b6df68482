import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, evaluation


def random_space(seed, V=60, d=8, dtype=np.float32):
    rng = np.random.default_rng(seed)
    matrices = rng.normal(size=(2, V, d)).astype(dtype)
    return Embeddings(Vocabulary([f"w{row}" for row in range(V)]), *matrices)


@pytest.mark.parametrize("which", ["in", "out", "sum"])
@pytest.mark.parametrize("block", [2**22, 130])
def test_neighbours_are_those_of_most_similar(monkeypatch, which, block):
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", block)
    embeddings = random_space(1)
    words = ["w7", "w3", "w59", "w3"]
    found = evaluation.neighbours(embeddings, words, topn=7, which=which)
    assert found.shape == (4, 7)
    for word, rows in zip(words, found, strict=True):
        expected = embeddings.most_similar(word, topn=7, query=which, target=which)
        assert embeddings.vocabulary.decode(rows) == [other for other, _ in expected]
    everything = evaluation.neighbours(embeddings, topn=7, which=which)
    np.testing.assert_array_equal(everything[[7, 3, 59, 3]], found)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_neighbours_take_keyed_vectors_and_every_precision(dtype):
    embeddings = random_space(2, dtype=dtype)
    keyed = embeddings.to_keyed_vectors()
    for row, near in enumerate(evaluation.neighbours(keyed, topn=5)):
        expected = [word for word, _ in keyed.most_similar(f"w{row}", topn=5)]
        assert [keyed.index_to_key[other] for other in near] == expected


def test_equally_near_words_come_in_the_order_of_the_vocabulary():
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 2], [1, 0], [0, 0]], dtype=np.float32)
    embeddings = Embeddings(Vocabulary(list("abcdef")), vectors)
    found = evaluation.neighbours(embeddings, ["a", "f"])
    assert found.tolist() == [[2, 4, 1, 3, 5], [0, 1, 2, 3, 4]]


def test_a_lone_word_has_no_neighbours():
    alone = Embeddings(Vocabulary(["a"]), np.ones((1, 3)))
    assert evaluation.neighbours(alone).shape == (1, 0)
    with pytest.raises(ValueError, match="fewer than two words"):
        evaluation.neighbour_overlap(alone, alone)


def test_wrong_words_and_numbers_are_named():
    embeddings = random_space(3)
    with pytest.raises(KeyError, match="w600"):
        evaluation.neighbours(embeddings, ["w600"])
    with pytest.raises(ValueError, match=r"\['w6'\]"):
        evaluation.neighbours(embeddings, "w6")
    with pytest.raises(ValueError, match="topn"):
        evaluation.neighbours(embeddings, topn=0)
    with pytest.raises(ValueError, match="topn"):
        evaluation.neighbour_overlap(embeddings, embeddings, topn=0)
    with pytest.raises(ValueError, match="at least one word"):
        evaluation.neighbour_overlap(embeddings, embeddings, [])
    with pytest.raises(ValueError, match=r"\['w6'\]"):
        evaluation.neighbour_overlap(embeddings, embeddings, "w6")
    with pytest.raises(KeyError, match="w600"):
        evaluation.neighbour_overlap(embeddings, embeddings, ["w600"])


def slow_overlap(a, b, words, topn):
    """The definition, with sets of words."""
    shared = [word for word in a.vocabulary.words if word in b.vocabulary]
    shares = []
    for word in words or shared:
        near = []
        for space in (a, b):
            others = [other for other in shared if other != word]
            others.sort(key=lambda other: -space.similarity(word, other))
            near.append(set(others[:topn]))
        shares.append(len(near[0] & near[1]) / topn)
    return shares


def test_the_overlap_is_taken_among_the_words_that_both_know():
    a = random_space(4)
    noisy = a.input_vectors + 0.3 * np.random.default_rng(5).normal(size=a.input_vectors.shape)
    order = np.random.default_rng(6).permutation(60)[:40]
    b = Embeddings(Vocabulary([f"w{row}" for row in order] + ["new"]), noisy[[*order, 0]])
    expected = slow_overlap(a, b, None, 5)
    assert 0.2 < np.mean(expected) < 0.9
    assert evaluation.neighbour_overlap(a, b, topn=5) == pytest.approx(np.mean(expected))
    np.testing.assert_allclose(evaluation.shared_neighbours(a, b, topn=5), expected)
    words = [f"w{row}" for row in order[:6]]
    found = evaluation.shared_neighbours(a, b, words, topn=5)
    np.testing.assert_allclose(found, slow_overlap(a, b, words, 5))
    with pytest.raises(KeyError, match="new"):
        evaluation.neighbour_overlap(a, b, ["new"])


def test_turning_and_scaling_change_nothing_and_chance_shares_little():
    a = random_space(7, V=800)
    turn = np.linalg.qr(np.random.default_rng(8).normal(size=(8, 8)))[0]
    scale = np.random.default_rng(9).uniform(0.1, 9, size=(800, 1))
    turned = Embeddings(a.vocabulary, 3 * scale * a.input_vectors.astype(float) @ turn)
    assert evaluation.neighbour_overlap(a, turned) > 0.9999
    other = evaluation.neighbour_overlap(a, random_space(10, V=800, d=5))
    assert other == pytest.approx(10 / 799, abs=0.005)
