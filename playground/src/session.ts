// The engine in its worker, its connections, and the files that were opened.
import { type Connection, type Database, type MemoryUse, type ParquetMetadata, Whittle } from 'whittle-sql';
import { type Layout, quoted, readLayout } from './layout.js';

/** A file that has a name in SQL. */
export interface OpenFile {
  /** What stands behind FROM. */
  name: string;
  /** Its address; none for a file of this machine. */
  url: string | undefined;
  metadata: ParquetMetadata;
  layout: Layout | undefined;
}

const parquet = /\.(parquet|parq)$/i;

export class Session {
  private readonly files = new Map<string, OpenFile>();
  private readonly layouts = new Map<string, Promise<Layout | undefined>>();

  /** `connection` is the user's; the page asks what it must know on `own`, which no cancelling touches. */
  private constructor(private readonly db: Database, readonly connection: Connection,
    private readonly own: Connection) {}

  static async start(memoryLimit: string): Promise<Session> {
    const db = await Whittle.create({ worker: true, memoryLimit });
    return new Session(db, await db.connect(), await db.connect());
  }

  memory(): MemoryUse {
    return this.db.memory();
  }

  /** Gives a file a name and reads its footer. */
  async open(source: string | File): Promise<OpenFile> {
    const url = typeof source === 'string' ? new URL(source, document.baseURI).href : undefined;
    const path = typeof source === 'string' ? decodeURIComponent(new URL(url!).pathname) : source.name;
    const name = path.split('/').pop() || 'file.parquet';
    await this.db.registerFile(name, typeof source === 'string' ? url! : source);
    this.layouts.delete(name);
    if (url) this.layouts.delete(url);
    const file = parquet.test(name) || typeof source === 'string' ? await this.readParquet(name, url)
      : await this.readText(name);
    this.files.set(name, file);
    return file;
  }

  /** The layout of a source that a statement has read; undefined where it is no Parquet. */
  layoutOf(source: string, size: number): Promise<Layout | undefined> {
    const name = [...this.files.values()].find(({ url }) => url === source)?.name ?? source;
    let layout = this.layouts.get(name);
    if (!layout) {
      layout = readLayout(this.own, name, size).catch(() => undefined);
      this.layouts.set(name, layout);
    }
    return layout;
  }

  /** The columns that a statement's plan scans, by the name of the file and by its address. */
  async columnsRead(sql: string): Promise<Map<string, string[]>> {
    const { rows } = await this.own.queryText(`EXPLAIN ${sql}`);
    const columns = new Map<string, string[]>();
    for (const [, name, list] of (rows[0]?.[1] ?? '').matchAll(/Scan '(.*?)' \[(.*?)\](?= |$)/gm)) {
      const url = this.files.get(name!.replaceAll("''", "'"))?.url;
      for (const key of url ? [name!, url] : [name!]) {
        columns.set(key, [...columns.get(key) ?? [], ...list ? list.split(', ') : []]);
      }
    }
    return columns;
  }

  /** Names for completion. */
  async functions(): Promise<string[]> {
    const { rows } = await this.own.queryText(
      'SELECT DISTINCT function_name FROM duckdb_functions() ORDER BY 1');
    return rows.map(([name]) => name ?? '').filter((name) => /^[a-z]\w*$/.test(name));
  }

  private async readParquet(name: string, url: string | undefined): Promise<OpenFile> {
    const { metadata } = await this.db.openParquet(name);
    const { rows } = await this.own.queryText(
      `SELECT file_size_bytes FROM parquet_file_metadata(${quoted(name)})`);
    const layout = await this.layoutOf(name, Number(rows[0]?.[0] ?? 0));
    return { name, url, metadata, layout };
  }

  /** CSV and JSON: what they have is columns. */
  private async readText(name: string): Promise<OpenFile> {
    const { rows } = await this.own.queryText(`DESCRIBE FROM ${quoted(name)}`);
    const columns = rows.map(([column, type]) => ({ name: column ?? '', type: type ?? '' }));
    return { name, url: undefined, layout: undefined,
      metadata: { rows: 0, createdBy: '', columns, rowGroups: [], keyValues: {} } };
  }
}
