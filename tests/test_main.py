"""The start screen that `make lab` prints."""

import contextlib
import io
import platform

import gensim
import numpy as np
import pytest
import torch

from course_lib import __main__ as start_screen


def printed() -> str:
    """Run the start screen, and return what it prints."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        start_screen.main()
    return output.getvalue()


def neighbours(screen: str) -> dict[str, list[str]]:
    """Read the neighbours of the three words off the screen."""
    rows = [line.split() for line in screen.splitlines() if line]
    return {row[0]: row[1:] for row in rows if row[0] in start_screen.QUERIES}


@pytest.fixture(scope="module")
def screen() -> str:
    return printed()


def test_it_fits_on_a_terminal(screen):
    lines = screen.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "version", [platform.python_version(), np.__version__, torch.__version__, gensim.__version__]
)
def test_it_names_the_versions(screen, version):
    # PyTorch's own 2.13.0+cu130 is 2.13.0 for pip when it comes from PyPI.
    assert {version, version.split("+")[0]} & set(screen.split())


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cricket", {"test", "squad", "spinner", "wickets"}),
        ("economy", {"recession", "recovery", "growth"}),
        ("hospital", {"condition", "injuries", "treatment"}),
    ],
)
def test_the_neighbours_make_sense(screen, word, expected):
    found = neighbours(screen)[word]
    assert len(found) == 5
    assert len(expected & set(found)) >= 2


def test_it_comes_out_the_same_each_time(screen):
    first = neighbours(screen)
    assert first.keys() == set(start_screen.QUERIES)
    assert neighbours(printed()) == first
