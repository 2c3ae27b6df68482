"""word2vec in PyTorch: the same formulas by autograd, and training."""

from course_lib.torch_impl import objectives
from course_lib.torch_impl.word2vec import train_word2vec

__all__ = ["objectives", "train_word2vec"]
