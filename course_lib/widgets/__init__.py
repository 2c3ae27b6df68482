"""Widgets: what the lessons show step by step, in JupyterLab or on a page of its own."""

from course_lib.widgets.steps import Step, Steps, sgd_steps
from course_lib.widgets.word2vec import Word2VecSteps, save_page, word2vec_steps

__all__ = ["Step", "Steps", "Word2VecSteps", "save_page", "sgd_steps", "word2vec_steps"]
