"""Collections to rank: documents, queries, and judgements of which documents answer which query."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.corpus import tokenize
from course_lib.ranking.runs import numbered_fields, numbered_lines

LEE_DOCUMENTS = 50


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

    def document_tokens(
        self, tokenizer: Callable[[str], list[str]] = tokenize
    ) -> list[list[str]]:
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


def load_collection(name_or_path: str | Path) -> Collection:
    """Load a collection.

    ``"lee"``: 50 news documents of gensim's with human judgements of how alike any two are (Lee,
    Pincombe and Welsh 2005), 1 (highly unrelated) to 5 (highly related), stored as a mean over
    people divided by 5. Each document is a query against the other 49. The grade is the rating
    rounded down, less 1: 0 below 2, then 1, 2, 3, and 4 for a rating of 5. Every query has at least
    one document of grade 1 or better; 257 of the 1,225 pairs have.

    ``"ir_datasets:NAME"``: a collection of ir_datasets, such as "ir_datasets:cranfield". It is
    downloaded when it is used for the first time, and held in memory.

    A folder: the SMART files in it (``read_smart``, where their names are said, too): documents
    (``*.all`` or ``*.all.*``), queries (``*.qry``) and judgements (``*.rel`` or ``*qrel*`` ), one
    of each.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        One of these.

    Returns
    -------
    Collection
        Documents, queries and graded judgements.

    Raises
    ------
    ValueError
        There is no such collection, or the files contradict each other.
    FileNotFoundError
        The folder lacks a file, or a collection cannot be downloaded.
    """
    if name_or_path == "lee":
        return _lee()
    if isinstance(name_or_path, str) and name_or_path.startswith("ir_datasets:"):
        return _ir_datasets(name_or_path.removeprefix("ir_datasets:"))
    if isinstance(name_or_path, str | Path) and Path(name_or_path).is_dir():
        from course_lib.ranking.smart import read_smart, smart_files

        return read_smart(*smart_files(Path(name_or_path)))
    raise ValueError(
        f"There is no collection {name_or_path!r}. Say 'lee', 'ir_datasets:NAME', or the folder of "
        "SMART files; read_smart(documents, queries, judgements) takes three files."
    )


def _lee() -> Collection:
    from gensim.test.utils import datapath  # late: importing gensim takes a second

    texts = [line for _, line in numbered_lines(Path(datapath("lee.cor")), "latin-1")]
    ids = [str(number) for number in range(1, len(texts) + 1)]
    documents = dict(zip(ids, texts, strict=True))
    rows = [fields for _, fields in numbered_fields(Path(datapath("similarities0-1.txt")))]
    qrels: dict[str, dict[str, int]] = {name: {} for name in ids}
    for i, query in enumerate(ids):
        for j, name in enumerate(ids):
            if i != j:
                rating = 5 * float(rows[min(i, j)][max(i, j)])  # only the upper triangle is filled
                qrels[query][name] = int(rating + 1e-6) - 1
    return Collection("lee", documents, dict(documents), qrels, {name: {name} for name in ids})


def _ir_datasets(name: str) -> Collection:
    import ir_datasets  # late: it takes half a second

    try:
        dataset = ir_datasets.load(name)
    except KeyError as error:
        raise ValueError(
            f"ir_datasets has no collection {name!r}. https://ir-datasets.com lists them."
        ) from error
    missing = [kind for kind in ("docs", "queries", "qrels") if not getattr(dataset, f"has_{kind}")()]
    if missing:
        raise ValueError(f"The collection {name!r} of ir_datasets has no {' and no '.join(missing)}.")
    try:
        documents = {item.doc_id: _text(item) for item in dataset.docs_iter()}
        queries = {item.query_id: _text(item) for item in dataset.queries_iter()}
        qrels: dict[str, dict[str, int]] = {}
        for item in dataset.qrels_iter():
            qrels.setdefault(item.query_id, {})[item.doc_id] = int(item.relevance)
    except (OSError, RuntimeError) as error:
        raise FileNotFoundError(
            f"ir_datasets cannot fetch {name!r} ({error}). Is there a network? The collection "
            "'lee' needs none."
        ) from error
    return Collection(f"ir_datasets:{name}", documents, queries, qrels)


def _text(item: Any) -> str:
    return item.default_text()


__all__ = ["Collection", "content_words", "load_collection"]
