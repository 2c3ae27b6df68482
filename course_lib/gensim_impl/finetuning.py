"""Fine-tuning by gensim 4: rows copied into its model, and a lock a word."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gensim import utils
from gensim.models import Word2Vec
from numpy.typing import NDArray

from course_lib import finetuning
from course_lib.embeddings import Embeddings
from course_lib.formats import load_vectors
from course_lib.gensim_impl.word2vec import arguments, to_embeddings, train_from
from course_lib.settings import Word2VecSettings
from course_lib.training import require_settings, starting_point
from course_lib.vocabulary import Vocabulary

if TYPE_CHECKING:
    from gensim.models import KeyedVectors


def fine_tune(
    pretrained: "Embeddings | KeyedVectors | str | Path",
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    extra_words: Iterable[str] = (),
    lockf: float | Mapping[str, float] | finetuning.Lockf | None = None,
    warm_up: int = 0,
    anchor: float = 0.0,
    progress: bool = True,
) -> finetuning.FineTuned:
    """Train pre-trained vectors further on a text.

    Without a lock and a warm-up it is ``train_word2vec`` with ``initial=`` the start that
    ``finetuning.plan`` lays out. Nothing but the text's own vocabulary enters gensim's model, rows
    are copied into its own matrix, and the locks are float32, one a word. That avoids what goes
    wrong in older recipes: words that only the pre-trained vectors have take over the noise
    distribution, ``intersect_word2vec_format`` stops half way, and locks of float64 freeze every
    other word.

    A lock l scales each step of an IN vector. OUT vectors are never locked.

    Parameters
    ----------
    pretrained : Embeddings, gensim.models.KeyedVectors or path
        The vectors to start from, or a file that ``formats.load_vectors`` reads.
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        What to train, and how. ``vector_size`` must be that of the pre-trained vectors.
    vocabulary : Vocabulary, optional
        The words to train, with counts. Counted from the text where it is left out.
    extra_words : iterable of str
        Words to have in any case; see ``finetuning.plan``.
    lockf : float, mapping of str to float, or finetuning.Lockf, optional
        One lock for all words, locks of single words (the others are free), or rules.
    warm_up : int, default 0
        So many epochs of training come first, in which IN vectors are frozen and OUT vectors learn
        to fit them. The learning rate falls as in the training that follows.
    anchor : float, default 0
        gensim has none: anything but 0 is refused.
    progress : bool, default True
        Show progress bars.

    Returns
    -------
    finetuning.FineTuned
        The vectors after the training and before it, in float32, and what was covered and locked.

    Raises
    ------
    ValueError
        An anchor, or as in ``finetuning.plan`` and ``train_word2vec``.
    KeyError
        A lock is for a word that the vocabulary does not have.
    FileNotFoundError
        There is no such file of vectors.
    """
    require_settings(settings)
    arguments(settings)  # refuses what gensim does not have before a long text is read
    if anchor != 0:
        raise ValueError(
            f"gensim has no anchor, so anchor={anchor!r} means nothing there. Use numpy_impl."
            "fine_tune or torch_impl.fine_tune, or hold the words back by lockf."
        )
    plan = finetuning.plan(
        pretrained,
        sentences,
        settings,
        vocabulary=vocabulary,
        extra_words=extra_words,
        lockf=lockf,
        warm_up=warm_up,
        anchor=anchor,
        dtype=np.float32,
        progress=progress,
    )
    trained = plan.start
    for phase, part in plan.phases(settings):
        start = starting_point(sentences, phase, plan.start.vocabulary, trained)
        trained = to_embeddings(train_from(start, sentences, phase, progress, part.locks))
    return plan.result(trained)


def intersect(model: Word2Vec, path: str | Path, lockf: float = 1.0) -> NDArray[np.bool_]:
    """Call gensim's ``intersect_word2vec_format`` so that it works.

    It writes into ``vectors_lockf`` row by row, which in gensim 4 has one entry for all words, so
    it stops at row 1 with an IndexError, two rows overwritten. Its ``binary=True`` fails with
    NumPy 2, and its own ``lockf=0.0`` freezes all that it copies. Here the locks get their length
    first, and nothing is frozen unless you say so. ``copy_rows`` gives the same vectors from any
    kind of file.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        With a vocabulary; it changes in place.
    path : str or pathlib.Path
        A text file of word2vec, with a header: ``formats.save_vectors`` writes one.
    lockf : float, default 1
        The lock of the words that are copied, 0 to 1; all others are free.

    Returns
    -------
    numpy.ndarray of bool, shape (V,)
        Which rows of the model were covered.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The model has no vocabulary yet, the lock is out of range, or the file is no text with a
        header, has another dimension, or covers no word.
    """
    if not len(model.wv):
        raise ValueError("This model has no vocabulary yet: model.build_vocab(sentences).")
    if not 0 <= lockf <= 1:
        raise ValueError(f"lockf must be a number from 0 (frozen) to 1 (free), not {lockf!r}.")
    known = load_vectors(path, words=model.wv.index_to_key, progress=False).vocabulary
    _require_header(path, model.vector_size)
    model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)  # one float32 a word
    model.wv.intersect_word2vec_format(str(path), lockf=lockf, binary=False)
    model.wv.fill_norms(force=True)  # most_similar divides by the norms that it knows
    return np.array([word in known for word in model.wv.index_to_key])


def _require_header(path: str | Path, d: int) -> None:
    """Read the first line as gensim will."""
    with utils.open(str(path), "rb") as file:
        fields = file.readline().split()
        second = file.readline().rstrip().split(b" ")
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        raise ValueError(
            f"{path} has no header, or is no text, and gensim needs both. Load it with "
            'formats.load_vectors and save it with formats.save_vectors(..., "word2vec-text"), or '
            "use copy_rows."
        )
    if int(fields[1]) != d:
        raise ValueError(
            f"The vectors in {path} have {int(fields[1])} dimensions, the model has {d}. "
            f"Make the model with vector_size={int(fields[1])}."
        )
    if len(second) != d + 1:
        raise ValueError(f"{path} is in binary, which gensim cannot read here. Use copy_rows.")
