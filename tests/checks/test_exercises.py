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
from pathlib import Path
from types import ModuleType
from typing import Any

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


def test_wrong_answers_are_of_exercises_that_exist(all_exercise_ids):
    assert WRONG_ANSWERS.keys() <= set(all_exercise_ids)


def test_a_check_stands_in_the_module_of_its_lesson():
    for exercise_id, exercise in exercises().items():
        assert exercise.function.__module__ == f"course_lib.checks.lesson{exercise_id[:2]}"
