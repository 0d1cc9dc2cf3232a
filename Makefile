# Everything runs in .venv, made on first use from pyproject.toml and constraints.txt.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test test-all check bench view clean

demo: $(READY)
	$(BIN)/takeup compare scenarios/helsinki/baseline.toml scenarios/helsinki/*-plan.toml \
	    --out results/demo --force

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow"

test-all: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python benchmarks/run.py

# The workshop view, in a browser.
view: $(READY)
	$(BIN)/takeup view scenarios/riverton/full-plan.toml

clean:
	rm -rf $(VENV) results

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV), once: about two minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
