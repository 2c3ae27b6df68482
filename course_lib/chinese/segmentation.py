"""From Chinese text to characters or words, and between Traditional and Simplified characters."""

import functools
import re
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jieba import Tokenizer
    from opencc import OpenCC

# Unicode's blocks of Han characters with their extensions, rare ones beyond 16 bits included, and
# the signs for "the same again" and for zero.
HAN = "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
# Accents, and the selectors that pick a variant of a character, belong to what stands before them.
MARKS = "[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]*"
CHARACTER = re.compile(rf"{HAN}{MARKS}|(?:(?!{HAN})[^\W_]{MARKS})+")

SIMPLIFYING = {False: "t2s", True: "tw2sp"}
TRADITIONALISING = {False: "s2tw", True: "s2twp"}


def characters(text: str) -> list[str]:
    """Cut a text into Chinese characters.

    Letters and digits of other scripts stay together as words; white space and punctuation are
    left out. The text is brought into Unicode's composed form (NFC) first.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        Its characters, in order.

    Examples
    --------
    >>> characters("我用word2vec，你呢？")
    ['我', '用', 'word2vec', '你', '呢']
    """
    return CHARACTER.findall(unicodedata.normalize("NFC", text))


def is_word(token: str) -> bool:
    """Tell a word from punctuation and white space.

    Parameters
    ----------
    token : str
        A piece of a text.

    Returns
    -------
    bool
        It has a letter, a digit or a Chinese character.
    """
    return any(character.isalnum() for character in token)


def words_only(tokens: Iterable[str]) -> list[str]:
    """Leave out punctuation and white space.

    Parameters
    ----------
    tokens : iterable of str
        Pieces of a text.

    Returns
    -------
    list of str
        The words among them, in order.
    """
    return [token for token in tokens if is_word(token)]


@functools.cache
def _converter(config: str) -> "OpenCC":
    import opencc  # here, as jieba below: most lessons need neither

    return opencc.OpenCC(config)


def to_simplified(text: str, *, regional_words: bool = False) -> str:
    """Write a Traditional text in Simplified characters, by OpenCC.

    Parameters
    ----------
    text : str
        A text; what is not Traditional stays as it is.
    regional_words : bool, default False
        Replace words of Taiwan by those of mainland China, too: 軟體 becomes 软件, not 软体.

    Returns
    -------
    str
        The text.
    """
    return str(_converter(SIMPLIFYING[regional_words]).convert(text))


def to_traditional(text: str, *, regional_words: bool = False) -> str:
    """Write a Simplified text in Traditional characters as they are used in Taiwan, by OpenCC.

    One Simplified character may stand for several Traditional ones. OpenCC decides by the words
    that it knows, so that the way back is a guess, though a good one.

    Parameters
    ----------
    text : str
        A text; what is not Simplified stays as it is.
    regional_words : bool, default False
        Replace words of mainland China by those of Taiwan, too.

    Returns
    -------
    str
        The text.
    """
    return str(_converter(TRADITIONALISING[regional_words]).convert(text))


@functools.cache
def _jieba_dictionary() -> tuple[dict[str, int], int]:
    """Read jieba's own dictionary: words and beginnings of words with counts, and the total.

    jieba itself would keep it in the folder for temporary files, where everybody can write, and
    read it from there the next time. We read it anew in each process, which takes a second.
    """
    tokenizer = _jieba_tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, total


def _jieba_tokenizer() -> "Tokenizer":
    with warnings.catch_warnings():  # it warns on import: of pkg_resources, of its own strings
        warnings.simplefilter("ignore")
        import jieba
    return jieba.Tokenizer()


class Segmenter:
    """Finds the words in a Chinese text, by jieba.

    Can be called, so that it serves as the ``tokenizer`` of a ``corpus.TextFile``. Each segmenter
    has a dictionary of its own: the words given to one are unknown to the others. Nothing is
    written to the disk, and nothing is printed.

    Parameters
    ----------
    words : iterable of str, default ()
        A user dictionary: words that the text has, and that jieba's dictionary may lack.
    via_simplified : bool, default False
        Find the words in the Simplified form of the text, and cut the text itself at these places.
        jieba's dictionary is mostly Simplified.

    Raises
    ------
    ValueError
        The user dictionary is a bare string, or an entry is empty or has white space or
        punctuation in it.

    Examples
    --------
    >>> segmenter = Segmenter(["珍珠奶茶"])
    >>> segmenter("我喝珍珠奶茶。")
    ['我', '喝', '珍珠奶茶']
    """

    def __init__(self, words: Iterable[str] = (), *, via_simplified: bool = False) -> None:
        if isinstance(words, str):
            raise ValueError(f"The user dictionary is a list of words: [{words[:20]!r}].")
        self.via_simplified = via_simplified
        frequencies, total = _jieba_dictionary()
        words = list(words)
        self._tokenizer = _jieba_tokenizer()
        # A copy takes some 40 MB, and jieba changes it only where words are added.
        self._tokenizer.FREQ = dict(frequencies) if words else frequencies
        self._tokenizer.total = total
        self._tokenizer.initialized = True  # or jieba would read the dictionary, and say so
        for word in words:
            if not isinstance(word, str) or not word or not all(map(is_word, word)):
                raise ValueError(
                    f"{word!r} cannot be in a user dictionary: jieba looks for words without white "
                    "space and punctuation. Leave it out."
                )
            self._tokenizer.add_word(to_simplified(word) if via_simplified else word)
        self._count = len(words)

    def __repr__(self) -> str:
        via = ", via_simplified=True" if self.via_simplified else ""
        return f"Segmenter({self._count} words of your own{via})"

    def cut(self, text: str) -> list[str]:
        """Cut a text and leave nothing out.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of str
            Words, punctuation and white space; joined they are the text again.
        """
        read = to_simplified(text) if self.via_simplified else text
        if len(read) != len(text):  # no character of Unicode does so today
            read = text
        pieces = [piece for piece in self._tokenizer.cut(read) if piece]
        ends = list(accumulate(map(len, pieces)))
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def __call__(self, text: str) -> list[str]:
        """Cut a text into words.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of str
            Its words without punctuation and white space.
        """
        return words_only(self.cut(text))


class Scores(NamedTuple):
    """How well words were found: precision, recall, and F1, their harmonic mean."""

    precision: float
    recall: float
    f1: float


def segmentation_scores(
    gold: Iterable[Sequence[str]], found: Iterable[Sequence[str]]
) -> Scores:  # fmt: skip
    """Compare the words that a segmenter found with the right ones.

    A word counts as right where both its ends are, as in the bakeoffs of SIGHAN (Sproat and
    Emerson 2003). Punctuation is left out of both.

    Parameters
    ----------
    gold, found : iterable of sequence of str
        The same sentences, as right words and as found words.

    Returns
    -------
    Scores
        Precision, recall and F1 over all sentences, each from 0 to 1.

    Raises
    ------
    ValueError
        Not the same number of sentences, none, a sentence is a bare string, or the words of a
        sentence do not have the same characters in both.
    """
    right = gold_words = found_words = 0
    try:
        for number, (true, guess) in enumerate(zip(gold, found, strict=True), 1):
            true_spans, guessed_spans = _spans(true), _spans(guess)
            if "".join(words_only(true)) != "".join(words_only(guess)):
                raise ValueError(
                    f"Sentence {number} does not have the same characters in both: "
                    f"{''.join(true)[:40]!r} and {''.join(guess)[:40]!r}."
                )
            right += len(true_spans & guessed_spans)
            gold_words += len(true_spans)
            found_words += len(guessed_spans)
    except ValueError as error:
        if "zip()" in str(error):
            raise ValueError("gold and found have to be the same sentences.") from None
        raise
    if gold_words == 0:
        raise ValueError("There is no word to compare.")
    precision, recall = right / found_words, right / gold_words
    return Scores(precision, recall, 2 * right / (found_words + gold_words))


def _spans(tokens: Sequence[str]) -> set[tuple[int, int]]:
    """First and last place of each word in the sentence without punctuation."""
    if isinstance(tokens, str):
        raise ValueError(f"A sentence is a list of words, not the string {tokens[:40]!r}.")
    ends = list(accumulate(len(word) for word in words_only(tokens)))
    return set(zip([0, *ends], ends, strict=False))
