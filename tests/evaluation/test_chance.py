from collections import Counter

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, evaluation, numpy_impl


def test_a_bootstrap_draws_documents_with_replacement():
    documents = [[f"d{number}"] for number in range(1000)]
    drawn = evaluation.bootstrap_documents(documents, np.random.default_rng(1))
    assert len(drawn) == 1000
    assert {id(document) for document in drawn} <= {id(document) for document in documents}
    times = Counter(document[0] for document in drawn)
    assert len(times) / 1000 == pytest.approx(1 - 1 / np.e, abs=0.03)
    assert max(times.values()) > 2
    again = evaluation.bootstrap_documents(documents, np.random.default_rng(1))
    other = evaluation.bootstrap_documents(documents, np.random.default_rng(2))
    assert again == drawn != other


@pytest.mark.parametrize("documents", [[], "text", iter([["a"]])])
def test_what_cannot_be_drawn_from_is_refused(documents):
    with pytest.raises(ValueError, match="list of at least one document"):
        evaluation.bootstrap_documents(documents, np.random.default_rng(1))


def test_stability_compares_each_two_models():
    rng = np.random.default_rng(1)
    vocabulary = Vocabulary([f"w{row}" for row in range(50)])
    models = [Embeddings(vocabulary, rng.normal(size=(50, 4))) for _ in range(3)]
    found = evaluation.stability([*models, models[0].to_keyed_vectors()], topn=5)
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    models.append(models[0])
    expected = [evaluation.neighbour_overlap(models[i], models[j], topn=5) for i, j in pairs]
    np.testing.assert_allclose(found.overlaps, expected)
    assert found.overlaps[2] == 1
    assert found.mean == pytest.approx(np.mean(expected))
    assert "two of the 4 models share" in repr(found)
    words = evaluation.stability(models[:2], iter(["w1", "w2"]), topn=5)
    assert words.mean == evaluation.neighbour_overlap(*models[:2], ["w1", "w2"], topn=5)
    with pytest.raises(ValueError, match="at least two models, not 1"):
        evaluation.stability(models[:1])


def test_bootstraps_of_the_documents_agree_less_than_seeds():
    """Antoniak and Mimno 2018, and facts of this course: the seed is the smaller chance."""
    news = datasets.load_corpus("lee")
    settings = [Word2VecSettings(vector_size=16, seed=seed, epochs=10) for seed in (1, 2)]
    vocabulary = Vocabulary.from_sentences(news, min_count=20)
    texts = [evaluation.bootstrap_documents(news, np.random.default_rng(seed)) for seed in (1, 2)]

    def overlap(texts):
        return evaluation.stability(
            numpy_impl.train_word2vec(text, one, vocabulary=vocabulary, progress=False)
            for text, one in zip(texts, settings, strict=True)
        ).mean

    assert overlap([news, news]) > overlap(texts) + 0.1


@pytest.fixture
def text():
    rng = np.random.default_rng(3)
    return [rng.choice(list("abcdefgh"), 12).tolist() for _ in range(50)]


def test_twins_take_the_place_of_as_many_tokens(text):
    kept = [tokens.copy() for tokens in text]
    count = Counter(token for tokens in text for token in tokens)
    times = {"a": 10, "b": count["b"], "c": 0}
    planted = evaluation.plant_twins(text, times, np.random.default_rng(1))
    assert text == kept, "the text that was given is untouched"
    found = Counter(token for tokens in planted for token in tokens)
    assert found["a*"] == 10 and found["a"] == count["a"] - 10
    assert found["b*"] == count["b"] and "b" not in found
    assert "c*" not in found
    renamed = [[token.removesuffix("*") for token in tokens] for tokens in planted]
    assert renamed == text
    assert planted == evaluation.plant_twins(text, times, np.random.default_rng(1))
    assert planted != evaluation.plant_twins(text, times, np.random.default_rng(2))


def test_twins_lie_anywhere_in_the_text():
    text = [["a"]] * 1000
    planted = evaluation.plant_twins(text, {"a": 300}, np.random.default_rng(1), suffix="_2")
    places = [place for place, (token,) in enumerate(planted) if token == "a_2"]
    assert len(places) == 300
    assert np.mean(places) == pytest.approx(500, abs=60)


def test_twins_that_cannot_be_planted_are_refused(text):
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="'z' occurs 0 times; 1 cannot"):
        evaluation.plant_twins(text, {"z": 1}, rng)
    with pytest.raises(ValueError, match="cannot be renamed"):
        evaluation.plant_twins(text, {"a": -1}, rng)
    with pytest.raises(ValueError, match=r"'a\*' is in the text"):
        evaluation.plant_twins([*text, ["a*"]], {"a": 1}, rng)
    with pytest.raises(ValueError, match="'a' is in the text"):
        evaluation.plant_twins(text, {"a": 1}, rng, suffix="")


def test_a_twin_is_found_among_the_nearest():
    words = ["a", "b", "a*", "b*", "x", "y"]
    vectors = np.array([[1, 0], [0, 1], [1, 0.2], [1, -0.2], [1, -0.1], [1, -0.3]])
    embeddings = Embeddings(Vocabulary(words), vectors)
    assert evaluation.twins_found(embeddings, ["a", "b"], topn=1).tolist() == [True, False]
    assert evaluation.twins_found(embeddings, ["b", "a"], topn=3).tolist() == [False, True]
    assert evaluation.twins_found(embeddings, ["b"], topn=5).tolist() == [True]
    with pytest.raises(KeyError, match=r"x\*"):
        evaluation.twins_found(embeddings, ["x"])


def test_training_finds_twins():
    text = datasets.load_corpus("toy")
    counts = Counter(token for tokens in text for token in tokens)
    words = [word for word, count in counts.most_common(60) if count >= 200]
    planted = evaluation.plant_twins(text, dict.fromkeys(words, 100), np.random.default_rng(1))
    settings = Word2VecSettings(vector_size=16, epochs=10, sample=0)
    model = numpy_impl.train_word2vec(planted, settings, progress=False)
    assert evaluation.twins_found(model, words).mean() > 0.5
