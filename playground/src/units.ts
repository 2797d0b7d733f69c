// Numbers for people. A number and its unit never part at a line's end.

const whole = new Intl.NumberFormat('en');
const units = ['B', 'kB', 'MB', 'GB', 'TB'];

export const count = (value: number): string => whole.format(value);

/** "1 row", "2 rows" */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** "3.1 MB": three digits are enough. */
export function bytes(value: number): string {
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)}\u00a0${units[unit]}`;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}\u00a0ms`;
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)}\u00a0s`
    : `${Math.floor(milliseconds / 60_000)}\u00a0min ${Math.round(milliseconds / 1000) % 60}\u00a0s`;
}

/** "4.1 %" of a whole. */
export function share(part: number, all: number): string {
  if (all === 0 || part === 0) return '0\u00a0%';
  const percent = part / all * 100;
  return `${percent >= 10 ? Math.round(percent) : percent >= 0.1 ? percent.toFixed(1) : '<\u00a00.1'}\u00a0%`;
}
