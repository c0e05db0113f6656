# Two commands are enough: `make demo` and `make test`. Everything runs from .venv, which `setup` makes once.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
SCHEDULES ?= 10000
POINTS ?= 1000
GRIDS ?= 10000

.PHONY: help setup demo test reliability bench check format lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with the locked dependencies

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q sheetsync
	@touch $@

demo: setup ## the main job on a story, without credentials
	@$(BIN)/sheetsync demo

test: setup ## every test, the end-to-end ones last
	@$(BIN)/pytest -m "not e2e" -n 2 --dist worksteal
	@$(BIN)/pytest -m e2e -n 2 --dist worksteal

reliability: setup ## 10,000 schedules of people acting while we write, 1,000 crashes, 10,000 sheets (SCHEDULES=n POINTS=n GRIDS=n)
	@SHEETSYNC_SCHEDULES=$(SCHEDULES) SHEETSYNC_POINTS=$(POINTS) SHEETSYNC_GRIDS=$(GRIDS) $(BIN)/pytest tests/reliability -n 2 --dist worksteal -rP

bench: setup ## what a run costs and how that grows, the sandbox's server, our formula beside other ways to write it
	@missed=0; for it in cycle reading serving lookup unseen scenarios; do $(BIN)/python -m tests.bench.$$it || missed=1; done; exit $$missed

check: setup ## format, lint, types, architecture
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## put the code in its house style
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## resolve the dependencies anew (needs uv in .venv)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements.lock

clean: ## remove what setup and tests made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
