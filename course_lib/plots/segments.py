"""A text without spaces, and the words that were found in it."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from matplotlib.patches import FancyBboxPatch

from course_lib.plots._pieces import blank_axes, quoted
from course_lib.plots.fonts import lettering
from course_lib.plots.picture import (
    BLUE,
    INK,
    PALE_BLUE,
    PALE_ORANGE,
    VERMILION,
    Picture,
    Size,
    styled,
    text_size,
)

LONGEST = 24  # characters


@styled
def segmentations(
    cuts: Mapping[str, Sequence[str]], *, title: str, size: Size | None = None
) -> Picture:
    """Draw a sentence cut into words in several ways, one under the other.

    Parameters
    ----------
    cuts : dict of str to sequence of str
        Two or more ways: a name, and the words of the sentence with its punctuation. The first one
        counts as right.
    title : str
        The finding.
    size : (float, float), optional
        Inches; chosen from the sentence when left out.

    Returns
    -------
    Picture
        A row of boxes for each way. A word of the first row is blue, any other one is orange and
        has a dashed edge. Where no font has the characters, their places stand for them.

    Raises
    ------
    ValueError
        Fewer than two ways, the sentence is not the same in all, or it is too long to show.
    """
    texts = {"".join(words) for words in cuts.values()}
    if len(cuts) < 2 or len(texts) != 1:
        raise ValueError("Give the same sentence, cut in two or more ways.")
    (text,) = texts
    if not 1 <= len(text) <= LONGEST:
        raise ValueError(f"{len(text)} characters; 1 to {LONGEST} can be shown.")
    glosses = {character: str(place) for place, character in enumerate(text, 1)}
    characters, family, title = lettering(list(text), title, glosses)
    if characters != list(text):  # a character that comes twice has two places
        characters = [str(place) for place in range(1, len(text) + 1)]
    left = max(text_size(name, 11)[0] for name in cuts) / 144 + 0.25
    width, height = size or (max(left + 0.36 * len(text) + 0.2, 5.2), 0.9 + 0.5 * len(cuts))
    picture = Picture(title, _alt(text, cuts), (width, height))
    axes = blank_axes(picture, (0, width), (-0.1, 0.5 * len(cuts)))
    cell = (width - left - 0.1) / len(text)
    right = _spans(next(iter(cuts.values())))
    for row, (name, words) in enumerate(cuts.items()):
        y = 0.5 * (len(cuts) - 1 - row)
        axes.text(0.02, y + 0.18, name, va="center")
        for start, end in _spans(words):
            same = (start, end) in right
            box = FancyBboxPatch(
                (left + start * cell + 0.05, y + 0.03), (end - start) * cell - 0.1, 0.3,
                boxstyle="round,pad=0.02", facecolor=PALE_BLUE if same else PALE_ORANGE,
                edgecolor=BLUE if same else VERMILION, linewidth=1.2,
                linestyle="-" if same else (0, (2, 1.5)),
            )  # fmt: skip
            axes.add_patch(box)
            for place in range(start, end):
                axes.text(
                    left + (place + 0.5) * cell, y + 0.17, characters[place], ha="center",
                    va="center", fontsize=min(13, cell * 40), family=family, color=INK,
                )  # fmt: skip
    return picture


def _spans(words: Sequence[str]) -> list[tuple[int, int]]:
    ends = list(accumulate(map(len, words)))
    return list(zip([0, *ends], ends, strict=False))


def _alt(text: str, cuts: Mapping[str, Sequence[str]]) -> str:
    told = "; ".join(f"{name}: {' | '.join(words)}" for name, words in cuts.items())
    return f"The sentence {quoted(text.rstrip('。'))} cut into words. {told}."
