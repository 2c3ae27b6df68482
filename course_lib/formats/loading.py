"""Loading a file of vectors, whatever its format, packed or not."""

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from course_lib.embeddings import Embeddings
from course_lib.formats import cache as copies
from course_lib.formats.binary import BinaryReader
from course_lib.formats.packed import Source, open_source
from course_lib.formats.tables import Table
from course_lib.formats.text import (
    LONGEST_LINE,
    TextReader,
    count_numbers,
    find_dimension,
    find_header,
)
from course_lib.progress import progress_bar
from course_lib.vocabulary import StoredVocabulary, Vocabulary, refuse_string

FORMATS = ("word2vec-text", "word2vec-binary", "glove")
LARGEST_D = 2**17
FIRST_ROWS = 1000  # room at the start where nobody knows how many there will be

# The first bytes of files that are something else.
OTHER_KINDS = {
    b"\x80\x02": "a pickle, as gensim's own save() writes; load it by gensim if you trust it",
    b"\x80\x03": "a pickle; unpickling would run the code in it",
    b"\x80\x04": "a pickle; unpickling would run the code in it",
    b"\x80\x05": "a pickle; unpickling would run the code in it",
    b"\x93NUMPY": "an array of NumPy; np.load reads it, but it holds no words",
    b"course_lib vectors": "the copy of one, made by load_vectors; load the file itself",
    b"\xba\x16\x4f\x2f": "a model of fastText; its file .vec holds the vectors",
    b"version https://git-lfs": "a pointer of git-lfs; fetch the file itself by: git lfs pull",
    b"\xff\xfe": "text in UTF-16; save it in UTF-8",
    b"\xfe\xff": "text in UTF-16; save it in UTF-8",
    b"\x1f\x8b": "packed twice; unpack it once",
    b"BZh": "packed twice; unpack it once",
    b"PK\x03\x04": "packed twice; unpack it once",
    b"\xfd7zXZ": "packed by xz, which is not read here; unpack it",
    b"7z\xbc\xaf": "packed by 7-Zip, which is not read here; unpack it",
    b"Rar!": "packed by RAR, which is not read here; unpack it",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard, which is not read here; unpack it",
    b"\x89HDF": "an HDF5 file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\x7fELF": "a program",
}
WEB_PAGE = (b"<!doctype", b"<html", b"<head", b"<?xml")


class Layout(NamedTuple):
    """What a file holds: its format, V where a header says so, and d."""

    format: str
    rows: int | None
    d: int


def load_vectors(
    path: str | Path,
    format: str = "auto",
    limit: int | None = None,
    words: Iterable[str] | None = None,
    *,
    member: str | None = None,
    dtype: DTypeLike = np.float32,
    errors: str = "strict",
    cache: bool = True,
    progress: bool = True,
) -> Embeddings:
    """Load pre-trained vectors from a file of GloVe, word2vec or fastText.

    The format and the packing are recognised by the content, not by the name: text without a header
    (GloVe), text with one (word2vec, fastText's .vec), word2vec's binary; plain, or packed by gzip,
    bzip2 or zip. A file is read whole and right, or refused with the line (binary: the row) that is
    wrong. Nothing in it is unpickled.

    A word may hold spaces, as some of glove.840B do: the last d fields of a line are its numbers.
    Of rows with the same word the first is kept, and a warning says how many there were.

    The first load of a whole file leaves a copy beside it (``<name>.float32.cache``; in the data
    folder of ``datasets`` where that is not allowed), which the next load maps into memory. A copy
    is used only while size, time and both ends of the file are the same. You may delete it.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    format : {"auto", "word2vec-text", "word2vec-binary", "glove"}
        Only needed where a file could be read in two ways.
    limit : int, optional
        Load this many words at most, the first of the file (the most frequent ones, in most).
        What comes after them is not looked at.
    words : iterable of str, optional
        Load these words only, in the order of the file. Numbers of other words are not read, and a
        word that the file does not have is left out.
    member : str, optional
        Which file of a zip archive; not needed where it holds one only.
    dtype : {"float32", "float16"}
        Of the vectors. float16 has 3 digits and halves the memory.
    errors : {"strict", "replace", "ignore"}
        What becomes of bytes in a word that are not UTF-8: an error, the sign U+FFFD, nothing.
    cache : bool, default True
        Use and leave a copy.
    progress : bool, default True
        Show a progress bar where it takes more than a moment.

    Returns
    -------
    Embeddings
        The V words, in the order of the file, with IN vectors only and no counts. Such a file holds
        nothing else, so the vectors can be compared and built upon, but not trained on as they
        were, nor used for what needs OUT vectors (``load_in_and_out``). A missing word: ``word in
        embeddings.vocabulary`` asks, ``embeddings.vector(word)`` raises a KeyError that names words
        spelt alike, and ``embeddings.vocabulary.encode(tokens)`` leaves it out.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file is damaged, cut off or of another kind, none of the words is in it, or an argument
        is wrong.
    """
    path = _checked_path(path)
    chosen_dtype = _checked_options(format, limit, dtype, errors)
    wanted = _checked_words(words)
    key = {**copies.fingerprint(path), "format": format, "member": member, "errors": errors}
    places = copies.places(path, member, chosen_dtype) if cache else []
    found = copies.read(places, key)
    if found is not None:
        return _cut(found, limit, wanted, path)
    loaded, vectors = _load(path, format, limit, wanted, member, chosen_dtype, errors, progress)
    if not loaded:
        raise ValueError(f"{path}: none of the {len(wanted or ()):,} words is in the file.")
    vocabulary = StoredVocabulary("\n".join(loaded).encode(), len(loaded))
    whole = limit is None and wanted is None
    if whole and key.items() >= copies.fingerprint(path).items():  # it did not change meanwhile
        copies.write(places, key, vocabulary, vectors)
    return Embeddings.from_checked(vocabulary, vectors)


# ---------------------------------------------------------------------------------------------
# Arguments


def _checked_path(path: object) -> Path:
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ValueError(f"path must be the path of a file, not {path!r}.")
    found = Path(path)
    if found.is_dir():
        raise ValueError(f"{found} is a folder; name a file in it.")
    if not found.is_file():
        raise FileNotFoundError(
            f"There is no file {found}. datasets.list_vectors() shows which files can be had."
        )
    return found


def _checked_options(format: str, limit: int | None, dtype: DTypeLike, errors: str) -> np.dtype:
    if format not in ("auto", *FORMATS):
        raise ValueError(f"format must be auto, {', '.join(FORMATS)}, not {format!r}.")
    number = isinstance(limit, int | np.integer) and not isinstance(limit, bool)
    if limit is not None and (not number or limit < 1):
        raise ValueError(f"limit must be a whole number of at least 1, not {limit!r}.")
    if errors not in ("strict", "replace", "ignore"):
        raise ValueError(f"errors must be strict, replace or ignore, not {errors!r}.")
    try:
        chosen = np.dtype(dtype)
    except TypeError:
        chosen = np.dtype(object)
    if chosen not in (np.float32, np.float16):
        raise ValueError(f"dtype must be float32 or float16, not {dtype!r}.")
    return chosen


def _checked_words(words: Iterable[str] | None) -> set[str] | None:
    if words is None:
        return None
    refuse_string(words)
    wanted = set(words)
    wrong = [word for word in wanted if not isinstance(word, str)]
    if wrong or not wanted:
        raise ValueError(
            f"words must be strings, not {wrong[0]!r}." if wrong else "words holds no word."
        )
    return wanted


def _cut(found: Embeddings, limit: int | None, wanted: set[str] | None, path: Path) -> Embeddings:
    """Give the part of a whole table that was asked for."""
    if limit is None and wanted is None:
        return found
    words = found.vocabulary.words
    if wanted is None:
        return Embeddings.from_checked(Vocabulary(words[:limit]), found.input_vectors[:limit])
    rows = [row for row, word in enumerate(words) if word in wanted][:limit]
    if not rows:
        raise ValueError(f"{path}: none of the {len(wanted):,} words is in the file.")
    return Embeddings.from_checked(
        Vocabulary([words[row] for row in rows]), found.input_vectors[rows]
    )


# ---------------------------------------------------------------------------------------------
# What is in the file


def _load(
    path: Path,
    format: str,
    limit: int | None,
    wanted: set[str] | None,
    member: str | None,
    dtype: np.dtype,
    errors: str,
    progress: bool,
) -> tuple[list[str], NDArray[np.floating]]:
    with open_source(path, member) as source:
        layout = find_layout(source, format)
        smallest_row = layout.d * (4 if layout.format == "word2vec-binary" else 2)
        rows = min(layout.rows or FIRST_ROWS, source.likely // smallest_row + 1)
        table = Table(source, layout.d, dtype, limit, wanted, errors, rows)
        if layout.format == "word2vec-binary":
            steps = BinaryReader(source, table, layout.d, layout.rows or 0).read()
        else:
            steps = TextReader(source, table, layout.d, layout.rows).read()
        _follow(steps, source, path, progress)
        return table.finish()


def _follow(steps: Iterator[None], source: Source, path: Path, progress: bool) -> None:
    options: dict[str, Any] = {"unit": "B", "unit_scale": True, "delay": 1, "leave": False}
    with progress_bar(progress, total=path.stat().st_size, desc=path.name, **options) as bar:
        for _ in steps:
            bar.update(source.position() - bar.n)


def find_layout(source: Source, format: str = "auto") -> Layout:
    """Recognise what is in a file, and take its header.

    Parameters
    ----------
    source : Source
        The file, at its start; afterwards at its first row.
    format : {"auto", "word2vec-text", "word2vec-binary", "glove"}
        What it has to be.

    Returns
    -------
    Layout
        Format, number of rows if a header says so, and dimension.

    Raises
    ------
    ValueError
        It is nothing of the kind.
    """
    if source.peek(3) == b"\xef\xbb\xbf":  # a byte order mark
        source.read(3)
    head = source.peek(2 * LONGEST_LINE)
    if not head.strip():
        raise source.error("the file is empty.")
    _refuse_other_kinds(source, head)
    first, _, rest = head.partition(b"\n")
    header = None if format == "glove" else find_header(first)
    if header is not None:
        source.read(len(first) + 1)
        return _with_header(source, format, header, rest)
    if format.startswith("word2vec"):
        raise source.error("there is no header, V and d. Is it GloVe's format?", "line 1")
    lines = head if len(head) < 2 * LONGEST_LINE else head[: head.rfind(b"\n") + 1]
    d = find_dimension(lines)
    if d == 0:
        what = "no line begins with a word and goes on with numbers"
        if not _is_text(head):
            what += ", and it has bytes that are no text, but no header of word2vec's binary format"
        raise source.error(f"this is no file of vectors: {what}.", "line 1")
    return Layout("glove", None, d)


def _refuse_other_kinds(source: Source, head: bytes) -> None:
    kind = next((kind for magic, kind in OTHER_KINDS.items() if head.startswith(magic)), None)
    if head[257:262] == b"ustar":
        kind = "a tar archive; unpack it"
    first = head.lstrip().partition(b"\n")[0]
    if first.lower().startswith(WEB_PAGE) and count_numbers(first) == 0:
        kind = "a web page, perhaps an error message in the place of a download"
    if kind:
        raise source.error(f"this is no file of vectors but {kind}.", "line 1")


def _with_header(source: Source, format: str, header: tuple[int, int], rest: bytes) -> Layout:
    rows, d = header
    if rows == 0 or not 1 <= d <= LARGEST_D:
        raise source.error(
            f"the header promises {rows:,} rows of {d:,} numbers. This is no file of vectors.",
            "line 1",
        )
    if format == "auto":
        first_row = rest.partition(b"\n")[0]
        # Numbers in the first row decide; further down a word may hold anything.
        text = count_numbers(first_row) >= d or _is_text(rest)
        format = "word2vec-text" if text else "word2vec-binary"
    return Layout(format, rows, d)


def _is_text(sample: bytes) -> bool:
    """Say whether bytes can be text: UTF-8 without control characters."""
    controls = bytes(set(range(32)) - {9, 10, 13})
    try:
        # The sample may end in the middle of a character.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return len(sample.translate(None, controls)) == len(sample)
