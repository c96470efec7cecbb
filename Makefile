# `make` lists what there is. Every target sets itself up first; when nothing changed that costs a moment.

PYTHON ?= python3
OURS := .venv/bin/python
# These need no trained model, so that it is trained meanwhile; the core's, which need no server either, come first.
WITHOUT_MODEL := $(wildcard tests/test_*.py) $(addprefix tests/,knowledge language spec docs store actions chat console worker)
# They start all programs and hold them to their times.
ALONE := tests/programs
AT_ONCE := -n auto --dist loadfile

export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3
unexport PYTHONDONTWRITEBYTECODE

define NEEDS_PYTHON
@command -v $(PYTHON) >/dev/null || { echo "Bedside needs a Python to set itself up; install python3, or say make PYTHON=..." >&2; exit 1; }
endef

.DEFAULT_GOAL := help
.PHONY: help run scale test check proofs pages bench-triage bench-language bench-patients bench-faults bench-turns bench-scale thresholds reference train chat clinician setup setup-dev clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: setup ## start everything: chat on port 8000, console on port 8001
	@$(OURS) -m launch.run

scale: setup ## start two of each on the PostgreSQL of BEDSIDE_DATABASE_URL: chat on ports 8000 and 8010
	@$(OURS) -m launch.scale

test: setup-dev ## run all tests; the model is trained meanwhile
	@$(OURS) -m launch.training & training=$$!; \
	$(OURS) -m pytest $(AT_ONCE) $(WITHOUT_MODEL) || { kill $$training; exit 1; }; \
	wait $$training
	@$(OURS) -m pytest $(AT_ONCE) $(addprefix --ignore=,$(WITHOUT_MODEL) $(ALONE))
	@$(OURS) -m pytest $(ALONE)

check: setup-dev ## format, lint, types and layers, changing nothing
	@$(OURS) -m ruff format --check .
	@$(OURS) -m ruff check .
	@$(OURS) -m mypy
	@$(OURS) -m bench.pages --check
	@$(OURS) -m pytest -q $(wildcard tests/test_layers.py tests/test_domain.py)

proofs: setup-dev ## try the proofs of triage on many more reports (minutes)
	@HYPOTHESIS_PROFILE=thorough $(OURS) -m pytest -q tests/test_proofs.py

pages: setup-dev ## write the generated pages of docs/
	@$(OURS) -m bench.pages

bench-triage: setup-dev ## figures of triage over bench/cases/, from the signs and from the text
	@$(OURS) -m bench.triage_figures

bench-language: setup-dev ## figures of the reading over the test half of bench/cases/language/
	@$(OURS) -m launch.training
	@$(OURS) -m bench.language_report

bench-patients: setup-dev ## let 500 simulated patients talk to the running bot (start it with make run)
	@$(OURS) -m bench.patients

bench-turns: setup-dev ## measure turns after 10 and 1,000 earlier ones of the running bot (start it with make run)
	@$(OURS) -m bench.turns

bench-scale: setup-dev ## compare the CPU of a turn with two of each program and with one (needs PostgreSQL)
	@$(OURS) -m bench.scale

DATABASE ?= sqlite
FAULTS ?= 200
SEED ?= 1
bench-faults: setup-dev ## break the programs 200 times while patients write, and compare (20 minutes; DATABASE=postgres, and TWO=1 for two of each)
	@$(OURS) -m launch.training
	@$(OURS) -m bench.faults --database $(DATABASE) $(if $(TWO),--two-of-each) --faults $(FAULTS) --seed $(SEED)

thresholds: setup-dev ## choose the thresholds of the signs again by cross-validation (many minutes)
	@$(OURS) -m bench.thresholds

EPOCHS ?= 100
SHARE ?= 1
reference: setup-dev ## train Rasa's documented pipeline for bench-language (hours; EPOCHS=10 SHARE=5 is quicker)
	@$(OURS) -m bench.rasa_reference --out models/reference --epochs $(EPOCHS) --share $(SHARE)

train: setup ## train the model, if its data, configuration or code changed
	@$(OURS) -m launch.training

chat: setup ## talk to the running bot in this terminal
	@$(OURS) -m chat.terminal

clinician: setup ## make a clinician's account for the console
	@$(OURS) -m bedside.store add-clinician

setup: ## install what is missing: Python 3.10, packages, page assets
	$(NEEDS_PYTHON)
	@$(PYTHON) -m launch.bootstrap

setup-dev: ## the same, with the tools for tests and checks
	$(NEEDS_PYTHON)
	@$(PYTHON) -m launch.bootstrap --dev

clean: ## remove what was installed and trained; the record in var/ stays
	@rm -rf .venv .tools node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .rasa models/bedside-*.tar.gz
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
