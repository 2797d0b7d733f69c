// The three browsers, each started headless and told to open pages: Chromium through Playwright, Firefox ESR over
// WebDriver BiDi, WebKitGTK (Safari's engine) through WebDriver on a virtual display. All are Debian's packages. As
// root and without a display they start, too; one that does not within its time is started once more.
//
//   const browser = await launch('firefox', { width: 360, height: 740, dark: true });
//   await browser.open(url);  await browser.evaluate('1 + 1');  await browser.screenshot('page.png');
//   await browser.close();
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const names = ['chromium', 'firefox', 'webkit'];

const programs = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
  webkit: '/usr/bin/WebKitWebDriver',
};
const machine = { arm64: 'aarch64', x64: 'x86_64' }[process.arch];
const miniBrowser = `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;

/** A start, and any command but those that run long in the page. */
const patience = 60_000;

/** Flags that keep Chromium from asking the network for things of its own. */
const chromiumFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-proxy-server'];

const firefoxPreferences = {
  'network.proxy.type': 0,
  'app.update.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'services.settings.server': 'http://127.0.0.1:1/v1',
};

/** The driver's own browser with one page, as `launch` gives it. */
function driven(browser, page, version, options) {
  return {
    version,
    browser,
    page,
    open: (url) => page.goto(url, options),
    evaluate: (text) => page.evaluate(text),
    screenshot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
}

async function startChromium({ width, height, dark }) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: programs.chromium, args: chromiumFlags, timeout: patience });
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  return driven(browser, page, browser.version(), { timeout: patience });
}

async function startFirefox({ width, height, dark }) {
  const { default: puppeteer } = await import('puppeteer-core');
  const home = scratchHome();
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: programs.firefox, headless: true, protocol: 'webDriverBiDi',
    extraPrefsFirefox: { ...firefoxPreferences, 'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1 },
    env: { ...process.env, HOME: home.path }, timeout: patience, protocolTimeout: 3 * patience,
  }).catch((error) => {
    home.remove();
    throw error;
  });
  const end = () => {
    browser.process()?.kill('SIGKILL');
    home.remove();
  };
  try {
    const page = await browser.newPage();
    await page.setViewport({ width, height });
    return {
      ...driven(browser, page, await browser.version(), { timeout: patience }),
      async close() {
        await soon(browser.close());
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** Root's browsers refuse a home that is not root's, and others may have none. */
function scratchHome() {
  const path = mkdtempSync(join(tmpdir(), 'whittle-home-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Waits a little for what may hang or fail as well. */
async function soon(promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, 10_000);
  });
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A virtual display of our own; it says which number it took. */
function startDisplay({ width, height }) {
  return new Promise((resolve, reject) => {
    const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `${Math.max(width, 1280)}x${height + 100}x24`,
      '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('Xvfb does not start'));
    }, patience);
    child.on('error', reject).on('exit', (status) => reject(new Error(`Xvfb ended with ${status}`)));
    child.stdio[3].once('data', (text) => {
      clearTimeout(late);
      resolve({ child, display: `:${String(text).trim()}` });
    });
  });
}

/** One WebDriver command. Not fetch: a page may take longer than its time limits to load. */
function command(port, method, path, body, timeout = 3 * patience) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {};
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk) => { answer += chunk; }).on('end', () => {
        const { value } = JSON.parse(answer);
        if (response.statusCode === 200) resolve(value);
        else reject(new Error(`WebDriver: ${value?.message ?? answer}`));
      });
    });
    request.setTimeout(timeout, () => request.destroy(new Error(`WebDriver does not answer ${method} ${path}`)));
    request.on('error', reject).end(text);
  });
}

async function untilReady(port) {
  for (let attempt = 0; attempt < 150; attempt += 1) {
    if (await command(port, 'GET', '/status').catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('WebKitWebDriver does not answer');
}

async function startWebKit(view) {
  const { child: screen, display } = await startDisplay(view);
  const port = await freePort();
  const home = scratchHome();
  const driver = spawn(programs.webkit, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', HOME: home.path, no_proxy: '*',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', ...view.dark && { GTK_THEME: 'Adwaita:dark' } },
  });
  // Without its display the browser ends, too.
  const end = () => {
    driver.kill('SIGKILL');
    screen.removeAllListeners('exit');
    screen.kill('SIGKILL');
    home.remove();
  };
  try {
    await untilReady(port);
    const { sessionId, capabilities } = await command(port, 'POST', '/session', { capabilities: { alwaysMatch: {
      browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    } } }, patience);
    const session = `/session/${sessionId}`;
    // Its window has some bars above the page.
    await command(port, 'POST', `${session}/window/rect`, { x: 0, y: 0, width: view.width, height: view.height + 40 });
    return {
      version: `WebKitGTK ${capabilities.browserVersion}`,
      open: (url) => command(port, 'POST', `${session}/url`, { url }),
      evaluate: (text) => command(port, 'POST', `${session}/execute/sync`, { script: `return (${text})`, args: [] }),
      screenshot: async (path) =>
        writeFileSync(path, Buffer.from(await command(port, 'GET', `${session}/screenshot`), 'base64')),
      async close() {
        await soon(command(port, 'DELETE', session));
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

const starts = { chromium: startChromium, firefox: startFirefox, webkit: startWebKit };

/** Starts one of {@link names}, with a page of this size. */
export async function launch(name, { width = 1280, height = 900, dark = false } = {}) {
  if (!existsSync(programs[name])) throw new Error(`${programs[name]} is not there: scripts/setup.sh browsers`);
  try {
    return await starts[name]({ width, height, dark });
  } catch (error) {
    console.error(`${name} did not start, now once more: ${error.message}`);
    return starts[name]({ width, height, dark });
  }
}
