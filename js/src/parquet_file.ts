// One Parquet file without writing SQL: metadata, columns, and rows picked by position.
import type { Table } from '@uwdata/flechette';
import { type Connection, readPages } from './connection.js';
import type { EngineCalls } from './engine.js';
import type { QueryOptions, ValueOptions } from './options.js';
import { toTable } from './table.js';

/** A column as SQL sees it. */
export interface ColumnInfo {
  name: string;
  type: string;
}

/** A row group: where it begins and what it weighs. */
export interface RowGroupInfo {
  rows: number;
  firstRow: number;
  compressedBytes: number;
  uncompressedBytes: number;
}

/** What the footer says. */
export interface ParquetMetadata {
  rows: number;
  createdBy: string;
  columns: ColumnInfo[];
  rowGroups: RowGroupInfo[];
  keyValues: Record<string, string>;
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const name = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const list = (names: readonly string[] | undefined): string => (names?.length ? names.map(name).join(', ') : '*');

/** An open file. Reading goes through the footer that was read at the open. */
export class ParquetFile {
  /** @internal */
  private constructor(private readonly engine: EngineCalls, private readonly connection: Connection,
    private readonly defaults: ValueOptions, readonly url: string, readonly metadata: ParquetMetadata) {}

  /** @internal */
  static async open(engine: EngineCalls, connection: Connection, defaults: ValueOptions, url: string,
    options: QueryOptions): Promise<ParquetFile> {
    const ask = async (sql: string): Promise<(string | null)[][]> => (await connection.queryText(sql, options)).rows;
    const file = text(url);
    const [about] = await ask(`SELECT num_rows, created_by FROM parquet_file_metadata(${file})`);
    const columns = await ask(`DESCRIBE FROM read_parquet(${file})`);
    const groups = await ask(`SELECT row_group_id, any_value(row_group_num_rows), sum(total_compressed_size),
      any_value(row_group_bytes) FROM parquet_metadata(${file}) GROUP BY ALL ORDER BY 1`);
    const pairs = await ask(`SELECT key::VARCHAR, value::VARCHAR FROM parquet_kv_metadata(${file})`);
    let firstRow = 0;
    const rowGroups = groups.map(([, rows, compressed, uncompressed]) => {
      const group = { rows: Number(rows), firstRow, compressedBytes: Number(compressed),
        uncompressedBytes: Number(uncompressed) };
      firstRow += group.rows;
      return group;
    });
    return new ParquetFile(engine, connection, defaults, url, {
      rows: Number(about?.[0]),
      createdBy: about?.[1] ?? '',
      columns: columns.map(([column, type]) => ({ name: column ?? '', type: type ?? '' })),
      rowGroups,
      keyValues: Object.fromEntries(pairs.map(([key, value]) => [key ?? '', value ?? ''])),
    });
  }

  /** All columns, or the named ones, of one row group. */
  readRowGroup(index: number, columns?: readonly string[], options: QueryOptions = {}): Promise<Table> {
    const group = this.metadata.rowGroups[index];
    if (!group) return Promise.reject(new RangeError(`row group ${index} of ${this.metadata.rowGroups.length}`));
    const last = group.firstRow + group.rows - 1;
    return this.read(columns, `WHERE file_row_number BETWEEN ${group.firstRow} AND ${last}`, options);
  }

  /** One column of the whole file. */
  readColumn(column: string, options: QueryOptions = {}): Promise<Table> {
    return this.connection.query(`SELECT ${name(column)} FROM read_parquet(${text(this.url)})`, options);
  }

  /** Row numbers (from 0, ascending) where `predicate`, SQL over the column such as "> 1000", is true. Reads only
   *  the pages that may hold such rows. */
  async filterIndices(column: string, predicate: string, options: QueryOptions = {}): Promise<number[]> {
    const rows = await this.connection.query(`SELECT file_row_number FROM ${this.numbered()}
      WHERE ${name(column)} ${predicate}`, { ...options, int64: 'number' });
    return Array.from(rows.getChildAt(0) as Iterable<number>);
  }

  /** The named columns (none: all) at ascending row numbers; fetches only the pages that hold them. */
  async select(columns: readonly string[], rows: readonly number[], options: QueryOptions = {}): Promise<Table> {
    const pages: Uint8Array[] = [];
    const decimalText = (options.decimal ?? this.defaults.decimal) === 'string';
    const read = readPages(this.engine, options, (ticket) =>
      this.engine.pick(ticket, { name: 'arrow', decimalText }, this.url, columns, rows));
    for await (const page of read) pages.push(page);
    return toTable(pages, { ...this.defaults, ...options });
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private numbered(): string {
    return `read_parquet(${text(this.url)}, file_row_number = true)`;
  }

  private read(columns: readonly string[] | undefined, where: string, options: QueryOptions): Promise<Table> {
    const wanted = columns?.length ? list(columns) : '* EXCLUDE (file_row_number)';
    return this.connection.query(`SELECT ${wanted} FROM ${this.numbered()} ${where}`, options);
  }
}
