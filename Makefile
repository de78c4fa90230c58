# `make help` lists what there is. Everything is a thin call of a program that can be called without make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BOT := .venv/bin/python
# Tests that need no server of the whole test run are shared by several processes.
SHARED := -n auto --dist worksteal

.PHONY: help run setup train test lint format unit web-test rasa-test mutants qa browser doctor evidence-report nlu-report clean python dev

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

run: python ## set up what is missing, then run everything until Ctrl-C
	@$(PYTHON) -m bot.ops.bootstrap run && exec $(BOT) -m bot run

setup: dev ## only set up: both environments with the test tools, the web build, the model
	@$(BOT) -m bot train && $(BOT) -m bot.ops.web build

train: python ## train the dialog model if its inputs changed
	@$(PYTHON) -m bot.ops.bootstrap && $(BOT) -m bot train

test: lint web-test rasa-test ## everything that needs no extra server: lint, types, web, Rasa, unit, conversations, browser
	@$(BOT) -m bot.ops.web build && $(BOT) -m pytest $(SHARED) -m "not system" && mkdir -p var
	@# The conversations have a helpdesk of their own beside that of the others.
	@$(BOT) -m pytest -q -m system tests/conversations >var/conversations.log 2>&1 & other=$$!; \
	trap 'kill $$other' INT TERM; \
	$(BOT) -m pytest -m system --ignore tests/conversations; code=$$?; \
	wait $$other || code=1; cat var/conversations.log; exit $$code

lint: dev ## formatting, mistakes, types
	$(BOT) -m ruff format --check .
	$(BOT) -m ruff check .
	$(BOT) -m mypy

format: dev ## put the formatting right
	$(BOT) -m ruff format .
	$(BOT) -m ruff check --fix .

unit: dev ## the tests that need no Rasa and no browser (seconds)
	$(BOT) -m pytest -q $(SHARED) -m "not system and not browser"

web-test: dev ## the unit tests of the widget
	@$(BOT) -m bot.ops.web test

rasa-test: dev ## Rasa's own checks: the data, the stories
	@$(BOT) -m bot train
	$(BOT) -m bot qa rasa

mutants: setup ## do the conversation tests find defects? (half an hour or more; NAME='part of a name', QUICK=1)
	$(BOT) -m tools.mutants $(if $(QUICK),--quick) $(if $(NAME),'$(NAME)')

qa: setup ## the conversation tests: customers against the four real processes
	$(BOT) -m bot qa run

browser: setup ## the widget in a real Chromium
	$(BOT) -m pytest -m browser

nlu-report: dev ## the intent model on labelled rows (NLU_DEV=folder): a page in var/nlu-report/
	@.venv-rasa/bin/python tools/nlu_report.py

evidence-report: dev ## how well, how fast and with how much memory payment pictures are read
	$(BOT) -m tools.evidence_report

doctor: ## check this installation and say what to do
	@test -x $(BOT) || { echo 'daozhang: nothing is set up yet: make run' >&2; exit 1; }
	@$(BOT) -m bot doctor

clean: ## remove what can be made again; var/ (databases, uploads, secret) stays
	rm -rf .venv .venv-rasa .tools .rasa models results web/dist web/node_modules
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo 'daozhang: Python 3.11 or newer is needed, none was found in PATH' >&2; exit 1; }

dev: python
	@$(PYTHON) -m bot.ops.bootstrap dev
