import dataclasses
import math
import re

import numpy as np
import pytest
import torch

from course_lib import Embeddings, HuffmanTree, Vocabulary, Word2VecSettings, numpy_impl
from course_lib.torch_impl import objectives
from course_lib.widgets import sgd_steps
from course_lib.widgets.steps import LOSSES

TEXT = [line.split() for line in ["the king wears the crown", "alone", "a queen wears the crown"]]
PLAIN = Word2VecSettings(
    objective="softmax", min_count=1, sample=0, vector_size=3, window=2, alpha=0.5, min_alpha=0.1,
    shrink_windows=False, seed=3,
)  # fmt: skip
KINDS = [(*kind, mean) for kind in LOSSES for mean in (True, False)]


def with_kind(architecture, objective, cbow_mean=True, **changes):
    kind = {"architecture": architecture, "objective": objective, "cbow_mean": cbow_mean}
    return dataclasses.replace(PLAIN, **kind, **changes)


def random_start(seed=5):
    vocabulary = Vocabulary.from_sentences(TEXT, min_count=1)
    V, rng = len(vocabulary), np.random.default_rng(seed)
    matrices = [rng.normal(0, 0.5, (rows, 3)) for rows in (V, V, V - 1)]
    return Embeddings(vocabulary, *matrices)


def windows(architecture):
    """List sentence, place of the centre and places of the context, with plain loops."""
    found = []
    for tokens in TEXT:
        for center in range(len(tokens)):
            near = [p for p in range(center - 2, center + 3) if 0 <= p < len(tokens)]
            near.remove(center)
            if architecture == "skip-gram":
                found += [(tuple(tokens), center, (place,)) for place in near]
            elif near:
                found.append((tuple(tokens), center, tuple(near)))
    return found


def torch_loss(settings, matrices, step, tree):
    """The loss of a step by PyTorch's objectives; of the step only the noise words are taken."""
    tensor = torch.tensor
    target = tensor([step.target])
    if settings.objective == "negative-sampling":
        noise = tensor(step.asked[None, 1:])
        predicted = target, noise, noise != target
    elif settings.objective == "hierarchical-softmax":
        predicted = (
            tensor(tree.points[step.target][None]).long(),
            tensor(tree.codes[step.target][None]).long(),
        )
    else:
        predicted = (target,)
    name = f"{settings.architecture.replace('-', '')}_{settings.objective.replace('-', '_')}"
    function, inputs = getattr(objectives, name), tensor(step.inputs).long()
    if settings.architecture == "skip-gram":
        return function(*matrices, inputs, *predicted)
    return function(*matrices, inputs[None], *predicted, cbow_mean=settings.cbow_mean)


@pytest.mark.parametrize(("architecture", "objective", "cbow_mean"), KINDS)
def test_steps_are_those_of_autograd_on_the_windows_of_the_text(architecture, objective, cbow_mean):
    settings, start = with_kind(architecture, objective, cbow_mean), random_start()
    run = sgd_steps(TEXT, settings, steps=50, initial=start)
    vocabulary = start.vocabulary
    tree = HuffmanTree.from_counts(vocabulary.counts)
    second = start.node_vectors if objective == "hierarchical-softmax" else start.output_vectors
    matrices = [torch.tensor(m, requires_grad=True) for m in (start.input_vectors, second)]
    expected = windows(architecture)
    assert len(expected) < 50, "the text is to be read again"
    for number, step in enumerate(run.steps):
        assert (step.tokens, step.center, step.contexts) == expected[number % len(expected)]
        rows = vocabulary.encode(step.tokens).tolist()
        context_rows = [rows[place] for place in step.contexts]
        if architecture == "skip-gram":
            assert (step.inputs.tolist(), [step.target]) == ([rows[step.center]], context_rows)
        else:
            assert (step.inputs.tolist(), step.target) == (context_rows, rows[step.center])
        alpha = 0.5 - 0.4 * number / 50
        assert step.alpha == pytest.approx(alpha, abs=1e-15)
        optimizer = torch.optim.SGD(matrices, lr=alpha)
        optimizer.zero_grad()
        loss = torch_loss(settings, matrices, step, tree)
        assert step.loss == pytest.approx(loss.item(), abs=1e-12)
        for matrix, before in zip(matrices, (step.input_before, step.output_before), strict=True):
            np.testing.assert_allclose(before, matrix.detach(), rtol=0, atol=1e-12)
        loss.backward()
        optimizer.step()
        for matrix, after in zip(matrices, (step.input_after, step.output_after), strict=True):
            np.testing.assert_allclose(after, matrix.detach(), rtol=0, atol=1e-12)
        assert step.loss_after == pytest.approx(
            torch_loss(settings, matrices, step, tree).item(), abs=1e-12
        )


@pytest.mark.parametrize(("architecture", "objective", "cbow_mean"), KINDS)
def test_predictions_are_those_that_the_loss_is_made_of(architecture, objective, cbow_mean):
    settings = with_kind(architecture, objective, cbow_mean)
    for step in sgd_steps(TEXT, settings, steps=50, initial=random_start()).steps:
        for loss, predictions in [
            (step.loss, step.predictions), (step.loss_after, step.predictions_after),
        ]:  # fmt: skip
            if objective == "softmax":
                assert predictions.sum() == pytest.approx(1)
                parts = predictions[step.labels == 1]
            elif objective == "negative-sampling":
                right = np.where(step.labels == 1, predictions, 1 - predictions)
                parts = right[step.counted]
            else:
                parts = predictions
            assert loss == pytest.approx(-np.log(parts).sum(), abs=1e-12)


def test_softmax_asks_all_words_and_a_path_its_nodes():
    vocabulary = Vocabulary.from_sentences(TEXT, min_count=1)
    tree = HuffmanTree.from_counts(vocabulary.counts)
    for step in sgd_steps(TEXT, PLAIN, initial=random_start()).steps:
        assert step.asked.tolist() == list(range(len(vocabulary)))
        assert np.flatnonzero(step.labels).tolist() == [step.target]
    run = sgd_steps(TEXT, with_kind("cbow", "hierarchical-softmax"))
    for step in run.steps:
        assert step.asked.tolist() == tree.points[step.target].tolist()
        assert (1 - step.labels).tolist() == tree.codes[step.target].tolist()


def test_noise_words_come_from_the_noise_distribution_and_the_target_is_skipped():
    settings = with_kind("skip-gram", "negative-sampling", negative=40, ns_exponent=1.0)
    run = sgd_steps(TEXT, settings, steps=200)
    drawn = np.zeros(len(run.vocabulary))
    for step in run.steps:
        assert step.asked[0] == step.target
        assert step.labels.tolist() == [1] + [0] * 40
        assert step.counted.tolist() == [True, *(step.asked[1:] != step.target)]
        np.add.at(drawn, step.asked[1:], 1)
    shares = run.vocabulary.counts / run.vocabulary.counts.sum()
    assert drawn / drawn.sum() == pytest.approx(shares, abs=4 * math.sqrt(0.25 / 8000))


def test_shrinking_windows_are_those_of_the_trainer():
    settings = dataclasses.replace(
        PLAIN, window=4, shrink_windows=True, batch_size=1, epochs=1, min_alpha=PLAIN.alpha
    )
    run = sgd_steps(TEXT, settings, steps=200, initial=random_start())
    trained = numpy_impl.train_word2vec(TEXT, settings, initial=random_start())
    ends = [np.abs(step.input_after - trained.input_vectors).max() for step in run.steps]
    assert min(ends) < 1e-12
    assert ends.index(min(ends)) + 1 < 40, "as many pairs as with full windows"


def test_without_a_start_it_is_the_trainer_s():
    run = sgd_steps(TEXT, PLAIN)
    start = Embeddings.initial(run.vocabulary, 3, seed=3)
    assert np.array_equal(run.steps[0].input_before, start.input_vectors)
    assert run.steps[0].input_before.dtype == np.float64
    assert not run.steps[0].output_before.any()
    run = sgd_steps(TEXT, with_kind("cbow", "hierarchical-softmax"))
    assert run.steps[0].output_before.shape == (len(run.vocabulary) - 1, 3)


def test_the_start_stays_as_it_is():
    start, same = random_start(), random_start()
    sgd_steps(TEXT, PLAIN, initial=start)
    assert np.array_equal(start.input_vectors, same.input_vectors)
    assert np.array_equal(start.output_vectors, same.output_vectors)


@pytest.mark.parametrize("objective", ["softmax", "negative-sampling", "hierarchical-softmax"])
def test_a_seed_says_it_all(objective):
    settings = with_kind("cbow", objective, shrink_windows=True)
    first, again = (sgd_steps(TEXT, settings).steps[-1] for _ in range(2))
    other = sgd_steps(TEXT, dataclasses.replace(settings, seed=4)).steps[-1]
    assert np.array_equal(first.output_after, again.output_after)
    assert not np.allclose(first.output_after, other.output_after)


def test_it_tells_what_it_is():
    assert (
        repr(sgd_steps(TEXT, PLAIN, steps=7)) == "Steps(7 steps of skip-gram, softmax on 7 words)"
    )


MANY = [[f"word{number}" for number in range(13)]]


@pytest.mark.parametrize(
    ("sentences", "changes", "message"),
    [
        ("the king", {}, "not one string"),
        (["the king"], {}, "list of tokens"),
        ([], {}, "Lower min_count"),
        ([["king"], ["queen"]], {}, "no pair of known words"),
        ([["king", "king"]], {}, "one word"),
        (MANY, {}, "the number of different words must be 1 to 12"),
        (TEXT, {"sample": 1e-3}, "give sample=0"),
        (
            TEXT,
            {"objective": "negative-sampling", "shared_negatives": True},
            "shared_negatives=False",
        ),
        (TEXT, {"vector_size": 7}, "vector_size must be 1 to 6"),
        (TEXT, {"min_count": 9}, "Lower min_count"),
        (iter(TEXT), {}, "read"),
        ([iter(tokens) for tokens in TEXT], {}, "not a list_iterator"),
        (TEXT, {"objective": "negative-sampling", "negative": 41}, "negative must be 1 to 40"),
    ],
)
def test_bad_input_is_refused(sentences, changes, message):
    with pytest.raises(ValueError, match=message):
        sgd_steps(sentences, dataclasses.replace(PLAIN, **changes))


@pytest.mark.parametrize("steps", [0, 201, 2.5, True, "5"])
def test_a_bad_number_of_steps_is_refused(steps):
    with pytest.raises(ValueError, match="steps must be 1 to 200"):
        sgd_steps(TEXT, PLAIN, steps=steps)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_vectors_that_become_infinite_are_named():
    settings = dataclasses.replace(PLAIN, alpha=1e200)
    with pytest.raises(ValueError, match=r"became infinite in step \d+: lower alpha"):
        sgd_steps(TEXT, settings, initial=random_start())


def test_settings_and_start_have_to_fit():
    with pytest.raises(ValueError, match="settings must be Word2VecSettings"):
        sgd_steps(TEXT, {"objective": "softmax"})
    with pytest.raises(ValueError, match="vector_size=2"):
        sgd_steps(TEXT, dataclasses.replace(PLAIN, vector_size=2), initial=random_start())
    uncounted = Embeddings(Vocabulary(["the", "crown"]), np.ones((2, 3)))
    assert len(sgd_steps(TEXT, PLAIN, initial=uncounted)) == 40
    with pytest.raises(ValueError, match="no counts"):
        sgd_steps(TEXT, with_kind("cbow", "hierarchical-softmax"), initial=uncounted)


def test_no_text_for_a_start_is_refused():
    with pytest.raises(ValueError, match="no pair of known words"):
        sgd_steps([], PLAIN, initial=random_start())


@pytest.mark.parametrize("word", ["\udc80", "na\udce9", "\ud83d"])
def test_a_word_with_half_a_character_is_named(word):
    with pytest.raises(ValueError, match=re.escape(f"{word!r} cannot be drawn")):
        sgd_steps([["king", word, "crown"]], PLAIN)


def test_a_word_of_two_halves_that_belong_together_is_drawn():
    assert "👑" in sgd_steps([["king", "👑"]], PLAIN).vocabulary
