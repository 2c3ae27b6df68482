"""How results show themselves: a table in a terminal, and one in a notebook."""

import html
import math
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Table:
    """A heading, column heads, and rows of text; the first column is on the left.

    Attributes
    ----------
    title : str
        What is shown.
    head : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        A text for each column.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [self.title]
        for first, *others in lines:
            cells = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
            texts.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
        return "\n".join(texts)

    def _repr_html_(self) -> str:
        def row(tag: str, cells: tuple[str, ...]) -> str:
            sides = ["left", *["right"] * (len(cells) - 1)]
            filled = "".join(
                f'<{tag} style="text-align: {side}">{html.escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            )
            return f"<tr>{filled}</tr>"

        body = "\n".join(row("td", cells) for cells in self.rows)
        return (
            f"<table>\n<caption>{html.escape(self.title)}</caption>\n"
            f"<thead>{row('th', self.head)}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        )


def number(value: float, digits: int = 2) -> str:
    """Write a number for a table.

    Parameters
    ----------
    value : float
        The number.
    digits : int, default 2
        After the point.

    Returns
    -------
    str
        A dash for NaN, and no minus before zero.
    """
    return "–" if math.isnan(value) else f"{value:z.{digits}f}"


def percent(share: float) -> str:
    """Write a share for a table.

    Parameters
    ----------
    share : float
        From 0 to 1.

    Returns
    -------
    str
        A percentage; a dash for NaN.
    """
    return "–" if math.isnan(share) else f"{100 * share:.1f} %"
