import numpy as np

from course_lib.finetuning import in_words, pull_of, used_rows


def test_rows_of_pairs_are_counted():
    rows, times = used_rows(in_words(np.array([4, 1, 4], np.int32), np.array([0, 0, 0])))
    assert (rows.tolist(), times.tolist()) == ([1, 4], [1, 2])


def test_padding_of_windows_is_not_counted():
    contexts = np.array([[3, 0, 0], [0, 3, 2]], np.int32)
    mask = np.array([[True, False, False], [True, True, True]])
    rows, times = used_rows(in_words(contexts, np.array([1, 1]), mask))
    assert (rows.tolist(), times.tolist()) == ([0, 2, 3], [1, 1, 2])


def test_a_pull_never_leads_past_the_start():
    lock, times = np.array([1, 0.5, 0, 1], np.float32), np.array([2, 2, 2, 1000])
    np.testing.assert_allclose(pull_of(lock, times, 0.1, 0.5)[:, 0], [0.1, 0.05, 0, 1])
