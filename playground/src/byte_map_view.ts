// The byte map as a picture: the file as a strip, its row groups below each other, and a legend that says the same
// in words.
import { type ByteMap, between, footer, held, nameOf, paint, unread, untouched } from './byte_map.js';
import { element, shape } from './dom.js';
import { bytes, count, counted, share } from './units.js';

/** Pieces that a file's strip is cut into: none narrower than a pixel, or it would fade. */
const pieceCount = (): number => Math.max(200, Math.min(700, innerWidth - 80));
/** Row groups drawn on their own at most. */
const groupCap = 40;
/** Colours in style.css. */
const palette = 10;
const legendCap = palette;

const classes = new Map([[untouched, 'untouched'], [footer, 'footer'], [between, 'between'], [unread, 'unread'],
  [held, 'held']]);
const kindClass = (kind: number): string =>
  classes.get(kind) ?? (kind >= 0 ? `c${kind % palette}` : `by s${held - 1 - kind}`);
const isFetched = (kind: number): boolean => kind > unread;

/** One rectangle for each run of equal pieces: fetched bytes in the strip's full height, others as a thin band. */
function strip(map: ByteMap, kinds: Int32Array, edges: number[], label: string): SVGSVGElement {
  const svg = shape('svg', { viewBox: `0 0 ${kinds.length} 10`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': label });
  for (let from = 0, to = 0; from < kinds.length; from = to) {
    while (to < kinds.length && kinds[to] === kinds[from]) to += 1;
    if (kinds[from] === untouched) continue;
    const kind = kinds[from]!;
    svg.append(shape('rect', { x: from, width: to - from, class: kindClass(kind),
      ...isFetched(kind) ? { y: 0, height: 10 } : { y: 3.4, height: 3.2 } }, shape('title', {}, nameOf(map, kind))));
  }
  for (const edge of edges) svg.append(shape('line', { x1: edge, x2: edge, y1: 0, y2: 10, class: 'edge' }));
  return svg;
}

interface Span {
  begin: number;
  end: number;
  first: string;
}

/** Where each row group begins and ends. */
function spans(map: ByteMap): Span[] {
  const found: Span[] = [];
  for (const { group, offset, length, column } of map.layout.chunks) {
    const span = found[group] ??= { begin: offset, end: 0, first: column };
    span.begin = Math.min(span.begin, offset);
    span.end = Math.max(span.end, offset + length);
  }
  return found;
}

function legendItem(kind: string, name: string, ...rest: string[]): HTMLElement {
  return element('li', {}, element('span', { class: `swatch ${kind}` }), element('span', { class: 'name' }, name), ' ',
    element('span', { class: 'size' }, rest.join(' ')));
}

function legend(map: ByteMap): HTMLElement {
  const list = element('ul', { class: 'legend', 'aria-label': 'Fetched' });
  map.columns.slice(0, legendCap).forEach(({ name, fetched, size }, at) =>
    list.append(legendItem(kindClass(at), name, bytes(fetched), fetched < size ? `of ${bytes(size)}` : '')));
  const others = map.columns.slice(legendCap);
  if (others.length > 0) {
    list.append(legendItem('others', counted(others.length, 'more column'),
      bytes(others.reduce((sum, { fetched }) => sum + fetched, 0))));
  }
  if (map.footerBytes > 0) list.append(legendItem('footer', nameOf(map, footer), bytes(map.footerBytes)));
  if (map.betweenBytes > 0) list.append(legendItem('between', nameOf(map, between), bytes(map.betweenBytes)));
  return list;
}

function skipList(map: ByteMap): HTMLElement {
  const list = element('ul', { class: 'legend skipped', 'aria-label': 'Skipped' });
  for (const { why, kind, bytes: size } of map.skipped) list.append(legendItem(kindClass(kind), why, bytes(size)));
  return list;
}

function groupRows(map: ByteMap): HTMLElement {
  const pieces = Math.min(400, pieceCount());
  const rows = spans(map).slice(0, groupCap).map((span, group) => element('div', { class: 'group' },
    element('span', {}, `${count(group)}`),
    strip(map, paint(map, span.begin, span.end, pieces), [], `Row group ${group}`)));
  const more = map.layout.groups - rows.length;
  return element('details', { class: 'groups' },
    element('summary', {}, `Row group by row group (${count(map.layout.groups)})`), ...rows,
    ...more > 0 ? [element('p', {}, `… and ${counted(more, 'more row group')}`)] : []);
}

/** The map of a file by name. */
export interface NamedMap {
  name: string;
  map: ByteMap;
}

function fileMap({ name, map }: NamedMap, title: string, unfolded: boolean): HTMLElement {
  const { size } = map.layout;
  const summary = `${bytes(map.fetched)} of ${bytes(size)} fetched`;
  const pieces = pieceCount();
  const edges = spans(map).slice(1).map(({ begin }) => begin / size * pieces);
  const details = groupRows(map);
  details.toggleAttribute('open', unfolded);
  return element('div', { class: 'file' },
    element('h2', {}, title, element('span', {}, `${name}: ${summary}, ${share(map.fetched, size)}`)),
    element('div', { class: 'strip' }, strip(map, paint(map, 0, size, pieces), edges.length > 200 ? [] : edges,
      `${name}: ${summary}`)),
    map.fetched === 0 && map.ended ? element('p', { class: 'note' },
      'Nothing had to be fetched: what this needs is held already.') : legend(map),
    skipList(map), ...map.layout.groups > 1 ? [details] : []);
}

/** Draws the files that were read most into `parent`; what was unfolded stays so. `more`: files not drawn. */
export function showByteMaps(parent: HTMLElement, maps: readonly NamedMap[], more: number): void {
  const unfolded = [...parent.querySelectorAll('.file')].map((file) => file.querySelector('details')?.open ?? false);
  parent.replaceChildren(...maps.map((map, at) => fileMap(map, at === 0 ? 'Byte map ' : '', unfolded[at] ?? false)),
    ...more > 0 ? [element('p', { class: 'note' }, `… and ${counted(more, 'more file')}`)] : []);
  parent.hidden = false;
  parent.classList.remove('stale');
}
