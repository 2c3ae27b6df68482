"""A map of words to search: hover for a word, click for its nearest neighbours."""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings, unit
from course_lib.plots import Picture, word_map
from course_lib.plots._pieces import grouped
from course_lib.plots.picture import GREY, PALETTE, VERMILION
from course_lib.projections import Projection, project
from course_lib.widgets.pages import STATIC, PageWidget

MOST = 3000  # words
STILL = 100  # words in the picture that stands in for the map
# Bokeh's markers in the order of those of the figures, with the sizes at which they look alike.
SHAPES = {
    "circle": 8, "square": 8, "triangle": 9, "diamond": 12, "inverted_triangle": 9, "hex": 9,
    "star": 12,
}  # fmt: skip
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{about}</p>
<div class="columns">
<div id="map"></div>
<section aria-label="Neighbours">
<label>Find a word <input id="search" list="known" autocomplete="off" spellcheck="false"></label>
<datalist id="known"></datalist>
<p id="chosen" role="status">Click on a point, or type a word and press Enter.</p>
<ol id="neighbours"></ol>
</section>
</div>
<noscript><img src="data:image/png;base64,{png}" alt="{alt}"></noscript>
</main>
<script type="application/json" id="figure">{figure}</script>
<script type="application/json" id="words">{words}</script>
{bokeh}
<script type="module">
{script}
</script>
</body>
</html>
"""


class InteractiveMap(PageWidget):
    """A map of words as a widget: a page of its own in a frame.

    The page holds everything: the points, the words, the neighbours, and Bokeh to draw them. As
    the last line of a notebook cell it brings a picture, which stands in its place where no widget
    can run.

    Parameters
    ----------
    projection : Projection
        Where the n words lie.
    words : sequence of str
        The words.
    neighbours : numpy.ndarray of int, shape (n, k)
        For each word the rows of its nearest neighbours, the nearest first.
    cosines : numpy.ndarray, shape (n, k)
        The cosines of those.
    groups : dict of group to list of int
        The rows of each group.
    counts : numpy.ndarray of int, shape (n,), optional
        How often each word was seen.
    title : str
        The finding.

    Attributes
    ----------
    document : str
        The page, as HTML.
    """

    _esm = STATIC / "map_frame.js"
    _css = STATIC / "map_frame.css"
    document = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        projection: Projection,
        words: Sequence[str],
        neighbours: NDArray[np.integer],
        cosines: NDArray[np.floating],
        groups: Mapping[str, Sequence[int]],
        counts: NDArray[np.integer] | None,
        title: str,
    ) -> None:
        self.projection, self.words, self.title = projection, list(words), title
        self.neighbours, self.cosines = neighbours, cosines
        self.groups, self.counts = groups, counts
        super().__init__()
        self.document = self._written()

    def __repr__(self) -> str:
        return f"InteractiveMap({len(self.words):,} words, {self.projection.method})"

    def picture(self) -> Picture:
        """Draw the map as a still, with the first hundred words.

        Returns
        -------
        Picture
            What stands in for the widget.
        """
        points = self.projection.points[:STILL]
        few = Projection(points, self.projection.method, self.projection.shares)
        group_of = {row: name for name, rows in self.groups.items() for row in rows}
        named = [group_of[row] for row in range(len(points))] if len(self.groups) > 1 else None
        rest = len(self.words) - len(points)
        title = f"{self.title} (without {rest:,} of the words)" if rest else self.title
        return word_map(few, self.words[:STILL], named, title=title)

    def page(self) -> str:
        """Give the page.

        Returns
        -------
        str
            HTML.
        """
        return self.document

    def _written(self) -> str:
        from bokeh.resources import Resources  # late: Bokeh takes half a second

        still = self.picture()
        table = {
            "words": self.words,
            "x": self.projection.points[:, 0].round(6).tolist(),
            "y": self.projection.points[:, 1].round(6).tolist(),
            "neighbours": self.neighbours.tolist(),
            "cosines": self.cosines.round(2).tolist(),
        }
        about = (
            f"{len(self.words):,} words by {self.projection.method}. The neighbours come from the "
            "whole vectors, by the cosine, and not from the picture."
        )
        if len(self.groups) > 1:
            about += " Click on a group in the legend to hide it."
        return PAGE.format(
            title=html.escape(self.title),
            about=html.escape(about),
            style=(STATIC / "word_map.css").read_text(encoding="utf-8"),
            script=(STATIC / "word_map.js").read_text(encoding="utf-8"),
            png=still._repr_mimebundle_()[0]["image/png"],
            alt=html.escape(still.alt),
            figure=_json(_figure(self)),
            words=_json(table),
            bokeh=Resources(mode="inline", components=["bokeh"]).render_js(),
        )


def interactive_map(
    embeddings: Embeddings,
    words: Sequence[str],
    groups: Sequence[str] | Mapping[str, str] | None = None,
    *,
    projection: Projection | None = None,
    topn: int = 10,
    title: str | None = None,
    **options: Any,
) -> InteractiveMap:
    """Make a map of words to search: hover for a word, click for its nearest neighbours.

    Parameters
    ----------
    embeddings : Embeddings
        Trained vectors; the IN vectors count.
    words : sequence of str
        The n words, 3 to 3000, each one once.
    groups : sequence of str, or dict of word to group, optional
        The group of each word, at most 7 different ones; shown by colour and by marker shape, and
        hidden by a click in the legend.
    projection : Projection, optional
        Where the words lie, in their order; made from their vectors when left out.
    topn : int, default 10
        How many neighbours a click shows, of the words on the map; fewer where there are fewer.
    title : str, optional
        The finding; left out, it says what the map is.
    **options
        Settings of ``project`` where no projection is given, such as ``method="tsne"``.

    Returns
    -------
    InteractiveMap
        The widget. Let a cell end with it, or write it to a file with ``save_page``.

    Raises
    ------
    KeyError
        A word is unknown, or has no group.
    ValueError
        Too few or too many words, a word twice, ``topn`` below 1, or points that do not fit.
    """
    if not 3 <= len(words) <= MOST or len(set(words)) < len(words):
        raise ValueError(f"Give 3 to {MOST} different words, not {len(words)}.")
    if topn < 1:
        raise ValueError(f"topn must be at least 1, not {topn}.")
    rows = [embeddings.vocabulary.index(word) for word in words]
    vectors = embeddings.input_vectors[rows]
    if projection is None:
        projection = project(vectors, **options)
    elif options or len(projection) != len(words):
        raise ValueError("Give a projection with a point a word, or the settings for one.")
    members = grouped(words, groups)
    counts = embeddings.vocabulary.counts
    near, cosines = _nearest(vectors, min(topn, len(words) - 1))
    return InteractiveMap(
        projection, words, near, cosines, members,
        None if counts is None else counts[rows],
        title or f"A map of {len(words):,} words",
    )  # fmt: skip


def _nearest(vectors: NDArray[np.floating], k: int) -> tuple[NDArray[np.integer], NDArray]:
    """Rows and cosines of each vector's k nearest, itself left out."""
    directions = unit(vectors)
    cosines = np.clip(directions @ directions.T, -1, 1)
    np.fill_diagonal(cosines, -np.inf)
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return near, np.take_along_axis(cosines, near, axis=1)


def _figure(shown: InteractiveMap) -> Any:
    """Give Bokeh's JSON of the points, and of an overlay that is still empty."""
    from bokeh.embed import json_item
    from bokeh.models import ColumnDataSource, CustomJS, HoverTool
    from bokeh.plotting import figure

    plot = figure(
        width=760, height=620, tools="pan,wheel_zoom,box_zoom,reset,tap",
        active_scroll="wheel_zoom", toolbar_location="above",
    )  # fmt: skip
    plot.toolbar.logo = None
    points = shown.projection.points.round(6)
    renderers: list[Any] = []
    for (name, rows), color, shape in zip(shown.groups.items(), PALETTE, SHAPES, strict=False):
        data: dict[str, Any] = {
            "x": points[rows, 0].tolist(),
            "y": points[rows, 1].tolist(),
            "row": list(rows),
            "word": [shown.words[row] for row in rows],
        }
        if shown.counts is not None:
            data["count"] = shown.counts[rows].tolist()
        source = ColumnDataSource(data, name="points")
        tell = "cb_obj.indices.forEach(i => document.dispatchEvent("
        tell += 'new CustomEvent("word", { detail: source.data.row[i] })))'
        source.selected.js_on_change("indices", CustomJS(args={"source": source}, code=tell))
        look: dict[str, Any] = {"color": color, "marker": shape, "nonselection_alpha": 0.8}
        if len(shown.groups) > 1:
            look["legend_label"] = name
        drawn = plot.scatter("x", "y", source=source, size=SHAPES[shape], alpha=0.8, **look)
        renderers.append(drawn)
    _overlay(plot)
    told = [("word", "@word"), ("seen", "@count{0,0} times")]
    told = told[: 1 + (shown.counts is not None)]
    plot.add_tools(HoverTool(tooltips=told, renderers=renderers))
    if len(shown.groups) > 1:
        plot.add_layout(plot.legend[0], "below")
        plot.legend[0].orientation, plot.legend[0].click_policy = "horizontal", "hide"
    _axes(plot, shown.projection)
    return _renumbered(json_item(plot))


def _overlay(plot: Any) -> None:
    """Rings and words on top of the points; the page fills them in."""
    from bokeh.models import ColumnDataSource

    marks = ColumnDataSource({"x": [], "y": [], "word": [], "size": []}, name="marks")
    plot.scatter("x", "y", source=marks, size="size", fill_alpha=0, color=VERMILION, line_width=2.5)
    plot.text(
        "x", "y", "word", source=marks, x_offset=9, y_offset=-5, text_font_size="13px",
        background_fill_color="white", background_fill_alpha=0.8,
    )  # fmt: skip


def _axes(plot: Any, projection: Projection) -> None:
    plot.grid.grid_line_color = "#DADCE0"
    plot.outline_line_color = GREY
    if projection.shares is None:  # t-SNE and UMAP have no axes that mean anything
        plot.axis.visible = False
        return
    for axis, number in ((plot.xaxis, 0), (plot.yaxis, 1)):
        held = f"{projection.shares[number]:.0%} of the variance"
        axis.axis_label = f"component {number + 1} ({held})"


def _renumbered(item: Any) -> Any:
    """Number Bokeh's objects from 1, so that the same map gives the same bytes each time."""
    numbers: dict[str, str] = {}

    def walk(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                key: numbers.setdefault(value, f"p{len(numbers) + 1}")
                if key in ("id", "root_id") and isinstance(value, str)
                else walk(value)
                for key, value in part.items()
            }
        return [walk(each) for each in part] if isinstance(part, list | tuple) else part

    return walk(item)


def _json(value: Any) -> str:
    """Write JSON that can stand in a page: a word "</script>" would end the element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
