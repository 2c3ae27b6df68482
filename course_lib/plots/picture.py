"""The look of every figure, and ``Picture``: a matplotlib figure that can be read aloud."""

import base64
import functools
import html
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ParamSpec

from IPython.display import display
from matplotlib import style
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine

from course_lib.files import replacing

# Okabe and Ito, "Color Universal Design", https://jfly.uni-koeln.de/color/ (2008): told apart by
# people with any common colour blindness. Their yellow is left out: too pale on white.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, BLACK = "#56B4E9", "#CC79A7", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, GREY, PALE = "#1A1A1A", "#5F6368", "#ECEFF1"
PALE_BLUE, PALE_ORANGE = "#CFE5F2", "#FBE6BD"
# Blue for negative, vermilion for positive, white for zero.
DIVERGING = LinearSegmentedColormap.from_list(
    "course_diverging", ["#00436B", BLUE, "#8CC3E4", "#FFFFFF", "#F2B184", VERMILION, "#7A3600"]
)
# From pale to dark blue, for what has no middle.
SEQUENTIAL = LinearSegmentedColormap.from_list("course_sequential", ["#CFE5F2", BLUE, "#00304D"])

DPI = 144  # pixels an inch of the PNG; it is shown at 96, so that it stays sharp on fine screens
SCREEN_DPI = 96
MEASURE = RendererAgg(1, 1, DPI)  # knows how wide a text will be
MINUS = "\N{MINUS SIGN}"
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "mathtext.fontset": "dejavusans",
    "font.size": 11,
    "axes.labelsize": 11,
    "axes.titlesize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#DADCE0",
    "lines.linewidth": 2,
    "text.hinting": "no_hinting",  # letters keep their widths at every size
    "svg.fonttype": "path",  # letters as outlines: no font is needed to show them
    "svg.hashsalt": "word-embeddings-course",
}

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"

P = ParamSpec("P")
Size = tuple[float, float]


class Picture(Figure):
    """A matplotlib figure that can be read aloud.

    As the last line of a notebook cell it is shown as a PNG with its alt text for screen readers; a
    terminal shows the alt text alone.

    Parameters
    ----------
    title : str
        The finding, one sentence; broken into lines where it is too long.
    alt : str
        What a reader who cannot see the figure should know, with its numbers.
    size : (float, float)
        Width and height in inches.

    Attributes
    ----------
    alt : str
        As given.

    Raises
    ------
    ValueError
        The title or the alt text is empty.
    """

    def __init__(self, title: str, alt: str, size: Size) -> None:
        if not title.strip() or not alt.strip():
            raise ValueError("A picture needs a title and an alt text; one of them is empty.")
        layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08)  # inches
        super().__init__(figsize=size, dpi=DPI, layout=layout)
        self.alt = alt
        self.suptitle(wrapped(title, (size[0] - 0.2) * DPI), x=0.08 / size[0], ha="left")

    def settle(self) -> None:
        """Fix the layout, so that drawing twice gives the same bytes."""
        if self.get_layout_engine() is not None:
            self.draw_without_rendering()
            self.set_layout_engine("none")

    def save_svg(self, path: str | Path) -> None:
        """Write an SVG with letters as outlines and no date: the same bytes each time.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; an existing one is replaced when the new one is whole.

        Raises
        ------
        FileNotFoundError
            The folder does not exist.
        """
        about = {"Date": None, "Creator": None, "Description": self.alt}
        with replacing(path) as file:
            file.write(self._rendered("svg", about))

    def _rendered(self, file_format: str, metadata: Mapping[str, str | None]) -> bytes:
        buffer = io.BytesIO()
        with style.context(["default", STYLE]):
            self.savefig(buffer, format=file_format, dpi=DPI, metadata=dict(metadata))
        return buffer.getvalue()

    def _ipython_display_(self) -> None:
        data, metadata = self._repr_mimebundle_()
        display(data, metadata=metadata, raw=True)
        # JupyterLab drops the alt text of an image/png. A transparent dot beside it keeps them,
        # even in a notebook that is not trusted yet, where most attributes are removed.
        spoken = f'<img alt="{html.escape(self.alt)}" src="{DOT}" width="1" height="1">'
        display({"text/html": spoken}, raw=True)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        png = base64.b64encode(self._rendered("png", {"Software": None})).decode("ascii")
        width, height = (round(inches * SCREEN_DPI) for inches in self.get_size_inches())
        shown = {"alt": self.alt, "width": width, "height": height}
        return {"image/png": png, "text/plain": self.alt}, {"image/png": shown}


def styled(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Draw in the course's style, whatever the reader's matplotlib is set to.

    Parameters
    ----------
    draw : callable
        Gives a Picture.

    Returns
    -------
    callable
        Gives the same in our style, and with its layout settled.
    """

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Picture:
        with style.context(["default", STYLE]):
            picture = draw(*args, **kwargs)
            picture.settle()
        return picture

    return styled


def text_size(
    text: str, fontsize: float, weight: str = "normal", family: str = "DejaVu Sans"
) -> tuple[float, float]:
    """Measure a text before it is drawn.

    Parameters
    ----------
    text : str
        The text.
    fontsize : float
        Points.
    weight : str, default "normal"
        Normal or bold.
    family : str, default "DejaVu Sans"
        The font; another one for a text in Chinese.

    Returns
    -------
    width, height : float
        Pixels of the PNG.
    """
    font = FontProperties(family=family, size=fontsize, weight=weight)
    width, height, _ = MEASURE.get_text_width_height_descent(text, font, False)
    return width, height


def wrapped(title: str, pixels: float) -> str:
    """Break a title into lines.

    Parameters
    ----------
    title : str
        The title.
    pixels : float
        Width of the longest line, at most, unless one word alone is wider.

    Returns
    -------
    str
        The same words, with line breaks.
    """
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_size(longer, 12, "bold")[0] > pixels:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
