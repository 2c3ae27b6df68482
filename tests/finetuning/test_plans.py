"""The start of a fine-tuning: words, vectors, extra words, and what is refused."""

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

from course_lib import Embeddings, Vocabulary, Word2VecSettings, finetuning, formats

TEXT = [["a", "b", "c", "b", "new"], ["c", "d", "a", "rare"], ["d", "c", "b", "a", "new"]] * 2
SETTINGS = Word2VecSettings(vector_size=6, min_count=3, sample=0)


def pretrained(words=("z", "a", "b", "c", "d", "far"), outputs=True, dtype=np.float32, counts=None):
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(2, len(words), 6)).astype(dtype)
    vocabulary = Vocabulary(words, counts)
    return Embeddings(vocabulary, vectors[0], vectors[1] if outputs else None)


def planned(given=None, text=TEXT, settings=SETTINGS, **options):
    given = pretrained() if given is None else given
    return finetuning.plan(given, text, settings, progress=False, **options)


def test_the_vocabulary_is_that_of_the_text():
    plan = planned()
    assert plan.start.vocabulary == Vocabulary.from_sentences(TEXT, 3)
    assert dict(zip(plan.start.vocabulary.words, plan.covered.tolist(), strict=True)) == {
        "a": True, "b": True, "c": True, "d": True, "new": False,
    }  # fmt: skip
    assert plan.tokens == 28
    assert plan.counts.sum() == 26  # "rare" has no row


def test_covered_rows_are_copied_and_uncovered_ones_have_their_lengths():
    source, plan = pretrained(), planned()
    for word in "abcd":
        np.testing.assert_array_equal(plan.start.vector(word), source.vector(word))
        np.testing.assert_array_equal(plan.start.vector(word, "out"), source.vector(word, "out"))
    assert not plan.start.vector("new", "out").any()
    lengths = np.linalg.norm([source.vector(word) for word in "abcd"], axis=1)
    assert np.abs(lengths - np.linalg.norm(plan.start.vector("new"))).min() < 1e-5
    drawn = Embeddings.initial(plan.start.vocabulary, 6, SETTINGS.seed).vector("new")
    assert drawn @ plan.start.vector("new") == pytest.approx(
        np.linalg.norm(drawn) * np.linalg.norm(plan.start.vector("new"))
    )


def test_many_uncovered_words_are_spread_as_the_covered_ones():
    words = [f"w{number}" for number in range(4000)]
    rng = np.random.default_rng(1)
    lengths = rng.gamma(3, size=2000)
    vectors = rng.normal(size=(2000, 6))
    vectors *= (lengths / np.linalg.norm(vectors, axis=1))[:, None]
    plan = planned(Embeddings(Vocabulary(words[:2000]), vectors), [words] * 3)
    found = np.linalg.norm(plan.start.input_vectors, axis=1)[~plan.covered]
    assert len(found) == 2000
    shares = [0.1, 0.5, 0.9]
    np.testing.assert_allclose(np.quantile(found, shares), np.quantile(lengths, shares), rtol=0.1)


@pytest.mark.parametrize("kind", ["keyed", "file", "embeddings"])
def test_any_kind_of_pretrained_vectors_gives_the_same_start(tmp_path, kind):
    source = pretrained(outputs=False)
    given = {"embeddings": source, "keyed": source.to_keyed_vectors(), "file": tmp_path / "v.txt"}
    formats.save_vectors(tmp_path / "v.txt", source.vocabulary.words, source.input_vectors)
    expected, found = planned(source), planned(given[kind])
    np.testing.assert_array_equal(found.start.input_vectors, expected.start.input_vectors)
    assert not found.start.output_vectors.any()


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_precisions_work(dtype):
    source = pretrained(dtype=dtype)
    keyed = KeyedVectors(6)
    keyed.add_vectors(source.vocabulary.words, source.input_vectors)
    keyed.vectors = np.asfortranarray(source.input_vectors)
    for given in (source, keyed):
        plan = planned(given, dtype=np.float32)
        assert plan.start.input_vectors.dtype == np.float32
        assert plan.start.input_vectors.flags.c_contiguous
        np.testing.assert_array_equal(plan.start.vector("a"), source.vector("a").astype(np.float32))


def test_double_precision_is_kept_unless_asked_otherwise():
    assert planned(pretrained(dtype=np.float64)).start.input_vectors.dtype == np.float64
    assert planned(pretrained(dtype=np.float16)).start.input_vectors.dtype == np.float32


def test_extra_words_of_the_text_are_trained_and_others_are_kept_apart():
    plan = planned(extra_words=["rare", "far", "a", "far", "z"])
    counts = dict(zip(plan.start.vocabulary.words, plan.start.vocabulary.counts, strict=True))
    assert counts["rare"] == 2
    assert "far" not in counts
    assert plan.extra.vocabulary.words == ["far", "z"]
    np.testing.assert_array_equal(plan.extra.vector("z"), pretrained().vector("z"))


def test_nodes_are_kept_where_the_tree_is_the_same():
    settings = Word2VecSettings(
        vector_size=6, min_count=3, objective="hierarchical-softmax", sample=0
    )
    vocabulary = Vocabulary.from_sentences(TEXT, 3)
    V = len(vocabulary)
    nodes = np.ones((V - 1, 6), np.float32)
    source = Embeddings(vocabulary, np.ones((V, 6), np.float32), node_vectors=nodes)
    np.testing.assert_array_equal(planned(source, settings=settings).start.node_vectors, nodes)
    other = planned(source, TEXT * 2, settings)  # the same words, other counts
    assert other.start.node_vectors is None


def test_a_warm_up_is_a_training_of_its_own():
    (first, frozen), (second, free) = planned(warm_up=3, lockf=0.5, anchor=1).phases(SETTINGS)
    assert (first.epochs, second.epochs) == (3, SETTINGS.epochs)
    assert not frozen.lockf.any()
    assert frozen.anchor == 0
    assert (free.lockf == 0.5).all()
    assert free.anchor == 1


def with_nan():
    source = pretrained()
    source.input_vectors[2, 3] = np.nan
    return source


def huge():
    source = pretrained(dtype=np.float64)
    source.output_vectors[1, 0] = 1e300
    return source


REFUSED = {
    "another dimension": ({"settings": Word2VecSettings(vector_size=7, min_count=3)},
                          "have 6 dimensions, the settings say vector_size=7"),
    "no covered word": ({"given": pretrained(("x", "y"))}, "none of the 5 words"),
    "NaN": ({"given": with_nan()}, "vector of 'b' holds NaN"),
    "beyond float32": ({"given": huge()}, "OUT vector of 'a' holds"),
    "all zero": ({"given": Embeddings(Vocabulary(["a"]), np.zeros((1, 6)))}, "are zero"),
    "empty text": ({"text": []}, "None of the 0 different words"),
    "empty sentences": ({"text": [[], []]}, "None of the 0 different words"),
    "a text read once": ({"text": iter(TEXT)}, "only once"),
    "strings": ({"text": ["a b c"]}, "list of tokens"),
    "unknown extra word": ({"extra_words": ["nowhere"]}, "'nowhere'"),
    "extra words in a string": ({"extra_words": "far"}, "list of words"),
    "an extra word for the tree": (
        {"settings": Word2VecSettings(vector_size=6, min_count=3, objective="hierarchical-softmax"),
         "extra_words": ["far"]}, "no leaf"),
    "warm-up": ({"warm_up": -1}, "whole number of epochs"),
    "half a warm-up": ({"warm_up": 0.5}, "whole number of epochs"),
    "anchor": ({"anchor": -0.1}, "at least 0"),
    "endless anchor": ({"anchor": np.nan}, "at least 0"),
    "a model": ({"given": Word2Vec(TEXT, min_count=1, vector_size=6)}, "to_embeddings"),
    "a matrix": ({"given": np.ones((3, 6))}, "not a ndarray"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_tuned_is_refused_by_name(case):
    options, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        planned(**options)


def test_a_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        planned("nowhere.txt")


def test_a_file_without_the_words_is_refused(tmp_path):
    formats.save_vectors(tmp_path / "v.txt", ["x", "y"], np.ones((2, 6), np.float32))
    with pytest.raises(ValueError, match="none of the"):
        planned(tmp_path / "v.txt")
