"""BM25, the classic of ranking by the words that query and document share; by bm25s."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.vocabulary import refuse_string, require_sentence

METHODS = ("lucene", "robertson", "atire")


class BM25:
    """Scores the documents of a collection by the words that they share with a query.

    BM25(Q, D) = sum over q in Q of idf(q) f / (f + k1 (1 - b + b |D| / avgdl)), where f counts q in
    D, |D| the words of D, and avgdl is the mean of |D| (Robertson and Zaragoza 2009). The three
    methods differ in idf, for N documents of which n hold the word, and in a factor:

    - "lucene": idf = ln(1 + (N - n + 0.5) / (n + 0.5)), always above 0;
    - "robertson": idf = ln((N - n + 0.5) / (n + 0.5)), and 0 where that is below 0: a word in
      half of the documents or more says nothing;
    - "atire": idf = ln(N / n), and all scores times k1 + 1.

    A word that comes twice in the query counts twice. Words that no document holds add nothing, so
    that a query without a known word gives every document 0, as every query gives to an
    empty document.

    Parameters
    ----------
    documents : iterable of sequences of str
        The words of each document; read once.
    k1 : float, default 1.5
        How slowly repetitions of a word saturate, at least 0.
    b : float, default 0.75
        How much long documents are held back, 0 (not) to 1.
    method : {"lucene", "robertson", "atire"}
        Which formula.

    Attributes
    ----------
    k1, b, method
        As given.

    Raises
    ------
    ValueError
        There is no document, one is a string or no list of words, or a number is out of range.
    """

    def __init__(
        self,
        documents: Iterable[Sequence[str]],
        k1: float = 1.5,
        b: float = 0.75,
        method: str = "lucene",
    ) -> None:
        if method not in METHODS:
            raise ValueError(f"method must be {', '.join(METHODS)}, not {method!r}.")
        if not (0 <= k1 < np.inf and 0 <= b <= 1):
            raise ValueError(f"k1 must be at least 0 and b from 0 to 1, not k1 = {k1}, b = {b}.")
        self.k1, self.b, self.method = k1, b, method
        refuse_string(documents)
        self._rows: dict[str, int] = {}
        numbers = [self._numbered(tokens) for tokens in documents]
        if not numbers:
            raise ValueError("BM25 needs at least one document.")
        self._n_documents = len(numbers)
        if self._rows:
            self._index = self._indexed(numbers)

    def _numbered(self, tokens: Sequence[str]) -> list[int]:
        require_sentence(tokens)
        return [self._rows.setdefault(token, len(self._rows)) for token in tokens]

    def _indexed(self, numbers: list[list[int]]) -> Any:
        import bm25s  # late: it takes most of a second

        index = bm25s.BM25(k1=self.k1, b=self.b, method=self.method, dtype="float64")
        # bm25s's own "empty token" would have no column in the index.
        index.index((numbers, self._rows), create_empty_token=False, show_progress=False)
        return index

    def __len__(self) -> int:
        return self._n_documents

    def __repr__(self) -> str:
        return f"BM25({len(self):,} documents, k1 = {self.k1}, b = {self.b}, {self.method})"

    def scores(self, query_tokens: Sequence[str]) -> NDArray[np.float64]:
        """Score each document for a query.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.

        Returns
        -------
        numpy.ndarray of float64, shape (n_documents,)
            BM25(Q, D), at least 0.

        Raises
        ------
        ValueError
            A string where a list of words is meant.
        """
        require_sentence(query_tokens)
        known = [self._rows[token] for token in query_tokens if token in self._rows]
        if not known:
            return np.zeros(len(self))
        return self._index.get_scores_from_ids(known)

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
        refuse_string(queries)
        rows = [self.scores(tokens) for tokens in queries]
        return np.array(rows).reshape(len(rows), len(self))

    def contributions(self, query_tokens: Sequence[str], document: int) -> list[tuple[str, float]]:
        """Say what each word of a query adds to a document's score.

        Parameters
        ----------
        query_tokens : sequence of str
            The words of the query.
        document : int
            Which document, counted from 0.

        Returns
        -------
        list of (str, float)
            Each word that the document holds, once, and its share; the shares sum to the score. The
            largest comes first.

        Raises
        ------
        IndexError
            There is no such document.
        ValueError
            A string where a list of words is meant.
        """
        require_sentence(query_tokens)
        if not 0 <= document < len(self):
            raise IndexError(f"There is no document {document}; there are {len(self):,}, from 0.")
        times = {word: list(query_tokens).count(word) for word in dict.fromkeys(query_tokens)}
        shares = [(word, n * float(self.scores([word])[document])) for word, n in times.items()]
        return sorted((pair for pair in shares if pair[1]), key=lambda pair: -pair[1])
