// What the page and its worker say to each other. Calls go in with a number and come back with it; the worker asks
// for bytes of files that only the page can read.
import type { ErrorDetails } from './errors.js';
import type { WhittleOptions } from './options.js';

/** Names of EngineCalls that answer. */
export type CallName = 'connect' | 'disconnect' | 'check' | 'query' | 'pick' | 'next' | 'close' | 'progress'
  | 'statistics' | 'addUrl' | 'removeFile' | 'shutdown';

export type ToWorker =
  | { kind: 'start'; options: Omit<WhittleOptions, 'fetch' | 'module'>; memoryLimit: number;
    module: WebAssembly.Module }
  | { kind: 'call'; id: number; name: CallName; arguments: unknown[] }
  | { kind: 'tell'; name: 'cancel' | 'interrupt'; argument: number }
  | { kind: 'file'; id: number; name: string; size: number; blob?: Blob; remote?: number }
  | { kind: 'bytes'; read: number; bytes?: Uint8Array; error?: string };

/** Memory as of the message. */
export interface MemoryNote {
  used: number;
  peak: number;
  limit: number;
  text: string;
}

export type FromWorker =
  | { kind: 'started'; memory: MemoryNote }
  | { kind: 'failed'; error: ErrorDetails }
  | { kind: 'answer'; id: number; value: unknown; memory: MemoryNote | undefined }
  | { kind: 'error'; id: number; error: ErrorDetails }
  | { kind: 'read'; read: number; remote: number; offset: number; length: number };
