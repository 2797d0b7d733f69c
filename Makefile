# `make` builds the release into build/ (the command is build/whittle); `make help` names the rest.
# Each target first installs what it misses (scripts/setup.sh).
.DEFAULT_GOAL := build
.NOTPARALLEL:
SETUP := scripts/setup.sh
FUZZ_SECONDS ?= 300
FILES ?= $$(git ls-files 'src/*.cpp' 'cli/*.cpp')
PREFIX ?= /usr/local

.PHONY: help all build js playground demo test test-large quick bench bench-browser lint format clang-tidy docs fuzz \
  wasm-check browsers asan tsan oracle install clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

all: build js

build: ## the release: build/whittle, build/libwhittle.a
	@$(SETUP) build
	@[ -e build/build.ninja ] || cmake --preset release >/dev/null
	ninja -C build

js: ## the npm package: js/dist
	@$(SETUP) wasm js
	scripts/build_js.sh

playground: js ## the page with the engine in it: playground/dist, static; `cd playground && npx vite preview`
	@$(SETUP) playground
	cd playground && npm run --silent build

demo: build ## a sample data set served over HTTP, real questions, what was read for them; then the playground
	@$(SETUP) test
	scripts/demo.sh

test: ## everything that CI runs
	@$(SETUP) build wasm js test lint browsers playground docs
	node tests/run.mjs all

quick: ## what changed most: release build, tidy, unit tests, sqllogic
	@$(SETUP) build test lint
	node tests/run.mjs quick

oracle: build ## the sqllogic files and the differential tests against DuckDB
	@$(SETUP) test
	node tests/run.mjs oracle

test-large: js ## 5 GB in a browser's tab under a memory limit, end to end; needs 6 GB of disk for the time it runs
	@$(SETUP) browsers test
	WHITTLE_LARGE=5 WHITTLE_LARGE_KEEP=0 node --test tests/js/large_test.mjs

bench: build ## whittle against DuckDB, same data, same run; prints Markdown tables
	@$(SETUP) test
	node bench/run.mjs $(BENCH)

bench-browser: js ## the npm package against duckdb-wasm and hyparquet in Chromium, same run; prints Markdown tables
	@$(SETUP) browsers test
	cd bench/browser && npm ci --no-audit --no-fund --loglevel=error
	node bench/browser/run.mjs $(BENCH)

lint: ## layering, lengths, format, house rules
	@$(SETUP) lint
	node tests/tidy/tidy.mjs

format: ## clang-format over our sources
	@$(SETUP) lint
	git ls-files -co --exclude-standard 'src/*.[ch]pp' 'cli/*.[ch]pp' 'include/*.h' 'include/*.hpp' \
	  'tests/*.[ch]pp' 'examples/*.c' 'examples/*.[ch]pp' 'wasm/*.[ch]pp' | xargs clang-format-19 -i

clang-tidy: build ## static analysis of FILES (all of src and cli: an hour), e.g. FILES='src/io/*.cpp'
	@$(SETUP) tidy
	printf '%s\n' $(FILES) | xargs -P $$(nproc) -n 1 clang-tidy-19 -p build --quiet

docs: ## the API references: C and C++ into build/docs, JavaScript into build/docs/js
	@$(SETUP) docs js
	node tests/run.mjs docs

asan: ## unit tests under AddressSanitizer and UBSan
	@$(SETUP) build test
	node tests/run.mjs asan

tsan: ## unit tests under ThreadSanitizer
	@$(SETUP) build test
	node tests/run.mjs tsan

fuzz: ## every fuzzer for FUZZ_SECONDS (300)
	@$(SETUP) build test
	FUZZ_SECONDS=$(FUZZ_SECONDS) node tests/run.mjs fuzz-long

browsers: js ## the package in Chromium, Firefox, WebKitGTK, workerd and bundles; the playground in all three
	@$(SETUP) browsers playground test
	node tests/run.mjs data browsers places playground

wasm-check: ## the npm package: its size by room, the SQL files on the module, its API
	@$(SETUP) build wasm js test
	node tests/run.mjs data wasm scalar js

install: build ## command, library, headers, CMake and pkg-config files into PREFIX (/usr/local)
	cmake --install build --prefix $(PREFIX)

clean: ## everything built and generated; the fetched sources stay
	find build -mindepth 1 -maxdepth 1 ! -name third_party -exec rm -rf {} + 2>/dev/null || true
