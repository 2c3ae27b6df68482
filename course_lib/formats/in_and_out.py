"""IN and OUT vectors together, in files that every reader of word2vec's format reads.

The format has one vector a word. So the two matrices go into two files with the same words, or into
one in which each word stands twice, as "in:word" and "out:word".
"""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from course_lib.embeddings import Embeddings
from course_lib.files import replacing
from course_lib.formats.loading import load_vectors
from course_lib.formats.saving import prepared
from course_lib.vocabulary import Vocabulary

IN, OUT = "in:", "out:"


def save_in_and_out(
    embeddings: Embeddings,
    path: str | Path,
    out_path: str | Path | None = None,
    format: str = "word2vec-text",
) -> None:
    """Save IN and OUT vectors as two files, or as one.

    Two files hold the same words in the same order, each a plain file of vectors. One file holds
    2V rows: "in:word" for each word, then "out:word" for each. gensim reads it, too, and there
    ``most_similar("in:yale")`` finds neighbours of both kinds. Since every word gets a prefix, no
    two can collide, whatever a word begins with. Counts are not saved; ``Embeddings.save`` keeps
    everything.

    Parameters
    ----------
    embeddings : Embeddings
        With OUT vectors.
    path : str or pathlib.Path
        The file of the IN vectors, or of both. Its name decides whether it is packed (.gz, .bz2).
    out_path : str or pathlib.Path, optional
        The file of the OUT vectors; without it both go to ``path``.
    format : {"word2vec-text", "word2vec-binary", "glove"}
        As in ``save_vectors``.

    Raises
    ------
    ValueError
        There are no OUT vectors, both paths are the same, or as in ``save_vectors``. Then
        no file is written.
    FileNotFoundError
        A folder does not exist.
    """
    words = embeddings.vocabulary.words
    inputs, outputs = embeddings.matrix("in"), embeddings.matrix("out")
    if out_path is None:
        both = [IN + word for word in words] + [OUT + word for word in words]
        tables = {path: prepared(path, both, np.concatenate([inputs, outputs]), format)}
    else:
        if Path(path).resolve() == Path(out_path).resolve():
            raise ValueError(f"IN and OUT cannot go to the same file {path}; leave out_path out.")
        tables = {
            path: prepared(path, words, inputs, format),
            out_path: prepared(out_path, words, outputs, format),
        }
    with ExitStack() as files:  # none takes its place before all are complete
        for place, write in tables.items():
            write(files.enter_context(replacing(place)))


def load_in_and_out(
    path: str | Path,
    out_path: str | Path | None = None,
    format: str = "auto",
    *,
    cache: bool = True,
    progress: bool = True,
) -> Embeddings:
    """Load IN and OUT vectors from two files, or from one with "in:word" and "out:word".

    Parameters
    ----------
    path : str or pathlib.Path
        The file of the IN vectors, or of both; any that ``load_vectors`` reads.
    out_path : str or pathlib.Path, optional
        The file of the OUT vectors, of the same words in any order.
    format : {"auto", "word2vec-text", "word2vec-binary", "glove"}
        As in ``load_vectors``.
    cache, progress : bool, default True
        As in ``load_vectors``.

    Returns
    -------
    Embeddings
        With both matrices, in the order of the IN vectors, and no counts.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A word has only one of the two vectors, a row of the single file has neither prefix, or as
        in ``load_vectors``.
    """
    inputs = load_vectors(path, format, cache=cache, progress=progress)
    if out_path is None:
        return _apart(inputs, path)
    outputs = load_vectors(out_path, format, cache=cache, progress=progress)
    try:
        return Embeddings.from_pair(inputs, outputs)
    except ValueError as error:
        raise ValueError(f"{path} and {out_path} do not fit together: {error}") from error


def _apart(both: Embeddings, path: str | Path) -> Embeddings:
    words = both.vocabulary.words
    other = next((word for word in words if not word.startswith((IN, OUT))), None)
    if other is not None:
        raise ValueError(
            f"{path}: {other!r} begins neither with {IN!r} nor with {OUT!r}, as each word that "
            "save_in_and_out writes does. Is it the file of one matrix? Then give out_path, too."
        )
    parts = []
    for prefix in (IN, OUT):
        rows = [row for row, word in enumerate(words) if word.startswith(prefix)]
        if not rows:
            raise ValueError(f"{path} has no word that begins with {prefix!r}.")
        kept = Vocabulary([words[row].removeprefix(prefix) for row in rows])
        parts.append(Embeddings.from_checked(kept, both.input_vectors[rows]))
    try:
        return Embeddings.from_pair(*parts)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
