"""What gensim 4.4 really does: each trap run, numbered as in the project's list of traps.

What crashes or hangs runs in a process of its own. Where the library has a remedy, the test shows
that it works.
"""

import logging
import os
import pickle
import re
import subprocess
import sys
import time
from pathlib import Path

import gensim
import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from gensim.test.utils import datapath

from course_lib import datasets
from course_lib.corpus import Shuffled, split_long
from course_lib.embeddings import unit
from course_lib.formats import load_vectors, save_vectors
from course_lib.gensim_impl import (
    EpochLoss,
    copy_rows,
    fresh_model,
    load_native,
    objective,
    outcome,
    to_embeddings,
)

COMMON = {"vector_size": 16, "min_count": 2, "workers": 1, "seed": 1, "sg": 1, "epochs": 2}
TOY = [["king", "rules", "land"], ["queen", "rules", "land"], ["dog", "eats", "food"]] * 5
CHILD = """
import numpy as np
from gensim.models import KeyedVectors, Word2Vec
text = [["king", "rules", "land"], ["queen", "rules", "land"]] * 20
def make(**more):
    return Word2Vec(text, vector_size=8, min_count=1, workers=1, seed=1, epochs=1, **more)
def train(model):
    model.train(text, total_examples=40, epochs=1)
    print("trained")
model = make()
"""

pytestmark = pytest.mark.skipif(
    not gensim.__version__.startswith("4.4."), reason="these are the traps of gensim 4.4"
)


@pytest.fixture(scope="module")
def news():
    return datasets.load_corpus("lee")


@pytest.fixture(scope="module")
def text(news):
    return news[:60]


@pytest.fixture
def model(text):
    return Word2Vec(text, **COMMON)


def trained_on(model, text, epochs=1, **options):
    model.train(text, total_examples=model.corpus_count, epochs=epochs, **options)
    return model


def toy(**changes):
    model = Word2Vec(**COMMON | {"min_count": 1, "sample": 0} | changes)
    model.build_vocab(TOY)
    return model


# 1 to 4: names; all old names are in test_migration.py


@pytest.mark.parametrize("old", ["size", "iter"])
def test_01_old_arguments(old, text):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{old}'"):
        Word2Vec(text, **{old: 20})


def test_02_old_vocabulary(model):
    with pytest.raises(AttributeError, match="key_to_index"):
        model.wv.vocab  # noqa: B018
    with pytest.raises(AttributeError, match="index_to_key"):
        model.wv.index2word  # noqa: B018


def test_03_old_vectors(model):
    with pytest.raises(TypeError, match="not subscriptable"):
        model["the"]
    for owner, name in [(model.wv, "syn0"), (model, "trainables")]:
        with pytest.raises(AttributeError, match=name):
            getattr(owner, name)


def test_04_init_sims_is_destructive(model):
    before = model.wv.vectors.copy()
    with pytest.warns(DeprecationWarning):
        model.init_sims(replace=True)
    np.testing.assert_allclose(model.wv.vectors, unit(before), rtol=1e-5)
    assert not np.allclose(model.wv.vectors, before)
    np.testing.assert_allclose(model.wv.get_normed_vectors(), unit(before), rtol=1e-5)


# 5, 6, 15, 14, 31: what hangs or crashes, and resetting


def test_05_reset_from_shares_words_and_copies_no_weights(model, text):
    other = Word2Vec(text[:30], **COMMON)
    other.reset_from(model)
    assert other.wv.key_to_index is model.wv.key_to_index
    assert other.wv.expandos is model.wv.expandos
    assert not np.array_equal(other.wv.vectors, model.wv.vectors) and not other.syn1neg.any()
    assert other.corpus_count == model.corpus_count
    assert other.corpus_total_words != model.corpus_total_words, "stays as it was"
    assert not hasattr(other.wv, "vectors_lockf")
    other.build_vocab([["unheard", "of"]] * 2, update=True)
    assert len(model.wv.key_to_index) > len(model.wv.vectors), "the other model is broken"
    other.wv.vectors_lockf = np.ones(1, dtype=np.float32)
    trained_on(other, text)  # so it does not hang


def test_05_training_after_reset_from_hangs():
    said = outcome(CHILD + "other = make(sg=1)\nother.reset_from(model)\ntrain(other)", 8)
    assert said.startswith("still running")


def test_06_init_weights_keeps_the_in_vectors(model):
    before = model.wv.vectors.copy()
    assert not hasattr(model, "reset_weights")
    model.init_weights()
    np.testing.assert_array_equal(model.wv.vectors, before)
    assert not model.syn1neg.any()
    model.wv.vectors = np.empty((0, model.vector_size), np.float32)
    model.init_weights()
    untrained = np.random.default_rng(1).random(before.shape, dtype=np.float32) * 2 - 1
    np.testing.assert_array_equal(model.wv.vectors, untrained / np.float32(16))


def test_07_intersect_stops_at_the_second_row(model, tmp_path):
    path = str(tmp_path / "vectors.txt")
    ones = KeyedVectors(16)
    ones.add_vectors(model.wv.index_to_key, np.ones((len(model.wv), 16)))
    ones.save_word2vec_format(path)
    with pytest.raises(IndexError):
        model.wv.intersect_word2vec_format(path, lockf=1.0)
    overwritten = (model.wv.vectors == 1).all(axis=1)
    assert overwritten[:2].all() and not overwritten[2:].any()
    copy_rows(model, load_vectors(path))
    assert (model.wv.vectors == 1).all()


def test_08_intersect_locks_by_default(model, text, tmp_path):
    path = str(tmp_path / "vectors.txt")
    model.wv.save_word2vec_format(path)
    model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)
    model.wv.intersect_word2vec_format(path)
    assert not model.wv.vectors_lockf.any()
    before = model.wv.vectors.copy()
    trained_on(model, text)
    np.testing.assert_array_equal(model.wv.vectors, before)


def test_09_intersect_cannot_read_binary(model, tmp_path):
    path = str(tmp_path / "vectors.bin")
    model.wv.save_word2vec_format(path, binary=True)
    model.wv.vectors_lockf = np.ones(len(model.wv), dtype=np.float32)
    with pytest.raises(ValueError, match="fromstring"):
        model.wv.intersect_word2vec_format(path, lockf=1.0, binary=True)


def test_10_locks_of_float64_freeze_every_second_word(text):
    plain, locked = toy(), toy()
    locked.wv.vectors_lockf = np.ones(len(locked.wv))
    start = plain.wv.vectors.copy()
    for each in (plain, locked):  # one step, and so small that OUT stays at zero
        each.syn1neg[:] = 1
        trained_on(each, TOY, start_alpha=1e-4, end_alpha=1e-4)
    moved = np.abs(locked.wv.vectors - start).sum(axis=1)
    free = np.abs(plain.wv.vectors - start).sum(axis=1)
    # float64 ones read as pairs of float32: 0.0 and 1.875, for twice as many rows as there are
    np.testing.assert_array_equal(moved[0::2], 0)
    np.testing.assert_allclose(moved[1::2] / free[1::2], 1.875, rtol=0.03)


def test_11_a_lock_that_is_too_short_is_read_again_from_its_start(text):
    model = toy()
    lock = np.ones(len(model.wv), dtype=np.float32)
    lock[0] = 0
    model.wv.vectors_lockf = lock
    model.build_vocab([["novel", "words", "king"]] * 3, update=True)
    assert len(model.wv.vectors_lockf) == len(lock) < len(model.wv)
    new_word = model.wv.index_to_key[len(lock)]
    before = model.wv.vectors.copy()
    trained_on(model, [["novel", "words", "king"]] * 3)
    row = model.wv.key_to_index[new_word]
    np.testing.assert_array_equal(model.wv.vectors[row], before[row])


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("hs", [0, 1])
def test_12_locks_are_for_in_vectors_only(sg, hs):
    model = toy(sg=sg, hs=hs, negative=0 if hs else 5)
    model.wv.vectors_lockf = np.zeros(len(model.wv), dtype=np.float32)
    before = model.wv.vectors.copy()
    trained_on(model, TOY)
    np.testing.assert_array_equal(model.wv.vectors, before)
    assert (model.syn1 if hs else model.syn1neg).any()


def test_13_words_of_a_published_file_swallow_the_noise():
    model = toy()
    published = [f"word{number}" for number in range(20_000)]
    model.build_vocab([published], update=True, min_count=1)
    assert model.corpus_count == 1
    assert model.wv.get_vecattr("word7", "count") == 1
    share = model.cum_table[len(toy().wv) - 1] / model.cum_table[-1]
    assert share < 0.005


def test_14_add_vectors_keeps_the_random_rows():
    model = toy()
    before = model.wv["king"].copy()
    model.wv.add_vectors(["king"], np.ones((1, 16)))
    np.testing.assert_array_equal(model.wv["king"], before)


def test_14_training_added_words_crashes():
    """Their OUT rows would lie 100 MB behind the end of the matrix."""
    code = """
model = Word2Vec(text, vector_size=100, min_count=1, workers=1, epochs=1)
words = [f"word{number}" for number in range(250_000)]
model.wv.add_vectors(words, np.ones((len(words), 100), dtype=np.float32))
text = [words[-1000:]] * 20
"""
    assert outcome(CHILD + code + "train(model)").startswith("crashed")


def test_15_foreign_keyed_vectors_make_training_hang():
    code = "kv = KeyedVectors(8)\nkv.add_vectors(model.wv.index_to_key, model.wv.vectors)\n"
    assert outcome(CHILD + code + "model.wv = kv\ntrain(model)", 8).startswith("still running")


@pytest.mark.parametrize("kind", ["float64", "float16", "F"])
def test_16_other_matrices_train_wrongly(kind):
    right, wrong = toy(), toy()
    start = right.wv.vectors.copy()
    order = {"order": "F"} if kind == "F" else {}
    padded = np.zeros((4 * len(start), 16), dtype=np.float32 if kind == "F" else kind)
    wrong.wv.vectors = np.array(start, dtype=padded.dtype, **order)
    if kind == "float16":  # gensim writes beyond its end: give it room
        padded[: len(start)] = start
        wrong.wv.vectors = padded
    trained_on(right, TOY)
    trained_on(wrong, TOY)
    found = np.asarray(wrong.wv.vectors[: len(start)], dtype=np.float64)
    assert not np.allclose(found, right.wv.vectors, atol=1e-3)


def test_17_a_second_build_vocab(model, text, news):
    """On the same text the rows come in another order than the words; on a larger one it stops."""
    before = {word: model.wv[word].copy() for word in model.wv.index_to_key}
    with pytest.raises(IndexError):
        Word2Vec(text, **COMMON).build_vocab(news[:200])
    model.build_vocab(text)
    same = [np.array_equal(model.wv[word], vector) for word, vector in before.items()]
    assert sum(same) < len(same) / 2


# 18 to 22: the corpus and the learning rate


class Watched:
    """A corpus that writes down the learning rate which gensim has when it reads a sentence."""

    def __init__(self, model, sentences):
        self.model, self.sentences, self.alphas = model, sentences, []

    def __iter__(self):
        for sentence in self.sentences:
            self.alphas.append(self.model.min_alpha_yet_reached)
            yield sentence


def test_18_a_loop_of_single_epochs_starts_at_alpha_each_time(news, caplog):
    model = Word2Vec(**COMMON)
    model.build_vocab(news)
    watched = Watched(model, news)
    with caplog.at_level(logging.WARNING, "gensim"):
        for _ in range(3):
            trained_on(model, watched)
    epochs = np.reshape(watched.alphas, (3, -1))
    np.testing.assert_array_equal(epochs[0], epochs[2])
    assert epochs[0][0] == 0.025 and epochs[0][-1] < 0.006, "it falls within each call"
    assert caplog.text.count("Effective 'alpha' higher than previous training cycles") == 2
    once = Word2Vec(**COMMON)
    once.build_vocab(news)
    watched = Watched(once, Shuffled(news, np.random.default_rng(1)))
    trained_on(once, watched, epochs=3)
    assert np.all(np.diff(watched.alphas) <= 0) and watched.alphas[-1] < 0.003


def test_18_alphas_of_one_call_stay(model, text):
    """The docstring says "for this one call to train()"."""
    trained_on(model, text, start_alpha=0.01, end_alpha=0.005)
    assert (model.alpha, model.min_alpha, model.epochs) == (0.01, 0.005, 1)


def test_19_the_manual_loop_goes_below_zero(text):
    model = Word2Vec(**COMMON)
    model.build_vocab(text)
    used = []
    for _ in range(15):
        trained_on(model, text)
        used.append(model.min_alpha_yet_reached)
        model.alpha -= 0.002
        model.min_alpha = model.alpha
    assert min(used) == pytest.approx(-0.003)


def test_20_generators_and_iterators(text, caplog):
    with pytest.raises(TypeError, match="generator"):
        Word2Vec((sentence for sentence in text), **COMMON)
    with caplog.at_level(logging.WARNING, "gensim"):
        model = Word2Vec(iter(text), **COMMON)
    assert len(model.wv) > 100 and not model.syn1neg.any()
    assert "empty iterator" in caplog.text


def test_21_strings_become_letters(caplog):
    with caplog.at_level(logging.WARNING, "gensim"):
        model = Word2Vec(["the king rules", "the queen rules"], **COMMON)
    assert set(model.wv.index_to_key) <= set("thekingrulsqun ")
    assert "should be a list of words" in caplog.text


def test_22_a_long_sentence_is_cut():
    sentence = ["a"] * 10_000 + ["b", "c"] * 100
    model = Word2Vec(**COMMON | {"sample": 0, "min_count": 1})
    model.build_vocab([sentence])
    assert trained_words(model, [sentence]) == 10_000
    assert trained_words(model, list(split_long(sentence, 10_000))) == 10_200


def trained_words(model, text):
    words, _ = model.train(text, total_examples=len(text), epochs=1)
    return words


# 23 to 26: determinism, loss, predictions, both objectives


def test_23_one_worker_is_deterministic_under_any_hash_seed():
    code = CHILD + "print(make().wv.vectors.tobytes().hex()[:400])"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] and len(runs[0]) > 200


def test_23_three_workers_are_not(news):
    first, second = (Word2Vec(news, **COMMON | {"workers": 3}).wv.vectors for _ in range(2))
    assert not np.array_equal(first, second)


class StartAt(CallbackAny2Vec):
    """Lets the running sum of an epoch start at what earlier epochs might have left."""

    def __init__(self, start):
        self.start, self.added = start, 0.0

    def on_epoch_begin(self, model):
        model.running_training_loss = self.start

    def on_epoch_end(self, model):
        self.added = model.running_training_loss - self.start


def test_24_the_running_loss_loses_what_is_added(text):
    """The sum is float32: from 2**22 on, about four million, it drops terms below 1/4."""
    model = Word2Vec(text, **COMMON)
    added = {}
    for power in (None, 20, 22, 24, 27):
        loss = StartAt(0 if power is None else 2**power)
        again = fresh_model(model)
        trained_on(again, text, compute_loss=True, callbacks=[loss])
        added[power] = loss.added
    assert added[20] == pytest.approx(added[None], rel=0.06)
    assert added[22] < 0.85 * added[None]
    assert added[24] < 0.1 * added[None]
    assert added[27] == 0


def test_24_epoch_loss_sets_the_sum_back(text):
    losses = EpochLoss()
    model = Word2Vec(text, **COMMON, compute_loss=True, callbacks=[losses])
    plain = Word2Vec(text, **COMMON | {"epochs": 2}, compute_loss=True)
    assert len(losses.losses) == 2
    assert losses.losses[1] == model.get_latest_training_loss()
    assert sum(losses.losses) == pytest.approx(plain.get_latest_training_loss(), rel=1e-3)


def test_24_compute_loss_must_be_given_to_train_too(text):
    model = Word2Vec(compute_loss=True, **COMMON)
    model.build_vocab(text)
    trained_on(model, text)
    assert model.get_latest_training_loss() == 0
    trained_on(model, text, compute_loss=True)
    assert model.get_latest_training_loss() > 0


@pytest.mark.parametrize("hs", [0, 1])
def test_24_the_running_loss_is_a_sum_from_rounded_tables(text, hs):
    """With a learning rate of next to nothing the vectors stay, so that both see the same model."""
    model = Word2Vec(
        text, **COMMON | {"epochs": 10}, sample=0, shrink_windows=False, hs=hs,
        negative=0 if hs else 5,
    )  # fmt: skip
    trained_on(model, text, start_alpha=1e-12, end_alpha=1e-12, compute_loss=True)
    true = objective(model, text)
    reported = model.get_latest_training_loss() / true.predictions
    assert 1.005 < reported / true.mean < 1.04


def test_25_predict_and_score_need_the_right_objective(text):
    negative = Word2Vec(text, **COMMON)
    tree = fresh_model(negative, hs=1, negative=0)
    with pytest.raises(RuntimeError, match="negative sampling"):
        tree.predict_output_word(["the"])
    with pytest.raises(RuntimeError, match="hierarchical softmax"):
        negative.score(text[:2])
    assert negative.predict_output_word(["unheard-of"]) is None


def test_26_hs_alone_trains_both(text, caplog):
    with caplog.at_level(logging.WARNING, "gensim"):
        model = Word2Vec(text, hs=1, **COMMON)
    assert model.syn1.any() and model.syn1neg.any()
    assert "Both hierarchical softmax and negative sampling are activated" in caplog.text


# 27 to 34: files


def test_27_glove_text_has_no_header():
    path = datapath("test_glove.txt")
    with pytest.raises(ValueError):
        KeyedVectors.load_word2vec_format(path)
    assert len(KeyedVectors.load_word2vec_format(path, no_header=True)) == 76
    assert len(load_vectors(path, cache=False)) == 76


def test_28_a_token_with_spaces(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_text("the 1 2\n. . . 3 4\n")
    with pytest.raises(ValueError, match=r"could not convert|setting an array"):
        KeyedVectors.load_word2vec_format(str(path), no_header=True)
    assert load_vectors(path).vocabulary.words == ["the", ". . ."]


def test_29_saving_a_word_with_a_space(tmp_path):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["new york", "paris"], np.array([[1, 2], [3, 4]], dtype=np.float32))
    text, binary = str(tmp_path / "v.txt"), str(tmp_path / "v.bin")
    vectors.save_word2vec_format(text)
    with pytest.raises(ValueError):
        KeyedVectors.load_word2vec_format(text)
    vectors.save_word2vec_format(binary, binary=True)
    found = KeyedVectors.load_word2vec_format(binary, binary=True)
    assert found.index_to_key[0] == "new" and not np.array_equal(found.vectors, vectors.vectors)
    for kind in ("word2vec-text", "word2vec-binary"):
        with pytest.raises(ValueError, match="'new york'"):
            save_vectors(tmp_path / "w", vectors.index_to_key, vectors.vectors, kind)
    assert not (tmp_path / "w").exists()


def test_30_a_word_that_stands_twice(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("3 2\na 1 2\nb 3 4\na 5 6\n")
    found = KeyedVectors.load_word2vec_format(str(path))
    assert found.index_to_key == ["a", "b", None] and not found.vectors[2].any()
    with pytest.warns(UserWarning, match="an earlier row has"):
        assert load_vectors(path).vocabulary.words == ["a", "b"]


@pytest.mark.parametrize(("mode", "said"), [("r", "crashed"), ("c", "ended: trained")])
def test_31_training_a_mapped_model(model, tmp_path, mode, said):
    path = str(tmp_path / "model")
    code = f"model.save({path!r}, sep_limit=0)\nmodel = Word2Vec.load({path!r}, mmap={mode!r})\n"
    assert outcome(CHILD + code + "train(model)").startswith(said)


def test_31_mode_r_plus_writes_into_the_file(model, text, tmp_path):
    matrix = tmp_path / "model.wv.vectors.npy"
    for mode, same in [("c", True), ("r+", False)]:
        model.save(str(tmp_path / "model"), sep_limit=0)
        before = matrix.read_bytes()
        trained_on(Word2Vec.load(str(tmp_path / "model"), mmap=mode), text)
        assert (matrix.read_bytes() == before) == same, mode


def test_31_small_matrices_are_not_mapped(model, tmp_path):
    path = str(tmp_path / "model")
    model.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["model"]
    assert not isinstance(Word2Vec.load(path, mmap="c").wv.vectors, np.memmap)


def test_32_a_model_without_its_matrices(model, tmp_path):
    model.save(str(tmp_path / "model"), sep_limit=0)
    (tmp_path / "model.syn1neg.npy").unlink()
    with pytest.raises(FileNotFoundError):
        Word2Vec.load(str(tmp_path / "model"))
    with pytest.raises(FileNotFoundError, match=r"syn1neg.npy is missing.*Copy all files"):
        load_native(tmp_path / "model")


def test_33_a_path_is_no_name(model, tmp_path):
    with pytest.raises(AttributeError, match="endswith"):
        model.save(tmp_path / "model")
    model.save(str(tmp_path / "model"))
    with pytest.raises(AttributeError, match="endswith"):
        Word2Vec.load(tmp_path / "model")


class Intruder:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "I was here")


@pytest.mark.parametrize("kind", [Word2Vec, KeyedVectors])
def test_34_loading_runs_code(kind, tmp_path):
    trace, file = tmp_path / "trace", tmp_path / "model"
    file.write_bytes(pickle.dumps(Intruder(trace)))
    with pytest.raises(ValueError, match=r"wants to use pathlib"):
        load_native(file)
    assert not trace.exists()
    with pytest.raises(AttributeError):  # what it loads is no model; the code has run by then
        kind.load(str(file))
    assert trace.read_text() == "I was here"


# 35 to 44: vectors


def test_35_a_vector_is_a_live_view(model, text):
    view, copied = model.wv["the"], model.wv["the"].copy()
    trained_on(model, text)
    np.testing.assert_array_equal(view, model.wv["the"])
    assert not np.array_equal(copied, model.wv["the"])


def test_36_norms_are_kept(model):
    model.wv.fill_norms()
    model.wv.vectors[:] *= 5
    assert max(cosine for _, cosine in model.wv.most_similar("the")) > 1.5
    model.wv.fill_norms(force=True)
    assert max(cosine for _, cosine in model.wv.most_similar("the")) < 1.0001


def test_37_the_usual_settings_learn_next_to_nothing_from_a_small_text(news):
    model = Word2Vec(news, seed=1, workers=1)
    directions = model.wv.get_normed_vectors()
    V = len(directions)
    mean = ((directions.sum(axis=0) ** 2).sum() - V) / (V * (V - 1))
    assert mean > 0.97


def test_38_subsampling_starves_a_toy_text():
    sentences = ["this is the first sentence for word2vec", "this is the second sentence"]
    sentences += ["yet another sentence", "one more sentence", "and the final sentence"]
    text = [sentence.split() for sentence in sentences]
    model = Word2Vec(min_count=1, seed=1, workers=1)
    model.build_vocab(text)
    words, raw = model.train(text, total_examples=5, epochs=200)
    assert raw / 200 == 22 and 2.5 < words / 200 < 3.3


@pytest.mark.parametrize("score", [-6.5, 6.5])
def test_39_pairs_with_large_scores_are_skipped(score):
    model = toy(negative=1)
    model.wv.vectors[:], model.syn1neg[:] = 0, 0
    model.wv.vectors[:, 0], model.syn1neg[:, 0] = 1, score
    before = model.syn1neg.copy()
    trained_on(model, TOY)
    np.testing.assert_array_equal(model.syn1neg, before)
    model.syn1neg[:, 0] = np.sign(score) * 5.9
    before = model.syn1neg.copy()
    trained_on(model, TOY)
    assert not np.array_equal(model.syn1neg, before)


@pytest.mark.parametrize(("cbow_mean", "share"), [(1, 1.0), (0, 1 / 2)])
def test_40_the_mean_does_not_divide_the_gradient(cbow_mean, share):
    """One window: "b" between "a" and "c". OUT of "b" is known, so the gradient is."""
    model = Word2Vec(
        sg=0, cbow_mean=cbow_mean, window=1, negative=1, min_count=1, sample=0, vector_size=2,
        workers=1, shrink_windows=False, alpha=0.1, min_alpha=0.1,
    )  # fmt: skip
    model.build_vocab_from_freq({"noise": 10**9, "a": 1, "b": 1, "c": 1}, corpus_count=1)
    model.wv.vectors[:] = 0
    model.syn1neg[model.wv.key_to_index["b"]] = 1
    model.train([["a", "b", "c"]], total_examples=1, epochs=1)
    np.testing.assert_allclose(model.wv["a"], 0.1 * 0.5 * share, rtol=0.02)


def test_41_rows_that_were_not_covered_start_tiny(news, text):
    base = Word2Vec(news, **COMMON | {"epochs": 10})
    model = Word2Vec(**COMMON | {"min_count": 1})
    model.build_vocab(text)
    covered = copy_rows(model, base.wv)
    lengths = np.linalg.norm(model.wv.vectors, axis=1)
    assert lengths[covered].mean() > 5 * lengths[~covered].mean()


def test_42_the_context_word_is_on_the_in_side():
    """More in test_word2vec.py. A window of one, so that all words are met in both orders."""
    model = Word2Vec(
        sg=1, window=1, negative=1, min_count=1, sample=0, vector_size=4, workers=1, alpha=1e-3
    )
    model.build_vocab_from_freq({"noise": 10**9, "a": 1, "b": 1}, corpus_count=1)
    model.wv.vectors[:] = np.eye(4)[: len(model.wv)]
    rows = model.wv.key_to_index
    model.train([["a", "b"]], total_examples=1, epochs=1)
    assert model.syn1neg[rows["a"], rows["b"]] > 0 and model.syn1neg[rows["b"], rows["a"]] > 0
    assert model.syn1neg[rows["a"], rows["a"]] == 0


def test_43_binary_is_smaller_and_as_exact(model, tmp_path):
    for kind in (False, True):
        model.wv.save_word2vec_format(str(tmp_path / str(kind)), binary=kind)
        found = KeyedVectors.load_word2vec_format(str(tmp_path / str(kind)), binary=kind)
        np.testing.assert_array_equal(found.vectors, model.wv.vectors)
        made_up = [found.get_vecattr(row, "count") for row in range(len(found))]
        assert made_up == list(range(len(found), 0, -1)), "no counts of any text"
    assert (tmp_path / "True").stat().st_size < (tmp_path / "False").stat().st_size / 2


def test_43_binary_is_read_faster(tmp_path):
    vectors = KeyedVectors(100)
    words = [f"word{number}" for number in range(3000)]
    vectors.add_vectors(words, np.random.default_rng(1).random((3000, 100), dtype=np.float32))
    seconds = {}
    for kind in (False, True):
        vectors.save_word2vec_format(str(tmp_path / str(kind)), binary=kind)
        start = time.process_time()
        KeyedVectors.load_word2vec_format(str(tmp_path / str(kind)), binary=kind)
        seconds[kind] = time.process_time() - start
    assert seconds[True] < seconds[False] / 2


def test_44_the_last_row_of_syn1_is_never_used(text):
    model = Word2Vec(text, **COMMON | {"hs": 1, "negative": 0})
    assert len(model.syn1) == len(model.wv)
    assert model.syn1[:-1].any(axis=1).all() and not model.syn1[-1].any()


# Found on the way


def test_most_similar_cosmul_warns(model):
    with pytest.warns(DeprecationWarning, match="init_sims"):
        model.wv.most_similar_cosmul("the")


def test_a_table_with_83_entries_a_unit_in_the_place_of_83_and_a_third(text):
    """All scores of a tree without training are 0, and gensim reads the entry of -0.024."""
    tree = Word2Vec(hs=1, negative=0, **{**COMMON, "sample": 0})
    tree.build_vocab(text)
    turns = sum(len(tree.wv.get_vecattr(word, "code")) for word in ["the", "of"])
    (score,) = tree.score([["the", "of"]], total_sentences=1)
    assert score / turns == pytest.approx(-np.log1p(np.exp(0.024)), rel=1e-4)
    assert score / turns != pytest.approx(np.log(0.5), rel=0.01)


def test_text_read_as_binary_is_nonsense_without_an_error(model, tmp_path):
    path = str(tmp_path / "vectors.txt")
    model.wv.save_word2vec_format(path)
    found = KeyedVectors.load_word2vec_format(path, binary=True)
    assert found.index_to_key != model.wv.index_to_key
    assert load_vectors(path).vocabulary.words == model.wv.index_to_key


def test_growing_a_model_with_hierarchical_softmax_scrambles_its_nodes(text):
    model = Word2Vec(text, **COMMON | {"hs": 1, "negative": 0})
    words = list(model.wv.index_to_key)
    before = [model.wv.get_vecattr(word, "point") for word in words]
    nodes = model.syn1.copy()
    model.build_vocab([["novel"] * 9, ["another"] * 5], update=True)
    same = [
        np.array_equal(path, model.wv.get_vecattr(word, "point"))
        for path, word in zip(before, words, strict=True)
    ]
    assert not any(same)
    np.testing.assert_array_equal(model.syn1[: len(nodes)], nodes)


def test_growing_subsamples_by_the_new_text_alone(model):
    before = model.wv.get_vecattr("the", "sample_int")
    count = model.wv.get_vecattr("the", "count")
    model.build_vocab([["the", "unheard"]] * 4, update=True)
    assert model.wv.get_vecattr("the", "count") == count + 4
    assert model.wv.get_vecattr("the", "sample_int") < before / 2
    assert model.corpus_count == 4


def test_in_and_out_files_may_differ_in_the_order_of_their_rows(model, tmp_path):
    """gensim sorts by count where there are counts; a grown model's rows are not sorted."""
    model.build_vocab([["unheard", "of"]] * 400, update=True)
    bare = KeyedVectors(16)
    bare.add_vectors(model.wv.index_to_key, model.syn1neg.copy())
    orders = []
    for vectors in (model.wv, bare, to_embeddings(model).to_keyed_vectors("out")):
        vectors.save_word2vec_format(str(tmp_path / "v.txt"))
        orders.append(KeyedVectors.load_word2vec_format(str(tmp_path / "v.txt")).index_to_key)
    assert orders[0] != orders[1]
    assert orders[0] == orders[2]


def test_corpus_file_reads_plain_text_only(text, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join(" ".join(sentence) for sentence in text))
    for suffix in (".gz", ".bz2"):
        compressed = tmp_path / f"text.txt{suffix}"
        compressed.write_bytes(b"")
        with pytest.raises(TypeError, match="compressed files is not supported"):
            Word2Vec(corpus_file=str(compressed), **COMMON)
    by_file, by_list = Word2Vec(corpus_file=str(path), **COMMON), Word2Vec(text, **COMMON)
    assert by_file.wv.index_to_key == by_list.wv.index_to_key
    assert not np.array_equal(by_file.wv.vectors, by_list.wv.vectors)


def test_the_lesson_names_tests_that_are_here_and_shows_or_names_each_trap():
    """Traps 1 to 3 and 18 to 40 that it names no test for are run in its cells."""
    lesson = Path(__file__).parents[2] / "notebooks/source/06_gensim_seen_through.py"
    named = re.findall(r"`(test_\w+?)(?:_?\.\.\.)?`", lesson.read_text(encoding="utf-8"))
    here = [name for name in globals() if name.startswith("test_")]
    assert len(named) > 20
    assert [name for name in named if not any(each.startswith(name) for each in here)] == []
    numbers = {int(number) for name in named for number in re.findall(r"test_(\d\d)", name)}
    told = {4, 5, 7, 9, 11, 12, 13, 14, 15, 16, 17, 27, 28, 29, 30, 32, 33, 40, 41, 42, 43, 44}
    assert told <= numbers
