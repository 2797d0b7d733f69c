// An error in words, with the line of the query that it is about and a caret below.
import type { WhittleError } from 'whittle-sql';
import { byId, element } from './dom.js';

const box = byId('error');

/** The line and a caret under the column, which counts code points from 1. */
function excerpt(sql: string, { line, column, length }: NonNullable<WhittleError['position']>): string {
  const text = [...(sql.split('\n')[line - 1] ?? '')];
  const from = Math.max(0, column - 60);
  const width = Math.max(1, Math.min(length, text.length - column + 1));
  const caret = ' '.repeat(column - 1 - from) + '^'.repeat(width);
  const margin = `${line} │ `;
  return `${margin}${text.slice(from, from + 120).join('')}\n${' '.repeat(margin.length)}${caret}`;
}

export function showError(error: WhittleError, sql?: string): void {
  const [message = '', ...rest] = error.message.split('\n');
  box.replaceChildren(element('p', {}, element('strong', {}, error.code), ` ${message}`));
  const { position } = error;
  if (sql !== undefined && position) {
    box.append(element('pre', { 'aria-label': `Line ${position.line}, column ${position.column}` },
      excerpt(sql, position)));
  }
  if (rest.length > 0) box.append(element('p', { class: 'hint' }, rest.join(' ')));
  box.hidden = false;
}

export function hideError(): void {
  box.hidden = true;
  box.replaceChildren();
}
