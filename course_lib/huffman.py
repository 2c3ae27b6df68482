"""The Huffman tree of a vocabulary: codes, paths, and what they cost."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from course_lib.plots import Picture


@dataclass(frozen=True, eq=False, repr=False)
class HuffmanTree:
    """A binary tree with the words as leaves, in which frequent words lie near the root.

    Make one with ``HuffmanTree.from_counts``. The V - 1 inner nodes have numbers in the order in
    which they were made, so that the root is V - 2; node n has row n of the node vectors. The path
    of a word is the list of inner nodes from the root down to the word, its code the turns taken
    there: 0 for left, 1 for right. All paths lie in one array, one word after another.

    Attributes
    ----------
    counts : numpy.ndarray of int64, shape (V,)
        How often each word was seen.
    starts : numpy.ndarray of int64, shape (V + 1,)
        The path of word w is ``flat_points[starts[w] : starts[w + 1]]``.
    flat_points : numpy.ndarray of int32, shape (sum of the path lengths,)
        Inner nodes, 0 to V - 2; each path begins with the root.
    flat_codes : numpy.ndarray of int8, shape (sum of the path lengths,)
        The turn at each of these nodes.
    codes : list of numpy.ndarray of int8
        The code of each word.
    points : list of numpy.ndarray of int32
        The path of each word.

    Examples
    --------
    >>> tree = HuffmanTree.from_counts([4, 2, 1])
    >>> [code.tolist() for code in tree.codes]
    [[1], [0, 1], [0, 0]]
    >>> [path.tolist() for path in tree.points]
    [[1], [1, 0], [1, 0]]
    """

    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    flat_points: NDArray[np.int32]
    flat_codes: NDArray[np.int8]

    @classmethod
    def from_counts(cls, counts: Sequence[int] | NDArray[np.integer]) -> "HuffmanTree":
        """Join the two rarest nodes again and again, until one is left (Huffman 1952).

        Codes and points are gensim's for the same counts. That decides ties, too: of equal counts,
        the one that Python's ``heapq`` gives first goes left.

        Parameters
        ----------
        counts : sequence of int, shape (V,)
            How often each word was seen, at least 1, in the order of the vocabulary. A single word
            is the root itself: its path is empty, and it is predicted for sure.

        Returns
        -------
        HuffmanTree
            The tree.

        Raises
        ------
        ValueError
            There is no count, or one is not a whole number of at least 1.
        """
        given = np.asarray(counts)
        if given.ndim != 1 or len(given) == 0:
            raise ValueError(
                f"counts has shape {given.shape}: give a flat list with one count for each of at "
                "least one word, such as vocabulary.counts."
            )
        if given.dtype.kind not in "iu" or given.min() < 1:
            raise ValueError(
                "counts must be whole numbers of at least 1: leave words that were not seen out "
                "of the vocabulary."
            )
        kept = given.astype(np.int64)
        return cls(kept, *_paths(*_join(kept.tolist())))

    def __repr__(self) -> str:
        V = len(self.counts)
        return f"HuffmanTree({V:,} words, {V - 1:,} inner nodes, depth {self.path_lengths().max()})"

    @cached_property
    def codes(self) -> list[NDArray[np.int8]]:
        """Cut the codes apart, word by word.

        Returns
        -------
        list of numpy.ndarray of int8
            The code of each word.
        """
        return [self.flat_codes[start:stop] for start, stop in pairwise(self.starts.tolist())]

    @cached_property
    def points(self) -> list[NDArray[np.int32]]:
        """Cut the paths apart, word by word.

        Returns
        -------
        list of numpy.ndarray of int32
            The inner nodes on the path of each word.
        """
        return [self.flat_points[start:stop] for start, stop in pairwise(self.starts.tolist())]

    def path_lengths(self) -> NDArray[np.int64]:
        """Give the number of turns on the path of each word.

        Returns
        -------
        numpy.ndarray of int64, shape (V,)
            Lengths, in bits.
        """
        return np.diff(self.starts)

    def mean_path_length(self) -> float:
        """Give the cost of a word of the text: the mean length of a path, weighed by the counts.

        No code that can be told apart word by word is shorter (Huffman 1952).

        Returns
        -------
        float
            Bits, which is to say inner nodes, for each prediction.
        """
        return float(np.average(self.path_lengths(), weights=self.counts))

    def entropy(self) -> float:
        """Give the entropy of the counts: -sum over w of p(w) log2 p(w).

        It bounds the mean path length from both sides: entropy <= mean < entropy + 1 (Cover and
        Thomas 2006, theorem 5.4.1).

        Returns
        -------
        float
            Bits.
        """
        shares = self.counts / self.counts.sum()
        return float(shares @ -np.log2(shares))

    def padded_paths(
        self, words: Sequence[int] | NDArray[np.integer]
    ) -> tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.bool_]]:
        """Put the paths of several words into rectangular arrays.

        Parameters
        ----------
        words : sequence of int, shape (B,)
            Rows of words.

        Returns
        -------
        points : numpy.ndarray of int32, shape (B, L)
            Inner nodes, root first; L is the longest of these paths. Zero where a path has ended.
        codes : numpy.ndarray of int8, shape (B, L)
            The turns, filled up with zeros.
        mask : numpy.ndarray of bool, shape (B, L)
            True on the path, False where it has ended.

        Raises
        ------
        ValueError
            A row lies outside the vocabulary.
        """
        rows = np.asarray(words, dtype=np.int64)
        V = len(self.counts)
        if rows.size and (rows.min() < 0 or rows.max() >= V):
            raise ValueError(f"words holds a row outside 0 to {V - 1}.")
        lengths = self.path_lengths()[rows]
        steps = np.arange(lengths.max(initial=0))
        mask = steps < lengths[:, None]
        places = (self.starts[rows][:, None] + steps)[mask]
        points, codes = np.zeros(mask.shape, dtype=np.int32), np.zeros(mask.shape, dtype=np.int8)
        points[mask], codes[mask] = self.flat_points[places], self.flat_codes[places]
        return points, codes, mask

    def draw(
        self,
        words: Sequence[str],
        highlight: str | None = None,
        *,
        left: ArrayLike | None = None,
        title: str | None = None,
        size: tuple[float, float] | None = None,
    ) -> "Picture":
        """Draw the tree with its root on top, the codes on the edges; see plots.huffman_tree.

        Parameters
        ----------
        words : sequence of str, shape (V,)
            The words, in the order of the counts; 2 to 32 can be read.
        highlight : str, optional
            The word whose path is set off.
        left : array, shape (V - 1,), optional
            The probability of turning left at each inner node, to be told on the edges.
        title : str, optional
            The finding; made from the data when left out.
        size : (float, float), optional
            Inches; chosen from the tree when left out.

        Returns
        -------
        Picture
            The figure, with its alt text.

        Raises
        ------
        KeyError
            The highlighted word is not among ``words``.
        ValueError
            The words or the probabilities do not fit, or the tree is too large to read.
        """
        from course_lib.plots.trees import huffman_tree  # matplotlib, only where somebody draws

        return huffman_tree(self, words, highlight, left=left, title=title, size=size)


class _Node(int):
    """A count that knows its node. heapq then compares counts only, as in gensim, and fast."""

    index: int

    def __new__(cls, count: int, index: int) -> "_Node":
        node = super().__new__(cls, count)
        node.index = index
        return node


def _join(counts: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Give each of the 2V - 1 nodes its parent and its side; words come first, the root last."""
    V = len(counts)
    parents = np.zeros(2 * V - 1, dtype=np.int64)
    sides = np.zeros(2 * V - 1, dtype=np.int8)
    heap = [_Node(count, index) for index, count in enumerate(counts)]
    heapq.heapify(heap)
    for parent in range(V, 2 * V - 1):
        left, right = heapq.heappop(heap), heapq.heappop(heap)
        parents[left.index] = parents[right.index] = parent
        sides[right.index] = 1
        heapq.heappush(heap, _Node(left + right, parent))
    return parents, sides


def _paths(
    parents: NDArray[np.int64], sides: NDArray[np.int8]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8]]:
    """Climb from all words to the root at once, and write each path from its end."""
    root = len(parents) - 1
    V = root // 2 + 1
    depths = np.zeros(root + 1, dtype=np.int64)
    for node in range(root - 1, -1, -1):  # a parent has a higher number than its children
        depths[node] = depths[parents[node]] + 1
    starts = np.concatenate([[0], np.cumsum(depths[:V])])
    points = np.empty(starts[-1], dtype=np.int32)
    codes = np.empty(starts[-1], dtype=np.int8)
    nodes, places = np.arange(V), starts[1:] - 1
    while (climbing := nodes != root).any():
        nodes, places = nodes[climbing], places[climbing]
        codes[places] = sides[nodes]
        nodes = parents[nodes]
        points[places] = nodes - V
        places = places - 1
    return starts, points, codes
