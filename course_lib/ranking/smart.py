"""SMART files, in which Cranfield and other classic collections are handed on."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from course_lib.ranking.collection import Collection
from course_lib.ranking.runs import as_number, numbered_fields, numbered_lines

# Cranfield's codes: 1 a complete answer, 2 of a high degree of relevance, 3 useful as background,
# 4 of minimum interest. -1 stands once a query and is explained nowhere in the original.
GAINS = {1: 4, 2: 3, 3: 2, 4: 1, -1: 0}
RECORD = re.compile(r"\.I\s+(\S+)\s*")
SECTION = re.compile(r"\.([A-Z])\s*")
KINDS = {
    "documents": re.compile(r".*\.all(\..*)?", re.IGNORECASE),
    "queries": re.compile(r".*\.qry", re.IGNORECASE),
    "judgements": re.compile(r".*(\.rel|qrels?(\.txt|\.text)?)", re.IGNORECASE),
}


class _Record(NamedTuple):
    identifier: str
    line: int
    sections: dict[str, list[str]]


def read_smart(
    documents: str | Path,
    queries: str | Path,
    judgements: str | Path,
    *,
    gains: Mapping[int, int] | None = None,
    titles_alone: bool = False,
    encoding: str = "utf-8",
) -> Collection:
    r"""Read a collection from three SMART files, such as Cranfield's.

    Documents and queries are records that begin with ".I id". In them ".T" begins the title and
    ".W" the text; other sections (".A" author, ".B" source, ".X" references, ...) are passed over.
    A text is title, line break, ".W". (Cranfield's ".W" repeats the title, so that its words count
    twice.) A section that comes again in a record is continued, as in Cranfield's 576 and 578.

    A judgement is "query document code". Its query number is *not* the one behind ".I": it counts
    the queries of the file, from 1. Query ids of the collection are these ordinals. The code
    becomes a grade by ``gains``. Lines without a code ("query document") and those of CISI and CACM
    ("query document 0 0") say relevant, grade 1; those of MED ("query 0 document grade") hold the
    grade itself.

    Parameters
    ----------
    documents, queries, judgements : str or pathlib.Path
        The files: cran.all.1400, cran.qry and cranqrel.
    gains : mapping of int to int, optional
        The grade for each code. By default Cranfield's scale, where 1 is the best: 1 to 4, 2 to 3,
        3 to 2, 4 to 1; and -1, which is not in the original scale, to 0, not relevant.
    titles_alone : bool, default False
        Take documents that have a title and no ".W", as many of CACM.
    encoding : str, default "utf-8"
        Of all three files.

    Returns
    -------
    Collection
        Documents by their ids, queries by their ordinals, graded judgements.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A file is damaged or contradicts another: an id twice, a record without ".W", text before
        the first record, a query number out of range, a document that is not there, a pair judged
        twice, a code that ``gains`` does not have, another encoding. The message names the line.
    """
    paths = [Path(path) for path in (documents, queries, judgements)]
    texts = {
        record.identifier: _text(record, paths[0], titles_alone)
        for record in _records(paths[0], encoding)
    }
    asked = [_text(record, paths[1], False) for record in _records(paths[1], encoding)]
    numbered = {str(number): text for number, text in enumerate(asked, start=1)}
    qrels = _judgements(paths[2], numbered, texts, gains or GAINS, encoding)
    return Collection(paths[0].name, texts, numbered, qrels)


def smart_files(folder: Path) -> list[Path]:
    """Find the three files of a collection by their names.

    Parameters
    ----------
    folder : pathlib.Path
        Where they lie.

    Returns
    -------
    list of pathlib.Path
        Documents, queries, judgements.

    Raises
    ------
    FileNotFoundError
        One of them is not there.
    ValueError
        There are several of a kind.
    """
    found = []
    for kind, pattern in KINDS.items():
        fitting = [path for path in sorted(folder.iterdir()) if pattern.fullmatch(path.name)]
        if not fitting:
            raise FileNotFoundError(
                f"{folder} has no file of {kind} (looked for *.all, *.qry, and *.rel or *qrel). "
                "ranking.read_smart takes the three files by name."
            )
        if len(fitting) > 1:
            raise ValueError(
                f"{folder} has several files of {kind}: {', '.join(p.name for p in fitting)}. "
                "ranking.read_smart takes the three files by name."
            )
        found += fitting
    return found


def _records(path: Path, encoding: str) -> list[_Record]:
    records: list[_Record] = []
    first_lines: dict[str, int] = {}
    section: list[str] | None = None
    for number, line in numbered_lines(path, encoding):
        place = f"{path}, line {number}"
        start, part = RECORD.fullmatch(line), SECTION.fullmatch(line)
        if start:
            identifier = start[1]
            if identifier in first_lines:
                raise ValueError(
                    f"{place}: .I {identifier} stands in line {first_lines[identifier]} already."
                )
            first_lines[identifier] = number
            records.append(_Record(identifier, number, {}))
            section = None
        elif re.match(r"\.I\s*$|\.I\s", line):
            raise ValueError(f"{place}: behind .I stands one id without white space, not {line!r}.")
        elif part and records:
            section = records[-1].sections.setdefault(part[1], [])
        elif section is not None:
            section.append(line)
        elif line.strip():
            raise ValueError(
                f"{place}: text before the first .I or its first section: {line[:60]!r}."
            )
    if not records:
        raise ValueError(f"{path} has no record: no line begins with .I and a number.")
    return records


def _text(record: _Record, path: Path, titles_alone: bool) -> str:
    title = " ".join(record.sections.get("T", [])).strip()
    if "W" not in record.sections and not (titles_alone and title):
        hint = " titles_alone=True takes its title." if title else ""
        raise ValueError(
            f"{path}, line {record.line}: record {record.identifier} has no .W, and so no text."
            f"{hint}"
        )
    body = "\n".join(record.sections.get("W", [])).strip("\n")
    return f"{title}\n{body}" if title else body


def _judgements(
    path: Path,
    queries: Mapping[str, str],
    documents: Mapping[str, str],
    gains: Mapping[int, int],
    encoding: str,
) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    lines = list(numbered_fields(path, encoding))
    graded = _columns(lines)
    for number, fields in lines:
        place = f"{path}, line {number}"
        if len(fields) != len(lines[0][1]) or len(fields) not in (2, 3, 4):
            raise ValueError(
                f"{place}: {len(fields)} fields, expected query, document and code, and as many in "
                f"every line (the first has {len(lines[0][1])})."
            )
        query, name = as_number(fields[0], place), fields[2 if graded else 1]
        if str(query) not in queries:
            raise ValueError(
                f"{place}: query {query} is out of range. The query number counts the "
                f"{len(queries)} queries of the file, from 1."
            )
        if name not in documents:
            raise ValueError(f"{place}: document {name} is not in the collection.")
        judged = qrels.setdefault(str(query), {})
        if name in judged:
            raise ValueError(f"{place}: query {query} and document {name} are judged already.")
        judged[name] = _grade(fields, graded, gains, place)
    if not qrels:
        raise ValueError(f"{path} holds no judgement.")
    return qrels


def _columns(lines: list[tuple[int, list[str]]]) -> bool:
    """Say whether these are lines "query 0 document grade" rather than "query document ..."."""
    four = [fields for _, fields in lines if len(fields) == 4]
    return bool(four) and all(fields[1] == "0" for fields in four)


def _grade(fields: list[str], graded: bool, gains: Mapping[int, int], place: str) -> int:
    if graded:
        return as_number(fields[3], place)
    if len(fields) == 2:
        return 1
    if len(fields) == 4:
        if not all(re.fullmatch(r"0(\.0*)?", text) for text in fields[2:]):
            raise ValueError(f"{place}: expected 'query document 0 0' or 'query 0 document grade'.")
        return 1
    code = as_number(fields[2], place)
    if code not in gains:
        raise ValueError(f"{place}: code {code} is none of {sorted(gains)}; see gains.")
    return gains[code]
