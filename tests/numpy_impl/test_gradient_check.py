import numpy as np
import pytest

from course_lib.numpy_impl.gradient_check import numerical_gradient


def test_it_finds_the_gradient_of_a_known_function():
    x = np.random.default_rng(1).normal(size=(3, 4))
    before = x.copy()
    found = numerical_gradient(lambda array: float(np.sum(np.sin(array) * array)), x)
    np.testing.assert_allclose(found, np.cos(x) * x + np.sin(x), rtol=1e-8, atol=1e-9)
    np.testing.assert_array_equal(x, before)


def test_float32_is_refused():
    with pytest.raises(ValueError, match="float64"):
        numerical_gradient(lambda array: 0.0, np.zeros(3, dtype=np.float32))
