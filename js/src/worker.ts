// The script of the Web Worker: an engine behind messages.
import { browser } from './browser.js';
import { engineOptions } from './start.js';
import { Engine } from './engine.js';
import { type ErrorDetails, WhittleError } from './errors.js';
import { type CustomFile, openFile } from './files.js';
import type { FromWorker, MemoryNote, ToWorker } from './messages.js';

interface Port {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}
const port = globalThis as unknown as Port;
let engine: Engine | undefined;
let lastRead = 0;
const reads = new Map<number, (message: ToWorker & { kind: 'bytes' }) => void>();

const details = (error: unknown): ErrorDetails => (error instanceof WhittleError ? error.details
  : { code: 'Internal', message: error instanceof Error ? error.message : String(error) });

function memory(): MemoryNote | undefined {
  try {
    const use = engine!.memory();
    return { used: use.used, peak: use.peak, limit: use.limit, text: use.toString() };
  } catch {
    return undefined;
  }
}

/** A file that the page reads for us. */
const remoteFile = (size: number, remote: number): CustomFile => ({
  size,
  read: (offset, length) => new Promise((resolve, reject) => {
    lastRead += 1;
    reads.set(lastRead, ({ bytes, error }) => (bytes ? resolve(bytes) : reject(new Error(error))));
    port.postMessage({ kind: 'read', read: lastRead, remote, offset, length });
  }),
});

function transferable(value: unknown): Transferable[] {
  const bytes = (value as { bytes?: Uint8Array; first?: Uint8Array } | undefined);
  const found = bytes?.bytes ?? bytes?.first;
  return found ? [found.buffer as ArrayBuffer] : [];
}

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    const value = await work();
    port.postMessage({ kind: 'answer', id, value, memory: memory() }, transferable(value));
  } catch (error) {
    port.postMessage({ kind: 'error', id, error: details(error) });
  }
}

async function start(message: ToWorker & { kind: 'start' }): Promise<void> {
  try {
    // Pages leave for the page's own heap.
    engine = await Engine.start(message.module,
      { ...engineOptions(message.options, browser, message.memoryLimit), slice: 50, ballast: false });
    port.postMessage({ kind: 'started', memory: memory()! });
  } catch (error) {
    port.postMessage({ kind: 'failed', error: details(error) });
  }
}

port.onmessage = ({ data }) => {
  switch (data.kind) {
    case 'start': return void start(data);
    case 'call': return void answer(data.id, () =>
      (engine![data.name] as (...values: unknown[]) => Promise<unknown>).apply(engine, data.arguments));
    case 'tell': return engine![data.name](data.argument);
    case 'file': return void answer(data.id, () => engine!.addFile(data.name,
      data.blob ? openFile(data.blob) : remoteFile(data.size, data.remote!)));
    case 'bytes':
      reads.get(data.read)?.(data);
      reads.delete(data.read);
  }
};
