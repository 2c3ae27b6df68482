from dataclasses import replace

import numpy as np
import pytest

from course_lib import (
    Embeddings,
    GloveSettings,
    Vocabulary,
    Word2VecSettings,
    datasets,
    gensim_impl,
    numpy_impl,
    ranking,
    torch_impl,
)
from course_lib.ranking import DESM, DocumentCentroids

WORDS = ["sea", "ship", "rose", "gone"]
IN = np.array([[1, 0], [0, 2], [3, 4], [0, 0]], dtype=np.float32)
OUT = np.array([[0, 5], [2, 0], [6, 8], [0, 0]], dtype=np.float32)


@pytest.fixture
def desm():
    return DESM(Embeddings(Vocabulary(WORDS), IN, OUT))


@pytest.fixture
def large():
    rng = np.random.default_rng(1)
    vocabulary = Vocabulary([f"w{i}" for i in range(60)])
    return Embeddings(vocabulary, *rng.normal(size=(2, 60, 7)).astype(np.float32))


def random_texts(seed, n, longest=12):
    rng = np.random.default_rng(seed)
    return [[f"w{i}" for i in rng.integers(0, 70, rng.integers(0, longest))] for _ in range(n)]


def by_the_formula(queries, documents, query, document):
    """DESM word by word, with the 1/|D| of the centroid, as on paper."""
    words = {word: row for row, word in enumerate(query[0])}
    table = np.full((len(queries), len(documents)), -1.0)
    for i, asked in enumerate(queries):
        q = [query[1][words[w]].astype(float) for w in asked if w in words]
        if not q:
            table[i] = 0
            continue
        for j, text in enumerate(documents):
            d = [document[1][words[w]].astype(float) for w in text if w in words]
            if d:
                centre = sum(v / np.sqrt(v @ v) for v in d) / len(d)
                cosines = [v @ centre / np.sqrt(v @ v) / np.sqrt(centre @ centre) for v in q]
                table[i, j] = sum(cosines) / len(q)
    return table


# The formula


def test_three_documents_by_hand(desm):
    # Unit OUT vectors: sea (0, 1), ship (1, 0), rose (0.6, 0.8); IN: sea (1, 0), rose (0.6, 0.8).
    documents = [["sea", "ship"], ["rose"], ["sea", "sea", "ship"]]
    np.testing.assert_allclose(
        desm.scores(["sea"], documents), [1 / 2**0.5, 0.6, 1 / 5**0.5], atol=1e-7
    )
    np.testing.assert_allclose(
        desm.scores(["sea", "rose"], documents),
        [(1 + 1.4) / 2 / 2**0.5, (0.6 + 1) / 2, (1 + 2.2) / 2 / 5**0.5],
        atol=1e-7,
    )


@pytest.mark.parametrize("query", ["in", "out"])
@pytest.mark.parametrize("document", ["in", "out"])
def test_all_pairings_are_the_formula(large, query, document):
    queries, documents = random_texts(2, 9), random_texts(3, 40)
    found = DESM(large, query, document).index(documents).all_scores(queries)
    words = large.vocabulary.words
    expected = by_the_formula(
        queries, documents, (words, large.matrix(query)), (words, large.matrix(document))
    )
    assert (expected == -1).any() and (np.abs(expected) < 1).any()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_sum_of_both_matrices_is_a_side_too(large):
    both = Embeddings(large.vocabulary, large.input_vectors + large.output_vectors)
    documents = random_texts(3, 20)
    np.testing.assert_allclose(
        DESM(large, "sum", "sum").scores(["w1", "w2"], documents),
        DESM(both, "in", "in").scores(["w1", "w2"], documents),
    )


def test_more_documents_than_are_computed_at_once(large, monkeypatch):
    documents = random_texts(4, 23)
    whole = DESM(large).index(documents)
    monkeypatch.setattr(ranking.desm, "DOCUMENTS_AT_ONCE", 5)
    pieces = DESM(large).index(documents)
    np.testing.assert_array_equal(pieces.vectors, whole.vectors)
    np.testing.assert_allclose(
        pieces.all_scores([["w1"], ["w2"]]), whole.all_scores([["w1"], ["w2"]]), atol=1e-15
    )


def test_a_side_in_float16_is_computed_in_float64(large):
    small = Embeddings(
        large.vocabulary, *(large.matrix(side).astype(np.float16) for side in ("in", "out"))
    )
    wide = Embeddings(
        large.vocabulary, *(small.matrix(side).astype(np.float64) for side in ("in", "out"))
    )
    documents = random_texts(3, 20)
    np.testing.assert_array_equal(
        DESM(small).scores(["w1"], documents), DESM(wide).scores(["w1"], documents)
    )


# Words that are unknown, repeated, or not there at all


def test_unknown_words_do_not_count(desm):
    documents = [["sea", "ship"], ["sea", "unicorn", "ship", "gone"]]
    found = desm.scores(["sea", "unicorn", "gone"], documents)
    np.testing.assert_array_equal(found, np.repeat(desm.scores(["sea"], documents[:1]), 2))


def test_a_repeated_word_counts_as_often(desm):
    (once,), (rose,) = (desm.scores([word], [["sea", "ship"]]) for word in ("sea", "rose"))
    assert desm.scores(["sea", "sea", "rose"], [["sea", "ship"]]) == pytest.approx(
        (2 * once + rose) / 3
    )


def test_documents_without_a_known_word_come_last():
    # Against the query, so that even the only real document is below 0, and nearly -1.
    apart = Embeddings(Vocabulary(["a", "b"]), np.eye(2), np.array([[-1.0, 1e-3], [0.0, 1.0]]))
    scores = DESM(apart).scores(["a"], [[], ["a"], ["unicorn"]])
    assert scores[0] == scores[2] == -1 < scores[1] < -0.99


@pytest.mark.parametrize("query", [[], ["unicorn"], ["gone"]])
def test_a_query_without_a_known_word_gives_0_everywhere(desm, query):
    assert desm.scores(query, [["sea"], [], ["unicorn"]]).tolist() == [0, 0, 0]


def test_no_documents_give_no_scores(desm):
    assert desm.scores(["sea"], []).shape == (0,)
    assert desm.index([["sea"]]).all_scores([]).shape == (0, 1)


def test_text_that_is_not_cut_into_words_is_refused(desm):
    for attempt in (
        lambda: desm.scores("sea ship", [["sea"]]),
        lambda: desm.scores(["sea"], ["sea ship"]),
        lambda: desm.scores(["sea"], "sea ship"),
        lambda: desm.index([["sea"]]).all_scores(["sea"]),
        lambda: desm.index([["sea"]]).all_scores("sea"),
        lambda: desm.contributions("sea", ["sea"]),
    ):
        with pytest.raises(ValueError, match="string"):
            attempt()


# Contributions


def test_contributions_by_hand(desm):
    found = desm.contributions(["sea", "rose", "rose", "unicorn"], ["sea", "ship", "sea", "cat"])
    root = 5**0.5  # the centre is (1, 2) / root
    np.testing.assert_allclose(
        [share for _, share in found.query_words], [2 * 2.2 / root / 3, 1 / root / 3], atol=1e-7
    )
    assert [word for word, _ in found.query_words] == ["rose", "sea"]
    # The mean query vector is (2.2, 1.6) / 3; the sum of document vectors has the length root.
    assert [word for word, _ in found.document_words] == ["sea", "ship"]
    np.testing.assert_allclose(
        [share for _, share in found.document_words],
        [2 * 1.6 / 3 / root, 2.2 / 3 / root],
        atol=1e-7,
    )
    assert found.unknown == ["unicorn"]


def test_contributions_sum_to_the_score(large):
    desm = DESM(large)
    query, document = ["w3", "w9", "w3"], ["w1", "w2", "w2", "w40"]
    found = desm.contributions(query, document)
    assert found.score == pytest.approx(desm.scores(query, [document])[0], abs=1e-7)
    for parts in (found.query_words, found.document_words):
        assert sum(share for _, share in parts) == pytest.approx(found.score)
        assert parts == sorted(parts, key=lambda pair: -pair[1])


def test_without_known_words_nothing_contributes(desm):
    assert desm.contributions(["unicorn"], ["sea"]) == (0, [], [], ["unicorn"])
    assert desm.contributions(["sea"], ["unicorn"]) == (-1, [], [], [])


# Centroids: kept, loaded, added to


def test_centroids_come_back_mapped(large, tmp_path):
    made = DESM(large).index(random_texts(5, 30))
    made.save(tmp_path / "centroids")
    found = DocumentCentroids.load(tmp_path / "centroids", DESM(large))
    assert isinstance(found.vectors.base, np.memmap) and not found.vectors.flags.writeable
    np.testing.assert_array_equal(found.vectors, made.vectors)
    np.testing.assert_array_equal(found.empty, made.empty)
    assert len(found.empty)
    np.testing.assert_array_equal(found.scores(["w1"]), made.scores(["w1"]))
    assert [path.name for path in tmp_path.iterdir()] == ["centroids"]


def test_the_side_of_the_query_may_change(large, tmp_path):
    documents = random_texts(5, 30)
    DESM(large, "in", "out").index(documents).save(tmp_path / "centroids")
    other = DESM(large, "out", "out")
    np.testing.assert_array_equal(
        DocumentCentroids.load(tmp_path / "centroids", other).scores(["w1"]),
        other.scores(["w1"], documents),
    )


def test_new_documents_are_added_without_the_old_ones(large, tmp_path, monkeypatch):
    documents = [*random_texts(6, 38), [], ["unicorn"]]
    DESM(large).index(documents[:25]).save(tmp_path / "centroids")
    desm = DESM(large)
    found = DocumentCentroids.load(tmp_path / "centroids", desm)
    computed = []
    whole = desm._centroids_of
    monkeypatch.setattr(desm, "_centroids_of", lambda texts: computed.extend(texts) or whole(texts))
    more = found.add(documents[25:])
    assert computed == documents[25:] and len(found) == 25 and len(more) == 40
    expected = DESM(large).index(documents)
    np.testing.assert_array_equal(more.vectors, expected.vectors)
    np.testing.assert_array_equal(more.empty, expected.empty)
    assert more.empty[-2:].tolist() == [38, 39]
    more.save(tmp_path / "centroids")  # over the file that is mapped
    assert len(DocumentCentroids.load(tmp_path / "centroids", desm)) == 40


def test_an_empty_collection_comes_back(large, tmp_path):
    DESM(large).index([]).save(tmp_path / "none")
    assert len(DocumentCentroids.load(tmp_path / "none", DESM(large))) == 0


def test_centroids_of_other_vectors_are_refused(large, tmp_path):
    made = DESM(large).index([["w1"], ["w2"]])
    made.save(tmp_path / "centroids")
    changed = large.output_vectors.copy()
    changed[59, 6] += 1e-6
    words = large.vocabulary.words
    others = [
        DESM(Embeddings(large.vocabulary, large.input_vectors, changed)),
        DESM(Embeddings(Vocabulary(words[::-1]), large.input_vectors, large.output_vectors)),
        DESM(large, "in", "in"),
    ]
    for other in others:
        with pytest.raises(ValueError, match="made with other vectors"):
            DocumentCentroids.load(tmp_path / "centroids", other)
        with pytest.raises(ValueError, match="made with other vectors"):
            other.scores(["w1"], made)
    again = DESM(Embeddings(large.vocabulary, large.input_vectors, large.output_vectors.copy()))
    np.testing.assert_array_equal(again.scores(["w1"], made), made.scores(["w1"]))


def test_damaged_files_are_refused(large, tmp_path):
    DESM(large).index([["w1"], []]).save(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    broken = {
        "short": whole[:-1],
        "long": whole + b"\0",
        "other": b"word2vec" + whole,
        "header": whole.replace(b'"shape"', b'"shade"'),
        "json": whole.replace(b'{"shape"', b'["shape"'),
        "row": whole.replace(b'"empty": [1]', b'"empty": [9]'),
        "nothing": b"",
    }
    for name, content in broken.items():
        assert content != whole
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"{name} is damaged"):
            DocumentCentroids.load(tmp_path / name, DESM(large))
    with pytest.raises(FileNotFoundError, match=r"desm\.index"):
        DocumentCentroids.load(tmp_path / "missing", DESM(large))


# Where the two matrices come from

TOY = Word2VecSettings(vector_size=4, min_count=1, epochs=2, sample=0, seed=3)


@pytest.mark.parametrize("backend", [numpy_impl, torch_impl, gensim_impl])
@pytest.mark.parametrize("architecture", ["skip-gram", "cbow"])
def test_every_word2vec_gives_out_vectors(backend, architecture):
    text = datasets.load_corpus("toy")
    trained = backend.train_word2vec(text, replace(TOY, architecture=architecture), progress=False)
    assert trained.output_vectors.any()
    assert not np.array_equal(trained.output_vectors, trained.input_vectors)
    scores = DESM(trained).scores(text[0][:2], text[:20])
    assert scores.shape == (20,) and np.ptp(scores) > 0


@pytest.mark.parametrize("backend", [numpy_impl, torch_impl])
def test_glove_gives_out_vectors(backend):
    text = datasets.load_corpus("toy")
    trained = backend.train_glove(
        text, GloveSettings(vector_size=4, min_count=1, epochs=2), progress=False
    )
    assert np.ptp(DESM(trained).scores(text[0][:2], text[:20])) > 0


@pytest.mark.parametrize("backend", [numpy_impl, torch_impl, gensim_impl])
def test_hierarchical_softmax_has_none_and_says_so(backend):
    trained = backend.train_word2vec(
        datasets.load_corpus("toy"),
        replace(TOY, objective="hierarchical-softmax"),
        progress=False,
    )
    with pytest.raises(ValueError, match=r"inner node of its tree.*none for a word"):
        DESM(trained)
    assert DESM(trained, "in", "in").scores(["sleeps"], [["sleeps"]]) == pytest.approx([1])


def test_a_pair_of_keyed_vectors(large):
    inputs, outputs = large.to_keyed_vectors("in"), large.to_keyed_vectors("out")
    documents = random_texts(7, 20)
    expected = DESM(large).scores(["w1", "w5"], documents)
    np.testing.assert_array_equal(DESM((inputs, outputs)).scores(["w1", "w5"], documents), expected)


def test_what_is_no_embeddings_is_refused(large):
    for given in (large.to_keyed_vectors(), large.input_vectors, "vectors.txt"):
        with pytest.raises(ValueError, match="DESM needs Embeddings"):
            DESM(given)
    with pytest.raises(ValueError, match="in"):
        DESM(large, "input")
