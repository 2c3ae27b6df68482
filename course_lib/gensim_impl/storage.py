"""gensim's own files, read without running code from them."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gensim.models import KeyedVectors, Word2Vec
from gensim.utils import SaveLoad
from gensim.utils import open as open_as_gensim

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


def load_native(path: str | Path, *, mmap: bool = False) -> Word2Vec | KeyedVectors:
    """Read a file of ``model.save`` or ``KeyedVectors.save`` without running code from it.

    Such a file is a pickle, and a pickle may call anything while it is read. Here nothing is
    allowed in it but the classes that gensim itself writes, and no second pickle beside it. That
    keeps code out; that the numbers are right nobody can promise.

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
        It holds something that gensim does not write, it is damaged, or matrices that are packed
        (.gz, .bz2) are to be mapped.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    found = _unpickle_warily(path)
    # What else gensim's own load does: it fetches the matrices that lie beside the file.
    packed, name_of = SaveLoad._adapt_by_suffix(str(path))
    try:
        found._load_specials(str(path), "c" if mmap else None, packed, name_of)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{error.filename} is missing: it belongs to {path}. Copy all files that begin with "
            f"{path.name}."
        ) from error
    except OSError as error:  # packed matrices cannot be mapped
        raise ValueError(f"{path}: {error}") from error
    return found


def _unpickle_warily(path: Path) -> Word2Vec | KeyedVectors:
    try:
        with open_as_gensim(str(path), "rb") as file:  # it unpacks .gz and .bz2
            found = _Wary(file).load()
        further = list(_further_pickles(found))
    except _Foreign as error:
        raise ValueError(
            f"{path} wants to use {error}, which gensim never writes. Do not load it."
        ) from error
    except Exception as error:  # a damaged pickle raises anything
        raise ValueError(f"{path} is damaged or no file of gensim's ({error}).") from error
    if type(found) not in (Word2Vec, KeyedVectors):
        kind = type(found).__name__
        raise ValueError(f"{path} holds a {kind}, not a Word2Vec model or KeyedVectors.")
    if further:
        raise ValueError(
            f"{path} makes gensim unpickle a second file, for {further[0]!r}, which no model "
            "needs. Do not load it."
        )
    return found


class _Foreign(Exception):  # noqa: N818 - the name of what a file may not use
    pass


class _Wary(pickle.Unpickler):
    """Reads a pickle that may name nothing but what gensim writes."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise _Foreign(f"{module}.{name}")
        return super().find_class(module, name)


def _further_pickles(part: Any) -> Iterator[str]:
    """Name the attributes (sparse matrices) that gensim would unpickle from files beside this."""
    yield from getattr(part, "__scipys", [])
    for name in getattr(part, "__recursive_saveloads", []):
        yield from _further_pickles(getattr(part, name))
