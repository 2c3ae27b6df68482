"""What the exercises call: ``check("02.1", answer)``, and what its checks are made of."""

from course_lib.checks.registry import check, exercise, exercises, guarded
from course_lib.checks.requirements import (
    CheckFailed,
    as_numbers,
    require,
    require_close,
    require_equal,
    require_two,
)

__all__ = [
    "CheckFailed",
    "as_numbers",
    "check",
    "exercise",
    "exercises",
    "guarded",
    "require",
    "require_close",
    "require_equal",
    "require_two",
]
