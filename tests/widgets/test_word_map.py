import base64
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from course_lib.embeddings import Embeddings
from course_lib.projections import project
from course_lib.vocabulary import Vocabulary
from course_lib.widgets import interactive_map, save_page
from course_lib.widgets.pages import VIEW

EVIL = "</script><img src=x onerror=alert(1)>"
WORDS = ["king", "queen", "cat", "dog", "p1001", EVIL, "貓"]
VECTORS = np.random.default_rng(1).normal(size=(len(WORDS), 5)).astype(np.float32)
SPACE = Embeddings(Vocabulary(WORDS, np.arange(7, 0, -1) * 1000), VECTORS)
GROUPS = ["royal", "royal", "animal", "animal", "other", EVIL, "animal"]


def make_map(**options):
    return interactive_map(SPACE, WORDS, GROUPS, title=f"All of {EVIL}", topn=3, **options)


def data_of(page, name):
    return json.loads(re.search(rf'id="{name}">(.*?)</script>', page, flags=re.DOTALL)[1])


def test_the_page_holds_the_neighbours_of_the_whole_vectors():
    table = data_of(make_map().page(), "words")
    assert table["words"] == WORDS
    for row, word in enumerate(WORDS):
        expected = SPACE.most_similar(word, topn=3)
        assert [WORDS[other] for other in table["neighbours"][row]] == [
            name for name, _ in expected
        ]
        assert table["cosines"][row] == pytest.approx([cosine for _, cosine in expected], abs=0.006)
    points = project(VECTORS).points
    assert np.column_stack([table["x"], table["y"]]) == pytest.approx(points, abs=1e-6)


def test_neighbours_are_those_on_the_map():
    few = [WORDS[row] for row in (6, 0, 3)]
    table = data_of(interactive_map(SPACE, few).page(), "words")
    assert [sorted(near) for near in table["neighbours"]] == [[1, 2], [0, 2], [0, 1]]


def test_no_word_can_be_more_than_text():
    page = make_map().page()
    assert EVIL not in page
    assert "<img src=x" not in page
    figure = data_of(page, "figure")
    assert EVIL in json.dumps(figure)
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;</title>" in page


def test_the_page_asks_for_nothing_from_outside():
    page = make_map().page()
    assert not re.search(r'<(script|img|iframe)\b[^>]*\bsrc="(?!data:)|<link\b|@import', page)
    picture = re.search(r'<noscript><img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert base64.b64decode(picture[1]).startswith(b"\x89PNG")
    assert "&lt;/script&gt;" in picture[2]


def test_a_page_is_the_same_each_time(tmp_path):
    for name in "ab":
        save_page(tmp_path / name, make_map())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_text(encoding="utf-8") == make_map().page()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_page(tmp_path / "nowhere" / "page.html", make_map())


def test_a_notebook_gets_the_widget_and_a_picture_in_its_place(monkeypatch):
    shown = []

    def display(what, **options):
        what._ipython_display_() if options == {} else shown.append((what, options))

    monkeypatch.setattr("course_lib.widgets.pages.display", display)
    monkeypatch.setattr("course_lib.plots.picture.display", display)
    for _ in range(2):
        make_map()._ipython_display_()
    (view, _), *still = shown[:3]
    assert view.keys() == {VIEW}
    assert still[0][0]["text/plain"].startswith("7 words in the plane, 4 groups: royal (king and")
    assert still == shown[4:], "what stands in its place is the same each time"


def test_the_still_of_a_large_map_shows_its_first_hundred_words():
    words = [f"word{number}" for number in range(150)]
    vectors = np.random.default_rng(2).normal(size=(150, 4))
    shown = interactive_map(Embeddings(Vocabulary(words), vectors), words, ["a"] * 99 + ["b"] * 51)
    still = shown.picture()
    assert still.get_suptitle() == "A map of 150 words (without 50 of the words)"
    assert "a (word0, word1, word2 and 96 more)" in still.alt
    drawn = np.asarray(still.axes[0].collections[0].get_offsets())
    assert drawn == pytest.approx(project(vectors).points[:99])
    assert repr(shown) == "InteractiveMap(150 words, PCA)"
    assert "count" not in json.dumps(data_of(shown.page(), "figure")), "there are no counts"


def test_settings_reach_the_projection_and_a_projection_may_be_given():
    shown = make_map(method="tsne", perplexity=3)
    assert shown.projection.method == "t-SNE, perplexity 3, start by PCA"
    ready = project(VECTORS, normalise=True)
    table = data_of(make_map(projection=ready).page(), "words")
    assert table["x"] == pytest.approx(ready.points[:, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: interactive_map(SPACE, WORDS[:2]), ValueError, "3 to 3000 different"),
        (lambda: interactive_map(SPACE, [*WORDS, "king"]), ValueError, "different"),
        (lambda: interactive_map(SPACE, [*WORDS, "kign"]), KeyError, "king"),
        (lambda: interactive_map(SPACE, WORDS, ["a"]), ValueError, "1 groups for 7"),
        (lambda: interactive_map(SPACE, WORDS, topn=0), ValueError, "at least 1"),
        (lambda: make_map(projection=project(VECTORS[:3])), ValueError, "a point a word"),
        (lambda: make_map(projection=project(VECTORS), seed=1), ValueError, "settings for one"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_importing_the_widgets_does_not_import_bokeh():
    code = "import sys; from course_lib import widgets; sys.exit('bokeh' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
