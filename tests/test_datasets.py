import contextlib
import dataclasses
import doctest
import functools
import gzip
import hashlib
import http.server
import itertools
import multiprocessing.pool
import re
import subprocess
import sys
import threading
import warnings
import zipfile

import numpy as np
import pytest
from gensim.corpora import WikiCorpus, wikicorpus
from gensim.models import KeyedVectors, Word2Vec

from course_lib import Vocabulary, chinese, datasets, numpy_impl
from course_lib.corpus import TextFile, require_reiterable, tokenize


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The cache folder, empty; not there yet."""
    monkeypatch.setenv("COURSE_LIB_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def wikipedia(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_LIB_DATA", str(tmp_path_factory.mktemp("data")))
        return datasets.load_corpus("wikipedia")


def count_words(sentences):
    return sum(len(tokens) for tokens in sentences)


# ------------------------------------------------------------------------------ embedded texts


def test_lee_is_a_document_a_sentence():
    news = datasets.load_corpus("lee")
    raw = datasets._gensim_file("lee_background.cor").read_text(encoding="utf-8").splitlines()
    assert news == [tokenize(line) for line in raw]
    assert datasets.CATALOGUE[0].size == f"{len(news)} documents, {count_words(news):,} words"
    require_reiterable(news)


def test_wikipedia_is_what_wikicorpus_gives(wikipedia, monkeypatch):
    # Threads in the place of gensim's processes, which would warn of forking under pytest-xdist.
    threads = multiprocessing.pool.ThreadPool
    monkeypatch.setattr(wikicorpus.multiprocessing, "Pool", lambda count, _: threads(count))
    dump = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
    theirs = WikiCorpus(
        str(datasets._gensim_file(dump)),
        processes=1,
        dictionary={},
        tokenizer_func=datasets._article_tokens,
    )
    articles = list(theirs.get_texts())
    ours = itertools.chain.from_iterable(wikipedia)
    assert list(ours) == list(itertools.chain.from_iterable(articles))
    assert len(wikipedia) == sum(-(-len(article) // 10_000) for article in articles)
    assert max(map(len, wikipedia)) == 10_000
    words = count_words(wikipedia)
    assert datasets.CATALOGUE[1].size == f"{len(articles)} articles, {words:,} words"


def test_wikipedia_has_no_markup(wikipedia):
    words = {token for tokens in wikipedia for token in tokens}
    markup = {"jpg", "png", "svg", "http", "https", "www", "nbsp", "ref", "br", "px", "cellpadding"}
    assert not words & markup
    assert not [word for word in words if re.fullmatch(r"\d+px.*", word)]
    assert {"a", "i", "world", "anarchism", "naïve"} <= words, "short words and accents stay"


def test_a_word_is_held_once(wikipedia):
    the = [token for tokens in wikipedia for token in tokens if token == "the"]
    assert len(the) > 1000
    assert all(token is the[0] for token in the)


def test_what_is_loaded_may_be_changed():
    for name in ("lee", "toy", "chinese"):
        first = datasets.load_corpus(name)
        first[0][0] = "changed"
        assert datasets.load_corpus(name)[0][0] != "changed"


def test_a_missing_gensim_text_is_named():
    with pytest.raises(FileNotFoundError, match=r"without .*no_such.cor.*pip install"):
        datasets._gensim_file("no_such.cor")


# ------------------------------------------------------------------------------------ the cache


@pytest.fixture
def cleanings(monkeypatch):
    """Counts how often the excerpt is cleaned; a short text takes its place."""
    made = []

    def make():
        made.append(1)
        return "one article naïve\nanother article\n"

    monkeypatch.setattr(datasets, "_cleaned_wikipedia", make)
    return made


SHORT = [["one", "article", "naïve"], ["another", "article"]]


def test_the_cleaned_text_is_kept(folder, cleanings):
    for _ in range(3):
        assert datasets.load_corpus("wikipedia") == SHORT
    assert len(cleanings) == 1
    (path,) = folder.iterdir()
    assert path.read_text(encoding="utf-8") == "one article naïve\nanother article\n"


@pytest.mark.parametrize(
    "damage", [lambda old: b"", lambda old: old[:-1], lambda old: old.replace(b"one", b"two")]
)
def test_a_damaged_cache_is_made_anew(folder, cleanings, damage):
    datasets.load_corpus("wikipedia")
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert datasets.load_corpus("wikipedia") == SHORT
    assert [file.read_bytes() for file in folder.iterdir()] == [whole]
    assert len(cleanings) == 2


def test_a_new_cleaning_does_not_read_the_old_text(folder, cleanings, monkeypatch):
    datasets.load_corpus("wikipedia")
    monkeypatch.setattr(datasets, "version", lambda package: "999.0")  # another gensim
    datasets.load_corpus("wikipedia")
    assert len(cleanings) == 2
    assert datasets._cached("wikipedia-v999", lambda: "new") == "new"


def test_without_a_folder_to_write_to_it_works_and_warns(tmp_path, monkeypatch, cleanings):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COURSE_LIB_DATA", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="COURSE_LIB_DATA") as warned:
        assert datasets.load_corpus("wikipedia") == SHORT
    assert warned[0].filename == __file__


def test_two_processes_at_once_are_safe_and_silent(folder):
    # A plain script without a __main__ guard.
    script = "from course_lib import datasets; print(len(datasets.load_corpus('wikipedia')))"
    command = [sys.executable, "-W", "default:::course_lib", "-c", script]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    running = [subprocess.Popen(command, **pipes) for _ in range(2)]
    assert [process.communicate(timeout=120) for process in running] == [("119\n", "")] * 2
    assert len(list(folder.iterdir())) == 1


# ---------------------------------------------------------------------------------- downloads


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A text to download from this machine: a running server that counts its requests."""
    root = tmp_path / "server"
    root.mkdir()
    with zipfile.ZipFile(root / "tiny.zip", "w") as archive:
        archive.writestr("folder/train.raw", " = Title = \n\n Don't split U.S. \n")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            requests.append(self.path)

    requests = []
    handler = functools.partial(Handler, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    sha256 = hashlib.sha256((root / "tiny.zip").read_bytes()).hexdigest()
    url = f"http://127.0.0.1:{server.server_port}/tiny.zip"
    tiny = datasets.Download(url, sha256, "folder/train.raw", tokenize)
    monkeypatch.setitem(datasets.DOWNLOADS, "tiny", tiny)

    @contextlib.contextmanager
    def switched_off():
        server.shutdown()
        server.server_close()
        yield

    yield requests, switched_off, root
    server.shutdown()
    server.server_close()


TINY = [["title"], ["don't", "split", "u", "s"]]


def test_a_text_is_downloaded_once(folder, served):
    requests, switched_off, _ = served
    text = datasets.load_corpus("tiny")
    assert isinstance(text, TextFile)
    assert list(text) == list(text) == TINY
    with switched_off():
        assert list(datasets.load_corpus("tiny")) == TINY
    assert requests == ["/tiny.zip"]
    assert sorted(path.name for path in folder.iterdir()) == ["tiny.txt", "tiny.zip"]


def test_a_damaged_archive_or_text_is_replaced(folder, served):
    requests, _, root = served
    datasets.load_corpus("tiny")
    (folder / "tiny.txt").write_text("cut sho", encoding="utf-8")
    assert list(datasets.load_corpus("tiny")) == TINY
    assert len(requests) == 1
    (folder / "tiny.zip").write_bytes(b"damaged")
    assert list(datasets.load_corpus("tiny")) == TINY
    assert len(requests) == 2
    assert (folder / "tiny.zip").read_bytes() == (root / "tiny.zip").read_bytes()


def test_unexpected_content_is_refused_and_not_kept(folder, served):
    _, _, root = served
    (root / "tiny.zip").write_bytes(b"a login page")
    with pytest.raises(OSError, match=r"'tiny' could not be downloaded.*hash"):
        datasets.load_corpus("tiny")
    assert list(folder.iterdir()) == []
    (root / "tiny.zip").unlink()
    with pytest.raises(OSError, match="404"):
        datasets.load_corpus("tiny")
    assert list(folder.iterdir()) == []


def test_without_a_network_it_says_what_to_do(folder, served):
    _, switched_off, root = served
    with switched_off():
        with pytest.raises(OSError, match="'tiny' could not be downloaded") as raised:
            datasets.load_corpus("tiny")
        message = str(raised.value)
        for part in ("http://127.0.0.1", str(folder / "tiny.zip"), "lee, wikipedia, toy, chinese"):
            assert part in message
        assert raised.value.__suppress_context__
        assert "another version" not in message
        folder.mkdir(exist_ok=True)
        (folder / "tiny.zip").write_bytes(b"something else")
        with pytest.raises(OSError, match="is another version and was not used"):
            datasets.load_corpus("tiny")
        # The advice works: the archive, or the text itself.
        (folder / "tiny.zip").write_bytes((root / "tiny.zip").read_bytes())
        assert list(datasets.load_corpus("tiny")) == TINY


def test_a_folder_that_cannot_be_written_is_an_error_for_downloads(tmp_path, monkeypatch, served):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COURSE_LIB_DATA", str(tmp_path / "file" / "cache"))
    with pytest.raises(OSError, match="COURSE_LIB_DATA"):
        datasets.load_corpus("tiny")


def test_every_download_is_pinned_and_catalogued():
    names = [entry.name for entry in datasets.list() if entry.where == "download"]
    assert names == list(datasets.DOWNLOADS)
    for download in datasets.DOWNLOADS.values():
        assert download.url.startswith("https://")
        assert re.fullmatch("[0-9a-f]{64}", download.sha256)


# ------------------------------------------------------------------------------------ vectors


@pytest.fixture
def trainings(monkeypatch):
    """Counts how often vectors are trained; one epoch on the toy text takes the place."""
    real, made = numpy_impl.train_word2vec, []

    def train(_text, settings, *, progress):
        made.append(settings)
        short = dataclasses.replace(settings, epochs=1)
        return real(datasets.toy_corpus(), short, progress=progress)

    monkeypatch.setattr(numpy_impl, "train_word2vec", train)
    return made


def test_wikipedia_mini_is_trained_once_and_kept_as_glove_text(folder, trainings):
    first = datasets.load_vectors("wikipedia-mini", progress=False)
    again = datasets.load_vectors("wikipedia-mini", words=["king", "queen"])
    assert len(trainings) == 1
    np.testing.assert_array_equal(again.vector("king"), first.vector("king"))
    assert len(again) == 2
    path = datasets.vectors_path("wikipedia-mini")
    assert path.parent == folder
    theirs = KeyedVectors.load_word2vec_format(str(path), no_header=True)
    assert theirs.index_to_key == first.vocabulary.words
    np.testing.assert_array_equal(theirs.vectors, first.input_vectors)
    assert first.output_vectors is None
    assert first.input_vectors.shape[1] == trainings[0].vector_size == 50


def test_wikipedia_mini_has_the_promised_size(wikipedia):
    V = len(Vocabulary.from_sentences(wikipedia, datasets.MINI_SETTINGS.min_count))
    assert datasets.list_vectors()[0].size == f"{V:,} words, d = 50"


def test_wikipedia_mini_needs_a_folder_to_write_to(tmp_path, monkeypatch, trainings):
    monkeypatch.setattr(datasets, "load_corpus", lambda name: [])
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COURSE_LIB_DATA", str(tmp_path / "file" / "cache"))
    with pytest.raises(OSError, match=r"could not be kept .*COURSE_LIB_DATA"):
        datasets.load_vectors("wikipedia-mini", progress=False)


GLOVE = "a 1 2\nb 3 4\n"


@pytest.fixture
def served_vectors(served, monkeypatch):
    requests, switched_off, root = served
    address = next(iter(datasets.DOWNLOADS["tiny"])).rpartition("/")[0]
    with zipfile.ZipFile(root / "tiny.6B.zip", "w") as archive:
        archive.writestr("tiny.6B.2d.txt", GLOVE)
        archive.writestr("tiny.6B.1d.txt", "a 1\n")
    sha256 = hashlib.sha256((root / "tiny.6B.zip").read_bytes()).hexdigest()
    url = f"{address}/tiny.6B.zip"
    tiny = datasets.VectorFile(("tiny.txt", "tiny.6B.2d.txt"), url, f"sha256:{sha256}")
    monkeypatch.setitem(datasets.VECTORS, "tiny.6B.2d", tiny)
    md5 = hashlib.md5((root / "tiny.zip").read_bytes()).hexdigest()
    plain = datasets.VectorFile(("tiny.gz",), f"{address}/tiny.gz", f"md5:{md5}")
    (root / "tiny.gz").write_bytes(gzip.compress(GLOVE.encode(), mtime=0))
    md5 = hashlib.md5((root / "tiny.gz").read_bytes()).hexdigest()
    monkeypatch.setitem(datasets.VECTORS, "tiny-gz", plain._replace(checksum=f"md5:{md5}"))
    return requests, switched_off


@pytest.mark.parametrize(
    ("name", "request_", "files"),
    [
        ("tiny.6B.2d", "/tiny.6B.zip", {"tiny.6B.zip", "tiny.6B.2d.txt"}),
        ("tiny-gz", "/tiny.gz", {"tiny.gz"}),
    ],
)
def test_vectors_are_downloaded_once(folder, served_vectors, name, request_, files):
    requests, switched_off = served_vectors
    assert datasets.load_vectors(name).vocabulary.words == ["a", "b"]
    with switched_off():
        assert datasets.load_vectors(name, limit=1).vocabulary.words == ["a"]
        for copy in folder.glob("*.cache"):
            copy.unlink()
        assert datasets.load_vectors(name).vector("b").tolist() == [3, 4]
    assert requests == [request_]
    assert {path.name for path in folder.iterdir() if path.suffix != ".cache"} == files


def test_a_file_that_one_has_is_used(folder, served_vectors):
    requests, switched_off = served_vectors
    with switched_off():
        with pytest.raises(OSError, match=r"tiny.txt or tiny.6B.2d.txt, put it into") as raised:
            datasets.load_vectors("tiny.6B.2d")
        assert str(folder / "tiny.6B.zip") in str(raised.value)
        assert "These need no network: wikipedia-mini." in str(raised.value)
        folder.mkdir(exist_ok=True)
        (folder / "tiny.txt").write_text("mine 1 2 3\n", encoding="utf-8")
        assert datasets.load_vectors("tiny.6B.2d").vocabulary.words == ["mine"]
    assert requests == []


def test_vectors_of_ones_own_are_loaded_by_path(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text(GLOVE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / "mine.txt", "mine.txt"):
        assert len(datasets.load_vectors(path, cache=False)) == 2
    with pytest.raises(ValueError, match=r"no vectors 'glove', and no file .* glove.6B.50d, "):
        datasets.load_vectors("glove")
    with pytest.raises(ValueError, match=r"no vectors 'glove'\. The names are wikipedia-mini, "):
        datasets.vectors_path("glove")
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        datasets.load_vectors(tmp_path / "missing.txt")


def test_every_file_of_vectors_is_pinned_and_catalogued():
    names = [entry.name for entry in datasets.list_vectors() if entry.where == "download"]
    assert names == list(datasets.VECTORS)
    for file in datasets.VECTORS.values():
        assert file.url.startswith("https://")
        assert re.fullmatch("sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.checksum)
    assert datasets.VECTORS["glove.6B.50d"].files == ("glove.6B.50d.txt",)
    assert datasets.VECTORS["glove.840B.300d"].url.endswith("/glove.840B.300d.zip")


# ----------------------------------------------------------------------- names and the catalogue


def test_the_catalogue_shows_itself():
    for catalogue in (datasets.list(), datasets.list_vectors()):
        shown = repr(catalogue)
        assert max(map(len, shown.splitlines())) <= 100
        for entry in catalogue:
            assert sum(line.startswith(f"{entry.name} ") for line in shown.splitlines()) == 1
            for words in entry:
                assert all(word in shown for word in words.split())
    table = datasets.list()._repr_html_()
    assert table.count("<tr>") == len(datasets.list()) + 1
    assert "Pincombe &amp; Welsh" in table


def test_a_path_is_a_text_file(tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("my own text\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / "mine.txt", str(tmp_path / "mine.txt"), "mine.txt"):
        assert list(datasets.load_corpus(path)) == [["my", "own", "text"]]


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path):
    known = "lee, wikipedia, toy, chinese, text8, wikitext-2, wikitext-103"
    with pytest.raises(ValueError, match=rf"no corpus 'leee', and no file of that name.*{known}"):
        datasets.load_corpus("leee")
    with pytest.raises(FileNotFoundError, match=r"missing\.txt"):
        datasets.load_corpus(tmp_path / "missing.txt")
    with pytest.raises(ValueError, match="no corpus 'the cat") as raised:
        datasets.load_corpus("the cat sat " * 20)
    assert "cat sat " * 10 not in str(raised.value), "not the whole text"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("the cat sat on the mat " * 300, "is a text itself"),
        ("", "is empty"),
        ([["a"]], "of type list"),
        (7, "of type int"),
    ],
)
def test_what_is_no_name_or_path_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message) as raised:
        datasets.load_corpus(wrong)
    assert len(str(raised.value)) < 300


# -------------------------------------------------------------------------------- the toy text


def test_the_toy_text_has_the_promised_size():
    sentences = datasets.load_corpus("toy")
    assert sentences == datasets.toy_corpus(n_sentences=5000, seed=1)
    assert {len(tokens) for tokens in sentences} == {6, 7, 8}
    words = {token for tokens in sentences for token in tokens}
    assert 60 <= len(words) <= 90
    assert all(re.fullmatch("[a-z]+", word) for word in words)
    assert datasets.CATALOGUE[2].size == f"5,000 sentences, {count_words(sentences):,} words"


def test_the_toy_text_follows_its_seed():
    assert datasets.toy_corpus(100, seed=7) == datasets.toy_corpus(100, seed=7)
    assert datasets.toy_corpus(100, seed=7) != datasets.toy_corpus(100, seed=8)
    assert datasets.toy_corpus(100, seed=7)[:50] == datasets.toy_corpus(50, seed=7)
    with pytest.raises(ValueError, match="at least 1, not 0"):
        datasets.toy_corpus(0)


def test_toy_groups_and_analogies_are_words_of_the_text():
    words = {token for tokens in datasets.toy_corpus() for token in tokens}
    grouped = list(itertools.chain.from_iterable(datasets.TOY_GROUPS.values()))
    assert len(grouped) == len(set(grouped)) == 25
    assert set(grouped) <= words
    assert set(itertools.chain.from_iterable(datasets.TOY_ANALOGIES)) <= set(grouped)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_training_finds_what_was_planted(seed):
    model = Word2Vec(
        datasets.toy_corpus(seed=seed),
        sg=1, vector_size=24, window=5, sample=0, min_count=1, alpha=0.05, epochs=10,
        workers=1, seed=seed,
    )  # fmt: skip
    for a, b, c, d in datasets.TOY_ANALOGIES:
        assert model.wv.most_similar([b, c], [a], topn=1)[0][0] == d, (a, b, c, d)
    groups = {name: set(words) for name, words in datasets.TOY_GROUPS.items()}
    persons = groups["royalty"] | groups["people"]
    places = groups["countries"] | groups["capitals"]
    for expected in (persons, places, groups["animals"]):
        inside = [
            neighbour in expected
            for word in expected
            for neighbour, _ in model.wv.most_similar(word, topn=3)
        ]
        assert np.mean(inside) > 0.9, expected
    # Each person's nearest ones are those that differ in one trait.
    for word, traits in datasets.PEOPLE.items():
        near = [neighbour for neighbour, _ in model.wv.most_similar(word, topn=3)]
        for other in persons.intersection(near):
            assert sum(map(str.__ne__, traits, datasets.PEOPLE[other])) == 1, (word, other)


def test_the_chinese_text_is_cut_into_its_true_words():
    sentences = datasets.load_corpus("chinese")
    written = chinese.handwritten_sentences() + chinese.grammar_sentences()
    assert sentences == [chinese.words_only(tokens) for tokens in written]
    words = f"{len(sentences):,} sentences, {count_words(sentences):,} words"
    assert datasets.CATALOGUE[3].size == words
    assert "208 sentences by hand" in datasets.CATALOGUE[3].source
    assert sentences[0] == ["人工智慧", "已經", "走進", "我們", "的", "日常", "生活"]


def test_nothing_else_is_warned_about(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("lee", "wikipedia", "toy", "chinese"):
            assert datasets.load_corpus(name)


def test_examples_in_the_docstrings():
    results = doctest.testmod(datasets)
    assert results.failed == 0
    assert results.attempted > 0
