"""What the exercises call: ``check("02.1", answer)``, and what its checks are made of."""

from course_lib.checks.registry import check, exercise, exercises, guarded
from course_lib.checks.requirements import (
    CheckFailed,
    require,
    require_close,
    require_equal,
    require_two,
)

__all__ = [
    "CheckFailed",
    "check",
    "exercise",
    "exercises",
    "guarded",
    "require",
    "require_close",
    "require_equal",
    "require_two",
]
