"""Trained vectors: a vocabulary with its IN and OUT vectors, neighbours, analogies, a safe file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from course_lib.files import UNREADABLE, open_arrays, replacing
from course_lib.vocabulary import Vocabulary, refuse_string

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

FILE_FORMAT = "course_lib.Embeddings"
FILE_VERSION = 1
MATRICES = ("input_vectors", "output_vectors", "node_vectors")
BIASES = ("input_biases", "output_biases")


class Embeddings:
    """A vocabulary with the vectors that a training run gave its words.

    Parameters
    ----------
    vocabulary : Vocabulary
        The V words; row i of every matrix belongs to word i.
    input_vectors : numpy.ndarray of float32, float64 or float16, shape (V, d)
        IN vectors, v_w. What people call "the" word vectors. float16 is there to save memory.
    output_vectors : numpy.ndarray, shape (V, d), optional
        OUT vectors, u_w. Hierarchical softmax has none, and published files leave them out.
    node_vectors : numpy.ndarray, shape (V - 1, d), optional
        Vectors of the inner nodes of the Huffman tree, from hierarchical softmax.
    losses : sequence of float, optional
        Mean loss of each epoch of the training, in nats a prediction (for GloVe, a count).
    input_biases, output_biases : numpy.ndarray, shape (V,), optional
        Biases of the words as centre and as context, from GloVe.

    Attributes
    ----------
    vocabulary, input_vectors, output_vectors, node_vectors, losses, input_biases, output_biases
        As given; ``losses`` is an array of float64, shape (epochs,), or None.

    Raises
    ------
    ValueError
        A matrix has the wrong shape, is not float32, float64 or float16, or holds NaN or infinity.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        input_vectors: NDArray[np.floating],
        output_vectors: NDArray[np.floating] | None = None,
        node_vectors: NDArray[np.floating] | None = None,
        losses: Sequence[float] | NDArray[np.floating] | None = None,
        input_biases: NDArray[np.floating] | None = None,
        output_biases: NDArray[np.floating] | None = None,
    ) -> None:
        if not isinstance(vocabulary, Vocabulary):
            raise ValueError(f"vocabulary must be a Vocabulary, not a {type(vocabulary).__name__}.")
        self.vocabulary = vocabulary
        V = len(vocabulary)
        self.input_vectors = _checked("input_vectors", input_vectors, V)
        d = self.input_vectors.shape[1]
        self.output_vectors = _checked_or_none("output_vectors", output_vectors, V, d)
        self.node_vectors = _checked_or_none("node_vectors", node_vectors, V - 1, d)
        self.losses = None if losses is None else np.asarray(losses, dtype=np.float64)
        self.input_biases = _checked_biases("input_biases", input_biases, V)
        self.output_biases = _checked_biases("output_biases", output_biases, V)

    @classmethod
    def initial(
        cls,
        vocabulary: Vocabulary,
        vector_size: int,
        seed: int = 1,
        dtype: DTypeLike = np.float32,
    ) -> "Embeddings":
        """Start values of a training run, the same as gensim's for the same seed.

        IN vectors are uniform in (-1/d, 1/d), OUT vectors are zero.

        Parameters
        ----------
        vocabulary : Vocabulary
            The V words.
        vector_size : int
            Length d of a vector, at least 1.
        seed : int, default 1
            Seed of the generator.
        dtype : float32 or float64
            Type of both matrices. The numbers are drawn in float32 either way.

        Returns
        -------
        Embeddings
            With ``input_vectors`` and ``output_vectors``.

        Raises
        ------
        ValueError
            ``vector_size`` is below 1.
        """
        if vector_size < 1:
            raise ValueError(f"vector_size must be at least 1, not {vector_size}.")
        shape = (len(vocabulary), vector_size)
        start = np.random.default_rng(seed).random(shape, dtype=np.float32)
        start *= 2  # in place: a large vocabulary's matrix is not held twice
        start -= 1
        start /= vector_size
        return cls(vocabulary, start.astype(dtype, copy=False), np.zeros(shape, dtype=dtype))

    @classmethod
    def from_checked(
        cls, vocabulary: Vocabulary, input_vectors: NDArray[np.floating]
    ) -> "Embeddings":
        """Take over a matrix that is known to fit, without looking at it.

        A matrix that is mapped into memory is then read from the disk only where it is used.

        Parameters
        ----------
        vocabulary : Vocabulary
            The V words.
        input_vectors : numpy.ndarray of float32 or float16, shape (V, d)
            IN vectors, all of them finite.

        Returns
        -------
        Embeddings
            With IN vectors only.
        """
        made = cls.__new__(cls)
        made.vocabulary, made.input_vectors = vocabulary, input_vectors
        made.output_vectors = made.node_vectors = made.losses = None
        made.input_biases = made.output_biases = None
        return made

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        held = [name.split("_")[0] for name in MATRICES if getattr(self, name) is not None]
        V, d = self.input_vectors.shape
        return f"Embeddings({V:,} words, d = {d}, {' and '.join(held)} vectors)"

    def matrix(self, which: str = "in") -> NDArray[np.floating]:
        """Give one of the two matrices of word vectors, or their sum.

        Parameters
        ----------
        which : {"in", "out", "sum"}
            IN, OUT, or IN + OUT, the vectors that GloVe's authors publish.

        Returns
        -------
        numpy.ndarray, shape (V, d)
            The matrix itself, not a copy; the sum is a new one.

        Raises
        ------
        ValueError
            None of the three, or there are no OUT vectors.
        """
        if which == "in":
            return self.input_vectors
        if which == "sum":
            return self.input_vectors + self.matrix("out")
        if which != "out":
            raise ValueError(f'Say "in", "out" or "sum", not {which!r}.')
        if self.output_vectors is None:
            why = (
                "They were not kept with these vectors: train a model, or load both matrices "
                "(formats.load_in_and_out)."
            )
            if self.node_vectors is not None:
                why = (
                    "Hierarchical softmax has a vector for each inner node of its tree "
                    "(node_vectors), and none for a word. Train with negative sampling instead."
                )
            raise ValueError(f"There are no OUT vectors here. {why}")
        return self.output_vectors

    def vector(self, word: str, which: str = "in") -> NDArray[np.floating]:
        """Give the vector of a word.

        Parameters
        ----------
        word : str
            The word.
        which : {"in", "out", "sum"}
            IN, OUT or their sum.

        Returns
        -------
        numpy.ndarray, shape (d,)
            A copy.

        Raises
        ------
        KeyError
            The word is unknown.
        ValueError
            Neither "in", "out" nor "sum", or there are no OUT vectors.
        """
        return self.matrix(which)[self.vocabulary.index(word)].copy()

    def similarity(self, first: str, second: str, query: str = "in", target: str = "in") -> float:
        """Cosine between two words.

        Parameters
        ----------
        first, second : str
            The words.
        query, target : {"in", "out", "sum"}
            Which vector of the first word, and which of the second.

        Returns
        -------
        float
            The cosine, -1 to 1; 0 if one of the vectors is zero.

        Raises
        ------
        KeyError
            A word is unknown.
        ValueError
            Neither "in", "out" nor "sum", or there are no OUT vectors.
        """
        cosine = unit(self.vector(first, query)) @ unit(self.vector(second, target))
        return float(np.clip(cosine, -1, 1))  # rounding may leave 1.0000001

    def most_similar(
        self,
        positive: str | Sequence[str],
        negative: str | Sequence[str] = (),
        topn: int = 10,
        query: str = "in",
        target: str = "in",
    ) -> list[tuple[str, float]]:
        """Find the words nearest to a word, or to a sum of words (3CosAdd).

        The query vector is the mean of the unit vectors of ``positive`` less those of ``negative``
        (Mikolov et al. 2013c), as in gensim. ``most_similar(["king", "woman"], ["man"])`` asks
        for x in "man is to king as woman is to x". The query words themselves are left out of the
        answer, for every pairing of IN and OUT.

        Parameters
        ----------
        positive, negative : str or sequence of str
            The words to add and to subtract.
        topn : int, default 10
            How many neighbours, at least 1.
        query, target : {"in", "out", "sum"}
            Where the query words' vectors are taken from, and among which vectors the neighbours
            are sought. ("in", "out") are the topical neighbours of DESM (Mitra et al. 2016).

        Returns
        -------
        list of (str, float)
            Words and cosines, the highest cosine first; of equal ones the more frequent word.

        Raises
        ------
        KeyError
            A word is unknown.
        ValueError
            No query word, ``topn`` below 1, neither "in", "out" nor "sum", or no OUT
            vectors.
        """
        added, subtracted = _as_rows(self, positive), _as_rows(self, negative)
        if not added and not subtracted:
            raise ValueError("most_similar needs at least one word.")
        if topn < 1:
            raise ValueError(f"topn must be at least 1, not {topn}.")
        signs = np.array([1.0] * len(added) + [-1.0] * len(subtracted))
        rows = added + subtracted
        center = signs @ unit(self.matrix(query)[rows]) / len(rows)
        cosines = np.clip(unit(self.matrix(target)) @ unit(center), -1, 1)
        ranked = np.argsort(-cosines, kind="stable")
        answer = ranked[~np.isin(ranked, rows)][:topn]
        return [(self.vocabulary.words[row], float(cosines[row])) for row in answer]

    def fill_gap(
        self,
        context: Sequence[str],
        topn: int = 10,
        *,
        noise: NDArray[np.floating] | None = None,
        cbow_mean: bool = True,
    ) -> list[tuple[str, float]]:
        """Guess the word that stands in the middle of a context, as CBOW does.

        h is the mean of the context's IN vectors, and the scores are u . h. Vectors that were
        trained with the full softmax give p(w | context) = softmax(u . h). Negative sampling
        learns another score, log p(w | context) - log(k P_n(w)) (Levy and Goldberg 2014, with the
        context in the place of a word); hand its noise distribution P_n in, and the probabilities
        are P_n(w) exp(u_w . h), scaled to sum to 1. Without it the answer is that of gensim's
        ``predict_output_word``, which favours rare words.

        Parameters
        ----------
        context : sequence of str
            The words around the gap; order makes no difference, and a word that comes twice counts
            twice. Unknown words are left out, as in training.
        topn : int, default 10
            How many guesses, at least 1.
        noise : numpy.ndarray, shape (V,), optional
            P_n of the training: ``vocabulary.noise_distribution(settings.ns_exponent)``.
        cbow_mean : bool, default True
            h is the mean or the sum: as in the training.

        Returns
        -------
        list of (str, float)
            Words and probabilities, the highest first. Words of the context may be among them.

        Raises
        ------
        ValueError
            The context is a bare string or holds no known word, ``topn`` is below 1, ``noise`` does
            not fit, or there are no OUT vectors.
        """
        refuse_string(context)
        if topn < 1:
            raise ValueError(f"topn must be at least 1, not {topn}.")
        rows = self.vocabulary.encode(context)
        if len(rows) == 0:
            raise ValueError("No word of the context is in the vocabulary, so nothing can be said.")
        context_vectors = self.input_vectors[rows]
        hidden = context_vectors.mean(axis=0) if cbow_mean else context_vectors.sum(axis=0)
        scores = self.matrix("out") @ hidden
        powers = np.exp(scores - scores.max())
        if noise is not None:
            powers = powers * self._checked_noise(noise)
        probabilities = powers / powers.sum()
        best = np.argsort(-probabilities, kind="stable")[:topn]
        return [(self.vocabulary.words[row], float(probabilities[row])) for row in best]

    def _checked_noise(self, noise: NDArray[np.floating]) -> NDArray[np.floating]:
        distribution = np.asarray(noise)
        if distribution.shape != (len(self),) or not (distribution > 0).all():
            raise ValueError(
                f"noise must hold a share above 0 for each of the {len(self)} words; "
                "vocabulary.noise_distribution() makes it."
            )
        return distribution

    def to_keyed_vectors(self, which: str = "in") -> "KeyedVectors":
        """Hand one matrix to gensim.

        Parameters
        ----------
        which : {"in", "out", "sum"}
            IN, OUT or their sum.

        Returns
        -------
        gensim.models.KeyedVectors
            A float32 copy, with the counts where they are known.

        Raises
        ------
        ValueError
            Neither "in", "out" nor "sum", there are no OUT vectors, or a number is beyond float32.
        """
        from gensim.models import KeyedVectors

        with np.errstate(over="ignore"):
            vectors = self.matrix(which).astype(np.float32)
        if not np.isfinite(vectors).all():
            raise ValueError("A vector holds a number beyond float32, which is all gensim has.")
        keyed = KeyedVectors(vectors.shape[1], count=len(self), dtype=np.float32)
        keyed.index_to_key = list(self.vocabulary.words)
        keyed.key_to_index = {word: row for row, word in enumerate(self.vocabulary.words)}
        keyed.vectors = vectors
        if self.vocabulary.counts is not None:
            for word, count in zip(self.vocabulary.words, self.vocabulary.counts, strict=True):
                keyed.set_vecattr(word, "count", int(count))
        return keyed

    @classmethod
    def from_keyed_vectors(
        cls, keyed_vectors: "KeyedVectors", output_vectors: NDArray[np.floating] | None = None
    ) -> "Embeddings":
        """Take vectors over from gensim.

        Parameters
        ----------
        keyed_vectors : gensim.models.KeyedVectors
            Words and IN vectors: ``model.wv``, or a file read by gensim. The counts that gensim
            makes up for a file (V, V - 1, ..., 1) are taken over as they are.
        output_vectors : numpy.ndarray, shape (V, d), optional
            OUT vectors in the same order: ``model.syn1neg``.

        Returns
        -------
        Embeddings
            With copies of the vectors.

        Raises
        ------
        ValueError
            The shapes do not fit, or a vector is not finite.
        """
        # Where a file held a word twice, gensim leaves rows without a word at the end.
        keys = keyed_vectors.index_to_key
        rows = [row for row, word in enumerate(keys) if word is not None]
        counts = keyed_vectors.expandos.get("count")
        if counts is not None:
            counts = np.asarray(counts)[rows]
            counts = counts if (counts >= 1).all() else None  # made by hand: zeros
        vocabulary = Vocabulary([keys[row] for row in rows], counts)
        out = None if output_vectors is None else np.asarray(output_vectors)[rows]
        return cls(vocabulary, np.asarray(keyed_vectors.vectors)[rows], out)

    @classmethod
    def from_pair(
        cls, inputs: "Embeddings | KeyedVectors", outputs: "Embeddings | KeyedVectors"
    ) -> "Embeddings":
        """Join IN and OUT vectors that come apart, such as from two files.

        Parameters
        ----------
        inputs : Embeddings or gensim.models.KeyedVectors
            Words, counts (where they are known) and, as its IN vectors, the IN vectors.
        outputs : Embeddings or gensim.models.KeyedVectors
            The same words, in any order. *Its* IN vectors are the OUT vectors: a file of vectors
            does not say which they are.

        Returns
        -------
        Embeddings
            With both matrices, in the order of ``inputs``.

        Raises
        ------
        ValueError
            The words, or the lengths of the vectors, are not the same.
        """
        pair = [
            part if isinstance(part, cls) else cls.from_keyed_vectors(part)
            for part in (inputs, outputs)
        ]
        first, second = (part.vocabulary for part in pair)
        for one, two, name in ((first, second, "OUT"), (second, first, "IN")):
            missing = next((word for word in one.words if word not in two), None)
            if missing is not None:
                raise ValueError(
                    f"The word {missing!r} has no {name} vector. IN and OUT must be of the same "
                    "words: they are two matrices of one model."
                )
        return cls(first, pair[0].input_vectors, pair[1].input_vectors[second.encode(first.words)])

    def save(self, path: str | Path) -> None:
        """Write everything to one file, without pickle.

        The file is a .npz archive (any name): a JSON header and the matrices. It is written beside
        its place and moved there when it is whole, so that an error leaves an older file as it was.

        Parameters
        ----------
        path : str or pathlib.Path
            The file; an existing one is replaced.

        Raises
        ------
        FileNotFoundError
            The folder does not exist.
        """
        arrays = {name: getattr(self, name) for name in (*MATRICES, *BIASES, "losses")}
        arrays["counts"] = self.vocabulary.counts
        present = {name: array for name, array in arrays.items() if array is not None}
        header = {
            "format": FILE_FORMAT,
            "version": FILE_VERSION,
            "arrays": _inventory(present),
            "words": self.vocabulary.words,
        }
        # surrogatepass: gensim lets undecodable bytes into words; they must come back unchanged
        encoded = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
        with replacing(path) as file:
            np.savez(file, header=np.frombuffer(encoded, dtype=np.uint8), **present)

    @classmethod
    def load(cls, path: str | Path) -> "Embeddings":
        """Read a file that ``save`` wrote; nothing in it is executed.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Returns
        -------
        Embeddings
            What was saved, to the last bit.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            The file is damaged, of another kind, or of a newer version.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"There is no file {path}. Save one with Embeddings.save.")
        try:
            with open_arrays(path) as archive:
                contents = {name: archive[name] for name in archive.files}
            header = json.loads(contents.pop("header").tobytes().decode("utf-8", "surrogatepass"))
        except UNREADABLE as error:
            raise ValueError(
                f"{path} is damaged or was not written by Embeddings.save ({error}). "
                "Save it again; formats.load_vectors reads files of word2vec and GloVe."
            ) from error
        return cls._from_contents(path, header, contents)

    @classmethod
    def _from_contents(cls, path: Path, header: Any, contents: dict[str, NDArray]) -> "Embeddings":
        if not isinstance(header, dict) or header.get("format") != FILE_FORMAT:
            raise ValueError(f"{path} does not hold Embeddings.")
        if header.get("version") != FILE_VERSION:
            raise ValueError(
                f"{path} has version {header.get('version')}; this course_lib reads version "
                f"{FILE_VERSION}. Update course_lib, or save the vectors again with this one."
            )
        if header.get("arrays") != _inventory(contents):
            raise ValueError(f"{path} is damaged: a matrix is missing or has another shape.")
        try:
            vocabulary = Vocabulary(header["words"], contents.pop("counts", None))
            return cls(vocabulary, **contents)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is damaged: {error}") from error


def unit(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scale vectors to length 1; a zero vector stays zero.

    Parameters
    ----------
    vectors : numpy.ndarray, shape (..., d)
        One vector or many.

    Returns
    -------
    numpy.ndarray, shape (..., d)
        New array.
    """
    if vectors.dtype == np.float16:  # too coarse to compute in
        vectors = vectors.astype(np.float32)
    # Divided by its largest entry first, a vector's square can neither overflow nor vanish.
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    scaled = vectors / np.where(largest == 0, 1, largest)
    lengths = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return scaled / np.where(lengths == 0, 1, lengths)


def _inventory(arrays: dict[str, NDArray]) -> dict[str, list]:
    """Say what a file holds, so that nothing can get lost from it unnoticed."""
    return {name: [str(array.dtype), *array.shape] for name, array in sorted(arrays.items())}


def _as_rows(embeddings: Embeddings, words: str | Sequence[str]) -> list[int]:
    listed = [words] if isinstance(words, str) else words
    return [embeddings.vocabulary.index(word) for word in listed]


def _checked(name: str, vectors: Any, rows: int, columns: int | None = None) -> NDArray:
    matrix = np.ascontiguousarray(vectors)
    if matrix.dtype not in (np.float32, np.float64, np.float16):
        raise ValueError(f"{name} must be float32, float64 or float16, not {matrix.dtype}.")
    fits = matrix.ndim == 2 and matrix.shape[0] == rows and matrix.shape[1] > 0
    if not fits or columns not in (None, matrix.shape[1]):
        raise ValueError(f"{name} has shape {matrix.shape}, expected ({rows}, {columns or 'd'}).")
    # A NaN or an infinity is an extreme of its row; np.isfinite(matrix) would be a matrix more.
    bad = ~np.isfinite(matrix.min(axis=1)) | ~np.isfinite(matrix.max(axis=1))
    if bad.any():
        raise ValueError(f"{name} holds NaN or infinity, first in row {int(bad.argmax())}.")
    return matrix


def _checked_or_none(name: str, vectors: Any, rows: int, columns: int) -> NDArray | None:
    return None if vectors is None else _checked(name, vectors, rows, columns)


def _checked_biases(name: str, biases: Any, rows: int) -> NDArray | None:
    if biases is None:
        return None
    numbers = np.asarray(biases)
    if numbers.shape != (rows,):
        raise ValueError(f"{name} has shape {numbers.shape}, expected ({rows},).")
    return _checked(name, numbers[:, None], rows, 1)[:, 0]
