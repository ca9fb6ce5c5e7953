# `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS = never
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo demo-two lint check test e2e conformance soak fuzz fuzz-spark golden lock messages shots browser clean

help: ## Show this help
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tongban needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.7,<1'

$(VENV)/.setup: requirements.txt pyproject.toml | $(VENV)/bin/uv
	@echo "Installing what Tongban needs (about half a minute the first time) ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.setup-dev: requirements-dev.txt $(VENV)/.setup
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.setup ## Create the environment; afterwards .venv/bin/tongban is the command line

setup-dev: $(VENV)/.setup-dev ## The same with the tools for development

run: setup ## Start Tongban with its own database and demo content on http://localhost:8000
	@$(BIN)/tongban demo --serve

demo: run ## The same as run

demo-two: setup ## Two neighbouring nodes with demo content
	@$(BIN)/tongban demo-two

lint: setup-dev ## Lint, types and import contracts
	$(BIN)/ruff check src tests scripts bench
	$(BIN)/ruff format --check src tests scripts bench
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

check: lint ## Lint, types, import contracts and the fast tests (under two minutes)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not journey and not slow" tests/core tests/packs tests/architecture

browser: ## Chromium, fonts and Java for the tests, through apt where root and apt are at hand
	@bash scripts/browser.sh

test: lint browser ## Everything; what CI runs
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

e2e: setup-dev browser ## The browser journeys only
	$(BIN)/python -m pytest -q -m journey

conformance: setup-dev ## Checks against shapes that cannot be shipped: put them into TONGBAN_SHAPES first
	@test -n "$$TONGBAN_SHAPES" -a -d "$$TONGBAN_SHAPES" || { echo "Set TONGBAN_SHAPES to the folder of the shapes; tests/conformance/test_dcat_ap.py and test_cpsv_ap.py say which."; exit 1; }
	$(BIN)/python -m pytest -q tests/conformance

MINUTES ?= 20

soak: setup-dev ## A hundred kills of web, worker and PostgreSQL; a hundred thousand random households
	TONGBAN_SOAK=1 $(BIN)/python -m pytest -q -s tests/faults/test_killed_at_random.py
	TONGBAN_SOAK=1 $(BIN)/python -m pytest -q tests/conformance/test_country_template.py

fuzz: setup-dev ## Random rules on all engines for MINUTES=20: each has to say what the interpreter says
	$(BIN)/python -m tests.core.rules.fuzz --minutes $(MINUTES)

fuzz-spark: setup-dev browser ## The same on Spark
	$(BIN)/python -m tests.core.rules.fuzz --minutes $(MINUTES) --engines spark

golden: setup-dev ## Rewrite the golden files; read the diff before you commit
	GOLDEN=1 $(BIN)/python -m pytest -q tests -k golden

messages: setup-dev ## Extract and compile the interface texts
	$(BIN)/python scripts/messages.py

shots: setup-dev browser ## Screenshots of every page at 1280 and 375 px, light and dark, into shots/out
	$(BIN)/python scripts/shots.py

lock: $(VENV)/bin/uv ## Pin the environment anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Remove the environment (the data in .tongban stays)
	rm -rf $(VENV)
