"""Analogies: which word is to c as b is to a."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.evaluation.lists import Question, read_questions
from course_lib.evaluation.spaces import (
    Vectors,
    as_embeddings,
    blocks,
    directions,
    forms_of,
)
from course_lib.evaluation.tables import Table, percent

METHODS = ("3cosadd", "3cosmul")
EPSILON = 0.001  # Levy and Goldberg 2014, equation 4
TOGETHER = 64  # questions whose scores are held at once: they stay in the processor's cache


class Answer(NamedTuple):
    """What the vectors answered: a is to b as c is to ``predicted``."""

    a: str
    b: str
    c: str
    expected: str
    predicted: str
    correct: bool


@dataclass(frozen=True)
class AnalogySection:
    """One kind of question, or several together.

    Attributes
    ----------
    name : str
        The section.
    questions : int
        Questions in the list.
    answers : tuple of Answer
        One for each covered question, in the order of the list.
    """

    name: str
    questions: int
    answers: tuple[Answer, ...]

    @property
    def covered(self) -> int:  # numpydoc ignore=RT01
        """Number of questions whose four words are known."""
        return len(self.answers)

    @property
    def correct(self) -> list[Question]:  # numpydoc ignore=RT01
        """The questions that were answered rightly, as they are spelt in the list."""
        return [Question(*answer[:4]) for answer in self.answers if answer.correct]

    @property
    def incorrect(self) -> list[Question]:  # numpydoc ignore=RT01
        """The covered questions that were answered wrongly."""
        return [Question(*answer[:4]) for answer in self.answers if not answer.correct]

    @property
    def accuracy(self) -> float:  # numpydoc ignore=RT01
        """Share of the covered questions that were answered rightly; NaN if none is covered."""
        if not self.answers:
            return float("nan")
        return sum(answer.correct for answer in self.answers) / len(self.answers)

    def __repr__(self) -> str:
        right = sum(answer.correct for answer in self.answers)
        return (
            f"{self.name}: {percent(self.accuracy)} "
            f"({right} of {self.covered} covered, {self.questions} asked)"
        )


@dataclass(frozen=True, eq=False, repr=False)
class AnalogyResult:
    """How many analogies the vectors solve, by kind.

    Attributes
    ----------
    name : str
        The list of questions.
    method : str
        "3cosadd" or "3cosmul".
    exclude_query : bool
        Whether a, b and c were forbidden as answers.
    which : str
        The vectors that were judged: "in", "out" or "sum".
    sections : tuple of AnalogySection
        In the order of the list.
    """

    name: str
    method: str
    exclude_query: bool
    which: str
    sections: tuple[AnalogySection, ...]

    @property
    def total(self) -> AnalogySection:  # numpydoc ignore=RT01
        """All questions together."""
        return _together("total", self.sections)

    @property
    def semantic(self) -> AnalogySection:  # numpydoc ignore=RT01
        """The sections whose names do not begin with "gram", as in Mikolov's list."""
        return _together("semantic", [s for s in self.sections if not s.name.startswith("gram")])

    @property
    def syntactic(self) -> AnalogySection:  # numpydoc ignore=RT01
        """The sections whose names begin with "gram"."""
        return _together("syntactic", [s for s in self.sections if s.name.startswith("gram")])

    def table(self) -> Table:
        """Lay the result out.

        Returns
        -------
        Table
            A line for each section, and the sums.
        """
        sums = [self.total]
        if self.syntactic.questions and self.semantic.questions:
            sums = [self.semantic, self.syntactic, self.total]
        rows = tuple(
            (part.name, percent(part.accuracy), str(part.covered), str(part.questions))
            for part in (*self.sections, *sums)
        )
        kept = "" if self.exclude_query else ", query words allowed as answers"
        title = f"{self.name}, {self.which.upper()} vectors, {self.method}{kept}"
        return Table(title, ("section", "right", "covered", "asked"), rows)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def analogies(
    embeddings: Vectors,
    name_or_path: str | Path = "google",
    *,
    method: str = "3cosadd",
    exclude_query: bool = True,
    restrict_vocab: int | None = 300_000,
    case_insensitive: bool = True,
    which: str = "in",
) -> AnalogyResult:
    """Answer "a is to b as c is to ?" with the word x that scores highest.

    "3cosadd" takes the highest cos(x, b) + cos(x, c) - cos(x, a) (Mikolov et al. 2013c; with unit
    vectors it is the word nearest to b - a + c), "3cosmul" the highest cos'(x, b) cos'(x, c) /
    (cos'(x, a) + 0.001) with cos' = (1 + cos) / 2 (Levy and Goldberg 2014, equation 4).

    Questions with an unknown word are left out. The answers of "3cosadd" are those of gensim's
    ``evaluate_word_analogies``: spellings are compared in capitals, the most frequent of several is
    the one that asks, and none of them may be the answer to a question that it is part of. (gensim
    looks at five candidates and gives up if all of them are spellings of a, b or c; this does not.)

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    name_or_path : str or pathlib.Path, default "google"
        "google", the 19,544 questions of Mikolov et al. 2013a, or a file of that form.
    method : {"3cosadd", "3cosmul"}
        How a word is scored.
    exclude_query : bool, default True
        a, b and c are no answers. Without that the answer is mostly b or c (Linzen 2016).
    restrict_vocab : int or None, default 300,000
        Only the first so many words are known, and answers; None: all.
    case_insensitive : bool, default True
        Treat "Paris" and "paris" as one word.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    AnalogyResult
        Answers by section.

    Raises
    ------
    ValueError
        There is no such method or list, the file is broken, ``restrict_vocab`` is below 1, or
        there are no such vectors.
    FileNotFoundError
        The file does not exist.
    """
    if method not in METHODS:
        raise ValueError(f'method must be "3cosadd" or "3cosmul", not {method!r}.')
    space = as_embeddings(embeddings)
    matrix = space.matrix(which)
    forms = forms_of(space, restrict_vocab, case_insensitive)
    asked = read_questions(name_or_path)
    covered: dict[str, list[Question]] = {name: [] for name in asked}
    rows = []
    for name, questions in asked.items():
        for question in questions:
            keys = [word.upper() if case_insensitive else word for word in question]
            if all(key in forms.first for key in keys):
                covered[name].append(question)
                rows.append([forms.first[key] for key in keys])
    sought = np.array(rows, dtype=np.int64).reshape(-1, 4)
    found = _solve(directions(matrix[:restrict_vocab]), forms.of_row, sought, method, exclude_query)
    words = [space.vocabulary.words[row] if row >= 0 else "" for row in found]
    correct = (found >= 0) & (forms.of_row[found] == sought[:, 3])
    verdicts = zip(words, correct.tolist(), strict=True)
    sections = tuple(
        AnalogySection(
            name,
            len(asked[name]),
            tuple(Answer(*question, *next(verdicts)) for question in questions),
        )
        for name, questions in covered.items()
    )
    return AnalogyResult(Path(name_or_path).stem, method, exclude_query, which, sections)


def _solve(
    units: NDArray[np.floating],
    of_row: NDArray[np.int64],
    questions: NDArray[np.int64],
    method: str,
    exclude_query: bool,
) -> NDArray[np.int64]:
    """Give the row of the best answer to each question, -1 where every word is forbidden.

    A question's scores are a sum of three lines of two tables, which hold a score for each word
    that asks (there are few) and each word that may be the answer (as many as fit into a block).
    """
    asking, places = np.unique(questions[:, :3], return_inverse=True)
    a, b, c = places.reshape(-1, 3).T
    best = np.full(len(questions), -np.inf, dtype=units.dtype)
    found = np.full(len(questions), -1)
    for block in blocks(len(units) if len(questions) else 0, len(asking)):
        reward, penalty = _tables(units[asking] @ units[block].T, method)
        if exclude_query:
            forbidden = of_row[block] == asking[:, None]
            reward[forbidden], penalty[forbidden] = -np.inf, np.inf
        for first in range(0, len(questions), TOGETHER):
            some = slice(first, first + TOGETHER)
            scores = reward[b[some]]
            scores += reward[c[some]]
            scores -= penalty[a[some]]
            columns = scores.argmax(axis=1)
            highest = scores[np.arange(len(columns)), columns]
            better = highest > best[some]
            found[some][better] = block.start + columns[better]
            best[some][better] = highest[better]
    return found


def _tables(cosines: NDArray[np.floating], method: str) -> tuple[NDArray, NDArray]:
    """Turn cosines into what b and c add to a score, and what a takes from it.

    A product is a sum of logarithms, so that both methods are sums.
    """
    if method == "3cosadd":
        return cosines, cosines.copy()
    shifted = np.maximum((1 + cosines) / 2, np.finfo(cosines.dtype).tiny)  # above 0, for the log
    return np.log(shifted), np.log(shifted + cosines.dtype.type(EPSILON))


def _together(name: str, sections: Iterable[AnalogySection]) -> AnalogySection:
    parts = list(sections)
    answers = tuple(answer for part in parts for answer in part.answers)
    return AnalogySection(name, sum(part.questions for part in parts), answers)
