"""Ranking documents for queries: DESM, BM25, their mixture, measures, runs and collections."""

from course_lib.ranking.bm25 import BM25
from course_lib.ranking.collection import Collection, content_words
from course_lib.ranking.desm import DESM, Contributions, DocumentCentroids
from course_lib.ranking.loading import load_collection
from course_lib.ranking.measures import Comparison, Evaluation, compare, evaluate
from course_lib.ranking.mixture import AlphaSearch, Mixture, cross_validated_alpha, mix
from course_lib.ranking.runs import make_run, read_run, rerank, write_run
from course_lib.ranking.smart import read_smart

__all__ = [
    "BM25",
    "DESM",
    "AlphaSearch",
    "Collection",
    "Comparison",
    "Contributions",
    "DocumentCentroids",
    "Evaluation",
    "Mixture",
    "compare",
    "content_words",
    "cross_validated_alpha",
    "evaluate",
    "load_collection",
    "make_run",
    "mix",
    "read_run",
    "read_smart",
    "rerank",
    "write_run",
]
