// The house rules that a reviewer would otherwise repeat: node tests/tidy/tidy.mjs [--no-format]
//
// Reads the files git knows (and new ones it does not ignore). Each rule is a row below: which files it
// looks at, and what it says of a line or of a whole file.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

// The way of the data. A room may include itself and what stands before it.
const rooms = ['base', 'io', 'columnar', 'parquet', 'sql', 'plan', 'exec', 'table', 'engine'];
const core = new Set(rooms);
const mayInclude = Object.fromEntries(rooms.map((room, index) => [room, rooms.slice(0, index + 1)]));
mayInclude.columnar = ['base', 'columnar']; // columns know nothing of where bytes come from …
mayInclude.sql = ['base', 'sql']; // … and text nothing of columns
mayInclude.host = ['base', 'io', 'host'];
mayInclude.library = [...rooms, 'host', 'library'];
mayInclude.cli = [...mayInclude.library, 'cli'];

// The parts of core rooms that do touch the operating system; wasm32 does not compile them.
const native = /^src\/(host\/|io\/backends\/(file|http\/curl_transport))/;
const forbiddenHeaders = new Set(['iostream', 'fstream', 'sstream', 'iomanip', 'regex', 'thread', 'mutex',
  'shared_mutex', 'condition_variable', 'future', 'filesystem', 'format', 'print', 'locale', 'stdexcept',
  'exception', 'typeinfo', 'sys/socket.h', 'unistd.h', 'pthread.h', 'fcntl.h']);

const ours = (path) => /^(src|cli|wasm|include|tests|examples)\//.test(path);
const cpp = (path) => ours(path) && /\.(cpp|hpp|h)$/.test(path);
const script = (path) => /\.(mjs|ts|tsx|js|sh)$/.test(path) && !/node_modules/.test(path);
const source = (path) => cpp(path) || (script(path) && /^(tests|bench|js|playground|scripts|wasm)\//.test(path));
const isCore = (path) => core.has(path.split('/')[1]) && path.startsWith('src/') && !native.test(path);
const build = (path) => /(^|\/)CMakeLists\.txt$|\.cmake$/.test(path);

const lineRules = [
  {
    name: 'line of at most 100 characters (120 in scripts)',
    files: (path) => source(path) || build(path),
    bad: (line, path) => [...line].length > (cpp(path) ? 100 : 120) && !/https?:\/\/\S{60}/.test(line),
  },
  { name: 'no tabs', files: (path) => source(path) || build(path), bad: (line) => line.includes('\t') },
  {
    name: 'no blanks at the end',
    files: (path) => source(path) || build(path),
    bad: (line) => /[ \t]$/.test(line),
  },
  {
    name: 'nothing left to do in comments: do it, or write an issue',
    files: (path) => source(path) && path !== 'tests/tidy/tidy.mjs',
    bad: (line) => /\b(TODO|FIXME|XXX|HACK)\b/.test(line),
  },
  {
    name: 'no exceptions and no RTTI: Result<T> and TRY',
    files: (path) => cpp(path) && !/^(tests|cli)\//.test(path),
    bad: (line) => /\b(dynamic_cast|typeid)\b|\bthrow\b|\btry\s*\{|\bcatch\s*\(/.test(code(line)),
  },
  {
    name: 'core rooms include no header that needs threads, files, locales or iostreams',
    files: (path) => isCore(path) && path !== 'src/base/sync.hpp',
    bad: (line) => forbiddenHeaders.has(/^#\s*include\s*<([^>]+)>/.exec(line)?.[1]),
  },
  {
    name: 'core rooms name no thread of the standard library',
    files: (path) => isCore(path) && path !== 'src/base/sync.hpp',
    bad: (line) =>
      /std::(thread|jthread|mutex|condition_variable|shared_mutex|cout|cerr|regex|format)\b/.test(code(line)),
  },
  {
    name: 'rooms include only rooms above them',
    files: (path) => cpp(path) && roomOf(path),
    bad: (line, path) => {
      const included = /^#\s*include\s*"([^/"]+)\//.exec(line)?.[1];
      return included && mayInclude[included] && !mayInclude[roomOf(path)].includes(included);
    },
  },
  {
    name: 'no license text of others: third-party source is fetched, never copied',
    files: (path) => (source(path) || build(path)) && path !== 'tests/tidy/tidy.mjs',
    bad: (line) => /copyright\s*(\(c\)|©|\d{4})|SPDX-License|all rights reserved/i.test(line),
  },
  {
    name: 'no using namespace std',
    files: cpp,
    bad: (line) => /using namespace std;/.test(line),
  },
];

const fileRules = [
  {
    name: 'file of at most 600 lines',
    files: source,
    bad: (text) => text.split('\n').length - 1 > 600 && `${text.split('\n').length - 1} lines`,
  },
  {
    name: 'a header begins with a comment that says what it is, and #pragma once',
    files: (path) => /\.(hpp|h)$/.test(path) && cpp(path),
    bad: (text) => !/^(\/\/|\/\*)/.test(text) || !/#pragma once|#ifndef \w+_H/.test(text),
  },
  { name: 'a newline at the end', files: (path) => source(path) || build(path), bad: (text) => !text.endsWith('\n') },
];

// A line without its comment and string literals.
function code(line) {
  return line.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\/\/.*$/, '').replace(/^\s*\*.*$/, '');
}

function roomOf(path) {
  const [top, second] = path.split('/');
  if (top === 'cli') return 'cli';
  return top === 'src' && mayInclude[second] ? second : undefined;
}

const paths = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n').filter((path) => path && existsSync(path));
const complaints = [];
let checks = 0;
for (const path of paths) {
  const lines = lineRules.filter((rule) => rule.files(path));
  const whole = fileRules.filter((rule) => rule.files(path));
  if (lines.length + whole.length === 0) continue;
  checks += 1;
  const text = readFileSync(path, 'utf8');
  for (const rule of whole) {
    const found = rule.bad(text, path);
    if (found) complaints.push(`${path}: ${rule.name}${found === true ? '' : ` (${found})`}`);
  }
  text.split('\n').forEach((line, index) => {
    for (const rule of lines) {
      if (rule.bad(line, path)) complaints.push(`${path}:${index + 1}: ${rule.name}`);
    }
  });
}

function formatted() {
  const files = paths.filter(cpp).filter((path) => !path.includes('/generated/'));
  if (files.length === 0) return;
  checks += 1;
  try {
    execFileSync('clang-format-19', ['--dry-run', '--Werror', ...files], { stdio: 'pipe', maxBuffer: 1 << 28 });
  } catch (error) {
    const names = new Set([...String(error.stderr).matchAll(/^([^:\n]+):\d+:\d+: error/gm)].map((m) => m[1]));
    if (names.size === 0) complaints.push(`clang-format-19: ${error.message}`);
    for (const name of names) complaints.push(`${name}: not formatted (make format)`);
  }
}

function shellChecked() {
  const files = paths.filter((path) => path.endsWith('.sh'));
  checks += 1;
  try {
    execFileSync('shellcheck', files, { stdio: 'pipe' });
  } catch (error) {
    complaints.push(`shellcheck: ${error.stdout || error.message}`);
  }
}

if (!process.argv.includes('--no-format')) {
  formatted();
  shellChecked();
}
for (const complaint of complaints) console.log(complaint);
console.log(`${Math.max(checks - complaints.length, 0)} passed, ${complaints.length} failed`);
process.exit(complaints.length ? 1 : 0);
