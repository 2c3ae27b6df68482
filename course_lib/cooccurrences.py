"""Counting which words stand near each other: over a stream, in bounded memory."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from course_lib.progress import progress_bar
from course_lib.settings import LARGEST_WINDOW
from course_lib.vocabulary import Vocabulary, require_sentence

if TYPE_CHECKING:
    from scipy import sparse

GIB = 2**30
TOGETHER = 50_000  # tokens that are looked up together

# A count of a run: the row is known from its place. 12 bytes.
RECORD = np.dtype([("column", np.int32), ("sum", np.float64)])


def count_cooccurrences(
    sentences: Iterable[Sequence[str]],
    vocabulary: Vocabulary,
    window: int = 10,
    symmetric: bool = True,
    memory: float = 1.0,
    progress: bool = True,
) -> "sparse.csr_array":
    """Count, for each centre word, the words around it; at distance d a word counts 1/d.

    X_ij of Pennington et al. 2014 (sections 3 and 4.2), as Stanford's ``cooccur`` counts it:
    unknown words are taken out first and leave no gap, so that they do not add to a distance, and
    no window reaches over the end of a sentence. A word that stands near itself counts on the
    diagonal, once for each of the two as centre.

    The counts are sums of fractions, in float64: each differs from the exact one by rounding only.
    (In float32 a sum stops growing where 1/d is too small to change it.)

    Parameters
    ----------
    sentences : iterable of sequences of str
        The text; read once.
    vocabulary : Vocabulary
        The V words that are counted.
    window : int, default 10
        Largest distance, 1 to 1,000,000.
    symmetric : bool, default True
        Look to both sides of the centre, or only to the left. (Without symmetry Stanford's files
        hold the transposed matrix: the word on the left as the row.)
    memory : float, default 1.0
        Working memory in GiB, about; the matrix comes on top. What does not fit is written to a
        temporary file, in sorted runs, and merged at the end.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (V, V)
        Rows are centre words, columns context words, in order; only counts above 0 are stored.

    Raises
    ------
    ValueError
        A setting is out of range, or a sentence is a string or no list of strings.
    OSError
        The temporary file does not fit on the disk.

    Examples
    --------
    >>> vocabulary = Vocabulary(["ice", "is", "cold"])
    >>> count_cooccurrences([["ice", "is", "cold"]], vocabulary, progress=False).toarray()
    array([[0. , 1. , 0.5],
           [1. , 0. , 1. ],
           [0.5, 1. , 0. ]])
    """
    _require(sentences, vocabulary, window, symmetric, memory)
    counter = _Counter(len(vocabulary), int(window), bool(symmetric), int(memory * GIB))
    with counter.runs:
        with progress_bar(progress, unit=" words", unit_scale=True) as bar:
            for batch in _batches(sentences):
                lengths = np.fromiter(map(len, batch), np.int64, len(batch))
                rows = vocabulary.encode(chain.from_iterable(batch), unknown=-1)
                counter.read(_known(rows, lengths, len(vocabulary)))
                bar.update(len(rows))
        counter.count()
        return counter.runs.merged()


def _require(sentences: Any, vocabulary: Any, window: Any, symmetric: Any, memory: Any) -> None:
    if not isinstance(sentences, Iterable):
        raise ValueError(f"A corpus is a list of tokenised sentences, not {sentences!r}.")
    if not isinstance(vocabulary, Vocabulary):
        raise ValueError(
            f"vocabulary must be a Vocabulary, not a {type(vocabulary).__name__}: make one with "
            "Vocabulary.from_sentences(sentences)."
        )
    whole = isinstance(window, int | np.integer) and not isinstance(window, bool)
    if not whole or not 1 <= window <= LARGEST_WINDOW:
        raise ValueError(
            f"window must be a whole number from 1 to {LARGEST_WINDOW:,}, not {window!r}."
        )
    if not isinstance(symmetric, bool | np.bool_):
        raise ValueError(f"symmetric must be True or False, not {symmetric!r}.")
    if not isinstance(memory, Real) or not 0 < float(memory) < 2**20:
        raise ValueError(f"memory must be a number of GiB above 0, not {memory!r}.")


def _batches(sentences: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """Collect sentences, so that their words can be looked up in one go."""
    batch: list[Sequence[str]] = []
    words = 0
    for tokens in sentences:
        require_sentence(tokens)
        batch.append(tokens)
        words += len(tokens)
        if words >= TOGETHER:
            yield batch
            batch, words = [], 0
    yield batch


class _Counter:
    """Collects words, and counts them when its memory is full.

    Half of the memory is for the words and their places, a quarter for the counts of one call, and
    a quarter for counts that wait to be merged.
    """

    def __init__(self, V: int, window: int, symmetric: bool, memory: int) -> None:
        self.V, self.window, self.symmetric = V, window, symmetric
        size = min(max(memory // 2 // 8, 2 * window + 2), 2**31 - 1)
        self.words = np.empty(size, np.int32)  # V between two sentences
        self.used = self.old = 0  # the first words are an earlier chunk's, and already counted
        self.weights = 1 / np.maximum(np.arange(min(window, size) + 1), 1)
        self.runs = _Runs(V, memory // 4)

    def read(self, words: NDArray[np.int32]) -> None:
        while len(words):
            part = words[: len(self.words) - self.used]
            self.words[self.used : self.used + len(part)] = part
            self.used += len(part)
            words = words[len(part) :]
            if self.used == len(self.words):
                self.count()

    def count(self) -> None:
        """Count what was read since the last time; keep the words that the next ones may meet."""
        words = self.words[: self.used]
        starts, places = _places(words, self.V)
        lengths = np.zeros(self.V, np.int64)
        sums = np.zeros(self.V)
        row = 0
        while row < self.V:
            row, used = _count_rows(
                words, self.old, starts, places, self.weights, self.symmetric,
                row, sums, self.runs.buffer, lengths,
            )  # fmt: skip
            self.runs.write(self.runs.buffer[:used])
        self.runs.end_run(lengths)
        last = words[max(0, self.used - self.window) :]
        ends = np.flatnonzero(last == self.V)
        if len(ends):
            last = last[ends[-1] + 1 :]
        self.used = self.old = len(last)
        self.words[: len(last)] = last.copy()


class _Runs:
    """The counts of each chunk, row after row, in memory or in a file without a name."""

    def __init__(self, V: int, memory: int) -> None:
        self.V = V
        self.buffer = np.empty(max(memory // RECORD.itemsize, V + 1), RECORD)
        # It goes with the process, however that ends.
        self._file = tempfile.SpooledTemporaryFile(max_size=memory)  # noqa: SIM115
        self._lengths: list[NDArray[np.int64]] = []

    def __enter__(self) -> "_Runs":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, records: NDArray) -> None:
        try:
            self._file.write(records.view(np.uint8).data)
        except OSError as error:
            raise OSError(
                f"The counts do not fit into {tempfile.gettempdir()} (12 bytes each). Free some "
                "space there, name another folder in the environment variable TMPDIR, or give "
                "more memory."
            ) from error

    def end_run(self, lengths: NDArray[np.int64]) -> None:
        self._lengths.append(lengths)

    def merged(self) -> "sparse.csr_array":
        """Add up the runs, as many rows at a time as fit into the buffer."""
        from scipy import sparse  # late: 9 MB that no training of word2vec needs

        lengths = np.array(self._lengths)
        ends = lengths.cumsum(axis=1)
        before = np.append(0, ends[:-1, -1].cumsum())  # where each run begins in the file
        in_rows = np.append(0, lengths.sum(axis=0).cumsum())
        # More than needed, where runs share a pair; memory is taken only where it is written to.
        columns, values = np.empty(in_rows[-1], np.int32), np.empty(in_rows[-1])
        row_ends = np.zeros(self.V + 1, np.int64)
        sums = np.zeros(self.V)
        first = 0
        while first < self.V:
            fitting = np.searchsorted(in_rows, in_rows[first] + len(self.buffer), "right") - 1
            last = max(int(fitting), first + 1)
            parts = [
                self._read(start + row_end[first] - length[first], length[first:last].sum())
                for start, row_end, length in zip(before, ends, lengths, strict=True)
            ]
            _merge_rows(
                np.concatenate(parts) if len(parts) > 1 else parts[0],
                lengths[:, first:last],
                first,
                sums,
                columns,
                values,
                row_ends,
            )
            first = last
        for array in (columns, values):
            array.resize(row_ends[-1], refcheck=False)
        if row_ends[-1] <= np.iinfo(np.int32).max:  # or SciPy makes the columns int64, too
            row_ends = row_ends.astype(np.int32)
        return sparse.csr_array((values, columns, row_ends), shape=(self.V, self.V))

    def _read(self, start: int, count: int) -> NDArray:
        self._file.seek(int(start) * RECORD.itemsize)
        return np.frombuffer(self._file.read(int(count) * RECORD.itemsize), RECORD)


@njit(cache=True, nogil=True)
def _known(
    rows: NDArray[np.int32], lengths: NDArray[np.int64], separator: int
) -> NDArray[np.int32]:
    """Leave out unknown words, and put a separator behind each sentence."""
    known = np.empty(len(rows) + len(lengths), np.int32)
    used = place = 0
    for length in lengths:
        for row in rows[place : place + length]:
            if row >= 0:
                known[used] = row
                used += 1
        known[used] = separator
        used += 1
        place += length
    return known[:used]


@njit(cache=True, nogil=True)
def _places(words: NDArray[np.int32], V: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List the places of each word: those of row i from starts[i] to starts[i + 1]."""
    starts = np.zeros(V + 2, np.int64)
    for row in words:
        starts[row + 1] += 1
    for row in range(V + 1):
        starts[row + 1] += starts[row]
    following = starts[:-1].copy()
    places = np.empty(len(words), np.int32)
    for place, row in enumerate(words):
        places[following[row]] = place
        following[row] += 1
    return starts, places


@njit(cache=True, nogil=True)
def _count_rows(
    words: NDArray[np.int32],
    old: int,
    starts: NDArray[np.int64],
    places: NDArray[np.int32],
    weights: NDArray[np.float64],
    symmetric: bool,
    first: int,
    sums: NDArray[np.float64],
    records: NDArray,
    lengths: NDArray[np.int64],
) -> tuple[int, int]:
    """Count row after row until the records may not suffice for one more.

    A row is added up in ``sums``, which is as long as the vocabulary and zero in between; so no
    pair is ever searched for. Of two words that are both old, nothing is counted.
    Returns the next row and the number of records.
    """
    V, window = len(sums), len(weights) - 1
    used = 0
    for row in range(first, V):
        count = starts[row + 1] - starts[row]
        if used + min(V, 2 * window * count) >= len(records):
            return row, used
        begin = used
        for place in places[starts[row] : starts[row + 1]]:
            if place >= old:
                for distance in range(1, min(window, place) + 1):
                    other = words[place - distance]
                    if other == V:
                        break
                    records[used]["column"] = other
                    used += sums[other] == 0
                    sums[other] += weights[distance]
            if symmetric:
                nearest = max(1, old - place)
                for distance in range(nearest, min(window, len(words) - 1 - place) + 1):
                    other = words[place + distance]
                    if other == V:
                        break
                    records[used]["column"] = other
                    used += sums[other] == 0
                    sums[other] += weights[distance]
        for n in range(begin, used):
            column = records[n]["column"]
            records[n]["sum"] = sums[column]
            sums[column] = 0
        lengths[row] = used - begin
    return V, used


@njit(cache=True, nogil=True)
def _merge_rows(
    records: NDArray,
    lengths: NDArray[np.int64],
    first: int,
    sums: NDArray[np.float64],
    columns: NDArray[np.int32],
    values: NDArray[np.float64],
    row_ends: NDArray[np.int64],
) -> None:
    """Add up the rows of all runs, and sort each by its columns.

    The records of a run follow those of the run before; ``lengths`` has a line for each run.
    """
    runs, rows = lengths.shape
    places = np.zeros(runs, np.int64)
    for run in range(1, runs):
        places[run] = places[run - 1] + lengths[run - 1].sum()
    used = row_ends[first]
    for row in range(rows):
        begin = used
        for run in range(runs):
            for record in records[places[run] : places[run] + lengths[run, row]]:
                if sums[record["column"]] == 0:
                    columns[used] = record["column"]
                    used += 1
                sums[record["column"]] += record["sum"]
            places[run] += lengths[run, row]
        columns[begin:used].sort()
        for n in range(begin, used):
            values[n] = sums[columns[n]]
            sums[columns[n]] = 0
        row_ends[first + row + 1] = used
