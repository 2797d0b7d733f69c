#!/usr/bin/env bash
# run.sh FOLDER SECONDS: runs each fuzzer in FOLDER for SECONDS, from the seeds that seeds.mjs makes of the
# generated files. New inputs are kept in build/fuzz-corpus, a crash's input in build/fuzz-crashes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
folder=$1
seconds=$2
passed=0
failed=0
node tests/oracle/testdata.mjs && node tests/fuzz/seeds.mjs || exit 1
for program in "$folder"/*_fuzzer; do
  [ -x "$program" ] || continue
  name=$(basename "$program")
  corpus=build/fuzz-corpus/$name
  mkdir -p "$corpus" build/fuzz-crashes
  inputs=("$corpus")
  [ -d "build/fuzz-seeds/$name" ] && inputs+=("build/fuzz-seeds/$name")
  options=()
  [ -e "build/fuzz-seeds/$name.dict" ] && options=("-dict=build/fuzz-seeds/$name.dict")
  log=build/fuzz-crashes/$name.log
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -artifact_prefix="build/fuzz-crashes/$name-" "${options[@]}" "${inputs[@]}" >"$log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: $(grep -oE '^Done [0-9]+ runs' "$log" | tail -n 1)"
  else
    failed=$((failed + 1))
    tail -n 40 "$log"
    echo "$name: FAILED, see build/fuzz-crashes"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
