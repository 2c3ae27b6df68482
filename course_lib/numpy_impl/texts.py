"""The text of a training run, in jobs of some 10,000 tokens: encoded once, or streamed."""

import tempfile
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from course_lib.corpus import TextFile
from course_lib.training import CountedText
from course_lib.vocabulary import Vocabulary

JOB_WORDS = 10_000  # tokens in a job, at most: gensim's batch_words

# Rows of the tokens of a job, -1 for an unknown word, and the length of each of its sentences.
EncodedJob = tuple[NDArray[np.int32], NDArray[np.int64]]


def open_text(sentences: Iterable[Sequence[str]]) -> "StoredText | StreamedText":
    """Choose how a text is read.

    A list, a tuple and a TextFile give the same sentences each time, so they are encoded once. Any
    other corpus may reshuffle itself, and is read anew in each epoch.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The text.

    Returns
    -------
    StoredText or StreamedText
        The text; a stored one has been read.

    Raises
    ------
    ValueError
        The text cannot be read twice, or a sentence is a string or no list of strings.
    OSError
        The encoded text does not fit on the disk.
    """
    if type(sentences) in (list, tuple, TextFile):
        return StoredText(sentences)
    return StreamedText(sentences)


def text_jobs(sentences: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """Collect sentences while they have at most 10,000 words together.

    A longer sentence makes a job of its own. If it is the first one, the first job is empty.

    Parameters
    ----------
    sentences : iterable of sequences of str
        The text; read as far as needed.

    Yields
    ------
    list of sequences of str
        The sentences of a job.
    """
    collected: list[Sequence[str]] = []
    words = 0
    for tokens in sentences:
        if words + len(tokens) > JOB_WORDS:
            yield collected
            collected, words = [], 0
        collected.append(tokens)
        words += len(tokens)
    if collected:
        yield collected


class StoredText:
    """A text that is read once and kept in a temporary file: 4 bytes a token, 8 a sentence.

    The file has no name and goes with the process, however that ends.

    Parameters
    ----------
    sentences : iterable of sequences of str
        The text.

    Attributes
    ----------
    sentences, tokens : int
        How many there are.

    Raises
    ------
    ValueError
        A sentence is a string or no list of strings.
    OSError
        The disk is full.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        numbers: defaultdict[str, int] = defaultdict(count().__next__)  # by first appearance
        counts = np.zeros(1024, np.int64)
        self._shapes: list[tuple[int, int]] = []
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the text is used
        weakref.finalize(self, self._file.close)
        text = CountedText(sentences)
        for job in text_jobs(text):
            lengths = np.fromiter(map(len, job), np.int64, len(job))
            tokens = chain.from_iterable(job)
            encoded = np.fromiter(map(numbers.__getitem__, tokens), np.int32, lengths.sum())
            if len(numbers) > len(counts):
                counts = np.pad(counts, (0, len(numbers)))
            np.add.at(counts, encoded, 1)
            self._write(lengths, encoded)
        # The counts take the numbers' place: a text has many words, and one dict is enough.
        numbers.update(zip(numbers, counts.tolist(), strict=False))
        self._counts: dict[str, int] = numbers
        self.sentences, self.tokens = text.sentences, text.tokens

    def _write(self, lengths: NDArray[np.int64], encoded: NDArray[np.int32]) -> None:
        try:
            lengths.tofile(self._file)
            encoded.tofile(self._file)
        except OSError as error:
            raise OSError(
                f"The encoded text does not fit into {tempfile.gettempdir()} (4 bytes a token, 8 a "
                "sentence). Free some space there, or name another folder in the environment "
                "variable TMPDIR."
            ) from error
        self._shapes.append((len(lengths), len(encoded)))

    def vocabulary(self, min_count: int) -> Vocabulary:
        """Give the words that were seen often enough.

        Parameters
        ----------
        min_count : int
            See ``Vocabulary.from_sentences``.

        Returns
        -------
        Vocabulary
            The words with their counts.

        Raises
        ------
        ValueError
            None was.
        """
        return Vocabulary.from_counts(self._counts, min_count)

    def number_by(self, vocabulary: Vocabulary) -> None:
        """Say which word has which row. The words themselves are forgotten: it can be said once.

        Parameters
        ----------
        vocabulary : Vocabulary
            The words that have vectors.
        """
        self._rows = vocabulary.encode(self._counts, unknown=-1)
        self._counts = {}

    def jobs(self) -> Iterator[EncodedJob]:
        """Give the text from its beginning.

        Yields
        ------
        tuple of numpy.ndarray
            A job: rows of its tokens, and lengths of its sentences.
        """
        self._file.seek(0)
        for sentences, tokens in self._shapes:
            lengths = np.fromfile(self._file, np.int64, sentences)
            yield self._rows[np.fromfile(self._file, np.int32, tokens)], lengths


class StreamedText(CountedText):
    """A text that is read anew in each epoch; of it only a few jobs are in memory."""

    def vocabulary(self, min_count: int) -> Vocabulary:
        """Read the text, and give the words that were seen often enough.

        Parameters
        ----------
        min_count : int
            See ``Vocabulary.from_sentences``.

        Returns
        -------
        Vocabulary
            The words with their counts.

        Raises
        ------
        ValueError
            None was, or a sentence is a string or no list of strings.
        """
        return Vocabulary.from_sentences(self, min_count)

    def number_by(self, vocabulary: Vocabulary) -> None:
        """Say which word has which row.

        Parameters
        ----------
        vocabulary : Vocabulary
            The words that have vectors.
        """
        self._vocabulary = vocabulary

    def jobs(self) -> Iterator[EncodedJob]:
        """Read the text from its beginning.

        Yields
        ------
        tuple of numpy.ndarray
            A job: rows of its tokens, and lengths of its sentences.
        """
        for job in text_jobs(self):
            lengths = np.fromiter(map(len, job), np.int64, len(job))
            yield self._vocabulary.encode(chain.from_iterable(job), unknown=-1), lengths
