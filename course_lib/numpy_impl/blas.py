"""What Numba does not offer: a prefetch, and the two BLAS routines that gensim calls.

Each function here is written twice. The plain Python one says what it does, and runs under
``NUMBA_DISABLE_JIT=1``; the compiled one, below it, is what a compiled loop calls.
"""

import ctypes
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

CACHE_LINE = 64  # bytes

# How gensim reads the value that BLAS's sdot returns. Its FAST_VERSION says which of the three it
# found to work when it was imported; the bits of the vectors depend on it.
AS_DOUBLE, AS_FLOAT, WITHOUT_BLAS = 0, 1, 2

Matrix = NDArray[np.float32]


def addresses() -> tuple[int, int]:
    """Find the BLAS routines that gensim calls: those of SciPy.

    Returns
    -------
    sdot : int
        Address of the dot product.
    saxpy : int
        Address of the scaled sum.
    """
    from scipy.linalg import blas

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return tuple(pointer(routine._cpointer, None) for routine in (blas.sdot, blas.saxpy))


def borrow(arrays: Any) -> Any:
    """Give a named tuple of arrays without their reference counts; the caller keeps them alive.

    Compiled code would count, with a locked instruction, each time it hands an array on.

    Parameters
    ----------
    arrays : named tuple
        Arrays and numbers.

    Returns
    -------
    named tuple
        The same.
    """
    return arrays


def prefetch(matrix: Matrix, row: int, d: int) -> None:
    """Ask for a row to be brought from memory into the cache; it changes no number.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, d)
        The matrix.
    row : int
        The row that will soon be needed.
    d : int
        Its length.
    """


def sdot(address: int, a: Matrix, i: int, b: Matrix, j: int, d: int) -> np.float32:
    """Compute row i of ``a`` times row j of ``b`` by BLAS; the result is read as a double.

    sdot returns a float. Where gensim reads a double instead (FAST_VERSION 0), the low half of it
    is left over from BLAS's own computation: right to about six digits, and always the same.

    Parameters
    ----------
    address : int
        Where sdot is.
    a : numpy.ndarray of float32, shape (n, d)
        A matrix.
    i : int
        One of its rows.
    b : numpy.ndarray of float32, shape (n, d)
        Another.
    j : int
        One of its rows.
    d : int
        Length of a row.

    Returns
    -------
    float32
        The dot product.
    """
    return _python_sdot(ctypes.c_double, address, a, i, b, j, d)


def sdot_float(address: int, a: Matrix, i: int, b: Matrix, j: int, d: int) -> np.float32:
    """Compute row i of ``a`` times row j of ``b`` by BLAS; the result is read as a float.

    Parameters
    ----------
    address : int
        Where sdot is.
    a : numpy.ndarray of float32, shape (n, d)
        A matrix.
    i : int
        One of its rows.
    b : numpy.ndarray of float32, shape (n, d)
        Another.
    j : int
        One of its rows.
    d : int
        Length of a row.

    Returns
    -------
    float32
        The dot product.
    """
    return _python_sdot(ctypes.c_float, address, a, i, b, j, d)


def saxpy(address: int, factor: np.float32, a: Matrix, i: int, b: Matrix, j: int, d: int) -> None:
    """Add ``factor`` times row i of ``a`` to row j of ``b`` by BLAS.

    Parameters
    ----------
    address : int
        Where saxpy is.
    factor : float32
        The factor.
    a : numpy.ndarray of float32, shape (n, d)
        A matrix.
    i : int
        One of its rows.
    b : numpy.ndarray of float32, shape (n, d)
        Another, which is changed.
    j : int
        One of its rows.
    d : int
        Length of a row.
    """
    routine = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 6)(address)
    size, one, scale = ctypes.c_int(d), ctypes.c_int(1), ctypes.c_float(float(factor))
    pointers = [ctypes.addressof(number) for number in (size, scale, one)]
    routine(pointers[0], pointers[1], a[i].ctypes.data, pointers[2], b[j].ctypes.data, pointers[2])


def _python_sdot(
    result: Any, address: int, a: Matrix, i: int, b: Matrix, j: int, d: int
) -> np.float32:
    routine = ctypes.CFUNCTYPE(result, *[ctypes.c_void_p] * 5)(address)
    size, one = ctypes.c_int(d), ctypes.c_int(1)
    n, step = ctypes.addressof(size), ctypes.addressof(one)
    return np.float32(routine(n, a[i].ctypes.data, step, b[j].ctypes.data, step))


# The compiled twins. An intrinsic writes LLVM's instructions; it gets its arguments as LLVM values.


def _row_pointer(context: Any, builder: Any, array_type: Any, value: Any, row: Any) -> Any:
    array = context.make_array(array_type)(context, builder, value)
    start = [row, context.get_constant(types.intp, 0)]
    return cgutils.get_item_pointer(context, builder, array_type, array, start, wraparound=False)


def _call(builder: Any, address: Any, result: Any, arguments: list[Any]) -> Any:
    signature = ir.FunctionType(result, [argument.type for argument in arguments])
    routine = builder.inttoptr(address, signature.as_pointer())
    return builder.call(routine, arguments)


def _number(builder: Any, kind: Any, value: Any) -> Any:
    """Put a number where BLAS can point at it."""
    place = cgutils.alloca_once(builder, kind)
    builder.store(value, place)
    return place


def _blas_intrinsic(result: Any, numba_result: Any, takes_factor: bool) -> Any:
    """Make the compiled call of sdot or of saxpy."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address, *factor, a, i, b, j, d = values
        kinds = signature.args[-5], signature.args[-3]
        int32 = ir.IntType(32)
        arguments = [_number(builder, int32, builder.trunc(d, int32))]
        arguments += [_number(builder, ir.FloatType(), value) for value in factor]
        one = _number(builder, int32, ir.Constant(int32, 1))
        for kind, matrix, row in zip(kinds, (a, b), (i, j), strict=True):
            arguments += [_row_pointer(context, builder, kind, matrix, row), one]
        answer = _call(builder, address, result, arguments)
        if isinstance(result, ir.DoubleType):
            answer = builder.fptrunc(answer, ir.FloatType())
        return context.get_dummy_value() if takes_factor else answer

    if takes_factor:

        @intrinsic
        def call_saxpy(_, address, factor, a, i, b, j, d):  # type: ignore[no-untyped-def]
            given = (types.intp, types.float32, a, types.intp, b, types.intp, types.intp)
            return numba_result(*given), generate

        return call_saxpy

    @intrinsic
    def call_sdot(_, address, a, i, b, j, d):  # type: ignore[no-untyped-def]
        return numba_result(types.intp, a, types.intp, b, types.intp, types.intp), generate

    return call_sdot


_sdot = _blas_intrinsic(ir.DoubleType(), types.float32, takes_factor=False)
_sdot_float = _blas_intrinsic(ir.FloatType(), types.float32, takes_factor=False)
_saxpy = _blas_intrinsic(ir.VoidType(), types.void, takes_factor=True)


def _prefetch_bytes_intrinsic(_: Any, matrix: Any, row: Any, offset: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        row_start = _row_pointer(context, builder, signature.args[0], values[0], values[1])
        byte = ir.IntType(8).as_pointer()
        place = builder.gep(builder.bitcast(row_start, byte), [values[2]])
        int32 = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, int32, int32, int32])
        prefetch_instruction = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        # 1: it will be written; 3: keep it in all caches; 1: data, not instructions
        flags = [ir.Constant(int32, flag) for flag in (1, 3, 1)]
        builder.call(prefetch_instruction, [place, *flags])
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp), generate


_prefetch_bytes: Any = intrinsic(_prefetch_bytes_intrinsic)


@overload(prefetch, inline="never", jit_options={"forceinline": True})
def _compiled_prefetch(matrix, row, d):  # type: ignore[no-untyped-def]
    def compiled(matrix, row, d):  # type: ignore[no-untyped-def]
        for offset in range(0, 4 * d, CACHE_LINE):
            _prefetch_bytes(matrix, row, offset)
        _prefetch_bytes(matrix, row, 4 * d - 1)  # a row seldom begins where a cache line does

    return compiled


@overload(sdot, jit_options={"forceinline": True})
def _compiled_sdot(address, a, i, b, j, d):  # type: ignore[no-untyped-def]
    return lambda address, a, i, b, j, d: _sdot(address, a, i, b, j, d)


@overload(sdot_float, jit_options={"forceinline": True})
def _compiled_sdot_float(address, a, i, b, j, d):  # type: ignore[no-untyped-def]
    return lambda address, a, i, b, j, d: _sdot_float(address, a, i, b, j, d)


@overload(saxpy, jit_options={"forceinline": True})
def _compiled_saxpy(address, factor, a, i, b, j, d):  # type: ignore[no-untyped-def]
    return lambda address, factor, a, i, b, j, d: _saxpy(address, factor, a, i, b, j, d)


def _borrow_intrinsic(_, arrays):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        (given,) = values
        for place, kind in enumerate(signature.args[0].types):
            if isinstance(kind, types.Array):
                field = builder.extract_value(given, place)
                array = context.make_array(kind)(context, builder, field)
                array.meminfo = cgutils.get_null_value(array.meminfo.type)
                given = builder.insert_value(given, array._getvalue(), place)
        return given

    return arrays(arrays), generate


_borrow: Any = intrinsic(_borrow_intrinsic)


@overload(borrow, jit_options={"forceinline": True})
def _compiled_borrow(arrays):  # type: ignore[no-untyped-def]
    return lambda arrays: _borrow(arrays)
