import numpy as np
import pytest
from gensim.models import KeyedVectors

from course_lib import Embeddings, Vocabulary
from course_lib.formats import load_in_and_out, save_in_and_out, save_vectors

# Words that look like what one file puts before each word.
WORDS = ["the", "in:the", "out:the", "in:", "out:in:the", "Grüße", ":"]


@pytest.fixture
def embeddings():
    rng = np.random.default_rng(1)
    return Embeddings(Vocabulary(WORDS), *rng.normal(size=(2, 7, 5)).astype(np.float32))


def same(found, expected):
    assert found.vocabulary.words == expected.vocabulary.words
    np.testing.assert_array_equal(found.input_vectors, expected.input_vectors)
    np.testing.assert_array_equal(found.output_vectors, expected.output_vectors)
    return True


@pytest.mark.parametrize("format", ["word2vec-text", "word2vec-binary", "glove"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("files", [1, 2])
def test_both_matrices_come_back_to_the_last_bit(embeddings, tmp_path, format, suffix, files):
    paths = [tmp_path / f"vectors{n}.txt{suffix}" for n in range(files)]
    save_in_and_out(embeddings, *paths, format=format)
    assert sorted(tmp_path.iterdir()) == paths
    for cache in (False, True, True):  # the last time from the copy
        assert same(load_in_and_out(*paths, cache=cache, progress=False), embeddings)


def test_two_files_are_plain_files_of_vectors(embeddings, tmp_path):
    save_in_and_out(embeddings, tmp_path / "in.txt", tmp_path / "out.txt")
    for side in ("in", "out"):
        found = KeyedVectors.load_word2vec_format(str(tmp_path / f"{side}.txt"))
        assert found.index_to_key == WORDS
        np.testing.assert_array_equal(found.vectors, embeddings.matrix(side))


def test_one_file_is_read_by_gensim_with_both_kinds_of_neighbours(embeddings, tmp_path):
    save_in_and_out(embeddings, tmp_path / "both.bin", format="word2vec-binary")
    found = KeyedVectors.load_word2vec_format(str(tmp_path / "both.bin"), binary=True)
    assert len(found) == 14
    np.testing.assert_array_equal(found["in:Grüße"], embeddings.vector("Grüße", "in"))
    np.testing.assert_array_equal(found["out:out:the"], embeddings.vector("out:the", "out"))
    assert found.similarity("in:the", "out:Grüße") == pytest.approx(
        embeddings.similarity("the", "Grüße", "in", "out"), abs=1e-6
    )


def test_files_in_another_order_are_joined_by_the_words(embeddings, tmp_path):
    save_vectors(tmp_path / "in.txt", WORDS, embeddings.input_vectors)
    save_vectors(tmp_path / "out.txt", WORDS[::-1], embeddings.output_vectors[::-1])
    loaded = load_in_and_out(tmp_path / "in.txt", tmp_path / "out.txt", cache=False)
    assert same(loaded, embeddings)


def test_what_is_saved_can_be_trained_on(embeddings, tmp_path):
    save_in_and_out(embeddings, tmp_path / "both")
    loaded = load_in_and_out(tmp_path / "both")
    assert loaded.input_vectors.flags.writeable and loaded.output_vectors.flags.writeable
    assert loaded.vocabulary.counts is None


def test_a_word_with_one_vector_is_refused(embeddings, tmp_path):
    save_vectors(tmp_path / "in", WORDS, embeddings.input_vectors)
    save_vectors(tmp_path / "out", WORDS[:-1], embeddings.output_vectors[:-1])
    with pytest.raises(ValueError, match="do not fit together: The word ':' has no OUT"):
        load_in_and_out(tmp_path / "in", tmp_path / "out")
    with pytest.raises(ValueError, match="do not fit together: The word ':' has no IN"):
        load_in_and_out(tmp_path / "out", tmp_path / "in")
    save_vectors(tmp_path / "long", WORDS, np.ones((7, 6)))
    with pytest.raises(ValueError, match="do not fit together: output_vectors has shape"):
        load_in_and_out(tmp_path / "in", tmp_path / "long")
    for words, message in [
        (["in:a", "out:a", "in:b"], "The word 'b' has no OUT"),
        (["in:a", "out:a", "out:b"], "The word 'b' has no IN"),
        (["in:a", "out:a", "plain"], "'plain' begins neither with"),
        (["in:a", "in:b", "in:c"], "no word that begins with 'out:'"),
    ]:
        save_vectors(tmp_path / "one", words, np.ones((3, 2)))
        with pytest.raises(ValueError, match=f"one: .*{message}|one has {message}"):
            load_in_and_out(tmp_path / "one", cache=False)


def test_what_cannot_be_saved_leaves_the_old_files(embeddings, tmp_path):
    save_in_and_out(embeddings, tmp_path / "in", tmp_path / "out")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    spaced = Embeddings(Vocabulary(["a b"]), np.ones((1, 2)), np.ones((1, 2)))
    one = Embeddings(Vocabulary(["a"]), np.ones((1, 2)))
    tree = Embeddings(Vocabulary(["a", "b"]), np.ones((2, 2)), None, np.ones((1, 2)))
    large = Embeddings(Vocabulary(["a"]), np.ones((1, 2)), np.full((1, 2), 1e300))
    for given, message in [
        (spaced, "white space"),
        (one, "no OUT vectors here. They were not kept"),
        (tree, "no OUT vectors here. Hierarchical softmax"),
        (large, "beyond float32"),
    ]:
        for paths in ([tmp_path / "in", tmp_path / "out"], [tmp_path / "in"]):
            with pytest.raises(ValueError, match=message):
                save_in_and_out(given, *paths)
    with pytest.raises(ValueError, match="same file"):
        save_in_and_out(embeddings, tmp_path / "in", f"{tmp_path}/./in")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        save_in_and_out(embeddings, tmp_path / "in", tmp_path / "no" / "out")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_neither_file_changes_when_writing_the_second_fails(embeddings, tmp_path, monkeypatch):
    save_in_and_out(embeddings, tmp_path / "in", tmp_path / "out")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    doubled = Embeddings(
        embeddings.vocabulary, 2 * embeddings.input_vectors, 2 * embeddings.output_vectors
    )
    written = []

    def rows(words, matrix, binary):
        written.append(matrix)
        if len(written) == 2:
            raise OSError("No space left on device")
        yield b"half a file"

    monkeypatch.setattr("course_lib.formats.saving._rows", rows)
    with pytest.raises(OSError, match="No space left"):
        save_in_and_out(doubled, tmp_path / "in", tmp_path / "out")
    assert len(written) == 2
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
