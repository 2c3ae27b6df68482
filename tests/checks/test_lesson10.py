"""Typical wrong answers to lesson 10's exercises; test_exercises.py hands them to the checks."""

import numpy as np
import pytest

from course_lib.checks.lesson10 import (
    COVERED,
    DRAWN,
    LENGTH,
    TABLE,
    WORDS,
    check_kept_neighbours,
    check_set_locks,
    check_shared_move,
    check_starting_rows,
    check_tuned_step,
)


def rows_with(fresh):
    """Answer exercise 10.1, with uncovered rows made in another way."""

    def starting_rows(words, table, drawn):
        covered = np.array([word in table for word in words])
        known = np.array([table[word] for word in words if word in table])
        rows = np.zeros_like(drawn)
        rows[~covered] = fresh(drawn[~covered], known, table)
        rows[covered] = known
        return rows, covered

    return starting_rows


def directions(drawn):
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def mean_length(vectors):
    return np.linalg.norm(np.array(list(vectors)), axis=1).mean()


right_rows = rows_with(lambda drawn, known, table: directions(drawn) * mean_length(known))


def locked(dtype=np.float32, others=1.0, length=None, by_row=True, keep_array=False, add=False):
    """Answer exercise 10.3, with one thing different."""

    def set_locks(model, locks):
        if keep_array:
            model.wv.vectors_lockf[:] = min(locks.values())
            return model
        if add:
            model.build_vocab([list(locks)], update=True)
        lockf = np.full(length or len(model.wv), others, dtype=dtype)
        known = [word for word in locks if word in model.wv]
        rows = [model.wv.key_to_index[word] for word in known] if by_row else range(len(known))
        for row, word in zip(rows, known, strict=True):
            lockf[row % len(lockf)] = locks[word]
        model.wv.vectors_lockf = lockf
        return model

    return set_locks


def moved(of):
    """Answer exercise 10.4 with a function of the steps; 0 where nothing moves."""
    return lambda before, after: of(after - before) if (after != before).any() else 0.0


def squares(steps):
    return np.square(steps).sum(axis=1)


def share(steps):
    return np.square(steps.mean(axis=0)).sum() / squares(steps).mean()


def neighbours_kept(own=False, cosine=True, divide=None, sign=1, in_order=False):
    """Answer exercise 10.5, with one thing different."""

    def kept_neighbours(before, after, topn):
        near = []
        for vectors in (before, after):
            rows = directions(vectors) if cosine else vectors
            scores = sign * rows @ rows.T
            np.fill_diagonal(scores, np.inf if own else -np.inf)
            near.append(np.argsort(-scores, axis=1)[:, :topn])
        if in_order:
            return (near[0] == near[1]).mean()
        sets = [({*a}, {*b}) for a, b in zip(*near, strict=True)]
        return np.mean([len(a & b) / (divide(a, b) if divide else topn) for a, b in sets])

    return kept_neighbours


WRONG_ANSWERS = {
    "10.1": {
        "the random rows as drawn": rows_with(lambda drawn, known, table: drawn),
        "zeros": rows_with(lambda drawn, known, table: 0 * drawn),
        "the mean vector": rows_with(lambda drawn, known, table: known.mean(axis=0)),
        "the length of the whole table": rows_with(
            lambda drawn, known, table: directions(drawn) * mean_length(table.values())
        ),
        "not divided by the own length": rows_with(
            lambda drawn, known, table: drawn * mean_length(known)
        ),
        "covered the wrong way round": lambda *given: (right_rows(*given)[0], ~COVERED),
        "the rows alone": lambda *given: right_rows(*given)[0],
        "covered as a list of rows": lambda *given: (
            right_rows(*given)[0],
            np.flatnonzero(COVERED),
        ),
        "rows in the order of the table": lambda words, table, drawn: (
            np.vstack([np.array(list(table.values()))[:3], drawn[3:]]),
            COVERED,
        ),
    },
    "10.2": {
        "no lock": lambda v, g, s, alpha, lock, a: v - alpha * (g + a * (v - s)),
        "lock of the columns": lambda v, g, s, alpha, lock, a: v - alpha * lock * (g + a * (v - s)),
        "up the gradient": lambda v, g, s, alpha, lock, a: (
            v + alpha * lock[:, None] * (g + a * (v - s))
        ),
        "no anchor": lambda v, g, s, alpha, lock, a: v - alpha * lock[:, None] * g,
        "pushes away": lambda v, g, s, alpha, lock, a: (
            v - alpha * lock[:, None] * (g - a * (v - s))
        ),
        "weight decay": lambda v, g, s, alpha, lock, a: v - alpha * lock[:, None] * (g + a * v),
        "spring outside of the lock": lambda v, g, s, alpha, lock, a: (
            v - alpha * (lock[:, None] * g + a * (v - s))
        ),
        "spring without the rate": lambda v, g, s, alpha, lock, a: (
            v - lock[:, None] * (alpha * g + a * (v - s))
        ),
    },
    "10.3": {
        "float64": locked(dtype=np.float64),
        "the others frozen": locked(others=0.0),
        "as long as the dict": locked(length=3),
        "rows in the order of the dict": locked(by_row=False),
        "into the array of length 1": locked(keep_array=True),
        "adds the unknown word": locked(add=True),
        "gives the array": lambda model, locks: locked()(model, locks).wv.vectors_lockf,
    },
    "10.4": {
        "the share that is not common": moved(lambda steps: 1 - share(steps)),
        "no squares": moved(
            lambda steps: np.linalg.norm(steps.mean(axis=0)) / np.sqrt(squares(steps)).mean()
        ),
        "the root": moved(lambda steps: np.sqrt(share(steps))),
        "square of the mean length": moved(
            lambda steps: np.square(steps.mean(axis=0)).sum() / np.sqrt(squares(steps)).mean() ** 2
        ),
        "places, not steps": lambda before, after: share(after),
        "one for each word": moved(
            lambda steps: np.square(steps.mean(axis=0)).sum() / squares(steps)
        ),
        "not a number where nothing moves": lambda before, after: (
            share(after - before) if (after != before).any() else np.nan
        ),
    },
    "10.5": {
        "the word itself": neighbours_kept(own=True),
        "dot product": neighbours_kept(cosine=False),
        "a number, not a share": neighbours_kept(divide=lambda a, b: 1),
        "over the union": neighbours_kept(divide=lambda a, b: len(a | b)),
        "the farthest": neighbours_kept(sign=-1),
        "at the same place": neighbours_kept(in_order=True),
    },
}


def test_the_numbers_of_the_check_are_what_they_say():
    known = [word for word in WORDS if word in TABLE]
    assert [word in TABLE for word in WORDS] == COVERED.tolist()
    assert mean_length(TABLE[word] for word in known) == pytest.approx(LENGTH)
    assert len(DRAWN) == len(WORDS)


def test_right_answers_written_in_another_way_are_accepted():
    check_starting_rows(lambda *given: [right_rows(*given)[0].tolist(), COVERED.tolist()])
    check_tuned_step(
        lambda v, g, s, alpha, lock, a: (
            v - alpha * np.diag(lock) @ g - alpha * a * np.diag(lock) @ (v - s)
        )
    )
    check_set_locks(locked())
    check_shared_move(moved(share))
    check_kept_neighbours(neighbours_kept())
