// The data set that the page's server may lend, and what to ask it.

/** Beside the page. */
export const sampleAddress = 'data/hits.parquet';
const hits = "'hits.parquet'";

export const samples: readonly { title: string; about?: string; sql: string }[] = [
  { title: 'Visits per day', sql: `SELECT EventDate,
  count(*) AS hits, count(DISTINCT UserID) AS visitors
FROM ${hits}
GROUP BY ALL
ORDER BY EventDate` },
  { title: 'Busiest regions', about: 'Two columns of 105, and a chart.', sql: `SELECT RegionID::VARCHAR AS region,
  count(*) AS hits,
  round(avg(ResolutionWidth)) AS width
FROM ${hits}
GROUP BY ALL
ORDER BY hits DESC
LIMIT 15` },
  { title: 'What people look for', sql: `SELECT SearchPhrase, count(*) AS searches
FROM ${hits}
WHERE SearchPhrase <> ''
GROUP BY ALL
ORDER BY searches DESC
LIMIT 20` },
  { title: 'The last evening', about: 'Statistics rule most row groups out.', sql: `SELECT EventTime, URL, Title
FROM ${hits}
WHERE EventTime >= '2013-07-31 23:00:00'
ORDER BY EventTime DESC
LIMIT 100` },
  { title: 'Everything', about: 'Rows come as you scroll.', sql: `SELECT *
FROM ${hits}` },
  { title: 'What the footer knows', sql: `SELECT path_in_schema, type, compression,
  sum(total_compressed_size) AS compressed, sum(total_uncompressed_size) AS uncompressed
FROM parquet_metadata(${hits})
GROUP BY ALL
ORDER BY compressed DESC` },
];
