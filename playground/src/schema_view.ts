// What is in an open file: its columns and its row groups, each unfolded on demand.
import { element } from './dom.js';
import type { Chunk } from './layout.js';
import type { OpenFile } from './session.js';
import { bytes, count, counted } from './units.js';

/** Beyond this many columns a field to search them appears. */
const searchable = 12;
const groupCap = 200;

function columnList(file: OpenFile, pick: (column: string) => void): HTMLElement {
  const sizes = new Map<string, number>();
  for (const { column, length } of file.layout?.chunks ?? []) sizes.set(column, (sizes.get(column) ?? 0) + length);
  const list = element('ul', { class: 'columns' });
  for (const { name, type } of file.metadata.columns) {
    const size = sizes.get(name);
    const button = element('button', { type: 'button', title: `Put ${name} into the query` },
      element('span', { class: 'name' }, name), element('span', { class: 'type' }, type),
      element('span', { class: 'size' }, size === undefined ? '' : bytes(size)));
    button.addEventListener('click', () => pick(name));
    list.append(element('li', {}, button));
  }
  return list;
}

function search(list: HTMLElement, names: readonly string[]): HTMLInputElement {
  const field = element('input', { type: 'search', placeholder: 'Find a column', 'aria-label': 'Find a column' });
  field.addEventListener('input', () => {
    const wanted = field.value.toLowerCase();
    names.forEach((name, at) => ((list.children[at] as HTMLElement).hidden = !name.toLowerCase().includes(wanted)));
  });
  return field;
}

function chunkItem({ path, compression, length, min, max }: Chunk): HTMLElement {
  const range = min !== null && max !== null ? `${min || "''"} … ${max || "''"}` : '';
  return element('li', {}, element('span', { class: 'name' }, path),
    element('span', { class: 'size', title: compression }, bytes(length)),
    element('span', { class: 'range', title: range }, range));
}

function groupItem(file: OpenFile, group: number): HTMLElement {
  const { rows, compressedBytes } = file.metadata.rowGroups[group]!;
  const details = element('details', {}, element('summary', {}, `Group ${group} `,
    element('span', { class: 'size' }, `${counted(rows, 'row')}, ${bytes(compressedBytes)}`)));
  details.addEventListener('toggle', () => {
    if (!details.open || details.children.length > 1) return;
    const chunks = file.layout?.chunks.filter((chunk) => chunk.group === group) ?? [];
    details.append(element('ul', { class: 'chunks' }, ...chunks.map(chunkItem)));
  });
  return element('li', {}, details);
}

/** Shows a file; `pick` is told of a column that was chosen. */
export function showSchema(parent: HTMLElement, file: OpenFile, pick: (column: string) => void): void {
  const { metadata, layout } = file;
  const columns = columnList(file, pick);
  const names = metadata.columns.map(({ name }) => name);
  const groups = metadata.rowGroups.map((_, group) => group).slice(0, groupCap);
  const more = metadata.rowGroups.length - groups.length;
  const facts = [layout && bytes(layout.size), metadata.rows > 0 && counted(metadata.rows, 'row'), metadata.createdBy];
  parent.replaceChildren(
    element('h2', {}, file.name),
    element('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
    element('details', { open: !matchMedia('(max-width: 860px)').matches, class: 'fold' },
      element('summary', {}, `Columns (${count(names.length)})`),
      ...names.length > searchable ? [search(columns, names)] : [], columns));
  if (groups.length > 0) {
    parent.append(element('details', { class: 'fold' },
      element('summary', {}, `Row groups (${count(metadata.rowGroups.length)})`),
      element('ul', { class: 'row-groups' }, ...groups.map((group) => groupItem(file, group)),
        ...more > 0 ? [element('li', {}, `… and ${count(more)} more`)] : [])));
  }
}
