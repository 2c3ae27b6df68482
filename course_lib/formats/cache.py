"""A copy of a table that is there at once: its matrix is mapped into memory, its words unread."""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.files import data_folder, replacing
from course_lib.vocabulary import StoredVocabulary

MAGIC = b"course_lib vectors, version 1\n"
LONGEST_HEADER = 2**16
PIECE = 2**16  # bytes at each end of the source that are compared


def fingerprint(path: Path) -> dict[str, Any]:
    """Tell one state of a file from another, without reading all of it.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    dict
        Its size, its time stamp, and the SHA-256 of its first and last 65,536 bytes.
    """
    state = path.stat()
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(PIECE))
        file.seek(max(0, state.st_size - PIECE))
        digest.update(file.read(PIECE))
    return {"size": state.st_size, "time": state.st_mtime_ns, "sha256": digest.hexdigest()}


def places(path: Path, member: str | None, dtype: np.dtype) -> list[Path]:
    """List where the copy of a file can be: beside it, or in the folder of the data.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    member : str or None
        Which member, where it is a zip archive.
    dtype : numpy.dtype
        Of the vectors.

    Returns
    -------
    list of pathlib.Path
        Best first.
    """
    path = path.resolve()
    chosen = f".{_digest(member)}" if member else ""
    name = f"{path.name}{chosen}.{dtype}.cache"
    return [path.with_name(name), data_folder() / "vectors" / f"{_digest(str(path))}-{name}"]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read(paths: list[Path], key: dict[str, Any]) -> Embeddings | None:
    """Read the first copy that fits.

    Parameters
    ----------
    paths : list of pathlib.Path
        Where it can be.
    key : dict
        What it was made from.

    Returns
    -------
    Embeddings or None
        With the matrix mapped into memory: what you change is not written back. None if there is no
        copy, or it is damaged or made from something else.
    """
    for path in paths:
        try:
            found = _read(path, key)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if found is not None:
            return found
    return None


def _read(path: Path, key: dict[str, Any]) -> Embeddings | None:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
        header = json.loads(file.readline(LONGEST_HEADER))
        if header["key"] != key:
            return None
        joined = file.read(header["words"])
    V, d = header["shape"]
    dtype = np.dtype(header["dtype"]).newbyteorder("<")
    complete = path.stat().st_size == header["start"] + V * d * dtype.itemsize
    if not complete or zlib.crc32(joined) != header["crc32"] or dtype.kind != "f":
        return None
    vectors = np.memmap(path, dtype, "c", header["start"], (V, d)).view(np.ndarray)
    return Embeddings.from_checked(StoredVocabulary(joined, V), vectors)


def write(
    paths: list[Path],
    key: dict[str, Any],
    vocabulary: StoredVocabulary,
    vectors: NDArray[np.floating],
) -> None:
    """Keep a copy in the first place that takes it.

    Parameters
    ----------
    paths : list of pathlib.Path
        Where it can be.
    key : dict
        What it was made from.
    vocabulary : StoredVocabulary
        The V words.
    vectors : numpy.ndarray, shape (V, d)
        Their vectors.
    """
    for path in paths:
        try:
            if path == paths[-1]:
                path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, key, vocabulary.joined, vectors)
        except OSError:
            continue
        return


def _write(path: Path, key: dict[str, Any], joined: bytes, vectors: NDArray[np.floating]) -> None:
    header: dict[str, Any] = {
        "key": key,
        "shape": vectors.shape,
        "dtype": str(vectors.dtype),
        "words": len(joined),
        "crc32": zlib.crc32(joined),
        "start": 0,
    }
    # The matrix begins at a page, so that it can be mapped; 20: room for the digits of the number.
    before = len(MAGIC) + len(json.dumps(header)) + 20 + len(joined)
    header["start"] = -(-before // 4096) * 4096
    with replacing(path) as file:
        file.write(MAGIC + json.dumps(header).encode() + b"\n" + joined)
        file.write(b"\0" * (header["start"] - file.tell()))
        file.write(vectors.astype(vectors.dtype.newbyteorder("<"), copy=False).data)
