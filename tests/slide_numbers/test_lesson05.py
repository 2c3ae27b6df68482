"""Numbers and code on the slides of lesson 05, computed again."""

import functools
import inspect
import re

import numpy as np
import pytest
import torch
from decks import (
    code_lines,
    figures_of,
    lesson_output,
    pair,
    raw_slide,
    row,
    slide,
    tree_of,
    vocabulary,
    without_spaces,
)

from course_lib import HuffmanTree, numpy_impl, torch_impl

DECK = "05_hierarchical_softmax"
figures = figures_of(DECK)
figures02 = figures_of("02_skip_gram")


def test_questions_for_a_word():
    text = slide(DECK, "Ask early")
    words, tree = vocabulary("wikipedia", 5), tree_of("wikipedia")
    for word in ("the", "water", "music", "crown"):
        index = words.index(word)
        code = "".join(map(str, tree.codes[index]))
        assert row(word, f"{words.counts[index]:,}", len(code), code) in text
    assert f"{tree.mean_path_length():.2f} questions, not {np.log2(len(words)):.1f}" in text
    assert f"list of {len(words):,} words takes {np.log2(len(words)):.1f} questions" in text
    assert f"takes {tree.mean_path_length():.2f}, on average" in text


def test_joins_of_five_words():
    text = slide(DECK, "Huffman: join the two rarest")
    tree = figures.TREE
    V = len(figures.COUNTS)
    names = [f"{w} {n}" for w, n in zip(figures.FIVE, figures.COUNTS, strict=True)]
    below = dict(enumerate(figures.COUNTS))
    children = {
        (node, turn): child
        for word, (path, code) in enumerate(zip(tree.points, tree.codes, strict=True))
        for node, turn, child in zip(path, code, [*(V + path[1:]), word], strict=True)
    }
    for node in range(V - 1):
        left, right = children[node, 0], children[node, 1]
        assert below[left] <= below[right]
        below[V + node] = below[left] + below[right]
        names.append(f"node {node} {below[V + node]}")
        makes = f"node {node}, " + ("the root" if node == V - 2 else f"count {below[V + node]}")
        assert row(f"{names[left]} + {names[right]}", makes) in text


def test_mean_path_and_entropy():
    text = slide(DECK, "A path is as long")
    trees = {
        "five words": figures.TREE,
        "Lee": tree_of("lee"),
        "Wikipedia": tree_of("wikipedia"),
    }
    for name, tree in trees.items():
        costs = tree.entropy(), tree.mean_path_length(), np.log2(len(tree.counts))
        assert row(name, *(f"{cost:.2f}" for cost in costs)) in text


def test_probabilities_sum_to_one_on_random_vectors():
    text = slide(DECK, "They sum to one")
    rng = np.random.default_rng(3)
    for V in (5, 50, len(vocabulary("wikipedia", 5))):
        tree = HuffmanTree.from_counts(rng.integers(1, 99, size=V))
        h, nodes = rng.normal(size=8), rng.normal(size=(V - 1, 8))
        total = numpy_impl.objectives.word_probabilities(h, nodes, tree).sum()
        assert row(f"{V:,} words", round(total, 9).astype(int)) in text
        assert total == pytest.approx(1, abs=1e-12)


@functools.cache
def path_by_hand():
    """Nodes, codes, scores, sigmoids, turns and errors on the way from king to crown."""
    path, code = figures.TREE.points[4], figures.TREE.codes[4]
    x = figures.NODES[path] @ figures.W[figures.KING]
    left = numpy_impl.objectives.sigmoid(x)
    return path, code, x, left, np.where(code == 0, left, 1 - left), left - (1 - code)


def test_turns_by_hand():
    text = slide(DECK, "By hand: from king")
    path, code, x, left, turns, _ = path_by_hand()
    for n, c, score, sigma, turn in zip(path, code, x, left, turns, strict=True):
        vector, side = pair(figures.NODES[n], 1), ("left", "right")[c]
        numbers = f"{score:.2f}", f"{sigma:.4f}", f"{c}, {side}", f"{turn:.4f}"
        assert row(n, vector, *numbers) in text
    p = turns.prod()
    product = r" \cdot ".join(f"{turn:.4f}" for turn in turns)
    assert f"= {product} = {p:.4f}" in text
    assert rf"L = -\log {p:.4f} = {-np.log(p):.4f}" in text
    h = figures.W[figures.KING]
    p_of_all = numpy_impl.objectives.word_probabilities(h, figures.NODES, figures.TREE)
    assert p_of_all[4] == pytest.approx(p)
    note = slide(DECK, "The probability is shared out")
    assert " + ".join(f"{value:.3f}" for value in p_of_all) + " is 1" in note


def test_errors_of_the_turns_by_hand():
    text = slide(DECK, "Three errors give")
    path, code, _, _, _, error = path_by_hand()
    h = figures.W[figures.KING]
    for n, c, e in zip(path, code, error, strict=True):
        assert row(n, 1 - c, f"{e:.4f}", pair(e * h, 4)) in text
    _, W_gradient, node_gradient = numpy_impl.objectives.skipgram_hierarchical_softmax(
        figures.W, figures.NODES, np.array([0]), *figures.TREE.padded_paths([4])
    )
    assert pair(W_gradient[0], 4) in text
    np.testing.assert_allclose(node_gradient[path], np.outer(error, h), rtol=1e-12)
    assert set(range(4)) - set(path.tolist()) == {1}
    assert row(1, "not on the path", "", "(0, 0)").replace("  ", " ") in text


def test_step_along_the_path_by_hand():
    text = slide(DECK, "One step: crown rises")
    h, nodes = figures.W[figures.KING], figures.NODES
    h_new, nodes_new = figures._after_one_step()
    assert row(r"$v_{\text{king}}$", pair(h, 1), pair(h_new, 3)) in text
    for n in (3, 2, 0):
        assert row(f"node {n}", pair(nodes[n], 1), pair(nodes_new[n], 3)) in text
    assert row("node 1", pair(nodes[1], 1), pair(nodes_new[1], 1)) in text
    before, after = (
        numpy_impl.objectives.word_probabilities(*vectors, figures.TREE)
        for vectors in ((h, nodes), (h_new, nodes_new))
    )
    assert f"falls from {-np.log(before[4]):.4f} to {-np.log(after[4]):.4f}" in text
    risen = [word for word, a, b in zip(figures.FIVE, before, after, strict=True) if b > a]
    assert risen == ["wears", "crown"]
    crown, wears = figures.TREE.points[4], figures.TREE.points[2]
    assert crown.tolist() == wears.tolist()  # two turns in common, the third taken the other way
    assert figures.TREE.codes[4][:2].tolist() == figures.TREE.codes[2][:2].tolist()
    _, EH, W_out_gradient = numpy_impl.objectives.softmax_loss(  # as in lesson 02
        figures02.W[0], figures02.W_OUT, figures02.CROWN
    )
    softmax = numpy_impl.objectives.softmax
    stepped = (figures02.W_OUT - 0.5 * W_out_gradient) @ (figures02.W[0] - 0.5 * EH)
    assert softmax(stepped)[2] < softmax(figures02.W_OUT @ figures02.W[0])[2]


def test_code_of_the_path_is_that_of_the_library():
    raw = raw_slide(DECK, "The same in NumPy")
    rng = np.random.default_rng(1)
    points, codes, mask = figures.TREE.padded_paths([4, 3, 1])
    scope = {
        "np": np, "sigmoid": numpy_impl.objectives.sigmoid, "points": points, "codes": codes,
        "mask": mask, "input_vectors": rng.normal(size=(5, 2)),
        "node_vectors": rng.normal(size=(4, 2)), "centers": np.array([0, 0, 2]),
        "node_gradient": np.zeros((4, 2)),
    }  # fmt: skip
    exec("\n".join(code_lines(raw)), scope)
    _, hidden_gradient, node_gradient = numpy_impl.objectives.logistic_loss(
        scope["hidden"], scope["node_vectors"], points, 1 - codes, mask
    )
    np.testing.assert_allclose(scope["hidden_gradient"], hidden_gradient, rtol=1e-12)
    np.testing.assert_allclose(scope["node_gradient"], node_gradient, rtol=1e-12)


def test_torch_code_of_the_path_is_that_of_the_library():
    raw = raw_slide(DECK, "Two judges")
    shown = without_spaces("\n".join(code_lines(raw)))
    library = inspect.getsource(torch_impl.objectives.skipgram_hierarchical_softmax)
    assert shown in without_spaces(library)
    module = torch_impl.objectives.SkipGramHierarchicalSoftmax(
        torch.tensor(figures.W), torch.tensor(figures.NODES)
    )
    assert code_lines(raw, "text") == str(module).splitlines()


def test_judges_of_the_path():
    text = slide(DECK, "Two judges")
    assert row("finite differences", "1e-9") in text
    assert row("autograd", "1e-12") in text
    assert text.count("1e-") == 2
    printed = lesson_output(DECK)
    for within in ("dL/dW, to 1e-9", "dL/dv', to 1e-9", "dL/dW, to 1e-12", "dL/dv', to 1e-12"):
        assert f"same {within}: True" in printed
    batch = figures.TREE.padded_paths([3, 4])
    with_mask, without = (
        numpy_impl.objectives.skipgram_hierarchical_softmax(
            figures.W, figures.NODES, np.array([0, 0]), *arrays
        )[2][0]
        for arrays in (batch, batch[:2])
    )
    assert f"{pair(without, 4)} in the place of {pair(with_mask, 4)}" in text


def test_toy_losses_of_tree_and_softmax():
    text = slide(DECK, "On the toy text")
    printed = lesson_output(DECK)
    toy = vocabulary("toy", 1)
    path = HuffmanTree.from_counts(toy.counts).mean_path_length()
    cells = {"full softmax": f"{len(toy)} scores", "hierarchical softmax": f"{path:.2f} turns"}
    for name, answered in cells.items():
        loss = re.search(rf"\| {name} \| (\S+) \| {answered} \|", text)[1]
        assert f"{name} {loss} nats a pair" in printed
    for word, near in re.findall(r"(king|paris) (?:is )?near ([a-z, ]+)", text):
        assert f"{word} {near}" in printed


def test_gensims_tree_is_ours():
    text = slide(DECK, "gensim: the same codes")
    V = len(vocabulary("lee", 5))
    assert f"codes and paths of {V:,} words" in text
    printed = lesson_output(DECK)
    for said in (
        f"{2 * V:,} codes and paths compared, all equal: True",
        "same IN vectors, bit for bit: True",
        "same node vectors, bit for bit: True",
        "the last row is zero: True",
    ):
        assert said in printed


def test_rows_of_syn1_are_nodes():
    text = slide(DECK, "False: row i of syn1")
    words, tree = vocabulary("lee", 5), tree_of("lee")
    V = len(words)
    for index, name in [(0, 0), (1, 1), (V - 2, f"{V - 2}, the root"), (V - 1, V - 1)]:
        below = sum(index in path for path in tree.points)
        assert row(name, f"{below:,} words", words.words[index]) in text
    own = sum(index in path for index, path in enumerate(tree.points))
    assert f"for {own} of {V:,} words" in text
    assert f"holds {V - 1:,} rows" in text


def test_neighbours_in_the_tree_have_the_same_count():
    text = slide(DECK, "False: neighbours in the tree")
    words, tree = vocabulary("wikipedia", 5), tree_of("wikipedia")
    siblings = re.findall(r"\| (\w+), (\w+) \| (\d+), (\d+) \|", text)
    assert len(siblings) == 3
    for first, second, *seen in siblings:
        one, other = (tree.codes[words.index(word)].tolist() for word in (first, second))
        assert (one[:-1], one[-1]) == (other[:-1], 1 - other[-1])
        assert [words.counts[words.index(word)] for word in (first, second)] == [*map(int, seen)]


def test_losses_of_other_trees_are_those_of_the_lesson():
    text = slide(DECK, "False: neighbours in the tree")
    told = {
        "Huffman": "Huffman",
        "the same, shuffled": "Huffman, words shuffled",
        "equal depth, shuffled": "equal depth, shuffled",
        "by meaning": "equal depth, by meaning",
    }
    for shown, name in told.items():
        path, short, long = re.search(rf"\| {shown} \| (\S+) \| (\S+) \| (\S+) \|", text).groups()
        printed = f"{name} path {path} d = 8: {short} nats d = 24: {long} nats"
        assert printed in lesson_output(DECK)


def test_turns_after_subsampling():
    text = slide(DECK, "Subsampling makes")
    words = vocabulary("wikipedia", 5)
    huffman, balanced = figures._turns_a_prediction()
    for name, sample, turns in zip(
        (0, "1e-3", "1e-4", "1e-5"), figures.SAMPLES, huffman, strict=True
    ):
        share = words.counts @ words.keep_probabilities(sample) / words.counts.sum()
        assert row(name, f"{share:.0%}", f"{turns:.2f}") in text
    assert f"equal depth, {balanced[-1]:.2f} turns, would be shorter" in text
    assert huffman[-1] > balanced[-1]
    assert huffman[-2] < balanced[-2]
    counted = slide(DECK, "Against negative sampling")
    assert row("hierarchical softmax", f"{huffman[1]:.1f}") in counted
    assert row("full softmax", f"{len(words):,}") in counted


def test_hs_alone_trains_both():
    text = slide(DECK, "False: hs=1 alone")
    for settings, syn1, syn1neg in re.findall(r"\| (hs=\S+(?: \S+)?) \| (\w+) \| (\w+) \|", text):
        printed = f"{settings} syn1: {syn1}, syn1neg: {syn1neg}"
        assert printed in lesson_output(DECK)
    assert text.count("moved") == 4
    for other in ("hs=1, negative=0", "hs=0"):
        said = f"IN vectors of hs=1 like those of {other}: False"
        assert said in lesson_output(DECK)


def test_twins_found_are_those_of_the_lesson():
    text = slide(DECK, "Rare words, frequent words")
    table = re.findall(r"\| ([\w ]+, \$d = \d+\$) \| (\w+) \| ([\d. to]+) \| ([\d. to]+) \|", text)
    assert len(table) == 4
    for case, group, ns, hs in table:
        where = rf"{re.escape(case.replace('$', ''))}, {group} \([\d to]+ times\)"
        printed = f"{where} negative sampling {ns}, hierarchical softmax {hs}"
        assert re.search(printed, lesson_output(DECK))
