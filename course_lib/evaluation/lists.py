"""Test sets: judged word pairs and analogy questions, from gensim's package or a file."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

from course_lib.corpus import require_path

PAIR_LISTS = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
QUESTION_LISTS = {"google": "questions-words.txt"}
DELIMITERS = ("\t", ";", ",", None)  # None: any white space
TAG = re.compile(r"(.+)[-_/][nvjarNVJAR]")  # a part of speech, as in MEN's "sun-n"


class JudgedPair(NamedTuple):
    """Two words, and how similar people find them."""

    first: str
    second: str
    score: float


class Question(NamedTuple):
    """a is to b as c is to ``expected``."""

    a: str
    b: str
    c: str
    expected: str


def read_pairs(name_or_path: str | Path) -> list[JudgedPair]:
    """Read a list of word pairs with human scores.

    Any table is read that has two words and a number in each line, divided by tabs, semicolons,
    commas or spaces: WordSim353, SimLex-999, SimVerb, MEN, RareWords, RG65 and others. The score
    is the first column of numbers. Lines that begin with # are comments, a first line without a
    score is a heading, and parts of speech ("sun-n", in MEN) are cut off if all words have one.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        "wordsim353" or "simlex999", which come with gensim, or a file in UTF-8.

    Returns
    -------
    list of JudgedPair
        In the order of the file; a pair may come twice.

    Raises
    ------
    ValueError
        There is no such list, or a line is broken; file and line are named.
    FileNotFoundError
        The file does not exist.
    """
    path = find_list(name_or_path, PAIR_LISTS)
    lines = [(number, line) for number, line in _lines(path) if not line.startswith("#")]
    if not lines:
        raise ValueError(f"{path} holds no word pairs.")
    rows = _split(lines)
    column = _score_column(path, lines, rows)
    pairs = []
    for (number, line), fields in zip(lines, rows, strict=True):
        score = _number(fields[column]) if len(fields) > column else None
        if score is None and number == lines[0][0] and _is_heading(fields[column:]):
            continue
        if score is None or not all(fields[:2]):
            _refuse(path, number, line, f"is not two words and, in column {column + 1}, a score")
        pairs.append(JudgedPair(fields[0], fields[1], score))
    if not pairs:
        raise ValueError(f"{path} holds no word pairs.")
    return _without_tags(pairs)


def read_questions(name_or_path: str | Path) -> dict[str, list[Question]]:
    """Read analogy questions: four words a line, after a line ": name" for each section.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        "google", the 19,544 questions of Mikolov et al. 2013a, which come with gensim; or a file in
        UTF-8. Questions before the first section form one that is named after the file; a name that
        comes again goes on with its section.

    Returns
    -------
    dict of str to list of Question
        The questions of each section.

    Raises
    ------
    ValueError
        There is no such list, or a line is broken; file and line are named.
    FileNotFoundError
        The file does not exist.
    """
    path = find_list(name_or_path, QUESTION_LISTS)
    sections: dict[str, list[Question]] = {}
    name = path.stem
    for number, line in _lines(path):
        if line.startswith(": "):
            name = line[1:].strip()
            sections.setdefault(name, [])
            continue
        words = line.split()
        if len(words) != 4:
            _refuse(path, number, line, f"has {len(words)} words; a question has four")
        sections.setdefault(name, []).append(Question(*words))
    if not any(sections.values()):
        raise ValueError(f"{path} holds no questions.")
    return sections


def find_list(name_or_path: str | Path, known: Mapping[str, str]) -> Path:
    """Find the file of a test set.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A known name, or a path.
    known : mapping of str to str
        The names, and the files in gensim's package.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        There is no list and no file of that name.
    FileNotFoundError
        A ``pathlib.Path`` leads nowhere.
    """
    if isinstance(name_or_path, str) and name_or_path in known:
        from gensim.test.utils import datapath  # here, since importing gensim takes a second

        return Path(datapath(known[name_or_path]))
    path = require_path(name_or_path)
    if path.is_file():
        return path
    names = " and ".join(f'"{name}"' for name in known)
    told = f"The lists that come with the course are {names}; others are read from a file."
    if isinstance(name_or_path, str):
        raise ValueError(f"There is no list {name_or_path!r}, and no file of that name. {told}")
    raise FileNotFoundError(f"There is no file {path}. {told}")


def _lines(path: Path) -> list[tuple[int, str]]:
    """Read the lines that say something, with their numbers from 1."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {number}: not UTF-8. Save the file as UTF-8.") from error
    numbered = enumerate(text.split("\n"), 1)
    stripped = ((number, line.strip()) for number, line in numbered)
    return [(number, line) for number, line in stripped if line]


def _split(lines: list[tuple[int, str]]) -> list[list[str]]:
    """Take the lines apart at the first delimiter that gives most of them three fields."""
    rows: list[list[str]] = []
    for delimiter in DELIMITERS:
        rows = [[field.strip(' "') for field in line.split(delimiter)] for _, line in lines]
        if sum(len(fields) >= 3 for fields in rows) > len(rows) / 2:
            break
    return rows


def _score_column(path: Path, lines: list[tuple[int, str]], rows: list[list[str]]) -> int:
    """Find the column where most lines have their first number after the two words."""
    firsts = Counter(column for fields in rows for column in _number_columns(fields))
    if not firsts:
        _refuse(path, *lines[0], "is not two words and a number")
    return firsts.most_common(1)[0][0]


def _number_columns(fields: list[str]) -> Iterator[int]:
    """Yield the first column from the third on that holds a number, if there is one."""
    for column in range(2, len(fields)):
        if _number(fields[column]) is not None:
            yield column
            return


def _is_heading(fields: list[str]) -> bool:
    """Tell the name of a column ("SimLex999") from a broken number ("7.3S", "nan")."""
    return bool(fields) and fields[0][:1].isalpha() and fields[0].lower() not in ("nan", "inf")


def _number(field: str) -> float | None:
    try:
        number = float(field)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _without_tags(pairs: list[JudgedPair]) -> list[JudgedPair]:
    if not all(TAG.fullmatch(word) for pair in pairs for word in pair[:2]):
        return pairs
    return [JudgedPair(first[:-2], second[:-2], score) for first, second, score in pairs]


def _refuse(path: Path, number: int, line: str, why: str) -> NoReturn:
    raise ValueError(f"{path}, line {number}: {line[:60]!r} {why}. Correct or remove the line.")
