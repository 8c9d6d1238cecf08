/**
 * Compression as method, level and mode, read from and written to the two options that hold it.
 * Pure.
 */
import { changeToolOption, resetToolOption } from '../toolOptions/toolOptions';
import type { BackupOptions } from '../../model/options';
import { compressionMethods, parseCompression } from '../../pgtools/args/compression';
import type { CompressionMethod } from '../../pgtools/catalogue/types';

export interface Compression {
  method: string;
  /** NaN while the typed text is not a number. */
  level: number;
  long: boolean;
}

type Options = Pick<BackupOptions, 'compression' | 'toolOptions'>;

/** The level is being typed. */
const UNFINISHED = /^([a-z0-9]+):level=(,long)?$/;

/** Reads method and level from the options; a bare level is gzip's. */
export function readCompression({ compression, toolOptions }: Options): Compression {
  const text = toolOptions['compress'];
  if (typeof text !== 'string') {
    return { method: compression === 0 ? 'none' : 'gzip', level: compression, long: false };
  }
  const spec = parseCompression(text);
  if (spec) return { ...spec, level: spec.level ?? usualLevel(spec.method) };
  const [, method, long] = UNFINISHED.exec(text) ?? [];
  return { method: method ?? text, level: Number.NaN, long: long !== undefined };
}

/** Levels of gzip, and no compression, are written as every version understands them. */
export function writeCompression<T extends Options>(options: T, next: Compression): T {
  const { method, level, long } = next;
  if (method === 'none' || method === 'gzip') {
    return { ...resetToolOption(options, 'compress'), compression: method === 'none' ? 0 : level };
  }
  const text = Number.isNaN(level) ? '' : String(level);
  return changeToolOption(options, 'compress', `${method}:level=${text}${long ? ',long' : ''}`);
}

/** Another method begins at its usual level. */
export function withMethod(before: Compression, method: string): Compression {
  return method === before.method ? before : { method, level: usualLevel(method), long: false };
}

export function methodOf(method: string): CompressionMethod | undefined {
  return compressionMethods().find((each) => each.method === method);
}

function usualLevel(method: string): number {
  return methodOf(method)?.levels?.default ?? 0;
}
