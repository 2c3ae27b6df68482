import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from course_lib import plots

SLIDES = Path(__file__).resolve().parents[1] / "slides"


def load_build_slides():
    spec = importlib.util.spec_from_file_location("build_slides", SLIDES / "build_slides.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build_slides = load_build_slides()
DECKS = build_slides.decks()
BROWSER = build_slides.find_browser()
needs_marp = pytest.mark.skipif(
    not build_slides.is_installed(), reason="node or the npm packages are not there: make slides"
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium, Chrome or Edge")

HEAD = """---
marp: true
theme: course
math: mathjax
paginate: true
title: A deck for the tests
---
"""
SLIDE = """
<!-- _class: lead -->

## Words are rows

A word :smile: 😄 with $v_c$ and a [source](https://example.org/paper).

```markdown
---
![](nothing.png)
```

![w:600 Two bars, the second one higher](figures/99-two-bars.svg)

<!-- Say what the two bars stand for. -->
"""
FIGURES = """
from course_lib import plots
from course_lib.plots import Picture


def two_bars() -> Picture:
    return _bars([1.0, 2.0])


def _bars(values):
    return plots.bars(values, ["a", "b"], size=(4, 2))
"""


def write_deck(folder, text=HEAD + SLIDE, figures=FIGURES):
    deck = folder / "99_try.md"
    deck.write_text(text, encoding="utf-8")
    (folder / "99_try_figures.py").write_text(figures, encoding="utf-8")
    return deck


@pytest.fixture(scope="module", params=DECKS, ids=lambda deck: deck.stem)
def drawn_deck(request, tmp_path_factory):
    """A copy of a real deck with its figures drawn."""
    folder = tmp_path_factory.mktemp("deck")
    for source in (request.param, build_slides._figure_source(request.param)):
        shutil.copy(source, folder)
    deck = folder / request.param.name
    build_slides.draw(deck)
    return deck


def loaded_from_elsewhere(page):
    """What a browser would fetch while it shows a page; links to click on do not count."""
    tags = re.findall(r"<(?!a\b)[a-z]+\b[^>]*\b(?:src|href|srcset|data)=[\"']([^\"']*)", page)
    styles = re.findall(r"url\((?:[\"']|&quot;)?([^)]*)|@import[^;]*", page)
    return [url for url in tags + styles if not url.startswith(("data:", "#"))]


# The real decks -----------------------------------------------------------------------------------


def test_the_first_two_topics_have_slides():
    assert {deck.stem[:2] for deck in DECKS} >= {"01", "02"}


@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
def test_text_of_the_deck_is_in_order(deck):
    assert build_slides.problems(deck) == []


def test_every_figure_can_be_drawn(drawn_deck):
    drawn = {path.stem for path in (drawn_deck.parent / "figures").iterdir()}
    assert drawn == set(build_slides.figures(drawn_deck))


@needs_marp
def test_html_of_the_deck_needs_no_network(drawn_deck, tmp_path):
    output = tmp_path / "deck.html"
    build_slides.build_html(drawn_deck, output)
    page = output.read_text(encoding="utf-8")
    assert loaded_from_elsewhere(page) == []
    assert page.count("<section ") == len(build_slides.slides_of(drawn_deck)[1])


@needs_marp
@needs_browser
def test_nothing_leaves_its_slide(drawn_deck):
    assert build_slides.layout_problems(drawn_deck, BROWSER) == []


# The builder --------------------------------------------------------------------------------------


def test_a_deck_in_order_has_no_problems(tmp_path):
    deck = write_deck(tmp_path, HEAD + SLIDE + "\n---\n" + SLIDE)
    assert build_slides.problems(deck) == []
    assert len(build_slides.slides_of(deck)[1]) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("math: mathjax", "math: katex", "`math: mathjax`"),
        ("marp: true\n", "", "`marp: true`"),
        ("theme: course", "theme: gaia", "`theme: course`"),
        ("title: A deck for the tests", "title:", "title"),
        ("<!-- Say what the two bars stand for. -->", "", "slide 1 has no speaker note"),
        ("Say what the two bars", "class: a b c d e", "slide 1 has no speaker note"),
        ("Two bars, the second one higher", "", "alt text"),
        ("99-two-bars.svg", "99-three-bars.svg", "no function in 99_try_figures.py draws"),
        ("![w:600 Two bars, the second one higher](figures/99-two-bars.svg)", "", "no slide shows"),
        ("figures/99-two-bars.svg", "https://example.org/bars.svg", "not a drawn figure"),
    ],
)
def test_what_is_wrong_with_a_deck_is_named(tmp_path, old, new, message):
    assert old in HEAD + SLIDE
    found = build_slides.problems(write_deck(tmp_path, (HEAD + SLIDE).replace(old, new)))
    assert any(message in problem for problem in found), found


def test_a_deck_without_front_matter_is_refused(tmp_path):
    with pytest.raises(build_slides.SlideError, match="front matter"):
        build_slides.problems(write_deck(tmp_path, SLIDE))


def test_build_stops_at_a_wrong_deck(tmp_path):
    deck = write_deck(tmp_path, HEAD + "\n## No note\n")
    with pytest.raises(build_slides.SlideError, match="no speaker note"):
        build_slides.build(deck, tmp_path / "build", None)
    assert not (tmp_path / "build").exists()


def test_draw_writes_every_figure_and_removes_old_ones(tmp_path):
    deck = write_deck(tmp_path)
    folder = tmp_path / "figures"
    folder.mkdir()
    for name in ("99-old.svg", "98-other-deck.svg"):
        (folder / name).write_text("old", encoding="utf-8")
    assert build_slides.draw(deck) == [folder / "99-two-bars.svg"]
    assert {path.name for path in folder.iterdir()} == {"99-two-bars.svg", "98-other-deck.svg"}
    assert plots.bars([1.0, 2.0], ["a", "b"]).alt in (folder / "99-two-bars.svg").read_text(
        encoding="utf-8"
    )


def test_draw_refuses_what_is_not_a_picture(tmp_path):
    deck = write_deck(tmp_path, figures="def two_bars():\n    return 3\n")
    with pytest.raises(build_slides.SlideError, match="99-two-bars must return a Picture"):
        build_slides.draw(deck)


@pytest.mark.parametrize("missing", ["node", "npm"])
def test_without_node_the_builder_says_what_to_install(monkeypatch, capsys, missing):
    monkeypatch.setattr(build_slides, "is_installed", lambda: False)
    found = {"node": "/bin/true", "npm": "/bin/true", missing: None}
    monkeypatch.setattr(build_slides.shutil, "which", found.get)
    assert build_slides.main() == 1
    assert "sudo apt install nodejs npm" in capsys.readouterr().err


def test_without_network_the_first_build_says_so(monkeypatch, capsys):
    monkeypatch.setattr(build_slides, "is_installed", lambda: False)
    monkeypatch.setattr(build_slides.shutil, "which", {"node": "n", "npm": "n"}.get)
    failed = subprocess.CompletedProcess([], returncode=1)
    monkeypatch.setattr(build_slides.subprocess, "run", lambda *args, **options: failed)
    assert build_slides.main() == 1
    assert "needs the network" in capsys.readouterr().err


def test_without_a_browser_the_builder_says_how_to_get_the_pdf(monkeypatch, capsys):
    monkeypatch.setattr(build_slides, "find_browser", lambda: None)
    monkeypatch.setattr(build_slides, "install", lambda: None)
    monkeypatch.setattr(build_slides, "decks", list)
    assert build_slides.main() == 0
    assert "sudo apt install chromium" in capsys.readouterr().out


def test_chrome_path_comes_first(monkeypatch):
    monkeypatch.setenv("CHROME_PATH", sys.executable)
    assert build_slides.find_browser() == sys.executable


@needs_marp
def test_html_is_one_file_that_needs_no_network(tmp_path):
    deck = write_deck(tmp_path)
    assert build_slides.build(deck, tmp_path / "build", None) == []
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["99_try.html"]
    page = (tmp_path / "build" / "99_try.html").read_text(encoding="utf-8")
    assert loaded_from_elsewhere(page) == []
    assert 'alt="Two bars, the second one higher"' in page
    assert "Say what the two bars stand for." in page
    assert 'lang="en-GB"' in page
    assert "😄" in page


@pytest.mark.parametrize(
    "page",
    [
        '<img src="figures/a.svg">',
        '<script src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<style>a { background: url('https://cdn.example/x.png') }</style>",
    ],
)
def test_the_search_for_outside_files_finds_them(page):
    assert loaded_from_elsewhere(page)
    assert not loaded_from_elsewhere('<a href="https://x"><img src="data:x"><use href="#a"/>')


@needs_marp
@needs_browser
def test_layout_problems_are_found(tmp_path):
    bad = [
        "x" * 200,
        "```\n" + "x" * 200 + "\n```",
        "\n".join(f"{i}. line" for i in range(20)),
        "$$" + "+".join(f"x_{{{i}}}" for i in range(60)) + "$$",
        "<style scoped>p { font-size: 12px }</style>\n\ntiny words",
        "![w:200 Two bars, the second one higher](figures/99-two-bars.svg)",
    ]
    note = "\n\n<!-- Say what the two bars stand for. -->\n"
    deck = write_deck(tmp_path, HEAD + SLIDE + "".join(f"\n---\n\n{text}{note}" for text in bad))
    build_slides.draw(deck)
    found = build_slides.layout_problems(deck, BROWSER)
    wanted = {2: "too wide", 3: "too wide", 4: "leaves its slide", 5: "is shrunk to"}
    wanted |= {6: "letters of 12 px", 7: "labels of"}
    for number, words in wanted.items():
        mine = [problem for problem in found if f"slide {number}:" in problem]
        assert any(words in problem for problem in mine), (number, found)
    assert not any("slide 1:" in problem for problem in found), found


@needs_marp
@needs_browser
@pytest.mark.parametrize("notes", [False, True])
def test_pdf_has_a_page_for_each_slide(tmp_path, notes):
    deck = write_deck(tmp_path, HEAD + SLIDE + "\n---\n" + SLIDE)
    build_slides.draw(deck)
    build_slides.build_pdf(deck, tmp_path / "deck.pdf", BROWSER, notes=notes)
    pdf = (tmp_path / "deck.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL)
    inside = b"".join(zlib.decompress(s) for s in streams if s.startswith(b"\x78"))
    assert re.search(rb"/Type /Pages[^>]*/Count 2|/Count 2[^>]*/Type /Pages", inside)
    assert inside.count(b"/Subtype /Text") == (2 if notes else 0)  # they show on the pages


@needs_marp
@needs_browser
def test_build_writes_a_pdf_to_project_and_one_with_notes(tmp_path):
    assert build_slides.build(write_deck(tmp_path), tmp_path / "build", BROWSER) == []
    written = {path.name for path in (tmp_path / "build").iterdir()}
    assert written == {"99_try.html", "99_try.pdf", "99_try_notes.pdf"}


# The npm packages ---------------------------------------------------------------------------------


def test_lock_file_pins_marp_and_names_no_registry():
    package = json.loads((SLIDES / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((SLIDES / "package-lock.json").read_text(encoding="utf-8"))
    pinned = package["dependencies"]["@marp-team/marp-cli"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", pinned)
    assert lock["packages"]["node_modules/@marp-team/marp-cli"]["version"] == pinned
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert "omit-lockfile-registry-resolved=true" in (SLIDES / ".npmrc").read_text(encoding="utf-8")


def test_theme_uses_the_palette_of_the_plots_and_no_network():
    css = (SLIDES / "theme.css").read_text(encoding="utf-8")
    assert plots.BLUE.lower() in css
    assert plots.ORANGE.lower() in css
    assert "@font-face" not in css
    assert loaded_from_elsewhere(css) == []
