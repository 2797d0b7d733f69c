// What a statement fetched of a file, held against where its columns lie: which bytes are whose, and why the
// others were left alone.
import type { Chunk, Layout } from './layout.js';

/** Pieces that a file's strip is cut into. */
export const binCount = 700;

/** What a piece shows: a column by its number in `columns`, or one of these. */
export const untouched = -1;
export const footer = -2;
export const between = -3;

export interface ColumnShare {
  name: string;
  fetched: number;
  size: number;
}

export interface Skipped {
  why: string;
  bytes: number;
}

export interface ByteMap {
  layout: Layout;
  /** Nothing more will be fetched. */
  ended: boolean;
  fetched: number;
  columns: ColumnShare[];
  footerBytes: number;
  /** Fetched since it lay between two wanted ranges. */
  betweenBytes: number;
  skipped: Skipped[];
  ranges: Range[];
}

export type Range = [begin: number, end: number];

/** Sorted and without overlaps. */
export function union(ranges: Range[]): Range[] {
  const merged: Range[] = [];
  for (const [begin, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged[merged.length - 1];
    if (last && begin <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([begin, end]);
  }
  return merged;
}

/** Calls `use` with each part of the sorted ranges inside [begin, end). */
export function within(ranges: readonly Range[], begin: number, end: number, use: (begin: number, end: number) => void):
void {
  let low = 0;
  for (let high = ranges.length; low < high;) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] <= begin) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < ranges.length && ranges[at]![0] < end; at += 1) {
    use(Math.max(begin, ranges[at]![0]), Math.min(end, ranges[at]![1]));
  }
}

function overlap(ranges: readonly Range[], begin: number, end: number): number {
  let sum = 0;
  within(ranges, begin, end, (from, to) => (sum += to - from));
  return sum;
}

/** What a plan says of its scan of a file. */
export interface Scan {
  /** Top-level columns that it reads. */
  columns: string[];
  hasFilter: boolean;
  hasTopN: boolean;
}

function skipper({ hasFilter, hasTopN }: Scan): string {
  if (hasFilter) return hasTopN ? 'ruled out by statistics or better rows elsewhere' : 'ruled out by statistics';
  return hasTopN ? 'ruled out: better rows were found elsewhere' : 'not needed: LIMIT was reached';
}

const still = 'fetched by an earlier query';

/** Why bytes of a wanted column were not fetched. */
function reason(chunkFetched: number, groupFetched: number, ended: boolean, scan: Scan): string {
  if (chunkFetched > 0) return ended ? 'pages that the page index rules out' : 'pages not read';
  if (groupFetched > 0) return ended ? 'no row passed the filter on another column' : 'columns not read yet';
  return `row groups ${ended ? skipper(scan) : 'not read yet'}`;
}

/** Without a scan every column that was touched counts as wanted. `ended`: the statement read all
 *  that it meant to. `earlier`: what statements before it fetched, which the engine may still hold. */
export function mapBytes(layout: Layout, fetches: readonly Range[], scan: Scan | undefined,
  ended: boolean, earlier: readonly Range[] = []): ByteMap {
  const ranges = union(fetches.map(([begin, end]) => [begin, Math.min(end, layout.size)]));
  const known = union([...ranges, ...earlier]);
  const touched = layout.chunks.map(({ offset, length }) => overlap(ranges, offset, offset + length));
  const plan = scan ?? { hasFilter: true, hasTopN: false,
    columns: layout.chunks.filter((_, at) => touched[at]! > 0).map(({ column }) => column) };
  const asked = new Set(plan.columns);
  const held = layout.chunks.map(({ column, offset, length }, at) =>
    (asked.has(column) ? overlap(known, offset, offset + length) - touched[at]! : 0));
  const shares = new Map<string, ColumnShare>();
  const groups = new Map<number, number>();
  layout.chunks.forEach(({ column, group, length }, at) => {
    if (!asked.has(column)) return;
    const found = shares.get(column) ?? { name: column, fetched: 0, size: 0 };
    found.fetched += touched[at]!;
    found.size += length;
    shares.set(column, found);
    groups.set(group, (groups.get(group) ?? 0) + touched[at]! + held[at]!);
  });
  const skipped = new Map<string, number>();
  let betweenBytes = 0;
  layout.chunks.forEach((chunk, at) => {
    const left = chunk.length - touched[at]! - held[at]!;
    const isAsked = asked.has(chunk.column);
    if (!isAsked) betweenBytes += touched[at]!;
    const why = isAsked ? reason(touched[at]! + held[at]!, groups.get(chunk.group)!, ended,
      plan) : 'columns not asked for';
    if (held[at]! > 0) skipped.set(still, (skipped.get(still) ?? 0) + held[at]!);
    if (left > 0) skipped.set(why, (skipped.get(why) ?? 0) + left);
  });
  const fetched = overlap(ranges, 0, layout.size);
  const inColumns = [...shares.values()].reduce((sum, share) => sum + share.fetched, 0);
  return {
    layout, ended, fetched, ranges, betweenBytes,
    columns: [...shares.values()].filter((share) => share.fetched > 0).sort((a, b) => b.fetched - a.fetched),
    footerBytes: fetched - inColumns - betweenBytes,
    skipped: [...skipped].map(([why, size]) => ({ why, bytes: size })).sort((a, b) => b.bytes - a.bytes),
  };
}

/** What each piece of [begin, end) shows: whatever most of its fetched bytes are. Few bytes colour a whole piece,
 *  or nobody would see them. */
export function paint(map: ByteMap, begin: number, end: number, pieces = binCount): Int32Array {
  const number = new Map(map.columns.map(({ name }, at) => [name, at]));
  const kinds = new Int32Array(pieces).fill(untouched);
  const most = new Float64Array(pieces);
  const put = (from: number, to: number, kind: number): void => {
    const scale = pieces / Math.max(1, end - begin);
    const last = Math.min(pieces - 1, Math.ceil((to - begin) * scale) - 1);
    for (let bin = Math.max(0, Math.floor((from - begin) * scale)); bin <= last; bin += 1) {
      const size = Math.min(to, begin + (bin + 1) / scale) - Math.max(from, begin + bin / scale);
      if (size <= most[bin]!) continue;
      most[bin] = size;
      kinds[bin] = kind;
    }
  };
  let at = begin;
  const outside = (to: number): void => within(map.ranges, at, to, (a, b) => put(a, b, footer));
  for (const chunk of map.layout.chunks as Chunk[]) {
    const [from, to] = [Math.max(begin, chunk.offset), Math.min(end, chunk.offset + chunk.length)];
    if (from >= to) continue;
    outside(from);
    const kind = number.get(chunk.column) ?? between;
    within(map.ranges, from, to, (a, b) => put(a, b, kind));
    at = Math.max(at, to);
  }
  outside(end);
  return kinds;
}
