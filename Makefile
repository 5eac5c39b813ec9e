# make run   everything on one machine: demo world, server, worker, simulated banks
# make test  the whole proof
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: install install-dev run test lint bench bench-outlook lock clean

install: .venv/run.ok
install-dev: .venv/dev.ok

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.ok: .venv/bin/python requirements/run.txt pyproject.toml
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python tools/catalogue.py compile
	touch $@

.venv/dev.ok: .venv/run.ok requirements/dev.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	touch $@

.venv/bench.ok: .venv/dev.ok requirements/bench.txt
	$(PIP) --require-hashes -r requirements/bench.txt
	touch $@

run: install
	$(BIN)/python tools/catalogue.py compile
	$(BIN)/izker run

test: install-dev
	$(BIN)/python tools/catalogue.py compile
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogue.py check
	$(BIN)/python tools/vendored.py
	$(BIN)/python tools/house_rules.py

bench: .venv/bench.ok
	$(BIN)/python -m benchmarks

bench-outlook: install-dev
	$(BIN)/python -m benchmarks.outlook
	$(BIN)/python -m benchmarks.outlook.nowcast

lock:
	cd requirements && for name in run dev bench; do \
	  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q $$name.in -o $$name.txt; done

clean:
	rm -rf .venv var
