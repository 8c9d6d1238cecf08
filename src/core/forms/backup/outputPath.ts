import { isDeviceName } from '../../files/windowsNames';
import { parseCompression } from '../../pgtools/args/compression';
import type { BackupFormat, BackupOptions, OptionValue, ToolOptions } from '../../model/options';

export interface OutputPathRequest {
  /**
   * The name without extension, e.g. `${database}_${date}`; slashes make directories. Variables:
   * `${database}`, `${connection}`, `${date}` (2026-11-22) and `${time}` (134000), local time.
   */
  template: string;
  /** Absolute; its own separators are kept. */
  directory: string;
  format: BackupFormat;
  /** 0 to 9: a compressed script is a `.sql.gz`. */
  compression?: number;
  /** A method of compression may be among them. */
  toolOptions?: ToolOptions | undefined;
  database: string;
  connection: string;
  now: Date;
}

/** Bytes of one path component that every file system takes, with room for a partial's suffix. */
const MAX_COMPONENT_BYTES = 200;

/**
 * The default output path of a backup. Each variable's value becomes part of one safe path
 * component: names of databases may contain slashes, quotes, a leading dash, anything.
 */
export function outputPathFromTemplate(request: OutputPathRequest): string {
  const { template, directory, database, connection, now } = request;
  const values = new Map([
    // A name that begins with a separator of two variables looks like a mistake.
    ['database', database || 'database'],
    ['connection', connection || 'database'],
    ['date', `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`],
    ['time', `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`],
  ]);
  const components = template
    .split(/[/\\]+/)
    .map((component) =>
      component.replace(/\$\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole),
    )
    .filter((component) => component.trim() !== '')
    .map(safeComponent);
  if (components.length === 0) components.push(safeComponent(database || 'database'));
  const separator = directory.includes('\\') && !directory.includes('/') ? '\\' : '/';
  const base = directory.replace(/[/\\]+$/, '');
  const path = `${base}${separator}${components.join(separator)}`;
  const { format, compression = 0, toolOptions } = request;
  return `${path}${extensionOf({ format, compression, ...(toolOptions && { toolOptions }) })}`;
}

function two(n: number): string {
  return n.toString().padStart(2, '0');
}

/**
 * A name that Linux, macOS and Windows all take as one path component, and that no tool takes for
 * an option.
 */
function safeComponent(name: string): string {
  let safe = name
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f-\u009f<>:"/\\|?*]/g, '_')
    // Unpaired surrogates have no UTF-8.
    .replace(/\p{Cs}/gu, '_')
    .trim()
    .replace(/^[-.~]/, '_')
    .replace(/[. ]+$/, '');
  if (isDeviceName(safe)) safe = `_${safe}`;
  safe = cutToBytes(safe, MAX_COMPONENT_BYTES).replace(/[. ]+$/, '');
  return safe === '' ? '_' : safe;
}

function cutToBytes(text: string, max: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= max) return text;
  let bytes = 0;
  let cut = '';
  for (const char of text) {
    bytes += encoder.encode(char).length;
    if (bytes > max) break;
    cut += char;
  }
  return cut;
}

/** Options that decide the ending of a backup's name. */
export type OutputKind = Pick<BackupOptions, 'format' | 'compression'> &
  Partial<Pick<BackupOptions, 'toolOptions'>>;

const COMPRESSED_ENDS = { none: '', gzip: '.gz', lz4: '.lz4', zstd: '.zst' } as const;

/** The usual extension of a format; directories have none. */
export function extensionOf({ format, compression, toolOptions }: OutputKind): string {
  switch (format) {
    case 'custom':
      return '.dump';
    case 'plain':
      return `.sql${COMPRESSED_ENDS[methodOf(compression, toolOptions?.['compress'])]}`;
    case 'tar':
      return '.tar';
    case 'directory':
      return '';
  }
}

/** A method that is given counts, rather than the level in `compression`. */
function methodOf(
  compression: number,
  compress: OptionValue | undefined,
): keyof typeof COMPRESSED_ENDS {
  const spec = typeof compress === 'string' ? parseCompression(compress) : null;
  if (spec === null) return compression > 0 ? 'gzip' : 'none';
  return spec.level === 0 ? 'none' : spec.method;
}

/**
 * The path after a change of format or compression: an extension of the old format becomes the new
 * one's, a directory gets one, an extension of the user's own stays.
 */
export function withExtension(path: string, from: OutputKind, to: OutputKind): string {
  const wanted = extensionOf(to);
  const before = extensionOf(from);
  if (wanted === before || /(?:^|[/\\])$/.test(path)) return path;
  const known = /[^/\\](\.sql\.(?:gz|zst|lz4)|\.sql|\.dump|\.backup|\.tar)$/i.exec(path)?.[1];
  if (known !== undefined) return path.slice(0, -known.length) + wanted;
  return before === '' ? path + wanted : path;
}
