import dataclasses
import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from course_lib import Embeddings, Vocabulary, Word2VecSettings
from course_lib.plots.picture import DIVERGING
from course_lib.widgets import sgd_steps
from course_lib.widgets.steps import LOSSES
from course_lib.widgets.story import picture, said, shades, story

TEXT = [line.split() for line in ["the king wears the crown", "a queen wears the crown"]]
PLAIN = Word2VecSettings(
    objective="softmax", min_count=1, sample=0, vector_size=2, window=2, alpha=0.5, min_alpha=0.5,
    shrink_windows=False,
)  # fmt: skip


def run_of(architecture="skip-gram", objective="softmax", **changes):
    kind = {"architecture": architecture, "objective": objective}
    return sgd_steps(TEXT, dataclasses.replace(PLAIN, **kind, **changes), steps=30)


@pytest.fixture(scope="module", params=LOSSES, ids="-".join)
def run(request):
    return run_of(*request.param)


def test_a_story_survives_json(run):
    told = story(run)
    assert json.loads(json.dumps(told)) == json.loads(json.dumps(told, default=str))
    assert len(told["steps"]) == 30


def test_the_numbers_are_those_of_the_steps(run):
    told = story(run)
    ins, outs = (matrix["states"] for matrix in told["matrices"])
    assert (len(ins), len(outs)) == (31, 31)
    for number, step in enumerate(run.steps):
        for states, before, after in [
            (ins, step.input_before, step.input_after),
            (outs, step.output_before, step.output_after),
        ]:
            np.testing.assert_allclose(states[number], before, atol=5e-7)
            np.testing.assert_allclose(states[number + 1], after, atol=5e-7)
        shown = told["steps"][number]["asked"][: len(step.asked)]
        assert [row["before"] for row in shown] == pytest.approx(step.predictions, abs=5e-7)
        assert [row["after"] for row in shown] == pytest.approx(step.predictions_after, abs=5e-7)
    everything = np.concatenate([np.ravel(ins), np.ravel(outs)])
    assert told["peak"] == pytest.approx(np.abs(everything).max(), abs=1e-6)


def test_roles_and_marks_name_the_words_of_the_step(run):
    words = run.vocabulary.words
    source = "centre" if run.settings.architecture == "skip-gram" else "context"
    for step, told in zip(run.steps, story(run)["steps"], strict=True):
        roles = dict(enumerate(told["roles"]))
        assert [place for place, role in roles.items() if role == "centre"] == [step.center]
        assert [place for place, role in roles.items() if role == "context"] == [*step.contexts]
        first, second = told["marks"]
        assert first == {str(row): source for row in step.inputs}
        asked = {str(row) for row in step.asked[step.counted]}
        if run.settings.objective != "softmax":
            assert second.keys() == asked
        if run.tree is None:
            assert second[str(step.target)] == "predict"
            assert words[step.target] in dict(told["facts"])["Predict"]


def test_the_product_of_the_turns_is_the_probability_of_the_word():
    run = run_of(objective="hierarchical-softmax")
    for step, told in zip(run.steps, story(run)["steps"], strict=True):
        *turns, product = told["asked"]
        word = run.vocabulary.words[step.target]
        assert product["name"] == f"{word}: the product"
        for when in ("before", "after"):
            assert product[when] == pytest.approx(np.prod([t[when] for t in turns]), abs=1e-5)
        assert dict(told["facts"])["Path"] == " → ".join([*(t["name"] for t in turns), word])
        assert [t["name"].rpartition(": ")[2] for t in turns] == [
            "left" if label else "right" for label in step.labels
        ]
        assert turns[0]["name"].startswith("node 4 (root): ")


def test_a_skipped_noise_word_is_named_and_does_not_count():
    run = run_of(objective="negative-sampling")
    skipped = 0
    for step, told in zip(run.steps, story(run)["steps"], strict=True):
        noise = dict(told["facts"])["Noise words"].split(", ")
        assert [" (skipped: it is the word to predict)" in word for word in noise] == [
            not counted for counted in step.counted[1:]
        ]
        assert [row["counted"] for row in told["asked"]] == step.counted.tolist()
        skipped += (~step.counted).sum()
    assert skipped > 0


# What is said


def test_what_is_said_by_hand():
    # Scores 0.1 and 0.3: the loss is log(1 + exp(-0.2)). The error is 0.450; after the step the
    # scores differ by 0.855: log(1 + exp(-0.855)).
    W, W_out = np.array([[1.0, 0.5], [0.8, 1.0]]), np.array([[0.0, 0.2], [0.4, -0.2]])
    start = Embeddings(Vocabulary(["king", "crown"]), W, W_out)
    run = sgd_steps([["king", "crown"]], PLAIN, steps=3, initial=start)
    assert said(run, 0) == (
        "Step 1 of 3: centre “king”, context “crown”; predict “crown”, the loss falls from 0.598 "
        "to 0.354. The OUT vector of “crown” moved towards the IN vector of “king”, all other OUT "
        "vectors away from it. In W, the row of “king” moved."
    )


def test_movements_are_true(run):
    """What is said to move towards h has a larger product with h afterwards, and the other way."""
    names = story(run)["matrices"][1]["rows"]
    for number, step in enumerate(run.steps):
        hidden = step.input_before[step.inputs].mean(axis=0)
        moves = (step.output_after - step.output_before) @ hidden
        towards, _, away = said(run, number).partition(" moved towards ")
        if not away:
            continue
        pulled = [name for name, move in zip(names, moves, strict=True) if move > 0]
        assert set(towards.partition(". ")[2].split("“")[1:]) and pulled
        for name in pulled:
            assert f"“{name}”" in towards.partition(". ")[2]
        if run.settings.objective != "softmax":
            for name, move in zip(names, moves, strict=True):
                if move < 0:
                    assert f"“{name}”" in away


def test_each_way_to_move_is_told():
    texts = [said(run_of(*kind), number) for kind in LOSSES for number in range(30)]
    for part in [
        "the mean of the context's IN vectors",
        "No IN vector moved, because the vectors that it met are zero.",
        "In W, the rows of “",
        "The vectors of “node",
        ", the vector of “node",
        "The OUT vector of “",
        "the OUT vectors of “",
    ]:
        assert any(part in text for text in texts), part
    pair = sgd_steps([["a", "b"]], dataclasses.replace(PLAIN, objective="hierarchical-softmax"))
    right = said(pair, [step.labels[0] for step in pair.steps].index(0))
    assert "The vector of “node 0 (root)” moved away from the IN vector of “" in right
    assert "the sum of the context's" in said(run_of("cbow", cbow_mean=False), 0)


def test_a_loss_that_rises_or_stays_is_told():
    assert "rises from" in "".join(said(run_of(alpha=50.0), n) for n in range(30))
    assert "stays at 1.792." in said(run_of(alpha=1e-9, min_alpha=1e-9), 0)


@pytest.mark.parametrize(
    ("W", "W_out", "ending"),
    [
        (0, 0, "No OUT vector moved, because the IN vector of “king” is zero. "
               "No IN vector moved, because the vectors that it met are zero."),
        (0, [[0, 1], [2, 3]], "is zero. In W, the row of “king” moved."),
        ([[600, 0], [0, 0]], [[0, 0], [9, 9]], "No OUT vector moved. No IN vector moved."),
    ],
)  # fmt: skip
def test_what_does_not_move_is_told_with_the_reason(W, W_out, ending):
    W, W_out = (np.zeros((2, 2)) + matrix for matrix in (W, W_out))
    start = Embeddings(Vocabulary(["king", "crown"]), W, W_out)
    run = sgd_steps([["king", "crown"]], PLAIN, steps=1, initial=start)
    assert said(run, 0).endswith(ending)


def test_a_large_start_is_within_the_scale():
    start = Embeddings(Vocabulary(["king", "crown"]), np.eye(2), np.array([[0, 0], [-9.0, 0]]))
    assert story(sgd_steps([["king", "crown"]], PLAIN, steps=1, initial=start))["peak"] == 9


# What is seen


def test_shades_are_the_colours_of_the_figures_and_can_be_read():
    found = shades()
    assert to_rgb(found[0][0]) == pytest.approx(DIVERGING(0.0)[:3], abs=0.003)
    assert to_rgb(found[20][0]) == pytest.approx((1, 1, 1), abs=0.01)
    assert to_rgb(found[-1][0]) == pytest.approx(DIVERGING(1.0)[:3], abs=0.003)
    for fill, ink in found:
        lighter, darker = sorted(map(luminance, (fill, ink)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(color):
    """WCAG 2.2."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_the_picture_is_of_the_first_step(run):
    still, step = picture(run), run.steps[0]
    target = run.vocabulary.words[step.target]
    assert still.get_suptitle().startswith(f"Step 1: predicting “{target}” from “")
    for value in step.predictions_after:
        assert f"and {value:.2f}" in still.alt
