"""Writing files so that a reader never meets half a file."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when it is complete.

    What is written goes to a file beside it, which is moved to ``path`` at the end of the ``with``
    block. If an error or an interruption ends the block, an older file stays as it was and nothing
    is left behind.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; an existing one is replaced.

    Yields
    ------
    binary file
        To be written to.

    Raises
    ------
    FileNotFoundError
        The folder does not exist.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"The folder {path.parent} does not exist; make it first.")
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
