// Values of result columns as text, and their types as SQL names them.
import { type DataType, type Field, Type } from '@uwdata/flechette';

const perSecond = [1n, 1000n, 1_000_000n, 1_000_000_000n];
const digits = [0, 3, 6, 9];

/** A count of units as seconds and the rest behind the point. */
function clock(value: bigint, unit: number): [seconds: bigint, fraction: string] {
  const scale = perSecond[unit]!;
  const rest = ((value % scale) + scale) % scale;
  const fraction = String(rest).padStart(digits[unit]!, '0').replace(/0+$/, '');
  return [(value - rest) / scale, rest === 0n ? '' : `.${fraction}`];
}

function date(milliseconds: number): string {
  const found = new Date(milliseconds);
  return Number.isNaN(found.getTime()) ? String(milliseconds) : found.toISOString().replace(/T.*/, '');
}

function timestamp(value: bigint, unit: number, zone: string | null): string {
  const [seconds, fraction] = clock(value, unit);
  const found = new Date(Number(seconds) * 1000);
  if (Number.isNaN(found.getTime())) return String(value);
  return found.toISOString().replace('T', ' ').replace(/\.000Z$/, `${fraction}${zone ? '+00' : ''}`);
}

const plural = (value: number, noun: string): string => `${value} ${noun}${Math.abs(value) === 1 ? '' : 's'}`;

function interval(value: ArrayLike<number>): string {
  const [months = 0, days = 0, nanoseconds = 0] = Array.from(value);
  const years = Math.trunc(months / 12);
  const parts = [[years, 'year'], [months - years * 12, 'month'], [days, 'day']] as const;
  const text = parts.filter(([value]) => value !== 0).map(([value, noun]) => plural(value, noun));
  if (nanoseconds) {
    const seconds = Math.abs(nanoseconds) / 1e9;
    const time = new Date(0);
    time.setUTCSeconds(Math.floor(seconds));
    text.push(`${nanoseconds < 0 ? '-' : ''}${time.toISOString().slice(11, 19)}`);
  }
  return text.join(' ') || '00:00:00';
}

/** A scaled integer with its point. */
function decimal(value: bigint, scale: number): string {
  const all = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const point = all.length - scale;
  return `${value < 0n ? '-' : ''}${all.slice(0, point)}${scale > 0 ? `.${all.slice(point)}` : ''}`;
}

function blob(value: Uint8Array): string {
  return Array.from(value.subarray(0, 200), (byte) => (byte >= 32 && byte < 127 && byte !== 92
    ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`)).join('');
}

const inner = (type: DataType, at = 0): Field => (type as unknown as { children: Field[] }).children[at]!;

/** The text of a value that is not null. */
export function text(value: unknown, type: DataType): string {
  const of = (item: unknown, field: Field): string => (item == null ? 'NULL' : text(item, field.type));
  switch (type.typeId) {
    case Type.Binary: case Type.LargeBinary: case Type.FixedSizeBinary: return blob(value as Uint8Array);
    case Type.Decimal: return decimal(BigInt(value as bigint | number), type.scale);
    case Type.Date: return date(Number(value));
    case Type.Time: return timestamp(BigInt(value as bigint), type.unit, null).slice(11);
    case Type.Timestamp: return timestamp(BigInt(value as bigint), type.unit, type.timezone ?? null);
    case Type.Interval: return interval(value as ArrayLike<number>);
    case Type.List: case Type.LargeList: case Type.FixedSizeList:
      return `[${Array.from(value as Iterable<unknown>, (item) => of(item, inner(type))).join(', ')}]`;
    case Type.Struct: {
      const fields = (type as unknown as { children: Field[] }).children;
      return `{${fields.map((field) => `${field.name}: ${of((value as Record<string, unknown>)[field.name], field)}`)
        .join(', ')}}`;
    }
    case Type.Map: {
      const [key, item] = (inner(type).type as unknown as { children: Field[] }).children;
      const entries = value instanceof Map ? [...value.entries()] : value as [unknown, unknown][];
      return `{${entries.map(([k, v]) => `${of(k, key!)}=${of(v, item!)}`).join(', ')}}`;
    }
    default: return String(value);
  }
}

const timestamps = ['TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS'];
const integers: Record<number, string> = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' };

/** As SQL names it. */
export function typeName(type: DataType): string {
  switch (type.typeId) {
    case Type.Int: return `${type.signed ? '' : 'U'}${integers[type.bitWidth] ?? 'INT'}`;
    case Type.Float: return type.precision === 2 ? 'DOUBLE' : 'FLOAT';
    case Type.Binary: case Type.LargeBinary: case Type.FixedSizeBinary: return 'BLOB';
    case Type.Bool: return 'BOOLEAN';
    case Type.Decimal: return type.scale === 0 && type.precision === 38 ? 'HUGEINT'
      : `DECIMAL(${type.precision},${type.scale})`;
    case Type.Date: return 'DATE';
    case Type.Time: return 'TIME';
    case Type.Timestamp: return type.timezone ? 'TIMESTAMPTZ' : timestamps[type.unit] ?? 'TIMESTAMP';
    case Type.Interval: return 'INTERVAL';
    case Type.List: case Type.LargeList: case Type.FixedSizeList: return `${typeName(inner(type).type)}[]`;
    case Type.Struct: return 'STRUCT';
    case Type.Map: return 'MAP';
    case Type.Null: return 'NULL';
    default: return 'VARCHAR';
  }
}

export const isNumeric = ({ typeId }: DataType): boolean =>
  typeId === Type.Int || typeId === Type.Float || typeId === Type.Decimal;
export const isTemporal = ({ typeId }: DataType): boolean => typeId === Type.Date || typeId === Type.Timestamp;

/** A number, decimal or not, for a picture. */
export const asNumber = (value: unknown, type: DataType): number =>
  Number(value) / (type.typeId === Type.Decimal ? 10 ** type.scale : 1);

/** A point in time as a Date. */
export function asDate(value: unknown, type: DataType): Date {
  if (type.typeId !== Type.Timestamp) return new Date(Number(value));
  return new Date(Number(BigInt(value as bigint) / perSecond[type.unit]!) * 1000);
}
