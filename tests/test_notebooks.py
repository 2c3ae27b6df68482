"""The lessons as they are committed: in step with their sources, executed, and fit to be read."""

import re
from functools import cache
from pathlib import Path

import build_notebooks
import nbformat
import pytest
from nbformat import NotebookNode

from course_lib.checks import exercises

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
SOURCES = build_notebooks.sources_named([], FOLDER)
EXPECTED = {
    path: made for source in SOURCES for path, made in build_notebooks.notebooks_of(source).items()
}
COMMITTED = sorted(p for p in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)

each_notebook = pytest.mark.parametrize(
    "path", COMMITTED, ids=lambda path: str(path.relative_to(FOLDER))
)


@cache
def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def outputs(path: Path) -> list[NotebookNode]:
    return [output for cell in code_cells(path) for output in cell.outputs]


def prose(path: Path) -> str:
    """Return the Markdown of a notebook without code and formulas, where brackets mean no link."""
    text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`|\$[^$\n]+\$", "", text)


# In step with the sources


def test_every_source_is_built_and_no_notebook_is_without_a_source():
    assert sorted(EXPECTED) == COMMITTED, "run: make notebooks"


@each_notebook
def test_a_notebook_is_what_its_source_says(path):
    made, found = EXPECTED[path], read(path)
    reduced = [
        {k: cell[k] for k in ("id", "cell_type", "metadata", "source")} for cell in found.cells
    ]
    assert [cell["id"] for cell in reduced] == [cell.id for cell in made.cells]
    for cell, expected in zip(reduced, made.cells, strict=True):
        assert cell == {key: expected[key] for key in cell}, "run: make notebooks"
    assert (found.metadata, found.nbformat) == (made.metadata, made.nbformat)


def test_each_exercise_has_a_check_and_each_check_an_exercise():
    numbers = [e.number for s in SOURCES for e in build_notebooks.read_lesson(s).exercises]
    assert sorted(numbers) == sorted(exercises())


# Executed


@each_notebook
def test_every_code_cell_was_executed_in_order(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_no_cell_fails_but_on_purpose_and_none_warns(path):
    for cell in code_cells(path):
        on_purpose = "raises-exception" in cell.metadata.get("tags", [])
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert failed == on_purpose, cell.source
        assert [o.text for o in cell.outputs if o.get("name") == "stderr"] == [], cell.source


@each_notebook
def test_no_output_needs_a_widget_that_is_gone(path):
    for output in outputs(path):
        assert output.get("data") != {}
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


@each_notebook
def test_every_check_says_what_it_should(path):
    verdict = {"exercises": "not done yet", "solutions": "correct"}.get(path.parent.name)
    said = "".join(o.text for o in outputs(path) if o.output_type == "stream")
    found = re.findall(r"^(\d\d\.\d+): (not done yet|correct)\. ", said, flags=re.MULTILINE)
    lesson = build_notebooks.read_lesson(FOLDER / "source" / f"{path.stem}.py")
    assert found == ([(e.number, verdict) for e in lesson.exercises] if verdict else [])


# Fit to be read


@each_notebook
def test_a_notebook_is_no_larger_than_3_mb(path):
    assert path.stat().st_size < 3e6


@each_notebook
def test_a_cell_has_at_most_25_lines_and_prints_at_most_40(path):
    for cell in code_cells(path):
        assert len(cell.source.splitlines()) <= 25, cell.source
        texts = [
            output.get("text") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        ]
        assert sum(len(text.splitlines()) for text in texts) <= 40, cell.source


@each_notebook
def test_every_image_has_alt_text(path):
    for output in outputs(path):
        for kind in {"image/png", "image/jpeg", "image/svg+xml"} & output.get("data", {}).keys():
            assert output.metadata.get(kind, {}).get("alt", "").strip()
    assert "" not in [alt.strip() for alt in re.findall(r"!\[([^\]]*)\]\(", prose(path))]
    for tag in re.findall(r"<img\b[^>]*>", prose(path)):
        assert re.search(r'\balt="[^"]+"', tag), tag


@each_notebook
def test_every_relative_link_leads_to_a_file(path):
    text = prose(path)
    targets = re.findall(r"\]\(<?([^)\s>]+)", text) + re.findall(r'\b(?:src|href)="([^"]+)"', text)
    files = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    assert [file for file in files if file and not (path.parent / file).exists()] == []


@each_notebook
def test_headings_begin_with_one_title_and_skip_no_level(path):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", prose(path), flags=re.MULTILINE)]
    assert levels.count(1) == 1
    steps = zip([0, *levels], levels, strict=False)
    assert [(upper, lower) for upper, lower in steps if lower > upper + 1] == []


def test_the_minutes_for_exercises_are_their_sum():
    for source in SOURCES:
        exercises = build_notebooks.read_lesson(source).exercises
        if exercises:
            total = sum(exercise.minutes for exercise in exercises)
            text = prose(FOLDER / f"{source.stem}.ipynb")
            assert f"of them {total} for the exercises" in text, source.stem
