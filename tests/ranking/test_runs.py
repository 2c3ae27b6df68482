import time

import numpy as np
import pytest
from ir_measures import RR
from ir_measures import pytrec_eval as trec_eval

from course_lib import Embeddings, Vocabulary
from course_lib.ranking import DESM, Collection, make_run, read_run, rerank, write_run

IDS = ["b", "a", "é", "Z", "10", "9"]
COLLECTION = Collection(
    "made up", dict.fromkeys(IDS, ""), {"q1": "", "q2": ""}, {"q1": {"a": 1}}, {"q2": {"Z"}}
)
SCORES = [[0.5, 2, -1, 0.5, 0.5, 7], [0.0, 0, 0, 0, 0, 0]]


def trec_order(scores):
    """Ask trec_eval itself for the place of each document: 1 / (reciprocal rank)."""
    run = {"q": scores}
    places = {name: trec_eval.calc_aggregate([RR], {"q": {name: 1}}, run)[RR] for name in scores}
    return sorted(scores, key=lambda name: -places[name])


def test_the_best_come_first_and_equal_ones_by_falling_id():
    run = make_run(SCORES, COLLECTION)
    assert list(run["q1"]) == ["9", "a", "b", "Z", "10", "é"]
    assert run["q1"] == dict(zip(IDS, SCORES[0], strict=True))
    assert list(run["q2"]) == ["é", "b", "a", "9", "10"]  # Z is left out


def test_the_order_is_that_of_trec_eval():
    rng = np.random.default_rng(1)
    for _ in range(20):
        scores = rng.integers(0, 4, (2, 6)) + rng.integers(0, 2, (2, 6)) * 1e-12
        run = make_run(scores, COLLECTION)
        assert list(run["q1"]) == trec_order(run["q1"])


@pytest.mark.parametrize("depth", range(1, 8))
def test_a_depth_keeps_the_beginning(depth):
    rng = np.random.default_rng(depth)
    for scores in (SCORES, rng.integers(0, 3, (2, 6))):
        whole, cut = make_run(scores, COLLECTION), make_run(scores, COLLECTION, depth)
        for query in whole:
            assert list(cut[query].items()) == list(whole[query].items())[:depth]


def test_scores_that_do_not_fit_are_refused():
    for scores, depth, message in [
        ([[1.0] * 6], None, r"\(2, 6\)"),
        ([[float("nan")] * 6] * 2, None, "NaN"),
        ([[1e39] * 6] * 2, None, "beyond float32"),
        (SCORES, 0, "at least 1"),
        (SCORES, 2.5, "at least 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            make_run(scores, COLLECTION, depth)


# Re-ranking


def test_the_candidates_of_the_first_in_the_order_of_the_second():
    first = {"q": {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.0}}
    second = {"q": {"d": 9.0, "c": 8.0, "a": 1.0, "b": 2.0}, "other": {}}
    assert list(rerank(first, second, 2)["q"].items()) == [("b", 2.0), ("a", 1.0)]
    assert list(rerank(first, second, 3)["q"]) == ["c", "b", "a"]
    assert list(rerank(first, second)["q"]) == ["d", "c", "b", "a"]  # fewer than 100


def test_candidates_without_a_score_are_refused():
    first = {"q": {"a": 3.0, "b": 2.0}}
    with pytest.raises(KeyError, match="document 'b'"):
        rerank(first, {"q": {"a": 1.0}})
    with pytest.raises(KeyError, match="query 'q'"):
        rerank(first, {"p": {"a": 1.0}})
    with pytest.raises(ValueError, match="at least 1"):
        rerank(first, first, 0)


# Files


def test_a_run_comes_back_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(1)
    run = make_run(rng.normal(size=(2, 6)) * [[1e-30], [1e30]], COLLECTION)
    write_run(tmp_path / "run", run)
    found = read_run(tmp_path / "run")
    assert found == run
    assert [list(found[query]) for query in found] == [list(run[query]) for query in run]


def test_the_file_is_what_trec_has(tmp_path):
    write_run(tmp_path / "run", {"q1": {"a": 0.5, "b": 2.0, "c": 0.5}}, tag="desm")
    assert (tmp_path / "run").read_bytes() == (
        b"q1 Q0 b 1 2.0 desm\nq1 Q0 c 2 0.5 desm\nq1 Q0 a 3 0.5 desm\n"
    )


def test_any_white_space_and_order_are_read_and_the_score_decides(tmp_path):
    (tmp_path / "run").write_bytes(
        b"\xef\xbb\xbfq1\tQ0\tb 1 1e0 x\r\n\r\nq2 Q0 a 1 5 x\n  q1 Q0 a 2 3 x"
    )
    found = read_run(tmp_path / "run")
    assert found == {"q1": {"a": 3.0, "b": 1.0}, "q2": {"a": 5.0}}
    assert list(found["q1"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"q1 Q0 b 2 1.0", "5 fields"),
        (b"q1 Q0 b c 2 1.0 x", "7 fields"),
        (b"q1 Q0 b 2 high x", "'high' is no finite number"),
        (b"q1 Q0 b 2 nan x", "'nan' is no finite number"),
        (b"q1 Q0 b 2 1e999 x", "no finite number"),
        (b"q1 Q0 b 2 1_0 x", "no finite number"),
        (b"q1 Q0 b two 1 x", "'two' is no whole number"),
        (b"q1 Q0 a 2 1.0 x", "document 'a' comes twice for query 'q1'"),
        (b"q1 Q0 \xff 2 1.0 x", "not utf-8"),
    ],
)
def test_a_broken_line_is_named(tmp_path, line, message):
    (tmp_path / "run").write_bytes(b"q1 Q0 a 1 2.0 x\n\n" + line + b"\n")
    with pytest.raises(ValueError, match=f"run, line 3: .*{message}"):
        read_run(tmp_path / "run")


def test_files_that_are_not_there_or_empty(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_run(tmp_path / "run")
    (tmp_path / "run").write_bytes(b"\n")
    with pytest.raises(ValueError, match="no line"):
        read_run(tmp_path / "run")


@pytest.mark.parametrize("bad", ["", "two words", " a", "a\u00a0b", "a\n", "\u2003", None, 7])
def test_ids_with_white_space_are_refused_and_the_old_file_stays(tmp_path, bad):
    write_run(tmp_path / "run", {"q": {"a": 1.0}})
    before = (tmp_path / "run").read_bytes()
    for run, tag in [({bad: {"a": 1.0}}, "x"), ({"q": {bad: 1.0}}, "x"), ({"q": {"a": 1.0}}, bad)]:
        with pytest.raises(ValueError, match="white space"):
            write_run(tmp_path / "run", run, tag)
    assert (tmp_path / "run").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e39, "high", None, [1.0]])
def test_scores_that_are_no_numbers_are_not_written(tmp_path, bad):
    with pytest.raises(ValueError, match="Query 'q': a score"):
        write_run(tmp_path / "run", {"q": {"a": bad}})


# Speed


def test_ten_thousand_documents_for_two_hundred_queries():
    rng = np.random.default_rng(1)
    words = np.array([f"w{i}" for i in range(20_000)])
    places = (len(words) * rng.random((10_000, 100)) ** 3).astype(int)  # some words are frequent
    documents = words[places].tolist()
    queries = words[places[:200, :8]].tolist()
    embeddings = Embeddings(Vocabulary(words.tolist()), *rng.normal(size=(2, len(words), 100)))
    large = Collection(
        "large",
        {str(number): "" for number in range(10_000)},
        {str(number): "" for number in range(200)},
        {},
    )
    start = time.process_time()
    index = DESM(embeddings).index(documents)
    run = make_run(index.all_scores(queries), large)
    assert time.process_time() - start < 5  # measured: 1.6
    assert len(run) == 200 and {len(scores) for scores in run.values()} == {10_000}
    start = time.process_time()
    index.scores(queries[0])
    assert time.process_time() - start < 0.1  # measured: 0.002
