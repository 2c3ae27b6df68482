"""A Chinese corpus of our own: sentences from a small grammar, and sentences written by hand.

Both know their words, so that a segmenter can be judged by them. The word lists and templates
stand in ``data/chinese_grammar.txt``, the sentences in ``data/chinese_sentences.txt``.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

DATA = Path(__file__).parents[1] / "data"
COMMON = "common"
MOST = 20_000  # sentences; each one comes once, and the grammar must not run dry
GAP = re.compile(r"\{(m\.)?([a-z]+)(2?)\}")


class Entry(NamedTuple):
    """What may fill a slot: one or more words, and the measure word of a noun."""

    words: tuple[str, ...]
    measure: str


class Theme(NamedTuple):
    """The slots and the templates of a theme; a template is a tuple of words and gaps."""

    slots: dict[str, tuple[Entry, ...]]
    templates: tuple[tuple[str, ...], ...]


def grammar_sentences(count: int = 12_000, seed: int = 1) -> list[list[str]]:
    """Make sentences by the grammar: a theme, a template of it, and words for its gaps.

    Parameters
    ----------
    count : int, default 12000
        How many sentences, 1 to 20,000. No two are equal.
    seed : int, default 1
        Seed of the generator. The same seed gives the same sentences.

    Returns
    -------
    list of list of str
        Sentences as words and punctuation; joined they are a text without spaces.

    Raises
    ------
    ValueError
        ``count`` is out of range.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"count must be 1 to {MOST:,}, not {count}.")
    rng = np.random.default_rng(seed)
    grammar = _grammar()
    names = [name for name in grammar if name != COMMON]
    sentences: dict[tuple[str, ...], None] = {}  # a set that keeps the order
    while len(sentences) < count:
        theme = grammar[names[rng.integers(len(names))]]
        template = theme.templates[rng.integers(len(theme.templates))]
        sentences[tuple(_filled(template, theme.slots, rng))] = None
    return [list(sentence) for sentence in sentences]


def handwritten_sentences() -> list[list[str]]:
    """Read the sentences that were written and cut into words by hand.

    Returns
    -------
    list of list of str
        Sentences as words and punctuation, 26 for each of the eight themes, in the order of
        ``themes()``.
    """
    lines = (DATA / "chinese_sentences.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and line[0] not in "#["]


def themes() -> dict[str, tuple[str, ...]]:
    """List the words of each theme.

    Returns
    -------
    dict of str to tuple of str
        For each theme the words, in order, that fill its gaps and those of no other theme: nouns,
        verbs and adjectives, without measure words.
    """
    found: dict[str, set[str]] = {}
    for word, theme, _ in _placed_words():
        found.setdefault(word, set()).add(theme)
    listed: dict[str, dict[str, None]] = {name: {} for name in _grammar() if name != COMMON}
    for word, theme, _ in _placed_words():
        if found[word] == {theme}:
            listed[theme][word] = None
    return {name: tuple(words) for name, words in listed.items()}


def roles() -> dict[str, str]:
    """Say which gap a word fills.

    Returns
    -------
    dict of str to str
        ``"theme.slot"``, such as ``"food.drink"``, for each word that fills one slot only.
    """
    found: dict[str, set[str]] = {}
    for word, theme, slot in _placed_words():
        found.setdefault(word, set()).add(f"{theme}.{slot}")
    return {word: min(places) for word, places in found.items() if len(places) == 1}


def _placed_words() -> Iterator[tuple[str, str, str]]:
    for name, theme in _grammar().items():
        if name != COMMON:
            common = _grammar()[COMMON].slots
            for slot, entries in theme.slots.items():
                if slot not in common:
                    yield from ((word, name, slot) for entry in entries for word in entry.words)


def _filled(
    template: tuple[str, ...], slots: dict[str, tuple[Entry, ...]], rng: np.random.Generator
) -> Iterator[str]:
    """Fill the gaps of a template; the gaps of one slot get different entries."""
    chosen: dict[str, Entry] = {}
    for piece in template:
        gap = GAP.fullmatch(piece)
        if not gap:
            yield piece
            continue
        measure, slot, second = gap.groups()
        if slot + second not in chosen:
            left = [entry for entry in slots[slot] if entry not in chosen.values()]
            chosen[slot + second] = left[rng.integers(len(left))]
        entry = chosen[slot + second]
        yield from (entry.measure,) if measure else entry.words


@functools.cache
def _grammar() -> dict[str, Theme]:
    """Read the grammar; the slots of [common] are in every theme."""
    parts = re.split(
        r"^\[(\w+)\]\n", (DATA / "chinese_grammar.txt").read_text(encoding="utf-8"), flags=re.M
    )
    grammar: dict[str, Theme] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        slots = dict(grammar[COMMON].slots) if grammar else {}
        templates = []
        for line in text.splitlines():
            if line.startswith("> "):
                templates.append(tuple(line[2:].split()))
            elif line:
                slot, entries = line.split(": ")
                slots[slot] = tuple(map(_entry, entries.split()))
        grammar[name] = Theme(slots, tuple(templates))
    return grammar


def _entry(text: str) -> Entry:
    measure, separator, noun = text.partition("/")
    return Entry(tuple((noun if separator else measure).split("_")), measure if separator else "")
