// Files of the machine in Node: read by position, listed by glob patterns.
import type { CustomFile, LocalFiles } from './files.js';
import { isPattern, segmentPattern } from './glob.js';

async function names(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const { readdir } = await import('node:fs/promises');
  const entries = await readdir(folder || '.', { withFileTypes: true }).catch(() => []);
  return entries.filter(({ name }) => !name.startsWith('.'))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function expand(folder: string, segments: readonly string[]): Promise<string[]> {
  const [first, ...rest] = segments;
  if (first === undefined) return [];
  const join = (name: string): string => (folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`);
  const found: string[] = [];
  if (first === '**') {
    found.push(...await expand(folder, rest));
    for (const { name, isFolder } of await names(folder)) {
      if (isFolder) found.push(...await expand(join(name), segments));
    }
    return found;
  }
  if (!isPattern(first) && rest.length > 0) return expand(join(first), rest);
  const pattern = segmentPattern(first);
  for (const { name, isFolder } of await names(folder)) {
    if (!pattern.test(name)) continue;
    if (rest.length > 0) found.push(...(isFolder ? await expand(join(name), rest) : []));
    else if (!isFolder) found.push(join(name));
  }
  return found;
}

async function open(path: string): Promise<CustomFile | undefined> {
  const fs = await import('node:fs/promises');
  const about = await fs.stat(path).catch(() => undefined);
  if (!about?.isFile()) return undefined;
  return {
    size: about.size,
    version: `${about.mtimeMs}/${about.ino}`,
    async read(offset, length) {
      const file = await fs.open(path, 'r');
      try {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return bytes.subarray(0, done);
      } finally {
        await file.close();
      }
    },
  };
}

/** @internal */
export const nodeFiles: LocalFiles = {
  open,
  async list(pattern) {
    if (!isPattern(pattern)) return [pattern];
    const absolute = pattern.startsWith('/');
    const segments = (absolute ? pattern.slice(1) : pattern).split('/').filter((part) => part !== '' && part !== '.');
    return [...new Set(await expand(absolute ? '/' : '', segments))].sort();
  },
};
