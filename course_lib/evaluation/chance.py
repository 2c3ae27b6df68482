"""How much of a result is chance: other seeds, other documents, and words with a known twin."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from course_lib.evaluation.nearest import nearest_rows, neighbour_overlap
from course_lib.evaluation.spaces import Vectors, as_embeddings, directions, listed, rows_of
from course_lib.evaluation.tables import number

Document = TypeVar("Document")


def bootstrap_documents(documents: Sequence[Document], rng: np.random.Generator) -> list[Document]:
    """Draw as many documents as there are, with replacement.

    Train on several such draws, and what differs between the models is what depends on the choice
    of the documents (Antoniak and Mimno 2018). About 63 % of the documents are in a draw, some of
    them several times.

    Parameters
    ----------
    documents : sequence
        The n documents; of "lee" and "wikipedia", each sentence is one.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    list
        n documents: the same objects, not copies.

    Raises
    ------
    ValueError
        There are no documents, or they are no sequence.
    """
    if not isinstance(documents, Sequence) or isinstance(documents, str) or not documents:
        raise ValueError("documents must be a list of at least one document; use list(...).")
    return [documents[place] for place in rng.integers(len(documents), size=len(documents))]


@dataclass(frozen=True, eq=False, repr=False)
class Stability:
    """How many neighbours several models of the same thing share, two by two.

    Attributes
    ----------
    overlaps : numpy.ndarray of float64, shape (m (m - 1) / 2,)
        ``neighbour_overlap`` of each two of the m models.
    topn : int
        Neighbours of a word.
    models : int
        Their number m.
    """

    overlaps: NDArray[np.float64]
    topn: int
    models: int

    @property
    def mean(self) -> float:  # numpydoc ignore=RT01
        """Mean overlap, 0 to 1."""
        return float(self.overlaps.mean())

    def __repr__(self) -> str:
        return (
            f"Of the {self.topn} nearest words two of the {self.models} models share "
            f"{number(self.mean)} on average ({number(self.overlaps.min())} to "
            f"{number(self.overlaps.max())})."
        )


def stability(
    models: Iterable[Vectors],
    words: Iterable[str] | None = None,
    topn: int = 10,
    *,
    which: str = "in",
) -> Stability:
    """Compare the neighbours in several models, two by two.

    Parameters
    ----------
    models : iterable of Embeddings or gensim.models.KeyedVectors
        At least two: trained with other seeds, or on bootstraps of the documents.
    words : iterable of str, optional
        The words to look at; for each two models all that both know when left out.
    topn : int, default 10
        Neighbours of a word.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    Stability
        The overlaps.

    Raises
    ------
    KeyError
        A model does not know a word.
    ValueError
        There are fewer than two models, or as for ``neighbour_overlap``.
    """
    spaces = [as_embeddings(model) for model in models]
    if len(spaces) < 2:
        raise ValueError(f"Stability needs at least two models, not {len(spaces)}.")
    chosen = None if words is None else listed(words)
    overlaps = [
        neighbour_overlap(one, other, chosen, topn, which=which)
        for one, other in combinations(spaces, 2)
    ]
    return Stability(np.array(overlaps), topn, len(spaces))


def plant_twins(
    sentences: Iterable[Sequence[str]],
    times: Mapping[str, int],
    rng: np.random.Generator,
    suffix: str = "*",
) -> list[list[str]]:
    """Rename some tokens of a word, so that the text has two words of the same meaning.

    A good model puts the twin *water\\** near *water*: the text holds a question with a known
    answer, for words as rare as you like.

    Parameters
    ----------
    sentences : iterable of sequences of str
        The text; read once.
    times : mapping of str to int
        How many tokens of each word become its twin.
    rng : numpy.random.Generator
        Draws which.
    suffix : str, default "*"
        What the twin's name ends in.

    Returns
    -------
    list of list of str
        The text with twins; the sentences that were given stay as they are.

    Raises
    ------
    ValueError
        A word occurs fewer times than it is to be renamed, a twin's name is a word of the text, or
        the suffix is empty.
    """
    text = [list(tokens) for tokens in sentences]
    counts = Counter(token for tokens in text for token in tokens)
    replaced = {}
    for word, wanted in times.items():
        if not 0 <= wanted <= counts[word]:
            raise ValueError(f"{word!r} occurs {counts[word]} times; {wanted} cannot be renamed.")
        if not suffix or word + suffix in counts:
            raise ValueError(f"{word + suffix!r} is in the text already; take another suffix.")
        replaced[word] = set(rng.choice(counts[word], wanted, replace=False).tolist())
    met: Counter[str] = Counter()
    for tokens in text:
        for place, token in enumerate(tokens):
            if token in replaced:
                if met[token] in replaced[token]:
                    tokens[place] = token + suffix
                met[token] += 1
    return text


def twins_found(
    embeddings: Vectors,
    words: Iterable[str],
    topn: int = 10,
    *,
    suffix: str = "*",
    which: str = "in",
) -> NDArray[np.bool_]:
    """Tell for each twin whether its original is among its nearest neighbours.

    Parameters
    ----------
    embeddings : Embeddings or gensim.models.KeyedVectors
        Trained on a text of ``plant_twins``.
    words : iterable of str
        The n originals.
    topn : int, default 10
        Neighbours that are looked at.
    suffix : str, default "*"
        As for ``plant_twins``.
    which : {"in", "out", "sum"}
        Which vectors.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        Its mean is the share found; by chance it would be topn / (V - 1).

    Raises
    ------
    KeyError
        A word or its twin is unknown; ``min_count`` may have dropped it.
    ValueError
        ``topn`` is below 1, or there are no such vectors.
    """
    space = as_embeddings(embeddings)
    originals = listed(words)
    twins = rows_of(space, [word + suffix for word in originals])
    near = nearest_rows(directions(space.matrix(which)), twins, topn)
    return (near == rows_of(space, originals)[:, None]).any(axis=1)
