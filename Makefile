# `make demo` and `make test` are all a newcomer needs; both set up .venv first if it is not ready.
# PYTHON=python3.11 chooses the Python (3.10 to 3.12), QUICK=1 shortens the demo, FRESH=1 restarts it,
# ARGS='...' goes to pytest or to the demo.

RUN := .venv/bin/python
CANDIDATES := $(or $(PYTHON),python3.11 python3.12 python3.10 python3 python)
KIND_light := --light
KIND_docs-env := --docs
SUPPORTED := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))

.PHONY: help env light docs-env docs demo test quick evidence check lint types contract clean

help:
	@echo 'make demo      pretrain, probe, fine-tune a detector and a segmenter, write work_dirs/demo/report.html'
	@echo 'make demo QUICK=1   the same in under 5 minutes'
	@echo 'make test      run the tests (about 25 minutes on two cores)'
	@echo 'make quick     those that start no process, without the configs: under 3 minutes'
	@echo 'make evidence  the trainings of docs/evidence.md, days on two cores; PART=nuclei for a part'
	@echo 'make docs      build the documentation, build/site/index.html; a broken link ends it'
	@echo 'make check     lint, types, import contract and tests'
	@echo 'make env       set up .venv only; make light: pretraining alone, into .venv-light'
	@echo 'make clean     remove the environments and caches, not work_dirs'

env light docs-env:
	@for python in $(CANDIDATES); do \
	  if $$python -c '$(SUPPORTED)' 2>/dev/null; then \
	    exec $$python tools/setup_env.py $(KIND_$@) $(if $(PYTHON),--remake); \
	  fi; \
	done; \
	echo 'make $@: none of "$(CANDIDATES)" is a Python 3.10, 3.11 or 3.12: install one or name it, as in make $@ PYTHON=/path/to/python3.11.' >&2; \
	exit 2

demo: env
	@$(RUN) -m oadp_mm demo $(if $(QUICK),--quick) $(if $(FRESH),--clean) $(ARGS)

test: env
	@$(RUN) -m pytest $(ARGS)

quick: env
	@$(RUN) -m pytest -m 'not integration' --ignore=tests/configs $(ARGS)

evidence: env
	@$(RUN) -m benchmarks.evidence run $(PART) $(ARGS)

docs: docs-env
	@.venv-docs/bin/python -m sphinx -c docs -W --keep-going -q . build/site
	@echo 'The site is in build/site/index.html.'

check: lint types contract test

lint: env
	$(RUN) -m ruff check .

types: env
	$(RUN) -m mypy

contract: env
	.venv/bin/lint-imports

clean:
	rm -rf .venv .venv-light .venv-docs build docs/api dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find oadp_mm tests tools configs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
