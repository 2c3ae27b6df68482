"""A course on word embeddings: the library behind the lessons.

The three trainers are packages of their own, imported by name, so that a lesson which needs no
PyTorch does not wait for it::

    from course_lib import Vocabulary, HuffmanTree, Word2VecSettings, Embeddings
    from course_lib import datasets, evaluation, formats, projections, ranking
    from course_lib import numpy_impl, torch_impl, gensim_impl
"""

from course_lib import (
    chinese,
    datasets,
    evaluation,
    finetuning,
    formats,
    glossary,
    projections,
    ranking,
)
from course_lib.embeddings import Embeddings
from course_lib.huffman import HuffmanTree
from course_lib.settings import GloveSettings, Word2VecSettings
from course_lib.vocabulary import Vocabulary

__all__ = [
    "Embeddings",
    "GloveSettings",
    "HuffmanTree",
    "Vocabulary",
    "Word2VecSettings",
    "chinese",
    "datasets",
    "evaluation",
    "finetuning",
    "formats",
    "glossary",
    "projections",
    "ranking",
]
