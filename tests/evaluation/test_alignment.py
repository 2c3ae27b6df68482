import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, evaluation, numpy_impl
from course_lib.embeddings import unit


@pytest.fixture
def turned():
    """A space, its rotation, and the same space turned, scaled, and in another order."""
    rng = np.random.default_rng(1)
    words = [f"w{row}" for row in range(80)]
    vectors = rng.normal(size=(80, 6))
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    order = rng.permutation(80)[:70]
    scaled = vectors[order] @ turn * rng.uniform(0.5, 2, size=(70, 1))
    after = Embeddings(Vocabulary([*(words[row] for row in order), "new"]), [*scaled, turn[0]])
    return Embeddings(Vocabulary(words), vectors), turn, after


def test_a_turn_is_found_again(turned):
    before, turn, after = turned
    found = evaluation.procrustes(before, after)
    np.testing.assert_allclose(found, turn, atol=1e-12)
    back = evaluation.procrustes(after, before, after.vocabulary.words[:10])
    np.testing.assert_allclose(back, turn.T, atol=1e-12)


def test_nothing_else_is_nearer():
    rng = np.random.default_rng(2)
    words = Vocabulary([f"w{row}" for row in range(30)])
    one, two = (Embeddings(words, rng.normal(size=(30, 4)).astype(np.float16)) for _ in range(2))
    best = evaluation.procrustes(one, two.to_keyed_vectors())
    np.testing.assert_allclose(best @ best.T, np.eye(4), atol=1e-6)

    def distance(turn):
        return np.sum((unit(one.input_vectors) @ turn - unit(two.input_vectors)) ** 2)

    lowest = distance(best)
    for _ in range(300):
        nudge = np.linalg.qr(np.eye(4) + rng.normal(scale=0.1, size=(4, 4)))[0]
        nudge *= np.sign(np.diag(nudge))
        assert distance(best @ nudge) > lowest


def test_the_word_that_was_moved_comes_first(turned):
    before, _, after = turned
    word, other, another = after.vocabulary.words[20:23]
    moved = after.input_vectors.copy()
    moved[20] = -moved[20]
    changed = Embeddings(after.vocabulary, moved)
    (first, cosine), (_, next_cosine) = evaluation.moved_words(before, changed, topn=2)
    assert first == word
    assert cosine < -0.9 and next_cosine > 0.9
    unaligned = evaluation.moved_words(before, changed, topn=70, align=False)
    assert np.mean([cosine for _, cosine in unaligned]) < 0.5
    assert len(evaluation.moved_words(before, changed, topn=1000)) == 70
    ranked = evaluation.moved_words(before, changed, words=[other, word, another])
    assert ranked[0][0] == word and len(ranked) == 3


def test_a_word_that_changes_its_company_moves_most_in_training():
    """In the second text "cat" stands where "king" stood: the word itself has not changed."""
    text = datasets.load_corpus("toy")
    vocabulary = Vocabulary.from_sentences(text)
    assert {"cat", "king"} <= set(vocabulary.words)
    swap = {"cat": "king", "king": "cat"}
    changed = [[swap.get(token, token) for token in tokens] for tokens in text]
    settings = [Word2VecSettings(vector_size=16, epochs=20, sample=0, seed=s) for s in (1, 2)]
    before, after = (
        numpy_impl.train_word2vec(tokens, one, progress=False)
        for tokens, one in zip((text, changed), settings, strict=True)
    )
    moved = [word for word, _ in evaluation.moved_words(before, after, topn=2)]
    assert set(moved) == {"cat", "king"}
    cosines = dict(evaluation.moved_words(before, after, topn=len(vocabulary)))
    direct = dict(evaluation.moved_words(before, after, topn=len(vocabulary), align=False))
    assert np.median(list(cosines.values())) > 0.8 > np.median(list(direct.values())) + 0.3


def test_zero_vectors_stay_zero(turned):
    before, _, after = turned
    word = after.vocabulary.words[3]
    vectors = before.input_vectors.copy()
    vectors[before.vocabulary.index(word)] = 0
    emptied = Embeddings(before.vocabulary, vectors)
    found = dict(evaluation.moved_words(emptied, after, topn=80))
    assert np.isfinite(list(found.values())).all()
    assert found[word] == 0


def test_spaces_that_do_not_fit_are_refused(turned):
    before, _, after = turned
    flat = Embeddings(after.vocabulary, after.input_vectors[:, :4].copy())
    with pytest.raises(ValueError, match="6 and 4 numbers"):
        evaluation.procrustes(before, flat)
    with pytest.raises(ValueError, match="no common word"):
        evaluation.procrustes(before, Embeddings(Vocabulary(["x"]), np.ones((1, 6))))
    with pytest.raises(KeyError, match="new"):
        evaluation.moved_words(before, after, words=["new"])
    with pytest.raises(ValueError, match="topn"):
        evaluation.moved_words(before, after, topn=0)
    with pytest.raises(ValueError, match="no OUT vectors"):
        evaluation.procrustes(before, after, which="out")
