"""The steps of word2vec to look at, one by one: in a notebook, or on a page of its own."""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from course_lib.embeddings import Embeddings
from course_lib.plots import Picture
from course_lib.settings import Word2VecSettings
from course_lib.widgets.pages import STATIC, PageWidget
from course_lib.widgets.steps import Steps, sgd_steps
from course_lib.widgets.story import picture, story

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 1rem auto; max-width: 1100px; padding: 0 0.5rem; background: #fff; }}
{style}
</style>
</head>
<body>
<main>
<div id="steps"></div>
<noscript><img src="data:image/png;base64,{png}" alt="{alt}" style="max-width: 100%"></noscript>
</main>
<script type="application/json" id="story">{story}</script>
<script type="module">
{script}
show(
  document.getElementById("steps"),
  JSON.parse(document.getElementById("story").textContent),
);
</script>
</body>
</html>
"""


class Word2VecSteps(PageWidget):
    """The steps as a widget: both matrices, the predictions, and what each step changed.

    All steps are computed ahead. So the widget needs no kernel once it is shown, and
    ``save_page`` makes the same thing without one. As the last line of a notebook cell it brings a
    picture of its first step, which stands in its place where no widget can run.

    Parameters
    ----------
    run : Steps
        The steps.

    Attributes
    ----------
    run : Steps
        As given.
    story : dict
        What the browser draws.
    position : int
        Steps made so far, 0 to the number of steps. It follows the buttons, and they follow it.
    """

    _esm = STATIC / "word2vec_steps.js"
    _css = STATIC / "word2vec_steps.css"
    story = traitlets.Dict().tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)

    def __init__(self, run: Steps) -> None:
        self.run = run
        super().__init__(story=story(run))

    @traitlets.validate("position")
    def _valid_position(self, proposal: Mapping[str, Any]) -> int:
        if not 0 <= proposal["value"] <= len(self.run):
            raise ValueError(f"position must be 0 to {len(self.run)}, not {proposal['value']}.")
        return proposal["value"]

    def __repr__(self) -> str:
        return f"Word2VecSteps({self.run!r})"

    def picture(self) -> Picture:
        """Draw the start and the first step.

        Returns
        -------
        Picture
            What stands in for the widget.
        """
        return picture(self.run)

    def page(self) -> str:
        """Write the steps as a page of their own.

        Returns
        -------
        str
            HTML.
        """
        still = self.picture()
        return PAGE.format(
            title=html.escape(self.story["title"]),
            style=(STATIC / "word2vec_steps.css").read_text(encoding="utf-8"),
            script=(STATIC / "word2vec_steps.js").read_text(encoding="utf-8"),
            png=still._repr_mimebundle_()[0]["image/png"],
            alt=html.escape(still.alt),
            # A word "</script>" would end the element.
            story=json.dumps(self.story, ensure_ascii=False).replace("<", "\\u003c"),
        )


def word2vec_steps(
    sentences: Sequence[Sequence[str]],
    settings: Word2VecSettings,
    *,
    steps: int = 40,
    initial: Embeddings | None = None,
) -> Word2VecSteps:
    """Train on a tiny text for a few steps, and show them one by one.

    Parameters
    ----------
    sentences : sequence of sequences of str
        A tiny text of at most 12 different words.
    settings : Word2VecSettings
        Any architecture and objective, ``sample=0``, ``vector_size`` of at most 6, and at most 40
        ``negative``. The learning rate falls from ``alpha`` to ``min_alpha`` over the steps;
        ``epochs``, ``workers``, ``exact`` and ``batch_size`` are not read.
    steps : int, default 40
        Number of steps, 1 to 200.
    initial : Embeddings, optional
        Vectors to start from; ``Embeddings.initial`` where they are left out.

    Returns
    -------
    Word2VecSteps
        The widget. Let a cell end with it.

    Raises
    ------
    ValueError
        What ``sgd_steps`` refuses.

    Examples
    --------
    >>> settings = Word2VecSettings(min_count=1, sample=0, vector_size=2, alpha=0.5)
    >>> word2vec_steps([["king", "wears", "crown"]], settings, steps=3)
    Word2VecSteps(Steps(3 steps of skip-gram, negative-sampling on 3 words))
    """
    return Word2VecSteps(sgd_steps(sentences, settings, steps=steps, initial=initial))
