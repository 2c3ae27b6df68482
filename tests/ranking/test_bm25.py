import math
import random
from collections import Counter

import numpy as np
import pytest

from course_lib.ranking import BM25

DOCUMENTS = [["sea", "ship", "sea"], ["rose"], [], ["sea", "rose", "rose", "tree"]]


def by_the_formula(query, documents, k1, b, method):
    N, average = len(documents), sum(map(len, documents)) / len(documents)
    scores = []
    for text in documents:
        total = 0.0
        for word in query:
            f, n = Counter(text)[word], sum(word in other for other in documents)
            if not f:
                continue
            idf = {
                "lucene": math.log(1 + (N - n + 0.5) / (n + 0.5)),
                "robertson": max(0.0, math.log((N - n + 0.5) / (n + 0.5))),
                "atire": math.log(N / n),
            }[method]
            factor = k1 + 1 if method == "atire" else 1
            total += factor * idf * f / (f + k1 * (1 - b + b * len(text) / average))
        scores.append(total)
    return scores


def test_a_score_by_hand():
    # "sea": in 2 of 4 documents, idf = ln(1 + 2.5/2.5) = ln 2. The mean length is 2.
    scores = BM25(DOCUMENTS, k1=1, b=0.5).scores(["sea"])
    np.testing.assert_allclose(
        scores, [math.log(2) * 2 / (2 + 1.25), 0, 0, math.log(2) / (1 + 1.5)], atol=1e-12
    )


@pytest.mark.parametrize("method", ["lucene", "robertson", "atire"])
@pytest.mark.parametrize(("k1", "b"), [(1.5, 0.75), (1.2, 0.75), (0, 0.75), (2, 0), (0.9, 1)])
def test_bm25_is_the_formula(method, k1, b):
    rng = random.Random(1)
    words = [f"w{i}" for i in range(50)]
    texts = [rng.choices(words, [1 / n for n in range(1, 51)], k=n % 30) for n in range(60)]
    queries = [rng.choices([*words, "new"], k=6) for _ in range(20)]
    found = BM25(texts, k1=k1, b=b, method=method).all_scores(queries)
    expected = [by_the_formula(query, texts, k1, b, method) for query in queries]
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_the_defaults_are_lucene():
    (found,) = BM25(DOCUMENTS).all_scores([["rose", "sea"]])
    np.testing.assert_allclose(
        found, by_the_formula(["rose", "sea"], DOCUMENTS, 1.5, 0.75, "lucene"), atol=1e-12
    )


def test_a_repeated_query_word_counts_as_often():
    bm25 = BM25(DOCUMENTS)
    sea, rose = bm25.scores(["sea"]), bm25.scores(["rose"])
    np.testing.assert_allclose(bm25.scores(["sea", "rose", "sea"]), 2 * sea + rose)


def test_unknown_words_and_empty_texts_add_nothing():
    bm25 = BM25(DOCUMENTS)
    for query in ([], ["unicorn"], [""]):
        assert bm25.scores(query).tolist() == [0, 0, 0, 0]
    np.testing.assert_array_equal(bm25.scores(["sea", "unicorn", ""]), bm25.scores(["sea"]))
    assert bm25.scores(["sea", "rose", "tree", "ship"])[2] == 0
    assert BM25([[], []]).scores(["sea"]).tolist() == [0, 0]
    assert bm25.all_scores([]).shape == (0, 4)


def test_contributions_sum_to_the_score():
    bm25 = BM25(DOCUMENTS)
    query = ["sea", "rose", "tree", "sea", "unicorn", "ship"]
    found = bm25.contributions(query, 3)
    assert [word for word, _ in found] == ["sea", "tree", "rose"]
    assert sum(share for _, share in found) == pytest.approx(bm25.scores(query)[3])
    assert dict(found)["sea"] == pytest.approx(2 * bm25.scores(["sea"])[3])
    assert bm25.contributions(query, 2) == []
    for row in (4, -1):
        with pytest.raises(IndexError, match="no document"):
            bm25.contributions(query, row)


def test_nothing_is_printed(capfd):
    BM25(DOCUMENTS).all_scores([["sea"], ["unicorn"]])
    assert capfd.readouterr() == ("", "")


def test_wrong_arguments_are_refused():
    for documents, options, message in [
        ([], {}, "at least one document"),
        (["sea ship"], {}, "string"),
        ("sea ship", {}, "string"),
        ([[1, 2]], {}, "must be strings"),
        (DOCUMENTS, {"k1": -1}, "k1"),
        (DOCUMENTS, {"k1": float("nan")}, "k1"),
        (DOCUMENTS, {"b": 1.5}, "b from 0 to 1"),
        (DOCUMENTS, {"method": "bm25+"}, "method"),
    ]:
        with pytest.raises(ValueError, match=message):
            BM25(documents, **options)
    with pytest.raises(ValueError, match="string"):
        BM25(DOCUMENTS).scores("sea")
    with pytest.raises(ValueError, match="string"):
        BM25(DOCUMENTS).all_scores("sea")
