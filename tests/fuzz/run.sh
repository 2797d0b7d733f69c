#!/usr/bin/env bash
# run.sh FOLDER SECONDS: runs each fuzzer in FOLDER for SECONDS. New inputs are kept beside the build, seeds
# come from tests/fuzz/seeds/NAME (when it exists); a crash's input stays in build/fuzz-crashes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
folder=$1
seconds=$2
passed=0
failed=0
for program in "$folder"/*_fuzzer; do
  [ -x "$program" ] || continue
  name=$(basename "$program")
  corpus=build/fuzz-corpus/$name
  mkdir -p "$corpus" build/fuzz-crashes
  seeds=()
  [ -d "tests/fuzz/seeds/$name" ] && seeds=("tests/fuzz/seeds/$name")
  log=build/fuzz-crashes/$name.log
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
    -artifact_prefix="build/fuzz-crashes/$name-" "$corpus" "${seeds[@]}" >"$log" 2>&1; then
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
