"""check(): what it says to the learner, and how it protects itself from the learner's code."""

import linecache
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.checks import (
    CheckFailed,
    check,
    exercise,
    exercises,
    guarded,
    registry,
    require,
    require_close,
)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
    """Let a test register what it likes."""
    exercises()  # the lessons register themselves once, on import: not in here
    monkeypatch.setattr(registry, "_registry", {})


@pytest.fixture
def shifted():
    """Register an exercise: subtract 1 from an array."""

    @exercise("99.1", done="You can subtract.")
    def check_shifted(answer):
        numbers = np.array([1.0, 2.0])
        require_close(answer(numbers), [0.0, 1.0], "The answer")
        require_close(numbers, [1.0, 2.0], "What the check keeps")

    return check_shifted


def refusal(answer, exercise_id="99.1") -> str:
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    return str(caught.value)


# The three verdicts


def test_a_right_answer_is_correct(shifted, capsys):
    check("99.1", lambda numbers: numbers - 1)
    assert capsys.readouterr().out == "99.1: correct. You can subtract.\n"


def test_a_wrong_answer_is_named(shifted, capsys):
    message = refusal(lambda numbers: numbers + 1)
    assert message == (
        "99.1: not right yet. The answer at [0] is 2; it should be 0 (2 of 2 entries differ)."
    )
    assert capsys.readouterr().out == ""


def unwritten(numbers):
    """Subtract 1."""


def dotted(numbers):
    return ...


def half_dotted(numbers):
    return numbers, ...


def computing_with_dots(numbers):
    shift = ...
    return numbers - shift


def raising(numbers):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "The answer is still empty"),
        (..., "The answer is still empty"),
        ((1.0, ...), "The answer is still empty"),
        (unwritten, "unwritten returns None (is there a `return` in it?)"),
        (dotted, "dotted returns dots"),
        (half_dotted, "half_dotted returns dots"),
        (computing_with_dots, "computing_with_dots still has dots in it"),
        (raising, "raising is still to be written"),
    ],
)
def test_an_empty_answer_is_not_done_yet(shifted, capsys, answer, reason):
    check("99.1", answer)
    assert capsys.readouterr().out == (
        f"99.1: not done yet. {reason}: write your code in place of the dots (...), "
        "run that cell, then this one.\n"
    )


def test_a_value_can_be_an_answer(capsys):
    @exercise("99.2", done="You can count.", answer="value")
    def check_value(answer):
        require(answer == 3, "There are three.")

    check("99.2", 3)
    assert capsys.readouterr().out == "99.2: correct. You can count.\n"
    assert refusal(0, "99.2") == "99.2: not right yet. There are three."


@pytest.mark.parametrize("answer", [3, [0.0, 1.0], np.array([0.0, 1.0]), {}, "shift", Path])
def test_another_thing_than_a_function_is_refused(shifted, answer):
    assert refusal(answer) == (
        "99.1: not right yet. Hand over the function itself, without calling it: "
        "check('99.1', answer)."
    )


@pytest.mark.parametrize("answer", [3, lambda: 3, Path()])
def test_another_thing_than_a_class_is_refused(answer, capsys):
    @exercise("99.2", done="You can write a class.", answer="class")
    def check_class(Model):
        require(Model().size == 1, "The size is 1.")

    assert refusal(answer, "99.2") == (
        "99.2: not right yet. Hand over the class itself, without calling it: check('99.2', Model)."
    )
    check("99.2", type("Model", (), {"size": 1}))
    assert "correct" in capsys.readouterr().out


# The learner's code


class Shift:
    def __call__(self, numbers):
        numbers -= 1
        return numbers


class Stopping:
    def __call__(self, numbers):
        return 1 / 0


def spoil(by, numbers):
    numbers -= by
    return numbers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Shift(), "Shift writes into its argument number 1"),
        (Shift().__call__, "__call__ writes into its argument number 1"),
        (Stopping(), "Stopping stops with ZeroDivisionError: division by zero (line "),
        (partial(spoil, 1), "spoil writes into its argument number 1"),
        (partial(spoil, "a"), "spoil stops with"),
    ],
)
def test_whatever_can_be_called_is_guarded(shifted, answer, said):
    assert said in refusal(answer)


def test_an_exception_is_reported_with_its_line(shifted):
    code = "def shift(x):\n    return helper(x)\n\ndef helper(x):\n    return 1 / 0\n"
    # IPython keeps the text of a cell in the same place.
    linecache.cache["a cell"] = (len(code), None, code.splitlines(keepends=True), "a cell")
    names = {}
    exec(compile(code, "a cell", "exec"), names)
    with pytest.raises(CheckFailed) as caught:
        check("99.1", names["shift"])
    assert str(caught.value) == (
        "99.1: not right yet. shift stops with ZeroDivisionError: division by zero "
        "(line 5: `return 1 / 0`)"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_exception_in_a_library_is_reported_with_the_learners_line(shifted):
    names = {"np": np}
    exec(compile("def shift(numbers):\n    return np.reshape(numbers, 3)", "b", "exec"), names)
    assert refusal(names["shift"]).endswith("(line 2)")


def test_a_wrong_number_of_arguments_is_reported(shifted):
    assert "stops with TypeError" in refusal(lambda: 1)
    assert "takes 0 positional arguments but 1 was given" in refusal(lambda: 1)


def put_nine(given):
    given[0] = 9


@pytest.mark.parametrize(
    ("given", "change"),
    [
        (np.array([1.0, np.nan]), put_nine),
        (torch.tensor([1.0, 2.0]), put_nine),
        ([1, np.nan], put_nine),
        (["a", "b"], put_nine),
        ([1, 2], lambda given: given.append(9)),
        ([np.array([1.0]), np.array([2.0])], lambda given: put_nine(given[0])),
        (([1], [2]), lambda given: put_nine(given[1])),
        ({"a": np.array([1.0])}, lambda given: put_nine(given["a"])),
        ({"a": 1}, lambda given: given.update(b=2)),
        ({1, 2}, lambda given: given.add(9)),
        ([[1], [2]], put_nine),
    ],
)
def test_a_function_that_writes_into_its_inputs_is_reported(given, change):
    def spoil(kept, changed):
        change(changed)
        return 1

    before = repr(given)
    with pytest.raises(CheckFailed, match="spoil writes into its argument number 2"):
        guarded(spoil)([1.0], given)
    assert repr(given) == before
    assert guarded(spoil, changes_inputs=True)([1.0], given) == 1
    assert guarded(lambda kept, changed: 1)([1.0], given) == 1


def test_writing_into_the_inputs_may_be_allowed(capsys):
    @exercise("99.3", done="You can write.", changes_inputs=True)
    def check_written(answer):
        numbers = np.array([1.0, 2.0])
        require_close(answer(numbers), [0.0, 1.0], "The answer")
        require_close(numbers, [1.0, 2.0], "What the check keeps")

    def subtract(numbers):
        numbers -= 1
        return numbers

    check("99.3", subtract)
    assert "correct" in capsys.readouterr().out


def test_a_generator_of_random_numbers_may_move_on():
    rng = np.random.default_rng(1)
    assert guarded(lambda rng: rng.random())(rng) == guarded(lambda rng: rng.random())(rng)


def test_a_class_of_the_learner_is_guarded_by_the_check():
    class Model:
        def __init__(self, size):
            self.size = size

        def halve(self, by):
            return self.size / by

    model = guarded(Model)(4)
    assert guarded(model.halve)(by=2) == 2
    with pytest.raises(CheckFailed, match="halve stops with ZeroDivisionError"):
        guarded(model.halve)(by=0)


def test_what_no_check_has_thought_of_is_a_sentence_with_its_cause():
    @exercise("99.4", done="Never.")
    def check_first(answer):
        require(answer() == 1, "The answer should be 1.")

    with pytest.raises(CheckFailed, match="a form that cannot be checked") as caught:
        check("99.4", lambda: np.zeros(2))
    assert "ended in ValueError: The truth value of an array" in str(caught.value)
    # The tests of the lessons ask for answers without a cause: a defect of a check shows there.
    assert isinstance(caught.value.__cause__, ValueError)


# The names of exercises


def test_an_unknown_exercise_is_refused_with_the_known_ones(shifted):
    for unknown in ["99.9", 99.1, ""]:
        with pytest.raises(ValueError, match=r"no exercise .* The exercises are: .*99\.1"):
            check(unknown, 1)


@pytest.mark.parametrize("exercise_id", ["2.1", "02", "02.0", "02.x", "02.1 "])
def test_a_malformed_id_is_refused(exercise_id):
    with pytest.raises(ValueError, match=r"lesson\.number"):
        exercise(exercise_id, done="Never.")


def test_an_unknown_kind_of_answer_is_refused():
    with pytest.raises(ValueError, match="not 'number'"):
        exercise("99.1", done="Never.", answer="number")


def test_an_id_belongs_to_one_check(shifted):
    exercise("99.1", done="The same function, reloaded.")(shifted)
    assert exercises()["99.1"].done == "The same function, reloaded."
    with pytest.raises(ValueError, match=r"both check 99\.1"):
        exercise("99.1", done="Another.")(print)


# What a notebook shows


def test_a_notebook_shows_the_message_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    definition = (
        "from course_lib.checks import check, exercise, require_close\n"
        "@exercise('99.1', done='You can subtract.')\n"
        "def check_shifted(answer):\n"
        "    require_close(answer(2), 1, 'The answer')\n"
    )
    cells = ["def shift(x):\n    return x", "def shift(x):\n    return x / 0"]
    codes = [definition, *(f"{cell}\n\ncheck('99.1', shift)" for cell in cells)]
    notebook = new_notebook(cells=[new_code_cell(code) for code in codes])
    NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    nbformat.validate(notebook)
    errors = [cell.outputs[0] for cell in notebook.cells[1:]]
    assert [error.ename for error in errors] == ["CheckFailed", "CheckFailed"]
    assert [error.traceback for error in errors] == [
        ["99.1: not right yet. The answer is 2; it should be 1."],
        [
            "99.1: not right yet. shift stops with ZeroDivisionError: division by zero "
            "(line 2: `return x / 0`)"
        ],
    ]
