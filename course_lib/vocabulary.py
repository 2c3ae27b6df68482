"""A vocabulary: which words have vectors, how often each was seen, and what follows from that."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

# Spelling suggestions compare the missing word with at most this many of the most frequent ones,
# so that a KeyError never takes seconds.
SUGGEST_AMONG = 20_000


class Vocabulary:
    """Words in a fixed order, most frequent first, and their counts.

    The position of a word is its row in every matrix of vectors.

    Parameters
    ----------
    words : sequence of str
        The V words, each one once.
    counts : sequence of int, optional
        How often each word was seen, at least 1. Leave it out where nobody knows, as with
        downloaded vectors; then what is computed from counts is refused.

    Attributes
    ----------
    words : list of str
        The V words.
    counts : numpy.ndarray of int64, shape (V,), or None
        Their counts; read-only.

    Raises
    ------
    ValueError
        No words, a word twice, a word that is not a string, or counts that do not fit.
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int] | NDArray | None = None) -> None:
        refuse_string(words)
        self.words = list(words)
        if not self.words:
            raise ValueError("A vocabulary needs at least one word. Is the text empty?")
        for word in self.words:
            if not isinstance(word, str):
                raise ValueError(f"Words must be strings, not {word!r} ({type(word).__name__}).")
        self._index = {word: index for index, word in enumerate(self.words)}
        if len(self._index) < len(self.words):
            word, times = Counter(self.words).most_common(1)[0]
            raise ValueError(f"The word {word!r} stands {times} times in the vocabulary; keep one.")
        self.counts = None if counts is None else self._checked_counts(counts)

    def _checked_counts(self, counts: Sequence[int] | NDArray) -> NDArray[np.int64]:
        given = np.asarray(counts)
        if given.shape != (len(self.words),):
            raise ValueError(
                f"counts has shape {given.shape}, but there are {len(self.words)} words: "
                "give one count a word."
            )
        whole = given.dtype.kind in "iu" and given.min() >= 1
        if not whole or given.max() > np.iinfo(np.int64).max:
            raise ValueError("counts must be whole numbers from 1 to 2**63 - 1.")
        checked = given.astype(np.int64)
        checked.flags.writeable = False
        return checked

    @classmethod
    def from_sentences(
        cls, sentences: Iterable[Sequence[str]], min_count: int = 5, max_size: int | None = None
    ) -> "Vocabulary":
        """Count the words of a text; the order is gensim's.

        Words are sorted by falling count; of two words with the same count, the one that appeared
        later in the text comes first.

        Parameters
        ----------
        sentences : iterable of sequences of str
            Tokenised sentences; read once.
        min_count : int, default 5
            Words seen fewer times are left out.
        max_size : int, optional
            Keep at most this many words, the first in the order above. (gensim's
            ``max_final_vocab`` also drops every word that ties with the first one left out.)

        Returns
        -------
        Vocabulary
            The kept words with their counts.

        Raises
        ------
        ValueError
            A sentence is a string or no list of strings, no word is frequent enough, or a limit is
            below 1.
        """
        seen: Counter[str] = Counter()  # keeps the order of first appearance
        for sentence in sentences:
            require_sentence(sentence)
            seen.update(sentence)
        return cls.from_counts(seen, min_count, max_size)

    @classmethod
    def from_counts(
        cls, counts: Mapping[str, int], min_count: int = 5, max_size: int | None = None
    ) -> "Vocabulary":
        """Choose words by their counts; the order is that of ``from_sentences``.

        Parameters
        ----------
        counts : mapping of str to int
            How often each word was seen; the words in the order of their first appearance.
        min_count : int, default 5
            Words seen fewer times are left out.
        max_size : int, optional
            Keep at most this many words.

        Returns
        -------
        Vocabulary
            The kept words with their counts.

        Raises
        ------
        ValueError
            No word is frequent enough, or a limit is below 1.

        Examples
        --------
        >>> Vocabulary.from_counts({"to": 2, "be": 2, "or": 1}, min_count=2).words
        ['be', 'to']
        """
        for name, limit in [("min_count", min_count), ("max_size", max_size)]:
            if limit is not None and (not isinstance(limit, int | np.integer) or limit < 1):
                raise ValueError(f"{name} must be a whole number of at least 1, not {limit!r}.")
        kept = [(word, count) for word, count in counts.items() if count >= min_count]
        if not kept:
            raise ValueError(
                f"None of the {len(counts)} different words was seen {min_count} times. "
                "Lower min_count, or use a longer text."
            )
        kept.reverse()  # later words first; the sort is stable and keeps that for ties
        kept.sort(key=lambda item: -item[1])
        kept = kept[:max_size]
        return cls([word for word, _ in kept], [count for _, count in kept])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._index

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        if self.counts is None or other.counts is None:
            return self.words == other.words and self.counts is other.counts
        return self.words == other.words and np.array_equal(self.counts, other.counts)

    __hash__ = None  # type: ignore[assignment]  # it holds an array: equal by value, not hashable

    def __repr__(self) -> str:
        first = ", ".join(self.words[:3]) + (", ..." if len(self) > 3 else "")
        seen = "" if self.counts is None else f", {self.counts.sum():,} tokens"
        return f"Vocabulary({len(self):,} words{seen}: {first})"

    def index(self, word: str) -> int:
        """Give the row of a word.

        Parameters
        ----------
        word : str
            The word.

        Returns
        -------
        int
            Its row, 0 to V - 1.

        Raises
        ------
        KeyError
            The word is not in the vocabulary; the message names words spelt nearly alike.
        """
        try:
            return self._index[word]
        except (KeyError, TypeError):
            raise KeyError(self._missing(word)) from None

    def _missing(self, word: object) -> str:
        if not isinstance(word, str):
            return f"A word is a string; {word!r} is not."
        near = difflib.get_close_matches(word, self.words[:SUGGEST_AMONG], n=3)
        hint = (
            f"Did you mean {' or '.join(map(repr, near))}?" if near else "No word is spelt alike."
        )
        return f"{word!r} is not among the {len(self):,} words of the vocabulary. {hint}"

    def encode(self, tokens: Iterable[str], unknown: int | None = None) -> NDArray[np.int32]:
        """Turn tokens into rows.

        Parameters
        ----------
        tokens : iterable of str
            A tokenised sentence.
        unknown : int, optional
            The row that stands for an unknown word. Without it, unknown words are left out.

        Returns
        -------
        numpy.ndarray of int32, shape (n,)
            The rows of the n words, in the order of the text.

        Raises
        ------
        ValueError
            ``tokens`` is a string, which would be taken apart into letters.
        """
        refuse_string(tokens)
        known = self._index
        if unknown is not None:
            return np.fromiter(map(known.get, tokens, repeat(unknown)), dtype=np.int32)
        return np.array([known[token] for token in tokens if token in known], dtype=np.int32)

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Turn rows back into words.

        Parameters
        ----------
        indices : iterable of int
            Rows, 0 to V - 1.

        Returns
        -------
        list of str
            The words.

        Raises
        ------
        ValueError
            A row is out of range.
        """
        rows = list(indices)
        for row in rows:
            if not 0 <= row < len(self):
                raise ValueError(f"Row {row} is outside the vocabulary: 0 to {len(self) - 1}.")
        return [self.words[row] for row in rows]

    def keep_probabilities(self, sample: float, formula: str = "gensim") -> NDArray[np.float64]:
        """Probability of each word's token to survive subsampling.

        With f the word's share of all tokens and t the threshold, the paper keeps a token with
        probability sqrt(t / f) (Mikolov et al. 2013b, equation 5), while word2vec.c and gensim
        keep it with sqrt(t / f) + t / f. Both are capped at 1.

        Parameters
        ----------
        sample : float
            The threshold t as a share of the tokens; 0 keeps everything. From 1 on it is a count,
            as in gensim: t is ``int(sample * (3 + sqrt(5)) / 2)`` tokens.
        formula : {"gensim", "paper"}
            Which of the two.

        Returns
        -------
        numpy.ndarray of float64, shape (V,)
            Probabilities, above 0 and at most 1.

        Raises
        ------
        ValueError
            ``sample`` is negative or not finite, the formula or the counts are unknown.
        """
        if not (np.isfinite(sample) and sample >= 0):
            raise ValueError(f"sample must be a finite number of at least 0, not {sample}.")
        if formula not in ("gensim", "paper"):
            raise ValueError(f"formula must be gensim or paper, not {formula!r}.")
        counts = self.require_counts()
        if sample == 0:
            return np.ones(len(self))
        threshold = sample * counts.sum() if sample < 1 else int(sample * (3 + np.sqrt(5)) / 2)
        if formula == "paper":
            return np.minimum(np.sqrt(threshold / counts), 1.0)
        # In gensim's order of operations: its trainer hangs on the last bit.
        return np.minimum((np.sqrt(counts / threshold) + 1) * (threshold / counts), 1.0)

    def noise_distribution(self, exponent: float = 0.75) -> NDArray[np.float64]:
        """Distribution P_n of the noise words: U(w) ** exponent / Z.

        Parameters
        ----------
        exponent : float, default 0.75
            1 gives the words' own frequencies, 0 the uniform distribution
            (.75 chosen by experiment in Mikolov et al. 2013b, section 2.2).

        Returns
        -------
        numpy.ndarray of float64, shape (V,)
            Probabilities; they sum to 1.

        Raises
        ------
        ValueError
            The exponent is not finite, or the counts are not known.
        """
        if not np.isfinite(exponent):
            raise ValueError(f"exponent must be a finite number, not {exponent}.")
        # The logarithm keeps large exponents from overflowing; Z cancels the shift.
        logarithms = np.log(self.require_counts())
        reference = logarithms.max() if exponent > 0 else logarithms.min()
        with np.errstate(over="ignore"):  # exp(-inf) is the 0 that is meant
            powers = np.exp(exponent * (logarithms - reference))
        return powers / powers.sum()

    def require_counts(self) -> NDArray[np.int64]:
        """Give the counts, or say that there are none.

        Returns
        -------
        numpy.ndarray of int64, shape (V,)
            The counts.

        Raises
        ------
        ValueError
            Nobody knows the counts.
        """
        if self.counts is None:
            raise ValueError(
                "This vocabulary has no counts. Build one from a text with "
                "Vocabulary.from_sentences, or give counts when you make it."
            )
        return self.counts


class StoredVocabulary(Vocabulary):
    """Words that were read and checked before, and are taken apart when they are first needed.

    Parameters
    ----------
    joined : bytes
        The words in UTF-8, with a line feed between them; each one once.
    V : int
        How many there are.

    Attributes
    ----------
    joined : bytes
        As given.
    """

    counts = None

    def __init__(self, joined: bytes, V: int) -> None:
        self.joined, self._length = joined, V

    def __len__(self) -> int:
        return self._length

    @cached_property
    def words(self) -> list[str]:  # type: ignore[override]  # numpydoc ignore=RT01
        """The V words."""
        return self.joined.decode("utf-8").split("\n")

    @cached_property
    def _index(self) -> dict[str, int]:  # type: ignore[override]
        return {word: index for index, word in enumerate(self.words)}


def refuse_string(sentence: object) -> None:
    """Refuse a text where a list of words is meant: it would be taken apart into letters.

    Parameters
    ----------
    sentence : object
        What should be a list of words.

    Raises
    ------
    ValueError
        It is a string, or bytes.
    """
    if isinstance(sentence, str | bytes):
        raise ValueError(
            f"A sentence must be a list of tokens, not a string: {sentence[:40]!r} would be taken "
            "apart into letters. Use corpus.tokenize(text) or text.split()."
        )


def require_sentence(sentence: object) -> None:
    """Refuse what is no sentence: a list, a tuple, an array or another collection of words.

    Of the words only the first is looked at.

    Parameters
    ----------
    sentence : object
        What a corpus gave as a sentence.

    Raises
    ------
    ValueError
        It is a string, it can be read only once, it has no words in it, or they are no strings.
    """
    if type(sentence) is list and sentence and type(sentence[0]) is str:
        return  # nearly every sentence; a text has many, and the rest takes five times as long
    refuse_string(sentence)
    if not isinstance(sentence, Collection):
        raise ValueError(
            f"A sentence must be a list of tokens, not a {type(sentence).__name__}: it is read "
            "several times, and its length must be known. Use list(...)."
        )
    word = next(iter(sentence), "")
    if not isinstance(word, str):
        raise ValueError(
            f"The words of a sentence must be strings, not {word!r:.40} ({type(word).__name__}). "
            "Use [str(word) for word in sentence]; and a corpus is a list of lists, no deeper."
        )
