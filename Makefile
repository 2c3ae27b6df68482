# Every target sets .venv up first, when it is not there or its list of packages has changed.
PYTHON ?= python3
RUN := .venv/bin/python -m
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test lint notebooks slides bench clean

lab: .venv/installed
	@$(RUN) course_lib
	$(RUN) jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(ALLOW_ROOT) $(ARGS)

test: lint
	$(RUN) pytest -n 2
	$(RUN) pytest -n 2 --dist loadscope --nbval --nbval-current-env --nbval-cell-timeout=120 notebooks

lint: .venv/installed
	$(RUN) ruff check && $(RUN) ruff format --check && $(RUN) mypy && $(RUN) codespell_lib
	$(RUN) numpydoc lint $$(find course_lib -name '*.py')

notebooks: .venv/installed
	.venv/bin/python notebooks/source/build_notebooks.py

slides: .venv/installed
	.venv/bin/python slides/build_slides.py

bench: .venv/installed
	$(RUN) benchmarks $(ARGS)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache slides/build *.egg-info

# The stamp is written last, so that a set-up that failed or was interrupted is taken up again. A .venv
# whose pip does not start (half made, or its Python is gone) is made anew.
.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in [(3, 11), (3, 12), (3, 13)])' || \
	  { echo "The course needs Python 3.11, 3.12 or 3.13. Name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(RUN) pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv || \
	  { echo "$(PYTHON) cannot make .venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(RUN) pip install --editable ".[dev]" --constraint constraints.txt
	@touch $@
