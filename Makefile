# Kassa's tasks. `make` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo dev)

.PHONY: help
help: ## list what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: build
build: ## build bin/kassa: one static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w -X main.version=$(VERSION)" -o bin/kassa ./cmd/kassa

.PHONY: demo
demo: ## run Kassa with the demo data on http://127.0.0.1:8080
	$(GO) run ./cmd/kassa serve --demo

.PHONY: setup
setup: ## install what the tests need (a C compiler, for the race detector)
	@.ci/setup

# Pointers in SQLite's translated C are checked by nobody: that alone would take
# a third of the time of the tests. Leaving it out of the race detector as well
# is no option: generic code that it shares with ours, such as sync.Map, would be
# linked from there without a trace of its synchronisation, and races reported
# where there are none.
UNCHECKED := -gcflags='modernc.org/sqlite/...=-d=checkptr=0' -gcflags='modernc.org/libc/...=-d=checkptr=0'

.PHONY: test
test: setup lint ## everything a change must pass: linters, then every test with the race detector
	$(GO) test -race $(UNCHECKED) -timeout 30m ./...

.PHONY: test-stripe
test-stripe: ## the tests of whatever is paid for, on a local Stripe instead of the simulator
	KASSA_TEST_GATEWAY=stripe $(GO) test -race -timeout 14m ./commands ./services/api ./services/scheduler ./services/payments/...
	KASSA_TEST_GATEWAY=stripe $(GO) test -timeout 14m ./cmd/kassa -run 'Stripe|Watchdog'

.PHONY: lint
lint: ## formatting, vet, staticcheck
	@out="$$(gofmt -l $$(git ls-files '*.go'))"; if [ -n "$$out" ]; then echo "gofmt needed:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

.PHONY: docs
docs: ## write the pages that are made from the code: docs/rules.md, docs/errors.md
	$(GO) run ./cmd/docs

.PHONY: mails
mails: ## write every mail there is, in both languages, to bin/mails: to look at
	KASSA_KEEP_MAIL=$(CURDIR)/bin/mails $(GO) test -count=1 -run TestEveryNoticeIsAMailInBothLanguages ./services/mail
	@echo "look into bin/mails"

.PHONY: bench
bench: ## Go benchmarks and kassa bench: figures as ratios to the machine's own limits
	$(GO) test -run '^$$' -bench . -benchtime 2s ./...
	$(GO) run ./cmd/kassa bench

.PHONY: month-end
month-end: build ## renew and bill 10,000 and 100,000 subscriptions on one day: rates beside the raw limit, and memory
	bin/kassa bench --only month-end --subscriptions 10000
	bin/kassa bench --only month-end --subscriptions 100000

.PHONY: crash
crash: build ## kill -9 the real binary 250 times under load, most of them while months go by, and check every promise
	.ci/crash bin/kassa 100
	.ci/crash bin/kassa 150 -season -workers 12

.PHONY: fuzz
fuzz: ## fuzz the parsers of foreign input, a minute each
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep ^Fuzz); do $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

.PHONY: image
image: ## build the container image kassa:dev from bin/kassa, without a docker engine (buildah)
	$(MAKE) build
	buildah --storage-driver vfs build --isolation chroot --format docker -t kassa:dev .
