// The page: runs the part that its address names and sends what it found.
const { searchParams } = new URL(location.href);

async function send(found) {
  document.getElementById('found').textContent = JSON.stringify(found, null, 1);
  await fetch(`/done?id=${searchParams.get('id')}`, { method: 'POST', body: JSON.stringify(found) });
}
const broken = (error) => void send({ error: String(error?.stack ?? error) });
addEventListener('error', (event) => broken(event.error ?? event.message));
addEventListener('unhandledrejection', (event) => broken(event.reason));
const refused = [];
addEventListener('securitypolicyviolation', (event) => refused.push(`${event.violatedDirective}: ${event.blockedURI}`));

try {
  const { run } = await import(`/page/${searchParams.get('part')}.mjs`);
  const found = await run(searchParams);
  await send({ ...found, refused });
} catch (error) {
  broken(error);
}
