"""The texts of a benchmark: a part to train on, a part held out, and a made-up one of any size."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets
from course_lib.corpus import split_long

PIECE = 1000  # tokens: long sentences are cut, so that a part of each document can be held out
HELD_OUT = 20  # one piece in so many
TOPICS, TYPES, COMMON = 60, 60_000, 200  # of the made-up text; common words have no topic
TOPICAL = 0.3  # share of words that are drawn from the topic of their sentence


class Part:
    """A part of a corpus, in pieces of at most 1,000 tokens: one in twenty, or all others.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The corpus; read anew each time.
    held_out : bool
        Which of the two parts.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], held_out: bool) -> None:
        self.sentences, self.held_out = sentences, held_out

    def __iter__(self) -> Iterator[list[str]]:
        number = 0
        for tokens in self.sentences:
            for piece in split_long(tokens, PIECE):
                number += 1
                if (number % HELD_OUT == 0) == self.held_out:
                    yield piece


def parts(name: str, tokens: int | None) -> tuple[Iterable[list[str]], list[list[str]]]:
    """Load the text to train on and the text held out.

    Parameters
    ----------
    name : str
        A name of ``datasets.load_corpus``, or the path of a file.
    tokens : int or None
        Make a text of so many tokens instead.

    Returns
    -------
    text : re-iterable of list of str
        To train on: a list, or a reader where the corpus is read from a file.
    held_out : list of list of str
        The rest.
    """
    source = datasets.load_corpus(name) if tokens is None else zipf_text(tokens)
    text = Part(source, held_out=False)
    return list(text) if isinstance(source, list) else text, list(Part(source, held_out=True))


def zipf_text(tokens: int, seed: int = 1) -> list[list[str]]:
    """Make a text with Zipf's law in it, and with topics, so that there is something to learn.

    A sentence has 5 to 45 words and one topic out of 60. 70 % of its words are drawn from all
    words, with a probability of 1 / (rank + 2.7) (Mandelbrot's form of Zipf's law), the others in
    the same way from those of its topic.

    Parameters
    ----------
    tokens : int
        Length of the text.
    seed : int, default 1
        Seed of all choices.

    Returns
    -------
    list of list of str
        Sentences.
    """
    rng = np.random.default_rng(seed)
    lengths = rng.integers(5, 46, tokens // 5 + 1)
    ends = np.cumsum(lengths)
    ends = np.append(ends[ends < tokens], tokens)
    topics = np.repeat(rng.integers(TOPICS, size=len(ends)), np.diff(ends, prepend=0))
    shares = 1 / (np.arange(TYPES) + 2.7)
    rows = _drawn(rng, np.arange(TYPES), shares, tokens)
    topic_of_word = rng.integers(TOPICS, size=TYPES)
    topic_of_word[:COMMON] = -1
    in_topic = rng.random(tokens) < TOPICAL
    for topic in range(TOPICS):
        words = np.flatnonzero(topic_of_word == topic)
        places = np.flatnonzero(in_topic & (topics == topic))
        rows[places] = _drawn(rng, words, shares[words], len(places))
    names = np.array([f"w{row}" for row in range(TYPES)], dtype=object)
    words_in_order = names[rows].tolist()
    return [words_in_order[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _drawn(
    rng: np.random.Generator, words: NDArray[np.integer], shares: NDArray, size: int
) -> NDArray[np.integer]:
    sums = np.cumsum(shares)
    return words[np.searchsorted(sums, rng.random(size) * sums[-1], side="right")]
