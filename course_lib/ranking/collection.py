"""Collections to rank: documents, queries, and judgements of which documents answer which query."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from course_lib.corpus import tokenize


@dataclass(frozen=True)
class Collection:
    """Documents, queries and judgements.

    Attributes
    ----------
    name : str
        Its name.
    documents : dict of str to str
        The text of each document by its id, in a fixed order.
    queries : dict of str to str
        The text of each query by its id.
    qrels : dict of str to dict of str to int
        For each judged query the grades of its judged documents. Higher is better; 0 and below are
        not relevant.
    left_out : dict of str to set of str
        For some queries the documents that are not to be ranked: where a document is the query, it
        would be its own best answer.

    Raises
    ------
    ValueError
        A judgement or ``left_out`` names a query or document that is not there.
    """

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, table in (("judgements", self.qrels), ("left_out", self.left_out)):
            for query, documents in table.items():
                if query not in self.queries:
                    raise ValueError(f"The {what} name query {query!r}, which is not there.")
                unknown = next((name for name in documents if name not in self.documents), None)
                if unknown is not None:
                    raise ValueError(
                        f"The {what} of query {query!r} name document {unknown!r}, which is not "
                        "there."
                    )

    def __repr__(self) -> str:
        judged = sum(map(len, self.qrels.values()))
        return (
            f"Collection({self.name}: {len(self.documents):,} documents, "
            f"{len(self.queries):,} queries, {judged:,} judgements)"
        )

    def document_tokens(self, tokenizer: Callable[[str], list[str]] = tokenize) -> list[list[str]]:
        """Cut the documents into words.

        Parameters
        ----------
        tokenizer : callable
            Turns a text into a list of words: ``corpus.tokenize``, ``content_words``.

        Returns
        -------
        list of list of str
            The words of each document, in order.
        """
        return [tokenizer(text) for text in self.documents.values()]

    def query_tokens(self, tokenizer: Callable[[str], list[str]] = tokenize) -> list[list[str]]:
        """Cut the queries into words.

        Parameters
        ----------
        tokenizer : callable
            The same as for the documents.

        Returns
        -------
        list of list of str
            The words of each query, in order.
        """
        return [tokenizer(text) for text in self.queries.values()]


def content_words(text: str, *, stem: bool = False) -> list[str]:
    """Cut a text into words and leave gensim's stop words ("the", "of", ...) out.

    Parameters
    ----------
    text : str
        Any English text.
    stem : bool, default False
        Cut the endings off, by gensim's version of Porter's stemmer (Porter 1980): "connection" and
        "connected" become "connect". Vectors must then have been trained on stems.

    Returns
    -------
    list of str
        The words, in order.
    """
    from gensim.parsing.porter import PorterStemmer  # late: importing gensim takes a second
    from gensim.parsing.preprocessing import STOPWORDS

    words = [word for word in tokenize(text) if word not in STOPWORDS]
    return [PorterStemmer().stem(word) for word in words] if stem else words
