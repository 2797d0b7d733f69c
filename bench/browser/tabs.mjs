// A tab with an engine in it: calls of page.mjs's methods.
export async function openEngine(browser, url) {
  const tab = await browser.openTab(url);
  for (let attempt = 0; !await tab.evaluate('Boolean(globalThis.bench)'); attempt += 1) {
    if (attempt === 200) throw new Error(`${url} does not start`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    ...tab,
    /** Calls a method with a value; fails after so many seconds. */
    call: (method, value, seconds = 300) =>
      tab.evaluate(`globalThis.bench[${JSON.stringify(method)}](${JSON.stringify(value) ?? ''})`, seconds),
  };
}
