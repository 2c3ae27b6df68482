"""Numbers and code on the slides of lesson 02, computed again."""

import functools
import inspect
import re

import numpy as np
import pytest
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
    without_spaces,
)

from course_lib import datasets, numpy_impl, projections, torch_impl
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.pairs import skipgram_pairs

DECK = "02_skip_gram"
figures = figures_of(DECK)


def test_company_of_four_words():
    text = slide(DECK, "Related words")
    for word in ("language", "war", "water", "music"):
        company = re.search(rf"\| {word} \| (.*?) \|", text)[1]
        assert f"{word} {company}" in lesson_output(DECK)


def test_pairs_of_the_sentence():
    raw = raw_slide(DECK, "A window turns")
    centers, contexts = skipgram_pairs(np.arange(7), window=2)
    assert f"**{len(centers)} pairs**" in raw
    sentence = np.array(figures.SENTENCE)
    listed = [f"golden → {word}" for word in sentence[contexts[centers == 4]]]
    assert " · ".join(listed) in raw
    each = ", ".join(map(str, np.bincount(centers)))
    assert f"{each} makes {len(centers)}" in plain(raw)


@functools.cache
def by_hand():
    scores = figures.W_OUT @ figures.W[figures.KING]
    y_hat = numpy_impl.objectives.softmax(scores)
    loss, EH, W_out_gradient = numpy_impl.objectives.softmax_loss(
        figures.W[figures.KING], figures.W_OUT, figures.CROWN
    )
    return scores, y_hat, loss, EH, W_out_gradient


def test_scores_and_probabilities_by_hand():
    text = slide(DECK, "By hand")
    scores, y_hat, loss, *_ = by_hand()
    for index, word in enumerate(figures.FIVE):
        numbers = f"{scores[index]:.2f}", f"{np.exp(scores[index]):.3f}", f"{y_hat[index]:.3f}"
        assert row(word, pair(figures.W_OUT[index], 1), *numbers) in text
    total = np.exp(scores).sum()
    assert f"{total:.3f} | {y_hat.sum():.3f} |" in text
    power, probability = np.exp(scores[figures.CROWN]), y_hat[figures.CROWN]
    assert f"{power:.3f} / {total:.3f} = {probability:.3f}" in text
    assert rf"-\log {probability:.3f} = {loss:.3f}" in text
    assert rf"\log 5 = {np.log(5):.3f}" in text
    assert f"v_{{\\text{{king}}}} = {pair(figures.W[figures.KING], 1)}" in text
    assert rf"0.2 \cdot 1.0 + 0.4 \cdot 0.5 = {scores[figures.CROWN]:.1f}" in text


def test_errors_and_gradients_by_hand():
    text = slide(DECK, "The errors sum to zero")
    _, y_hat, _, EH, W_out_gradient = by_hand()
    error = y_hat - np.eye(5)[figures.CROWN]
    assert error.sum() == pytest.approx(0, abs=1e-12)
    for word, e, gradient in zip(figures.FIVE, error, W_out_gradient, strict=True):
        assert row(word, f"{e:.3f}", pair(gradient, 4)) in text
    assert pair(EH, 4) in text


def test_one_step_by_hand():
    text = slide(DECK, "One step with")
    _, _, loss, _, _ = by_hand()
    W_new, W_out_new = figures._after_one_step()
    king = figures.KING
    before_and_after = {r"v_{\text{king}}": (figures.W[king], W_new[king])}
    for index, word in enumerate(figures.FIVE):
        name = f"u_{{\\text{{{word}}}}}"
        before_and_after[name] = figures.W_OUT[index], W_out_new[index]
    for name, (before, after) in before_and_after.items():
        assert row(f"${name}$", pair(before, 1), pair(after, 3)) in text
    loss_after = numpy_impl.objectives.softmax_loss(W_new[king], W_out_new, figures.CROWN)[0]
    assert f"α = {figures.ALPHA} takes the loss from {loss:.3f} to {loss_after:.3f}" in text


def test_code_on_the_slides_is_that_of_the_library():
    lines = code_lines(raw_slide(DECK, "The same in NumPy"))
    source = inspect.getsource(numpy_impl.objectives.skipgram_softmax)
    assert len(lines) == 6
    block = re.search(r"```python\n.*?```", raw_slide(DECK, "The same in NumPy"), re.DOTALL)
    (told,) = [cell for cell in lesson_cells(DECK) if "heart is six lines" in cell]
    assert plain(block[0]) in plain(told)
    for line in lines[:-1]:
        assert line in source
    assert lines[-1].removeprefix("output_gradient = ") in source

    proof = raw_slide(DECK, "Two judges")
    source = inspect.getsource(torch_impl.objectives.skipgram_softmax)
    assert without_spaces("".join(code_lines(proof))) in without_spaces(source)
    W, W_out = torch.tensor(figures.W), torch.tensor(figures.W_OUT)
    model = torch_impl.objectives.SkipGramSoftmax(W, W_out)
    assert "\n".join(code_lines(proof, "text")) == repr(model)


def test_two_judges():
    text = slide(DECK, "Two judges")
    W, W_out = figures.W, figures.W_OUT
    centers, contexts = np.array([0, 0, 0, 3, 2]), np.array([4, 4, 1, 1, 2])
    _, on_paper, _ = numpy_impl.objectives.skipgram_softmax(W, W_out, centers, contexts)
    by_differences = numerical_gradient(
        lambda matrix: numpy_impl.objectives.skipgram_softmax(matrix, W_out, centers, contexts)[0],
        W,
    )
    W_torch = torch.tensor(W, requires_grad=True)
    torch_impl.objectives.skipgram_softmax(
        W_torch, torch.tensor(W_out), torch.tensor(centers), torch.tensor(contexts)
    ).backward()
    error = numpy_impl.objectives.softmax(W[centers] @ W_out.T)
    error[np.arange(5), contexts] -= 1
    plus_equals = np.zeros_like(W)
    plus_equals[centers] += error @ W_out
    for judge, verdict, within in [
        ("finite differences", by_differences, "1e-9"),
        ("autograd", W_torch.grad.numpy(), "1e-12"),
    ]:
        assert row(judge, within) in text
        np.testing.assert_allclose(verdict, on_paper, rtol=0, atol=float(within))
    assert row("+=, no np.add.at", "differs") in text
    assert np.abs(plus_equals - on_paper).max() > 0.1


def test_toy_text():
    raw = raw_slide(DECK, "To see meaning")
    toy = datasets.load_corpus("toy")
    assert code_lines(raw, "text") == [" ".join(tokens) for tokens in toy[:6]]
    for group, members in datasets.TOY_GROUPS.items():
        assert row(group, " ".join(members)) in raw
    settings = figures.TOY
    told = f"{len(vocabulary('toy', 1))} words, {settings.vector_size} dimensions"
    assert f"{told}, {settings.epochs} epochs" in raw
    assert f"{len(toy):,} sentences" in raw


def test_loss_of_the_toy_text():
    trained = figures._trained()
    text = slide(DECK, "The loss cannot fall")
    log_V, floor = np.log(len(trained)), figures._floor()
    assert rf"\log V = {log_V:.3f}$, floor ${floor:.3f}$" in text
    last, above = trained.losses[-1], trained.losses[-1] - floor
    assert f"reached ${last:.3f}$: {above:.2f} above" in text
    assert f"last epoch: {last:.2f} nats a pair, {above:.2f} above" in lesson_output(DECK)
    assert np.all(np.diff(trained.losses) < 0)  # still falling


def test_neighbours_of_the_toy_text():
    trained = figures._trained()
    text = slide(DECK, "Four clusters")
    assert f"in all {trained.input_vectors.shape[1]} dimensions" in text
    for word in ("king", "paris", "cat"):
        near = [f"{other} {cosine:.2f}" for other, cosine in trained.most_similar(word, topn=3)]
        assert f"{word}: {', '.join(near)}" in text
        assert f"{word} {', '.join(near)}" in lesson_output(DECK)


def test_four_clusters_with_the_royals_among_the_people():
    trained, groups = figures._trained(), datasets.TOY_GROUPS
    people = groups["royalty"] + groups["people"]
    clusters = [people, groups["countries"], groups["capitals"], groups["animals"]]
    rows = trained.vocabulary.encode([word for cluster in clusters for word in cluster])
    cluster_of = np.repeat(np.arange(4), [len(cluster) for cluster in clusters])
    points = projections.project(trained.input_vectors[rows]).points
    centres = np.array([points[cluster_of == number].mean(axis=0) for number in range(4)])
    distances = np.linalg.norm(points[:, None] - centres[None], axis=2)
    assert distances.argmin(axis=1).tolist() == cluster_of.tolist()
    own = np.take_along_axis(distances, cluster_of[:, None], axis=1)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)[~np.eye(4, dtype=bool)]
    assert apart.min() > 2 * own.max()
    for royal in groups["royalty"]:
        assert trained.most_similar(royal, topn=1)[0][0] in people
    royal_centre, common_centre = points[:4].mean(axis=0), points[4:8].mean(axis=0)
    assert np.linalg.norm(royal_centre - common_centre) < apart.min() / 3


def test_analogies_of_the_toy_text():
    trained = figures._trained()
    text = slide(DECK, "A famous analogy")
    for first, minus, plus in [("king", "man", "woman"), ("paris", "france", "italy")]:
        answer, cosine = trained.most_similar([first, plus], [minus], topn=1)[0]
        alone = trained.most_similar(plus, topn=1)[0][0]
        question = f"{first} - {minus} + {plus}"
        assert row(question, f"{answer} {cosine:.2f}", f"{plus}: {alone}") in text
        told = f"{question} = {answer} ({cosine:.2f}); nearest to {plus}: {alone}"
        assert told in lesson_output(DECK)


def test_company_and_meeting():
    text = slide(DECK, "False: similar company")
    trained, counted = figures._trained(), figures._pair_counts()
    pairs = re.findall(r"^\| (\w+), (\w+) \|", raw_slide(DECK, "False: similar"), re.MULTILINE)
    assert len(pairs) == 6
    for first, second in pairs:
        rows = [trained.vocabulary.index(word) for word in (first, second)]
        in_in = trained.similarity(first, second)
        in_out = trained.similarity(first, second, target="out")
        meetings = counted[tuple(rows)]
        assert row(f"{first}, {second}", meetings, f"{in_in:.2f}", f"{in_out:.2f}") in text
        told = f"{first} {second} pairs {meetings} IN-IN {in_in:.2f} IN-OUT {in_out:.2f}"
        assert told in lesson_output(DECK)


def test_a_start_with_two_zero_matrices_never_moves():
    assert "zeros in $W'$" in slide(DECK, "Step 4")
    pairs = np.array([0, 0, 3]), np.array([4, 1, 2])
    zeros = np.zeros_like(figures.W)
    loss, *gradients = numpy_impl.objectives.skipgram_softmax(figures.W, zeros, *pairs)
    assert loss / 3 == pytest.approx(np.log(5))
    assert np.any(gradients[1])
    _, *gradients = numpy_impl.objectives.skipgram_softmax(zeros, zeros, *pairs)
    assert not np.any(gradients)


def test_one_matrix_numbers_are_those_of_the_lesson():
    text = slide(DECK, "False: one matrix")
    for name in ("two matrices", "one matrix"):
        loss, itself = re.search(rf"\| {name} \| (\S+) \| (\S+) \|", text).groups()
        assert f"{name} loss {loss} p(w | w) {itself}" in lesson_output(DECK)
    itself = re.search(r"\| in the text \| \| (\S+) \|", text)[1]
    assert f"in the text p(w | w) {itself}" in lesson_output(DECK)


def test_cost_of_a_pair():
    text = slide(DECK, "gensim has no full softmax")
    V, d, k = len(vocabulary("wikipedia", 5)), 50, 5
    assert f"$V = {V:,}$ and $d = {d}$" in text
    assert row("softmax", "$V d$", f"{V * d:,}") in text
    assert row(f"{k} negative samples", r"$(k + 1)\, d$", (k + 1) * d) in text
    assert f"{V / (k + 1):,.0f} times fewer" in text


def test_real_neighbours_are_those_of_the_lesson():
    text = slide(DECK, "On real text")
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \|", text)
    assert len(table) == 6
    for word, near in table:
        assert f"{word} {near}" in lesson_output(DECK)
