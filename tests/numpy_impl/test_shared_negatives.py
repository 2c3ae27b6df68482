"""Noise words shared by a window: against matrix products, the objective, and a bar in quality."""

import dataclasses

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, numpy_impl
from course_lib.numpy_impl import jobs, kernels, objectives, runs

WORDS = Vocabulary(list("abcdefg"), [50, 30, 20, 9, 5, 2, 1])
RNG = np.random.default_rng(3)
TEXT = [list("".join(RNG.choice(WORDS.words, 9))) for _ in range(30)]
TEXT += [["a"], [], ["b", "a"], ["a", "a", "a", "a"]]  # no context, and a word beside itself
SHARED = Word2VecSettings(
    vector_size=7, min_count=1, window=3, sample=0.2, alpha=0.2, epochs=1, shared_negatives=True
)
START = Embeddings(WORDS, RNG.normal(0, 0.9, (7, 7)), RNG.normal(0, 0.9, (7, 7)))


def windows(job, settings, noise):
    """Yield centre, context words and noise words of each window, by bisection."""
    random, start = job.random, 0
    for end in job.ends:
        for i in range(start, end):
            drawn = []
            for _ in range(settings.negative):
                drawn.append(np.searchsorted(noise, (random >> 16) % (2**31 - 1)))
                random = (random * 25214903917 + 11) % 2**48
            reach = range(max(start, i - job.reach[i]), min(end, i + job.reach[i] + 1))
            context = [job.words[j] for j in reach if j != i]
            if context:
                yield job.words[i], context, [word for word in drawn if word != job.words[i]]
        start = end


def by_matrices(job, settings, model):
    """Train a job as Ji et al. write it: a product of small matrices for each window."""
    vectors, outputs = (matrix.astype(np.float64) for matrix in (model.vectors, model.outputs))
    table, losses = kernels.sigmoid_table(), []
    for center, context, noise in windows(job, settings, model.noise):
        rows = [center, *noise]
        V, U = vectors[context], outputs[rows]
        scores = V @ U.T
        labels = np.arange(len(rows)) == 0
        losses += np.logaddexp(0, np.where(labels, -scores, scores)).sum(axis=1).tolist()
        learnt = np.abs(scores) >= 6
        places = ((scores.astype(np.float32) + 6) * 83).astype(int).clip(0, 999)
        G = np.where(learnt, 0, labels - table[places]) * settings.alpha
        np.add.at(vectors, context, G @ U)
        np.add.at(outputs, rows, G.T @ V)
    return vectors, outputs, losses


@pytest.mark.parametrize("negative", [1, 4, 5, 6])
@pytest.mark.parametrize("window", [1, 3])
def test_a_window_is_one_step_of_small_matrices(negative, window):
    settings = dataclasses.replace(SHARED, negative=negative, window=window)
    run = runs.Run(TEXT, settings, WORDS, START, None)
    job = jobs.Reader(WORDS, settings).job(*next(run.text.jobs()), settings.alpha)
    vectors, outputs, losses = by_matrices(job, settings, run.models[0])
    assert len(losses) > 100
    loss, predictions = run.loop(run.models[0], job, kernels.make_scratch(run.models[0], window))
    assert predictions == len(losses)
    np.testing.assert_allclose(loss, sum(losses), rtol=1e-5)
    # A score in float32 may fall into the next entry of the table of the sigmoid.
    np.testing.assert_allclose(run.models[0].vectors, vectors, atol=5e-3)
    np.testing.assert_allclose(run.models[0].outputs, outputs, atol=5e-3)
    assert np.abs(vectors - START.input_vectors).max() > 0.5
    assert np.abs(outputs - START.output_vectors).max() > 0.5


def test_a_window_descends_the_gradient_of_the_objective():
    settings = dataclasses.replace(SHARED, alpha=0.01, sample=0)
    run = runs.Run([list("abcde")], settings, WORDS, START, None)
    whole = jobs.Reader(WORDS, settings).job(*next(run.text.jobs()), settings.alpha)
    nothing_else = [0 if place != 2 else 2 for place in range(5)]  # only c has a context
    job = whole._replace(reach=np.array(nothing_else))
    (center, context, noise), *others = windows(job, settings, run.models[0].noise)
    assert not others and WORDS.words[center] == "c" and len(context) == 4
    before = run.models[0].vectors.astype(float), run.models[0].outputs.astype(float)
    repeated = [np.full(4, center), np.tile(noise, (4, 1))]
    expected, *gradients = objectives.skipgram_negative_sampling(*before, context, *repeated)
    loss, _ = run.loop(run.models[0], job, kernels.make_scratch(run.models[0], settings.window))
    assert loss == pytest.approx(expected, rel=1e-5)
    after = run.models[0].vectors, run.models[0].outputs
    for was, now, gradient in zip(before, after, gradients, strict=True):
        # The table of the sigmoid is off by up to 0.003, for each of up to four words.
        np.testing.assert_allclose((was - now) / settings.alpha, gradient, atol=0.06)
        assert np.abs(gradient).max() > 1


def test_it_learns_as_well_as_with_noise_words_of_their_own():
    """Held-out loss on news, where the noise words are the same for both."""
    text = list(datasets.load_corpus("lee"))
    own = Word2VecSettings(vector_size=32, epochs=5, alpha=0.05)
    vocabulary = Vocabulary.from_sentences(text[20:], 5)
    held_out = [vocabulary.encode(tokens) for tokens in text[:20]]
    rng = np.random.default_rng(1)
    near = np.concatenate([np.stack([ids[:-2], ids[2:]]) for ids in held_out if len(ids) > 2], 1)
    noise = rng.choice(len(vocabulary), (near.shape[1], 5), p=vocabulary.noise_distribution())

    def held_out_loss(settings):
        trained = numpy_impl.train_word2vec(text[20:], settings, vocabulary=vocabulary)
        matrices = trained.input_vectors, trained.output_vectors
        loss, _, _ = objectives.skipgram_negative_sampling(*matrices, *near, noise)
        return loss / near.shape[1]

    seeds = [dataclasses.replace(own, seed=seed) for seed in (1, 2, 3)]
    each = [held_out_loss(settings) for settings in seeds]
    shared = [held_out_loss(dataclasses.replace(s, shared_negatives=True)) for s in seeds]
    guessing = 6 * np.log(2)
    assert max(each + shared) < guessing - 0.8, "something was learnt"
    assert np.mean(shared) < np.mean(each) + 0.02


def test_the_same_seed_gives_the_same_vectors():
    first, second = (numpy_impl.train_word2vec(TEXT, SHARED) for _ in range(2))
    np.testing.assert_array_equal(first.input_vectors, second.input_vectors)
    np.testing.assert_array_equal(first.output_vectors, second.output_vectors)


@pytest.mark.parametrize(
    "changed",
    [{"architecture": "cbow"}, {"objective": "hierarchical-softmax"}, {"exact": True}],
)
def test_it_is_refused_where_it_means_nothing(changed):
    with pytest.raises(ValueError, match=r"shared_negatives shares .*skip-gram"):
        dataclasses.replace(SHARED, **changed)
