"""The checks of lesson 08, pre-trained vectors."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import (
    CheckFailed,
    as_numbers,
    require,
    require_close,
    require_two,
)

LINES = (
    ("king 1.0 0.5\n", "king", [1.0, 0.5]),
    ("0.5 1 2 3\n", "0.5", [1.0, 2.0, 3.0]),
    (". . . 0.25 -1\n", ". . .", [0.25, -1.0]),
    ("queen 0.5 -1e-3 2 \n", "queen", [0.5, -0.001, 2.0]),
    ("\N{NO-BREAK SPACE} 0.5 -1\n", "\N{NO-BREAK SPACE}", [0.5, -1.0]),
)
# The four bytes of these numbers hold a space, a line break, and zeros.
TRICKY = np.array(
    [
        np.frombuffer(b"\x20\x0a\x20\x40" + b"\x0a\x0a\x20\x41", "<f4"),
        [0.5, -0.25],
        [0.0, 1e-3],
    ],
    np.float32,
)
NAMES = ["king", "köln", "the"]


@exercise("08.1", done="Tokens with spaces are what breaks most readers. Not yours.")
def check_read_line(read_line: Callable[..., Any]) -> None:
    """Plain lines, a word that is a number, words with spaces, a space at the end."""
    for line, word, numbers in LINES:
        call = f"`read_line({line!r}, {len(numbers)})`"
        two = f"{call} should give two things: return word, vector."
        found, vector = require_two(read_line(line, len(numbers)), two)
        require(isinstance(found, str), f"{call}: the word should be a str, not {found!r:.60}.")
        if found != word:
            _name_wrong_word(found, word, call)
        require(
            not isinstance(vector, (list, tuple)) or not any(isinstance(x, str) for x in vector),
            f"{call}: the numbers are still text. np.array(..., dtype=np.float32) reads them.",
        )
        values = as_numbers(vector, f"{call}: the vector")
        require(
            values.dtype == np.float32,
            f"{call}: the vector should be an array of float32, not {values.dtype}.",
        )
        require_close(values, np.array(numbers, np.float32), f"{call}: the vector")


def _name_wrong_word(found: str, word: str, call: str) -> None:
    require(
        not (" " in word and found == word.split(" ")[0]),
        f"{call} gives the word {found!r}: the rest of {word!r} is lost. Split from the right: the "
        "last d fields are the numbers, all before them is the word.",
    )
    require(
        found.strip() != word.strip() or word.isspace() is False,
        f"{call} gives the word {found!r}, but it is a non-breaking space. A bare strip() or "
        "split() takes that away, too; name the characters: rstrip(' \\n').",
    )
    require(
        not found.startswith(word + " "),
        f"{call} gives the word {found!r}: a number got into it. There is a space at the end of "
        "the line; take it away before you split.",
    )
    raise CheckFailed(f"{call} gives the word {found!r}; it should be {word!r}.")


@exercise("08.2", done="These are the bytes that Google published in 2013; you can read them.")
def check_read_binary(read_binary: Callable[..., Any]) -> None:
    """With and without line breaks, and numbers whose bytes look like spaces and line breaks."""
    plain = np.array([[1.0, 0.5], [0.8, 1.0], [-0.4, 0.2]], np.float32)
    for vectors, ending, case in (
        (plain, b"\n", "rows end by a line break"),
        (plain, b"", "rows do not end by a line break, as gensim writes them"),
        (TRICKY, b"\n", "the bytes of a number hold a space and line breaks"),
        (TRICKY, b"", "the bytes of a number hold a space and line breaks"),
    ):
        two = "`read_binary` should give two things: return words, vectors."
        words, found = require_two(read_binary(written(NAMES, vectors, ending)), two)
        _require_words(words, case)
        numbers = as_numbers(found, "The array of vectors")
        require(
            not _same(numbers, vectors.byteswap()),
            "The bytes of each number are read the wrong way round. The lowest byte comes first: "
            "dtype='<f4'.",
        )
        require(
            numbers.shape == vectors.shape,
            f"Where {case}, the vectors have the shape {numbers.shape}, not {vectors.shape}. "
            "Each row has exactly 4 * d bytes of numbers; never search for a line break there.",
        )
        require_close(numbers, vectors, f"Where {case}, the array of vectors", rtol=0, atol=0)


def _require_words(words: Any, case: str) -> None:
    require(
        isinstance(words, (list, tuple)),
        f"The words should be a list, not a {type(words).__name__}.",
    )
    require(
        not any(isinstance(word, bytes) for word in words),
        "The words are still bytes. word.decode('utf-8') makes a str of them.",
    )
    require(
        not any(isinstance(word, str) and word.startswith("\n") for word in words),
        f"Where {case}, a word begins with the line break that ends the row before it. Take it "
        "away.",
    )
    require(
        list(words) == NAMES,
        f"Where {case}, the words are {words!r:.80}; they should be {NAMES}. Is each row's place "
        "right? A number may hold any byte, so only the length says where it ends.",
    )


def written(words: list[str], vectors: NDArray[np.float32], ending: bytes) -> bytes:
    """Write a binary file of word2vec.

    Parameters
    ----------
    words : list of str
        The V words.
    vectors : numpy.ndarray of float32, shape (V, d)
        Their vectors.
    ending : bytes
        What ends a row.

    Returns
    -------
    bytes
        The file.
    """
    V, d = vectors.shape
    data = b"%d %d\n" % (V, d)
    for word, row in zip(words, vectors, strict=True):
        data += word.encode() + b" " + struct.pack(f"<{d}f", *row.tolist()) + ending
    return data


@exercise("08.3", done="Hand it to torch.nn.Embedding.from_pretrained(..., padding_idx=0).")
def check_layer_matrix(layer_matrix: Callable[..., Any]) -> None:
    """Known words in another order than the table's, unknown ones, and rows of no one's."""
    rng = np.random.default_rng(8)
    table = {word: rng.normal(1, 1, 3) for word in ("the", "king", "crown", "moon", "sea")}
    mine = ["moon", "zyxxy", "king"]
    mean = np.mean(list(table.values()), axis=0)
    rows = [np.zeros(3), mean, table["moon"], mean, table["king"]]
    right = np.array(rows)
    found = as_numbers(layer_matrix(list(mine), dict(table)), "The matrix")
    require(
        found.shape != (len(mine), 3),
        "The matrix has a row for each word and no others. Rows 0 and 1, for padding and for "
        "unknown words, come in front.",
    )
    require(
        found.shape != (len(table) + 2, 3),
        "The matrix has the words of the table. It should have those of my_words, in their order.",
    )
    require(
        found.shape == right.shape,
        f"The matrix has the shape {found.shape}; it should be {right.shape}: two rows, then one "
        "for each of my_words.",
    )
    require(not found[0].any(), "Row 0, the padding, should be zeros.")
    known = [table[word] for word in mine if word in table]
    require(
        not _same(found[1], np.mean(known, axis=0)),
        "Row 1 is the mean of your own words. Take the mean of all vectors of the table.",
    )
    with_zeros = np.sum(list(table.values()), axis=0) / (len(table) + 1)
    require(
        not _same(found[1], with_zeros),
        "Row 1 is a mean with the row of zeros in it. Take the mean of the table alone.",
    )
    require(
        found[1].any(), "Row 1, the unknown words, is zero. It should be the mean of the table."
    )
    require_close(found[1], mean, "Row 1, for unknown words,")
    require(
        found[3].any(),
        "A word that the table does not have got zeros: it looks like padding. Give it the mean.",
    )
    require_close(found, right, "The matrix")


@exercise("08.4", done="Ask it both ways before you believe an analogy.")
def check_analogy(analogy: Callable[..., Any]) -> None:
    """Vectors of unequal length, answers among the words of the question, negative cosines."""
    units = np.array(
        [[1, 0, 0], [0.8, 0.6, 0], [0.9, 0, 0.43], [0.72, 0.5, 0.48], [0, -1, 0], [0.75, 0.2, 0.6]]
    )
    vectors = units * np.array([[1.0], [4.0], [0.5], [2.0], [30.0], [1.0]])
    many = np.random.default_rng(3).normal(size=(40, 5)) * np.geomspace(1, 9, 40)[:, None]
    for V in (many, vectors):
        for a, b, c in ((0, 1, 2), (4, 2, 1), (3, 0, 5)):
            for exclude in (True, False):
                _require_answer(analogy, V, (a, b, c), exclude)
    # Every word that is left points away from the sum: its cosine is negative.
    away = np.array([[1.0, 0.1], [1.0, 0.2], [1.0, 0.0], [-1.0, 1.0], [-1.0, 0.0]])
    _require_answer(analogy, away, (2, 0, 1), True)


def _require_answer(
    analogy: Callable[..., Any], V: NDArray, question: tuple[int, int, int], exclude: bool
) -> None:
    a, b, c = question
    call = f"For a, b, c = {a}, {b}, {c} and exclude={exclude}, `analogy`"
    found = as_numbers(analogy(V.copy(), a, b, c, exclude), "The answer")
    require(
        found.shape == () and found.dtype.kind in "iu",
        f"{call} should give one row, a whole number, not {found!r:.60}.",
    )
    right = _answer(V, question, exclude)
    if found == right:
        return
    require(
        not exclude or found != _answer(V, question, False),
        f"{call} gives row {found}, which is a word of the question. Leave all three out.",
    )
    require(
        not (exclude and int(found) in question),
        f"{call} gives row {found}, which is a word of the question. If you set its cosine to 0, "
        "others may be below that: use -np.inf, for all three.",
    )
    require(
        exclude or found != _answer(V, question, True),
        f"{call} leaves out the words of the question. With exclude=False they are allowed.",
    )
    require(
        found != _answer(V, question, exclude, sum_of_units=False),
        f"{call} gives row {found}: the vectors were added with their own lengths. Scale each to "
        "length 1 first, so that a long vector does not outvote the others.",
    )
    require(
        found != _answer(V, question, exclude, dots=True),
        f"{call} gives row {found}, which has the largest dot product. Compare by cosine: scale "
        "the candidates to length 1, too.",
    )
    require(
        found != _answer(V, (b, a, c), exclude),
        f"{call} gives row {found}: a and b have changed places. It is b - a + c.",
    )
    raise CheckFailed(f"{call} gives row {found}; it should be {right}.")


def _answer(
    V: NDArray,
    question: tuple[int, int, int],
    exclude: bool,
    sum_of_units: bool = True,
    dots: bool = False,
) -> int:
    units = V / np.linalg.norm(V, axis=1, keepdims=True)
    added = units if sum_of_units else V
    a, b, c = question
    scores = (V if dots else units) @ (added[b] - added[a] + added[c])
    if exclude:
        scores[list(question)] = -np.inf
    return int(scores.argmax())


@exercise("08.5", done="A document is now a vector, and a document of unknown words is no NaN.")
def check_document_vector(document_vector: Callable[..., Any]) -> None:
    """Repeated words, unknown ones, and nothing known at all."""
    table = {"king": np.array([1.0, 2.0]), "crown": np.array([3.0, -2.0])}
    tokens = ["king", "zyxxy", "crown", "king", "Crown", "king"]
    total = np.array([6.0, 4.0])
    found = as_numbers(document_vector(list(tokens), dict(table), 2), "The vector")
    require(
        not _same(found, total / 6),
        "The vector is divided by the number of all tokens, as if the unknown ones had zeros. "
        "Divide by the number of those that are known.",
    )
    require(
        not _same(found, total),
        "The vector is the sum. Divide it by the number of known tokens.",
    )
    require(
        not _same(found, np.array([4.0, 0.0]) / 2),
        "A word that comes twice should count twice; do not make a set of the tokens.",
    )
    require(
        not _same(found, np.array([9.0, 2.0]) / 5),
        "The token 'Crown' is not 'crown': the table is asked for the token as it is.",
    )
    require_close(found, total / 4, "The vector")
    for nothing in (["zyxxy"], []):
        with np.errstate(all="ignore"):  # the message below says it better than NumPy's warning
            found = as_numbers(document_vector(list(nothing), dict(table), 3), "The vector")
        require(
            not np.isnan(found).any(),
            f"For the tokens {nothing} the vector is NaN: the mean of nothing. Give d zeros.",
        )
        require_close(found, np.zeros(3), f"The vector for the tokens {nothing}")


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and bool(np.allclose(found, other))
