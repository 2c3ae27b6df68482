"""word2vec and GloVe in PyTorch: the same losses, for autograd, and training."""

from course_lib.torch_impl import objectives
from course_lib.torch_impl.finetuning import fine_tune
from course_lib.torch_impl.glove import train_glove
from course_lib.torch_impl.word2vec import train_word2vec

__all__ = ["fine_tune", "objectives", "train_glove", "train_word2vec"]
