"""The same losses in PyTorch; autograd finds the gradients."""

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


class SkipGramSoftmax(nn.Module):
    """Skip-gram with the full softmax: two embedding layers and a loss.

    Parameters
    ----------
    input_vectors, output_vectors : torch.Tensor, shape (V, d)
        Start values; the layers hold copies.

    Attributes
    ----------
    input_layer, output_layer : torch.nn.Embedding
        The IN vectors v_w and the OUT vectors u_w, both trainable.
    """

    def __init__(self, input_vectors: Tensor, output_vectors: Tensor) -> None:
        super().__init__()
        # from_pretrained shares memory and freezes unless it is told otherwise.
        self.input_layer = nn.Embedding.from_pretrained(input_vectors.clone(), freeze=False)
        self.output_layer = nn.Embedding.from_pretrained(output_vectors.clone(), freeze=False)

    def forward(self, centers: Tensor, contexts: Tensor) -> Tensor:
        """Give the summed loss of a batch.

        Parameters
        ----------
        centers, contexts : torch.Tensor of int64, shape (B,)
            Rows of the two words of each pair.

        Returns
        -------
        torch.Tensor, shape ()
            The loss in nats.
        """
        return skipgram_softmax(
            self.input_layer.weight, self.output_layer.weight, centers, contexts
        )
