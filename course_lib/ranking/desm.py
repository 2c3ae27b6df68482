"""The Dual Embedding Space Model: how near a query's words are to the centre of a document.

Mitra, Nalisnick, Craswell and Caruana (2016), "A Dual Embedding Space Model for Document Ranking",
arXiv:1602.01137.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings, unit
from course_lib.files import replacing
from course_lib.vocabulary import require_sentence

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

NO_DIRECTION = -1.0  # the lowest cosine, for documents that have none
DOCUMENTS_AT_ONCE = 1000
MAGIC = b"course_lib.DocumentCentroids 1\n"
LONGEST_HEADER = 2**26


class Contributions(NamedTuple):
    """What the words of a query and of a document add to the score.

    Attributes
    ----------
    score : float
        DESM(Q, D).
    query_words : list of (str, float)
        Each known word of the query once, and its share; the shares sum to the score. The largest
        comes first.
    document_words : list of (str, float)
        The same for the words of the document: their shares sum to the score, too.
    unknown : list of str
        Words of the query that have no vector, and so no say.
    """

    score: float
    query_words: list[tuple[str, float]]
    document_words: list[tuple[str, float]]
    unknown: list[str]


class DESM:
    """Scores documents by the cosine between query words and the centre of the document.

    DESM(Q, D) = 1/|Q| sum over q in Q of cos(q, D-), where D- is the mean of the document's unit
    vectors, D- = 1/|D| sum over d in D of d/|d| (Mitra et al. 2016). Query words are taken from IN
    and document words from OUT, or any other pairing.

    A word that comes twice counts twice, in query and document. A word without a vector (or whose
    vector is zero) is left out, and |Q| and |D| count the words that are left. A query without
    any known word gives every document 0. A document without any known word, such as an empty one,
    gets -1, the lowest cosine, so that it comes last: with IN-OUT the best document of a
    collection may be below 0.

    Parameters
    ----------
    embeddings : Embeddings or tuple of two KeyedVectors
        V words with IN and OUT vectors; or IN and OUT as gensim's KeyedVectors of the same words.
    query : {"in", "out", "sum"}
        Where the vectors of query words come from.
    document : {"in", "out", "sum"}
        Where the vectors of document words come from.

    Attributes
    ----------
    embeddings, query, document
        As given.

    Raises
    ------
    ValueError
        There are no OUT vectors, as after hierarchical softmax, or another name than these three.

    Examples
    --------
    >>> desm = DESM(embeddings)                                    # doctest: +SKIP
    >>> desm.scores(["police", "arrest"], documents)               # doctest: +SKIP
    """

    def __init__(
        self,
        embeddings: "Embeddings | tuple[KeyedVectors, KeyedVectors]",
        query: str = "in",
        document: str = "out",
    ) -> None:
        if isinstance(embeddings, tuple):
            embeddings = Embeddings.from_pair(*embeddings)
        if not isinstance(embeddings, Embeddings):
            raise ValueError(
                f"DESM needs Embeddings, or the pair (IN, OUT) of KeyedVectors, not a "
                f"{type(embeddings).__name__}. From a Word2Vec model: "
                "gensim_impl.to_embeddings(model)."
            )
        self.embeddings, self.query, self.document = embeddings, query, document
        self._query_vectors = embeddings.matrix(query)
        self._document_vectors = embeddings.matrix(document)

    def __repr__(self) -> str:
        return f"DESM({self.query.upper()}-{self.document.upper()}, {self.embeddings!r})"

    def scores(
        self, query_tokens: Sequence[str], documents: "Iterable[Sequence[str]] | DocumentCentroids"
    ) -> NDArray[np.float64]:
        """Score each document for a query.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.
        documents : iterable of sequences of str, or DocumentCentroids
            The words of each document. Where the same documents are asked again, hand in
            ``index(documents)``.

        Returns
        -------
        numpy.ndarray of float64, shape (n_documents,)
            DESM(Q, D), from -1 to 1.

        Raises
        ------
        ValueError
            A string where a list of words is meant, or centroids of other vectors.
        """
        index = documents if isinstance(documents, DocumentCentroids) else self.index(documents)
        if index.desm is not self and index.desm.fingerprint != self.fingerprint:
            raise ValueError(
                "These centroids were made with other vectors. Make them anew: desm.index(texts)."
            )
        return DocumentCentroids(self, index.vectors, index.empty).scores(query_tokens)

    def index(self, documents: Iterable[Sequence[str]]) -> "DocumentCentroids":
        """Compute the centroids of a collection, once for all queries.

        Parameters
        ----------
        documents : iterable of sequences of str
            The words of each document; read once.

        Returns
        -------
        DocumentCentroids
            To be asked with ``scores``.

        Raises
        ------
        ValueError
            A document is a string, or is no list of words.
        """
        vectors = self._centroids(documents)
        return DocumentCentroids(self, vectors, np.flatnonzero(~vectors.any(axis=1)))

    def contributions(self, query_tokens: Sequence[str], document: Sequence[str]) -> Contributions:
        """Say what each word of a query and of a document adds to the score.

        The score is q- . D- / |D-|, where q- is the mean of the query's unit vectors: a sum over
        query words, and as well a sum over document words.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.
        document : sequence of str
            The words of the document.

        Returns
        -------
        Contributions
            The score and its parts; no parts where either side has no known word.

        Raises
        ------
        ValueError
            A string where a list of words is meant.
        """
        asked, queries = self._directions(query_tokens, self._query_vectors)
        found, texts = self._directions(document, self._document_vectors)
        unknown = [word for word in dict.fromkeys(query_tokens) if word not in asked]
        centroid = unit(texts.sum(axis=0))
        if not asked or not centroid.any():
            return Contributions(NO_DIRECTION if asked else 0.0, [], [], unknown)
        by_query = queries @ centroid / len(queries)
        length = texts.sum(axis=0) @ centroid
        by_text = texts @ queries.mean(axis=0) / length
        score = float(np.clip(by_query.sum(), -1, 1))
        return Contributions(score, _shares(asked, by_query), _shares(found, by_text), unknown)

    @cached_property
    def fingerprint(self) -> str:
        """Tell the vectors of document words from others.

        Returns
        -------
        str
            A digest of the words and their vectors on the side of the documents.
        """
        digest = hashlib.blake2b(digest_size=16)
        for word in self.embeddings.vocabulary.words:
            digest.update(word.encode("utf-8", "surrogatepass") + b"\n")
        vectors = self._document_vectors
        digest.update(f"{vectors.dtype} {vectors.shape}".encode())
        digest.update(np.ascontiguousarray(vectors).data)
        return digest.hexdigest()

    def query_vector(self, query_tokens: Sequence[str]) -> NDArray[np.floating]:
        """Give the mean of the unit vectors of a query's words.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.

        Returns
        -------
        numpy.ndarray of float64, shape (d,)
            Zero where no word is known. Its product with a unit centroid is the score.

        Raises
        ------
        ValueError
            A string where a list of words is meant.
        """
        _, directions = self._directions(query_tokens, self._query_vectors)
        if not len(directions):
            return np.zeros(self._query_vectors.shape[1])
        return directions.mean(axis=0)

    def _directions(
        self, tokens: Sequence[str], vectors: NDArray[np.floating]
    ) -> tuple[list[str], NDArray[np.floating]]:
        """Give the words that have a direction, repeated as in the text, and their unit vectors."""
        require_sentence(tokens)
        rows = self.embeddings.vocabulary.encode(tokens)
        directions = unit(vectors[rows].astype(np.float64))
        kept = directions.any(axis=1)
        words = self.embeddings.vocabulary.words
        return [words[row] for row in rows[kept]], directions[kept]

    def _centroids(self, documents: Iterable[Sequence[str]]) -> NDArray[np.float32]:
        d = self._document_vectors.shape[1]
        blocks = [self._centroids_of(some) for some in _batches(documents)]
        return np.concatenate([np.empty((0, d), np.float32), *blocks])

    def _centroids_of(self, documents: list[Sequence[str]]) -> NDArray[np.float32]:
        from scipy.sparse import csr_array  # late: a tenth of a second that not everyone needs

        for tokens in documents:
            require_sentence(tokens)
        rows = [self.embeddings.vocabulary.encode(tokens) for tokens in documents]
        used, places = np.unique(np.concatenate(rows), return_inverse=True)
        ends = np.cumsum([0, *map(len, rows)])
        counts = csr_array((np.ones(len(places)), places, ends), (len(rows), len(used)))
        # D- itself is not needed: its length, and with it 1/|D|, goes out of the cosine.
        return unit(counts @ unit(self._document_vectors[used].astype(np.float64))).astype(
            np.float32
        )


class DocumentCentroids:
    """The centroids of a collection's documents; made by ``DESM.index`` or ``load``.

    Parameters
    ----------
    desm : DESM
        The model that they belong to.
    vectors : numpy.ndarray of float32, shape (n_documents, d)
        D- / |D-| of each document, zero where it has none.
    empty : numpy.ndarray of int, shape (n_empty,)
        The rows of the documents without any known word.

    Attributes
    ----------
    desm, vectors, empty
        As given.
    """

    def __init__(
        self, desm: DESM, vectors: NDArray[np.float32], empty: NDArray[np.integer]
    ) -> None:
        self.desm, self.vectors, self.empty = desm, vectors, empty

    def __len__(self) -> int:
        return len(self.vectors)

    def __repr__(self) -> str:
        return f"DocumentCentroids({len(self):,} documents, {self.desm!r})"

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """Score each document for a query.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.

        Returns
        -------
        numpy.ndarray of float64, shape (n_documents,)
            DESM(Q, D), from -1 to 1.

        Raises
        ------
        ValueError
            A string where a list of words is meant.
        """
        return self.all_scores([query_tokens])[0]

    def all_scores(self, queries: Iterable[Sequence[str]]) -> NDArray[np.float64]:
        """Score each document for each query.

        Parameters
        ----------
        queries : iterable of sequences of str
            The words of each query.

        Returns
        -------
        numpy.ndarray of float64, shape (n_queries, n_documents)
            A row a query.

        Raises
        ------
        ValueError
            A string where a list of words is meant.
        """
        vectors = [self.desm.query_vector(tokens) for tokens in _refuse_text(queries)]
        asked = np.array(vectors).reshape(len(vectors), self.vectors.shape[1])
        scores = np.empty((len(asked), len(self)))
        for start in range(0, len(self), DOCUMENTS_AT_ONCE):
            some = slice(start, start + DOCUMENTS_AT_ONCE)
            # float64: two documents with the same words get the same score up to 1e-16.
            scores[:, some] = asked @ self.vectors[some].astype(np.float64).T
        scores[:, self.empty] = NO_DIRECTION
        scores[~asked.any(axis=1)] = 0
        return np.clip(scores, -1, 1, out=scores)

    def add(self, documents: Iterable[Sequence[str]]) -> "DocumentCentroids":
        """Give the centroids of more documents; those that are there are not computed again.

        Parameters
        ----------
        documents : iterable of sequences of str
            The words of each new document.

        Returns
        -------
        DocumentCentroids
            The old documents and then the new ones.

        Raises
        ------
        ValueError
            A document is a string, or is no list of words.
        """
        new = self.desm.index(documents)
        return DocumentCentroids(
            self.desm,
            np.concatenate([self.vectors, new.vectors]),
            np.concatenate([self.empty, new.empty + len(self)]),
        )

    def save(self, path: str | Path) -> None:
        """Write the centroids to a file, without pickle; it takes its place when it is complete.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; an existing one is replaced.

        Raises
        ------
        FileNotFoundError
            The folder does not exist.
        """
        header = {
            "shape": self.vectors.shape,
            "empty": self.empty.tolist(),
            "embeddings": self.desm.fingerprint,
        }
        text = MAGIC + json.dumps(header).encode()
        text += b" " * (-(len(text) + 1) % 4096) + b"\n"  # the matrix begins at a page
        with replacing(path) as file:
            file.write(text)
            file.write(self.vectors.astype("<f4", copy=False).data)

    @classmethod
    def load(cls, path: str | Path, desm: DESM) -> "DocumentCentroids":
        """Map a file of ``save`` into memory: only what is used is read.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.
        desm : DESM
            With the vectors that the centroids were made with, on the side of the documents. The
            side of the queries may be another one.

        Returns
        -------
        DocumentCentroids
            What was saved.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is damaged or of another kind, or it was made with other vectors.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(
                f"There is no file {path}. Save one with desm.index(documents).save."
            )
        try:
            vectors, empty, made_with = _read_centroids(path)
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise ValueError(
                f"{path} is damaged or was not written by DocumentCentroids.save ({error}). "
                "Save it again."
            ) from error
        if made_with != desm.fingerprint or vectors.shape[1] != desm._document_vectors.shape[1]:
            raise ValueError(
                f"The centroids in {path} were made with other vectors, or with another choice of "
                f"document={desm.document!r}. Make them anew: desm.index(documents)."
            )
        return cls(desm, vectors, empty)


def _read_centroids(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int64], str]:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("the beginning is another one")
        header = json.loads(file.readline(LONGEST_HEADER))
        start = file.tell()
    n, d = header["shape"]
    if path.stat().st_size != start + 4 * n * d:
        raise ValueError(f"it should have {start + 4 * n * d:,} bytes, not {path.stat().st_size:,}")
    empty = np.array(header["empty"], dtype=np.int64)
    if not ((empty >= 0) & (empty < n)).all():
        raise ValueError("an empty document has no row")
    if n == 0:  # nothing cannot be mapped
        return np.empty((0, d), np.float32), empty, header["embeddings"]
    vectors = np.memmap(path, "<f4", "r", start, (n, d)).view(np.ndarray)
    return vectors, empty, header["embeddings"]


def _batches(documents: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    rest = iter(_refuse_text(documents))
    while some := list(islice(rest, DOCUMENTS_AT_ONCE)):
        yield some


def _refuse_text(texts: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    if isinstance(texts, str | bytes):
        raise ValueError(
            f"Several texts are a list of lists of words, not a string: {texts[:40]!r}. "
            "Use [corpus.tokenize(text) for text in texts]."
        )
    return texts


def _shares(words: list[str], shares: NDArray[Any]) -> list[tuple[str, float]]:
    """Sum the shares of each word, and put the largest first; equal ones as they came."""
    sums: dict[str, float] = {}
    for word, share in zip(words, shares.tolist(), strict=True):
        sums[word] = sums.get(word, 0.0) + share
    return sorted(sums.items(), key=lambda pair: -pair[1])
