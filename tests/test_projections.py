import builtins
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from course_lib.embeddings import unit
from course_lib.projections import Projection, project

RNG = np.random.default_rng(5)
CLUSTERS = np.repeat(np.eye(4, 20) * 10, 15, axis=0) + RNG.normal(size=(60, 20))
LABELS = np.repeat(np.arange(4), 15)


def same_cluster(points):
    """Share of points whose nearest other point is of their cluster."""
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return (LABELS[distances.argmin(axis=1)] == LABELS).mean()


def test_pca_is_that_of_scikit_learn_with_the_farthest_point_positive():
    found = project(CLUSTERS)
    model = PCA(2)
    expected = model.fit_transform(CLUSTERS)
    assert np.abs(found.points) == pytest.approx(np.abs(expected))
    assert found.shares == pytest.approx(model.explained_variance_ratio_)
    farthest = np.abs(found.points).argmax(axis=0)
    assert (found.points[farthest, [0, 1]] > 0).all()


def test_pca_holds_the_variance_of_the_covariance_matrix():
    X = RNG.normal(size=(30, 6)) * [5, 3, 1, 1, 1, 1] + 7
    found = project(X)
    variances = np.linalg.eigvalsh(np.cov(X.T))[::-1]
    assert found.points.var(axis=0, ddof=1) == pytest.approx(variances[:2])
    assert found.shares == pytest.approx(variances[:2] / variances.sum())
    assert found.points.mean(axis=0) == pytest.approx([0, 0])


def test_pca_of_rotated_vectors_is_the_same():
    """Which sign the decomposition comes out with is a matter of luck."""
    for seed in range(5):
        rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(20, 20)))
        assert project(CLUSTERS @ rotation).points == pytest.approx(project(CLUSTERS).points)


def test_pca_of_two_vectors_and_of_two_numbers():
    points = project([[1.0, 2.0, 2.0], [3.0, 0.0, 1.0]]).points
    assert np.abs(points) == pytest.approx(np.array([[1.5, 0], [1.5, 0]]))
    assert project([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]).shares == pytest.approx([1, 0])


@pytest.mark.parametrize(
    "options",
    [
        {"method": "tsne", "perplexity": 10},
        {"method": "tsne", "perplexity": 10, "init": "random", "seed": 3},
        {"method": "umap", "n_neighbors": 8, "seed": 3},
    ],
    ids=["tsne", "tsne-random", "umap"],
)
def test_neighbours_stay_neighbours_and_the_same_seed_gives_the_same_points(options, capfd):
    if options["method"] == "umap":
        pytest.importorskip("umap")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = project(CLUSTERS, **options)
        assert np.array_equal(project(CLUSTERS, **options).points, found.points)
    assert found.points.shape == (60, 2)
    assert found.points.dtype == np.float64
    assert found.shares is None
    assert same_cluster(found.points) == 1
    assert trustworthiness(CLUSTERS, found.points) > 0.75
    assert capfd.readouterr().err == ""


def test_tsne_from_pca_is_one_picture_and_from_random_another_each_seed():
    def points(**options):
        return project(CLUSTERS, "tsne", perplexity=10, **options).points

    assert np.array_equal(points(seed=1), points(seed=2))
    assert not np.allclose(points(seed=1, init="random"), points(seed=2, init="random"), atol=1)


def test_the_method_says_what_was_set():
    assert project(CLUSTERS).method == "PCA"
    assert project(CLUSTERS, "tsne", perplexity=7).method == "t-SNE, perplexity 7, start by PCA"
    random = project(CLUSTERS, "tsne", perplexity=7.5, init="random", seed=4)
    assert random.method == "t-SNE, perplexity 7.5, seed 4"
    assert repr(random) == "Projection(60 points, t-SNE, perplexity 7.5, seed 4)"


def test_umap_says_what_was_set():
    pytest.importorskip("umap")
    assert project(CLUSTERS, "umap", n_neighbors=5).method == "UMAP, 5 neighbours, seed 0"


def test_normalised_vectors_have_length_one():
    long = CLUSTERS * np.arange(1, 61)[:, None]
    assert project(long, normalise=True).points == pytest.approx(project(unit(CLUSTERS)).points)
    assert not np.allclose(project(long).points, project(CLUSTERS).points)


def test_without_umap_the_message_names_the_remedy(monkeypatch):
    original = builtins.__import__

    def without(name, *arguments, **options):
        if name == "umap":
            raise ModuleNotFoundError("No module named 'umap'", name="umap")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModuleNotFoundError, match="pip install umap-learn"):
        project(CLUSTERS, "umap")


def test_importing_it_imports_neither_scikit_learn_nor_umap():
    code = (
        "import sys; from course_lib.projections import project; project([[1, 2], [3, 5]]);"
        "sys.exit('sklearn' in sys.modules or 'umap' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("vectors", "options", "message"),
    [
        (CLUSTERS, {"method": "mds"}, '"pca", "tsne" or "umap", not \'mds\''),
        (CLUSTERS[0], {}, "expected \\(n, d\\)"),
        (CLUSTERS[:1], {}, "2 or more vectors"),
        (CLUSTERS[:, :1], {}, "2 or more numbers"),
        (np.full((3, 2), np.nan), {}, "NaN"),
        (np.ones((4, 3)), {}, "two different vectors"),
        (np.ones((4, 3)), {"method": "tsne", "perplexity": 2}, "two different vectors"),
        (np.outer([1, 2, 3], [1.0, 2.0]), {"normalise": True}, "two different vectors"),
        (CLUSTERS[:2], {"method": "tsne", "perplexity": 1}, "at least 3 vectors"),
        (CLUSTERS, {"method": "tsne", "perplexity": 60}, "below the number of vectors, 60"),
        (CLUSTERS, {"method": "tsne", "perplexity": 0}, "above 0"),
        (CLUSTERS, {"method": "tsne", "init": "umap"}, '"pca" or "random"'),
        (CLUSTERS, {"method": "umap", "n_neighbors": 60}, "below the number of vectors, 60"),
        (CLUSTERS, {"method": "umap", "n_neighbors": 1}, "at least 2"),
        (CLUSTERS, {"method": "umap", "min_dist": 2}, "0 to 1"),
    ],
)
def test_what_does_not_fit_is_refused(vectors, options, message):
    with pytest.raises(ValueError, match=message):
        project(vectors, **options)


def test_a_projection_has_two_finite_numbers_a_point():
    with pytest.raises(ValueError, match="expected \\(n, 2\\)"):
        Projection(np.ones((3, 3)), "by hand")
    with pytest.raises(ValueError, match="NaN"):
        Projection(np.full((3, 2), np.nan), "by hand")
