"""Runs: the ranking of documents for each query, and TREC's file format for it."""

import codecs
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.files import replacing

if TYPE_CHECKING:
    from course_lib.ranking.collection import Collection

# For each query the scores of its documents, the best first.
Run = dict[str, dict[str, float]]


def make_run(scores: ArrayLike, collection: "Collection", depth: int | None = None) -> Run:
    """Rank the documents of a collection for each of its queries.

    The highest score comes first. Equal scores are ordered as trec_eval does, by falling id (as a
    string), so that every tool sees the same ranking. Scores are equal if they are the same
    float32, which is what trec_eval keeps of them.

    Parameters
    ----------
    scores : array_like of float, shape (n_queries, n_documents)
        A row a query, in the order of ``collection.queries`` and ``collection.documents``: what
        ``all_scores`` of a ranker gives.
    collection : Collection
        Names the queries and documents. Documents that it leaves out for a query
        (``collection.left_out``) are left out.
    depth : int, optional
        Keep the best so many of each query; all by default.

    Returns
    -------
    dict of str to dict of str to float
        For each query its documents with their scores, the best first.

    Raises
    ------
    ValueError
        The shape does not fit, a score is NaN or infinite, or ``depth`` is below 1.
    """
    table = np.asarray(scores, dtype=np.float64)
    shape = (len(collection.queries), len(collection.documents))
    if table.shape != shape:
        raise ValueError(f"scores has shape {table.shape}, expected {shape}: queries x documents.")
    with np.errstate(over="ignore"):
        rounded = table.astype(np.float32)
    if not np.isfinite(rounded).all():
        raise ValueError("scores holds NaN, infinity or a number beyond float32.")
    _require_depth(depth)
    ids = list(collection.documents)
    places = {identifier: place for place, identifier in enumerate(ids)}
    later = np.argsort(sorted(range(len(ids)), key=ids.__getitem__, reverse=True))
    run: Run = {}
    for query, exact, row in zip(collection.queries, table, rounded, strict=True):
        without = [places[name] for name in collection.left_out.get(query, ())]
        order = _ranked(row, later, without, depth)
        run[query] = dict(
            zip([ids[place] for place in order.tolist()], exact[order].tolist(), strict=True)
        )
    return run


def _ranked(
    scores: NDArray[np.float32],
    later: NDArray[np.integer],
    without: list[int],
    depth: int | None,
) -> NDArray[np.integer]:
    candidates = np.arange(len(scores))
    if without:
        candidates = np.delete(candidates, without)
    if depth is not None and depth < len(candidates):
        # Sorting all to keep a few would take most of the time. Ties with the last one stay in.
        own = scores[candidates]
        candidates = candidates[own >= np.partition(own, -depth)[-depth]]
    order = np.lexsort((later[candidates], -scores[candidates]))
    return candidates[order][:depth]


def ranked(scores: Mapping[str, float], query: str = "?") -> list[str]:
    """Order the documents of one query: by falling score, equal ones by falling id.

    Parameters
    ----------
    scores : mapping of str to float
        The documents with their scores.
    query : str
        The query, for the message.

    Returns
    -------
    list of str
        The documents, the best first.

    Raises
    ------
    ValueError
        A score is no number, NaN, infinite or beyond float32.
    """
    ids = sorted(scores, reverse=True)
    try:
        with np.errstate(over="ignore"):
            rounded = np.array([scores[name] for name in ids], dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Query {query!r}: a score is no number ({error}).") from error
    if rounded.ndim != 1 or not np.isfinite(rounded).all():
        raise ValueError(f"Query {query!r}: a score is NaN, infinite or beyond float32.")
    return [ids[place] for place in np.argsort(-rounded, kind="stable").tolist()]


def rerank(first: Run, second: Run, k: int = 100) -> Run:
    """Put the best k of a first ranking in the order of a second one (telescoping).

    Ranking everything lets a model find what the first one missed, and makes it tell the relevant
    documents from all others, which DESM is bad at (Mitra et al. 2016).

    Parameters
    ----------
    first : run
        From ``make_run`` or ``read_run``, such as that of BM25.
    second : run
        Scores of the same documents by another model, such as DESM.
    k : int, default 100
        How many candidates the first ranking gives, at least 1.

    Returns
    -------
    dict of str to dict of str to float
        For each query of ``first`` its k candidates with the scores of ``second``, best first. The
        documents behind them are not in it.

    Raises
    ------
    KeyError
        The second run lacks a query or a candidate.
    ValueError
        ``k`` is below 1, or a score is no number.
    """
    _require_depth(k)
    run: Run = {}
    for query, scores in first.items():
        if query not in second:
            raise KeyError(f"The second run has no query {query!r}; score the same queries.")
        chosen = ranked(scores, query)[:k]
        missing = next((name for name in chosen if name not in second[query]), None)
        if missing is not None:
            raise KeyError(
                f"The second run has no score of document {missing!r} for query {query!r}. "
                "Make it without depth."
            )
        candidates = {name: second[query][name] for name in chosen}
        run[query] = {name: candidates[name] for name in ranked(candidates, query)}
    return run


def write_run(path: str | Path, run: Run, tag: str = "course_lib") -> None:
    """Write a run as TREC does: a line "query Q0 document rank score tag" for each document.

    Ranks begin at 1. Scores have as many digits as it takes to read back the very same number.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; an existing one is replaced when the new one is complete.
    run : run
        From ``make_run`` or ``rerank``.
    tag : str
        A name for the run, without white space.

    Raises
    ------
    ValueError
        The tag or an id is empty or holds white space, or a score is no finite number.
    FileNotFoundError
        The folder does not exist.
    """
    _require_id(tag, "tag")
    with replacing(path) as file:
        for query, scores in run.items():
            _require_id(query, "query")
            for rank, name in enumerate(ranked(scores, query), start=1):
                _require_id(name, "document")
                line = f"{query} Q0 {name} {rank} {float(scores[name])!r} {tag}\n"
                file.write(line.encode("utf-8"))


def read_run(path: str | Path) -> Run:
    """Read a run in TREC's format.

    As in trec_eval, the score decides, whatever the rank is.

    Parameters
    ----------
    path : str or pathlib.Path
        A text in UTF-8, a line "query Q0 document rank score tag" for each document.

    Returns
    -------
    dict of str to dict of str to float
        For each query its documents with their scores, the best first.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line does not have six fields, holds a rank or score that is no (finite) number, or names
        a document again for the same query; or the file is empty.
    """
    path = Path(path)
    found: Run = {}
    for number, fields in numbered_fields(path):
        place = f"{path}, line {number}"
        if len(fields) != 6:
            raise ValueError(
                f"{place}: {len(fields)} fields, expected 6: query Q0 document rank score tag."
            )
        query, _, name, rank, score, _ = fields
        as_number(rank, place)
        value = _as_score(score)
        if value is None:
            raise ValueError(f"{place}: the score {score!r} is no finite number.")
        documents = found.setdefault(query, {})
        if name in documents:
            raise ValueError(f"{place}: document {name!r} comes twice for query {query!r}.")
        documents[name] = value
    if not found:
        raise ValueError(f"{path} holds no run: it has no line.")
    return {
        query: {name: scores[name] for name in ranked(scores, query)}
        for query, scores in found.items()
    }


def numbered_lines(path: Path, encoding: str = "utf-8") -> Iterable[tuple[int, str]]:
    """Read the lines of a text with their numbers.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str
        Its encoding.

    Yields
    ------
    tuple of (int, str)
        The number, from 1, and the line without its end.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line has another encoding.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            try:
                yield number, line.decode(encoding).rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{path}, line {number}: a byte is not {encoding} ({error}). Save the file in "
                    "UTF-8."
                ) from error


def numbered_fields(path: Path, encoding: str = "utf-8") -> Iterable[tuple[int, list[str]]]:
    """Read the fields of each line that is not empty.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str
        Its encoding.

    Yields
    ------
    tuple of (int, list of str)
        The number of the line, from 1, and what white space separates in it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        A line has another encoding.
    """
    for number, line in numbered_lines(path, encoding):
        fields = line.split()
        if fields:
            yield number, fields


def as_number(text: str, place: str) -> int:
    """Read a whole number.

    Parameters
    ----------
    text : str
        A field of a line.
    place : str
        The file and line, for the message.

    Returns
    -------
    int
        The number.

    Raises
    ------
    ValueError
        It is none.
    """
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):  # int() would take "1_0", too
        raise ValueError(f"{place}: {text!r} is no whole number.")
    return int(text)


def _as_score(text: str) -> float | None:
    try:
        value = float(text.replace("_", "?"))  # float() would take "1_0"
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _require_id(identifier: object, kind: str) -> None:
    if not isinstance(identifier, str) or len(identifier.split()) != 1:
        raise ValueError(
            f"The {kind} {identifier!r} cannot stand in a run file: it must be a string that is "
            "not empty and holds no white space."
        )
    if identifier.strip() != identifier:
        raise ValueError(f"The {kind} {identifier!r} begins or ends with white space.")


def _require_depth(depth: int | None) -> None:
    whole = isinstance(depth, int | np.integer) and not isinstance(depth, bool)
    if depth is not None and (not whole or depth < 1):
        raise ValueError(f"The number of documents to keep must be at least 1, not {depth!r}.")
