# Two commands matter: `make demo` (see it run) and `make test` (everything that must hold).
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8501

.PHONY: demo test lint types chromium bench lock docs clean help

help:
	@echo "make demo   sample province -> snapshot -> dashboard on 127.0.0.1:$(PORT)"
	@echo "make test   lint, types, imports, unit, page and browser tests"
	@echo "make bench  speed and memory as ratios, results in docs/benchmarks.md"
	@echo "make docs   regenerate the metric dictionary and the CLI reference"
	@echo "make lock   resolve the dependencies again"

demo: .venv/.runtime
	@$(BIN)/gandan demo --port $(PORT)

test: .venv/.dev chromium lint types
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

# Debian's package, installed when we may; a browser of the tests' own cannot be downloaded everywhere.
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || \
	{ command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	{ command -v apt-get >/dev/null 2>&1 && sudo -n true 2>/dev/null && sudo apt-get update -qq && sudo apt-get install -y -qq chromium >/dev/null; } || \
	{ echo "The browser tests need chromium. Install Debian's package: apt-get install chromium" >&2; exit 1; }

bench: .venv/.dev
	$(BIN)/python -m benchmarks

docs: .venv/.dev
	$(BIN)/python -m metrics.dictionary
	$(BIN)/python -m gandan.reference > docs/cli.md

# Exact versions in, none chosen here. The project itself goes in last, without dependencies of its own.
.venv/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.lock
	@touch $@

lock: .venv/.dev
	$(BIN)/pip-compile -q --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra sso -c requirements.lock -o requirements-sso.lock pyproject.toml
	$(BIN)/pip-compile -q --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra dev --extra sso -c requirements.lock -c requirements-sso.lock -o requirements-dev.lock pyproject.toml

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
