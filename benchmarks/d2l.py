"""Skip-gram with negative sampling as a text book trains it in PyTorch: a peer to measure against.

It follows chapter 15 of "Dive into Deep Learning" (Zhang, Lipton, Li, Smola 2023, sections 15.3 and
15.4, https://d2l.ai), in our own words: windows and noise words are drawn in Python before the
training and are the same in each epoch; a collate function pads them; both embedding layers have
dense gradients; Adam moves every row in every step.
"""

import os
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from course_lib import Embeddings, Vocabulary, Word2VecSettings

BATCH_SIZE = 512  # centre words in a step
LEARNING_RATE = 0.002
CACHED_DRAWS = 10_000  # noise words drawn by one call of random.choices
LOADER_PROCESSES = min(4, os.cpu_count() or 1)  # the book has 4


class Example(NamedTuple):
    """A centre word with all that it is held against: rows of the vocabulary.

    Attributes
    ----------
    center : int
        The centre word.
    contexts : list of int
        The words in its window.
    negatives : list of int
        ``negative`` noise words for each of them, none of which is in the window.
    """

    center: int
    contexts: list[int]
    negatives: list[int]


def train_d2l(
    sentences: Iterable[Sequence[str]],
    settings: Word2VecSettings,
    *,
    vocabulary: Vocabulary | None = None,
) -> Embeddings:
    """Train skip-gram with negative sampling in the book's way.

    Who wants to know its words a second takes the time of the whole call: the preparation of the
    examples belongs to it.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.
    settings : Word2VecSettings
        ``vector_size``, ``window``, ``min_count``, ``negative``, ``ns_exponent``, ``sample``,
        ``epochs`` and ``seed`` are read. The learning rate, the size of a batch and the shrinking
        of the windows are the book's.
    vocabulary : Vocabulary, optional
        Counted from the text where it is left out.

    Returns
    -------
    Embeddings
        IN and OUT vectors, and the mean loss of a centre word and one of its context words in each
        epoch, in nats.
    """
    if vocabulary is None:
        vocabulary = Vocabulary.from_sentences(sentences, settings.min_count)
    torch.manual_seed(settings.seed)
    examples = prepare(sentences, vocabulary, settings)
    batches: DataLoader = DataLoader(
        examples,  # type: ignore[arg-type]  # a list is a dataset
        BATCH_SIZE,
        shuffle=True,
        collate_fn=collate,
        num_workers=LOADER_PROCESSES,
    )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    shape = len(vocabulary), settings.vector_size
    layers = nn.Embedding(*shape, device=device), nn.Embedding(*shape, device=device)
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight)
    optimizer = torch.optim.Adam([layer.weight for layer in layers], lr=LEARNING_RATE)
    losses = []
    for _ in range(settings.epochs):
        total, pairs = 0.0, 0.0
        for batch in batches:
            optimizer.zero_grad()
            loss, summed, count = batch_loss(layers, *(tensor.to(device) for tensor in batch))
            loss.backward()
            optimizer.step()
            total, pairs = total + summed, pairs + count
        losses.append(total / pairs)
    input_vectors, output_vectors = (layer.weight.detach().cpu().numpy() for layer in layers)
    return Embeddings(vocabulary, input_vectors, output_vectors, losses=losses)


def prepare(
    sentences: Iterable[Sequence[str]], vocabulary: Vocabulary, settings: Word2VecSettings
) -> list[Example]:
    """Subsample the text, lay the windows, and draw noise words for each of them.

    Parameters
    ----------
    sentences : iterable of sequences of str
        The text.
    vocabulary : Vocabulary
        The known words, with counts.
    settings : Word2VecSettings
        As in ``train_d2l``.

    Returns
    -------
    list of Example
        One for each centre word that has a context.
    """
    rng = random.Random(settings.seed)
    # The paper's formula: it keeps fewer tokens than gensim's.
    keep = vocabulary.keep_probabilities(settings.sample, formula="paper").tolist()
    noise = NoiseWords(vocabulary.noise_distribution(settings.ns_exponent), rng)
    examples = []
    for tokens in sentences:
        words = [word for word in vocabulary.encode(tokens).tolist() if rng.random() < keep[word]]
        if len(words) < 2:
            continue
        for place, center in enumerate(words):
            reach = rng.randint(1, settings.window)
            contexts = words[max(0, place - reach) : place] + words[place + 1 : place + 1 + reach]
            negatives: list[int] = []
            while len(negatives) < settings.negative * len(contexts):
                word = noise.draw()
                if word not in contexts:
                    negatives.append(word)
            examples.append(Example(center, contexts, negatives))
    return examples


class NoiseWords:
    """Draws noise words one by one, from a stock of 10,000 that is filled up when it is used up.

    Parameters
    ----------
    distribution : numpy.ndarray, shape (V,)
        Their probabilities.
    rng : random.Random
        Draws them.
    """

    def __init__(self, distribution: np.ndarray, rng: random.Random) -> None:
        self._words = list(range(len(distribution)))
        self._weights = distribution.tolist()
        self._rng = rng
        self._stock: list[int] = []
        self._used = 0

    def draw(self) -> int:
        """Give the next noise word.

        Returns
        -------
        int
            Its row.
        """
        if self._used == len(self._stock):
            self._stock = self._rng.choices(self._words, self._weights, k=CACHED_DRAWS)
            self._used = 0
        self._used += 1
        return self._stock[self._used - 1]


def collate(examples: list[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Put examples into rectangular tensors.

    Parameters
    ----------
    examples : list of Example
        The B examples of a batch.

    Returns
    -------
    centers : torch.Tensor, shape (B, 1)
        Rows of the centre words.
    others : torch.Tensor, shape (B, L)
        Rows of context and noise words, filled up with zeros.
    mask, labels : torch.Tensor, shape (B, L)
        1 for what is no filling, and 1 for a context word.
    """
    longest = max(len(example.contexts) + len(example.negatives) for example in examples)
    others, mask, labels = [], [], []
    for example in examples:
        words = example.contexts + example.negatives
        filling = [0] * (longest - len(words))
        others.append(words + filling)
        mask.append([1] * len(words) + filling)
        labels.append([1] * len(example.contexts) + [0] * len(example.negatives) + filling)
    centers = torch.tensor([example.center for example in examples])[:, None]
    return centers, torch.tensor(others), torch.tensor(mask), torch.tensor(labels)


def batch_loss(
    layers: tuple[nn.Embedding, nn.Embedding],
    centers: Tensor,
    others: Tensor,
    mask: Tensor,
    labels: Tensor,
) -> tuple[Tensor, float, float]:
    """Binary cross-entropy of a batch, averaged over each centre word's own entries.

    Parameters
    ----------
    layers : pair of torch.nn.Embedding
        IN vectors for the centre words, OUT vectors for the others.
    centers, others, mask, labels : torch.Tensor
        From ``collate``.

    Returns
    -------
    loss : torch.Tensor, shape ()
        What is minimised.
    summed : float
        The loss summed over all entries instead, in nats.
    pairs : float
        How many context words there were.
    """
    center_layer, context_layer = layers
    scores = torch.bmm(center_layer(centers), context_layer(others).transpose(1, 2))[:, 0]
    entries = functional.binary_cross_entropy_with_logits(
        scores, labels.float(), weight=mask.float(), reduction="none"
    )
    loss = (entries.sum(dim=1) / mask.sum(dim=1)).sum()
    return loss, entries.sum().item(), labels.sum().item()
