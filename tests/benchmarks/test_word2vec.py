import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import measure, word2vec

ROOT = Path(__file__).resolve().parents[2]


def test_a_quick_run_prints_all_rows():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    tables = [line for line in lines if line.startswith("## ")]
    assert len(tables) == len(word2vec.TABLES)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    measured = [row for row in rows if row[0] not in ("trainer", "---")]
    assert [row[0] for row in measured] == [trainer.name for *_, trainer in word2vec.jobs()]
    for row in measured:
        assert len(row) == len(rows[0])
        assert float(row[1].replace(",", "")) > 0
        assert float(row[5]) > 0, "the held-out loss"
    assert measured[0][2] == "1.00 (1.00 to 1.00)"


def test_no_judged_pair_is_no_correlation():
    """The correlation would be NaN, which JSON does not know; the made-up words are in no list."""
    settings = word2vec.Word2VecSettings(vector_size=8, epochs=1)
    found = [
        word2vec.trained(word2vec.by_gensim, settings, ("lee", tokens), judged=True)
        for tokens in (2000, None)
    ]
    assert (found[0]["wordsim"], found[0]["pairs"]) == (None, 0)
    assert -1 < found[1]["wordsim"] < 1
    assert 50 < found[1]["pairs"] < 353


def made_up(rounds=3):
    """Results as a run gives them: each trainer a bit faster than the one before."""
    rows = []
    for architecture, objective, trainer in word2vec.jobs():
        runs = [
            {
                "round": number, "seconds": number / (len(rows) + 1), "words": 1000 * number,
                "growth": 2**20, "peak": 3 * 2**20, "V": 50, "loss": 2.5, "wordsim": None,
                "pairs": 0,
            }
            for number in range(1, rounds + 1)
        ]  # fmt: skip
        rows.append(
            {"architecture": architecture, "objective": objective, "name": trainer.name}
            | {"runs": runs}
        )
    usual = word2vec.dataclasses.asdict(word2vec.Word2VecSettings())
    machine = {"CPU": "one of brass"}
    return {"machine": machine, "corpus": "c", "rounds": 3, "settings": usual, "rows": rows}


def test_the_table_says_what_was_measured():
    results = made_up()
    table = word2vec.report(results)
    assert "- CPU: one of brass" in table
    assert "- rounds: 3\n" in table
    assert "| gensim | 1,000 | 1.00 (1.00 to 1.00) | 1 | 3 | 2.500 | - |  |" in table
    names = [trainer.name for *_, trainer in word2vec.jobs()]
    times = (names.index("ours, PyTorch") + 1) / (names.index("D2L's way (PyTorch)") + 1)
    assert f"- ours, PyTorch: {times:.1f} ({times:.1f} to {times:.1f})" in table
    assert table.count("Times D2L's way") == 1
    assert "| gensim, 2 threads | 2,000 | 2.00 (2.00 to 2.00) | 1 | 3 |" in table
    results["rows"][1]["runs"][1]["seconds"] /= 2
    assert "2.00 (2.00 to 4.00)" in word2vec.report(results)


def test_the_table_says_what_is_missing():
    results = made_up(rounds=2)
    results["rows"][2]["error"] = "it burnt"
    results["rows"][3]["runs"] = []
    table = word2vec.report(results)
    assert "- rounds: 2 of 3; unfinished" in table
    assert "not measured: it burnt" in table
    assert "| ours, NumPy | not yet |" in table
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1


def test_a_trainer_that_fails_does_not_spoil_the_others(monkeypatch):
    def in_child(function, train, *_):
        if train is word2vec.by_torch:
            raise measure.ChildError("torch is tired")
        return 1.0 if function is word2vec.first_call else made_up(1)["rows"][0]["runs"][0]

    monkeypatch.setattr(measure, "in_child", in_child)
    monkeypatch.setattr(word2vec, "settings_of", lambda usual, *job: usual)
    found = {}
    word2vec.run(word2vec.Word2VecSettings(), ("lee", None), 2, ["bits"], found.update)
    names = [row["name"] for row in found["rows"]]
    assert "ours, gensim's bits" not in names, "it was to be skipped"
    for row in found["rows"]:
        if row["name"].startswith("ours, PyTorch"):
            assert row["error"] == "torch is tired"
        else:
            assert len(row["runs"]) == (1 if "D2L" in row["name"] else 2)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT for others")
def test_ctrl_c_keeps_what_was_measured(tmp_path):
    path = tmp_path / "results.md"
    running = subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "--quick", "--output", str(path)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 120
        while not path.exists() or "(1.00 to 1.00)" not in path.read_text():
            assert time.monotonic() < limit
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)  # children get it too, as from a terminal
        out, error = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 130
    assert "Interrupted" in error
    assert "Traceback" not in error
    results = json.loads(path.with_suffix(".json").read_text())
    assert results["rows"][0]["runs"]
    assert not results["rows"][-1]["runs"]
    assert word2vec.report(results).rstrip() == out.rstrip() == path.read_text().rstrip()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_stored_table_is_made_from_the_stored_numbers():
    path = ROOT / "benchmarks" / "results.md"
    results = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert word2vec.report(results).rstrip() == path.read_text(encoding="utf-8").rstrip()
