"""What comes out of a fine-tuning, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings, unit
from course_lib.evaluation import SimilarityResult, Table, shared_neighbours, word_similarity


@dataclass(frozen=True, repr=False)
class FineTuned:
    """Vectors after fine-tuning, and all that is needed to see what it did.

    Attributes
    ----------
    embeddings : Embeddings
        The V words with their new vectors.
    start : Embeddings
        The same words with the vectors that the training began from.
    covered : numpy.ndarray of bool, shape (V,)
        Which words the pre-trained vectors have.
    lockf : numpy.ndarray of float32, shape (V,)
        The locks.
    counts : numpy.ndarray of int64, shape (V,)
        How often the text has each word; 0 for a word that was never trained.
    tokens : int
        How many tokens the text has, those without a vector among them.
    """

    embeddings: Embeddings
    start: Embeddings
    covered: NDArray[np.bool_]
    lockf: NDArray[np.float32]
    counts: NDArray[np.int64]
    tokens: int

    def __repr__(self) -> str:
        V, d = self.embeddings.input_vectors.shape
        return f"FineTuned({V:,} words, d = {d}, {int(self.covered.sum()):,} covered)"

    def report(
        self,
        topn: int = 10,
        *,
        neighbours: int = 10,
        among: int | None = 1000,
        lists: Sequence[str | Path] = ("wordsim353", "simlex999"),
        seed: int = 0,
    ) -> "TuningReport":
        """Say what was covered, what moved, and what that changed.

        Parameters
        ----------
        topn : int, default 10
            How many of the words that moved most are listed, at least 1.
        neighbours : int, default 10
            How many nearest words are compared, before and after.
        among : int, optional
            Compare the neighbours of so many words only, the first of the vocabulary, since the
            time grows with their number times V. None: of all.
        lists : sequence of str or path
            Lists of judged pairs, as for ``evaluation.word_similarity``.
        seed : int, default 0
            Of the intervals around the similarity scores.

        Returns
        -------
        TuningReport
            It shows itself as a table; all figures come from IN vectors.

        Raises
        ------
        ValueError
            A number is out of range, or a list is unknown or broken.
        """
        for name, number in (("topn", topn), ("among", among)):
            if number is not None and number < 1:
                raise ValueError(f"{name} must be at least 1, not {number}.")
        if isinstance(lists, str | Path):
            raise ValueError(f"lists is a list of names: [{str(lists)!r}].")
        words = self.embeddings.vocabulary.words
        before, after = (
            space.input_vectors.astype(np.float64) for space in (self.start, self.embeddings)
        )
        scores = [
            tuple(
                word_similarity(space, name, seed=seed) for space in (self.start, self.embeddings)
            )
            for name in lists
        ]
        return TuningReport(
            tuple(words),
            self.counts,
            self.covered,
            self.tokens,
            np.clip(np.sum(unit(before) * unit(after), axis=1), -1, 1),
            np.linalg.norm(after - before, axis=1),
            shared_neighbours(self.start, self.embeddings, words[:among], neighbours),
            tuple(one for one, _ in scores),
            tuple(other for _, other in scores),
            topn,
        )


class Moved(NamedTuple):
    """A word that moved.

    Attributes
    ----------
    word : str
        The word.
    cosine : float
        Of its vectors before and after.
    distance : float
        Between them.
    times : int
        How often the text has it.
    covered : bool
        The pre-trained vectors have it. The start of any other word was drawn at random, and how
        far it went from there says little.
    """

    word: str
    cosine: float
    distance: float
    times: int
    covered: bool


@dataclass(frozen=True, eq=False, repr=False)
class TuningReport:
    """What a fine-tuning covered, moved and changed; everything is about IN vectors.

    Attributes
    ----------
    words : tuple of str
        The V words.
    counts : numpy.ndarray of int64, shape (V,)
        How often the text has each.
    covered : numpy.ndarray of bool, shape (V,)
        Which of them the pre-trained vectors have.
    tokens : int
        Tokens of the text, those of words without a vector among them.
    cosines, distances : numpy.ndarray of float64, shape (V,)
        Cosine and Euclidean distance between each vector before and after. (The cosine of a vector
        that is or was zero is 0.)
    overlaps : numpy.ndarray of float64, shape (n,)
        For each of the first n words, the share of its nearest neighbours that stayed.
    before, after : tuple of SimilarityResult
        Each list of judged pairs, before and after.
    topn : int
        How many words ``most_moved`` lists in the table.
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]
    covered: NDArray[np.bool_]
    tokens: int
    cosines: NDArray[np.float64]
    distances: NDArray[np.float64]
    overlaps: NDArray[np.float64]
    before: tuple[SimilarityResult, ...]
    after: tuple[SimilarityResult, ...]
    topn: int

    @property
    def covered_words(self) -> int:  # numpydoc ignore=RT01
        """Number of words that the pre-trained vectors have."""
        return int(self.covered.sum())

    @property
    def uncovered_words(self) -> int:  # numpydoc ignore=RT01
        """Number of words whose first vector was drawn at random."""
        return int((~self.covered).sum())

    @property
    def covered_tokens(self) -> int:  # numpydoc ignore=RT01
        """Number of tokens whose word is covered."""
        return int(self.counts[self.covered].sum())

    @property
    def uncovered_tokens(self) -> int:  # numpydoc ignore=RT01
        """Number of tokens whose word has a vector, but is not covered."""
        return int(self.counts[~self.covered].sum())

    @property
    def unknown_tokens(self) -> int:  # numpydoc ignore=RT01
        """Number of tokens whose word has no vector."""
        return self.tokens - self.covered_tokens - self.uncovered_tokens

    @property
    def never_trained(self) -> tuple[str, ...]:  # numpydoc ignore=RT01
        """All words with a vector that the text does not have."""
        return tuple(self.words[row] for row in np.flatnonzero(self.counts == 0))

    @property
    def still(self) -> tuple[str, ...]:  # numpydoc ignore=RT01
        """All words whose vector is where it was: frozen, never trained, or taken as learnt."""
        return tuple(self.words[row] for row in np.flatnonzero(self.distances == 0))

    @property
    def overlap(self) -> float:  # numpydoc ignore=RT01
        """Mean of ``overlaps``: ``evaluation.neighbour_overlap``."""
        return float(self.overlaps.mean())

    def most_moved(self, topn: int = 10, min_count: int = 1) -> list[Moved]:
        """List the words that turned furthest from their start.

        Parameters
        ----------
        topn : int, default 10
            How many at most.
        min_count : int, default 1
            Leave out words that the text has fewer times.

        Returns
        -------
        list of Moved
            The lowest cosine first.
        """
        order = np.argsort(self.cosines, kind="stable")
        order = order[self.counts[order] >= min_count][:topn]
        return [
            Moved(
                self.words[row],
                float(self.cosines[row]),
                float(self.distances[row]),
                int(self.counts[row]),
                bool(self.covered[row]),
            )
            for row in order
        ]

    def table(self) -> Table:
        """Lay the figures out.

        Returns
        -------
        Table
            A line for each figure.
        """
        V = len(self.words)
        rows = [
            ("covered words", f"{self.covered_words:,} of {V:,}"),
            ("covered tokens", f"{self.covered_tokens:,} of {self.tokens:,}"),
            ("uncovered words", f"{self.uncovered_words:,}"),
            ("uncovered tokens", f"{self.uncovered_tokens:,}"),
            ("tokens without a vector", f"{self.unknown_tokens:,}"),
            ("words that the text does not have", f"{len(self.never_trained):,}"),
            ("words that did not move", f"{len(self.still):,}"),
            ("cosine to the start, mean", self._means(self.cosines)),
            ("distance from the start, mean", self._means(self.distances)),
            (f"neighbours kept, first {len(self.overlaps):,} words", f"{self.overlap:.1%}"),
        ]
        for one, other in zip(self.before, self.after, strict=True):
            change = f"{one.spearman:z.2f} to {other.spearman:z.2f}"
            value = other.problem or f"{change} ({other.covered} of {other.pairs} pairs)"
            rows.append((f"{one.name}, Spearman", value))
        return Table("Fine-tuning, before and after", ("", "value"), tuple(rows))

    def _means(self, figures: NDArray[np.float64]) -> str:
        sides = ("covered", self.covered), ("uncovered", ~self.covered)
        return ", ".join(f"{name} {figures[some].mean():.3f}" for name, some in sides if some.any())

    def moved_table(self) -> Table:
        """Lay out the words that moved most.

        Returns
        -------
        Table
            A line a word.
        """
        rows = tuple(
            (
                moved.word,
                f"{moved.cosine:z.2f}",
                f"{moved.distance:.2f}",
                f"{moved.times:,}",
                "yes" if moved.covered else "no",
            )
            for moved in self.most_moved(self.topn)
        )
        return Table("Moved most", ("word", "cosine", "distance", "count", "covered"), rows)

    def __repr__(self) -> str:
        return f"{self.table()!r}\n\n{self.moved_table()!r}"

    def _repr_html_(self) -> str:
        return f"{self.table()._repr_html_()}\n{self.moved_table()._repr_html_()}"
