"""Chinese text: characters, words, the two scripts, and a corpus with known words."""

from course_lib.chinese.grammar import (
    grammar_sentences,
    handwritten_sentences,
    roles,
    themes,
)
from course_lib.chinese.segmentation import (
    Scores,
    Segmenter,
    characters,
    is_word,
    segmentation_scores,
    to_simplified,
    to_traditional,
    words_only,
)

__all__ = [
    "Scores",
    "Segmenter",
    "characters",
    "grammar_sentences",
    "handwritten_sentences",
    "is_word",
    "roles",
    "segmentation_scores",
    "themes",
    "to_simplified",
    "to_traditional",
    "words_only",
]
