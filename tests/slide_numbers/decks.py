"""What the tests of the typed numbers share: the decks as text, and the lessons as executed.

What can be computed in a moment comes from course_lib. What needs a long training is looked up in
the outputs of the lesson, which nbval computes again.
"""

import functools
import importlib.util
import json
import re
from pathlib import Path

from course_lib import HuffmanTree, Vocabulary, datasets

ROOT = Path(__file__).resolve().parents[2]
DECKS = sorted(path.stem for path in (ROOT / "slides").glob("[0-9]*.md"))


@functools.cache
def figures_of(deck):
    source = ROOT / "slides" / f"{deck}_figures.py"
    spec = importlib.util.spec_from_file_location(f"numbers_of_{deck}", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(text):
    """Text with ASCII minus signs and single spaces, without the marks for bold and code."""
    text = re.sub(r"&nbsp;|\\ ", " ", text).replace("{,}", ",").replace("\N{MINUS SIGN}", "-")
    return " ".join(re.sub(r"[*`]", "", text).split())


@functools.cache
def slides(deck):
    return (ROOT / "slides" / f"{deck}.md").read_text(encoding="utf-8").split("\n---\n")


def raw_slide(deck, title):
    found = [text for text in slides(deck) if f"## {title}" in text]
    assert len(found) == 1, f"{len(found)} slides of {deck} have the title {title}"
    return found[0]


def slide(deck, title):
    return plain(raw_slide(deck, title))


@functools.cache
def lesson(deck):
    """The cells of a lesson as executed."""
    return json.loads((ROOT / "notebooks" / f"{deck}.ipynb").read_text(encoding="utf-8"))["cells"]


def lesson_cells(deck):
    """What is written in the cells of a lesson."""
    return ["".join(cell["source"]) for cell in lesson(deck)]


@functools.cache
def lesson_output(deck):
    """Everything that the cells of a lesson printed."""
    outputs = [output for cell in lesson(deck) for output in cell.get("outputs", [])]
    return plain("\n".join("".join(output.get("text", "")) for output in outputs))


def code_lines(text, language="python"):
    block = re.search(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)[1]
    return [line.split("  #")[0].rstrip() for line in block.splitlines()]


def without_spaces(text):
    return re.sub(r"\s|,(?=\s*\))", "", text)


def row(*cells):
    return f"| {' | '.join(map(str, cells))} |"


def pair(vector, digits):
    return f"({', '.join(f'{value:.{digits}f}' for value in vector)})"


@functools.cache
def vocabulary(name, min_count):
    return Vocabulary.from_sentences(datasets.load_corpus(name), min_count=min_count)


def tree_of(name):
    return HuffmanTree.from_counts(vocabulary(name, 5).counts)
