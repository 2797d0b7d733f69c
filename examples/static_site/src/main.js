// A page without a server side: file and question come from the form or the address (?url=…&sql=…).
import { Whittle } from 'whittle-sql';

const form = document.getElementById('question');
const status = document.getElementById('status');
const results = document.getElementById('results');

// In a worker, so that the page stays responsive while a query computes.
const db = await Whittle.create({ memoryLimit: '512MB', worker: true });
let running;

const row = (cells, tag) => {
  const line = document.createElement('tr');
  for (const text of cells) line.appendChild(document.createElement(tag)).textContent = text ?? 'NULL';
  return line;
};

async function run() {
  running?.abort();
  running = new AbortController();
  const { url, sql } = Object.fromEntries(new FormData(form));
  const conn = await db.connect();
  try {
    await db.registerFile('data', new URL(url));
    const answer = await conn.queryText(sql.replace(/\bdata\b/, "'data'"), {
      signal: running.signal,
      onProgress: ({ bytesFetched, requests }) => {
        status.textContent = `${bytesFetched.toLocaleString('en')} bytes in ${requests} requests`;
      },
    });
    results.replaceChildren(row(answer.columns, 'th'), ...answer.rows.map((cells) => row(cells, 'td')));
  } catch (error) {
    status.textContent = error.message;
  } finally {
    await conn.close();
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
const asked = new URLSearchParams(location.search);
for (const name of ['url', 'sql']) {
  if (asked.has(name)) form.elements[name].value = asked.get(name);
}
if (asked.has('url')) void run();
