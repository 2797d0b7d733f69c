// Firefox and Safari's engine, each as `{ name, open(url), evaluate(text), picture(), close() }`: `evaluate` gives the
// value of an expression in the page.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer from 'puppeteer-core';

/** No calls home, no proxy. */
const preferences = {
  'network.proxy.type': 0, 'app.update.enabled': false, 'datareporting.healthreport.uploadEnabled': false,
  'toolkit.telemetry.enabled': false, 'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false, 'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false, 'services.settings.server': 'http://127.0.0.1:1/v1',
};

export async function startFirefox() {
  const browser = await puppeteer.launch({ browser: 'firefox', headless: true, protocol: 'webDriverBiDi',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', extraPrefsFirefox: preferences });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  return {
    name: await browser.version(),
    open: (url) => page.goto(url),
    evaluate: (text) => page.evaluate(text),
    picture: () => page.screenshot(),
    close: () => browser.close(),
  };
}

/** A port that nobody listens on, most likely. */
const port = 4400 + process.pid % 500;
const display = `:${100 + process.pid % 400}`;

async function call(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, signal: AbortSignal.timeout(60_000),
    headers: { 'Content-Type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
  return value;
}

async function patiently(work) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(250);
    }
  }
}

/** WebKitGTK needs a display: one that nobody sees. */
export async function startWebKit() {
  const screen = spawn('Xvfb', [display, '-screen', '0', '1400x1000x24'], { stdio: 'ignore' });
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } });
  const stop = () => {
    driver.kill();
    screen.kill();
  };
  try {
    await patiently(() => call('GET', '/status'));
    const options = { binary: `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1/`
      + 'MiniBrowser', args: ['--automation'] };
    const { sessionId, capabilities } = await call('POST', '/session', { capabilities: {
      alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options } } });
    const session = `/session/${sessionId}`;
    await call('POST', `${session}/window/rect`, { x: 0, y: 0, width: 1280, height: 940 });
    return {
      name: `WebKitGTK ${capabilities.browserVersion}`,
      open: (url) => call('POST', `${session}/url`, { url }),
      evaluate: (text) => call('POST', `${session}/execute/sync`, { script: `return (${text})`, args: [] }),
      picture: async () => Buffer.from(await call('GET', `${session}/screenshot`), 'base64'),
      close: async () => {
        await call('DELETE', session).catch(() => undefined);
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}
