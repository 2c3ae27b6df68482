"""Threads that train one model: each works on its own copies of the rows that all of them need.

A core of the processor keeps what it has just written in its cache. The most frequent words, and
the nodes near the root of the tree, are written in nearly every prediction by every thread. If they
were shared, each core would fetch them out of the other one's cache, again and again: two threads
would take twice as long for hierarchical softmax as one. With copies that the loops bring together
every 512 words (``kernels``), the threads hardly meet.
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.numpy_impl.kernels import EXCHANGE_WORDS, Model
from course_lib.vocabulary import Vocabulary

HOT_ROWS = 128  # rows of each matrix that get copies; of more, the exchange costs what it saves
# When a word has been seen so often, its row has gone most of its way, 1 - 1/e of it. Measured on
# the held-out loss: with 10 the threads learn too slowly, without any limit eight may leap too far.
LEARNT = 200.0


def models_of(
    model: Model, vocabulary: Vocabulary, workers: int, hierarchical: bool
) -> list[Model]:
    """Give each thread the model, with rows of its own.

    Parameters
    ----------
    model : kernels.Model
        V words. One thread trains it as it is; more of them train copies of its two matrices, which
        have the same rows, and the threads' own ones after them.
    vocabulary : Vocabulary
        The words, most frequent first, with counts.
    workers : int
        How many threads there are.
    hierarchical : bool
        The second matrix is that of the nodes. Its last rows are near the root, and hot.

    Returns
    -------
    list of kernels.Model
        One a thread. At rest, their own rows are equal to ``before``.
    """
    if workers == 1:
        return [model]
    V, N = len(model.vectors), len(model.outputs)
    hot = min(HOT_ROWS, N)
    first = N - hot if hierarchical else 0
    counts = vocabulary.require_counts()
    seen = counts
    if hierarchical:
        seen = np.bincount(model.points, np.repeat(counts, np.diff(model.starts)), N)
    share = np.stack(
        [
            shares(times / counts.sum() * EXCHANGE_WORDS, workers)
            for times in (counts[:hot], seen[first : first + hot])
        ]
    )
    start = np.stack([model.vectors[:hot], model.outputs[first : first + hot]])
    vectors, outputs = (
        np.concatenate([matrix] + workers * [own])
        for matrix, own in zip((model.vectors, model.outputs), start, strict=True)
    )
    return [
        model._replace(
            vectors=vectors,
            outputs=outputs,
            hot=hot,
            own_input=V + worker * hot,
            first_hot_output=first,
            own_output=N - first + worker * hot,
            before=start.copy(),
            shares=share,
        )
        for worker in range(workers)
    ]


def shares(seen: NDArray[np.floating], workers: int) -> NDArray[np.float32]:
    """Say how much of what each thread has learnt goes into the shared row.

    Think of a row that goes the part 1 - r of its way from one exchange to the next. One thread
    after another would leave r^W of it after W turns. W threads at once, from the same place, leave
    as much if the share (1 - r^W) / (W (1 - r)) of each counts: nearly all of it for a row that is
    seldom seen, and 1/W, the mean, for one that each thread brings to its end. The sum of W ways to
    the same place would lead past it.

    Parameters
    ----------
    seen : numpy.ndarray, shape (n,)
        How often each row is needed between two exchanges, on average.
    workers : int
        The number W of threads.

    Returns
    -------
    numpy.ndarray of float32, shape (n,)
        The shares, from 1/W to 1.
    """
    left = np.exp(-seen / LEARNT)[:, None] ** np.arange(workers)  # r^0, r^1, ..., r^(W - 1)
    return left.mean(axis=1).astype(np.float32)  # the same, without a division by 1 - r
