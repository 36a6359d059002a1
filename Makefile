# OSCARTES. `make demo` and `make test` need Python 3.11+, python3-venv and make; the rest is
# installed into .venv by the first of them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := cli.py bazar_forms oscartes_sync
ALL := $(CODE) tests tools

.PHONY: demo test check bench catalogues format clean help

help:
	@echo "make demo    the main job on the embedded stand-ins"
	@echo "make test    all tests"
	@echo "make check   format, lint, types, contracts, catalogues"
	@echo "make bench   benchmarks against vdirsyncer (docs/performance.md)"

$(READY): setup.cfg pyproject.toml packaging/need-python.sh
	@sh packaging/need-python.sh $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/oscartes demo

test: $(READY)
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest --numprocesses 2
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: $(READY)
	@$(BIN)/ruff format --check $(ALL)
	@$(BIN)/ruff check $(ALL)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/catalogues.py check

bench: $(READY)
	@$(BIN)/python tools/bench.py

catalogues: $(READY)
	@$(BIN)/python tools/catalogues.py update

format: $(READY)
	@$(BIN)/ruff format $(ALL)
	@$(BIN)/ruff check --fix $(ALL)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
