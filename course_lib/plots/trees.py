"""The Huffman tree of a vocabulary, and how long its paths are."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from course_lib.huffman import HuffmanTree
from course_lib.plots._pieces import (
    enumerated,
    finite_numbers,
    place_labels,
    position,
    quoted,
    written,
)
from course_lib.plots.picture import (
    BLUE,
    DPI,
    GREY,
    INK,
    PALE_ORANGE,
    VERMILION,
    Picture,
    Size,
    styled,
    text_size,
)
from course_lib.vocabulary import Vocabulary

MOST_LEAVES, MOST_WITH_PROBABILITIES = 32, 10
LETTERS, DROP = 9.5, 0.5  # points, inches from a node down to the next


class Branch(NamedTuple):
    """The edge from an inner node down to a word or to another inner node.

    Words have the numbers 0 to V - 1 here, inner node n has V + n.
    """

    parent: int
    turn: int
    child: int


@styled
def huffman_tree(
    tree: HuffmanTree,
    words: Sequence[str],
    highlight: str | None = None,
    *,
    left: ArrayLike | None = None,
    title: str | None = None,
    size: Size | None = None,
) -> Picture:
    """Draw a Huffman tree with its root on top; the codes stand on the edges.

    Parameters
    ----------
    tree : HuffmanTree
        A tree of 2 to 32 words.
    words : sequence of str, shape (V,)
        The words, in the order of the tree's counts.
    highlight : str, optional
        The word whose path is set off.
    left : array, shape (V - 1,), optional
        The probability of turning left at each inner node. Then the edges tell probabilities,
        too, and the leaves their products in place of the counts (Mikolov et al. 2013b,
        equation 3); for up to 10 words.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float), optional
        Inches; chosen from the number of words and the depth when left out.

    Returns
    -------
    Picture
        Circles with the numbers of the inner nodes, and words with their counts as leaves.

    Raises
    ------
    KeyError
        The highlighted word is not among ``words``.
    ValueError
        Not one word for each leaf, a tree too large to read, or probabilities that do not fit.
    """
    _require_readable(tree, words, with_probabilities=left is not None)
    V = len(words)
    chosen = None if highlight is None else position(highlight, words)
    branches = _branches(tree)
    turns = None if left is None else _turn_probabilities(left, V)
    notes = [f"{n:,}" for n in tree.counts] if turns is None else _products(tree, turns)
    title = title or _tree_title(tree, words, chosen, turns)
    alt = _tree_alt(tree, words, chosen, turns)
    width = size[0] if size else max(5.6, (0.27 if turns is None else 0.75) * V + 0.4)
    upright = max(map(_inches, [*words, *notes])) > 0.92 * (width - 0.2) / V
    gap = "  " if upright else "\n"
    labels = [f"{word}{gap}{note}" for word, note in zip(words, notes, strict=True)]
    hanging = max(map(_inches, labels)) if upright else 0.36
    depth = int(tree.path_lengths().max())
    picture = Picture(title, alt, size or (width, 0.9 + depth * DROP + hanging))
    axes = picture.add_subplot()
    axes.set_axis_off()
    axes.set(xlim=(-0.5, 2 * V - 1.5), ylim=_heights(picture, depth, hanging))
    places = _places(branches, V)
    path = set() if chosen is None else {*(V + tree.points[chosen]), chosen}
    _draw_branches(axes, branches, places, path, turns)
    for node in range(V, 2 * V - 1):
        _draw_node(axes, places[node], node - V, node in path)
    for word, label in enumerate(labels):
        weight = "bold" if word in path else "normal"
        axes.annotate(
            label, places[word], (0, -2), textcoords="offset points", fontsize=LETTERS, ha="center",
            va="top", rotation=90 if upright else 0, weight=weight, parse_math=False,
        )  # fmt: skip
    return picture


@styled
def path_lengths(
    vocabulary: Vocabulary,
    words: Sequence[str] = (),
    *,
    title: str | None = None,
    size: Size = (7, 4),
) -> Picture:
    """Draw how long the paths are, against how often the words were seen.

    Beside them stands the length that a code would have if it could use parts of a bit: the
    surprise of the word, -log2 p(w) (Shannon 1948). Its mean is the entropy.

    Parameters
    ----------
    vocabulary : Vocabulary
        At least two words, with counts.
    words : sequence of str
        Words to mark.
    title : str, optional
        The finding; made from the data when left out.
    size : (float, float)
        Inches.

    Returns
    -------
    Picture
        A dot for each count and length that occur, and the line of the surprise.

    Raises
    ------
    KeyError
        A word is unknown.
    ValueError
        The vocabulary has no counts, or only one word.
    """
    counts = vocabulary.require_counts()
    if len(counts) < 2:
        raise ValueError("Paths need a tree of at least two words.")
    rows = [vocabulary.index(word) for word in words]
    tree = HuffmanTree.from_counts(counts)
    lengths, total = tree.path_lengths(), counts.sum()
    apart = np.abs(lengths + np.log2(counts / total)).max()
    mean, entropy = tree.mean_path_length(), tree.entropy()
    facts = "; ".join(
        f"{quoted(word)}, seen {_counted(counts[row], 'time')}: {_counted(lengths[row], 'turn')}"
        for word, row in zip(words, rows, strict=True)
    )
    alt = (
        f"Length of the path in the Huffman tree against the count of a word, on a logarithmic "
        f"axis, for {len(counts):,} words. The dots follow the line of the surprise, -log2 p(w), "
        f"to within {written(apart)} turns; the mean over the tokens is {written(mean)} turns, the "
        f"entropy {written(entropy)} bits. {facts or 'The rarest have the longest paths'}."
    )
    title = title or (
        f"Paths follow the surprise: mean {written(mean)} turns, entropy {written(entropy)} bits"
    )
    picture = Picture(title, alt, size)
    axes = picture.add_subplot(xscale="log")
    dots = np.unique(np.column_stack([counts, lengths]), axis=0)
    line = np.geomspace(counts.min(), counts.max(), 100)
    axes.plot(line, np.log2(total / line), color=VERMILION, label=r"surprise, $-\log_2\, p(w)$")
    axes.plot(*dots.T, "o", color=BLUE, markersize=3.5, label="turns on the path")
    axes.plot(counts[rows], lengths[rows], "o", color=INK, markersize=6)
    axes.set(xlabel="count of the word", ylabel="bits, turns")
    axes.legend(loc="lower left")
    axes.grid(True)
    picture.settle()
    marked = np.column_stack([counts[rows], lengths[rows]]).reshape(-1, 2)
    curve = np.column_stack([line, np.log2(total / line)])
    place_labels(axes, marked, list(words), avoid=np.concatenate([dots, curve]))
    return picture


def _heights(picture: Picture, depth: int, hanging: float) -> tuple[float, float]:
    """Range of y: the unit is a generation, and the words hang below the deepest one."""
    lines = 1 + picture.get_suptitle().count("\n")
    room = picture.get_size_inches()[1] - 0.5 - 0.21 * lines - hanging
    if room < 0.35 * depth:
        raise ValueError(
            f"A picture {picture.get_size_inches()[1]:.1f} inches high is too low for {depth} "
            "turns and the words below them; leave size out, or choose a larger one."
        )
    return -depth - hanging * (depth + 0.3) / room - 0.1, 0.3


def _require_readable(tree: HuffmanTree, words: Sequence[str], with_probabilities: bool) -> None:
    V = len(tree.counts)
    if len(words) != V:
        raise ValueError(f"{len(words)} words for a tree of {V:,}: give one for each count.")
    most = MOST_WITH_PROBABILITIES if with_probabilities else MOST_LEAVES
    if not 2 <= V <= most:
        raise ValueError(
            f"A tree of {V:,} words cannot be read; 2 to {most} fit. Draw the tree of the most "
            f"frequent ones: HuffmanTree.from_counts(vocabulary.counts[:{most}])"
            f".draw(vocabulary.words[:{most}])."
        )


def _branches(tree: HuffmanTree) -> list[Branch]:
    V = len(tree.counts)
    found = {
        Branch(parent, turn, child)
        for word in range(V)
        for (parent, child), turn in zip(
            pairwise([*(V + tree.points[word]).tolist(), word]),
            tree.codes[word].tolist(),
            strict=True,
        )
    }
    return sorted(found)


def _places(branches: Sequence[Branch], V: int) -> NDArray[np.float64]:
    """Give each node a column of its own, from left to right, and its depth below the root."""
    children = {(branch.parent, branch.turn): branch.child for branch in branches}
    places = np.zeros((2 * V - 1, 2))
    columns = iter(range(2 * V - 1))

    def place(node: int, depth: int) -> None:
        if node >= V:
            place(children[node, 0], depth + 1)
        places[node] = next(columns), -depth
        if node >= V:
            place(children[node, 1], depth + 1)

    place(2 * V - 2, 0)
    return places


def _draw_branches(
    axes: Axes,
    branches: Sequence[Branch],
    places: NDArray,
    path: set[int],
    turns: NDArray | None,
) -> None:
    for branch in branches:
        (x, y), (x_child, y_child) = places[branch.parent], places[branch.child]
        on_path = branch.child in path
        color, width = (VERMILION, 3) if on_path else (GREY, 1)
        axes.plot([x, x_child, x_child], [y, y, y_child], color=color, lw=width, zorder=1 + on_path)
        text = str(branch.turn)
        if turns is not None:
            text += f": {written(turns[branch.parent - len(turns) - 1, branch.turn], 3)}"
        axes.text(
            x_child, y_child + 0.6, text, ha="center", va="center", fontsize=LETTERS, zorder=3,
            weight="bold" if on_path else "normal", color=INK if on_path else GREY,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def _draw_node(axes: Axes, place: NDArray, number: int, on_path: bool) -> None:
    fill, edge = (PALE_ORANGE, VERMILION) if on_path else ("white", GREY)
    axes.plot(*place, "o", markersize=16, mfc=fill, mec=edge, mew=2 if on_path else 1, zorder=4)
    axes.text(place[0], place[1], str(number), ha="center", va="center", fontsize=8, zorder=5)


def _turn_probabilities(left: ArrayLike, V: int) -> NDArray[np.float64]:
    """Probability of turning left (column 0) and right (column 1) at each inner node."""
    found = finite_numbers("left", left, ndim=1)
    if len(found) != V - 1 or found.min() < 0 or found.max() > 1:
        raise ValueError(f"left must hold {V - 1} probabilities, one for each inner node.")
    return np.column_stack([found, 1 - found])


def _products(tree: HuffmanTree, turns: NDArray) -> list[str]:
    paths = zip(tree.points, tree.codes, strict=True)
    return [written(np.prod(turns[points, codes]), 3) for points, codes in paths]


def _inches(text: str) -> float:
    return text_size(text, LETTERS, "bold")[0] / DPI


def _tree_title(
    tree: HuffmanTree, words: Sequence[str], chosen: int | None, turns: NDArray | None
) -> str:
    if chosen is None and turns is not None:
        return "At every node the probability is shared out; at the leaves it is 1 again"
    if chosen is None:
        lengths = tree.path_lengths()
        near, far = int(lengths.argmin()), int(lengths.argmax())
        if lengths[near] == lengths[far]:
            return f"All {len(words)} paths take {_counted(lengths[near], 'turn')}"
        return (
            f"The more frequent, the nearer the root: {quoted(words[near])} takes "
            f"{_counted(lengths[near], 'turn')}, {quoted(words[far])} {lengths[far]}"
        )
    code = "".join(map(str, tree.codes[chosen]))
    if turns is None:
        return f"{quoted(words[chosen])} is {_counted(len(code), 'turn')} away: code {code}"
    factors = [written(p, 3) for p in turns[tree.points[chosen], tree.codes[chosen]]]
    return f"p({words[chosen]}) = {' × '.join(factors)} = {_products(tree, turns)[chosen]}"


def _tree_alt(
    tree: HuffmanTree, words: Sequence[str], chosen: int | None, turns: NDArray | None
) -> str:
    V, lengths = len(words), tree.path_lengths()
    shortest, longest = int(lengths.min()), int(lengths.max())
    near = [words[row] for row in np.flatnonzero(lengths == shortest)[:4]]
    said = [f"A Huffman tree of {V} words, root on top; a turn left is code 0, a turn right code 1"]
    if chosen is not None:
        said.append(f"The path of {quoted(words[chosen])}: {_walk(tree, words, chosen, turns)}")
    if turns is None:
        said.append(
            f"The paths take {shortest} to {longest} turns; nearest to the root: {enumerated(near)}"
        )
    else:
        each = [f"{w} {p}" for w, p in zip(words, _products(tree, turns), strict=True)]
        said.append(f"The words' probabilities, which sum to 1: {', '.join(each)}")
    return ". ".join(said) + "."


def _walk(tree: HuffmanTree, words: Sequence[str], chosen: int, turns: NDArray | None) -> str:
    """Tell a path in words, from the root down."""
    points, codes = tree.points[chosen].tolist(), tree.codes[chosen].tolist()
    if len(codes) > 12:
        return f"code {''.join(map(str, codes))} through the nodes {', '.join(map(str, points))}"
    steps = [f"from the root, node {points[0]}"]
    ends = [*(f"node {point}" for point in points[1:]), quoted(words[chosen])]
    for point, code, end in zip(points, codes, ends, strict=True):
        chance = "" if turns is None else f", probability {written(turns[point, code], 3)}"
        steps.append(f"{('left', 'right')[code]} ({code}{chance}) to {end}")
    return ", ".join(steps)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
