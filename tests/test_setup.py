"""The set-up: packages against imports and pins, Binder's image, the Makefile, the house rules."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BASE = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
DEV, UMAP = (
    {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"][extra]}
    for extra in ("dev", "umap")
)
FLOORS = [
    {"chinese", "corpus", "files", "glossary", "huffman", "progress", "settings", "vocabulary"},
    {"cooccurrences", "embeddings", "pairs"},
    {"evaluation", "formats", "projections", "ranking", "training"},
    {"finetuning", "glove_training"},
    {"numpy_impl", "torch_impl", "gensim_impl"},
    {"datasets"},
    {"plots", "checks"},
    {"widgets"},
    {"__main__"},
]
# Imported inside a function: the tree draws itself, and whoever does not draw needs no matplotlib.
UPWARDS = {
    "huffman": {"course_lib.plots.Picture", "course_lib.plots.trees.huffman_tree"},
    "evaluation/reports": {
        "course_lib.plots.Picture",
        "course_lib.plots.reports.evaluation_report",
    },
}


# What the code imports, and what pyproject.toml declares


def learner_files() -> list[Path]:
    """List what a learner runs: the library and the lessons, with their exercises and solutions."""
    lessons = [ROOT / "notebooks" / "source", ROOT / "notebooks"]
    return [
        *sorted((ROOT / "course_lib").rglob("*.py")),
        *sorted(lessons[0].glob("[0-9]*.py")),
        *sorted(lessons[1].rglob("[0-9]*.ipynb")),
    ]


def developer_files() -> list[Path]:
    """List what only `make` runs: the tests, the builders and the benchmarks."""
    return [
        ROOT / "conftest.py",
        *sorted((ROOT / "tests").rglob("*.py")),
        *sorted((ROOT / "notebooks" / "source").glob("[!0-9]*.py")),
        *sorted((ROOT / "slides").glob("*.py")),
        *sorted((ROOT / "benchmarks").glob("*.py")),
    ]


def read_code(path: Path) -> str:
    """Read Python code; of a notebook the code cells, without IPython's own lines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = json.loads(text)["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return re.sub(r"^\s*[%!].*$", "", code, flags=re.MULTILINE)


def imported_names(code: str) -> Iterator[str]:
    """Yield the full dotted name of every import, relative ones left out."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def distributions() -> dict[str, list[str]]:
    return {
        name: [canonicalize_name(distribution) for distribution in found]
        for name, found in packages_distributions().items()
    }


def third_party(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Map each distribution that the files import to the files that do."""
    own = {"course_lib", "benchmarks"} | {path.stem for path in developer_files()}
    found: dict[str, set[str]] = {}
    for path in paths:
        for name in {name.partition(".")[0] for name in imported_names(read_code(path))}:
            if name not in sys.stdlib_module_names and name not in own:
                (distribution, *_) = distributions().get(name, [name])
                found.setdefault(distribution, set()).add(str(path.relative_to(ROOT)))
    return found


def test_learners_need_no_more_than_the_base_dependencies():
    imports = third_party(learner_files())
    assert {"gensim", "numpy", "torch"} <= imports.keys()
    beyond = {name: files for name, files in imports.items() if name not in BASE}
    # One method of projections; without the package, whose name is then not known either, it says
    # how to install it.
    assert beyond.keys() <= UMAP | {"umap"}
    assert list(beyond.values()) == [{"course_lib/projections.py"}]


def test_tests_and_builders_need_no_more_than_the_dev_dependencies():
    imports = third_party(developer_files())
    assert "pytest" in imports
    assert {name: files for name, files in imports.items() if name not in BASE | DEV | UMAP} == {}


# Packages that no file imports: where it stands that they are needed.
USED_BY_NAME = {
    "jupyter": ("Makefile", "jupyterlab"),
    "codespell": ("Makefile", "codespell_lib"),
    "jupyter-repo2docker": ("tests/test_setup.py", '"repo2docker"'),
    "mypy": ("Makefile", "mypy"),
    "nbval": ("Makefile", "--nbval"),
    "numpydoc": ("Makefile", "numpydoc lint"),
    "pytest-xdist": ("Makefile", "-n 2"),
    "ruff": ("Makefile", "ruff check"),
    "types-tqdm": ("course_lib/gensim_impl/word2vec.py", "tqdm"),  # mypy reads it
}


@pytest.mark.parametrize("name", sorted(BASE | DEV))
def test_every_declared_dependency_is_used(name):
    if name in USED_BY_NAME:
        file, text = USED_BY_NAME[name]
        assert text in (ROOT / file).read_text(encoding="utf-8")
    else:
        users = learner_files() if name in BASE else developer_files()
        assert name in third_party(users)


# constraints.txt and environment.yml


def pins(lines: Iterable[str]) -> dict[str, str]:
    """Read `name==version` lines; anything else among them is an error."""
    found = {}
    for line in lines:
        name, separator, version = line.partition("==")
        assert separator and re.fullmatch(r"[0-9][0-9a-z.]*", version), line
        found[canonicalize_name(name)] = version
    return found


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return pins(line for line in lines if not line.startswith("#"))


def environment() -> tuple[dict[str, str], list[str]]:
    """Split environment.yml into conda's `name: version` and pip's lines."""
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert content["channels"] == ["conda-forge", "nodefaults"]
    *conda, pip = content["dependencies"]
    return {name: version for name, _, version in (line.partition("=") for line in conda)}, pip[
        "pip"
    ]


@pytest.mark.parametrize(
    "line", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
)
def test_every_dependency_is_pinned_within_its_range(line):
    requirement = Requirement(line)
    pinned = constraints()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned)


def test_environment_has_the_base_dependencies_at_the_pinned_versions():
    _, pip = environment()
    options = [line for line in pip if line.startswith("-")]
    assert "--constraint constraints.txt" in options
    pinned = constraints()
    assert pins(line for line in pip if line not in options) == {
        name: pinned[name] for name in BASE
    }


def test_environment_has_a_python_that_the_course_supports():
    conda, _ = environment()
    assert conda.keys() == {"python", "pip"}
    assert SpecifierSet(PROJECT["requires-python"]).contains(conda["python"])


# Binder


def test_binder_image_uses_environment_yml_and_runs_post_build(tmp_path):
    for name in [
        "environment.yml",
        "constraints.txt",
        "postBuild",
        "pyproject.toml",
        "Makefile",
        "apt.txt",
    ]:
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "course_lib", tmp_path / "course_lib")
    rendered = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--debug", "--no-build", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    conda, _ = environment()
    assert f"conda environment for python={conda['python']}" in rendered.stderr
    # constraints.txt has to lie there before pip reads it, and the packages before postBuild runs.
    order = ["COPY --chown=0:0 src/ ${REPO_DIR}/", '--file "environment.yml"', "RUN ./postBuild"]
    places = [rendered.stdout.find(step) for step in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "fonts-noto-cjk" in rendered.stdout  # apt.txt: the Chinese figures of lesson 12


def test_post_build_stops_at_an_error_and_installs_the_library_alone():
    lines = (ROOT / "postBuild").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if not line.startswith("#")]
    assert commands == ["set -e", "python -m pip install --no-deps --editable ."]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
@pytest.mark.parametrize("name", ["postBuild", ".ci/run"])
def test_scripts_can_be_executed(name):
    assert os.access(ROOT / name, os.X_OK)


def test_ci_runs_make_test_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


# The Makefile, with a stand-in for Python that writes down how it was called

STAND_IN = """#!/bin/sh
echo "$*" >> calls.txt
case "$*" in
  *sys.version_info*) exit ${WRONG_VERSION:-0} ;;
  "-m pip install "*) exit ${NO_NETWORK:-0} ;;
  "-m venv "*)
    rm -rf .venv; mkdir -p .venv/bin && cp "$0" .venv/bin/python
    exit ${NO_ENSUREPIP:-0} ;;
esac
"""

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def run_make(tmp_path):
    for name in ["Makefile", "pyproject.toml", "constraints.txt"]:
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()

    def install(name: str, text: str) -> None:
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)

    def run(*arguments: str, uid: int = 1000, **variables: str):
        install("python3", STAND_IN)
        install("id", f"#!/bin/sh\necho {uid}\n")
        (tmp_path / "calls.txt").unlink(missing_ok=True)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        result = subprocess.run(
            ["make", *arguments],
            cwd=tmp_path,
            env={"PATH": path, **variables},  # nothing of the make that may be running this test
            capture_output=True,
            text=True,
            timeout=30,
        )
        calls = tmp_path / "calls.txt"
        return result, calls.read_text().splitlines() if calls.exists() else []

    return run


@needs_make
def test_make_lab_sets_up_once_and_opens_the_first_lesson(run_make):
    result, calls = run_make("lab", "ARGS=--no-browser --port 8899")
    assert result.returncode == 0
    lesson = "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"
    start = ["-m course_lib", f"-m jupyterlab {lesson} --no-browser --port 8899"]
    assert calls[-3:] == [
        "-m pip install --editable .[dev] --constraint constraints.txt",
        *start,
    ]
    assert run_make("lab", "ARGS=--no-browser --port 8899")[1] == start


@needs_make
def test_make_lab_allows_root_for_root_alone(run_make):
    assert "--allow-root" in run_make("lab", uid=0)[1][-1]
    assert "--allow-root" not in run_make("lab", uid=1000)[1][-1]


@needs_make
def test_make_lab_does_not_start_when_the_course_does_not_work(run_make, tmp_path):
    run_make("lab")
    (tmp_path / ".venv/bin/python").write_text('#!/bin/sh\n[ "$2" != course_lib ]\n')
    assert run_make("lab")[0].returncode != 0


@needs_make
def test_a_failed_installation_is_taken_up_again(run_make):
    result, calls = run_make("lab", NO_NETWORK="1")
    assert result.returncode != 0
    assert "-m course_lib" not in calls
    result, calls = run_make("lab")
    assert result.returncode == 0
    assert any(call.startswith("-m pip install") for call in calls)
    assert not any(call.startswith("-m venv") for call in calls)


@needs_make
def test_a_venv_without_a_working_pip_is_made_anew(run_make, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to("/nowhere/python")
    result, calls = run_make("lab")
    assert result.returncode == 0
    assert "-m venv --clear .venv" in calls


@needs_make
@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_changed_list_of_packages_is_installed(run_make, tmp_path, changed):
    run_make("lab")
    stamp = tmp_path / ".venv/installed"
    os.utime(tmp_path / changed, (stamp.stat().st_mtime + 1,) * 2)
    assert any(call.startswith("-m pip install") for call in run_make("lab")[1])


@needs_make
@pytest.mark.parametrize(
    ("obstacle", "remedy"),
    [
        ("WRONG_VERSION", "make lab PYTHON=python3.12"),
        ("NO_ENSUREPIP", "sudo apt install python3-venv"),
    ],
)
def test_set_up_names_the_remedy(run_make, obstacle, remedy):
    result, calls = run_make("lab", **{obstacle: "1"})
    assert result.returncode != 0
    assert remedy in result.stdout
    assert not any(call.startswith("-m pip install") for call in calls)


# The rules of the house


def course_modules(name: str) -> set[str]:
    """Name the modules of course_lib that `course_lib.a.b` may stand for."""
    _, *parts = name.split(".")
    return {parts[0]} if parts and parts[0] in set().union(*FLOORS) else set()


@pytest.mark.parametrize(
    "path",
    sorted(set((ROOT / "course_lib").rglob("*.py")) - {ROOT / "course_lib" / "__init__.py"}),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_module_imports_from_lower_floors_only(path):
    module = path.relative_to(ROOT / "course_lib").parts[0].removesuffix(".py")
    floors = [number for number, modules in enumerate(FLOORS) if module in modules]
    assert floors, f"give {module} a floor: here, and in CONTRIBUTING.md"
    allowed = set().union(*FLOORS[: floors[0]]) | {module}
    names = [name for name in imported_names(read_code(path)) if name.startswith("course_lib")]
    upwards = {name for name in names if not course_modules(name) & allowed}
    place = path.relative_to(ROOT / "course_lib").with_suffix("").as_posix()
    assert upwards == UPWARDS.get(place, set())


def test_importing_the_library_does_not_import_the_plots():
    code = "import sys, course_lib; sys.exit('course_lib.plots' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


GOOD_FUNCTION = '''"""A module."""


def halve(number: int) -> int:
    """Halve a number.

    Parameters
    ----------
    number : int
        An even number.

    Returns
    -------
    int
        Half of it.

    Raises
    ------
    ValueError
        The number is odd.
    """
    if number % 2:
        raise ValueError(f"{number} is odd.")
    return number // 2
'''


def docstring_complaints(directory: Path, code: str) -> str:
    """Run the docstring checks of `make lint` on a piece of code, with the project's settings."""
    shutil.copy(ROOT / "pyproject.toml", directory)
    (directory / "halves.py").write_text(code)
    commands = [["numpydoc", "lint", "halves.py"], ["ruff", "check", "halves.py"]]
    runs = [
        subprocess.run(
            [sys.executable, "-m", *command], cwd=directory, capture_output=True, text=True
        )
        for command in commands
    ]
    return "".join(run.stdout + run.stderr for run in runs if run.returncode != 0)


def test_lint_accepts_a_documented_function(tmp_path):
    assert docstring_complaints(tmp_path, GOOD_FUNCTION) == ""


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ("Parameters\n    ----------\n    number : int\n        An even number.\n", "PR01"),
        ("Returns\n    -------\n    int\n        Half of it.\n", "RT01"),
        ("Raises\n    ------\n    ValueError\n        The number is odd.\n", "ValueError"),
    ],
)
def test_lint_refuses_a_missing_section(tmp_path, section, complaint):
    code = GOOD_FUNCTION.replace(f"    {section}", "")
    assert code != GOOD_FUNCTION
    assert complaint in docstring_complaints(tmp_path, code)


# The documents


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_to_files_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "notebooks/source/00_start_here.py"])
def test_the_map_has_every_lesson_with_its_minutes(name):
    rows = re.findall(r"\| (\d\d) \| .* \| (\d+) ", (ROOT / name).read_text(encoding="utf-8"))
    sources = sorted((ROOT / "notebooks" / "source").glob("[0-9]*.py"))
    minutes = [
        re.search(r"\*\*(\d+) minutes", path.read_text(encoding="utf-8")) for path in sources
    ]
    assert rows == [
        (path.name[:2], found[1]) for path, found in zip(sources, minutes, strict=True) if found
    ]


def test_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation.keys() >= {"message", "title", "authors"}
    assert citation["version"] == PROJECT["version"]
