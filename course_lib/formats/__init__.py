"""Files of word vectors: GloVe and word2vec, text and binary, packed or not."""

from course_lib.formats.in_and_out import load_in_and_out, save_in_and_out
from course_lib.formats.loading import load_vectors
from course_lib.formats.saving import save_vectors

__all__ = ["load_in_and_out", "load_vectors", "save_in_and_out", "save_vectors"]
