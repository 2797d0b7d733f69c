// DuckDB's SQL for the highlighter: PostgreSQL's words and its own.
import { PostgreSQL, SQLDialect } from '@codemirror/lang-sql';

const more = `anti asof describe exclude explain glob ilike pivot positional qualify replace sample semi
  summarize unpivot using try_cast macro struct map`;
const types = 'hugeint uhugeint utinyint usmallint uinteger ubigint tinyint string blob struct map list union';

export const dialect = SQLDialect.define({
  ...PostgreSQL.spec,
  keywords: `${PostgreSQL.spec.keywords ?? ''} ${more.replace(/\s+/g, ' ')}`,
  types: `${PostgreSQL.spec.types ?? ''} ${types}`,
  doubleDollarQuotedStrings: true,
});

/** A column's name as it may stand in SQL. */
export const identifier = (name: string): string =>
  (/^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
