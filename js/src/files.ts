// Registered files: anything that gives bytes by offset and length.
import { invalid } from './errors.js';
import { isPattern, pathPattern } from './glob.js';

/** A file of the caller's own making. */
export interface CustomFile {
  /** Bytes in all. */
  size: number;
  /** Changes when the bytes do. */
  version?: string;
  /** Exactly `length` bytes from `offset` on. */
  read(offset: number, length: number): Promise<ArrayBuffer | Uint8Array> | ArrayBuffer | Uint8Array;
}

/** What {@link Database.registerFile} takes; a URL or text is an address. */
export type FileSource = Blob | ArrayBuffer | Uint8Array | CustomFile | URL | string;

/** Options of {@link Database.registerFile} for addresses. */
export interface FileOptions {
  /** Sent with the requests for this file alone. */
  headers?: Record<string, string>;
  /** The file's length, if known: saves a request. It is checked. */
  byteLength?: number;
}

const asBytes = (data: ArrayBuffer | Uint8Array): Uint8Array =>
  data instanceof Uint8Array ? data : new Uint8Array(data);

/** Any source as size and reader. */
export function openFile(source: Exclude<FileSource, URL | string>): CustomFile {
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    return { size: source.size, read: (offset, length) => source.slice(offset, offset + length).arrayBuffer() };
  }
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const bytes = asBytes(source);
    return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
  }
  const custom = source as CustomFile;
  if (typeof custom?.size !== 'number' || typeof custom.read !== 'function') {
    throw invalid('a file is a Blob, bytes, an address, or { size, read(offset, length) }');
  }
  return custom;
}

/** The bytes of one read, checked. */
export async function readFile(file: CustomFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = asBytes(await file.read(offset, length));
  if (bytes.length !== length) {
    throw new Error(`read(${offset}, ${length}) gave ${bytes.length} bytes`);
  }
  return bytes;
}

/** The machine's own files, where the platform has some. @internal */
export interface LocalFiles {
  /** Undefined when there is no such file. */
  open(path: string): Promise<CustomFile | undefined>;
  /** Names that match a glob pattern, sorted. */
  list(pattern: string): Promise<string[]>;
}

/** What a name turned out to be. @internal */
export type Found = { kind: 'file'; number: number; file: CustomFile } | { kind: 'address'; url: string;
  headers: string; size: number } | { kind: 'missing'; why: string };

/** The names that an instance knows, and the files it has open by number. @internal */
export class FileTable {
  private readonly names = new Map<string, Exclude<Found, { kind: 'missing' }>>();
  private readonly open = new Map<number, CustomFile>();
  private lastNumber = 0;

  constructor(private readonly local: LocalFiles | undefined) {}

  add(name: string, file: CustomFile): void {
    this.names.set(name, { kind: 'file', number: this.number(file), file });
  }

  addAddress(name: string, url: string, headers: string, size: number): void {
    this.names.set(name, { kind: 'address', url, headers, size });
  }

  remove(name: string): void {
    this.names.delete(name);
  }

  clear(): void {
    this.names.clear();
    this.open.clear();
  }

  get(number: number): CustomFile | undefined {
    return this.open.get(number);
  }

  async find(name: string): Promise<Found> {
    const known = this.names.get(name);
    if (known) return known;
    const file = await this.local?.open(name);
    if (file) return { kind: 'file', number: this.number(file), file };
    return { kind: 'missing', why: this.local ? 'there is no such file'
      : 'no file of this name is registered (registerFile)' };
  }

  /** Registered names come first: a pattern that matches some of them means no other files. */
  async list(pattern: string): Promise<string[]> {
    if (this.names.has(pattern) || !isPattern(pattern)) return [pattern];
    const matching = pathPattern(pattern);
    const registered = [...this.names.keys()].filter((name) => matching.test(name)).sort();
    return registered.length > 0 || !this.local ? registered : this.local.list(pattern);
  }

  private number(file: CustomFile): number {
    this.lastNumber += 1;
    this.open.set(this.lastNumber, file);
    return this.lastNumber;
  }
}
