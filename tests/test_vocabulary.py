import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import Vocabulary
from course_lib.vocabulary import StoredVocabulary


def random_text(seed, sentences=200, words=60):
    """Zipf-like text with many ties."""
    rng = np.random.default_rng(seed)
    ranks = np.arange(1, words + 1)
    chances = (1 / ranks) / (1 / ranks).sum()
    return [
        [f"w{index}" for index in rng.choice(words, size=rng.integers(0, 12), p=chances)]
        for _ in range(sentences)
    ]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("min_count", [1, 3, 10])
def test_words_order_and_counts_are_gensims(seed, min_count):
    text = random_text(seed)
    theirs = Word2Vec(min_count=min_count)
    theirs.build_vocab(text)
    ours = Vocabulary.from_sentences(text, min_count=min_count)
    assert ours.words == theirs.wv.index_to_key
    assert ours.counts.tolist() == [theirs.wv.get_vecattr(w, "count") for w in ours.words]
    assert len(set(ours.counts)) < len(ours) or min_count > 1, "the text has ties to order"


@pytest.mark.parametrize("sample", [1e-3, 1e-2, 0.5, 1, 100])
def test_keep_probabilities_are_gensims(sample):
    text = random_text(1)
    theirs = Word2Vec(min_count=2, sample=sample)
    theirs.build_vocab(text)
    ours = Vocabulary.from_sentences(text, min_count=2)
    # gensim stores the probability as a 32-bit integer.
    stored = [theirs.wv.get_vecattr(w, "sample_int") / (2**32 - 1) for w in ours.words]
    np.testing.assert_allclose(ours.keep_probabilities(sample), stored, atol=3e-10)


def test_noise_distribution_is_gensims():
    text = random_text(2)
    for exponent in (0.75, 0.0, 1.0, -0.5):
        theirs = Word2Vec(min_count=2, ns_exponent=exponent)
        theirs.build_vocab(text)
        ours = Vocabulary.from_sentences(text, min_count=2).noise_distribution(exponent)
        stored = np.diff(theirs.cum_table.astype(float), prepend=0) / theirs.cum_table[-1]
        np.testing.assert_allclose(ours, stored, atol=2e-9)


def test_formulas_by_hand():
    vocabulary = Vocabulary(["the", "cat", "sat"], [90, 9, 1])
    # t/f is .01/.9, .01/.09, .01/.01
    paper = vocabulary.keep_probabilities(0.01, "paper")
    np.testing.assert_allclose(paper, [(1 / 90) ** 0.5, (1 / 9) ** 0.5, 1])
    gensim = vocabulary.keep_probabilities(0.01)
    np.testing.assert_allclose(gensim, [(1 / 90) ** 0.5 + 1 / 90, (1 / 9) ** 0.5 + 1 / 9, 1])
    np.testing.assert_array_equal(vocabulary.keep_probabilities(0), [1, 1, 1])
    np.testing.assert_allclose(vocabulary.noise_distribution(1), [0.9, 0.09, 0.01])
    np.testing.assert_allclose(vocabulary.noise_distribution(0), [1 / 3] * 3)
    powers = np.array([90**0.75, 9**0.75, 1])
    np.testing.assert_allclose(vocabulary.noise_distribution(), powers / powers.sum())
    np.testing.assert_allclose(vocabulary.noise_distribution(1e308), [1, 0, 0])
    np.testing.assert_allclose(vocabulary.noise_distribution(-1e308), [0, 0, 1])
    large = Vocabulary(["a", "b"], [2**40, 1])
    assert large.counts.tolist() == [2**40, 1]


def test_max_size_keeps_the_first_in_order():
    text = random_text(3)
    whole = Vocabulary.from_sentences(text, min_count=1)
    cut = Vocabulary.from_sentences(text, min_count=1, max_size=7)
    assert cut.words == whole.words[:7]
    assert cut.counts.tolist() == whole.counts[:7].tolist()
    assert Vocabulary.from_sentences(text, min_count=1, max_size=10**6) == whole


def test_encode_leaves_unknown_words_out_and_decode_turns_back():
    vocabulary = Vocabulary(["a", "b", "c"], [3, 2, 1])
    rows = vocabulary.encode(["c", "?", "a", "a"])
    assert rows.dtype == np.int32
    assert rows.tolist() == [2, 0, 0]
    assert vocabulary.decode(rows) == ["c", "a", "a"]
    empty = vocabulary.encode([])
    assert (empty.dtype, empty.shape) == (np.int32, (0,))
    with pytest.raises(ValueError, match="Row -1"):
        vocabulary.decode([-1])


def test_a_missing_word_is_named_with_words_spelt_alike():
    vocabulary = Vocabulary(["queen", "king", "zebra"], [3, 2, 1])
    assert vocabulary.index("king") == 1
    with pytest.raises(KeyError, match=r"'quene'.*'queen'"):
        vocabulary.index("quene")
    with pytest.raises(KeyError, match="No word is spelt alike"):
        vocabulary.index("xylophone")
    with pytest.raises(KeyError, match="not"):
        vocabulary.index(["king"])


def test_what_is_no_vocabulary_is_refused():
    with pytest.raises(ValueError, match="at least one word"):
        Vocabulary([])
    with pytest.raises(ValueError, match="'a' stands 2 times"):
        Vocabulary(["a", "b", "a"], [1, 1, 1])
    with pytest.raises(ValueError, match="strings"):
        Vocabulary(["a", 7])
    with pytest.raises(ValueError, match="shape"):
        Vocabulary(["a", "b"], [1])
    with pytest.raises(ValueError, match="letters"):
        Vocabulary("king")
    for counts in ([0, 1], [1.5, 2.0], [-1, 3], np.array([2**63 + 5, 1], dtype=np.uint64)):
        with pytest.raises(ValueError, match="whole numbers"):
            Vocabulary(["a", "b"], counts)
    with pytest.raises(ValueError, match="Lower min_count"):
        Vocabulary.from_sentences([["a", "b"]], min_count=2)
    with pytest.raises(ValueError, match="Lower min_count"):
        Vocabulary.from_sentences([])
    for limits in ({"min_count": 0}, {"min_count": 1.5}, {"max_size": 0}, {"max_size": 2.0}):
        with pytest.raises(ValueError, match=f"{next(iter(limits))} must be a whole number"):
            Vocabulary.from_sentences([["a"]], **limits)
    with pytest.raises(ValueError, match="letters"):
        Vocabulary.from_sentences(["a sentence"], min_count=1)
    with pytest.raises(ValueError, match="letters"):
        Vocabulary(["a"]).encode("a")
    with pytest.raises(ValueError, match="letters"):
        Vocabulary(["a"]).encode(b"a")


def test_unknown_counts_are_not_made_up():
    vocabulary = Vocabulary(["a", "b"])
    assert vocabulary.counts is None
    with pytest.raises(ValueError, match="no counts"):
        vocabulary.noise_distribution()
    with pytest.raises(ValueError, match="no counts"):
        vocabulary.keep_probabilities(1e-3)
    assert vocabulary != Vocabulary(["a", "b"], [1, 1])


def test_bad_arguments_are_refused():
    vocabulary = Vocabulary(["a", "b"], [2, 1])
    for sample in (-1, float("nan")):
        with pytest.raises(ValueError, match="sample"):
            vocabulary.keep_probabilities(sample)
    with pytest.raises(ValueError, match="formula"):
        vocabulary.keep_probabilities(1e-3, "word2vec")
    with pytest.raises(ValueError, match="exponent"):
        vocabulary.noise_distribution(float("nan"))


def test_counts_cannot_be_changed_by_accident():
    vocabulary = Vocabulary(["a", "b"], [2, 1])
    with pytest.raises(ValueError, match="read-only"):
        vocabulary.counts[0] = 5


def test_it_looks_like_what_it_is():
    vocabulary = Vocabulary(["a", "b", "c", "d"], [1000, 2, 1, 1])
    assert repr(vocabulary) == "Vocabulary(4 words, 1,004 tokens: a, b, c, ...)"
    assert list(vocabulary) == ["a", "b", "c", "d"]
    assert "a" in vocabulary
    assert "z" not in vocabulary


def test_a_stored_vocabulary_is_any_other_that_waits():
    words = ["the", "naïve", "東京", "10\u00a0000"]
    stored = StoredVocabulary("\n".join(words).encode(), 4)
    assert len(stored) == 4
    assert "words" not in vars(stored), "not taken apart yet"
    assert stored == Vocabulary(words)
    assert stored.words == list(stored) == words
    assert [stored.index(word) for word in words] == [0, 1, 2, 3]
    assert stored.encode(["東京", "unknown", "the"]).tolist() == [2, 0]
    assert "naïve" in stored
    assert "naive" not in stored
    with pytest.raises(ValueError, match="no counts"):
        stored.require_counts()
    with pytest.raises(KeyError, match="'thy' is not among the 4 words"):
        stored.index("thy")
