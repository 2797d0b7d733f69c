// Requests of the module, carried by `fetch`: each reply goes to the module as it comes, and the module judges
// it. At most so many are under way at once; the others wait their turn.
import type { FetchFunction } from './options.js';

/** As http::HttpFailure counts them. */
const failure = { none: 0, cancelled: 1, timeout: 2, connection: 3, refused: 5, fatal: 6 } as const;

/** What the fetcher reports to. */
export interface FetchSink {
  /** True when the body is wanted. */
  head(id: number, status: number, headers: string): boolean;
  data(id: number, chunk: Uint8Array): boolean;
  end(id: number, failure: number, message: string): void;
}

export interface FetchRequest {
  id: number;
  url: string;
  /** Lines "Name: value". */
  headers: string;
  headOnly: boolean;
  timeout: number;
}

export interface FetchOptions {
  fetch: FetchFunction;
  requestInit: RequestInit;
  maxConcurrent: number;
  maxRequests: number;
  /** Replies are filtered by CORS here, and a refusal looks like a broken connection. */
  crossOriginRules: boolean;
  /** What a reply's body is read into belongs to nobody else: not so where chunks may be slices of a pool (Node), or
   * come out of somebody's own `fetch`. */
  ownsChunks: boolean;
}

let nobody: MessagePort | undefined;

/**
 * Gives a chunk's memory back at once: the collector sees small objects and lets hundreds of MB of them pile up. What
 * is transferred to a port whose other end is closed is dropped with its memory; `ArrayBuffer.transfer` keeps that.
 */
function free(chunk: Uint8Array): void {
  if (typeof MessageChannel === 'undefined') return;
  if (!nobody) {
    const channel = new MessageChannel();
    channel.port2.close();
    nobody = channel.port1;
  }
  try {
    nobody.postMessage(null, [chunk.buffer]);
  } catch {
    // A buffer that cannot be transferred is the collector's after all.
  }
}

export class Fetcher {
  private readonly active = new Map<number, AbortController>();
  private readonly waiting: FetchRequest[] = [];
  private sent = 0;

  constructor(private readonly options: FetchOptions, private readonly sink: FetchSink) {}

  /** Never reports before it returned. */
  send(request: FetchRequest): void {
    this.waiting.push(request);
    queueMicrotask(() => this.startWaiting());
  }

  abort(id: number): void {
    const controller = this.active.get(id);
    if (controller) return controller.abort();
    const at = this.waiting.findIndex((request) => request.id === id);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    queueMicrotask(() => this.sink.end(id, failure.cancelled, 'cancelled'));
  }

  /** Ends everything without a report. */
  close(): void {
    this.waiting.length = 0;
    for (const controller of this.active.values()) controller.abort();
    this.active.clear();
  }

  private startWaiting(): void {
    while (this.active.size < this.options.maxConcurrent && this.waiting.length > 0) {
      void this.run(this.waiting.shift()!);
    }
  }

  private async run(request: FetchRequest): Promise<void> {
    const { id } = request;
    if (this.sent >= this.options.maxRequests) {
      return this.sink.end(id, failure.refused, `the limit of ${this.options.maxRequests} requests is spent`);
    }
    this.sent += 1;
    const controller = new AbortController();
    this.active.set(id, controller);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, request.timeout);
    let outcome: [number, string] = [failure.none, ''];
    try {
      await this.transfer(request, controller);
    } catch (error) {
      if (timedOut) outcome = [failure.timeout, `no reply within ${Math.round(request.timeout / 1000)} s`];
      else if (controller.signal.aborted) outcome = [failure.cancelled, 'cancelled'];
      else outcome = [failure.connection, this.explain(error)];
    } finally {
      clearTimeout(timer);
    }
    const known = this.active.delete(id);
    if (known) this.sink.end(id, ...outcome);
    this.startWaiting();
  }

  private async transfer(request: FetchRequest, controller: AbortController): Promise<void> {
    const { requestInit } = this.options;
    const headers = new Headers(requestInit.headers);
    for (const line of request.headers.split('\n')) {
      const colon = line.indexOf(': ');
      if (colon > 0) headers.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const init: RequestInit = { cache: 'no-store', ...requestInit, headers, redirect: 'follow',
      method: request.headOnly ? 'HEAD' : 'GET', signal: controller.signal };
    const response = await this.options.fetch(request.url, init);
    let fields = '';
    response.headers.forEach((value, name) => {
      fields += `${name}: ${value}\n`;
    });
    if (!this.active.has(request.id)) return;
    const wanted = this.sink.head(request.id, response.status, fields);
    if (!wanted || request.headOnly) return void response.body?.cancel().catch(() => undefined);
    if (!response.body) return;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !this.active.has(request.id)) return;
      const goOn = this.sink.data(request.id, value);
      if (this.options.ownsChunks) free(value);
      if (!goOn) return void reader.cancel().catch(() => undefined);
    }
  }

  private explain(error: unknown): string {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const text = cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
    if (!this.options.crossOriginRules) return `the request failed: ${text}`;
    return `the request failed: ${text} (the server may be down, or it does not allow this page's origin: ` +
      "'Access-Control-Allow-Origin' and 'Access-Control-Expose-Headers: Content-Range' are needed)";
  }
}
