"""word2vec by gensim, without its traps."""

from course_lib.gensim_impl.word2vec import train_word2vec

__all__ = ["train_word2vec"]
