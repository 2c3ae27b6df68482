"""GloVe in PyTorch: the same counts in the same order, with autograd and torch's own AdaGrad."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib.embeddings import Embeddings
from course_lib.glove_training import prepared, train_in_blocks
from course_lib.settings import GloveSettings
from course_lib.torch_impl.objectives import GloVe
from course_lib.torch_impl.word2vec import training_device
from course_lib.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy import sparse

BATCH = 1024
ENTRY = ("center", "context", "target", "weight")


def train_glove(
    sentences_or_cooccurrences: "Iterable[Sequence[str]] | sparse.sparray | NDArray",
    settings: GloveSettings,
    *,
    vocabulary: Vocabulary | None = None,
    initial: Embeddings | None = None,
    progress: bool = True,
) -> Embeddings:
    """Train GloVe in batches, on the GPU when there is one.

    The objective, the order of the counts and the steps are those of ``numpy_impl.train_glove``;
    with the same ``batch_size`` the vectors agree to rounding. A number that comes into a batch
    several times moves by the sum of its gradients.

    Stanford's AdaGrad multiplies a gradient by the learning rate *before* it adds the square to
    the sum G. ``torch.optim.Adagrad`` does the same with the learning rate in the loss, and
    ``lr=1``.

    Parameters
    ----------
    sentences_or_cooccurrences : re-iterable of sequences of str, or matrix of shape (V, V)
        The text, which is counted by ``count_cooccurrences``; or counts, as a SciPy sparse matrix
        or a NumPy array, whose row i belongs to the centre word i of the vocabulary.
    settings : GloveSettings
        What to train, and how; batches of 1024 counts where no ``batch_size`` is given.
        ``workers`` is not read: PyTorch has threads of its own.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out. A matrix needs it.
    initial : Embeddings, optional
        Vectors and biases to start from, which stay as they are; what they do not have is drawn
        as usual. The training runs in their precision, float32 or float64.
    progress : bool, default True
        Show progress bars.

    Returns
    -------
    Embeddings
        w as IN vectors, w~ as OUT vectors, the biases of both, and the mean loss of a count in
        each epoch, measured while the vectors move. ``matrix("sum")`` is w + w~, which Stanford's
        program writes.

    Raises
    ------
    ValueError
        The text cannot be read twice or holds no pair, a count is not finite and above 0, or
        text, matrix, vocabulary, vectors and settings do not fit each other.
    """
    start, entries = prepared(sentences_or_cooccurrences, settings, vocabulary, initial, progress)
    device = training_device()
    numbers: Any = (
        start.input_vectors,
        start.matrix("out"),
        start.input_biases,
        start.output_biases,
    )
    input_vectors, output_vectors, input_biases, output_biases = map(torch.tensor, numbers)
    model = GloVe(input_vectors, output_vectors, input_biases, output_biases, sparse=True)
    model.to(device)
    optimizer = torch.optim.Adagrad(model.parameters(), lr=1, initial_accumulator_value=1, eps=0)

    def step(block: NDArray) -> float:
        columns = [_tensor(block[name], device) for name in ENTRY]
        total = torch.zeros((), dtype=torch.float64, device=device)
        batches = (column.split(settings.batch_size or BATCH) for column in columns)
        for batch in zip(*batches, strict=True):
            optimizer.zero_grad()
            loss = model(*batch)
            (settings.learning_rate * loss).backward()
            optimizer.step()
            total += loss.detach()
        return float(total)

    # The optimiser makes sparse tensors and leaves open whether they are checked: PyTorch warns.
    with torch.sparse.check_sparse_tensor_invariants(enable=False):
        losses = train_in_blocks(step, entries, settings, progress)
    vectors, outputs, biases, other_biases = (
        each.detach().cpu().numpy() for each in model.parameters()
    )
    return Embeddings(
        start.vocabulary,
        vectors,
        outputs,
        losses=losses,
        input_biases=biases[:, 0],
        output_biases=other_biases[:, 0],
    )


def _tensor(array: NDArray, device: torch.device) -> torch.Tensor:
    """Hand a column of the entries over; rows become 64 bits wide, as PyTorch likes."""
    wide = array.astype(np.int64) if array.dtype == np.int32 else array.copy()
    return torch.from_numpy(wide).to(device)
