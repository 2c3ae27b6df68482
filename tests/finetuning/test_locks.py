import numpy as np
import pytest

from course_lib import Vocabulary
from course_lib.finetuning import Lockf
from course_lib.finetuning.locks import rules_of

WORDS = Vocabulary(["a", "b", "c"], [9, 4, 1])
COVERED = np.array([True, False, True])
COUNTS = np.array([9, 4, 1])


def locks(rules):
    return rules_of(rules).of(WORDS, COVERED, COUNTS)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (None, [1, 1, 1]),
        (0.25, [0.25, 0.25, 0.25]),
        (0, [0, 0, 0]),
        ({"b": 0.0}, [1, 0, 1]),
        (Lockf(covered=0.1), [0.1, 1, 0.1]),
        (Lockf(uncovered=0.5, by_count=lambda counts: counts / (counts + 1)), [0.9, 0.4, 0.5]),
        (Lockf(covered=0.5, by_count=lambda counts: counts / 10, words={"a": 1}), [1, 0.4, 0.05]),
    ],
)
def test_rules_give_each_word_its_lock(rules, expected):
    found = locks(rules)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (1.5, "all words must be a number from 0"),
        (float("nan"), "all words"),
        ({"a": -0.1}, "'a' must be a number from 0"),
        ({"a": "free"}, "'a' must be a number"),
        (Lockf(covered=2), "covered words"),
        (Lockf(uncovered=-1), "uncovered words"),
        (Lockf(by_count=lambda counts: counts), "count 9"),
        (Lockf(by_count=lambda counts: counts[:2] / 10), "one lock a count"),
        ([1, 1, 1], "not a list"),
    ],
)
def test_wrong_locks_are_refused(rules, message):
    with pytest.raises(ValueError, match=message):
        locks(rules)


def test_a_lock_for_an_unknown_word_names_it():
    with pytest.raises(KeyError, match=r"'d' is not among.*extra_words"):
        locks({"d": 0})
