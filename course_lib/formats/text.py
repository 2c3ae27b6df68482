"""Vectors as text: a word a line, then its numbers; GloVe without a header, word2vec with one.

Of each line the last d fields are the numbers and what stands before them is the word, since words
of glove.840B hold spaces themselves. NumPy finds the fields of many lines at once and its own
parser reads their numbers, which gives the float32 that ``numpy.float32(text)`` gives.
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.formats.packed import Source
from course_lib.formats.tables import Table

CHUNK = 2**18  # bytes read at once: what is made of them stays in the processor's cache
LONGEST_LINE = 2**20
SAMPLE = 100  # lines that are looked at to find the dimension
NEWLINE, SPACE = 10, 32
BLANK = np.isin(np.arange(256), list(b" \t\r"))  # what may stand at the end of a line
NUMBER = re.compile(rb"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)", re.IGNORECASE)
HEADER = re.compile(rb"[ \t]*(\d{1,15})[ \t]+(\d{1,9})[ \t]*\r?")


def find_header(line: bytes) -> tuple[int, int] | None:
    """Read a header, "V d".

    Parameters
    ----------
    line : bytes
        The first line of a file, without its end.

    Returns
    -------
    tuple of int or None
        V and d; None if the line is no header.
    """
    found = HEADER.fullmatch(line)
    return (int(found[1]), int(found[2])) if found else None


def count_numbers(line: bytes) -> int:
    """Count the numbers at the end of a line, behind at least one field that is the word.

    Parameters
    ----------
    line : bytes
        The line.

    Returns
    -------
    int
        How many fields from the right are numbers; 0 if the line is no row of vectors.
    """
    fields = line.rstrip(b" \t\r").split(b" ")
    for count, field in enumerate(reversed(fields[1:])):
        if not NUMBER.fullmatch(field):
            return count
    return len(fields) - 1


def find_dimension(head: bytes) -> int:
    """Find d from the first lines of a file without a header: most of them have so many numbers.

    Parameters
    ----------
    head : bytes
        Whole lines.

    Returns
    -------
    int
        The dimension; 0 if no line ends in numbers.
    """
    lines = [line for line in head.split(b"\n", SAMPLE)[:SAMPLE] if line.strip()]
    counts = Counter(count for line in lines if (count := count_numbers(line)))
    return counts.most_common(1)[0][0] if counts else 0


class TextReader:
    """Reads the rows of a text into a table.

    Parameters
    ----------
    source : Source
        The file, after a header if there is one.
    table : Table
        Where the rows go.
    d : int
        Numbers in a row.
    rows : int or None
        How many rows the header promises; None without a header.
    """

    def __init__(self, source: Source, table: Table, d: int, rows: int | None) -> None:
        self._source, self._table, self.d, self._promised = source, table, d, rows
        self._line = 1 if rows is None else 2  # the first line of the next chunk
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
            A line is no row, or there are more or fewer rows than the header promises.
        """
        for number, chunk in enumerate(self._chunks()):
            self._take(chunk)
            if self._table.full:
                return
            if number == 0 and self._promised is None and self._source.size:
                expected = self._source.size / len(chunk) * self._rows
                self._table.make_room(int(min(1.05 * expected, self._source.likely // self.d)))
            yield
        if self._promised is not None and self._rows < self._promised:
            raise self._source.error(
                f"the header promises {self._promised:,} rows, but there are {self._rows:,}: the "
                f"file was cut off, or its header is wrong. limit={self._rows} reads what is there."
            )

    def _chunks(self) -> Iterator[bytes]:
        """Give the text in pieces of whole lines."""
        rest = b""
        while block := self._source.read(CHUNK):
            block = rest + block
            end = block.rfind(b"\n") + 1
            rest = block[end:]
            if len(rest) > LONGEST_LINE:
                raise self._source.error(
                    f"the next line has more than {LONGEST_LINE:,} bytes. "
                    "This is no file of vectors as text."
                )
            if end:
                yield block[:end]
        if rest:
            yield rest + b"\n"

    def _take(self, chunk: bytes) -> None:
        """Add the rows of a chunk, up to the first that is broken; then complain about that one."""
        codes = np.frombuffer(chunk, np.uint8)
        breaks = np.flatnonzero(codes == NEWLINE)
        starts = np.concatenate([[0], breaks[:-1] + 1])
        ends = _trimmed(codes, starts, breaks)
        lines = np.flatnonzero(ends > starts)  # the others are empty
        starts, ends = starts[lines], ends[lines]
        spaces = np.flatnonzero(codes == SPACE)
        last = np.searchsorted(spaces, ends)
        fields = last - np.searchsorted(spaces, starts)
        short = fields < self.d
        whole = int(short.argmax()) if short.any() else len(lines)
        if self._promised is not None:
            whole = min(whole, self._promised - self._rows)
        splits = spaces[last[:whole] - self.d]
        # A word with white space in it may be a word and a number too many.
        tabs = b"\t" in chunk
        spaced = frozenset(
            range(whole) if tabs else np.flatnonzero(fields[:whole] > self.d).tolist()
        )
        rows = _Rows(self, chunk, self._line + lines, starts, splits, ends, spaced)
        rows.add_to(self._table)
        self._rows += whole
        if whole < len(lines) and not self._table.full:
            raise self._broken(rows, whole)
        self._line += len(breaks)
        self._source.place = f"after line {self._line - 1}"

    def _broken(self, rows: "_Rows", row: int) -> ValueError:
        place = f"line {rows.lines[row]}"
        if self._rows == self._promised:
            return self._source.error(
                f"the header promises {self._promised:,} rows, but here is another one. "
                f"limit={self._promised} reads the promised ones.",
                place,
            )
        count = count_numbers(rows.chunk[rows.starts[row] : rows.ends[row]])
        return self._source.error(
            f"the row has {count} numbers, but d is {self.d}. Was the file cut off, or is it of "
            "another kind?",
            place,
        )

    def complain(self, message: str, line: int) -> ValueError:
        """Make an error that names the file and a line.

        Parameters
        ----------
        message : str
            What is wrong.
        line : int
            The number of the line, from 1.

        Returns
        -------
        ValueError
            To be raised.
        """
        return self._source.error(message, f"line {line}")


class _Rows:
    """The rows of one chunk: where each begins, where its word ends, where its numbers end."""

    def __init__(
        self,
        reader: TextReader,
        chunk: bytes,
        lines: NDArray[np.int64],
        starts: NDArray[np.int64],
        splits: NDArray[np.int64],
        ends: NDArray[np.int64],
        spaced: frozenset[int],
    ) -> None:
        self.reader, self.chunk, self.lines, self.spaced = reader, chunk, lines, spaced
        self.starts, self.splits, self.ends = starts.tolist(), splits.tolist(), ends.tolist()

    def add_to(self, table: Table) -> None:
        row = 0
        while row < len(self.splits) and not table.full:
            room = table.room()
            until = len(self.splits) if room is None else min(row + room, len(self.splits))
            self._add(table, row, until)
            row = until

    def _add(self, table: Table, first: int, until: int) -> None:
        bounds = zip(self.starts[first:until], self.splits[first:until], strict=True)
        raw = [self.chunk[start:split] for start, split in bounds]
        for row in sorted(self.spaced.intersection(range(first, until))):
            raw[row - first] = self._spaced_word(row)
        table.add(
            raw,
            lambda row: f"line {self.lines[first + row]}",
            lambda rows: self._numbers([first + row for row in rows]),
        )

    def _spaced_word(self, row: int) -> bytes:
        word = self.chunk[self.starts[row] : self.splits[row]].strip(b" \t")
        if b"\r" in word:
            raise self.reader.complain(
                "the line has a carriage return in it. Save the file with other line ends.",
                int(self.lines[row]),
            )
        pieces = word.split()
        if len(pieces) > 1 and NUMBER.fullmatch(pieces[-1]):
            raise self.reader.complain(
                f"the row has more than d = {self.reader.d} numbers, or its word "
                f"{word[-60:].decode('utf-8', 'replace')!r} ends in one. Is the row damaged?",
                int(self.lines[row]),
            )
        return word

    def _numbers(self, rows: Sequence[int]) -> NDArray[np.float32]:
        fields = [self.chunk[self.splits[row] + 1 : self.ends[row]] for row in rows]
        numbers = parse_numbers(fields, self.reader.d)
        if numbers is not None:
            return numbers
        bad = next(
            n for n, field in enumerate(fields) if parse_numbers([field], self.reader.d) is None
        )
        column, text = next(
            (column, text)
            for column, text in enumerate(fields[bad].split(b" "))
            if parse_numbers([text], 1) is None
        )
        what = f"{text[:60].decode('utf-8', 'replace')!r} is no number" if text else "is missing"
        raise self.reader.complain(
            f"number {column + 1} of {self.reader.d} {what}.".replace(" '", ", '", 1),
            int(self.lines[rows[bad]]),
        )


def _trimmed(
    codes: NDArray[np.uint8], starts: NDArray[np.int64], breaks: NDArray[np.int64]
) -> NDArray[np.int64]:
    r"""Give the ends of lines without what may stand there: "\r", and the space of fastText."""
    ends = breaks.copy()
    for _ in range(2):
        ends -= (ends > starts) & BLANK[codes[ends - 1]]
    for line in np.flatnonzero((ends > starts) & BLANK[codes[ends - 1]]):
        text = codes[starts[line] : ends[line]].tobytes()
        ends[line] = starts[line] + len(text.rstrip(b" \t\r"))
    return ends


def parse_numbers(fields: Sequence[bytes], d: int) -> NDArray[np.float32] | None:
    """Read the numbers of some rows.

    Parameters
    ----------
    fields : sequence of bytes
        For each row its numbers, with a space between them.
    d : int
        How many there are in each.

    Returns
    -------
    numpy.ndarray of float32, shape (rows, d), or None
        The numbers; None if something is no number.
    """
    # With commas between them nothing but numbers passes. The last one shows that all was read.
    text = b" ".join(fields).replace(b" ", b",") + b",1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # NumPy before 2.3 only warns
            numbers = np.fromstring(text, np.float32, sep=",")
    except ValueError:
        return None
    return numbers[:-1].reshape(-1, d) if len(numbers) == len(fields) * d + 1 else None
