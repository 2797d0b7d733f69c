#!/usr/bin/env bash
# The npm package into js/dist: the module in two builds (SIMD128 and scalar), and the TypeScript as JavaScript
# with declarations.
set -euo pipefail
cd "$(dirname "$0")/.."
dist=js/dist
mkdir -p "$dist"

# module PRESET NAME: builds and shrinks one module.
module() {
  local built=build/$1/whittle.wasm out=$dist/$2.wasm
  [ -e "build/$1/build.ninja" ] || cmake --preset "$1" >/dev/null
  ninja -C "build/$1" whittle_wasm
  if [ ! -e "$out" ] || [ "$built" -nt "$out" ]; then
    # Over and over: the last rounds are worth five per cent. What is called from one place only stays a function of
    # its own unless it is small: otherwise functions of 60 kB grow, which engines compile as a whole when a part of
    # one is called, and slowly.
    wasm-opt -Oz --converge --one-caller-inline-max-function-size=100 --strip-debug --strip-producers \
      --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-mutable-globals \
      ${3:+"$3"} "$built" -o "$out.new"
    mv "$out.new" "$out"
  fi
}
module wasm whittle --enable-simd
module wasm-scalar whittle-scalar

(cd js && node_modules/.bin/tsc -p tsconfig.json)
cp LICENSE js/
