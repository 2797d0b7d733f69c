// DuckDB as an engine of the tests: { query(sql) → answer, close() }, where an answer is
// { columns, types, rows } with every value as its VARCHAR cast or null, or { error }.
import { DuckDBInstance } from '@duckdb/node-api';

// What can stand inside FROM (…), and so can be cast to VARCHAR by DuckDB itself.
const isQuery = /^\s*(\(|SELECT|FROM|WITH|VALUES|DESCRIBE|DESC|SUMMARIZE|SHOW|TABLE|PIVOT|UNPIVOT)\b/i;

export async function openDuckDB({ threads = 2, memoryLimit } = {}) {
  const options = { threads: String(threads), autoinstall_known_extensions: 'false' };
  if (memoryLimit) options.memory_limit = memoryLimit;
  const instance = await DuckDBInstance.create(':memory:', options);
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    name: 'duckdb',
    connection,
    query: (sql) => answer(connection, sql),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function answer(connection, sql) {
  const text = sql.trim().replace(/;\s*$/, '');
  try {
    if (!isQuery.test(text)) {
      const reader = await connection.runAndReadAll(text);
      const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
      return { columns: reader.columnNames(), types: reader.columnTypes().map(String), rows };
    }
    const statement = await connection.prepare(text);
    const range = [...Array(statement.columnCount).keys()];
    const columns = range.map((index) => statement.columnName(index));
    const types = range.map((index) => String(statement.columnType(index)));
    statement.destroySync();
    const reader = await connection.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${text}\n)`);
    return { columns, types, rows: reader.getRows() };
  } catch (error) {
    return { error: error.message };
  }
}
