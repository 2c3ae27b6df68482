import dataclasses

import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import GloveSettings, Word2VecSettings

WRONG = {
    "architecture": ["skipgram", "CBOW", None, 1, np.array(["cbow", "cbow"])],
    "objective": ["ns", "hs", ""],
    "vector_size": [0, -1, 2.0, "100", True],
    "window": [0, 1.5, 2**31],
    "min_count": [0, None],
    "negative": [0, -5, 0.5],
    "ns_exponent": [float("nan"), float("inf"), "0.75"],
    "sample": [-1e-3, float("nan"), None],
    "alpha": [0, -0.1, float("inf"), 5e-5, 10**400],
    "min_alpha": [0, 0.5],
    "epochs": [0, 2.5],
    "cbow_mean": [1, 0, None],
    "shrink_windows": [1, "yes"],
    "seed": [-1, 2**32, 1.0],
    "workers": [0, None],
    "exact": [1, None],
    "shared_negatives": [1, None],
    "batch_size": [0, 1.5],
}


def test_every_setting_is_tried():
    assert set(WRONG) == {field.name for field in dataclasses.fields(Word2VecSettings)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_a_wrong_value_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        Word2VecSettings(**{name: value})


def test_the_settings_are_frozen_and_can_be_replaced():
    settings = Word2VecSettings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.alpha = 1.0
    changed = dataclasses.replace(settings, epochs=20)
    assert (changed.epochs, settings.epochs) == (20, 5)
    with pytest.raises(ValueError, match="epochs"):
        dataclasses.replace(settings, epochs=0)


def test_the_batch_size_may_be_left_to_the_trainer():
    assert Word2VecSettings().batch_size is None
    assert Word2VecSettings(batch_size=np.int64(7)).batch_size == 7


def test_numpy_numbers_are_numbers():
    settings = Word2VecSettings(
        vector_size=np.int64(7), alpha=np.float32(0.5), cbow_mean=np.bool_(False)
    )
    assert (settings.vector_size, settings.alpha, settings.cbow_mean) == (7, 0.5, False)
    kinds = [type(value) for value in (settings.vector_size, settings.alpha, settings.cbow_mean)]
    assert kinds == [int, float, bool], "NumPy's small numbers overflow, and round the rate"
    assert 1000 * Word2VecSettings(epochs=np.int8(2)).epochs == 2000


def test_the_defaults_are_gensims():
    gensim, ours = Word2Vec(), Word2VecSettings()
    for name in ("vector_size", "window", "min_count", "negative", "ns_exponent", "sample"):
        assert getattr(gensim, name) == getattr(ours, name), name
    for name in ("alpha", "min_alpha", "epochs", "shrink_windows", "seed"):
        assert getattr(gensim, name) == getattr(ours, name), name
    assert gensim.cbow_mean == ours.cbow_mean
    # gensim's own are CBOW and three workers; the course starts with skip-gram, and reproducibly.
    assert (gensim.sg, gensim.workers) == (0, 3)
    assert (ours.architecture, ours.workers) == ("skip-gram", 1)


WRONG_GLOVE = {
    "vector_size": [0, 2.0, True],
    "window": [0, 1.5, 10**7],
    "min_count": [0, None],
    "max_size": [0, 2.5],
    "symmetric": [1, None],
    "x_max": [0, -1, float("nan"), "100"],
    "alpha": [0, float("inf"), None],
    "learning_rate": [0, -0.05, float("nan"), 10**400],
    "epochs": [0, 2.5],
    "seed": [-1, 2**32],
    "workers": [0, None],
    "batch_size": [0, 1.5],
}


def test_every_setting_of_glove_is_tried():
    assert set(WRONG_GLOVE) == {field.name for field in dataclasses.fields(GloveSettings)}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG_GLOVE.items() for value in values]
)
def test_a_wrong_value_for_glove_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=rf"\b{name}\b"):
        GloveSettings(**{name: value})


def test_the_settings_of_glove_are_the_papers():
    settings = GloveSettings()
    assert (settings.x_max, settings.alpha, settings.learning_rate) == (100, 0.75, 0.05)
    assert (settings.window, settings.symmetric) == (10, True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.x_max = 10.0
    assert isinstance(dataclasses.replace(settings, x_max=np.int64(10)).x_max, float)
