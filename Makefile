# make run · make test · make check · make docs · make bench · make faults: each builds .venv first, from nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Where this is set, each of the many processes would compile textgen, and each pytest its tests, anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check docs bench faults clean

run: $(VENV)/installed
	$(BIN)/textgen run
	$(BIN)/textgen runs list

test: $(VENV)/installed-dev check
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder -p no:benchmark

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/installed-dev
	$(BIN)/python docs/reference.py

bench: $(VENV)/installed-dev
	$(BIN)/textgen bench
	$(BIN)/pytest benchmarks --benchmark-only

faults: $(VENV)/installed-dev
	unshare --map-root-user --mount $(BIN)/python tests/faults/storage.py
	$(BIN)/python tests/faults/crowd.py
	$(BIN)/python tests/faults/kills.py --kills 500
	$(BIN)/python tests/faults/crowd.py --database postgresql
	$(BIN)/python tests/faults/kills.py --kills 100 --database postgresql
	$(BIN)/python tests/faults/server.py --crashes 20
	$(BIN)/python -W error tests/faults/garbled.py --cases 10000

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "textgen needs Python 3.11 or newer; say make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@ $(VENV)/installed
