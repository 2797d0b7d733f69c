// Whether a record of a .test file holds, given an engine's answer to it.
import { sameValue } from '../oracle/compare.mjs';
import { encode, typeCode } from './format.mjs';

// Whether a record is for an engine that goes by these names.
export function applies({ conditions }, names) {
  return conditions.every((line) => {
    const [word, name] = line.split(/\s+/);
    return (word === 'onlyif') === names.includes(name);
  });
}

// null when the record holds, else what is wrong.
export function judge(item, answer, labels) {
  if (answer.crashed) return answer.error;
  if (item.kind === 'statement') {
    if (item.ok) return answer.error === undefined ? null : answer.error;
    if (answer.error === undefined) return 'succeeded, an error was expected';
    const needed = (item.expected ?? []).join('\n');
    return answer.error.toLowerCase().includes(needed.toLowerCase()) ? null
      : `the error does not say "${needed}": ${answer.error}`;
  }
  if (answer.error !== undefined) return answer.error;
  const types = answer.types.map(typeCode).join(',');
  if (item.types !== 'NONE' && types !== item.types && !/^[IRT]+$/.test(item.types)) {
    return `types ${types}, expected ${item.types}`;
  }
  const rows = answer.rows.map((row) => row.map(encode));
  const expected = (item.expected ?? []).map((line) => line.split('\t'));
  if (item.sort === 'rowsort') {
    const order = (list) => list.sort((a, b) => (a.join('\t') < b.join('\t') ? -1 : 1));
    order(rows);
    order(expected);
  }
  if (item.label) {
    const text = JSON.stringify(rows);
    if ((labels[item.label] ??= text) !== text) return `another answer than the first "${item.label}"`;
    if (!item.expected) return null;
  }
  if (rows.length !== expected.length) {
    const shown = rows.slice(0, 5).map((row) => row.join(' | ')).join('\n    ');
    return `${rows.length} rows, expected ${expected.length}:\n    ${shown}`;
  }
  for (let row = 0; row < rows.length; row += 1) {
    for (let column = 0; column < rows[row].length; column += 1) {
      if (!sameValue(rows[row][column], expected[row][column] ?? '', answer.types[column])) {
        return `row ${row + 1}, column ${column + 1}: ${rows[row][column]}, ` +
          `expected ${expected[row][column]}`;
      }
    }
  }
  return null;
}
