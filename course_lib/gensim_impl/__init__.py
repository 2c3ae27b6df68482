"""word2vec by gensim, without its traps."""

from course_lib.gensim_impl.apart import outcome
from course_lib.gensim_impl.finetuning import fine_tune, intersect
from course_lib.gensim_impl.lifecycle import copy_rows, fresh_model, grow, reset_weights
from course_lib.gensim_impl.losses import EpochLoss, Objective, objective
from course_lib.gensim_impl.migration import CHANGES, Change, migration_table
from course_lib.gensim_impl.storage import load_native
from course_lib.gensim_impl.word2vec import arguments, to_embeddings, train_model, train_word2vec

__all__ = [
    "CHANGES",
    "Change",
    "EpochLoss",
    "Objective",
    "arguments",
    "copy_rows",
    "fine_tune",
    "fresh_model",
    "grow",
    "intersect",
    "load_native",
    "migration_table",
    "objective",
    "outcome",
    "reset_weights",
    "to_embeddings",
    "train_model",
    "train_word2vec",
]
