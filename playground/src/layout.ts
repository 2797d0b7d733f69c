// Where the column chunks of a Parquet file lie, as its footer has it.
import type { Connection } from 'whittle-sql';

/** One column of one row group. */
export interface Chunk {
  group: number;
  /** The top-level column, as SQL names it. */
  column: string;
  /** With the fields inside: "point, x". */
  path: string;
  offset: number;
  length: number;
  values: number;
  compression: string;
  min: string | null;
  max: string | null;
}

export interface Layout {
  size: number;
  /** In the order of the file. */
  chunks: Chunk[];
  columns: string[];
  groups: number;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Reads a footer that the engine most likely still holds. */
export async function readLayout(connection: Connection, name: string, size: number): Promise<Layout> {
  const { rows } = await connection.queryText(`SELECT row_group_id, path_in_schema, dictionary_page_offset,
    data_page_offset, total_compressed_size, num_values, compression, stats_min_value, stats_max_value
    FROM parquet_metadata(${quoted(name)})`);
  const chunks = rows.map(([group, path, dictionary, data, length, values, compression, min, max]): Chunk => ({
    group: Number(group),
    column: (path ?? '').split(', ')[0] ?? '',
    path: path ?? '',
    // Some writers put 0 for a dictionary that is not there.
    offset: Number(dictionary) > 0 ? Math.min(Number(dictionary), Number(data)) : Number(data),
    length: Number(length),
    values: Number(values),
    compression: compression ?? '',
    min: min ?? null,
    max: max ?? null,
  }));
  chunks.sort((a, b) => a.offset - b.offset);
  return {
    size,
    chunks,
    columns: [...new Set(chunks.map(({ column }) => column))],
    groups: chunks.reduce((groups, { group }) => Math.max(groups, group + 1), 0),
  };
}
