# make demo   build the Syria-coast dossier and print what it shows
# make test   every test                     ARGS="-k quantity" is handed to pytest
# make lint   style, types and the direction of imports
# make docs   regenerate docs/reference/ and queries/README.md
# make mutate break the rules of kg/logic on purpose and list what no test notices   ARGS="table scope"
# make lock   resolve requirements/*.txt and package-lock.json anew (needs uv and Node.js)
# make clean  remove what the tools leave behind; make distclean removes the environment as well

PYTHON ?= python3
VENV   ?= .venv
UV     ?= uv
ARGS   ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs mutate lock clean distclean browser

help:
	@sed -n 's/^# \{0,1\}make/make/p' Makefile

demo: $(VENV)/.web
	$(BIN)/kg demo

test: $(VENV)/.test $(VENV)/.web browser
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.test
	$(BIN)/python tools/reference.py

mutate: $(VENV)/.test
	$(BIN)/python tools/mutate.py $(ARGS)

browser:
	@bash tools/browser.sh

# The environment is made once; a stamp in it is renewed when the files that it was made from change.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "claims-kg needs Python 3.11 or newer; say which: make PYTHON=/path/to/python3 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "no environment could be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/build.txt -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	$(PIP) --require-hashes -r requirements/test.txt
	@touch $@

# Other people's scripts for the pages. Where they could not be had there is no stamp, and the next run tries again.
$(VENV)/.web: package-lock.json package.json .npmrc tools/assets.py $(VENV)/.run
	@$(BIN)/python tools/assets.py
	@test ! -f kg/web/vendor/vendor.json || touch $@

# Each list is a constraint on the next, so that no version differs between them.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(COMPILE) pyproject.toml -o requirements/run.txt
	$(COMPILE) --group build -c requirements/run.txt -o requirements/build.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/run.txt -c requirements/build.txt -o requirements/test.txt
	$(BIN)/python tools/assets.py --lock

clean:
	rm -rf build dist htmlcov .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find kg tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) node_modules kg/web/vendor
