"""What a check is made of: conditions, each with a message for the learner."""

from typing import Any

import numpy as np


class CheckFailed(AssertionError):  # noqa: N818 - a verdict, not a defect of the program
    """An answer is not right. The message says what is wrong, in words for the learner."""

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this: the learner sees the message, without the lines of the check.
        return [str(self)]


def require(condition: object, message: str) -> None:
    """Refuse the answer unless a condition holds.

    Parameters
    ----------
    condition : object
        What has to be true.
    message : str
        What is wrong otherwise, and why it may be: a sentence for the learner.

    Raises
    ------
    CheckFailed
        The condition is false.
    """
    if not condition:
        raise CheckFailed(message)


def require_close(
    got: Any, expected: Any, name: str, *, rtol: float = 1e-6, atol: float = 1e-9
) -> None:
    """Refuse numbers that differ from the expected ones, naming the first difference.

    The message is about the shape, else about the kind of number, else about infinite and
    undefined entries, else about the first entry that differs.

    Parameters
    ----------
    got : array_like or torch.Tensor
        The learner's numbers, of any shape.
    expected : array_like
        The right ones. Where they are whole numbers, `got` has to hold the very same ones.
    name : str
        What the numbers are, to begin the sentence with: ``"The gradient of the loss"``.
    rtol, atol : float
        An entry is right when ``abs(got - expected) <= atol + rtol * abs(expected)``.

    Raises
    ------
    CheckFailed
        The numbers differ.

    Examples
    --------
    >>> require_close([1.0, 2.5], [1.0, 2.0], "The sum")
    Traceback (most recent call last):
        ...
    course_lib.checks.requirements.CheckFailed: The sum at [1] is 2.5; it should be 2 (1 of 2 ...
    """
    expected = np.asarray(expected)
    got = as_numbers(got, name)
    require(
        got.shape == expected.shape,
        f"{name} {_shape(got)}; it should be of shape {expected.shape}."
        if expected.shape
        else f"{name} {_shape(got)}; it should be a single number.",
    )
    require(
        expected.dtype.kind not in "iu" or got.dtype.kind in "iu",
        f"{name} should hold whole numbers (int), not {got.dtype}.",
    )
    undefined = ~np.isfinite(got) & np.isfinite(expected)
    if expected.dtype.kind in "iu":
        differs = got != expected
    else:
        differs = ~np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    for wrong in (undefined, differs):
        if np.any(wrong):
            raise CheckFailed(f"{name}{_first_difference(got, expected, wrong)}")


def require_two(got: Any, message: str) -> tuple[Any, Any]:
    """Refuse an answer that is not two things in a row.

    Parameters
    ----------
    got : object
        What the learner's function returns: a tuple, a list or an array of two.
    message : str
        What to say otherwise: a sentence for the learner.

    Returns
    -------
    first, second : object
        The two.

    Raises
    ------
    CheckFailed
        There are not two.
    """
    is_row = isinstance(got, (tuple, list)) or (isinstance(got, np.ndarray) and got.ndim > 0)
    require(is_row and len(got) == 2, message)
    return got[0], got[1]


def require_equal(got: Any, expected: Any, name: str) -> None:
    """Refuse a list, a tuple or a single value unless it equals the expected one.

    Parameters
    ----------
    got : object
        The learner's value. A list may stand for a tuple and the other way round.
    expected : object
        The right one: words, word ids, pairs, ... For arrays of floats see `require_close`.
    name : str
        What the value is, to begin the sentence with: ``"The vocabulary"``.

    Raises
    ------
    CheckFailed
        The values differ; the message names the first item that does.
    """
    if not isinstance(expected, (list, tuple)):
        require(_equal(got, expected), f"{name} is {got!r}; it should be {expected!r}.")
        return
    kind = type(expected).__name__
    require(
        isinstance(got, (list, tuple)), f"{name} should be a {kind}, not a {type(got).__name__}."
    )
    for position, (item, right) in enumerate(zip(got, expected, strict=False)):
        require(
            _equal(item, right),
            f"{name} has {item!r} at position {position}; it should be {right!r}.",
        )
    require(
        len(got) == len(expected),
        f"{name} has {len(got)} items; it should have {len(expected)}: {expected!r:.200}.",
    )


def as_numbers(got: Any, name: str) -> np.ndarray:
    """Read what the learner's function returns as an array of numbers.

    A check that looks into a result does it with this. `np.asarray` alone stops at rows of
    different lengths, and makes arrays of words and of objects, too.

    Parameters
    ----------
    got : array_like or torch.Tensor
        The learner's numbers, of any shape.
    name : str
        What the numbers are, to begin the sentence with: ``"The gradient of the loss"``.

    Returns
    -------
    np.ndarray
        The numbers: whole, floating or truth values.

    Raises
    ------
    CheckFailed
        They are no numbers, or they do not make an array.
    """
    value = got
    if hasattr(value, "detach"):  # a torch tensor, asked for without importing torch
        value = value.detach()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:  # ragged rows, a list of tensors
        reason = str(error).rstrip(".")
        raise CheckFailed(f"{name} cannot be read as an array of numbers: {reason}.") from None
    require(
        array.dtype.kind in "biuf",
        f"{name} should be numbers, not a {type(value).__name__}: {value!r:.80}",
    )
    return array


def _equal(got: Any, expected: Any) -> bool:
    try:
        return bool(got == expected)
    except (TypeError, ValueError, RuntimeError):  # an array in the place of a word or a number
        return False


def _shape(array: np.ndarray) -> str:
    return f"has the shape {array.shape}" if array.shape else "is a single number"


def _first_difference(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    """Describe the first wrong entry: where it is, what it is, what it should be."""
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f" at {list(index)}" if index else ""
    one, other = got[index], expected[index]
    texts = f"{one:.6g}", f"{other:.6g}"
    if texts[0] == texts[1] or expected.dtype.kind in "biu":
        texts = str(one), str(other)
    count = f" ({wrong.sum()} of {wrong.size} entries differ)" if index else ""
    return f"{place} is {texts[0]}; it should be {texts[1]}{count}."
