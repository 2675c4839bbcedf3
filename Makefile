# Two commands: `make brief` and `make test`. Needs Python 3.11 or later with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= build
PIP_FLAGS := --quiet --disable-pip-version-check
# Modules are compiled when they are first loaded; most of what is installed never is.
INSTALL := install $(PIP_FLAGS) --no-compile

.PHONY: brief test lint types imports check clean wheel
.DEFAULT_GOAL := brief

# A stamp per set of extras: installed again only when pyproject.toml changes.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Détente needs Python 3.11 or later (found: $$($(PYTHON) --version 2>&1)): install it, or run: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python has no venv module: install it (Debian, Ubuntu: apt install python3-venv)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) ..."
	@$(BIN)/python -m pip $(INSTALL) -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "installing what the tests need ..."
	@$(BIN)/python -m pip $(INSTALL) -e '.[test,dev]'
	@touch $@

brief: $(VENV)/.installed
	@$(BIN)/detente brief us-china --out $(OUT)/brief.html
	@$(BIN)/detente brief us-china --on 2025-06-05 --out $(OUT)/brief-2025-06-05.html

# Files of tests go to as many workers as there are processors.
test: $(VENV)/.installed-test lint imports types
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-test
	@$(BIN)/ruff check src tests benchmarks examples
	@$(BIN)/ruff format --check src tests benchmarks examples

imports: $(VENV)/.installed-test
	@$(BIN)/lint-imports

types: $(VENV)/.installed-test
	@$(BIN)/basedpyright --level error

wheel: $(VENV)/.installed-test
	@$(BIN)/python -m pip wheel $(PIP_FLAGS) --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) build dist
