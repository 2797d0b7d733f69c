// The sqllogictest dialect of tests/sql/*.test: text ⇄ records.
//
//   statement ok            the SQL of the record must succeed
//   statement error         it must fail; after `----`, a text that the message has to contain
//   query TYPES [nosort|rowsort] [label]
//                           SQL, then after `----` one line a row: values as VARCHAR casts, separated by
//                           tabs; NULL, (empty), and \t \n \r \0 \\ stand for themselves. TYPES: the columns'
//                           SQL types, separated by commas; the insides of STRUCT, MAP and ENUM left out.
//                           A label: all queries of one label have the same rows.
//   skipif/onlyif ENGINE    the next record is not for / only for whittle or duckdb
//   require NAME            skip the file unless NAME is there: parquet-testing
//   halt                    nothing below is run
// ${DATA} is the folder of generated files, ${CORPUS} that of Apache's test corpus.

const nested = /^(STRUCT|MAP|ENUM|UNION)\b/i;

// DuckDB names the type of a bare NULL INTEGER once it leaves the engine; whittle leaves it "NULL".
export function typeCode(type) {
  if (type === '"NULL"') return 'INTEGER';
  if (/^"NULL"\[\]/.test(type)) return type.replace('"NULL"', 'INTEGER');
  if (/^TIMESTAMP WITH TIME ZONE/i.test(type)) return type.replace(/TIMESTAMP WITH TIME ZONE/i, 'TIMESTAMPTZ');
  if (/^TIME WITH TIME ZONE/i.test(type)) return type.replace(/TIME WITH TIME ZONE/i, 'TIMETZ');
  const suffix = /(\[\d*\])*$/.exec(type)[0];
  const name = nested.exec(type);
  return (name ? name[1].toUpperCase() + suffix : type).replaceAll(' ', '');
}

const escapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

export function encode(value) {
  if (value === null) return 'NULL';
  if (value === '') return '(empty)';
  return value.replace(/[\\\t\n\r\0]/g, (c) => escapes[c]);
}

// Text → [{ kind, line, sql, types, sort, label, expected, condition, comments }]. A block of lines that
// begins with none of the keywords is { kind: 'bare' }: SQL that --record turns into a query.
export function parse(text) {
  const lines = text.split('\n');
  const records = [];
  let at = 0;
  let comments = [];
  let conditions = [];
  const block = (stop) => {
    const taken = [];
    while (at < lines.length && lines[at] !== '' && !(stop && lines[at] === '----')) taken.push(lines[at++]);
    return taken;
  };
  const results = () => {
    if (lines[at] !== '----') return undefined;
    at += 1;
    return block(false);
  };
  while (at < lines.length) {
    const line = lines[at];
    const words = line.split(/\s+/);
    const record = { line: at + 1, comments, conditions };
    if (line === '') {
      if (comments.length) records.push({ kind: 'comment', comments });
      comments = [];
      at += 1;
      continue;
    }
    if (line.startsWith('#')) {
      comments.push(line);
      at += 1;
      continue;
    }
    if (words[0] === 'skipif' || words[0] === 'onlyif') {
      conditions.push(line);
      at += 1;
      continue;
    }
    if (words[0] === 'halt' || words[0] === 'require') {
      at += 1;
      records.push({ ...record, kind: words[0], name: words[1] });
    } else if (words[0] === 'statement') {
      at += 1;
      const sql = block(true).join('\n');
      records.push({ ...record, kind: 'statement', ok: words[1] === 'ok', sql, expected: results() });
    } else if (words[0] === 'query') {
      at += 1;
      const sql = block(true).join('\n');
      const sort = words.includes('rowsort') ? 'rowsort' : 'nosort';
      const label = words.slice(2).find((word) => !/sort$/.test(word));
      records.push({ ...record, kind: 'query', types: words[1], sort, label, sql, expected: results() });
    } else {
      const sql = block(false).join('\n');
      for (const statement of sql.split(/;\s*(?:\n|$)/)) {
        if (statement.trim()) records.push({ ...record, kind: 'bare', sql: statement.trim(), conditions });
      }
    }
    comments = [];
    conditions = [];
  }
  return records;
}

export function print(records) {
  return `${records.map(printRecord).join('\n\n')}\n`;
}

function printRecord(record) {
  const head = [...record.comments, ...(record.conditions ?? [])];
  const tail = record.expected ? ['----', ...record.expected] : [];
  if (record.kind === 'comment') return head.join('\n');
  if (record.kind === 'query') {
    const words = ['query', record.types || 'NONE'];
    if (record.sort === 'rowsort') words.push('rowsort');
    if (record.label) words.push(record.label);
    return [...head, words.join(' '), record.sql, ...tail].join('\n');
  }
  if (record.kind === 'statement') {
    return [...head, `statement ${record.ok ? 'ok' : 'error'}`, record.sql, ...tail].join('\n');
  }
  return [...head, [record.kind, record.name].filter(Boolean).join(' ')].join('\n');
}
