"""The same losses in PyTorch; autograd finds the gradients.

Names, arguments and shapes are those of ``numpy_impl.objectives``: each ``skipgram_...`` is one way
to predict from the hidden vector h, each ``cbow_...`` the same way from the mean of the context.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def skipgram_softmax(
    input_vectors: Tensor, output_vectors: Tensor, centers: Tensor, contexts: Tensor
) -> Tensor:
    """Loss of a batch of skip-gram pairs with the full softmax.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        The IN and the OUT matrix.
    centers, contexts : torch.Tensor of int64, shape (B,)
        Rows of the two words of each pair.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs of -log p(context | centre), in nats
        (Mikolov et al. 2013b, equation 2).
    """
    hidden = functional.embedding(centers, input_vectors)
    scores = hidden @ output_vectors.T
    return functional.cross_entropy(scores, contexts, reduction="sum")


class SampledLoss(torch.autograd.Function):
    """Yes-or-no predictions with their gradients written out, for batches of windows.

    Each window has C hidden vectors h and L rows u, and each h meets each u. With the score
    s = u . h and the label y, 1 for "yes" and 0 for "no", the loss is -log sigmoid(s) or
    -log sigmoid(-s), and its derivative by s the error e = sigmoid(s) - y. The gradient of h is
    the sum of the e u, and that of u the sum of the e h. The matrix gets a sparse gradient: an
    entry for each use of a row. Autograd finds the same numbers, in more steps.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, vectors: Tensor, rows: Tensor, labels: Tensor, mask: Tensor
    ) -> Tensor:
        """Compute the loss.

        Parameters
        ----------
        ctx : object
            Keeps what ``backward`` needs.
        hidden : torch.Tensor, shape (B, C, d)
            The hidden vectors h.
        vectors : torch.Tensor, shape (R, d)
            The matrix.
        rows : torch.Tensor of int64, shape (B, L)
            The rows for each window.
        labels : torch.Tensor of 0 and 1, shape (L,) or (B, 1, L)
            The true answers.
        mask : torch.Tensor of bool, shape (B, C, L)
            False where a prediction does not count.

        Returns
        -------
        torch.Tensor, shape ()
            Sum over all predictions that count, in nats.
        """
        chosen = functional.embedding(rows, vectors)
        scores = torch.bmm(hidden, chosen.transpose(1, 2))
        answers = labels.to(scores.dtype).expand_as(scores)
        error = torch.sigmoid(scores).sub_(answers).mul_(mask)
        ctx.save_for_backward(hidden, chosen, rows, error)
        ctx.shape = vectors.shape
        return functional.binary_cross_entropy_with_logits(scores, answers, mask, reduction="sum")

    @staticmethod
    def backward(ctx: Any, *factors: Tensor) -> tuple[Tensor | None, ...]:
        """Compute the gradients.

        Parameters
        ----------
        ctx : object
            What ``forward`` kept.
        *factors : torch.Tensor, shape ()
            The derivative of the final result by this loss.

        Returns
        -------
        tuple
            Gradients with respect to the hidden vectors and, sparse, to the matrix; no others.
        """
        hidden, chosen, rows, error = ctx.saved_tensors
        error = factors[0] * error
        shares = torch.bmm(error.transpose(1, 2), hidden)
        vectors_gradient = torch.sparse_coo_tensor(
            rows.reshape(1, -1), shares.flatten(0, 1), ctx.shape, check_invariants=False
        )
        return torch.bmm(error, chosen), vectors_gradient, None, None, None


def logistic_loss(
    hidden: Tensor,
    vectors: Tensor,
    rows: Tensor,
    labels: Tensor,
    mask: Tensor | None = None,
    sparse: bool = False,
) -> Tensor:
    """Loss of yes-or-no predictions: each hidden vector against a few rows.

    ``logsigmoid`` is not the logarithm of ``sigmoid``, which is minus infinity for a score of -200.

    Parameters
    ----------
    hidden : torch.Tensor, shape (B, d)
        The hidden vectors h.
    vectors : torch.Tensor, shape (R, d)
        The matrix that the rows are taken from.
    rows : torch.Tensor of int64, shape (B, L)
        The rows that each hidden vector is held against.
    labels : torch.Tensor of 0 and 1, shape (B, L) or (L,)
        The true answers.
    mask : torch.Tensor of bool, shape (B, L), optional
        False where a prediction does not count.
    sparse : bool, default False
        The gradient of ``vectors`` holds only the rows that were used, one entry for each use. For
        parameters only: autograd cannot go on from a sparse gradient.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over all predictions that count, in nats (Rong 2014, sections 3.1 and 3.2).
    """
    rows, mask = _padded(rows, mask)
    return _window_loss(hidden[:, None], vectors, rows, labels[..., None, :], mask[:, None], sparse)


def skipgram_negative_sampling(
    input_vectors: Tensor,
    output_vectors: Tensor,
    centers: Tensor,
    contexts: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    sparse: bool = False,
) -> Tensor:
    """Loss of a batch of skip-gram pairs with negative sampling.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        The IN and the OUT matrix.
    centers, contexts : torch.Tensor of int64, shape (B,)
        Rows of the two words of each pair.
    negatives : torch.Tensor of int64, shape (B, k)
        Rows of the noise words of each pair.
    negative_mask : torch.Tensor of bool, shape (B, k), optional
        False where a noise word does not count.
    sparse : bool, default False
        Both gradients hold only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs, in nats (Mikolov et al. 2013b, equation 4).
    """
    hidden = functional.embedding(centers, input_vectors, sparse=sparse)
    return _negative_sampling(hidden, output_vectors, contexts, negatives, negative_mask, sparse)


def skipgram_shared_negatives(
    input_vectors: Tensor,
    output_vectors: Tensor,
    contexts: Tensor,
    centers: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    sparse: bool = False,
) -> Tensor:
    """Loss of a batch of skip-gram windows whose pairs share their noise words.

    As in gensim, each context word is on the IN side and predicts the centre word. What would be
    six rows of the OUT matrix for each pair are six for each window, and its scores a product of
    two small matrices.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for centre and noise words.
    contexts : torch.Tensor of int64, shape (B, C)
        Rows of the context words of each window. An empty context predicts nothing.
    centers : torch.Tensor of int64, shape (B,)
        Rows of the centre words.
    negatives : torch.Tensor of int64, shape (B, k)
        Rows of the noise words of each window.
    negative_mask : torch.Tensor of bool, shape (B, k), optional
        False where a noise word does not count.
    context_mask : torch.Tensor of bool, shape (B, C), optional
        False for padding.
    sparse : bool, default False
        Both gradients hold only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs, in nats (Ji et al. 2016, arXiv:1604.04661, section 3).
    """
    contexts, context_mask = _padded(contexts, context_mask)
    rows, labels, mask = _target_and_noise(centers, negatives, negative_mask)
    rows, mask = _padded(rows, mask)
    hidden = functional.embedding(contexts, input_vectors, sparse=sparse)
    counted = context_mask[:, :, None] & mask[:, None, :]
    return _window_loss(hidden, output_vectors, rows, labels, counted, sparse)


def skipgram_hierarchical_softmax(
    input_vectors: Tensor,
    node_vectors: Tensor,
    centers: Tensor,
    points: Tensor,
    codes: Tensor,
    path_mask: Tensor | None = None,
    sparse: bool = False,
) -> Tensor:
    """Loss of a batch of skip-gram pairs with hierarchical softmax.

    Parameters
    ----------
    input_vectors : torch.Tensor, shape (V, d)
        The IN matrix.
    node_vectors : torch.Tensor, shape (V - 1, d)
        The vectors of the inner nodes.
    centers : torch.Tensor of int64, shape (B,)
        Rows of the centre words.
    points, codes : torch.Tensor of int64, shape (B, L)
        Inner nodes on the path of each context word, and the turns taken there: 0 or 1.
    path_mask : torch.Tensor of bool, shape (B, L), optional
        False where a path has ended.
    sparse : bool, default False
        Both gradients hold only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs of -log p(context | centre), in nats (Mikolov et al. 2013b, equation 3).
    """
    hidden = functional.embedding(centers, input_vectors, sparse=sparse)
    return logistic_loss(hidden, node_vectors, points, 1 - codes, path_mask, sparse)


def cbow_hidden(
    input_vectors: Tensor,
    contexts: Tensor,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
    sparse: bool = False,
) -> Tensor:
    """Hidden vectors of CBOW: the mean, or the sum, of the IN vectors of each context.

    Parameters
    ----------
    input_vectors : torch.Tensor, shape (V, d)
        The IN matrix.
    contexts : torch.Tensor of int64, shape (B, C)
        Rows of the context words of each window.
    context_mask : torch.Tensor of bool, shape (B, C), optional
        False for padding.
    cbow_mean : bool, default True
        The mean over the words that are there, or their sum.
    sparse : bool, default False
        The gradient holds only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape (B, d)
        One h for each window (Rong 2014, section 1.2); zero where the context is empty.
    """
    contexts, mask = _padded(contexts, context_mask)
    weights = mask.to(input_vectors.dtype)
    if cbow_mean:
        weights = weights / mask.sum(dim=1, keepdim=True).clamp(min=1)
    chosen = functional.embedding(contexts, input_vectors, sparse=sparse)
    return torch.einsum("bc,bcd->bd", weights, chosen)


def cbow_softmax(
    input_vectors: Tensor,
    output_vectors: Tensor,
    contexts: Tensor,
    centers: Tensor,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
) -> Tensor:
    """Loss of a batch of CBOW windows with the full softmax.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for the centre word.
    contexts : torch.Tensor of int64, shape (B, C)
        Rows of the context words of each window. An empty context predicts nothing.
    centers : torch.Tensor of int64, shape (B,)
        Rows of the centre words.
    context_mask : torch.Tensor of bool, shape (B, C), optional
        False for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the windows of -log p(centre | context), in nats (Rong 2014, section 1.2).
    """
    some, hidden = _some_hidden(input_vectors, contexts, context_mask, cbow_mean)
    # The context means, as if they were the centres' IN vectors.
    each = torch.arange(len(hidden), device=hidden.device)
    return skipgram_softmax(hidden, output_vectors, each, centers[some])


def cbow_negative_sampling(
    input_vectors: Tensor,
    output_vectors: Tensor,
    contexts: Tensor,
    centers: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
    sparse: bool = False,
) -> Tensor:
    """Loss of a batch of CBOW windows with negative sampling.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for centre and noise words.
    contexts : torch.Tensor of int64, shape (B, C)
        Rows of the context words of each window, as in ``cbow_softmax``.
    centers : torch.Tensor of int64, shape (B,)
        Rows of the centre words.
    negatives : torch.Tensor of int64, shape (B, k)
        Rows of the noise words of each window.
    negative_mask : torch.Tensor of bool, shape (B, k), optional
        False where a noise word does not count.
    context_mask : torch.Tensor of bool, shape (B, C), optional
        False for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.
    sparse : bool, default False
        Both gradients hold only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the windows, in nats (Mikolov et al. 2013b, equation 4, with h for the input
        vector).
    """
    negatives, mask = _padded(negatives, negative_mask)
    some, hidden = _some_hidden(input_vectors, contexts, context_mask, cbow_mean, sparse)
    predicted = centers[some], negatives[some], mask[some]
    return _negative_sampling(hidden, output_vectors, *predicted, sparse)


def cbow_hierarchical_softmax(
    input_vectors: Tensor,
    node_vectors: Tensor,
    contexts: Tensor,
    points: Tensor,
    codes: Tensor,
    path_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
    sparse: bool = False,
) -> Tensor:
    """Loss of a batch of CBOW windows with hierarchical softmax.

    Parameters
    ----------
    input_vectors : torch.Tensor, shape (V, d)
        The IN matrix.
    node_vectors : torch.Tensor, shape (V - 1, d)
        The vectors of the inner nodes.
    contexts : torch.Tensor of int64, shape (B, C)
        Rows of the context words of each window, as in ``cbow_softmax``.
    points, codes : torch.Tensor of int64, shape (B, L)
        Inner nodes on the path of each centre word, and the turns taken there: 0 or 1.
    path_mask : torch.Tensor of bool, shape (B, L), optional
        False where a path has ended.
    context_mask : torch.Tensor of bool, shape (B, C), optional
        False for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.
    sparse : bool, default False
        Both gradients hold only the rows that were used, as in ``logistic_loss``.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the windows of -log p(centre | context), in nats (Mikolov et al. 2013b, equation
        3, with h for the input vector).
    """
    points, mask = _padded(points, path_mask)
    some, hidden = _some_hidden(input_vectors, contexts, context_mask, cbow_mean, sparse)
    predicted = points[some], 1 - codes[some], mask[some]
    return logistic_loss(hidden, node_vectors, *predicted, sparse)


class TwoEmbeddings(nn.Module):
    """Two embedding layers and a loss: what all word2vec models have in common.

    A subclass says which loss. What it is called with is what the function of that name takes
    after its two matrices.

    Parameters
    ----------
    input_vectors : torch.Tensor, shape (V, d)
        Start values of the IN vectors; the layer holds a copy.
    output_vectors : torch.Tensor, shape (V, d), or (V - 1, d) for hierarchical softmax
        Start values of the OUT vectors, or of the inner nodes; the layer holds a copy.
    **options
        What the loss takes by name in each call: ``cbow_mean`` or ``sparse``.

    Attributes
    ----------
    input_layer, output_layer : torch.nn.Embedding
        The IN vectors v_w, and the OUT vectors u_w or those of the nodes; both trainable.
    """

    loss: Callable[..., Tensor]

    def __init__(self, input_vectors: Tensor, output_vectors: Tensor, **options: bool) -> None:
        super().__init__()
        self.options = options
        # from_pretrained shares memory and freezes unless it is told otherwise.
        self.input_layer = nn.Embedding.from_pretrained(input_vectors.clone(), freeze=False)
        self.output_layer = nn.Embedding.from_pretrained(output_vectors.clone(), freeze=False)

    def forward(self, *batch: Tensor, **options: Tensor | bool) -> Tensor:
        """Give the summed loss of a batch.

        Parameters
        ----------
        *batch, **options
            What the loss takes after its two matrices. An option here beats the module's own.

        Returns
        -------
        torch.Tensor, shape ()
            The loss in nats.
        """
        matrices = self.input_layer.weight, self.output_layer.weight
        return self.loss(*matrices, *batch, **{**self.options, **options})


class SkipGramSoftmax(TwoEmbeddings):
    """Skip-gram with the full softmax: two embedding layers and ``skipgram_softmax``."""

    loss = staticmethod(skipgram_softmax)


class SkipGramNegativeSampling(TwoEmbeddings):
    """Skip-gram with negative sampling, by ``skipgram_negative_sampling``."""

    loss = staticmethod(skipgram_negative_sampling)


class SkipGramSharedNegatives(TwoEmbeddings):
    """Skip-gram with noise words shared by a window, by ``skipgram_shared_negatives``."""

    loss = staticmethod(skipgram_shared_negatives)


class SkipGramHierarchicalSoftmax(TwoEmbeddings):
    """Skip-gram with hierarchical softmax, by ``skipgram_hierarchical_softmax``."""

    loss = staticmethod(skipgram_hierarchical_softmax)


class CBOWSoftmax(TwoEmbeddings):
    """CBOW with the full softmax, by ``cbow_softmax``."""

    loss = staticmethod(cbow_softmax)


class CBOWNegativeSampling(TwoEmbeddings):
    """CBOW with negative sampling, by ``cbow_negative_sampling``."""

    loss = staticmethod(cbow_negative_sampling)


class CBOWHierarchicalSoftmax(TwoEmbeddings):
    """CBOW with hierarchical softmax, by ``cbow_hierarchical_softmax``."""

    loss = staticmethod(cbow_hierarchical_softmax)


def _negative_sampling(
    hidden: Tensor,
    output_vectors: Tensor,
    targets: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None,
    sparse: bool,
) -> Tensor:
    """Say "yes" to each target, and "no" to its noise words."""
    rows, labels, mask = _target_and_noise(targets, negatives, negative_mask)
    return logistic_loss(hidden, output_vectors, rows, labels, mask, sparse)


def _target_and_noise(
    targets: Tensor, negatives: Tensor, negative_mask: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Put each target before its noise words: rows, labels and mask."""
    rows = torch.cat([targets[:, None], negatives], dim=1)
    labels = torch.arange(rows.shape[1], device=rows.device) == 0
    if negative_mask is None:
        return rows, labels, None
    return rows, labels, functional.pad(negative_mask.bool(), (1, 0), value=True)


def _window_loss(
    hidden: Tensor, vectors: Tensor, rows: Tensor, labels: Tensor, mask: Tensor, sparse: bool
) -> Tensor:
    """Hold each hidden vector of a window against each of its rows, as ``SampledLoss`` does."""
    if sparse:
        return SampledLoss.apply(hidden, vectors, rows, labels, mask)
    scores = hidden @ functional.embedding(rows, vectors).transpose(1, 2)
    # A label of 0 turns the sign around: 1 - sigmoid(s) = sigmoid(-s).
    agreement = torch.where(labels == 1, scores, -scores)
    return -(mask * functional.logsigmoid(agreement)).sum()


def _some_hidden(
    input_vectors: Tensor,
    contexts: Tensor,
    context_mask: Tensor | None,
    cbow_mean: bool,
    sparse: bool = False,
) -> tuple[Tensor, Tensor]:
    """Give which contexts are not empty, since the others predict nothing, and their h."""
    contexts, mask = _padded(contexts, context_mask)
    some = mask.any(dim=1)
    return some, cbow_hidden(input_vectors, contexts[some], mask[some], cbow_mean, sparse)


def _padded(rows: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Fill in the mask; where it is False, the row becomes 0, whatever it was."""
    if mask is None:
        return rows, torch.ones_like(rows, dtype=torch.bool)
    mask = mask.bool()
    return rows * mask, mask


def glove(
    input_vectors: Tensor,
    output_vectors: Tensor,
    input_biases: Tensor,
    output_biases: Tensor,
    centers: Tensor,
    contexts: Tensor,
    counts: Tensor,
    x_max: float = 100.0,
    alpha: float = 0.75,
) -> Tensor:
    """Loss of GloVe on a batch of counts: half of Pennington et al. 2014, equation 8.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        w and w~.
    input_biases, output_biases : torch.Tensor, shape (V,)
        b and b~.
    centers, contexts : torch.Tensor of int64, shape (B,)
        Row i and column j of each count.
    counts : torch.Tensor, shape (B,)
        The counts X_ij, above 0.
    x_max : float, default 100.0
        From this count on the weight is 1.
    alpha : float, default 0.75
        The exponent of the weight below.

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the counts of f(X_ij) (w_i . w~_j + b_i + b~_j - log X_ij)**2 / 2.
    """
    w, c = input_vectors[centers], output_vectors[contexts]
    scores = (w * c).sum(dim=1) + input_biases[centers] + output_biases[contexts]
    weights = (counts.clamp(max=x_max) / x_max) ** alpha
    return weighted_squares(scores, counts.log(), weights)


def weighted_squares(scores: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Half of the weighted squares of what scores are off by.

    Parameters
    ----------
    scores : torch.Tensor, shape (B,)
        w_i . w~_j + b_i + b~_j.
    targets : torch.Tensor, shape (B,)
        What they should be: log X_ij.
    weights : torch.Tensor, shape (B,)
        f(X_ij).

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the batch.
    """
    return (weights * (scores - targets) ** 2).sum() / 2


class GloVe(nn.Module):
    """GloVe: two vectors and two biases for each word.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        w and w~ to start from.
    input_biases, output_biases : torch.Tensor, shape (V,)
        b and b~ to start from.
    sparse : bool, default False
        Gradients hold only the rows that a batch uses.
    """

    def __init__(
        self,
        input_vectors: Tensor,
        output_vectors: Tensor,
        input_biases: Tensor,
        output_biases: Tensor,
        sparse: bool = False,
    ) -> None:
        super().__init__()
        options = {"freeze": False, "sparse": sparse}
        self.vectors = nn.Embedding.from_pretrained(input_vectors.clone(), **options)
        self.output_vectors = nn.Embedding.from_pretrained(output_vectors.clone(), **options)
        # Vectors of one number: only an Embedding has sparse gradients.
        self.biases = nn.Embedding.from_pretrained(input_biases[:, None].clone(), **options)
        self.output_biases = nn.Embedding.from_pretrained(output_biases[:, None].clone(), **options)

    def scores(self, centers: Tensor, contexts: Tensor) -> Tensor:
        """Say what the model takes the logarithms of the counts to be.

        Parameters
        ----------
        centers, contexts : torch.Tensor of int64, shape (B,)
            Rows of the two words.

        Returns
        -------
        torch.Tensor, shape (B,)
            w_i . w~_j + b_i + b~_j.
        """
        products = (self.vectors(centers) * self.output_vectors(contexts)).sum(dim=1)
        biases = self.biases(centers) + self.output_biases(contexts)
        return products + biases.squeeze(1)

    def forward(
        self, centers: Tensor, contexts: Tensor, targets: Tensor, weights: Tensor
    ) -> Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        centers, contexts : torch.Tensor of int64, shape (B,)
            Row i and column j of each count.
        targets : torch.Tensor, shape (B,)
            log X_ij.
        weights : torch.Tensor, shape (B,)
            f(X_ij).

        Returns
        -------
        torch.Tensor, shape ()
            See ``weighted_squares``.
        """
        return weighted_squares(self.scores(centers, contexts), targets, weights)
