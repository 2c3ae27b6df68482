"""Fine-tuning pre-trained vectors: what the three backends share."""

from course_lib.finetuning.locks import Lockf
from course_lib.finetuning.plans import Plan, plan
from course_lib.finetuning.results import FineTuned, Moved, TuningReport
from course_lib.finetuning.steps import in_words, pull_of, used_rows

__all__ = [
    "FineTuned",
    "Lockf",
    "Moved",
    "Plan",
    "TuningReport",
    "in_words",
    "plan",
    "pull_of",
    "used_rows",
]
