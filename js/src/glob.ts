// Glob patterns: `*`, `?` and `[…]` match within a segment of a path, `**` as a segment any number of them.

/** Whether a name asks for several files. */
export const isPattern = (name: string): boolean => /[*?[]/.test(name);

function segmentSource(segment: string): string {
  let source = '';
  for (let i = 0; i < segment.length; i += 1) {
    const c = segment[i]!;
    const close = c === '[' ? segment.indexOf(']', i + 2) : -1;
    if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (close > 0) {
      source += `[${segment.slice(i + 1, close).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
      i = close;
    } else source += c.replace(/[\\^$.|+(){}\]/[]/, '\\$&');
  }
  return source;
}

/** A segment of a pattern as a regular expression. */
export const segmentPattern = (segment: string): RegExp => new RegExp(`^${segmentSource(segment)}$`, 'u');

/** A whole pattern as one. */
export function pathPattern(pattern: string): RegExp {
  const segments = pattern.split('/');
  const source = segments.map((segment, i) => {
    const last = i === segments.length - 1;
    if (segment === '**') return last ? '.*' : '(?:[^/]+/)*';
    return segmentSource(segment) + (last ? '' : '/');
  });
  return new RegExp(`^${source.join('')}$`, 'u');
}
