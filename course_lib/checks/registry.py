"""The exercises that can be checked, and how an answer is checked."""

import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from numbers import Number
from pathlib import Path
from typing import Any, Literal, get_args

from course_lib.checks.requirements import CheckFailed, require

CheckFunction = Callable[[Any], None]
AnswerKind = Literal["function", "class", "value"]


@dataclass(frozen=True)
class Exercise:
    """The check of one exercise.

    Attributes
    ----------
    exercise_id : str
        Lesson and number: ``"02.1"``.
    done : str
        What the learner has when the answer is right: one sentence.
    function : callable
        Takes the answer and raises `CheckFailed` when it is wrong.
    answer : {"function", "class", "value"}
        What the answer has to be.
    changes_inputs : bool
        The learner's function may write into the arrays that it is given.
    """

    exercise_id: str
    done: str
    function: CheckFunction
    answer: AnswerKind
    changes_inputs: bool


class NotDone(Exception):  # noqa: N818 - not an error: the learner has not started yet
    """The answer still holds None or `...`; the message says where."""


_registry: dict[str, Exercise] = {}


def exercise(
    exercise_id: str,
    *,
    done: str,
    answer: AnswerKind = "function",
    changes_inputs: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check of an exercise.

    The function gets the learner's answer; where that is to be a function, `guarded`. Its
    parameter has the name that the exercise gives to the answer: messages use it. It raises
    `CheckFailed`, best through `require`, `require_close` and `require_equal`.

    Parameters
    ----------
    exercise_id : str
        Lesson and number: ``"02.1"`` stands in ``course_lib/checks/lesson02.py``.
    done : str
        What the learner has when the answer is right: one sentence.
    answer : {"function", "class", "value"}
        What the answer has to be. Anything else is refused before the function sees it; a
        "value" may be anything.
    changes_inputs : bool
        The learner's function may write into the arrays that it is given. Without it, that alone
        makes an answer wrong.

    Returns
    -------
    callable
        The decorator. It returns the function as it is.

    Raises
    ------
    ValueError
        The id is not of the form ``"02.1"``, two checks have it, or there is no such kind of
        answer.
    """
    if not re.fullmatch(r"\d\d\.[1-9]\d*", exercise_id):
        raise ValueError(f"An exercise is named lesson.number, such as '02.1', not {exercise_id!r}")
    if answer not in get_args(AnswerKind):
        raise ValueError(f"An answer is one of {get_args(AnswerKind)}, not {answer!r}")
    return partial(_register, exercise_id, done, answer, changes_inputs)


def exercises() -> dict[str, Exercise]:
    """Return every exercise that has a check.

    Returns
    -------
    dict of str to Exercise
        The exercises of all lessons by id.
    """
    _load("lesson")
    return dict(_registry)


def check(exercise_id: str, answer: Any) -> None:
    """Check an answer, and say that it is right or that there is none yet.

    There is none yet where the answer, or what the function that is the answer returns, is None
    or `...` or holds one of the two.

    Parameters
    ----------
    exercise_id : str
        Lesson and number, as in the heading of the exercise: ``"02.1"``.
    answer : object
        What the exercise asks for: the function or the class that you wrote (without calling
        it), or a value.

    Raises
    ------
    CheckFailed
        The answer is wrong. The message says what is wrong with it.
    ValueError
        There is no such exercise.
    """
    found = _find(exercise_id)
    try:
        _run(found, answer)
    except NotDone as reason:
        print(
            f"{exercise_id}: not done yet. {reason}: write your code in place of the dots (...), "
            "run that cell, then this one."
        )
    except CheckFailed as failure:
        raise CheckFailed(f"{exercise_id}: not right yet. {failure}") from failure.__cause__
    else:
        print(f"{exercise_id}: correct. {found.done}")


def guarded(function: Callable[..., Any], *, changes_inputs: bool = False) -> Callable[..., Any]:
    """Protect a check from the function that it calls.

    The function gets copies of the arguments. An exception in it becomes a `CheckFailed` that
    names the exception and the line. Where it returns None or `...`, it counts as not written yet.
    `check` does this for an answer that is a function. For a class that the learner wrote, a
    check does it: ``model = guarded(answer)(V, d); loss = guarded(model.forward)(centers)``.

    Parameters
    ----------
    function : callable
        What the learner wrote.
    changes_inputs : bool
        The function may write into the arrays that it is given.

    Returns
    -------
    callable
        The same function, protected.
    """
    return partial(_call, function, changes_inputs)


def _register(
    exercise_id: str,
    done: str,
    answer: AnswerKind,
    changes_inputs: bool,
    function: CheckFunction,
) -> CheckFunction:
    known = _registry.get(exercise_id)
    # The same function again is its module, reloaded.
    if known and (known.function.__module__, known.function.__qualname__) != (
        function.__module__,
        function.__qualname__,
    ):
        raise ValueError(
            f"{function.__name__} and {known.function.__name__} both check {exercise_id}"
        )
    _registry[exercise_id] = Exercise(exercise_id, done, function, answer, changes_inputs)
    return function


def _call(
    function: Callable[..., Any], changes_inputs: bool, /, *positional: Any, **named: Any
) -> Any:
    """Call the learner's function with copies, and turn what may go wrong into words."""
    name = _name(function)
    own, own_named = deepcopy((positional, named))
    try:
        result = function(*own, **own_named)
    except NotImplementedError as error:
        raise NotDone(f"{name} is still to be written") from error
    except Exception as error:
        if "ellipsis" in str(error):  # unsupported operand type(s) for *: 'ellipsis' and 'int'
            raise NotDone(f"{name} still has dots in it") from error
        raise CheckFailed(
            f"{name} stops with {type(error).__name__}: {error}{_place(error)}"
        ) from error
    if result is None:
        raise NotDone(f"{name} returns None (is there a `return` in it?)")
    if _is_blank(result):
        raise NotDone(f"{name} returns dots")
    if not changes_inputs:
        _require_unchanged(name, [*positional, *named.values()], [*own, *own_named.values()])
    return result


def _name(function: Callable[..., Any]) -> str:
    """Return what a message calls the learner's function."""
    if isinstance(function, partial) and not hasattr(function, "__name__"):
        function = function.func
    name = getattr(function, "__name__", type(function).__name__)
    return name.replace("<lambda>", "Your lambda")


def _require_unchanged(name: str, given: list[Any], own: list[Any]) -> None:
    for position, (before, after) in enumerate(zip(given, own, strict=True), 1):
        require(
            _same(before, after),
            f"{name} writes into its argument number {position}, so the caller's data is spoilt. "
            "Work on a copy: `x = x - 1` makes one, `x -= 1` does not.",
        )


def _find(exercise_id: str) -> Exercise:
    _load(f"lesson{str(exercise_id)[:2]}")
    if exercise_id not in _registry:
        names = ", ".join(exercises())
        raise ValueError(f"There is no exercise {exercise_id!r}. The exercises are: {names}")
    return _registry[exercise_id]


def _run(found: Exercise, answer: Any) -> None:
    if _is_blank(answer):
        raise NotDone("The answer is still empty")
    _require_kind(found, answer)
    if found.answer == "function":
        answer = guarded(answer, changes_inputs=found.changes_inputs)
    try:
        found.function(answer)
    except (CheckFailed, NotDone):
        raise
    except Exception as error:  # what no check has thought of
        raise CheckFailed(
            "Your answer has a form that cannot be checked: looking at it ended in "
            f"{type(error).__name__}: {error}. Compare what it gives with what the exercise asks "
            "for: a list, an array, of which shape, of words or of numbers?"
        ) from error


def _require_kind(found: Exercise, answer: Any) -> None:
    is_class = isinstance(answer, type)
    fits = {"function": callable(answer) and not is_class, "class": is_class, "value": True}
    name = next(iter(inspect.signature(found.function).parameters))
    require(
        fits[found.answer],
        f"Hand over the {found.answer} itself, without calling it: "
        f"check({found.exercise_id!r}, {name}).",
    )


def _load(prefix: str) -> None:
    """Import the checks of the lessons whose module names begin so."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith(prefix):
            importlib.import_module(f"{__package__}.{module.name}")


def _is_blank(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(_is_blank(item) for item in value)
    return value is None or value is ...


def _place(error: Exception) -> str:
    """Say in which line of the learner's own code an exception was raised."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first one is our call
    if not frames:  # the call itself failed: a wrong number of arguments
        return ""
    last = [frame for frame in frames if frame.filename == frames[0].filename][-1]
    return f" (line {last.lineno}: `{last.line}`)" if last.line else f" (line {last.lineno})"


def _same(before: Any, after: Any) -> bool:
    """Tell whether two plain values or arrays are equal; any other objects count as equal."""
    if type(before) is not type(after):
        return False
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    if hasattr(before, "detach"):  # a torch tensor, asked for without importing torch
        return _same(before.detach().numpy(), after.detach().numpy())
    if hasattr(before, "tobytes"):  # not ==, for nan differs from itself
        return before.shape == after.shape and before.tobytes() == after.tobytes()
    if isinstance(before, (str, set, Number)):
        return before is after or before == after  # nan differs from itself
    return True
