# make demo    set up, then compare general with simplified deregistration: table, figure and report in build/demo/
# make test    set up, then run every test
# make lint    ruff, the type checker and the import contracts
# make bench   the benchmarks
# make soak    the proofs at full length: 200 killed processes on each store, 20,000 contested events, 100,000
#              hostile inputs; an hour or two. SEED=7 for other moments and orders
# make gallery every figure of the catalogue on one page: build/gallery/index.html
# make sources LAW=DIR  look every citation up in the statutes of a folder
# make catalogue  the pages of docs/catalogue, from the definitions
# make lock    renew requirements.lock from pyproject.toml (needs uv)
# make clean   remove what the above made

PYTHON ?= python3
PYTEST_ARGS ?=
BIN := .venv/bin
STAMP := .venv/stamp
SEED ?= 1
DEMO := build/demo
DEMO_LANG ?= zh
JIANBAN := $(BIN)/jianban --lang $(DEMO_LANG)
PAIR := deregistration/general deregistration/simple
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := test
.PHONY: setup demo test lint lint-style lint-format lint-types lint-imports bench soak gallery sources catalogue lock clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Jianban needs Python 3.11 or newer, but '$(PYTHON)' is" \
	  "$$($(PYTHON) --version 2>&1 || true). Name another: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv (once, one to three minutes)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
	if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv --clear .venv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m venv --clear --without-pip .venv && \
	  $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check pip; \
	else \
	  echo "'$(PYTHON)' has neither ensurepip nor pip: on Debian, install the package python3-venv" \
	    "(apt-get install python3-venv), or name another: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)
	@mkdir -p $(DEMO)
	$(JIANBAN) compare $(PAIR)
	$(JIANBAN) compare $(PAIR) --output $(DEMO)/report.html
	$(JIANBAN) draw $(PAIR) --embed-fonts --output $(DEMO)/comparison.svg
	$(JIANBAN) draw $(PAIR) --output $(DEMO)/comparison.pdf
	@echo; $(JIANBAN) compare $(PAIR) | sed '/^$$/q'
	@echo "→ $(DEMO)/report.html $(DEMO)/comparison.svg $(DEMO)/comparison.pdf"

test: $(STAMP)
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

lint: $(STAMP)
	@$(MAKE) --no-print-directory --jobs --keep-going --output-sync=target lint-style lint-format lint-types lint-imports

lint-style: $(STAMP)
	$(BIN)/ruff check

lint-format: $(STAMP)
	$(BIN)/ruff format --check

lint-types: $(STAMP)
	$(BIN)/basedpyright

lint-imports: $(STAMP)
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/python -m benchmarks

soak: $(STAMP)
	JIANBAN_SOAK=1 JIANBAN_KILLS=200 JIANBAN_SEED=$(SEED) $(BIN)/python -m pytest -v --durations=0 \
	  --hypothesis-profile=explore tests/engine/proofs tests/engine/effects/test_processes.py \
	  tests/engine/store/test_hostile.py $(PYTEST_ARGS)

gallery: $(STAMP)
	$(BIN)/python -m docs.pictures.gallery build/gallery

sources: $(STAMP)
	$(BIN)/jianban sources $(if $(LAW),--law "$(LAW)")

catalogue: $(STAMP)
	$(BIN)/python -m docs.catalogue.make docs/catalogue

lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
