"""Numbers and code on the slides of lesson 09, computed again."""

import re
from itertools import permutations

import numpy as np
import pytest
from decks import (
    code_lines,
    figures_of,
    lesson,
    lesson_cells,
    lesson_output,
    pair,
    plain,
    raw_slide,
    row,
    slide,
)
from gensim.models import Word2Vec

from course_lib import evaluation
from course_lib.embeddings import unit
from course_lib.evaluation.similarity import spearman
from course_lib.projections import project

DECK = "09_looking_and_judging"
figures = figures_of(DECK)


def table(title):
    """The cells of every line of a slide's table, without its head."""
    lines = [line for line in raw_slide(DECK, title).splitlines() if line.startswith(("| ", "|-"))]
    return [[plain(cell) for cell in line.strip("|").split("|")] for line in lines[2:]]


def printed(line):
    """Whether the lesson has printed this, whatever the spaces."""
    return plain(line) in lesson_output(DECK)


def test_five_sentences_train_nothing():
    text = slide(DECK, "The same picture before training")
    after, before = figures._tutorial().wv.vectors, figures._tutorial_start()
    moved = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    assert f"moved: {moved.max():.1%} of its length" in text
    assert f"{sum(len(line.split()) for line in figures.LINES)} tokens" in text
    assert np.allclose(project(after).points, project(before).points, atol=1e-3)
    near = []
    for seed in (1, 2, 3):
        sentences = [line.split() for line in figures.LINES]
        model = Word2Vec(sentences, min_count=1, workers=1, seed=seed)
        near.append(" ".join(word for word, _ in model.wv.most_similar("king", topn=3)))
    assert " / ".join(near) in text


def test_what_the_shadow_loses():
    text = slide(DECK, "A picture of 2 of 32")
    for name, share in table("A picture of 2 of 32"):
        assert printed(f"{name} nearest word of the own kind: {share}")
    kept, chance = (
        re.search(rf"five nearest kept by {what}: (\d+%)", lesson_output(DECK))[1]
        for what in ("the picture", "chance")
    )
    assert f"{kept} of the five nearest words (by chance {chance})" in text
    held = re.search(r"variance held by the picture: (\d+%)", lesson_output(DECK))[1]
    assert f"The picture holds {held} of the variance" in text
    assert f"{len(figures.KIND_OF)} words holds {held}" in slide(DECK, "A picture with 71%")
    assert project(figures._vectors()).shares.sum() == pytest.approx(
        float(held[:-1]) / 100, abs=0.02
    )


def test_five_words_on_a_line():
    text = slide(DECK, "By hand: five words")
    X = figures.W - figures.W.mean(axis=0)
    direction = np.array([2, 1]) / np.sqrt(5)
    for word, place, seen in zip(figures.FIVE, X, X @ direction, strict=True):
        assert row(word, pair(place + 0.0, 1).replace("-0.0", "0.0"), f"{seen + 0.0:.3f}") in text
    C = X.T @ X
    raw = raw_slide(DECK, "By hand: five words")
    assert rf"{C[0, 0]:.2f} & {C[0, 1]:.2f} \\ {C[1, 0]:.2f} & {C[1, 1]:.2f}" in raw
    assert f"- {np.trace(C):.1f} \\lambda + {np.linalg.det(C):.1f} = 0" in text
    assert np.allclose(np.linalg.eigvalsh(C), [0.8, 2.0])
    assert project(figures.W).shares == pytest.approx([2 / 2.8, 0.8 / 2.8])
    assert np.abs(project(figures.W).points[:, 0]) == pytest.approx(np.abs(X @ direction))
    assert f"{2 / 2.8:.0%}" == "71%"


def test_the_picture_turns_the_order_round():
    X = figures.W - figures.W.mean(axis=0)
    seen = np.sort(X @ np.array([2, 1]) / np.sqrt(5))
    for name, true, drawn in table("A picture with 71%"):
        first, second = (figures.FIVE.index(word) for word in name.split(" to "))
        assert true == f"{np.linalg.norm(X[first] - X[second]):.3f}"
        line = (X[first] - X[second]) @ np.array([2, 1]) / np.sqrt(5)
        assert drawn == f"{abs(line):.3f}"
    assert np.allclose(np.diff(seen), 0.4472, atol=1e-4)
    assert "0.447 from the next" in slide(DECK, "A picture with 71%")


def test_rank_correlation_by_hand():
    rows = table("By hand: five pairs")
    judged = {pair[:2]: pair.score for pair in evaluation.read_pairs("wordsim353")}
    people, r, cosines, q, squares = (np.array(c, float) for c in list(zip(*rows, strict=True))[1:])
    for name, score in zip(rows, people, strict=True):
        assert judged[tuple(name[0].split())] == score
    assert np.array_equal(np.argsort(np.argsort(people)) + 1, r)
    assert np.array_equal(np.argsort(np.argsort(cosines)) + 1, q)
    assert np.array_equal((r - q) ** 2, squares)
    assert squares.sum() == 8
    rho = 1 - 6 * 8 / (5 * 24)
    assert rho == pytest.approx(0.6) == pytest.approx(spearman(people, cosines))
    orders = [1 - 6 * sum((np.array(o) - r) ** 2) / 120 for o in permutations(range(1, 6))]
    said = f"{sum(each > 0.6 - 1e-9 for each in orders)} of the {len(orders)} orders"
    assert said in slide(DECK, "By hand: five pairs")


def test_formula_of_ranks_is_the_correlation():
    rng = np.random.default_rng(1)
    r, q = rng.permutation(9) + 1, rng.permutation(9) + 1
    assert spearman(r, q) == pytest.approx(1 - 6 * np.sum((r - q) ** 2) / (9 * 80))
    assert np.sum((r - r.mean()) ** 2) == pytest.approx(9 * 80 / 12)


def test_planted_sizes_and_distances():
    (_, width, drawn), (_, gap, drawn_gap) = table("Sizes and distances of heaps")
    assert printed(f"width, second group / first: true {width}, drawn {drawn}: True")
    far = "distance, second to third / first to second:"
    assert printed(f"{far} true {gap}, drawn {drawn_gap}: True")


def test_two_lists_on_the_same_pairs():
    for words, related, similar, cosine, share in table("Similar, or related?"):
        told = related.replace("\N{EN DASH}", "-")
        assert printed(f"{words} {told} {similar} {cosine} {share}")
    text = slide(DECK, "Similar, or related?")
    for name, shown in (("wordsim353", "WordSim353"), ("simlex999", "SimLex-999")):
        scores = re.search(rf"{name} three seeds: ([\d., ]+);", lesson_output(DECK))[1].split(", ")
        assert f"{shown} {min(scores)} to {max(scores)}" in text


def test_scores_with_intervals():
    for name, pairs, score, interval, deviation, best in table("How sure is it?"):
        assert printed(
            f"{name} {pairs} pairs: {score}, interval {interval}; random vectors: deviation "
            f"{deviation}, best of 100: {best}"
        )
    found = figures._on_lee()
    assert f"{found.covered} pairs: {found.spearman:.2f}" in lesson_output(DECK)
    held = re.search(r"held by (\d+) of 200", lesson_output(DECK))[1]
    assert f"{held} of 200 intervals" in slide(DECK, "How sure is it?")
    text = slide(DECK, "On Lee the score")
    assert f"{found.unknown:.0%} of the pairs" in text
    dummy = re.search(r"dummy4unknown=True : Spearman (-?\d\.\d\d)", lesson_output(DECK))[1]
    assert f"from {found.spearman:.2f} to {dummy}" in text


def test_three_kinds_of_chance():
    names = {"the seed": "other seeds", "the documents": "other documents"}
    for name, scores in table("Pairs, seeds, documents"):
        assert printed(f"{names.get(name, 'other pairs')} {scores}")


def test_analogies():
    lines = {name.split(",")[0]: share for name, share in table("Analogies: who did")}
    assert printed(f"right, query words excluded: {lines['query words excluded']}")
    assert printed(f"right, 3CosMul: {lines['3CosMul']}")
    assert printed(f"right, nothing excluded: {lines['nothing excluded']}")
    alone = (
        lines["nearest to $c$ alone"]
        if "nearest to $c$ alone" in lines
        else lines["nearest to c alone"]
    )
    assert printed(f"right, nearest to c alone: {alone}")
    assert printed("questions: 3,822 of 19,544 have known words")
    own = re.search(r"answer is a word of the question: (\d+%)", lesson_output(DECK))[1]
    assert f"in {own} of the cases" in slide(DECK, "Analogies: who did")


def test_comparison():
    blocks = re.findall(
        r"against SG-NS at (5 epochs|equal time): (.*?)(?=against|SG-HS,)", lesson_output(DECK)
    )
    assert [name for name, _ in blocks] == ["5 epochs", "equal time"]
    rows = [cells for cells in table("The interval of the difference") if len(cells[1]) == 5]
    for (_, block), shown in zip(blocks, (rows[:4], rows[4:]), strict=True):
        assert len(shown) == 4
        for name, difference, interval, verdict in shown:
            assert f"{name} {difference} interval {interval} {verdict}" in block
    code = "\n".join(lesson_cells(DECK))
    for name, equal_epochs, epochs, equal_time in table("At equal what?"):
        assert printed(f"{name} {equal_epochs} {equal_time}")
        assert f'"{name}": ({epochs.split()[0]}, ' in code
    told = re.findall(
        r"(\d\.\d\d) → (\d\.\d\d) \((?:difference )?([-\d.]+ to [-\d.]+)\)",
        slide(DECK, "At equal what?"),
    )
    for name, (old, new, interval) in zip(("wordsim353", "simlex999"), told, strict=True):
        rates = f"rate 0.05 {old}, rate 0.1 {new}, difference {interval}"
        assert printed(f"SG-HS, {name}{' ' * (name == 'simlex999')}: {rates}")


def test_intervals_in_the_figure_are_those_of_the_lesson():
    shown = [
        plain("".join(output["data"]["text/plain"]))
        for cell in lesson(DECK)
        for output in cell.get("outputs", [])
        if "text/plain" in output.get("data", {})
    ]
    (alt,) = (text for text in shown if "SG-HS, 5 epochs" in text)
    assert len(figures.COMPARISON) == 10
    told = plain(figures.comparison().alt)
    for part in told.split(": ", 1)[1].rstrip(".").split("; "):
        assert part in alt


def test_stability_and_the_turn():
    for count, seeds, documents in table("Neighbours: three in ten"):
        found = rf"{re.escape(count)} \d+ {seeds} {documents}"
        assert re.search(found, lesson_output(DECK)), count
    for name, before, after in table("Two runs are one space"):
        assert re.search(
            rf"{name} before -?{before}, after the turn {after}", lesson_output(DECK)
        ), name


def test_rotation_is_the_product_of_the_two_sides():
    rng = np.random.default_rng(1)
    A, B = unit(rng.normal(size=(2, 20, 4)))
    U, _, Vt = np.linalg.svd(A.T @ B)
    words = [f"w{number}" for number in range(20)]
    spaces = [
        figures.Embeddings(figures.Vocabulary(words), np.ascontiguousarray(each)) for each in (A, B)
    ]
    assert np.allclose(evaluation.procrustes(*spaces), U @ Vt)
    left = np.sum((A @ U @ Vt - B) ** 2)
    right = np.sum(A**2) + np.sum(B**2) - 2 * np.trace((U @ Vt).T @ A.T @ B)
    assert left == pytest.approx(right)


def test_default_settings_on_lee():
    rows = dict(table("A cosine of 0.9"))
    mean = rows["mean cosine of all pairs of words"]
    assert printed(f"mean cosine of all pairs of words: {mean}")
    assert printed(f"of words: {mean} WordSim353: {rows['WordSim353']}")


def test_code_of_pca_stands_in_the_lesson():
    cells = "\n".join(lesson_cells(DECK))
    for line in code_lines(raw_slide(DECK, "Without C")):
        assert line in cells
