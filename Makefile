# The go command builds junban; this file is for its developers.
# make test installs what the full run needs (as root on Debian; elsewhere it
# says what to install), and then skips nothing.

GO ?= go
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

.PHONY: run build test tools stories pictures readme-pictures test-fonts generate check-generated lint types bench soak test-all

# The program for a release: no path of the machine that built it is in it.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o junban ./cmd/junban

# A full run, and at its end what the tests counted, passed or not.
figures = @export JUNBAN_TEST_FULL=1 JUNBAN_FIGURES=$$(mktemp); \
	trap 'cat "$$JUNBAN_FIGURES"; rm "$$JUNBAN_FIGURES"' EXIT;

run:
	$(GO) run ./cmd/junban $(ARGS)

# The race detector makes a test cost five times as much. It watches what has
# goroutines that meet: these packages, and of cmd/junban the tests that run the
# program as an operator does or press at several desks at once. The flows in a
# browser drive the same program without it. $(alone) is what needs no detector in a
# package that it watches: one goroutine computes, as in the suites of the line; a
# search of histories takes the time; or loadtest drives programs built without it.
watched = ./hub/... ./register/projection ./queue ./queue/feed ./queue/journal ./queue/keeper ./queue/learn ./api/... ./account ./device ./loadtest
alone = ^TestRandom_|Linearizable|^Test(Model|Memory|Store)(Is|Has|Keeps)|^Test(Short|Compare)_
meeting = ^Test(Serve|Embedded|Simulate|Shutdown|Parts|Conns|Proxy|Check|Log)_|^TestE2E_(TheDesksClickReachesEveryScreen|TwoDesksCallTwoPeople|OnePressCallsOnePatient)$$
others = $(filter-out $(addprefix junban/,$(subst /...,%,$(watched:./%=%)) cmd/junban cmd/junban/e2e static/story),$(shell $(GO) list ./...))

# Every part runs, also after one that fails. The longest packages come first. What
# mostly waits, as for a failover in cmd/junban, runs beside what mostly computes.
test: tools
	$(figures) \
	failed=0; run() { $(GO) test -vet=off -timeout 60m "$$@" || failed=1; }; \
	run ./static/story $(others); \
	run -parallel 4 -skip '$(meeting)' ./cmd/junban/e2e ./cmd/junban; \
	run -run '$(alone)' ./queue ./loadtest; \
	run -race -parallel 4 -run '$(meeting)' ./cmd/junban ./cmd/junban/e2e; \
	run -race -skip '$(alone)' $(watched); \
	$(GO) test -C loadtest/peers -race -vet=off -timeout 60m ./... || failed=1; \
	exit $$failed

# The same proofs, more often: everything under the race detector, twice, with ten
# times as many random acts.
test-all: tools
	$(figures) \
	export JUNBAN_SOAK_ACTS=$${JUNBAN_SOAK_ACTS:-1000000}; \
	$(GO) test -race -vet=off -count=2 -timeout 6h ./...; \
	$(GO) test -C loadtest/peers -race -vet=off -count=2 -timeout 1h ./...

# What the full run needs beside Go: command or probe, and its Debian packages.
tools:
	@missing=(); \
	need() { local packages=$$1; shift; "$$@" >/dev/null 2>&1 || missing+=($$packages); }; \
	need redis-server command -v redis-server; \
	need nginx command -v nginx; \
	need chromium command -v "$${JUNBAN_TEST_CHROMIUM:-chromium}"; \
	need chromium-headless-shell command -v "$${JUNBAN_TEST_CHROMIUM:-chromium-headless-shell}"; \
	need firefox-esr command -v "$${JUNBAN_TEST_FIREFOX:-firefox-esr}"; \
	need nodejs command -v node; \
	need npm command -v npm; \
	need curl command -v curl; \
	need opensmtpd command -v /usr/sbin/smtpd; \
	need postgresql bash -c 'command -v pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl'; \
	need php-cli command -v php; \
	need python3-websockets /usr/bin/python3 -c 'import websockets'; \
	need "gcc libc6-dev" command -v gcc; \
	if (($${#missing[@]} == 0)); then exit 0; fi; \
	if [[ $$(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then \
		echo "the full test run needs, by their Debian names: $${missing[*]}" >&2; exit 1; \
	fi; \
	echo "installing $${missing[*]}"; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -q </dev/null; \
	apt-get install -q -y --no-install-recommends "$${missing[@]}" </dev/null

# Every page in every state, for developers.
stories:
	$(GO) run ./static/story $(ARGS)

# The same as pictures: at each width, light and dark, in each language.
pictures: tools
	@folder=$(CURDIR)/static/story/pictures; rm -rf "$$folder"; \
	JUNBAN_TEST_FULL=1 JUNBAN_TEST_PICTURES="$$folder" $(GO) test -count=1 -timeout 30m -run TestStories ./static/story $(ARGS) || echo "some pictures have changed"; \
	echo "the pictures are in $$folder"

# The pictures of README.md, where the pages no longer look like them.
readme-pictures: tools
	$(GO) test -count=1 -run TestReadme ./static/story -update

# The fonts of the browser tests, from their npm packages.
test-fonts:
	cd internal/browsertest/fonts && npm ci --no-audit --no-fund && npm run build

generate:
	$(GO) generate ./...

# What is committed is what the sources make.
check-generated: generate
	git diff --exit-code
	@extra=$$(git ls-files --others --exclude-standard -- static/dist); \
	if [[ -n $$extra ]]; then echo "generated, but not committed:"; echo "$$extra"; exit 1; fi

lint:
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0r gofmt -l); \
	if [[ -n $$unformatted ]]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -C loadtest/peers ./...
	$(GO) tool staticcheck ./...

# Node checks the types of the pages; it builds nothing.
types: tools
	cd static && npm ci --no-audit --no-fund && npm run check

# The whole budget, on a machine with nothing else to do.
bench:
	$(GO) test -run '^$$' -bench . -benchmem ./queue ./hub ./api ./register/projection
	JUNBAN_TEST_FULL=1 $(GO) test -run '^$$' -bench _Search -benchtime 100x -timeout 60m ./register
	JUNBAN_TEST_FULL=1 $(GO) test -run '^$$' -bench _Export -benchtime 1x -timeout 60m ./register
	$(GO) run ./loadtest all --quiet-machine --rounds 5
	$(GO) run ./loadtest herd --slots --quiet-machine --rounds 5
	$(GO) run ./loadtest compare --watchers 10000 --limit 20m

# A million random acts on the line and on its model, and what they come to.
soak: tools
	$(figures) \
	JUNBAN_SOAK_ACTS=$${JUNBAN_SOAK_ACTS:-1000000} $(GO) test -count=1 -timeout 3h -run TestRandom ./queue
