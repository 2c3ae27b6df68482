"""The compiled trainer against gensim itself, and what it has beyond gensim."""

import dataclasses
import itertools
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, gensim_impl, numpy_impl
from course_lib.numpy_impl import checkpoints, jobs, kernels, texts

COMBINATIONS = list(
    itertools.product(["skip-gram", "cbow"], ["negative-sampling", "hierarchical-softmax"])
)
four = pytest.mark.parametrize(("architecture", "objective"), COMBINATIONS)


@pytest.fixture(scope="module")
def text():
    """Two jobs of news, with empty sentences."""
    sentences = list(datasets.load_corpus("lee"))[:100]
    return [[], *sentences[:50], [], [], *sentences[50:], []]


def long_text(first):
    """Sentences of odd lengths, the longest beyond gensim's 10,000 words; drawn by a power law."""
    rng = np.random.default_rng(1)
    lengths = [first, 3, 1, 9_998, 7, 10_000, 1, 12_345, 0, 25_000, 40]
    words = np.minimum(rng.zipf(1.3, sum(lengths)), 600).astype(str).tolist()
    ends = np.cumsum(lengths).tolist()
    return [words[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def gensim_matrices(text, settings):
    """Train by gensim itself, which has no objection to a long sentence."""
    hierarchical = settings.objective == "hierarchical-softmax"
    names = ("vector_size", "window", "min_count", "ns_exponent", "sample", "alpha", "min_alpha")
    given = {name: getattr(settings, name) for name in (*names, "epochs", "seed", "shrink_windows")}
    model = Word2Vec(
        text,
        sg=int(settings.architecture == "skip-gram"),
        hs=int(hierarchical),
        negative=0 if hierarchical else settings.negative,
        cbow_mean=int(settings.cbow_mean),
        workers=1,
        **given,
    )
    return model.wv.vectors, model.syn1[:-1] if hierarchical else model.syn1neg


def our_matrices(text, settings, **options):
    trained = numpy_impl.train_word2vec(text, settings, **options)
    hierarchical = settings.objective == "hierarchical-softmax"
    outputs = trained.node_vectors if hierarchical else trained.output_vectors
    return trained.input_vectors, outputs


def assert_equal_bits(text, settings):
    for ours, gensims in zip(
        our_matrices(text, settings), gensim_matrices(text, settings), strict=True
    ):
        assert ours.dtype == gensims.dtype == np.float32
        np.testing.assert_array_equal(ours, gensims)


def settings_for(architecture, objective, **changed):
    usual = {"vector_size": 16, "min_count": 3, "epochs": 2, "exact": True}
    return Word2VecSettings(architecture=architecture, objective=objective, **(usual | changed))


# The same bits as gensim


@four
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"vector_size": 7, "window": 2, "alpha": 0.2, "negative": 15},
        {"vector_size": 300, "sample": 0, "shrink_windows": False, "epochs": 1, "cbow_mean": False},
        {"vector_size": 64, "sample": 100, "ns_exponent": -0.5, "seed": 2**32 - 1},
    ],
    ids=["usual", "d=7", "d=300", "d=64"],
)
def test_exact_training_gives_gensims_bits(text, architecture, objective, changed):
    assert_equal_bits(text, settings_for(architecture, objective, **changed))


@four
@pytest.mark.parametrize("first", [25_000, 5])
def test_long_sentences_are_cut_as_gensim_cuts_them(architecture, objective, first):
    settings = settings_for(architecture, objective, vector_size=8, epochs=2, window=3)
    assert_equal_bits(long_text(first), settings)


@four
def test_a_start_of_ones_own_is_gensims_too(text, architecture, objective):
    settings = settings_for(architecture, objective)
    start = gensim_impl.train_word2vec(text, settings, progress=False)
    again = dataclasses.replace(settings, seed=5)
    one = gensim_impl.train_word2vec(text, again, initial=start, progress=False)
    other = numpy_impl.train_word2vec(text, again, initial=start, progress=False)
    assert not np.array_equal(one.input_vectors, start.input_vectors)
    for name in ("input_vectors", "output_vectors", "node_vectors"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# The fast loops


@four
def test_fast_training_gives_gensims_vectors_to_rounding(architecture, objective):
    text = list(itertools.islice(datasets.load_corpus("wikipedia"), 4000))
    settings = settings_for(
        architecture, objective, vector_size=100, epochs=1, min_count=5, exact=False
    )
    for ours, gensims in zip(
        our_matrices(text, settings), gensim_matrices(text, settings), strict=True
    ):
        lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(gensims, axis=1)
        moved = lengths > 0
        assert ((ours * gensims).sum(axis=1)[moved] / lengths[moved]).min() > 0.9999
        np.testing.assert_array_equal(ours[~moved], gensims[~moved])


@four
def test_the_same_seed_gives_the_same_bits(text, architecture, objective):
    settings = settings_for(architecture, objective, exact=False)
    for one, other in zip(our_matrices(text, settings), our_matrices(text, settings), strict=True):
        np.testing.assert_array_equal(one, other)


@four
def test_two_threads_learn_as_well_as_one(text, architecture, objective):
    one = settings_for(architecture, objective, epochs=6, exact=False)
    losses = [
        numpy_impl.train_word2vec(text, dataclasses.replace(one, workers=workers)).losses
        for workers in (1, 2)
    ]
    # At the start, two threads at once go a little less far than two in turn.
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.06)
    np.testing.assert_allclose(losses[1][-2:], losses[0][-2:], rtol=0.01)


PLAIN = """
import numpy as np
from course_lib import Word2VecSettings, numpy_impl
text = [["a", "b", "c", "a", "d"], ["b"], ["d", "a", "e", "b", "c", "a"], []] * 3
for architecture in ("skip-gram", "cbow"):
    for objective in ("negative-sampling", "hierarchical-softmax"):
        for changed in ({"exact": True}, {}, {"shared_negatives": True}):
            if "shared_negatives" in changed and (architecture, objective) != (
                "skip-gram", "negative-sampling"):
                continue
            settings = Word2VecSettings(architecture=architecture, objective=objective, **changed,
                vector_size=7, min_count=1, epochs=3, sample=.1, alpha=.2, window=2)
            trained = numpy_impl.train_word2vec(text, settings, progress=False)
            hierarchical = trained.output_vectors is None
            outputs = trained.node_vectors if hierarchical else trained.output_vectors
            for array in (trained.input_vectors, outputs, trained.losses):
                print(*np.asarray(array, dtype=float).ravel().tolist())
"""


def test_without_compiling_the_loops_give_the_same_numbers():
    printed = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", PLAIN],
            env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for disabled in ("0", "1")
    ]
    assert len(printed[0]) == 27
    for number, lines in enumerate(zip(*printed, strict=True)):
        compiled, plain = (np.array(line.split(), dtype=float) for line in lines)
        is_exact = number in (0, 1, 9, 10, 15, 16, 21, 22)  # matrices of the runs with exact=True
        np.testing.assert_allclose(plain, compiled, rtol=0, atol=0 if is_exact else 1e-6)


# The loss


def tiny_loss(architecture, objective, vectors, outputs, text, vocabulary, settings):
    """The mean objective of an epoch in which nothing moves, from the definitions."""
    reader = jobs.Reader(vocabulary, settings)
    model = numpy_impl.runs.build_model(Embeddings(vocabulary, vectors), settings, own=False)
    losses = []

    def soft_plus(x):
        return np.logaddexp(0, x)

    opened = texts.open_text(text)
    opened.number_by(vocabulary)
    for rows, lengths in opened.jobs():
        job = reader.job(rows, lengths, 0.1)
        random, start = job.random, 0
        for end in job.ends:
            for i in range(start, end):
                reach = range(max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1))
                context = [job.words[j] for j in reach if j != i]
                if architecture == "skip-gram":
                    hiddens = [vectors[word] for word in context]
                else:
                    hiddens = [np.mean(vectors[context], axis=0) if context else None]
                for hidden in hiddens:
                    noise = []
                    if objective == "negative-sampling":
                        for _ in range(settings.negative):
                            drawn = (random >> 16) % (2**31 - 1)
                            noise.append(np.searchsorted(model.noise, drawn))
                            random = (random * 25214903917 + 11) % 2**48
                    if hidden is None:
                        continue
                    if objective == "negative-sampling":
                        loss = soft_plus(-outputs[job.words[i]] @ hidden)
                        kept = [word for word in noise if word != job.words[i]]
                        loss += soft_plus(outputs[kept] @ hidden).sum()
                    else:
                        path = slice(*model.starts[job.words[i] : job.words[i] + 2])
                        signs = 1 - 2 * model.codes[path].astype(float)
                        loss = soft_plus(-signs * (outputs[model.points[path]] @ hidden)).sum()
                    losses.append(loss)
            start = end
    return np.mean(losses)


@four
def test_the_loss_is_the_mean_objective(architecture, objective):
    text = [["a", "b", "c", "a", "d"], ["b"], ["d", "a", "e", "b", "c", "a"], []] * 5
    settings = settings_for(
        architecture, objective, min_count=1, epochs=1, sample=0, alpha=1e-12, min_alpha=1e-13
    )
    vocabulary = Vocabulary.from_sentences(text, 1)
    rng = np.random.default_rng(3)
    hierarchical = objective == "hierarchical-softmax"
    vectors, outputs = (
        rng.normal(size=(len(vocabulary) - less, 16)).astype(np.float32)
        for less in (0, hierarchical)
    )
    vectors *= 3  # some scores lie beyond the table
    start = Embeddings(
        vocabulary, vectors, **{["output_vectors", "node_vectors"][hierarchical]: outputs}
    )
    (loss,) = numpy_impl.train_word2vec(text, settings, initial=start).losses
    expected = tiny_loss(architecture, objective, vectors, outputs, text, vocabulary, settings)
    assert loss == pytest.approx(expected, rel=1e-5)


def test_the_loss_falls(text):
    losses = numpy_impl.train_word2vec(
        text, settings_for("skip-gram", "negative-sampling", epochs=5)
    ).losses
    assert losses.shape == (5,)
    assert losses.dtype == np.float64
    assert losses[-1] < losses[0] < 6 * np.log(2) + 0.01


# Interrupted and resumed


class Stopping:
    """A text that is interrupted: as by Ctrl-C, or by a disk that fails."""

    def __init__(self, sentences, error, after):
        self.sentences, self.error, self.left = sentences, error, after

    def __iter__(self):
        for sentence in self.sentences:
            self.left -= 1
            if self.left == 0:
                raise self.error
            yield sentence


@four
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("disk")])
@pytest.mark.parametrize("exact", [True, False])
def test_resumed_training_gives_the_vectors_of_an_unbroken_run(
    tmp_path, architecture, objective, error, exact
):
    text = list(datasets.load_corpus("lee"))  # six jobs an epoch
    settings = settings_for(architecture, objective, vector_size=8, epochs=3, exact=exact)
    whole = numpy_impl.train_word2vec(text, settings)
    path = tmp_path / "state.npz"
    for after in (len(text) + 150, len(text) + 290, 10**9):  # twice, in other epochs
        stopping = Stopping(text, error, after)
        if after < 10**9:
            with pytest.raises(type(error)):
                numpy_impl.train_word2vec(stopping, settings, checkpoint=path)
            with np.load(path, allow_pickle=False) as archive:
                assert archive["counts"][2] > 0, "in the middle of an epoch"
        else:
            resumed = numpy_impl.train_word2vec(stopping, settings, checkpoint=path)
    for name in ("input_vectors", "output_vectors", "node_vectors", "losses"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(resumed, name))


def test_ctrl_c_in_the_main_thread_loses_nothing(tmp_path):
    """The main thread is interrupted for real, at an arbitrary moment."""
    code = f"""
import _thread, threading
from course_lib import Word2VecSettings, datasets, numpy_impl
text = list(datasets.load_corpus("lee"))
settings = Word2VecSettings(vector_size=8, epochs=40)
numpy_impl.train_word2vec(text[:50], settings)
threading.Timer(1, _thread.interrupt_main).start()
try:
    numpy_impl.train_word2vec(text, settings, checkpoint={str(tmp_path / "state.npz")!r})
except KeyboardInterrupt:
    print("stopped")
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "stopped\n", told.stderr
    text = list(datasets.load_corpus("lee"))
    settings = Word2VecSettings(vector_size=8, epochs=40)
    resumed = numpy_impl.train_word2vec(text, settings, checkpoint=tmp_path / "state.npz")
    whole = numpy_impl.train_word2vec(text, settings)
    np.testing.assert_array_equal(resumed.input_vectors, whole.input_vectors)
    np.testing.assert_array_equal(resumed.losses, whole.losses)


def test_a_checkpoint_is_saved_now_and_then(tmp_path, text, monkeypatch):
    saved = []
    monkeypatch.setattr(numpy_impl.runs, "SAVE_SECONDS", 0.0)
    monkeypatch.setattr(
        checkpoints, "save", lambda path, state, *rest: saved.append((state.epoch, state.jobs))
    )
    settings = settings_for("cbow", "negative-sampling")
    numpy_impl.train_word2vec(text, settings, checkpoint=tmp_path / "state.npz")
    assert saved == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0)]


def test_a_checkpoint_of_another_run_is_refused(tmp_path, text):
    settings = settings_for("cbow", "negative-sampling", epochs=1)
    path = tmp_path / "state.npz"
    numpy_impl.train_word2vec(text, settings, checkpoint=path)
    kept = path.read_bytes()
    with pytest.raises(ValueError, match="other settings"):
        numpy_impl.train_word2vec(text, dataclasses.replace(settings, alpha=0.1), checkpoint=path)
    with pytest.raises(ValueError, match="another text"):
        numpy_impl.train_word2vec(text[:80], settings, checkpoint=path)
    assert path.read_bytes() == kept
    path.write_bytes(kept[:1000])
    with pytest.raises(ValueError, match="damaged"):
        numpy_impl.train_word2vec(text, settings, checkpoint=path)


def test_a_place_without_room_for_a_checkpoint_shows_before_the_training(
    tmp_path, text, monkeypatch
):
    monkeypatch.setattr(numpy_impl.runs.Run, "train", lambda run, progress: pytest.fail("trained"))
    settings = settings_for("cbow", "negative-sampling", epochs=1)
    with pytest.raises(FileNotFoundError, match="folder"):
        numpy_impl.train_word2vec(text, settings, checkpoint=tmp_path / "no" / "state.npz")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        numpy_impl.train_word2vec(text, settings, checkpoint=tmp_path)


def test_a_window_of_any_size_needs_no_more_memory_than_a_job(text, monkeypatch):
    asked = []
    make = kernels.make_scratch
    monkeypatch.setattr(
        kernels, "make_scratch", lambda *given: asked.append(given[1]) or make(*given)
    )
    settings = settings_for("cbow", "negative-sampling", epochs=1, window=10**9)
    numpy_impl.train_word2vec(text, settings, progress=False)
    assert set(asked) == {texts.JOB_WORDS}


# Reading


def test_the_text_is_read_once_an_epoch_and_once_to_count(text):
    class Counting:
        readings = 0

        def __iter__(self):
            self.readings += 1
            yield from text

    counting = Counting()
    settings = settings_for("cbow", "negative-sampling", epochs=3)
    numpy_impl.train_word2vec(counting, settings)
    assert counting.readings == 4
    vocabulary = Vocabulary.from_sentences(text, 3)
    numpy_impl.train_word2vec(counting, settings, vocabulary=vocabulary)
    assert counting.readings == 8


def test_only_a_few_jobs_are_in_memory(text):
    """A thousand sentences are never held: those that are read are trained soon."""
    held, most = 0, 0

    class Sentence(list):
        def __del__(self):
            nonlocal held
            held -= 1

    class Endless:
        def __iter__(self):
            nonlocal held, most
            for number in range(3000):
                held += 1
                most = max(most, held)
                yield Sentence([str(number % 7), "x", "y", "z"] * 250)

    numpy_impl.train_word2vec(
        Endless(), settings_for("cbow", "negative-sampling", epochs=1, sample=0)
    )
    assert most <= 25, "two jobs of ten sentences"


def test_noise_words_are_found_as_by_bisection():
    rng = np.random.default_rng(1)
    for V in (1, 2, 5, 1000, 100_000):
        vocabulary = Vocabulary(
            list(map(str, range(V))), np.sort(rng.zipf(1.5, V) % 10**6 + 1)[::-1]
        )
        noise, guide = jobs.noise_table(vocabulary, 0.75)
        drawn = rng.integers(0, 2**32, 2000)
        drawn[:4] = 0, 2**31 - 2, 2**31 - 1, 2**32 - 1
        found = [kernels._noise_word(noise, guide, int(number)) for number in drawn]
        np.testing.assert_array_equal(found, np.searchsorted(noise, drawn % (2**31 - 1)))


@pytest.mark.parametrize("exponent", [1000.0, -1000.0])
def test_an_extreme_exponent_leaves_one_noise_word(exponent):
    noise, _ = jobs.noise_table(Vocabulary(["a", "b", "c"], [9, 4, 2]), exponent)
    top = 2**31 - 1
    assert noise.tolist() == ([top] * 3 if exponent > 0 else [0, 0, top])


# Bad input


@four
@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([], "min_count"),
        (["abc", "abd"], "letters"),
        ((s for s in [["a", "b"]]), "generator"),
        ([["a"], ["b"]], "no pair"),
        ([["a", "a"], "abc"], "letters|string"),
    ],
)
def test_a_text_that_cannot_be_trained_on_is_refused(architecture, objective, sentences, message):
    settings = settings_for(architecture, objective, min_count=1)
    with pytest.raises(ValueError, match=message):
        numpy_impl.train_word2vec(sentences, settings)


def test_a_vocabulary_without_counts_is_refused(text):
    with pytest.raises(ValueError, match="no counts"):
        numpy_impl.train_word2vec(
            text, settings_for("cbow", "negative-sampling"), vocabulary=Vocabulary(["the", "of"])
        )


def test_progress_shows_speed_loss_and_rate(text, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    settings = settings_for("cbow", "negative-sampling")
    numpy_impl.train_word2vec(text, settings, progress=False)
    assert capsys.readouterr().err == ""
    numpy_impl.train_word2vec(text, settings)
    shown = capsys.readouterr().err
    for told in ("words/s", "loss=", "alpha=", "compiling"):
        assert told in shown


def test_training_may_run_outside_the_main_thread(text):
    settings = settings_for("cbow", "negative-sampling", exact=False)
    results = []
    thread = threading.Thread(
        target=lambda: results.append(numpy_impl.train_word2vec(text, settings))
    )
    thread.start()
    thread.join()
    np.testing.assert_array_equal(
        results[0].input_vectors, numpy_impl.train_word2vec(text, settings).input_vectors
    )
