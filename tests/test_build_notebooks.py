"""The lesson machine, on small lessons in a temporary folder."""

import os
import sys
from pathlib import Path

import build_notebooks
import nbformat
import pytest
from build_notebooks import LessonError, main, notebooks_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LESSON = """\
# %% [markdown]
# # 02 A small lesson
#
# With $a^2$ and a [link](02_small.ipynb).

# %%
print("first")
print("second")

# %% [markdown]
# ## An error on purpose

# %% tags=["raises-exception"]
1 / 0

# %% tags=["nbval-ignore-output"]
import sys

[sys.executable, "TQDM_DISABLE" in __import__("os").environ]

# %% [markdown]
# ## Exercises

# %% tags=["exercise-setup"]
# fmt: off
def check(number, answer):
    print(number, "not done yet" if answer is ... else "correct")

# %% [markdown] tags=["exercise"]
# ### Exercise 02.1: Six times seven
# *5 minutes · difficulty 1 of 3*
#
# Multiply.

# %% tags=["stub"]
product = ...  # your code here

# %% tags=["solution"]
product = 6 * 7

# %% tags=["check"]
check("02.1", product)

# %% [markdown] tags=["hint"]
# Use `*`.

# %% [markdown] tags=["exercise"]
# ### Exercise 02.2: Two to the third
# *10 minutes · difficulty 3 of 3*
#
# Raise.

# %% tags=["stub"]
power = ...

# %% tags=["solution"]
power = 2**3

# %% tags=["check"]
check("02.2", power)

# %% [markdown] tags=["hint"]
# Not `^`.

# %% [markdown] tags=["hint"]
# But `**`.

# %% [markdown]
# ## In one breath
"""


@pytest.fixture
def write_source(tmp_path):
    (tmp_path / "source").mkdir()

    def write(text: str = LESSON, name: str = "02_small") -> Path:
        source = tmp_path / "source" / f"{name}.py"
        source.write_text(text, encoding="utf-8")
        return source

    return write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Hold the small lesson, built once for the tests that only look at it."""
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "source").mkdir()
    (folder / "source" / "02_small.py").write_text(LESSON, encoding="utf-8")
    main([], folder)
    return folder


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def texts(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]


def printed(path: Path) -> str:
    outputs = [output for cell in read(path).cells for output in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.output_type == "stream")


# What is built


def test_the_lesson_lists_its_exercises_in_their_place(folder):
    title, _, _, _, _, heading, listing, last = texts(folder / "02_small.ipynb")
    assert title == "# 02 A small lesson\n\nWith $a^2$ and a [link](02_small.ipynb)."
    assert (heading, last) == ("## Exercises", "## In one breath")
    assert "(exercises/02_small.ipynb)" in listing
    assert "(solutions/02_small.ipynb)" in listing
    assert listing.splitlines()[-2:] == [
        "| 02.1 | Six times seven | 5 | 1 of 3 |",
        "| 02.2 | Two to the third | 10 | 3 of 3 |",
    ]


def test_the_exercises_have_stubs_and_fold_hints_and_solutions_away(folder):
    title, setup, first, stub, check, hint, solution, *rest = texts(
        folder / "exercises" / "02_small.ipynb"
    )
    assert title.startswith("# Exercises: 02 A small lesson\n\n*15 minutes*\n")
    assert setup.startswith("# fmt: off\ndef check")
    assert first == (
        "## Exercise 02.1: Six times seven\n*5 minutes · difficulty 1 of 3*\n\nMultiply."
    )
    assert stub == "product = ...  # your code here"
    assert check == 'check("02.1", product)'
    assert hint == "<details>\n<summary>Hint</summary>\n\nUse `*`.\n\n</details>"
    assert solution == (
        "<details>\n<summary>Solution</summary>\n\n```python\nproduct = 6 * 7\n```\n\n</details>"
    )
    assert [text.count("<summary>Hint</summary>") for text in rest] == [0, 0, 0, 1, 1, 0]
    assert printed(folder / "exercises" / "02_small.ipynb") == (
        "02.1 not done yet\n02.2 not done yet\n"
    )


def test_the_solutions_have_no_stubs_and_nothing_folded(folder):
    cells = texts(folder / "solutions" / "02_small.ipynb")
    assert cells[0].startswith("# Solutions: 02 A small lesson\n")
    assert cells[3:5] == ["product = 6 * 7", 'check("02.1", product)']
    assert "= ..." not in "".join(cells)
    assert "<details>" not in "".join(cells)
    assert printed(folder / "solutions" / "02_small.ipynb") == "02.1 correct\n02.2 correct\n"


def test_a_source_without_exercises_is_just_a_lesson(write_source):
    source = write_source("# %% [markdown]\n# # Alone\n", "00_alone")
    assert [path.name for path in notebooks_of(source)] == ["00_alone.ipynb"]


def test_cells_keep_their_tags_but_for_the_builders_and_have_fixed_ids(folder):
    paths = sorted(folder.rglob("*.ipynb"))
    assert len(paths) == 3
    for path in paths:
        notebook = read(path)
        assert [cell.id for cell in notebook.cells] == [
            f"02_small-{i:03d}" for i in range(len(notebook.cells))
        ]
        assert notebook.metadata == build_notebooks.METADATA
        metadata = [cell.metadata for cell in notebook.cells if cell.metadata]
        kept = [{"tags": ["raises-exception"]}, {"tags": ["nbval-ignore-output"]}]
        assert metadata == (kept if path.parent == folder else [])


def test_cells_run_in_this_python_with_progress_bars_off(folder):
    (output,) = read(folder / "02_small.ipynb").cells[4].outputs
    assert output.data["text/plain"] == f"[{sys.executable!r}, True]"


def test_outputs_hold_one_stream_and_no_paths(folder):
    _, stream, _, error, *_ = read(folder / "02_small.ipynb").cells
    assert stream.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "first\nsecond\n"}
    ]
    assert error.outputs[0].traceback == ["ZeroDivisionError: division by zero"]


def test_a_widget_leaves_what_stands_in_its_place():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "8f3a"}}
    said = new_output("stream", text="before")
    outputs = [
        said,
        new_output("display_data", view),
        new_output("display_data", view | {"text/plain": "a bar"}),
    ]
    notebook = new_notebook(cells=[new_markdown_cell("text"), new_code_cell(outputs=outputs)])
    build_notebooks.tidy(notebook)
    kept = notebook.cells[1].outputs
    assert kept == [said, new_output("display_data", {"text/plain": "a bar"})]


def test_building_again_gives_the_same_bytes(folder, capsys):
    paths = sorted(folder.rglob("*.ipynb"))
    before = [path.read_bytes() for path in paths]
    assert all(content.endswith(b"}\n") for content in before)
    main(["02"], folder)
    assert [path.read_bytes() for path in paths] == before
    assert sorted(path for path in folder.rglob("*.*") if path.suffix != ".py") == paths
    assert "exercises/02_small.ipynb ... " in capsys.readouterr().out


def test_a_notebook_has_the_permissions_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        (tmp_path / "plain").touch()
        build_notebooks.write(new_notebook(), tmp_path / "new.ipynb")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_what_notebooks_of_makes_is_what_building_leaves(folder):
    for path, made in notebooks_of(folder / "source" / "02_small.py").items():
        built = read(path)
        for cell in built.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        assert built == made


# What is refused


def refusal(source: Path) -> str:
    with pytest.raises(LessonError) as caught:
        notebooks_of(source)
    assert str(caught.value).startswith(f"{source}: ")
    return str(caught.value)


def without(tag: str) -> str:
    """Return the small lesson without the first cell that has a tag."""
    cells = LESSON.split("\n# %%")
    first = next(i for i, cell in enumerate(cells) if f'["{tag}"]' in cell)
    return "\n# %%".join(cells[:first] + cells[first + 1 :])


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("exercise-setup", 'tagged "exercise-setup" has to stand before the first exercise'),
        ("exercise", "is tagged 'stub' and stands before the first exercise"),
        ("stub", "exercise 02.1 has a solution, but no stub before"),
        ("solution", "exercise 02.1 has a check, but no solution before"),
        ("check", "a hint of exercise 02.1 stands before its check"),
        ("hint", "exercise 02.1 has no hints"),
    ],
)
def test_a_missing_cell_is_refused(write_source, tag, message):
    assert message in refusal(write_source(without(tag)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# # 02 A small", "# ## 02 A small", 'start with "# Title"'),
        ('check("02.1"', 'check("02.2"', "has to call check(\"02.1\", ...) once; it has ['02.2']"),
        ("Exercise 02.1", "Exercise 03.1", "check of exercise 03.1"),
        ("# *5 minutes · difficulty 1 of 3*\n", "#\n", "*10 minutes · difficulty 1 of 3*"),
        ("difficulty 1 of 3", "difficulty 4 of 3", "*10 minutes · difficulty 1 of 3*"),
        ('["solution"]', '["soluton"]', "has none of the tags"),
        ('["solution"]', '["solution", "stub"]', "one is allowed"),
        ('%% tags=["stub"]', '%% [markdown] tags=["stub"]', "has to be code"),
        ('["hint"]\n# But', '["exercise-setup"]\n# But', "two cells tagged"),
    ],
)
def test_a_malformed_source_is_refused(write_source, old, new, message):
    assert old in LESSON
    assert message in refusal(write_source(LESSON.replace(old, new, 1)))


def test_a_number_that_stands_twice_is_refused(write_source):
    message = refusal(write_source(LESSON.replace("02.2", "02.1")))
    assert "the exercises are ['02.1', '02.1'], but should be ['02.1', '02.2']" in message


def test_a_second_solution_is_refused(write_source):
    twice = LESSON.replace(
        '# %% tags=["check"]', '# %% tags=["solution"]\n1\n\n# %% tags=["check"]'
    )
    assert "exercise 02.1 has two cells tagged 'solution'" in refusal(write_source(twice))


def test_an_unknown_name_is_refused_with_the_known_ones(write_source, tmp_path):
    write_source()
    with pytest.raises(SystemExit, match="no lesson '07'; there are: 02_small"):
        main(["07"], tmp_path)


def test_a_cell_that_fails_is_named_and_leaves_the_old_file(write_source, tmp_path):
    source = write_source("# %% [markdown]\n# # T\n\n# %%\nx = 1\ny = x / 0\n")
    old = tmp_path / "02_small.ipynb"
    old.write_text("old", encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        main([], tmp_path)
    assert str(source) in str(caught.value)
    assert "    x = 1\n    y = x / 0" in str(caught.value)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
    assert old.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["02_small.ipynb", "source"]


def test_a_cell_that_takes_too_long_is_named(write_source, tmp_path, monkeypatch):
    monkeypatch.setattr(build_notebooks, "CELL_TIMEOUT", 1)
    write_source("# %% [markdown]\n# # T\n\n# %%\nimport time\n\ntime.sleep(60)\n")
    with pytest.raises(SystemExit, match=r"time.sleep\(60\)"):
        main([], tmp_path)


def test_a_kernel_that_dies_is_named(write_source, tmp_path):
    write_source("# %% [markdown]\n# # T\n\n# %%\nimport os\n\nos._exit(1)\n")
    with pytest.raises(SystemExit, match=r"os._exit\(1\)"):
        main([], tmp_path)
