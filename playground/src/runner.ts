// Runs statements and shows what becomes of them: progress, cost, rows, errors.
import type { Cost, Progress } from 'whittle-sql';
import { type Range, type SkippedRange, mapBytes, union } from './byte_map.js';
import { type NamedMap, showByteMaps } from './byte_map_view.js';
import { byId } from './dom.js';
import type { Editor } from './editor.js';
import { hideError, showError } from './error_view.js';
import { showMemory } from './gauge.js';
import { ResultsView } from './results_view.js';
import { Run } from './run.js';
import type { Session } from './session.js';
import { bytes, count, counted, duration, share } from './units.js';

/** Files whose maps are drawn at most. */
const filesDrawn = 4;

const status = byId('status');
const progressBar = byId('progress');

export class Runner {
  private readonly results = new ResultsView();
  private current: Run | undefined;
  private prefix = '';
  /** What earlier statements fetched, by source. */
  private readonly earlier = new Map<string, Range[]>();
  /** Columns that the plan reads, by source. */
  private columns: Promise<Map<string, string[]>> = Promise.resolve(new Map());

  constructor(private readonly session: Session, private readonly editor: Editor) {
    setInterval(() => showMemory(session.memory()), 500);
  }

  /** Ends what runs and begins this; `prefix` stands before what the editor has. */
  async run(sql: string, prefix = ''): Promise<void> {
    this.current?.cancel();
    hideError();
    this.editor.mark(undefined);
    byId('bytes').classList.add('stale');
    byId('welcome').hidden = true;
    this.prefix = prefix;
    this.columns = this.session.columnsRead(sql.replace(/^\s*EXPLAIN(\s+ANALYZE)?\s/i, ''))
      .catch(() => new Map<string, string[]>());
    const run: Run = new Run(this.session.connection, prefix + sql, {
      page: (page) => this.current === run && this.results.append(page),
      progress: (progress) => this.current === run && this.showProgress(run, progress),
      cost: (cost) => this.current === run && void this.showCost(run, cost),
      state: () => this.current === run && this.showState(run),
    });
    this.current = run;
    this.results.begin(run);
    this.showState(run);
    await run.start();
    const cost = run.cost;
    if (this.current !== run) return;
    if (cost) await this.showCost(run, cost);
    if (cost) this.remember(cost);
    if (byId('bytes').classList.contains('stale')) byId('bytes').hidden = true;
  }

  cancel(): void {
    this.current?.cancel();
  }

  /** Shows where things stand; `live`: screen readers say it, too. */
  say(text: string, live = true): void {
    status.setAttribute('aria-live', live ? 'polite' : 'off');
    status.textContent = text;
  }

  private showState(run: Run): void {
    const busy = run.state === 'running';
    byId('cancel').hidden = run.ended;
    progressBar.hidden = !busy;
    byId('execute').toggleAttribute('data-busy', busy);
    if (run.state === 'failed') {
      this.results.hide();
      const { position } = run.error!;
      this.editor.mark(position && { ...position, offset: position.offset - this.prefix.length });
      showError(run.error!, run.sql);
      this.say('');
    } else if (busy) {
      this.say('Running …');
    } else {
      this.results.settle();
      this.say(this.summary(run));
    }
    showMemory(this.session.memory());
  }

  private showProgress(run: Run, { bytesFetched, bytesPlanned, rowGroups, rowGroupsDone, requests }: Progress): void {
    const bar = progressBar.firstElementChild as HTMLElement;
    const part = rowGroups > 0 ? rowGroupsDone / rowGroups : bytesPlanned > 0 ? bytesFetched / bytesPlanned : 0;
    progressBar.classList.toggle('unknown', part === 0);
    bar.style.width = `${Math.round(part * 100)}%`;
    if (run.state === 'running') {
      this.say(`Running … ${bytes(bytesFetched)} in ${counted(requests, 'request')}`
        + `${rowGroups > 0 ? `, row group ${count(rowGroupsDone)} of ${count(rowGroups)}` : ''}`, false);
    }
    showMemory(this.session.memory());
  }

  private remember({ sources, fetches }: Cost): void {
    sources.forEach(({ name }, at) => this.earlier.set(name, union([...this.earlier.get(name) ?? [],
      ...fetches.filter(([source]) => source === at).map(([, begin, length]): Range => [begin, begin + length])])));
  }

  private async showCost(run: Run, cost: Cost): Promise<void> {
    const columns = await this.columns;
    const ranges = cost.sources.map((): Range[] => []);
    for (const [at, offset, length] of cost.fetches) ranges[at]?.push([offset, offset + length]);
    const skipped = cost.sources.map((): SkippedRange[] => []);
    for (const [at, offset, length, reason] of cost.skipped) skipped[at]?.push([offset, offset + length, reason]);
    const read = ranges.map((list) => list.reduce((sum, [begin, end]) => sum + end - begin, 0));
    const order = cost.sources.map((_, at) => at).sort((a, b) => read[b]! - read[a]!);
    const maps: NamedMap[] = [];
    for (const at of order.slice(0, filesDrawn)) {
      const { name, size } = cost.sources[at]!;
      const layout = await this.session.layoutOf(name, size);
      if (!layout || layout.chunks.length === 0) continue;
      maps.push({ name: name.split('/').pop() || name, map: mapBytes(layout, columns.get(name), {
        ranges: ranges[at]!, skipped: skipped[at]!, ended: run.state === 'done',
        earlier: this.earlier.get(name) ?? [] }) });
    }
    if (this.current !== run || maps.length === 0) return;
    showByteMaps(byId('bytes'), maps, order.length - maps.length);
    if (run.state !== 'running') this.say(this.summary(run));
  }

  private summary(run: Run): string {
    const size = run.cost?.sources.reduce((sum, source) => sum + source.size, 0) ?? 0;
    const cost = run.cost && size > 0 ? ` · ${bytes(run.cost.bytesFetched)} of ${bytes(size)} read (`
      + `${share(run.cost.bytesFetched, size)}) in ${counted(run.cost.requests, 'request')}` : '';
    const head = { done: counted(run.rows, 'row'), capped: `Stopped after ${counted(run.rows, 'row')}`,
      cancelled: `Cancelled after ${counted(run.rows, 'row')}`, resting: `The first ${counted(run.rows, 'row')}`,
      running: '', failed: '' }[run.state];
    return `${head} in ${duration(run.milliseconds)}${cost}`;
  }
}
