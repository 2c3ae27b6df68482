import numpy as np
import pytest
from scipy import stats

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, evaluation, numpy_impl
from course_lib.cooccurrences import count_cooccurrences
from course_lib.numpy_impl import objectives


def space_of(vectors, out=None, counts=None):
    words = [f"w{row}" for row in range(len(vectors))]
    return Embeddings(Vocabulary(words, counts), np.asarray(vectors), out)


@pytest.fixture
def cloud():
    rng = np.random.default_rng(1)
    scale = rng.uniform(0.1, 5, size=(200, 1))
    return space_of(
        rng.normal(np.eye(6)[0], size=(200, 6)) * scale,
        rng.normal(-0.5 * np.eye(6)[0], size=(200, 6)),
        np.sort(rng.integers(1, 10_000, 200))[::-1],
    )


@pytest.fixture(params=[np.float16, np.float32, np.float64])
def each_precision(request, cloud):
    return space_of(cloud.input_vectors.astype(request.param)), cloud.input_vectors


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 50)


def all_cosines(vectors):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units @ units.T


def test_the_mean_cosine_is_that_of_all_pairs(each_precision, small_blocks):
    embeddings, exact = each_precision
    expected = all_cosines(exact)[np.triu_indices(200, 1)].mean()
    assert expected > 0.05
    assert evaluation.mean_cosine(embeddings) == pytest.approx(expected, abs=2e-4)
    some = evaluation.mean_cosine(embeddings, words=["w3", "w9", "w5"])
    three = all_cosines(exact[[3, 9, 5]])[np.triu_indices(3, 1)].mean()
    assert some == pytest.approx(three, abs=2e-3)


def test_the_mean_cosine_of_extremes():
    assert evaluation.mean_cosine(space_of(np.ones((5, 3)))) == pytest.approx(1)
    assert evaluation.mean_cosine(space_of(np.eye(4))) == pytest.approx(0)
    assert evaluation.mean_cosine(space_of([[1.0], [-1.0]])) == pytest.approx(-1)
    with_zero = space_of([[1.0, 0], [1.0, 0], [0, 0]])
    assert evaluation.mean_cosine(with_zero) == pytest.approx(1 / 3)
    assert np.isnan(evaluation.mean_cosine(space_of(np.ones((1, 3)))))


def test_the_cone_is_the_cosine_of_the_means(cloud):
    middles = cloud.input_vectors.mean(axis=0), cloud.output_vectors.mean(axis=0)
    lengths = [np.linalg.norm(middle) for middle in middles]
    expected = middles[0] @ middles[1] / np.prod(lengths)
    assert evaluation.cone(cloud) == pytest.approx(expected)
    assert expected < -0.5
    assert evaluation.cone(space_of([[1.0], [-1.0]], np.ones((2, 1)))) == 0
    with pytest.raises(ValueError, match="no OUT vectors"):
        evaluation.cone(cloud.to_keyed_vectors())


def test_norms_by_count_is_a_rank_correlation(cloud, small_blocks):
    lengths = np.linalg.norm(cloud.input_vectors, axis=1)
    expected = stats.spearmanr(lengths, cloud.vocabulary.counts).statistic
    assert evaluation.norms_by_count(cloud) == pytest.approx(expected)
    half = space_of(300 * cloud.input_vectors.astype(np.float16), counts=cloud.vocabulary.counts)
    assert evaluation.norms_by_count(half) == pytest.approx(expected, abs=1e-3)
    assert np.isnan(evaluation.norms_by_count(space_of(np.eye(3), counts=[3, 2, 1])))
    with pytest.raises(ValueError, match="no counts"):
        evaluation.norms_by_count(space_of(np.eye(3)))


def test_hubness_counts_and_their_skewness(cloud):
    cosines = all_cosines(cloud.input_vectors)
    np.fill_diagonal(cosines, -2)
    near = np.argsort(-cosines, axis=1)[:, :7]
    expected = np.bincount(near.ravel(), minlength=200)
    found = evaluation.hubness(cloud, topn=7)
    np.testing.assert_array_equal(found.occurrences, expected)
    assert found.occurrences.sum() == 7 * 200
    assert found.skewness == pytest.approx(stats.skew(expected))
    assert found.hubs[0] == (f"w{expected.argmax()}", expected.max())
    assert f"{expected.max()}" in repr(found)


def test_a_hub_skews_and_a_circle_does_not():
    angles = 2 * np.pi * np.arange(12) / 12 + 0.01 * np.arange(12) ** 2
    circle = space_of(np.column_stack([np.cos(angles), np.sin(angles)]))
    corners = np.vstack([np.eye(30), np.full((1, 30), 1.0)])
    star = evaluation.hubness(space_of(corners), topn=1)
    assert star.hubs[0] == ("w30", 30)
    assert star.skewness > 4 > abs(evaluation.hubness(circle, topn=2).skewness)
    assert np.isnan(evaluation.hubness(space_of(np.ones((1, 3)))).skewness)


def test_hubness_looks_at_the_first_words_only(cloud):
    first = space_of(cloud.input_vectors[:50])
    found = evaluation.hubness(cloud, topn=3, restrict_vocab=50)
    np.testing.assert_array_equal(
        found.occurrences, evaluation.hubness(first, topn=3, restrict_vocab=None).occurrences
    )
    with pytest.raises(ValueError, match="restrict_vocab"):
        evaluation.hubness(cloud, restrict_vocab=0)


@pytest.fixture(scope="module")
def toy():
    text = datasets.load_corpus("toy")
    vocabulary = Vocabulary.from_sentences(text, min_count=1)
    return vocabulary, count_cooccurrences(text, vocabulary, window=3, progress=False)


@pytest.mark.parametrize("exponent", [1.0, 0.75])
@pytest.mark.parametrize("negative", [1, 5])
def test_the_best_scores_of_negative_sampling_fit(toy, exponent, negative, small_blocks):
    """The scores where the expected loss is lowest, as lesson 04 has them, factorised."""
    vocabulary, counts = toy
    dense = counts.toarray()
    contexts = dense.sum(axis=0) ** exponent
    noise = objectives.expected_negatives(dense, contexts / contexts.sum(), negative)
    scores = objectives.optimal_scores(dense, noise)
    scores[dense == 0] = -20
    left, sizes, right = np.linalg.svd(scores)
    fitted = Embeddings(vocabulary, left * sizes, np.ascontiguousarray(right.T))
    found = evaluation.pmi_fit(fitted, counts, negative, exponent=exponent)
    assert found.pairs == counts.nnz == (dense > 0).sum()
    assert found.correlation == pytest.approx(1)
    assert (found.slope, found.intercept) == pytest.approx((1, 0), abs=1e-9)
    assert "slope 1.00" in repr(found)
    same = evaluation.pmi_fit(fitted, dense, negative, exponent=exponent)
    assert same.correlation == pytest.approx(found.correlation)
    other = evaluation.pmi_fit(fitted, counts, negative, exponent=1.75 - exponent)
    assert other.correlation < 0.99
    shifted = evaluation.pmi_fit(fitted, counts, 2 * negative, exponent=exponent)
    assert shifted.intercept == pytest.approx(np.log(2))


def test_the_line_is_that_of_least_squares(toy):
    vocabulary, counts = toy
    rng = np.random.default_rng(1)
    V = len(vocabulary)
    vectors = rng.normal(size=(2, V, 4)).astype(np.float16)
    found = evaluation.pmi_fit(Embeddings(vocabulary, *vectors), counts, 3)
    dense = counts.toarray()
    share = dense / dense.sum()
    with np.errstate(divide="ignore"):
        pmi = np.log(share / np.outer(share.sum(axis=1), share.sum(axis=0)))
    scores = vectors[0].astype(float) @ vectors[1].T.astype(float)
    x, y = (pmi - np.log(3))[dense > 0], scores[dense > 0]
    slope, intercept = np.polyfit(x, y, 1)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept))
    assert found.correlation == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert abs(found.correlation) < 0.2
    still = Embeddings(vocabulary, *np.zeros((2, V, 4)))
    assert np.isnan(evaluation.pmi_fit(still, counts).correlation)


def test_trained_vectors_fit_their_pmi(toy):
    vocabulary, counts = toy
    settings = Word2VecSettings(vector_size=16, window=3, epochs=30, sample=0, min_count=1)
    text = datasets.load_corpus("toy")
    model = numpy_impl.train_word2vec(text, settings, vocabulary=vocabulary, progress=False)
    assert evaluation.pmi_fit(model, counts, exponent=0.75).correlation > 0.5


def test_counts_that_do_not_fit_are_refused(toy):
    vocabulary, counts = toy
    V = len(vocabulary)
    embeddings = Embeddings(vocabulary, *np.ones((2, V, 3)))
    for wrong in (np.ones((3, 3)), np.zeros((V, V)), -np.ones((V, V))):
        with pytest.raises(ValueError, match=f"the pairs of {V} words"):
            evaluation.pmi_fit(embeddings, wrong)
    with pytest.raises(ValueError, match="negative must be"):
        evaluation.pmi_fit(embeddings, counts, 0)
    with pytest.raises(ValueError, match="no OUT vectors"):
        evaluation.pmi_fit(Embeddings(vocabulary, np.ones((V, 3))), counts)


def test_the_spectrum_is_that_of_principal_components(each_precision, small_blocks):
    embeddings, exact = each_precision
    singular = np.linalg.svd(exact - exact.mean(axis=0), compute_uv=False) ** 2
    found = evaluation.spectrum(embeddings)
    np.testing.assert_allclose(found, singular / singular.sum(), atol=1e-3)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(found) <= 0).all()


def test_the_spectrum_of_extremes():
    line = np.outer(np.arange(5.0), [3.0, 4.0]) - 50
    np.testing.assert_allclose(evaluation.spectrum(space_of(line)), [1, 0], atol=1e-12)
    assert evaluation.spectrum(space_of(np.ones((1, 3)))).tolist() == [0, 0, 0]
