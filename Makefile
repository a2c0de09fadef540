# Two commands on a fresh machine with Python 3.11: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: setup demo serve test check docs bench clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@echo "Setting up $(VENV): a minute or two"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

demo: setup
	$(VENV)/bin/python -m topco.cli.demo

serve: setup
	test -d topco-demo/store || $(VENV)/bin/python -m topco.cli.demo >/dev/null
	$(VENV)/bin/topco serve --store topco-demo/store

# Tests in a browser run by themselves: its driver keeps an event loop, in which others cannot begin their own.
# What fails there is tried once more by itself: a browser on a busy machine may miss a moment, never twice.
test: setup
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --ignore tests/browser
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile tests/browser || \
	  $(VENV)/bin/python -m pytest --last-failed --last-failed-no-failures none tests/browser

check: setup
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

docs: setup
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --strict

bench: setup
	$(VENV)/bin/python -m bench

clean:
	rm -rf $(VENV) dist site .topco topco-demo .pytest_cache .mypy_cache .ruff_cache
