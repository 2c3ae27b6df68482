import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary
from course_lib.ranking import (
    BM25,
    DESM,
    Collection,
    cross_validated_alpha,
    evaluate,
    make_run,
    mix,
)

DOCUMENTS = [["sea", "ship"], ["rose"], ["sea", "rose", "rose"]]


@pytest.fixture
def rankers():
    rng = np.random.default_rng(1)
    vocabulary = Vocabulary(["sea", "ship", "rose"])
    desm = DESM(Embeddings(vocabulary, *rng.normal(size=(2, 3, 4))))
    return desm.index(DOCUMENTS), BM25(DOCUMENTS)


def test_the_mixture_is_plain():
    np.testing.assert_allclose(mix([1.0, 0.0], [10.0, 20.0], 0.75), [3.25, 5.0])
    np.testing.assert_allclose(mix([[1, 0]], [[10, 20]], 1), [[1, 0]])
    np.testing.assert_allclose(mix([[1, 0]], [[10, 20]], 0), [[10, 20]])


def test_rankers_mix_into_a_ranker(rankers):
    desm, bm25 = rankers
    mixed = mix(desm, bm25, 0.9)
    expected = 0.9 * desm.scores(["sea"]) + 0.1 * bm25.scores(["sea"])
    np.testing.assert_allclose(mixed.scores(["sea"]), expected)
    both = mixed.all_scores(tokens for tokens in [["rose"], ["sea"]])  # read once
    np.testing.assert_allclose(both, [mixed.scores(["rose"]), expected])
    np.testing.assert_array_equal(mix(desm, bm25, 1).scores(["sea"]), desm.scores(["sea"]))


def test_what_does_not_mix_is_refused(rankers):
    desm, bm25 = rankers
    for one, other, alpha, message in [
        ([1.0], [1.0, 2.0], 0.5, "shapes"),
        ([1.0], [1.0], 1.1, "alpha must be"),
        ([1.0], [1.0], float("nan"), "alpha must be"),
        (desm, BM25(DOCUMENTS[:2]), 0.5, "3 and 2 documents"),
        (desm.desm, bm25, 0.5, "desm.index"),
        (desm.desm, [1.0], 0.5, "desm.index"),
        (desm, [1.0, 2.0, 3.0], 0.5, "desm.index"),
    ]:
        with pytest.raises(ValueError, match=message):
            mix(one, other, alpha)


# Cross-validation, on scores where the best weight is known


def planted(n=20):
    """Make queries whose relevant document wins at 1/3 < alpha < 2/3, and one other outside."""
    ids = [f"q{i:02}" for i in range(n)]
    collection = Collection(
        "planted",
        dict.fromkeys(["yes", "desm's", "bm25's"], ""),
        dict.fromkeys(ids, ""),
        {name: {"yes": 1} for name in ids},
    )
    desm = np.tile([2.0, 3.0, 0.0], (n, 1))
    return desm, desm[:, [0, 2, 1]], collection


def test_the_planted_weight_is_found():
    desm, bm25, collection = planted()
    found = cross_validated_alpha(desm, bm25, collection, alphas=[0, 0.25, 0.5, 0.75, 1], seed=3)
    assert found.alpha == 0.5 and found.fold_alphas == [0.5] * 5
    assert found.means[0.5] == 1 and found.means[0.25] == found.means[1] < 1
    assert evaluate(found.run, collection.qrels, ["RR"]).mean("RR") == 1
    assert sorted(name for fold in found.folds for name in fold) == list(collection.queries)
    assert {len(fold) for fold in found.folds} == {4}


def test_a_query_is_never_ranked_with_a_weight_chosen_on_it():
    # One query wants alpha = 1, the other alpha = 0: each gets what the other one wants.
    collection = Collection(
        "two", {"x": "", "y": ""}, {"p": "", "q": ""}, {"p": {"x": 1}, "q": {"x": 1}}
    )
    desm, bm25 = [[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]
    found = cross_validated_alpha(desm, bm25, collection, "RR", alphas=[0, 1], folds=2)
    chosen = dict(zip([fold[0] for fold in found.folds], found.fold_alphas, strict=True))
    assert chosen == {"p": 0, "q": 1}
    assert evaluate(found.run, collection.qrels, ["RR"]).mean("RR") == 0.5
    assert found.run["p"] == {"x": 0.0, "y": 1.0} == found.run["q"]


def test_the_folds_are_seeded():
    desm, bm25, collection = planted()
    one, other = (cross_validated_alpha(desm, bm25, collection, seed=seed) for seed in (1, 2))
    assert one == cross_validated_alpha(desm, bm25, collection, seed=1)
    assert one.folds != other.folds


def test_a_measure_without_a_cutoff_sees_every_document():
    rng = np.random.default_rng(1)
    ids = [f"d{i}" for i in range(30)]
    collection = Collection(
        "random",
        dict.fromkeys(ids, ""),
        dict.fromkeys(["p", "q", "unjudged"], ""),
        {"p": {"d1": 1, "d2": 1}, "q": {"d3": 2}, "unjudged": {}},
        {"q": {"d5"}},
    )
    desm, bm25 = rng.normal(size=(2, 3, 30))
    for measure in ("AP", "nDCG@3"):
        found = cross_validated_alpha(desm, bm25, collection, measure, alphas=[0.25, 1], folds=2)
        for alpha in (0.25, 1):
            run = make_run(mix(desm, bm25, alpha), collection)
            assert found.means[alpha] == pytest.approx(
                evaluate(run, collection.qrels, [measure]).mean(measure)
            )
        assert found.run.keys() == {"p", "q"} and len(found.run["q"]) == 29


def test_wrong_folds_and_weights_are_refused():
    desm, bm25, collection = planted(4)
    for options, message in [
        ({"folds": 1}, "from 2 to 4"),
        ({"folds": 5}, "from 2 to 4"),
        ({"alphas": []}, "at least one"),
        ({"alphas": [0.5, 1.5]}, "from 0 to 1"),
        ({"measure": "quality"}, "no measure"),
    ]:
        with pytest.raises(ValueError, match=message):
            cross_validated_alpha(desm, bm25, collection, **{"folds": 2} | options)
