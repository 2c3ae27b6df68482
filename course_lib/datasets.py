"""The named texts and vectors of the course: some are always there, others are downloaded once.

``load_corpus(name)`` gives sentences, ``load_vectors(name)`` vectors that others trained;
``list()`` and ``list_vectors()`` show what there is. What is downloaded or takes seconds to make is
kept in the user's cache folder, or in the folder that the environment variable COURSE_LIB_DATA
names.

In ``"lee"`` and ``"wikipedia"`` a whole document is one sentence, as in gensim's own tutorials, so
that a window may reach over a full stop.
"""

import builtins
import bz2
import hashlib
import html
import itertools
import re
import shutil
import sys
import textwrap
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple, overload

import numpy as np

from course_lib import chinese, formats
from course_lib.corpus import TextFile, require_path, split_long, tokenize
from course_lib.embeddings import Embeddings
from course_lib.files import data_folder, replacing
from course_lib.settings import Word2VecSettings

# This module has a function called list, so the type needs its full name.
Sentences = builtins.list[builtins.list[str]]

LONGEST_SENTENCE = 10_000  # tokens: gensim drops what comes after


class Entry(NamedTuple):
    """One line of the catalogue."""

    name: str
    where: str
    size: str
    licence: str
    source: str


class Catalogue(tuple[Entry, ...]):
    """Entries that show themselves as a table."""

    def __repr__(self) -> str:
        name = max(len(entry.name) for entry in self)
        widths = (name, 8, 24, 24, 40 - name)  # with the spaces between them exactly 100
        lines: builtins.list[str] = []
        for row in (Entry._fields, *self):
            cells = [textwrap.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
            for parts in itertools.zip_longest(*cells, fillvalue=""):
                padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
                lines.append(" ".join(padded).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        def row(tag: str, cells: Sequence[str]) -> str:
            style = 'style="text-align: left"'
            filled = "".join(f"<{tag} {style}>{html.escape(cell)}</{tag}>" for cell in cells)
            return f"<tr>{filled}</tr>"

        body = "\n".join(row("td", entry) for entry in self)
        head = row("th", Entry._fields)
        return f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


CATALOGUE = Catalogue(
    (
        Entry(
            "lee",
            "embedded",
            "300 documents, 60,533 words",
            "not stated by the source",
            "Lee, Pincombe & Welsh 2005, from the Australian Broadcasting Corporation's news "
            "mail; comes with gensim",
        ),
        Entry(
            "wikipedia",
            "embedded",
            "106 articles, 482,476 words",
            "CC BY-SA 3.0",
            "English Wikipedia, an excerpt that comes with gensim; cleaned by its WikiCorpus",
        ),
        Entry(
            "toy",
            "embedded",
            "5,000 sentences, 34,821 words",
            "CC BY 4.0",
            "this course: toy_corpus, a grammar with a planted structure",
        ),
        Entry(
            "chinese",
            "embedded",
            "12,208 sentences, 90,547 words",
            "CC BY 4.0",
            "this course: course_lib.chinese, Traditional Chinese, 208 sentences by hand and the "
            "others by a grammar",
        ),
        Entry(
            "text8",
            "download",
            "17,005,207 words (31 MB, 100 MB unpacked)",
            "GFDL (Wikipedia in 2006)",
            "M. Mahoney, mattmahoney.net/dc/textdata",
        ),
        Entry(
            "wikitext-2",
            "download",
            "2 million words (5 MB, 11 MB unpacked)",
            "CC BY-SA 3.0",
            "Merity et al. 2017, arXiv:1609.07843: good Wikipedia articles",
        ),
        Entry(
            "wikitext-103",
            "download",
            "100 million words (192 MB, 540 MB unpacked)",
            "CC BY-SA 3.0",
            "Merity et al. 2017, arXiv:1609.07843: the same, larger",
        ),
    )
)


class Download(NamedTuple):
    """Where a text comes from and how to read it.

    Each sha256 was found, with one and the same value, in several unrelated public projects that
    pin the archive (for WikiText, Apple's mlx-data is one). They were not checked by a download of
    our own: none was possible. The addresses on huggingface.co are pinned to a revision.
    """

    url: str
    sha256: str
    member: str  # the text's name in the zip archive
    tokenizer: Callable[[str], builtins.list[str]]


DOWNLOADS = {
    "text8": Download(
        "https://mattmahoney.net/dc/text8.zip",
        "a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232",
        "text8",
        str.split,
    ),
    "wikitext-2": Download(
        "https://huggingface.co/datasets/ggml-org/ci/resolve/"
        "927b3642933080f1b0e811e2f916e14c292992f9/wikitext-2-raw-v1.zip",
        "ef7edb566e3e2b2d31b29c1fdb0c89a4cc683597484c3dc2517919c615435a11",
        "wikitext-2-raw/wiki.train.raw",
        tokenize,
    ),
    "wikitext-103": Download(
        "https://huggingface.co/datasets/mattdangerw/wikitext-103-raw/resolve/"
        "3555105b17ae31cc619a136fac72dbe2865c3738/wikitext-103-raw-v1.zip",
        "91c00ae287f0d699e18605c84afc9e45c192bc6b7797ff8837e5474655a33794",
        "wikitext-103-raw/wiki.train.raw",
        tokenize,
    ),
}


def list() -> Catalogue:
    """Show the texts that ``load_corpus`` knows by name.

    Returns
    -------
    Catalogue
        A tuple of entries (name, where, size, licence, source) that prints as a table. "embedded"
        needs no network, "download" needs it once.
    """
    return CATALOGUE


@overload
def load_corpus(name_or_path: Literal["lee", "wikipedia", "toy", "chinese"]) -> Sentences: ...
@overload
def load_corpus(name_or_path: str | Path) -> Sentences | TextFile: ...
def load_corpus(name_or_path: str | Path) -> Sentences | TextFile:
    """Load a text of the catalogue, or a file of your own.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A name from ``list()``, or the path of a text file with a sentence a line and spaces between
        its tokens. For raw text, or another encoding, use ``corpus.TextFile`` itself.

    Returns
    -------
    list of list of str, or TextFile
        Sentences. ``"lee"``, ``"wikipedia"``, ``"toy"`` and ``"chinese"`` are lists that you may
        change; the others are read from the disk each time they are iterated. In ``"lee"`` and
        ``"wikipedia"`` a document is one sentence; in any, a longer one than 10,000 tokens is cut.
        ``"chinese"`` is cut into its true words, the 208 sentences written by hand first; the raw
        text is in ``course_lib.chinese``.

    Raises
    ------
    ValueError
        There is no such name, and no such file; or it is no name or path but, for example, the text
        itself.
    FileNotFoundError
        A ``pathlib.Path`` leads nowhere, or gensim was installed without its texts.
    OSError
        A download failed; the message says what to do.

    Examples
    --------
    >>> news = load_corpus("lee")
    >>> news[0][:5]
    ['hundreds', 'of', 'people', 'have', 'been']
    """
    path = require_path(name_or_path)
    if name_or_path == "lee":
        return _lee()
    if name_or_path == "wikipedia":
        return _wikipedia()
    if name_or_path == "toy":
        return toy_corpus()
    if name_or_path == "chinese":
        return _chinese()
    if name_or_path in DOWNLOADS:
        return _downloaded(str(name_or_path))
    if isinstance(name_or_path, str) and not path.exists():
        names = ", ".join(entry.name for entry in CATALOGUE)
        raise ValueError(
            f"There is no corpus {name_or_path[:100]!r}, and no file of that name in {Path.cwd()}. "
            f"The names are {names}."
        )
    return TextFile(path)


# ---------------------------------------------------------------------------------------------
# Vectors

MINI = "wikipedia-mini"
MINI_SETTINGS = Word2VecSettings(vector_size=50, sample=1e-4, epochs=20)


class VectorFile(NamedTuple):
    """Which file holds the vectors, and the archive that it comes in.

    Checksums were found as those of the texts were: the SHA-256 of each GloVe archive, with one and
    the same value, in unrelated public projects that pin it (torchtext is one), the MD5 of
    word2vec-google-news-300 in the list of gensim-data, which publishes that file. They were not
    checked by a download of our own: none was possible.
    """

    files: tuple[str, ...]  # names that the file may have in the data folder; ours is the last one
    url: str
    checksum: str


def _glove(archive: str, sha256: str, dimensions: Sequence[int] = ()) -> dict[str, VectorFile]:
    url = f"https://nlp.stanford.edu/data/{archive}.zip"
    names = [f"{archive}.{d}d" for d in dimensions] or [archive]
    return {name: VectorFile((f"{name}.txt",), url, f"sha256:{sha256}") for name in names}


VECTORS = {
    **_glove(
        "glove.6B",
        "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
        (50, 100, 200, 300),
    ),
    **_glove(
        "glove.twitter.27B",
        "792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c",
        (25, 50, 100, 200),
    ),
    **_glove(
        "glove.42B.300d",
        "03d5d7fa28e58762ace4b85fb71fe86a345ef0b5ff39f5390c14869da0fc1970",
    ),
    **_glove(
        "glove.840B.300d",
        "c06db255e65095393609f19a4cfca20bf3a71e20cc53e892aafa490347e3849f",
    ),
    "word2vec-google-news-300": VectorFile(
        (
            "GoogleNews-vectors-negative300.bin",
            "GoogleNews-vectors-negative300.bin.gz",
            "word2vec-google-news-300.gz",
        ),
        "https://github.com/piskvorky/gensim-data/releases/download/word2vec-google-news-300/"
        "word2vec-google-news-300.gz",
        "md5:a5e5354d40acb95f9ec66d5977d140ef",
    ),
}
PDDL = "PDDL 1.0 (public domain)"
VECTOR_CATALOGUE = Catalogue(
    (
        Entry(
            MINI,
            "embedded",
            "9,550 words, d = 50",
            "CC BY-SA 3.0",
            "this course: skip-gram, trained on the text wikipedia when it is first asked for",
        ),
        *(
            Entry(name, "download", f"{size}; the archive has {packed}", PDDL, f"Stanford: {text}")
            for names, size, packed, text in (
                (builtins.list(VECTORS)[:4], "400,000 words", "862 MB", "Wikipedia, Gigaword"),
                (builtins.list(VECTORS)[4:8], "1.2 million words", "1.4 GB", "Twitter"),
                (("glove.42B.300d",), "1.9 million words", "1.8 GB", "Common Crawl"),
                (("glove.840B.300d",), "2.2 million words", "2.0 GB", "Common Crawl"),
            )
            for name in names
        ),
        Entry(
            "word2vec-google-news-300",
            "download",
            "3,000,000 words (1.7 GB)",
            "not stated by the source",
            "Google News; Mikolov et al. 2013b",
        ),
    )
)


def list_vectors() -> Catalogue:
    """Show the vectors that ``load_vectors`` knows by name.

    Returns
    -------
    Catalogue
        A tuple of entries (name, where, size, licence, source) that prints as a table.
    """
    return VECTOR_CATALOGUE


def load_vectors(name_or_path: str | Path, **options: Any) -> Embeddings:
    """Load vectors of the catalogue, or a file of your own.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A name from ``list_vectors()``, or the path of a file.
    **options
        What ``formats.load_vectors`` takes: ``limit``, ``words``, ``dtype``, ``progress``, ...

    Returns
    -------
    Embeddings
        Words and IN vectors.

    Raises
    ------
    ValueError
        There is no such name, and no such file; or the file is damaged.
    FileNotFoundError
        A ``pathlib.Path`` leads nowhere.
    OSError
        A download failed; the message says where to put a file that you have.
    """
    path = require_path(name_or_path)
    named = name_or_path == MINI or name_or_path in VECTORS
    if not named and isinstance(name_or_path, str) and not path.exists():
        names = ", ".join(entry.name for entry in VECTOR_CATALOGUE)
        raise ValueError(
            f"There are no vectors {name_or_path[:100]!r}, and no file of that name in "
            f"{Path.cwd()}. The names are {names}."
        )
    if named:
        path = vectors_path(str(name_or_path), progress=options.get("progress", True))
    return formats.load_vectors(path, **options)


def vectors_path(name: str, progress: bool = True) -> Path:
    """Give the file of named vectors; it is trained, or downloaded and unpacked, if need be.

    Parameters
    ----------
    name : str
        A name from ``list_vectors()``.
    progress : bool, default True
        Show a progress bar while "wikipedia-mini" is trained.

    Returns
    -------
    pathlib.Path
        The file: as text in the format of GloVe, or word2vec-google-news-300 as binary, packed by
        gzip. gensim reads it, too.

    Raises
    ------
    ValueError
        There is no such name.
    OSError
        A download failed, or the folder of the data cannot be written to.
    """
    if name == MINI:
        return _mini_file(progress)
    if name not in VECTORS:
        names = ", ".join(entry.name for entry in VECTOR_CATALOGUE)
        raise ValueError(f"There are no vectors {name!r}. The names are {names}.")
    files, url, checksum = VECTORS[name]
    for file in files:
        if (data_folder() / file).exists():
            return data_folder() / file
    own = " or ".join(files)
    remedy = f"If you have the file {own}, put it into that folder, or give its path to"
    archive = _retrieved(name, url, checksum, f"{remedy} load_vectors.", VECTOR_CATALOGUE)
    if archive.suffix != ".zip":
        return archive
    return _unpacked(archive, files[-1], data_folder() / files[-1])


def _mini_file(progress: bool) -> Path:
    path = data_folder() / f"{MINI}-v1-gensim{version('gensim')}.txt"
    if path.exists():
        return path
    from course_lib.numpy_impl import train_word2vec  # here: Numba takes a moment to import

    trained = train_word2vec(load_corpus("wikipedia"), MINI_SETTINGS, progress=progress)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        formats.save_vectors(path, trained.vocabulary.words, trained.input_vectors, "glove")
    except OSError as error:
        raise OSError(
            f"{MINI} could not be kept in {path.parent} ({error}). "
            "Set COURSE_LIB_DATA to a folder that you can write to."
        ) from error
    return path


# ---------------------------------------------------------------------------------------------
# Texts that gensim carries


def _lee() -> Sentences:
    return _interned(TextFile(_gensim_file("lee_background.cor"), tokenizer=tokenize))


def _wikipedia() -> Sentences:
    text = _cached("wikipedia-v1", _cleaned_wikipedia)
    return _interned(line.split() for line in text.splitlines())


def _interned(sentences: Iterator[builtins.list[str]] | TextFile) -> Sentences:
    """Hold each word once, however often the text has it."""
    return [[sys.intern(token) for token in tokens] for tokens in sentences]


def _gensim_file(name: str) -> Path:
    from gensim.test.utils import datapath  # here, since importing gensim takes a second

    path = Path(datapath(name))
    if not path.exists():
        raise FileNotFoundError(
            f"This gensim was installed without {path}. Install it by: pip install --force-"
            f"reinstall gensim=={version('gensim')}"
        )
    return path


def _cleaned_wikipedia() -> str:
    """Clean the excerpt as gensim's WikiCorpus does, in this process; an article a line.

    WikiCorpus itself starts worker processes, which goes wrong in scripts on Windows and macOS.
    """
    from gensim.corpora import wikicorpus

    dump = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
    lines: builtins.list[str] = []
    with bz2.open(_gensim_file(dump)) as file:
        for title, text, page in wikicorpus.extract_pages(file, filter_namespaces=("0",)):
            tokens, _, _ = wikicorpus.process_article(
                (text, title, page), tokenizer_func=_article_tokens
            )
            if len(tokens) >= wikicorpus.ARTICLE_MIN_WORDS:  # the others are redirects and stubs
                lines += [" ".join(piece) for piece in split_long(tokens, LONGEST_SENTENCE)]
    return "\n".join(lines) + "\n"


# What gensim's filter leaves of the markup: quotes for bold and italic, bare addresses, the file
# names of picture galleries (their captions stay), the sizes of pictures.
LEFTOVER = re.compile(
    r"''+|(?:https?://|www\.)\S+|\b\d+(?:x\d+)?px|^[^|\n]*\.(?:jpe?g|png|svg|gif|tiff?|og[gv])\s*(?:\||$)",
    re.IGNORECASE | re.MULTILINE,
)


def _article_tokens(text: str, *_limits: object) -> builtins.list[str]:
    """Tokenise as the other texts are; gensim's own limits on the length of a word are left out."""
    return tokenize(LEFTOVER.sub(" ", text))


def _chinese() -> Sentences:
    sentences = chinese.handwritten_sentences() + chinese.grammar_sentences()
    return _interned(map(chinese.words_only, sentences))


# ---------------------------------------------------------------------------------------------
# The cache


def _cached(name: str, make: Callable[[], str]) -> str:
    """Give the text kept under a name, or make and keep it.

    The file's name ends in the start of its own sha256, so that a damaged file is seen and made
    anew. Two processes that do so at once write the same file, each in one step.
    """
    folder = data_folder()
    stem = f"{name}-gensim{version('gensim')}"
    for path in folder.glob(f"{stem}-*.txt"):
        content = path.read_bytes()
        if path.stem.endswith(f"-{_digest(content)}"):
            return content.decode()
    text = make()
    path = folder / f"{stem}-{_digest(text.encode())}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text.encode())
    except OSError as error:
        warnings.warn(
            f"The cleaned text could not be kept in {folder} ({error}), so that it is "
            "cleaned again each time. Set COURSE_LIB_DATA to a folder that you can write to.",
            stacklevel=4,  # the line that called load_corpus
        )
    return text


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


# ---------------------------------------------------------------------------------------------
# Downloads


def _downloaded(name: str) -> TextFile:
    """Download, verify and unpack a text unless that was done before."""
    url, sha256, member, tokenizer = DOWNLOADS[name]
    remedy = "If you have the text, give its path to load_corpus."
    archive = _retrieved(name, url, f"sha256:{sha256}", remedy, CATALOGUE, f"{name}.zip")
    return TextFile(_unpacked(archive, member, archive.with_suffix(".txt")), tokenizer=tokenizer)


def _retrieved(
    name: str, url: str, checksum: str, remedy: str, catalogue: Catalogue, file: str = ""
) -> Path:
    """Download and verify a file unless it is there."""
    import pooch  # late, as in files.data_folder

    path = data_folder() / (file or url.rpartition("/")[2])
    had_one = path.exists()
    try:
        pooch.retrieve(
            url,
            known_hash=checksum,
            fname=path.name,
            path=path.parent,
            downloader=pooch.HTTPDownloader(progressbar=True, chunk_size=2**16),
        )
    except (OSError, ValueError) as error:  # ValueError: not the content that was expected
        refused = f" The file {path} is another version and was not used." * had_one
        raise OSError(
            f"{name!r} could not be downloaded from {url} ({error}).{refused} If you have the "
            f"archive, put it at {path}. {remedy} "
            "The folder can be changed by COURSE_LIB_DATA. These need no network: "
            f"{', '.join(entry.name for entry in catalogue if entry.where == 'embedded')}."
        ) from None  # the chain below it is a hundred lines about sockets
    return path


def _unpacked(archive: Path, member: str, path: Path) -> Path:
    with zipfile.ZipFile(archive) as contents:
        unpacked_size = contents.getinfo(member).file_size
        if not path.exists() or path.stat().st_size != unpacked_size:
            with contents.open(member) as packed, replacing(path) as file:
                shutil.copyfileobj(packed, file)
    return path


# ---------------------------------------------------------------------------------------------
# The toy text


# A person is royal or not, he or she, grown-up or a child. Each of the three shows in words of its
# own, and nothing else tells two people apart.
PEOPLE = {
    "king": ("royal", "he", "adult"),
    "queen": ("royal", "she", "adult"),
    "prince": ("royal", "he", "child"),
    "princess": ("royal", "she", "child"),
    "man": ("common", "he", "adult"),
    "woman": ("common", "she", "adult"),
    "boy": ("common", "he", "child"),
    "girl": ("common", "she", "child"),
}
TRAITS: dict[str, dict[str, tuple[str, ...]]] = {
    "royal": {"place": ("palace", "castle"), "thing": ("crown", "throne")},
    "common": {"place": ("house", "village"), "thing": ("coat", "hat")},
    "he": {"he": ("he",), "his": ("his",)},
    "she": {"he": ("she",), "his": ("her",)},
    "adult": {"age": ("old", "wise"), "does": ("works", "reads")},
    "child": {"age": ("young", "small"), "does": ("plays", "learns")},
}
PEOPLE_LINES = (
    "the {age} {person} has {his} {thing}",
    "the {person} {does} in {his} {place}",
    "{he} is the {age} {person} of the {place}",
    "{he} is a {person} and {he} {does}",
    "the {person} in the {place} has {his} {thing}",
)
# Country and capital share the words of their country; countries share theirs, capitals theirs.
COUNTRIES = (
    {"country": "france", "city": "paris", "language": "french", "food": "cheese"},
    {"country": "italy", "city": "rome", "language": "italian", "food": "pasta"},
    {"country": "spain", "city": "madrid", "language": "spanish", "food": "oranges"},
    {"country": "germany", "city": "berlin", "language": "german", "food": "bread"},
    {"country": "poland", "city": "warsaw", "language": "polish", "food": "soup"},
    {"country": "japan", "city": "tokyo", "language": "japanese", "food": "rice"},
)
COUNTRY_LINES = (
    "{city} is the capital of {country}",
    "the streets of {city} have {language} {food}",
    "the border of {country} has {language} {food}",
    "the city of {city} has {language} streets",
    "the country of {country} has a {language} border",
    "the streets in the city of {city}",
    "the border of the country of {country}",
)
ANIMALS = (
    {"animal": "cat", "sound": "meows", "food": "fish", "place": "house"},
    {"animal": "dog", "sound": "barks", "food": "bones", "place": "village"},
    {"animal": "horse", "sound": "neighs", "food": "hay", "place": "stable"},
    {"animal": "cow", "sound": "moos", "food": "grass", "place": "meadow"},
    {"animal": "sheep", "sound": "bleats", "food": "grass", "place": "meadow"},
)
ANIMAL_LINES = (
    "the {animal} {sound} and eats {food}",
    "the {animal} {sound} in the {place}",
    "the {animal} sleeps in the {place}",
    "the {animal} is an animal and it sleeps",
    "a {animal} is an animal with a tail",
    "the tail of the {animal} is small",
)

TOY_GROUPS = {
    "royalty": tuple(word for word, traits in PEOPLE.items() if "royal" in traits),
    "people": tuple(word for word, traits in PEOPLE.items() if "common" in traits),
    "countries": tuple(words["country"] for words in COUNTRIES),
    "capitals": tuple(words["city"] for words in COUNTRIES),
    "animals": tuple(words["animal"] for words in ANIMALS),
}
# (a, b, c, d): a is to b as c is to d, so that b - a + c lands at d.
TOY_ANALOGIES = (
    ("man", "king", "woman", "queen"),
    ("boy", "prince", "girl", "princess"),
    ("king", "prince", "queen", "princess"),
    ("man", "woman", "boy", "girl"),
    *(
        (one["country"], one["city"], other["country"], other["city"])
        for one, other in itertools.combinations(COUNTRIES, 2)
    ),
)

# Everything a sentence can be about: its lines, and the words that may stand in each gap.
Topic = tuple[Sequence[str], dict[str, tuple[str, ...]]]


def toy_corpus(n_sentences: int = 5000, seed: int = 1) -> Sentences:
    """Write sentences by a small grammar, with a structure that embeddings should find.

    About 90 words: eight people who differ in rank, gender and age, six countries with their
    capitals, five animals. ``TOY_GROUPS`` names the words that belong together, ``TOY_ANALOGIES``
    the analogies, such as man : king = woman : queen. Train with ``sample=0`` and ``min_count=1``:
    subsampling would leave little of so small a text.

    Parameters
    ----------
    n_sentences : int, default 5000
        How many sentences, at least 1. Each has 6 to 8 words.
    seed : int, default 1
        Seed of the generator. The same seed gives the same text.

    Returns
    -------
    list of list of str
        The sentences.

    Raises
    ------
    ValueError
        ``n_sentences`` is below 1.

    Examples
    --------
    >>> " ".join(toy_corpus(n_sentences=1, seed=1)[0])
    'the city of paris has french streets'
    """
    if n_sentences < 1:
        raise ValueError(f"n_sentences must be at least 1, not {n_sentences}.")
    rng = np.random.default_rng(seed)
    topics = _toy_topics()
    sentences = []
    for _ in range(n_sentences):
        lines, words = topics[rng.integers(len(topics))]
        chosen = {gap: _one_of(choices, rng) for gap, choices in words.items()}
        sentences.append(_one_of(lines, rng).format_map(chosen).split())
    return sentences


def _toy_topics() -> builtins.list[Topic]:
    topics: builtins.list[Topic] = []
    for person, traits in PEOPLE.items():
        words: dict[str, tuple[str, ...]] = {"person": (person,)}
        for trait in traits:
            words |= TRAITS[trait]
        topics.append((PEOPLE_LINES, words))
    for row in COUNTRIES:
        topics.append((COUNTRY_LINES, {gap: (word,) for gap, word in row.items()}))
    for row in ANIMALS:
        topics.append((ANIMAL_LINES, {gap: (word,) for gap, word in row.items()}))
    return topics


def _one_of(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
