"""Every figure of the lessons and slides: data in, a ``Picture`` with alt text out.

Nothing is trained here and ``matplotlib.pyplot`` is never imported, so a figure leaves no state
behind. All functions share one palette and one style, and draw the same bytes each time.
"""

import base64
import functools
import html
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec

import numpy as np
from IPython.display import display
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from course_lib.embeddings import Embeddings
from course_lib.files import replacing
from course_lib.vocabulary import Vocabulary

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

CELL, MIDDLE = 0.34, 2.25  # of the skip-gram diagram: edge of a cell, height of the middle line

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
        self.suptitle(_wrapped(title, (size[0] - 0.2) * DPI), x=0.08 / size[0], ha="left")

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


def _styled(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Draw in the course's style, whatever the reader's matplotlib is set to."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Picture:
        with style.context(["default", STYLE]):
            picture = draw(*args, **kwargs)
            picture.settle()
        return picture

    return styled


# Words and their frequencies --------------------------------------------------------------------


@_styled
def zipf(
    corpora: Vocabulary | ArrayLike | Mapping[str, Vocabulary | ArrayLike],
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw frequency against rank on two logarithmic axes, with a fitted line (Zipf's law).

    Parameters
    ----------
    corpora : Vocabulary, array of counts, or dict of name to one of them
        One text or several. Counts are sorted here.
    title : str, optional
        The finding; made from the slopes when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a corpus.

    Raises
    ------
    ValueError
        No corpus, fewer than three words, a count below 1, or a vocabulary without counts.
    """
    named = corpora if isinstance(corpora, Mapping) else {"the text": corpora}
    if not 1 <= len(named) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} corpora, not {len(named)}.")
    fits = {name: zipf_fit(corpus) for name, corpus in named.items()}
    slopes = [slope for slope, _ in fits.values()]
    if title is None:
        title = f"Frequency falls about as rank to the power {_range(slopes)}"
    facts = [_zipf_fact(name, named[name], slope) for name, (slope, _) in fits.items()]
    alt = "Word frequency against rank, both axes logarithmic. " + "; ".join(facts) + "."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot(xscale="log", yscale="log")
    for (name, (slope, intercept)), color in zip(fits.items(), PALETTE, strict=False):
        counts = _counts(named[name])
        ranks = _spread_ranks(len(counts))
        label = f"{name} (slope {_number(slope)})"
        axes.plot(ranks, counts[ranks - 1] / counts.sum(), color=color, label=label)
        line = 10**intercept * ranks.astype(float) ** slope
        axes.plot(ranks, line, color=color, linestyle="--", linewidth=1.2)
    axes.set(xlabel="rank of the word", ylabel="share of all tokens")
    axes.grid(True)
    axes.plot([], [], color=GREY, linestyle="--", linewidth=1.2, label="fitted lines")
    axes.legend(loc="upper right")
    return picture


def zipf_fit(corpus: Vocabulary | ArrayLike) -> tuple[float, float]:
    """Fit log10(share of tokens) = intercept + slope * log10(rank) by least squares.

    The fit reads ranks that are spread evenly on the logarithmic axis; otherwise the many rare
    words would outweigh the few frequent ones.

    Parameters
    ----------
    corpus : Vocabulary or array of counts, shape (V,)
        At least three words.

    Returns
    -------
    slope, intercept : float
        Zipf's law says that the slope is about -1.

    Raises
    ------
    ValueError
        Fewer than three words, a count below 1, or a vocabulary without counts.
    """
    counts = _counts(corpus)
    ranks = _spread_ranks(len(counts))
    shares = counts[ranks - 1] / counts.sum()
    slope, intercept = np.polyfit(np.log10(ranks), np.log10(shares), 1)
    return float(slope), float(intercept)


def _counts(corpus: Vocabulary | ArrayLike) -> NDArray[np.float64]:
    if isinstance(corpus, Vocabulary):
        if corpus.counts is None:
            raise ValueError("This vocabulary has no counts; build it with from_sentences.")
        corpus = corpus.counts
    counts = np.sort(_numbers("counts", corpus, ndim=1))[::-1]
    if len(counts) < 3 or counts[-1] < 1:
        raise ValueError("Zipf's law needs at least three words, each counted at least once.")
    return counts


def _spread_ranks(V: int) -> NDArray[np.int64]:
    return np.unique(np.geomspace(1, V, 200).round().astype(np.int64))


def _range(slopes: Sequence[float]) -> str:
    low, high = (_number(value) for value in (min(slopes), max(slopes)))
    return low if low == high else f"{low} to {high}"


def _zipf_fact(name: str, corpus: Vocabulary | ArrayLike, slope: float) -> str:
    counts = _counts(corpus)
    first = "the most frequent word"
    if isinstance(corpus, Vocabulary) and corpus.counts is not None:
        first = _quoted(corpus.words[int(np.argmax(corpus.counts))])
    share = counts[0] / counts.sum()
    return (
        f"{name}: {len(counts):,} words, {first} has {share:.1%} of the tokens, "
        f"slope {_number(slope)}"
    )


@_styled
def keep_probability(
    sample: float = 1e-3,
    vocabulary: Vocabulary | None = None,
    words: Sequence[str] = (),
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw how likely a token survives subsampling, by the paper and by the code.

    The paper keeps a token of frequency f with sqrt(t / f) (Mikolov et al. 2013b, equation 5),
    word2vec.c and gensim with sqrt(t / f) + t / f; both are capped at 1.

    Parameters
    ----------
    sample : float
        The threshold t, a share of the tokens, above 0 and below 1.
    vocabulary : Vocabulary, optional
        Where the frequencies of ``words`` are looked up.
    words : sequence of str
        Words to mark on both curves.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Two curves over f on a logarithmic axis.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        ``sample`` is out of range, or words are given without a vocabulary that has counts.
    """
    if not 0 < sample < 1:
        raise ValueError(f"sample must be above 0 and below 1, not {sample}.")
    marked = _frequencies(vocabulary, words)
    largest = max([0.1, *marked.values()])
    frequencies = np.geomspace(min([sample / 10, *marked.values()]), largest, 400)
    top = max(marked, key=lambda word: marked[word]) if marked else f"a word with f = {largest:g}"
    top_kept = _kept(sample, np.array(marked.get(top, largest)))
    if title is None:
        title = f"{_quoted(top) if marked else top.capitalize()} loses {1 - top_kept[1]:.0%}"
        title += " of its tokens, a rare word none"
    picture = Picture(title, _keep_alt(sample, marked, top, top_kept), size)
    axes = picture.add_subplot(xscale="log")
    curves = _kept(sample, frequencies)
    axes.plot(frequencies, curves[1], color=BLUE, label=r"code: $\sqrt{t/f} + t/f$")
    axes.plot(frequencies, curves[0], color=VERMILION, ls="--", label=r"paper: $\sqrt{t/f}$")
    axes.axvline(sample, color=GREY, linewidth=1, linestyle=":", label=f"t = {sample:g}")
    axes.set(xlabel="frequency f of the word (share of the tokens)", ylim=(0, 1.08))
    axes.set_ylabel("probability that a token is kept")
    axes.legend(loc="lower left", frameon=True, framealpha=1, edgecolor="white")
    picture.settle()
    places = np.array([(f, _kept(sample, np.array(f))[1]) for f in marked.values()])
    both = [np.column_stack([frequencies, curve]) for curve in curves]
    for f in marked.values():
        axes.plot([f, f], _kept(sample, np.array(f)), "o", color=INK, markersize=5)
    _place_labels(axes, places.reshape(-1, 2), list(marked), avoid=np.concatenate(both))
    return picture


def _frequencies(vocabulary: Vocabulary | None, words: Sequence[str]) -> dict[str, float]:
    if not words:
        return {}
    if vocabulary is None or vocabulary.counts is None:
        raise ValueError("To mark words, give a vocabulary with counts.")
    shares = vocabulary.counts / vocabulary.counts.sum()
    return {word: float(shares[vocabulary.index(word)]) for word in words}


def _kept(sample: float, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep probabilities: row 0 by the paper, row 1 by the code."""
    root = np.sqrt(sample / frequencies)
    return np.minimum([root, root + root**2], 1.0)


def _keep_alt(sample: float, marked: Mapping[str, float], top: str, kept: NDArray) -> str:
    whose = f"a token of {_quoted(top)} (f = {marked[top]:.3g})" if marked else top
    # sqrt(t/f) + t/f = 1 where sqrt(t/f) is the golden ratio's inverse
    limit = sample * (3 + 5**0.5) / 2
    return (
        f"Probability of keeping a token against the frequency f of its word, for t = {sample:g}. "
        f"The paper's formula keeps every token up to f = {sample:g}, the code's up to "
        f"f = {limit:.3g}. Beyond that both fall: {whose} is kept with probability "
        f"{_number(kept[0])} by the paper and {_number(kept[1])} by the code."
    )


# From one-hot to the window ---------------------------------------------------------------------


@_styled
def one_hot_lookup(
    words: Sequence[str],
    matrix: ArrayLike,
    word: str,
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw that a one-hot row vector times a matrix picks one row.

    Parameters
    ----------
    words : sequence of str
        The V words, at most 10.
    matrix : array, shape (V, d)
        Their vectors, d at most 4.
    word : str
        The word that is looked up.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from V when left out.

    Returns
    -------
    Picture
        One-hot vector, matrix and result, with the numbers in their cells.

    Raises
    ------
    KeyError
        The word is not among ``words``.
    ValueError
        The matrix does not fit, or is too large to show its numbers.
    """
    E = _labelled("matrix", matrix, words)
    V, d = E.shape
    if V > 10 or d > 4:
        raise ValueError(f"A matrix of {V} by {d} is too large to read; 10 by 4 fits.")
    row = _position(word, words)
    alt = (
        f"A one-hot row vector of length {V}, with its 1 at place {row} for {_quoted(word)}, times "
        f"a {V} by {d} matrix gives row {row} of the matrix, counted from 0: "
        f"({', '.join(map(_number, E[row]))})."
    )
    title = title or f"One-hot times matrix is a look-up: {_quoted(word)} picks row {row}"
    names = max(len(name) for name in words) * 0.26 + 0.4
    narrow, wide = 0.6, max(len(_number(value)) for value in E.flat) * 0.27
    starts = np.cumsum([0, narrow * V + 1.0, names, wide * d + 1.0])
    end = starts[3] + wide * d
    width, height = size or (7.0, np.inf)
    # the height of a cell in inches
    inches = min(0.36, (width - 0.3) / end, (height - 0.6) / (V + 1.4))
    fontsize = min(9.5, inches * 28)
    picture = Picture(title, alt, size or (7, 0.6 + inches * (V + 1.4)))
    axes = _canvas(picture, (-0.1, end + 0.1), (-0.1, V + 1.3))
    middle = (V - 1) / 2
    one_hot = np.eye(V)[[row]]
    fills = np.where(one_hot == 1, PALE_ORANGE, "white")
    _cells(axes, (starts[0], middle), narrow, one_hot, fills, 0, fontsize)
    fills = np.where(np.arange(V)[:, None] == V - 1 - row, PALE_ORANGE, "white")
    _cells(axes, (starts[2], 0), wide, E[::-1], np.broadcast_to(fills, E.shape), 2, fontsize)
    _cells(axes, (starts[3], middle), wide, E[[row]], np.full((1, d), PALE_ORANGE), 2, fontsize)
    for index, name in enumerate(words):
        weight = "bold" if index == row else "normal"
        place = (starts[2] - 0.2, V - 0.5 - index)
        axes.text(
            *place, name, ha="right", va="center", weight=weight, fontsize=fontsize + 1.5,
            parse_math=False,
        )  # fmt: skip
    for x, sign in ((starts[1] - 0.5, "×"), (starts[3] - 0.5, "=")):
        axes.text(x, V / 2, sign, ha="center", va="center", fontsize=15)
    top = [middle + 1, V, middle + 1]
    heads = (f"one-hot (1, {V})", f"matrix ({V}, {d})", f"row {row} (1, {d})")
    widths = (narrow * V, wide * d, wide * d)
    for start, width, y, head in zip(starts[[0, 2, 3]], widths, top, heads, strict=True):
        axes.text(start + width / 2, y + 0.25, head, ha="center", va="bottom", color=GREY)
    return picture


@_styled
def window(
    tokens: Sequence[str],
    center: int,
    window: int = 2,
    *,
    shrink: bool = False,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw a sentence with a centre word and its context words marked.

    Parameters
    ----------
    tokens : sequence of str
        The sentence; about 12 words fit.
    center : int
        Position of the centre word, from 0.
    window : int
        Largest distance between centre and context, at least 1.
    shrink : bool
        Draw every reach from ``window`` down to 1 under each other, as the shrinking window of
        word2vec can draw them (Mikolov et al. 2013a, section 3.2).
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of rows when left out.

    Returns
    -------
    Picture
        One row a reach.

    Raises
    ------
    ValueError
        The centre is outside the sentence, the window below 1, or the sentence too long to show.
    """
    if not 0 <= center < len(tokens):
        raise ValueError(f"center must be 0 to {len(tokens) - 1}, not {center}.")
    if window < 1:
        raise ValueError(f"window must be at least 1, not {window}.")
    reaches = list(range(window, 0, -1)) if shrink else [window]
    contexts = {reach: _context(tokens, center, reach) for reach in reaches}
    told = [f"reach {reach} takes in {_enumerated(found)}" for reach, found in contexts.items()]
    alt = f"The sentence {_quoted(' '.join(tokens))} with the centre word {_quoted(tokens[center])}"
    alt += f" marked: {'; '.join(told)}."
    if title is None:
        most = len(contexts[window])
        many = f"{most} context word{'s' if most != 1 else ''}"
        title = f"{_quoted(tokens[center])} is paired with {'at most ' if shrink else ''}{many}"
    width, height = size or (7, 1.15 + 0.55 * len(reaches))
    picture = Picture(title, alt, (width, height))
    axes = _canvas(picture, (0, width), (-0.6, len(reaches) * 0.55))
    left = 1.0 if shrink else 0.05
    boxes, fontsize = _token_boxes(tokens, left, width - 0.05)
    for line, reach in enumerate(reaches):
        y = (len(reaches) - 1 - line) * 0.55
        if shrink:
            axes.text(0.02, y + 0.2, f"reach {reach}", va="center", color=GREY)
        for position, (x, box) in enumerate(boxes):
            role = "none"
            if abs(position - center) <= reach:
                role = "centre" if position == center else "context"
            _token(axes, (x, y), box, tokens[position], role, fontsize)
    for x, role in ((left, "centre"), (left + 0.8, "context")):
        _token(axes, (x, -0.55), 0.7, role, role, 9, height=0.28)
    return picture


def _context(tokens: Sequence[str], center: int, reach: int) -> list[str]:
    left = list(tokens[max(center - reach, 0) : center])
    return left + list(tokens[center + 1 : center + 1 + reach])


def _token_boxes(
    tokens: Sequence[str], left: float, right: float
) -> tuple[list[tuple[float, float]], float]:
    """Left edge and width in inches of every token, and the font size at which they fit."""
    for fontsize in (11, 10, 9, 8):
        widths = [_text_size(token, fontsize)[0] / DPI + 0.16 for token in tokens]
        edges = left + np.cumsum([0, *(width + 0.06 for width in widths)])
        if edges[-1] <= right + 0.06:
            return list(zip(edges[:-1].tolist(), widths, strict=True)), fontsize
    raise ValueError(f"{len(tokens)} tokens do not fit in one line; show a part of the sentence.")


def _token(
    axes: Axes, corner: tuple[float, float], width: float, text: str, role: str, fontsize: float,
    height: float = 0.4,
) -> None:  # fmt: skip
    fill, edge, ink = {
        "centre": (BLUE, BLUE, "white"),
        "context": (PALE_ORANGE, ORANGE, INK),
        "none": ("none", "none", GREY),
    }[role]
    x, y = corner
    shape = "round,pad=0,rounding_size=0.06"
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, fc=fill, ec=edge, lw=1.5))
    axes.text(
        x + width / 2, y + height / 2 - 0.01, text, ha="center", va="center", color=ink,
        fontsize=fontsize, weight="bold" if role == "centre" else "normal", parse_math=False,
    )  # fmt: skip


@_styled
def window_weights(
    window: int,
    pair_counts: ArrayLike | None = None,
    *,
    title: str | None = None,
    size: Size = (7, 3.6),
) -> Picture:
    """Draw how often a shrinking window meets each distance.

    The reach is drawn uniformly from 1 to w, so that distance d is met with probability
    (w - d + 1) / w (Mikolov et al. 2013a, section 3.2).

    Parameters
    ----------
    window : int
        Largest distance w, at least 2.
    pair_counts : array, shape (window,), optional
        Measured number of pairs at distance 1, 2, ..., w. They are drawn relative to distance 1.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        Bars for the expected weight, points for the measured one.

    Raises
    ------
    ValueError
        The window is below 2, or the counts do not fit.
    """
    if window < 2:
        raise ValueError(f"window must be at least 2, not {window}: 1 cannot shrink.")
    distances = np.arange(1, window + 1)
    expected = (window - distances + 1) / window
    listed = _enumerated([_number(weight) for weight in expected])
    alt = f"Weight of the distances 1 to {window} in a shrinking window, expected: {listed}."
    if title is None:
        title = f"A neighbour counts {window} times as much as a word {window} places away"
    measured = None
    if pair_counts is not None:
        measured = _numbers("pair_counts", pair_counts, ndim=1)
        if len(measured) != window or measured[0] <= 0 or measured.min() < 0:
            raise ValueError(f"pair_counts must be {window} counts, the first one above 0.")
        measured = measured / measured[0]
        alt += f" Measured: {_enumerated([_number(weight) for weight in measured])}."
    picture = Picture(title, alt, size)
    axes = picture.add_subplot()
    label = "expected: (w − δ + 1) / w"
    axes.bar(distances, expected, width=0.6, color=PALE_BLUE, ec=BLUE, label=label)
    if measured is not None:
        axes.plot(distances, measured, "D", color=VERMILION, markersize=8, label="measured")
    axes.set(xlabel="distance δ between centre and context", ylabel="weight", ylim=(0, 1.1))
    axes.set_xticks(distances)
    axes.legend(loc="upper right")
    return picture


# The model --------------------------------------------------------------------------------------


@_styled
def skipgram_architecture(
    vocabulary_size: int | None = None,
    vector_size: int | None = None,
    *,
    title: str = "Skip-gram: look up the centre word, score every word, take the softmax",
    size: Size = (7.6, 3.4),
) -> Picture:
    """Draw skip-gram with the full softmax as a chain of vectors and matrices.

    Notation as in Rong (2014), figure 1: x, W, h, W', scores, and the probabilities y^.

    Parameters
    ----------
    vocabulary_size, vector_size : int, optional
        V and d as numbers; the letters alone when left out.
    title : str
        The finding.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The diagram, with names and shapes.

    Raises
    ------
    ValueError
        A number is below 1.
    """
    for number in (vocabulary_size, vector_size):
        if number is not None and number < 1:
            raise ValueError(f"V and d must be at least 1, not {number}.")
    V = "V" if vocabulary_size is None else f"{vocabulary_size:,}"
    d = "d" if vector_size is None else f"{vector_size:,}"
    alt = (
        f"Skip-gram from left to right: a one-hot vector x of the centre word ({V} numbers) times "
        f"the matrix W ({V} by {d}) gives the hidden vector h = v_c ({d} numbers). The second "
        f"matrix W' ({V} by {d}) turns it into {V} scores, one for each word. "
        "The softmax makes them probabilities that sum to 1; that of a context word o is p(o | c)."
    )
    picture = Picture(title, alt, size)
    axes = _canvas(picture, (0.1, 10.4), (0.5, 4.35))
    tall, short = min(vocabulary_size or 7, 7), min(vector_size or 3, 5)
    c, o = min(3, tall - 1), min(1, tall - 1)
    _vector(axes, 0.75, tall, {c: BLUE}, ("one-hot", r"$x$"), f"({V},)")
    _matrix_box(axes, 2.45, tall, {c: BLUE}, ("IN vectors", r"$W$"), f"({V}, {d})")
    whole = dict.fromkeys(range(short), BLUE)
    _vector(axes, 4.15, short, whole, ("hidden", r"$h = v_c$"), f"({d},)")
    _matrix_box(axes, 5.85, tall, {o: ORANGE}, ("OUT vectors", r"$W'$"), f"({V}, {d})")
    _vector(axes, 7.55, tall, {o: ORANGE}, ("scores", r"$s_j = u_j\cdot h$"), f"({V},)")
    _vector(axes, 9.2, tall, {o: ORANGE}, ("probabilities", r"$\hat y$"), f"({V},)")
    _row_names(axes, [MIDDLE + ((tall - 1) / 2 - row) * CELL for row in (c, o)])
    for start, end in ((1.0, 1.7), (3.2, 3.9), (4.4, 5.1), (6.6, 7.3), (7.8, 8.95)):
        ends = (start, MIDDLE), (end, MIDDLE)
        arrow = FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=14, color=INK, lw=1.5)
        axes.add_patch(arrow)
    axes.text(8.37, MIDDLE - 0.15, "softmax", ha="center", va="top", fontsize=10)
    return picture


def _vector(
    axes: Axes, x: float, cells: int, filled: Mapping[int, str], head: tuple[str, str], shape: str
) -> None:
    bottom = MIDDLE - cells * CELL / 2
    for cell in range(cells):
        corner = (x - CELL / 2, bottom + (cells - 1 - cell) * CELL)
        fill = filled.get(cell, "white")
        axes.add_patch(Rectangle(corner, CELL, CELL, fc=fill, ec=INK, lw=1))
    _caption(axes, x, cells, head, shape)


def _matrix_box(
    axes: Axes, x: float, cells: int, filled: Mapping[int, str], head: tuple[str, str], shape: str
) -> None:
    width, bottom = 1.3, MIDDLE - cells * CELL / 2
    left = x - width / 2
    for row, color in filled.items():
        pale = {BLUE: PALE_BLUE, ORANGE: PALE_ORANGE}[color]
        axes.add_patch(Rectangle((left, bottom), width, cells * CELL, fc=pale, ec=color, lw=1.5))
        corner = (left, bottom + (cells - 1 - row) * CELL)
        axes.add_patch(Rectangle(corner, width, CELL, fc=color, ec=color))
    _caption(axes, x, cells, head, shape)


def _row_names(axes: Axes, heights: Sequence[float]) -> None:
    """Name the rows of the centre word c and of one context word o."""
    centre, context = heights
    for x, y, name, ink in (
        (0.38, centre, "$c$", INK),
        (2.45, centre, "$v_c$", "white"),
        (5.85, context, "$u_o$", INK),
        (9.85, context, r"$p(o\mid c)$", INK),
    ):
        axes.text(x, y, name, ha="center", va="center", color=ink, fontsize=11)


def _caption(axes: Axes, x: float, cells: int, head: tuple[str, str], shape: str) -> None:
    bottom, top = MIDDLE - cells * CELL / 2, MIDDLE + cells * CELL / 2
    axes.text(x, top + 0.42, head[0], ha="center", va="bottom", fontsize=10, color=GREY)
    axes.text(x, top + 0.08, head[1], ha="center", va="bottom", fontsize=11)
    axes.text(x, bottom - 0.1, shape, ha="center", va="top", fontsize=10)


@_styled
def bars(
    values: ArrayLike | Mapping[str, ArrayLike],
    labels: Sequence[str],
    *,
    highlight: Sequence[str] = (),
    ylabel: str = "probability",
    title: str | None = None,
    size: Size = (7, 3.8),
) -> Picture:
    """Draw one bar a label, or one for each label and series, such as before and after a step.

    Parameters
    ----------
    values : array, shape (n,), or dict of series name to such arrays
        What is drawn; at most three series.
    labels : sequence of str
        The n names under the bars.
    highlight : sequence of str
        Labels to set off, by a black outline and bold letters.
    ylabel : str
        What the values are.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The bars, with their values above them.

    Raises
    ------
    KeyError
        A highlighted label does not exist.
    ValueError
        The values do not fit the labels, or there are too many series.
    """
    series = values if isinstance(values, Mapping) else {ylabel: values}
    if not 1 <= len(series) <= 3 or not labels:
        raise ValueError(f"Give 1 to 3 series and at least one label, not {len(series)} series.")
    rows = {name: _numbers(name, row, ndim=1) for name, row in series.items()}
    for name, row in rows.items():
        if len(row) != len(labels):
            raise ValueError(f"{name} has {len(row)} values for {len(labels)} labels.")
    chosen = {_position(label, labels) for label in highlight}
    picture = Picture(
        title or _bars_title(rows, labels, ylabel), _bars_alt(rows, labels, chosen, ylabel), size
    )
    axes = picture.add_subplot()
    places, width = np.arange(len(labels)), 0.8 / len(rows)
    for index, ((name, row), color) in enumerate(zip(rows.items(), PALETTE, strict=False)):
        shift = (index - (len(rows) - 1) / 2) * width
        drawn = axes.bar(places + shift, row, width * 0.92, color=color, label=name)
        for place in chosen:
            drawn[place].set(edgecolor=BLACK, linewidth=2.5)
        if len(labels) * len(rows) <= 14:
            shown = [_number(value) for value in row]
            axes.bar_label(drawn, shown, padding=3, fontsize=9)
    axes.set_xticks(places, labels, parse_math=False)
    if max(len(label) for label in labels) * len(labels) > 70:
        axes.tick_params(axis="x", labelrotation=90)
    for place in chosen:
        axes.get_xticklabels()[place].set_fontweight("bold")
    axes.margins(y=0.14)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_ylabel(ylabel)
    if len(rows) > 1:
        picture.legend(loc="outside lower center", ncols=len(rows))
    return picture


def _bars_title(rows: Mapping[str, NDArray], labels: Sequence[str], ylabel: str) -> str:
    names = list(rows)
    if len(rows) == 1:
        top = int(np.argmax(rows[names[0]]))
        return f"{_quoted(labels[top])} has the highest {ylabel}: {_number(rows[names[0]][top])}"
    first, last = rows[names[0]], rows[names[-1]]
    most = int(np.argmax(np.abs(last - first)))
    verb = "rises" if last[most] > first[most] else "falls"
    return f"{_quoted(labels[most])} {verb} from {_number(first[most])} to {_number(last[most])}"


def _bars_alt(
    rows: Mapping[str, NDArray], labels: Sequence[str], chosen: set[int], ylabel: str
) -> str:
    first = next(iter(rows.values()))
    shown = sorted(range(len(labels)), key=lambda place: (place not in chosen, -first[place]))[:8]
    facts = []
    for place in sorted(shown):
        numbers = [f"{name} {_number(row[place], 3)}" for name, row in rows.items()]
        told = ", ".join(numbers) if len(rows) > 1 else f"{_number(first[place], 3)}"
        facts.append(f"{labels[place]} {told}")
    which = "" if len(shown) == len(labels) else f", {len(shown)} of {len(labels)}"
    alt = f"Bars of {ylabel}{which}: {'; '.join(facts)}."
    if chosen:
        alt += f" Highlighted: {_enumerated([labels[place] for place in sorted(chosen)])}."
    return alt


@_styled
def matrix_heatmaps(
    matrices: Mapping[str, ArrayLike],
    words: Sequence[str],
    *,
    highlight: Sequence[str] = (),
    change: bool = False,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw matrices side by side, one row a word, on a shared scale centred at zero.

    Parameters
    ----------
    matrices : dict of name to array, shape (V, columns)
        One to four matrices with the same words as rows.
    words : sequence of str
        The V words, at most 40.
    highlight : sequence of str
        Words whose rows are outlined.
    change : bool
        Add a panel with the second matrix less the first, on a scale of its own; give exactly two
        matrices of one shape, the first before and the second after.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from V when left out.

    Returns
    -------
    Picture
        The heat maps, with numbers in the cells where they fit.

    Raises
    ------
    KeyError
        A highlighted word does not exist.
    ValueError
        The matrices do not fit the words or each other.
    """
    panels = {name: _labelled(name, matrix, words) for name, matrix in matrices.items()}
    if not 1 <= len(panels) <= 4 or len(words) > 40:
        raise ValueError("Give 1 to 4 matrices of at most 40 rows; pick some words.")
    shapes = {panel.shape for panel in panels.values()}
    if change and (len(panels) != 2 or len(shapes) != 1):
        raise ValueError("change=True needs exactly two matrices of one shape: before and after.")
    chosen = [_position(word, words) for word in highlight]
    peak = max(np.abs(panel).max() for panel in panels.values())
    difference = np.subtract(*list(panels.values())[::-1]) if change else None
    told, finding = _heatmap_words(panels, words, difference)
    if highlight:
        told += f" Highlighted: {_enumerated(list(highlight))}."
    picture = Picture(title or finding, told, size or (7, min(1.9 + 0.3 * len(words), 8)))
    count = len(panels) + change
    grid = picture.subplots(1, count, sharey=True, squeeze=False)[0]
    for axes, (name, panel) in zip(grid, panels.items(), strict=False):
        image = _heatmap(axes, panel, name, words, peak, chosen, count)
    shared = list(grid[: len(panels)])
    picture.colorbar(
        image, ax=shared, location="bottom", shrink=0.6, aspect=30, pad=0.02, label="value"
    )
    if difference is not None:
        largest = np.abs(difference).max()
        image = _heatmap(grid[-1], difference, "change", words, largest, chosen, count)
        bar = picture.colorbar(
            image, ax=grid[-1], location="bottom", shrink=0.8, aspect=15, pad=0.02
        )
        bar.set_label("change")
        bar.locator = MaxNLocator(3)
    for word in highlight:
        grid[0].get_yticklabels()[_position(word, words)].set_fontweight("bold")
    return picture


def _heatmap(
    axes: Axes, panel: NDArray, name: str, words: Sequence[str], peak: float, chosen: list[int],
    count: int,
) -> Any:  # fmt: skip
    scale = Normalize(-peak or -1.0, peak or 1.0)
    image = axes.imshow(panel, cmap=DIVERGING, norm=scale, aspect="auto")
    V, columns = panel.shape
    axes.set_title(name)
    axes.set_xlabel("dimension")
    axes.set_xticks(range(columns) if columns <= 8 else [0, columns - 1])
    axes.set_yticks(range(V), words, parse_math=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    for row in chosen:
        outline = Rectangle((-0.5, row - 0.5), columns, 1, fill=False, ec=BLACK, lw=2)
        axes.add_patch(outline)
        outline.set_clip_on(False)
    if columns * count <= 12 and V <= 16:
        _cell_numbers(axes, panel, scale)
    return image


def _cell_numbers(axes: Axes, panel: NDArray, scale: Normalize) -> None:
    """Write the values into the cells, white on dark colours."""
    for (row, column), value in np.ndenumerate(panel):
        red, green, blue, _ = DIVERGING(scale(value))
        ink = INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"
        axes.text(column, row, _number(value), ha="center", va="center", color=ink, fontsize=9)


def _heatmap_words(
    panels: Mapping[str, NDArray], words: Sequence[str], difference: NDArray | None
) -> tuple[str, str]:
    """Alt text and finding of ``matrix_heatmaps``."""
    facts = []
    for name, panel in panels.items():
        row, column = _highest(np.abs(panel))
        where = f"{_quoted(words[row])}, dimension {column}"
        facts.append(f"{name} has its largest entry at {where} ({_number(panel[row, column])})")
    told = f"Heat maps with {len(words)} words as rows: {'; '.join(facts)}."
    if difference is None:
        low = min(panel.min() for panel in panels.values())
        high = max(panel.max() for panel in panels.values())
        return told, f"{_enumerated(list(panels))}: values from {_number(low)} to {_number(high)}"
    changed = [words[row] for row in np.flatnonzero(difference.any(axis=1)).tolist()]
    if not changed:
        return f"{told} Nothing changes.", "Nothing changes"
    row, column = _highest(np.abs(difference))
    which = _enumerated(changed) if len(changed) <= 6 else f"{len(changed)} of {len(words)} words"
    told += f" The rows that change: {which}; most at {_quoted(words[row])}, dimension {column} "
    told += f"(by {_number(difference[row, column], 3)})."
    if len(changed) == 1:
        return told, f"Only the row of {_quoted(changed[0])} changes"
    finding = "Every row changes" if len(changed) == len(words) else f"The rows of {which} change"
    return told, f"{finding}, {_quoted(words[row])} most"


@_styled
def loss_curve(
    losses: ArrayLike | Mapping[str, ArrayLike],
    *,
    references: Mapping[str, float] | None = None,
    xlabel: str = "epoch",
    ylabel: str = "mean loss (nats a pair)",
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw the loss of a training run, or of several.

    Parameters
    ----------
    losses : array, shape (n,), or dict of name to such arrays
        One value for each epoch (or step), the first one at 1.
    references : dict of str to float, optional
        Horizontal lines to compare with, such as ``{"log V, a guess": np.log(V)}``.
    xlabel, ylabel : str
        What the axes show.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        One line a run.

    Raises
    ------
    ValueError
        No run, an empty run, or a value that is not finite.
    """
    named = losses if isinstance(losses, Mapping) else {"loss": losses}
    runs = {name: _numbers(name, run, ndim=1) for name, run in named.items()}
    if not 1 <= len(runs) <= len(PALETTE):
        raise ValueError(f"Give 1 to {len(PALETTE)} runs, not {len(runs)}.")
    facts = [
        f"{name} goes from {_number(run[0], 3)} to {_number(run[-1], 3)} in {len(run)} {xlabel}s"
        for name, run in runs.items()
    ]
    lines = dict(references or {})
    told = [f"{name} = {_number(value, 3)}" for name, value in lines.items()]
    alt = f"{ylabel[0].upper()}{ylabel[1:]} against {xlabel}: {'; '.join(facts)}."
    alt += f" Reference: {_enumerated(told)}." if told else ""
    picture = Picture(title or _loss_title(runs, xlabel), alt, size)
    axes = picture.add_subplot()
    for (name, run), color, marker in zip(runs.items(), PALETTE, MARKERS, strict=False):
        steps = np.arange(1, len(run) + 1)
        dots = marker if len(run) <= 30 else ""
        axes.plot(steps, run, color=color, marker=dots, markersize=5, label=name)
    for (name, value), dash in zip(lines.items(), ("--", ":", "-.") * len(lines), strict=False):
        axes.axhline(value, color=GREY, linestyle=dash, linewidth=1.5, label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.grid(True, axis="y")
    if len(runs) + len(lines) > 1:
        picture.legend(loc="outside lower center", ncols=min(len(runs) + len(lines), 3))
    return picture


def _loss_title(runs: Mapping[str, NDArray], xlabel: str) -> str:
    if len(runs) > 1:
        best = min(runs, key=lambda name: runs[name][-1])
        return f"{best} ends lowest, at {_number(runs[best][-1])}"
    (run,) = runs.values()
    verb = "falls" if run[-1] < run[0] else "does not fall"
    return f"The loss {verb}: {_number(run[0])} to {_number(run[-1])} in {len(run)} {xlabel}s"


# Trained vectors --------------------------------------------------------------------------------


@_styled
def similarity_heatmap(
    embeddings: Embeddings,
    words: Sequence[str],
    query: str = "in",
    target: str = "in",
    *,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw the cosines between some words.

    Parameters
    ----------
    embeddings : Embeddings
        Trained vectors.
    words : sequence of str
        2 to 20 words of the vocabulary, each one once.
    query, target : {"in", "out"}
        Which vectors the rows and which the columns stand for.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of words when left out.

    Returns
    -------
    Picture
        One cell a pair, on a scale from -1 to 1.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        Too few or too many words, a word twice, or there are no such vectors.
    """
    if not 2 <= len(words) <= 20 or len(set(words)) < len(words):
        raise ValueError("Give 2 to 20 different words.")
    cosines = np.array([[embeddings.similarity(a, b, query, target) for b in words] for a in words])
    others = np.where(np.eye(len(words), dtype=bool), -np.inf, cosines)
    row, column = _highest(others)
    best = f"{_quoted(words[row])} and {_quoted(words[column])} ({_number(others[row, column])})"
    low_row, low_column = _highest(-cosines)
    lowest = f"{_quoted(words[low_row])} and {_quoted(words[low_column])}"
    alt = (
        f"Cosines between {query.upper()} vectors (rows) and {target.upper()} vectors (columns) of "
        f"{_enumerated(list(words))}. Highest between two words: {best}; lowest: {lowest} "
        f"({_number(cosines[low_row, low_column])})."
    )
    edge = max(0.44 * len(words), 2.0)
    picture = Picture(title or f"Closest: {best}", alt, size or (max(edge + 2.4, 5), edge + 1.6))
    axes = picture.add_subplot()
    scale = Normalize(-1, 1)
    image = axes.imshow(cosines, cmap=DIVERGING, norm=scale)
    axes.set_xticks(range(len(words)), words, rotation=90, parse_math=False)
    axes.set_yticks(range(len(words)), words, parse_math=False)
    axes.set(xlabel=f"{target.upper()} vectors", ylabel=f"{query.upper()} vectors")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if len(words) <= 12:
        _cell_numbers(axes, cosines, scale)
    picture.colorbar(image, ax=axes, shrink=0.8, label="cosine")
    return picture


def pca(vectors: ArrayLike, n_components: int = 2) -> tuple[NDArray, NDArray]:
    """Project vectors onto the directions in which they vary most (principal components).

    Parameters
    ----------
    vectors : array, shape (n, d)
        At least two vectors that are not all equal.
    n_components : int
        How many directions, 1 to min(n, d).

    Returns
    -------
    points : numpy.ndarray of float64, shape (n, n_components)
        Coordinates of the centred vectors. Of the two possible signs of each direction, the one
        is taken that makes the farthest point positive.
    shares : numpy.ndarray of float64, shape (n_components,)
        Share of the variance that each direction holds.

    Raises
    ------
    ValueError
        Too few vectors, all vectors equal, or too many components.
    """
    X = _numbers("vectors", vectors, ndim=2)
    if not 1 <= n_components <= min(X.shape):
        raise ValueError(f"n_components must be 1 to {min(X.shape)}, not {n_components}.")
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    variance = S**2
    if len(X) < 2 or variance.sum() <= 1e-24 * max(np.square(X).sum(), 1e-300):
        raise ValueError("PCA needs at least two different vectors.")
    points = U[:, :n_components] * S[:n_components]
    farthest = np.abs(points).argmax(axis=0)
    points *= np.where(points[farthest, np.arange(n_components)] < 0, -1.0, 1.0)
    return points, variance[:n_components] / variance.sum()


@_styled
def scatter(
    points: ArrayLike,
    labels: Sequence[str],
    *,
    groups: Sequence[str] | Mapping[str, str] | None = None,
    shares: ArrayLike | None = None,
    title: str,
    size: Size = (7, 5),
) -> Picture:
    """Draw labelled points in the plane; labels move aside so that they do not collide.

    Parameters
    ----------
    points : array, shape (n, 2)
        Coordinates, such as the first result of ``pca``.
    labels : sequence of str
        The n words.
    groups : sequence of str, or dict of label to group, optional
        The group of each point, at most 7 different ones; shown by colour and by marker shape.
    shares : array, shape (2,), optional
        The second result of ``pca``; named on the axes.
    title : str
        The finding. What a cloud of points shows is for the caller to say.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        The points.

    Raises
    ------
    KeyError
        A label has no group.
    ValueError
        The shapes do not fit, or there are too many groups.
    """
    xy = _labelled("points", points, labels)
    if xy.shape[1] != 2:
        raise ValueError(f"points has shape {xy.shape}, expected ({len(labels)}, 2).")
    members = _groups(labels, groups)
    picture = Picture(title, _scatter_alt(xy, labels, members, groups is not None), size)
    axes = picture.add_subplot()
    axes.margins(0.12)
    for (name, rows), color, marker in zip(members.items(), PALETTE, MARKERS, strict=False):
        x, y = xy[rows].T
        axes.scatter(x, y, s=42, color=color, marker=marker, label=name, zorder=3)
    names = ["first direction", "second direction"]
    if shares is not None:
        held = _numbers("shares", shares, ndim=1)
        if len(held) != 2:
            raise ValueError(f"shares has {len(held)} values, expected one for each of two axes.")
        names = [f"component {i} ({share:.0%} of the variance)" for i, share in enumerate(held, 1)]
    axes.set(xlabel=names[0], ylabel=names[-1])
    axes.axhline(0, color=PALE, linewidth=1, zorder=0)
    axes.axvline(0, color=PALE, linewidth=1, zorder=0)
    if groups is not None:
        picture.legend(loc="outside lower center", ncols=min(len(members), 5))
    picture.settle()
    _place_labels(axes, xy, labels)
    return picture


def _groups(
    labels: Sequence[str], groups: Sequence[str] | Mapping[str, str] | None
) -> dict[str, list[int]]:
    """Rows of each group, in order of first appearance."""
    if groups is None:
        return {"words": list(range(len(labels)))}
    if isinstance(groups, Mapping):
        missing = [label for label in labels if label not in groups]
        if missing:
            raise KeyError(f"No group is given for {_enumerated(missing[:5])}.")
        groups = [groups[label] for label in labels]
    if len(groups) != len(labels):
        raise ValueError(f"{len(groups)} groups for {len(labels)} labels; give one each.")
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    if len(members) > len(PALETTE):
        raise ValueError(f"{len(members)} groups; at most {len(PALETTE)} can be told apart.")
    return members


def _scatter_alt(
    xy: NDArray, labels: Sequence[str], members: Mapping[str, list[int]], grouped: bool
) -> str:
    if not grouped:
        left, right = labels[int(xy[:, 0].argmin())], labels[int(xy[:, 0].argmax())]
        bottom, top = labels[int(xy[:, 1].argmin())], labels[int(xy[:, 1].argmax())]
        return (
            f"{len(labels)} words in the plane; at the edges lie {_quoted(left)} (left), "
            f"{_quoted(right)} (right), {_quoted(bottom)} (bottom) and {_quoted(top)} (top)."
        )
    facts = []
    for name, rows in members.items():
        x, y = xy[rows].mean(axis=0)
        some = _enumerated([labels[row] for row in rows])
        if len(rows) > 4:
            some = f"{', '.join(labels[row] for row in rows[:3])} and {len(rows) - 3} more"
        facts.append(f"{name} ({some}) around ({_number(x)}, {_number(y)})")
    number = f"{len(members)} group{'s' if len(members) > 1 else ''}"
    return f"{len(labels)} words in the plane, {number}: {'; '.join(facts)}."


# Shared pieces ----------------------------------------------------------------------------------


def _numbers(name: str, values: ArrayLike, ndim: int) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != ndim or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}; expected {ndim} axes and some values.")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinity.")
    return array


def _labelled(name: str, matrix: ArrayLike, labels: Sequence[str]) -> NDArray[np.float64]:
    array = _numbers(name, matrix, ndim=2)
    if len(array) != len(labels):
        raise ValueError(f"{name} has {len(array)} rows for {len(labels)} words; give one a row.")
    return array


def _position(label: str, labels: Sequence[str]) -> int:
    if label not in labels:
        raise KeyError(f"{label!r} is not among {_enumerated(list(labels[:10]))}.")
    return list(labels).index(label)


def _highest(matrix: NDArray) -> tuple[int, int]:
    """Row and column of the largest value."""
    row, column = divmod(int(matrix.argmax()), matrix.shape[1])
    return row, column


def _quoted(word: str) -> str:
    return f"“{word}”"


def _enumerated(words: Sequence[str]) -> str:
    if not words:
        return "nothing"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _canvas(picture: Picture, x: tuple[float, float], y: tuple[float, float]) -> Axes:
    """Axes without axes, for diagrams: one unit is as long in x as in y."""
    axes = picture.add_subplot()
    axes.set(xlim=x, ylim=y, aspect="equal")
    axes.set_axis_off()
    return axes


def _cells(
    axes: Axes, corner: tuple[float, float], width: float, values: NDArray, fills: NDArray,
    digits: int, fontsize: float,
) -> None:  # fmt: skip
    """Draw a grid of numbers; row 0 at the bottom, cells one unit high."""
    for (row, column), value in np.ndenumerate(values):
        x, y = corner[0] + column * width, corner[1] + row
        axes.add_patch(Rectangle((x, y), width, 1, fc=str(fills[row, column]), ec=GREY, lw=1))
        place, text = (x + width / 2, y + 0.46), _number(value, digits)
        axes.text(*place, text, ha="center", va="center", fontsize=fontsize)


def _number(value: float, digits: int = 2) -> str:
    """Write a number with a true minus sign, and zero without one."""
    return f"{value:z.{digits}f}".replace("-", MINUS)


def _text_size(text: str, fontsize: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height of a text in pixels."""
    font = FontProperties(family="DejaVu Sans", size=fontsize, weight=weight)
    width, height, _ = MEASURE.get_text_width_height_descent(text, font, False)
    return width, height


def _wrapped(title: str, pixels: float) -> str:
    """Break a title into lines of at most this width."""
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _text_size(longer, 12, "bold")[0] > pixels:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _place_labels(
    axes: Axes, points: NDArray, labels: Sequence[str], avoid: NDArray | None = None
) -> None:
    """Write a label beside each point where it hides no marker, no label and no curve.

    Each label takes the nearest free of many places around its point, the most crowded points
    first. ``avoid`` holds further points, shape (m, 2), to keep clear of. Call it after ``settle``.
    """
    to_pixels = axes.transData.transform
    anchors = to_pixels(points) if len(points) else points
    others = anchors if avoid is None else np.concatenate([anchors, to_pixels(avoid)])
    taken = np.column_stack([others - 7, others + 7])
    bounds = np.array(axes.get_window_extent().extents)
    near = np.linalg.norm(anchors[:, None] - anchors[None], axis=2) < 100
    for row in np.argsort(-near.sum(axis=1), kind="stable"):
        width, height = _text_size(labels[row], 10)
        half = np.array([width, height]) / 2 + 3
        shift = _free_place(anchors[row], half, taken, bounds)
        offset = (float(shift[0]) * 72 / DPI, float(shift[1]) * 72 / DPI)
        far = np.hypot(*np.maximum(np.abs(shift) - half, 0)) > 16
        line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 3}
        axes.annotate(
            labels[row], points[row], offset, textcoords="offset points", fontsize=10,
            ha="center", va="center", arrowprops=line if far else None, parse_math=False,
        )  # fmt: skip
        corner = anchors[row] + shift
        taken = np.vstack([taken, [*(corner - half), *(corner + half)]])


def _free_place(
    anchor: NDArray, half: NDArray, taken: NDArray, bounds: NDArray
) -> NDArray[np.float64]:
    """Offset in pixels from a point to the centre of its label; ``half`` is half the label."""
    angles = np.pi * np.array([0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11]) / 8
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    best, lowest = np.zeros(2), np.inf
    for gap in (8, 14, 22, 32, 44, 58, 74, 92, 112, 134, 158):
        for direction in directions:
            shift = direction * (half + gap)
            low, high = anchor + shift - half, anchor + shift + half
            overlap = np.minimum(high, taken[:, 2:]) - np.maximum(low, taken[:, :2])
            cost = np.prod(np.maximum(overlap, 0), axis=1).sum()
            cost += 1e4 * (np.maximum(bounds[:2] - low, 0) + np.maximum(high - bounds[2:], 0)).sum()
            if cost < lowest:
                best, lowest = shift, cost
            if cost == 0:
                return best
    return best
