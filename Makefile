# Each verb sets up what it needs; a second run finds it and starts at once.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test lint soak bite bench docs sdks lock clean

PYTEST := tools/with-cli python -m pytest

help: ## Show the verbs.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 15

setup: ## Make .venv with the project in it, and find or install a browser and a Pulumi CLI.
	@tools/setup
	@echo "ready: the Pulumi CLI in $$(tools/pulumi-cli/get)"

demo: ## Start, show, refresh and stop a recording with the real Pulumi engine, on the local emulator.
	@tools/setup --browser=optional
	@tools/with-cli python -m tools.demo

test: lint ## Lint, types and all tests but the soak.
	@tools/setup
	@$(PYTEST) -m "not soak" --ignore=tests/recorder -n 6 --dist worksteal
	@echo "now the recorder's tests, which keep real time: two at once, and those of sound, to some hundredths of a second, alone"
	@$(PYTEST) -m "not soak" tests/recorder -n 2 --dist worksteal --ignore=tests/recorder/test_sound.py
	@$(PYTEST) -m "not soak" tests/recorder/test_sound.py

check: lint ## Lint, types and the unit tests, in a minute or so.
	@$(PYTEST) -m "not soak" tests/unit -n auto --dist worksteal

lint: ## Style and types.
	@tools/setup --browser=none
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

soak: ## The long form of the proofs, for an hour or so on a quiet machine.
	@tools/setup
	@$(PYTEST) -m soak --timeout=14400 --ignore=tests/protocol/test_matrix.py --ignore=tests/protocol/test_schedules.py
	@echo "now the matrices and schedules, side by side: they wait most of the time"
	@$(PYTEST) -m soak -n auto --maxprocesses=4 --dist worksteal --timeout=14400 \
		tests/protocol/test_matrix.py tests/protocol/test_schedules.py

bite: ## Cut each rule out of the provider, one after the other, and see a test fail; prints a table.
	@tools/setup --browser=none
	@.venv/bin/python -m tests.bite

bench: ## Measure what a recording costs; prints a table.
	@tools/setup
	@tools/with-cli python -m benchmarks

docs: ## Write the documents that are made from the code, and build README.md and docs/ into site/index.html.
	@tools/setup --browser=none
	@.venv/bin/python -m tools.docs.schema
	@.venv/bin/python -m tools.docs.plugin_schema
	@.venv/bin/sphinx-build -W --keep-going -q -c docs . site

sdks: ## Generate the SDKs for Node.js, Go and Python into sdk/, from docs/plugin.schema.json.
	@rm -rf sdk
	@"$$(tools/languages/get sdkgen)" docs/plugin.schema.json sdk
	@echo "ready: sdk/nodejs, sdk/go, sdk/python"

lock: ## Renew requirements.lock from pyproject.toml.
	@tools/lock

clean: ## Remove what the verbs made in this folder; the cached Pulumi CLI stays.
	rm -rf .venv sdk site .demo .emulator .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
