// Debian's headless Chromium with tabs that a program asks, over the DevTools protocol's pipe. Only what runs code
// is switched on: what records requests, as browser drivers do, keeps up to 100 MB of replies in the tab's process,
// whose memory is measured here.
//
//   const browser = await openChromium();  const tab = await browser.openTab(url);
//   await tab.evaluate('1 + 1');  tab.peak();  await tab.close();  await browser.close();
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = '/usr/bin/chromium';
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-proxy-server',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--remote-debugging-pipe'];

const bytes = (pid, field) => {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
};

/** Sends commands and gives their answers; what happens of its own accord goes to `onEvent`. */
function connect(child, onEvent) {
  const [, , , input, output] = child.stdio;
  const waiting = new Map();
  let [lastId, text] = [0, ''];
  output.setEncoding('utf8').on('data', (chunk) => {
    const messages = (text + chunk).split('\0');
    text = messages.pop();
    for (const message of messages.map((part) => JSON.parse(part))) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (!message.id) onEvent(message);
      else if (message.error) asked.reject(new Error(`${asked.method}: ${message.error.message}`));
      else asked.resolve(message.result);
    }
  });
  const fail = () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'));
    waiting.clear();
  };
  child.on('exit', fail);
  input.on('error', fail);
  return (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    lastId += 1;
    waiting.set(lastId, { resolve, reject, method });
    input.write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
  });
}

export async function openChromium() {
  if (!existsSync(program)) throw new Error(`${program} is not there: scripts/setup.sh browsers`);
  const profile = mkdtempSync(join(tmpdir(), 'whittle-chromium-'));
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const crashes = new Map(); // session → what to do when its tab dies
  const send = connect(child, ({ method, sessionId }) => {
    if (method === 'Inspector.targetCrashed') crashes.get(sessionId)?.(new Error('the tab crashed'));
  });
  const { product } = await send('Browser.getVersion');

  async function renderers() {
    const { processInfo } = await send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  }

  /** A tab of a profile of its own, where nothing is cached, in a process of its own. */
  async function openTab(url) {
    const before = new Set(await renderers());
    const { browserContextId } = await send('Target.createBrowserContext');
    const { targetId } = await send('Target.createTarget', { url, browserContextId });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const crashed = new Promise((_, reject) => crashes.set(sessionId, reject));
    crashed.catch(() => undefined);
    await send('Inspector.enable', {}, sessionId);

    /** The value of an expression, which may be a promise; fails after so many seconds. */
    async function evaluate(expression, seconds = 60) {
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000);
      });
      const asked = send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
      asked.catch(() => undefined);
      const { result, exceptionDetails } = await Promise.race([asked, late, crashed])
        .finally(() => clearTimeout(timer));
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    }
    for (let attempt = 0; !await evaluate('document.readyState === "complete"'); attempt += 1) {
      if (attempt === 200) throw new Error(`${url} does not load`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    // One of them is the tab's, others are kept ready by the browser and stay as they are.
    const resident = (await renderers()).filter((pid) => !before.has(pid)).map((pid) => [pid, bytes(pid, 'VmRSS')]);
    return {
      evaluate,
      /** The most that the tab's process had resident beyond what it had when the page was loaded. */
      peak: () => Math.max(...resident.map(([pid, at]) => bytes(pid, 'VmHWM') - at)),
      async close() {
        await send('Target.disposeBrowserContext', { browserContextId }).catch(() => undefined);
        crashes.delete(sessionId);
      },
    };
  }

  return {
    version: product,
    openTab,
    async close() {
      await send('Browser.close').catch(() => undefined);
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
