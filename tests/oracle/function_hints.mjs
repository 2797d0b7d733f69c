// What functions.mjs must know of single functions: arguments that only some values make sense for, those that
// must be the same for all rows, and what is left out.

const text = (list) => list.map((value) => `'${value.replaceAll("'", "''")}'`);
const parts = text(['year', 'month', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond', 'week',
  'quarter', 'decade',
  'century', 'millennium', 'dow', 'isodow', 'doy', 'epoch', 'era', 'yearweek', 'isoyear', 'julian', 'weekday', 'y',
    'mons', 'nonsense']);
const truncating = text(['year', 'month', 'day', 'hour', 'minute', 'second', 'milliseconds', 'microseconds',
  'week', 'quarter',
  'decade', 'century', 'millennium', 'isoyear', 'nonsense']);
const formats = text(['%Y-%m-%d', '%d/%m/%y %H:%M:%S', '%A %B %j', '%a %b %-d %I:%M %p', '%f %g %n',
  '%U %W %V %G %u %w', '%x %X %c',
  '%%', 'plain', '%z %Z', '%s']);
const patterns = text(['a', '[a-z]+', '(l+)(o?)', '^h', '\\d+', '.', '', '(?i)HELLO', '\\bW', '[^a]', 'x*']);
const small = ['0', '1', '2', '3', '5', '-1', '-2', 'NULL::INTEGER'];
const paths = text(['$', '$.a', '$.a.b', '$[0]', '$[#-1]', 'a', '/a/b/1', '$.c', '$.*', '$[*]', '$.a.b[*]']);
const likes = text(['%', '%l%', 'h_llo', '', 'a%', '_', '%é%', 'Hello World', 'A%']);
const fractions = ['0.5', '0', '1', '0.25', '[0.1, 0.9]', '-0.25', '0.5::FLOAT', '0.333::DOUBLE'];
const buckets = ['1', '2', '3', '5'];

export const hints = {
  date_part: { 0: parts }, datepart: { 0: parts }, date_trunc: { 0: truncating }, datetrunc: { 0: truncating },
  date_diff: { 0: truncating }, datediff: { 0: truncating }, date_sub: { 0: truncating }, datesub: { 0: truncating },
  strftime: { 1: formats, constant: [1] }, strptime: { 1: formats, constant: [1] },
  try_strptime: { 1: formats, constant: [1] },
  regexp_matches: { 1: patterns, 2: text(['i', 'c', 'l', 's', 'ms', 'g']), constant: [2] },
  regexp_full_match: { 1: patterns, 2: text(['i', 'c', 'l', 's', 'ms']), constant: [2] },
  regexp_replace: { 1: patterns, 2: text(['', 'X', '\\1', '<\\0>']), 3: text(['g', 'i', 'gi']), constant: [3] },
  regexp_extract: { 1: patterns, 3: text(['i', 'c', 's']), constant: [2, 3] },
  regexp_extract_all: { 1: patterns, 3: text(['i', 'c', 's']), constant: [2, 3] },
  regexp_split_to_array: { 1: patterns, 2: text(['i', 's']), constant: [2] },
  string_split_regex: { 1: patterns, 2: text(['i', 's']), constant: [2] },
  str_split_regex: { 1: patterns, 2: text(['i', 's']), constant: [2] },
  repeat: { 1: small }, lpad: { 1: ['0', '3', '8', '-1'] }, rpad: { 1: ['0', '3', '8', '-1'] },
  range: { 0: ['0', '3', '-2'], 1: ['0', '5', '-3'], 2: ['1', '2', '-1'] },
  generate_series: { 0: ['0', '3', '-2'], 1: ['0', '5', '-3'], 2: ['1', '2', '-1'] },
  json_extract: { 1: paths, constant: [1] }, json_extract_path: { 1: paths, constant: [1] },
  json_extract_string: { 1: paths, constant: [1] }, json_extract_path_text: { 1: paths, constant: [1] },
  json_value: { 1: paths, constant: [1] }, json_exists: { 1: paths, constant: [1] }, json_type: { 1: paths,
    constant: [1] },
  json_array_length: { 1: paths, constant: [1] }, json_keys: { 1: paths, constant: [1] },
  json_transform: { 1: text(['{"a": "INTEGER"}', '"VARCHAR"', '["INTEGER"]', '{"a": {"b": ["BIGINT"]}}']),
    constant: [1] },
  json_transform_strict: { 1: text(['{"a": "INTEGER"}', '"VARCHAR"', '["INTEGER"]']), constant: [1] },
  from_json: { 1: text(['{"a": "INTEGER"}', '"VARCHAR"', '["INTEGER"]', '{"a": {"b": ["BIGINT"]}}']), constant: [1] },
  from_json_strict: { 1: text(['{"a": "INTEGER"}', '"VARCHAR"', '["INTEGER"]']), constant: [1] },
  quantile: { 1: fractions, constant: [1] }, quantile_disc: { 1: fractions, constant: [1] },
  quantile_cont: { 1: fractions, constant: [1] }, approx_quantile: { 1: fractions.slice(0, 4), constant: [1] },
  reservoir_quantile: { 1: fractions.slice(0, 4), 2: ['8192'], constant: [1, 2] },
  list_aggregate: { 1: text(['sum', 'min', 'max', 'count', 'avg', 'string_agg', 'list', 'nonsense', 'median']),
    constant: [1] },
  list_aggr: { 1: text(['sum', 'min', 'max', 'count', 'avg', 'first', 'last', 'mode']), constant: [1] },
  list_sort: { 1: text(['ASC', 'DESC']), 2: text(['NULLS FIRST', 'NULLS LAST']), constant: [1, 2] },
  array_sort: { 1: text(['ASC', 'DESC']), 2: text(['NULLS FIRST', 'NULLS LAST']), constant: [1, 2] },
  list_grade_up: { 1: text(['ASC', 'DESC']), 2: text(['NULLS FIRST', 'NULLS LAST']), constant: [1, 2] },
  list_reverse_sort: { 1: text(['NULLS FIRST', 'NULLS LAST']), constant: [1] },
  array_reverse_sort: { 1: text(['NULLS FIRST', 'NULLS LAST']), constant: [1] },
  approx_top_k: { 1: buckets, constant: [1] }, string_agg: { 1: text([',', '', ' - ']), constant: [1] },
  group_concat: { 1: text([',', '', ' - ']), constant: [1] }, listagg: { 1: text([',', '', ' - ']), constant: [1] },
  max: { 1: buckets, constant: [1] }, min: { 1: buckets, constant: [1] },
  arg_max: { 2: buckets, constant: [2] }, arg_min: { 2: buckets, constant: [2] }, max_by: { 2: buckets,
    constant: [2] },
  min_by: { 2: buckets, constant: [2] }, argmax: { 2: buckets, constant: [2] }, argmin: { 2: buckets, constant: [2] },
  format: { 0: text(['{}', '{} {}', '{0}-{0}', '{:>5}', '{:05}', '{:x}', 'plain', '{{}}', '{:,}', '{:.2f}']),
    constant: [0] },
  printf: { 0: text(['%s', '%d', '%5s|%-5s', '%05d', '%x', 'plain', '%%', '%.2f', '%e']), constant: [0] },
  bar: { 3: ['10', '5.5'] }, struct_extract: { 1: text(['a', 'b', 'c']), constant: [1] },
  struct_extract_at: { 1: ['1', '2'], constant: [1] }, array_extract: { 1: [...small, "'a'"], constant: [1] },
  to_base: { 1: ['2', '10', '16', '36', '1'], 2: small }, round: { 1: small, constant: [1] }, trunc: { 1: small,
    constant: [1] },
  '~~': { 1: likes }, '!~~': { 1: likes }, '~~*': { 1: likes }, '!~~*': { 1: likes }, '~~~': { 1: text(['*',
    'h?llo', '[a-h]*', 'A*']) },
  like_escape: { 1: likes, 2: text(['\\', '$', '']) }, not_like_escape: { 1: likes, 2: text(['\\', '$']) },
  ilike_escape: { 1: likes, 2: text(['\\', '$']) }, not_ilike_escape: { 1: likes, 2: text(['\\', '$']) },
  bitstring: { 1: ['0', '3', '8', '40', '-1'] }, set_bit: { 1: small, 2: ['0', '1', '2'] }, get_bit: { 1: small },
  '<<': { 1: ['0', '1', '3', '7', '-1', '200'] }, '>>': { 1: ['0', '1', '3', '7', '-1', '200'] },
  '**': { 1: small }, '^': { 1: small }, factorial: { 0: ['0', '5', '20', '33', '34', '-1', 'NULL::INTEGER'] },
  '!__postfix': { 0: ['0', '5', '20', '33', '34', '-1'] }, parse_path: { 1: text(['both_slash', 'forward_slash',
    'system', 'x']) },
  parse_filename: { 0: text(['a/b/c.txt', '', 'x', '/a/.b', 'c:\\d\\e.f.g']) }, like: { 1: likes },
  equi_width_bins: { 2: buckets, constant: [2] }, chr: { 0: ['65', '233', '129414', '0', '-1', '1114112'] },
  to_years: { 0: small }, to_decades: { 0: small }, to_centuries: { 0: small }, to_millennia: { 0: small },
  map_extract: {}, nfc_normalize: {}, unicode: {}, levenshtein: {}, damerau_levenshtein: {},
  time_bucket: { 0: text(['1 day', '1 month', '2 weeks', '1 hour', '3 years', '0 days',
    '-1 day']).map((t) => `${t}::INTERVAL`) },
  encode: { 1: text(['utf-8']) }, decode: { 1: text(['utf-8', 'x']) }, list_resize: { 1: ['0', '1', '4'] },
    array_resize: { 1: ['0', '1', '4'] },
  array_slice: { 1: small, 2: small, 3: ['1', '2', '-1'] }, list_slice: { 1: small, 2: small, 3: ['1', '2', '-1'] },
  struct_contains: { 0: ["row(1, 'a')", 'row(2, NULL)'], 1: ['1', "'a'"] },
  struct_position: { 0: ["row(1, 'a')", 'row(2, NULL)'], 1: ['1', "'a'"] },
  struct_indexof: { 0: ["row(1, 'a')", 'row(2, NULL)'], 1: ['1', "'a'"] }, make_time: { 0: ['0', '23', '24', '-1'],
  1: ['0', '59', '60'], 2: ['0',
    '59.5', '60', '-1'] },
  make_date: { 0: ['2024', '1970', '-44', '0', '5881581'], 1: ['2', '12', '13', '0'], 2: ['29', '31', '1', '0'] },
  make_timestamp: { 0: ['2024', '1970', '-44'], 1: ['2', '12', '13'], 2: ['29', '31', '1'], 3: ['0', '23', '24'],
    4: ['0', '60'], 5: ['0', '59.5'] },
  histogram: { 1: ['[0, 1, 7]'], constant: [1] }, histogram_exact: { 1: ['[0, 1, 7]'], constant: [1] },
  struct_has: { 0: ["row(1, 'a')", "row(2, NULL)"], 1: ['1', "'a'"] }, decode: {},
  array_value: {}, cast_to_type: { constant: [1] }, decimal: {},
};

export const infix = new Set(['+', '-', '*', '/', '//', '%', '**', '^', '&', '|', '<<', '>>', '||', '~~', '!~~',
  '~~*', '!~~*', '~~~',
  '->>', '^@', '&&', '@>', '<@', '<->', '<=>', '~', '@', 'xor_']);

/// Whose answer is chance, the time, the session's, the machine's or another engine's business.
export const left = new Set(['random', 'uuid', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'setseed', 'hash', 'version',
  'now',
  'current_timestamp', 'get_current_timestamp', 'transaction_timestamp', 'current_date', 'today',
    'get_current_time', 'current_time',
  'current_localtime', 'current_localtimestamp', 'current_query', 'current_schema', 'current_schemas',
    'current_database',
  'current_connection_id', 'current_query_id', 'current_transaction_id', 'txid_current', 'current_setting',
    'getvariable', 'nextval',
  'currval', 'write_log', 'parse_duckdb_log_message', 'in_search_path', 'json_serialize_sql', 'json_deserialize_sql',
  'json_serialize_plan', 'json_execute_serialized_sql', 'stats', 'vector_type', 'sleep_ms', 'create_sort_key',
    'combine', 'finalize',
  'enum_code', 'enum_first', 'enum_last', 'enum_range', 'enum_range_boundary', 'reservoir_quantile', 'error',
    'getenv', 'remap_struct',
  'timetz_byte_comparable', 'get_type', 'make_type', 'replace_type', 'switch', 'fill', 'rank', 'rank_dense',
    'dense_rank', 'percent_rank',
  'cume_dist', 'ntile', 'row_number', 'lead', 'lag', 'first_value', 'last_value', 'nth_value',
    'approx_count_distinct', 'bitstring_agg',
  'can_cast_implicitly', 'unpivot_list', 'constant_or_null', 'alias', 'is_histogram_other_bin', 'grouping',
  'equi_width_bins', 'cast_to_type',
  'variant_bytes_to_variant', '!__postfix', 'list_distinct', 'array_distinct',
  'union_value', 'struct_pack', 'cardinality',
  'timezone', 'timezone_hour', 'timezone_minute']);

/// Where whittle means to differ, or DuckDB answers by accident.
export const known = [
  // Numbers.
  /(\('\d+'::UHUGEINT\) - |subtract\('\d+'::UHUGEINT)/, // DuckDB wraps around below zero
  /round\(\((-?128|127|32767|-?922)|round\(a0, -/, // and so it does where rounding leaves the type
  /round\('-?(inf|nan)'/, // DuckDB: 0 for what is no number, with negative digits
  /<->.*e\+?38|_(distance|product)\(.*e(38|-40)|_similarity\(.*e(38|-40)/, // FLOAT's edges: sums in another order
  /bar\(.*(nan|inf)/, // DuckDB: as wide as a NaN happens to be
  /uuid_extract_version\(.*ffffffff-ffff/, // DuckDB: 54, beyond the four bits of a version
  // Aggregates of doubles: the sign of a NaN, and overflow, depend on the order of a sum.
  /(corr|fsum|kahan_sum|sumkahan|quantile_cont|covar_pop|product|regr_\w+)\(.*(inf|nan)/,
  /(avg|mean)\(.*::INTERVAL/, // DuckDB averages through doubles
  /histogram(_exact)?\(.*nan/, // DuckDB: in the first bin
  /m(ax|in)(_by)?\((a\d, )+\d\).*::INTERVAL|nulls_last\(.*::INTERVAL/, // DuckDB: a month is above 400 days
  /quantile_cont\(.*9999999999\.9999999999/, // DuckDB: the largest DECIMALs through doubles
  /approx_top_k\(/, // of equally frequent values, any may be left out
  /approx_quantile\(.*::TIMETZ/, // DuckDB: of the bits that store them, also times beyond a day
  /approx_quantile\(.*(5881580|e308|922337|infinity|170141|nan|inf)/, // a DOUBLE cannot tell the largest apart
  /(mad|quantile_cont|quantile|median)\(.*TIMETZ/, // there is no order that times with offsets share
  // Dates.
  /(DATE.* \+ |\+ .*DATE|add\(.*DATE).*-2147483648/, // a day before the one that stands for -infinity
  /age\(.*infinity'::TIMESTAMPTZ/, // DuckDB counts with the number that stands for infinity
  /epoch_ns\('-?infinity'|epoch_ns\(a0|make_timestamp_ns\(/, // as it does here
  /time_bucket\(.*(infinity|5881580)/, // and here, where the bucket is of no size
  /(quantile_cont|mad|quantile)\(.*(infinity'::(DATE|TIMESTAMP)|5881580)/, // between infinities there is nothing
  /make_timestamptz\(/, // DuckDB: midnight of the session's zone with other limits
  /%G.*(BC|5881580)|(BC|5881580).*%G/, // DuckDB: the last four digits of a year
  /%Z.*TIMESTAMPTZ|TIMESTAMPTZ.*%Z/, // names of time zones need their calendar
  /timezone(_hour|_minute)?\(/, // as these do
  /\*.*92233720368547758\d\d.*INTERVAL|multiply\(.*92233720368547758/, // whose parts must fit an INTEGER
  // Texts and lists.
  /(split_to_array|split_regex)\(a0, a1, /, // DuckDB forgets the options of patterns that are no constant
  /parse_formatted_bytes\(('\d+'|a0)\)/, // here a number alone is one of bytes, as in SET memory_limit
  /parse_(filename|dirname|dirpath|path)\(.*NULL/, // DuckDB: NULL as separators or flag is the default if constant
  /regexp_extract\(.*NULL::INTEGER/, // DuckDB: group NULL is an empty text
  /json_quote\(.*, |(to|row_to|array_to)_json\(.*, /, // DuckDB: takes any number of arguments if one is NULL
  /(list_cat|list_concat|array_cat|array_concat)\(\)/, // DuckDB: NULL for no list at all
  /array_value\(.*INTERVAL\)/, // quotes of one-element arrays
  /^SELECT contains\(\{/, // DuckDB: of a struct with names, always an error but for NULL
  /grade_up\(.*(NULL::VARCHAR|'\[1, 2\])|sort\(.*NULL::VARCHAR/, // an order that is no order
  /add\(a0\)/, // DuckDB: + before a NULL list is an empty one
  /aggr(egate)?\(.*, NULL::VARCHAR/, // DuckDB: the name of an aggregate is never NULL
  /format\('\{:05\}', .*(inf|nan)'/, // DuckDB: zeros behind them
  // A constant NULL: DuckDB looks for one before it chooses a function and judges the other arguments.
  /\w+\(NULL::/, /(isodow|isoyear|dayof\w+|week\w*|yearweek)\(.*INTERVAL/, /, NULL::\w+( WITH TIME ZONE)?\)$/,
  /date_?(trunc|part)\(a0, a1\)/, // and takes nonsense for an infinite date's part
];

export const lambdas = [
  'SELECT list_transform([1, 2, NULL], lambda x: x + 1)',
  'SELECT list_transform([1, 2], lambda x, i: x * i)',
  'SELECT list_filter([1, 2, 3], lambda x: x > 1)',
  "SELECT list_reduce(['a', 'b', 'c'], lambda x, y: x || y)",
  'SELECT list_reduce([1, 2, 3], lambda x, y, i: x + y * i)',
  'SELECT list_reduce([1, 2, 3], lambda x, y: x + y, 10)',
  'SELECT reduce([]::INTEGER[], lambda x, y: x + y, 10)',
  'SELECT list_reduce([]::INTEGER[], lambda x, y: x + y)',
  'SELECT [x * 2 FOR x IN [1, 2, 3] IF x > 1]',
  'SELECT array_apply([1, 2], lambda x: [x, x])',
];
