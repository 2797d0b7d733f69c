// What callers may choose.
import type { Tier } from './tier.js';

/** `fetch`, or something that behaves like it. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** How values that JavaScript has no exact type for are given out. */
export interface ValueOptions {
  /** BIGINT and its kin: `bigint` always, `number` always (may lose digits), or `auto`: numbers in columns where
   *  every value is exact as one. Default `bigint`. */
  int64?: 'bigint' | 'number' | 'auto';
  /** DECIMAL as a number (default), or as text with all its digits. */
  decimal?: 'string' | 'number';
  /** Timestamps as milliseconds since 1970 (default), `Date` objects, or exact `bigint` in the column's unit. */
  timestamp?: 'number' | 'date' | 'bigint';
}

/** Options of `Whittle.create`. */
export interface WhittleOptions extends ValueOptions {
  /** The hard limit, in bytes or as '256MB'. Default 1.5 GB, on Workers 64 MB. */
  memoryLimit?: number | string;
  /** Used instead of the global `fetch`. */
  fetch?: FetchFunction;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** More for `fetch`, such as `mode` or `referrerPolicy`. */
  requestInit?: RequestInit;
  /** Cookies: as for `fetch`. */
  credentials?: RequestCredentials;
  /** The module: compiled, as bytes, or where it is. Default: the file beside this package's code. */
  module?: WebAssembly.Module | BufferSource | URL | string;
  /** Requests under way at once. Default 16 in browsers, 32 in Node, 6 on Workers. */
  maxConcurrentRequests?: number;
  /** Requests in all; beyond it statements fail with `TooManyRequests`. Default: no limit. */
  maxRequests?: number;
  /** Bytes of remote files kept between statements, as part of the memory limit. Default: a quarter of it. */
  cacheSize?: number | string;
  /** Force a build of the module instead of finding out. */
  tier?: Tier;
  /** Run inside a Web Worker that the package starts (browsers). Default: in the calling thread. */
  worker?: boolean;
}

/** What a statement's reads have done so far. */
export interface Progress {
  /** Bytes that the plan needs, as far as it is known. */
  bytesPlanned: number;
  bytesFetched: number;
  requests: number;
  /** Rows given out. */
  rows: number;
  rowGroups: number;
  rowGroupsDone: number;
  /** Size of all files that were opened. */
  bytesInFiles: number;
  /** Waves of requests. */
  roundTrips: number;
}

/** What a statement's reads cost, with each range that was fetched. */
export interface Cost {
  bytesNeeded: number;
  bytesFetched: number;
  requests: number;
  retries: number;
  roundTrips: number;
  rows: number;
  /** The files that were opened. */
  sources: { name: string; size: number }[];
  /** [source, offset, length] in the order of their ends. */
  fetches: [number, number, number][];
  /** Bytes that need not be read, as [source, offset, length, reason], the last by its place in {@link skipReasons}.
   *  Bytes that were fetched all the same may be among them: parts of larger ranges, what was read before the reason
   *  was known, and for the last two reasons all that was read of a row group. */
  skipped: [number, number, number, number][];
}

/** What proved that bytes of a file need not be read, as {@link Cost.skipped} counts them: the row group's minimum
 *  and maximum, its bloom filter, a column's dictionary, the page index, the threshold of a top-N, a LIMIT, or that no
 *  row was left when they would have been read (late materialization). */
export const skipReasons = ['statistics', 'bloom filter', 'dictionary', 'page index', 'top-N', 'LIMIT',
  'late materialization'] as const;

/** Options of one statement. */
export interface QueryOptions extends ValueOptions {
  /** Stops the statement and its requests. */
  signal?: AbortSignal;
  /** Called with every page of the result, and at most every 100 ms while waiting. */
  onProgress?: (progress: Progress) => void;
  /** Called as {@link QueryOptions.onProgress} is, and once at the end, however it ends. */
  onCost?: (cost: Cost) => void;
}

const units: Record<string, number> = {
  '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3,
};

/** Bytes of '256MB', '1.5 GiB' or a number; undefined when it is neither. */
export function parseMemorySize(size: number | string): number | undefined {
  if (typeof size === 'number') return size > 0 ? Math.floor(size) : undefined;
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(size) ?? [];
  const scale = units[(unit ?? '?').toLowerCase()];
  return amount === undefined || scale === undefined ? undefined : Math.floor(Number(amount) * scale);
}
