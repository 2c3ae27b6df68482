"""Projections: vectors of many dimensions as points in the plane, by PCA, t-SNE or UMAP."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.embeddings import unit

METHODS = ("pca", "tsne", "umap")


@dataclass(frozen=True, eq=False)
class Projection:
    """Points in the plane, and how they came there.

    Attributes
    ----------
    points : numpy.ndarray of float64, shape (n, 2)
        A row a vector, in the order of the vectors.
    method : str
        The method and its settings in words, as in "t-SNE, perplexity 30, start by PCA".
    shares : numpy.ndarray of float64, shape (2,), optional
        Share of the variance that each direction holds; PCA alone has it.

    Raises
    ------
    ValueError
        The points are not two finite numbers each.
    """

    points: NDArray[np.float64]
    method: str
    shares: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise ValueError(f"points has shape {self.points.shape}, expected (n, 2).")
        if not np.isfinite(self.points).all():
            raise ValueError("points holds NaN or infinity.")

    def __len__(self) -> int:
        return len(self.points)

    def __repr__(self) -> str:
        return f"Projection({len(self)} points, {self.method})"


def project(
    vectors: ArrayLike,
    method: str = "pca",
    *,
    normalise: bool = False,
    seed: int = 0,
    perplexity: float = 30.0,
    init: str = "pca",
    n_neighbors: int = 15,
    min_dist: float = 0.1,
) -> Projection:
    """Lay vectors out in the plane.

    PCA is a shadow: it looks at the vectors from the side that shows most of their variance, and
    distances in it are never too long. t-SNE (van der Maaten and Hinton 2008) and UMAP (McInnes et
    al. 2018) try to keep near points near and give up the rest: sizes of clusters and distances
    between them mean nothing there, and another start gives another picture.

    Parameters
    ----------
    vectors : array, shape (n, d)
        At least 3 vectors of at least 2 numbers, not all equal. (PCA needs only 2 vectors.)
    method : {"pca", "tsne", "umap"}
        PCA by NumPy, t-SNE by scikit-learn, UMAP by umap-learn, an optional package.
    normalise : bool, default False
        Scale each vector to length 1 first, so that distances go by the cosine.
    seed : int, default 0
        For UMAP, and for t-SNE from a random start. On one machine the same seed gives the same
        points; rounding on another one can grow into another picture.
    perplexity : float, default 30
        For t-SNE: about how many neighbours each point keeps close; above 0 and below n.
    init : {"pca", "random"}
        For t-SNE: where the points start. From "pca" every seed gives the same picture; from
        "random" another seed gives another one.
    n_neighbors : int, default 15
        For UMAP: how many neighbours each point keeps close; 2 to n - 1.
    min_dist : float, default 0.1
        For UMAP: how close points may come, 0 to 1.

    Returns
    -------
    Projection
        The points. Of the two possible signs of each of PCA's directions, the one is taken that
        makes the farthest point positive.

    Raises
    ------
    ValueError
        Another method; too few vectors, all equal, or not finite; a setting that does not fit n.
    ModuleNotFoundError
        UMAP is wanted and umap-learn is not installed.
    """
    if method not in METHODS:
        raise ValueError(f'method must be "pca", "tsne" or "umap", not {method!r}.')
    X = _checked(vectors)
    if normalise:
        X = _checked(unit(X))
    if method == "pca":
        return _pca(X)
    if len(X) < 3:
        raise ValueError(f"{method} needs at least 3 vectors, not {len(X)}.")
    if method == "tsne":
        return _tsne(X, seed, perplexity, init)
    return _umap(X, seed, n_neighbors, min_dist)


def _checked(vectors: ArrayLike) -> NDArray[np.float64]:
    X = np.asarray(vectors, dtype=np.float64)
    if X.ndim != 2 or len(X) < 2 or X.shape[1] < 2:
        raise ValueError(
            f"vectors has shape {X.shape}; expected (n, d) with 2 or more vectors of 2 or more "
            "numbers."
        )
    if not np.isfinite(X).all():
        raise ValueError("vectors holds NaN or infinity.")
    spread = np.square(X - X.mean(axis=0)).sum()
    if spread <= 1e-24 * max(np.square(X).sum(), 1e-300):
        raise ValueError("A projection needs at least two different vectors; all of these agree.")
    return X


def _pca(X: NDArray[np.float64]) -> Projection:
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    points = U[:, :2] * S[:2]
    farthest = np.abs(points).argmax(axis=0)
    points *= np.where(points[farthest, [0, 1]] < 0, -1.0, 1.0)
    return Projection(points, "PCA", S[:2] ** 2 / np.square(S).sum())


def _tsne(X: NDArray[np.float64], seed: int, perplexity: float, init: str) -> Projection:
    if init not in ("pca", "random"):
        raise ValueError(f'init must be "pca" or "random", not {init!r}.')
    if not 0 < perplexity < len(X):
        raise ValueError(
            f"perplexity must be above 0 and below the number of vectors, {len(X)}, not "
            f"{perplexity:g}; a third of that number is much already."
        )
    from sklearn.manifold import TSNE  # late: scikit-learn takes a second
    from threadpoolctl import threadpool_limits

    model = TSNE(perplexity=perplexity, init=init, random_state=seed)
    with threadpool_limits(1):  # several threads add up in the order in which they finish
        points = model.fit_transform(X).astype(np.float64)
    start = "start by PCA" if init == "pca" else f"seed {seed}"
    return Projection(points, f"t-SNE, perplexity {perplexity:g}, {start}")


def _umap(X: NDArray[np.float64], seed: int, n_neighbors: int, min_dist: float) -> Projection:
    if not 2 <= n_neighbors < len(X):
        raise ValueError(
            f"n_neighbors must be at least 2 and below the number of vectors, {len(X)}, not "
            f"{n_neighbors}."
        )
    if not 0 <= min_dist <= 1:
        raise ValueError(f"min_dist must be 0 to 1, not {min_dist:g}.")
    try:
        from umap import UMAP  # late: it takes most of a minute the first time
    except ModuleNotFoundError as error:
        if error.name != "umap":
            raise
        raise ModuleNotFoundError(
            "UMAP needs the package umap-learn, which is not installed: pip install umap-learn. "
            'Without it, method="tsne" draws a picture of the same kind.',
            name="umap",
        ) from None
    model = UMAP(n_neighbors=n_neighbors, min_dist=min_dist, random_state=seed, n_jobs=1)
    points = model.fit_transform(X).astype(np.float64)
    return Projection(points, f"UMAP, {n_neighbors} neighbours, seed {seed}")
