"""Progress bars that can be switched off: built lessons and test reports hold none."""

import os
from typing import Any

from tqdm.auto import tqdm


def progress_bar(show: bool, **options: Any) -> tqdm:
    """Make a progress bar, or a silent one.

    The environment has a say, too: ``TQDM_DISABLE=1`` hides every bar, so that built lessons and
    test reports hold none. (tqdm itself reads that variable for bars in a terminal only.)

    Parameters
    ----------
    show : bool
        False for none.
    **options
        What ``tqdm`` takes.

    Returns
    -------
    tqdm
        The bar, to be used in a ``with`` statement.
    """
    return tqdm(disable=not show or os.environ.get("TQDM_DISABLE") == "1", **options)
