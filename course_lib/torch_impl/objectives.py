"""The same losses in PyTorch; autograd finds the gradients.

Names, arguments and shapes are those of ``numpy_impl.objectives``: each ``skipgram_...`` is one way
to predict from the hidden vector h, each ``cbow_...`` the same way from the mean of the context.
For each there is a module. Called, it gives the loss; ``descend`` takes a step of the training.
"""

from collections.abc import Callable
from typing import NamedTuple

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


def logistic_loss(
    hidden: Tensor,
    vectors: Tensor,
    rows: Tensor,
    labels: Tensor,
    mask: Tensor | None = None,
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over all predictions that count, in nats (Rong 2014, sections 3.1 and 3.2).
    """
    rows, signs = _signed(rows, labels, mask)
    return _yes_no_loss(hidden[:, None], vectors, rows, signs[:, None])


def skipgram_negative_sampling(
    input_vectors: Tensor,
    output_vectors: Tensor,
    centers: Tensor,
    contexts: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs, in nats (Mikolov et al. 2013b, equation 4).
    """
    predictions = _pairs_and_noise(centers, contexts, negatives, negative_mask)
    return predictions.loss(input_vectors, output_vectors)


def skipgram_shared_negatives(
    input_vectors: Tensor,
    output_vectors: Tensor,
    contexts: Tensor,
    centers: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs, in nats (Ji et al. 2016, arXiv:1604.04661, section 3).
    """
    predictions = _windows_and_noise(contexts, centers, negatives, negative_mask, context_mask)
    return predictions.loss(input_vectors, output_vectors)


def skipgram_hierarchical_softmax(
    input_vectors: Tensor,
    node_vectors: Tensor,
    centers: Tensor,
    points: Tensor,
    codes: Tensor,
    path_mask: Tensor | None = None,
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the pairs of -log p(context | centre), in nats (Mikolov et al. 2013b, equation 3).
    """
    predictions = _pairs_and_paths(centers, points, codes, path_mask)
    return predictions.loss(input_vectors, node_vectors)


def cbow_hidden(
    input_vectors: Tensor,
    contexts: Tensor,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
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

    Returns
    -------
    torch.Tensor, shape (B, d)
        One h for each window (Rong 2014, section 1.2); zero where the context is empty.
    """
    contexts, mask = _padded(contexts, context_mask)
    return _hidden(input_vectors, contexts, _context_weights(mask, cbow_mean))[:, 0]


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
    contexts, mask = _padded(contexts, context_mask)
    some = mask.any(dim=1)
    hidden = cbow_hidden(input_vectors, contexts[some], mask[some], cbow_mean)
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the windows, in nats (Mikolov et al. 2013b, equation 4, with h for the input
        vector).
    """
    noise = negatives, negative_mask
    predictions = _contexts_and_noise(contexts, centers, *noise, context_mask, cbow_mean)
    return predictions.loss(input_vectors, output_vectors)


def cbow_hierarchical_softmax(
    input_vectors: Tensor,
    node_vectors: Tensor,
    contexts: Tensor,
    points: Tensor,
    codes: Tensor,
    path_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
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

    Returns
    -------
    torch.Tensor, shape ()
        Sum over the windows of -log p(centre | context), in nats (Mikolov et al. 2013b, equation
        3, with h for the input vector).
    """
    predictions = _contexts_and_paths(contexts, points, codes, path_mask, context_mask, cbow_mean)
    return predictions.loss(input_vectors, node_vectors)


class Predictions(NamedTuple):
    """Yes-or-no predictions in B groups: each hidden vector of a group meets each of its rows.

    Attributes
    ----------
    words : torch.Tensor of int64, shape (B, C)
        Rows of the IN matrix.
    rows : torch.Tensor of int64, shape (B, L)
        Rows of the other matrix.
    signs : torch.Tensor, shape (B, 1, L), or (B, C, L) without weights
        1 for "yes", -1 for "no", 0 for what does not count.
    weights : torch.Tensor, shape (B, 1, C), optional
        The group has one hidden vector, the sum of its words' vectors with these weights; without
        weights it has one for each word.
    """

    words: Tensor
    rows: Tensor
    signs: Tensor
    weights: Tensor | None = None

    def loss(self, input_vectors: Tensor, vectors: Tensor) -> Tensor:
        """Compute the loss.

        Parameters
        ----------
        input_vectors, vectors : torch.Tensor, shapes (V, d) and (R, d)
            The two matrices.

        Returns
        -------
        torch.Tensor, shape ()
            Sum over all predictions that count, in nats.
        """
        hidden = _hidden(input_vectors, self.words, self.weights)
        return _yes_no_loss(hidden, vectors, self.rows, self.signs)

    def descend(self, input_vectors: Tensor, vectors: Tensor, alpha: float) -> Tensor:
        """Take a step of gradient descent, with the gradients written out.

        With the score s = u . h and the sign z, the loss of a prediction is l = -log sigmoid(z s).
        Its derivative by s is the error e = z (sigmoid(z s) - 1) = z (exp(-l) - 1). The gradient of
        h is the sum of the e u, and that of u the sum of the e h. Autograd finds the same numbers
        in more calls, and in whole matrices: zeros for all words that are not in the batch.

        Parameters
        ----------
        input_vectors, vectors : torch.Tensor, shapes (V, d) and (R, d)
            The two matrices, of the type of the signs and weights. Their rows move; one that comes
            several times by the sum.
        alpha : float
            The learning rate.

        Returns
        -------
        torch.Tensor, shape ()
            The loss before the step, in nats.
        """
        hidden = _hidden(input_vectors, self.words, self.weights)
        chosen = functional.embedding(self.rows, vectors)
        scores = torch.bmm(hidden, chosen.transpose(1, 2))
        log_sigmoids = functional.logsigmoid(scores.mul_(self.signs))
        loss = -(log_sigmoids * self.signs.abs()).sum()
        step = log_sigmoids.expm1_().mul_(self.signs).mul_(-alpha)  # -alpha e
        hidden_step = torch.bmm(step, chosen)
        if self.weights is not None:
            hidden_step = torch.bmm(self.weights.transpose(1, 2), hidden_step)
        _add_to_rows(input_vectors, self.words, hidden_step)
        _add_to_rows(vectors, self.rows, torch.bmm(step.transpose(1, 2), hidden))
        return loss

    def prepared(self, dtype: torch.dtype) -> tuple[Tensor, ...]:
        """Give what ``descend`` needs, in the type of the vectors.

        Parameters
        ----------
        dtype : torch.dtype
            The type.

        Returns
        -------
        tuple of torch.Tensor
            The attributes in order, weights only if there are any.
        """
        ready = self.words, self.rows, self.signs.to(dtype)
        return ready if self.weights is None else (*ready, self.weights.to(dtype))


def _hidden(input_vectors: Tensor, words: Tensor, weights: Tensor | None) -> Tensor:
    """Give the hidden vectors of each group: those of its words, or their weighted sum."""
    chosen = functional.embedding(words, input_vectors)
    return chosen if weights is None else torch.bmm(weights.to(chosen.dtype), chosen)


def _yes_no_loss(hidden: Tensor, vectors: Tensor, rows: Tensor, signs: Tensor) -> Tensor:
    """Hold each hidden vector of a group against each of its rows."""
    scores = hidden @ functional.embedding(rows, vectors).transpose(1, 2)
    # "No" turns the sign around: 1 - sigmoid(s) = sigmoid(-s).
    return -(signs.abs() * functional.logsigmoid(signs * scores)).sum()


def _add_to_rows(matrix: Tensor, rows: Tensor, steps: Tensor) -> None:
    """Add to each row the steps at its places, as index_add_ does, in half the time."""
    places = rows.reshape(-1, 1).expand(-1, matrix.shape[1])
    matrix.scatter_add_(0, places, steps.flatten(0, 1))


def _pairs_and_noise(
    centers: Tensor, contexts: Tensor, negatives: Tensor, negative_mask: Tensor | None = None
) -> Predictions:
    """Each centre word says "yes" to its context word and "no" to its noise words."""
    rows, signs = _target_and_noise(contexts, negatives, negative_mask)
    return Predictions(centers[:, None], rows, signs[:, None])


def _windows_and_noise(
    contexts: Tensor,
    centers: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
) -> Predictions:
    """Each context word says "yes" to its centre word and "no" to the window's noise words."""
    contexts, mask = _padded(contexts, context_mask)
    rows, signs = _target_and_noise(centers, negatives, negative_mask)
    return Predictions(contexts, rows, mask[:, :, None] * signs[:, None])


def _pairs_and_paths(
    centers: Tensor, points: Tensor, codes: Tensor, path_mask: Tensor | None = None
) -> Predictions:
    """Each centre word says at the inner nodes which turns lead to its context word."""
    rows, signs = _signed(points, 1 - codes, path_mask)
    return Predictions(centers[:, None], rows, signs[:, None])


def _contexts_and_noise(
    contexts: Tensor,
    centers: Tensor,
    negatives: Tensor,
    negative_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
) -> Predictions:
    """Each context says "yes" to its centre word and "no" to its noise words."""
    contexts, mask = _padded(contexts, context_mask)
    rows, signs = _target_and_noise(centers, negatives, negative_mask)
    return _from_contexts(contexts, mask, rows, signs, cbow_mean)


def _contexts_and_paths(
    contexts: Tensor,
    points: Tensor,
    codes: Tensor,
    path_mask: Tensor | None = None,
    context_mask: Tensor | None = None,
    cbow_mean: bool = True,
) -> Predictions:
    """Each context says at the inner nodes which turns lead to its centre word."""
    contexts, mask = _padded(contexts, context_mask)
    rows, signs = _signed(points, 1 - codes, path_mask)
    return _from_contexts(contexts, mask, rows, signs, cbow_mean)


def _from_contexts(
    contexts: Tensor, mask: Tensor, rows: Tensor, signs: Tensor, cbow_mean: bool
) -> Predictions:
    """Predict from the mean of each context, or its sum; an empty one predicts nothing."""
    signs = signs * mask.any(dim=1, keepdim=True)
    return Predictions(contexts, rows, signs[:, None], _context_weights(mask, cbow_mean))


def _context_weights(mask: Tensor, cbow_mean: bool) -> Tensor:
    """Give the weight of each context word in h, in float64 whatever the vectors are."""
    weights = mask.double()
    if cbow_mean:
        weights = weights / mask.sum(dim=1, keepdim=True).clamp(min=1)
    return weights[:, None]


def _target_and_noise(
    targets: Tensor, negatives: Tensor, negative_mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Put each target before its noise words: rows and signs."""
    negatives, mask = _padded(negatives, negative_mask)
    rows = torch.cat([targets[:, None], negatives], dim=1)
    return rows, functional.pad(-mask.to(torch.int8), (1, 0), value=1)


def _signed(rows: Tensor, labels: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Make signs of labels and mask: 1 for "yes", -1 for "no", 0 for what does not count."""
    rows, mask = _padded(rows, mask)
    return rows, ((2 * labels - 1) * mask).to(torch.int8)


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
        What the loss takes by name in each call: ``cbow_mean``.

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

    def prepare(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Make of a batch, or of many at once, what ``descend`` takes; no vector is looked at.

        Parameters
        ----------
        *batch : torch.Tensor
            What the loss takes after its two matrices.

        Returns
        -------
        tuple of torch.Tensor
            The batch as it is.
        """
        return batch

    def descend(self, *prepared: Tensor, alpha: float) -> Tensor:
        """Take a step of gradient descent, as ``torch.optim.SGD`` does.

        Parameters
        ----------
        *prepared : torch.Tensor
            From ``prepare``, or rows cut from it.
        alpha : float
            The learning rate.

        Returns
        -------
        torch.Tensor, shape ()
            The loss before the step, in nats.
        """
        loss = self(*prepared)
        gradients = torch.autograd.grad(loss, list(self.parameters()))
        with torch.no_grad():
            for matrix, gradient in zip(self.parameters(), gradients, strict=True):
                matrix.sub_(gradient, alpha=alpha)
        return loss.detach()


class YesNoModel(TwoEmbeddings):
    """A model whose predictions are all "yes" or "no".

    Called, it gives the loss, and autograd its gradients. ``descend`` has the same gradients
    written out, which is faster (``Predictions.descend``).
    """

    predictions: Callable[..., Predictions]

    def prepare(self, *batch: Tensor) -> tuple[Tensor, ...]:
        """Say what has to be predicted, in one batch or in many; no vector is looked at.

        Parameters
        ----------
        *batch : torch.Tensor
            What the loss takes after its two matrices.

        Returns
        -------
        tuple of torch.Tensor
            See ``Predictions.prepared``.
        """
        return self.predictions(*batch, **self.options).prepared(self.input_layer.weight.dtype)

    @torch.no_grad()
    def descend(self, *prepared: Tensor, alpha: float) -> Tensor:
        """Take a step of gradient descent.

        Parameters
        ----------
        *prepared : torch.Tensor
            From ``prepare``, or rows cut from it.
        alpha : float
            The learning rate.

        Returns
        -------
        torch.Tensor, shape ()
            The loss before the step, in nats.
        """
        matrices = self.input_layer.weight, self.output_layer.weight
        return Predictions(*prepared).descend(*matrices, alpha)


class SkipGramSoftmax(TwoEmbeddings):
    """Skip-gram with the full softmax: two embedding layers and ``skipgram_softmax``."""

    loss = staticmethod(skipgram_softmax)


class SkipGramNegativeSampling(YesNoModel):
    """Skip-gram with negative sampling, by ``skipgram_negative_sampling``."""

    loss = staticmethod(skipgram_negative_sampling)
    predictions = staticmethod(_pairs_and_noise)


class SkipGramSharedNegatives(YesNoModel):
    """Skip-gram with noise words shared by a window, by ``skipgram_shared_negatives``."""

    loss = staticmethod(skipgram_shared_negatives)
    predictions = staticmethod(_windows_and_noise)


class SkipGramHierarchicalSoftmax(YesNoModel):
    """Skip-gram with hierarchical softmax, by ``skipgram_hierarchical_softmax``."""

    loss = staticmethod(skipgram_hierarchical_softmax)
    predictions = staticmethod(_pairs_and_paths)


class CBOWSoftmax(TwoEmbeddings):
    """CBOW with the full softmax, by ``cbow_softmax``."""

    loss = staticmethod(cbow_softmax)


class CBOWNegativeSampling(YesNoModel):
    """CBOW with negative sampling, by ``cbow_negative_sampling``."""

    loss = staticmethod(cbow_negative_sampling)
    predictions = staticmethod(_contexts_and_noise)


class CBOWHierarchicalSoftmax(YesNoModel):
    """CBOW with hierarchical softmax, by ``cbow_hierarchical_softmax``."""

    loss = staticmethod(cbow_hierarchical_softmax)
    predictions = staticmethod(_contexts_and_paths)


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
