# The verbs. Each one installs what it needs first; there is no step before any of them.
# Variables such as DISTRO= reach the verbs through the environment: make exports what stands on its command line.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
# What stands on make's command line: a name that no verb knows is told, not passed over.
GIVEN = $(strip $(foreach name,$(.VARIABLES),$(if $(filter command line,$(origin $(name))),$(name))))
UNDER_MAKE = PLATFORM_MARKER_MAKE='$(GIVEN)'
CLI = $(UNDER_MAKE) node bin/platform-marker.js
RUN = $(UNDER_MAKE) node --import tsx
quoted = '$(subst ','\'',$(1))'

TARGETS = help verify watch merge check marker generate check-generated diff lint explain engine engine-stop registry doctor reproduce test mutants bench soak reference screenshots clean
.PHONY: $(TARGETS)

help:
	@sed -n 's/^## //p' Makefile

## Verify
##   make verify                       every distro, by every path, on every platform
##   make verify DISTRO=debian-bookworm,azlinux3 PLATFORM=linux/arm64 WORKER_PATH=source-policy
##   make verify SHARD=2/3             the second of three parts that take about as long; TIMES=<report.json> knows how long
##   make merge REPORTS="*/report.json"  the reports of all shards as one, in OUT=
##   make watch DISTRO=azlinux3        verify again on every save of a policy, distros.yaml or a stage: what changed
##   make check                        judge again what the last run left in out/
##   make check LAYOUT=<dir or tar>    the markers of any OCI layout; PLATFORM=, REF=, DEEP=1, JSON=1
##   make marker [DISTRO=…]            only the marker images, as OCI layouts in out/marker/
##   make reproduce                    the same inputs give the same markers: from the cache, without it, by another builder
##   make doctor                       what this machine can do, what it lacks, and what to do about that; JSON=1
## Policies and data
##   make generate                     write docker-bake.json, policies/ and schemas/ from distros.yaml; hand edits stay
##   make generate FORCE=<distro>      its policy too where it is edited by hand; what was there stays as a backup
##   make check-generated              fail where a generated file is not what generate writes, hand edits aside
##   make diff                         the hand edits of the policies, against what would be generated
##   make lint [FIX=1]                 what is wrong with the policies, with line and column
##   make explain REF=debian:bookworm  what the policies do with a source, rule by rule; nothing is built
## By hand
##   eval "$(make -s engine)"          an engine that stays up, for using docker by hand; make engine-stop ends it
##   make registry                     serve out/marker/ at the address that the policies name
## This project
##   make test                         types, lint, unit tests and end-to-end tests
##   make mutants                      workers with one seeded defect each: how many are caught
##   make soak [RUNS=50]               one distro verified many times in a row: does anything grow
##   make bench                        the figures of the README; PAIRS=, SKIP_COLD=1, ONLY=runs,growth,layouts,scale,start
##   make reference                    write docs/reference/ from the code; make screenshots the pictures in docs/images/
##   make clean                        take out/ away; CACHE=1 the engine and the bases as well
verify watch merge check marker doctor generate check-generated diff lint explain engine registry reproduce clean: node_modules/.package-lock.json
	@$(CLI) $@

engine-stop: node_modules/.package-lock.json
	@$(CLI) engine --stop

bench soak mutants reference screenshots: node_modules/.package-lock.json
	@$(RUN) scripts/$@.ts

test: node_modules/.package-lock.json
	@node --import tsx scripts/test.ts

# Any other target: said to be none, with the one that was meant, before those beside it are run.
.DEFAULT:
	@$(MAKE) -s node_modules/.package-lock.json
	@$(CLI) $(call quoted,$@)
KNOWN = $(TARGETS) node_modules/.package-lock.json
# Only of plain names: in others there may be make's own syntax.
UNKNOWN = $(filter-out $(KNOWN),$(MAKECMDGOALS))
ifeq ($(shell printf '%s\n' $(call quoted,$(UNKNOWN)) | LC_ALL=C grep -c '[^A-Za-z0-9 _-]'),0)
$(filter $(KNOWN),$(MAKECMDGOALS)): $(UNKNOWN)
endif

# Files that make itself looks for are no targets.
Makefile package-lock.json: ;

# npm's own stamp is newer than the lock file when what is installed is what the lock file names.
node_modules/.package-lock.json: package-lock.json
	@echo "installing the packages of package-lock.json" >&2
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@
