// Writes a table like ClickBench's `hits`: its 105 columns and types, rows in the order of time, skew where
// the real data has it. Deterministic: a row depends on its number and the seed only.
//
//   node bench/hits/generate.mjs ROWS FILE [--codec snappy|zstd] [--row-group N] [--raw]
//
// Without --raw the types are what ClickBench's DuckDB view makes of them (EventTime TIMESTAMP, EventDate
// DATE, text as VARCHAR). With --raw they are those of the published file: times are seconds in a BIGINT,
// EventDate days in a USMALLINT, text is unannotated BYTE_ARRAY.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDuckDB } from '../../tests/oracle/duckdb.mjs';

// u(salt): uniform in [0, 1) per row and salt. z(salt, n, skew): 0 … n-1, small numbers often.
const macros = [
  'u(i, salt) AS (hash(i * 256 + salt) / 18446744073709551616.0)',
  'z(i, salt, n, skew) AS CAST(floor(n * pow(u(i, salt), skew)) AS BIGINT)',
  'big(x, salt) AS CAST(hash(x * 256 + salt) >> 1 AS BIGINT)',
  'small(x, salt) AS CAST(CAST(hash(x * 256 + salt) & 4294967295 AS BIGINT) - 2147483648 AS INTEGER)',
  `word(x) AS (['otdam', 'kvartira', 'auto', 'film', 'novosti', 'skachat', 'igra', 'moda', 'karta',
    'recept', 'pogoda', 'forum', 'shop', 'photo', 'online', 'video', 'market', 'dom', 'sad', 'muzyka',
    'kniga', 'rabota', 'turizm', 'sport', 'deti', 'remont', 'bank', 'kino', 'telefon', 'noutbuk', 'mebel',
    'odezhda'])[1 + CAST(hash(x) % 32 AS INTEGER)]`,
  `russian(x) AS (['купить', 'недвижимость', 'смотреть', 'онлайн', 'скачать бесплатно', 'погода',
    'карта', 'рецепты', 'новости', 'авто', 'работа в москве', 'игры', 'фильм', 'сериал', 'расписание',
    'цена', 'отзывы', 'фото', 'форум', 'объявления', 'интернет-магазин', 'ремонт', 'одежда', 'туры',
    'кредит', 'музыка', 'книги', 'доставка', 'телефон', 'квартира', 'дом', 'школа'])
    [1 + CAST(hash(x) % 32 AS INTEGER)]`,
  `host(x) AS CASE WHEN x % 397 = 5 THEN 'www.google.ru' WHEN x % 7 < 4
    THEN word(x) || '-' || word(x + 1) || '.ru' ELSE word(x) || x % 1000 || '.com' END`,
  `url(x) AS 'http://' || CASE WHEN x % 5 = 0 THEN 'www.' ELSE '' END || host(x % 4001) || '/' ||
    word(x * 3) || '/' || CASE x % 6 WHEN 0 THEN '' WHEN 1 THEN word(x * 5) || '.html?id=' || x
    WHEN 2 THEN word(x * 7) || '/' || x || '/' || word(x * 11) || '?page=' || x % 17
    WHEN 3 THEN '?q=' || word(x * 13) || '&lr=' || x % 213 || '&text=' || word(x) || '+' || word(x * 17)
    WHEN 4 THEN 'item/' || x || '#' || word(x * 19)
    ELSE word(x * 23) || '-' || word(x * 29) || '/' || hash(x) % 1000003 || '.htm' END ||
    CASE WHEN x % 1511 = 3 THEN '&from=google' ELSE '' END`,
  `title(x) AS russian(x) || ' ' || russian(x * 3) || CASE WHEN x % 1301 = 7 THEN ' - Google' ELSE '' END ||
    CASE WHEN x % 3 = 0 THEN ' на ' || host(x % 4001) ELSE ' — ' || russian(x * 7) || ' ' || x % 10007 END`,
];

// name, SQL type, expression over one row of `base` (below).
const columns = [
  ['WatchID', 'BIGINT', 'big(i, 1)'],
  ['JavaEnable', 'SMALLINT', 'z(i, 2, 10, 1) % 10 < 7'],
  ['Title', 'VARCHAR', "CASE WHEN u(i, 3) < 0.14 THEN '' ELSE title(page) END"],
  ['GoodEvent', 'SMALLINT', '1'],
  ['EventTime', 'TIMESTAMP', 'event_time'],
  ['EventDate', 'DATE', 'CAST(event_time AS DATE)'],
  ['CounterID', 'INTEGER', 'counter'],
  ['ClientIP', 'INTEGER', 'small(visitor // 2, 8)'],
  ['RegionID', 'INTEGER', 'region'],
  ['UserID', 'BIGINT', 'CASE WHEN rare THEN 435090932899640449 ELSE big(visitor, 10) END'],
  ['CounterClass', 'SMALLINT', 'counter % 3 - 1'],
  ['OS', 'SMALLINT', 'z(visitor, 12, 60, 3)'],
  ['UserAgent', 'SMALLINT', 'z(visitor, 13, 80, 3)'],
  ['URL', 'VARCHAR', 'CASE WHEN u(i, 14) < 0.0007 THEN \'\' ELSE url(page) END'],
  ['Referer', 'VARCHAR', "CASE WHEN u(i, 15) < 0.19 THEN '' ELSE url(referer) END"],
  ['IsRefresh', 'SMALLINT', 'u(i, 16) < 0.13'],
  ['RefererCategoryID', 'SMALLINT', 'CASE WHEN u(i, 17) < 0.6 THEN 0 ELSE z(i, 17, 13000, 2) END'],
  ['RefererRegionID', 'INTEGER', 'CASE WHEN u(i, 18) < 0.6 THEN 0 ELSE z(i, 18, 3000, 3) END'],
  ['URLCategoryID', 'SMALLINT', 'CASE WHEN page % 3 = 0 THEN 0 ELSE page % 12000 END'],
  ['URLRegionID', 'INTEGER', 'CASE WHEN page % 4 = 0 THEN 0 ELSE page % 1000 END'],
  ['ResolutionWidth', 'SMALLINT', '([1638, 1368, 1996, 1297, 1087, 1750, 2038, 0, 1204, 1917])[1 + screen]'],
  ['ResolutionHeight', 'SMALLINT', '([658, 735, 988, 1016, 600, 929, 1052, 0, 768, 1200])[1 + screen]'],
  ['ResolutionDepth', 'SMALLINT', '([37, 22, 23, 24, 32])[1 + screen % 5]'],
  ['FlashMajor', 'SMALLINT', 'CASE WHEN visitor % 5 = 0 THEN 0 ELSE 10 + visitor % 6 END'],
  ['FlashMinor', 'SMALLINT', 'visitor % 8'],
  ['FlashMinor2', 'VARCHAR', "CASE WHEN visitor % 5 = 0 THEN '' ELSE '70' || visitor % 10 END"],
  ['NetMajor', 'SMALLINT', 'visitor % 4'],
  ['NetMinor', 'SMALLINT', 'visitor % 3'],
  ['UserAgentMajor', 'SMALLINT', '10 + z(visitor, 29, 30, 2)'],
  ['UserAgentMinor', 'VARCHAR', "(['D', 'i', '0.', '3'])[1 + visitor % 4]"],
  ['CookieEnable', 'SMALLINT', 'visitor % 50 <> 0'],
  ['JavascriptEnable', 'SMALLINT', 'visitor % 60 <> 0'],
  ['IsMobile', 'SMALLINT', 'mobile'],
  ['MobilePhone', 'SMALLINT', 'CASE WHEN mobile THEN 1 + z(visitor, 34, 80, 2) ELSE 0 END'],
  ['MobilePhoneModel', 'VARCHAR', `CASE WHEN NOT mobile THEN '' ELSE (['iPad', 'iPhone', 'A500', 'N8-00',
    'iPho', 'ONE TOUCH 6030A', 'GT-P7300B', '3110000', 'GT-I9500', 'eagle75', 'GT-S5830i', 'HTC Desire',
    'Lumia 800', 'XT910', 'ST25i', 'P710'])[1 + z(visitor, 35, 16, 3)] END`],
  ['Params', 'VARCHAR', "CASE WHEN u(i, 36) < 0.985 THEN '' ELSE word(i) || '=' || i % 1000 END"],
  ['IPNetworkID', 'INTEGER', 'z(visitor, 37, 4000000, 1)'],
  ['TraficSourceID', 'SMALLINT', 'source'],
  ['SearchEngineID', 'SMALLINT',
    'CASE WHEN searched THEN ([2, 3, 2, 2, 13, 4, 1, 22])[1 + z(i, 39, 8, 2)] ELSE 0 END'],
  ['SearchPhrase', 'VARCHAR', "CASE WHEN searched THEN phrase ELSE '' END"],
  ['AdvEngineID', 'SMALLINT',
    'CASE WHEN u(i, 41) < 0.9937 THEN 0 ELSE ([2, 27, 13, 45, 44, 3, 62, 52])[1 + z(i, 42, 8, 4)] END'],
  ['IsArtifical', 'SMALLINT', 'u(i, 43) < 0.02'],
  ['WindowClientWidth', 'SMALLINT', 'z(visitor, 44, 1900, 1)'],
  ['WindowClientHeight', 'SMALLINT', 'z(visitor, 45, 1100, 1)'],
  ['ClientTimeZone', 'SMALLINT', '([-1, 4, 4, 3, 4, 6, 2])[1 + visitor % 7]'],
  ['ClientEventTime', 'TIMESTAMP', 'event_time + to_seconds(CAST(u(i, 47) * 100 - 50 AS INTEGER))'],
  ['SilverlightVersion1', 'SMALLINT', 'visitor % 6'],
  ['SilverlightVersion2', 'SMALLINT', 'visitor % 2'],
  ['SilverlightVersion3', 'INTEGER', 'CASE visitor % 6 WHEN 0 THEN 0 ELSE 60531 END'],
  ['SilverlightVersion4', 'SMALLINT', '0'],
  ['PageCharset', 'VARCHAR', "CASE WHEN counter % 5 = 0 THEN 'utf-8' ELSE 'windows-1251;charset' END"],
  ['CodeVersion', 'INTEGER', '291 + counter % 7'],
  ['IsLink', 'SMALLINT', 'u(i, 54) < 0.12'],
  ['IsDownload', 'SMALLINT', 'u(i, 55) < 0.003'],
  ['IsNotBounce', 'SMALLINT', 'u(i, 56) < 0.3'],
  ['FUniqID', 'BIGINT', 'CASE WHEN visitor % 3 = 0 THEN 0 ELSE big(visitor, 57) END'],
  ['OriginalURL', 'VARCHAR', "CASE WHEN u(i, 58) < 0.9 THEN '' ELSE url(page) END"],
  ['HID', 'INTEGER', 'small(i, 59)'],
  ['IsOldCounter', 'SMALLINT', '0'],
  ['IsEvent', 'SMALLINT', '0'],
  ['IsParameter', 'SMALLINT', '0'],
  ['DontCountHits', 'SMALLINT', 'u(i, 63) < 0.3'],
  ['WithHash', 'SMALLINT', 'u(i, 64) < 0.01'],
  ['HitColor', 'VARCHAR', "(['5', 'E', 'g', 'S', 'T'])[1 + z(i, 65, 5, 1)]"],
  ['LocalEventTime', 'TIMESTAMP', 'event_time + to_hours(visitor % 7)'],
  ['Age', 'SMALLINT', '([0, 16, 22, 26, 39, 50])[1 + visitor % 6]'],
  ['Sex', 'SMALLINT', 'visitor % 3'],
  ['Income', 'SMALLINT', 'visitor % 4'],
  ['Interests', 'SMALLINT', 'z(visitor, 70, 16000, 2)'],
  ['Robotness', 'SMALLINT', 'visitor % 97 = 0'],
  ['RemoteIP', 'INTEGER', 'small(visitor, 72)'],
  ['WindowName', 'INTEGER', 'small(visitor + page, 73)'],
  ['OpenerName', 'INTEGER', 'small(referer, 74)'],
  ['HistoryLength', 'SMALLINT', 'z(i, 75, 50, 3)'],
  ['BrowserLanguage', 'VARCHAR', "(['S0', 'ru', 'en', 'uk'])[1 + z(visitor, 76, 4, 3)]"],
  ['BrowserCountry', 'VARCHAR', "(['h1', 'RU', 'US', 'UA'])[1 + z(visitor, 77, 4, 3)]"],
  ['SocialNetwork', 'VARCHAR', "CASE WHEN u(i, 78) < 0.9995 THEN '' ELSE 'vkontakte' END"],
  ['SocialAction', 'VARCHAR', "CASE WHEN u(i, 78) < 0.9995 THEN '' ELSE 'like' END"],
  ['HTTPError', 'SMALLINT', '0'],
  ['SendTiming', 'INTEGER', 'z(i, 81, 10000, 8)'],
  ['DNSTiming', 'INTEGER', 'z(i, 82, 3000, 10)'],
  ['ConnectTiming', 'INTEGER', 'z(i, 83, 5000, 8)'],
  ['ResponseStartTiming', 'INTEGER', 'z(i, 84, 20000, 4)'],
  ['ResponseEndTiming', 'INTEGER', 'z(i, 85, 30000, 4)'],
  ['FetchTiming', 'INTEGER', 'z(i, 86, 30000, 6)'],
  ['SocialSourceNetworkID', 'SMALLINT', 'CASE WHEN u(i, 87) < 0.99 THEN 0 ELSE 2 END'],
  ['SocialSourcePage', 'VARCHAR', "CASE WHEN u(i, 87) < 0.99 THEN '' ELSE url(referer) END"],
  ['ParamPrice', 'BIGINT', 'CASE WHEN u(i, 89) < 0.999 THEN 0 ELSE z(i, 89, 100000, 1) END'],
  ['ParamOrderID', 'VARCHAR', "CASE WHEN u(i, 89) < 0.999 THEN '' ELSE 'order-' || i END"],
  ['ParamCurrency', 'VARCHAR', "'NH'"],
  ['ParamCurrencyID', 'SMALLINT', '0'],
  ['OpenstatServiceName', 'VARCHAR', "CASE WHEN u(i, 93) < 0.97 THEN '' ELSE 'market.' || word(i % 100) END"],
  ['OpenstatCampaignID', 'VARCHAR', "CASE WHEN u(i, 93) < 0.97 THEN '' ELSE CAST(i % 5000 AS VARCHAR) END"],
  ['OpenstatAdID', 'VARCHAR', "CASE WHEN u(i, 93) < 0.97 THEN '' ELSE 'ad' || i % 50000 END"],
  ['OpenstatSourceID', 'VARCHAR', "CASE WHEN u(i, 93) < 0.97 THEN '' ELSE host(i % 400) END"],
  ['UTMSource', 'VARCHAR',
    "CASE WHEN u(i, 97) < 0.95 THEN '' ELSE (['yandex', 'google', 'mail'])[1 + i % 3] END"],
  ['UTMMedium', 'VARCHAR', "CASE WHEN u(i, 97) < 0.95 THEN '' ELSE 'cpc' END"],
  ['UTMCampaign', 'VARCHAR', "CASE WHEN u(i, 97) < 0.95 THEN '' ELSE 'campaign_' || i % 300 END"],
  ['UTMContent', 'VARCHAR', "CASE WHEN u(i, 97) < 0.98 THEN '' ELSE 'content' || i % 3000 END"],
  ['UTMTerm', 'VARCHAR', "CASE WHEN u(i, 97) < 0.98 THEN '' ELSE russian(i % 5000) END"],
  ['FromTag', 'VARCHAR', "CASE WHEN u(i, 102) < 0.99 THEN '' ELSE 'tag' || i % 100 END"],
  ['HasGCLID', 'SMALLINT', 'u(i, 103) < 0.006'],
  ['RefererHash', 'BIGINT',
    'CASE WHEN counter = 62 AND referer % 3 = 0 THEN 3594120000172545465 ELSE big(referer, 104) END'],
  ['URLHash', 'BIGINT',
    'CASE WHEN counter = 62 AND page % 4 = 0 THEN 2868770270353813622 ELSE big(page, 105) END'],
  ['CLID', 'INTEGER', 'CASE WHEN u(i, 106) < 0.99 THEN 0 ELSE z(i, 106, 3000000, 1) END'],
];

// What several columns of a row are made of. Visitors come in sessions of about twenty neighbouring rows,
// so that values repeat nearby as they do in a log of real traffic.
function base(rows) {
  const visitors = Math.max(Math.floor(rows / 6), 100);
  const pages = Math.max(Math.floor(rows / 5), 100);
  return `
    SELECT *, z(visitor, 117, 9000, 4) + 1 AS region, z(visitor, 118, 10, 2) AS screen,
      visitor % 19 = 3 AS mobile, visitor = ${Math.floor(visitors * 0.9) + 1} AS rare,
      russian(query) || ' ' || russian(query * 31) ||
      CASE WHEN query % 3 = 0 THEN ' ' || word(query) || ' ' || query % 1009 ELSE '' END AS phrase
    FROM (
      SELECT i, make_timestamp(1372636800000000 + (i * 2678399 // ${rows}) * 1000000) AS event_time,
        CASE WHEN u(i, 107) < 0.03 THEN 77 + z(i, 108, 40, 3)
          ELSE z(i // 60 * 3 + i % 3, 109, ${visitors}, 1.6) END AS visitor,
        CASE WHEN u(i, 110) < 0.01 THEN 62 WHEN u(i, 110) < 0.16 THEN 3922 WHEN u(i, 110) < 0.28 THEN 199550
          ELSE 1 + z(i, 111, 6500, 2.5) * 31 END AS counter,
        z(i, 112, ${pages}, 2.2) AS page, z(i, 113, ${pages}, 2.6) AS referer,
        u(i, 114) < 0.13 AS searched, z(i, 115, ${Math.max(Math.floor(rows / 16), 50)}, 2) AS query,
        ([-1, 0, 0, 1, 2, 3, 4, 5, 6, 8])[1 + z(i, 116, 10, 1)] AS source
      FROM range(${rows}) AS t(i))`;
}

function projection(raw) {
  return columns.map(([name, type, expression]) => {
    let value = `CAST(${expression} AS ${type})`;
    if (raw && type === 'TIMESTAMP') value = `epoch(${value})::BIGINT`;
    if (raw && type === 'DATE') value = `date_diff('day', DATE '1970-01-01', ${value})::USMALLINT`;
    if (raw && type === 'VARCHAR') value = `encode(${value})`;
    return `${value} AS "${name}"`;
  }).join(', ');
}

export async function generateHits(rows, file, { codec = 'snappy', rowGroup = 122880, raw = false } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  const duckdb = await openDuckDB({ threads: 2 });
  for (const macro of macros) await duckdb.connection.run(`CREATE MACRO ${macro}`);
  await duckdb.connection.run(`COPY (SELECT ${projection(raw)} FROM (${base(rows)})) TO '${file}'
    (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${rowGroup})`);
  duckdb.close();
}

export const columnNames = columns.map(([name]) => name);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [rows, file, ...flags] = process.argv.slice(2);
  const option = (name) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);
  if (!(Number(rows) > 0) || !file) {
    console.error('usage: node bench/hits/generate.mjs ROWS FILE [--codec CODEC] [--row-group N] [--raw]');
    process.exit(2);
  }
  const start = Date.now();
  await generateHits(Number(rows), file, {
    codec: option('--codec'), rowGroup: Number(option('--row-group') ?? 122880), raw: flags.includes('--raw'),
  });
  console.log(`${file}: ${rows} rows in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
