# OSCARTES. `make demo` and `make test` need Python 3.11+, python3-venv and make; the rest is
# installed into .venv by the first of them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := cli.py bazar_forms oscartes_sync
ALL := $(CODE) tests tools

.PHONY: demo test check bench faults soak load guards mutants catalogues format clean help

help:
	@echo "make demo    the main job on the embedded stand-ins"
	@echo "make test    all tests"
	@echo "make check   format, lint, types, contracts, catalogues"
	@echo "make bench   benchmarks against vdirsyncer and rclone (docs/performance.md)"
	@echo "make faults  a run broken at every point where it can break (docs/guarantees.md)"
	@echo "make soak    thousands of random histories with faults"
	@echo "make load    ten thousand events in one binding"
	@echo "make guards  each guard taken away, to see the tests notice"
	@echo "make mutants small changes of planning/, to see the tests notice"

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

faults: $(READY)
	@$(BIN)/python tools/faults.py

soak: $(READY)
	@$(BIN)/python tools/soak.py

load: $(READY)
	@$(BIN)/python tools/load.py

guards: $(READY)
	@$(BIN)/python tools/guards.py

mutants: $(READY)
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev,mutants]'
	@$(BIN)/python tools/mutants.py

catalogues: $(READY)
	@$(BIN)/python tools/catalogues.py update

format: $(READY)
	@$(BIN)/ruff format $(ALL)
	@$(BIN)/ruff check --fix $(ALL)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
