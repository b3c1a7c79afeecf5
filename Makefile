# What a data team types.  `make` alone says what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SAMPLE := sample_data/crm_users.csv
MAPPING := mappings/crm_users.yaml

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint types format docs bench bench-prepare bench-ledger bench-coercing bench-reading bench-survey torture sandbox wheel constraints clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(INSTALLED) ## Make .venv and install everything into it

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.11 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: setup ## Import the sample into a sandbox on this machine
	@echo "Importing $(SAMPLE) into a sandbox on this machine, at MoEngage's own pace."
	@echo "90 of its 3,000 rows are bad on purpose (sample_data/README.md); 5% are allowed to fail."
	@$(BIN)/moengage-import run $(SAMPLE) --mapping $(MAPPING) --sandbox --allow-failures 5%
	@echo
	@echo "To type such commands yourself: . $(BIN)/activate"

test: setup ## Run the tests, on all cores
	$(BIN)/python -m pytest -q -n auto

check: lint types test ## Everything that must be green: format, lint, types, tests, docs' examples

lint: setup ## Check format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## Check types, strictly
	$(BIN)/mypy

format: setup ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## Renew what comes from the code: tables of the docs, the mapping file's schema
	$(BIN)/python docs/generate.py

bench: bench-prepare bench-ledger ## Measure speed and memory (takes minutes)

bench-ledger: setup ## What ledger and memory cost: while rows are sent, and where none need be
	$(BIN)/python benchmarks/bench_ledger.py

bench-prepare: setup ## The importer against the script that people write
	$(BIN)/python benchmarks/bench_prepare.py

bench-coercing: setup ## What types and transforms cost, beside reading the same rows
	$(BIN)/python benchmarks/bench_coercing.py --require

bench-survey: setup ## What comparing all rows costs (duplicates: last), also in memory
	$(BIN)/python benchmarks/bench_survey.py

bench-reading: setup ## Who reads real files right: pandas, pyarrow, DuckDB, CleverCSV, this
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/bench_reading.py

torture: setup ## Kill 200 imports at random moments and see that nothing is lost (about an hour and a half)
	$(BIN)/python -m tests.torture --runs 200 --rows 20000

sandbox: setup ## Serve a User API on this machine, port 8080
	$(BIN)/moengage-import sandbox --port 8080 --db .moengage-import/sandbox.sqlite

wheel: setup ## Build the wheel, install it in an empty environment, and try it there
	rm -rf build/dist build/wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/dist .
	$(PYTHON) -m venv build/wheel
	build/wheel/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt build/dist/*.whl
	cd build && wheel/bin/moengage-import check ../$(SAMPLE) --mapping ../$(MAPPING) \
	  --allow-failures 5% --quiet

constraints: ## Renew constraints.txt from the newest versions
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install --quiet --disable-pip-version-check '.[dev]'
	{ sed -n '/^#/p' constraints.txt; \
	  build/constraints/bin/pip freeze | grep -v -i moengage | sort -f; } > build/constraints.txt
	mv build/constraints.txt constraints.txt

clean: ## Remove what was made here (not the runs in .moengage-import)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
