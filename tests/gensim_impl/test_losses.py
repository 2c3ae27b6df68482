import dataclasses
import itertools

import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets
from course_lib.gensim_impl import EpochLoss, objective, to_embeddings, train_model
from course_lib.numpy_impl import objectives
from course_lib.pairs import skipgram_pairs
from course_lib.training import BatchMaker

SETTINGS = Word2VecSettings(vector_size=8, window=2, min_count=2, epochs=8, sample=0)
KINDS = [
    dataclasses.replace(SETTINGS, architecture=architecture, objective=goal, cbow_mean=mean)
    for architecture, goal, mean in itertools.product(
        ["skip-gram", "cbow"], ["negative-sampling", "hierarchical-softmax"], [True, False]
    )
]


@pytest.fixture(scope="module")
def text():
    return datasets.load_corpus("toy")[:300]


def test_it_agrees_with_the_loss_that_leaves_nothing_to_chance(text):
    """All pairs of a fixed window, and the mean over all noise words in the place of draws."""
    settings = dataclasses.replace(SETTINGS, shrink_windows=False, epochs=30)
    model = train_model(text, settings, progress=False)
    trained = to_embeddings(model)
    rows = [trained.vocabulary.encode(tokens) for tokens in text]
    pairs = np.hstack([skipgram_pairs(row, 2) for row in rows])
    met = np.zeros((len(trained), len(trained)))
    np.add.at(met, tuple(pairs), 1)
    noise = trained.vocabulary.noise_distribution()
    drawn = objectives.expected_negatives(met, noise, 5, skip_target=True)
    summed, _, _ = objectives.expected_negative_sampling(
        trained.input_vectors, trained.output_vectors, met, drawn
    )
    found = [objective(model, text, seed) for seed in range(3)]
    assert found[0].predictions == pairs.shape[1]
    np.testing.assert_allclose([each.mean for each in found], summed / pairs.shape[1], rtol=0.01)
    assert found[0] != found[1]
    assert found[0] == objective(model, text, 0), "the same seed, the same draws"


@pytest.mark.parametrize("settings", KINDS, ids=str)
def test_every_kind_has_the_loss_of_its_slide(text, settings):
    model = train_model(text, settings, progress=False)
    trained = to_embeddings(model)
    against = trained.output_vectors if model.negative else trained.node_vectors
    architecture, goal = settings.architecture.replace("-", ""), settings.objective
    by_hand = getattr(objectives, f"{architecture}_{goal.replace('-', '_')}")
    mean = {"cbow_mean": settings.cbow_mean} if architecture == "cbow" else {}
    summed = predictions = 0
    batches = dataclasses.replace(settings, batch_size=2048)
    for batch in BatchMaker(trained.vocabulary, batches).epoch(text):
        matrices = trained.input_vectors.astype(float), against.astype(float)
        summed += by_hand(*matrices, *batch.arguments, **mean)[0]
        predictions += batch.predictions
    assert objective(model, text) == (pytest.approx(summed / predictions), predictions)


def test_it_falls_with_training_and_rises_on_other_text(text):
    short = train_model(text, SETTINGS, progress=False)
    long = train_model(text, dataclasses.replace(SETTINGS, epochs=60), progress=False)
    assert objective(long, text).mean < objective(short, text).mean - 0.1
    rng = np.random.default_rng(1)
    scrambled = [rng.permutation(np.concatenate(text))[:8].tolist() for _ in range(100)]
    assert objective(long, scrambled).mean > objective(long, text).mean + 0.3


def test_large_scores_are_counted(text):
    """gensim leaves pairs with scores beyond 6 out of its sum."""
    words = Vocabulary(["a", "b", "c"], [10, 10, 10])
    start = Embeddings(words, np.full((3, 8), 3.0), np.full((3, 8), -3.0))
    settings = dataclasses.replace(SETTINGS, alpha=1e-12, min_alpha=1e-12, epochs=1)
    model = train_model([["a", "b", "c"]] * 10, settings, initial=start, progress=False)
    assert objective(model, [["a", "b", "c"]]).mean == pytest.approx(72, rel=1e-6)


def test_what_has_no_objective_is_refused(text):
    both = Word2Vec(text, hs=1, negative=5, min_count=1, workers=1)
    with pytest.raises(ValueError, match="mixes two objectives"):
        objective(both, text)
    model = train_model(text, SETTINGS, progress=False)
    with pytest.raises(ValueError, match="no pair"):
        objective(model, [["unheard", "of"]])
    with pytest.raises(ValueError, match="read only once"):
        objective(model, iter(text))


def test_the_sum_of_an_epoch_is_its_own(text):
    losses = EpochLoss()
    options = {"vector_size": 8, "workers": 1, "sg": 1, "compute_loss": True, "callbacks": [losses]}
    model = Word2Vec(text, epochs=3, **options)
    assert len(losses.losses) == 3
    assert losses.losses[-1] == model.get_latest_training_loss()
    assert max(losses.losses) < 1.2 * min(losses.losses), "they do not add up"
