"""Typical wrong answers to lesson 08's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import torch

from course_lib.checks.lesson08 import (
    NAMES,
    check_analogy,
    check_document_vector,
    check_layer_matrix,
    check_read_line,
    written,
)


def from_the_left(line, d):
    fields = line.split()
    return fields[0], np.array(fields[-d:], dtype=np.float32)


def bare_strip(line, d):
    word, *numbers = line.strip().rsplit(" ", d)
    return (word, np.array(numbers, dtype=np.float32)) if len(numbers) == d else ("", numbers)


def bare_strip_of_the_word(line, d):
    word, *numbers = line.rstrip(" \n").rsplit(" ", d)
    return word.strip(), np.array(numbers, dtype=np.float32)


def space_at_the_end_forgotten(line, d):
    word, *numbers = line.rstrip("\n").rsplit(" ", d)
    return word, np.array([number or 0 for number in numbers], dtype=np.float32)


def numbers_as_text(line, d):
    word, *numbers = line.rstrip(" \n").rsplit(" ", d)
    return word, numbers


def in_float64(line, d):
    word, *numbers = line.rstrip(" \n").rsplit(" ", d)
    return word, np.array(numbers, dtype=float)


def the_vector_alone(line, d):
    return np.array(line.rstrip(" \n").rsplit(" ", d)[1:], dtype=np.float32)


def binary_where(dtype="<f4", strip=b"\n", decode=True, copies=1):
    """Read as the solution does, but for one thing."""

    def read_binary(data):
        place = data.index(b"\n") + 1
        V, d = map(int, data[:place].split())
        words, rows = [], []
        for _ in range(V):
            space = data.index(b" ", place)
            word = data[place:space].lstrip(strip) if strip else data[place:space]
            words.append(word.decode("utf-8") if decode else word)
            place = space + 1 + 4 * d
            rows.append(np.frombuffer(data[space + 1 : place], dtype=dtype))
        return words, np.array(rows * copies)

    return read_binary


def rows_end_by_line_breaks(data):
    """Take the file for lines."""
    header, *lines = data.split(b"\n")
    d = int(header.split()[1])
    words, rows = [], []
    for line in lines:
        word, _, numbers = line.partition(b" ")
        if len(numbers) >= 4 * d:
            words.append(word.decode("utf-8"))
            rows.append(np.frombuffer(numbers[: 4 * d], dtype="<f4"))
    return words, np.array(rows)


def one_byte_after_each_row(data):
    """Skip a byte after each row, whether it is a line break or not."""
    place = data.index(b"\n") + 1
    V, d = map(int, data[:place].split())
    words, rows = [], []
    for _ in range(V):
        space = data.find(b" ", place)
        words.append(data[place:space].decode("utf-8", "replace"))
        place = space + 1 + 4 * d
        rows.append(np.frombuffer(data[space + 1 : place].ljust(4 * d, b"\0"), dtype="<f4"))
        place += 1
    return words, np.array(rows)


def matrix_where(
    my_words, table, padding=None, unknown=None, missing=None, extra=2, of_the_table=False
):
    mean = np.mean(list(table.values()), axis=0)
    padding = np.zeros_like(mean) if padding is None else padding
    unknown = mean if unknown is None else unknown
    missing = mean if missing is None else missing
    words = list(table) if of_the_table else my_words
    return np.array([padding, unknown][:extra] + [table.get(word, missing) for word in words])


def mean_of_my_words(my_words, table):
    mean = np.mean([table[word] for word in my_words if word in table], axis=0)
    return matrix_where(my_words, table, unknown=mean, missing=mean)


def mean_with_the_padding(my_words, table):
    mean = np.mean([np.zeros(3), *table.values()], axis=0)
    return matrix_where(my_words, table, unknown=mean, missing=mean)


def unknown_first(my_words, table):
    rows = matrix_where(my_words, table)
    return rows[[1, 0, *range(2, len(rows))]]


def unknown_words_left_out(my_words, table):
    return matrix_where([word for word in my_words if word in table], table)


def analogy_where(scale_sum=True, scale_candidates=True, sign=1, cut=-np.inf, always=False):
    """Answer as the solution does, but for one thing."""

    def analogy(vectors, a, b, c, exclude):
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        added = units if scale_sum else vectors
        scores = (units if scale_candidates else vectors) @ (
            sign * (added[b] - added[a]) + added[c]
        )
        if always or (exclude and cut is not None):
            scores[[a, b, c]] = -np.inf if cut is None else cut
        return int(np.argmax(scores))

    return analogy


def the_cosine(vectors, a, b, c, exclude):
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return float((units @ (units[b] - units[a] + units[c])).max())


def known_vectors(tokens, table):
    return [table[token] for token in tokens if token in table]


def mean_of(vectors, d):
    return np.mean(vectors, axis=0) if vectors else np.zeros(d)


def nan_of_nothing(tokens, table, d):
    known = known_vectors(tokens, table)
    return np.mean(known, axis=0) if known else np.full(d, np.nan)


WRONG_ANSWERS = {
    "08.1": {
        "splits from the left": from_the_left,
        "strips the word": bare_strip_of_the_word,
        "a space at the end": space_at_the_end_forgotten,
        "text in the place of numbers": numbers_as_text,
        "float64": in_float64,
        "the vector alone": the_vector_alone,
    },
    "08.2": {
        "highest byte first": binary_where(dtype=">f4"),
        "line breaks in the words": binary_where(strip=b""),
        "words as bytes": binary_where(decode=False),
        "takes the file for lines": rows_end_by_line_breaks,
        "a byte after each row": one_byte_after_each_row,
        "each row twice": binary_where(copies=2),
    },
    "08.3": {
        "no rows in front": lambda words, table: matrix_where(words, table, extra=0),
        "one row in front": lambda words, table: matrix_where(words, table, extra=1),
        "the words of the table": lambda words, table: matrix_where(
            words, table, of_the_table=True
        ),
        "zeros for unknown words": lambda words, table: matrix_where(
            words, table, unknown=np.zeros(3)
        ),
        "zeros for missing words": lambda words, table: matrix_where(
            words, table, missing=np.zeros(3)
        ),
        "the mean for padding": lambda words, table: matrix_where(words, table, padding=np.ones(3)),
        "the mean of my words": mean_of_my_words,
        "the mean with the zeros": mean_with_the_padding,
    },
    "08.4": {
        "the lengths of the words": analogy_where(scale_sum=False),
        "the dot product": analogy_where(scale_candidates=False),
        "a and b swapped": analogy_where(sign=-1),
        "never excludes": analogy_where(cut=None),
        "always excludes": analogy_where(always=True),
        "excludes by a zero": analogy_where(cut=0),
        "the cosine": the_cosine,
    },
    "08.5": {
        "divides by all tokens": lambda tokens, table, d: (
            sum(known_vectors(tokens, table), np.zeros(d)) / max(1, len(tokens))
        ),
        "the sum": lambda tokens, table, d: sum(known_vectors(tokens, table), np.zeros(d)),
        "each word once": lambda tokens, table, d: mean_of(
            known_vectors(sorted(set(tokens)), table), d
        ),
        "lower case": lambda tokens, table, d: mean_of(
            known_vectors([token.lower() for token in tokens], table), d
        ),
        "NaN": nan_of_nothing,
    },
}


def test_a_tensor_is_an_answer_too():
    check_layer_matrix(lambda words, table: torch.tensor(matrix_where(words, table)))
    check_document_vector(
        lambda tokens, table, d: torch.tensor(mean_of(known_vectors(tokens, table), d))
    )


def test_the_answer_of_an_analogy_may_be_numpys():
    check_analogy(lambda *given: np.int64(analogy_where()(*given)))


def test_a_line_may_be_split_by_a_loop():
    def read_line(line, d):
        fields = line.rstrip(" \n").split(" ")
        return " ".join(fields[:-d]), np.array(fields[-d:]).astype(np.float32)

    check_read_line(read_line)


def test_the_file_of_the_check_is_what_others_read(tmp_path):
    from course_lib import formats

    vectors = np.array([[1.0, 0.5], [0.8, 1.0], [-0.4, 0.2]], np.float32)
    for ending in (b"", b"\n"):
        (tmp_path / "file.bin").write_bytes(written(NAMES, vectors, ending))
        loaded = formats.load_vectors(tmp_path / "file.bin", cache=False)
        assert loaded.vocabulary.words == NAMES
        assert np.array_equal(loaded.input_vectors, vectors)
