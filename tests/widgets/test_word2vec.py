import base64
import json
import re

import pytest

from course_lib import Word2VecSettings
from course_lib.widgets import save_page, word2vec_steps
from course_lib.widgets.pages import VIEW

TEXT = [["the", "king", "wears", "the", "</script>"]]
SETTINGS = Word2VecSettings(
    min_count=1, sample=0, vector_size=2, window=2, alpha=0.5, min_alpha=0.5
)


@pytest.fixture
def widget():
    return word2vec_steps(TEXT, SETTINGS, steps=5)


@pytest.fixture
def displayed(monkeypatch):
    """Give what is displayed, MIME bundle by MIME bundle."""
    shown = []

    def display(what, **options):
        what._ipython_display_() if options == {} else shown.append((what, options))

    monkeypatch.setattr("course_lib.widgets.pages.display", display)
    monkeypatch.setattr("course_lib.plots.picture.display", display)
    return shown


def test_a_notebook_gets_the_widget_and_a_picture_in_its_place(widget, displayed):
    widget._ipython_display_()
    (view, _), (picture, options), (spoken, _) = displayed
    assert view.keys() == {VIEW}
    assert view[VIEW]["model_id"] == widget.model_id
    assert base64.b64decode(picture["image/png"]).startswith(b"\x89PNG")
    assert options["metadata"]["image/png"]["alt"] == picture["text/plain"]
    assert "Step 1: predicting “king” from “the”" in picture["text/plain"]
    assert "Step 1" in spoken["text/html"]


def test_what_stands_in_its_place_is_the_same_each_time(widget, displayed):
    for each in (widget, word2vec_steps(TEXT, SETTINGS, steps=5)):
        each._ipython_display_()
    first, again = displayed[:3], displayed[3:]
    assert first[0] != again[0]
    assert first[1:] == again[1:]


def test_the_position_stays_within_the_steps(widget):
    widget.position = 5
    for wrong in (6, -1):
        with pytest.raises(ValueError, match="position must be 0 to 5"):
            widget.position = wrong
    assert widget.position == 5


def test_it_says_what_it_is(widget):
    assert repr(widget) == (
        "Word2VecSteps(Steps(5 steps of skip-gram, negative-sampling on 4 words))"
    )


def test_a_page_holds_all_that_it_needs(widget, tmp_path):
    save_page(tmp_path / "page.html", widget)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    outside = r"""https?:|["'(=]//|@import|url\(|\bsrc="(?!data:)|<link|\bimport\b.*\bfrom\b"""
    assert not re.search(outside, page)
    assert page.count("</script>") == 2, "a word of the text ends an element"
    told = re.search(r'id="story">(.*?)</script>', page, flags=re.DOTALL)[1]
    assert json.loads(told) == json.loads(json.dumps(widget.story))
    picture = re.search(r'<noscript><img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', page)
    assert base64.b64decode(picture[1]).startswith(b"\x89PNG")
    assert "&lt;/script&gt;" in picture[2]


def test_a_page_is_the_same_each_time(widget, tmp_path):
    for name, each in [("a", widget), ("b", word2vec_steps(TEXT, SETTINGS, steps=5))]:
        save_page(tmp_path / name, each)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_error_keeps_the_old_page(widget, tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("older")
    widget.story = {"title": "t", "broken": {1, 2}}
    with pytest.raises(TypeError):
        save_page(path, widget)
    assert path.read_text() == "older"
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        save_page(tmp_path / "nowhere" / "page.html", word2vec_steps(TEXT, SETTINGS))
