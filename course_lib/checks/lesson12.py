"""The checks of lesson 12, Chinese text."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.checks.registry import exercise
from course_lib.checks.requirements import (
    as_numbers,
    require,
    require_close,
    require_equal,
    require_two,
)
from course_lib.chinese import segmentation_scores

STUDY = {"研究": 40, "研究生": 20, "生命": 30, "命": 2, "起源": 8}


@exercise(
    "12.1", done="This method needs no counts, and it falls into every trap of a longer word."
)
def check_longest_first(longest_first: Callable[..., Any]) -> None:
    """The trap, unknown characters, the end of the text, and an empty set."""
    found = _words_of(longest_first("甲乙丙", {"甲乙", "乙丙"}), "甲乙丙")
    require(
        found != ["甲", "乙丙"],
        "You go through the text from its end: take the longest word that starts at the front.",
    )
    text = "研究生命起源"
    found = _words_of(longest_first(text, {"研究", "研究生", "生命", "起源"}), text)
    require(
        found != ["研究", "生命", "起源"],
        "The word 研究 is one that starts there, but 研究生 is longer: take the longest.",
    )
    require(
        found != list(text),
        "You give single characters: look for words of the set first, the longest of them.",
    )
    require_equal(found, ["研究生", "命", "起源"], f"`longest_first({text!r}, ...)`")
    for text, words, right in [
        ("我愛詞嵌入", {"詞嵌入", "我們"}, ["我", "愛", "詞嵌入"]),
        ("人工智慧", {"人工智慧", "智慧"}, ["人工智慧"]),
        ("吃牛肉麵", {"牛肉", "牛肉麵", "肉麵店"}, ["吃", "牛肉麵"]),
        ("𠮷野家好", {"𠮷野家"}, ["𠮷野家", "好"]),
        ("沒有詞", set(), ["沒", "有", "詞"]),
        ("", {"詞"}, []),
    ]:
        found = _words_of(longest_first(text, set(words)), text)
        require_equal(found, right, f"`longest_first({text!r}, {sorted(words)})`")


@exercise("12.2", done="You can say now how good a segmenter is.")
def check_precision_recall(precision_recall: Callable[..., Any]) -> None:
    """The example, a word that comes twice, and nothing right."""
    two = "`precision_recall` should give two numbers: return precision, recall."
    gold, found = ["我", "愛", "人工智慧"], ["我", "愛", "人工", "智慧"]
    answer = as_numbers(require_two(precision_recall(gold, found), two), "The answer")
    require(answer.shape == (2,), two)
    require(
        not np.allclose(answer, [2 / 3, 2 / 4]),
        "Those two are swapped: precision divides by the words found, recall by the true words.",
    )
    require_close(answer, [2 / 4, 2 / 3], "Precision and recall of the example")
    gold, found = ["一", "一一", "好"], ["一一", "一", "好"]
    answer = precision_recall(gold, found)
    require(
        not np.allclose(as_numbers(answer, "The answer"), [1, 1]),
        "The words 一 and 一一 are in both lists, but not at the same places: compare where a word "
        "starts and ends.",
    )
    _same_scores(answer, gold, found, "with the words of gold at other places")
    gold, found = ["好", "不好", "好"], ["好", "不", "好", "好"]
    _same_scores(precision_recall(gold, found), gold, found, "with a word that comes three times")
    _same_scores(
        precision_recall(["甲乙"], ["甲", "乙"]), ["甲乙"], ["甲", "乙"], "with none right"
    )


@exercise("12.3", done="This is what jieba does with a dictionary of 350,000 words.")
def check_most_probable(most_probable: Callable[..., Any]) -> None:
    """The lesson's example, single characters, and a text that is too long for all cuts."""
    text = "研究生命起源"
    found = _words_of(most_probable(text, dict(STUDY)), text)
    require(
        found != ["研究生", "命", "起源"],
        "That is the longest word first. Its probability is 0.00032; another cut has 0.0096.",
    )
    require_equal(found, ["研究", "生命", "起源"], f"`most_probable({text!r}, ...)`")
    for text, counts, right in [
        ("我研究詞", STUDY, ["我", "研究", "詞"]),
        ("甲乙丙", {"甲乙": 3, "乙丙": 60, "丙": 1}, ["甲", "乙丙"]),
        ("甲乙丙", {"甲乙": 60, "乙丙": 3, "丙": 40}, ["甲乙", "丙"]),
        ("甲乙", {"甲": 10, "乙": 10, "甲乙": 30}, ["甲乙"]),
        ("甲乙", {"甲": 50, "乙": 50, "甲乙": 1}, ["甲", "乙"]),
        ("", STUDY, []),
    ]:
        found = _words_of(most_probable(text, dict(counts)), text)
        require_equal(found, right, f"`most_probable({text!r}, {counts})`")
    long = "研究生命起源" * 34
    found = _words_of(most_probable(long, dict(STUDY)), long)
    require_equal(found, ["研究", "生命", "起源"] * 34, "The cut of a text of 204 characters")


@exercise("12.4", done="It is the measure of section 10, word for word.")
def check_same_theme(same_theme: Callable[..., Any]) -> None:
    """Vectors of different lengths, words without a theme, and words without a vector."""
    words = ["茶", "飯", "雨", "雪", "的"]
    vectors = np.array([[1.0, 0.1], [30.0, 6.0], [0.1, 1.0], [0.02, 0.1], [1.0, -0.1]])
    themes = {"茶": "food", "飯": "food", "雨": "weather", "雪": "weather", "風": "weather"}
    known = {word: themes[word] for word in words[:4]}
    found = as_numbers(same_theme(list(words), vectors, dict(known), 1), "The answer")
    require(found.shape == (), "Give one number: the mean over all words of theme_of.")
    right = _same_theme(words, vectors, known, 1)
    require(
        not np.isclose(found, _same_theme(words, vectors, known, 1, itself=True)) or right == found,
        "The nearest neighbour of a word is the word itself: leave it out.",
    )
    require(
        not np.isclose(found, _same_theme(words, vectors, known, 1, cosine=False)),
        "That is the inner product: a long vector is then everybody's neighbour. Use the cosine.",
    )
    require_close(found, right, "The share for n = 1")
    found = as_numbers(same_theme(list(words), vectors, dict(themes), 1), "The answer")
    require(
        not np.isclose(found, right),
        "The word 風 has no vector. It counts with the share 0 in the mean, and is not left out.",
    )
    require_close(found, right * 4 / 5, "The share with a word that has no vector")
    rng = np.random.default_rng(2)
    words = [f"詞{i}" for i in range(12)]
    vectors = rng.normal(size=(12, 3))
    themes = {word: "ab"[i % 2] for i, word in enumerate(words[:9])}
    found = same_theme(list(words), vectors.copy(), dict(themes), 4)
    require_close(found, _same_theme(words, vectors, themes, 4), "The share for n = 4")


@exercise("12.5", done="Now you can read the vectors that others have published.")
def check_load(load: Callable[..., Any]) -> None:
    """A file with rare characters, a wide space, a line separator, and small numbers."""
    words = ["人工智慧", "𠮷野家", "葛\U000e0100城", "全　形", "cafe\u0301", "行\u2028列", "々"]
    vectors = np.random.default_rng(5).normal(size=(7, 3)).astype(np.float32)
    vectors[0, 0] = 1.2345678e-12
    lines = [
        f"{word} {' '.join(map(str, v.tolist()))}" for word, v in zip(words, vectors, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.txt"
        path.write_bytes("\n".join(["7 3", *lines, ""]).encode())
        two = "`load` should give two things: return words, vectors."
        found, numbers = require_two(load(str(path)), two)
    require(
        isinstance(found, list) and all(isinstance(word, str) for word in found),
        "The first thing that `load` gives should be a list of words.",
    )
    require(
        "7" not in found,
        "The first line is not a word with its vector: it has the number of words and of "
        "dimensions. Skip it.",
    )
    require(
        found[:1] == words[:1],
        f"The first word is {found[:1]}; it should be {words[0]!r}: the file is UTF-8, so name "
        'that encoding, encoding="utf-8".',
    )
    require(
        "全" not in found,
        "The word 全　形 became 全: it holds a wide space, U+3000, and `split()` cuts there. "
        "Use split(' ').",
    )
    require(
        "行" not in found and "列" not in found,
        "A word holds U+2028, a line separator. `splitlines()` cuts there; a loop over the "
        "file, or split at a line feed, does not.",
    )
    require_equal(found, words, "The words of the file")
    array = as_numbers(numbers, "The vectors of the file")
    require_close(array, vectors, "The vectors of the file", rtol=1e-6, atol=0)
    require(array.dtype == np.float32, f"The vectors are {array.dtype}; they should be float32.")


def _words_of(found: Any, text: str) -> list[str]:
    require(
        isinstance(found, list) and all(isinstance(word, str) for word in found),
        f"The answer should be a list of words, but is {found!r}.",
    )
    require(
        "".join(found) == text,
        f"Your words joined are {''.join(found)!r}, but the text is {text!r}: nothing may be lost.",
    )
    require("" not in found, "There is an empty word in your answer.")
    return found


def _same_scores(answer: Any, gold: list[str], found: list[str], which: str) -> None:
    right = segmentation_scores([gold], [found])
    require_close(answer, [right.precision, right.recall], f"Precision and recall {which}")


def _same_theme(
    words: list[str],
    vectors: NDArray,
    theme_of: dict[str, str],
    n: int,
    *,
    itself: bool = False,
    cosine: bool = True,
) -> float:
    """Compute the answer to 12.4, or one with a slip."""
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if cosine else vectors
    scores = rows @ rows.T
    if not itself:
        np.fill_diagonal(scores, -np.inf)
    shares = []
    for word, theme in theme_of.items():
        if word not in words:
            shares.append(0.0)
            continue
        near = np.argsort(-scores[words.index(word)], kind="stable")[:n]
        shares.append(sum(theme_of.get(words[row]) == theme for row in near) / n)
    return float(np.mean(shares))
