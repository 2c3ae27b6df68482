"""Numbers and code on the slides of lesson 07, computed again."""

import inspect
import re

import numpy as np
import pytest
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
    without_spaces,
)

from course_lib import GloveSettings, numpy_impl
from course_lib.glove_training import glove_weights

DECK = "07_glove"
figures = figures_of(DECK)


def table(text):
    """The cells of every line of a slide's tables, without the line below the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[plain(cell) for cell in line.strip("|").split("|")] for line in lines]


def test_ratios_of_sea_and_land():
    text = slide(DECK, "The ratio leaves out")
    sea, land = figures._company("sea"), figures._company("land")
    for word in figures.PROBES:
        k = figures._vocabulary().index(word)
        p, q = sea[k] / sea.sum(), land[k] / land.sum()
        cells = f"{sea[k]:.1f}", f"{land[k]:.1f}", f"{p:.5f}", f"{q:.5f}", f"{p / q:.1f}"
        assert row(word, *cells) in text


def test_how_far_a_ratio_can_be_trusted_is_that_of_the_lesson():
    text, printed = raw_slide(DECK, "A ratio of small counts"), lesson_output(DECK)
    assert len(table(text)) == 5
    for cells in table(text)[1:]:
        assert " ".join(cells) in printed
    assert "'steam': 2" in printed
    assert "'steam': 0" in printed
    share = re.search(r"counts in the text that are below 1: (\d+%)", printed)[1]
    assert f"{share} of all counts in the text are below 1" in plain(text)
    assert np.mean(figures._counted().data < 1) == pytest.approx(float(share[:-1]) / 100, abs=0.005)


def test_share_of_pairs_that_never_meet():
    counted = figures._counted()
    share = 1 - counted.nnz / counted.shape[0] ** 2
    assert f"{share:.1%} of all pairs here" in slide(DECK, "Step 5")
    assert f"{counted.nnz / 1e6:.1f} million counts" in slide(DECK, "A hundred is made")


def test_weights_of_our_counts():
    text, counts = slide(DECK, "A hundred is made"), figures._counted().data
    for x_max in (100, 10, 1):
        median = np.median(glove_weights(counts, x_max))
        assert row(x_max, f"{np.mean(counts >= x_max):.2%}", f"{median:.3f}") in text


def test_counts_of_the_five_words():
    text, words = slide(DECK, "By hand: counting"), figures.FIVE.words
    for word, counts in zip(words, figures._five_counts(), strict=True):
        assert row(word, *(f"{count:.2f}" for count in counts)) in text


def glove_step():
    """Loss, gradients, AdaGrad's G and new numbers of the pair king, crown."""
    king, crown = figures.KING, figures.CROWN
    count = figures._five_counts()[king, crown]
    before = figures.W, figures.W_OUT, figures.B, figures.B_OUT
    batch = np.array([king]), np.array([crown]), np.array([count])
    loss, gradients = numpy_impl.objectives.glove(*before, *batch, x_max=figures.X_MAX)
    G = [1 + (figures.ETA * gradient) ** 2 for gradient in gradients]
    after = [
        numbers - figures.ETA * gradient / np.sqrt(squares)
        for numbers, gradient, squares in zip(before, gradients, G, strict=True)
    ]
    loss_after, _ = numpy_impl.objectives.glove(*after, *batch, x_max=figures.X_MAX)
    return count, loss, loss_after, before, gradients, G, after


def test_score_of_the_five_words():
    count, loss, _, before, gradients, _, _ = glove_step()
    text = slide(DECK, "By hand: the score")
    W, W_out, b, b_out = before
    score = W[0] @ W_out[4] + b[0] + b_out[4]
    weight = glove_weights(count, 2.0)
    assert f"= {score:.1f}, " in text
    assert f"\\log {count:.4f} = {np.log(count):.4f}" in text
    assert f"e = {score:.1f} - {np.log(count):.4f} = {score - np.log(count):.4f}" in text
    assert f"^{{3/4}} = {weight:.4f}" in text
    assert f"f e = {gradients[2][0]:.4f}" in text
    assert f"f e^2 = {loss:.4f}" in text
    assert f"e to the 0.7, which is {np.exp(score):.2f}" in text


def test_one_step_of_glove():
    _, loss, loss_after, before, gradients, G, after = glove_step()
    title = "One step with η = 0.5 takes the loss from"
    text = slide(DECK, title)
    assert f"from {loss:.4f} to {loss_after:.4f}" in text
    names = (
        r"$w_{\text{king}}$",
        r"$\tilde w_{\text{crown}}$",
        r"$b_{\text{king}}$",
        r"$\tilde b_{\text{crown}}$",
    )
    for place, (name, index) in enumerate(zip(names, (0, 4, 0, 4), strict=True)):
        parts = [array[place][index] for array in (gradients, G, before, after)]
        if place < 2:
            cells = [pair(part, digits) for part, digits in zip(parts, (4, 4, 1, 4), strict=True)]
        else:
            cells = [f"{part:.{digits}f}" for part, digits in zip(parts, (4, 4, 1, 4), strict=True)]
        assert plain(row(name, *cells)) in text
    W, W_out, b, b_out = after
    assert f"from 0.700 to {W[0] @ W_out[4] + b[0] + b_out[4]:.3f}" in text


def test_steps_of_adagrad():
    steps = figures._adagrad_steps()
    text = slide(DECK, "AdaGrad")
    for number in (1, 3, 100):
        assert f"step {number} is {steps[number - 1]:.3f}" in text
    numbers, squares = 0.0, 1.0
    for length in steps:  # the definition, step by step
        squares += (0.5 * 2) ** 2
        assert 0.5 * 2 / np.sqrt(squares) == pytest.approx(length)
        numbers -= length


def test_code_of_glove_is_that_of_the_library():
    source = without_spaces(inspect.getsource(numpy_impl.objectives.weighted_squares))
    for line in code_lines(raw_slide(DECK, "The same in NumPy")):
        assert without_spaces(line) in source


def test_judges_of_glove():
    printed = lesson_output(DECK)
    assert printed.count("to 1e-9: True") == printed.count("to 1e-12: True") == 4
    assert printed.count("the same to 1e-8: True") == 4
    assert "to 1e-9: False" not in printed
    text = slide(DECK, "Three judges")
    assert all(row in text for row in ("differences | 1e-9", "autograd | 1e-12", "float64 | 1e-8"))


def test_gensim_code_stands_in_the_lesson():
    cells = "\n".join(lesson_cells(DECK))
    for line in code_lines(raw_slide(DECK, "gensim loads")):
        assert line in cells
    assert "[]" in lesson_output(DECK)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("On this text SGNS", 5),
        ("What the dot products hold", 4),
        ("Three geometries", 3),
        ("The paper's settings know", 3),
    ],
)
def test_measured_tables_are_those_of_the_lesson(title, lines):
    rows = table(raw_slide(DECK, title))[1:]
    assert len(rows) == lines
    for name, *numbers in rows:
        said = re.escape(name.split(" (")[0])
        found = re.search(rf"{said}:? ({' '.join(map(re.escape, numbers))})", lesson_output(DECK))
        assert found, (name, numbers)


def test_losses_of_glove():
    text, printed = raw_slide(DECK, "Real text: biases"), lesson_output(DECK)
    for name, *numbers in table(text)[1:]:
        assert f"{name}: {', '.join(number for number in numbers if number)}" in printed
    end = re.findall(r"to (\d\.\d+) in 6 epochs", figures.loss_curve().alt)
    assert [float(each) for each in end] == pytest.approx([0.0309, 0.0593], abs=6e-4)


def test_the_sum_and_its_seeds():
    printed = lesson_output(DECK)
    for name, mean, low, high, shared in table(raw_slide(DECK, "The sum helps"))[1:]:
        assert f"{name} mean {mean}, seeds from {low} to {high}" in printed
        assert f"two seeds, {name} {shared}" in printed
    assert "the sum beats the better of the two in 3 of 3 seeds" in printed


def test_verdicts_expected_counts_and_biases():
    printed = lesson_output(DECK)
    for said in re.findall(r"- (\S+ against [^:]+: [^-]*?) (?=-|S)", slide(DECK, "On this text")):
        assert said in printed
    text = raw_slide(DECK, 'False: "the zeros')
    for said in re.findall(r"- (pairs that .*)", text):
        name, rest = said.split(": ")
        assert f"{name} : {rest}" in printed.replace("meet:", "meet :")
    gains = re.findall(r"(0\.\d\d) to (0\.\d\d)", text)
    assert len(gains) == 3
    for seed, (without, zeros) in enumerate(gains, 1):
        assert f"seed {seed}: without zeros {without}, with zeros {zeros}" in printed
    for name, correlation, slope in table(text)[1:]:
        assert f"{name} correlation {correlation}, slope {slope}" in printed


def test_the_warning_of_the_settings_is_measured_in_the_lesson():
    warning, printed = " ".join(GloveSettings.__doc__.split()), lesson_output(DECK)
    for settings, said in [
        ("paper: x_max 100, rate 0.05", "the rank correlation is {}, with"),
        ("x_max 100, rate 0.5", "``learning_rate=0.5`` it is {}, and"),
        ("x_max 10, rate 0.5", "``x_max=10``, too, {}. One in a hundred"),
    ]:
        score = re.search(rf"{settings} (-?0\.\d\d)", printed)[1]
        assert said.format(score) in warning
    assert re.search(r"x_max 10: (0\.9|1\.0)\d% of the counts weigh 1", printed)
