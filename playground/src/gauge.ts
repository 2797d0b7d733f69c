// Memory in use against the limit, in the page's head.
import type { MemoryUse } from 'whittle-sql';
import { byId } from './dom.js';
import { bytes } from './units.js';

const box = byId('memory');
const label = box.querySelector('.gauge-text')!;
const bar = box.querySelector<HTMLElement>('.gauge-bar > span')!;

export function showMemory({ used, peak, limit }: MemoryUse): void {
  label.textContent = `${bytes(used)} of ${bytes(limit)}`;
  box.title = `Memory: ${bytes(used)} now, ${bytes(peak)} at most, ${bytes(limit)} allowed`;
  box.setAttribute('aria-valuenow', (used / limit).toFixed(3));
  box.setAttribute('aria-valuetext', `${bytes(used)} of ${bytes(limit)}`);
  bar.style.width = `${Math.min(100, used / limit * 100)}%`;
  bar.classList.toggle('high', used > limit * 0.8);
}
