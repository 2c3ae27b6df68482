"""Files written so that a reader never meets half of one; arrays; the folder of the data."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile

import numpy as np
from numpy.lib.npyio import NpzFile

# What reading damaged bytes raises (TypeError: a lone .npy array has no members).
UNREADABLE = (ValueError, KeyError, TypeError, EOFError, OSError, RuntimeError, BadZipFile)


@contextmanager
def open_arrays(path: str | Path) -> Iterator[NpzFile]:
    """Open an .npz archive; nothing in it is unpickled, and a damaged one is closed again.

    Parameters
    ----------
    path : str or pathlib.Path
        The file. Reading it may raise any of ``UNREADABLE``.

    Yields
    ------
    numpy.lib.npyio.NpzFile
        The arrays by name.
    """
    with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
        yield archive


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when it is complete.

    What is written goes to a file beside it, which is moved to ``path`` at the end of the ``with``
    block. If an error or an interruption ends the block, an older file stays as it was and nothing
    is left behind.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; an existing one is replaced. Where it is a symbolic link, the file that it leads
        to is replaced.

    Yields
    ------
    binary file
        To be written to.

    Raises
    ------
    FileNotFoundError
        The folder does not exist.
    IsADirectoryError
        The path is a folder itself.
    """
    path = Path(path).resolve()
    if not path.parent.is_dir():
        raise FileNotFoundError(f"The folder {path.parent} does not exist; make it first.")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file in it.")
    unfinished = path.with_name(f"{uuid.uuid4().hex}.part")  # short: names have at most 255 bytes
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def data_folder() -> Path:
    """Name the folder where downloads, and what takes long to make, are kept.

    Returns
    -------
    pathlib.Path
        What the environment variable COURSE_LIB_DATA names, or a folder in the user's cache. It
        need not exist yet.
    """
    import pooch  # late: 8 MB that a training run on one's own text does not need

    return Path(os.environ.get("COURSE_LIB_DATA") or pooch.os_cache("course_lib")).expanduser()
