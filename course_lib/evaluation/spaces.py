"""What is judged: the words, counts and vectors of an Embeddings or of gensim's KeyedVectors."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings, unit

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Vectors: TypeAlias = "Embeddings | KeyedVectors"
AT_ONCE = 2**22  # numbers in a block of a matrix product: 16 MB in float32


def as_embeddings(vectors: Vectors) -> Embeddings:
    """Give Embeddings as they are, and gensim's KeyedVectors as Embeddings.

    Parameters
    ----------
    vectors : Embeddings or gensim.models.KeyedVectors
        What is to be judged. Of a gensim model, hand in ``model.wv``; with OUT vectors, make
        ``Embeddings.from_keyed_vectors(model.wv, model.syn1neg)`` of it.

    Returns
    -------
    Embeddings
        The counts that gensim makes up for a file (V, V - 1, ..., 1) are left out.

    Raises
    ------
    ValueError
        It is neither of the two, or holds a vector that is not finite.
    """
    if isinstance(vectors, Embeddings):
        return vectors
    if not hasattr(vectors, "index_to_key"):
        remedy = " Hand in its vectors, model.wv." if hasattr(vectors, "wv") else ""
        raise ValueError(
            f"Embeddings or KeyedVectors are judged, not a {type(vectors).__name__}.{remedy}"
        )
    taken = Embeddings.from_keyed_vectors(vectors)
    counts = taken.vocabulary.counts
    if counts is not None and np.array_equal(counts, np.arange(len(counts), 0, -1)):
        taken.vocabulary.counts = None
    return taken


def directions(matrix: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scale vectors to length 1, in float32 unless they are float64; zero vectors stay zero.

    This is done a block at a time: a large matrix is held twice, and not three or four times.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, d)
        Vectors.

    Returns
    -------
    numpy.ndarray of float32 or float64, shape (n, d)
        Their directions, so that a dot product is a cosine.
    """
    units = np.empty(matrix.shape, np.float64 if matrix.dtype == np.float64 else np.float32)
    for some in blocks(len(matrix), matrix.shape[1]):
        units[some] = unit(matrix[some])
    return units


def lengths(matrix: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the lengths of vectors.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, d)
        Vectors.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Their lengths.
    """
    found = np.empty(len(matrix))
    for some in blocks(len(matrix), matrix.shape[1]):
        found[some] = np.linalg.norm(matrix[some].astype(np.float64), axis=1)
    return found


def blocks(n: int, width: int) -> Iterator[slice]:
    """Cut n rows into blocks, so that memory is bounded.

    Parameters
    ----------
    n : int
        Rows.
    width : int
        Numbers that are held for each.

    Yields
    ------
    slice
        The rows of a block: at least one, and at most ``AT_ONCE`` numbers.
    """
    step = max(1, AT_ONCE // max(width, 1))
    for start in range(0, n, step):
        yield slice(start, min(start + step, n))


def rows_of(embeddings: Embeddings, words: Iterable[str] | None) -> NDArray[np.int64]:
    """Look up the rows of words.

    Parameters
    ----------
    embeddings : Embeddings
        Has the words.
    words : iterable of str, optional
        Some of them; all when left out.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Their rows, in the order given.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        A bare string stands where a list of words is meant.
    """
    if words is None:
        return np.arange(len(embeddings))
    return np.array([embeddings.vocabulary.index(word) for word in listed(words)], dtype=np.int64)


def listed(words: Iterable[str]) -> list[str]:
    """Make a list of words; a bare string would fall apart into letters.

    Parameters
    ----------
    words : iterable of str
        The words.

    Returns
    -------
    list of str
        The same.

    Raises
    ------
    ValueError
        It is a string.
    """
    if isinstance(words, str | bytes):
        raise ValueError(f"Hand in a list of words: [{words!r}].")
    return list(words)


def require_limit(restrict_vocab: int | None) -> None:
    """Refuse what is no number of words.

    Parameters
    ----------
    restrict_vocab : int or None
        Only the first so many words are looked at; None: all.

    Raises
    ------
    ValueError
        It is neither None nor a whole number of at least 1.
    """
    whole = isinstance(restrict_vocab, int | np.integer) and not isinstance(restrict_vocab, bool)
    if restrict_vocab is not None and (not whole or restrict_vocab < 1):
        raise ValueError(
            f"restrict_vocab must be a whole number of at least 1, or None, not {restrict_vocab!r}."
        )


class Forms(NamedTuple):
    """Rows by spelling, as gensim looks words up.

    Attributes
    ----------
    first : dict of str to int
        The first row of each spelling, with letter case taken away or not.
    of_row : numpy.ndarray of int64, shape (R,)
        For each of the R rows that are looked at, the first row of its spelling.
    """

    first: dict[str, int]
    of_row: NDArray[np.int64]


def forms_of(embeddings: Embeddings, restrict_vocab: int | None, case_insensitive: bool) -> Forms:
    """Group the most frequent words by their spelling in capitals.

    Parameters
    ----------
    embeddings : Embeddings
        Has the words.
    restrict_vocab : int or None
        Look at the first so many rows only.
    case_insensitive : bool
        "Paris" and "paris" are one word; the first row stands for both. Otherwise they are two.

    Returns
    -------
    Forms
        Rows by spelling.

    Raises
    ------
    ValueError
        ``restrict_vocab`` is not a whole number of at least 1.
    """
    require_limit(restrict_vocab)
    first: dict[str, int] = {}
    words = embeddings.vocabulary.words[:restrict_vocab]
    keys = (word.upper() for word in words) if case_insensitive else iter(words)
    of_row = [first.setdefault(key, row) for row, key in enumerate(keys)]
    return Forms(first, np.array(of_row, dtype=np.int64))
