"""Judging embeddings: similarity, analogies, neighbours, stability, geometry, alignment.

Every function takes an ``Embeddings`` or gensim's ``KeyedVectors``.
"""

from course_lib.evaluation.alignment import moved_words, procrustes
from course_lib.evaluation.analogy import AnalogyResult, AnalogySection, Answer, analogies
from course_lib.evaluation.chance import (
    Stability,
    bootstrap_documents,
    plant_twins,
    stability,
    twins_found,
)
from course_lib.evaluation.geometry import (
    Hubness,
    PMIFit,
    cone,
    hubness,
    mean_cosine,
    norms_by_count,
    pmi_fit,
    spectrum,
)
from course_lib.evaluation.lists import JudgedPair, Question, read_pairs, read_questions
from course_lib.evaluation.nearest import neighbour_overlap, neighbours, shared_neighbours
from course_lib.evaluation.reports import Report, report
from course_lib.evaluation.similarity import (
    SimilarityDifference,
    SimilarityResult,
    similarity_difference,
    word_similarity,
)
from course_lib.evaluation.tables import Table

__all__ = [
    "AnalogyResult",
    "AnalogySection",
    "Answer",
    "Hubness",
    "JudgedPair",
    "PMIFit",
    "Question",
    "Report",
    "SimilarityDifference",
    "SimilarityResult",
    "Stability",
    "Table",
    "analogies",
    "bootstrap_documents",
    "cone",
    "hubness",
    "mean_cosine",
    "moved_words",
    "neighbour_overlap",
    "neighbours",
    "norms_by_count",
    "plant_twins",
    "pmi_fit",
    "procrustes",
    "read_pairs",
    "read_questions",
    "report",
    "shared_neighbours",
    "similarity_difference",
    "spectrum",
    "stability",
    "twins_found",
    "word_similarity",
]
