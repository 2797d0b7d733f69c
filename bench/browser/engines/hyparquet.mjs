// hyparquet with squirreling's SQL over it: a table whose columns are read by row group when a cell of them is first
// asked for, a row group ahead where a filter or an aggregate goes through all of them. Of a filter, comparisons of
// a column with a constant reach the file's statistics. `FROM 'address'` becomes a table of that name.
import { asyncBufferFromUrl, parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { executeSql } from 'squirreling';
import { expose } from '../page.mjs';

const operators = { '=': '$eq', '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' };

function pruning(where) {
  if (where?.type !== 'binary') return undefined;
  const { op, left, right } = where;
  if (op === 'AND') {
    const both = [pruning(left), pruning(right)].filter(Boolean);
    return both.length === 2 ? { $and: both } : both[0];
  }
  const usable = operators[op] && left.type === 'identifier' && right.type === 'literal';
  return usable ? { [left.name]: { [operators[op]]: right.value } } : undefined;
}

function columnsOf(node, found = new Set()) {
  if (node?.type === 'identifier') found.add(node.name);
  for (const part of Object.values(node ?? {})) if (part && typeof part === 'object') columnsOf(part, found);
  return [...found];
}

async function openTable(url) {
  const file = await asyncBufferFromUrl({ url });
  const metadata = await parquetMetadataAsync(file);
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const scanOf = (pruningFilter) => parquetScan({ file, metadata, compressors, pruningFilter });

  function* groupsOf(scan, ahead) {
    const readers = scan.ranges.map((range) => {
      const columns = new Map();
      const read = (column) => {
        if (!columns.has(column)) columns.set(column, scan.readColumn({ column, ...range }));
        return columns.get(column);
      };
      return { read, count: range.rowEnd - range.rowStart };
    });
    for (const [index, reader] of readers.entries()) {
      for (const column of ahead) for (const next of readers.slice(index, index + 2)) next.read(column);
      yield reader;
    }
  }

  return {
    numRows: Number(metadata.num_rows),
    columns: all,
    scan({ columns = all, where }) {
      return {
        appliedWhere: false,
        appliedLimitOffset: false,
        async* rows() {
          for (const { read, count } of groupsOf(await scanOf(pruning(where)), columnsOf(where))) {
            for (let row = 0; row < count; row += 1) {
              const cells = {};
              for (const column of columns) cells[column] = async () => (await read(column))[row];
              yield { columns, cells };
            }
          }
        },
      };
    },
    async* scanColumn({ column }) {
      for (const { read } of groupsOf(await scanOf(), [column])) yield read(column);
    },
  };
}

expose(async () => {
  const opened = new Map();
  const run = async (sql) => {
    const [, url] = /FROM '([^']+)'/.exec(sql) ?? [];
    if (!url) return executeSql({ tables: { one: [{ row: 1 }] }, query: `${sql} FROM one` }); // FROM is a must there
    if (!opened.has(url)) opened.set(url, await openTable(url));
    const query = sql.replace(`'${url}'`, 'file').replace(/\b\d{16,}\b/g, '$&n');
    return executeSql({ tables: { file: opened.get(url) }, query });
  };
  const values = ({ columns, cells }) => Promise.all(columns.map((name) => cells[name]()));
  return {
    async query(sql) {
      const { rows } = await run(sql);
      const found = [];
      for await (const row of rows()) found.push(await values(row));
      return { rows: found.length, columns: () => (found[0] ?? []).map((_, index) => found.map((row) => row[index])) };
    },
    async* stream(sql) {
      const { rows } = await run(sql);
      for await (const row of rows()) {
        await values(row);
        yield 1;
      }
    },
    close: () => opened.clear(),
  };
});
