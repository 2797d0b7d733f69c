// The page: brings the parts together.
import { WhittleError } from 'whittle-sql';
import { identifier } from './dialect.js';
import { byId, element } from './dom.js';
import { Editor } from './editor.js';
import { showError } from './error_view.js';
import { type ExportKind, exportResult, exports } from './export.js';
import { watchDrops } from './drop.js';
import { Runner } from './runner.js';
import { sampleAddress, samples } from './samples.js';
import { quoted } from './layout.js';
import { showSchema } from './schema_view.js';
import { Session } from './session.js';
import { copyAddress, readAddress, writeAddress } from './share.js';
import { bytes, counted } from './units.js';

const address = byId<HTMLInputElement>('url');
const editor = new Editor(byId('editor'), { run: () => void run() });
let runner: Runner | undefined;
let url: string | undefined;
/** The query that the page put there: it may be replaced. */
let suggested = '';
let exporting: AbortController | undefined;

function cancel(): void {
  exporting?.abort();
  runner?.cancel();
}

const starting = Session.start('512MB').then((session) => {
  runner = new Runner(session, editor);
  void session.functions().then((names) => editor.setFunctions(names), () => undefined);
  return session;
});

/** Does something and shows what goes wrong. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    runner?.say('');
    showError(error instanceof WhittleError ? error : new WhittleError({ code: 'Internal', message: String(error) }));
  }
}

function open(source: string | File): Promise<void> {
  return attempt(async () => {
    const session = await starting;
    runner!.say('Reading the footer …');
    const file = await session.open(source);
    url = typeof source === 'string' ? source : undefined;
    if (url) address.value = new URL(url, document.baseURI).href;
    byId('error').hidden = true;
    byId('welcome').hidden = true;
    showSchema(byId('schema'), file, (column) => editor.insert(identifier(column)));
    editor.setColumns(file.metadata.columns);
    const name = quoted(file.name);
    if (!editor.text.includes(name)) suggest(`SELECT *\nFROM ${name}\nLIMIT 100`);
    runner!.say(`${file.name} is open.`);
  });
}

function suggest(sql: string): void {
  if (editor.text.trim() !== '' && editor.text !== suggested) return;
  suggested = sql;
  editor.text = sql;
}

async function run(prefix = ''): Promise<void> {
  await starting;
  const sql = editor.text;
  if (sql.trim() === '') return;
  editor.settle();
  writeAddress({ url, sql });
  await runner!.run(sql, prefix);
}

async function exportAs(kind: ExportKind): Promise<void> {
  const session = await starting;
  exporting?.abort();
  exporting = new AbortController();
  byId('cancel').hidden = false;
  runner!.say('Exporting …');
  await attempt(async () => {
    const size = await exportResult(session.connection, editor.text, kind, {
      signal: exporting!.signal,
      onProgress: ({ rows }) => runner!.say(`Exporting … ${counted(rows, 'row')}`, false),
    });
    runner!.say(`Saved ${bytes(size)} as ${exports[kind].name}.`);
  });
  byId('cancel').hidden = true;
}

async function follow(): Promise<void> {
  const shared = readAddress();
  if (shared.sql) editor.text = shared.sql;
  if (shared.url) await open(shared.url);
  if (shared.sql) await run();
}

byId('open').addEventListener('submit', (event) => {
  event.preventDefault();
  void open(address.value);
});
byId('load-large-dataset').addEventListener('click', () => {
  suggest(samples[0]!.sql);
  void open(sampleAddress);
});
byId('choose').addEventListener('click', () => byId('file').click());
byId<HTMLInputElement>('file').addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? [];
  if (file) void open(file);
});
watchDrops((file) => void open(file));
byId('execute').addEventListener('click', () => void run());
byId('explain').addEventListener('click', () => void run('EXPLAIN ANALYZE '));
byId('cancel').addEventListener('click', cancel);
byId('share').addEventListener('click', () => {
  writeAddress({ url, sql: editor.text });
  void copyAddress().then((copied) =>
    runner?.say(copied ? 'The link is on the clipboard.' : 'The link is in the address bar.'));
});

/** A menu that acts and goes back to its title. */
function menu(id: string, entries: [value: string, title: string][], act: (value: string) => void): void {
  const select = byId<HTMLSelectElement>(id);
  select.append(...entries.map(([value, title]) => element('option', { value }, title)));
  select.addEventListener('change', () => {
    const { value } = select;
    select.selectedIndex = 0;
    if (value) act(value);
  });
}
function ask(sql: string): void {
  suggested = sql;
  editor.text = sql;
  void (url === sampleAddress ? Promise.resolve() : open(sampleAddress)).then(() => run());
}
menu('samples', samples.map(({ title }, at) => [String(at), title]), (at) => ask(samples[Number(at)]!.sql));
for (const { title, about, sql } of samples.filter((sample) => sample.about)) {
  const card = element('button', { type: 'button' }, element('strong', {}, title), element('span', {}, about!));
  card.addEventListener('click', () => ask(sql));
  byId('questions').append(card);
}
menu('export', [['', 'Export'], ...Object.entries(exports).map(([kind, { title }]): [string, string] => [kind, title])],
  (kind) => void exportAs(kind as ExportKind));
document.addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented) cancel();
});

window.addEventListener('hashchange', () => void follow());
if (navigator.platform.startsWith('Mac')) byId('execute').querySelector('kbd')!.textContent = '⌘ ↵';

void starting.then(follow, (error: unknown) => attempt(() => Promise.reject(error)));
