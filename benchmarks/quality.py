"""How good trained vectors are: the loss on text that was held out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib import Embeddings, HuffmanTree, Word2VecSettings
from course_lib.numpy_impl.objectives import cbow_hidden, logistic_loss
from course_lib.pairs import skipgram_pairs, subsample

BATCH = 2048
MOST = 200_000  # predictions that are judged


def held_out_loss(
    embeddings: Embeddings,
    sentences: Sequence[Sequence[str]],
    settings: Word2VecSettings,
    seed: int = 0,
) -> float | None:
    """Mean objective of a prediction on text that was not trained on, in float64.

    The words that subsampling drops, the windows and the noise words are drawn from the seed:
    Embeddings of the same vocabulary are judged by the same predictions. As in gensim, the context
    is on the IN side, and a noise word that is the target is left out.

    Parameters
    ----------
    embeddings : Embeddings
        Trained vectors, with OUT or node vectors as the objective needs.
    sentences : sequence of sequences of str
        The text.
    settings : Word2VecSettings
        What was trained: negative sampling or hierarchical softmax.
    seed : int, default 0
        Seed of all choices.

    Returns
    -------
    float or None
        Nats a prediction; None where the text holds none.
    """
    rng = np.random.default_rng(seed)
    contexts, targets = predictions(embeddings, sentences, settings, rng)
    if not len(targets):
        return None
    hierarchical = settings.objective == "hierarchical-softmax"
    outputs = embeddings.node_vectors if hierarchical else embeddings.matrix("out")
    vectors, outputs = (
        np.asarray(each, np.float64) for each in (embeddings.input_vectors, outputs)
    )
    counts = embeddings.vocabulary.require_counts()
    tree = HuffmanTree.from_counts(counts)
    noise = embeddings.vocabulary.noise_distribution(settings.ns_exponent)
    total = 0.0
    for start in range(0, len(targets), BATCH):
        context, target = contexts[start : start + BATCH], targets[start : start + BATCH]
        hidden = cbow_hidden(vectors, np.maximum(context, 0), context >= 0, settings.cbow_mean)
        if hierarchical:
            rows, codes, mask = tree.padded_paths(target)
            labels = 1 - codes
        else:
            drawn = rng.choice(len(noise), size=(len(target), settings.negative), p=noise)
            rows = np.column_stack([target, drawn])
            labels = np.arange(rows.shape[1]) == np.zeros((len(target), 1))
            mask = labels | (rows != target[:, None])
        total += logistic_loss(hidden, outputs, rows, labels, mask)[0]
    return total / len(targets)


def predictions(
    embeddings: Embeddings,
    sentences: Sequence[Sequence[str]],
    settings: Word2VecSettings,
    rng: np.random.Generator,
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """List what is predicted from what: at most 200,000 predictions.

    Parameters
    ----------
    embeddings : Embeddings
        Its vocabulary is read.
    sentences : sequence of sequences of str
        The text.
    settings : Word2VecSettings
        Architecture, window and sample are read.
    rng : numpy.random.Generator
        Draws the dropped words and the windows.

    Returns
    -------
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words, -1 where there are fewer; C is 1 for skip-gram.
    targets : numpy.ndarray of int, shape (B,)
        Rows of the words that they predict.
    """
    keep = embeddings.vocabulary.keep_probabilities(settings.sample)
    width = 1 if settings.architecture == "skip-gram" else 2 * settings.window
    contexts, targets = [np.empty((0, width), int)], [np.empty(0, int)]
    for tokens in sentences:
        sentence = subsample(embeddings.vocabulary.encode(tokens), keep, rng)
        centers, others = skipgram_pairs(np.arange(len(sentence)), settings.window, rng)
        if settings.architecture == "cbow":  # one prediction for all pairs of a centre
            centers, first = np.unique(centers, return_index=True)
            listed = np.full((len(centers), width), -1)
            for row, places in enumerate(np.split(others, first[1:]) if len(centers) else []):
                listed[row, : len(places)] = sentence[places]
            contexts.append(listed)
        else:
            contexts.append(sentence[others][:, None])
        targets.append(sentence[centers])
        if sum(map(len, targets)) >= MOST:
            break
    return np.concatenate(contexts)[:MOST], np.concatenate(targets)[:MOST]
