"""Numbers and code on the slides of lesson 04, computed again."""

import functools
import inspect
import re

import numpy as np
import torch
from decks import (
    code_lines,
    figures_of,
    lesson_cells,
    lesson_output,
    pair,
    plain,
    raw_slide,
    row,
    slide,
    vocabulary,
)

from course_lib import numpy_impl, torch_impl

DECK = "04_negative_sampling"
figures = figures_of(DECK)


def test_quiz_of_the_noise():
    raw = raw_slide(DECK, "Which one stood")
    asked = re.findall(r"\*\*(\w+)\*\*: (.*)", raw)
    answers = re.search(r"Let the class vote: (.*?)\.", plain(raw))[1].split(", ")
    assert len(asked) == len(answers) == 3
    for (word, six), answer in zip(asked, answers, strict=True):
        assert f"{word} ? {six}" in lesson_output(DECK)
        assert f"{word} {answer}" in lesson_output(DECK)
        assert answer in six.split(", ")
    assert f"six, of {len(vocabulary('wikipedia', 5)):,}" in plain(raw)


def test_cost_of_the_softmax():
    text = slide(DECK, "The softmax pays")
    table = re.findall(r"\| ([\d,]+) (?:\(.*?\) )?\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|", text)
    assert len(table) == 4
    for row_ in table:
        V, full, few, ratio = (int(number.replace(",", "")) for number in row_)
        assert (full, few, ratio) == (V * 50, 6 * 50, round(V * 50 / 300))
    assert f"{len(vocabulary('wikipedia', 5)):,}" in [row_[0] for row_ in table]
    for told in (
        "at 50,000 words the softmax takes over 50 times as long: True",
        "negative sampling grows less than a fifth as much: True",
    ):
        assert told in lesson_output(DECK)


def test_loss_of_guessing_and_noise():
    assert f"for $k = 5$ that is {6 * np.log(2):.2f} nats" in slide(DECK, "Each question")
    text = slide(DECK, "The noise: counts")
    words = vocabulary("wikipedia", 5)
    for word in ("the", "music", "saratoga"):
        index = words.index(word)
        draws = [1 / words.noise_distribution(exponent)[index] for exponent in (0, 0.75, 1)]
        assert row(word, *(f"{draw:,.0f}" for draw in draws)) in text


@functools.cache
def noise_by_hand():
    pair_of_words = np.array([figures.KING]), np.array([figures.CROWN])
    negatives = np.array([figures.NOISE])
    return numpy_impl.objectives.skipgram_negative_sampling(
        figures.W, figures.W_OUT, *pair_of_words, negatives
    )


def test_negative_sampling_by_hand():
    text = slide(DECK, "By hand: crown")
    gradients = slide(DECK, "Three gradients")
    loss, W_gradient, W_out_gradient = noise_by_hand()
    for index in figures.ASKED:
        word, u = figures.FIVE[index], figures.W_OUT[index]
        s = u @ figures.W[figures.KING]
        label = int(index == figures.CROWN)
        answer = 1 / (1 + np.exp(-s))
        e = f"{answer - label:.3f}"
        assert row(word, pair(u, 1), f"{s:.2f}", f"{answer:.3f}", e) in text
        assert row(word, e, pair(W_out_gradient[index], 4)) in gradients
    assert f"L = {loss:.3f}" in text
    assert rf"3 \log 2 = {3 * np.log(2):.3f}" in text
    assert f"= {pair(W_gradient[figures.KING], 4)}" in gradients
    still = [figures.FIVE.index(word) for word in ("king", "queen")]
    assert not W_out_gradient[still].any()


def test_one_step_of_negative_sampling():
    text = slide(DECK, "One step with")
    W_new, W_out_new = figures._after_one_step()
    king, asked = figures.KING, figures.ASKED
    assert row(r"$v_{\text{king}}$", pair(figures.W[king], 1), pair(W_new[king], 3)) in text
    for index, word in enumerate(figures.FIVE):
        name = f"$u_{{\\text{{{word}}}}}$"
        assert row(name, pair(figures.W_OUT[index], 1), pair(W_out_new[index], 3)) in text
    signs = np.array([1, -1, -1])
    after = -numpy_impl.objectives.log_sigmoid(signs * (W_out_new[asked] @ W_new[king])).sum()
    told = f"α = {figures.ALPHA} takes the loss from {noise_by_hand()[0]:.3f} to {after:.3f}"
    assert told in text


def test_code_of_negative_sampling_is_that_of_the_library():
    raw = raw_slide(DECK, "The same in NumPy")
    source = inspect.getsource(numpy_impl.objectives.logistic_loss)
    lines = code_lines(raw)
    assert len(lines) == 7
    for line in lines:
        assert line in source
    block = re.search(r"```python\n.*?```", raw, re.DOTALL)
    (told,) = [cell for cell in lesson_cells(DECK) if "Its heart is `logistic_loss`" in cell]
    assert plain(block[0]) in plain(told)
    assert "log(sigmoid(-800)): -inf log_sigmoid(-800): -800.0" in lesson_output(DECK)


def test_judges_of_negative_sampling():
    raw = raw_slide(DECK, "Three judges")
    W, W_out = torch.tensor(figures.W), torch.tensor(figures.W_OUT)
    model = torch_impl.objectives.SkipGramNegativeSampling(W, W_out)
    assert "\n".join(code_lines(raw, "text")) == repr(model)
    printed = lesson_output(DECK)
    for judge, within in [("finite differences", "1e-9"), ("autograd", "1e-12")]:
        assert row(judge, within) in raw
        assert f"same dL/dW, to {within}: True" in printed
        assert f"same dL/dW', to {within}: True" in printed
    assert "W as by hand: True W' as by hand: True" in printed
    assert "IN equal to the last bit: True OUT equal to the last bit: True" in printed


def test_padded_windows():
    text = slide(DECK, "Windows differ")
    for name in ("rows", "labels", "mask"):
        king, crown = re.search(rf"\| {name} \| (.*?) \| (.*?) \|", text).groups()
        assert f"{name} [{king}] [{crown}]" in lesson_output(DECK)
    assert "without the mask other gradients for: the" in lesson_output(DECK)
    weights = re.findall(r"\| (?:king|crown) \| (\d) \| (0\.\d+) \|", slide(DECK, "D2L takes"))
    assert len(weights) == 2
    for words, weight in weights:
        assert f"{1 / int(words):.3f}" == weight


def test_how_often_a_negative_is_true():
    text = slide(DECK, "It happens to one draw")
    table = re.findall(r"\| ([a-z ]+) \| (\d+\.\d\d%) \| (\d+\.\d\d%) \|", text)
    assert len(table) == 4
    for what, draws, pairs in table:
        assert f"{what} {draws} of the draws, {pairs} of the pairs" in lesson_output(DECK)


def test_scores_at_the_optimum():
    text = slide(DECK, "And training gets there")
    printed = lesson_output(DECK)
    for trained, against, lesson_says in [
        ("1", "(11)", "exponent 1 against PMI - log k"),
        ("0.75", "(11)", "exponent 0.75 against PMI - log k"),
        ("0.75", "(12)", "exponent 0.75 against equation (12)"),
        ("1, $d = 8$", "(11)", "exponent 1, d = 8"),
    ]:
        correlation, slope = re.search(
            rf"{re.escape(lesson_says)}: correlation (\S+), slope (\S+)", printed
        ).groups()
        assert row(trained, against, correlation, slope) in text
    assert f"{np.sum(figures._pair_counts() > 0):,} pairs that meet" in text
    assert "correlation 1.00, slope 1.00" in figures.pmi().alt


def test_the_skip_leaves_a_trace():
    text = slide(DECK, "Even a")
    for skip, name in [("False", "without the skip"), ("True", "with the skip")]:
        slope, error = re.search(
            rf"with the skip {skip} correlation \S+, slope (\S+), typical error (\S+)",
            lesson_output(DECK),
        ).groups()
        assert row(name, slope, error) in text
    largest = re.search(r"largest p: (\S+)", lesson_output(DECK))[1]
    assert f"The largest p in this text is {largest}." in text


def test_knobs():
    text = slide(DECK, "Which knobs matter")
    table = re.findall(r"\| ([\w =.]+?) \| (lower|no difference) \|", text)
    assert len(table) == 5
    for name, verdict in table:
        assert f"{name} {verdict}" in lesson_output(DECK)
    for name in ("sample 1e-4", "exponent 0", "k = 15"):
        assert f"{name} 6 epochs beat every seed of 3: True" in lesson_output(DECK)
    assert "no longer lag behind the usual setting: True" in lesson_output(DECK)


def test_cone():
    text = slide(DECK, "IN and OUT point away")
    found = re.findall(r"\| (k = \d+) \| (-?\d\.\d\d) \| (\d\.\d\d) \| (\d\.\d\d) \|", text)
    assert len(found) == 3
    for numbers in found:
        assert " ".join(numbers) in lesson_output(DECK)
    for name, _, own, _ in found:
        assert f"{name}: IN {own}," in figures.cone().alt


def test_softmax_of_the_optimum():
    assert "softmax(s) is p(c | w): False softmax(s + log P_n) is p(c | w): True" in (
        lesson_output(DECK)
    )
    assert row("softmax of $s^\\ast + \\log P_n(c)$", "yes") in slide(DECK, 'False: "it appr')
