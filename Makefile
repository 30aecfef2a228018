# Every goal sets Sextant up first (seconds the first time, milliseconds after) and then runs in `.venv`.
# ARGS go to the command: `make test ARGS='-k engine'`. PYTHON is the Python to build on: `make test PYTHON=python3.12`.
PYTHON ?= python3
START := $(PYTHON) -m suite.bootstrap
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo run test bench bench-engine bench-runs bench-http bench-pages bench-medical bench-molecules bench-audio bench-design bench-deepfake bench-marketing lint format docs constraints clean

help:  ## list these goals
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup:  ## only set up: .venv with every studio and the test tools
	@$(START)

demo:  ## run every studio on its examples and write demo/index.html
	@$(START) -m suite demo $(ARGS)

run:  ## open the studios in a browser (ARGS='--port 8600 --only medical')
	@$(START) -m suite serve $(ARGS)

test:  ## run the tests (ARGS='-m "not slow"' for the quick ones)
	@$(START) -m pytest $(ARGS)

bench: bench-engine bench-runs bench-http bench-medical bench-molecules bench-audio bench-design bench-deepfake bench-marketing  ## every benchmark, one after the other

bench-engine:  ## the engine against a direct call; fails where a target is missed
	@$(START) -m tests.benchmarks.engine $(ARGS)

bench-runs:  ## what a run record costs
	@$(START) -m tests.benchmarks.runs $(ARGS)

bench-http:  ## HTTP beside LitServe and Ray Serve (ARGS=--without-rivals leaves these out), then bench-pages
	@$(START) -m tests.benchmarks.http $(ARGS)
	@$(START) -m tests.benchmarks.pages

bench-pages:  ## first paint of the dashboards, and what an idle server costs
	@$(START) -m tests.benchmarks.pages $(ARGS)

bench-medical:  ## the figures of the medical model cards, recomputed
	@$(START) -m apps.medical.benchmark $(ARGS)

bench-molecules:  ## the figures of the molecules model card, on the MOSES benchmark
	@$(START) -m apps.molecules.benchmark $(ARGS)

bench-audio:  ## the figures of the audio model card (ARGS="--effects FOLDER --speech FOLDER" for all of them)
	@$(START) -m apps.audio.benchmark $(ARGS)

bench-design:  ## the figures of the design studio
	@$(START) -m apps.design.benchmark $(ARGS)

bench-deepfake:  ## the figures of the deepfake studio (ARGS="--faces FOLDER --speech FOLDER --work FOLDER" for all of them)
	@$(START) -m apps.deepfake.benchmark $(ARGS)

bench-marketing:  ## the figures of the marketing studio
	@$(START) -m apps.marketing.benchmark $(ARGS)

lint:  ## ruff, mypy and shellcheck
	@$(START) -m ruff check .
	@$(START) -m ruff format --check .
	@$(START) -m mypy
	@scripts/shellcheck.sh

format:  ## let ruff rewrite what it can
	@$(START) -m ruff check --fix .
	@$(START) -m ruff format .

# without --quiet: it hides the warnings from --strict too, and a broken link passes
docs:  ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(START) --extras all,test,docs -m mkdocs build --strict $(ARGS)

constraints:  ## pin the newest versions that fit pyproject.toml into constraints.txt
	@$(START) scripts/constraints.py $(ARGS)

clean:  ## remove .venv and everything that was built
	rm -rf .venv .venv.old-* .venv.lock .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist demo site
