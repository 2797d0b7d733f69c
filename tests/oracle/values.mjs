// Values of every type as SQL, mostly from the edges: for tests that call everything with anything.

const quote = (text) => `'${text.replaceAll("'", "''")}'`;
const as = (type, texts) => texts.map((text) => `${quote(text)}::${type}`);

function integers(type, low, high) {
  return ['0', '1', '2', '7', '100', low, high, ...(low === '0' ? ['3'] : ['-1', '-7'])].map((text) =>
    `(${text})::${type}`);
}

const power = (n) => (1n << BigInt(n)).toString();
const below = (n) => ((1n << BigInt(n)) - 1n).toString();

const instants = ['1970-01-01 00:00:00', '2024-02-29 23:59:59.999999', '1992-03-22 01:02:03.5', '1969-12-31 12:00:00',
  '0001-01-01 00:00:00', '2000-01-31 10:20:30', '9999-12-31 23:59:59'];

export const values = {
  BOOLEAN: ['true', 'false'],
  TINYINT: integers('TINYINT', '-128', '127'),
  SMALLINT: integers('SMALLINT', '-32768', '32767'),
  INTEGER: integers('INTEGER', '-2147483648', '2147483647'),
  BIGINT: integers('BIGINT', `-${power(63)}`, below(63)),
  HUGEINT: integers('HUGEINT', `-${power(127)}`, below(127)),
  UTINYINT: integers('UTINYINT', '0', below(8)),
  USMALLINT: integers('USMALLINT', '0', below(16)),
  UINTEGER: integers('UINTEGER', '0', below(32)),
  UBIGINT: integers('UBIGINT', '0', below(64)),
  UHUGEINT: as('UHUGEINT', ['0', '1', '7', '100', '340282366920938463463374607431768211455']),
  FLOAT: as('FLOAT', ['0', '-0.0', '1', '-1', '0.5', '1.5', '-2.5', '3.4028235e38', '1e-40', 'nan', 'inf', '-inf',
    '7']),
  DOUBLE: as('DOUBLE', ['0', '-0.0', '1', '-1', '0.5', '1.5', '-2.5', '123.456', '1.7976931348623157e308', '5e-324',
    'nan', 'inf', '-inf', '7']),
  'DECIMAL(4,1)': as('DECIMAL(4,1)', ['0', '1', '-1.5', '999.9', '-999.9', '2.5', '0.5']),
  'DECIMAL(9,4)': as('DECIMAL(9,4)', ['0', '1', '-1.5', '99999.9999', '-99999.9999', '2.5555']),
  'DECIMAL(18,6)': as('DECIMAL(18,6)', ['0', '1', '-1.5', '999999999999.999999', '-0.000001']),
  'DECIMAL(38,10)': as('DECIMAL(38,10)', ['0', '1', '-1.5', '9999999999999999999999999999.9999999999',
    '0.0000000001']),
  VARCHAR: ['', 'a', 'Hello World', 'ß', 'e\u0301t\u00e9', '🦆🤦🏼‍♂️', 'aAbBcC', 'x'.repeat(300), '%', '123', '-1.5',
    'true', '[1, 2]',
    '{"a": [1, 2]}', '2024-02-29', '  pad  ', 'a,b,c', 'a/b/c.txt', "it's", '1 day', 'İıſ', 'hello', 'l'].map(quote),
  BLOB: as('BLOB', ['', 'a', '\\x00\\xFF', 'hello', '\\xC3\\xA9', 'x'.repeat(40)]),
  BIT: as('BIT', ['0', '1', '0101', '11111111', '000000000', '10110111011110111']),
  DATE: as('DATE', ['1970-01-01', '2024-02-29', '1992-03-22', '0001-01-01', '0044-03-15 (BC)', '9999-12-31',
    'infinity',
    '-infinity', '2000-01-31', '1969-12-31', '5881580-07-10']),
  TIME: as('TIME', ['00:00:00', '12:34:56.789012', '23:59:59.999999', '24:00:00', '01:02:03']),
  'TIME WITH TIME ZONE': as('TIMETZ', ['00:00:00+00', '12:34:56.789-08:30', '23:59:59.999999+15:59:59',
    '01:02:03+01']),
  TIMESTAMP: as('TIMESTAMP', [...instants, '0044-03-15 (BC) 01:02:03', 'infinity', '-infinity']),
  TIMESTAMP_S: as('TIMESTAMP_S', [...instants, 'infinity', '-infinity']),
  TIMESTAMP_MS: as('TIMESTAMP_MS', [...instants, 'infinity', '-infinity']),
  TIMESTAMP_NS: as('TIMESTAMP_NS', [...instants.slice(0, 4), '2024-01-01 00:00:00.123456789', 'infinity',
    '-infinity']),
  'TIMESTAMP WITH TIME ZONE': as('TIMESTAMPTZ', [...instants.map((text) => `${text}+00`), 'infinity', '-infinity']),
  INTERVAL: as('INTERVAL', ['0 days', '1 day', '1 month', '-1 year', '90 minutes',
    '1 year 2 months 3 days 04:05:06.789',
    '-3 days 00:00:01', '1 microsecond', '400 days', '83 years 3 months 999 days 00:16:39.999999']),
  UUID: as('UUID', ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0190163d-8694-739b-aea5-966c26f8ad91', 'ac227128-7d55-4ee0-a765-5025cc52e55a']),
  JSON: as('JSON', ['null', '1', '"duck"', '[]', '{}', '[1, "a", null, {"b": 2.5}]',
    '{"a": {"b": [1, 2, 3]}, "c": "x"}',
    'true', '1.5e10', '{"k\\u00e9": -1}']),
};

/// SQL for a random value of a type (nested ones as `T[]`, `T[3]`, `STRUCT(a T)`, `MAP(K, V)`).
export function randomValue(type, { choose, below: number, chance }, nulls = 0.12) {
  const again = (inner) => randomValue(inner, { choose, below: number, chance }, nulls);
  if (chance(nulls)) return `NULL::${type}`;
  const array = /^(.*)\[(\d*)\]$/s.exec(type);
  if (array) {
    const count = array[2] ? Number(array[2]) : choose([0, 1, 1, 2, 3, 5]);
    return `[${Array.from({ length: count }, () => again(array[1])).join(', ')}]::${type}`;
  }
  const map = /^MAP\((\w+), (.*)\)$/s.exec(type);
  if (map) {
    const keys = [...new Set(Array.from({ length: number(4) }, () => choose(values[map[1]])))];
    return `MAP([${keys.join(', ')}]::${map[1]}[], [${keys.map(() => again(map[2])).join(', ')}]::${map[2]}[])`;
  }
  const struct = /^STRUCT\((.*)\)$/s.exec(type);
  if (struct) {
    const fields = struct[1].split(', ').map((field) => field.split(' '));
    return `{${fields.map(([name, ...inner]) => `'${name}': ${again(inner.join(' '))}`).join(', ')}}::${type}`;
  }
  if (type.startsWith('DECIMAL') && !values[type]) return `${choose(values['DECIMAL(9,4)'])}::${type}`;
  return choose(values[type]);
}
