import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from gensim.test.utils import datapath

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets, evaluation, numpy_impl
from course_lib.evaluation.tables import number


@pytest.fixture(scope="module")
def model():
    settings = Word2VecSettings(vector_size=16, min_count=2, epochs=3)
    return numpy_impl.train_word2vec(datasets.load_corpus("lee"), settings, progress=False)


@pytest.fixture(scope="module")
def report(model):
    return evaluation.report(model, n_bootstrap=50)


def test_a_report_holds_what_the_functions_give(model, report):
    single = evaluation.word_similarity(model, "simlex999", n_bootstrap=50)
    assert [result.name for result in report.similarity] == ["wordsim353", "simlex999"]
    assert report.similarity[1].spearman == single.spearman
    assert (report.similarity[1].low, report.similarity[1].high) == (single.low, single.high)
    assert report.analogies.sections == evaluation.analogies(model).sections
    assert list(report.geometry.values()) == [
        evaluation.mean_cosine(model),
        evaluation.cone(model),
        evaluation.norms_by_count(model),
        evaluation.hubness(model).skewness,
        evaluation.spectrum(model)[:2].sum(),
    ]


def test_its_table_is_aligned_and_complete(report):
    title, head, *lines = repr(report).splitlines()
    assert title.endswith("d = 16, IN vectors")
    assert head.split()[-1] == "covered"
    assert len(lines) == 2 + 3 + 5
    first = report.similarity[0]
    assert number(first.spearman) in lines[0]
    assert f"{first.covered} of 353" in lines[0]
    assert lines[4].endswith(f"{report.analogies.total.covered} of 19544")
    shown = report._repr_html_()
    assert shown.count("<tr>") == 11 and f"<caption>{title}</caption>" in shown


def test_keyed_vectors_have_no_out_vectors_to_report(model):
    found = evaluation.report(model.to_keyed_vectors(), ["simlex999"], None, name="Lee")
    assert repr(found).startswith("Lee\n")
    assert found.analogies is None
    assert "cosine of mean IN and mean OUT" not in found.geometry
    assert "length against count, Spearman" in found.geometry
    out = evaluation.report(model, [], which="out", questions=None)
    assert out.geometry["mean cosine of two words"] == evaluation.mean_cosine(model, "out")


def test_one_word_can_be_reported_on(recwarn):
    alone = evaluation.report(Embeddings(Vocabulary(["a"], [3]), np.ones((1, 3), np.float32)))
    assert "0 of 353" in repr(alone) and "nan" not in repr(alone)
    assert "0 of 353 pairs, no correlation" in alone.figure().alt
    assert len(recwarn) == 0


def test_the_figure_shows_the_numbers(report):
    picture = report.figure()
    for result in report.similarity:
        assert f"{result.covered} of {result.pairs} pairs" in picture.alt
    assert f"of {report.analogies.total.covered:,} right" in picture.alt
    assert len(picture.axes) == 2
    alone = dataclasses.replace(report, analogies=None).figure()
    assert len(alone.axes) == 1


def test_matplotlib_is_imported_for_the_figure_only():
    code = (
        "import sys; from course_lib import evaluation; assert 'matplotlib' not in sys.modules;"
        "assert 'scipy.stats' not in sys.modules and 'gensim' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_name_is_not_a_list_of_names(model):
    with pytest.raises(ValueError, match=r"\['wordsim353'\]"):
        evaluation.report(model, "wordsim353")
    path = datapath("wordsim353.tsv")
    found = evaluation.report(model, [path], None, n_bootstrap=1)
    assert found.similarity[0].pairs == 353
