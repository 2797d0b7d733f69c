// The playground in Firefox and in Safari's engine: what page_test.mjs does in Chromium, the part that engines
// could differ in. PICTURES=folder keeps a picture of each.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../js/browsers.mjs';
import { servePage } from './support.mjs';

let site;
before(async () => {
  site = await servePage();
});
after(() => site.stop());

async function until(engine, condition) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await engine.evaluate(condition)) return;
    await sleep(150);
  }
  assert.fail(`${condition}: ${await engine.evaluate('document.body.innerText')}`);
}
const sample = (number) => `(() => { const samples = document.querySelector('#samples'); samples.value = '${number}';
  samples.dispatchEvent(new Event('change')); })()`;
const status = (pattern) => `/${pattern}/.test(document.querySelector('#status').textContent)`;

for (const name of ['firefox', 'webkit']) {
  test(`the playground in ${name}`, { timeout: 120_000 }, async () => {
    const engine = await launch(name);
    try {
      await engine.open(site.url);
      await until(engine, "document.querySelectorAll('#samples option').length > 1");
      await engine.evaluate(sample(1));
      await until(engine, status('^15 rows in .* read'));
      await until(engine, "document.querySelectorAll('.grid-window [role=row]').length === 15");
      assert.equal(await engine.evaluate("document.querySelector('[role=cell]').textContent"), '1');
      assert.ok(await engine.evaluate("document.querySelectorAll('.strip rect').length") >= 10);
      await engine.evaluate("document.querySelector('#tab-chart').click()");
      await until(engine, "document.querySelectorAll('#chart [aria-label=bar] rect, #chart rect').length >= 15");
      if (process.env.PICTURES) await engine.screenshot(join(process.env.PICTURES, `${name}.png`));

      await engine.evaluate(sample(4));
      await until(engine, status('^The first'));
      await engine.evaluate("document.querySelector('#cancel').click()");
      await until(engine, status('^Cancelled'));
      await engine.evaluate("document.querySelector('#explain').click()");
      await until(engine, "document.querySelectorAll('#plan .operator').length >= 2");
      assert.equal(await engine.evaluate("document.querySelector('#error').hidden"), true);
    } finally {
      await engine.close();
    }
  });
}
