SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

DEMO := runs/demo
SOURCES := Sources Tests Package.swift

# Code without @testable imports is built alike for tests and for use, so that `make demo` after `make test` finds
# everything built.
RELEASE_TESTS := swift test -c release --disable-testable-imports --disable-xctest \
  --explicit-target-dependency-import-check error

# The debug run looks for overflow and for broken preconditions in the engine. It leaves out the targets that need
# swift-crypto, whose build takes longer than everything else, and the tests named here, which are about bulk.
DEBUG_SUITES := Parallel CSV LinearAlgebra NumericalMethods Sampling Statistics Instruments MarketData Pricing \
  Scenarios Valuation Margin Studies
DEBUG_SKIPS := aLargeFileIsReadInOnePass
empty :=
space := $(empty) $(empty)
alternatives = ($(subst $(space),|,$(strip $(1))))
DEBUG_TESTS := PLIMSOLL_ENGINE_ONLY=1 swift test --disable-testable-imports --disable-xctest \
  --filter '^($(call alternatives,$(DEBUG_SUITES)))Tests\.' --skip '($(call alternatives,$(DEBUG_SKIPS)))'

.PHONY: help setup build test demo readme bench format lint clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Check the compiler; install the system libraries that are missing.
	@.ci/setup

build: setup ## Build the program: .build/release/plimsoll.
	@echo '== build (release)'
	@swift build -c release

test: export PLIMSOLL_WARNINGS_AS_ERRORS = 1
test: setup ## Run every test in release, check imports against the manifest, then the engine's tests in debug.
	@echo '== tests (release; warnings and undeclared imports are errors)'
	@.ci/logged .build/test-release.log $(RELEASE_TESTS)
	@echo '== tests (debug; overflow and preconditions)'
	@.ci/logged .build/test-debug.log env $(DEBUG_TESTS)

demo: build ## Compare regimes on the demo study; results in runs/demo.
	@echo '== demo'
	@.build/release/plimsoll compare scenarios/studies/demo.yaml -o $(DEMO) --force

readme: build ## Put the demo's printed table into README.md.
	@.ci/readme

bench: build ## Measure the default comparison beside the same work in numpy (see Benchmarks/README.md).
	@Benchmarks/run.sh

format: ## Rewrite the Swift sources in the project's format.
	@swift format -i -p -r $(SOURCES)

lint: ## Check format and documentation comments.
	@echo '== lint'
	@swift format lint --strict -p -r $(SOURCES)

clean: ## Remove what was built and the demo's results.
	@swift package clean
	@rm -rf $(DEMO)
