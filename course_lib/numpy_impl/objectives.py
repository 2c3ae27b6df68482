"""Losses and their gradients as pure functions on arrays, as on the slides.

A model is a choice of two things. The **hidden vector** h is the IN vector of the centre word
(skip-gram), or the mean of the context's IN vectors (CBOW). The **prediction** from h is the full
softmax, or a few yes-or-no questions (negative sampling, hierarchical softmax). Each
``skipgram_...`` is one way to predict; each ``cbow_...`` is the same way with the context mean in
the place of the centre's vector.

Shapes: V words, d dimensions, B pairs or windows, C context words, k noise words, L turns. Losses
are in nats and summed over the batch, so that one step with a batch moves the vectors as far as
its pairs would one after another. A mask switches off what only fills up a rectangle: 1 where
there is a word, 0 for padding.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.glove_training import glove_weights
from course_lib.huffman import HuffmanTree

Gradients = tuple[float, NDArray[np.floating], NDArray[np.floating]]
# For IN vectors, OUT vectors, and the biases of both.
GloveGradients = tuple[NDArray, NDArray, NDArray, NDArray]


def softmax(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn scores into probabilities: exp(s_j) / sum over k of exp(s_k).

    The largest score is subtracted first. That changes nothing in the result, and no exponential
    can overflow.

    Parameters
    ----------
    scores : numpy.ndarray, shape (..., V)
        Any finite numbers.

    Returns
    -------
    numpy.ndarray, shape (..., V)
        Probabilities; each row sums to 1.
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_loss(
    hidden: NDArray[np.floating], output_vectors: NDArray[np.floating], target: int
) -> tuple[float, NDArray[np.floating], NDArray[np.floating]]:
    """Loss and gradients of one prediction with the full softmax.

    With scores s = U h and prediction y^ = softmax(s), the loss is -log y^_target. The error
    e = y^ - y, where y is one-hot at the target, gives both gradients: dL/dh = U^T e, which Rong
    calls EH, and dL/du_j = e_j h (Rong 2014, equations 8 to 12).

    Parameters
    ----------
    hidden : numpy.ndarray, shape (d,)
        The hidden vector h: the centre's IN vector in skip-gram, the context mean in CBOW.
    output_vectors : numpy.ndarray, shape (V, d)
        The OUT matrix U.
    target : int
        Row of the word to predict.

    Returns
    -------
    loss : float
        -log of the target's probability, in nats.
    hidden_gradient : numpy.ndarray, shape (d,)
        dL/dh.
    output_gradient : numpy.ndarray, shape (V, d)
        dL/dU.

    Raises
    ------
    ValueError
        The target is not a row of the OUT matrix.
    """
    _require_rows("target", np.asarray(target), len(output_vectors))
    scores = output_vectors @ hidden
    loss = _log_sum_exp(scores) - scores[target]
    error = softmax(scores)
    error[target] -= 1
    return float(loss), output_vectors.T @ error, np.outer(error, hidden)


def skipgram_softmax(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    centers: NDArray[np.integer],
    contexts: NDArray[np.integer],
) -> tuple[float, NDArray[np.floating], NDArray[np.floating]]:
    """Loss and gradients of a batch of skip-gram pairs with the full softmax.

    Each pair predicts its context word from its centre word: ``softmax_loss`` with h = v_centre,
    for all pairs at once (Mikolov et al. 2013b, equation 2; Rong 2014, section 2). A word that
    occurs in several pairs collects the gradients of all of them.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN and the OUT matrix.
    centers, contexts : numpy.ndarray of int, shape (B,)
        Rows of the two words of each pair.

    Returns
    -------
    loss : float
        Sum over the pairs, in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or there are not as many contexts as centres.
    """
    centers = _flat("centers", centers, len(input_vectors))
    contexts = _flat("contexts", contexts, len(output_vectors))
    _require_one_each(centers=centers, contexts=contexts)
    hidden = input_vectors[centers]
    scores = hidden @ output_vectors.T
    pairs = np.arange(len(centers))
    loss = np.sum(_log_sum_exp(scores) - scores[pairs, contexts])
    error = softmax(scores)
    error[pairs, contexts] -= 1
    input_gradient = np.zeros_like(input_vectors)
    # Not input_gradient[centers] += ...: that would keep one row of each repeated centre only.
    np.add.at(input_gradient, centers, error @ output_vectors)
    return float(loss), input_gradient, error.T @ hidden


def log_sigmoid(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Logarithm of the logistic function: log(1 / (1 + exp(-s))).

    Unlike ``log(sigmoid(s))``, it does not become minus infinity where the sigmoid rounds to 0.

    Parameters
    ----------
    scores : numpy.ndarray, any shape
        Any finite numbers.

    Returns
    -------
    numpy.ndarray, the shape of ``scores``
        Numbers of at most 0.
    """
    return -np.logaddexp(0, -scores)  # log(exp(a) + exp(b)), with the larger one taken out


def sigmoid(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Logistic function: 1 / (1 + exp(-s)), without overflow.

    Parameters
    ----------
    scores : numpy.ndarray, any shape
        Any finite numbers.

    Returns
    -------
    numpy.ndarray, the shape of ``scores``
        Probabilities.
    """
    return np.exp(log_sigmoid(scores))


def logistic_loss(
    hidden: NDArray[np.floating],
    vectors: NDArray[np.floating],
    rows: NDArray[np.integer],
    labels: ArrayLike,
    mask: ArrayLike | None = None,
) -> Gradients:
    """Loss and gradients of yes-or-no predictions: each hidden vector against a few rows.

    The score of a row is s = u . h, the probability of "yes" is sigmoid(s). The loss is
    -log sigmoid(s) for label 1 and -log sigmoid(-s) for label 0. The error
    e = sigmoid(s) - label gives both gradients: the row gets e h, and h the sum of all e u (Rong
    2014, sections 3.1 and 3.2). Negative sampling and hierarchical softmax are this function with
    different rows and labels.

    Parameters
    ----------
    hidden : numpy.ndarray, shape (B, d)
        The hidden vectors h.
    vectors : numpy.ndarray, shape (R, d)
        The matrix that the rows u are taken from.
    rows : numpy.ndarray of int, shape (B, L)
        The rows that each hidden vector is held against; a row may come more than once.
    labels : array_like of 0 and 1, shape (B, L)
        The true answers.
    mask : array_like of 0 and 1, shape (B, L), optional
        0 where a prediction does not count; its row and label may then be any numbers.

    Returns
    -------
    loss : float
        Sum over all predictions that count, in nats.
    hidden_gradient : numpy.ndarray, shape (B, d)
        Gradient with respect to each hidden vector.
    vectors_gradient : numpy.ndarray, shape (R, d)
        Gradient with respect to the matrix.

    Raises
    ------
    ValueError
        A row that counts lies outside the matrix, or the shapes do not fit.
    """
    rows, mask = _padded("rows", rows, mask, len(vectors))
    labels = np.where(mask, labels, 0).astype(hidden.dtype)
    _require_one_each(hidden=hidden, rows=rows)
    chosen = vectors[rows]
    scores = np.einsum("bd,bld->bl", hidden, chosen)
    signs = 2 * labels - 1
    loss = -np.sum(mask * log_sigmoid(signs * scores))
    error = mask * (sigmoid(scores) - labels)
    hidden_gradient = np.einsum("bl,bld->bd", error, chosen)
    shares = error[:, :, None] * hidden[:, None, :]
    return float(loss), hidden_gradient, _scatter_add(vectors, rows, shares)


def skipgram_negative_sampling(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    centers: NDArray[np.integer],
    contexts: NDArray[np.integer],
    negatives: NDArray[np.integer],
    negative_mask: ArrayLike | None = None,
) -> Gradients:
    """Loss and gradients of a batch of skip-gram pairs with negative sampling.

    From v_centre, say "yes" to the context word and "no" to each noise word:
    -log sigmoid(u_context . v) - sum over the noise words of log sigmoid(-u_noise . v) (Mikolov et
    al. 2013b, equation 4). A noise word that happens to be the context word counts like any other,
    as in the equation; gensim skips it, which is a 0 in ``negative_mask``.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN and the OUT matrix.
    centers, contexts : numpy.ndarray of int, shape (B,)
        Rows of the two words of each pair.
    negatives : numpy.ndarray of int, shape (B, k)
        Rows of the noise words of each pair; a word may come more than once.
    negative_mask : array_like of 0 and 1, shape (B, k), optional
        0 where a noise word does not count.

    Returns
    -------
    loss : float
        Sum over the pairs, in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or the shapes do not fit.
    """
    centers = _flat("centers", centers, len(input_vectors))
    contexts = _flat("contexts", contexts, len(output_vectors))
    negatives, mask = _padded("negatives", negatives, negative_mask, len(output_vectors))
    _require_one_each(centers=centers, contexts=contexts, negatives=negatives)
    rows = np.column_stack([contexts, negatives])
    labels = np.column_stack([np.ones_like(contexts), np.zeros_like(negatives)])
    counted = np.column_stack([np.ones_like(contexts), mask])
    hidden = input_vectors[centers]
    loss, hidden_gradient, output_gradient = logistic_loss(
        hidden, output_vectors, rows, labels, counted
    )
    return loss, _scatter_add(input_vectors, centers, hidden_gradient), output_gradient


def skipgram_shared_negatives(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    centers: NDArray[np.integer],
    negatives: NDArray[np.integer],
    negative_mask: ArrayLike | None = None,
    context_mask: ArrayLike | None = None,
) -> Gradients:
    """Loss and gradients of skip-gram windows whose pairs share their noise words.

    As in gensim, each context word is on the IN side and predicts the centre word. It says "yes" to
    the centre word and "no" to the noise words of the window: ``skipgram_negative_sampling``, with
    the same noise words for all pairs of a window (Ji et al. 2016, arXiv:1604.04661, section 3). A
    window of C words holds C pairs, and so each of its noise words counts C times.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for centre and noise words.
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words of each window. A word that comes twice counts twice. An empty
        context predicts nothing: no loss, no gradient.
    centers : numpy.ndarray of int, shape (B,)
        Rows of the centre words.
    negatives : numpy.ndarray of int, shape (B, k)
        Rows of the noise words of each window; a word may come more than once.
    negative_mask : array_like of 0 and 1, shape (B, k), optional
        0 where a noise word does not count.
    context_mask : array_like of 0 and 1, shape (B, C), optional
        0 for padding.

    Returns
    -------
    loss : float
        Sum over the pairs, in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or the shapes do not fit.
    """
    centers = _flat("centers", centers, len(output_vectors))
    contexts, counted = _padded("contexts", contexts, context_mask, len(input_vectors))
    negatives, mask = _padded("negatives", negatives, negative_mask, len(output_vectors))
    _require_one_each(contexts=contexts, centers=centers, negatives=negatives)
    windows = np.nonzero(counted)[0]  # for each context word, the window that it stands in
    return skipgram_negative_sampling(
        input_vectors,
        output_vectors,
        contexts[counted],
        centers[windows],
        negatives[windows],
        mask[windows],
    )


def expected_negatives(
    pair_counts: NDArray,
    noise_distribution: NDArray[np.floating],
    negative: int,
    skip_target: bool = False,
) -> NDArray[np.float64]:
    """Count how often each word is drawn as noise beside each centre, on average.

    Each of the #(w) pairs of a centre w draws k noise words from P_n, so that c is drawn
    k #(w) P_n(c) times (Levy and Goldberg 2014, equation 4). gensim and word2vec.c skip a draw that
    equals the word to predict. Then the #(w, c) pairs that predict c draw no c as noise, and
    k (#(w) - #(w, c)) P_n(c) draws are left.

    Parameters
    ----------
    pair_counts : numpy.ndarray, shape (V, V)
        #(w, c): how often centre w (row) meets context word c (column).
    noise_distribution : numpy.ndarray, shape (V,)
        P_n.
    negative : int
        Number k of noise words for each pair.
    skip_target : bool, default False
        Leave out draws that equal the word to predict.

    Returns
    -------
    numpy.ndarray of float64, shape (V, V)
        Expected numbers of draws.

    Raises
    ------
    ValueError
        The shapes do not fit.
    """
    met = np.asarray(pair_counts, dtype=np.float64)
    noise = np.asarray(noise_distribution)
    if met.ndim != 2 or noise.shape != met.shape[1:]:
        raise ValueError(
            f"Pair counts of shape {met.shape} do not fit a noise distribution of shape "
            f"{noise.shape}: give a row for each centre and a column for each word of P_n."
        )
    drawing = met.sum(axis=1, keepdims=True) - met if skip_target else met.sum(1, keepdims=True)
    return negative * drawing * noise


def expected_negative_sampling(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    pair_counts: NDArray,
    noise_counts: NDArray,
) -> Gradients:
    """Loss and gradients of negative sampling over a whole text, with no draw left to chance.

    With scores s = u_c . v_w, the sum over all w and c of -#(w, c) log sigmoid(s) -
    n(w, c) log sigmoid(-s), where n(w, c) counts how often c is drawn as noise beside w (Levy and
    Goldberg 2014, equations 2 to 4). It is what ``skipgram_negative_sampling`` gives on average
    over the draws, for all pairs of the text. The cost is V d for each of the V words, so it is
    for small vocabularies.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN and the OUT matrix.
    pair_counts, noise_counts : numpy.ndarray, shape (V, V)
        #(w, c) and n(w, c): rows are centres, columns are context and noise words.

    Returns
    -------
    loss : float
        In nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of the loss.

    Raises
    ------
    ValueError
        The shapes do not fit.
    """
    met, drawn = np.asarray(pair_counts), np.asarray(noise_counts)
    # einsum, not @: of so small a product BLAS would give each thread a part, and on a busy
    # machine the threads wait for each other a hundred times as long as they compute.
    scores = np.einsum("wd,cd->wc", input_vectors, output_vectors)
    if not scores.shape == met.shape == drawn.shape:
        raise ValueError(
            f"The vectors give scores of shape {scores.shape}, but there are pair counts of shape "
            f"{met.shape} and noise counts of shape {drawn.shape}: all three must agree."
        )
    yes = log_sigmoid(scores)
    no = yes - scores  # log sigmoid(-s)
    loss = -np.sum(met * yes + drawn * no)
    error = (met + drawn) * np.exp(yes) - met
    input_gradient = np.einsum("wc,cd->wd", error, output_vectors)
    return float(loss), input_gradient, np.einsum("wc,wd->cd", error, input_vectors)


def optimal_scores(pair_counts: NDArray, noise_counts: NDArray) -> NDArray[np.float64]:
    """Give the scores where ``expected_negative_sampling`` is lowest: log(#(w, c) / n(w, c)).

    Where P_n is the words' own frequency and n(w, c) = k #(w) P_n(c), that is PMI(w, c) - log k
    (Levy and Goldberg 2014, equation 7). Vectors can reach them if d is large enough, at most V.

    Parameters
    ----------
    pair_counts, noise_counts : numpy.ndarray, shape (V, V)
        #(w, c) and n(w, c), as given by ``expected_negatives``.

    Returns
    -------
    numpy.ndarray of float64, shape (V, V)
        Scores; minus infinity where a pair never occurs, and plus infinity where one occurs and is
        never drawn as noise.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    met, drawn = np.asarray(pair_counts, np.float64), np.asarray(noise_counts, np.float64)
    if met.shape != drawn.shape:
        raise ValueError(f"Pair counts {met.shape} and noise counts {drawn.shape} must agree.")
    seen = met > 0
    scores = np.full(met.shape, -np.inf)
    with np.errstate(divide="ignore"):  # log(0) is the infinity that is meant
        scores[seen] = np.log(met[seen]) - np.log(drawn[seen])
    return scores


def skipgram_hierarchical_softmax(
    input_vectors: NDArray[np.floating],
    node_vectors: NDArray[np.floating],
    centers: NDArray[np.integer],
    points: NDArray[np.integer],
    codes: NDArray[np.integer],
    path_mask: ArrayLike | None = None,
) -> Gradients:
    """Loss and gradients of a batch of skip-gram pairs with hierarchical softmax.

    From v_centre, walk from the root of the Huffman tree down to the context word. The
    probability of turning left at a node (code 0) is the sigmoid of the node's vector times v, and
    that of the word is the product over its path (Mikolov et al. 2013b, equation 3). So the label
    of a turn is 1 - code. With a tree, a call reads
    ``skipgram_hierarchical_softmax(v, nodes, centers, *tree.padded_paths(contexts))``.

    Parameters
    ----------
    input_vectors : numpy.ndarray, shape (V, d)
        The IN matrix.
    node_vectors : numpy.ndarray, shape (V - 1, d)
        The vectors of the inner nodes.
    centers : numpy.ndarray of int, shape (B,)
        Rows of the centre words.
    points, codes : numpy.ndarray of int, shape (B, L)
        Inner nodes on the path of each context word, and the turns taken there: 0 or 1.
    path_mask : array_like of 0 and 1, shape (B, L), optional
        0 where a path has ended.

    Returns
    -------
    loss : float
        Sum over the pairs of -log p(context | centre), in nats.
    input_gradient : numpy.ndarray, shape (V, d)
        Gradient of that sum with respect to the IN matrix.
    node_gradient : numpy.ndarray, shape (V - 1, d)
        Gradient with respect to the vectors of the nodes.

    Raises
    ------
    ValueError
        A row lies outside the matrices, a code is neither 0 nor 1, or the shapes do not fit.
    """
    centers = _flat("centers", centers, len(input_vectors))
    points, mask = _padded("points", points, path_mask, len(node_vectors))
    codes = np.asarray(codes)
    _require_one_each(centers=centers, points=points, codes=codes)
    if codes.shape != points.shape or not np.isin(codes[mask], (0, 1)).all():
        raise ValueError("codes must have the shape of points and hold 0 (left) or 1 (right).")
    hidden = input_vectors[centers]
    loss, hidden_gradient, node_gradient = logistic_loss(
        hidden, node_vectors, points, 1 - codes, mask
    )
    return loss, _scatter_add(input_vectors, centers, hidden_gradient), node_gradient


def word_probabilities(
    hidden: NDArray[np.floating], node_vectors: NDArray[np.floating], tree: HuffmanTree
) -> NDArray[np.floating]:
    """Probability of every word under hierarchical softmax.

    At each inner node the two turns share the probability that has come so far. So the words'
    probabilities sum to 1, whatever the vectors are (Mikolov et al. 2013b, equation 3).

    Parameters
    ----------
    hidden : numpy.ndarray, shape (..., d)
        One hidden vector h, or several.
    node_vectors : numpy.ndarray, shape (V - 1, d)
        The vectors of the inner nodes.
    tree : HuffmanTree
        The tree of the V words.

    Returns
    -------
    numpy.ndarray, shape (..., V)
        Probabilities; each row sums to 1.

    Raises
    ------
    ValueError
        The tree has not as many inner nodes as there are vectors.
    """
    V = len(tree.counts)
    if len(node_vectors) != V - 1:
        raise ValueError(
            f"A tree of {V} words has {V - 1} inner nodes, but there are {len(node_vectors)} node "
            "vectors. Build the tree from the counts of the vocabulary that they belong to."
        )
    points, codes, mask = tree.padded_paths(np.arange(V))
    scores = hidden @ node_vectors.T
    signs = (1 - 2 * codes).astype(scores.dtype)
    turns = log_sigmoid(signs * scores[..., points])
    return np.exp(np.sum(mask * turns, axis=-1))


def cbow_hidden(
    input_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    context_mask: ArrayLike | None = None,
    cbow_mean: bool = True,
) -> NDArray[np.floating]:
    """Hidden vectors of CBOW: the mean, or the sum, of the IN vectors of each context.

    The order of the context words makes no difference (Mikolov et al. 2013a, section 3.1; Rong
    2014, section 1.2).

    Parameters
    ----------
    input_vectors : numpy.ndarray, shape (V, d)
        The IN matrix.
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words of each window. A word that comes twice counts twice.
    context_mask : array_like of 0 and 1, shape (B, C), optional
        0 for padding.
    cbow_mean : bool, default True
        The mean over the words that are there, or their sum.

    Returns
    -------
    numpy.ndarray, shape (B, d)
        One h for each window; zero where the context is empty.

    Raises
    ------
    ValueError
        A row that counts lies outside the matrix, or the shapes do not fit.
    """
    contexts, mask = _padded("contexts", contexts, context_mask, len(input_vectors))
    weights = _context_weights(mask, cbow_mean, input_vectors)
    return np.einsum("bc,bcd->bd", weights, input_vectors[contexts])


def cbow_softmax(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    centers: NDArray[np.integer],
    context_mask: ArrayLike | None = None,
    cbow_mean: bool = True,
) -> Gradients:
    """Loss and gradients of a batch of CBOW windows with the full softmax.

    The context mean h predicts the centre word: ``softmax_loss``. Of its gradient EH each of the C
    context words gets EH / C; where h is the sum, each gets EH (Rong 2014, section 1.2). These are
    the true gradients. gensim's trainer has it the other way round: EH for the mean, EH / C for
    the sum.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for the centre word.
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words of each window. A word that comes twice counts twice. An empty
        context predicts nothing: no loss, no gradient.
    centers : numpy.ndarray of int, shape (B,)
        Rows of the centre words.
    context_mask : array_like of 0 and 1, shape (B, C), optional
        0 for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.

    Returns
    -------
    loss : float
        Sum over the windows of -log p(centre | context), in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or the shapes do not fit.
    """
    centers = _flat("centers", centers, len(output_vectors))
    context = contexts, context_mask, cbow_mean
    return _cbow(skipgram_softmax, input_vectors, output_vectors, *context, centers=centers)


def cbow_negative_sampling(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    centers: NDArray[np.integer],
    negatives: NDArray[np.integer],
    negative_mask: ArrayLike | None = None,
    context_mask: ArrayLike | None = None,
    cbow_mean: bool = True,
) -> Gradients:
    """Loss and gradients of a batch of CBOW windows with negative sampling.

    From the context mean, say "yes" to the centre word and "no" to each noise word (Mikolov et al.
    2013b, equation 4, with h for the input vector; Rong 2014, section 3.2).

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        The IN matrix, for the context words, and the OUT matrix, for centre and noise words.
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words of each window, as in ``cbow_softmax``.
    centers : numpy.ndarray of int, shape (B,)
        Rows of the centre words.
    negatives : numpy.ndarray of int, shape (B, k)
        Rows of the noise words of each window, as in ``skipgram_negative_sampling``.
    negative_mask : array_like of 0 and 1, shape (B, k), optional
        0 where a noise word does not count.
    context_mask : array_like of 0 and 1, shape (B, C), optional
        0 for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.

    Returns
    -------
    loss : float
        Sum over the windows, in nats.
    input_gradient, output_gradient : numpy.ndarray, shape (V, d)
        Gradients of that sum.

    Raises
    ------
    ValueError
        A row lies outside the matrices, or the shapes do not fit.
    """
    centers = _flat("centers", centers, len(output_vectors))
    negatives, mask = _padded("negatives", negatives, negative_mask, len(output_vectors))
    return _cbow(
        skipgram_negative_sampling,
        input_vectors,
        output_vectors,
        contexts,
        context_mask,
        cbow_mean,
        centers=centers,
        negatives=negatives,
        negative_mask=mask,
    )


def cbow_hierarchical_softmax(
    input_vectors: NDArray[np.floating],
    node_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    points: NDArray[np.integer],
    codes: NDArray[np.integer],
    path_mask: ArrayLike | None = None,
    context_mask: ArrayLike | None = None,
    cbow_mean: bool = True,
) -> Gradients:
    """Loss and gradients of a batch of CBOW windows with hierarchical softmax.

    From the context mean, walk down the Huffman tree to the centre word (Mikolov et al. 2013b,
    equation 3, with h for the input vector; Rong 2014, section 3.1). With a tree, a call reads
    ``cbow_hierarchical_softmax(v, nodes, contexts, *tree.padded_paths(centers))``.

    Parameters
    ----------
    input_vectors : numpy.ndarray, shape (V, d)
        The IN matrix.
    node_vectors : numpy.ndarray, shape (V - 1, d)
        The vectors of the inner nodes.
    contexts : numpy.ndarray of int, shape (B, C)
        Rows of the context words of each window, as in ``cbow_softmax``.
    points, codes : numpy.ndarray of int, shape (B, L)
        Inner nodes on the path of each centre word, and the turns taken there: 0 or 1.
    path_mask : array_like of 0 and 1, shape (B, L), optional
        0 where a path has ended.
    context_mask : array_like of 0 and 1, shape (B, C), optional
        0 for padding.
    cbow_mean : bool, default True
        h is the mean of the context, or its sum.

    Returns
    -------
    loss : float
        Sum over the windows of -log p(centre | context), in nats.
    input_gradient : numpy.ndarray, shape (V, d)
        Gradient of that sum with respect to the IN matrix.
    node_gradient : numpy.ndarray, shape (V - 1, d)
        Gradient with respect to the vectors of the nodes.

    Raises
    ------
    ValueError
        A row lies outside the matrices, a code is neither 0 nor 1, or the shapes do not fit.
    """
    points, mask = _padded("points", points, path_mask, len(node_vectors))
    return _cbow(
        skipgram_hierarchical_softmax,
        input_vectors,
        node_vectors,
        contexts,
        context_mask,
        cbow_mean,
        points=points,
        codes=np.asarray(codes),
        path_mask=mask,
    )


def glove(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    input_biases: NDArray[np.floating],
    output_biases: NDArray[np.floating],
    centers: NDArray[np.integer],
    contexts: NDArray[np.integer],
    counts: ArrayLike,
    x_max: float = 100.0,
    alpha: float = 0.75,
) -> tuple[float, GloveGradients]:
    """Loss and gradients of GloVe on a batch of counts.

    A count X_ij of centre i and context j has the difference e = w_i . w~_j + b_i + b~_j - log X_ij
    and the loss f(X_ij) e**2 / 2: half of Pennington et al. 2014, equation 8, as Stanford's program
    has it, so that no 2 is left in the gradients. They are f e w~_j for w_i, f e w_i for w~_j, and
    f e for each of the two biases.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        w and w~.
    input_biases, output_biases : numpy.ndarray, shape (V,)
        b and b~.
    centers, contexts : numpy.ndarray of int, shape (B,)
        Row i and column j of each count.
    counts : array_like, shape (B,)
        The counts X_ij, above 0.
    x_max : float, default 100.0
        See ``glove_weights``.
    alpha : float, default 0.75
        See ``glove_weights``.

    Returns
    -------
    loss : float
        Sum over the counts.
    gradients : tuple of numpy.ndarray
        Gradients of that sum, for the four arrays in their order.

    Raises
    ------
    ValueError
        A row lies outside the matrices, a count is not above 0, or there is not one of each.
    """
    centers = _flat("centers", centers, len(input_vectors))
    contexts = _flat("contexts", contexts, len(output_vectors))
    counts = np.asarray(counts, np.float64)
    _require_one_each(centers=centers, contexts=contexts, counts=counts)
    if not (counts > 0).all():
        raise ValueError("A count is not above 0, and has no logarithm: leave out such pairs.")
    weights = glove_weights(counts, x_max, alpha)
    return weighted_squares(
        input_vectors, output_vectors, input_biases, output_biases,
        centers, contexts, np.log(counts), weights,
    )  # fmt: skip


def weighted_squares(
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    input_biases: NDArray[np.floating],
    output_biases: NDArray[np.floating],
    centers: NDArray[np.integer],
    contexts: NDArray[np.integer],
    targets: NDArray[np.floating],
    weights: NDArray[np.floating],
) -> tuple[float, GloveGradients]:
    """Loss and gradients of ``glove`` where logarithms and weights are known already.

    Parameters
    ----------
    input_vectors, output_vectors : numpy.ndarray, shape (V, d)
        w and w~.
    input_biases, output_biases : numpy.ndarray, shape (V,)
        b and b~.
    centers, contexts : numpy.ndarray of int, shape (B,)
        Row i and column j of each count.
    targets : numpy.ndarray, shape (B,)
        What the scores should be: log X_ij.
    weights : numpy.ndarray, shape (B,)
        Their weights, f(X_ij).

    Returns
    -------
    loss : float
        Sum over the counts of f e**2 / 2.
    gradients : tuple of numpy.ndarray
        Gradients of that sum, for the first four arrays in their order.
    """
    w, c = input_vectors[centers], output_vectors[contexts]
    scores = np.sum(w * c, axis=1) + input_biases[centers] + output_biases[contexts]
    errors = scores - targets
    factors = weights * errors
    return float(factors @ errors) / 2, (
        _scatter_add(input_vectors, centers, factors[:, None] * c),
        _scatter_add(output_vectors, contexts, factors[:, None] * w),
        _scatter_add(input_biases, centers, factors),
        _scatter_add(output_biases, contexts, factors),
    )


def _cbow(
    skipgram: Callable[..., Gradients],
    input_vectors: NDArray[np.floating],
    output_vectors: NDArray[np.floating],
    contexts: NDArray[np.integer],
    context_mask: ArrayLike | None,
    cbow_mean: bool,
    **predicted: NDArray,
) -> Gradients:
    """Predict like skip-gram, from the context means as if they were the centres' IN vectors."""
    contexts, mask = _padded("contexts", contexts, context_mask, len(input_vectors))
    _require_one_each(contexts=contexts, **predicted)
    some = mask.any(axis=1)  # an empty context predicts nothing
    contexts, mask = contexts[some], mask[some]
    hidden = cbow_hidden(input_vectors, contexts, mask, cbow_mean)
    loss, hidden_gradient, output_gradient = skipgram(
        hidden,
        output_vectors,
        np.arange(len(hidden)),
        *(array[some] for array in predicted.values()),
    )
    weights = _context_weights(mask, cbow_mean, input_vectors)
    shares = weights[:, :, None] * hidden_gradient[:, None, :]
    return loss, _scatter_add(input_vectors, contexts, shares), output_gradient


def _context_weights(
    mask: NDArray[np.bool_], cbow_mean: bool, vectors: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Weight of each context word in h: 1/C for the mean, 1 for the sum, 0 for padding."""
    weights = mask.astype(vectors.dtype)
    if cbow_mean:
        weights /= np.maximum(mask.sum(axis=1, keepdims=True), 1)  # C = 0: no word, no weight
    return weights


def _scatter_add(
    vectors: NDArray[np.floating], rows: NDArray[np.integer], shares: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Gradient like ``vectors`` in which each row has collected all of its shares."""
    gradient = np.zeros_like(vectors)
    np.add.at(gradient, rows, shares)  # see skipgram_softmax
    return gradient


def _log_sum_exp(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    largest = scores.max(axis=-1, keepdims=True)
    return np.log(np.exp(scores - largest).sum(axis=-1)) + largest[..., 0]


def _require_rows(name: str, rows: NDArray[np.integer], count: int) -> None:
    # NumPy would take row -1 for the last word.
    if rows.size and (rows.min() < 0 or rows.max() >= count):
        raise ValueError(f"{name} holds a row outside 0 to {count - 1}.")


def _flat(name: str, rows: NDArray[np.integer], count: int) -> NDArray[np.integer]:
    rows = np.asarray(rows)
    if rows.ndim != 1:
        raise ValueError(f"{name} has shape {rows.shape}: give a flat array of rows.")
    _require_rows(name, rows, count)
    return rows


def _padded(
    name: str, rows: NDArray[np.integer], mask: ArrayLike | None, count: int
) -> tuple[NDArray[np.integer], NDArray[np.bool_]]:
    """Check rows and mask; where the mask is 0, the row becomes 0, whatever it was."""
    rows = np.asarray(rows)
    if rows.ndim != 2:
        raise ValueError(f"{name} has shape {rows.shape}: give a list of rows for each prediction.")
    counted = np.ones(rows.shape, dtype=bool) if mask is None else np.asarray(mask).astype(bool)
    if counted.shape != rows.shape:
        raise ValueError(
            f"The mask of {name} has shape {counted.shape}, not {rows.shape}: give a 0 or 1 each."
        )
    rows = np.where(counted, rows, 0)
    _require_rows(name, rows, count)
    return rows, counted


def _require_one_each(**arrays: NDArray) -> None:
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{size} {name}" for name, size in sizes.items())
        raise ValueError(f"{listed}: give one each.")
