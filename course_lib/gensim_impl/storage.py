"""Files of gensim's: the exchange format of word2vec, and gensim's own without running code."""

import bz2
import gzip
import pickle
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from course_lib.embeddings import Embeddings
from course_lib.files import replacing

# What gensim 4 writes into a file of a Word2Vec model or of KeyedVectors, and nothing else.
KNOWN = {
    ("builtins", "hash"),
    ("builtins", "int"),
    ("collections", "defaultdict"),
    ("gensim.models.keyedvectors", "KeyedVectors"),
    ("gensim.models.word2vec", "Word2Vec"),
    ("gensim.utils", "call_on_class_only"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "_reconstruct"),  # written with NumPy 1
    ("numpy.random._mt19937", "MT19937"),
    ("numpy.random._pickle", "__bit_generator_ctor"),
    ("numpy.random._pickle", "__randomstate_ctor"),
}


def save_vectors(vectors: KeyedVectors, path: str | Path, *, binary: bool = False) -> None:
    """Write words and vectors in the format of word2vec, which every tool reads.

    Written beside its place and moved there when it is whole. gensim writes a word with a space
    into a binary file without a word, and the file cannot be read right again.

    Parameters
    ----------
    vectors : gensim.models.KeyedVectors
        ``model.wv``, or ``to_embeddings(model).to_keyed_vectors("out")`` for the OUT vectors.
    path : str or pathlib.Path
        The file; compressed if its name ends in ``.gz`` or ``.bz2``.
    binary : bool, default False
        Binary in the place of text: smaller, and much faster to read. Both are exact.

    Raises
    ------
    ValueError
        A word is empty, is no string, or has white space in it: the format puts a space behind
        each word.
    """
    for word in vectors.index_to_key:
        if not isinstance(word, str) or len(word.split()) != 1 or word.split()[0] != word:
            raise ValueError(
                f"The word {word!r} cannot stand in a word2vec file, where a space ends a word. "
                "Rename it (with an underscore, say) or drop it."
            )
    with replacing(path) as file, _compressed(file, Path(path)) as out:
        rows = np.asarray(vectors.vectors, dtype=np.float32)
        out.write(f"{len(rows)} {rows.shape[1]}\n".encode())
        for word, row in zip(vectors.index_to_key, rows, strict=True):
            numbers = row.tobytes() if binary else " ".join(map(str, row)).encode() + b"\n"
            out.write(word.encode() + b" " + numbers)


def load_vectors(path: str | Path) -> KeyedVectors:
    """Read a file in the format of word2vec, text or binary.

    Which of the two it is shows in its first line of numbers; gensim, told the wrong one, may read
    nonsense without a word. gensim also makes up a count for each word, V, V - 1, and so on to 1:
    they are dropped. A word that stands twice keeps its first vector, and the empty row that gensim
    leaves for it is dropped.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; compressed if its name ends in ``.gz`` or ``.bz2``.

    Returns
    -------
    gensim.models.KeyedVectors
        Words and vectors in the order of the file, without counts.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It has no header line, as GloVe files, or is damaged.
    """
    path = _existing(path)
    try:
        binary = _is_binary(path)
        found = KeyedVectors.load_word2vec_format(str(path), binary=binary)
    except (ValueError, EOFError, OSError, AssertionError) as error:
        raise ValueError(
            f"{path} cannot be read as a word2vec file ({error}). Is it whole? Is it a GloVe file, "
            "which has no header line?"
        ) from error
    found.expandos.clear()  # the made-up counts
    return Embeddings.from_keyed_vectors(found).to_keyed_vectors()


def load_native(path: str | Path, *, mmap: bool = False) -> Word2Vec | KeyedVectors:
    """Read a file of ``model.save`` or ``KeyedVectors.save`` without running code from it.

    Such a file is a pickle, and a pickle may call anything while it is read. Here it is read
    twice, first with nothing allowed but the classes that gensim itself writes. That keeps code
    out; that the numbers are right nobody can promise.

    Parameters
    ----------
    path : str or pathlib.Path
        The file. Large matrices lie beside it, in files with the same beginning.
    mmap : bool, default False
        Leave the matrices that lie in files of their own on the disk, where several processes share
        them. They can be trained: what changes is kept in memory (NumPy's mode "c"). Trained in
        mode "r" they crash Python, and in mode "r+" the file changes. gensim puts only matrices
        of more than 10 million numbers into files of their own, all with ``sep_limit=0``.

    Returns
    -------
    gensim.models.Word2Vec or gensim.models.KeyedVectors
        What was saved.

    Raises
    ------
    FileNotFoundError
        The file is not there, or one that belongs to it.
    ValueError
        It holds something that gensim does not write, or is damaged.
    """
    path = _existing(path)
    with path.open("rb") as file:
        try:
            kind = type(_Wary(file).load())
        except _Foreign as error:
            raise ValueError(
                f"{path} wants to use {error}, which gensim never writes. Do not load it."
            ) from error
        except Exception as error:  # a damaged pickle raises anything
            raise ValueError(f"{path} is damaged or no file of gensim's ({error}).") from error
    if kind not in (Word2Vec, KeyedVectors):
        raise ValueError(f"{path} holds a {kind.__name__}, not a Word2Vec model or KeyedVectors.")
    try:
        return kind.load(str(path), mmap="c" if mmap else None)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error.filename} is missing: it belongs to {path}. Copy all files that begin with "
            f"{path.name}."
        ) from error


class _Foreign(Exception):  # noqa: N818 - the name of what a file may not use
    pass


class _Wary(pickle.Unpickler):
    """Reads a pickle that may name nothing but what gensim writes."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise _Foreign(f"{module}.{name}")
        return super().find_class(module, name)


def _existing(path: str | Path) -> Path:
    if not Path(path).is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    return Path(path)


def _is_binary(path: Path) -> bool:
    opened: Any = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix, open)
    with opened(path, "rb") as file:
        _, d = map(int, file.readline(100).split())
        line = file.readline(1000 + 50 * d)
    try:
        return len([float(number) for number in line.split(b" ")[1:]]) != d
    except ValueError:
        return True


def _compressed(file: BinaryIO, path: Path) -> AbstractContextManager[Any]:
    if path.suffix == ".gz":
        return gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0)  # no date: same bytes
    return bz2.BZ2File(file, "wb") if path.suffix == ".bz2" else nullcontext(file)
