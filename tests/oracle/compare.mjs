// When are two answers the same? Values are VARCHAR casts; where the type has floats in it, numbers are
// compared with a relative tolerance, since the order of a sum is nobody's promise.

const floating = /DOUBLE|FLOAT|REAL/i;
const number = /[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)/gi;

// The types whose names the two engines may spell differently mean the same: compare loosely.
export function sameType(a, b) {
  const plain = (type) => type.replaceAll('"NULL"', 'INTEGER').replaceAll('"', '').replace(/\s+/g, '').toUpperCase();
  return plain(a) === plain(b);
}

// An answer as clients of DuckDB see it: JSON is VARCHAR, and NULLs that were folded before they had a type are
// INTEGER. For tests that compare types over values of all kinds.
export function asClient(answer, other) {
  if (answer.error) return answer;
  const nothing = [answer, other].every(({ rows }) => rows?.every((row) => row.every((value) => value === null)));
  return { ...answer, types: answer.types.map((type) => (nothing ? 'INTEGER' : type.replaceAll('JSON', 'VARCHAR'))) };
}

export function sameValue(a, b, type = '') {
  if (a === b) return true;
  if (a === null || b === null || !floating.test(type)) return false;
  const left = a.match(number) ?? [];
  const right = b.match(number) ?? [];
  if (left.length !== right.length || a.replace(number, '#') !== b.replace(number, '#')) return false;
  const tolerance = /FLOAT|REAL/i.test(type) ? 1e-5 : 1e-9;
  return left.every((text, index) => close(Number(text), Number(right[index]), tolerance) ||
    text === right[index]);
}

function close(a, b, tolerance) {
  if (a === b) return true;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), Number.MIN_VALUE) ||
    Math.abs(a - b) < 1e-12;
}

// null or a sentence that says where they differ. `ordered`: row order matters.
export function difference(got, expected, { ordered = true, types = true } = {}) {
  if (got.error !== undefined || expected.error !== undefined) {
    if (got.error !== undefined && expected.error !== undefined && !got.crashed) return null;
    return got.error !== undefined ? `error: ${got.error}` : `an answer where ${expected.error} was expected`;
  }
  if (got.types.length !== expected.types.length) {
    return `${got.types.length} columns, expected ${expected.types.length}`;
  }
  if (types) {
    const at = got.types.findIndex((type, index) => !sameType(type, expected.types[index]));
    if (at >= 0) return `column ${at + 1} is ${got.types[at]}, expected ${expected.types[at]}`;
  }
  if (got.rows.length !== expected.rows.length) {
    return `${got.rows.length} rows, expected ${expected.rows.length}`;
  }
  const left = ordered ? got.rows : sorted(got.rows, expected.types);
  const right = ordered ? expected.rows : sorted(expected.rows, expected.types);
  for (let row = 0; row < left.length; row += 1) {
    for (let column = 0; column < expected.types.length; column += 1) {
      if (!sameValue(left[row][column], right[row][column], expected.types[column])) {
        return `row ${row + 1}, column ${column + 1} (${expected.columns[column]}): ` +
          `${show(left[row][column])}, expected ${show(right[row][column])}`;
      }
    }
  }
  return null;
}

// Floats go last in the sort key, rounded, so that a last digit does not change the order of rows.
function sorted(rows, types) {
  const key = (row) => JSON.stringify([
    row.map((value, index) => (floating.test(types[index]) ? null : value)),
    row.map((value, index) => (floating.test(types[index]) && value !== null
      ? Number(value).toPrecision(6) : null)),
  ]);
  const keyed = rows.map((row) => [key(row), row]);
  keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  return keyed.map(([, row]) => row);
}

const show = (value) => (value === null ? 'NULL' : JSON.stringify(value).slice(0, 200));
