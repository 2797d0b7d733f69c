// The result: rows, a chart when one suits, the plan when it is one; as tabs.
import type { Table } from '@uwdata/flechette';
import { type ChartPlan, chooseChart, drawChart } from './chart.js';
import { byId } from './dom.js';
import { Grid } from './grid.js';
import { showPlan } from './plan_view.js';
import type { Run } from './run.js';
import { counted } from './units.js';

const names = ['rows', 'chart', 'plan'] as const;
type TabName = (typeof names)[number];

export class ResultsView {
  private readonly section = byId('results');
  private readonly grid: Grid;
  private run: Run | undefined;
  private shown: TabName = 'rows';
  private chart: ChartPlan | undefined;
  private drawnWidth = -1;
  /** The rows are still those of the run before: they stay until there are new ones. */
  private stale = false;

  constructor() {
    this.grid = new Grid(byId('rows'), () => this.run?.more());
    for (const name of names) this.tab(name).addEventListener('click', () => this.show(name));
    this.section.querySelector('.tabs')!.addEventListener('keydown', (event) => this.walk(event as KeyboardEvent));
    new ResizeObserver(() => this.redraw()).observe(byId('chart'));
    this.show('rows');
  }

  begin(run: Run): void {
    this.run = run;
    this.stale = true;
    this.section.classList.add('stale');
  }

  append(page: Table): void {
    this.freshen();
    this.section.hidden = false;
    this.grid.append(page);
    if (this.grid.columns[0]?.name === 'explain_key' && page.numRows > 0) {
      showPlan(byId('plan'), String(page.getChildAt(1).at(0)));
    }
    this.update();
  }

  /** After the run has ended or rests. */
  settle(): void {
    if (this.stale) this.hide();
    this.chart = chooseChart(this.grid.columns, this.run?.rows ?? 0);
    this.update();
    const isPlan = !this.tab('plan').disabled;
    this.show(isPlan ? 'plan' : this.tab(this.shown).disabled ? 'rows' : this.shown);
  }

  hide(): void {
    this.freshen();
    this.section.hidden = true;
  }

  private freshen(): void {
    if (!this.stale) return;
    this.stale = false;
    this.section.classList.remove('stale');
    this.grid.clear();
    this.chart = undefined;
    this.drawnWidth = -1;
    byId('plan').replaceChildren();
    byId('chart').replaceChildren();
  }

  private tab(name: TabName): HTMLButtonElement {
    return byId<HTMLButtonElement>(`tab-${name}`);
  }

  private update(): void {
    this.tab('chart').disabled = !this.chart;
    this.tab('plan').disabled = byId('plan').childElementCount === 0;
    const { rows = 0, state = 'done' } = this.run ?? {};
    byId('count').textContent = state === 'done' ? counted(rows, 'row')
      : state === 'capped' ? `the first ${counted(rows, 'row')}: the page keeps no more`
        : state === 'resting' ? `${counted(rows, 'row')} so far, scroll for more` : `${counted(rows, 'row')} so far`;
  }

  private show(name: TabName): void {
    this.shown = name;
    for (const other of names) {
      byId(other).hidden = other !== name;
      this.tab(other).setAttribute('aria-selected', String(other === name));
      this.tab(other).tabIndex = other === name ? 0 : -1;
    }
    this.redraw();
  }

  private redraw(): void {
    if (this.shown !== 'chart' || !this.chart) return;
    const width = byId('chart').clientWidth;
    if (width === 0 || this.drawnWidth === width) return;
    this.drawnWidth = width;
    void drawChart(byId('chart'), this.chart, this.grid.columns, this.grid.tables);
  }

  /** Arrow keys go from tab to tab. */
  private walk({ key }: KeyboardEvent): void {
    const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    const open = names.filter((name) => !this.tab(name).disabled);
    if (step === 0) return;
    const next = open[(open.indexOf(this.shown) + step + open.length) % open.length]!;
    this.show(next);
    this.tab(next).focus();
  }
}
