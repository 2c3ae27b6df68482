"""Numbers and code on the slides of lesson 10, computed again."""

import re

import numpy as np
import pytest
from decks import (
    code_lines,
    figures_of,
    lesson,
    lesson_cells,
    lesson_output,
    plain,
    raw_slide,
    row,
    slide,
    without_spaces,
)

from course_lib import numpy_impl

DECK = "10_fine_tuning"
figures = figures_of(DECK)

W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
W_OUT = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0], [0.2, 0.4]])


def printed(*texts):
    """Require that lesson 10 has printed each of the texts."""
    for text in texts:
        assert plain(text) in lesson_output(DECK), text


def columns(name):
    """The lines `name  0.1 0.2 0.3   0.2 ...` that the lesson prints: a list for each place."""
    numbers = re.findall(rf"{re.escape(name)}((?: -?\d\.\d\d){{9}})", lesson_output(DECK))
    return [np.reshape([float(n) for n in line.split()], (3, 3)).tolist() for line in numbers]


def test_neighbours_before_and_after():
    text = slide(DECK, "Six epochs on the news")
    table = re.findall(r"\| (\w+) \| ([\w, ']+) \| ([\w, ']+) \|", text)
    assert [word for word, _, _ in table] == figures.ASKED
    for word, before, after in table:
        for space, near in [(figures._base(), before), (figures._tuned().embeddings, after)]:
            assert near == ", ".join(other for other, _ in space.most_similar(word, topn=4))
            printed(f"{word} {near}")


def test_nothing_moved():
    before, after, own = figures._recipe()
    assert len(own) == 13  # as the alt text of the figure says
    old, new = (
        np.array([space.vector(word) for word in own], dtype=float) for space in (before, after)
    )
    steps = np.linalg.norm(new - old, axis=1) / np.linalg.norm(old, axis=1)
    text = slide(DECK, "Nothing moved")
    assert float(re.search(r"moved by (\d)% of its length or less", text)[1]) / 100 >= steps.max()
    assert sum(len(sentence.split()) for sentence in figures.SENTENCES) == 22
    printed("words of the file, cosine above 0.999: True")


def test_update_by_hand():
    text = slide(DECK, "One update by hand")
    v, start, alpha, a = W[0], np.array([0.8, 0.7]), 0.5, 0.2
    pair = np.array([0]), np.array([4]), np.array([[2]])
    _, gradients, out = numpy_impl.objectives.skipgram_negative_sampling(W, W_OUT, *pair)
    gradient, spring = gradients[0], a * (v - start)
    e = 1 / (1 + np.exp(-W_OUT[[4, 2]] @ v)) - [1, 0]
    assert rf"= {e[0]:.3f}$" in text
    assert rf"= {e[1]:.3f}$" in text
    assert f"({gradient[0]:.4f}, {gradient[1]:.4f})" in text
    assert f"({spring[0]:.2f}, {spring[1]:.2f})" in text
    for lock in (1, 0.1, 0):
        x, y = v - alpha * lock * (gradient + spring)
        assert row(lock, f"({x:.4f}, {y:.4f})") in text
    crown = (W_OUT - alpha * out)[4]
    assert f"({crown[0]:.4f}, {crown[1]:.4f})" in text  # the note


def test_step_in_numpy_is_a_cell_of_the_lesson():
    on_the_slide = "\n".join(code_lines(raw_slide(DECK, "The same in NumPy")))
    cell = next(c for c in lesson_cells(DECK) if "def tuned_step(" in c)
    assert without_spaces(on_the_slide) == without_spaces(re.sub(r'    """.*?"""\n', "", cell))
    printed("differences: True", "autograd: True", "lock 0.5 goes half as far: True")
    printed("lock 0 moves no bit: True")


def test_optimisers():
    text = slide(DECK, "Adam and Adagrad undo a lock")
    answer = r"(yes|no) \|"
    pattern = rf"\| (\w[\w, ]*?) \| (\d+%) as far \| {answer} {answer} {answer}"
    table = re.findall(pattern, text)
    assert len(table) == 6
    for name, share, frozen, later, never in table:
        goes = f"{name} a word with lock 0.1 goes {share} as far as a free one"
        printed(f"{goes}; with lock 0 it moves: {frozen == 'yes'}")
        said = (f"a word that came no more moves: {later == 'yes'}",
                f"a word that never came: {never == 'yes'}")  # fmt: skip
        printed(f"{name} {said[0]} {said[1]}")


@pytest.mark.parametrize(
    ("title", "words"),
    [("PyTorch: a rate", "optimiser = torch.optim.SGD("), ("gensim 4: five steps", "plain.train(")],
)
def test_code_is_in_the_lesson(title, words):
    cell = next(c for c in lesson_cells(DECK) if words in c)
    cell = without_spaces(cell.replace("plain.", "model.").replace("torch.nn.", ""))
    lines = [without_spaces(line) for line in code_lines(raw_slide(DECK, title)) if line.strip()]
    for line in lines:
        if "from_pretrained(M" not in line:
            assert line in cell, line


def test_curves_are_those_of_the_lesson():
    for typed, names in [
        (figures.AGREEMENT, ["free", "lock 0.1", "from nothing", "untouched"]),
        (figures.BY_SIZE, ["fine-tuned", "fine-tuned, and the other words", "from nothing"]),
        (figures.KEPT, ["free", "lock 0.1"]),
    ]:
        assert set(names) <= set(typed)
        for name, values in typed.items():
            assert np.shape(values) == (3, 3)
            assert values in columns(name), name


def test_rivals():
    alt = next(
        output["data"]["text/plain"]
        for cell in lesson(DECK)
        for output in cell.get("outputs", [])
        if "tf-idf, no vectors" in "".join(output.get("data", {}).get("text/plain", ""))
    )
    alt = plain("".join(alt))
    for name, (middle, low, high) in figures.RIVALS.items():
        assert f"{name} {middle:.2f} ({low:.2f} to {high:.2f})" in alt
    text = slide(DECK, "Training on the news helps")
    table = re.findall(r"\| ([\w.,\- ]+?) - ([\w ]+?) \| ([^|]+?) \|", text)
    assert len(table) == 5
    for better, worse, said in table:
        long = {"tf-idf": "tf-idf, no vectors"}.get(better, better)
        printed(f"{long} less {worse} {said.replace(', ', ': ').replace('):', '):')}")


def test_swollen_vocabulary():
    text = slide(DECK, "Trap: all words of the file")
    for name, small, large in re.findall(r"\| ([\w ]+) \| ([\d.]+%) \| ([\d.]+%) \|", text)[:3]:
        printed(f"{name} file of 9,550: {small} file of 400,000: {large}")
    for label, name in [("the recipe", "recipe:"), ("own words only", "ours:")]:
        pattern = rf"\| {label} \| (\S+) to (\S+) \| (\S+) \| (\S+) to (\S+) \|"
        line = re.search(pattern, text).groups()
        said = (
            f"seed 1, {name} mean cosine {line[0]}, then {line[1]}; common to all words:"
            f" {line[2]} of the movement; neighbours from the text: {line[3]}, then {line[4]}"
        )
        printed(said)


def test_a_lock_is_a_slow_clock():
    text = slide(DECK, "A lock is not an anchor")
    times, left = re.search(r"with (\w+) times the epochs is no protection: (\d+%)", text).groups()
    assert (times, 48 / 6) == ("eight", 8)
    printed(f"lock 0.1, 48 epochs: keeps {left}")
    after_6_free = figures.KEPT["free"][figures.EPOCHS.index(6)]
    assert after_6_free == [int(left[:-1]) / 100] * 3


def test_no_turn():
    text = slide(DECK, 'Trap: "the space has turned')
    for name in ("free", "from nothing"):
        found = re.findall(
            rf"{name} seed \d: (\S+), aligned (\S+) \(shuffled (\S+)\)", lesson_output(DECK)
        )
        assert len(found) == 3
        spans = []
        for values in zip(*found, strict=True):
            low, high = min(values), max(values)
            spans.append(low if low == high else f"{low} to {high}")
        assert row(name, *spans) in text


def test_cone():
    text = slide(DECK, "Had we left the mean")
    for name in ("free", "from nothing"):
        cells = re.search(rf"\| {name}" + r" \| (\S+)" * 4 + r" \|", text).groups()
        raw, words, documents, narrow = cells
        printed(
            f"{name} not centred {raw}, words {words}, documents {documents};"
            f" mean cosine of two words {narrow}"
        )


def test_lock_of_the_wrong_type():
    text = slide(DECK, "Trap: a lock of the wrong type")
    assert plain(str(np.full(1, 0.1).view(np.float32))) in text
    printed("words that moved, even rows: 0%")


def test_starved_and_saturated():
    text = slide(DECK, "Traps: starved, and saturated")
    for sample, kept in re.findall(r"\| sample=(\S+) \| (\d+) \|", text):
        value = "0.001" if sample == "1e-3" else sample
        printed(f"sample={value}: of 22 tokens an epoch, {kept} are trained on")
    for stretch, skipped, near in re.findall(r"\| by (\d) \| (\d+%) \| ([\w, ]+) \|", text):
        printed(f"stretched by {stretch}: {skipped} of the scores are skipped; test: {near}")
