"""All that can be said about a set of vectors without a text, in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.embeddings import Embeddings
from course_lib.evaluation.analogy import AnalogyResult, analogies
from course_lib.evaluation.geometry import (
    cone,
    hubness,
    mean_cosine,
    norms_by_count,
    spectrum,
)
from course_lib.evaluation.similarity import SimilarityResult, word_similarity
from course_lib.evaluation.spaces import Vectors, as_embeddings
from course_lib.evaluation.tables import Table, number, percent

if TYPE_CHECKING:
    from course_lib.plots import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Report:
    """What similarity, analogies and geometry say about one set of vectors.

    Attributes
    ----------
    name : str
        What was judged.
    similarity : tuple of SimilarityResult
        One a list.
    analogies : AnalogyResult or None
        None if they were left out.
    geometry : dict of str to float
        Figures by name.
    """

    name: str
    similarity: tuple[SimilarityResult, ...]
    analogies: AnalogyResult | None
    geometry: Mapping[str, float]

    def table(self) -> Table:
        """Lay the report out.

        Returns
        -------
        Table
            A line for each figure, with its interval, its baselines and its coverage.
        """
        rows = [
            (
                f"{result.name}, Spearman",
                number(result.spearman),
                f"{number(result.low)} to {number(result.high)}",
                number(result.random.mean()) if len(result.random) else number(float("nan")),
                number(result.frequency),
                f"{result.covered} of {result.pairs}",
            )
            for result in self.similarity
        ]
        if self.analogies is not None:
            found = self.analogies
            for part in (found.semantic, found.syntactic, found.total):
                covered = f"{part.covered} of {part.questions}"
                rows.append(
                    (f"{found.name}, {part.name}", percent(part.accuracy), "", "", "", covered)
                )
        rows += [(name, number(value), "", "", "", "") for name, value in self.geometry.items()]
        head = ("", "value", "interval", "random", "counts alone", "covered")
        return Table(self.name, head, tuple(rows))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def figure(self) -> "Picture":
        """Draw the scores with their intervals and baselines, and the analogies by section.

        Returns
        -------
        Picture
            The figure, with its alt text.
        """
        from course_lib.plots.reports import evaluation_report  # matplotlib, only when drawing

        return evaluation_report(self)


def report(
    embeddings: Vectors,
    lists: Sequence[str | Path] = ("wordsim353", "simlex999"),
    questions: str | Path | None = "google",
    *,
    name: str = "",
    which: str = "in",
    restrict_vocab: int | None = 300_000,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> Report:
    """Judge a set of vectors by similarity, analogies and geometry.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        V words.
    lists : sequence of str or pathlib.Path
        Lists of judged pairs, as for ``word_similarity``.
    questions : str, pathlib.Path or None, default "google"
        Analogy questions, as for ``analogies``; None leaves them out.
    name : str, optional
        What the table is called.
    which : {"in", "out", "sum"}
        Which vectors.
    restrict_vocab : int or None, default 300,000
        Only the first so many words are known.
    n_bootstrap : int, default 1000
        Draws of each interval.
    seed : int, default 0
        Of intervals and random baselines.

    Returns
    -------
    Report
        It shows itself as a table; ``figure()`` draws it.

    Raises
    ------
    ValueError
        A list is unknown or broken, or there are no such vectors.
    FileNotFoundError
        A file does not exist.
    """
    space = as_embeddings(embeddings)
    if isinstance(lists, str | Path):
        raise ValueError(f"lists is a list of names: [{str(lists)!r}].")
    judged = tuple(
        word_similarity(
            space, path, which=which, restrict_vocab=restrict_vocab,
            n_bootstrap=n_bootstrap, seed=seed,
        )
        for path in lists
    )  # fmt: skip
    solved = None
    if questions is not None:
        solved = analogies(space, questions, which=which, restrict_vocab=restrict_vocab)
    V, d = space.input_vectors.shape
    title = name or f"{V:,} words, d = {d}, {which.upper()} vectors"
    return Report(title, judged, solved, _geometry(space, which))


def _geometry(space: Embeddings, which: str) -> dict[str, float]:
    found = {"mean cosine of two words": mean_cosine(space, which)}
    if space.output_vectors is not None:
        found["cosine of mean IN and mean OUT"] = cone(space)
    if space.vocabulary.counts is not None:
        found["length against count, Spearman"] = norms_by_count(space, which)
    found["hubness, skewness of N_10"] = hubness(space, which=which).skewness
    found["variance in the first 2 components"] = float(spectrum(space, which)[:2].sum())
    return found
