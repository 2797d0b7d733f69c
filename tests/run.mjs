// Runs the test steps one after another and adds up what they report.
//
//   node tests/run.mjs all|quick|oracle|STEP…
//
// A step is a shell command. Its output is shown as it comes and searched for what test programs print at
// their end ("12 passed, 0 failed", GoogleTest's lines or node's); a step that prints neither counts as one test.
// A step fails when its exit status does, whatever it printed. A command that takes longer than its deadline is
// killed with all it started, and has failed. The last line is the sum of all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const jobs = process.env.JOBS ?? String(cpus().length);
// Far beyond what any of them takes, builds with a cold cache among them, so that only what hangs meets it.
const deadlineMinutes = { build: 40, wasm: 40, asan: 40, tsan: 40, fuzz: 40, large: 30 };
const usualDeadlineMinutes = 8;
const fuzzSeconds = process.env.FUZZ_SECONDS ?? '5';

const build = (preset, folder, ...targets) =>
  `[ -e ${folder}/build.ninja ] || cmake --preset ${preset} >/dev/null; ` +
  `ninja -C ${folder} -j ${jobs} ${targets.join(' ')}`;

// A test that fails half-way leaves servers and terminals open: they must not keep its process.
const nodeTest = 'node --test --test-force-exit --test-reporter=tap';

// The rooms that have threads.
const threaded = ['base', 'io', 'host', 'library'];

// Steps in order. A list of commands is made when its turn comes, since what it lists is built before.
const steps = {
  tidy: () => ['node tests/tidy/tidy.mjs'],
  build: () => [build('release', 'build', 'all', 'unit_tests')],
  unit: () => programs('build/tests', /^test_/).map((path) => `${path} --gtest_brief=1`),
  data: () => ['node tests/oracle/testdata.mjs'],
  duckdb: () => ['node tests/sqllogic/run.mjs --engine duckdb'],
  sql: () => ['node tests/sqllogic/run.mjs'],
  clickbench: () => ['node tests/oracle/clickbench.mjs'],
  random: () => ['node tests/oracle/random.mjs'],
  skipping: () => ['node tests/oracle/skipping.mjs'],
  memory: () => ['node tests/oracle/memory.mjs'],
  corpus: () => ['node tests/oracle/corpus.mjs'],
  names: () => ['node tests/oracle/names.mjs'],
  functions: () => ['node tests/oracle/functions.mjs', 'node tests/oracle/casts.mjs'],
  cli: () => nodeTests('tests/cli'),
  faults: () => nodeTests('tests/faults'),
  // These need the module: the step wasm.
  js: () => packageTests('api', 'faults', 'timing'),
  browsers: () => packageTests('browsers'),
  places: () => packageTests('workers', 'bundlers', 'examples'),
  large: () => packageTests('large'),
  playground: () => ['cd playground && npm run --silent build', ...nodeTests('tests/playground')],
  install: () => ['tests/install/run.sh'],
  wasm: () => ['scripts/build_js.sh', 'node tests/wasm/size.mjs', 'node tests/sqllogic/run.mjs --engine wasm'],
  // The module for places without SIMD128; the step wasm builds it.
  scalar: () => ['node tests/sqllogic/run.mjs --engine wasm-scalar'],
  // The references, which fail on a warning.
  docs: () => ['mkdir -p build/docs && doxygen docs/Doxyfile', 'cd js && node_modules/.bin/typedoc'],
  asan: () => [
    build('asan', 'build/asan', 'unit_tests', 'whittle'),
    ...sanitized('build/asan', readdirSync('tests/unit')),
    `${sanitizers} WHITTLE=build/asan/whittle node tests/sqllogic/run.mjs`,
    `${sanitizers} WHITTLE=build/asan/whittle WHITTLE_SANITIZED=1 FAULT_ROUNDS=4 FAULT_SEED=2 ` +
      `${nodeTest} tests/faults/corrupt_test.mjs`,
  ],
  // What has threads: the rooms below, and statements over several row groups.
  tsan: () => [
    build('tsan', 'build/tsan', ...threaded.map((room) => `test_${room}`), 'whittle'),
    ...sanitized('build/tsan', threaded),
    `${sanitizers} WHITTLE=build/tsan/whittle node tests/sqllogic/run.mjs --flags "--threads 4" ` +
      'hits filters encodings limit_order aggregates'.replace(/\w+/g, 'tests/sql/$&.test'),
  ],
  fuzz: () => [build('asan', 'build/asan', 'fuzzers'), `tests/fuzz/run.sh build/asan/fuzz ${fuzzSeconds}`],
  'fuzz-long': () => [build('fuzz', 'build/fuzz', 'fuzzers'), `tests/fuzz/run.sh build/fuzz/fuzz ${fuzzSeconds}`],
};
const groups = {
  all: ['tidy', 'build', 'unit', 'data', 'duckdb', 'sql', 'clickbench', 'random', 'skipping', 'memory', 'corpus',
    'names', 'functions', 'cli', 'faults', 'install', 'wasm', 'scalar', 'js', 'browsers',
    'places', 'playground', 'large', 'docs', 'asan', 'fuzz', 'tsan'],
  quick: ['tidy', 'build', 'unit', 'data', 'cli', 'sql'],
  oracle: ['build', 'data', 'duckdb', 'sql', 'clickbench', 'random', 'skipping', 'memory', 'corpus', 'names',
    'functions'],
};

function programs(folder, pattern) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

function nodeTests(folder) {
  return programs(folder, /_test\.mjs$/).map((path) => `${nodeTest} ${path}`);
}

// The package's tests by name; all but `js` need the group `browsers` of scripts/setup.sh.
function packageTests(...names) {
  return names.map((name) => `${nodeTest} tests/js/${name}_test.mjs`);
}

// The symbolizer makes names of addresses; without debug information that costs nothing but its start.
const sanitizers = 'ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer-19) ASAN_OPTIONS=detect_leaks=1 ' +
  'UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1:suppressions=tests/tsan.supp';

// All but what measures how long something takes. The programs are built by the same step.
function sanitized(folder, rooms) {
  return rooms.map((room) => `${sanitizers} ${folder}/tests/test_${room} --gtest_brief=1 ` +
    '--gtest_filter=-Http.BandwidthIsSharedByAllConnections');
}

// Ends what a command left behind: browsers have sessions of their own, but its environment.
const mark = 'WHITTLE_TEST_COMMAND';
function endLeftovers(id) {
  if (!existsSync('/proc/self/environ')) return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`\0${mark}=${id}\0`)) process.kill(pid, 'SIGKILL');
    } catch { /* it has ended, or is somebody else's */ }
  }
}

// Ctrl-C reaches what runs: it has a process group of its own.
let interrupt = () => {};
let lastId = 0;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupt(signal);
    process.exit(130);
  });
}

function run(command, minutes) {
  return new Promise((resolve) => {
    const id = `${process.pid}.${lastId += 1}`;
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true,
      env: { ...process.env, [mark]: id } });
    let tail = '';
    const kill = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch { /* it has ended */ }
      if (signal === 'SIGKILL') endLeftovers(id);
    };
    interrupt = kill;
    const deadline = minutes && setTimeout(() => {
      console.log(`--- killed after ${minutes} minutes: ${command}`);
      kill('SIGKILL');
    }, minutes * 60_000);
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      tail = (tail + chunk).slice(-20000);
    });
    // What it started and left behind would keep its pipe open.
    child.on('exit', () => setTimeout(() => kill('SIGKILL'), 1000).unref());
    child.on('close', (status, signal) => {
      clearTimeout(deadline);
      kill('SIGKILL');
      resolve({ ok: status === 0, status: status ?? signal, tail });
    });
  });
}

// [passed, failed] as the program's own last words have it.
function count({ ok, tail }) {
  const summary = [...tail.matchAll(/^(\d+) passed, (\d+) failed/gm)].pop();
  let passed = 0;
  let failed = 0;
  if (summary) {
    [passed, failed] = [Number(summary[1]), Number(summary[2])];
  } else if (/\[ {2}PASSED {2}\] (\d+) test/.test(tail)) {
    passed = Number(/\[ {2}PASSED {2}\] (\d+) test/.exec(tail)[1]);
    failed = Number(/\[ {2}FAILED {2}\] (\d+) test/.exec(tail)?.[1] ?? 0);
  } else if (/^# pass \d+$/m.test(tail)) {
    passed = Number(/^# pass (\d+)$/m.exec(tail)[1]);
    failed = Number(/^# fail (\d+)$/m.exec(tail)?.[1] ?? 0);
  } else if (ok) {
    passed = 1;
  }
  if (!ok && failed === 0) failed = 1;
  return [passed, failed];
}

const wanted = process.argv.slice(2).flatMap((name) => groups[name] ?? [name]);
if (wanted.length === 0 || wanted.some((name) => !steps[name])) {
  console.error(`usage: node tests/run.mjs ${[...Object.keys(groups), ...Object.keys(steps)].join('|')}`);
  process.exit(2);
}
mkdirSync('build', { recursive: true });
const rows = [];
let buildBroken = false;
for (const name of wanted) {
  const start = Date.now();
  let [passed, failed] = [0, 0];
  if (buildBroken && !['wasm', 'asan', 'tsan', 'fuzz', 'duckdb', 'data'].includes(name)) {
    failed = 1; // nothing to run
  } else {
    console.log(`\n=== ${name}`);
    for (const command of steps[name]()) {
      const result = await run(command, name === 'fuzz-long' ? 0 : deadlineMinutes[name] ?? usualDeadlineMinutes);
      const [p, f] = count(result);
      passed += p;
      failed += f;
      if (!result.ok) console.log(`--- failed (${result.status}): ${command}`);
    }
    if (name === 'build' && failed) buildBroken = true;
  }
  rows.push({ name, passed, failed, seconds: ((Date.now() - start) / 1000).toFixed(1) });
}

console.log('');
for (const { name, passed, failed, seconds } of rows) {
  console.log(`${failed ? 'FAIL' : 'ok  '} ${name.padEnd(12)} ${String(passed).padStart(6)} passed ` +
    `${String(failed).padStart(4)} failed ${seconds.padStart(8)} s`);
}
const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') ? 1 : 0);
