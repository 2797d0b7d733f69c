// What the bundlers pack: the package's main thread and its worker, both asked about a file.
import { Whittle } from 'whittle-sql';

const { searchParams } = new URL(location.href);
const found = {};
for (const worker of [false, true]) {
  try {
    const db = await Whittle.create({ worker, memoryLimit: '64MB' });
    const table = await (await db.connect()).query(`SELECT count(*) AS n FROM '${searchParams.get('data')}'`);
    found[worker ? 'worker' : 'page'] = String(table.at(0).n);
    await db.close();
  } catch (error) {
    found.error = String(error.stack ?? error);
  }
}
await fetch(`/done?id=${searchParams.get('id')}`, { method: 'POST', body: JSON.stringify(found) });
