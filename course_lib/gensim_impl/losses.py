"""What a gensim model's loss is: recomputed, and read from gensim's running sum epoch by epoch."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from numpy.typing import NDArray

from course_lib.corpus import require_reiterable
from course_lib.gensim_impl.word2vec import to_embeddings
from course_lib.settings import Word2VecSettings
from course_lib.training import NO_PAIRS, BatchMaker


class Objective(NamedTuple):
    """The loss of a model on a text.

    Attributes
    ----------
    mean : float
        Mean loss of a prediction, in nats: of a pair in skip-gram, of a window in CBOW.
    predictions : int
        How many there were.
    """

    mean: float
    predictions: int


def objective(model: Word2Vec, sentences: Iterable[Sequence[str]], seed: int = 1) -> Objective:
    """Compute the loss of a model as it stands, in float64 and with the exact logistic function.

    The same quantity as in training (Mikolov et al. 2013b, equation 4 or 3), with the model's own
    subsampling, windows and noise, drawn from a seed of their own: two models of the same
    vocabulary can be compared, and a text that was kept aside can be used. gensim's
    ``get_latest_training_loss`` is a sum over a whole training in float32, from rounded tables,
    taken while the vectors moved.

    Parameters
    ----------
    model : gensim.models.Word2Vec
        Trained; it stays as it is.
    sentences : re-iterable of sequences of str
        Any text; words that the model does not have are left out.
    seed : int, default 1
        Draws windows, dropped tokens and noise words.

    Returns
    -------
    Objective
        Mean loss in nats, and the number of predictions.

    Raises
    ------
    ValueError
        The model trains both objectives at once, has no vocabulary, or the text holds no pair.
    """
    if bool(model.hs) == bool(model.negative):
        raise ValueError(
            f"The model has hs={model.hs} and negative={model.negative}, so that its loss mixes "
            "two objectives. Train with hs=1, negative=0, or with hs=0."
        )
    require_reiterable(sentences)
    trained = to_embeddings(model)
    settings = Word2VecSettings(
        architecture="skip-gram" if model.sg else "cbow",
        objective="hierarchical-softmax" if model.hs else "negative-sampling",
        window=model.window,
        shrink_windows=model.shrink_windows,
        sample=model.sample,
        negative=model.negative or Word2VecSettings.negative,
        ns_exponent=model.ns_exponent,
        batch_size=2048,
        seed=seed,
    )
    others = trained.node_vectors if model.hs else trained.output_vectors
    assert others is not None  # to_embeddings gives what the objective has trained
    matrices = trained.input_vectors.astype(np.float64), others.astype(np.float64)
    total, predictions = 0.0, 0
    for batch in BatchMaker(trained.vocabulary, settings).epoch(sentences):
        total += _summed_loss(*matrices, settings, bool(model.cbow_mean), batch.arguments)
        predictions += batch.predictions
    if predictions == 0:
        raise ValueError(NO_PAIRS)
    return Objective(total / predictions, predictions)


def _summed_loss(
    inputs: NDArray,
    others: NDArray,
    settings: Word2VecSettings,
    mean: bool,
    arguments: tuple[NDArray, ...],
) -> float:
    if settings.architecture == "skip-gram":
        centers, *predicted = arguments
        hidden = inputs[centers]
    else:
        contexts, *predicted, context_mask = arguments
        weights = context_mask / context_mask.sum(axis=1, keepdims=True) if mean else context_mask
        hidden = np.einsum("bc,bcd->bd", weights, inputs[contexts])
    if settings.objective == "hierarchical-softmax":
        rows, codes, mask = predicted
        signs = 1 - 2.0 * codes
    else:
        targets, negatives, counted = predicted
        rows = np.column_stack([targets, negatives])
        mask = np.column_stack([np.ones(len(targets), dtype=bool), counted])
        signs = np.where(np.arange(rows.shape[1]) == 0, 1.0, -1.0)
    scores = np.einsum("bd,bkd->bk", hidden, others[rows])
    return float(np.logaddexp(0, -signs * scores)[mask].sum())  # -log sigmoid(sign * score)


class EpochLoss(CallbackAny2Vec):
    """Reads gensim's running loss at the end of each epoch, and sets it back to zero.

    Left alone, the sum runs through all epochs of a training in float32. From some millions on
    it loses a part of what is added, and at 2**27 (about 134 million) it stands still.

    Attributes
    ----------
    losses : list of float
        The summed loss of each epoch, in nats.

    Examples
    --------
    >>> losses = EpochLoss()
    >>> Word2Vec(text, compute_loss=True, callbacks=[losses])    # doctest: +SKIP
    """

    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_epoch_begin(self, model: Word2Vec) -> None:
        """Set the sum back.

        Parameters
        ----------
        model : gensim.models.Word2Vec
            The model in training.
        """
        model.running_training_loss = 0.0

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Read the sum.

        Parameters
        ----------
        model : gensim.models.Word2Vec
            The model in training.
        """
        self.losses.append(float(model.running_training_loss))
