#!/usr/bin/env bash
# Compiles the core rooms for wasm32, links them whole, says how big they are and asks them some questions.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -e build/wasm/build.ninja ] || cmake --preset wasm >/dev/null
ninja -C build/wasm whittle_wasm_core
module=build/wasm/whittle_wasm_core.wasm
small=$(mktemp)
trap 'rm -f "$small"' EXIT
llvm-strip-19 --strip-all -o "$small" "$module"
echo "whole core for wasm32, before wasm-opt: $(stat -c %s "$small") bytes," \
  "$(gzip -9c "$small" | wc -c) with gzip -9"
node tests/oracle/testdata.mjs
node tests/wasm/check.mjs "$module"
