"""Typical wrong answers to lesson 01's exercises; test_exercises.py hands them to the checks."""

from collections import Counter
from pathlib import Path

import numpy as np


def counted(sentences):
    return Counter(token for tokens in sentences for token in tokens)


def by_count(pairs):
    return sorted(pairs, key=lambda pair: -pair[1])


def earlier_first(sentences, min_count):
    return by_count([(w, n) for w, n in counted(sentences).items() if n >= min_count])


def strictly_above_min_count(sentences, min_count):
    pairs = [(w, n) for w, n in counted(sentences).items() if n > min_count]
    return by_count(pairs[::-1])


def everything(sentences, min_count):
    return by_count(list(counted(sentences).items())[::-1])


def alphabetical_ties(sentences, min_count):
    pairs = [(w, n) for w, n in counted(sentences).items() if n >= min_count]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def last_met_first(sentences, min_count):
    counts = {}
    for tokens in sentences:
        for token in tokens:
            counts[token] = counts.pop(token, 0) + 1  # popped and put back: moves to the end
    return by_count([(w, n) for w, n in counts.items() if n >= min_count][::-1])


def rarest_first(sentences, min_count):
    pairs = [(w, n) for w, n in counted(sentences).items() if n >= min_count]
    return sorted(pairs, key=lambda pair: pair[1])


def flattened(ids, W):
    one_hot = np.eye(len(W))[ids.ravel()]
    return one_hot, one_hot @ W


def as_long_as_the_largest_id(ids, W):
    one_hot = np.eye(ids.max() + 1)[ids]
    return one_hot, one_hot @ W[: ids.max() + 1]


def counts_from_one(ids, W):
    one_hot = np.eye(len(W))[ids - 1]
    return one_hot, one_hot @ W


def vectors_only(ids, W):
    return np.eye(len(W))[ids] @ W


def probabilities(counts, t):
    f = counts / counts.sum()
    return np.sqrt(t / f), np.sqrt(t / f) + t / f


def uncapped(counts, t):
    return probabilities(counts, t)


def dropped(counts, t):
    paper, code = probabilities(counts, t)
    return 1 - np.minimum(paper, 1), 1 - np.minimum(code, 1)


def paper_twice(counts, t):
    paper, _ = probabilities(counts, t)
    return np.minimum(paper, 1), np.minimum(paper, 1)


def counts_as_frequencies(counts, t):
    paper = np.sqrt(t / counts)
    return np.minimum(paper, 1), np.minimum(paper + t / counts, 1)


def swapped(counts, t):
    paper, code = probabilities(counts, t)
    return np.minimum(code, 1), np.minimum(paper, 1)


class OpenedOnce:
    def __init__(self, path):
        self.file = path.open(encoding="utf-8")

    def __iter__(self):
        return (line.split() for line in self.file if line.split())


class HeldInMemory:
    def __init__(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        self.sentences = [line.split() for line in lines if line.split()]

    def __iter__(self):
        return iter(self.sentences)


class Strings:
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        return iter(self.path.read_text(encoding="utf-8").splitlines())


class EmptySentences:
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        for line in self.path.read_text(encoding="utf-8").splitlines():
            yield line.split()


class FirstLine:
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        with self.path.open(encoding="utf-8") as file:
            return iter([next(file).split()])


def lost_repeats(ids, gradients, V):
    table = np.zeros((V, gradients.shape[-1]))
    table[ids[ids >= 0]] += gradients[ids >= 0]
    return table


def padding_is_the_last_word(ids, gradients, V):
    table = np.zeros((V, gradients.shape[-1]))
    np.add.at(table, ids, gradients)
    return table


def mean_of_repeats(ids, gradients, V):
    table = np.zeros((V, gradients.shape[-1]))
    np.add.at(table, ids[ids >= 0], gradients[ids >= 0])
    return table / np.maximum(np.bincount(ids[ids >= 0], minlength=V), 1)[:, None]


def padding_is_the_first_word(ids, gradients, V):
    return padding_is_the_last_word(np.maximum(ids, 0), gradients, V)


def rows_of_the_batch(ids, gradients, V):
    return gradients.reshape(-1, gradients.shape[-1])


class ReadAtOnce(HeldInMemory):
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        lines = Path(self.path).read_text(encoding="utf-8").splitlines()
        return iter([line.split() for line in lines if line.strip()])


class LowerCase(ReadAtOnce):
    def __iter__(self):
        return ([token.lower() for token in tokens] for tokens in super().__iter__())


class OneSpace(ReadAtOnce):
    def __iter__(self):
        for line in Path(self.path).read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.strip().split(" ")


class ItsOwnIterator:
    def __init__(self, path):
        self.path = path

    def __iter__(self):
        self.file = Path(self.path).open(encoding="utf-8")  # noqa: SIM115
        return self

    def __next__(self):
        for line in self.file:
            if line.strip():
                return line.split()
        self.file.close()
        raise StopIteration


def the_last_row_is_wiped(ids, gradients, V):
    table = np.zeros((V, gradients.shape[-1]))
    np.add.at(table, ids, gradients)
    table[-1] = 0
    return table


def two_dimensions_for_ever(ids, gradients, V):
    table = np.zeros((V, 2))
    for word in range(V):
        table[word] = gradients[ids == word].sum(axis=0)[:2]
    return table


WRONG_ANSWERS = {
    "01.1": {
        "of two equal counts the earlier word first": earlier_first,
        "min_count itself is not enough": strictly_above_min_count,
        "forgets min_count": everything,
        "ties by the alphabet": alphabetical_ties,
        "ties by the last meeting": last_met_first,
        "the rarest word first": rarest_first,
    },
    "01.2": {
        "flattens the batch": flattened,
        "as long as the largest id": as_long_as_the_largest_id,
        "counts from one": counts_from_one,
        "gives the vectors only": vectors_only,
    },
    "01.3": {
        "no cap": uncapped,
        "the probability to drop": dropped,
        "the paper's formula twice": paper_twice,
        "counts in the place of frequencies": counts_as_frequencies,
        "the two swapped": swapped,
    },
    "01.4": {
        "opens the file once": OpenedOnce,
        "holds the file in memory": HeldInMemory,
        "gives strings": Strings,
        "gives empty sentences": EmptySentences,
        "gives the first line": FirstLine,
        "reads the file at once": ReadAtOnce,
        "makes it lower case": LowerCase,
        "cuts at single spaces": OneSpace,
        "is its own iterator": ItsOwnIterator,
    },
    "01.5": {
        "loses repeated words": lost_repeats,
        "padding goes to the last word": padding_is_the_last_word,
        "padding goes to the first word": padding_is_the_first_word,
        "the mean of repeated words": mean_of_repeats,
        "a row for each place": rows_of_the_batch,
        "wipes the last row": the_last_row_is_wiped,
        "knows two dimensions only": two_dimensions_for_ever,
    },
}
