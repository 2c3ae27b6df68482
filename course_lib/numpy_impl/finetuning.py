"""Fine-tuning in NumPy: the compiled loops of word2vec with a lock a word, and an anchor."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_lib import finetuning
from course_lib.embeddings import Embeddings
from course_lib.numpy_impl.runs import Run
from course_lib.numpy_impl.word2vec import train_softmax
from course_lib.settings import Word2VecSettings
from course_lib.training import require_settings
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

    Without a lock, an anchor and a warm-up it is ``train_word2vec`` with ``initial=`` the start
    that ``finetuning.plan`` lays out. With ``settings.exact`` and one thread, all bits are those of
    ``gensim_impl.fine_tune``, locks among them.

    A lock l scales each step of an IN vector, as gensim's ``vectors_lockf``. An anchor a adds
    ``a / 2 * |v - start|**2`` to the loss of each prediction, for each IN vector v in it: with the
    learning rate alpha and the gradient g of the loss itself, v moves by
    ``-l * alpha * g - min(1, l * alpha * a) * (v - start)``. (Such a penalty holds whole networks
    near their pre-trained weights in Miceli Barone et al. 2017, MAP-L2.)

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
        How strongly the IN vectors are pulled back to their start.
    progress : bool, default True
        Show progress bars.

    Returns
    -------
    finetuning.FineTuned
        The vectors after the training and before it, in float32 (with the full softmax in the
        precision of the pre-trained vectors), and what was covered and locked.

    Raises
    ------
    ValueError
        As in ``finetuning.plan`` and ``train_word2vec``.
    KeyError
        A lock is for a word that the vocabulary does not have.
    FileNotFoundError
        There is no such file of vectors.
    """
    require_settings(settings)
    plan = finetuning.plan(
        pretrained,
        sentences,
        settings,
        vocabulary=vocabulary,
        extra_words=extra_words,
        lockf=lockf,
        warm_up=warm_up,
        anchor=anchor,
        dtype=None if settings.objective == "softmax" else np.float32,
        progress=progress,
    )
    trained = plan.start
    for phase, part in plan.phases(settings):
        trained = _train(sentences, phase, trained, part, progress)
    return plan.result(trained)


def _train(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    start: Embeddings,
    part: finetuning.Plan,
    progress: bool,
) -> Embeddings:
    if settings.objective == "softmax":
        return train_softmax(
            sentences, settings, start.vocabulary, start, progress, part.locks, part.anchor
        )
    run = Run(sentences, settings, start.vocabulary, start, None, part.locks, part.anchor)
    return run.train(progress)
