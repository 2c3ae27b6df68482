"""From raw text to sentences: tokenise, stream from files, cut, shuffle.

A sentence is a list of words, and a corpus is anything that gives its sentences again each time it
is iterated: a list, a ``TextFile``, a ``Shuffled``.
"""

import bz2
import codecs
import errno
import gzip
import os
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")  # [^\W_]: a letter or digit of any script
PIECE = 2**16  # characters read at a time, so that a line of any length streams
LONGEST_NAME = 255  # characters: no file system has longer names
LONGEST_WORD = 1_000_000  # characters; a longer run without white space is no text of words
UNDECODED = re.compile("[\udc80-\udcff]")  # how "surrogateescape" marks a byte it cannot decode


def tokenize(text: str) -> list[str]:
    """Cut a text into lower-case words.

    A word is a run of letters and digits of any script; an apostrophe inside it stays ("don't").
    Everything else separates words: "state-of-the-art" gives four, "3.14" and "U.S." two each,
    an emoji none. The text is brought into Unicode's composed form (NFC) first, so that "naïve"
    is one word however its accent was typed.

    Chinese, Japanese and Thai put no space between words: a whole phrase comes out as one "word".
    Hindi and other scripts that write vowels as marks are cut in the wrong places. Use a tokenizer
    made for the language there.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        Its words, in order.

    Examples
    --------
    >>> tokenize("Don't panic: it's 3.14, a state-of-the-art naïve guess.")
    ["don't", 'panic', "it's", '3', '14', 'a', 'state', 'of', 'the', 'art', 'naïve', 'guess']
    """
    composed = unicodedata.normalize("NFC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    # Lower case comes last: it may split a letter in two (the Turkish dotted I).
    return [word.lower() for word in WORD.findall(composed)]


def split_long(tokens: Sequence[str], max_length: int) -> Iterator[list[str]]:
    """Cut a sentence into pieces of at most ``max_length`` tokens.

    gensim reads the first 10,000 tokens of a sentence and drops the rest without a word.

    Parameters
    ----------
    tokens : sequence of str
        A tokenised sentence.
    max_length : int
        Most tokens in a piece, at least 1.

    Returns
    -------
    iterator of list of str
        The pieces in order, none of them empty; all but the last have ``max_length`` tokens.

    Raises
    ------
    ValueError
        ``max_length`` is below 1, or ``tokens`` is a string.
    """
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, not {max_length}.")
    if isinstance(tokens, str):
        raise ValueError(
            "split_long cuts a list of tokens, not a string. Use tokenize(text) first."
        )
    starts = range(0, len(tokens), max_length)
    return (list(tokens[start : start + max_length]) for start in starts)


def require_path(path: object) -> Path:
    """Refuse what cannot be the path of a file, such as the text itself.

    Parameters
    ----------
    path : object
        What was handed in as the name or path of a text. The file need not exist.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    ValueError
        It is neither a string nor a path, it is empty, or it is a text: no file has its name, and
        it has several lines or is longer than a name can be.
    """
    if not isinstance(path, str | os.PathLike):
        raise ValueError(
            f"A text has a name or path, but this is of type {type(path).__name__}. Sentences that "
            "are tokenised already need no loading: use them as they are."
        )
    if path == "":
        raise ValueError("The name or path of the text is empty.")
    if not _may_exist(Path(path)):
        raise ValueError(
            f"{_shortened(str(path))!r} is a text itself, not its name or path. To make sentences "
            "of it, use [tokenize(line) for line in text.splitlines()]."
        )
    return Path(path)


def _may_exist(path: Path) -> bool:
    try:
        if path.exists():
            return True
    except OSError as error:
        return error.errno != errno.ENAMETOOLONG
    return "\n" not in str(path) and all(len(part) <= LONGEST_NAME for part in path.parts)


def _shortened(name: str) -> str:
    return name if len(name) <= 160 else f"{name[:60]}...{name[-60:]}"


class TextFile:
    """The sentences of a text file, read anew each time they are iterated.

    A line is a sentence; empty lines are skipped. The file is read in small pieces, so that its
    size does not matter, not even when it is one single line, as text8 is.

    Parameters
    ----------
    path : str or pathlib.Path
        The file: plain text, or compressed if its name ends in ``.gz`` or ``.bz2``.
    tokenizer : callable, default str.split
        Turns a text into a list of tokens. It gets a line or, if the line is long, pieces of it
        that were cut at white space; without the white space around it, and never an empty one.
        The default suits a file that is tokenised already; ``tokenize`` suits raw text.
    max_sentence_length : int, default 10000
        A line with more tokens becomes several sentences of at most this many.
    encoding : str, default "utf-8"
        The file's encoding. A byte order mark at the start of UTF-8 is skipped.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The path is a folder or no path at all, Python has no such text encoding, or
        ``max_sentence_length`` is below 1. While reading: the file is damaged, has another
        encoding or is no text, or the tokenizer gives a string.

    Examples
    --------
    >>> sentences = TextFile("news.txt.gz", tokenizer=tokenize)   # doctest: +SKIP
    >>> Vocabulary.from_sentences(sentences)                      # doctest: +SKIP
    """

    def __init__(
        self,
        path: str | Path,
        *,
        tokenizer: Callable[[str], list[str]] = str.split,
        max_sentence_length: int = 10_000,
        encoding: str = "utf-8",
    ) -> None:
        self.path = require_path(path)
        self.tokenizer = tokenizer
        self.max_sentence_length = max_sentence_length
        self.encoding = encoding
        if self.path.is_dir():
            raise ValueError(
                f"{self.path} is a folder. Give one file, or a TextFile for each file."
            )
        if not self.path.exists():
            raise FileNotFoundError(
                f"There is no file {_shortened(str(path))}. Paths start at "
                f"{Path.cwd()}; give the full path."
            )
        if max_sentence_length < 1:
            raise ValueError(f"max_sentence_length must be at least 1, not {max_sentence_length}.")
        try:
            "".encode(encoding)  # fails for codecs of bytes, such as hex, too
            is_utf8 = codecs.lookup(encoding).name == "utf-8"
        except (LookupError, TypeError, UnicodeError):
            raise ValueError(
                f"Python knows no text encoding {encoding!r}. Try utf-8, latin-1, cp1252 or utf-16."
            ) from None
        self._codec = "utf-8-sig" if is_utf8 else encoding  # -sig skips a byte order mark

    def __repr__(self) -> str:
        return f"TextFile({str(self.path)!r})"

    def __iter__(self) -> Iterator[list[str]]:
        tokens: list[str] = []
        for text, line_ends in self._pieces():
            if stripped := text.strip():
                tokens += self._tokens(stripped)
            kept = 0 if line_ends else len(tokens) % self.max_sentence_length
            whole = len(tokens) - kept
            yield from split_long(tokens[:whole], self.max_sentence_length)
            tokens = tokens[whole:]

    def _tokens(self, text: str) -> list[str]:
        tokens = self.tokenizer(text)
        if isinstance(tokens, str | bytes):
            raise ValueError(
                f"The tokenizer for {self.path} gives the string {tokens[:40]!r}; its letters "
                "would be taken for words. It has to give a list of tokens, for example: "
                "tokenizer=lambda text: text.lower().split()."
            )
        return tokens

    def _pieces(self) -> Iterator[tuple[str, bool]]:
        """Give the text in pieces that end at white space, and whether a line ends there too."""
        tail = ""  # may be the first half of a word
        with self._open() as file:
            while piece := self._read(file):
                text = tail + piece
                if text.endswith("\n"):
                    tail = ""
                    yield text, True
                elif len(piece) < PIECE:  # the last line, without a line end
                    tail = text
                else:
                    tail = "" if text[-1].isspace() else text.rsplit(None, 1)[-1]
                    yield text[: len(text) - len(tail)], False
                    if len(tail) > LONGEST_WORD:
                        raise ValueError(
                            f"{self.path} has {len(tail):,} characters without a space or a new "
                            "line. Is it a text file? Text without spaces, such as Chinese, needs "
                            "lines."
                        )
        yield tail, True

    def _open(self, errors: str = "strict") -> TextIO:
        suffix = self.path.suffix.lower()
        if suffix == ".gz":
            return gzip.open(self.path, "rt", encoding=self._codec, errors=errors)
        if suffix == ".bz2":
            return bz2.open(self.path, "rt", encoding=self._codec, errors=errors)
        return self.path.open(encoding=self._codec, errors=errors)

    def _read(self, file: TextIO) -> str:
        """Read the rest of a line, or its next piece; an error names the file and the remedy."""
        try:
            piece = file.readline(PIECE)
        except UnicodeError as error:
            line = self._first_bad_line()
            raise ValueError(
                f"{self.path}{f', line {line},' if line else ''} is not {self.encoding} text: "
                f"{getattr(error, 'reason', error)}. Name its encoding, for example "
                'encoding="latin-1"; or is it no text file?'
            ) from error
        except (EOFError, OSError, zlib.error) as error:
            if self.path.suffix.lower() not in (".gz", ".bz2"):
                raise  # the disk's trouble, not the file's
            raise ValueError(
                f"{self.path} is damaged or cut short ({error}). Download or compress it again."
            ) from error
        if "\0" in piece:
            raise ValueError(
                f"{self.path} has NUL characters, which no text has. Name its encoding, for "
                'example encoding="utf-16"; or is it no text file?'
            )
        return piece

    def _first_bad_line(self) -> int | None:
        """Number of the first line with an undecodable byte, None if that cannot be told."""
        line = 1
        try:
            with self._open(errors="surrogateescape") as file:
                while piece := file.readline(PIECE):
                    if UNDECODED.search(piece):
                        return line
                    line += piece.endswith("\n")
        except UnicodeError:  # encodings of two bytes a letter cannot mark one byte
            pass
        return None


class Shuffled:
    """The same sentences in a new order each time they are iterated, the first time included.

    The sentences are held in memory once; what is passed in stays as it is.

    Parameters
    ----------
    sentences : re-iterable of sequences of str
        The corpus.
    rng : numpy.random.Generator
        Draws the orders. Generators of the same seed give the same sequence of orders; counting
        the words of the text takes the first one.

    Raises
    ------
    ValueError
        The corpus can be read only once or is no corpus, or ``rng`` is not a generator.

    Examples
    --------
    >>> shuffled = Shuffled([["one"], ["two"], ["three"]], np.random.default_rng(1))
    >>> list(shuffled), list(shuffled)
    ([['one'], ['two'], ['three']], [['three'], ['one'], ['two']])
    """

    def __init__(self, sentences: Iterable[Sequence[str]], rng: np.random.Generator) -> None:
        require_reiterable(sentences)
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a generator: np.random.default_rng(1), not {rng!r}.")
        self._sentences = list(sentences)
        self._rng = rng

    def __len__(self) -> int:
        return len(self._sentences)

    def __repr__(self) -> str:
        return f"Shuffled({len(self):,} sentences)"

    def __iter__(self) -> Iterator[Sequence[str]]:
        return (self._sentences[index] for index in self._rng.permutation(len(self)))


def require_reiterable(sentences: object) -> None:
    """Refuse a corpus that a training run could not read, or not more than once.

    Parameters
    ----------
    sentences : object
        What was handed in as a corpus. Nothing is consumed.

    Raises
    ------
    ValueError
        It is an iterator such as a generator, a string, a sequence of strings, or not iterable;
        the message names the remedy.
    """
    if isinstance(sentences, str | bytes):
        raise ValueError(
            "A corpus is a list of tokenised sentences, not one string. Use [tokenize(line) for "
            "line in text.splitlines()], or TextFile(path) for a file."
        )
    if isinstance(sentences, Iterator):
        raise ValueError(
            f"A {type(sentences).__name__} can be read only once, and training reads the text "
            "several times. Use list(sentences), a class whose __iter__ starts anew each time, or "
            "TextFile(path) for a file."
        )
    if not hasattr(sentences, "__iter__") and not hasattr(sentences, "__getitem__"):
        raise ValueError(
            f"A corpus is something like a list of tokenised sentences, not {sentences!r}."
        )
    if hasattr(sentences, "__len__") and hasattr(sentences, "__getitem__"):
        first = next(iter(sentences), None)
        if isinstance(first, str | bytes):
            raise ValueError(
                f"The first sentence is the string {first[:40]!r}; its letters would be taken for "
                "words. Make each sentence a list of tokens, as tokenize(text) or text.split() do."
            )
