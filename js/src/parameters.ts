// JavaScript values as SQL literals: how parameters reach the engine.
import { invalid } from './errors.js';

/** A value for a parameter of a statement. */
export type Parameter =
  | null | undefined | boolean | number | bigint | string | Date | Uint8Array
  | readonly Parameter[] | { readonly [field: string]: Parameter };

/** Values by position, or by name for `$name`. */
export type Parameters = readonly Parameter[] | { readonly [name: string]: Parameter };

const quoted = (text: string): string => {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(" || chr(0) || ")})`;
};

function number(value: number): string {
  if (Number.isNaN(value)) return "'nan'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'inf'::DOUBLE" : "'-inf'::DOUBLE";
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  return `'${value}'::DOUBLE`;
}

const blob = (bytes: Uint8Array): string =>
  `'${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'::BLOB`;

function date(value: Date): string {
  if (Number.isNaN(value.getTime())) throw invalid('a Date parameter has no valid time');
  return `TIMESTAMP '${value.toISOString().replace('T', ' ').replace('Z', '')}'`;
}

/** The SQL literal of a value. */
export function literal(value: Parameter): string {
  if (value === null || value === undefined) return 'NULL';
  switch (typeof value) {
    case 'boolean': return value ? 'true' : 'false';
    case 'number': return number(value);
    case 'bigint': return String(value);
    case 'string': return quoted(value);
    case 'object': break;
    default: throw invalid(`a ${typeof value} cannot be a parameter`);
  }
  if (value instanceof Date) return date(value);
  if (value instanceof Uint8Array) return blob(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  const fields = Object.entries(value as { [field: string]: Parameter });
  return `{${fields.map(([name, field]) => `${quoted(name)}: ${literal(field)}`).join(', ')}}`;
}

/** Names (empty: by position) and literals in turn, each ended by NUL: what the module takes. */
export function encodeParameters(parameters: Parameters | undefined): string {
  if (!parameters) return '';
  const pairs: [string, Parameter][] = Array.isArray(parameters)
    ? parameters.map((value: Parameter) => ['', value])
    : Object.entries(parameters as { [name: string]: Parameter });
  return pairs.map(([name, value]) => `${name}\0${literal(value)}\0`).join('');
}
