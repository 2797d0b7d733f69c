// The three browsers, each started headless and told to open pages: Chromium through Playwright, Firefox ESR over
// WebDriver BiDi, WebKitGTK (Safari's engine) through WebDriver on a virtual display. All are Debian's packages.
//
//   const browser = await launch('firefox');  await browser.open(url);  await browser.evaluate('1 + 1');
//   await browser.close();
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
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
const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

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

async function startChromium() {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: programs.chromium, args: chromiumFlags });
  const page = await browser.newPage();
  return {
    version: browser.version(),
    browser,
    page,
    open: (url) => page.goto(url),
    evaluate: (text) => page.evaluate(text),
    screenshot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
}

async function startFirefox() {
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: programs.firefox, headless: true, protocol: 'webDriverBiDi',
    extraPrefsFirefox: firefoxPreferences, timeout: 90_000,
  });
  const page = await browser.newPage();
  return {
    version: await browser.version(),
    browser,
    page,
    open: (url) => page.goto(url),
    evaluate: (text) => page.evaluate(text),
    screenshot: (path) => page.screenshot({ path }),
    close: () => browser.close(),
  };
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
function startDisplay() {
  return new Promise((resolve, reject) => {
    const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    child.on('error', reject).on('exit', (status) => reject(new Error(`Xvfb ended with ${status}`)));
    child.stdio[3].once('data', (text) => resolve({ child, display: `:${String(text).trim()}` }));
  });
}

/** One WebDriver command. Not fetch: a page may take longer than its time limits to load. */
function command(port, method, path, body) {
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

async function startWebKit() {
  const { child: screen, display } = await startDisplay();
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'whittle-webkit-'));
  const driver = spawn(programs.webkit, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', HOME: home, no_proxy: '*',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
  });
  const end = () => {
    driver.kill();
    screen.removeAllListeners('exit');
    screen.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilReady(port);
    const { sessionId, capabilities } = await command(port, 'POST', '/session', { capabilities: { alwaysMatch: {
      browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    } } });
    const session = `/session/${sessionId}`;
    return {
      version: `WebKitGTK ${capabilities.browserVersion}`,
      open: (url) => command(port, 'POST', `${session}/url`, { url }),
      evaluate: (text) => command(port, 'POST', `${session}/execute/sync`, { script: `return (${text})`, args: [] }),
      async screenshot(path) {
        const { writeFileSync } = await import('node:fs');
        writeFileSync(path, Buffer.from(await command(port, 'GET', `${session}/screenshot`), 'base64'));
      },
      async close() {
        await command(port, 'DELETE', session).catch(() => undefined);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

const starts = { chromium: startChromium, firefox: startFirefox, webkit: startWebKit };

/** Starts one of {@link names}. */
export function launch(name) {
  if (!existsSync(programs[name])) throw new Error(`${programs[name]} is not there: scripts/setup.sh browsers`);
  return starts[name]();
}
