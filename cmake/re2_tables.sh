#!/usr/bin/env bash
# re2_tables.sh RE2 OUT: Debian's tarball of RE2 leaves out the tables that RE2's own scripts generate. Runs
# them on the machine's Unicode data (package unicode-data) and writes the three .cc files to OUT.
set -euo pipefail
scripts=$(realpath "$1/re2")
mkdir -p "$2"
out=$(realpath "$2")
[ -e "$out/.complete" ] && exit 0
unicode=/usr/share/unicode
[ -e $unicode/Scripts.txt ] || {
  echo "re2_tables: $unicode/Scripts.txt is missing; install the package unicode-data" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$scripts"/*.py "$scripts"/*.pl "$work"
# The scripts would download; point them at the files instead, and away from the `six` they then don't need.
sed -i -e "s|^_UNICODE_DIR = .*|_UNICODE_DIR = '$unicode'|" -e '/^from six/d' "$work/unicode.py"
cd "$work"
/usr/bin/env python3 make_unicode_groups.py >"$out/unicode_groups.cc"
/usr/bin/env python3 make_unicode_casefold.py >"$out/unicode_casefold.cc"
perl make_perl_groups.pl >"$out/perl_groups.cc"
touch "$out/.complete"
