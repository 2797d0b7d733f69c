// DuckDB's SQL for the highlighter and for completion: its words that are not names. (PostgreSQL's own list has
// hundreds that people do name columns.)
import { SQLDialect } from '@codemirror/lang-sql';

const keywords = `all analyze and anti any array as asc asof between by case cast collate cross cube describe desc
  distinct else end escape except exclude exists explain false fetch filter first following for from full glob group
  grouping having ilike in inner intersect interval into is isnull join last lateral left like limit materialized
  natural not notnull null nulls offset on or order outer over partition pivot positional preceding qualify range
  recursive replace right rollup row rows sample select semi set sets show similar some summarize table tablesample
  then to true try_cast unbounded union unnest unpivot using values when where window with within copy settings pragma
  reset create view macro`;
const types = `bigint bit blob bool boolean char date decimal double enum float float4 float8 hugeint int int1 int2 int4
  int8 integer json list map numeric real smallint string struct text time timestamp timestamptz timestamp_s
  timestamp_ms timestamp_ns tinyint ubigint uhugeint uinteger usmallint utinyint uuid varchar`;
const words = (text: string): string => text.replace(/\s+/g, ' ');

export const dialect = SQLDialect.define({
  keywords: words(keywords),
  types: words(types),
  builtin: '',
  doubleQuotedStrings: false,
  doubleDollarQuotedStrings: true,
  caseInsensitiveIdentifiers: true,
  operatorChars: '+-*/<>=~!@#%^&|`?:',
  specialVar: '',
});

/** A column's name as it may stand in SQL. */
export const identifier = (name: string): string =>
  (/^[a-z_]\w*$/i.test(name) && !words(keywords).split(' ').includes(name.toLowerCase()) ? name
    : `"${name.replaceAll('"', '""')}"`);
