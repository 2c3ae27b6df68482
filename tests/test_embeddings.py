import contextlib
import io
import os
import pickle

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

import course_lib.embeddings
from course_lib import Embeddings, Vocabulary


@pytest.fixture
def embeddings():
    rng = np.random.default_rng(1)
    vocabulary = Vocabulary([f"w{i}" for i in range(40)], np.arange(40, 0, -1))
    return Embeddings(
        vocabulary,
        rng.normal(size=(40, 6)).astype(np.float32),
        rng.normal(size=(40, 6)).astype(np.float32),
        losses=[3.5, 2.5],
    )


def same(one, other):
    for name in ("input_vectors", "output_vectors", "node_vectors", "losses"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert (mine is None) == (theirs is None), name
        if mine is not None:
            assert mine.dtype == theirs.dtype, name
            np.testing.assert_array_equal(mine, theirs)
    assert one.vocabulary == other.vocabulary
    return True


@pytest.mark.parametrize("query", ["in", "out"])
@pytest.mark.parametrize("target", ["in", "out"])
def test_neighbours_of_all_four_pairings_are_gensims(embeddings, query, target):
    asked = embeddings.to_keyed_vectors(query)
    among = embeddings.to_keyed_vectors(target)
    for word in ("w0", "w7"):
        ours = embeddings.most_similar(word, topn=39, query=query, target=target)
        theirs = [
            (other, cosine)
            for other, cosine in among.similar_by_vector(asked[word], topn=40)
            if other != word
        ]
        assert [other for other, _ in ours] == [other for other, _ in theirs]
        np.testing.assert_allclose([c for _, c in ours], [c for _, c in theirs], atol=1e-6)


def test_analogies_are_gensims(embeddings):
    ours = embeddings.most_similar(["w1", "w2"], ["w3"], topn=5)
    theirs = embeddings.to_keyed_vectors().most_similar(["w1", "w2"], ["w3"], topn=5)
    assert [word for word, _ in ours] == [word for word, _ in theirs]
    np.testing.assert_allclose([c for _, c in ours], [c for _, c in theirs], atol=1e-6)


def test_query_words_are_left_out_and_topn_may_be_large(embeddings):
    found = [word for word, _ in embeddings.most_similar(["w1", "w2"], "w3", topn=1000)]
    assert sorted(found) == sorted(set(embeddings.vocabulary.words) - {"w1", "w2", "w3"})


def test_similarity_is_the_cosine(embeddings):
    a, b = embeddings.vector("w1"), embeddings.vector("w2", "out")
    expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert embeddings.similarity("w1", "w2", target="out") == pytest.approx(expected, abs=1e-6)
    assert embeddings.similarity("w1", "w1") == pytest.approx(1, abs=1e-6)


def test_a_zero_vector_is_similar_to_nothing():
    vocabulary = Vocabulary(["a", "b", "c"], [1, 1, 1])
    embeddings = Embeddings(vocabulary, np.array([[0.0, 0], [1, 0], [0, 1]]))
    assert embeddings.similarity("a", "b") == 0
    assert embeddings.most_similar("a") == [("b", 0), ("c", 0)]


def test_of_equal_cosines_the_more_frequent_word_comes_first():
    words = [f"w{i}" for i in range(300)]
    near, far = np.array([1.0, 1]), np.array([1.0, -1])
    vectors = np.array([near if i % 3 else far for i in range(300)])
    embeddings = Embeddings(Vocabulary(words, range(300, 0, -1)), vectors)
    expected = [f"w{i}" for i in range(300) if i % 3 and i != 1]
    assert [word for word, _ in embeddings.most_similar("w1", topn=199)] == expected


@pytest.mark.parametrize("scale", [1e25, 1e-25])
def test_huge_and_tiny_vectors_have_their_cosines(scale):
    vectors = np.array([[1, 1], [1, 0], [0, 1]], dtype=np.float32) * np.float32(scale)
    embeddings = Embeddings(Vocabulary(["a", "b", "c"]), vectors)
    assert embeddings.similarity("a", "b") == pytest.approx(0.5**0.5, abs=1e-6)
    assert embeddings.most_similar("b", topn=2)[0] == ("a", pytest.approx(0.5**0.5, abs=1e-6))


def test_a_cosine_is_never_above_one():
    vectors = np.random.default_rng(1).normal(size=(500, 7)).astype(np.float32)
    embeddings = Embeddings(Vocabulary([f"w{i}" for i in range(500)]), vectors)
    assert max(embeddings.similarity(word, word) for word in embeddings.vocabulary) <= 1


def test_a_vector_is_a_copy(embeddings):
    vector = embeddings.vector("w1")
    vector[:] = 0
    assert embeddings.vector("w1").any()


def test_bad_questions_are_refused(embeddings):
    with pytest.raises(KeyError, match="'nobody'"):
        embeddings.most_similar("nobody")
    with pytest.raises(ValueError, match="at least one word"):
        embeddings.most_similar([])
    with pytest.raises(ValueError, match="topn"):
        embeddings.most_similar("w1", topn=0)
    with pytest.raises(ValueError, match='"in", "out" or "sum"'):
        embeddings.most_similar("w1", target="OUT")


def test_missing_out_vectors_say_why(embeddings):
    alone = Embeddings(embeddings.vocabulary, embeddings.input_vectors)
    with pytest.raises(ValueError, match="no OUT vectors"):
        alone.most_similar("w1", target="out")
    tree = Embeddings(
        embeddings.vocabulary, embeddings.input_vectors, None, np.zeros((39, 6), np.float32)
    )
    with pytest.raises(ValueError, match="inner node"):
        tree.to_keyed_vectors("out")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_vectors": np.zeros((3, 2), int)}, "float32, float64 or float16"),
        ({"input_vectors": np.zeros((3, 2), np.complex64)}, "float32, float64 or float16"),
        ({"input_vectors": np.zeros((4, 2))}, "input_vectors has shape"),
        ({"input_vectors": np.zeros(3)}, "input_vectors has shape"),
        ({"input_vectors": np.zeros((3, 0))}, "input_vectors has shape"),
        ({"input_vectors": np.array([[0.0], [np.nan], [1]])}, "NaN or infinity, first in row 1"),
        ({"output_vectors": np.zeros((3, 3))}, "output_vectors has shape"),
        ({"node_vectors": np.zeros((3, 2))}, "node_vectors has shape"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match="must be a Vocabulary, not a list"):
        Embeddings(["a", "b", "c"], np.zeros((3, 2)))
    vocabulary = Vocabulary(["a", "b", "c"], [1, 1, 1])
    with pytest.raises(ValueError, match=message):
        Embeddings(vocabulary, **{"input_vectors": np.zeros((3, 2)), **arguments})


def test_the_start_is_gensims():
    text = [["a", "b", "c", "d"]] * 5
    for seed, size in [(1, 100), (7, 3)]:
        theirs = Word2Vec(min_count=1, vector_size=size, seed=seed)
        theirs.build_vocab(text)
        ours = Embeddings.initial(Vocabulary.from_sentences(text, 1), size, seed)
        np.testing.assert_array_equal(ours.input_vectors, theirs.wv.vectors)
        np.testing.assert_array_equal(ours.output_vectors, theirs.syn1neg)
    exact = Embeddings.initial(Vocabulary.from_sentences(text, 1), 3, 7, dtype=np.float64)
    assert exact.input_vectors.dtype == exact.output_vectors.dtype == np.float64
    with pytest.raises(ValueError, match="vector_size"):
        Embeddings.initial(Vocabulary(["a"], [1]), 0)


def test_what_float32_cannot_hold_is_not_handed_to_gensim():
    embeddings = Embeddings(Vocabulary(["a"]), np.array([[1e60]]))
    with pytest.raises(ValueError, match="beyond float32"):
        embeddings.to_keyed_vectors()


def test_a_file_with_a_word_twice_comes_through_gensim(tmp_path):
    (tmp_path / "glove.txt").write_text("the 1 2\nof 3 4\nthe 5 6\n")
    keyed = KeyedVectors.load_word2vec_format(str(tmp_path / "glove.txt"), no_header=True)
    assert keyed.index_to_key[-1] is None, "gensim's row for the repeated word"
    loaded = Embeddings.from_keyed_vectors(keyed)
    assert loaded.vocabulary.words == ["the", "of"]
    np.testing.assert_array_equal(loaded.input_vectors, [[1, 2], [3, 4]])


def test_gensim_gets_and_gives_back_the_same(embeddings):
    keyed = embeddings.to_keyed_vectors()
    assert keyed.vectors.dtype == np.float32
    assert not np.shares_memory(keyed.vectors, embeddings.input_vectors)
    assert keyed.index_to_key == embeddings.vocabulary.words
    assert keyed.get_vecattr("w3", "count") == embeddings.vocabulary.counts[3]
    back = Embeddings.from_keyed_vectors(keyed, embeddings.output_vectors)
    back.losses = embeddings.losses
    assert same(back, embeddings)
    keyed.vectors[:] = 0
    assert back.input_vectors.any(), "a copy"
    by_hand = KeyedVectors(2)
    by_hand.add_vectors(["a", "b"], np.ones((2, 2), np.float32))
    assert Embeddings.from_keyed_vectors(by_hand).vocabulary.counts is None
    assert Embeddings(Vocabulary(["a"]), np.ones((1, 2))).to_keyed_vectors()["a"].tolist() == [1, 1]


WORDS = ["new\nline", "two words", "non\u00a0breaking", "人工智慧", "café", "", "\udc80", "🙂", '"']


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("counts", [None, range(1, 10)])
def test_a_saved_file_comes_back_bit_for_bit(tmp_path, dtype, counts):
    rng = np.random.default_rng(1)
    original = Embeddings(
        Vocabulary(WORDS, None if counts is None else list(counts)),
        rng.normal(size=(9, 4)).astype(dtype),
        node_vectors=rng.normal(size=(8, 4)).astype(dtype),
    )
    path = tmp_path / "vectors.any-name"
    original.save(path)
    assert same(Embeddings.load(path), original)
    assert same(Embeddings.load(str(path)), original)


def test_saving_replaces_whole_files_only(tmp_path, embeddings, monkeypatch):
    path = tmp_path / "vectors"
    embeddings.save(path)
    before = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(course_lib.embeddings.np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        embeddings.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["vectors"]


def test_missing_places_are_named(tmp_path, embeddings):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        embeddings.save(tmp_path / "nowhere" / "vectors")
    with pytest.raises(FileNotFoundError, match="nothing"):
        Embeddings.load(tmp_path / "nothing")


def test_other_files_are_refused_and_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "executed"),))

    trapped = io.BytesIO()
    np.savez(trapped, header=np.array([Trap()], dtype=object))
    contents = {
        "text": b"not an archive",
        "empty": b"",
        "pickle": pickle.dumps(Trap()),
        "npz-with-pickle": trapped.getvalue(),
    }
    plain = io.BytesIO()
    np.save(plain, np.zeros(3))
    contents["npy"] = plain.getvalue()
    other = io.BytesIO()
    np.savez(other, header=np.frombuffer(b'{"format": "something"}', dtype=np.uint8))
    contents["other-npz"] = other.getvalue()
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ValueError, match=name):
            Embeddings.load(tmp_path / name)
    assert not (tmp_path / "executed").exists()


def test_a_matrix_cannot_get_lost(tmp_path, embeddings):
    """Every byte of the archive's directory changed in turn: never fewer matrices in silence."""
    path = tmp_path / "vectors"
    Embeddings(embeddings.vocabulary, embeddings.input_vectors, embeddings.output_vectors).save(
        path
    )
    saved = Embeddings.load(path)
    whole = path.read_bytes()
    for position in range(whole.rindex(b"PK\x01\x02") - 300, len(whole)):
        for flipped in (1, 2, 128):
            damaged = bytearray(whole)
            damaged[position] ^= flipped
            path.write_bytes(damaged)
            with contextlib.suppress(ValueError):
                assert same(Embeddings.load(path), saved)


def test_a_newer_version_is_refused(tmp_path, embeddings, monkeypatch):
    monkeypatch.setattr(course_lib.embeddings, "FILE_VERSION", 2)
    embeddings.save(tmp_path / "vectors")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="version 2"):
        Embeddings.load(tmp_path / "vectors")


def test_a_damaged_file_is_refused_or_unharmed(tmp_path, embeddings):
    """A byte changed or the end cut off: a clear error or what was saved, never other vectors."""
    path = tmp_path / "vectors"
    embeddings.save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    refused = 0
    for trial in range(300):
        damaged = bytearray(whole)
        if trial % 3 == 0:
            del damaged[rng.integers(len(whole)) :]
        else:
            damaged[rng.integers(len(whole))] ^= int(rng.integers(1, 256))
        path.write_bytes(damaged)
        try:
            loaded = Embeddings.load(path)
        except ValueError as error:
            refused += 1
            assert str(path) in str(error)
        else:
            assert same(loaded, embeddings)
    assert refused > 150


def test_it_looks_like_what_it_is(embeddings):
    assert repr(embeddings) == "Embeddings(40 words, d = 6, input and output vectors)"
    assert len(embeddings) == 40


# Filling a gap ------------------------------------------------------------------------------------

SENTENCES = [["the", "king", "wears", "a", "crown"], ["the", "dog", "eats", "a", "bone"]] * 40
CONTEXT = ["the", "king", "the", "a", "unheard", "crown"]


def gensim_model(**options):
    options = {"sg": 0, "vector_size": 8, "min_count": 1, "sample": 0, "epochs": 20} | options
    return Word2Vec(SENTENCES, seed=1, workers=1, alpha=0.2, **options)


def from_gensim(model):
    return Embeddings.from_keyed_vectors(model.wv, model.syn1neg)


@pytest.mark.parametrize("sg", [0, 1])
@pytest.mark.parametrize("cbow_mean", [0, 1])
def test_a_gap_is_filled_as_by_gensim(sg, cbow_mean):
    model = gensim_model(sg=sg, cbow_mean=cbow_mean)
    theirs = model.predict_output_word(CONTEXT, topn=5)
    ours = from_gensim(model).fill_gap(CONTEXT, topn=5, cbow_mean=bool(cbow_mean))
    assert [word for word, _ in ours] == [word for word, _ in theirs]
    np.testing.assert_allclose([p for _, p in ours], [p for _, p in theirs], rtol=1e-5)
    other = from_gensim(model).fill_gap(CONTEXT, topn=5, cbow_mean=not cbow_mean)
    assert abs(other[0][1] - ours[0][1]) > 0.01


def test_the_probabilities_of_a_gap_are_those_of_the_formula(embeddings):
    context, noise = ["w3", "w1", "w3"], embeddings.vocabulary.noise_distribution()
    scores = embeddings.output_vectors @ embeddings.input_vectors[[3, 1, 3]].mean(axis=0)
    for given, prior in [(None, np.ones(40)), (noise, noise)]:
        right = prior * np.exp(scores)
        right /= right.sum()
        found = dict(embeddings.fill_gap(context, topn=40, noise=given))
        assert sum(found.values()) == pytest.approx(1)
        for row, word in enumerate(embeddings.vocabulary.words):
            assert found[word] == pytest.approx(right[row], rel=1e-4)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert len(embeddings.fill_gap(context)) == 10
    (word, probability), (same_word, same_probability) = (
        embeddings.fill_gap(words, 1)[0] for words in (context, ["w3", "w3", "w1"])
    )
    assert (word, probability) == (same_word, pytest.approx(same_probability))


def test_the_noise_makes_a_gap_filler_of_negative_sampling_better():
    """Ten words take turns after one context, five of them four times as often as the others."""
    often, seldom = [f"often{i}" for i in range(5)], [f"seldom{i}" for i in range(5)]
    text = [["a", word, "b"] for word in 4 * often + seldom] * 60
    model = Word2Vec(
        text, sg=0, vector_size=16, window=1, min_count=1, sample=0, alpha=0.1, min_alpha=0.001,
        epochs=30, seed=1, workers=1, negative=5,
    )  # fmt: skip
    filler = from_gensim(model)
    noise = filler.vocabulary.noise_distribution()
    plain = dict(filler.fill_gap(["a", "b"], 12))
    corrected = dict(filler.fill_gap(["a", "b"], 12, noise=noise))

    def ratio(shares):
        return sum(shares[word] for word in often) / sum(shares[word] for word in seldom)

    assert ratio(corrected) == pytest.approx(4, rel=0.25)
    assert ratio(plain) < 2


def test_large_scores_in_a_gap_do_not_overflow(embeddings):
    large = Embeddings(
        embeddings.vocabulary, 100 * embeddings.input_vectors, 100 * embeddings.output_vectors
    )
    (_, probability), *_ = large.fill_gap(["w1"])
    assert probability == pytest.approx(1)


@pytest.mark.parametrize(
    ("context", "options", "message"),
    [
        ("w1", {}, "a list of tokens"),
        ([], {}, "No word of the context"),
        (["unheard"], {}, "No word of the context"),
        (["w1"], {"topn": 0}, "topn must be at least 1"),
        (["w1"], {"noise": np.full(39, 1 / 39)}, "each of the 40 words"),
        (["w1"], {"noise": np.zeros(40)}, "a share above 0"),
        (["w1"], {"noise": np.full(40, np.nan)}, "a share above 0"),
    ],
)
def test_a_gap_that_cannot_be_filled_is_refused(embeddings, context, options, message):
    with pytest.raises(ValueError, match=message):
        embeddings.fill_gap(context, **options)


def test_a_gap_needs_out_vectors(embeddings):
    with pytest.raises(ValueError, match="no OUT vectors"):
        Embeddings(embeddings.vocabulary, embeddings.input_vectors).fill_gap(["w1"])


def test_the_sum_of_both_vectors_is_a_third_kind(embeddings, tmp_path):
    total = embeddings.input_vectors + embeddings.output_vectors
    np.testing.assert_array_equal(embeddings.matrix("sum"), total)
    np.testing.assert_array_equal(embeddings.vector("w3", "sum"), total[3])
    one = Embeddings(embeddings.vocabulary, total)
    found = embeddings.most_similar("w1", topn=5, query="sum", target="sum")
    assert found == one.most_similar("w1", topn=5)
    np.testing.assert_array_equal(embeddings.to_keyed_vectors("sum").vectors, total)
    with pytest.raises(ValueError, match='"in", "out" or "sum"'):
        embeddings.matrix("both")
    with pytest.raises(ValueError, match="no OUT vectors"):
        one.matrix("sum")


def test_biases_are_kept_and_checked(tmp_path):
    vocabulary = Vocabulary(["a", "b"])
    biases = np.array([1.5, -2.0], np.float32)
    saved = Embeddings(
        vocabulary, np.ones((2, 3)), np.ones((2, 3)), input_biases=biases, output_biases=-biases
    )
    saved.save(tmp_path / "vectors.npz")
    loaded = Embeddings.load(tmp_path / "vectors.npz")
    np.testing.assert_array_equal(loaded.input_biases, biases)
    np.testing.assert_array_equal(loaded.output_biases, -biases)
    assert loaded.input_biases.dtype == np.float32
    for wrong in (np.ones(3), np.ones((2, 1)), np.array([1, np.nan]), np.array([1, 2])):
        with pytest.raises(ValueError, match="output_biases"):
            Embeddings(vocabulary, np.ones((2, 3)), output_biases=wrong)


# IN and OUT that come apart


def test_a_pair_is_joined_by_its_words(embeddings):
    backwards = Embeddings(
        Vocabulary(embeddings.vocabulary.words[::-1]), embeddings.output_vectors[::-1]
    )
    inputs = Embeddings(embeddings.vocabulary, embeddings.input_vectors)
    for first, second in [
        (inputs, backwards),
        (inputs.to_keyed_vectors(), backwards.to_keyed_vectors()),
    ]:
        found = Embeddings.from_pair(first, second)
        np.testing.assert_array_equal(found.input_vectors, embeddings.input_vectors)
        np.testing.assert_array_equal(found.output_vectors, embeddings.output_vectors)
        assert found.vocabulary == embeddings.vocabulary  # with its counts


def test_a_pair_of_other_words_or_lengths_is_refused(embeddings):
    words = embeddings.vocabulary.words
    fewer = Embeddings(Vocabulary(words[1:]), embeddings.output_vectors[1:])
    with pytest.raises(ValueError, match="'w0' has no OUT vector"):
        Embeddings.from_pair(embeddings, fewer)
    with pytest.raises(ValueError, match="'w0' has no IN vector"):
        Embeddings.from_pair(fewer, embeddings)
    shorter = Embeddings(embeddings.vocabulary, embeddings.output_vectors[:, :3])
    with pytest.raises(ValueError, match="output_vectors has shape"):
        Embeddings.from_pair(embeddings, shorter)
