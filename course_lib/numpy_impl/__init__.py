"""word2vec and GloVe in NumPy: the formulas as on the slide, and training."""

from course_lib.numpy_impl import objectives
from course_lib.numpy_impl.finetuning import fine_tune
from course_lib.numpy_impl.glove import train_glove
from course_lib.numpy_impl.word2vec import train_word2vec

__all__ = ["fine_tune", "objectives", "train_glove", "train_word2vec"]
