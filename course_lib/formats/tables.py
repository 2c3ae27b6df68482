"""The table that a file becomes: words, each one once, and their vectors."""

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.formats.packed import Source

# Gives the numbers of some rows of a batch: their positions go in, shape (rows, d) comes out.
Numbers = Callable[[Sequence[int]], NDArray[np.float32]]


class Table:
    """Words and vectors, as they come in batch by batch.

    Parameters
    ----------
    source : Source
        Where they come from; it makes the error messages.
    d : int
        Numbers in a row.
    dtype : numpy.dtype
        Of the vectors to keep: float32 or float16.
    limit : int or None
        Keep so many words at most.
    wanted : set of str or None
        Keep these words only.
    errors : str
        What becomes of a word that is not UTF-8, as in ``bytes.decode``.
    rows : int
        How many rows to make room for at first.

    Attributes
    ----------
    words : list of str
        The words kept.
    repeated : int
        Rows that were left out because an earlier row had the same word.
    full : bool
        Nothing more is wanted.
    """

    def __init__(
        self,
        source: Source,
        d: int,
        dtype: np.dtype,
        limit: int | None,
        wanted: set[str] | None,
        errors: str,
        rows: int,
    ) -> None:
        self._source, self._errors = source, errors
        self._wanted = wanted
        bounds = [] if limit is None else [limit]
        bounds += [] if wanted is None else [len(wanted)]
        self._limit = min(bounds, default=None)
        self._vectors = np.empty((min([rows, *bounds]), d), dtype)
        self._seen: set[str] = set()
        self.words: list[str] = []
        self.repeated = 0
        self._first_repeated = ""
        self.full = False

    def room(self) -> int | None:
        """Say how many rows to hand over at most, so that none behind the limit is looked at.

        Returns
        -------
        int or None
            Their number; None where it cannot be known.
        """
        return None if self._wanted is not None else self._left()

    def _left(self) -> int | None:
        return None if self._limit is None else self._limit - len(self.words)

    def add(self, raw: list[bytes], places: Callable[[int], str], numbers: Numbers) -> None:
        """Take over a batch of rows.

        Parameters
        ----------
        raw : list of bytes
            The words.
        places : callable
            Names the place of a row for an error message.
        numbers : callable
            Gives the numbers of the rows that are kept.
        """
        words = self._decoded(raw, places)
        kept = self._choose(words)
        if not kept:
            return
        values = numbers(kept)
        with np.errstate(over="ignore"):
            rows = values.astype(self._vectors.dtype, copy=False)
        finite = np.isfinite(rows)
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            raise self._source.error(
                f"number {column + 1} of {words[kept[row]]!r} is {values[row, column]}: NaN, "
                f"infinity, or beyond {rows.dtype}. Vectors hold finite numbers only.",
                places(kept[row]),
            )
        self._append(rows)
        new = [words[row] for row in kept]
        self.words += new
        self._seen.update(new)
        self.full = self._left() == 0

    def _decoded(self, raw: list[bytes], places: Callable[[int], str]) -> list[str]:
        try:
            words = b"\n".join(raw).decode("utf-8", self._errors).split("\n")
        except UnicodeDecodeError:
            row, error = next(filter(None, map(_undecodable, range(len(raw)), raw)))
            raise self._source.error(
                f"the word {raw[row][:60]!r} is not UTF-8 ({error}). Is it a file of vectors? "
                'If so, errors="replace" reads it with a sign in the place of what is not.',
                places(row),
            ) from error
        if "" in words:
            raise self._source.error("the row has no word.", places(words.index("")))
        return words

    def _choose(self, words: list[str]) -> list[int]:
        """Give the rows to keep: new, wanted, and within the limit."""
        fresh = len(set(words)) == len(words) and self._seen.isdisjoint(words)
        if fresh and self._wanted is None:
            kept = list(range(len(words)))
        else:
            kept = []
            seen = set()
            for row, word in enumerate(words):
                if len(kept) == self._left():
                    break
                if self._wanted is not None and word not in self._wanted:
                    continue
                if word in seen or word in self._seen:
                    self._first_repeated = self._first_repeated or word
                    self.repeated += 1
                else:
                    kept.append(row)
                    seen.add(word)
        return kept[: self._left()]

    def _append(self, rows: NDArray[np.floating]) -> None:
        start, end = len(self.words), len(self.words) + len(rows)
        if end > len(self._vectors):
            # In steps of a tenth: memory that is taken too early counts, too.
            self._vectors.resize(
                (max(end, len(self._vectors) * 11 // 10), rows.shape[1]), refcheck=False
            )
        self._vectors[start:end] = rows

    def make_room(self, rows: int) -> None:
        """Make room for so many rows before they come, where nothing was known at first.

        Parameters
        ----------
        rows : int
            An estimate.
        """
        rows = rows if self._limit is None else min(rows, self._limit)
        if rows > len(self._vectors):
            larger = np.empty((rows, self._vectors.shape[1]), self._vectors.dtype)
            larger[: len(self.words)] = self._vectors[: len(self.words)]
            self._vectors = larger

    def finish(self) -> tuple[list[str], NDArray[np.floating]]:
        """Give the table.

        Returns
        -------
        tuple of (list of str, numpy.ndarray)
            V words and the vectors, shape (V, d).
        """
        if self.repeated:
            warnings.warn(
                f"{self._source.name} has {self.repeated} row{'s' * (self.repeated > 1)} with a "
                f"word that an earlier row has, first {self._first_repeated!r}; the first row of "
                "each word was kept.",
                stacklevel=4,  # the line that called load_vectors
            )
        self._vectors.resize((len(self.words), self._vectors.shape[1]), refcheck=False)
        self._seen.clear()
        return self.words, self._vectors


def _undecodable(row: int, word: bytes) -> tuple[int, UnicodeDecodeError] | None:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError as error:
        return row, error
    return None
