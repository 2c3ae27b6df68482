"""The figures of the slides of lesson 08: pre-trained vectors."""

import functools
import struct
from pathlib import Path

import numpy as np
from gensim.test.utils import datapath
from numpy.typing import NDArray

from course_lib import Embeddings, datasets, plots
from course_lib.embeddings import unit
from course_lib.plots import Picture

GLOVE = b"king 1.0 0.5\nthe -0.4 0.2\n"
BINARY = b"2 2\nking " + struct.pack("<2f", 1, 0.5) + b"\nthe " + struct.pack("<2f", -0.4, 0.2)
BINARY += b"\n"
GONE = [0, 0.25, 0.5, 0.75]


def text_bytes() -> Picture:
    parts = [
        *[("word", b"king"), ("separator", b" "), ("number", b"1.0"), ("separator", b" ")],
        *[("number", b"0.5"), ("separator", b"\n"), ("word", b"the"), ("separator", b" ")],
        *[("number", b"-0.4"), ("separator", b" "), ("number", b"0.2"), ("separator", b"\n")],
    ]
    return plots.file_bytes(parts, title="Two words with two numbers each", size=(6.6, 2.2))


def binary_bytes() -> Picture:
    kinds = [("header", 4), ("word", 4), ("separator", 1), ("number", 4), ("number", 4)]
    kinds += [("separator", 1), ("word", 3), ("separator", 1), ("number", 4), ("number", 4)]
    kinds += [("separator", 1)]
    ends = np.cumsum([length for _, length in kinds])
    parts = [
        (kind, BINARY[end - length : end]) for (kind, length), end in zip(kinds, ends, strict=True)
    ]
    return plots.file_bytes(parts, title="The same two words", size=(6.6, 2.2))


def lengths() -> Picture:
    vectors = _vectors()
    return plots.vector_lengths(
        vectors.input_vectors,
        vectors.vocabulary.words,
        ["the", "king", "moon"],
        title="Frequent words are short, topical ones long",
        size=(4.8, 3.5),
    )


def analogies() -> Picture:
    plain, _, _, questions = _analogies()
    a, b, c, d = questions.T
    share = [float(np.mean(plain == word)) for word in (c, b, a, d)]
    return plots.bars(
        np.array([*share, 1 - sum(share)]),
        ["c", "b", "a", "d", "other"],
        highlight=["d"],
        ylabel="share of the questions",
        title="Nearest to b − a + c, nothing excluded",
        size=(4.0, 3.3),
    )


def zeros() -> Picture:
    found = _passages()
    return plots.bars(
        {name: np.array(found[name]) for name in ("left out", "zeros")},
        ["none", "25 %", "50 %", "75 %"],
        ylabel="passages found by distance",
        title="The more unknown words, the worse zeros do",
        size=(5.0, 3.5),
    )


@functools.cache
def _vectors() -> Embeddings:
    return datasets.load_vectors("wikipedia-mini", progress=False)


@functools.cache
def _analogies() -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Give the answers without exclusion, with it, to c alone; and the questions."""
    words = _vectors().vocabulary
    units = unit(_vectors().input_vectors)
    lines = Path(datapath("questions-words.txt")).read_text(encoding="utf-8").lower().splitlines()
    asked = [line.split() for line in lines if not line.startswith(":")]
    questions = np.array([words.encode(q) for q in asked if all(word in words for word in q)])
    plain, excluded, alone = [], [], []
    for part in np.array_split(questions, len(questions) // 200):
        a, b, c, _ = part.T
        lines_of = np.arange(len(part))[:, None]
        for scores, without in (
            ((units[b] - units[a] + units[c]) @ units.T, excluded),
            (units[c] @ units.T, alone),
        ):
            if without is excluded:
                plain.append(scores.argmax(axis=1))
            scores[lines_of, part[:, :3]] = -np.inf
            without.append(scores.argmax(axis=1))
    return (*(np.concatenate(each) for each in (plain, excluded, alone)), questions)


@functools.cache
def _passages() -> dict[str, list[float]]:
    """Share of passages whose article the nearest centroid finds; as in section 12."""
    V, words = _vectors().input_vectors, _vectors().vocabulary
    articles = [words.encode(document) for document in datasets.load_corpus("wikipedia")]
    articles = [rows for rows in articles if len(rows) > 2000]
    centroids = np.array([V[rows[: len(rows) // 2]].mean(axis=0) for rows in articles])
    rng = np.random.default_rng(1)
    starts = [rng.integers(len(rows) // 2, len(rows) - 30, size=20) for rows in articles]
    pairs = zip(articles, starts, strict=True)
    passages = [rows[start : start + 30] for rows, its in pairs for start in its]
    texts = V[np.array(passages)]
    right = np.repeat(np.arange(len(articles)), 20)
    rng.normal(size=texts.shape)  # the lesson draws its random vectors here
    found: dict[str, list[float]] = {"left out": [], "mean": [], "zeros": []}
    for gone in GONE:
        known = rng.random(texts.shape[:2]) >= gone
        known[:, 0] |= ~known.any(axis=1)
        keep = known[:, :, None]
        zeros = (texts * keep).mean(axis=1)
        share = keep.mean(axis=1)
        means = {
            "left out": zeros / share,
            "mean": zeros + (1 - share) * V.mean(axis=0),
            "zeros": zeros,
        }
        for name, each in means.items():
            scores = 2 * each @ centroids.T - np.square(centroids).sum(axis=1)
            found[name].append(float(np.mean(scores.argmax(axis=1) == right)))
    return found
