#!/usr/bin/env bash
# make demo: a sample data set, served by range on loopback, real questions to it over HTTP, and what was and
# was not read to answer them. Needs no network once the packages are there.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${DEMO_ROWS:-1000000}
folder=build/demo
data=$folder/hits.parquet
if [ ! -e "$data" ]; then
  mkdir -p "$folder"
  echo "making $rows rows of web traffic with 105 columns …"
  node bench/hits/generate.mjs "$rows" "$data"
fi

log=$folder/server.log
node tests/faults/server.mjs --root "$folder" --latency 20 >"$log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  url=$(grep -o 'http://[^ ]*' "$log" || true)
  [ -n "$url" ] && break
  sleep 0.05
done
[ -n "$url" ] || {
  echo "the server did not start: $(cat "$log")" >&2
  exit 1
}
size=$(stat -c %s "$data")
file=$url/hits.parquet
echo "serving $((size / 1000000)) MB at $file, 20 ms away"

ask() {
  echo
  echo "▸ $2"
  node -e "fetch('$url/-/reset')"
  build/whittle --memory-limit 256MB --format table --timer -c "$1"
  node -e "fetch('$url/-/log').then((reply) => reply.json()).then(({ requests, bytes }) => console.log(
    '  ' + requests + ' requests, ' + (bytes / 1e6).toFixed(2) + ' MB of $((size / 1000000)) MB read (' +
    (bytes / $size * 100).toFixed(1) + ' %)'))"
}
ask "SELECT count(*) AS hits, min(EventTime), max(EventTime) FROM '$file'" 'How much is there?'
ask "SELECT RegionID, sum(AdvEngineID), count(*) AS c, avg(ResolutionWidth), count(DISTINCT UserID)
     FROM '$file' GROUP BY RegionID ORDER BY c DESC LIMIT 5" 'Which regions visit most?'
ask "SELECT SearchPhrase, count(*) AS c FROM '$file' WHERE SearchPhrase <> '' GROUP BY ALL
     ORDER BY c DESC LIMIT 5" 'What do they look for?'
ask "SELECT EventTime, URL FROM '$file' WHERE EventTime >= '2013-07-31 23:59:00' ORDER BY EventTime DESC
     LIMIT 5" 'What came last?'
ask "EXPLAIN ANALYZE SELECT Title, count(*) AS c FROM '$file' WHERE UserID = 5937452145183862697 GROUP BY ALL" \
  'What did one visitor read, and what did it cost to find out?'
echo
echo "Ask your own: build/whittle -c \"SELECT … FROM '$data'\""

# The same engine in a tab, with the same data beside the page; where nobody watches, only how to get it.
if ! [ -t 1 ] && [ -z "${DEMO_SERVE:-}" ]; then
  echo "In a browser: DEMO_SERVE=1 make demo ends by serving the playground with this data"
  exit 0
fi
kill $server 2>/dev/null || true
[ -e playground/dist/index.html ] && [ -e js/dist/whittle.wasm ] ||
  echo "building the page and its module, some minutes the first time …"
make playground >"$folder/playground.log" 2>&1 || {
  echo "the page was not built: see $folder/playground.log" >&2
  exit 1
}
site=$folder/site
rm -rf "$site"
cp -r playground/dist "$site"
mkdir -p "$site/data"
ln -f "$data" "$site/data/hits.parquet" 2>/dev/null || cp "$data" "$site/data/hits.parquet"
echo "The playground: open the address below. Ctrl-C ends it."
build/whittle serve "$site" --port "${DEMO_PORT:-8080}" || [ $? = 130 ]
