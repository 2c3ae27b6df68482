"""Typical wrong answers to lesson 12's exercises; test_exercises.py hands them to the checks."""

from pathlib import Path

import numpy as np


def shortest_first(text, words):
    return matching(text, words, reverse=False)


def matching(text, words, reverse=True):
    found, start = [], 0
    longest = max(map(len, words), default=1)
    while start < len(text):
        sizes = range(2, longest + 1)
        for size in sorted(sizes, reverse=reverse):
            if text[start : start + size] in words:
                break
        else:
            size = 1
        found.append(text[start : start + size])
        start += len(found[-1])
    return found


def backward(text, words):
    """Take the longest word at the end, not at the start."""
    found, end = [], len(text)
    while end > 0:
        start = next((i for i in range(end) if text[i:end] in words), end - 1)
        found.insert(0, text[start:end])
        end = start
    return found


def known_only(text, words):
    return [word for word in matching(text, words) if word in words]


def characters(text, words):
    return list(text)


def at_most_three(text, words):
    return matching(text, {word for word in words if len(word) <= 3})


def most_probable(text, counts, unknown=0.5, log=np.log):
    total = sum(counts.values())
    best, back = [0.0], [0]
    for end in range(1, len(text) + 1):
        options = []
        for begin in range(end):
            count = counts.get(text[begin:end], unknown if end - begin == 1 else 0)
            if count:
                options.append((best[begin] + log(count / total), begin))
        best.append(max(options)[0])
        back.append(max(options)[1])
    words, end = [], len(text)
    while end:
        words.insert(0, text[back[end] : end])
        end = back[end]
    return words


def as_a_bag(gold, found):
    right = len(set(gold) & set(found))
    return right / len(set(found)), right / len(set(gold))


def by_borders(gold, found):
    """Count borders between words, not words."""
    ends = [set(np.cumsum(list(map(len, words))).tolist()) for words in (gold, found)]
    right = len(ends[0] & ends[1])
    return right / len(found), right / len(gold)


def spans(words):
    ends = np.cumsum(list(map(len, words))).tolist()
    return set(zip([0, *ends], ends, strict=False))


def swapped(gold, found):
    right = len(spans(gold) & spans(found))
    return right / len(gold), right / len(found)


def f1_alone(gold, found):
    return 2 * len(spans(gold) & spans(found)) / (len(gold) + len(found))


def greedy(text, counts):
    return matching(text, set(counts))


def most_frequent_first(text, counts):
    """Take at each place the most frequent word, without looking further."""
    found, start = [], 0
    while start < len(text):
        options = [word for word in counts if text.startswith(word, start)]
        found.append(max(options, key=counts.get) if options else text[start])
        start += len(found[-1])
    return found


def drops_unknown(text, counts):
    return [word for word in most_probable(text, counts) if word in counts]


def without_dividing(text, counts):
    """Add the logarithms of counts, so that more words are always better."""
    return most_probable(text, counts, log=lambda p: np.log(p * sum(counts.values())))


def shares(words, vectors, theme_of, n, *, cosine=True, itself=False, missing=True):
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if cosine else vectors
    scores = rows @ rows.T
    if not itself:
        np.fill_diagonal(scores, -np.inf)
    found = []
    for word, theme in theme_of.items():
        if word in words:
            near = np.argsort(-scores[words.index(word)])[:n]
            found.append(np.mean([theme_of.get(words[row]) == theme for row in near]))
        elif missing:
            found.append(0.0)
    return np.array(found)


def mean_share(**slip):
    return lambda words, vectors, theme_of, n: shares(words, vectors, theme_of, n, **slip).mean()


def load(path, separator=" ", dtype=np.float32, skip=1, encoding="utf-8", lines=None):
    words, rows = [], []
    text = Path(path).read_bytes().decode(encoding)
    for line in (lines or (lambda text: text.rstrip("\n").split("\n")))(text)[skip:]:
        word, *numbers = line.split(separator)
        if not numbers:
            continue
        words.append(word)
        rows.append([float(number) for number in numbers[-3:]] + [0.0] * (3 - len(numbers)))
    return words, np.array(rows, dtype=dtype)


def cut_at_white_space(path):
    """Take the first piece for the word, and the last three for numbers."""
    return load(path, separator=None)


WRONG_ANSWERS = {
    "12.1": {
        "the shortest word first": shortest_first,
        "from the end": backward,
        "leaves unknown characters out": known_only,
        "characters": characters,
        "words of at most three characters": at_most_three,
    },
    "12.2": {
        "words without their places": as_a_bag,
        "borders, not words": by_borders,
        "swapped": swapped,
        "F1": f1_alone,
    },
    "12.3": {
        "the longest word first": greedy,
        "the most frequent word first": most_frequent_first,
        "unknown characters are lost": drops_unknown,
        "counts, not probabilities": without_dividing,
    },
    "12.4": {
        "the word is its own neighbour": mean_share(itself=True),
        "inner products": mean_share(cosine=False),
        "leaves words without a vector out": mean_share(missing=False),
        "a share for each word": shares,
    },
    "12.5": {
        "reads the first line as a word": lambda path: load(path, skip=0),
        "Latin-1": lambda path: load(path, encoding="latin-1"),
        "splits at every white space": cut_at_white_space,
        "splitlines": lambda path: load(path, lines=str.splitlines),
        "float64": lambda path: load(path, dtype=np.float64),
        "the words alone": lambda path: load(path)[0],
    },
}
