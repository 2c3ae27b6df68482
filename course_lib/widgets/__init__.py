"""Widgets: what readers step through or search, in JupyterLab or on a page of its own."""

from course_lib.widgets.pages import save_page
from course_lib.widgets.search import Found, Hit, Search, SearchBox, search_box
from course_lib.widgets.steps import Step, Steps, sgd_steps
from course_lib.widgets.word2vec import Word2VecSteps, word2vec_steps
from course_lib.widgets.word_map import InteractiveMap, interactive_map

__all__ = [
    "Found",
    "Hit",
    "InteractiveMap",
    "Search",
    "SearchBox",
    "Step",
    "Steps",
    "Word2VecSteps",
    "interactive_map",
    "save_page",
    "search_box",
    "sgd_steps",
    "word2vec_steps",
]
