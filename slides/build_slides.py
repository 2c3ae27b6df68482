"""Build the slides: ``python slides/build_slides.py`` (``make slides``).

A deck is ``NN_topic.md`` (Marp Markdown). Its figures are the public functions of
``NN_topic_figures.py`` beside it: ``def loss() -> Picture`` in ``02_skipgram_figures.py`` becomes
``figures/02-loss.svg``. The results are in ``build/``: ``NN_topic.html``, one file that needs no
network; ``NN_topic.pdf`` for the projector; and ``NN_topic_notes.pdf`` with the speaker notes as
annotations.
"""

import base64
import html
import importlib.util
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from course_lib.plots import Picture

SLIDES = Path(__file__).resolve().parent
BUILD = SLIDES / "build"
MARP = SLIDES / "node_modules" / "@marp-team" / "marp-cli"

FRONT_MATTER = {"marp": "true", "theme": "course", "math": "mathjax", "paginate": "true"}
# Marp reads a comment that starts with one of these as a setting, any other as a speaker note.
SETTING = re.compile(r"\s*_?(class|paginate|header|footer|color|background\w+|fit)\b")
IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)\)")
SIZE_WORD = re.compile(r"\b[wh]:\S+|\b(width|height):\S+")

NO_NODE = (
    "The slides need Node.js 18 or newer, with npm. Install it from https://nodejs.org, or on "
    "Debian and Ubuntu with `sudo apt install nodejs npm`, and run this again."
)
NO_INSTALL = (
    "npm could not install the slide tools (slides/package-lock.json). The first build needs the "
    "network; later ones do not."
)
NO_BROWSER = (
    "No PDF was written: that needs Chromium, Chrome or Edge. Install one (on Debian and Ubuntu: "
    "`sudo apt install chromium`) or name it in CHROME_PATH, and run this again. "
    "The HTML slides are complete."
)
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)

# Run in the browser on a page that shows all slides under each other.
MEASURE = """
window.addEventListener("load", () => {
  const problems = [];
  document.querySelectorAll("section").forEach((section, index) => {
    const box = section.getBoundingClientRect();
    const scale = box.width / section.offsetWidth;
    const padding = getComputedStyle(section);
    const blamed = new Set();
    const report = (element, what) => {
      blamed.add(element);
      if (blamed.has(element.parentElement)) return;
      const text = (element.alt || element.textContent).trim().replace(/\\s+/g, " ");
      problems.push(`slide ${index + 1}: <${element.localName}> ${what}: ${text.slice(0, 50)}`);
    };
    for (const element of section.querySelectorAll("*")) {
      if (!(element instanceof HTMLElement) || element.localName === "footer") continue;
      const place = element.getBoundingClientRect();
      if (place.width === 0 || place.height === 0) continue;
      const over = Math.max(
        box.left + scale * parseFloat(padding.paddingLeft) - place.left,
        place.right - box.right + scale * parseFloat(padding.paddingRight),
        box.top + scale * parseFloat(padding.paddingTop) - place.top,
        place.bottom - box.bottom + scale * parseFloat(padding.paddingBottom)) / scale;
      if (over > 1) report(element, `leaves its slide by ${Math.round(over)} px`);
      const wide = element.scrollWidth - element.clientWidth;
      if (element.clientWidth && wide > 1) report(element, `is ${wide} px too wide for its place`);
      if (element.localName === "img") {
        const shown = Math.min(
          place.width / element.naturalWidth, place.height / element.naturalHeight) / scale;
        const letters = shown * 10 * 96 / 72;  // the labels of a figure have 10 points
        if (!element.naturalWidth) report(element, "is missing");
        else if (letters < 18) report(element,
          `has labels of ${letters.toFixed(0)} px, less than 18; draw it with a smaller size=`);
      }
      if (element.localName === "mjx-container") {
        const formula = element.querySelector("svg");
        const shrunk = formula.getBoundingClientRect().width / scale / formula.width.baseVal.value;
        if (shrunk < 0.8) report(element, `is shrunk to ${Math.round(100 * shrunk)} %`);
      }
      const text = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (text && size < 18) report(element, `has letters of ${size} px, less than 18`);
    }
  });
  const report = document.createElement("pre");
  report.id = "layout-report";
  report.textContent = JSON.stringify(problems);
  document.body.append(report);
});
"""


class SlideError(Exception):
    """Something that whoever builds the slides has to put right; the message says what."""


def decks(folder: Path = SLIDES) -> list[Path]:
    """List the decks of a folder, ``NN_topic.md``, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.md"))


# The Markdown -----------------------------------------------------------------------------------


def slides_of(deck: Path) -> tuple[dict[str, str], list[str]]:
    """Split a deck into its front matter and the Markdown of its slides, without code blocks."""
    text = deck.read_text(encoding="utf-8")
    found = re.match(r"---\n(.*?)\n---\n(.*)", text, flags=re.DOTALL)
    if not found:
        raise SlideError(f"{deck.name} does not start with a front matter between --- lines.")
    pairs = [line.split(":", 1) for line in found[1].splitlines() if ":" in line]
    settings = {key.strip(): value.strip() for key, value in pairs}
    body = re.sub(r"^(```+)[^`\n]*\n.*?^\1\s*$", "", found[2], flags=re.DOTALL | re.MULTILINE)
    return settings, re.split(r"^---\s*$", body, flags=re.MULTILINE)


def problems(deck: Path) -> list[str]:
    """Say what is wrong with the text of a deck: settings, notes, alt texts, figures."""
    settings, slides = slides_of(deck)
    found = [
        f"the front matter must say `{key}: {value}`"
        for key, value in FRONT_MATTER.items()
        if settings.get(key) != value
    ]
    if not settings.get("title"):
        found.append("the front matter must have a title")
    used = set()
    for number, slide in enumerate(slides, 1):
        notes = re.findall(r"<!--(.*?)-->", slide, flags=re.DOTALL)
        if not any(len(note.split()) > 3 for note in notes if not SETTING.match(note)):
            found.append(f"slide {number} has no speaker note (a comment: <!-- ... -->)")
        for alt, source in IMAGE.findall(slide):
            if len(SIZE_WORD.sub("", alt).split()) < 3:
                found.append(f"slide {number}: {source} needs an alt text of at least 3 words")
            if re.fullmatch(r"figures/[\w-]+\.svg", source):
                used.add(Path(source).stem)
            else:
                found.append(f"slide {number}: {source} is not a drawn figure, figures/NAME.svg")
    drawn = set(figures(deck))
    source = _figure_source(deck).name
    found += [f"no function in {source} draws figures/{name}.svg" for name in used - drawn]
    found += [f"no slide shows figures/{name}.svg of {source}" for name in drawn - used]
    return [f"{deck.name}: {problem}" for problem in found]


# The figures ------------------------------------------------------------------------------------


def _figure_source(deck: Path) -> Path:
    return deck.with_name(f"{deck.stem}_figures.py")


def figures(deck: Path) -> dict[str, Callable[[], Picture]]:
    """Find the functions that draw a deck's figures, by the name of the figure."""
    source = _figure_source(deck)
    if not source.is_file():
        return {}
    spec = importlib.util.spec_from_file_location(f"figures_of_{deck.stem}", source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {
        f"{deck.stem[:2]}-{name.replace('_', '-')}": function
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    }


def draw(deck: Path) -> list[Path]:
    """Draw the figures of a deck into ``figures/`` beside it, and remove those it has no more."""
    folder = deck.parent / "figures"
    folder.mkdir(exist_ok=True)
    paths = []
    for name, function in figures(deck).items():
        picture = function()
        if not isinstance(picture, Picture):
            raise SlideError(f"{_figure_source(deck).name}: {name} must return a Picture.")
        paths.append(folder / f"{name}.svg")
        picture.save_svg(paths[-1])
    for path in set(folder.glob(f"{deck.stem[:2]}-*.svg")) - set(paths):
        path.unlink()
    return paths


# Marp and the browser ---------------------------------------------------------------------------


def install() -> None:
    """Install the npm packages unless the pinned version of Marp is there."""
    npm = shutil.which("npm")
    if shutil.which("node") is None:
        raise SlideError(NO_NODE)
    if is_installed():
        return
    if npm is None:
        raise SlideError(NO_NODE)
    print("Installing the slide tools (once) ...", flush=True)
    if subprocess.run([npm, "ci", "--ignore-scripts"], cwd=SLIDES, check=False).returncode:
        raise SlideError(NO_INSTALL)


def is_installed() -> bool:
    """Tell whether node and the pinned version of Marp are there."""
    package = MARP / "package.json"
    if shutil.which("node") is None or not package.is_file():
        return False
    pinned = json.loads((SLIDES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return (
        json.loads(package.read_text(encoding="utf-8"))["version"] == pinned["@marp-team/marp-cli"]
    )


def find_browser() -> str | None:
    """Find Chromium, Chrome or Edge: the one in CHROME_PATH, or a usual name or place."""
    candidates = (os.environ.get("CHROME_PATH", ""), *BROWSERS)
    return next((found for name in candidates if (found := shutil.which(name))), None)


def _marp(deck: Path, output: Path, *options: str) -> None:
    node = shutil.which("node")
    command = [str(node), str(MARP / "marp-cli.js"), str(deck), "--output", str(output)]
    # In slides/ Marp finds its settings, in package.json.
    done = subprocess.run(
        [*command, "--no-stdin", *options],
        cwd=SLIDES,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode or not output.is_file():
        raise SlideError(f"Marp could not build {output.name}:\n{done.stderr}")


def build_html(deck: Path, output: Path, template: str = "bespoke") -> None:
    """Write a deck as one HTML file, with its figures inside."""

    def embedded(match: re.Match[str]) -> str:
        data = base64.b64encode((deck.parent / match[1]).read_bytes()).decode("ascii")
        return f'src="data:image/svg+xml;base64,{data}"'

    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        raw = Path(folder) / output.name
        _marp(deck, raw, "--template", template)
        page = raw.read_text(encoding="utf-8")
        raw.write_text(re.sub(r'src="(figures/[^"]+\.svg)"', embedded, page), encoding="utf-8")
        raw.replace(output)


def build_pdf(deck: Path, output: Path, browser: str, *, notes: bool = False) -> None:
    """Write a deck as PDF; with its speaker notes as annotations if asked, which show on a page."""
    with tempfile.TemporaryDirectory(dir=output.parent) as folder:
        raw = Path(folder) / output.name
        options = ["--pdf", "--pdf-outlines", "--allow-local-files"]
        if notes:
            options.append("--pdf-notes")
        _marp(deck, raw, *options, "--browser", "chrome", "--browser-path", browser)
        raw.replace(output)


def layout_problems(deck: Path, browser: str) -> list[str]:
    """Show every slide in the browser and say what leaves its slide or is too small."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / f"{deck.stem}.html"
        build_html(deck, page, template="bare")
        text = page.read_text(encoding="utf-8")
        page.write_text(
            text.replace("</body>", f"<script>{MEASURE}</script></body>"), encoding="utf-8"
        )
        command = [browser, "--headless", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium has no sandbox for root
        command.append("--host-resolver-rules=MAP * ~NOTFOUND")  # as if there were no network
        command += ["--virtual-time-budget=10000", "--dump-dom", page.as_uri()]
        done = subprocess.run(
            command, check=False, capture_output=True, encoding="utf-8", timeout=120
        )
    report = re.search(r'<pre id="layout-report">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    if report is None:
        raise SlideError(f"{browser} could not show {deck.name}:\n{done.stderr[-2000:]}")
    return [f"{deck.name}, {problem}" for problem in json.loads(html.unescape(report[1]))]


def build(deck: Path, folder: Path, browser: str | None) -> list[str]:
    """Build one deck into a folder; give its layout problems, none where no browser can tell."""
    found = problems(deck)
    if found:
        raise SlideError("\n".join(found))
    draw(deck)
    folder.mkdir(exist_ok=True)
    build_html(deck, folder / f"{deck.stem}.html")
    if browser is None:
        return []
    build_pdf(deck, folder / f"{deck.stem}.pdf", browser)
    build_pdf(deck, folder / f"{deck.stem}_notes.pdf", browser, notes=True)
    return layout_problems(deck, browser)


def main() -> int:
    """Build every deck; 1 if something must be put right."""
    browser = find_browser()
    found = []
    try:
        install()
        for deck in decks():
            print(f"{deck.name} ...", flush=True)
            found += build(deck, BUILD, browser)
    except SlideError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(found) if found else f"The slides are in {BUILD}.")
    if browser is None:
        print(NO_BROWSER)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
