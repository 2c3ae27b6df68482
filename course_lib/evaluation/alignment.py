"""Two spaces laid over each other by a rotation, and the words that moved all the same."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.evaluation.nearest import shared_words
from course_lib.evaluation.spaces import Vectors, as_embeddings, directions, listed, rows_of


def procrustes(
    source: Vectors,
    target: Vectors,
    words: Iterable[str] | None = None,
    *,
    which: str = "in",
) -> NDArray[np.float64]:
    """Find the rotation or reflection that brings one space nearest to another.

    The orthogonal matrix Q that makes the sum over words of ``|s_w Q - t_w|^2`` smallest
    (Schönemann 1966), where s_w and t_w are the word's vectors scaled to length 1, so that every
    word counts the same. No cosine within the source changes.

    Parameters
    ----------
    source, target : Embeddings or gensim.models.KeyedVectors
        Two spaces of the same dimension d.
    words : iterable of str, optional
        The words that are brought together; all that both know when left out.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    numpy.ndarray of float64, shape (d, d)
        Q; ``source.input_vectors @ Q`` lies in the target's space.

    Raises
    ------
    KeyError
        A word is unknown in one of the spaces.
    ValueError
        The dimensions differ, or there is no common word.
    """
    from scipy.linalg import orthogonal_procrustes

    rotation, _ = orthogonal_procrustes(
        *_matched(as_embeddings(source), as_embeddings(target), words, which)
    )
    return rotation


def moved_words(
    before: Vectors,
    after: Vectors,
    topn: int = 10,
    words: Iterable[str] | None = None,
    *,
    align: bool = True,
    which: str = "in",
) -> list[tuple[str, float]]:
    """List the words whose vectors point elsewhere than before, after alignment.

    All words that both spaces know are used to turn ``before`` onto ``after`` (``procrustes``); a
    word is judged by the cosine between its turned vector and its new one (Hamilton et al. 2016).
    Rare words move in any two trainings: name the ones you want to compare.

    Parameters
    ----------
    before, after : Embeddings or gensim.models.KeyedVectors
        Two spaces of the same dimension.
    topn : int, default 10
        How many words.
    words : iterable of str, optional
        The words that are compared; all that both know when left out.
    align : bool, default True
        Turn ``before`` first. Without it a turn of the whole space counts as movement.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    list of (str, float)
        Words and cosines, the word that moved most first.

    Raises
    ------
    KeyError
        A word is unknown in one of the spaces.
    ValueError
        The dimensions differ, there is no common word, or ``topn`` is below 1.
    """
    if topn < 1:
        raise ValueError(f"topn must be at least 1, not {topn}.")
    spaces = as_embeddings(before), as_embeddings(after)
    compared = shared_words(*spaces) if words is None else listed(words)
    old, new = _matched(*spaces, compared, which)
    if align:
        old = old @ procrustes(*spaces, which=which)
    cosines = np.clip(np.sum(old * new, axis=1), -1, 1)
    order = np.argsort(cosines, kind="stable")[:topn]
    return [(compared[row], float(cosines[row])) for row in order]


def _matched(
    source: Embeddings, target: Embeddings, words: Iterable[str] | None, which: str
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Give the directions of the same words in two spaces, row by row."""
    matrices = source.matrix(which), target.matrix(which)
    sizes = [matrix.shape[1] for matrix in matrices]
    if sizes[0] != sizes[1]:
        raise ValueError(f"The vectors have {sizes[0]} and {sizes[1]} numbers; both need the same.")
    common = shared_words(source, target) if words is None else listed(words)
    if not common:
        raise ValueError("There is no common word to compare.")
    first, second = (
        directions(matrix[rows_of(space, common)].astype(np.float64))
        for matrix, space in zip(matrices, (source, target), strict=True)
    )
    return first, second
