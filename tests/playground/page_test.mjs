// The playground as somebody uses it, in Chromium: node --test tests/playground/page_test.mjs (after make
// playground, and the tests' data step).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { launch } from '../js/browsers.mjs';
import { root } from '../oracle/whittle.mjs';
import { servePage } from './support.mjs';

let site;
let browser;
let page;
let complaints;

async function open(options = {}, address = '') {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(site.url + address);
}
const status = (pattern) => page.waitForFunction(([source, flags]) =>
  new RegExp(source, flags).test(document.querySelector('#status').textContent), [pattern.source, pattern.flags],
{ timeout: 20_000 });
// Rows are drawn with the next frame.
async function rowsShown() {
  await page.waitForSelector('.grid-window [role=row]');
  return page.$$eval('.grid-window [role=row]', (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent)));
}
async function ask(sql) {
  await page.fill('#sql', sql);
  await page.click('#execute');
}
async function loadSample() {
  await page.click('#load-large-dataset');
  await status(/is open/);
}

before(async () => {
  site = await servePage();
  ({ browser } = await launch('chromium'));
});
after(async () => {
  await browser.close();
  site.stop();
});
beforeEach(() => {
  site.delay = 0;
  complaints = [];
});
afterEach(async () => {
  await page?.context().close();
  assert.deepEqual(complaints, []);
});

test('a question without a file', async () => {
  await open();
  await ask('SELECT 42 AS answer,\n  [1, NULL] AS list, NULL AS nothing, 12.50::DECIMAL(9,2) AS price');
  await status(/^1 row in/);
  assert.deepEqual(await rowsShown(), [['42', '[1, NULL]', 'NULL', '12.50']]);
});

test('values of every kind read as DuckDB writes them', async () => {
  await open();
  await ask(`SELECT 123456789012345678901234567890::HUGEINT, DATE '2020-02-29', TIME '01:02:03.5',
    TIMESTAMP '1969-12-31 23:59:59.25', TIMESTAMPTZ '2020-01-01 00:00:00+00', INTERVAL '14 months 3 days',
    'ab\\x00'::BLOB, {a: 1, b: 'x'}, true, MAP {'k': 2}`);
  await status(/^1 row in/);
  assert.deepEqual((await rowsShown())[0], ['123456789012345678901234567890', '2020-02-29', '01:02:03.5',
    '1969-12-31 23:59:59.25', '2020-01-01 00:00:00+00', '1 year 2 months 3 days', 'ab\\x00', '{a: 1, b: x}', 'true',
    '{k=2}']);
});

test('the sample: schema, rows, byte map, chart', async () => {
  await open();
  await loadSample();
  assert.equal(await page.locator('.columns li').count(), 105);
  await page.fill('.schema input', 'event');
  assert.deepEqual(await page.locator('.columns li:visible .name').allTextContents(),
    ['GoodEvent', 'EventTime', 'EventDate', 'ClientEventTime', 'IsEvent', 'LocalEventTime']);
  await page.keyboard.press('Control+Enter'); // not in the editor: nothing happens
  await page.focus('#sql');
  await page.keyboard.press('Control+Enter');
  await status(/^31 rows in .* read/);
  assert.deepEqual((await rowsShown())[0], ['2013-07-01', '646', '48']);
  const legend = await page.locator('.legend').allTextContents();
  assert.match(legend[0], /UserID.*EventDate/);
  assert.match(legend[1], /columns not asked for/);
  assert.ok(await page.locator('.strip rect').count() >= 10, 'two columns of five row groups');
  await page.click('#tab-chart');
  await page.waitForSelector('#chart svg [aria-label=line] path');
});

test('what statistics rule out is on the map; the plan counts it', async () => {
  await open();
  await loadSample();
  await ask("SELECT EventTime, URL FROM 'hits.parquet' WHERE EventTime >= '2013-07-31 23:00:00' ORDER BY EventTime");
  await status(/^26 rows in/);
  assert.match(await page.textContent('.skipped'), /ruled out by row group statistics.420/);
  await page.click('#execute');
  await page.waitForFunction(() => /held from an earlier query/.test(document.querySelector('.skipped').textContent));
  await page.click('#explain');
  await page.waitForSelector('#plan .operator');
  assert.match(await page.textContent('#plan'), /Scan.*row groups skipped by statistics4/s);
  assert.equal(await page.getAttribute('#tab-plan', 'aria-selected'), 'true');
});

test('the map colours what was skipped by reason, as the engine has it', async () => {
  await open();
  await loadSample();
  const bands = () => page.$$eval('.strip rect', (rects) => rects.map((rect) => rect.getAttribute('class')));
  for (const [rest, kind, why, size] of [
    ["WHERE UserID = 12345", 's0', 'ruled out by row group statistics', '3.0 MB'],
    ['ORDER BY EventTime DESC LIMIT 5', 's4', 'cannot beat the rows found (top-N)', '2.5 MB'],
    ['LIMIT 10', 's5', 'behind the LIMIT', '2.'],
  ]) {
    // Another name, of which nothing is held.
    const url = `${site.url}data/hits.parquet?${kind}`;
    await ask(`SELECT * FROM '${url}' ${rest}`);
    await page.waitForFunction((text) => document.querySelector('#bytes .skipped')?.textContent.includes(text), why);
    await status(/rows? in/);
    const item = page.locator('.skipped li', { hasText: why });
    assert.ok((await item.locator('.size').textContent()).replace('\u00a0', ' ').startsWith(size), rest);
    assert.ok(await item.locator(`.swatch.${kind}`).isVisible(), rest);
    assert.ok((await bands()).includes(`by ${kind}`), `${rest}: ${await bands()}`);
    assert.ok(!(await page.textContent('.skipped')).includes('not asked for'));
  }
});

test('several files, each with its map', async () => {
  await open();
  const files = [0, 1, 2, 3].map((at) => `'${site.url}data/parts/part-${at}.parquet'`);
  await ask(`SELECT count(*) FROM read_parquet([${files}]) WHERE 1 = 1`);
  await status(/^1 row in/);
  await page.waitForFunction(() => document.querySelectorAll('#bytes .file').length === 4);
});

test('rows stream as one scrolls, and rest when nobody looks', async () => {
  await open();
  await loadSample();
  await ask("SELECT * FROM 'hits.parquet'");
  await status(/^The first .* rows/);
  const first = Number((await page.textContent('#count')).replaceAll(',', '').match(/\d+/)[0]);
  assert.ok(first < 20_000, `${first} rows without scrolling`);
  for (let i = 0; i < 30 && !/^20,000 rows$/.test(await page.textContent('#count')); i += 1) {
    await page.evaluate(() => document.querySelector('.grid').scrollTo(0, 1e9));
    await page.waitForTimeout(150);
  }
  assert.equal(await page.textContent('#count'), '20,000 rows');
  assert.ok(await page.locator('.grid-window [role=row]').count() < 100, 'only rows in sight are elements');
});

test('a result beyond the cap ends there and says so', async () => {
  await open();
  await ask('SELECT i FROM range(100000000) t(i)');
  await status(/rows/);
  for (let i = 0; i < 60 && !/keeps no more/.test(await page.textContent('#count')); i += 1) {
    await page.evaluate(() => document.querySelector('.grid').scrollTo(0, 1e9));
    await page.waitForTimeout(100);
  }
  assert.match(await page.textContent('#count'), /the first .* rows: the page keeps no more/);
  assert.match(await page.textContent('#status'), /Stopped after/);
});

test('cancel ends the statement and its requests', async () => {
  await open();
  await loadSample();
  site.delay = 3000;
  await ask("SELECT sum(length(URL)) FROM 'hits.parquet'");
  await page.waitForSelector('#cancel:visible');
  const begun = Date.now();
  await page.click('#cancel');
  await status(/^Cancelled/);
  assert.ok(Date.now() - begun < 2000, 'it did not wait for the replies');
  site.delay = 0;
  await ask('SELECT 1 AS one');
  await status(/^1 row in/);
  assert.deepEqual(await rowsShown(), [['1']]);
});

test('an error shows where', async () => {
  await open();
  await loadSample();
  await ask("SELECT 'Ä' AS a,\n  nope\nFROM 'hits.parquet'");
  await page.waitForSelector('#error pre');
  assert.match(await page.textContent('#error'), /^Binder Referenced column "nope" not found/);
  assert.equal(await page.textContent('#error pre'), '2 │   nope\n      ^^^^');
  assert.equal(await page.textContent('.fault'), 'nope');
  assert.equal(await page.getAttribute('#error', 'role'), 'alert');
  await page.click('#explain');
  await page.waitForFunction(() => document.querySelector('.fault')?.textContent === 'nope');
});

test('a link shares query and file', async () => {
  await open();
  await loadSample();
  await ask("SELECT count(*) AS n FROM 'hits.parquet'");
  await status(/^1 row in/);
  const address = new URL(page.url()).hash;
  await page.context().close();
  await open({}, address);
  await status(/^1 row in/);
  assert.deepEqual(await rowsShown(), [['20000']]);
  assert.match(await page.textContent('#sql'), /count\(\*\)/);
});

test('exports hold all rows', async () => {
  await open();
  await ask('SELECT i, i * 2 AS twice FROM range(100000) t(i)');
  await status(/rows? in|The first/);
  for (const [kind, check] of [
    ['csv', (bytes) => assert.equal(String(bytes).trim().split('\n').length, 100_001)],
    ['json', (bytes) => assert.equal(JSON.parse(String(bytes)).length, 100_000)],
    ['arrow', (bytes) => assert.equal(bytes.readInt32LE(0), -1)],
  ]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.selectOption('#export', kind)]);
    check(await readFile(await download.path()));
    await status(/^Saved/);
  }
});

test('a dropped file', async () => {
  await open();
  const bytes = await readFile(join(root, 'build/testdata/people.parquet'));
  await page.setInputFiles('#file', { name: "it's people.parquet", mimeType: '', buffer: bytes });
  await status(/is open/);
  assert.match(await page.textContent('#sql'), /FROM 'it''s people.parquet'/);
  await page.click('#execute');
  await status(/rows? in/);
  assert.ok((await rowsShown()).length > 0);
});

test('completion knows the columns of the file, and functions', async () => {
  await open();
  await loadSample();
  await page.fill('#sql', '');
  await page.click('#sql');
  await page.keyboard.type('SELECT RegionI');
  await page.waitForSelector('.cm-tooltip-autocomplete');
  assert.match(await page.textContent('.cm-tooltip-autocomplete'), /RegionID/);
  await page.waitForTimeout(150);
  await page.keyboard.press('Enter');
  assert.equal(await page.textContent('#sql'), 'SELECT RegionID');
});

test('by keyboard: from the query to the tabs and the rows', async () => {
  await open();
  await ask('SELECT i::VARCHAR AS name, i AS n FROM range(5) t(i)');
  await status(/^5 rows/);
  await page.focus('#tab-rows');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-chart');
  await page.waitForSelector('#chart svg');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'grid');
});

for (const [name, options] of [['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  ['the dark', { colorScheme: 'dark' }]]) {
  test(`readable on ${name}`, async () => {
    await open(options);
    await page.selectOption('#samples', '0');
    await status(/^31 rows/);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'no sideways scroll');
    const faint = await page.evaluate(() => {
      const light = (color) => color.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
      const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const color = getComputedStyle(at).backgroundColor;
          if (!/, 0\)|transparent/.test(color)) return color;
        }
        return 'rgb(255, 255, 255)';
      };
      return [...document.querySelectorAll('h1, h2, p, small, label, button, .size, .type, [role=cell]')]
        .filter((element) => element.offsetParent && !element.disabled && element.textContent.trim())
        .map((element) => {
          const [a, b] = [getComputedStyle(element).color, behind(element)].map(light).sort((x, y) => y - x);
          return { text: element.textContent.slice(0, 30), contrast: (a + 0.05) / (b + 0.05) };
        }).filter(({ contrast }) => contrast < 4.5);
    });
    assert.deepEqual(faint, []);
  });
}

test('a file that is not there', async () => {
  await open();
  await page.fill('#url', `${site.url}data/nothing.parquet`);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#error:visible');
  assert.match(await page.textContent('#error'), /404|not found|NotFound/i);
  complaints = complaints.filter((text) => !/404/.test(text));
});
