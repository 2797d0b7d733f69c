// Pages of Arrow into Flechette tables, with values as the caller wants them.
import { type Column, Table, tableFromIPC } from '@uwdata/flechette';
import { invalid } from './errors.js';
import type { ValueOptions } from './options.js';

const safe = 9007199254740991n;

function extraction(options: ValueOptions, bigints: boolean): Record<string, boolean> {
  const { timestamp = 'number' } = options;
  return { useBigInt: bigints, useBigIntTimestamp: timestamp === 'bigint', useDate: timestamp === 'date' };
}

/** Whether every 64-bit integer of a column is exact as a number. */
function fitsNumbers(column: Column<unknown>): boolean {
  return column.data.every(({ values }) => {
    if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return true;
    for (const value of values) if (value > safe || value < -safe) return false;
    return true;
  });
}

/** The table of a schema message and the pages behind it. */
export function toTable(pages: readonly Uint8Array[], options: ValueOptions): Table {
  const { int64 = 'bigint' } = options;
  if (!['bigint', 'number', 'auto'].includes(int64)) throw invalid(`int64 is 'bigint', 'number' or 'auto'`);
  const data = pages as Uint8Array[];
  if (int64 !== 'auto') return tableFromIPC(data, extraction(options, int64 === 'bigint'));
  const exact = tableFromIPC(data, extraction(options, true));
  const numbers = tableFromIPC(data, extraction(options, false));
  const columns = exact.children.map((column, i) => (fitsNumbers(column) ? numbers.children[i]! : column));
  return new Table(exact.schema, columns);
}
