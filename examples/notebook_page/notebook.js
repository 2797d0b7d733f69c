// Runs the page's cells from top to bottom. ?data=ADDRESS adds one about a Parquet file.
import { Whittle } from 'whittle-sql';

const db = await Whittle.create({ memoryLimit: '256MB' });
const conn = await db.connect();

function show(cell, table) {
  const grid = document.createElement('table');
  const line = (values, tag) => {
    const row = grid.insertRow();
    for (const value of values) row.appendChild(document.createElement(tag)).textContent = String(value);
  };
  line(table.names, 'th');
  for (const row of table) line(table.names.map((name) => row[name]), 'td');
  cell.after(grid);
}

const address = new URLSearchParams(location.search).get('data');
if (address) {
  await db.registerFile('data', new URL(address, location.href));
  const cell = document.createElement('pre');
  cell.dataset.cell = '';
  cell.textContent = "SELECT count(*) AS n FROM 'data'";
  document.body.append(cell);
}
for (const cell of document.querySelectorAll('[data-cell]')) {
  try {
    show(cell, await conn.query(cell.textContent));
  } catch (error) {
    cell.append(`\n-- ${error.message}`);
  }
}
document.body.dataset.done = '';
