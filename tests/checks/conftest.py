"""What the tests of the checks share: running an exercise as its notebook would."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import build_notebooks
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = {
    exercise.number: (lesson.setup, exercise)
    for lesson in map(
        build_notebooks.read_lesson, build_notebooks.sources_named([], ROOT / "notebooks")
    )
    for exercise in lesson.exercises
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each_exercise" in metafunc.fixturenames:
        metafunc.parametrize("each_exercise", EXERCISES)


@pytest.fixture
def run_exercise(monkeypatch) -> Callable[..., dict[str, Any]]:
    """Run cells of an exercise: ``run_exercise("02.1", "solution", "check")["softmax"]``.

    The set-up runs first, in the folder of the exercise notebooks. The fixture gives the names
    that all of it leaves behind.
    """

    def run(exercise_id: str, *parts: str) -> dict[str, Any]:
        setup, exercise = EXERCISES[exercise_id]
        names: dict[str, Any] = {"__name__": "__main__"}
        monkeypatch.chdir(ROOT / "notebooks" / "exercises")
        for part, code in [("setup", setup), *((part, getattr(exercise, part)) for part in parts)]:
            exec(compile(code, f"exercise {exercise_id}, {part}", "exec"), names)
        return names

    return run


@pytest.fixture
def all_exercise_ids() -> list[str]:
    return list(EXERCISES)
