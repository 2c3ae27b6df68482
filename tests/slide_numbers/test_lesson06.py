"""Numbers and code on the slides of lesson 06, computed again."""

import re

import numpy as np
import pytest
from decks import (
    figures_of,
    lesson_cells,
    lesson_output,
    raw_slide,
    row,
    slide,
    tree_of,
    vocabulary,
)

from course_lib import gensim_impl, numpy_impl

DECK = "06_gensim_seen_through"
figures = figures_of(DECK)


def printed_by_gensims_lesson(*said):
    for sentence in said:
        assert sentence in lesson_output(DECK), sentence


def test_the_same_bits():
    text = slide(DECK, "Nothing in the training")
    assert row("IN", "0.0") in text and row("OUT", "0.0") in text
    printed_by_gensims_lesson("largest difference, IN: 0.0", "largest difference, OUT: 0.0")
    V = len(vocabulary("lee", 5))
    assert f"2 × {V:,} × 24 numbers" in text
    assert f"same {V:,} words" in slide(DECK, "Three steps")
    printed_by_gensims_lesson(f"words: {V} sentences: 300")


def test_names_of_gensim_are_those_of_the_lesson():
    table = re.findall(r"^\|.*\|$", raw_slide(DECK, "The names changed"), flags=re.MULTILINE)
    assert len(table) == 7
    (cell,) = (cell for cell in lesson_cells(DECK) if "| ours | gensim 4 | gensim 3 |" in cell)
    assert set(table) <= set(cell.splitlines())


def test_a_second_build_vocab_and_wrong_corpora():
    V = len(vocabulary("lee", 5))
    assert row("the same text", f"1 of {V:,} words keeps its vector; no error") in slide(
        DECK, "Three steps"
    )
    text = slide(DECK, "A corpus can be read")
    assert "12,000 tokens" in text and "trains on 10,000" in text
    printed_by_gensims_lesson(
        f"words that kept their vector: 1 of {V:,}",
        "an iterator: 1831 words, trained: False",
        "tokens read: 12,000, used: 10,000",
        "same vectors: False",
        *(f"{name} [True, True]" for name in ("news.txt", "news.txt.gz", "news.txt.bz2")),
    )


def test_code_and_path_of_cricket():
    text = slide(DECK, "Counts, codes")
    words, tree = vocabulary("lee", 5), tree_of("lee")
    row_of = words.index("cricket")
    code = "".join(map(str, tree.codes[row_of]))
    assert f"# {words.counts[row_of]} " in text
    assert f"# {code} " in text
    assert f"shape ({len(code)}, 24)" in text


def test_learning_rates_of_loop_and_call():
    once, loop, by_hand = (np.array(values) for values in figures._alphas().values())
    assert len(once) == len(loop) == len(by_hand) == 300 * figures.EPOCHS
    assert (np.diff(once) <= 0).all()
    assert (np.diff(loop) > 0).sum() == figures.EPOCHS - 1
    first = np.flatnonzero(by_hand < 0)[0]
    assert first // 300 + 1 == 14
    assert "in epoch 14" in slide(DECK, "One call of train")


def test_losses_of_loop_and_call():
    text = slide(DECK, "How bad is that")
    assert "about 2.4 nats" in text
    found = re.search(r"one call +([\d.]+) nats a pair", lesson_output(DECK))
    assert abs(float(found[1]) - 2.4) < 0.05
    printed_by_gensims_lesson(
        "one call and loop within 0.1 nats: True",
        "the loop ends lower: True",
        "by hand, more than twice the loss: True",
        "with and without reshuffling within 0.02 nats: True",
    )


def test_steps_of_the_running_loss():
    text = slide(DECK, "The reported loss is")
    for power, millions, lost in [(22, 4, 1 / 4), (24, 17, 1)]:
        assert f"$2^{{{power}}}$, {millions} million" in text
        assert round(2**power / 1e6) == millions
        total = np.float32(2**power)
        assert total + np.float32(0.99 * lost) == total
        assert total + np.float32(1.01 * lost) > total
    assert f"$2^{{27}}$, {2**27 / 1e6:.0f} million | all" in text
    running, set_back = figures._losses()
    passed = int(np.flatnonzero(np.cumsum(set_back) > 2**22)[0]) + 1
    assert passed == 4 and f"in epoch {passed + 1}" in text
    assert running[passed] < 0.9 * set_back[passed]
    assert running[1] == pytest.approx(set_back[1], rel=0.02)


def test_the_table_of_the_logistic_function():
    text = slide(DECK, "And its logistic function")
    assert f"{1000 / 12:.2f} a unit" in text
    assert f"83 \\cdot 6 = {83 * 6}" in text
    assert pytest.approx(-0.024) == 12 * 0.498 - 6
    (log_half, shifted) = numpy_impl.objectives.log_sigmoid(np.array([0.0, -0.024]))
    assert f"{log_half:.4f}" in text and text.count(f"{shifted:.4f}") == 2
    printed_by_gensims_lesson(f"gensim: {shifted:.4f} a turn")


def test_reported_and_true_loss():
    text = slide(DECK, "The loss itself")
    pairs, reported, true = re.search(
        r"([\d,]+) pairs: reported (\S+), true (\S+) nats", lesson_output(DECK)
    ).groups()
    assert f"{pairs} pairs" in text
    assert row("gensim", reported) in text and row("computed", true) in text
    assert f"{float(reported) / float(true) - 1:.0%}".rstrip("%") == "2"


def test_what_the_lesson_says_of_views_and_files():
    assert "above 4" in slide(DECK, "KeyedVectors")
    V = len(vocabulary("lee", 5))
    assert f"made up: {V}, {V - 1}, ..., 1" in slide(DECK, "The format that")
    printed_by_gensims_lesson(
        "highest cosine above 4: True",
        "live view moved along: True",
        f"counts from a file: [{V}, ",
        "trained on after loading: True",
        "mmap='r': crashed mmap='c': ended",
        "came back: ['new']",
    )


def test_what_grows_and_what_does_not_reset():
    ratio = float(
        re.search(r"chance of 'the' to be trained on: (\S+) times", lesson_output(DECK))[1]
    )
    assert round(1 / ratio) == 3 and "three times as often" in slide(DECK, "New words")
    printed_by_gensims_lesson(
        "new words: ['drone']",
        "weights taken over: False",
        "as it is: still running",
        "init_weights: IN as trained: True, OUT zero: True",
        "reset_weights, then train: the model of section 1: True",
        "trace after load_native: False",
        "trace after Word2Vec.load: I was here",
    )


def test_lines_of_the_old_tutorial():
    text = raw_slide(DECK, "An old tutorial")
    table = set(gensim_impl.migration_table().splitlines())
    rows = re.findall(r"^\| `.*\|$", text, flags=re.MULTILINE)
    assert len(rows) == 8 and set(rows) <= table
    assert f"All {len(gensim_impl.CHANGES)} lines" in text
