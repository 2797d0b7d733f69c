// What a statement fetched of a file and what it skipped, held against where the file's columns lie. Each byte of a
// column that the statement names is one of: fetched, held from an earlier statement, skipped for a reason that the
// engine gave, or not read (yet).
import { skipReasons } from 'whittle-sql';
import type { Chunk, Layout } from './layout.js';

/** What a piece shows: a fetched column by its number in `columns`, or one of these; below `held`, skipped by
 *  reason: `skippedBy`. */
export const untouched = -1;
export const footer = -2;
export const between = -3;
export const unread = -4;
export const held = -5;
/** `reason` as `skipReasons` of the package counts them. */
export const skippedBy = (reason: number): number => held - 1 - reason;

const words: Record<(typeof skipReasons)[number], string> = {
  statistics: 'ruled out by row group statistics',
  'bloom filter': 'ruled out by a bloom filter',
  dictionary: 'ruled out by a dictionary',
  'page index': 'ruled out by the page index',
  'top-N': 'cannot beat the rows found (top-N)',
  LIMIT: 'behind the LIMIT',
  'late materialization': 'no row left by then (late materialization)',
};
/** These say only that a byte was not read in the end: what is held may have been. */
const isLoose = (reason: number): boolean => /LIMIT|late/.test(skipReasons[reason] ?? '');

export interface ColumnShare {
  name: string;
  fetched: number;
  size: number;
}

/** A run of bytes and what it shows. */
export interface Mark {
  begin: number;
  end: number;
  kind: number;
}

export interface Skipped {
  why: string;
  kind: number;
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
  /** Sorted, without overlaps. */
  ranges: Range[];
  marks: Mark[];
}

export type Range = [begin: number, end: number];
export type SkippedRange = [begin: number, end: number, reason: number];

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

/** Sorted and without overlaps; where two scans differ, one of their reasons. */
function disjoint(ranges: readonly SkippedRange[]): SkippedRange[] {
  const found: SkippedRange[] = [];
  let last = 0;
  for (const [begin, end, reason] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (end > last) found.push([Math.max(begin, last), end, reason]);
    last = Math.max(last, end);
  }
  return found;
}

/** Calls `use` with each part of the sorted ranges inside [begin, end). */
export function within<R extends readonly [number, number, ...unknown[]]>(ranges: readonly R[], begin: number,
  end: number, use: (begin: number, end: number, range: R) => void): void {
  let low = 0;
  for (let high = ranges.length; low < high;) {
    const middle = (low + high) >> 1;
    if (ranges[middle]![1] <= begin) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < ranges.length && ranges[at]![0] < end; at += 1) {
    const range = ranges[at]!;
    use(Math.max(begin, range[0]), Math.min(end, range[1]), range);
  }
}

/** Calls `use` with each part of [begin, end) that is outside the sorted ranges. */
function outside(ranges: readonly (readonly [number, number, ...unknown[]])[], begin: number, end: number,
  use: (begin: number, end: number) => void): void {
  let at = begin;
  within(ranges, begin, end, (from, to) => {
    if (from > at) use(at, from);
    at = to;
  });
  if (at < end) use(at, end);
}

function overlap(ranges: readonly Range[], begin: number, end: number): number {
  let sum = 0;
  within(ranges, begin, end, (from, to) => (sum += to - from));
  return sum;
}

/** Why bytes of a column that was asked for were not fetched, in the order of the file. */
function marksOf(chunks: readonly Chunk[], fetched: readonly Range[], skips: readonly SkippedRange[],
  earlier: readonly Range[]): Mark[] {
  const marks: Mark[] = [];
  const rest = (begin: number, end: number, kind: number): void => {
    within(earlier, begin, end, (from, to) => marks.push({ begin: from, end: to, kind: held }));
    outside(earlier, begin, end, (from, to) => marks.push({ begin: from, end: to, kind }));
  };
  for (const { offset, length } of chunks) {
    outside(fetched, offset, offset + length, (begin, end) => {
      within(skips, begin, end, (from, to, [, , reason]) => {
        if (isLoose(reason)) rest(from, to, skippedBy(reason));
        else marks.push({ begin: from, end: to, kind: skippedBy(reason) });
      });
      outside(skips, begin, end, (from, to) => rest(from, to, unread));
    });
  }
  return marks;
}

function explain(kind: number, ended: boolean): string {
  if (kind === unread) return ended ? 'not needed' : 'not read yet';
  if (kind === held) return 'held from an earlier query';
  return words[skipReasons[held - 1 - kind]!];
}

/** The words for what a piece shows. */
export function nameOf({ columns, ended }: ByteMap, kind: number): string {
  if (kind >= 0) return columns[kind]?.name ?? '';
  if (kind === footer) return 'footer and indexes';
  return kind === between ? 'read along, between ranges' : explain(kind, ended);
}

export interface Fetched {
  ranges: readonly Range[];
  skipped: readonly SkippedRange[];
  /** The statement read all that it meant to. */
  ended: boolean;
  /** What statements before it fetched, which the engine may still hold. */
  earlier: readonly Range[];
}

/** `asked`: top-level columns that the statement reads; without them every column that was touched. */
export function mapBytes(layout: Layout, asked: readonly string[] | undefined,
  { ranges: fetches, skipped: skips, ended, earlier }: Fetched): ByteMap {
  const ranges = union(fetches.map(([begin, end]) => [begin, Math.min(end, layout.size)]));
  const touched = new Map(layout.chunks.map((chunk) => [chunk, overlap(ranges, chunk.offset,
    chunk.offset + chunk.length)]));
  const names = new Set(asked ?? layout.chunks.filter((chunk) => touched.get(chunk)! > 0).map(({ column }) => column));
  const [wanted, others] = [layout.chunks.filter(({ column }) => names.has(column)),
    layout.chunks.filter(({ column }) => !names.has(column))];
  const shares = new Map<string, ColumnShare>();
  for (const chunk of wanted) {
    const found = shares.get(chunk.column) ?? { name: chunk.column, fetched: 0, size: 0 };
    found.fetched += touched.get(chunk)!;
    found.size += chunk.length;
    shares.set(chunk.column, found);
  }
  const marks = marksOf(wanted, ranges, disjoint(skips), union([...earlier]));
  const sums = new Map<number, number>();
  for (const { begin, end, kind } of marks) sums.set(kind, (sums.get(kind) ?? 0) + end - begin);
  const skipped = [...sums].map(([kind, size]) => ({ why: explain(kind, ended), kind, bytes: size }));
  const betweenBytes = others.reduce((sum, chunk) => sum + touched.get(chunk)!, 0);
  const otherBytes = others.reduce((sum, { length }) => sum + length, 0) - betweenBytes;
  if (otherBytes > 0) skipped.push({ why: 'columns not asked for', kind: untouched, bytes: otherBytes });
  const fetched = overlap(ranges, 0, layout.size);
  const inColumns = [...shares.values()].reduce((sum, share) => sum + share.fetched, 0);
  return {
    layout, ended, fetched, ranges, marks, betweenBytes,
    columns: [...shares.values()].filter((share) => share.fetched > 0).sort((a, b) => b.fetched - a.fetched),
    footerBytes: fetched - inColumns - betweenBytes,
    skipped: skipped.sort((a, b) => b.bytes - a.bytes),
  };
}

/** What each piece of [begin, end) shows: whatever most of its fetched bytes are, or else of its other bytes. Few
 *  fetched bytes colour a whole piece, or nobody would see them. */
export function paint(map: ByteMap, begin: number, end: number, pieces: number): Int32Array {
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
  for (const mark of map.marks) {
    const [from, to] = [Math.max(begin, mark.begin), Math.min(end, mark.end)];
    if (from < to) put(from, to, mark.kind);
  }
  most.fill(0);
  let at = begin;
  const around = (to: number): void => within(map.ranges, at, to, (a, b) => put(a, b, footer));
  for (const chunk of map.layout.chunks) {
    const [from, to] = [Math.max(begin, chunk.offset), Math.min(end, chunk.offset + chunk.length)];
    if (from >= to) continue;
    around(from);
    const kind = number.get(chunk.column) ?? between;
    within(map.ranges, from, to, (a, b) => put(a, b, kind));
    at = Math.max(at, to);
  }
  around(end);
  return kinds;
}
