"""What all widgets share: a picture that stands in for them, and a page of their own."""

from pathlib import Path
from typing import Any

import anywidget
from IPython.display import display

from course_lib.files import replacing
from course_lib.plots import Picture

STATIC = Path(__file__).parent / "static"
VIEW = "application/vnd.jupyter.widget-view+json"


class WidgetWithStandIn(anywidget.AnyWidget):
    """A widget that brings something to stand in its place where no widget can run.

    Its style sheet has to hide the outputs that follow it.
    """

    def stand_in(self) -> Any:
        """Give what a notebook shows in the place of the widget.

        Returns
        -------
        object
            Shown as it would be at the end of a cell.
        """
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        assert bundle is not None, "only a widget without a view has none"
        # Two outputs: in one, JupyterLab would show the widget or an error, and the other never.
        # The style sheet hides what follows the widget for as long as it is there.
        display({VIEW: bundle[0][VIEW]}, raw=True)
        display(self.stand_in())


class PageWidget(WidgetWithStandIn):
    """A widget that needs no kernel once it is shown, and can be a page of its own.

    Its picture stands in its place.
    """

    def picture(self) -> Picture:
        """Draw what stands in for the widget.

        Returns
        -------
        Picture
            The same each time.
        """
        raise NotImplementedError

    def page(self) -> str:
        """Write the widget as a page that needs neither a kernel nor the network.

        Returns
        -------
        str
            HTML, the same each time.
        """
        raise NotImplementedError

    def stand_in(self) -> Picture:
        """Give the picture.

        Returns
        -------
        Picture
            See ``picture``.
        """
        return self.picture()


def save_page(path: str | Path, widget: PageWidget) -> None:
    """Write a widget as one HTML file that needs neither a kernel nor the network.

    Parameters
    ----------
    path : str or pathlib.Path
        The file; an existing one is replaced when the new one is whole.
    widget : PageWidget
        What ``word2vec_steps`` or ``interactive_map`` gave.

    Raises
    ------
    FileNotFoundError
        The folder does not exist.
    """
    page = widget.page().encode()
    with replacing(path) as file:
        file.write(page)
