"""The conditions that a check is made of, and what they say."""

import numpy as np
import pytest
import torch

from course_lib.checks import (
    CheckFailed,
    as_numbers,
    require,
    require_close,
    require_equal,
    require_two,
)


def refusal(function, *arguments, **options) -> str:
    with pytest.raises(CheckFailed) as caught:
        function(*arguments, **options)
    return str(caught.value)


def test_require_passes_a_true_condition_and_refuses_a_false_one():
    require(np.bool_(True), "never said")
    assert refusal(require, np.bool_(False), "The sum is 2.") == "The sum is 2."


def test_a_failed_check_is_an_assertion_error():
    assert issubclass(CheckFailed, AssertionError)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.array([1.0, 2.0]), [1, 2.0]),
        ([1, 2], np.array([1.0, 2.0])),
        (2, 2.0),
        (np.float32(0.1), 0.1),
        (torch.tensor([1.0, 2.0], requires_grad=True), [1.0, 2.0]),
        (np.array([3, 4], dtype=np.int32), np.array([3, 4])),
        ([np.nan, np.inf], [np.nan, np.inf]),
        ([True, False], [True, False]),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_close_numbers_pass(got, expected):
    assert require_close(got, expected, "The answer") is None  # else it raises


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        ([[1.0], [2.0]], [1.0, 9.0], "x has the shape (2, 1); it should be of shape (2,)."),
        (1.0, [1.0, 9.0], "x is a single number; it should be of shape (2,)."),
        ([1.0], 1.0, "x has the shape (1,); it should be a single number."),
        ([1.0, 2.0], [1, 9], "x should hold whole numbers (int), not float64."),
        ([5.0, np.nan], [1.0, 2.0], "x at [1] is nan; it should be 2 (1 of 2 entries differ)."),
        (np.inf, 2.5, "x is inf; it should be 2.5."),
        (
            [[1.0, 2.0], [7.0, 8.5]],
            [[1.0, 2.0], [3.0, 4.25]],
            "x at [1, 0] is 7; it should be 3 (2 of 4 entries differ).",
        ),
        (
            [1234567],
            [1234568],
            "x at [0] is 1234567; it should be 1234568 (1 of 1 entries differ).",
        ),
        (1.00001234, 1.0, "x is 1.00001; it should be 1."),
        (1.000002, 1.0, "x is 1.000002; it should be 1.0."),
        ([True], [False], "x at [0] is True; it should be False (1 of 1 entries differ)."),
        ("abc", [1.0], "x should be numbers, not a str: 'abc'"),
        ([[1], [1, 2]], [1.0], "x cannot be read as an array of numbers: "),
        ({"a": 1}, 1.0, "x should be numbers, not a dict: {'a': 1}"),
    ],
)
def test_the_first_difference_is_named(got, expected, message):
    assert refusal(require_close, got, expected, "x").startswith(message)


def test_numbers_become_an_array():
    for numbers in ([[1, 2], [3, 4]], torch.tensor([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])):
        assert as_numbers(numbers, "x").tolist() == [[1, 2], [3, 4]]
    assert as_numbers(torch.tensor(0.5, requires_grad=True), "x") == 0.5


@pytest.mark.parametrize(
    "got", [[[1], [1, 2]], [torch.ones(2, requires_grad=True)] * 2, [np.zeros(2), np.zeros(3)]]
)
def test_what_makes_no_array_is_refused(got):
    message = refusal(as_numbers, got, "x")
    assert message.startswith("x cannot be read as an array of numbers: ")
    assert not message.endswith("..")


def test_two_are_two():
    assert require_two((1, 2), "never said") == (1, 2)
    assert require_two(np.array([1, 2]), "never said") == (1, 2)
    for other in (np.array(2.0), np.zeros(3), "ab", {1, 2}, 2, (1,)):
        assert refusal(require_two, other, "Give two.") == "Give two."


def test_the_tolerance_is_the_callers():
    require_close(1.01, 1.0, "x", rtol=0.02)
    require_close(0.01, 0.0, "x", atol=0.02)
    assert refusal(require_close, 1.01, 1.0, "x")
    assert refusal(require_close, 1e-8, 0.0, "x")


def test_equal_values_pass():
    assert require_equal(["a", "b"], ["a", "b"], "x") is None  # else it raises
    require_equal(("a", "b"), ["a", "b"], "x")
    require_equal([(0, 1), (0, 2)], [(0, 1), (0, 2)], "x")
    require_equal({"a": 1}, {"a": 1}, "x")


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (["a", "c"], ["a", "b"], "x has 'c' at position 1; it should be 'b'."),
        (["a"], ["a", "b"], "x has 1 items; it should have 2: ['a', 'b']."),
        (["a", "b", "c"], ["a", "b"], "x has 3 items; it should have 2: ['a', 'b']."),
        ("ab", ["a", "b"], "x should be a list, not a str."),
        ({"a": 1}, {"a": 2}, "x is {'a': 1}; it should be {'a': 2}."),
        (np.array([1, 2]), 1, "x is array([1, 2]); it should be 1."),
        (
            [("a", np.zeros(2))],
            [("a", 1)],
            "x has ('a', array([0., 0.])) at position 0; it should be ('a', 1).",
        ),
    ],
)
def test_the_first_unequal_item_is_named(got, expected, message):
    assert refusal(require_equal, got, expected, "x") == message
