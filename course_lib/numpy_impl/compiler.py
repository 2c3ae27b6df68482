"""What Numba's compiler leaves behind in memory when the loops are ready."""

import ctypes
from pathlib import Path

MAPPINGS = Path("/proc/self/maps")  # on Linux alone
LIBRARY = "libllvmlite"
READ_ANEW = 4  # MADV_DONTNEED: the pages are read from the file again, if they are needed again


def release_code() -> int:
    """Give the memory back that holds the code of LLVM, Numba's compiler.

    Loading one loop from the disk brings some 50 MB of it in, which no loop needs. Only code is
    given back, never data: what LLVM has written stays.

    Returns
    -------
    int
        Bytes of address space given back; 0 on a system without ``/proc/self/maps``.
    """
    if not MAPPINGS.is_file():
        return 0
    released = 0
    for line in MAPPINGS.read_text(encoding="utf-8").splitlines():
        addresses, permissions = line.split(maxsplit=2)[:2]
        if LIBRARY in line and permissions == "r-xp":
            start, end = (int(address, 16) for address in addresses.split("-"))
            advise = ctypes.CDLL(None).madvise
            if advise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), READ_ANEW) == 0:
                released += end - start
    return released
