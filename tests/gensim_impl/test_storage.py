import pickle
import shutil

import numpy as np
import pytest
from gensim.models import FastText, KeyedVectors, Word2Vec

from course_lib import Embeddings, datasets
from course_lib.gensim_impl import load_native, to_embeddings


@pytest.fixture(scope="module")
def model():
    return Word2Vec(
        datasets.load_corpus("lee")[:30], vector_size=8, min_count=2, workers=1, epochs=1
    )


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


@pytest.mark.parametrize("inside", [False, True])
def test_a_second_pickle_beside_the_file_is_not_read(model, tmp_path, inside):
    """gensim unpickles a file for each name in ``__scipys``."""
    trace, file = tmp_path / "trace", tmp_path / "model"
    evil = KeyedVectors(2)
    evil.add_vectors(["a", "b"], np.eye(2))
    vars(evil)["__scipys"] = ["matrix"]
    (tmp_path / f"model.{'wv.' * inside}matrix.npy").write_bytes(
        pickle.dumps(Calls(exec, f"open({str(trace)!r}, 'w').close()"))
    )
    outer = Word2Vec()
    outer.wv = evil
    vars(outer)["__recursive_saveloads"] = ["wv"]
    file.write_bytes(pickle.dumps(outer if inside else evil))
    with pytest.raises(ValueError, match="unpickle a second file, for 'matrix'"):
        load_native(file)
    assert not trace.exists()
    with pytest.raises(FileNotFoundError):
        (Word2Vec if inside else KeyedVectors).load(str(file))
    assert trace.exists(), "so gensim's own load does run it"


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_packed_models_come_back(model, tmp_path, suffix):
    path = tmp_path / f"model{suffix}"
    model.save(str(path), sep_limit=0)
    np.testing.assert_array_equal(load_native(path).wv.vectors, model.wv.vectors)
    with pytest.raises(ValueError, match="Cannot mmap compressed"):
        load_native(path, mmap=True)


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


# OUT vectors of a model that was loaded from the disk


@pytest.mark.parametrize("options", [{}, {"sep_limit": 0}])
@pytest.mark.parametrize("mmap", [False, True])
def test_out_vectors_of_a_loaded_model(model, tmp_path, options, mmap):
    model.save(str(tmp_path / "model"), **options)
    found = to_embeddings(load_native(tmp_path / "model", mmap=mmap))
    assert model.syn1neg.any()
    np.testing.assert_array_equal(found.output_vectors, model.syn1neg)
    np.testing.assert_array_equal(found.input_vectors, model.wv.vectors)
    assert found.vocabulary.words == model.wv.index_to_key
    word, other = found.vocabulary.words[:2]
    u = model.syn1neg[1] / np.linalg.norm(model.syn1neg[1])
    v = model.wv.get_vector(word, norm=True)
    assert found.similarity(word, other, "in", "out") == pytest.approx(float(v @ u), abs=1e-6)


def test_a_loaded_tree_has_no_out_vectors_and_says_why(tmp_path):
    text = datasets.load_corpus("lee")[:30]
    Word2Vec(text, hs=1, negative=0, min_count=2, workers=1, epochs=1).save(str(tmp_path / "tree"))
    found = to_embeddings(load_native(tmp_path / "tree"))
    assert found.output_vectors is None and found.node_vectors.any()
    with pytest.raises(ValueError, match="Hierarchical softmax has a vector for each inner node"):
        found.matrix("out")


def test_a_loaded_model_of_both_objectives_has_both(tmp_path):
    text = datasets.load_corpus("lee")[:30]
    both = Word2Vec(text, hs=1, negative=5, min_count=2, workers=1, epochs=1)
    both.save(str(tmp_path / "both"))
    found = to_embeddings(load_native(tmp_path / "both"))
    np.testing.assert_array_equal(found.output_vectors, both.syn1neg)
    np.testing.assert_array_equal(found.node_vectors, both.syn1[:-1])


def test_loaded_keyed_vectors_have_lost_them(model, tmp_path):
    model.wv.save(str(tmp_path / "vectors"))
    found = Embeddings.from_keyed_vectors(load_native(tmp_path / "vectors"))
    with pytest.raises(ValueError, match="They were not kept with these vectors"):
        found.matrix("out")
