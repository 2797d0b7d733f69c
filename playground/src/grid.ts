// The table of results: only the rows in sight are elements, however many there are.
import type { Field, Table } from '@uwdata/flechette';
import { isNumeric, text, typeName } from './cells.js';
import { element } from './dom.js';

const rowHeight = 30;
const headHeight = 48;
/** Rows drawn beyond the edges, so that scrolling shows no gap. */
const overscan = 10;
const [narrowest, widest] = [7, 42];
const longest = 400;

export class Grid {
  private readonly scroller = element('div', { class: 'grid', role: 'table', tabindex: 0, 'aria-label': 'Rows' });
  private readonly head = element('div', { class: 'grid-head', role: 'row', 'aria-rowindex': 1 });
  private readonly body = element('div', { class: 'grid-body', role: 'rowgroup' });
  private readonly window = element('div', { class: 'grid-window' });
  private fields: Field[] = [];
  private pages: { first: number; page: Table }[] = [];
  private rows = 0;
  private drawn = '';
  private frame = 0;

  /** `nearEnd` is told when the last rows come in sight. */
  constructor(parent: HTMLElement, private readonly nearEnd: () => void) {
    this.body.append(this.window);
    this.scroller.append(this.head, this.body);
    parent.append(this.scroller);
    this.scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.schedule()).observe(this.scroller);
  }

  clear(): void {
    this.fields = [];
    this.pages = [];
    this.rows = 0;
    this.drawn = '';
    this.head.replaceChildren();
    this.window.replaceChildren();
    this.body.style.height = '0';
    this.scroller.scrollTo(0, 0);
  }

  append(page: Table): void {
    if (this.pages.length === 0) this.setHead(page);
    if (this.rows === 0) this.setWidths(page);
    if (page.numRows > 0 || this.rows === 0) this.pages.push({ first: this.rows, page });
    this.rows += page.numRows;
    this.scroller.setAttribute('aria-rowcount', String(this.rows + 1));
    this.body.style.height = `${this.rows * rowHeight}px`;
    this.schedule();
  }

  get columns(): readonly Field[] {
    return this.fields;
  }

  get tables(): Table[] {
    return this.pages.map(({ page }) => page);
  }

  private setWidths(page: Table): void {
    const widths = this.fields.map((field, at) => {
      let width = Math.max(field.name.length * 1.2, typeName(field.type).length * 0.85);
      for (let row = 0; row < Math.min(page.numRows, 60); row += 1) {
        width = Math.max(width, this.cellText(page, at, row)?.length ?? 4);
      }
      return `${Math.min(widest, Math.max(narrowest, width)) + 3}ch`;
    });
    this.scroller.style.setProperty('--columns', widths.join(' '));
  }

  private setHead(page: Table): void {
    this.fields = page.schema.fields;
    this.scroller.setAttribute('aria-colcount', String(this.fields.length));
    this.head.append(...this.fields.map(({ name, type }, at) => element('div', {
      role: 'columnheader', 'aria-colindex': at + 1, class: isNumeric(type) ? 'number' : undefined, title: name,
    }, element('span', {}, name), element('small', {}, typeName(type)))));
  }

  private cellText(page: Table, column: number, row: number): string | undefined {
    const value: unknown = page.getChildAt(column).at(row);
    const shown = value == null ? undefined : text(value, this.fields[column]!.type);
    return shown && shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
  }

  private schedule(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
    const last = Math.min(this.rows, Math.ceil((scrollTop + clientHeight - headHeight) / rowHeight) + overscan);
    if (last >= this.rows - overscan && this.rows > 0) this.nearEnd();
    if (this.drawn === `${first}-${last}`) return;
    this.drawn = `${first}-${last}`;
    this.window.style.transform = `translateY(${first * rowHeight}px)`;
    let at = Math.max(0, this.pages.findIndex(({ first: begin, page }) => begin + page.numRows > first));
    const rows: HTMLElement[] = [];
    for (let row = first; row < last; row += 1) {
      while (row >= this.pages[at]!.first + this.pages[at]!.page.numRows) at += 1;
      rows.push(this.row(row, this.pages[at]!.page, row - this.pages[at]!.first));
    }
    this.window.replaceChildren(...rows);
  }

  private row(number: number, page: Table, row: number): HTMLElement {
    const cells = this.fields.map(({ type }, at) => {
      const shown = this.cellText(page, at, row);
      const kind = shown === undefined ? 'null' : isNumeric(type) ? 'number' : undefined;
      return element('div', { role: 'cell', class: kind, title: shown && shown.length > widest ? shown : undefined },
        shown ?? 'NULL');
    });
    const stripe = number % 2 ? 'odd' : undefined;
    return element('div', { role: 'row', class: stripe, 'aria-rowindex': number + 2 }, ...cells);
  }
}
