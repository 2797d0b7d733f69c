#!/usr/bin/env bash
# Installs the release into a folder, builds the examples against it with find_package and with pkg-config,
# and runs them.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node tests/oracle/testdata.mjs
file=build/testdata/people.parquet
passed=0
check() { # check WHAT EXPECTED GOT
  [ "$2" = "$3" ] || {
    echo "$1: '$3', expected '$2'"
    exit 1
  }
  passed=$((passed + 1))
}

cmake --install build --prefix "$work/prefix" >/dev/null
CC=clang-19 CXX=clang++-19 cmake -G Ninja -S examples -B "$work/build" \
  -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
ninja --quiet -C "$work/build"
check 'the C++ example' 50 "$("$work/build/query_cpp" "SELECT count(*) FROM '$file'" 2>/dev/null)"
check 'a file without SQL' '5000 rows, 5 row groups, columns:
sorted: 5000 values
row group 0: 1000 rows
sorted > 14990: 3 rows' "$("$work/build/parquet_file" build/testdata/bloom.parquet sorted '> 14990' |
  sed -E 's/(columns:|values).*/\1/')"
error=$("$work/build/query_cpp" "FROM 'none.parquet'" 2>&1 >/dev/null) || true
check 'an error is one line' '1 NotFound:' "$(wc -l <<<"$error") ${error%% *}"
check 'the C example' '50 rows' "$("$work/build/query_c" "FROM '$file'")"

pc=$(find "$work/prefix" -name pkgconfig -type d)
export PKG_CONFIG_PATH=$pc
read -ra flags <<<"$(pkg-config --cflags --libs --define-prefix whittle)"
cc -o "$work/query_c" examples/query.c "${flags[@]}"
library=$(pkg-config --variable=libcxx whittle)
check 'C by pkg-config' '50 rows' "$(LD_LIBRARY_PATH=$library "$work/query_c" "FROM '$file'")"
check 'the installed command' 50 \
  "$("$work/prefix/bin/whittle" --format csv -c "SELECT count(*) AS n FROM '$file'" | tail -n 1)"
echo "$passed passed, 0 failed"
