"""The figures of the slides of lesson 06: gensim, seen through."""

import functools

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from numpy.typing import NDArray

from course_lib import datasets, gensim_impl, plots
from course_lib.plots import Picture

EPOCHS = 15
LOSS_EPOCHS = 10


def gensim_model() -> Picture:
    return plots.gensim_model(size=(6.8, 3.3))


def learning_rates() -> Picture:
    return plots.learning_rates(
        _alphas(), EPOCHS, title="A loop starts again, by hand it goes below zero", size=(6.8, 3.5)
    )


def running_loss() -> Picture:
    running, set_back = _losses()
    return plots.loss_curve(
        {"gained by the running sum": running / 1e6, "set back each epoch": set_back / 1e6},
        ylabel="loss of an epoch (millions of nats)",
        title="The steps are rounding, not learning",
        size=(4.6, 3.7),
    )


class _Watched:
    def __init__(self, model: Word2Vec, sentences: list[list[str]]) -> None:
        self.model, self.sentences = model, sentences
        self.alphas: list[float] = []

    def __iter__(self):
        for sentence in self.sentences:
            self.alphas.append(self.model.min_alpha_yet_reached)
            yield sentence


@functools.cache
def _untrained() -> Word2Vec:
    model = Word2Vec(sg=1, vector_size=4, window=10, min_count=5, seed=1, workers=1)
    model.build_vocab(datasets.load_corpus("lee"))
    return model


@functools.cache
def _alphas() -> dict[str, list[float]]:
    """Watch three ways to train; the rate depends on the sentences and not on the vectors."""
    found = {}
    for name in ("one call", "loop", "by hand"):
        model = gensim_impl.fresh_model(_untrained(), vector_size=1, window=1, negative=1)
        text = _Watched(model, datasets.load_corpus("lee"))
        calls = 1 if name == "one call" else EPOCHS
        for _ in range(calls):
            model.train(text, total_examples=model.corpus_count, epochs=EPOCHS // calls)
            if name == "by hand":
                model.alpha -= 0.002
                model.min_alpha = model.alpha
        found[name] = text.alphas
    return found


class _Running(CallbackAny2Vec):
    def __init__(self) -> None:
        self.sums = [0.0]

    def on_epoch_end(self, model: Word2Vec) -> None:
        self.sums.append(model.running_training_loss)


@functools.cache
def _losses() -> tuple[NDArray, NDArray]:
    """Steps of gensim's running loss, and the loss of each epoch."""
    running, set_back = _Running(), gensim_impl.EpochLoss()
    for callback in (running, set_back):
        gensim_impl.fresh_model(_untrained()).train(
            datasets.load_corpus("lee"), total_examples=_untrained().corpus_count,
            epochs=LOSS_EPOCHS, compute_loss=True, callbacks=[callback],
        )  # fmt: skip
    return np.diff(running.sums), np.array(set_back.losses)
