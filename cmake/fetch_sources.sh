#!/usr/bin/env bash
# fetch_sources.sh DIR NAME…: downloads Debian source packages without touching /etc/apt, checks each
# tarball against the sha256 pinned below and unpacks it to DIR/NAME. Does nothing for a NAME that is
# already there, so a configure without network works once the sources are in place.
#
# The machine's own apt sources are used (same mirrors, same keys), as deb-src and with private lists, so
# that neither root nor a changed /etc/apt is needed.
set -euo pipefail

declare -A package=([zstd]=libzstd [snappy]=snappy [lz4]=lz4 [libdeflate]=libdeflate [brotli]=brotli
                    [utf8proc]=utf8proc [re2]=re2 [double-conversion]=double-conversion)
declare -A pinned=(
  [zstd]=8cf4bbb65e77ec348d052c8d6230eba66d435bddf64c8b5be2fcb16880c19953
  [snappy]=75c1fbb3d618dd3a0483bff0e26d0a92b495bbe5059c8b4f1c962b478b6e06e7
  [lz4]=0b0e3aa07c8c063ddf40b082bdf7e37a1562bda40a0ff5272957f3e987e0e54b
  [libdeflate]=89e7df898c37c3427b0f39aadcf733731321a278771d20fc553f92da8d4808ac
  [brotli]=f9e8d81d0405ba66d181529af42a3354f838c939095ff99930da6aa9cdf6fe46
  [utf8proc]=a0a60a79fe6f6d54e7d411facbfcc867a6e198608f2cd992490e46f04b1bcecc
  [re2]=3bc61251da3b0b97be40a8a127818c517c62516e4eda11fc901d29496663df54
  [double-conversion]=e40d236343cad807e83d192265f139481c51fc83a1c49e406ac6ce0a0ba7cd35)

fail() {
  echo "fetch_sources: $*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: fetch_sources.sh DIR NAME…"
mkdir -p "$1"
directory=$(realpath "$1")
shift
wanted=()
for name in "$@"; do
  [ -n "${package[$name]:-}" ] || fail "no source package is known for '$name'"
  [ -d "$directory/$name" ] || wanted+=("$name")
done
[ ${#wanted[@]} -gt 0 ] || exit 0

# Two builds may configure at once.
exec 9>"$directory/.lock"
flock 9

command -v apt-get >/dev/null || fail "apt-get is needed to fetch: ${wanted[*]}. Elsewhere, unpack" \
  "these releases into $directory/NAME by hand"

apt_directory="$directory/.apt"
sources="$apt_directory/whittle.sources"
mkdir -p "$apt_directory/lists/partial" "$apt_directory/cache/archives/partial"
# deb822 stanzas of the distribution itself; the security archive repeats the same orig tarballs and is
# the one that mirrors leave incomplete.
awk 'BEGIN { RS = ""; ORS = "\n\n" } !/-security/' /etc/apt/sources.list.d/debian.sources 2>/dev/null |
  sed -E '/^#/d; s/^Types:.*/Types: deb-src/; s/^Components:.*/Components: main/' >"$sources" || true
if ! [ -s "$sources" ]; then # one-line format
  sources="$apt_directory/whittle.list"
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | grep -E '^deb ' |
    grep -v -e '-security' | sed 's/^deb /deb-src /' >"$sources" || true
fi
[ -s "$sources" ] || fail "found no Debian mirror in /etc/apt to fetch ${wanted[*]} from"

apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$sources" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$apt_directory/lists" -o Dir::Cache="$apt_directory/cache" \
    -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}
apt update || fail "the package lists could not be read (is there a network?); wanted: ${wanted[*]}"

for name in "${wanted[@]}"; do
  [ -d "$directory/$name" ] && continue # another build was quicker
  work="$directory/.fetch-$name"
  rm -rf "$work"
  mkdir -p "$work/tree"
  (cd "$work" && apt source --download-only --tar-only "${package[$name]}") ||
    fail "could not download the source of ${package[$name]}"
  tarball=$(find "$work" -maxdepth 1 -name '*.orig.tar.*' ! -name '*.asc' | head -n 1)
  [ -n "$tarball" ] || fail "${package[$name]} came without an orig tarball"
  sum=$(sha256sum "$tarball" | cut -d ' ' -f 1)
  [ "$sum" = "${pinned[$name]}" ] ||
    fail "$(basename "$tarball") has sha256 $sum, expected ${pinned[$name]:-none}: not used"
  tar -xf "$tarball" -C "$work/tree" --strip-components=1
  mv "$work/tree" "$directory/$name"
  rm -rf "$work"
done
