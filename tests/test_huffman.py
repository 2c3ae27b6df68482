import functools
import itertools
from fractions import Fraction

import numpy as np
import pytest
from gensim.models import Word2Vec

from course_lib import HuffmanTree, Vocabulary, datasets


def gensims_tree(counts):
    """Codes and points that gensim finds for words with these counts, in this order."""
    model = Word2Vec(vector_size=1, min_count=1, hs=1, negative=0, sorted_vocab=0)
    model.build_vocab_from_freq({f"w{i}": int(count) for i, count in enumerate(counts)})
    rows = range(len(counts))
    assert [model.wv.get_vecattr(i, "count") for i in rows] == list(counts)
    return tuple([model.wv.get_vecattr(i, name) for i in rows] for name in ("code", "point"))


def assert_gensims(counts):
    tree = HuffmanTree.from_counts(counts)
    for ours, theirs in zip((tree.codes, tree.points), gensims_tree(counts), strict=True):
        assert [row.tolist() for row in ours] == [list(map(int, row)) for row in theirs]


def random_counts(seed, highest):
    """A few to 200 counts with many ties, in falling order or in none."""
    rng = np.random.default_rng([seed, highest])
    counts = rng.integers(1, highest + 1, size=rng.integers(2, 201))
    return np.sort(counts)[::-1] if seed % 2 else counts


MANY = [
    random_counts(seed, highest) for seed, highest in itertools.product(range(8), (1, 3, 20, 10**6))
]


@pytest.mark.parametrize("counts", MANY, ids=range(len(MANY)))
def test_codes_and_points_are_gensims(counts):
    assert_gensims(counts)


@pytest.mark.parametrize("V", range(1, 12))
def test_codes_and_points_are_gensims_in_small_vocabularies(V):
    rng = np.random.default_rng(V)
    for counts in (np.ones(V, dtype=int), np.arange(V, 0, -1), rng.integers(1, 4, size=V)):
        assert_gensims(counts)


def test_codes_and_points_are_gensims_on_real_text():
    counts = Vocabulary.from_sentences(datasets.load_corpus("lee"), min_count=1).counts
    assert len(counts) > 5_000
    assert_gensims(counts)


def test_three_words_by_hand():
    """Node 0 joins the words seen once and twice; the root, node 1, puts it left of the third."""
    tree = HuffmanTree.from_counts([4, 2, 1])
    assert [code.tolist() for code in tree.codes] == [[1], [0, 1], [0, 0]]
    assert [path.tolist() for path in tree.points] == [[1], [1, 0], [1, 0]]
    assert tree.path_lengths().tolist() == [1, 2, 2]
    assert tree.mean_path_length() == pytest.approx((4 * 1 + 2 * 2 + 1 * 2) / 7)
    assert tree.entropy() == pytest.approx(
        np.log2(7) - (4 * np.log2(4) + 2 * np.log2(2) + 0) / 7, rel=1e-14
    )
    assert repr(tree) == "HuffmanTree(3 words, 2 inner nodes, depth 2)"


@functools.cache
def cheapest(counts):
    """Lowest total path length among all binary trees: try every pair as the next to be joined."""
    if len(counts) == 1:
        return 0
    return min(
        counts[i]
        + counts[j]
        + cheapest(
            tuple(
                sorted([*counts[:i], *counts[i + 1 : j], *counts[j + 1 :], counts[i] + counts[j]])
            )
        )
        for i, j in itertools.combinations(range(len(counts)), 2)
    )


@pytest.mark.parametrize("V", range(1, 8))
def test_no_binary_tree_is_cheaper(V):
    rng = np.random.default_rng(V)
    for highest in (2, 5, 100):
        counts = rng.integers(1, highest + 1, size=V)
        tree = HuffmanTree.from_counts(counts)
        assert counts @ tree.path_lengths() == cheapest(tuple(sorted(counts.tolist())))


@pytest.mark.parametrize("counts", MANY, ids=range(len(MANY)))
def test_codes_are_those_of_one_full_tree(counts):
    tree = HuffmanTree.from_counts(counts)
    V = len(counts)
    assert sum(Fraction(1, 2 ** len(code)) for code in tree.codes) == 1  # Kraft: no place is left
    codes = sorted("".join(map(str, code)) for code in tree.codes)
    # In alphabetical order a prefix stands right before a code that it begins.
    assert not any(after.startswith(before) for before, after in itertools.pairwise(codes))
    edges = {
        (node, turn, child)
        for word, (path, code) in enumerate(zip(tree.points, tree.codes, strict=True))
        for node, turn, child in zip(path, code, [*path[1:], f"word {word}"], strict=True)
    }
    assert len(edges) == 2 * (V - 1)
    assert {edge[:2] for edge in edges} == {
        (node, turn) for node in range(V - 1) for turn in (0, 1)
    }
    assert {path[0] for path in tree.points} == {V - 2}


@pytest.mark.parametrize("counts", MANY, ids=range(len(MANY)))
def test_mean_path_lies_within_a_bit_of_the_entropy(counts):
    tree = HuffmanTree.from_counts(counts)
    assert tree.entropy() - 1e-12 <= tree.mean_path_length() < tree.entropy() + 1


def test_powers_of_two_reach_the_entropy():
    tree = HuffmanTree.from_counts([8, 4, 2, 1, 1])
    assert tree.mean_path_length() == tree.entropy() == 30 / 16


def test_one_word_is_the_root():
    tree = HuffmanTree.from_counts([7])
    assert tree.codes[0].shape == tree.points[0].shape == (0,)
    assert tree.mean_path_length() == tree.entropy() == 0
    assert [array.shape for array in tree.padded_paths([0, 0])] == [(2, 0)] * 3


def test_a_deep_tree_and_large_counts():
    """Each count exceeds the sum of the rarer ones, so that every join goes one level deeper."""
    counts = [2**power for power in range(61, -1, -1)]
    assert HuffmanTree.from_counts(counts).path_lengths().tolist() == [*range(1, 62), 61]
    assert_gensims(counts)


def test_padded_paths_are_the_paths():
    tree = HuffmanTree.from_counts([9, 5, 3, 1, 1])
    words = [0, 4, 4, 2]
    points, codes, mask = tree.padded_paths(words)
    longest = len(tree.codes[4])
    assert points.shape == codes.shape == mask.shape == (4, longest)
    for row, word in enumerate(words):
        np.testing.assert_array_equal(points[row][mask[row]], tree.points[word])
        np.testing.assert_array_equal(codes[row][mask[row]], tree.codes[word])
        assert mask[row].tolist() == [step < len(tree.codes[word]) for step in range(longest)]
    assert not points[~mask].any()
    assert not codes[~mask].any()
    assert tree.padded_paths([0])[0].shape == (1, 1)
    assert tree.padded_paths([])[0].shape == (0, 0)


def test_what_is_no_list_of_counts_is_refused():
    for counts in ([], 3, [[1, 2], [3, 4]]):
        with pytest.raises(ValueError, match="flat list"):
            HuffmanTree.from_counts(counts)
    for counts in ([2, 0], [2, -1], [1.5, 2.0], ["a", "b"]):
        with pytest.raises(ValueError, match="whole numbers of at least 1"):
            HuffmanTree.from_counts(counts)
    for words in ([2], [-1]):
        with pytest.raises(ValueError, match="outside 0 to 1"):
            HuffmanTree.from_counts([1, 1]).padded_paths(words)


def test_the_counts_given_stay_their_owners():
    counts = np.array([3, 2, 1])
    tree = HuffmanTree.from_counts(counts)
    counts[0] = 100
    assert tree.counts.tolist() == [3, 2, 1]
