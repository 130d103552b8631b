# Everything goes through .venv, so that nothing else on the machine is touched.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EVAL_INDEX ?= .index/eval
SOURCE ?= corpus/
# Other organisations' manuals with questions; where there are none, make eval says so and goes on.
AWAY ?= ../shared

# PyTorch's own index has the small build for CPUs; the plain package is the large one for graphics cards.
TORCH := $(shell sed -n 's/^ *"\(torch==[0-9.]*\)",.*/\1/p' pyproject.toml)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
# The accessibility checker of the page's tests comes from npm; where npm is missing those tests skip.
AXE := tests/browser/node_modules/.package-lock.json

.PHONY: help install ingest chat test test-quick inspect trials endure audit eval bench screenshots lint format lock clean

help: ## Show what can be made
	@echo "Who do I ask?"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; \
		do printf '%-20s %s\n' "$$name" "$$text"; done

install: $(INSTALLED) ## Make .venv and install everything into it (quick when it is up to date)

# torch goes first and alone: once it is there, nothing that follows asks for the large build.
$(INSTALLED): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer with its venv module is needed, and '$(PYTHON)' is not that:" \
			"install it (on Debian: apt-get install python3-venv), or say which to use: make PYTHON=/path/to/python3.11" >&2; \
		exit 2; }
	"$(PYTHON)" -m venv $(VENV)
	$(PIP) install --retries 0 --timeout 5 --extra-index-url $(TORCH_INDEX) $(TORCH)
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

ingest: install ## Read a manual into the index (SOURCE=folder or git URL; corpus/ unless told)
	@$(BIN)/whodoiask ingest "$(SOURCE)"

chat: ingest ## Read the manual if it changed, then open the chat page
	@$(BIN)/whodoiask chat

$(AXE): tests/browser/package-lock.json
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund --silent; \
		else echo "npm is missing: the tests of accessibility will be skipped" >&2; fi

# One worker more than there are cores: the page that runs for five minutes, in one of them, mostly waits.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) + 1 )))
test: install $(AXE) ## Run all tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-quick: install ## Run the tests that take no more than a moment
	$(BIN)/python -m pytest -m 'not slow' --numprocesses auto --maxprocesses 4 --dist loadfile

# The inspector is 95 MB of npm, most of them its page: too much for each run of the tests, which skip what needs it.
INSPECTOR := tests/inspector/node_modules/.package-lock.json
$(INSPECTOR): tests/inspector/package-lock.json
	npm ci --prefix tests/inspector --ignore-scripts --no-audit --no-fund --silent

inspect: install $(INSPECTOR) ## Let the protocol's own inspector look at the MCP server (needs npm)
	$(BIN)/python -m pytest tests/test_mcp.py -k inspector

# The tests that try by chance to break what must hold, this many times as long as `make test` runs them.
TRIALS ?= 20
trials: install ## Try at length to break what must hold (TRIALS=20; half an hour)
	WHODOIASK_TRIALS=$(TRIALS) $(BIN)/python -m pytest tests/test_no_contact_without_fact.py \
		tests/test_hostile_questions.py tests/test_model_hostile.py tests/test_edits.py tests/test_crashes.py

# An hour of questions while the manual is edited and ingested every minute.
MINUTES ?= 60
endure: install ## Run the chat page for an hour of mixed load (MINUTES=60)
	WHODOIASK_MINUTES=$(MINUTES) $(BIN)/python -m pytest -s tests/test_long_run.py

# What is installed: vulnerabilities that are known, where their database can be reached, licences, and a bill of materials.
audit: install ## Look for known vulnerabilities; list what is installed, with licences (build/audit/)
	$(BIN)/python tests/audit.py build/audit

# On corpus/, whose gold it is, and in an index of its own, so that nobody's manual is put aside.
eval: install ## Put the question sets to the assistant; fails when answers got worse
	@$(BIN)/whodoiask ingest corpus/ --index $(EVAL_INDEX) >/dev/null
	@$(BIN)/whodoiask eval --index $(EVAL_INDEX) --away $(AWAY) $(if $(REPORT),--out $(REPORT))

screenshots: install ## Make docs/screenshots/ anew (needs Chromium)
	$(BIN)/python tests/screenshots.py

# On the manual beside the repository where there is one; BENCH takes options, as in BENCH='--only cold warm'.
bench: install ## Measure speed and memory beside the textbook chain (two hours; see bench/RESULTS.md)
	@$(BIN)/python -m bench $(BENCH)

lint: install ## Check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## Put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What was tried together; the small build of torch has no name of its own on other machines.
lock: install ## Write constraints.txt anew, from what is installed
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt

clean: ## Remove the environment, the index and all caches
	rm -rf $(VENV) .index tests/browser/node_modules tests/inspector/node_modules build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
