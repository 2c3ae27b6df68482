"""Vectors as word2vec writes them in binary: a header, then word, space, and d times four bytes."""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from course_lib.formats.packed import Source
from course_lib.formats.tables import Table

CHUNK = 2**20  # bytes read at once
LONGEST_WORD = 2**12  # bytes


class BinaryReader:
    """Reads the rows of a binary file into a table.

    Parameters
    ----------
    source : Source
        The file, after its header.
    table : Table
        Where the rows go.
    d : int
        Numbers in a row.
    rows : int
        How many rows the header promises.
    """

    def __init__(self, source: Source, table: Table, d: int, rows: int) -> None:
        self._source, self._table, self._d, self._promised = source, table, d, rows
        self._rows = 0

    def read(self) -> Iterator[None]:
        """Read the file; stops when the table is full.

        Yields
        ------
        None
            Each time that a chunk has been read.

        Raises
        ------
        ValueError
            The file ends too early or goes on too long, or a word is none.
        """
        rest = b""
        while block := self._source.read(CHUNK):
            rest = self._take(rest + block)
            if self._table.full:
                return
            if self._rows == self._promised and rest.strip(b"\n"):
                raise self._error(
                    f"the header promises {self._promised:,} rows of {self._d} numbers, but the "
                    f"file goes on. limit={self._promised} reads the promised ones. (Does a word "
                    "hold a space? Then the rows from there on are wrong.)"
                )
            yield
        if self._rows < self._promised:
            raise self._error(
                f"the header promises {self._promised:,} rows, but the file ends here: it was cut "
                f"off, or its header is wrong. limit={self._rows} reads what is whole."
            )

    def _take(self, block: bytes) -> bytes:
        """Add the rows that are whole, then complain about a broken one; give back what is left."""
        words: list[bytes] = []
        vectors: list[bytes] = []
        start, width, trouble = 0, 4 * self._d, None
        while len(words) < self._promised - self._rows:
            while block[start : start + 1] == b"\n":  # word2vec.c ends each row by one
                start += 1
            space = block.find(b" ", start, start + LONGEST_WORD)
            if space < 0 and len(block) - start >= LONGEST_WORD:
                trouble = self._error("here is no word. Is d in the header right?", len(words))
            if space >= 0 and b"\n" in block[start:space]:
                trouble = self._error("the word has a line break in it. Is d right?", len(words))
            if trouble or space < 0 or len(block) - space - 1 < width:
                break
            words.append(block[start:space])
            vectors.append(block[space + 1 : space + 1 + width])
            start = space + 1 + width
        self._add(words, vectors)
        if trouble and not self._table.full:
            raise trouble
        return block[start:]

    def _add(self, words: list[bytes], vectors: list[bytes]) -> None:
        row = 0
        while row < len(words) and not self._table.full:
            room = self._table.room()
            until = len(words) if room is None else min(row + room, len(words))
            self._table.add(
                words[row:until], self._place, partial(self._numbers, vectors[row:until])
            )
            self._rows += until - row
            row = until
        self._source.place = f"after row {self._rows}"

    def _place(self, row: int) -> str:
        return f"row {self._rows + row + 1}"

    def _numbers(self, vectors: list[bytes], rows: Sequence[int]) -> NDArray[np.float32]:
        return np.frombuffer(b"".join([vectors[row] for row in rows]), "<f4").reshape(-1, self._d)

    def _error(self, message: str, ahead: int = 0) -> ValueError:
        return self._source.error(message, self._place(ahead))
