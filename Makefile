# Two commands: `make demo` runs the main job, `make test` passes the tests. Each sets up .venv.
#   make demo                    on till data that the project generates itself
#   make demo SALES=sales.csv    on your file; COUNTRY=DE for another country's holidays ("" for none)

SALES ?=
COUNTRY ?= UK
HORIZON ?= 7
# The first Python on the path that is new enough.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 python; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SAMPLE := demo/sample
# The JavaScript SDK, for the tests that use it; they are left out where there is no npm.
JAVASCRIPT := $(if $(shell command -v npm),.venv/.installed-javascript)

.PHONY: demo test test-all check format install wheel docs pictures bench clean help
.DEFAULT_GOAL := help

help:  ## Show the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/.installed  ## Forecast next week's sales: SALES=path, or generated data.
ifeq ($(SALES),)
	@echo "No file given (make demo SALES=path): using till data that the project generates itself."
	@$(BIN)/forecastle prepare sample --out $(SAMPLE) --overwrite --quiet
	@$(BIN)/forecastle run $(SAMPLE)/sales.csv --related $(SAMPLE)/related.csv \
		--metadata $(SAMPLE)/metadata.csv --horizon $(HORIZON) --country "$(COUNTRY)" \
		--out demo/forecast --overwrite
else
	@echo "Using your file $(SALES)."
	@$(BIN)/forecastle run "$(SALES)" --horizon $(HORIZON) --country "$(COUNTRY)" \
		--out demo/forecast --overwrite
endif

# Three processes on two cores: a quarter of the time tests wait for servers and timers.
test: .venv/.installed-dev $(JAVASCRIPT)  ## Run the tests, without the slow ones.
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

test-all: .venv/.installed-dev $(JAVASCRIPT)  ## Run all tests.
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

check: .venv/.installed-dev  ## Lint, format, types, layers.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.installed-dev  ## Format the code.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

install: .venv/.installed-dev  ## Set up .venv for work on the project.

wheel: .venv/.installed-dev  ## Build the wheel into dist/.
	$(BIN)/python -m build --no-isolation --wheel

docs: .venv/.installed-dev  ## Write docs/reference/cli.md anew, from the commands.
	$(BIN)/python -m typer forecastle.cli.main utils docs --name forecastle \
		--title "Command line" --output docs/reference/cli.md

pictures: .venv/.installed-dev  ## Take the pictures of the console anew (Chromium, fonts-nanum).
	$(BIN)/python -m tests.console.screenshots

bench: .venv/.installed-dev  ## Measure accuracy and speed, beside others; hours.
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.uk_end_to_end
	$(BIN)/python -m benchmarks.read_speed
	$(BIN)/python -m benchmarks.import_speed
	$(BIN)/python -m benchmarks.api_latency
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.console

clean:  ## Remove what the targets made, .venv included.
	rm -rf .venv dist demo

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Forecastle needs Python 3.11 or newer (make PYTHON=path)" >&2; exit 1; fi
	@echo "Setting up .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Forecastle into .venv (a minute or two) ..."
	@$(PIP) --editable .
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Forecastle and its development tools into .venv (a minute or two) ..."
	@$(PIP) --editable ".[dev]"
	@touch .venv/.installed $@

.venv/.installed-javascript: tests/compat/javascript/package.json | .venv/bin/python
	@echo "Installing the JavaScript SDK for the tests ..."
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/compat/javascript
	@touch $@
