"""The checks of lesson 06, gensim's life cycle."""

import random
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial, update_wrapper
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from course_lib.checks.registry import exercise, guarded
from course_lib.checks.requirements import (
    CheckFailed,
    as_numbers,
    require,
    require_close,
    require_two,
)

SENTENCES = [[f"word{number}", "of", "sentence", str(number)] for number in range(30)]


@exercise("06.1", done="Ask it for every job of a training, and you have the line of the figure.")
def check_learning_rate(learning_rate: Callable[..., Any]) -> None:
    """Start, end, the middle of an epoch, and a text that turns out longer."""
    alpha, low = 0.025, 0.0001

    def found(epoch: int, done: float, epochs: int = 10) -> np.ndarray:
        return as_numbers(learning_rate(epoch, done, epochs, alpha, low), "The learning rate")

    require_close(found(0, 0.0), alpha, "The learning rate at the very start")
    middle = found(3, 0.5)
    require(
        not np.allclose(middle, alpha - (alpha - low) * 0.5),
        "After 3 of 10 epochs and half of the fourth, the learning rate is that of half an epoch: "
        "it starts again in each epoch. It has to fall over the whole training.",
    )
    require(
        not np.allclose(middle, alpha - (alpha - low) * 0.3),
        "The learning rate is the same all through an epoch. It falls from job to job: use `done`.",
    )
    require(
        not np.allclose(middle, alpha * (1 - 0.35)),
        "The learning rate falls towards 0. It falls towards min_alpha.",
    )
    require(
        not np.allclose(middle, alpha - (alpha - low) * (0.3 + 0.5)),
        "`done` is counted as a share of the whole training. It is a share of one epoch: add it to "
        "`epoch` first, and then divide by `epochs`.",
    )
    require_close(middle, alpha - (alpha - low) * 0.35, "The learning rate in the fourth epoch")
    require_close(found(9, 1.0), low, "The learning rate at the very end")
    late = found(9, 1.5)
    require(
        (late >= low - 1e-12).all(),
        "Where the text is longer than it was said to be, the learning rate falls below min_alpha, "
        "and could become negative. Take the larger of the two.",
    )
    require_close(late, low, "The learning rate of a text that is too long")


@exercise(
    "06.2", answer="class", done="It goes into one call of train, however many epochs it has."
)
def check_corpus(Corpus: type) -> None:
    """Iterate several times, from the same and from another seed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text("\n\n".join(map(" ".join, SENTENCES)) + "\n", encoding="utf-8")
        before = _global_generators()
        corpus = guarded(Corpus)(str(path), 1)
        first, second = _read(corpus), _read(corpus)
        require(
            _global_generators() == before,
            "The random numbers of the caller have changed. Do not seed or use the generators that "
            "all share; make one of your own: random.Random(seed).",
        )
        require(
            len(second) > 0,
            "The second time there are no sentences. Each call of __iter__ has to start anew.",
        )
        require(
            sorted(first) == sorted(second) == sorted(SENTENCES),
            "The sentences are not those of the file, every one of them once, each time. "
            f"The file has {len(SENTENCES)} of them, the first is {SENTENCES[0]}; yours are "
            f"{len(first)}, the first in the alphabet is {min(first, key=str, default=None)}.",
        )
        require(first != SENTENCES, "The first time, the order is that of the file.")
        require(
            first != second,
            "The order is the same each time. Shuffle in __iter__, with a generator that is made "
            "once, in __init__.",
        )
        again, other = guarded(Corpus)(str(path), 1), guarded(Corpus)(str(path), 2)
        require(
            [_read(again), _read(again)] == [first, second],
            "Two corpora with the same seed give different orders. Seed the generator in __init__.",
        )
        require(_read(other) != first, "Another seed gives the same order. Use the seed.")


@exercise("06.3", done="This is all that intersect_word2vec_format was for.")
def check_warm_start(warm_start: Callable[..., Any]) -> None:
    """Look at the rows, their type, the cosines, and train a little."""
    model, vectors = _model(), _published()
    found = warm_start(model, vectors)
    require(isinstance(found, Word2Vec), "Return the model: `return model`.")
    before = model.wv.vectors
    require(
        hasattr(found.wv, "vectors_lockf"),
        "The model has other KeyedVectors now, and train would wait for ever. Write the rows into "
        "model.wv.vectors.",
    )
    require(
        found.wv.vectors_lockf.dtype == np.float32 and found.wv.vectors_lockf.all(),
        "The lock `vectors_lockf` has changed: words would stay where they are in training. Leave "
        "it alone; it is float32, and 1 for all words.",
    )
    require(
        found.wv.index_to_key == model.wv.index_to_key,
        "The model's words have changed. No word is added: only rows are copied.",
    )
    rows = found.wv.vectors
    require(
        rows.dtype == np.float32 and rows.flags.c_contiguous,
        f"The model's matrix is of type {rows.dtype} now; gensim trains float32 only, and says "
        "nothing. Write into the matrix that is there: model.wv.vectors[row] = ...",
    )
    common = [word for word in model.wv.index_to_key if word in vectors]
    covered = [model.wv.key_to_index[word] for word in common]
    right = before.copy()
    right[covered] = [vectors[word] for word in common]
    require(not np.array_equal(rows, before), "No row of the model has changed.")
    by_row = before.copy()
    by_row[: len(vectors)] = vectors.vectors
    require(
        not np.allclose(rows, by_row),
        "The rows are copied in the order of the published words. A word has another row here: "
        "look it up in key_to_index.",
    )
    rest = np.setdiff1d(np.arange(len(rows)), covered)
    require(
        np.array_equal(rows[rest], before[rest]),
        "Rows of words that have no published vector have changed. They stay.",
    )
    require_close(rows, right, "The matrix", rtol=1e-5, atol=1e-6)
    lengths = np.linalg.norm(right, axis=1)
    require(
        found.wv.norms is None or np.allclose(found.wv.norms, lengths, rtol=1e-4),
        "The cosines are wrong: gensim still has the lengths of the old vectors. Call "
        "model.wv.fill_norms(force=True).",
    )


@exercise(
    "06.4", done="similar_by_vector(model.wv[word]) of these finds what stands beside a word."
)
def check_out_vectors(out_vectors: Callable[..., Any]) -> None:
    """A model with OUT vectors, and one with a tree."""
    model = _model(_NotCopied, trained=True)
    trained = model.wv.vectors.copy()
    found = out_vectors(model)
    require(
        isinstance(found, KeyedVectors),
        f"Return KeyedVectors, not a {type(found).__name__}: KeyedVectors(model.vector_size), then "
        "add_vectors(words, matrix).",
    )
    require(
        np.array_equal(model.wv.vectors, trained),
        "The model has lost its IN vectors. Make new KeyedVectors for the OUT vectors.",
    )
    require(
        found.vectors.shape == model.syn1neg.shape,
        f"The matrix has shape {found.vectors.shape}; a row for each of the words is "
        f"{model.syn1neg.shape}.",
    )
    require(
        not np.allclose(found.vectors, model.wv.vectors),
        "These are the IN vectors. The OUT vectors are in model.syn1neg.",
    )
    rows = [found.key_to_index.get(word, -1) for word in model.wv.index_to_key]
    require(min(rows) >= 0, "A word of the model is missing.")
    require(
        {row.tobytes() for row in found.vectors} == {row.tobytes() for row in model.syn1neg},
        "The numbers are not those of model.syn1neg. Take its rows as they are.",
    )
    require(
        np.array_equal(found.vectors[rows], model.syn1neg),
        "The words have each other's vectors: row i of syn1neg belongs to word i of "
        "model.wv.index_to_key.",
    )
    require(
        not np.shares_memory(found.vectors, model.syn1neg),
        "The vectors are those of the model itself and change when it is trained further. Copy "
        "them: model.syn1neg.copy().",
    )
    try:
        out_vectors(_model(trained=True, hs=1))
    except CheckFailed:
        raise CheckFailed(
            "With hs=1 alone gensim keeps negative=5 and trains both, so that the model has OUT "
            "vectors; yours gets none. Ask for model.negative, not for model.hs."
        ) from None
    tree = _model(trained=True, hs=1, negative=0)
    try:
        out_vectors(tree)
    except CheckFailed as failure:
        require(
            isinstance(failure.__cause__, ValueError),
            "For a model with hierarchical softmax it stops with "
            f"{type(failure.__cause__).__name__}. Ask `if not model.negative` first, and raise a "
            "ValueError that says why.",
        )
    else:
        raise CheckFailed(
            "A model with hierarchical softmax gets OUT vectors, too. The rows of syn1 belong to "
            "inner nodes of the tree, not to words. Raise a ValueError."
        )


@exercise("06.5", done="The same model, in one call, with a rate that falls once.")
def check_train(train: Callable[..., Any]) -> None:
    """Look at what the model says of its training."""
    data = _news()
    two = "`train` should return two things: return model, vector."
    orders: list[list[str]] = []
    with mock.patch.object(Word2Vec, "_train_epoch", _listening(orders)):
        model, vector = require_two(train(data), two)
    require(isinstance(model, Word2Vec), "The first thing to return is the model.")
    require(model.train_count > 0, "The model is not trained. Call `train`, with epochs=20.")
    require(
        model.train_count == 1,
        f"The model was trained {model.train_count} times, so that the learning rate started again "
        "each time. Call `train` once, with epochs=20.",
    )
    wanted = {
        "vector_size": 64, "window": 5, "min_count": 5, "sg": 0, "hs": 0, "workers": 1, "seed": 1,
        "epochs": 20,
    }  # fmt: skip
    for name, value in wanted.items():
        found = getattr(model, name)
        require(found == value, f"The model has {name}={found}; it should be {value}.")
    require(bool(model.syn1neg.any()), "The model is not trained: its OUT vectors are zero.")
    numbers = as_numbers(vector, "The vector of cricket")
    require_close(numbers, model.wv["cricket"], "The vector of cricket")
    require(
        not np.shares_memory(numbers, model.wv.vectors),
        "The vector is a view of the model's matrix, and changes when the model is trained "
        "further. Return a copy.",
    )
    require(
        len(orders) == 20,
        "The text is read from a file, by corpus_file, and in the same order each time. Hand over "
        "an object whose __iter__ shuffles.",
    )
    wanted_order = sorted(map(" ".join, data))
    require(
        all(sorted(order) == wanted_order for order in orders),
        "In some epoch the text is not read whole: it has to give every sentence each time. "
        "(An iterator gives them once only.)",
    )
    require(
        len({tuple(order) for order in orders}) == len(orders),
        "The text is read in the same order in several epochs. Hand over an object whose __iter__ "
        "shuffles anew.",
    )
    require(
        model.alpha == 0.025 and model.min_alpha == 0.0001,
        f"The rates are alpha={model.alpha}, min_alpha={model.min_alpha}. Leave them to gensim.",
    )


def _listening(orders: list[list[str]]) -> Callable[..., Any]:
    """Give a method for Word2Vec that notes the sentences of an epoch.

    An error in the text ends the epoch and is raised then; gensim would wait for ever.
    """
    train_epoch = Word2Vec._train_epoch

    def listening(model: Word2Vec, text: Any, **options: Any) -> Any:
        order: list[str] = []
        orders.append(order)
        errors: list[Exception] = []

        def heard() -> Iterator[Any]:
            try:
                for sentence in text:
                    order.append(" ".join(sentence))
                    yield sentence
            except Exception as error:
                errors.append(error)

        result = train_epoch(model, heard(), **options)
        if errors:
            raise errors[0]
        return result

    return listening


def _global_generators() -> tuple[Any, ...]:
    """Give the state of the random generators of Python and NumPy that a whole program shares."""
    _, key, position, *_ = np.random.get_state()  # noqa: NPY002 - it is the old one that counts
    return random.getstate(), np.asarray(key).tobytes(), position


def _read(corpus: Any) -> list[list[str]]:
    # A message then names the class and the learner's line, not ours.
    found = guarded(update_wrapper(partial(list, corpus), type(corpus), updated=()))()
    require(
        all(isinstance(sentence, list) for sentence in found),
        "A sentence should be a list of words: line.split().",
    )
    return found


class _NotCopied(Word2Vec):
    """A model that an answer gets itself, so that one can see what becomes of it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_NotCopied":
        return self


def _model(kind: type = Word2Vec, trained: bool = False, **changes: Any) -> Word2Vec:
    options = {"vector_size": 6, "min_count": 1, "sg": 1, "seed": 1, "workers": 1, "sample": 0}
    model = kind(**options | changes)
    model.build_vocab(SENTENCES)
    if trained:
        model.train(SENTENCES, total_examples=len(SENTENCES), epochs=3)
    model.wv.fill_norms()
    return model


def _published() -> KeyedVectors:
    """Give float64 vectors of some words of the sentences, in another order, and of others."""
    words = ["unheard", "word5", "of", "elsewhere", "word2"]
    vectors = KeyedVectors(6, dtype=np.float64)
    vectors.add_vectors(words, np.random.default_rng(6).normal(size=(len(words), 6)))
    return vectors


@cache
def _news() -> list[list[str]]:
    rng = np.random.default_rng(3)
    words = ["cricket", *(f"word{number}" for number in range(40))]
    return [[str(word) for word in rng.choice(words, size=12)] for _ in range(60)]
