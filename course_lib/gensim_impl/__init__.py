"""word2vec by gensim, without its traps."""

from course_lib.gensim_impl.word2vec import arguments, to_embeddings, train_model, train_word2vec

__all__ = ["arguments", "to_embeddings", "train_model", "train_word2vec"]
