// The writers that test files come from: DuckDB, arrow-rs (parquet-wasm) and hyparquet-writer. Each makes
// choices of its own about pages, indexes, encodings and statistics; a reader has to live with all of them.
import { readFileSync, writeFileSync } from 'node:fs';
import * as arrow from 'parquet-wasm';

// Writes the table of the Parquet file `from` again, by arrow-rs. Options: compression, encoding (names as
// in parquet-wasm), dictionary, pageSize (bytes), pageRows, rowGroup, version (1 or 2).
export function writeArrowRs(from, to, options = {}) {
  const table = arrow.readParquet(readFileSync(from));
  let builder = new arrow.WriterPropertiesBuilder()
    .setCompression(arrow.Compression[options.compression ?? 'SNAPPY'])
    .setWriterVersion(options.version === 2 ? arrow.WriterVersion.V2 : arrow.WriterVersion.V1)
    .setStatisticsEnabled(arrow.EnabledStatistics[options.statistics ?? 'Page'])
    .setDictionaryEnabled(options.dictionary ?? true)
    .setDataPageSizeLimit(options.pageSize ?? 4096)
    .setDictionaryPageSizeLimit(options.dictionarySize ?? 1 << 20)
    .setWriteBatchSize(options.pageRows ?? 128)
    .setMaxRowGroupSize(options.rowGroup ?? 1 << 20);
  if (options.encoding) builder = builder.setEncoding(arrow.Encoding[options.encoding]);
  for (const [column, encoding] of Object.entries(options.encodings ?? {})) {
    builder = builder.setColumnDictionaryEnabled(column, false)
      .setColumnEncoding(column, arrow.Encoding[encoding]);
  }
  writeFileSync(to, arrow.writeParquet(table, builder.build()));
}

export { parquetWriteFile as writeHyparquet } from 'hyparquet-writer';
