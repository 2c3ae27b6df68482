import math

import numpy as np
import pytest

from course_lib.ranking import compare, evaluate

QRELS = {"q1": {"a": 3, "b": 1, "c": 0, "d": -1}, "q2": {"a": 1}, "q3": {"x": 2}}
RUN = {
    "q1": {"c": 9.0, "a": 8.0, "new": 7.0, "b": 1.0, "d": 0.5},
    "q2": {"b": 2.0, "a": 2.0},  # equal: b stands before a
    "unjudged": {"a": 1.0},
}


def test_measures_by_hand():
    found = evaluate(RUN, QRELS, ["nDCG@3", "nDCG@10", "AP", "P@2", "RR", "AP(rel=2)"])
    log = math.log2
    ideal = 3 + 1 / log(3)
    assert found.per_query["nDCG@3"] == pytest.approx(
        {"q1": 3 / log(3) / ideal, "q2": 1 / log(3), "q3": 0}
    )
    assert found.per_query["nDCG@10"]["q1"] == pytest.approx((3 / log(3) + 1 / log(5)) / ideal)
    assert found.per_query["AP"] == pytest.approx({"q1": (1 / 2 + 2 / 4) / 2, "q2": 0.5, "q3": 0})
    assert found.per_query["AP(rel=2)"] == pytest.approx({"q1": 0.5, "q2": 0, "q3": 0})
    assert found.per_query["P@2"] == pytest.approx({"q1": 0.5, "q2": 0.5, "q3": 0})
    assert found.per_query["RR"] == pytest.approx({"q1": 0.5, "q2": 0.5, "q3": 0})
    assert found.mean("RR") == pytest.approx(1 / 3)
    assert repr(found).startswith("Evaluation(3 queries: nDCG@3 0.")


def test_the_order_of_the_dictionary_does_not_matter():
    backwards = {query: dict(reversed(scores.items())) for query, scores in RUN.items()}
    assert evaluate(backwards, QRELS) == evaluate(RUN, QRELS)


def test_mrr_is_another_name_of_rr():
    found = evaluate(RUN, QRELS, ["MRR", "RR"])
    assert found.per_query["MRR"] == found.per_query["RR"]


@pytest.mark.parametrize(
    ("measures", "message"),
    [
        (["nDCG at 10"], "no measure 'nDCG at 10'"),
        (["quality"], "no measure 'quality'"),
        (["P"], "cannot compute"),
        (["RBP"], "cannot compute"),
        ("AP", "list of names"),
    ],
)
def test_unknown_measures_are_refused(measures, message):
    with pytest.raises(ValueError, match=message):
        evaluate(RUN, QRELS, measures)


def test_a_query_with_an_empty_judgement_is_not_judged():
    assert evaluate(RUN, QRELS | {"q4": {}, "unjudged": {}}) == evaluate(RUN, QRELS)
    with pytest.raises(ValueError, match="No query of the run has judgements"):
        evaluate(RUN, {"q1": {}})


def test_ids_that_do_not_meet_are_refused():
    with pytest.raises(ValueError, match="Are the ids the same"):
        evaluate({"1": {"a": 1.0}}, QRELS)
    with pytest.raises(ValueError, match="must be strings, not 1"):
        evaluate({"q1": {1: 1.0}}, QRELS)
    with pytest.raises(ValueError, match="must be strings, not 2"):
        evaluate(RUN, {2: {"a": 1}})
    with pytest.raises(ValueError, match="a score is NaN"):
        evaluate({"q1": {"a": float("nan")}}, QRELS)


def test_measures_that_were_not_asked_for_have_no_mean():
    with pytest.raises(KeyError, match="was not computed"):
        evaluate(RUN, QRELS, ["AP"]).mean("RR")


# Spread and test, on queries whose reciprocal rank is known


def with_ranks(ranks):
    """Make a run in which the relevant document of query i stands at the place ranks[i]."""
    return {
        f"q{i:03}": {
            "yes" if place == rank else f"no{place}": -float(place) for place in range(1, 5)
        }
        for i, rank in enumerate(ranks)
    }


def judged(n):
    return {f"q{i:03}": {"yes": 1} for i in range(n)}


def test_the_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    inside = 0
    for seed in range(120):
        ranks = rng.integers(1, 3, 60)  # reciprocal ranks 1 and 1/2, of mean 3/4
        low, high = evaluate(with_ranks(ranks), judged(60), ["RR"]).interval(
            "RR", level=0.8, samples=400, seed=seed
        )
        inside += low <= 0.75 <= high
    assert 0.7 < inside / 120 < 0.9


def test_the_interval_is_seeded_and_grows_with_its_level():
    ranks = np.random.default_rng(2).integers(1, 5, 200)
    found = evaluate(with_ranks(ranks), judged(200), ["RR"])
    low, high = found.interval("RR")
    assert low < found.mean("RR") < high
    assert found.interval("RR") == (low, high) != found.interval("RR", seed=2)
    narrow = found.interval("RR", level=0.5)
    assert low < narrow[0] < narrow[1] < high
    for options in ({"level": 1}, {"level": 0}, {"samples": 0}):
        with pytest.raises(ValueError, match="must be"):
            found.interval("RR", **options)


def test_the_test_gives_the_exact_p_value():
    # Eight queries, all better by the same amount: 2 of the 2**8 tosses are as extreme.
    found = compare(with_ranks([1] * 8), with_ranks([2] * 8), judged(8), "RR", samples=20_000)
    assert (found.mean_a, found.mean_b, found.difference) == pytest.approx((1, 0.5, 0.5))
    assert found.interval == pytest.approx((0.5, 0.5)) and found.queries == 8
    assert found.p_value == pytest.approx(2 / 2**8, abs=0.0015)
    # One better by 1/2, one worse by 1/4: every toss is 1/4 or 3/4, two of four are as extreme as
    # neither, since the real one is among the small ones.
    found = compare(with_ranks([1, 4]), with_ranks([2, 2]), judged(2), "RR", samples=1000)
    assert found.difference == pytest.approx(0.125) and found.p_value == 1


def test_equal_runs_differ_by_nothing():
    found = compare(RUN, RUN, QRELS)
    assert found.p_value == 1 and found.difference == 0 and found.interval == (0, 0)


def test_the_test_is_symmetric_and_seeded():
    rng = np.random.default_rng(3)
    a, b = with_ranks(rng.integers(1, 5, 30)), with_ranks(rng.integers(1, 5, 30))
    one, other = compare(a, b, judged(30), "RR"), compare(b, a, judged(30), "RR")
    assert one.p_value == other.p_value and one.difference == -other.difference
    assert one == compare(a, b, judged(30), "RR") != compare(a, b, judged(30), "RR", seed=5)


def test_p_values_are_uniform_when_there_is_no_difference():
    rng = np.random.default_rng(4)
    values = []
    for seed in range(150):
        a, b = with_ranks(rng.integers(1, 5, 25)), with_ranks(rng.integers(1, 5, 25))
        values.append(compare(a, b, judged(25), "RR", samples=300, seed=seed).p_value)
    for level in (0.1, 0.3, 0.5):
        assert abs(np.mean(np.array(values) <= level) - level) < 0.11
