"""A file as a stream of bytes: plain, or unpacked as it is read, and never without bound."""

import bz2
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn, cast

# A packed file may hold this many times its own size: vectors as text pack to about a third.
LARGEST_RATIO = 100
LIKELY_RATIO = 8
ALWAYS_ALLOWED = 2**24  # bytes: a small file may hold this much, whatever its size

# What reading damaged packed bytes raises (RuntimeError: a zip archive with a password).
DAMAGED = (
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
)


class Source:
    """The bytes of a file, or of one member of a zip archive.

    Parameters
    ----------
    stream : binary file
        Gives the bytes, unpacked.
    raw : binary file
        The file itself; tells how far the reading has come.
    name : str
        What error messages call it.
    packed_size : int or None
        Size of what is unpacked; None where nothing is.
    size : int or None
        How many bytes there will be, where that is known.

    Attributes
    ----------
    name, size
        As given.
    most, likely : int
        More bytes than ``most`` are refused; more than ``likely`` would be strange.
    place : str
        What has been read, for messages: "after line 17", say. The reader of a format sets it.
    """

    def __init__(
        self,
        stream: IO[bytes],
        raw: IO[bytes],
        name: str,
        packed_size: int | None,
        size: int | None,
    ) -> None:
        self._stream, self._raw = stream, raw
        self.name, self.size, self.place = name, size, "at the start"
        self._packed = packed_size is not None
        if packed_size is None:
            self.most = self.likely = cast(int, size)
        else:
            self.most = max(LARGEST_RATIO * packed_size, ALWAYS_ALLOWED)
            self.likely = LIKELY_RATIO * packed_size
        self._taken = 0
        self._ahead = b""

    def read(self, size: int) -> bytes:
        """Read on.

        Parameters
        ----------
        size : int
            How many bytes at most.

        Returns
        -------
        bytes
            The next ones; nothing at the end of the file.

        Raises
        ------
        ValueError
            The packed bytes are damaged, cut off, or unpack to far more than vectors would.
        """
        if self._ahead:
            block, self._ahead = self._ahead[:size], self._ahead[size:]
            return block
        if not self._packed:
            return self._stream.read(size)
        try:
            block = self._stream.read(size)
        except DAMAGED as error:
            raise self.error(
                f"the packed file is damaged or cut off here ({error or 'unexpected end'}). "
                "Download or copy it again."
            ) from error
        self._taken += len(block)
        if self._taken > self.most:
            raise self.error(
                f"it unpacks to more than {self.most:,} bytes, {LARGEST_RATIO} times its own size, "
                "which no file of vectors does. If you trust it, unpack it first."
            )
        return block

    def peek(self, size: int) -> bytes:
        """Look at the next bytes without taking them.

        Parameters
        ----------
        size : int
            How many.

        Returns
        -------
        bytes
            Fewer only where the file ends.
        """
        blocks: list[bytes] = []
        missing = size
        while missing > 0 and (block := self.read(missing)):
            blocks.append(block)
            missing -= len(block)
        self._ahead = b"".join(blocks) + self._ahead
        return self._ahead[:size]

    def position(self) -> int:
        """Say how much of the file itself has been read.

        Returns
        -------
        int
            Bytes, packed ones where the file is packed.
        """
        return self._raw.tell()

    def error(self, message: str, place: str | None = None) -> ValueError:
        """Make an error that names the file and the place in it.

        Parameters
        ----------
        message : str
            What is wrong.
        place : str, optional
            "line 17", or "row 17"; how far the reading has come where it is left out.

        Returns
        -------
        ValueError
            To be raised.
        """
        return ValueError(f"{self.name}, {place or self.place}: {message}")


@contextmanager
def open_source(path: Path, member: str | None = None) -> Iterator[Source]:
    """Open a file, packed or not; its first bytes decide, not its name.

    Parameters
    ----------
    path : pathlib.Path
        The file: plain, or packed by gzip, bzip2 or zip.
    member : str, optional
        Which file of a zip archive; not needed where it holds one only.

    Yields
    ------
    Source
        Its bytes.

    Raises
    ------
    ValueError
        The archive is damaged, has no such member, or more than one and none was named; or a member
        was named where there is no archive.
    """
    with path.open("rb") as raw:
        magic = raw.read(4)
        raw.seek(0)
        size = path.stat().st_size
        if magic.startswith(b"PK"):
            with _open_member(path, raw, member) as source:
                yield source
            return
        if member is not None:
            raise ValueError(f"{path} is no zip archive, so it has no member {member!r}.")
        if magic.startswith(b"\x1f\x8b"):
            with gzip.open(raw) as stream:
                yield Source(cast(IO[bytes], stream), raw, str(path), size, None)
        elif magic.startswith(b"BZh"):
            with bz2.open(raw) as stream:
                yield Source(stream, raw, str(path), size, None)
        else:
            yield Source(raw, raw, str(path), None, size)


@contextmanager
def _open_member(path: Path, raw: IO[bytes], member: str | None) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(raw)
    except DAMAGED as error:
        raise ValueError(
            f"{path} is a damaged zip archive ({error}). Download or copy it again."
        ) from error
    with archive:
        info = archive.getinfo(_chosen(path, archive, member))
        name = f"{path} ({info.filename})"
        try:
            stream = archive.open(info)
        except (*DAMAGED, NotImplementedError) as error:
            raise ValueError(f"{name} cannot be unpacked: {error}. Unpack it yourself.") from error
        with stream:
            yield Source(stream, raw, name, info.compress_size, info.file_size)


def _chosen(path: Path, archive: zipfile.ZipFile, member: str | None) -> str:
    files = [info.filename for info in archive.infolist() if not info.is_dir()]
    files = [name for name in files if not name.startswith("__MACOSX/")]
    if any(name.endswith(".npy") for name in files):
        _refuse_arrays(path)
    shown = ", ".join(files[:10]) + (", ..." if len(files) > 10 else "")
    if member is not None:
        if member not in files:
            raise ValueError(f"{path} has no member {member!r}; it has: {shown or 'none'}.")
        return member
    if len(files) != 1:
        raise ValueError(
            f"{path} holds {len(files)} files ({shown}). "
            + ("Name one: member=..." if files else "There is nothing to read.")
        )
    return files[0]


def _refuse_arrays(path: Path) -> NoReturn:
    raise ValueError(
        f"{path} is an .npz archive of arrays, not a file of vectors. If Embeddings.save wrote it, "
        "read it by Embeddings.load."
    )
