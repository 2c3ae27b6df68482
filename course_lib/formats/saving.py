"""Writing vectors as word2vec and GloVe do, so that gensim reads back the very same numbers."""

import bz2
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.files import replacing
from course_lib.formats.loading import FORMATS
from course_lib.vocabulary import Vocabulary, refuse_string

ROWS_AT_ONCE = 1000
# What readers take for the end of a word or of a line. (Other white space, such as the non-breaking
# spaces of glove.840B, is part of a word.)
SEPARATORS = re.compile("[ \t\n\r\v\f]")


def save_vectors(
    path: str | Path,
    words: Sequence[str],
    vectors: ArrayLike,
    format: str = "word2vec-text",
) -> None:
    """Write words and vectors to a file that gensim and others read.

    The numbers are float32. As text each is written with as many digits as it takes to read back
    the very same float32. The file takes its place when it is complete; its name decides whether
    it is packed (.gz, .bz2).

    Parameters
    ----------
    path : str or pathlib.Path
        The file; an existing one is replaced.
    words : sequence of str
        V words, each one once: ``embeddings.vocabulary.words``.
    vectors : array_like of float, shape (V, d)
        A row a word: ``embeddings.input_vectors``. Other types are rounded to float32.
    format : {"word2vec-text", "word2vec-binary", "glove"}
        Text with a header, binary with a header, text without one.

    Raises
    ------
    ValueError
        The format is none of these; a word is empty, comes twice, or holds white space that no
        reader could tell from the end of the word; the shapes do not fit; or a number is NaN,
        infinite or beyond float32.
    FileNotFoundError
        The folder does not exist.
    """
    write = prepared(path, words, vectors, format)
    with replacing(path) as file:
        write(file)


def prepared(
    path: str | Path, words: Sequence[str], vectors: ArrayLike, format: str
) -> Callable[[BinaryIO], None]:
    """Check what ``save_vectors`` is to write, before a file is opened.

    Parameters
    ----------
    path : str or pathlib.Path
        Its name decides whether the file is packed.
    words : sequence of str
        V words.
    vectors : array_like of float, shape (V, d)
        A row a word.
    format : str
        As in ``save_vectors``.

    Returns
    -------
    callable
        Writes them to a binary file.

    Raises
    ------
    ValueError
        As in ``save_vectors``.
    """
    if format not in FORMATS:
        raise ValueError(f"format must be {', '.join(FORMATS)}, not {format!r}.")
    suffix = Path(path).suffix.lower()
    if suffix in (".zip", ".xz", ".npz", ".npy", ".pkl"):
        raise ValueError(f"save_vectors writes no {suffix} files; plain, .gz or .bz2.")
    encoded = _checked_words(words, format)
    matrix = _checked_vectors(vectors, len(encoded))

    def write(file: BinaryIO) -> None:
        with _packing(file, suffix) as stream:
            if format != "glove":
                stream.write(b"%d %d\n" % matrix.shape)
            for block in _rows(encoded, matrix, binary=format == "word2vec-binary"):
                stream.write(block)

    return write


@contextmanager
def _packing(file: BinaryIO, suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        # Without name and time, the same vectors give the same bytes.
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as stream:
            yield cast(IO[bytes], stream)
    elif suffix == ".bz2":
        with bz2.open(file, "wb") as stream:
            yield cast(IO[bytes], stream)
    else:
        yield file


def _rows(words: list[bytes], matrix: NDArray[np.float32], binary: bool) -> Iterator[bytes]:
    for start in range(0, len(words), ROWS_AT_ONCE):
        rows = matrix[start : start + ROWS_AT_ONCE]
        some = zip(words[start : start + ROWS_AT_ONCE], rows, strict=True)
        if binary:
            little = rows.astype("<f4", copy=False)
            some = zip(words[start : start + ROWS_AT_ONCE], little, strict=True)
            yield b"".join(word + b" " + row.tobytes() for word, row in some)
        else:
            yield b"".join(
                word + b" " + b" ".join(row.astype("S32").tolist()) + b"\n" for word, row in some
            )


def _checked_words(words: Sequence[str], format: str) -> list[bytes]:
    refuse_string(words)
    listed = Vocabulary(list(words)).words  # at least one, strings, each one once
    if "" in listed:
        raise ValueError(f"Word {listed.index('')} is empty; no format can hold it.")
    separated = next(filter(SEPARATORS.search, listed), None)
    if separated is not None:
        raise ValueError(
            f"The word {separated!r} holds white space, at which readers of the format {format} "
            "would cut it. Put another sign there, such as '_'."
        )
    if listed[0].startswith("\ufeff"):
        raise ValueError("The first word begins with a byte order mark, which readers take off.")
    try:
        return [word.encode("utf-8") for word in listed]
    except UnicodeEncodeError as error:
        raise ValueError(f"The word {error.object!r} cannot be written in UTF-8.") from error


def _checked_vectors(vectors: ArrayLike, V: int) -> NDArray[np.float32]:
    given = np.asarray(vectors)
    if given.dtype.kind not in "fiu":
        raise ValueError(f"vectors must be numbers, not {given.dtype}.")
    if given.ndim != 2 or len(given) != V or given.shape[1] == 0:
        raise ValueError(f"vectors has shape {given.shape}, expected ({V}, d): a row a word.")
    with np.errstate(over="ignore"):
        matrix = given.astype(np.float32, copy=False)
    bad = ~np.isfinite(matrix).all(axis=1)
    if bad.any():
        raise ValueError(
            f"vectors holds NaN, infinity or a number beyond float32, first in row {bad.argmax()}."
        )
    return matrix
