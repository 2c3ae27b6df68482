"""The widget in a real browser: as a page of its own, and in JupyterLab."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import build_slides
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Page, expect, sync_playwright

from course_lib import Embeddings, Vocabulary, Word2VecSettings
from course_lib.widgets import interactive_map, save_page, word2vec_steps
from course_lib.widgets.steps import LOSSES

ROOT = Path(__file__).resolve().parents[2]
BROWSER = build_slides.find_browser()
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
TEXT = ["the king wears the crown", "a queen wears the crown"]
STEPS = 6
PATIENCE = 60  # seconds; a busy machine starts JupyterLab slowly

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium, Chrome or Edge")


def make_widget(architecture="skip-gram", objective="negative-sampling"):
    settings = Word2VecSettings(
        architecture=architecture, objective=objective, min_count=1, sample=0, vector_size=3,
        window=2, alpha=0.5, min_alpha=0.5,
    )  # fmt: skip
    return word2vec_steps([line.split() for line in TEXT], settings, steps=STEPS)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Chromium has no sandbox for root.
        options = ["--no-sandbox"] if AS_ROOT else []
        launched = playwright.chromium.launch(executable_path=BROWSER, args=options)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Save a page for each kind of model."""
    folder = tmp_path_factory.mktemp("pages")
    for architecture, objective in LOSSES:
        widget = make_widget(architecture, objective)
        save_page(folder / f"{architecture}-{objective}.html", widget)
    return folder


@pytest.fixture
def page(browser, files):
    """Open the page for skip-gram with negative sampling; no error may come up on it."""
    opened = browser.new_page(viewport={"width": 1100, "height": 900})
    errors, asked = [], []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.clock.install(time=0)
    opened.goto((files / "skip-gram-negative-sampling.html").as_uri())
    opened.clock.pause_at(3_600_000)  # from now on, time passes only where a test says so
    yield opened
    assert errors == []
    assert [url for url in asked if url != opened.url] == []
    opened.close()


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def expect_step(page: Page, story: dict, position: int) -> None:
    """Check all that is said and shown after so many steps."""
    step = story["steps"][position - 1]
    expect(page.get_by_role("status")).to_have_text(step["said"] if position else story["start"])
    slider = page.get_by_role("slider", name="Steps made")
    expect(slider).to_have_value(str(position))
    expect(slider).to_have_attribute("aria-valuetext", f"{position} of {STEPS}")
    for number, matrix in enumerate(story["matrices"]):
        marks = step["marks"][number] if position else {}
        states = matrix["states"][position], matrix["states"][max(position - 1, 0)]
        assert texts(page.get_by_role("table", name=matrix["name"], exact=True)) == [
            [f"{word} {marks[str(row)]}" if str(row) in marks else word, *map(cell, *values)]
            for row, (word, *values) in enumerate(zip(matrix["rows"], *states, strict=True))
        ]
    if position:
        shown = [
            [asked["name"], written(asked["before"], 3), written(asked["after"], 3)]
            for asked in step["asked"]
        ]
        found = texts(page.get_by_role("table", name=story["caption"]))
        assert [[row[0], *row[-3:-1]] for row in found] == shown


def texts(table) -> list[list[str]]:
    return table.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.textContent))"
    )


def cell(now: float, before: float) -> str:
    change = f", changed by {written(now - before, 3, '+')}" if now != before else ""
    return written(now, 2) + change


def written(value: float, digits: int, plus: str = "") -> str:
    text = f"{value:z.{digits}f}".replace("-", "−")
    return text if text.strip("−0.") == "" or value < 0 else plus + text


# A page of its own


@pytest.mark.parametrize("kind", LOSSES, ids="-".join)
def test_each_step_is_shown_with_its_numbers(browser, files, kind):
    page = browser.new_page()
    page.goto((files / f"{kind[0]}-{kind[1]}.html").as_uri())
    story = make_widget(*kind).story
    expect_step(page, story, 0)
    for position in range(1, STEPS + 1):
        button(page, "Step").click()
        expect_step(page, story, position)
    page.close()


def test_buttons_and_slider_move_it_and_stop_at_both_ends(page):
    story = make_widget().story
    for name, ended in [("Back", "true"), ("Reset", "true"), ("Step", "false")]:
        expect(button(page, name)).to_have_attribute("aria-disabled", ended)
    button(page, "Back").click(force=True)
    expect_step(page, story, 0)
    page.get_by_role("slider").fill(str(STEPS))
    expect_step(page, story, STEPS)
    expect(button(page, "Step")).to_have_attribute("aria-disabled", "true")
    button(page, "Step").click(force=True)
    button(page, "Back").click()
    expect_step(page, story, STEPS - 1)
    button(page, "Reset").click()
    expect_step(page, story, 0)


def test_it_plays_and_pauses_and_is_silent_in_between(page):
    story = make_widget().story
    status = page.get_by_role("status")
    button(page, "Play").click()
    expect(status).to_have_attribute("aria-live", "off")
    page.clock.run_for(1300)
    button(page, "Pause").click()
    expect(status).to_have_attribute("aria-live", "polite")
    expect_step(page, story, 2)
    page.clock.run_for(5000)
    expect_step(page, story, 2)
    button(page, "Play").click()
    page.clock.run_for(20_000)
    expect_step(page, story, STEPS)
    button(page, "Play").click()  # from the start again
    page.clock.run_for(10)
    expect_step(page, story, 1)
    assert page.evaluate("document.getAnimations().length") == 0, "there is motion to reduce"


def test_keys_work_where_the_focus_is_and_the_focus_is_seen(page):
    story = make_widget().story
    order = []
    for _ in range(6):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent.slice(0, 5)"))
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", order
    assert order == ["Skip-", "Back", "Step", "Play", "Reset", ""]
    page.keyboard.press("ArrowRight")  # on the slider: its own key, and one step only
    expect_step(page, story, 1)
    page.get_by_role("group").focus()
    for key, position in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("Home", 0)]:
        page.keyboard.press(key)
        expect_step(page, story, position)
    page.keyboard.press(" ")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(button(page, "Play")).to_be_visible()
    expect_step(page, story, 1)
    button(page, "Step").focus()
    page.keyboard.press(" ")  # presses the button, and does not play
    expect_step(page, story, 2)
    expect(button(page, "Play")).to_be_visible()
    page.keyboard.press("Control+ArrowRight")
    expect_step(page, story, 2)


def test_a_screen_reader_finds_names_for_everything(page):
    story = make_widget().story
    button(page, "Step").click()
    card = page.get_by_role("group", name=story["title"])
    expect(card).to_have_accessible_description(
        "Keys: ← back, → step, space plays or pauses, Home resets."
    )
    expect(card.get_by_role("status")).to_have_attribute("aria-live", "polite")
    expect(card.get_by_role("slider")).to_have_accessible_name("Steps made")
    names = [card.get_by_role("button").nth(i) for i in range(4)]
    for found, name in zip(names, ["Back", "Step", "Play", "Reset"], strict=True):
        expect(found).to_have_accessible_name(name)
    first = card.get_by_role("table", name="IN vectors W")
    heads = [h.inner_text() for h in first.get_by_role("columnheader").all()]
    assert heads[0] == "word" and [h.split()[0] for h in heads[1:]] == ["dimension"] * 3
    tree = card.aria_snapshot()
    assert "Sentence: the ( centre ) king ( context ) wears the crown" in tree
    assert 'rowheader "king predict"' in tree
    assert re.search(r'cell "−?0\.\d\d , changed by [+−]0\.\d{3}"', tree)
    assert page.locator("table:not(:has(caption)), img:not([alt])").count() == 0


OVERLAPS = """(place) => {
  const boxes = [];
  const walker = document.createTreeWalker(document.querySelector(place), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const unseen = node.parentElement.closest(".w2v-steps-unseen, noscript");
    if (unseen || !node.textContent.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      boxes.push([node.textContent, r.left, r.top, r.right, r.bottom]);
    }
  }
  const found = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
    const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    const height = Math.min(a[4], b[4]) - Math.max(a[2], b[2]);
    if (width > 1 && height > 3 && a[0] !== b[0]) found.push([a[0], b[0]]);
  }));
  const outside = boxes.filter((b) => b[1] < 0 || b[3] > innerWidth).map((b) => b[0]);
  return [boxes.length, found, outside];
}"""


def test_no_text_overlaps_or_leaves_the_page(browser, files):
    for file in sorted(files.glob("*.html")):
        page = browser.new_page()
        page.goto(file.as_uri())
        page.get_by_role("slider").fill("3")
        for width in (480, 700, 1100):
            page.set_viewport_size({"width": width, "height": 900})
            texts, overlaps, outside = page.evaluate(OVERLAPS, "main")
            assert texts > 60
            assert (overlaps, outside) == ([], []), (file.name, width)
        page.close()


def test_without_javascript_there_is_a_picture(browser, files):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((files / "cbow-softmax.html").as_uri())
    picture = page.get_by_role("img")
    expect(picture).to_have_attribute("alt", re.compile(r"^Step 1: predicting"))
    assert picture.bounding_box()["width"] > 400
    context.close()


# The map of words

EVIL = "</script><img src=x onerror=document.title='broken'>"
WORDS = ["king", "queen", "cat", "dog", EVIL]
SPACE = Embeddings(
    Vocabulary(WORDS, [5000, 400, 30, 20, 10]), np.random.default_rng(3).normal(size=(5, 4))
)
PLACE = """([x, y]) => {
  const [view] = [...Bokeh.index];
  const box = view.el.getBoundingClientRect();
  const { x_scale, y_scale } = view.frame;
  return [box.x + x_scale.compute(x), box.y + y_scale.compute(y)];
}"""
TOOLTIP = """() => {
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((element) => {
    if (element.shadowRoot) walk(element.shadowRoot);
    if (element.className === "bk-tooltip-row-value") found.push(element.textContent.trim());
  });
  walk(document);
  return found;
}"""


def find_word(where, word: str) -> None:
    box = where.get_by_role("combobox", name="Find a word")
    box.fill(word)
    box.press("Enter")


def listed(page: Page) -> list[str]:
    return page.get_by_role("listitem").all_inner_texts()


def neighbours(word: str) -> list[str]:
    near = SPACE.most_similar(word, topn=3)
    return [f"{other} {cosine:.2f}".replace("-", "−") for other, cosine in near]


@pytest.fixture
def map_page(browser, tmp_path):
    """Open a map of five words in three groups; no error may come up, and nothing is asked for."""
    groups = ["royal", "royal", "animal", "animal", EVIL]
    shown = interactive_map(SPACE, WORDS, groups, topn=3, title=EVIL)
    save_page(tmp_path / "map.html", shown)
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "map.html").as_uri())
    page.locator("body[data-ready]").wait_for(state="attached")
    page.points = shown.projection.points
    yield page
    assert page.title() == EVIL, "a word was run"
    assert errors == []
    assert asked == [page.url]
    page.close()


def test_a_click_on_a_word_lists_and_marks_its_neighbours(map_page):
    for row in (3, 0, 4):
        place = map_page.evaluate(PLACE, map_page.points[row].tolist())
        map_page.mouse.move(*place)
        map_page.wait_for_function(f"() => ({TOOLTIP})().includes({json.dumps(WORDS[row])})")
        assert f"{SPACE.vocabulary.counts[row]:,} times" in map_page.evaluate(TOOLTIP)
        map_page.mouse.click(*place)
        map_page.wait_for_timeout(500)  # a second click at once would be a double one
        expect(map_page.get_by_role("status")).to_contain_text(f"“{WORDS[row]}”")
        assert listed(map_page) == neighbours(WORDS[row])
        marks = map_page.evaluate("() => Bokeh.documents[0].get_model_by_name('marks').data")
        marked = [row, *(WORDS.index(word) for word, _ in SPACE.most_similar(WORDS[row], topn=3))]
        assert np.column_stack([marks["x"], marks["y"]]) == pytest.approx(
            map_page.points[marked], abs=1e-5
        )
        assert marks["word"] == [WORDS[row], "1", "2", "3"]


def test_a_word_is_found_by_its_letters_and_from_neighbour_to_neighbour(map_page):
    find_word(map_page, "Queen")
    assert listed(map_page) == neighbours("queen")
    first = SPACE.most_similar("queen", topn=1)[0][0]
    map_page.get_by_role("listitem").first.get_by_role("button").click()
    assert listed(map_page) == neighbours(first)
    find_word(map_page, "<b>nobody</b>")
    expect(map_page.get_by_role("status")).to_have_text("“<b>nobody</b>” is not on this map.")
    assert listed(map_page) == []
    find_word(map_page, EVIL)
    assert listed(map_page) == neighbours(EVIL)


def test_the_legend_hides_a_group(map_page):
    seen = "() => Bokeh.documents[0].roots()[0].renderers.slice(0, 3).map((each) => each.visible)"
    assert map_page.evaluate(seen) == [True] * 3
    x, y = map_page.evaluate(
        "() => { const [view] = [...Bokeh.index]; const legend = [...view.renderer_views.values(), "
        "..._all(view)].find((each) => each.model?.type === 'Legend');"
        "const box = legend.el.getBoundingClientRect(); return [box.x + 25, box.y + 20]; "
        "function _all(v) { return [...v.computed_renderer_views] } }"
    )
    map_page.mouse.click(x, y)
    map_page.wait_for_function(f"() => ({seen})().includes(false)")
    assert map_page.evaluate(seen) == [False, True, True]


# JupyterLab


@pytest.fixture
def lab(tmp_path):
    """Start JupyterLab, in its dark theme, on a folder with one notebook."""
    cells = [
        "from pathlib import Path\nfrom course_lib import Word2VecSettings, widgets",
        "settings = Word2VecSettings(min_count=1, sample=0, vector_size=3, window=2, "
        "alpha=0.5, min_alpha=0.5)\n"
        f"text = [line.split() for line in {TEXT}]\n"
        f"widget = widgets.word2vec_steps(text, settings, steps={STEPS})\n"
        "widget.observe(lambda change: Path('position').write_text(str(change['new'])), 'position')"
        "\nwidget",
        "widget.position = 2",
        "from course_lib import Embeddings, Vocabulary\nwords = ['a', 'b', 'c', 'd']\n"
        "vectors = Embeddings.initial(Vocabulary(words), 3)\n"
        "widgets.interactive_map(vectors, words, title='Four words')",
    ]
    work, settings = tmp_path / "work", tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    work.mkdir()
    settings.mkdir(parents=True)
    heading = new_markdown_cell("# JupyterLab's left arrow selects it")
    notebook = new_notebook(cells=[heading, *map(new_code_cell, cells)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, work / "steps.ipynb")
    (settings / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}')
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(quiet))
    own = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment |= {name: str(tmp_path / folder) for name, folder in own.items()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={work}", "--LabApp.expose_app_in_browser=True",
        *(["--allow-root"] if AS_ROOT else []),
    ]  # fmt: skip
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + PATIENCE
        while not list((tmp_path / "runtime").glob("jpserver-*.json")):
            assert server.poll() is None and time.monotonic() < give_up, (
                tmp_path / "log"
            ).read_text()
            time.sleep(0.2)
        (running,) = (tmp_path / "runtime").glob("jpserver-*.json")
        yield f"{json.loads(running.read_text())['url']}lab/tree/steps.ipynb?token={token}", work
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


KERNEL_IS_READY = """() => {
  const app = window.jupyterapp;
  return app?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle";
}"""


def test_in_jupyterlab_it_steps_and_tells_python(browser, lab):
    url, work = lab
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(url)
    page.wait_for_function(KERNEL_IS_READY)
    page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
    story = make_widget().story
    card = page.get_by_role("group", name=story["title"])
    card.wait_for()
    live = page.get_by_role("status").filter(has_text="Step 2 of 6")
    live.wait_for()  # Python has moved it
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    assert card.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        card.locator("caption").first.evaluate("e => getComputedStyle(e).color")
        == "rgb(26, 26, 26)"
    )
    button(card, "Step").click()
    expect_step(card, story, 3)
    active = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    before = page.evaluate(active)
    card.focus()
    for key, position in [("ArrowRight", 4), ("ArrowRight", 5), ("ArrowLeft", 4)]:
        page.keyboard.press(key)
        expect_step(card, story, position)
    for name in ("Pause", "Play"):
        page.keyboard.press(" ")
        expect(button(card, name)).to_be_visible()
    assert page.evaluate(active) == before, "JupyterLab heard the keys, too"
    give_up = time.monotonic() + PATIENCE
    while (work / "position").read_text() not in ("5", "6"):
        assert time.monotonic() < give_up, "Python does not know"
        page.wait_for_timeout(100)
    assert page.evaluate(OVERLAPS, ".w2v-steps")[1:] == [[], []]
    names, values = (card.locator(tag).first.bounding_box() for tag in ("dt", "dd"))
    assert values["x"] > names["x"] + names["width"], "a style of JupyterLab comes through"
    picture, still = page.locator(".jp-RenderedImage").all()
    expect(picture).to_be_hidden()
    card.evaluate("card => card.remove()")
    expect(picture).to_be_visible()
    framed = page.frame_locator(".word-map-frame")
    find_word(framed, "b")
    expect(framed.get_by_role("listitem")).to_have_count(3)
    expect(still).to_be_hidden()
    page.locator(".word-map-frame").evaluate("frame => frame.remove()")
    expect(still).to_be_visible()
    page.close()
