import json
import sys
import time

import numpy as np
import pytest

from benchmarks import measure


def test_ratios_are_taken_round_by_round():
    """In the second round the machine was half as fast, for both."""
    ours, gensims = {1: 2.0, 2: 4.0, 3: 1.0}, {1: 6.0, 2: 12.0, 3: 5.0}
    assert measure.speed_ratios(ours, gensims) == measure.Spread(3.0, 3.0, 5.0)
    assert measure.speed_ratios({2: 4.0}, gensims) == measure.Spread(3.0, 3.0, 3.0)
    assert measure.speed_ratios({9: 4.0}, gensims) is None


def test_the_median_of_an_even_number_lies_between():
    assert measure.Spread.of([4.0, 1.0, 2.0, 9.0]) == measure.Spread(3.0, 1.0, 9.0)


def allocate(megabytes):
    def call():
        return len(np.ones(megabytes * 2**20, dtype=np.uint8))

    return measure.cost(call)[1]


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_the_memory_of_a_child_is_its_own():
    held = np.ones(500 * 2**20, dtype=np.uint8)  # in this process, not in the child
    little, much = (measure.in_child(allocate, size) for size in (1, 201))
    assert little.growth < 20 * 2**20
    assert 199 * 2**20 < much.growth - little.growth < 201 * 2**20
    assert held[0] == 1
    assert much.peak - much.growth < 500 * 2**20


def test_a_call_is_timed():
    value, cost = measure.cost(lambda: time.sleep(0.05) or "slept")
    assert value == "slept"
    assert 0.05 <= cost.seconds < 2


def fail():
    raise ValueError("no such thing")


def vanish():
    sys.stdout.flush()
    import os

    os._exit(7)


def test_what_goes_wrong_in_a_child_is_told(capfd):
    with pytest.raises(measure.ChildError, match="ValueError: no such thing"):
        measure.in_child(fail)
    assert "in fail" in capfd.readouterr().err
    with pytest.raises(measure.ChildError, match="exit code 7"):
        measure.in_child(vanish)


def test_the_machine_is_described():
    told = measure.machine()
    assert told.keys() >= {"date", "commit", "CPU", "memory", "packages", "BLAS"}
    assert f"numpy {np.__version__}" in told["packages"]
    assert all(told.values())


def test_results_are_replaced_whole(tmp_path):
    path = tmp_path / "results.md"
    measure.write_results(path, "| a |", {"a": 1})
    assert path.read_text() == "| a |\n"
    assert json.loads(path.with_suffix(".json").read_text()) == {"a": 1}
    with pytest.raises(TypeError):
        measure.write_results(path, "| b |", {"b": object()})
    assert path.read_text() == "| a |\n", "both or none"
    assert len(list(tmp_path.iterdir())) == 2
