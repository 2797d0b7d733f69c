// All rows of a query as a file: the query runs again and its text or bytes go straight into the file, so that
// the page never holds them as rows.
import type { Connection, QueryOptions } from 'whittle-sql';
import { save } from './dom.js';

export const exports = {
  csv: { title: 'CSV', format: 'csv', name: 'result.csv', type: 'text/csv' },
  json: { title: 'JSON', format: 'json', name: 'result.json', type: 'application/json' },
  arrow: { title: 'Arrow', format: 'arrow', name: 'result.arrows', type: 'application/vnd.apache.arrow.stream' },
} as const;
export type ExportKind = keyof typeof exports;

/** Runs `sql` and saves what it gives; the number of bytes. */
export async function exportResult(connection: Connection, sql: string, kind: ExportKind, options: QueryOptions):
Promise<number> {
  const { format, name, type } = exports[kind];
  let file = new Blob([], { type });
  // A Blob of Blobs may lie on disk: JavaScript holds one page at a time.
  for await (const page of connection.pages(format, sql, undefined, options)) {
    file = new Blob([file, page as Uint8Array<ArrayBuffer>], { type });
  }
  save(name, file);
  return file.size;
}
