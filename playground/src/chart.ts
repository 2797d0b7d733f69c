// A picture of a result, when it suits: lines over time, bars over names, dots over numbers. Observable Plot is
// loaded when the first picture is drawn.
import type { Field, Table } from '@uwdata/flechette';
import { asDate, asNumber, isNumeric, isTemporal, text } from './cells.js';

const [mostBars, mostPoints] = [40, 5000];

export type ChartKind = 'line' | 'bar' | 'dot';

export interface ChartPlan {
  kind: ChartKind;
  x: number;
  /** Columns drawn over it. */
  ys: number[];
}

/** What a result could be drawn as; undefined when nothing suits. */
export function chooseChart(fields: readonly Field[], rows: number): ChartPlan | undefined {
  if (rows < 2 || rows > mostPoints) return undefined;
  const numbers = fields.flatMap(({ type }, at) => (isNumeric(type) ? [at] : []));
  const time = fields.findIndex(({ type }) => isTemporal(type));
  if (time >= 0 && numbers.length > 0) return { kind: 'line', x: time, ys: numbers.slice(0, 4) };
  const name = fields.findIndex(({ type }) => !isNumeric(type));
  if (name >= 0) {
    return numbers.length > 0 && rows <= mostBars ? { kind: 'bar', x: name, ys: [numbers[0]!] } : undefined;
  }
  return numbers.length > 1 ? { kind: 'dot', x: numbers[0]!, ys: [numbers[1]!] } : undefined;
}

interface Point {
  x: Date | string | number;
  y: number;
  series: string;
}

function points(plan: ChartPlan, fields: readonly Field[], pages: readonly Table[]): Point[] {
  const { type } = fields[plan.x]!;
  const found: Point[] = [];
  for (const page of pages) {
    for (let row = 0; row < page.numRows; row += 1) {
      const value: unknown = page.getChildAt(plan.x).at(row);
      const x = plan.kind === 'bar' ? (value == null ? 'NULL' : text(value, type))
        : plan.kind === 'line' ? asDate(value, type) : asNumber(value, type);
      if (value == null && plan.kind !== 'bar') continue;
      for (const at of plan.ys) {
        const y: unknown = page.getChildAt(at).at(row);
        if (y != null) found.push({ x, y: asNumber(y, fields[at]!.type), series: fields[at]!.name });
      }
    }
  }
  return found;
}

/** Draws into `parent`, as wide as it is. */
export async function drawChart(parent: HTMLElement, plan: ChartPlan, fields: readonly Field[],
  pages: readonly Table[]): Promise<void> {
  const Plot = await import('@observablehq/plot');
  const data = points(plan, fields, pages);
  const width = Math.max(280, parent.clientWidth);
  const label = { x: fields[plan.x]!.name, y: plan.ys.map((at) => fields[at]!.name).join(', ') };
  const color = { legend: plan.ys.length > 1, range: [0, 1, 2, 3].map((at) => `var(--c${at})`),
    domain: plan.ys.map((at) => fields[at]!.name) };
  const style = { background: 'none', fontSize: '12px', color: 'var(--soft)' };
  const common = { width, marginTop: 10, marginBottom: 42, color, style };
  const names = Math.max(...data.map(({ x }) => String(x).length)) * 7.5 + 24;
  const picture = plan.kind === 'bar'
    ? Plot.plot({ ...common, marginLeft: Math.min(240, width / 2.5, names), height: data.length * 26 + 70,
      x: { label: label.y, grid: true }, y: { label: null, type: 'band' },
      marks: [Plot.barX(data, { x: 'y', y: 'x', fill: 'var(--c0)', sort: { y: null }, tip: true, rx: 2 }),
        Plot.ruleX([0])] })
    : Plot.plot({ ...common, height: Math.min(380, width * 0.6), marginLeft: 60,
      x: { label: label.x },
      y: { label: plan.ys.length > 1 ? null : label.y, grid: true, zero: plan.kind === 'line' },
      marks: plan.kind === 'line'
        ? [Plot.lineY(data, { x: 'x', y: 'y', stroke: 'series', strokeWidth: 2, tip: true })]
        : [Plot.dot(data, { x: 'x', y: 'y', stroke: 'var(--c0)', r: 3, tip: true })] });
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', `${label.y} by ${label.x}`);
  parent.replaceChildren(picture);
}
