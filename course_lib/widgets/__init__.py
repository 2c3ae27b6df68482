"""Widgets: what readers step through or search, in JupyterLab or on a page of its own."""

from course_lib.widgets.pages import save_page
from course_lib.widgets.steps import Step, Steps, sgd_steps
from course_lib.widgets.word2vec import Word2VecSteps, word2vec_steps
from course_lib.widgets.word_map import InteractiveMap, interactive_map

__all__ = [
    "InteractiveMap",
    "Step",
    "Steps",
    "Word2VecSteps",
    "interactive_map",
    "save_page",
    "sgd_steps",
    "word2vec_steps",
]
