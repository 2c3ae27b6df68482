import dataclasses

import numpy as np
import pytest
from gensim.models import Word2Vec
from gensim.test.utils import datapath
from scipy import stats

from course_lib import Embeddings, Vocabulary, datasets, evaluation
from course_lib.evaluation.similarity import bootstrap_spearman, spearman

FILES = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
PAIRS = [*evaluation.read_pairs("wordsim353"), *evaluation.read_pairs("simlex999")]
WORDS = list(dict.fromkeys(word for pair in PAIRS for word in pair[:2]))


def random_vectors(seed, dtype=np.float32, d=20, unknown=60):
    """Most words of the lists, some in three spellings, each with a vector of its own."""
    rng = np.random.default_rng(seed)
    words = [*WORDS[unknown:], *(word.title() for word in WORDS[::3]), "Zzz"]
    words = list(dict.fromkeys(words + [word.upper() for word in WORDS[::5]]))
    words = [words[row] for row in rng.permutation(len(words))]
    counts = np.sort(rng.integers(1, 5000, len(words)))[::-1]
    return Embeddings(Vocabulary(words, counts), rng.normal(size=(len(words), d)).astype(dtype))


@pytest.fixture(scope="module")
def lee():
    settings = {"sg": 1, "min_count": 2, "seed": 1, "workers": 1, "epochs": 3}
    return Word2Vec(datasets.load_corpus("lee"), vector_size=30, **settings)


@pytest.fixture
def judged(tmp_path):
    """Write a list of pairs, and give Embeddings that know its words."""

    def make(scores, vectors):
        words = [f"w{row}" for row in range(len(vectors))]
        path = tmp_path / "mine.txt"
        lines = [f"w{2 * n} w{2 * n + 1} {score}" for n, score in enumerate(scores)]
        path.write_text("\n".join(lines))
        return Embeddings(Vocabulary(words), np.asarray(vectors, dtype=float)), path

    return make


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("case_insensitive", [True, False])
@pytest.mark.parametrize("restrict_vocab", [300_000, 900])
@pytest.mark.parametrize("seed", range(3))
def test_random_vectors_score_as_in_gensim(name, case_insensitive, restrict_vocab, seed):
    embeddings = random_vectors(seed)
    options = {"restrict_vocab": restrict_vocab, "case_insensitive": case_insensitive}
    pearson, rank, unknown = embeddings.to_keyed_vectors().evaluate_word_pairs(
        datapath(FILES[name]), **options
    )
    found = evaluation.word_similarity(embeddings, name, n_bootstrap=1, n_random=0, **options)
    assert found.covered >= 10
    assert found.spearman == pytest.approx(rank.statistic, abs=1e-5)
    assert found.pearson == pytest.approx(pearson.statistic, abs=1e-6)
    assert 100 * found.unknown == pytest.approx(unknown)


@pytest.mark.parametrize("name", FILES)
def test_trained_vectors_score_as_in_gensim(lee, name):
    pearson, rank, unknown = lee.wv.evaluate_word_pairs(datapath(FILES[name]))
    found = evaluation.word_similarity(lee.wv, name)
    assert found.spearman == pytest.approx(rank.statistic, abs=1e-5)
    assert found.pearson == pytest.approx(pearson.statistic, abs=1e-6)
    assert 100 * found.unknown == pytest.approx(unknown)
    assert found.low < found.spearman < found.high


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_it_is_the_rank_correlation_of_the_cosines(dtype):
    """The definition, pair by pair."""
    embeddings = random_vectors(5, dtype, unknown=0)
    vectors = dict(zip(embeddings.vocabulary.words, embeddings.input_vectors, strict=True))
    cosines, scores = [], []
    for first, second, score in evaluation.read_pairs("wordsim353"):
        if first in vectors and second in vectors:
            x, y = (vectors[word].astype(float) for word in (first, second))
            cosines.append(x @ y / np.sqrt((x @ x) * (y @ y)))
            scores.append(score)
    found = evaluation.word_similarity(embeddings, case_insensitive=False, n_bootstrap=1)
    np.testing.assert_allclose(found.cosines, cosines, atol=1e-12)
    assert found.human.tolist() == scores
    ranks = [stats.rankdata(values) for values in (scores, cosines)]
    assert found.spearman == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_out_vectors_and_sums_are_judged_too(lee):
    embeddings = Embeddings.from_keyed_vectors(lee.wv, lee.syn1neg)
    for which in ("in", "out", "sum"):
        alone = Embeddings(embeddings.vocabulary, embeddings.matrix(which))
        found = evaluation.word_similarity(embeddings, which=which, n_bootstrap=10)
        expected = evaluation.word_similarity(alone, n_bootstrap=10)
        assert found.spearman == expected.spearman
        assert which.upper() in repr(found)
    with pytest.raises(ValueError, match="no OUT vectors"):
        evaluation.word_similarity(lee.wv, which="out")


def test_the_bootstrap_interval_covers():
    """Correlated normal pairs, whose Spearman is known: 6 / pi asin(rho / 2)."""
    rng = np.random.default_rng(1)
    rho, n, trials, covered = 0.5, 80, 400, 0
    truth = 6 / np.pi * np.arcsin(rho / 2)
    for _ in range(trials):
        x, noise = rng.normal(size=(2, n))
        y = rho * x + np.sqrt(1 - rho**2) * noise
        low, high = np.quantile(bootstrap_spearman(x, y[None], 300, rng)[0], [0.05, 0.95])
        covered += low < truth < high
    assert 0.85 < covered / trials < 0.94, "nine of ten intervals of 90 % should hold the truth"


def test_a_draw_is_the_correlation_of_the_drawn_pairs():
    x, y = np.random.default_rng(2).normal(size=(2, 30)).round(1)  # with ties
    found = bootstrap_spearman(x, np.array([y, -y]), 50, np.random.default_rng(3))
    drawn = np.random.default_rng(3).integers(30, size=(50, 30))
    expected = [stats.spearmanr(x[row], y[row]).statistic for row in drawn]
    np.testing.assert_allclose(found, [expected, np.negative(expected)], atol=1e-12)


def test_large_lists_are_drawn_in_blocks(monkeypatch):
    x, y = np.random.default_rng(2).normal(size=(2, 30))
    whole = bootstrap_spearman(x, y[None], 50, np.random.default_rng(3))
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 4 * 30 * 7)
    in_blocks = bootstrap_spearman(x, y[None], 50, np.random.default_rng(3))
    np.testing.assert_array_equal(in_blocks, whole)


def test_baselines_of_random_vectors_are_near_zero_and_spread_as_theory_says():
    found = evaluation.word_similarity(random_vectors(0, unknown=0), n_random=200, n_bootstrap=1)
    deviation = 1 / np.sqrt(found.covered - 1)
    assert abs(found.random.mean()) < 0.04, "a word with itself, and pairs that share a word"
    assert found.random.std() == pytest.approx(deviation, rel=0.3)
    assert abs(found.frequency) < 4 * deviation
    assert abs(found.spearman) < 4 * deviation


def test_the_frequency_baseline_sees_counts_and_nothing_else(tmp_path):
    counts = [1000, 900, 800, 50, 40, 2]
    embeddings = Embeddings(Vocabulary(list("abcdef"), counts), np.eye(6))
    path = tmp_path / "mine.txt"
    path.write_text("a b 4\nc d 2\na f 0\nd e 3\n")  # ratios of the counts 1.1, 16, 500, 1.25
    assert evaluation.word_similarity(embeddings, path).frequency == pytest.approx(1)
    path.write_text("a b 0\nc d 2\na f 4\nd e 1\n")
    assert evaluation.word_similarity(embeddings, path).frequency == pytest.approx(-1)


def test_counts_that_gensim_made_up_are_no_baseline(tmp_path):
    embeddings = random_vectors(0)
    assert not np.isnan(evaluation.word_similarity(embeddings.to_keyed_vectors()).frequency)
    embeddings.to_keyed_vectors().save_word2vec_format(str(tmp_path / "vectors.txt"))
    loaded = type(embeddings.to_keyed_vectors()).load_word2vec_format(tmp_path / "vectors.txt")
    assert np.isnan(evaluation.word_similarity(loaded).frequency)


def test_the_seed_decides_everything():
    embeddings = random_vectors(1)
    one, again, other = (evaluation.word_similarity(embeddings, seed=seed) for seed in (4, 4, 5))
    assert (one.low, one.high) == (again.low, again.high) != (other.low, other.high)
    np.testing.assert_array_equal(one.random, again.random)
    assert one.random[0] != other.random[0]
    fewer = evaluation.word_similarity(embeddings, seed=4, n_random=3)
    np.testing.assert_array_equal(fewer.random, one.random[:3])


@pytest.mark.parametrize(
    ("scores", "vectors", "problem"),
    [
        ([1, 2], np.eye(4), "2 pairs are covered"),
        ([1, 1, 1, 1], np.random.default_rng(0).normal(size=(8, 2)), "all human scores are equal"),
        ([1, 2, 3, 4], np.eye(8), "all cosines are equal"),
        ([1, 2, 3, 4], np.zeros((8, 2)), "all cosines are equal"),
        ([1, 2, 3, 4], np.ones((1, 2)), "0 pairs are covered"),
    ],
)
def test_no_correlation_is_said_so(judged, scores, vectors, problem):
    found = evaluation.word_similarity(*judged(scores, vectors))
    assert problem in found.problem
    assert problem in repr(found)
    for value in (found.spearman, found.pearson, found.low, found.high):
        assert np.isnan(value)
    assert len(found.random) == 0


def test_a_zero_vector_has_cosine_zero(judged):
    vectors = [[1, 0], [1, 0], [0, 0], [1, 1], [1, 0], [-1, 0]]
    found = evaluation.word_similarity(*judged([3, 2, 1], vectors), n_bootstrap=50)
    np.testing.assert_allclose(found.cosines, [1, 0, -1], atol=1e-15)
    assert found.spearman == pytest.approx(1)


def test_words_that_gensim_left_without_a_name_are_no_words():
    keyed = random_vectors(0).to_keyed_vectors()
    expected = evaluation.word_similarity(keyed)
    keyed.index_to_key.append(None)
    keyed.vectors = np.vstack([keyed.vectors, np.zeros(20, dtype=np.float32)])
    keyed.expandos["count"] = np.append(keyed.expandos["count"], 0)
    assert evaluation.word_similarity(keyed).spearman == expected.spearman


def test_the_difference_is_drawn_pair_by_pair():
    """The same noise in both: each interval is wide, and the difference sure."""
    rng = np.random.default_rng(1)
    embeddings = random_vectors(2, unknown=0)
    result = evaluation.word_similarity(embeddings, n_bootstrap=10)
    shared = result.human + rng.normal(0, 3, result.covered)
    good, worse = (
        dataclasses.replace(result, cosines=shared + rng.normal(0, noise, result.covered))
        for noise in (0.1, 2)
    )
    found = evaluation.similarity_difference(good, worse)
    assert found.difference == pytest.approx(
        spearman(good.human, good.cosines) - spearman(worse.human, worse.cosines)
    )
    assert 0 < found.low < found.difference < found.high
    assert "the first is better" in repr(found)
    assert "the second is better" in repr(evaluation.similarity_difference(worse, good))
    same = evaluation.similarity_difference(good, good)
    assert (same.difference, same.low, same.high) == (0, 0, 0)
    assert "no difference" in repr(same)


def test_the_difference_is_taken_over_the_pairs_that_both_cover():
    one = evaluation.word_similarity(random_vectors(0, unknown=0), case_insensitive=False)
    other = evaluation.word_similarity(random_vectors(1, unknown=90), case_insensitive=False)
    common = set(one.judged) & set(other.judged)
    assert len(common) < one.covered
    assert evaluation.similarity_difference(one, other).covered == len(common)
    simlex = evaluation.word_similarity(random_vectors(1), "simlex999")
    with pytest.raises(ValueError, match="two lists, wordsim353 and simlex999"):
        evaluation.similarity_difference(one, simlex)
    flat = dataclasses.replace(one, cosines=np.zeros(one.covered))
    with pytest.raises(ValueError, match="all cosines are equal"):
        evaluation.similarity_difference(one, flat)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"n_bootstrap": 0}, "n_bootstrap"),
        ({"n_random": -1}, "n_random"),
        ({"confidence": 1.0}, "confidence"),
        ({"confidence": 95}, "confidence"),
        ({"restrict_vocab": 0}, "restrict_vocab"),
        ({"restrict_vocab": 2.5}, "restrict_vocab"),
        ({"which": "both"}, "both"),
    ],
)
def test_wrong_settings_are_named(wrong, told):
    with pytest.raises(ValueError, match=told):
        evaluation.word_similarity(random_vectors(0), **wrong)


def test_what_is_no_vectors_is_refused(lee):
    with pytest.raises(ValueError, match=r"not a Word2Vec. Hand in its vectors, model\.wv"):
        evaluation.word_similarity(lee)
    with pytest.raises(ValueError, match="not a ndarray"):
        evaluation.word_similarity(np.eye(3))


def test_a_result_shows_itself_and_cannot_be_changed():
    found = evaluation.word_similarity(random_vectors(0))
    lines = repr(found).splitlines()
    assert lines[0] == "wordsim353, IN vectors"
    assert f"{found.covered} of 353" in repr(found)
    assert len({len(line) for line in lines[2:]}) == 1, "right-aligned"
    assert found._repr_html_().count("<tr>") == 7
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.spearman = 1.0
