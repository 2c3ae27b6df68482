"""Which font has the characters of a text, and what to write where none has.

The letters of every figure are those of DejaVu Sans, which comes with matplotlib and has no
Chinese. For Chinese words a font is looked for among those of the system.
"""

import functools
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties

LATIN = "DejaVu Sans"
HAN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U000323af]")
# The first of these that is installed is taken, so that a machine draws the same each time: the
# forms of Taiwan first, then those of other places; serifs last.
FAMILIES = (
    "Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Heiti TC",
    "Microsoft JhengHei", "Noto Sans CJK HK", "Noto Sans CJK SC", "Noto Sans CJK JP",
    "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Microsoft YaHei", "SimHei",
    "Droid Sans Fallback", "Arial Unicode MS", "Noto Serif CJK TC", "Noto Serif CJK JP",
    "PMingLiU", "AR PL UMing TW",
)  # fmt: skip
INSTALL = (
    "no font with these Chinese characters was found, so other words stand in their place; "
    "install Noto Sans CJK (Debian, Ubuntu: sudo apt install fonts-noto-cjk) and restart Python"
)


class Lettering(NamedTuple):
    """What to write in a figure."""

    labels: list[str]
    family: str
    title: str


def lettering(labels: Sequence[str], title: str, glosses: Mapping[str, str] | None) -> Lettering:
    """Choose a font for some labels, or other words where no font has their characters.

    Parameters
    ----------
    labels : sequence of str
        The labels. Without a Chinese character they are written as ever.
    title : str
        The title of the figure, for which DejaVu Sans has to do.
    glosses : dict of str to str, optional
        What to write in the place of a label. The code points, where there is no gloss.

    Returns
    -------
    Lettering
        Labels, font family, and the title, which says what to install where a font is missing.
    """
    text = "".join(labels)
    if not HAN.search(text):
        return Lettering(list(labels), LATIN, title)
    family = family_with(text)
    if family:
        return Lettering(list(labels), family, title)
    given = glosses or {}
    written = [
        given.get(label) or label.encode("ascii", "backslashreplace").decode() for label in labels
    ]
    return Lettering(written, LATIN, f"{title} ({INSTALL})")


def family_with(text: str) -> str | None:
    """Find an installed font family that has every character of a text.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    str or None
        The first such family of ``FAMILIES``.
    """
    needed = {ord(character) for character in text if not character.isspace()}
    return next((name for name in FAMILIES if needed <= _characters_of(name)), None)


@functools.cache
def _characters_of(family: str) -> frozenset[int]:
    """Code points of a font family; none where it is not installed."""
    _refresh()
    manager = font_manager.fontManager
    if family not in {font.name for font in manager.ttflist}:
        return frozenset()
    path = manager.findfont(FontProperties(family=family))
    return frozenset(font_manager.get_font(path).get_charmap())


@functools.cache
def _refresh() -> None:
    """Tell matplotlib of the fonts that were installed after it made its list."""
    known = {str(font.fname) for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError, ValueError):  # a file that is no font, or damaged
                continue
