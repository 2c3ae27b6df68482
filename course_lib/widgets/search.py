"""A small search box: a query, the ranking by several models, and the words that decided."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import traitlets

from course_lib.embeddings import Embeddings
from course_lib.ranking import BM25, DESM, content_words, mix
from course_lib.widgets.pages import STATIC, WidgetWithStandIn

WORDS_TOLD = 3
WORDS_SHOWN = 6  # of the beginning of a document


class Hit(NamedTuple):
    """A document that a model found.

    Attributes
    ----------
    model : str
        Which model.
    document : int
        Which document, counted from 0.
    score : float
        Its score.
    why : list of str
        The words that added most, or took least away.
    beginning : str
        Its first words.
    """

    model: str
    document: int
    score: float
    why: list[str]
    beginning: str


class Found:
    """What a search found: as the last line of a cell a table, printed as text.

    Parameters
    ----------
    query : str
        As it was typed.
    unknown : list of str
        Words of the query that neither the documents nor the vectors know.
    without_vector : list of str
        Words of the query that stand in a document but have no vector: BM25 alone uses them.
    hits : list of Hit
        For each model its documents, the best first.
    silent : list of str
        Models that found nothing.

    Attributes
    ----------
    query, unknown, without_vector, hits, silent
        As given.
    """

    def __init__(
        self,
        query: str,
        unknown: list[str],
        without_vector: list[str],
        hits: list[Hit],
        silent: list[str],
    ) -> None:
        self.query, self.unknown, self.without_vector = query, unknown, without_vector
        self.hits, self.silent = hits, silent

    def __repr__(self) -> str:
        lines = [self.heading]
        for hit in self.hits:
            place = f"{hit.model:8s} {hit.document + 1:4d}  {hit.score:6.2f}  "
            lines.append(f"{place}{', '.join(hit.why):29s}  {hit.beginning}")
        return "\n".join(lines)

    @property
    def heading(self) -> str:
        """Say what was asked.

        Returns
        -------
        str
            The query, the words that are unknown or have no vector, and who found nothing.
        """
        told = [f"Query: {self.query}"]
        if self.unknown:
            told.append(f"unknown: {', '.join(self.unknown)}")
        if self.without_vector:
            told.append(f"no vector: {', '.join(self.without_vector)}")
        if not self.hits and not self.unknown:
            told.append("no word left to look for (stop words are left out)")
        if self.silent:
            told.append(f"nothing found by {', '.join(self.silent)}")
        return "; ".join(told)

    def _repr_html_(self) -> str:
        heads = ("model", "document", "score", "because of", "begins")
        rows = [
            (
                hit.model,
                str(hit.document + 1),
                f"{hit.score:.2f}",
                ", ".join(hit.why),
                hit.beginning,
            )
            for hit in self.hits
        ]
        lines = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
        head = "".join(f"<th>{name}</th>" for name in heads)
        return (
            f"<p>{html.escape(self.heading)}</p><table><thead><tr>{head}</tr></thead><tbody>"
            + "".join(f"<tr>{line}</tr>" for line in lines)
            + "</tbody></table>"
        )


class Search:
    """BM25, DESM with IN-IN and IN-OUT, and a mixture, side by side on the same documents.

    Parameters
    ----------
    texts : sequence of str
        The documents.
    embeddings : Embeddings
        With IN and OUT vectors.
    alpha : float, default 0.98
        Weight of IN-IN in the mixture with BM25.
    topn : int, default 3
        How many documents of each model are shown, at least 1.
    tokenizer : callable
        Cuts texts and queries into words.

    Raises
    ------
    ValueError
        There is no document, no OUT vector, or a number is out of range.

    Examples
    --------
    >>> search = Search(list(collection.documents.values()), embeddings)   # doctest: +SKIP
    >>> search("police arrest")                                            # doctest: +SKIP
    """

    def __init__(
        self,
        texts: Sequence[str],
        embeddings: Embeddings,
        alpha: float = 0.98,
        topn: int = 3,
        tokenizer: Callable[[str], list[str]] = content_words,
    ) -> None:
        if topn < 1:
            raise ValueError(f"topn must be at least 1, not {topn}.")
        self._texts, self._topn, self._tokenizer = list(texts), topn, tokenizer
        self._tokens = [tokenizer(text) for text in self._texts]
        self._bm25 = BM25(self._tokens)
        self._desm = {
            "IN-IN": DESM(embeddings, "in", "in").index(self._tokens),
            "IN-OUT": DESM(embeddings, "in", "out").index(self._tokens),
        }
        mixture = mix(self._desm["IN-IN"], self._bm25, alpha)
        self._models: dict[str, Any] = {"BM25": self._bm25, **self._desm, "mixture": mixture}
        self._written = {token for tokens in self._tokens for token in tokens}
        self._vocabulary = embeddings.vocabulary

    def __call__(self, query: str) -> Found:
        """Rank the documents for a query.

        Parameters
        ----------
        query : str
            As one types it into a search box.

        Returns
        -------
        Found
            The best documents of each model.
        """
        tokens = self._tokenizer(query)
        bare = [token for token in dict.fromkeys(tokens) if token not in self._vocabulary]
        unknown = [token for token in bare if token not in self._written]
        without_vector = [token for token in bare if token in self._written]
        asked = [token for token in tokens if token not in unknown]
        found = {name: self._hits(name, asked) if asked else [] for name in self._models}
        silent = [name for name, hits in found.items() if not hits]
        hits = [hit for some in found.values() for hit in some]
        return Found(query, unknown, without_vector, hits, silent)

    def _hits(self, name: str, asked: list[str]) -> list[Hit]:
        scores = self._models[name].scores(asked)
        hits = []
        for row in (-scores).argsort(kind="stable")[: self._topn].tolist():
            why = self._why(name, asked, row)
            if why:  # no word of the query in the document, or no word with a vector: no hit
                hits.append(Hit(name, row, float(scores[row]), why, self._first(row)))
        return hits

    def _why(self, name: str, asked: list[str], row: int) -> list[str]:
        """Name words: of the query for BM25, of the document for DESM, both for the mixture."""
        shares = self._bm25.contributions(asked, row) if name in ("BM25", "mixture") else []
        if name != "BM25":
            desm = self._desm["IN-IN" if name == "mixture" else name].desm
            shares = shares + desm.contributions(asked, self._tokens[row]).document_words
        return list(dict.fromkeys(word for word, _ in shares))[:WORDS_TOLD]

    def _first(self, row: int) -> str:
        words = self._texts[row].split()
        return " ".join(words[:WORDS_SHOWN]) + (" ..." if len(words) > WORDS_SHOWN else "")


class SearchBox(WidgetWithStandIn):
    """A search as a widget: type a query, press Enter, and read the rankings.

    It needs the running kernel. As the last line of a notebook cell it brings the table of its
    first query, which stands in its place where no widget can run.

    Parameters
    ----------
    search : Search
        What answers.
    query : str
        The first query.

    Attributes
    ----------
    query : str
        What is asked. It follows the box, and the box follows it.
    answer : str
        The rankings, as HTML with all texts escaped.
    """

    _esm = STATIC / "search_box.js"
    _css = STATIC / "search_box.css"
    query = traitlets.Unicode("").tag(sync=True)
    answer = traitlets.Unicode("").tag(sync=True)

    def __init__(self, search: Search, query: str) -> None:
        self._search = search
        super().__init__(query=query, answer=search(query)._repr_html_())
        self.observe(self._ask, names="query")

    def _ask(self, change: Mapping[str, Any]) -> None:
        self.answer = self._search(change["new"])._repr_html_()

    def __repr__(self) -> str:
        return f"SearchBox({self.query!r})"

    def stand_in(self) -> Found:
        """Give the rankings for the query.

        Returns
        -------
        Found
            A table.
        """
        return self._search(self.query)


def search_box(search: Search, query: str) -> SearchBox:
    """Show a search box.

    Parameters
    ----------
    search : Search
        What answers.
    query : str
        The first query.

    Returns
    -------
    SearchBox
        The widget. Let a cell end with it.
    """
    return SearchBox(search, query)
