import bz2
import gzip
import pickle
import shutil

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from course_lib import datasets
from course_lib.gensim_impl import load_native, load_vectors, save_vectors, to_embeddings


@pytest.fixture(scope="module")
def model():
    return Word2Vec(
        datasets.load_corpus("lee")[:30], vector_size=8, min_count=2, workers=1, epochs=1
    )


# The exchange format


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz", ".txt.bz2"])
@pytest.mark.parametrize("binary", [False, True])
def test_round_trips_are_exact(model, tmp_path, suffix, binary):
    path = tmp_path / f"vectors{suffix}"
    for vectors in (model.wv, to_embeddings(model).to_keyed_vectors("out")):
        save_vectors(vectors, path, binary=binary)
        for found in (
            load_vectors(path),
            KeyedVectors.load_word2vec_format(str(path), binary=binary),
        ):
            assert found.index_to_key == vectors.index_to_key
            np.testing.assert_array_equal(found.vectors, vectors.vectors)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
@pytest.mark.parametrize("binary", [False, True])
def test_the_bytes_are_gensims(model, tmp_path, suffix, binary):
    ours, theirs = tmp_path / f"ours{suffix}", tmp_path / "theirs"
    save_vectors(model.wv, ours, binary=binary)
    model.wv.save_word2vec_format(str(theirs), binary=binary)
    read = {"": bytes, ".gz": gzip.decompress, ".bz2": bz2.decompress}[suffix]
    assert read(ours.read_bytes()) == theirs.read_bytes()


def test_made_up_counts_are_dropped(model, tmp_path):
    save_vectors(model.wv, tmp_path / "v")
    with pytest.raises(KeyError):
        load_vectors(tmp_path / "v").get_vecattr("the", "count")


@pytest.mark.parametrize("word", ["new york", "tab\there", "", " lead", "line\nend", "a\u00a0b", 7])
def test_words_that_would_break_the_file_are_refused(tmp_path, word):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["fine", word], np.eye(2))
    (tmp_path / "v").write_text("older")
    with pytest.raises(ValueError, match="where a space ends a word"):
        save_vectors(vectors, tmp_path / "v")
    assert (tmp_path / "v").read_text() == "older"


def test_other_scripts_survive(tmp_path):
    vectors = KeyedVectors(2)
    vectors.add_vectors(["人工智慧", "naïve", "🙂"], np.arange(6.0).reshape(3, 2))
    for binary in (False, True):
        save_vectors(vectors, tmp_path / "v", binary=binary)
        assert load_vectors(tmp_path / "v").index_to_key == vectors.index_to_key


def test_files_that_cannot_be_read_say_why(model, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_vectors(tmp_path / "nothing")
    (tmp_path / "glove").write_text("the 1 2\nof 3 4\n")
    with pytest.raises(ValueError, match="a GloVe file"):
        load_vectors(tmp_path / "glove")
    for binary in (False, True):
        save_vectors(model.wv, tmp_path / "v", binary=binary)
        (tmp_path / "v.gz").write_bytes((tmp_path / "v").read_bytes())
        with pytest.raises(ValueError, match="cannot be read as a word2vec file"):
            load_vectors(tmp_path / "v.gz")
        whole = (tmp_path / "v").read_bytes()
        (tmp_path / "v").write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ValueError, match="cannot be read as a word2vec file"):
            load_vectors(tmp_path / "v")


# gensim's own files


@pytest.mark.parametrize("mmap", [False, True])
@pytest.mark.parametrize("options", [{}, {"sep_limit": 0}])
def test_models_and_vectors_come_back(model, tmp_path, options, mmap):
    model.save(str(tmp_path / "model"), **options)
    model.wv.save(str(tmp_path / "vectors"), **options)
    found = load_native(tmp_path / "model", mmap=mmap)
    assert isinstance(found, Word2Vec)
    assert isinstance(found.wv.vectors, np.memmap) == bool(options and mmap)
    vectors = load_native(tmp_path / "vectors", mmap=mmap)
    for each in (found.wv, vectors):
        assert each.index_to_key == model.wv.index_to_key
        np.testing.assert_array_equal(each.vectors, model.wv.vectors)
    np.testing.assert_array_equal(found.syn1neg, model.syn1neg)


def test_a_model_with_a_tree_comes_back(tmp_path):
    text = datasets.load_corpus("lee")[:30]
    tree = Word2Vec(text, hs=1, negative=0, min_count=2, workers=1, epochs=1)
    tree.save(str(tmp_path / "tree"))
    found = load_native(tmp_path / "tree")
    np.testing.assert_array_equal(
        found.wv.get_vecattr("the", "point"), tree.wv.get_vecattr("the", "point")
    )


def test_a_mapped_model_trains_and_its_file_stays(model, tmp_path):
    text = datasets.load_corpus("lee")[:30]
    model.save(str(tmp_path / "model"), sep_limit=0)
    before = (tmp_path / "model.wv.vectors.npy").read_bytes()
    found = load_native(tmp_path / "model", mmap=True)
    found.train(text, total_examples=30, epochs=1)
    assert not np.array_equal(found.wv.vectors, model.wv.vectors)
    assert (tmp_path / "model.wv.vectors.npy").read_bytes() == before


class Calls:
    """A pickle that calls what it is told."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (Calls(eval, "1/0"), r"builtins\.eval"),
        (Calls(print, "hello"), r"builtins\.print"),
        ({"model": Calls(shutil.copyfile, "/nowhere", "/there")}, r"shutil\.copyfile"),
    ],
)
def test_code_in_a_file_is_not_run(tmp_path, capsys, content, named):
    (tmp_path / "model").write_bytes(pickle.dumps(content))
    with pytest.raises(ValueError, match=f"{named}, which gensim never writes"):
        load_native(tmp_path / "model")
    assert capsys.readouterr().out == ""


def test_a_dotted_name_is_no_way_round(tmp_path):
    """Protocol 4 takes attributes of a module by dots."""
    evil = b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93."
    (tmp_path / "model").write_bytes(evil)
    with pytest.raises(ValueError, match=r"numpy\.dtype\.__init__"):
        load_native(tmp_path / "model")


def test_what_is_no_model_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_native(tmp_path / "nothing")
    (tmp_path / "number").write_bytes(pickle.dumps(7))
    with pytest.raises(ValueError, match="holds a int, not a Word2Vec"):
        load_native(tmp_path / "number")
    (tmp_path / "text").write_text("2 2\na 1 2\nb 3 4\n")
    with pytest.raises(ValueError, match="damaged or no file of gensim's"):
        load_native(tmp_path / "text")
    FastText(vector_size=4).save(str(tmp_path / "fast"))
    with pytest.raises(ValueError, match=r"gensim\.models\.fasttext"):
        load_native(tmp_path / "fast")
