// Runs the test steps one after another and adds up what they report.
//
//   node tests/run.mjs all|quick|oracle|STEP…
//
// A step is a shell command. Its output is shown as it comes and searched for what test programs print at
// their end ("12 passed, 0 failed", GoogleTest's lines or node's); a step that prints neither counts as one test.
// A step fails when its exit status does, whatever it printed. The last line is the sum of all of them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const jobs = process.env.JOBS ?? String(cpus().length);
const fuzzSeconds = process.env.FUZZ_SECONDS ?? '5';

const build = (preset, folder, ...targets) =>
  `[ -e ${folder}/build.ninja ] || cmake --preset ${preset} >/dev/null; ` +
  `ninja -C ${folder} -j ${jobs} ${targets.join(' ')}`;

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
  functions: () => ['node tests/oracle/functions.mjs', 'node tests/oracle/casts.mjs'],
  cli: () => nodeTests('tests/cli'),
  faults: () => nodeTests('tests/faults'),
  install: () => ['tests/install/run.sh'],
  wasm: () => ['tests/wasm/run.sh'],
  asan: () => [
    build('asan', 'build/asan', 'unit_tests', 'whittle'),
    ...sanitized('build/asan'),
    `${sanitizers} WHITTLE=build/asan/whittle node tests/sqllogic/run.mjs`,
    `${sanitizers} WHITTLE=build/asan/whittle WHITTLE_SANITIZED=1 FAULT_ROUNDS=4 FAULT_SEED=2 ` +
      'node --test --test-reporter=tap tests/faults/corrupt_test.mjs',
  ],
  // What has threads: the rooms below, and statements over several row groups.
  tsan: () => [
    build('tsan', 'build/tsan', 'test_base', 'test_io', 'test_host', 'test_library', 'whittle'),
    ...sanitized('build/tsan'),
    `${sanitizers} WHITTLE=build/tsan/whittle node tests/sqllogic/run.mjs --flags "--threads 4" ` +
      'hits filters encodings limit_order aggregates'.replace(/\w+/g, 'tests/sql/$&.test'),
  ],
  fuzz: () => [build('asan', 'build/asan', 'fuzzers'), `tests/fuzz/run.sh build/asan/fuzz ${fuzzSeconds}`],
  'fuzz-long': () => [build('fuzz', 'build/fuzz', 'fuzzers'), `tests/fuzz/run.sh build/fuzz/fuzz ${fuzzSeconds}`],
};
const groups = {
