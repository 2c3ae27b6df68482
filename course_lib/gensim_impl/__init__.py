"""word2vec by gensim, without its traps."""

from course_lib.gensim_impl.word2vec import to_embeddings, train_model, train_word2vec

__all__ = ["to_embeddings", "train_model", "train_word2vec"]
