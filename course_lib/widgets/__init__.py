"""Widgets: what the lessons show step by step, and a search box, in JupyterLab."""

from course_lib.widgets.search import Found, Hit, Search, SearchBox, search_box
from course_lib.widgets.steps import Step, Steps, sgd_steps
from course_lib.widgets.word2vec import Word2VecSteps, save_page, word2vec_steps

__all__ = [
    "Found",
    "Hit",
    "Search",
    "SearchBox",
    "Step",
    "Steps",
    "Word2VecSteps",
    "save_page",
    "search_box",
    "sgd_steps",
    "word2vec_steps",
]
