# Two commands do most of it: make run, make test. They need Python 3.11 or newer and make, nothing else.

.DEFAULT_GOAL := help
.PHONY: help run test install install-dev check peers bench lock frontend clean

ARGS ?=
WITH_PYTHON := sh tools/with-python.sh

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: install ## Start the whole house; Ctrl-C stops it
	@exec .venv/bin/bluelamp run $(ARGS)

test: install-dev ## Run every test (ARGS="-k words" for some)
	@exec .venv/bin/python -m pytest $(ARGS)

install: ## Set up .venv, the pages' styles and scripts, translations; start nothing
	@$(WITH_PYTHON) tools/install.py

install-dev:
	@$(WITH_PYTHON) tools/install.py --dev

check: install-dev ## Lint, types and the contracts between packages
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check --output-format concise
	@.venv/bin/mypy
	@.venv/bin/lint-imports

peers: ## Install the Bluesky servers that tests talk to (needs Node with headers, g++, make)
	@$(WITH_PYTHON) tools/peers.py

bench: install-dev ## Measure the hot paths against known tools
	@.venv/bin/bluelamp bench fanout $(ARGS)
	@.venv/bin/bluelamp bench audience $(ARGS)

lock: ## Write requirements/*.txt anew from pyproject.toml (needs uv)
	@$(WITH_PYTHON) tools/lock.py

frontend: ## Build the pages' styles and scripts again if their sources changed
	@$(WITH_PYTHON) tools/frontend.py

clean: ## Remove what was built; var/ with the database stays
	rm -rf .venv frontend/node_modules src/bluelamp/kit/static/bluelamp/dist
