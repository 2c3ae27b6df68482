"""Training in PyTorch: the same batches as in NumPy, with autograd and torch's own optimiser."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.settings import Word2VecSettings
from course_lib.torch_impl.objectives import SkipGramSoftmax
from course_lib.training import require_skipgram_softmax, starting_point, train_on_pairs
from course_lib.vocabulary import Vocabulary


def train_word2vec(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train skip-gram with the full softmax by stochastic gradient descent.

    From the same start it takes the same steps as ``numpy_impl.train_word2vec``.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text; read once an epoch, and before that to count its words.
    settings : Word2VecSettings
        With ``objective="softmax"`` and ``architecture="skip-gram"``.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.
    initial : Embeddings, optional
        Vectors to start from, which stay as they are; the training runs in their precision,
        float32 or float64. Without OUT vectors these start at zero.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    Embeddings
        IN and OUT vectors, and the mean loss of each epoch.

    Raises
    ------
    ValueError
        Other settings than these, a text that cannot be read twice or holds no pair, vectors that
        do not fit, or vectors that became infinite.
    """
    require_skipgram_softmax(settings, "torch_impl")
    start = starting_point(sentences, settings, vocabulary, initial)
    input_vectors = torch.tensor(start.input_vectors)
    model = SkipGramSoftmax(
        input_vectors,
        torch.zeros_like(input_vectors)
        if start.output_vectors is None
        else torch.tensor(start.output_vectors, dtype=input_vectors.dtype),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=settings.alpha)

    def step(centers: NDArray[np.integer], contexts: NDArray[np.integer], alpha: float) -> float:
        optimizer.param_groups[0]["lr"] = alpha
        optimizer.zero_grad()
        loss = model(torch.from_numpy(centers).long(), torch.from_numpy(contexts).long())
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = train_on_pairs(step, sentences, start.vocabulary, settings, progress)
    return Embeddings(
        start.vocabulary,
        model.input_layer.weight.detach().numpy(),
        model.output_layer.weight.detach().numpy(),
        losses=losses,
    )
