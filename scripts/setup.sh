#!/usr/bin/env bash
# setup.sh GROUP…: installs what a group of targets needs, and only what is missing. Groups: build, wasm,
# js, playground, browsers, test, lint, tidy, docs. Knows Debian and its kin; elsewhere it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
npm_folders=()
for group in "$@"; do
  case $group in
    build) packages+=(clang-19 lld-19 llvm-19 libc++-19-dev libc++abi-19-dev libclang-rt-19-dev cmake
      ninja-build pkg-config ccache libcurl4-openssl-dev libzstd-dev liblz4-dev libdeflate-dev
      libbrotli-dev libutf8proc-dev libedit-dev libcli11-dev googletest unicode-data perl
      python3 xz-utils bzip2) ;;
    wasm) packages+=(clang-19 lld-19 llvm-19 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32
      libclang-rt-19-dev-wasm32 unicode-data cmake ninja-build ccache) ;;
    js)
      packages+=(binaryen)
      npm_folders+=(js)
      ;;
    playground) npm_folders+=(js playground) ;;
    browsers)
      packages+=(chromium firefox-esr webkit2gtk-driver xvfb xauth)
      npm_folders+=(js tests/js)
      ;;
    test)
      packages+=(libfuzzer-19-dev)
      npm_folders+=(tests)
      ;;
    lint) packages+=(clang-format-19 shellcheck) ;;
    tidy) packages+=(clang-tidy-19) ;;
    docs) packages+=(doxygen) ;;
    *)
      echo "setup: unknown group '$group'" >&2
      exit 1
      ;;
  esac
done
# A node of any origin will do: not every machine has Debian's.
if [ ${#npm_folders[@]} -gt 0 ] && ! command -v npm >/dev/null; then packages+=(nodejs npm); fi

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
else
  for tool in clang++-19 ld.lld-19 cmake ninja; do command -v $tool >/dev/null || missing+=("$tool"); done
  [ ${#missing[@]} -eq 0 ] || {
    echo "setup: please install ${missing[*]} and the libraries of: ${packages[*]}" >&2
    exit 1
  }
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}"
  sudo=()
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  log=$(mktemp)
  {
    "${sudo[@]}" apt-get -q update &&
      "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends \
        -o Dpkg::Use-Pty=0 install "${missing[@]}"
  } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "setup: apt-get could not install ${missing[*]}" >&2
    exit 1
  }
  rm -f "$log"
fi

for folder in "${npm_folders[@]}"; do
  stamp=$folder/node_modules/.package-lock.json
  if [ ! -e "$stamp" ] || [ "$folder/package-lock.json" -nt "$stamp" ]; then
    # Not `npm ci`: the lock file of tests/ lacks the binaries of platforms that have no release of DuckDB's
    # version yet.
    (cd "$folder" && npm install --no-save --no-audit --no-fund --loglevel=error)
    touch "$stamp"
  fi
done
