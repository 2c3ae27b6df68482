"""The checks of lesson 01, from words to vectors."""

import tempfile
import tracemalloc
from collections.abc import Callable
from functools import partial, update_wrapper
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise, guarded
from course_lib.checks.requirements import (
    as_numbers,
    require,
    require_close,
    require_equal,
    require_two,
)
from course_lib.vocabulary import Vocabulary


@exercise("01.1", done="Your rows and gensim's belong to the same words.")
def check_count_words(count_words: Callable[..., Any]) -> None:
    """Compare with Vocabulary, after the threshold and the ties have been looked at alone."""

    def counted(sentences: list[list[str]], min_count: int) -> list[tuple[str, int]]:
        found = count_words(sentences, min_count)
        require(
            isinstance(found, list) and all(map(_is_word_with_count, found)),
            "`count_words` should give a list of tuples (word, count).",
        )
        return found

    found = counted([["x", "x", "x", "y", "y", "z"]], 2)
    require(
        ("y", 2) in found,
        "With min_count=2 a word that occurs twice is missing: min_count is the least count that "
        "may stay, so compare with >=.",
    )
    require(("z", 1) not in found, "With min_count=2 a word that occurs once is still there.")
    require_equal(found, [("x", 3), ("y", 2)], "`count_words(x x x y y z, min_count=2)`")
    require(
        counted([["zebra", "ant"]], 1) != [("zebra", 1), ("ant", 1)],
        "Of two words with the same count the one that came first is first: gensim has it the "
        "other way round.",
    )
    require(
        counted([["ant", "zebra"]], 1) != [("ant", 1), ("zebra", 1)],
        "Words with the same count are sorted by the alphabet. Sort by when they were first met.",
    )
    require(
        counted([["a", "b"], ["b", "a"]], 1) != [("a", 2), ("b", 2)],
        "In 'a b | b a' the word b was met later for the first time, so it comes first. It does "
        "not matter where a word was met last.",
    )
    text = ["the cat saw the dog", "a dog saw a cat", "the hat", "the cat"]
    sentences = [line.split() for line in text]
    for min_count in (1, 2, 3):
        right = Vocabulary.from_sentences(sentences, min_count)
        require_equal(
            counted(sentences, min_count),
            list(zip(right.words, right.require_counts().tolist(), strict=True)),
            f"`count_words(sentences, min_count={min_count})`",
        )


@exercise("01.2", done="An embedding layer is this product, without the multiplications.")
def check_lookup(lookup: Callable[..., Any]) -> None:
    """Shapes first, then the one-hot vectors, then the rows; ids repeat."""
    ids = np.array([[0, 2, 2], [3, 1, 0]])
    W = np.arange(15.0).reshape(5, 3)  # word 4 is in no sentence
    found = require_two(
        lookup(ids, W), "`lookup` should return two arrays: return one_hot, vectors."
    )
    one_hot, vectors = as_numbers(found[0], "`one_hot`"), as_numbers(found[1], "`one_hot @ W`")
    require(
        one_hot.shape != (2, 3, 4),
        "The one-hot vectors have 4 entries, one for each id up to the largest in the batch. They "
        "need one for each of the 5 words of the table.",
    )
    require(
        one_hot.shape != (2, 3, 3),
        "The one-hot vectors have 3 entries, as many as a vector has dimensions. They need one for "
        "each of the 5 words of the table. (Or did you return the vectors first?)",
    )
    require(
        one_hot.shape != (6, 5),
        "The batch has been flattened: two sentences of three words became six words. Keep the "
        "shape (2, 3) of the ids in front.",
    )
    require_close(one_hot, np.eye(5)[ids], "`one_hot`")
    require_close(vectors, W[ids], "`one_hot @ W`")


@exercise("01.3", done="You know both formulas, and which of them gensim has.")
def check_keep_probabilities(keep_probabilities: Callable[..., Any]) -> None:
    """Both formulas on shares from 0.5 down to below the threshold; each slip by name."""
    counts, t = np.array([500, 300, 150, 40, 9, 1]), 0.05
    found = require_two(
        keep_probabilities(counts, t),
        "`keep_probabilities` should return two arrays: return paper, code.",
    )
    words = Vocabulary(list("abcdef"), counts)
    ratio = t / (counts / counts.sum())
    for name, formula, free in [
        ("paper", "paper", np.sqrt(ratio)),
        ("code", "gensim", np.sqrt(ratio) + ratio),
    ]:
        got = as_numbers(found[0] if name == "paper" else found[1], f"`{name}`")
        right = words.keep_probabilities(t, formula)
        require(
            not _same(got, free),
            f"`{name}` gives probabilities above 1: a rare word is always kept. Cap it at 1.",
        )
        require(
            not _same(got, 1 - right),
            f"`{name}` is the probability to drop a token; asked for is the one to keep it.",
        )
        by_count = t / counts
        unscaled = np.sqrt(by_count) + (by_count if name == "code" else 0)
        require(
            not _same(got, np.minimum(unscaled, 1)),
            f"`{name}` has the counts themselves in the place of f. f is each word's share of all "
            "tokens: f = counts / counts.sum().",
        )
        require(
            name == "paper" or not _same(got, words.keep_probabilities(t, "paper")),
            "`code` is the paper's formula: the term t / f is missing.",
        )
        require_close(got, right, f"The keep probability by the {name}")


@exercise(
    "01.4",
    done="Training can read it as often as it likes, and it may be larger than memory.",
    answer="class",
)
def check_lines(Lines: type) -> None:
    """Iterate twice, look at the items, change the file in between, and count what is held."""
    require(
        hasattr(Lines, "__iter__"), "`Lines` has no method `__iter__`, so it cannot be iterated."
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "text.txt"
        path.write_text("The  cat\teats\n\nthe dog\n   \nthe été\n", encoding="utf-8")
        corpus = guarded(Lines)(path)
        guarded(corpus.__iter__)()  # None, if that is still to be written
        # A message should say "Lines stops with ...", and in which line of the learner's.
        read = guarded(update_wrapper(partial(list, corpus), Lines, updated=()))
        first, second = read(), read()
        require(
            not (first and not second),
            "The second pass gives nothing: the file was opened once and is at its end. Open it "
            "in __iter__, so that each pass starts anew.",
        )
        require(
            not any(isinstance(sentence, str) for sentence in first),
            "The sentences are strings, which come apart into letters. Use line.split().",
        )
        require(
            all(map(_is_list_of_words, first)),
            f"Each sentence should be a list of words, as line.split() gives it: {first!r:.80}",
        )
        require(
            [] not in first,
            "An empty line becomes an empty sentence. Leave out lines without a token.",
        )
        right = [["The", "cat", "eats"], ["the", "dog"], ["the", "été"]]
        require(
            first != right[:1],
            "Only the first line is read: a `return` inside the loop ends it. Use `yield`.",
        )
        require_equal(first, right, "`list(Lines(path))`")
        require_equal(second, right, "`list(Lines(path))` in the second pass")
        one, other = iter(corpus), iter(corpus)
        next(one)
        require(
            next(other, None) == right[0],
            "Two loops over the same Lines disturb each other: the second one starts where the "
            "first one is. Give a new iterator in each call of __iter__.",
        )
        path.write_text("something new\n", encoding="utf-8")
        require(
            read() == [["something", "new"]],
            "The file has changed, and Lines still gives the old text: it holds the whole file in "
            "memory. Read it anew in each pass.",
        )
        path.write_text("so many words again and again\n" * 50_000, encoding="utf-8")
        require(
            _peak_memory(corpus) < path.stat().st_size / 3,
            "One pass holds the whole file in memory: read() and readlines() fetch all of it at "
            "once. Go through it line by line: for line in file.",
        )


@exercise("01.5", done="No gradient gets lost, and none goes to a word that was not there.")
def check_table_gradient(table_gradient: Callable[..., Any]) -> None:
    """One word twice, then padding, then both in a batch; each slip has a result of its own."""
    gradients = np.arange(1.0, 13.0).reshape(2, 3, 2)
    ids = np.array([[1, 2, 1], [0, 1, 2]])
    found = as_numbers(table_gradient(ids, gradients, 4), "The gradient")
    require(
        found.shape == (4, 2),
        f"The gradient has the shape {found.shape}; it should be that of the table, (4, 2).",
    )
    last = np.zeros((4, 2))
    last[ids] = gradients
    require(
        not _same(found, last),
        "Words 1 and 2 stand in the batch several times, and only the last of their gradients has "
        "arrived: table[ids] += ... keeps one. np.add.at keeps all.",
    )
    right = _table_gradient(ids, gradients, 4)
    times = np.maximum(np.bincount(ids.ravel(), minlength=4), 1)[:, None]
    require(
        not _same(found, right / times),
        "A repeated word gets the mean of its gradients. They add up: the loss depends on its row "
        "through each of its places.",
    )
    require_close(found, right, "The gradient without padding")
    gradients = np.arange(1.0, 19.0).reshape(2, 3, 3)
    ids = np.array([[1, -1, -1], [0, 1, 2]])
    found = as_numbers(table_gradient(ids, gradients, 4), "The gradient with padding")
    require(
        found.shape != (4, 3) or not found[3].any(),
        "Word 3 is not in the batch, and it has a gradient: NumPy takes row -1 for the last one. "
        "Leave out the places where the id is -1.",
    )
    require_close(found, _table_gradient(ids, gradients, 4), "The gradient with padding")
    ids = np.array([[3, -1, -1], [0, 3, 2]])
    right = _table_gradient(ids, gradients, 4)
    found = as_numbers(table_gradient(ids, gradients, 4), "The gradient with padding")
    require(
        found.shape != (4, 3) or _same(found, right) or not _same(found[:3], right[:3]),
        "Word 3 is in the batch, beside padding, and its gradient is wrong. Padding may not land "
        "in its row, and its row may not be wiped.",
    )
    require_close(found, right, "The gradient with padding and the last word")
    nothing = np.full((2, 3), -1)
    found = table_gradient(nothing, gradients, 4)
    require_close(found, np.zeros((4, 3)), "The gradient of a batch that is all padding")


def _is_word_with_count(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    return isinstance(pair[0], str) and isinstance(pair[1], Real)


def _is_list_of_words(sentence: object) -> bool:
    return isinstance(sentence, list) and all(isinstance(token, str) for token in sentence)


def _same(found: NDArray, other: NDArray) -> bool:
    return found.shape == other.shape and np.allclose(found, other)


def _peak_memory(corpus: Any) -> int:
    """Bytes that one pass needs at its worst."""
    tracemalloc.start()
    try:
        for _ in corpus:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _table_gradient(ids: NDArray, gradients: NDArray, V: int) -> NDArray:
    """Word by word, so that it shares nothing with what a learner may write."""
    return np.array([gradients[ids == word].sum(axis=0) for word in range(V)])
