import html
import re

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary
from course_lib.ranking import BM25, DESM, content_words, mix
from course_lib.widgets import Search, search_box
from course_lib.widgets.pages import VIEW

WORDS = ["tea", "cup", "kettle", "tram", "ticket", "<b>"]
TEXTS = [
    "the cup and the kettle",
    "a tram ticket for the tram, and one more ticket, please, driver",
    "tea in a cup",
    "<script>alert(1)</script> & tram",
]
TOKENS = [content_words(text) for text in TEXTS]


@pytest.fixture(scope="module")
def embeddings():
    rng = np.random.default_rng(4)
    return Embeddings(Vocabulary(WORDS), *rng.normal(size=(2, len(WORDS), 5)))


@pytest.fixture(scope="module")
def search(embeddings):
    return Search(TEXTS, embeddings, alpha=0.9, topn=2)


@pytest.fixture
def displayed(monkeypatch):
    shown = []
    monkeypatch.setattr("course_lib.widgets.pages.display", lambda what, **_: shown.append(what))
    return shown


def test_each_model_ranks_as_it_does_alone(search, embeddings):
    found = search("Tea, cup!")
    desm = {side: DESM(embeddings, "in", side).index(TOKENS) for side in ("in", "out")}
    models = {"BM25": BM25(TOKENS), "IN-IN": desm["in"], "IN-OUT": desm["out"]}
    models["mixture"] = mix(desm["in"], models["BM25"], 0.9)
    for name, model in models.items():
        scores = model.scores(["tea", "cup"])
        hits = [hit for hit in found.hits if hit.model == name]
        assert [hit.document for hit in hits] == np.argsort(-scores, kind="stable")[:2].tolist()
        assert [hit.score for hit in hits] == pytest.approx(np.sort(scores)[::-1][:2])
    assert found.silent == found.unknown == []


def test_the_words_that_decided_are_told(search, embeddings):
    found = search("tea cup")
    by_model = {hit.model: hit for hit in reversed(found.hits)}
    assert by_model["BM25"].document == 2
    assert set(by_model["BM25"].why) == {"tea", "cup"}
    for name in ("IN-IN", "IN-OUT"):
        hit = by_model[name]
        desm = DESM(embeddings, "in", name[3:].lower())
        parts = desm.contributions(["tea", "cup"], TOKENS[hit.document]).document_words
        assert hit.why == [word for word, _ in parts][:3]


def test_bm25_finds_nothing_where_no_word_is_shared(search):
    found = search("kettle tea")
    assert {hit.document for hit in found.hits if hit.model == "BM25"} == {0, 2}
    found = Search(TEXTS[1:2], search._desm["IN-IN"].desm.embeddings)("tea")
    assert found.silent == ["BM25"]
    assert repr(found).splitlines()[0] == "Query: tea; nothing found by BM25"
    assert {hit.model for hit in found.hits} == {"IN-IN", "IN-OUT", "mixture"}


def test_unknown_words_are_named_and_leave_the_ranking_alone(search):
    found, without = search("tea zyxxy cup zyxxy"), search("tea cup")
    assert found.unknown == ["zyxxy"]
    assert found.hits == without.hits
    nothing = search("zyxxy")
    assert nothing.hits == []
    assert "unknown: zyxxy" in repr(nothing)
    assert search("").silent == ["BM25", "IN-IN", "IN-OUT", "mixture"]


def test_a_word_without_a_vector_is_left_to_bm25(search):
    found = search("driver")
    assert found.without_vector == ["driver"]
    assert found.unknown == []
    assert [(hit.model, hit.document) for hit in found.hits] == [("BM25", 1), ("mixture", 1)]
    assert repr(found).startswith("Query: driver; no vector: driver; nothing found by IN-IN, IN-")
    both = search("driver cup")
    assert both.without_vector == ["driver"]
    assert {hit.model for hit in both.hits} == {"BM25", "IN-IN", "IN-OUT", "mixture"}


def test_a_document_without_a_known_word_is_no_hit(embeddings):
    found = Search(["tea", "cup", ""], embeddings)("tea")
    assert {hit.document for hit in found.hits} == {0, 1}


def test_a_query_of_stop_words_is_explained(search):
    for query in ("the of", ""):
        assert "no word left to look for (stop words are left out)" in search(query).heading
    assert "no word left" not in search("zyxxy").heading


def test_all_texts_are_escaped(search):
    page = search("tram <img src=x onerror=alert(1)>")._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert html.escape("<script>alert(1)</script> & tram") in page
    assert set(re.findall(r"</?(\w+)", page)) == {"p", "table", "thead", "tbody", "tr", "th", "td"}


def test_the_box_answers_what_is_typed(search, displayed):
    box = search_box(search, "tea")
    assert box.answer == search("tea")._repr_html_()
    box.query = "tram"
    assert box.answer == search("tram")._repr_html_()
    box._ipython_display_()
    view, table = displayed
    assert view.keys() == {VIEW}
    assert repr(table) == repr(search("tram"))
    assert repr(box) == "SearchBox('tram')"


def test_bad_input_is_refused(embeddings):
    with pytest.raises(ValueError, match="topn must be at least 1"):
        Search(TEXTS, embeddings, topn=0)
    with pytest.raises(ValueError, match="alpha"):
        Search(TEXTS, embeddings, alpha=1.5)
    with pytest.raises(ValueError, match="no OUT vectors"):
        Search(TEXTS, Embeddings(embeddings.vocabulary, embeddings.input_vectors))
    with pytest.raises(ValueError, match="document"):
        Search([], embeddings)
