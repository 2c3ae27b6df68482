"""The terms of the course in English, Traditional and Simplified Chinese."""

import csv
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "glossary.csv"


class Term(NamedTuple):
    """A line of the glossary."""

    english: str
    traditional: str  # as in Taiwan
    simplified: str  # as in mainland China
    lesson: str  # where it is explained, such as "04"
    explanation: str


def terms() -> tuple[Term, ...]:
    """Read the glossary.

    Returns
    -------
    tuple of Term
        English, Traditional (Taiwan), Simplified (mainland China), the lesson that explains it and
        one line of explanation, in the order of the lessons. The Chinese terms are the ones that
        people use there, and not always the same word in other characters.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Term(**row) for row in csv.DictReader(file))


def as_markdown() -> str:
    """Write the glossary as a page.

    Returns
    -------
    str
        Markdown: a table for all terms, sorted by the English one.
    """
    rows = [
        f"| {term.english} | {term.traditional} | {term.simplified} | {term.explanation} "
        f"| {term.lesson} |"
        for term in sorted(terms(), key=lambda term: term.english.casefold())
    ]
    return "\n".join(
        [
            "# Glossary",
            "",
            "The terms of the course, with the words that people use in Taiwan (Traditional "
            "characters) and in mainland China (Simplified characters). They are not always the "
            "same words. [Lesson 12](12_chinese_text.ipynb) works with them. The last column is "
            "the lesson that explains the term.",
            "",
            "| English | Traditional (Taiwan) | Simplified (mainland China) | meaning | lesson |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )
