# Atlas. `make` alone lists what there is. Needed: Python 3.11 or newer and make; everything else is fetched.
PYTHON ?= python3
BIN := .venv/bin
APPS := atlas accounts fleet telemetry payments bookings
CODE := $(APPS) tests $(wildcard bench) manage.py

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test check fmt lint types schema bench bench-faults lock clean reset installed installed-dev engine

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: installed ## Start Atlas with demo data at http://127.0.0.1:8000 (PORT=..., ATLAS_DATA=...); Ctrl-C stops it
	@exec $(BIN)/python -m atlas.local.run --with-parent

test: installed-dev engine ## Run the tests; the slow ones and the browser's are in check (ARGS="-k quotes" narrows them)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser and not slow" $(ARGS)

check: lint types schema engine ## Everything that must hold before a change is merged, browser tests included
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

fmt: installed-dev ## Format the code and sort its imports
	@$(BIN)/ruff check --quiet --select I --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

lint: installed-dev ## Style, likely mistakes, and who may import whom
	@$(BIN)/ruff format --check --quiet $(CODE) || { echo "atlas: not formatted; run make fmt"; exit 1; }
	@$(BIN)/ruff check --quiet $(CODE)
	@report=$$($(BIN)/lint-imports) || { echo "$$report"; exit 1; }

types: installed-dev ## Strict type checking
	@$(BIN)/mypy $(CODE)

schema: installed-dev ## Django's own checks, and an OpenAPI document without a warning
	@$(BIN)/python manage.py check
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

bench: installed-dev engine ## Measure what bench/ measures
	@$(BIN)/python -m bench $(ARGS)

bench-faults: installed-dev engine ## A thousand runs of money under faults, and mistakes that they must find
	@$(BIN)/python -m bench.faults $(ARGS)

lock: installed-dev ## Pin requirements*.txt anew from requirements*.in, with hashes
	@command -v $(BIN)/uv > /dev/null || $(BIN)/pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		requirements.in --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
		--constraint requirements.txt requirements-dev.in --output-file requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --no-deps --generate-hashes --python-version 3.11 \
		requirements-objects.in --output-file requirements-objects.txt

clean: ## Remove what can be fetched or made again (the data in var/ stays)
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset: ## Remove the data in var/: the next run starts with fresh demo data
	@test -z "$(ATLAS_DATA)" || { echo "atlas: this empties var/ only; remove $(ATLAS_DATA) yourself"; exit 1; }
	@$(PYTHON) -I -c "import fcntl, pathlib; p = pathlib.Path('var/run/lock'); \
		p.exists() and fcntl.flock(p.open('a'), fcntl.LOCK_EX | fcntl.LOCK_NB)" 2> /dev/null \
		|| { echo "atlas: it runs; stop it first"; exit 1; }
	@rm -rf var

installed:
	@$(PYTHON) -I atlas/local/bootstrap.py requirements.txt

installed-dev:
	@$(PYTHON) -I atlas/local/bootstrap.py requirements-dev.txt

engine: installed-dev
	@$(BIN)/python -m atlas.local.engine > /dev/null
	@$(BIN)/python -m atlas.local.objects > /dev/null
