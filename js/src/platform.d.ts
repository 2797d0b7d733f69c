// The functions of Node that the package uses.
declare module 'node:fs/promises' {
  export interface FileHandle {
    read(into: Uint8Array, at: number, length: number, position: number): Promise<{ bytesRead: number }>;
    close(): Promise<void>;
  }
  export function readFile(path: URL | string): Promise<ArrayBuffer>;
  export function open(path: string, flags: 'r'): Promise<FileHandle>;
  export function stat(path: string): Promise<{ size: number; mtimeMs: number; ino: number; isFile(): boolean }>;
  export function readdir(path: string, options: { withFileTypes: true }):
  Promise<{ name: string; isDirectory(): boolean }[]>;
}
