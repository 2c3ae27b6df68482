"""What holds for the notes of every deck."""

import re

import pytest
from decks import DECKS, lesson_cells, plain, slides


@pytest.mark.parametrize("deck", DECKS)
def test_the_notes_add_up_to_a_lecture_of_45_minutes(deck):
    minutes = [int(n) for n in re.findall(r"<!--\n(\d+) minutes?\.", "\n---\n".join(slides(deck)))]
    assert len(minutes) == len(slides(deck)) - 2  # not the front matter, not the references
    assert sum(minutes) == 45


@pytest.mark.parametrize("deck", DECKS)
def test_the_notes_name_sections_that_the_lesson_has(deck):
    told = [
        (number, quoted)
        for note in re.findall(r"<!--\n(.*?)-->", "\n---\n".join(slides(deck)), flags=re.DOTALL)
        for number, quoted in re.findall(
            r'[Ss]ection\s+(\d+)(?: of the lesson, "(.*?)")?', plain(note)
        )
    ]
    cells = lesson_cells(deck)
    headings = re.findall(r"^## (\d+)\. (.*)$", "\n".join(cells), flags=re.MULTILINE)
    assert len(headings) > 10
    assert set(told) <= set(headings)
