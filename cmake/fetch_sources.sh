#!/usr/bin/env bash
# fetch_sources.sh DIR NAME…: downloads Debian source packages without touching /etc/apt, checks each
# tarball's sha256 and unpacks it to DIR/NAME. Does nothing for a NAME that is already there.
set -euo pipefail
directory=$1
shift

declare -A package=([zstd]=libzstd [snappy]=snappy [lz4]=lz4 [libdeflate]=libdeflate [brotli]=brotli
                    [utf8proc]=utf8proc [re2]=re2 [zlib]=zlib)
mkdir -p "$directory"
wanted=()
for name in "$@"; do [ -d "$directory/$name" ] || wanted+=("$name"); done
[ ${#wanted[@]} -gt 0 ] || exit 0

apt_directory="$directory/.apt"
mkdir -p "$apt_directory/lists/partial" "$apt_directory/cache/archives/partial"
{
  grep -hE '^deb ' /etc/apt/sources.list 2>/dev/null | sed -E 's/^deb (\[[^]]*\] )?/deb-src \1/' || true
  for file in /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] && grep -hE '^deb ' "$file" | sed 's/^deb /deb-src /' || true
  done
} >"$apt_directory/sources.list"
cat /dev/null >"$apt_directory/debian.sources"
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] && sed -E 's/^Types:.*/Types: deb-src/; s/^Components:.*/Components: main/' "$file" \
    >>"$apt_directory/debian.sources" && echo >>"$apt_directory/debian.sources"
done
list="$apt_directory/debian.sources"
[ -s "$list" ] || list="$apt_directory/sources.list"
apt_options=(-o Dir::Etc::sourcelist="$(realpath "$list")" -o Dir::Etc::sourceparts=-
             -o Dir::State::lists="$(realpath "$apt_directory/lists")"
             -o Dir::Cache="$(realpath "$apt_directory/cache")" -o APT::Sandbox::User=root -qq)
apt-get "${apt_options[@]}" update
cd "$directory"
for name in "${wanted[@]}"; do
  rm -rf ".fetch-$name"
  mkdir ".fetch-$name"
  (cd ".fetch-$name" && apt-get "${apt_options[@]}" source --download-only --tar-only "${package[$name]}")
  tarball=$(ls ".fetch-$name"/*.orig.tar.* | head -1)
  sha256sum "$tarball"
  mkdir ".unpack-$name"
  tar -xf "$tarball" -C ".unpack-$name" --strip-components=1
  mv ".unpack-$name" "$name"
  rm -rf ".fetch-$name"
done
