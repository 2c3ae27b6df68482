"""Build and execute the notebooks: `python notebooks/source/build_notebooks.py [02_skip_gram ...]`.

Each notebooks/source/NN_topic.py becomes the lesson notebooks/NN_topic.ipynb and, where it has
exercises, exercises/NN_topic.ipynb and solutions/NN_topic.ipynb beside it. CONTRIBUTING.md says
which tags the cells of a source carry. Without names, all lessons are built. Building twice gives
the same bytes.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib import glossary
from course_lib.files import replacing

NOTEBOOKS = Path(__file__).resolve().parents[1]
CELL_TIMEOUT = 120  # seconds; `make test` gives a cell as long
TAGS = ("exercise-setup", "exercise", "stub", "solution", "check", "hint")
HEADING = re.compile(
    r"### Exercise (?P<number>\d\d\.[1-9]\d*): (?P<title>.+)\n"
    r"\*(?P<minutes>\d+) minutes · difficulty (?P<difficulty>[123]) of 3\*\n"
)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    # Without the version: the same notebook comes out of Python 3.11 and 3.13.
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


class LessonError(Exception):
    """A source that no notebook can be made from, or a cell that fails."""


@dataclass
class Exercise:
    """One exercise as its source has it, cell by cell."""

    number: str
    title: str
    minutes: int
    difficulty: int
    text: str
    stub: str = ""
    solution: str = ""
    check: str = ""
    hints: list[str] = field(default_factory=list)


@dataclass
class Lesson:
    """A source, taken apart."""

    stem: str
    title: str
    before: list[NotebookNode]  # the lesson's own cells, before and after the exercises
    after: list[NotebookNode]
    setup: str
    exercises: list[Exercise]


# From the source to its parts


def read_lesson(source: Path) -> Lesson:
    """Take a source apart; LessonError where it does not keep to the form."""
    cells = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent").cells
    try:
        title = cells[0].source.split("\n")[0] if cells and cells[0].cell_type == "markdown" else ""
        require(
            title.startswith("# "), 'the first cell has to be Markdown and start with "# Title"'
        )
        tagged = [i for i, cell in enumerate(cells) if builder_tag(cell)]
        first, end = (tagged[0], tagged[-1] + 1) if tagged else (len(cells), len(cells))
        setup, exercises = read_exercises(cells[first:end])
        expected = [f"{source.stem[:2]}.{i}" for i in range(1, len(exercises) + 1)]
        found = [exercise.number for exercise in exercises]
        require(found == expected, f"the exercises are {found}, but should be {expected}")
    except LessonError as error:
        raise LessonError(f"{source}: {error}") from None
    before, after = cells[:first], cells[end:]
    return Lesson(source.stem, title.removeprefix("# "), before, after, setup, exercises)


def read_exercises(cells: list[NotebookNode]) -> tuple[str, list[Exercise]]:
    """Read the run of tagged cells: the set-up, then each exercise in the order of TAGS."""
    if not cells:
        return "", []
    setup, *rest = cells
    require(
        builder_tag(setup) == "exercise-setup",
        'a code cell tagged "exercise-setup" has to stand before the first exercise',
    )
    exercises: list[Exercise] = []
    for cell in rest:
        tag = builder_tag(cell)
        start = f'the cell that starts with "{cell.source.splitlines()[0] if cell.source else ""}"'
        require(tag, f"{start} stands between the exercises and has none of the tags {TAGS}")
        require(tag != "exercise-setup", 'there are two cells tagged "exercise-setup"')
        kind = "markdown" if tag in ("exercise", "hint") else "code"
        require(cell.cell_type == kind, f"{start} is tagged {tag!r}, so it has to be {kind}")
        if tag == "exercise":
            exercises.append(read_heading(cell.source))
        else:
            require(exercises, f"{start} is tagged {tag!r} and stands before the first exercise")
            add_part(exercises[-1], tag, cell.source)
    for exercise in exercises:
        for tag in ("stub", "solution", "check", "hints"):
            require(getattr(exercise, tag), f"exercise {exercise.number} has no {tag}")
    return setup.source, exercises


def read_heading(text: str) -> Exercise:
    found = HEADING.match(text + "\n")
    require(
        found,
        f"an exercise starts with {text[:80]!r}. Its first two lines have to be like\n"
        "### Exercise 02.1: A softmax that does not overflow\n*10 minutes · difficulty 1 of 3*",
    )
    return Exercise(
        number=found["number"],
        title=found["title"],
        minutes=int(found["minutes"]),
        difficulty=int(found["difficulty"]),
        text=text,
    )


def add_part(exercise: Exercise, tag: str, text: str) -> None:
    """Put a stub, a solution, a check or a hint in its place."""
    if tag == "hint":
        require(exercise.check, f"a hint of exercise {exercise.number} stands before its check")
        exercise.hints.append(text)
        return
    order = ("stub", "solution", "check")
    missing = [part for part in order[: order.index(tag)] if not getattr(exercise, part)]
    require(
        not missing,
        f"exercise {exercise.number} has a {tag}, but no {' and '.join(missing)} before",
    )
    require(not getattr(exercise, tag), f"exercise {exercise.number} has two cells tagged {tag!r}")
    if tag == "check":
        ids = re.findall(r"""\bcheck\(\s*["']([^"']*)["']""", text)
        require(
            ids == [exercise.number],
            f'the check of exercise {exercise.number} has to call check("{exercise.number}", ...) '
            f"once; it has {ids}",
        )
    setattr(exercise, tag, text)


def builder_tag(cell: NotebookNode) -> str:
    """Return the tag of a cell that this builder knows, or ""."""
    tags = [tag for tag in cell.metadata.get("tags", []) if tag in TAGS]
    require(len(tags) < 2, f"a cell has the tags {tags}; one is allowed")
    return tags[0] if tags else ""


def require(condition: object, message: str) -> None:
    if not condition:
        raise LessonError(message)


# From the parts to the notebooks


def notebooks_of(source: Path) -> dict[Path, NotebookNode]:
    """Make the notebooks of a source, not yet executed, by the paths where they belong."""
    lesson = read_lesson(source)
    folder = source.parent.parent
    name = f"{lesson.stem}.ipynb"
    listing = [exercise_list(lesson)] if lesson.exercises else []
    made = {folder / name: notebook(lesson.stem, [*lesson.before, *listing, *lesson.after])}
    if lesson.exercises:
        made[folder / "exercises" / name] = notebook(lesson.stem, exercise_cells(lesson))
        made[folder / "solutions" / name] = notebook(lesson.stem, solution_cells(lesson))
    return made


def notebook(stem: str, cells: Iterable[NotebookNode]) -> NotebookNode:
    """Put cells together, with fixed ids and of the metadata only the tags."""
    built = new_notebook(metadata=nbformat.from_dict(METADATA))
    for i, cell in enumerate(cells):
        new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        tags = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
        built.cells.append(new(cell.source, id=f"{stem}-{i:03d}", metadata=tags))
    return built


def exercise_list(lesson: Lesson) -> NotebookNode:
    name = f"{lesson.stem}.ipynb"
    rows = "\n".join(
        f"| {e.number} | {e.title} | {e.minutes} | {e.difficulty} of 3 |" for e in lesson.exercises
    )
    return new_markdown_cell(
        f"Work on them in the [exercise notebook](exercises/{name}). It checks each answer at "
        "once, and has hints.\n"
        f"Compare with the [solutions](solutions/{name}) afterwards.\n\n"
        f"| | exercise | minutes | difficulty |\n|---|---|---|---|\n{rows}"
    )


def exercise_cells(lesson: Lesson) -> list[NotebookNode]:
    name = f"{lesson.stem}.ipynb"
    minutes = sum(exercise.minutes for exercise in lesson.exercises)
    cells = [
        new_markdown_cell(
            f"# Exercises: {lesson.title}\n\n"
            f"*{minutes} minutes*\n\n"
            f"They go with the [lesson](../{name}). Run the first cell. Then, in each exercise, "
            "write your code in place of the dots (`...`), run the cell, and run the check below "
            "it. Each exercise stands for itself, so you may leave one out.\n\n"
            "Hints and a solution are folded away under each exercise. "
            f"The [solutions](../solutions/{name}) are a notebook, too."
        ),
        new_code_cell(lesson.setup),
    ]
    for exercise in lesson.exercises:
        cells += [
            new_markdown_cell(exercise.text.removeprefix("#")),
            new_code_cell(exercise.stub),
            new_code_cell(exercise.check),
            *(new_markdown_cell(folded("Hint", hint)) for hint in exercise.hints),
            new_markdown_cell(folded("Solution", f"```python\n{exercise.solution}\n```")),
        ]
    return cells


def solution_cells(lesson: Lesson) -> list[NotebookNode]:
    name = f"{lesson.stem}.ipynb"
    cells = [
        new_markdown_cell(
            f"# Solutions: {lesson.title}\n\n"
            f"They solve the [exercises](../exercises/{name}) of the [lesson](../{name})."
        ),
        new_code_cell(lesson.setup),
    ]
    for exercise in lesson.exercises:
        cells += [
            new_markdown_cell(exercise.text.removeprefix("#")),  # one level up: no ## above it
            new_code_cell(exercise.solution),
            new_code_cell(exercise.check),
        ]
    return cells


def folded(summary: str, text: str) -> str:
    # Markdown inside HTML is rendered where blank lines set it off.
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


# Executing and writing


def build(source: Path) -> None:
    """Build and execute the notebooks of a source, and replace each on disk when it has run."""
    for path, built in notebooks_of(source).items():
        start = time.perf_counter()
        print(f"{path.relative_to(source.parent.parent)} ...", end=" ", flush=True)
        path.parent.mkdir(exist_ok=True)
        execute(built, path, source)
        write(built, path)
        print(f"{time.perf_counter() - start:.1f} s", flush=True)


def execute(built: NotebookNode, path: Path, source: Path) -> None:
    """Run a notebook in a kernel of its own; LessonError names the cell that fails."""
    running: list[NotebookNode] = []
    client = NotebookClient(
        built,
        timeout=CELL_TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # not a warning on each start that TCP is in use
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: running.append(cell),
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "IPYTHONDIR": folder,  # neither the author's profile nor the author's history
            "TQDM_DISABLE": "1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        try:
            client.execute(env=environment)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            lines = "\n".join(f"    {line}" for line in running[-1].source.splitlines()[:3])
            reason = re.sub(r"\x1b\[[\d;]*m", "", getattr(error, "traceback", "") or str(error))
            raise LessonError(
                f"{source}: in {path.parent.name}/{path.name} the cell\n\n{lines}\n\n"
                f"fails:\n\n{reason}"
            ) from None
    tidy(built)


def tidy(built: NotebookNode) -> None:
    """Take out of an executed notebook what differs from run to run or machine to machine."""
    built.metadata = nbformat.from_dict(METADATA)
    for cell in built.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":  # its traceback holds paths
                output.traceback = [f"{output.ename}: {output.evalue}"]
            # The id of a widget that is gone; what stands in its place stays.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("data") != {}]


def write(built: NotebookNode, path: Path) -> None:
    """Replace a notebook file in one step."""
    nbformat.validate(built)
    with replacing(path) as file:
        file.write((nbformat.writes(built).rstrip("\n") + "\n").encode())


def sources_named(names: list[str], folder: Path) -> list[Path]:
    """Find the sources by name, "02_skip_gram" or "02"; all of them where no name is given."""
    sources = sorted((folder / "source").glob("[0-9][0-9]_*.py"))
    if not names:
        return sources
    chosen = []
    for name in names:
        found = [source for source in sources if name in (source.stem, source.stem[:2])]
        known = ", ".join(source.stem for source in sources)
        require(found, f"there is no lesson {name!r}; there are: {known}")
        chosen += found
    return chosen


def main(names: list[str], folder: Path = NOTEBOOKS) -> None:
    """Build the lessons with these names; SystemExit with a message where one cannot be built."""
    try:
        for source in sources_named(names, folder):
            build(source)
    except LessonError as error:
        raise SystemExit(f"\n{error}") from None


if __name__ == "__main__":
    with replacing(NOTEBOOKS / "glossary.md") as page:
        page.write(glossary.as_markdown().encode())
    main(sys.argv[1:])
