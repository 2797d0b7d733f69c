// An engine in a Web Worker, seen from the page.
import type { EngineCalls, MemoryUse } from './engine.js';
import { WhittleError, invalid } from './errors.js';
import { type CustomFile, readFile } from './files.js';
import type { CallName, FromWorker, MemoryNote, ToWorker } from './messages.js';
import type { WhittleOptions } from './options.js';

interface Pending {
  resolve(value: unknown): void;
  reject(error: WhittleError): void;
}

class WorkerEngine {
  private readonly pending = new Map<number, Pending>();
  private readonly files = new Map<number, CustomFile>();
  private note: MemoryNote | undefined;
  private lastId = 0;
  private started!: Pending;
  /** Why nothing is answered any more. */
  private gone: WhittleError | undefined;

  constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
    worker.onerror = (event) => this.fail(new WhittleError({ code: 'Internal',
      message: `the worker failed: ${event.message || 'its script did not load'}` }));
  }

  /** The page compiles the module, at the same time as the worker's script loads. */
  start({ fetch: _, module: __, ...options }: WhittleOptions, memoryLimit: number,
    compiled: Promise<WebAssembly.Module>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.started = { resolve: () => resolve(), reject };
      compiled.then((module) => this.post({ kind: 'start', options, memoryLimit, module })).catch(reject);
    });
  }

  call(name: CallName, ...values: unknown[]): Promise<unknown> {
    return this.ask((id) => this.post({ kind: 'call', id, name, arguments: values }));
  }

  tell(name: 'cancel' | 'interrupt', argument: number): void {
    this.post({ kind: 'tell', name, argument });
  }

  addFile(name: string, file: CustomFile | Blob): Promise<unknown> {
    return this.ask((id) => {
      if (file instanceof Blob) return this.post({ kind: 'file', id, name, size: file.size, blob: file });
      this.files.set(id, file);
      this.post({ kind: 'file', id, name, size: file.size, remote: id });
    });
  }

  memory(): MemoryUse {
    if (!this.note) throw invalid('the database is closed');
    const { used, peak, limit, text } = this.note;
    return { used, peak, limit, toString: () => text };
  }

  async shutdown(): Promise<void> {
    await this.call('shutdown').catch(() => undefined);
    this.worker.terminate();
    this.note = undefined;
    this.files.clear();
    this.fail(invalid('the database is closed'));
  }

  private ask(send: (id: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(this.gone);
      this.lastId += 1;
      this.pending.set(this.lastId, { resolve, reject });
      send(this.lastId);
    });
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private fail(error: WhittleError): void {
    this.gone ??= error;
    this.started.reject(error);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'read') return void this.read(message);
    if (message.kind === 'failed') return this.fail(new WhittleError(message.error));
    if (message.kind !== 'error') this.note = message.memory ?? this.note;
    if (message.kind === 'started') return this.started.resolve(undefined);
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.kind === 'error') waiting?.reject(new WhittleError(message.error));
    else waiting?.resolve(message.value);
  }

  private async read({ read, remote, offset, length }: FromWorker & { kind: 'read' }): Promise<void> {
    try {
      const file = this.files.get(remote);
      if (!file) throw new Error('the file is no longer registered');
      this.post({ kind: 'bytes', read, bytes: await readFile(file, offset, length) });
    } catch (error) {
      this.post({ kind: 'bytes', read, error: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Starts the package's worker with an engine in it. @internal */
export async function startWorker(options: WhittleOptions, memoryLimit: number,
  module: Promise<WebAssembly.Module>): Promise<EngineCalls> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'whittle' });
  const remote = new WorkerEngine(worker);
  try {
    await remote.start(options, memoryLimit, module);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  const asked = <T>(name: CallName) => (...values: unknown[]) => remote.call(name, ...values) as Promise<T>;
  return {
    connect: asked('connect'), disconnect: asked('disconnect'), check: asked('check'), query: asked('query'),
    pick: asked('pick'), next: asked('next'), close: asked('close'), progress: asked('progress'),
    statistics: asked('statistics'), addUrl: asked('addUrl'), removeFile: asked('removeFile'),
    addFile: async (name, file) => void await remote.addFile(name, file),
    cancel: (result) => remote.tell('cancel', result),
    interrupt: (ticket) => remote.tell('interrupt', ticket),
    memory: () => remote.memory(),
    shutdown: () => remote.shutdown(),
  };
}
