import hashlib
import sys

import ir_datasets
import numpy as np
import pytest
from gensim.test.utils import datapath

from course_lib.ranking import BM25, evaluate, load_collection, make_run


def test_lee_is_graded_and_leaves_the_query_out():
    lee = load_collection("lee")
    assert (len(lee.documents), len(lee.queries)) == (50, 50)
    assert lee.documents["1"].startswith("The national executive of the strife-torn Democrats")
    ratings = 5 * np.loadtxt(datapath("similarities0-1.txt"))
    for i in range(50):
        for j in range(i + 1, 50):
            grade = np.searchsorted([2, 3, 4, 5], ratings[i, j], side="right")
            query, other = str(i + 1), str(j + 1)
            assert lee.qrels[query][other] == lee.qrels[other][query] == grade
    relevant = [sum(grade > 0 for grade in judged.values()) for judged in lee.qrels.values()]
    assert sum(relevant) == 2 * 257 and min(relevant) >= 1
    assert {name for judged in lee.qrels.values() for name in judged.values()} == {0, 1, 2, 3, 4}
    run = make_run(BM25(lee.document_tokens()).all_scores(lee.query_tokens()), lee)
    assert all(query not in run[query] and len(run[query]) == 49 for query in lee.queries)
    # Nobody is shown the query itself. So a ranking is far from perfect, and better than chance.
    assert 0.4 < evaluate(run, lee.qrels).mean("nDCG@10") < 0.8


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Register a collection of ir_datasets that lies here."""
    (tmp_path / "documents.tsv").write_text("d1\tthe sea\nd2\ta ship\n", encoding="utf-8")
    (tmp_path / "queries.tsv").write_text("q1\tsea\nq2\tland\n", encoding="utf-8")
    (tmp_path / "qrels").write_text("q1 0 d1 2\nq1 0 d2 -1\n", encoding="utf-8")
    files = {
        "docs_tsv": str(tmp_path / "documents.tsv"),
        "queries_tsv": str(tmp_path / "queries.tsv"),
        "qrels_trec": str(tmp_path / "qrels"),
    }
    name = f"local-{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"

    def register(**changed):
        chosen = {key: path for key, path in (files | changed).items() if path}
        monkeypatch.setitem(
            ir_datasets.registry._registered, name, ir_datasets.create_dataset(**chosen)
        )
        return f"ir_datasets:{name}"

    return register, tmp_path


def test_a_collection_of_ir_datasets(local):
    register, _ = local
    name = register()
    found = load_collection(name)
    assert found.name == name
    assert found.documents == {"d1": "the sea", "d2": "a ship"}
    assert found.queries == {"q1": "sea", "q2": "land"}
    assert found.qrels == {"q1": {"d1": 2, "d2": -1}}


def test_judgements_of_what_is_not_there_are_left_out_with_a_warning(local):
    register, folder = local
    (folder / "qrels").write_text("q1 0 d1 2\nq1 0 d9 1\nq9 0 d1 1\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="2 judgements"):
        found = load_collection(register())
    assert found.qrels == {"q1": {"d1": 2}}


def test_a_collection_without_judgements_is_refused(local):
    register, _ = local
    with pytest.raises(ValueError, match="no queries and no qrels"):
        load_collection(register(queries_tsv=None, qrels_trec=None))


def test_offline_says_so(local, monkeypatch):
    register, _ = local
    name = register()
    dataset = ir_datasets.load(name.partition(":")[2])

    def fail():
        raise RuntimeError("All download sources failed", [])

    monkeypatch.setattr(type(dataset), "docs_iter", lambda self: fail(), raising=False)
    with pytest.raises(FileNotFoundError, match="Is there a network"):
        load_collection(name)


@pytest.mark.parametrize("name", ["leee", "ir_datasets:no such", "ir_datasets:", "", None, 7])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match="no collection"):
        load_collection(name)


def test_ranking_imports_no_heavy_package_before_it_is_needed():
    import subprocess

    code = (
        "import sys, course_lib.ranking; "
        "print([n for n in ('bm25s', 'ir_datasets', 'gensim', 'scipy.stats') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n" and done.stderr == ""
