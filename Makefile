# The same words on a laptop and in CI. Needs nothing but make and Python 3.10 or newer.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --quiet

# Two processes, which share the work file by file. With COVERAGE_PROCESS_START each of them counts
# its lines from its very start, before pytest loads celerykit's own plugin.
SIDE_BY_SIDE := --numprocesses 2 --dist loadfile
# The live tests wait more than they compute. Each broker's are the work of one process.
BROKER_BY_BROKER := --numprocesses 3 --dist loadgroup

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test types lint live docs bench all clean

help: ## list these words
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r word what; do \
		printf '  make %-6s %s\n' "$$word" "$$what"; done

demo: .venv/base ## what celerykit does, in a minute, without a broker
	@$(BIN)/python examples/demo.py

test: .venv/with-test ## every test that needs no broker, and the examples in the docs; coverage must be 100 %
	@$(BIN)/coverage erase
	@COVERAGE_PROCESS_START=$(CURDIR)/pyproject.toml $(BIN)/python -m pytest $(SIDE_BY_SIDE)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

types: .venv/with-types .venv-stubs/base .venv-bare/base ## mypy and pyright, with celery-types and without
	@$(BIN)/python scripts/check_types.py

lint: .venv/with-lint ## style, format, and a docstring for every test
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/interrogate tests

live: .venv/with-live ## the tests that need Redis and RabbitMQ on this machine
	@$(BIN)/python -m pytest -m live $(BROKER_BY_BROKER) tests/live

docs: .venv/with-docs ## build the documentation into build/docs; a broken link is an error
	@$(BIN)/sphinx-build --nitpicky --fail-on-warning --quiet docs build/docs

bench: .venv/with-live ## compare celerykit with plain Celery, and write the figures down; CASES=bulk: that alone
	@$(BIN)/python benchmarks/run.py $(CASES)

all: demo lint test types docs live ## everything above but bench: run it before you push

clean: ## forget every environment and every result
	rm -rf .venv .venv-* build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Each environment is made once, and again when pyproject.toml changes.

.venv/base: pyproject.toml
	@test -n "$(PYTHON)" || { echo "celerykit needs Python 3.10 or newer; name yours: make PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	$(INSTALL) --python $(BIN)/python --editable .
	@touch $@

.venv/with-%: .venv/base
	$(INSTALL) --python $(BIN)/python --group $*
	@touch $@

.venv-stubs/base: .venv/base
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-stubs
	$(INSTALL) --python .venv-stubs/bin/python --editable '.[types]' --group test
	@touch $@

.venv-bare/base: .venv/base
	$(UV) venv --quiet --clear --python $(BIN)/python .venv-bare
	$(INSTALL) --python .venv-bare/bin/python --editable . --group test
	@touch $@
