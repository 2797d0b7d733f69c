// What every entry of the package exports beside `Whittle`.
export type { Connection, PreparedStatement } from './connection.js';
export type { Database } from './database.js';
export type { MemoryUse } from './engine.js';
export { type ErrorCode, type ErrorPosition, WhittleError } from './errors.js';
export type { CustomFile, FileOptions, FileSource } from './files.js';
export { type Cost, type FetchFunction, type Progress, type QueryOptions, type ValueOptions, type WhittleOptions,
  skipReasons } from './options.js';
export type { Parameter, Parameters } from './parameters.js';
export type { ColumnInfo, ParquetFile, ParquetMetadata, RowGroupInfo } from './parquet_file.js';
export type { Tier } from './tier.js';
