"""Nearest neighbours of many words at once, and how many of them two spaces share."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from course_lib.evaluation.spaces import (
    Vectors,
    as_embeddings,
    blocks,
    directions,
    listed,
    rows_of,
)


def neighbours(
    embeddings: Vectors,
    words: Iterable[str] | None = None,
    topn: int = 10,
    *,
    which: str = "in",
) -> NDArray[np.int64]:
    """Find the nearest words of each of many words, by matrix products in blocks.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    words : iterable of str, optional
        The n words whose neighbours are sought; all V when left out.
    topn : int, default 10
        How many, at least 1. Where V - 1 is less, all other words.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    numpy.ndarray of int64, shape (n, min(topn, V - 1))
        Their rows, the nearest first; of equally near ones the lower row. A word is not its own
        neighbour. ``vocabulary.decode`` gives the words.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        ``topn`` is below 1, or there are no such vectors.
    """
    space = as_embeddings(embeddings)
    return nearest_rows(directions(space.matrix(which)), rows_of(space, words), topn)


def nearest_rows(
    units: NDArray[np.floating], rows: NDArray[np.int64], topn: int
) -> NDArray[np.int64]:
    """Find the nearest rows of some rows.

    Parameters
    ----------
    units : numpy.ndarray, shape (V, d)
        Vectors of length 1 or 0.
    rows : numpy.ndarray of int64, shape (n,)
        Some of them.
    topn : int
        How many, at least 1.

    Returns
    -------
    numpy.ndarray of int64, shape (n, min(topn, V - 1))
        The nearest first, without the row itself.

    Raises
    ------
    ValueError
        ``topn`` is below 1.
    """
    if topn < 1:
        raise ValueError(f"topn must be at least 1, not {topn}.")
    V = len(units)
    topn = min(topn, V - 1)
    found = np.empty((len(rows), topn), dtype=np.int64)
    for some in blocks(len(rows) if topn else 0, V):
        block = rows[some]
        cosines = units[block] @ units.T
        cosines[np.arange(len(block)), block] = -np.inf
        best = np.sort(np.argpartition(-cosines, topn - 1, axis=1)[:, :topn], axis=1)
        order = np.argsort(-np.take_along_axis(cosines, best, 1), axis=1, kind="stable")
        found[some] = np.take_along_axis(best, order, 1)
    return found


def neighbour_overlap(
    a: Vectors,
    b: Vectors,
    words: Iterable[str] | None = None,
    topn: int = 10,
    *,
    which: str = "in",
) -> float:
    """Share of the nearest neighbours that two spaces have in common, on average over words.

    For each word, the number of words among the ``topn`` nearest in both spaces, divided by
    ``topn`` (Wendlandt et al. 2018 call it the stability of the word). Neighbours are sought among
    the words that both spaces know, so that two vocabularies may differ. The two spaces need not
    have the same dimension, and neither turning nor scaling one of them changes anything.

    Parameters
    ----------
    a, b : Embeddings or gensim.models.KeyedVectors
        Two spaces.
    words : iterable of str, optional
        Average over these words; over all V words that both know when left out (which takes time
        proportional to V squared).
    topn : int, default 10
        How many neighbours.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    float
        From 0 to 1. Two random spaces share topn / (V - 1) of their neighbours.

    Raises
    ------
    KeyError
        A word is unknown in one of the spaces.
    ValueError
        The spaces share fewer than two words, no words are asked for, ``topn`` is below 1, or there
        are no such vectors.
    """
    return float(shared_neighbours(a, b, words, topn, which=which).mean())


def shared_neighbours(
    a: Vectors,
    b: Vectors,
    words: Iterable[str] | None = None,
    topn: int = 10,
    *,
    which: str = "in",
) -> NDArray[np.float64]:
    """Share of the nearest neighbours that two spaces have in common, word by word.

    Parameters
    ----------
    a, b : Embeddings or gensim.models.KeyedVectors
        Two spaces.
    words : iterable of str, optional
        The n words; all that both know, in the order of ``a``, when left out.
    topn : int, default 10
        How many neighbours.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        From 0 to 1; see ``neighbour_overlap``, which is the mean.

    Raises
    ------
    KeyError
        A word is unknown in one of the spaces.
    ValueError
        As for ``neighbour_overlap``.
    """
    spaces = as_embeddings(a), as_embeddings(b)
    shared = shared_words(*spaces)
    if len(shared) < 2:
        raise ValueError("The spaces share fewer than two words, so there are no neighbours.")
    place = {word: row for row, word in enumerate(shared)}
    if words is None:
        rows = np.arange(len(shared))
    else:
        asked = listed(words)
        for space in spaces:
            rows_of(space, asked)  # names the word that is unknown
        rows = np.array([place[word] for word in asked], dtype=np.int64)
    if len(rows) == 0:
        raise ValueError("Name at least one word.")
    near = [
        np.sort(nearest_rows(directions(space.matrix(which)[rows_of(space, shared)]), rows, topn))
        for space in spaces
    ]
    together = np.sort(np.concatenate(near, axis=1), axis=1)
    return (together[:, 1:] == together[:, :-1]).sum(axis=1) / near[0].shape[1]


def shared_words(a: Vectors, b: Vectors) -> list[str]:
    """List the words that two spaces share.

    Parameters
    ----------
    a, b : Embeddings or gensim.models.KeyedVectors
        Two spaces.

    Returns
    -------
    list of str
        In the order of ``a``.
    """
    other = as_embeddings(b).vocabulary
    return [word for word in as_embeddings(a).vocabulary.words if word in other]
