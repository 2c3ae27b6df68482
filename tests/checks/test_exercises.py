"""Every exercise of every lesson: its stub, its solution, and the typical wrong answers.

The wrong answers stand in tests/checks/test_lessonNN.py, for each exercise at least two, by what
the mistake is:

    WRONG_ANSWERS = {
        "02.1": {
            "divides by the largest score": lambda scores: scores / scores.max(),
            ...
        },
    }
"""

import importlib.util
import re
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from course_lib.checks import CheckFailed, check, exercises

HERE = Path(__file__).parent


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"wrong_answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRONG_ANSWERS: dict[str, dict[str, Any]] = {}
for path in sorted(HERE.glob("test_lesson*.py")):
    WRONG_ANSWERS |= load(path).WRONG_ANSWERS


def message(exercise_id: str, answer: Any) -> str:
    """Return what the check says about a wrong answer, without "02.1: not right yet. "."""
    with pytest.raises(CheckFailed) as caught:
        check(exercise_id, answer)
    # The check has to find out; an answer that crashes shows nothing about it.
    assert caught.value.__cause__ is None
    return str(caught.value).removeprefix(f"{exercise_id}: not right yet. ")


def test_a_solution_is_accepted(each_exercise, run_exercise, capsys):
    run_exercise(each_exercise, "solution", "check")
    assert capsys.readouterr().out.startswith(f"{each_exercise}: correct. ")


def test_a_stub_is_not_done_yet(each_exercise, run_exercise, capsys):
    run_exercise(each_exercise, "stub", "check")
    assert capsys.readouterr().out.startswith(f"{each_exercise}: not done yet. ")


def test_two_typical_mistakes_are_known(each_exercise):
    assert len(WRONG_ANSWERS.get(each_exercise, {})) >= 2


@pytest.mark.parametrize(
    ("number", "mistake"),
    [(number, mistake) for number, wrong in WRONG_ANSWERS.items() for mistake in wrong],
)
def test_a_wrong_answer_is_refused_with_a_sentence(number, mistake):
    sentence = message(number, WRONG_ANSWERS[number][mistake])
    assert len(sentence) > 20
    assert sentence[0].isupper() or sentence[0] in "`"
    assert sentence.endswith((".", "?", "!", ")", "`"))


@pytest.mark.parametrize("number", WRONG_ANSWERS)
def test_different_mistakes_get_different_messages(number):
    messages = [message(number, answer) for answer in WRONG_ANSWERS[number].values()]
    assert len(set(messages)) == len(messages)


def generator():
    yield ("a", "b")


# Made anew for each test, since a generator is used up.
ODD = {
    "a number": lambda: 3,
    "a text": lambda: "text",
    "an empty list": list,
    "an empty dict": dict,
    "an array": lambda: np.zeros(3),
    "an array without axes": lambda: np.array(2.0),
    "an array of objects": lambda: np.array(["a", 2], dtype=object),
    "a class": lambda: Path,
    "a class that iterates": lambda: str,
    "a function": lambda: len,
    "a dict": lambda: {"a": 1},
    "a set": lambda: {1, 2},
    "ragged rows": lambda: [[1], [1, 2]],
    "a list of arrays": lambda: [np.zeros(2), np.zeros(3)],
    "None within": lambda: [[1], [None]],
    "a generator": generator,
}


def iterating_over(value: Any) -> type:
    class Odd:
        def __init__(self, path):
            self.path = path

        def __iter__(self):
            return iter(value)

    return Odd


def odd_answers(make: Any) -> list[Any]:
    """List answers that are the odd thing, return it, or hold it in what they return."""
    results = [make(), (make(), make()), [make(), make()], [(make(), make())], [("x", make())]]
    functions = [lambda *_, result=result, **__: result for result in results]
    return [make(), *functions, partial(functions[0]), *map(iterating_over, results)]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_gets_a_sentence_and_no_other_exception(each_exercise, odd, capsys):
    for answer in odd_answers(ODD[odd]):
        try:
            check(each_exercise, answer)
        except CheckFailed as failure:
            assert len(str(failure).removeprefix(f"{each_exercise}: not right yet. ")) > 20
        else:
            assert capsys.readouterr().out.startswith(f"{each_exercise}: not done yet. ")


RAGGED = [[1.0], [1.0, 2.0]]
ARRAYS = np.zeros(2), np.zeros(3)


@pytest.mark.parametrize(
    ("number", "answer", "said"),
    [
        (
            "01.1",
            lambda sentences, min_count: [("x", np.zeros(2))],
            "a list of tuples (word, count",
        ),
        ("01.1", lambda sentences, min_count: [ARRAYS], "a list of tuples (word, count"),
        ("01.2", lambda ids, W: (RAGGED, W[ids]), "`one_hot` cannot be read as an array"),
        ("01.2", lambda ids, W: (np.eye(5)[ids], "W"), "`one_hot @ W` should be numbers"),
        ("01.2", lambda ids, W: np.array(2.0), "`lookup` should return two arrays"),
        ("01.3", lambda counts, t: (RAGGED, RAGGED), "`paper` cannot be read as an array"),
        ("01.4", iterating_over([*ARRAYS]), "Each sentence should be a list of words"),
        ("01.4", iterating_over([[*ARRAYS]]), "Each sentence should be a list of words"),
        ("01.5", lambda ids, gradients, V: RAGGED, "The gradient cannot be read as an array"),
        ("02.1", lambda tokens, window: [ARRAYS], "a tuple (centre, context) of two words"),
        ("02.2", lambda scores: RAGGED, "The softmax cannot be read as an array"),
        ("02.3", lambda v_c, W_out, target: (RAGGED, RAGGED), "dL/dv_c cannot be read as an array"),
        ("02.3", lambda v_c, W_out, target: (v_c, RAGGED), "dL/dW' cannot be read as an array"),
        ("02.4", lambda W, W_out, c, o, alpha: (RAGGED, W_out), "W after one pair cannot be read"),
        ("03.1", lambda tokens, window: [ARRAYS], "a list of words, and a word"),
        ("03.2", lambda W, contexts, mask: RAGGED, "The hidden vectors cannot be read as an array"),
        ("03.3", lambda W, W_out, o, c: (RAGGED, W_out), "The gradient dL/dW cannot be read"),
        ("03.3", lambda W, W_out, o, c: W, "`gradients` should return two matrices"),
        ("03.4", lambda window: RAGGED, "The weights cannot be read as an array"),
        ("03.5", lambda W, W_out, words, tokens, noise: RAGGED, "The probabilities cannot be read"),
    ],
)
def test_a_result_of_another_form_is_named(number, answer, said):
    assert said in message(number, answer)


def test_the_result_in_the_place_of_the_function_is_named(each_exercise):
    exercise = exercises()[each_exercise]
    sentence = message(each_exercise, [("a", "b")])
    assert sentence.startswith(
        f"Hand over the {exercise.answer} itself, without calling it: check('{each_exercise}', "
    )


def test_a_check_calls_the_answer_as_the_exercise_does(each_exercise, run_exercise):
    names = run_exercise(each_exercise, "stub")
    said = re.search(r", (\w+)\)\.$", message(each_exercise, 3))[1]
    assert isinstance(names[said], type) == (exercises()[each_exercise].answer == "class")


def test_wrong_answers_are_of_exercises_that_exist(all_exercise_ids):
    assert WRONG_ANSWERS.keys() <= set(all_exercise_ids)


def test_a_check_stands_in_the_module_of_its_lesson():
    for exercise_id, exercise in exercises().items():
        assert exercise.function.__module__ == f"course_lib.checks.lesson{exercise_id[:2]}"
